//! One event of each kind, with every field told apart, and the helpers to read its golden bytes.

use super::*;
use faregate_core::burn::Plan;
use faregate_core::event::{Ask, Opened, Refused};
use faregate_core::moves::{MoveKind, MovePlan, MoveStep, PlanId, PlannedMove};
use faregate_core::state::OccasionEffect;

mod rules;

/// All kinds, as the golden file names them: the first release's, those that came with rules and
/// budgets, and those that came with agents.
pub(super) const KINDS: [&str; 70] = [
    "contract-agreed",
    "tariff-adopted",
    "products-defined",
    "buckets-opened",
    "offerings-defined",
    "people-added",
    "seats-added",
    "pack-bought",
    "allocated",
    "pack-expired",
    "opened",
    "refused",
    "hold-ended",
    "unit-charged",
    "closed",
    "usage-charged",
    "usage-reversed",
    "imported",
    "features-mapped",
    "opened-with-basis",
    "refused-with-basis",
    "ordered",
    "groups-set",
    "people-set",
    "aliases-set",
    "seat-moved",
    "regions-set",
    "sites-set",
    "territories-set",
    "territories-set-unknown-places",
    "schedules-set",
    "buckets-set",
    "terms-set",
    "policy-adopted",
    "policy-retired",
    "pack-added",
    "carried-forward",
    "corrected",
    "tokens-moved",
    "tokens-requested",
    "request-answered",
    "request-expired",
    "period-ended",
    "vendor-balance",
    "vendor-reported",
    "shadow-priced",
    "exchange-rates-set",
    "breach-reviewed",
    "caps-set",
    "opened-for-an-agent",
    "refused-to-an-agent",
    "device-enrolled",
    "device-revoked",
    "agent-rules-set",
    "imported-with-a-number",
    "import-undone",
    "person-merged",
    "finding-judged",
    "alert-rule-set",
    "alert-rule-removed",
    "alert-rule-muted",
    "alert-raised",
    "alert-handled",
    "forecasts-kept",
    "occasion-set",
    "occasion-removed",
    "plan-set",
    "moves-planned",
    "moves-judged",
    "moves-stepped",
];

/// Add a variant here, to `KINDS`, to `events` and to the golden file.
pub(super) fn kind(event: &Event) -> &'static str {
    match event {
        Event::FindingJudged { .. } => "finding-judged",
        Event::AlertRuleSet { .. } => "alert-rule-set",
        Event::AlertRuleRemoved(_) => "alert-rule-removed",
        Event::AlertRuleMuted { .. } => "alert-rule-muted",
        Event::AlertRaised(_) => "alert-raised",
        Event::AlertHandled { .. } => "alert-handled",
        Event::ForecastsKept(_) => "forecasts-kept",
        Event::OccasionSet(_) => "occasion-set",
        Event::OccasionRemoved(_) => "occasion-removed",
        Event::PlanSet { .. } => "plan-set",
        Event::MovesPlanned(_) => "moves-planned",
        Event::MovesJudged { .. } => "moves-judged",
        Event::MovesStepped { .. } => "moves-stepped",
        earlier => kind_of_format_6(earlier),
    }
}

/// Without a wildcard: what came later is named above.
fn kind_of_format_6(event: &Event) -> &'static str {
    match event {
        Event::ContractAgreed { .. } => "contract-agreed",
        Event::TariffAdopted(_) => "tariff-adopted",
        Event::ProductsDefined(_) => "products-defined",
        Event::BucketsOpened(_) => "buckets-opened",
        Event::OfferingsDefined(_) => "offerings-defined",
        Event::PeopleAdded(_) => "people-added",
        Event::SeatsAdded(_) => "seats-added",
        Event::PackBought { .. } => "pack-bought",
        Event::Allocated { .. } => "allocated",
        Event::PackExpired { .. } => "pack-expired",
        Event::Opened(one) if tells_of_agent(&one.ask, &one.basis) => "opened-for-an-agent",
        Event::Refused(one) if tells_of_agent(&one.ask, &one.basis) => "refused-to-an-agent",
        Event::Opened(Opened { ask, basis, .. }) => match says_more(ask, basis) {
            false => "opened",
            true => "opened-with-basis",
        },
        Event::Refused(Refused { ask, basis, .. }) => match says_more(ask, basis) {
            false => "refused",
            true => "refused-with-basis",
        },
        Event::HoldEnded { .. } => "hold-ended",
        Event::UnitCharged(_) => "unit-charged",
        Event::Closed { .. } => "closed",
        Event::UsageCharged(_) => "usage-charged",
        Event::UsageReversed(_) => "usage-reversed",
        Event::Imported(receipt) if receipt.batch > 0 => "imported-with-a-number",
        Event::Imported(_) => "imported",
        Event::ImportUndone(_) => "import-undone",
        Event::FeaturesMapped(_) => "features-mapped",
        Event::Ordered { .. } => "ordered",
        Event::GroupsSet(_) => "groups-set",
        Event::PeopleSet(_) => "people-set",
        Event::AliasesSet(_) => "aliases-set",
        Event::SeatMoved { .. } => "seat-moved",
        Event::RegionsSet(_) => "regions-set",
        Event::SitesSet(_) => "sites-set",
        Event::TerritoriesSet(all) => match all.iter().all(|t| t.unknown == Breach::Report) {
            true => "territories-set",
            false => "territories-set-unknown-places",
        },
        Event::SchedulesSet(_) => "schedules-set",
        Event::BucketsSet(_) => "buckets-set",
        Event::TermsSet(_) => "terms-set",
        Event::PolicyAdopted(_) => "policy-adopted",
        Event::PolicyRetired(_) => "policy-retired",
        Event::PackAdded { .. } => "pack-added",
        Event::CarriedForward { .. } => "carried-forward",
        Event::Corrected { .. } => "corrected",
        Event::TokensMoved(_) => "tokens-moved",
        Event::TokensRequested(_) => "tokens-requested",
        Event::RequestAnswered { .. } => "request-answered",
        Event::RequestExpired(_) => "request-expired",
        Event::PeriodEnded { .. } => "period-ended",
        Event::VendorBalance { .. } => "vendor-balance",
        Event::VendorReported(_) => "vendor-reported",
        Event::ShadowPriced(_) => "shadow-priced",
        Event::ExchangeRatesSet(_) => "exchange-rates-set",
        Event::BreachReviewed { .. } => "breach-reviewed",
        Event::CapsSet(_) => "caps-set",
        Event::DeviceEnrolled(_) => "device-enrolled",
        Event::DeviceRevoked(_) => "device-revoked",
        Event::AgentRulesSet(_) => "agent-rules-set",
        Event::PersonMerged { .. } => "person-merged",
        Event::AlertRuleSet { .. } | Event::AlertRuleRemoved(_) | Event::ForecastsKept(_) => "",
        Event::AlertRuleMuted { .. } | Event::AlertRaised(_) | Event::AlertHandled { .. } => "",
        Event::FindingJudged { .. } => "",
        Event::OccasionSet(_) | Event::OccasionRemoved(_) | Event::PlanSet { .. } => "",
        Event::MovesPlanned(_) | Event::MovesJudged { .. } | Event::MovesStepped { .. } => "",
    }
}

fn tells_of_agent(ask: &Ask, basis: &Basis) -> bool {
    ask.more.agent.is_some() || basis.lease.is_some()
}

fn says_more(ask: &Ask, basis: &Basis) -> bool {
    ask.more != Circumstances::default() || *basis != Basis::default()
}

pub(super) fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.trim().bytes().collect();
    let pair = |pair: &[u8]| {
        core::str::from_utf8(pair).ok().and_then(|text| u8::from_str_radix(text, 16).ok())
    };
    digits
        .chunks(2)
        .map(|two| pair(two).unwrap_or_else(|| panic!("not hexadecimal: `{hex}`")))
        .collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn charge(paid: bool) -> Charge {
    Charge {
        at: Instant(1_780_300_800),
        ticks: Ticks(25_200_000_000),
        person: PersonId(300),
        product: ProductId(2),
        bucket: BucketId(1),
        meter: Meter::CalendarDay,
        source: Source::Log,
        paid,
    }
}

fn ask(bucket: Option<&str>) -> Ask {
    Ask {
        person: text("ana@example.com"),
        product: text("civil-3d"),
        host: text("WS-17"),
        bucket: bucket.map(text),
        more: Circumstances::default(),
    }
}

fn tariff() -> TariffParts {
    let rate = Rate {
        product: text("revit"),
        meter: Meter::Window24h,
        ticks: Ticks(36_000_000_000),
        from: Some(Date(18_876)),
        until: None,
        source: text("sheet"),
    };
    let dollars = |micros| Money { micros, currency: Currency::USD };
    TariffParts {
        name: text("flex-daily"),
        title: text("Flex"),
        source: text("terms"),
        grace_seconds: 300,
        idle_seconds: 900,
        prices: vec![TokenPrice { per_token: dollars(3_000_000), from: None }],
        rates: vec![rate],
        seats: vec![SeatPrice {
            offering: text("aec"),
            name: text("AEC Collection"),
            per_year: dollars(3_675_000_000),
            covers: vec![text("revit"), text("civil-3d")],
            source: text("list"),
        }],
    }
}

fn receipt() -> Receipt {
    let counts = Counts {
        events: 8_402,
        sessions: 4_556,
        open_sessions: 3,
        closed: 2,
        rejected: 1,
        quarantined: 5,
        duplicates: 7,
        seconds: -1,
        first: Some(Instant(-1)),
        last: Some(Instant(1_780_300_800)),
    };
    let open = OpenUse {
        identity: u64::MAX,
        person: PersonId(0),
        product: None,
        host: text("WS-1"),
        opened: Instant(0),
    };
    Receipt {
        kind: text("flexnet"),
        files: vec![text("a.log")],
        counts,
        begun: vec![open],
        ended: vec![128],
        ..Receipt::default()
    }
}

/// What came with the numbers of imports.
fn numbered() -> Vec<Event> {
    let overlap = Overlap { uses: 300, times: 2, prices: 1 };
    let Receipt { begun, ended, .. } = receipt();
    let undone = Undone {
        batch: 130,
        by: text("ben"),
        sessions: 200,
        quarantined: 3,
        kept: 4,
        begun,
        ended,
        unreported: vec![(PersonId(300), ProductId(2), Date(20_607))],
    };
    vec![
        Event::Imported(Receipt { batch: 130, by: text("ana"), overlap, ..receipt() }),
        Event::ImportUndone(undone),
    ]
}

fn merged() -> Vec<Event> {
    let merged = |into| Event::PersonMerged { person: PersonId(300), into };
    vec![merged(Some(PersonId(4))), merged(None)]
}

/// What came with alerts and forecasts that are kept.
fn monitored() -> Vec<Event> {
    let crossing = Crossing {
        subject: text("bucket:structures"),
        name: text("Structures"),
        value: 297,
        limit: -300,
        said: text("Structures has 297 of 1000 tokens left"),
        facts: vec![(text("left"), text("297"))],
    };
    let raised = Raised {
        rule: text("left-30"),
        name: text("Thirty per cent left"),
        severity: Severity::Critical,
        channels: vec![text("mail")],
        steps: vec![text("Review who burns most.")],
        crossings: vec![crossing.clone(), Crossing { subject: text("contract"), ..crossing }],
    };
    let alert = AlertId { seq: 300, place: 1 };
    let channels = || vec![text("desk")];
    let handled = [
        Handling::Acknowledged { note: text("on it") },
        Handling::StepDone { step: 2, said: text("asked"), channels: channels() },
        Handling::Escalated { level: 1, channels: channels() },
        Handling::Ended { said: text("it is back") },
    ];
    let kept = KeptForecast {
        subject: text("contract"),
        made: Date(20_600),
        until: Date(20_630),
        expected: Ticks(5),
        half: (Ticks(4), Ticks(6)),
        four_in_five: (Ticks(3), Ticks(7)),
        nineteen_in_twenty: (Ticks(2), Ticks(8)),
    };
    let key = || text("left-30");
    let judged = Event::FindingJudged {
        finding: 0x79b5_0001_0002_0003,
        class: Class::SharedCredentials,
        subject: text("person/ana.garcia"),
        confirmed: false,
        why: text("two desks"),
    };
    let first = vec![
        judged,
        Event::AlertRuleSet { key: key(), text: text("[[rule]]") },
        Event::AlertRuleRemoved(key()),
        Event::AlertRuleMuted { key: key(), until: Some(Instant(1_780_300_800)) },
        Event::AlertRaised(raised),
        Event::ForecastsKept(vec![kept]),
    ];
    let handled = handled.map(|what| Event::AlertHandled { alert, what });
    first.into_iter().chain(handled).chain(occasions()).collect()
}

fn occasions() -> Vec<Event> {
    let occasion = |effect| Occasion {
        key: text("training"),
        name: text("Training week"),
        subject: text("bucket:structures"),
        from: Date(20_600),
        to: Date(20_604),
        effect,
    };
    let effects = [
        OccasionEffect::Holiday,
        OccasionEffect::Share(300),
        OccasionEffect::TokensADay(Ticks(-7)),
    ];
    let set = effects.map(|effect| Event::OccasionSet(occasion(effect)));
    set.into_iter().chain([Event::OccasionRemoved(text("training"))]).collect()
}

fn plans() -> Vec<Event> {
    let point = |date, share| Point { date: Date(date), share };
    let curve = Plan::Curve(vec![point(20_700, 0), point(20_800, 1_000_000)]);
    let set = |bucket, plan| Event::PlanSet { bucket, plan };
    vec![
        set(None, Plan::Straight),
        set(Some(BucketId(300)), Plan::Seasonal),
        set(Some(BucketId(1)), curve),
    ]
}

fn move_plans() -> Vec<Event> {
    let one = |kind, seat| PlannedMove {
        person: PersonId(300),
        kind,
        offering: OfferingId(2),
        seat,
        on: Date(20_700),
        cost_now: 4_200_000_000,
        cost_then: -1,
        p_saves: 915,
        days: 140,
        why: text("140 days a year, a seat is worth it from 97 on"),
    };
    let plan = |parent, moves| MovePlan {
        parent,
        name: text("Autumn"),
        by: text("ana"),
        currency: Currency::USD,
        token_price: 3_000_000,
        known_from: Date(20_300),
        known_to: Date(20_664),
        basis: text("flex-daily at 3 USD"),
        moves,
    };
    let all = [MoveKind::Assign, MoveKind::Buy, MoveKind::Release];
    let moves = all.map(|kind| one(kind, (kind != MoveKind::Buy).then_some(SeatId(7))));
    let stepped = [MoveStep::Done, MoveStep::Undone, MoveStep::Dropped];
    let stepped =
        stepped.map(|step| Event::MovesStepped { plan: PlanId(300), moves: vec![0, 2], step });
    let (by, why) = (text("berta"), text("go ahead"));
    let judged = Event::MovesJudged { plan: PlanId(300), by, approved: true, why };
    let drawn = [plan(None, moves.to_vec()), plan(Some(PlanId(300)), Vec::new())];
    drawn.map(Event::MovesPlanned).into_iter().chain([judged]).chain(stepped).collect()
}

/// What the golden bytes mean.
pub(super) fn events() -> Vec<Event> {
    let (from, until) = (Instant(1_767_225_600), Instant(1_798_761_600));
    let route = Route::Tokens {
        bucket: BucketId(1),
        ticks: Ticks(25_200_000_000),
        meter: Meter::Window24h,
        unit_start: Instant(1_780_300_800),
        grace_end: Instant(1_780_301_100),
    };
    let basis = Basis::default;
    let (person, product) = (PersonId(300), ProductId(2));
    let opened = Opened { ask: ask(None), person, product, route, tariff: 1, basis: basis() };
    let (asked, reason) = (ask(Some("design")), Reason::BucketExhausted);
    let refused = Refused { ask: asked, reason, tariff: 0, basis: basis() };
    let person = Person {
        key: text("ana"),
        name: text("Ana López"),
        bucket: BucketId(1),
        aliases: vec![text("ALOPEZ")],
    };
    let seat = Seat { offering: OfferingId(4), person: Some(PersonId(300)), from, until };
    let breakage = Breakage { unallocated: Ticks(1), buckets: vec![Ticks(2), Ticks(0)] };
    let first = vec![
        Event::ContractAgreed { name: text("Acme"), zone: text("Europe/Madrid") },
        Event::TariffAdopted(tariff()),
        Event::ProductsDefined(vec![Product { key: text("revit"), name: text("Revit") }]),
        Event::BucketsOpened(vec![Bucket { key: text("general"), name: text("General") }]),
        Event::OfferingsDefined(vec![Offering {
            key: text("aec"),
            name: text("AEC"),
            covers: vec![text("revit")],
        }]),
        Event::PeopleAdded(vec![person]),
        Event::SeatsAdded(vec![seat]),
        Event::PackBought { name: text("First"), ticks: Ticks(3_600_000_000_000), from, until },
        Event::Allocated { bucket: BucketId(1), ticks: Ticks(360_000_000_000) },
        Event::PackExpired { pack: 0, breakage },
        Event::Opened(opened),
        Event::Refused(refused),
        Event::HoldEnded { person: PersonId(300), product: ProductId(2), outcome: Outcome::Voided },
        Event::UnitCharged(charge(true)),
        Event::Closed {
            session: SessionId(42),
            at: until,
            cause: Cause::Silent,
            hold: Some(Outcome::Expired),
        },
        Event::UsageCharged(vec![charge(false), charge(true)]),
        Event::UsageReversed(vec![charge(false).unit(), charge(true).unit()]),
        Event::Imported(receipt()),
        Event::FeaturesMapped(vec![FeatureMapped {
            code: text("87545ACD_2022_0F"),
            product: ProductId(2),
            released: 300,
        }]),
    ];
    let later = numbered()
        .into_iter()
        .chain(merged())
        .chain(monitored())
        .chain(plans())
        .chain(move_plans());
    first.into_iter().chain(rules::events()).chain(later).collect()
}

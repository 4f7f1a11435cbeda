//! The journal of a contract to which everything has happened that can: each kind of event, and a state in
//! which nothing is empty.

use super::{T0, text};
use faregate_app::ports::Entry;
use faregate_core::alert::{AlertId, Crossing, Handling, Raised, Severity};
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::anomaly::Class;
use faregate_core::budget::{Answer, LoanTerms, RequestId, Terms};
use faregate_core::burn::{Plan, Point};
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::estate::*;
use faregate_core::event::*;
use faregate_core::ledger::{Breakage, PackKind};
use faregate_core::moves::{MoveKind, MovePlan, MoveStep, PlanId, PlannedMove};
use faregate_core::state::{KeptForecast, Occasion, OccasionEffect};
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date, Instant, Zone};

const ANA: PersonId = PersonId(0);
const BEN: PersonId = PersonId(1);
const CAI: PersonId = PersonId(2);
const REVIT: ProductId = ProductId(0);
const GENERAL: BucketId = BucketId(0);
const DESIGN: BucketId = BucketId(1);
const STUDIO: BucketId = BucketId(2);
const TODAY: Date = Date(20_605);
const YEAR: i64 = 365 * DAY;

fn tokens(whole: i64) -> Ticks {
    Ticks::from_tokens(whole).unwrap()
}

fn euros(whole: i64) -> Money {
    Money { micros: whole * 1_000_000, currency: Currency::new("EUR").unwrap() }
}

/// The events so far; the number of the last is its place from 1.
struct Journal(Vec<Event>);

impl Journal {
    fn add(&mut self, event: Event) -> u64 {
        self.0.push(event);
        self.0.len() as u64
    }

    fn all(&mut self, events: impl IntoIterator<Item = Event>) {
        self.0.extend(events);
    }
}

/// All that can happen.
pub(crate) fn journal() -> Vec<Entry> {
    let mut journal = of_format_8();
    move_plans(&mut journal);
    entries(journal)
}

/// All that could happen in format 8.
pub(crate) fn journal_of_format_8() -> Vec<Entry> {
    entries(of_format_8())
}

fn of_format_8() -> Journal {
    let mut journal = of_format_7();
    plans(&mut journal);
    judgements(&mut journal);
    journal
}

/// All that could happen in format 7.
pub(crate) fn journal_of_format_7() -> Vec<Entry> {
    entries(of_format_7())
}

fn of_format_7() -> Journal {
    let mut journal = of_format_6();
    alerts(&mut journal);
    journal
}

/// All that could happen in format 6.
pub(crate) fn journal_of_format_6() -> Vec<Entry> {
    entries(of_format_6())
}

fn of_format_6() -> Journal {
    let mut journal = of_format_5();
    merges(&mut journal);
    journal
}

/// All that could happen in format 5.
pub(crate) fn journal_of_format_5() -> Vec<Entry> {
    entries(of_format_5())
}

fn of_format_5() -> Journal {
    let mut journal = of_format_4();
    imports(&mut journal);
    journal
}

/// All that could happen in format 4.
pub(crate) fn journal_of_format_4() -> Vec<Entry> {
    entries(of_format_4())
}

fn of_format_4() -> Journal {
    let mut journal = of_format_3();
    agents(&mut journal);
    journal
}

/// All that could happen in format 3.
pub(crate) fn journal_of_format_3() -> Vec<Entry> {
    entries(of_format_3())
}

fn of_format_3() -> Journal {
    let mut journal = Journal(Vec::new());
    journal.all(begun());
    journal.all(people());
    journal.all(places());
    journal.all(rules());
    journal.all(packs());
    requests(&mut journal);
    uses(&mut journal);
    journal.all(reports());
    journal
}

fn entries(journal: Journal) -> Vec<Entry> {
    let entry = |(seq, event)| Entry { seq, at: T0, event };
    (1..).zip(journal.0).map(entry).collect()
}

fn begun() -> [Event; 5] {
    let aec = Offering { key: text("aec"), name: text("AEC"), covers: vec![text("revit")] };
    [
        Event::ContractAgreed { name: text("Acme"), zone: text("Europe/Madrid") },
        Event::TariffAdopted(super::tariff()),
        Event::ProductsDefined(vec![Product { key: text("revit"), name: text("Revit") }]),
        Event::OfferingsDefined(vec![aec]),
        Event::BucketsOpened(vec![Bucket { key: text("general"), name: text("General") }]),
    ]
}

/// Each group lies below one that came later: a snapshot has to put up with that.
fn people() -> Vec<Event> {
    let group = |key: &str, parents: &[u32]| Group {
        key: text(key),
        name: key.to_uppercase(),
        dimension: Some(text("fare")),
        parents: parents.iter().copied().map(GroupId).collect(),
    };
    let person = |key: &str, groups: &[u32]| PersonSet {
        key: text(key),
        name: key.to_uppercase(),
        bucket: GENERAL,
        standing: Standing {
            groups: groups.iter().copied().map(GroupId).collect(),
            contractor: key == "ben",
            until: (key == "ben").then(|| T0.plus(YEAR)),
        },
    };
    let cai =
        Person { key: text("cai"), name: text("Cai"), bucket: GENERAL, aliases: vec![text("CAI")] };
    let alias = |alias: &str, person, from, until| AliasTerm {
        alias: text(alias),
        person,
        from: T0.plus(from),
        until: T0.plus(until),
    };
    let seat = |person| Seat {
        offering: OfferingId(0),
        person,
        from: T0.plus(-YEAR),
        until: T0.plus(YEAR),
    };
    vec![
        Event::GroupsSet(vec![group("students", &[]), group("staff", &[])]),
        Event::GroupsSet(vec![group("students", &[1])]),
        Event::PeopleSet(vec![person("ana", &[0]), person("ben", &[])]),
        Event::PeopleAdded(vec![cai]),
        Event::AliasesSet(vec![alias("desk-1", ANA, -YEAR, 0), alias("DESK-1", BEN, 0, YEAR)]),
        Event::SeatsAdded(vec![seat(None), seat(Some(BEN)), seat(None)]),
        Event::SeatMoved { seat: SeatId(1), person: None },
        Event::SeatMoved { seat: SeatId(1), person: Some(CAI) },
        Event::Ordered { by: text("maria"), what: text("move seat 1") },
    ]
}

fn places() -> [Event; 4] {
    let country = |code| Country::new(code).unwrap();
    let network = |cidr: &str, room: Option<&str>, vpn| Network {
        cidr: cidr.parse().unwrap(),
        room: room.map(text),
        vpn,
    };
    let site = Site {
        key: text("madrid"),
        name: text("Madrid"),
        country: country("ES"),
        zone: Zone::named("Europe/Madrid").unwrap(),
        networks: vec![
            network("10.20.0.0/16", Some("A1"), false),
            network("2001:db8::/32", None, true),
        ],
    };
    let countries = vec![country("ES"), country("PT")];
    let region = Region { key: text("iberia"), name: text("Iberia"), countries };
    let (from, until) = (T0, T0.plus(YEAR));
    let territory = |domain, breach| Territory {
        domain,
        allowed: vec![text("iberia")],
        from,
        until,
        breach,
        unknown: Breach::Quarantine,
    };
    let office = Schedule {
        key: text("office"),
        zone: Zone::utc(),
        hours: vec![Hours { weekdays: 0b1_1111, from_minute: 480, until_minute: 1_080 }],
        except: vec![TODAY],
        from: Some(TODAY),
        until: None,
    };
    [
        Event::RegionsSet(vec![region]),
        Event::SitesSet(vec![site]),
        Event::TerritoriesSet(vec![
            territory(Domain::Pool, Breach::Report),
            territory(Domain::Seat(SeatId(1)), Breach::Quarantine),
        ]),
        Event::SchedulesSet(vec![office]),
    ]
}

fn rules() -> Vec<Event> {
    let bucket = |key: &str, parent, period| BucketSet {
        key: text(key),
        name: key.to_uppercase(),
        terms: BucketTerms {
            parent,
            owners: vec![BEN],
            period,
            leftover: Leftover::Carry,
            lends: true,
        },
    };
    let terms = Terms {
        owners: vec![CAI],
        large: Some(tokens(500)),
        request_seconds: 3_600,
        seat_moves_a_day: 2,
        seat_hosts_max: Some(1),
        seat_move_cost: Some(euros(5)),
        carry: Some((250_000, YEAR)),
    };
    let policies = |name: &str, mode| {
        Event::PolicyAdopted(PolicySet {
            name: text(name),
            mode,
            text: format!("@id(\"{name}-1\") permit (principal, action, resource);"),
        })
    };
    let cap = |key: &str, each, measure, span, group: Option<u32>| Cap {
        key: text(key),
        person: None,
        group: group.map(GroupId),
        product: Some(REVIT),
        bucket: None,
        each,
        measure,
        span,
        limit: i64::MAX,
        then: Then::Refuse,
        mode: Mode::Monitor,
    };
    let quarter = Period::Months(3);
    let dates = Period::Dates(TODAY.plus(-10), TODAY.plus(10));
    vec![
        Event::BucketsSet(vec![bucket("design", Some(GENERAL), quarter)]),
        Event::BucketsSet(vec![bucket("studio", None, dates)]),
        Event::BucketsSet(vec![bucket("design", Some(STUDIO), quarter)]),
        Event::PeriodEnded { bucket: DESIGN, until: TODAY },
        Event::TermsSet(terms),
        policies("base", Mode::Enforce),
        policies("trial", Mode::Monitor),
        policies("old", Mode::Enforce),
        Event::PolicyRetired(text("old")),
        Event::CapsSet(vec![
            cap("day", Each::Person, Measure::Tokens, Span::Day, Some(1)),
            cap("five-hours", Each::Room, Measure::Opens, Span::Seconds(18_000), None),
            cap("people", Each::Together, Measure::People, Span::Week, None),
            cap("at-once", Each::Person, Measure::Running, Span::Month, None),
        ]),
    ]
}

fn packs() -> Vec<Event> {
    let (from, until) = (T0.plus(-YEAR), T0.plus(YEAR));
    let breakage = Breakage { unallocated: tokens(2), buckets: vec![tokens(1)] };
    let (name, kind, price) = (text("EBA"), PackKind::MultiYear, Some(euros(3)));
    let ticks = tokens(500);
    vec![
        Event::PackBought { name: text("First"), ticks: tokens(1_000), from, until },
        Event::PackAdded { name, kind, ticks, from, until, price },
        Event::PackBought { name: text("Old"), ticks: tokens(3), from, until: T0 },
        Event::Allocated { bucket: GENERAL, ticks: tokens(600) },
        Event::CarriedForward { pack: 1, ticks: tokens(100), until: T0.plus(2 * YEAR) },
        Event::Corrected { pack: 0, bucket: None, ticks: tokens(-9), why: text("portal") },
        Event::PackExpired { pack: 2, breakage },
    ]
}

/// One request for each end that a request can come to, and one that waits.
fn requests(journal: &mut Journal) {
    let request = |ticks, loan: Option<Instant>| {
        Event::TokensRequested(TokenRequest {
            by: ANA,
            bucket: DESIGN,
            from: Some(GENERAL),
            ticks: tokens(ticks),
            why: text("tender"),
            expires: T0.plus(3_600),
            loan: loan.map(|due| LoanTerms { due }),
        })
    };
    let moved = |from, to, whole, cause| {
        let why = text("tender");
        Event::TokensMoved(Move { from, to, ticks: tokens(whole), cause, why })
    };
    let answered = |request, answer| Event::RequestAnswered {
        request: RequestId(request),
        by: BEN,
        answer,
        comment: text("so"),
    };
    journal.add(moved(Some(GENERAL), Some(STUDIO), 50, MoveCause::Order));
    let granted = journal.add(request(30, None));
    journal.add(answered(granted, Answer::Approve(tokens(20))));
    let cause = MoveCause::Request(RequestId(granted));
    journal.add(moved(Some(GENERAL), Some(DESIGN), 20, cause));
    let lent = journal.add(request(40, Some(T0.plus(DAY))));
    journal.add(answered(lent, Answer::Approve(tokens(40))));
    let cause = MoveCause::Request(RequestId(lent));
    journal.add(moved(Some(GENERAL), Some(DESIGN), 40, cause));
    let cause = MoveCause::LoanReturned(RequestId(lent));
    journal.add(moved(Some(DESIGN), Some(GENERAL), 15, cause));
    let declined = journal.add(request(50, None));
    journal.add(answered(declined, Answer::Decline));
    let expired = journal.add(request(60, None));
    journal.add(Event::RequestExpired(RequestId(expired)));
    let waiting = journal.add(request(700, None));
    journal.add(answered(waiting, Answer::Approve(tokens(600))));
    journal.add(moved(Some(DESIGN), None, 5, MoveCause::PeriodEnd));
}

fn uses(journal: &mut Journal) {
    let ask = |person: &str, host: &str| {
        let evidence = Evidence { address: "10.20.0.17".parse().ok(), ..Evidence::default() };
        let more = Circumstances { evidence, confirmed: true, ..Circumstances::default() };
        Ask { person: text(person), product: text("revit"), host: text(host), bucket: None, more }
    };
    let place = Place {
        site: Some(SiteId(0)),
        network: Some(0),
        country: Country::new("ES"),
        trust: Trust::Network,
    };
    let trial = Some(Trial::Refuses(Reason::DailyCapReached, Some(text("day"))));
    let breach = Some(Breach::Report);
    let basis = Basis { rules: 6, place, breach, rule: Some(text("base")), trial, lease: None };
    let opened = |person, name: &str, host: &str, route| {
        let (ask, basis) = (ask(name, host), basis.clone());
        Event::Opened(Opened { ask, person, product: REVIT, route, tariff: 0, basis })
    };
    let route = |ticks| Route::Tokens {
        bucket: GENERAL,
        ticks,
        meter: Meter::Window24h,
        unit_start: T0,
        grace_end: T0.plus(300),
    };
    let posted = journal.add(opened(ANA, "ana", "WS-1", route(tokens(10))));
    journal.add(Event::HoldEnded { person: ANA, product: REVIT, outcome: Outcome::Posted });
    journal.add(opened(ANA, "ana", "WS-2", route(Ticks::ZERO)));
    journal.add(Event::Closed {
        session: SessionId(posted),
        at: T0,
        cause: Cause::Closed,
        hold: None,
    });
    // Held until the end of the journal.
    journal.add(opened(BEN, "desk-1", "WS-3", route(tokens(10))));
    journal.add(opened(ANA, "ana", "WS-1", Route::FreeSeat(SeatId(0))));
    let silent = journal.add(opened(CAI, "cai", "WS-4", Route::Seat(SeatId(1))));
    journal.add(Event::Closed {
        session: SessionId(silent),
        at: T0,
        cause: Cause::Silent,
        hold: None,
    });
    journal.add(opened(CAI, "cai", "WS-4", Route::Seat(SeatId(1))));
    let refused = |reason| {
        let (ask, basis) = (ask("ben", "WS-3"), basis.clone());
        Event::Refused(Refused { ask, reason, tariff: 0, basis })
    };
    journal.all([Reason::RegionNotAllowed, Reason::ConfirmationNeeded].map(refused));
}

fn reports() -> Vec<Event> {
    let charge = |days, person, source, paid| Charge {
        at: T0.plus(days * DAY),
        ticks: tokens(10),
        person,
        product: REVIT,
        bucket: GENERAL,
        meter: Meter::Window24h,
        source,
        paid,
    };
    let open = OpenUse {
        identity: 77,
        person: CAI,
        product: None,
        host: text("WS-9"),
        opened: T0.plus(-DAY),
    };
    let counts = Counts { sessions: 4, quarantined: 3, ..Counts::default() };
    let receipt = Receipt {
        kind: text("flexnet"),
        files: vec![text("a.log")],
        counts,
        begun: vec![open],
        ended: vec![78],
        ..Receipt::default()
    };
    let mapped = FeatureMapped { code: text("87471RVT_2022_0F"), product: REVIT, released: 2 };
    let (log, vendor) = (Source::Log, Source::Vendor);
    let wrong = charge(-9, BEN, log, true);
    let reported = |finding| VendorCharge {
        day: TODAY,
        alias: text("ana@example.com"),
        person: ANA,
        product: REVIT,
        ticks: tokens(10),
        finding,
    };
    let of = Currency::USD;
    vec![
        Event::UnitCharged(charge(1, ANA, Source::Gate, true)),
        Event::UsageCharged(vec![charge(-5, ANA, log, true), charge(-7, CAI, log, false), wrong]),
        Event::UsageReversed(vec![wrong.unit()]),
        Event::Imported(receipt),
        Event::FeaturesMapped(vec![mapped]),
        Event::UsageCharged(vec![charge(-3, BEN, vendor, true)]),
        Event::VendorBalance { at: T0, ticks: tokens(1_400) },
        Event::VendorReported(vec![
            reported(Finding::Booked),
            reported(Finding::DoubleDip(DipCause::SeatCameLater)),
        ]),
        Event::ShadowPriced(euros(4)),
        Event::ExchangeRatesSet(vec![ExchangeRate { price: euros(1), of, from: TODAY }]),
        Event::BreachReviewed { decision: 62, accepted: false, why: text("no visit") },
    ]
}

/// A device that went and one that stays, with a lease of tokens, one of a seat, and one that came back.
fn agents(journal: &mut Journal) {
    let device = |key, name: &str, person| Device { key: [key; 32], name: text(name), person };
    journal.all([
        Event::DeviceEnrolled(device(1, "WS-1", None)),
        Event::DeviceEnrolled(device(2, "WS-3", Some(CAI))),
        Event::DeviceRevoked(DeviceId(0)),
        Event::AgentRulesSet(text("first")),
        Event::AgentRulesSet(text("second")),
    ]);
    let until = T0.plus(8 * 3_600);
    let opened = |person, name: &str, route| {
        let agreed = Some(tokens(10));
        let said =
            AgentSaid { device: DeviceId(1), agreed, clock_wrong: false, lease: Some(28_800) };
        let more = Circumstances { agent: Some(said), ..Circumstances::default() };
        let ask = Ask {
            person: text(name),
            product: text("revit"),
            host: text("WS-3"),
            bucket: None,
            more,
        };
        let basis = Basis { rules: 6, lease: Some(until), ..Basis::default() };
        Event::Opened(Opened { ask, person, product: REVIT, route, tariff: 0, basis })
    };
    let route = |ticks| Route::Tokens {
        bucket: GENERAL,
        ticks,
        meter: Meter::Window24h,
        unit_start: T0,
        grace_end: until,
    };
    // Out until the end of the journal.
    journal.add(opened(CAI, "cai", route(tokens(10))));
    let second = journal.add(opened(CAI, "cai", route(Ticks::ZERO)));
    journal.add(opened(ANA, "ana", Route::Seat(SeatId(0))));
    let (session, at) = (SessionId(second), T0);
    journal.add(Event::Closed { session, at, cause: Cause::Closed, hold: None });
}

/// Two imports with numbers, of which one was undone.
fn imports(journal: &mut Journal) {
    let counts = Counts { sessions: 2, ..Counts::default() };
    let receipt = Receipt {
        kind: text("flexnet"),
        files: vec![text("b.log")],
        counts,
        batch: 1,
        by: text("ana"),
        overlap: Overlap { uses: 2, times: 1, prices: 1 },
        ..Receipt::default()
    };
    let open = OpenUse {
        identity: 79,
        person: BEN,
        product: Some(REVIT),
        host: text("WS-2"),
        opened: T0.plus(-2 * DAY),
    };
    let vendor = Receipt { batch: 2, kind: text("vendor"), ..receipt.clone() };
    let undone = Undone {
        batch: 2,
        by: text("ben"),
        sessions: 1,
        quarantined: 1,
        kept: 1,
        begun: vec![open],
        ended: vec![77],
        unreported: vec![(ANA, REVIT, TODAY)],
    };
    let (day, alias) = (TODAY.plus(-1), text("ben"));
    let (person, product, ticks) = (BEN, REVIT, tokens(10));
    let reported = VendorCharge { day, alias, person, product, ticks, finding: Finding::Matched };
    journal.all([
        Event::Imported(receipt),
        Event::VendorReported(vec![reported]),
        Event::Imported(vendor),
        Event::ImportUndone(undone),
    ]);
}

/// Dora turned out to be Cai, and not to be, and to be again.
fn merges(journal: &mut Journal) {
    let dora = Person {
        key: text("dora"),
        name: text("Dora"),
        bucket: GENERAL,
        aliases: vec![text("5f1c0d0a")],
    };
    let merged = |into| Event::PersonMerged { person: PersonId(3), into };
    let merged = [Some(CAI), None, Some(CAI)].map(merged);
    journal.all([Event::PeopleAdded(vec![dora])].into_iter().chain(merged));
}

/// Two rules, of which one is left and muted; two alerts, of which one has ended; a forecast.
fn alerts(journal: &mut Journal) {
    let rule = |key| Event::AlertRuleSet { key: text(key), text: text("[[rule]]") };
    let crossing = |subject| Crossing {
        subject: text(subject),
        name: text("Design"),
        value: 297,
        limit: 300,
        said: text("Design has 297 of 1000 tokens left"),
        facts: vec![(text("left"), text("297"))],
    };
    let raised = Raised {
        rule: text("left-30"),
        name: text("Thirty per cent left"),
        severity: Severity::Critical,
        channels: vec![text("mail")],
        steps: vec![text("Review who burns most.")],
        crossings: vec![crossing("bucket:design"), crossing("bucket:studio")],
    };
    journal.all([rule("left-30"), rule("gone"), Event::AlertRuleRemoved(text("gone"))]);
    journal.all([Event::AlertRuleMuted { key: text("left-30"), until: Some(T0.plus(DAY)) }]);
    let seq = journal.add(Event::AlertRaised(raised));
    let channels = vec![text("desk")];
    let handled = [
        (0, Handling::Acknowledged { note: text("on it") }),
        (1, Handling::Escalated { level: 1, channels: channels.clone() }),
        (1, Handling::StepDone { step: 0, said: text("asked"), channels }),
        (1, Handling::Ended { said: text("it is back") }),
    ];
    let handled =
        handled.map(|(place, what)| Event::AlertHandled { alert: AlertId { seq, place }, what });
    let kept = KeptForecast {
        subject: text("contract"),
        made: TODAY,
        until: TODAY.plus(30),
        expected: tokens(5),
        half: (tokens(4), tokens(6)),
        four_in_five: (tokens(3), tokens(7)),
        nineteen_in_twenty: (tokens(2), tokens(8)),
    };
    let occasion = |key| Occasion {
        key: text(key),
        name: text("Training week"),
        subject: text("bucket:design"),
        from: TODAY,
        to: TODAY.plus(4),
        effect: OccasionEffect::Share(1_500),
    };
    let later = [
        Event::ForecastsKept(vec![kept]),
        Event::OccasionSet(occasion("training")),
        Event::OccasionSet(occasion("gone")),
        Event::OccasionRemoved(text("gone")),
    ];
    journal.all(handled.into_iter().chain(later));
}

/// Plans of the pool and of a bucket, one of them taken back.
fn plans(journal: &mut Journal) {
    let point = |day, share| Point { date: TODAY.plus(day), share };
    let curve = Plan::Curve(vec![point(30, 250_000), point(200, 900_000)]);
    let set = |bucket, plan| Event::PlanSet { bucket, plan };
    journal.all([
        set(None, Plan::Seasonal),
        set(Some(GENERAL), curve),
        set(Some(BucketId(1)), Plan::Seasonal),
        set(Some(BucketId(1)), Plan::Straight),
    ]);
}

/// A plan that was drawn, made from another, approved, and carried out in part.
fn move_plans(journal: &mut Journal) {
    let one = |kind, seat| PlannedMove {
        person: PersonId(0),
        kind,
        offering: OfferingId(0),
        seat,
        on: TODAY,
        cost_now: 4_200_000_000,
        cost_then: 2_910_000_000,
        p_saves: 915,
        days: 140,
        why: text("140 days a year"),
    };
    let plan = |parent| MovePlan {
        parent,
        name: text("Autumn"),
        by: text("ana"),
        currency: Currency::USD,
        token_price: 3_000_000,
        known_from: TODAY.plus(-364),
        known_to: TODAY.plus(-1),
        basis: text("flex-daily at 3 USD"),
        moves: vec![one(MoveKind::Buy, None), one(MoveKind::Release, Some(SeatId(0)))],
    };
    let first = PlanId(journal.add(Event::MovesPlanned(plan(None))));
    let second = PlanId(journal.add(Event::MovesPlanned(plan(Some(first)))));
    let judged = |plan, approved| Event::MovesJudged {
        plan,
        by: text("berta"),
        approved,
        why: text("as agreed"),
    };
    let stepped =
        |moves: &[u32], step| Event::MovesStepped { plan: second, moves: moves.to_vec(), step };
    journal.all([
        judged(first, false),
        judged(second, true),
        stepped(&[0, 1], MoveStep::Done),
        stepped(&[0], MoveStep::Undone),
        stepped(&[0], MoveStep::Dropped),
    ]);
}

/// Somebody looked at findings, at one of them twice.
fn judgements(journal: &mut Journal) {
    let judged = |class, confirmed, why| Event::FindingJudged {
        finding: 0x79b5_0001_0002_0003,
        class,
        subject: text("product/revit"),
        confirmed,
        why: text(why),
    };
    journal
        .all([judged(Class::Burst, false, "a class"), judged(Class::Burst, true, "none at all")]);
}

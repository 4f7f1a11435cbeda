//! Golden events of rules, places, budgets and the vendor's reports.

use super::*;
use core::net::IpAddr;
use faregate_core::budget::Answer;
use faregate_core::caps::Span;
use faregate_core::estate::{Cidr, Country, Domain, Period, Territory};
use faregate_core::event::{Finding, MoveCause, Trial};
use faregate_core::when::Zone;

const FROM: Instant = Instant(1_767_225_600);
const UNTIL: Instant = Instant(1_798_761_600);

fn country(code: &str) -> Country {
    Country::new(code).unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn euros(micros: i64) -> Money {
    Money { micros, currency: Currency::new("EUR").unwrap() }
}

pub(super) fn events() -> Vec<Event> {
    [decisions(), people(), places(), rules(), packs(), requests(), vendor(), agents()].concat()
}

/// With all that an ask can say, and all that a decision can stand on.
fn decisions() -> Vec<Event> {
    let address: IpAddr = "2001:db8::17".parse().unwrap();
    let site = Some(text("madrid"));
    let evidence = Evidence { address: Some(address), country: Some(country("ES")), site };
    let version = Some(text("2027.1"));
    let more =
        Circumstances { version, evidence, fare: Some(Fare::Tokens), confirmed: true, agent: None };
    let place = Place {
        site: Some(SiteId(3)),
        network: Some(1),
        country: Some(country("PT")),
        trust: Trust::Vpn,
    };
    let route = Route::FreeSeat(SeatId(70_000));
    let (person, product) = (PersonId(300), ProductId(2));
    let opened = Opened {
        ask: Ask { more, ..ask(Some("design")) },
        person,
        product,
        route,
        tariff: 1,
        basis: Basis {
            rules: 200,
            place,
            breach: Some(Breach::Quarantine),
            rule: Some(text("only-iberia")),
            trial: Some(Trial::Refuses(Reason::OutsideSchedule, Some(text("office-hours")))),
            lease: None,
        },
    };
    let address: IpAddr = "10.20.0.17".parse().unwrap();
    let evidence = Evidence { address: Some(address), ..Evidence::default() };
    let more = Circumstances { evidence, fare: Some(Fare::FreeSeat), ..Circumstances::default() };
    let refused = Refused {
        ask: Ask { more, ..ask(None) },
        reason: Reason::ConfirmationNeeded,
        tariff: 2,
        basis: Basis {
            rules: 7,
            rule: Some(text("room-of-20")),
            trial: Some(Trial::Opens(Fare::Seat)),
            ..Basis::default()
        },
    };
    vec![Event::Opened(opened), Event::Refused(refused)]
}

fn people() -> Vec<Event> {
    let group = Group {
        key: text("students"),
        name: text("Students"),
        dimension: Some(text("fare")),
        parents: vec![GroupId(1), GroupId(200)],
    };
    let standing =
        Standing { groups: vec![GroupId(5)], contractor: true, until: Some(Instant(-2)) };
    let person = PersonSet { key: text("ana"), name: text("Ana"), bucket: BucketId(6), standing };
    let alias =
        AliasTerm { alias: text("ALOPEZ"), person: PersonId(300), from: FROM, until: UNTIL };
    vec![
        Event::Ordered { by: text("maria"), what: text("move seat 4") },
        Event::GroupsSet(vec![group]),
        Event::PeopleSet(vec![person]),
        Event::AliasesSet(vec![alias]),
        Event::SeatMoved { seat: SeatId(70_000), person: Some(PersonId(300)) },
    ]
}

fn places() -> Vec<Event> {
    let block = |text: &str| text.parse::<Cidr>().unwrap();
    let networks = vec![
        Network { cidr: block("10.20.0.0/16"), room: Some(text("A1")), vpn: false },
        Network { cidr: block("2001:db8::/32"), room: None, vpn: true },
    ];
    let region = Region {
        key: text("iberia"),
        name: text("Iberia"),
        countries: vec![country("ES"), country("PT")],
    };
    let site = Site {
        key: text("madrid"),
        name: text("Madrid"),
        country: country("ES"),
        zone: zone("Europe/Madrid"),
        networks,
    };
    let domains = [
        (Domain::Pool, Breach::Report),
        (Domain::Bucket(BucketId(9)), Breach::Quarantine),
        (Domain::Offering(OfferingId(8)), Breach::Refuse),
        (Domain::Seat(SeatId(7)), Breach::Report),
    ];
    let territory = |(domain, breach)| Territory {
        domain,
        allowed: vec![text("iberia"), text("FR")],
        from: FROM,
        until: UNTIL,
        breach,
        unknown: Breach::Report,
    };
    let schedule = Schedule {
        key: text("office"),
        zone: zone("America/New_York"),
        hours: vec![Hours { weekdays: 0b1_1111, from_minute: 480, until_minute: 1_080 }],
        except: vec![Date(20_600)],
        from: Some(Date(20_500)),
        until: Some(Date(20_700)),
    };
    vec![
        Event::RegionsSet(vec![region]),
        Event::SitesSet(vec![site]),
        Event::TerritoriesSet(domains.map(territory).to_vec()),
        Event::TerritoriesSet(vec![
            Territory { unknown: Breach::Refuse, ..territory(domains[0]) },
            Territory { unknown: Breach::Quarantine, ..territory(domains[1]) },
        ]),
        Event::SchedulesSet(vec![schedule]),
    ]
}

fn rules() -> Vec<Event> {
    let bucket = |period, leftover| BucketSet {
        key: text("bridge"),
        name: text("Bridge"),
        terms: BucketTerms {
            parent: Some(BucketId(2)),
            owners: vec![PersonId(300)],
            period,
            leftover,
            lends: true,
        },
    };
    let terms = Terms {
        owners: vec![PersonId(301)],
        large: Some(Ticks(11)),
        request_seconds: 86_400,
        seat_moves_a_day: 3,
        seat_hosts_max: Some(2),
        seat_move_cost: Some(euros(500_000)),
        carry: Some((250_000, 7_776_000)),
    };
    let policy =
        PolicySet { name: text("base"), mode: Mode::Monitor, text: text("permit (a, b, c);") };
    let all = Cap {
        key: text("students-week"),
        person: Some(PersonId(300)),
        group: Some(GroupId(4)),
        product: Some(ProductId(2)),
        bucket: Some(BucketId(1)),
        each: Each::Room,
        measure: Measure::People,
        span: Span::Seconds(18_000),
        limit: -20,
        then: Then::Confirm,
        mode: Mode::Monitor,
    };
    let span = |(span, measure, each)| Cap {
        key: text("c"),
        person: None,
        group: None,
        product: None,
        bucket: None,
        each,
        measure,
        span,
        limit: 1,
        then: Then::Refuse,
        mode: Mode::Enforce,
    };
    let spans = [
        (Span::Day, Measure::Tokens, Each::Person),
        (Span::Week, Measure::Opens, Each::Together),
        (Span::Month, Measure::Running, Each::Person),
    ];
    vec![
        Event::BucketsSet(vec![
            bucket(Period::Open, Leftover::Return),
            bucket(Period::Months(3), Leftover::Carry),
            bucket(Period::Dates(Date(20_500), Date(20_700)), Leftover::Expire),
        ]),
        Event::TermsSet(terms),
        Event::PolicyAdopted(policy),
        Event::PolicyRetired(text("base")),
        Event::CapsSet([all].into_iter().chain(spans.map(span)).collect()),
    ]
}

fn packs() -> Vec<Event> {
    vec![
        Event::PackAdded {
            name: text("EBA 2026"),
            kind: PackKind::MultiYear,
            ticks: Ticks(3_600_000_000_000),
            from: FROM,
            until: UNTIL,
            price: Some(euros(2_900_000)),
        },
        Event::CarriedForward { pack: 1, ticks: Ticks(900), until: UNTIL },
        Event::Corrected {
            pack: 2,
            bucket: Some(BucketId(1)),
            ticks: Ticks(-36),
            why: text("portal"),
        },
    ]
}

fn requests() -> Vec<Event> {
    let moved = |from: Option<u16>, to: Option<u16>, cause| {
        let (from, to) = (from.map(BucketId), to.map(BucketId));
        Event::TokensMoved(Move { from, to, ticks: Ticks(360), cause, why: text("tender") })
    };
    let request = TokenRequest {
        by: PersonId(300),
        bucket: BucketId(3),
        from: Some(BucketId(1)),
        ticks: Ticks(720),
        why: text("tender"),
        expires: FROM,
        loan: Some(LoanTerms { due: UNTIL }),
    };
    let (request_id, by, comment) = (RequestId(400), PersonId(301), text("fine"));
    let answer = Answer::Approve(Ticks(360));
    vec![
        moved(Some(1), Some(3), MoveCause::Order),
        moved(None, Some(3), MoveCause::Request(request_id)),
        moved(Some(3), None, MoveCause::LoanReturned(request_id)),
        moved(Some(3), Some(1), MoveCause::PeriodEnd),
        Event::TokensRequested(request),
        Event::RequestAnswered { request: request_id, by, answer, comment },
        Event::RequestAnswered {
            request: request_id,
            by,
            answer: Answer::Decline,
            comment: text(""),
        },
        Event::RequestExpired(request_id),
        Event::PeriodEnded { bucket: BucketId(3), until: Date(20_700) },
    ]
}

fn vendor() -> Vec<Event> {
    let found = |(day, finding)| VendorCharge {
        day: Date(day),
        alias: text("ana@example.com"),
        person: PersonId(300),
        product: ProductId(2),
        ticks: Ticks(252),
        finding,
    };
    let findings = [
        (20_600, Finding::Matched),
        (20_601, Finding::Booked),
        (20_602, Finding::DoubleDip(DipCause::SecondIdentity)),
        (20_603, Finding::DoubleDip(DipCause::SeatCameLater)),
        (20_604, Finding::DoubleDip(DipCause::SameIdentity)),
    ];
    let rate = ExchangeRate { price: euros(920_000), of: Currency::USD, from: Date(20_500) };
    vec![
        Event::VendorBalance { at: FROM, ticks: Ticks(-1) },
        Event::VendorReported(findings.map(found).to_vec()),
        Event::ShadowPriced(euros(3_100_000)),
        Event::ExchangeRatesSet(vec![rate]),
        Event::BreachReviewed { decision: 4_711, accepted: true, why: text("site visit") },
    ]
}

/// With all that an agent says, and with as little.
fn agents() -> Vec<Event> {
    let said = AgentSaid {
        device: DeviceId(300),
        agreed: Some(Ticks(36_000_000_000)),
        clock_wrong: false,
        lease: Some(28_800),
    };
    let more = Circumstances { confirmed: true, agent: Some(said), ..Circumstances::default() };
    let trial = Some(Trial::Opens(Fare::FreeSeat));
    let opened = Opened {
        ask: Ask { more, ..ask(None) },
        person: PersonId(300),
        product: ProductId(2),
        route: Route::Seat(SeatId(4)),
        tariff: 1,
        basis: Basis { rules: 7, trial, lease: Some(UNTIL), ..Basis::default() },
    };
    let said = AgentSaid { device: DeviceId(1), clock_wrong: true, ..AgentSaid::default() };
    let refused = Refused {
        ask: Ask {
            more: Circumstances { agent: Some(said), ..Circumstances::default() },
            ..ask(Some("design"))
        },
        reason: Reason::BucketExhausted,
        tariff: 1,
        basis: Basis::default(),
    };
    let mut key = [0xa5; 32];
    key[0] = 1;
    let device = Device { key, name: text("WS-17"), person: Some(PersonId(300)) };
    vec![
        Event::Opened(opened),
        Event::Refused(refused),
        Event::DeviceEnrolled(device),
        Event::DeviceRevoked(DeviceId(300)),
        Event::AgentRulesSet(text("[[product]]")),
    ]
}

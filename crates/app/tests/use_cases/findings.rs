//! Findings that were judged, and bursts that go on.

use crate::given::*;
use crate::world::*;
use faregate_app::alerts::unusual::burst_now;
use faregate_app::anomalies::{bursts_going_on, findings, pace};
use faregate_app::bulk;
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::orders::Order;
use faregate_core::amount::Ticks;
use faregate_core::anomaly::{Burst, Finding};
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{self, DipCause, Event, VendorCharge};
use faregate_core::when::{DAY, Date, Instant};
use std::net::IpAddr;
use std::sync::mpsc::channel;

/// Ana and Ben were charged for what a seat covers, three days ago.
fn charged_twice() -> World {
    let mut world = office();
    let charge = |person: u32, whole: i64| VendorCharge {
        day: Date(i32::try_from(T0.0.div_euclid(DAY)).unwrap()).plus(-3),
        alias: text("x"),
        person: PersonId(person),
        product: ProductId(0),
        ticks: tokens(whole),
        finding: event::Finding::DoubleDip(DipCause::SameIdentity),
    };
    world.engine.append(vec![Event::VendorReported(vec![charge(0, 9), charge(1, 10)])]).unwrap();
    world
}

fn found(world: &mut World) -> Vec<Finding> {
    let today = Date(i32::try_from(T0.0.div_euclid(DAY)).unwrap());
    findings(&mut world.engine, today.plus(-34), today, &[]).unwrap()
}

fn costs(found: &[Finding]) -> Vec<Ticks> {
    found.iter().map(|one| one.cost).collect()
}

fn judge(finding: &Finding, confirmed: bool, why: &str) -> Order {
    let (finding, class, subject) = (finding.id, finding.class.key(), &finding.subject);
    let (class, subject, why) = (text(class), subject.clone(), text(why));
    Order::JudgeFinding { finding, class, subject, confirmed, why }
}

#[test]
fn a_judgement_needs_a_class_a_subject_a_reason_and_an_administrator() {
    let mut world = charged_twice();
    let all = found(&mut world);
    let [ben, ana] = &all[..] else { panic!("{all:?}") };
    assert_eq!(costs(&all), [tokens(10), tokens(9)]);
    let of = |class: &str, subject: &str, why: &str| {
        let (class, subject, why) = (text(class), text(subject), text(why));
        Order::JudgeFinding { finding: ana.id, class, subject, confirmed: false, why }
    };
    let (class, subject) = ("double-dip", ana.subject.as_str());
    let dismissed = format!("finding {:016x} was dismissed", ana.id);
    let confirmed = format!("finding {:016x} was confirmed", ben.id);
    check(
        &mut world,
        &[
            (
                "root",
                of("moon", subject, "known"),
                "invalid unknown-class: `moon` is no class of findings",
            ),
            (
                "root",
                of(class, " ", "known"),
                "invalid no-subject: a judgement needs the subject of its finding",
            ),
            ("root", of(class, subject, " \n"), "invalid no-reason: a judgement needs a reason"),
            (
                "ana",
                of(class, subject, "known"),
                "forbidden not-yours: only an administrator or a licence manager may do this",
            ),
            ("root", judge(ana, false, "paid back"), dismissed.as_str()),
            ("root", judge(ben, true, "it is so"), confirmed.as_str()),
        ],
    );
}

/// What is dismissed is gone until it is confirmed after all; the other stays, whatever is said of this one.
#[test]
fn what_is_dismissed_is_not_found_again() {
    let mut world = charged_twice();
    let all = found(&mut world);
    let [ben, ana] = &all[..] else { panic!("{all:?}") };
    let mut after = |order: &Order| {
        give(&mut world, "root", order).unwrap();
        costs(&found(&mut world))
    };
    assert_eq!(after(&judge(ben, true, "it is so")), [tokens(10), tokens(9)]);
    assert_eq!(after(&judge(ana, false, "paid back")), [tokens(10)]);
    assert_eq!(after(&judge(ana, true, "it was not")), [tokens(10), tokens(9)]);
    world.engine.keep_snapshot().unwrap();
    give(&mut world, "root", &judge(ben, false, "paid back as well")).unwrap();
    let mut world = World { engine: load(&world.store, &world.clock), ..world };
    assert_eq!(costs(&found(&mut world)), [tokens(9)], "after a restart");
    let said = |found: &Finding| {
        let state = world.engine.state();
        let state = state.read();
        state.judgements().of(found.id).map(|one| (one.confirmed, one.why.clone()))
    };
    assert_eq!(said(ben), Some((false, text("paid back as well"))));
    assert_eq!(said(ana), Some((true, text("it was not"))));
}

const AUTOCAD: ProductId = ProductId(0);
/// Two o'clock on a Monday, five weeks after the first day of the history.
const TWO: Instant = Instant(T0.0 + 35 * DAY + 14 * 60 * MINUTE);

/// Twenty people, numbered from 2, each of whom opens AutoCAD at two o'clock on every working day of so many weeks.
/// Room 7 of the site in Berlin is their class room.
fn habits(weeks: i64) -> World {
    let mut world = World::new(100_000);
    let people = (0..20).map(|n| person(&format!("p{n}"))).collect();
    world.engine.append(vec![Event::PeopleAdded(people)]).unwrap();
    let site = "[[site]]\nkey = \"berlin\"\nname = \"Berlin\"\ncountry = \"DE\"\nnetworks = [\"10.20.0.0/16\", \
                { cidr = \"10.20.7.0/24\", room = \"Room 7\" }]\n";
    let document = bulk::read([("estate.toml", site)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    let days = (35 - 7 * weeks..35).filter(|day| day % 7 < 5);
    let uses = days.flat_map(|day| {
        (0..20).map(move |n| {
            let opened = TWO.plus((day - 35) * DAY + n * 27);
            let person = PersonId(2 + n as u32);
            let closed = opened.plus(60 * MINUTE);
            KnownUse { person, product: AUTOCAD, host: "ws-1", opened, closed }
        })
    });
    world.clock.set(TWO);
    record_generated(&mut world.engine, uses).unwrap();
    world
}

fn opens(desk: &Desk, n: i64, product: &str, address: Option<IpAddr>) {
    desk.clock.set(TWO.plus(n * 27));
    let mut request = request(&format!("{product} {n}"), &format!("p{n}"), product);
    request.ask.host = format!("TR7-{n:02}");
    request.ask.more.evidence.address = address;
    let (tell, answered) = channel();
    desk.gate.open(request, move |answer| tell.send(answer).unwrap());
    assert!(is_opened(&answered.recv().unwrap().unwrap()), "{n}");
}

/// How many people's burst goes on, after so many of them opened a product, one every 27 seconds.
fn going_on(weeks: i64, product: &str, people: i64) -> Option<Burst> {
    let mut world = habits(weeks);
    let usual = pace(&mut world.engine).unwrap();
    let desk = world.start();
    (0..people).for_each(|n| opens(&desk, n, product, None));
    let now = TWO.plus(people * 27);
    let found = desk.state(|state| bursts_going_on(state, &usual, now));
    assert!(found.len() < 2, "{found:?}");
    desk.state(|state| {
        assert_eq!(bursts_going_on(state, &usual, now.plus(20 * MINUTE)), [], "it is over");
    });
    found.into_iter().next()
}

#[test]
fn a_class_is_seen_from_its_tenth_on() {
    assert_eq!(going_on(5, "revit", 9), None);
    for people in [10, 20] {
        let burst = going_on(5, "revit", people).unwrap();
        let count = usize::try_from(people).unwrap();
        assert_eq!((burst.people.len(), burst.from, burst.product), (count, TWO, ProductId(1)));
        assert_eq!(burst.place, Some(("TR7-…".to_owned(), count)));
    }
    assert_eq!(going_on(5, "autocad", 20), None, "as many as every day");
    assert_eq!(going_on(0, "revit", 20), None, "nobody knows what is usual");
}

/// Where workstations were last, and what judgements taught.
#[test]
fn a_class_has_its_room_and_may_be_known() {
    let room = Some(IpAddr::from([10, 20, 7, 9]));
    let desk = habits(5).start();
    (0..10).for_each(|n| opens(&desk, n, "revit", room));
    let mut world = desk.stop();
    // What opens at this very second is read the next time: nine of ten have been seen somewhere.
    let usual = pace(&mut world.engine).unwrap();
    let now =
        |world: &World| bursts_going_on(&world.engine.state().read(), &usual, TWO.plus(10 * 27));
    let [burst] = &now(&world)[..] else { panic!("none") };
    assert_eq!(burst.place, Some(("Room 7, Berlin".to_owned(), 9)));
    let said = burst_now(&world.engine.state().read(), burst);
    assert!(said.said.contains("9 of them at Room 7, Berlin"), "{}", said.said);
    assert_eq!(said.facts.last().unwrap(), &(text("Where"), text("9 of them at Room 7, Berlin")));
    let (class, subject, why) = (text("burst"), text("product/revit"), text("a class"));
    let order = Order::JudgeFinding { finding: 1, class, subject, confirmed: false, why };
    give(&mut world, "root", &order).unwrap();
    assert_eq!(now(&world), [], "ten are at the threshold, which was raised");
}

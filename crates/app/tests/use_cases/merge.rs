//! Two identities of one person: what becomes of their use, and that it can be taken back.

use crate::paper::*;
use crate::stores::Shared;
use crate::world::*;
use faregate_app::bulk;
use faregate_app::engine::Engine;
use faregate_app::explain::explain;
use faregate_app::import::undo::undo;
use faregate_app::import::vendor;
use faregate_app::merge::{Merge, Month, Plan};
use faregate_app::orders::{Done, NotDone, Once, Order, Orderer, carry_out, carry_out_once};
use faregate_core::amount::Ticks;
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::double_dip;
use faregate_core::estate::{
    Bucket, BucketId, BucketTerms, GENERAL, Offering, OfferingId, PersonId, Seat,
};
use faregate_core::event::{
    BucketSet, DipCause, Event, Mode, PersonSet, SessionId, Source, TokenRequest,
};
use faregate_core::state::{Checkpoint, State};
use faregate_core::tariff::{Meter, Rate, TariffParts};
use faregate_core::when::{DAY, Date};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use proptest::prelude::*;

const MONDAY: Date = Date(20_605);

fn order(person: &str, into: Option<&str>) -> Order {
    Order::Merge(Merge { person: person.to_owned(), into: into.map(str::to_owned) })
}

fn root() -> Orderer {
    Orderer::new("root", true)
}

fn give(engine: &mut Engine, person: &str, into: Option<&str>) -> Done {
    carry_out(engine, &root(), &order(person, into), false).unwrap()
}

fn merge(engine: &mut Engine, person: &str, into: &str) -> Plan {
    *give(engine, person, Some(into)).merge.unwrap()
}

fn part(engine: &mut Engine, person: &str) -> Plan {
    *give(engine, person, None).merge.unwrap()
}

/// The code with which an order is refused; nothing changed.
fn refused(world: &mut World, person: &str, into: Option<&str>) -> &'static str {
    let before = world.store.told();
    let done = carry_out(&mut world.engine, &root(), &order(person, into), false);
    assert_eq!(world.store.told(), before);
    match done {
        Err(NotDone::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// What is true but for how it came about: who is whom, who pays, what the vendor said.
fn books(world: &World) -> Checkpoint {
    let (tally, imports) = Default::default();
    let shared = world.engine.state();
    let state = shared.read();
    let restored = State::restore(state.checkpoint()).unwrap();
    assert_eq!(restored.estate(), state.estate(), "a snapshot read back is what it was taken of");
    Checkpoint { seq: 0, at: T0, tally, imports, ..state.checkpoint() }
}

fn row(day: i32, who: &str, product: &str, whole: i64) -> VendorRow {
    let (day, tokens) = (MONDAY.plus(day), tokens(whole));
    VendorRow {
        line: 2,
        day,
        who: who.to_owned(),
        hashed: None,
        product: product.to_owned(),
        tokens,
    }
}

fn report(engine: &mut Engine, rows: &[VendorRow]) {
    vendor::import(engine, &FeatureTable::shipped(), "usage.csv", rows).unwrap();
}

fn months(plan: &Plan) -> Vec<(String, String, Ticks, Ticks)> {
    let told = |row: &Month| (row.month.to_string(), row.bucket.clone(), row.reversed, row.charged);
    plan.months.iter().map(told).collect()
}

/// A department of its own pays for Ana; Alopez is who the log calls her.
fn two_buckets() -> World {
    let mut world = office();
    let bucket = Bucket { key: "design".to_owned(), name: "Design".to_owned() };
    let ana = PersonSet {
        key: "ana".to_owned(),
        name: "Ana".to_owned(),
        bucket: BucketId(1),
        ..PersonSet::default()
    };
    world
        .engine
        .append(vec![Event::BucketsOpened(vec![bucket]), Event::PeopleSet(vec![ana])])
        .unwrap();
    world
}

#[test]
fn use_under_both_names_is_one_person_s() {
    let mut world = two_buckets();
    let uses = [
        used("ana", AUTOCAD, 540, 600),
        used("alopez", AUTOCAD, 900, 960),
        used("alopez", AUTOCAD, 2_100, 2_160),
        used("alopez", REVIT, 43_300, 43_400),
    ];
    import_all(&mut world.engine, &[&log(&uses)]);
    let before = world.store.told();
    let tried = carry_out(&mut world.engine, &root(), &order("ALOPEZ", Some("ana")), true).unwrap();
    assert_eq!(world.store.told(), before, "trying changes nothing");
    let plan = merge(&mut world.engine, "alopez", "Ana");
    assert_eq!(tried.merge.as_deref(), Some(&plan));
    let expected = [
        charge("ana", "autocad", 540),
        charge("ana", "autocad", 2_100),
        charge("ana", "revit", 43_300),
    ];
    assert_eq!(charged(&world.engine), expected);
    assert_eq!((plan.person.as_str(), plan.other.as_str(), plan.sessions), ("alopez", "ana", 3));
    let (june, july) = ("2026-06-01".to_owned(), "2026-07-01".to_owned());
    let (general, design) = ("general".to_owned(), "design".to_owned());
    let row = |month: &String, bucket: &String, reversed, charged| {
        (month.clone(), bucket.clone(), tokens(reversed), tokens(charged))
    };
    let expected = [
        row(&june, &general, 7, 0),
        row(&june, &design, 0, 7),
        row(&july, &general, 10, 0),
        row(&july, &design, 0, 10),
    ];
    assert_eq!(months(&plan), expected);
    let shared = world.engine.state();
    let state = shared.read();
    let estate = state.estate();
    assert_eq!(estate.person_known_as("alopez", T0), Some(PersonId(0)));
    assert_eq!(estate.names_of(PersonId(0), T0), ["alopez", "ana"]);
    let paid = state.ledger().bucket(BucketId(1)).unwrap().spent;
    assert_eq!(paid, Ticks::ZERO, "design owns nothing: what it should pay is uncovered");
    assert!(
        state
            .charges()
            .iter()
            .filter(|one| one.at != T0.plus(540 * MINUTE))
            .all(|one| one.bucket == BucketId(1))
    );
}

/// The order comes first, then what it reverses, then who is whom, then what it charges: one commit.
#[test]
fn a_merge_is_one_order() {
    let mut world = two_buckets();
    import_all(&mut world.engine, &[&log(&[used("alopez", AUTOCAD, 900, 960)])]);
    report(&mut world.engine, &[row(1, "alopez", "revit", 10)]);
    let first = world.engine.state().read().seq() + 1;
    let done = give(&mut world.engine, "alopez", Some("ana"));
    assert_eq!(done.seq, first + 1);
    let mut kinds = Vec::new();
    let mut store = world.store.clone();
    faregate_app::ports::Store::replay(&mut store, first - 1, &mut |entry| {
        kinds.push(match entry.event {
            Event::Ordered { by, what } => format!("{by}: {what}"),
            Event::UsageReversed(units) => format!("reversed {}", units.len()),
            Event::PersonMerged { person, into } => {
                format!("{} is {:?}", person.0, into.map(|id| id.0))
            }
            Event::UsageCharged(charges) => format!("charged {}", charges.len()),
            Event::VendorReported(rows) => format!("reported {}", rows.len()),
            other => format!("{other:?}"),
        });
        true
    })
    .unwrap();
    let expected = [
        "root: merge `alopez` into `ana`",
        "reversed 2",
        "2 is Some(0)",
        "charged 2",
        "reported 1",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn under_one_key_it_is_carried_out_once() {
    let mut world = two_buckets();
    import_all(&mut world.engine, &[&log(&[used("alopez", AUTOCAD, 900, 960)])]);
    let order = order("alopez", Some("ana"));
    let mut once = |key: &str| {
        let once = Once::new(&root(), key, b"body");
        carry_out_once(&mut world.engine, &root(), &order, once)
    };
    let first = once("k").unwrap();
    let again = once("k").unwrap();
    assert_eq!((first.repeated, again.repeated, again.seq), (false, true, first.seq));
    assert!(
        matches!(once("other"), Err(NotDone::Refused(refusal)) if refusal.code == "one-person")
    );
    let nobody = Orderer::new("jo", false);
    let done = carry_out(&mut world.engine, &nobody, &order, true);
    assert!(matches!(done, Err(NotDone::Refused(refusal)) if refusal.code == "not-yours"));
}

fn with_seat(world: &mut World, person: u32, from: i64) {
    let covers = vec!["autocad".to_owned()];
    let (key, name) = ("autocad-seat".to_owned(), "AutoCAD".to_owned());
    let (from, until) = (T0.plus(from * MINUTE), T0.plus(300 * DAY));
    let person = Some(PersonId(person));
    let seat = Seat { offering: OfferingId(0), person, from, until };
    let offering = Offering { key, name, covers };
    world
        .engine
        .append(vec![Event::OfferingsDefined(vec![offering]), Event::SeatsAdded(vec![seat])])
        .unwrap();
}

/// Whoever's the seat was: what it covers of the one person costs nothing from its first instant on.
#[test]
fn a_seat_of_either_covers_both() {
    for holder in [0, 1] {
        let mut world = office();
        with_seat(&mut world, holder, 1_440);
        let uses = ["ana", "ben"].map(|who| {
            [
                used(who, AUTOCAD, 60, 120),
                used(who, AUTOCAD, 3_000, 3_060),
                used(who, REVIT, 60, 90),
            ]
        });
        import_all(&mut world.engine, &[&log(&uses.concat())]);
        let before = books(&world);
        let plan = merge(&mut world.engine, "ben", "ana");
        assert_eq!(
            charged(&world.engine),
            [charge("ana", "autocad", 60), charge("ana", "revit", 60)]
        );
        let [covering] = plan.seats.as_slice() else { panic!("{:?}", plan.seats) };
        assert_eq!((covering.seat.0, covering.units, covering.ticks), (0, 1, tokens(7)));
        assert_eq!(covering.offering, "AutoCAD");
        let shared = world.engine.state();
        assert_eq!(shared.read().estate().seats_of(PersonId(0), T0.plus(9 * DAY)).len(), 1);
        part(&mut world.engine, "ben");
        assert_eq!(books(&world), before);
    }
}

/// The vendor charged a name that nobody knew to be hers, while she has a seat; and two names for one window.
#[test]
fn double_dips_appear() {
    let mut world = office();
    with_seat(&mut world, 0, 0);
    import_all(&mut world.engine, &[&log(&[used("alopez", REVIT, 1_500, 1_560)])]);
    let rows =
        [row(1, "alopez", "autocad", 7), row(1, "alopez", "revit", 10), row(1, "ana", "revit", 10)];
    report(&mut world.engine, &rows);
    let before = books(&world);
    let tried = carry_out(&mut world.engine, &root(), &order("alopez", Some("ana")), true).unwrap();
    assert_eq!(books(&world), before);
    let plan = merge(&mut world.engine, "alopez", "ana");
    assert_eq!(tried.merge.as_deref(), Some(&plan));
    let dips: Vec<_> =
        plan.dips.iter().map(|dip| (dip.alias.as_deref(), dip.ticks, dip.cause)).collect();
    let expected = [
        (Some("alopez"), tokens(7), DipCause::SecondIdentity),
        (Some("alopez"), tokens(10), DipCause::SecondIdentity),
    ];
    assert_eq!(dips, expected);
    assert_eq!(charged(&world.engine), [charge("ana", "revit", 1_500)]);
    let shared = world.engine.state();
    let found = double_dip::report(&shared.read(), MONDAY, MONDAY.plus(9));
    assert_eq!(found.ticks, tokens(17));
    assert!(shared.read().vendor().charges.iter().all(|one| one.person == PersonId(0)));
    report(&mut world.engine, &rows);
    assert_eq!(
        charged(&world.engine),
        [charge("ana", "revit", 1_500)],
        "the report again changes nothing"
    );
    let plan = part(&mut world.engine, "alopez");
    assert_eq!(plan.dips, []);
    assert_eq!(books(&world), before);
}

/// What only the vendor tells of stays charged when it moves, and whatever is reported later finds it.
#[test]
fn what_only_the_vendor_tells_of_outlives_a_merge() {
    let mut world = office();
    world.engine.append(vec![Event::PeopleAdded(vec![person("alopez")])]).unwrap();
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 1_000, 1_060)])]);
    report(&mut world.engine, &[row(1, "alopez", "autocad", 8), row(5, "alopez", "autocad", 7)]);
    merge(&mut world.engine, "alopez", "ana");
    // Ana's own unit lasts until 1,000 minutes after midnight: there the vendor's begins now.
    let expected = [1_000, 2_440, 7_200].map(|at| charge("ana", "autocad", at));
    assert_eq!(charged(&world.engine), expected);
    let prices = || {
        let shared = world.engine.state();
        let mut all: Vec<_> =
            shared.read().charges().iter().map(|one| (one.at, one.ticks, one.source)).collect();
        all.sort_unstable_by_key(|one| one.0);
        all
    };
    let vendors = |at: i64, whole| (T0.plus(at * MINUTE), tokens(whole), Source::Vendor);
    assert_eq!(prices()[1..], [vendors(2_440, 8), vendors(7_200, 7)]);
    let before = prices();
    let late = [used("ana", AUTOCAD, 1_020, 1_030), used("ana", AUTOCAD, 9_000, 9_060)];
    import_all(&mut world.engine, &[&log(&late)]);
    let shared = world.engine.state();
    assert_eq!(shared.read().charges().iter().count(), 4);
    for (at, ticks, source) in before {
        let kept = shared
            .read()
            .charges()
            .iter()
            .any(|one| (one.at, one.ticks, one.source) == (at, ticks, source));
        assert!(kept, "{at}");
    }
}

/// Of results a day has many: the rows of both sum, and part again.
#[test]
fn results_sum_and_part() {
    let mut world = office();
    let rate = Rate { meter: Meter::Result, ..tariff(Meter::Result).rates[1].clone() };
    let parts = TariffParts { rates: vec![rate], ..tariff(Meter::Result) };
    world.engine.append(vec![Event::TariffAdopted(parts)]).unwrap();
    report(
        &mut world.engine,
        &[row(0, "ana", "revit", 35), row(0, "ben", "revit", 20), row(2, "ben", "revit", 5)],
    );
    let before = books(&world);
    merge(&mut world.engine, "ben", "ana");
    let of = |world: &World| {
        let shared = world.engine.state();
        let mut all: Vec<_> =
            shared.read().charges().iter().map(|one| (one.at, one.person.0, one.ticks)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(of(&world), [(T0, 0, tokens(55)), (T0.plus(2 * DAY), 0, tokens(5))]);
    part(&mut world.engine, "ben");
    assert_eq!(books(&world), before);
}

/// The gate promised a bucket and a price: they stay, whatever the tariff says by now.
#[test]
fn what_the_gate_promised_stays() {
    let mut world = World::new(1_000_000);
    let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
    let bucket = BucketSet { key: "lab".to_owned(), name: "Lab".to_owned(), terms };
    let lab = BucketId(1);
    let events = vec![
        Event::BucketsSet(vec![bucket]),
        Event::TokensMoved(faregate_core::event::Move {
            from: Some(GENERAL),
            to: Some(lab),
            ticks: tokens(100),
            cause: faregate_core::event::MoveCause::Order,
            why: String::new(),
        }),
    ];
    world.engine.append(events).unwrap();
    let desk = world.start();
    let mut asked = request("k", "ben", "autocad");
    asked.ask.bucket = Some("lab".to_owned());
    let opened = desk.open_many(vec![asked]).unwrap();
    let id = SessionId(opened[0].seq);
    let merging = order("ben", Some("ana"));
    let early = merging.clone();
    let early = desk.run(move |engine| carry_out(engine, &root(), &early, true).map(drop));
    assert!(matches!(early, Err(NotDone::Refused(refusal)) if refusal.code == "running"));
    desk.beat(id, T0.plus(10 * MINUTE), true);
    desk.close(id).unwrap();
    let mut world = desk.stop();
    let dearer = TariffParts {
        rates: tariff(Meter::Window24h)
            .rates
            .into_iter()
            .map(|rate| Rate { ticks: tokens(9), ..rate })
            .collect(),
        ..tariff(Meter::Window24h)
    };
    world.engine.append(vec![Event::TariffAdopted(dearer)]).unwrap();
    let plan = carry_out(&mut world.engine, &root(), &merging, false).unwrap().merge.unwrap();
    assert_eq!(plan.sessions, 1);
    let shared = world.engine.state();
    let all: Vec<_> = shared.read().charges().iter().collect();
    let [one] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (one.person.0, one.bucket, one.ticks, one.paid, one.source),
        (0, lab, tokens(7), true, Source::Gate)
    );
    // The decision of then is Ben's still, and replays as it was made.
    let told = explain(&mut world.engine, opened[0].seq).unwrap().unwrap();
    assert_eq!(told.decided, told.recomputed);
}

/// What goes on is charged as far as it is known to have gone, under whatever name, and no further.
#[test]
fn what_goes_on_moves_as_well() {
    let mut world = office();
    // Ben's windows begin at 600, Ana's at 720: together at 600, 2,040, and so on.
    let uses = [
        used("ana", AUTOCAD, 720, None),
        used("ben", AUTOCAD, 600, 700),
        used("eve", REVIT, 4_000, 4_010),
    ];
    import_all(&mut world.engine, &[&log(&uses)]);
    let starts = |engine: &Engine| {
        let all = charged(engine).into_iter().filter(|one| one.1 == "autocad");
        all.map(|one| (one.0, one.2.since(T0) / MINUTE)).collect::<Vec<_>>()
    };
    let of = |who: &str, starts: &[i64]| -> Vec<(String, i64)> {
        starts.iter().map(|at| (who.to_owned(), *at)).collect()
    };
    let apart = [of("ana", &[720, 2_160, 3_600]), of("ben", &[600])].concat();
    assert_eq!(starts(&world.engine), apart);
    let before = books(&world);
    merge(&mut world.engine, "ana", "ben");
    assert_eq!(starts(&world.engine), of("ben", &[600, 2_040, 3_480]));
    part(&mut world.engine, "ana");
    assert_eq!(books(&world), before);
    merge(&mut world.engine, "ana", "ben");
    let mut longer = uses;
    longer[0].closed = Some(2_000);
    import_all(&mut world.engine, &[&log(&longer)]);
    assert_eq!(starts(&world.engine), of("ben", &[600]), "the log says by now when it ended");
}

/// An import that is taken back leaves what it would have left of one person.
#[test]
fn an_import_is_undone_after_a_merge() {
    let first = [used("ana", AUTOCAD, 700, 760), used("ben", AUTOCAD, 900, 960)];
    let second = [used("ben", AUTOCAD, 600, 660), used("ana", REVIT, 2_000, None)];
    let mut never = office();
    import_all(&mut never.engine, &[&log(&first)]);
    merge(&mut never.engine, "ben", "ana");
    let mut undone = office();
    import_all(&mut undone.engine, &[&log(&first)]);
    import_all(&mut undone.engine, &[&log(&second)]);
    merge(&mut undone.engine, "ben", "ana");
    assert_eq!(charged(&undone.engine)[0], charge("ana", "autocad", 600));
    undo(&mut undone.engine, &FeatureTable::shipped(), 2, false).unwrap();
    assert_eq!(charged(&undone.engine), [charge("ana", "autocad", 700)]);
    assert_eq!(charged(&undone.engine), charged(&never.engine));
}

#[test]
fn nobody_gains_a_right_or_loses_a_rule() {
    let ben = PersonId(1);
    let terms = |owners| BucketTerms { owners, parent: Some(GENERAL), ..BucketTerms::default() };
    let bucket =
        |owners| BucketSet { key: "lab".to_owned(), name: "Lab".to_owned(), terms: terms(owners) };
    let cap = Cap {
        key: "few".to_owned(),
        person: Some(ben),
        group: None,
        product: None,
        bucket: None,
        each: Each::Together,
        measure: Measure::Opens,
        span: Span::Day,
        limit: 1,
        then: Then::Refuse,
        mode: Mode::Enforce,
    };
    let asks = TokenRequest {
        by: ben,
        bucket: GENERAL,
        from: None,
        ticks: tokens(1),
        why: String::new(),
        expires: T0.plus(90 * DAY),
        loan: None,
    };
    let owned = faregate_core::budget::Terms { owners: vec![ben], ..Default::default() };
    let rows = [
        (Event::BucketsSet(vec![bucket(vec![ben])]), "decides"),
        (Event::TermsSet(owned), "decides"),
        (Event::CapsSet(vec![cap]), "capped"),
        (Event::TokensRequested(asks), "waiting"),
    ];
    for (event, code) in rows {
        let mut world = office();
        world.engine.append(vec![event.clone()]).unwrap();
        assert_eq!(refused(&mut world, "ben", Some("ana")), code, "{event:?}");
        merge(&mut world.engine, "ana", "ben");
    }
    let mut world = office();
    assert_eq!(refused(&mut world, "nobody", Some("ana")), "unknown");
    assert_eq!(refused(&mut world, "ana", Some("nobody")), "unknown");
    assert_eq!(refused(&mut world, "ana", Some("ANA")), "one-person");
    assert_eq!(refused(&mut world, "ana", None), "not-merged");
    assert_eq!(refused(&mut world, "nobody", None), "unknown");
    merge(&mut world.engine, "ben", "ana");
    assert_eq!(refused(&mut world, "ana", Some("ben")), "one-person");
    assert_eq!(refused(&mut world, "ana", None), "not-merged");
}

/// A chain: each part of it can be taken back, and gives each their own.
#[test]
fn a_chain_comes_apart() {
    let mut world = office();
    let uses = ["ana", "ben", "eve"].map(|who| used(who, AUTOCAD, 60, 120));
    import_all(&mut world.engine, &[&log(&uses)]);
    let apart = books(&world);
    merge(&mut world.engine, "eve", "ben");
    let two = books(&world);
    merge(&mut world.engine, "eve", "ana");
    assert_eq!(charged(&world.engine), [charge("ana", "autocad", 60)]);
    assert_eq!(refused(&mut world, "ben", Some("eve")), "one-person");
    part(&mut world.engine, "ben");
    assert_eq!(books(&world), two);
    part(&mut world.engine, "eve");
    assert_eq!(books(&world), apart);
}

/// The files of every night say what they said before: after a merge they change nothing.
#[test]
fn an_import_of_people_goes_on() {
    let mut world = office();
    let files = [
        ("people.csv", "Key,Aliases\nana,a.one\n"),
        ("aliases.csv", "alias,person,from,until\nb.two,ben,2026-01-01,2027-01-01\nben,ana,,\n"),
    ];
    let nightly = |engine: &mut Engine, count: usize| {
        let document = bulk::read(files.iter().take(count).copied()).unwrap();
        bulk::import(engine, "root", &document).map(|(plan, _)| plan.summary())
    };
    let ben = [("aliases.csv", "alias,person,from,until\nb.two,ben,2026-01-01,2027-01-01\n")];
    let document = bulk::read(ben.into_iter()).unwrap();
    nightly(&mut world.engine, 1).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    assert!(nightly(&mut world.engine, 2).is_err(), "`ben` is no name of Ana's yet");
    let apart = books(&world);
    merge(&mut world.engine, "ben", "ana");
    let before = world.store.told();
    nightly(&mut world.engine, 2).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    assert_eq!(world.store.told(), before);
    part(&mut world.engine, "ben");
    assert_eq!(books(&world), apart);
}

/// What is written out is one person, and read in again changes nothing; elsewhere it makes one person.
#[test]
fn an_export_knows_one_person() {
    let mut world = office();
    let aliases = [("aliases.csv", "alias,person,from,until\nb.two,ben,2026-01-01,2027-01-01\n")];
    bulk::import(&mut world.engine, "root", &bulk::read(aliases.into_iter()).unwrap()).unwrap();
    with_seat(&mut world, 1, 0);
    merge(&mut world.engine, "ben", "ana");
    let text = bulk::export(&world.engine.state().read());
    let document = bulk::read([("estate.toml", text.as_str())].into_iter()).unwrap();
    let before = world.store.told();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    assert_eq!(world.store.told(), before);
    assert_eq!(text.matches("[[person]]").count(), 1, "{text}");
    let list = text.lines().find(|line| line.starts_with("aliases")).unwrap();
    assert_eq!(list, "aliases = [\"ben\"]");
}

/// Every call of the store fails once: either all of it is there, or nothing.
#[test]
fn a_failure_leaves_nothing_behind() {
    let mut world = office();
    world.engine.append(vec![Event::PeopleAdded(vec![person("alopez")])]).unwrap();
    import_all(&mut world.engine, &[&log(&[used("ana", AUTOCAD, 1_000, 1_060)])]);
    report(&mut world.engine, &[row(1, "alopez", "autocad", 8)]);
    let (before, state) = (world.store.told(), books(&world));
    let failed = (1..).find_map(|call| {
        let now = world.store.plan().calls;
        world.store.plan().fails_at = Some(now + call);
        let done = carry_out(&mut world.engine, &root(), &order("alopez", Some("ana")), false);
        world.store.plan().fails_at = None;
        if done.is_err() {
            assert_eq!(world.store.told(), before, "call {call}");
            assert_eq!(books(&world), state);
        }
        done.is_ok().then_some(call - 1)
    });
    assert!(failed.unwrap() >= 4, "{failed:?} calls can fail");
}

/// What is taken in, one after the other.
#[derive(Clone, Debug)]
enum Batch {
    Log(Vec<Used>),
    Rows(Vec<VendorRow>),
}

/// Logs, then reports: a report before its log may put a unit elsewhere than the log does. Starts are on a grid of
/// ten minutes, twice what sources may differ by.
fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let who = || prop::sample::select(vec!["ana", "ben", "eve"]);
    let feature = prop::sample::select(vec![AUTOCAD, REVIT]);
    let length = prop_oneof![4 => 0..20_i64, 1 => 20..400_i64];
    let ends = prop::bool::weighted(0.9);
    let one = (who(), feature, 0..500_i64, length, ends);
    let one = one.prop_map(|(who, feature, start, length, ends)| {
        let host = format!("WS-{start}-{length}");
        let closed = ends.then_some((start + length) * 10);
        Used { host, ..used(who, feature, start * 10, closed) }
    });
    let product = prop::sample::select(vec!["autocad", "revit"]);
    let rows = (0..5, who(), product, 6..11_i64)
        .prop_map(|(day, who, product, whole)| row(day, who, product, whole));
    let logs = prop::collection::vec(prop::collection::vec(one, 1..8), 1..4);
    let reports = prop::collection::vec(prop::collection::vec(rows, 1..5), 0..3);
    (logs, reports).prop_map(|(logs, reports)| {
        let logs = logs.into_iter().map(Batch::Log);
        logs.chain(reports.into_iter().map(Batch::Rows)).collect()
    })
}

/// Takes all of it in; Ben and Ana are one from a batch on, up to another.
fn taken(meter: Meter, seat: Option<(u32, i64)>, batches: &[Batch], one: (usize, usize)) -> World {
    let mut world = World::over(Shared::default(), meter, 1_000_000);
    world.clock.set(T0.plus(60 * DAY));
    if let Some((holder, day)) = seat {
        with_seat(&mut world, holder, day * 1_440);
    }
    for number in 0..=batches.len() {
        if number == one.0 {
            merge(&mut world.engine, "ben", "ana");
        }
        if number == one.1 {
            part(&mut world.engine, "ben");
        }
        match batches.get(number) {
            Some(Batch::Log(uses)) => drop(import_all(&mut world.engine, &[&log(uses)])),
            Some(Batch::Rows(rows)) => report(&mut world.engine, rows),
            None => {}
        }
    }
    world
}

fn meters() -> impl Strategy<Value = Meter> {
    prop::sample::select(vec![Meter::Window24h, Meter::CalendarDay, Meter::StartedHour])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Merging and importing come to the same in any order, and so does never having merged.
    #[test]
    fn merging_and_importing_commute(
        meter in meters(),
        seat in proptest::option::of((0..2_u32, 0..4_i64)),
        batches in batches(),
        at in 0..6_usize,
    ) {
        let (at, never) = (at.min(batches.len()), usize::MAX);
        let first = books(&taken(meter, seat, &batches, (0, never)));
        let later = books(&taken(meter, seat, &batches, (at, never)));
        prop_assert_eq!(&first.charges, &later.charges);
        prop_assert_eq!(&first, &later);
        let apart = books(&taken(meter, seat, &batches, (never, never)));
        let again = books(&taken(meter, seat, &batches, (0, at.max(1))));
        prop_assert_eq!(&apart, &again, "taken back");
    }
}

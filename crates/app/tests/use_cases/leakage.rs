//! What went past the gate, over a gate that was really asked, logs and a vendor's report that were really taken
//! in, of an estate whose truth is known because it was made up.

use crate::paper::*;
use crate::stores::{Fault, Shared};
use crate::world::*;
use faregate_app::engine::Engine;
use faregate_app::gate::OpenRequest;
use faregate_app::import::vendor::import;
use faregate_app::reports::leakage::{leakage, leakage_by_day};
use faregate_app::setup::{NewContract, begin_contract};
use faregate_core::estate::{AliasTerm, GENERAL, Group, GroupId, PersonId, Standing};
use faregate_core::event::{Ask, Event, PersonSet, SessionId};
use faregate_core::leakage::{Cause, Kind, Leakage, Origin, Settings};
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use std::collections::BTreeSet;

const MONDAY: Date = Date(20_605);
const PEOPLE: i64 = 12;
const DAYS: i64 = 9;

/// Day, person, kind and cause: what a report should find.
type Truth = BTreeSet<(i64, String, Kind, Cause)>;

/// What somebody does on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Asks, uses, is logged and charged; clocks differ by minutes.
    Honest,
    /// Rests.
    Away,
    /// Asks for AutoCAD on their workstation, and opens Revit beside it.
    Bypasses,
    /// Opens it on a machine that never asks.
    AtHome,
    /// Opens it on their own workstation, whose agent is off.
    AgentOff,
    /// Asks, and is served by a server whose log nobody has.
    OtherServer,
    /// Asks, and the launch fails.
    Fails,
    /// Is charged by the vendor, and nobody saw a thing.
    Unseen,
}

impl Habit {
    const ALL: [Self; 8] = [
        Self::Honest,
        Self::Away,
        Self::Bypasses,
        Self::AtHome,
        Self::AgentOff,
        Self::OtherServer,
        Self::Fails,
        Self::Unseen,
    ];

    /// On the first day everybody is honest, so that every workstation and name was met at the gate.
    fn of(seed: u64, day: i64, person: i64) -> Self {
        let mixed = (seed ^ (day * 64 + person) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let drawn = (mixed >> 40) as usize % Self::ALL.len();
        if day == 0 { Self::Honest } else { Self::ALL[drawn] }
    }

    fn expected(self) -> Option<(Kind, Cause)> {
        match self {
            Self::Honest | Self::Away => None,
            Self::Bypasses => Some((Kind::WithoutAsking, Cause::Bypassed)),
            Self::AtHome => Some((Kind::WithoutAsking, Cause::AgentMissing)),
            Self::AgentOff => Some((Kind::WithoutAsking, Cause::AgentOff)),
            Self::OtherServer => Some((Kind::NotReported, Cause::OtherServer)),
            Self::Fails => Some((Kind::NotReported, Cause::LaunchFailed)),
            Self::Unseen => Some((Kind::WithoutAsking, Cause::OutOfSight)),
        }
    }
}

fn key(person: i64) -> String {
    format!("p{person}")
}

/// The last two have left: the gate refuses them, and on their workstations they open it all the same.
fn has_left(person: i64) -> bool {
    person >= PEOPLE - 2
}

fn ask(desk: &Desk, name: String, person: i64, product: &str) -> Option<SessionId> {
    let (who, host) = (key(person), format!("WS-{}", key(person)));
    let ask = Ask { person: who, product: product.to_owned(), host, ..Ask::default() };
    let answers = desk.open_many(vec![OpenRequest { key: name, ask }]).unwrap();
    is_opened(&answers[0]).then(|| SessionId(answers[0].seq))
}

/// A made-up estate, and what is true of it.
struct Estate {
    world: World,
    truth: Truth,
    uses: Vec<Used>,
    rows: Vec<VendorRow>,
}

impl Estate {
    fn new(seed: u64) -> Self {
        let mut world = World::new(1_000_000);
        let people = (0..PEOPLE).map(|number| person(&key(number))).collect();
        let of = |key: &str| Group {
            key: key.to_owned(),
            name: key.to_owned(),
            dimension: Some("department".to_owned()),
            parents: Vec::new(),
        };
        let left = (0..PEOPLE).map(|number| PersonSet {
            key: key(number),
            name: key(number),
            bucket: GENERAL,
            standing: Standing {
                groups: vec![GroupId(u32::from(number % 2 == 0))],
                until: has_left(number).then_some(T0),
                ..Standing::default()
            },
        });
        let groups = Event::GroupsSet(vec![of("design"), of("site")]);
        let events = vec![Event::PeopleAdded(people), groups, Event::PeopleSet(left.collect())];
        world.engine.append(events).unwrap();
        let (truth, uses, rows) = Default::default();
        let mut estate = Self { world, truth, uses, rows };
        estate.live(seed);
        estate
    }

    /// The days at the gate; then the logs and the report come in, in that order.
    fn live(&mut self, seed: u64) {
        let world = std::mem::replace(&mut self.world, World::new(1));
        let desk = world.start();
        for day in 0..DAYS {
            self.live_day(&desk, seed, day);
        }
        self.world = desk.stop();
        self.world.clock.set(T0.plus(60 * DAY));
        import_all(&mut self.world.engine, &[&log(&self.uses)]);
        import(&mut self.world.engine, &FeatureTable::shipped(), "usage.csv", &self.rows).unwrap();
    }

    fn live_day(&mut self, desk: &Desk, seed: u64, day: i64) {
        let mut sessions = Vec::new();
        for person in 0..PEOPLE {
            let at = day * 1_440 + 540 + person;
            desk.clock.set(T0.plus(at * MINUTE));
            let habit = Habit::of(seed, day, person);
            if has_left(person) {
                self.refused(desk, day, person, at);
                continue;
            }
            let product = match habit {
                Habit::Honest | Habit::OtherServer | Habit::Fails => "revit",
                Habit::Bypasses => "autocad",
                _ => "",
            };
            let session =
                (!product.is_empty()).then(|| ask(desk, format!("k{at}"), person, product));
            if let Some(id) = session.flatten() {
                match habit {
                    Habit::Fails => drop(desk.close(id).unwrap()),
                    _ => sessions.push((id, at)),
                }
            }
            self.told(habit, day, person, at);
        }
        for (id, at) in &sessions {
            assert!(desk.beat(*id, T0.plus((at + 30) * MINUTE), true));
        }
        for (id, at) in sessions {
            desk.clock.set(T0.plus((at + 60) * MINUTE));
            desk.close(id).unwrap();
        }
    }

    fn refused(&mut self, desk: &Desk, day: i64, person: i64, at: i64) {
        assert_eq!(ask(desk, format!("k{at}"), person, "revit"), None);
        if day % 2 == 1 {
            self.uses.push(used(&key(person), REVIT, at + 1, at + 61));
            self.truth.insert((day, key(person), Kind::AlthoughRefused, Cause::Bypassed));
        }
    }

    /// What the log and the vendor tell of a day.
    fn told(&mut self, habit: Habit, day: i64, person: i64, at: i64) {
        let skew = person % 7 - 3;
        let who = key(person);
        let logged = |host: &str| Used {
            host: host.to_owned(),
            ..used(&who, REVIT, at + skew, at + skew + 60)
        };
        let own = format!("WS-{who}");
        match habit {
            Habit::Honest => self.uses.push(logged(&own)),
            Habit::Bypasses => {
                self.uses.push(used(&who, AUTOCAD, at + skew, at + skew + 60));
                self.uses.push(logged(&own));
            }
            Habit::AgentOff => self.uses.push(logged(&own)),
            Habit::AtHome => self.uses.push(logged("HOME")),
            _ => {}
        }
        if matches!(habit, Habit::Honest | Habit::AtHome | Habit::Unseen) {
            self.rows.push(row(day as i32, &who, "revit", 10));
        }
        self.truth.extend(habit.expected().map(|(kind, cause)| (day, who, kind, cause)));
    }
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

fn report(engine: &mut Engine, from: i32, to: i32) -> Leakage {
    leakage(engine, MONDAY.plus(from), MONDAY.plus(to), &Settings::default()).unwrap()
}

fn found(engine: &Engine, report: &Leakage) -> Truth {
    let shared = engine.state();
    let state = shared.read();
    let key = |person| state.estate().person(person).unwrap().key.clone();
    let rows = report.rows.iter();
    rows.map(|row| (i64::from(row.day.0 - MONDAY.0), key(row.person), row.kind, row.cause))
        .collect()
}

/// Precision and recall are 1, and so they are of each day by itself.
#[test]
fn what_is_found_is_what_is_true() {
    for seed in [1, 2, 3] {
        let Estate { mut world, truth, .. } = Estate::new(seed);
        let all = report(&mut world.engine, 0, DAYS as i32);
        assert_eq!(found(&world.engine, &all), truth, "seed {seed}");
        assert_eq!(all.rows.len(), truth.len(), "seed {seed}: a row twice");
        let kinds: BTreeSet<Kind> = all.rows.iter().map(|row| row.kind).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
        let mut days = Vec::new();
        for day in 0..=DAYS as i32 {
            days.extend(report(&mut world.engine, day, day).rows);
        }
        assert_eq!(days, all.rows, "seed {seed}: a day depends on the period");
        let mut streamed = Vec::new();
        let (from, to) = (MONDAY, MONDAY.plus(DAYS as i32));
        leakage_by_day(&mut world.engine, from, to, &Settings::default(), &mut |_, day| {
            streamed.extend(day.rows);
        })
        .unwrap();
        assert_eq!(streamed, all.rows);
    }
}

/// What leaked is priced as it is on record, once, and every sum agrees.
#[test]
fn cost_is_on_record_once() {
    let Estate { mut world, .. } = Estate::new(4);
    let all = report(&mut world.engine, 0, DAYS as i32);
    let logged = |cause: Cause| {
        matches!(cause, Cause::Bypassed | Cause::AgentMissing | Cause::AgentOff | Cause::OutOfSight)
    };
    let whole = all.rows.iter().filter(|row| logged(row.cause) && row.kind != Kind::NotReported);
    assert!(whole.clone().all(|row| row.ticks <= tokens(10)), "no more than a unit a day");
    let rows: i64 = whole.map(|row| row.ticks.0).sum();
    let shared = world.engine.state();
    let state = shared.read();
    let spent: i64 = state.charges().iter().map(|charge| charge.ticks.0).sum();
    assert!(0 < rows && rows < spent);
    assert!(
        all.rows.iter().filter(|row| row.cause == Cause::LaunchFailed).all(|row| row.ticks.0 == 0)
    );
    assert_eq!(all.by_department.len(), 2);
    let departments: u64 = all.by_department.values().map(|sum| sum.rows).sum();
    assert_eq!(departments, all.total.rows);
    assert_eq!(all.share().unwrap().0, all.measured.not_asked);
    assert!(all.words().contains("Every row says review."), "{}", all.words());
}

/// What only the vendor tells of becomes a use of ours (ADR 12), and still no log tells of it.
#[test]
fn the_vendor_s_uses_are_not_logged() {
    let mut world = office();
    import(
        &mut world.engine,
        &FeatureTable::shipped(),
        "usage.csv",
        &[row(0, "ana", "autocad", 7)],
    )
    .unwrap();
    let all = report(&mut world.engine, 0, 1);
    assert_eq!(all.measured.total(), 0);
    let row = &all.rows[0];
    assert_eq!((all.rows.len(), row.cause, row.host.clone()), (1, Cause::BeforeRollOut, None));
    assert_eq!(
        (row.ticks, row.evidence.vendor.clone()),
        (tokens(7), vec![(MONDAY, "ana".to_owned())])
    );
    assert_eq!((all.days_logged, all.days_reported), (0, 1));
}

/// A row whose amount is not believed is kept as a use, and is no line of a log: that a log tells of a product
/// cannot be concluded from it.
#[test]
fn doubted_rows_are_not_logged() {
    let desk = World::new(1_000_000).start();
    desk.clock.set(T0.plus(540 * MINUTE));
    let id = SessionId(desk.open("a", "ana", "revit").unwrap().seq);
    assert!(desk.beat(id, T0.plus(590 * MINUTE), true));
    desk.clock.set(T0.plus(600 * MINUTE));
    desk.close(id).unwrap();
    let mut world = desk.stop();
    world.clock.set(T0.plus(60 * DAY));
    // The only log is of a server that serves AutoCAD, and covers the day.
    import_all(&mut world.engine, &[&log(&[used("ben", AUTOCAD, 0, 1_439)])]);
    let judged = |world: &mut World| {
        let all = report(&mut world.engine, 0, 0);
        let rows = all.rows.iter().map(|row| (row.person, row.kind)).collect::<Vec<_>>();
        (rows, all.measured.asked, all.measured.not_asked)
    };
    let before = judged(&mut world);
    assert_eq!(before.0, [(PersonId(1), Kind::WithoutAsking)]);
    // A unit of Revit costs 10 tokens.
    let rows = [row(0, "ben", "revit", 5_000)];
    let report = import(&mut world.engine, &FeatureTable::shipped(), "usage.csv", &rows).unwrap();
    assert_eq!(report.quarantined.len(), 1, "the row is believed");
    assert_eq!(judged(&mut world), before);
}

#[test]
fn names_are_read_as_of_the_day() {
    let mut world = office();
    let term = |person: u32, from: i64, until: i64| AliasTerm {
        alias: "cad-07".to_owned(),
        person: PersonId(person),
        from: T0.plus(from * DAY),
        until: T0.plus(until * DAY),
    };
    world.engine.append(vec![Event::AliasesSet(vec![term(0, 0, 2), term(1, 3, 9)])]).unwrap();
    let on = |day: i64| used("cad-07", AUTOCAD, day * 1_440 + 600, day * 1_440 + 660);
    import_all(&mut world.engine, &[&log(&[on(1), on(4)])]);
    let people: Vec<PersonId> =
        report(&mut world.engine, 0, 9).rows.iter().map(|row| row.person).collect();
    assert_eq!(people, [PersonId(0), PersonId(1)]);
}

#[test]
fn names_that_nobody_knows_are_listed_apart() {
    let desk = office().start();
    desk.clock.set(T0.plus(600 * MINUTE));
    desk.open("zoe", "zoe", "autocad").unwrap();
    desk.open("odd", "ana", "sketchbook").unwrap();
    let mut engine = desk.stop().engine;
    import_all(&mut engine, &[&log(&[used("ana", "99999XYZ_2022_0F", 600, 660)])]);
    import(&mut engine, &FeatureTable::shipped(), "usage.csv", &[row(0, "eve", "autocad", 7)])
        .unwrap();
    let all = report(&mut engine, 0, 3);
    let unknown: Vec<(Origin, &str, u64, i64)> = all
        .unknown
        .iter()
        .map(|((origin, name), what)| (*origin, name.as_str(), what.count, what.seconds))
        .collect();
    let expected = [
        (Origin::Gate, "sketchbook", 1, 0),
        (Origin::Gate, "zoe", 1, 0),
        (Origin::Log, "99999XYZ_2022_0F", 1, 3_600),
        (Origin::Vendor, "eve", 1, 0),
    ];
    assert_eq!(unknown, expected);
    assert_eq!(all.rows, [], "and in no row");
}

/// Sunday 2026-10-25 has 25 hours in Madrid: a use all that day and one hour before is two rows.
#[test]
fn days_are_the_contract_s() {
    let store = Shared::default();
    let clock = Still::at(T0);
    let mut engine = load(&store, &clock);
    let (name, zone) = ("Acme".to_owned(), "Europe/Madrid".to_owned());
    let contract = NewContract { name, zone, tariff: tariff(Meter::CalendarDay), pack: None };
    engine.append(begin_contract(contract, &FeatureTable::shipped())).unwrap();
    clock.set(T0.plus(300 * DAY));
    // From 23:00 on Saturday to midnight on Sunday: 26 hours, in UTC from 21:00 on.
    let start = 145 * 1_440 + 21 * 60;
    let uses = [used("ana", AUTOCAD, start, start + 26 * 60)];
    import_all(&mut engine, &[&log(&uses)]);
    let all = report(&mut engine, 140, 150);
    let hours: Vec<(i32, i64)> =
        all.rows.iter().map(|row| (row.day.0 - MONDAY.0, row.seconds / 3_600)).collect();
    assert_eq!(hours, [(145, 1), (146, 25)]);
    assert!(all.rows.iter().all(|row| row.ticks == tokens(7)), "a day each");
}

/// A use that a log shows as going on counts as far as the log goes.
#[test]
fn what_goes_on_counts_as_far_as_the_log_does() {
    let mut world = office();
    let uses = [used("ana", AUTOCAD, 600, None), used("ben", REVIT, 610, 660)];
    import_all(&mut world.engine, &[&log(&uses)]);
    let all = report(&mut world.engine, 0, 3);
    let minutes: Vec<(PersonId, i64)> =
        all.rows.iter().map(|row| (row.person, row.seconds / 60)).collect();
    assert_eq!(minutes, [(PersonId(0), 60), (PersonId(1), 50)]);
}

/// A use that was asked for days before a period stays asked for in it; one that was not does not become so.
#[test]
fn use_that_reaches_into_a_period_is_judged_from_its_beginning() {
    let desk = World::new(1_000_000).start();
    desk.clock.set(T0.plus(540 * MINUTE));
    let id = SessionId(desk.open("a", "ana", "autocad").unwrap().seq);
    desk.beat(id, T0.plus(590 * MINUTE), true);
    desk.clock.set(T0.plus(600 * MINUTE));
    desk.close(id).unwrap();
    let mut world = desk.stop();
    world.clock.set(T0.plus(60 * DAY));
    let long = [used("ana", AUTOCAD, 540, 9 * 1_440), used("ben", AUTOCAD, 540, 9 * 1_440)];
    import_all(&mut world.engine, &[&log(&long)]);
    let all = report(&mut world.engine, 6, 6);
    let people: Vec<PersonId> = all.rows.iter().map(|row| row.person).collect();
    assert_eq!((people, all.measured.asked), (vec![PersonId(1)], DAY));
}

#[test]
fn a_store_that_cannot_be_read_is_a_failure() {
    let mut world = World::over(Shared::with(Fault::None), Meter::Window24h, 100);
    world.store.plan().unreadable = true;
    let failed =
        leakage(&mut world.engine, MONDAY, MONDAY, &Settings::default()).map(|all| all.rows);
    assert!(failed.is_err());
}

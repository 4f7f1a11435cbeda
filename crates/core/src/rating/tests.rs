//! Imports of reported use, in any order, in parts, twice: the units are those of the whole.

use super::*;
use crate::estate::{PersonId, ProductId};
use crate::event::{Event, Outcome, SessionId};
use crate::state::tests::{GRACE, T0, World};
use crate::tariff::Meter;
use crate::usage::{Observed, metered, units};
use crate::when::DAY;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

const REVIT: ProductId = ProductId(0);
const HOURLY: ProductId = ProductId(1);
const CIVIL: ProductId = ProductId(4);
const UNRATED: ProductId = ProductId(5);
const BEN: PersonId = PersonId(1);

/// A contract and every stretch of use ever reported to it, as the store keeps them.
struct Book {
    world: World,
    known: Vec<(Pair, Interval)>,
}

impl Book {
    fn new(world: World) -> Self {
        Self { world, known: Vec::new() }
    }

    /// Imports a batch as the application does; how many charges were reversed and made.
    fn import(&mut self, batch: &[(Pair, Interval)]) -> (usize, usize) {
        let mut new: Vec<(Pair, Interval)> = batch.to_vec();
        new.sort_unstable();
        new.dedup();
        new.retain(|one| !self.known.contains(one));
        let Some(from) = new.iter().map(|(_, whole)| whole.start).min() else { return (0, 0) };
        let state = &self.world.state;
        let mut rating = Rating::new(state, from, Source::Log);
        new.iter().for_each(|(pair, _)| rating.touch(state, *pair));
        self.known.extend(new);
        self.known.sort_unstable_by_key(|(pair, whole)| (whole.start, whole.end, *pair));
        let relevant = self.known.iter().filter(|(_, whole)| whole.end >= from);
        let mut ready = Vec::new();
        for (pair, whole) in relevant {
            rating.session(state, *pair, *whole);
            if rating.ready() > 3 {
                ready.push(rating.take_ready());
            }
        }
        let (surplus, missing) = rating.finish(state);
        let made = ready.iter().map(Vec::len).sum::<usize>() + missing.len();
        let events = ready.into_iter().map(Event::UsageCharged);
        events.for_each(|event| self.world.must(event));
        self.world.must(Event::UsageReversed(surplus.clone()));
        self.world.must(Event::UsageCharged(missing));
        (surplus.len(), made)
    }

    /// Starts of a pair's units, in minutes.
    fn minutes(&self, pair: Pair) -> Vec<i64> {
        self.starts(pair).into_iter().map(|at| at.since(T0) / 60).collect()
    }

    fn starts(&self, pair: Pair) -> Vec<Instant> {
        self.world.state.charges().of_pair(pair).map(|charge| charge.at).collect()
    }
}

fn minutes(from: i64, until: i64) -> Interval {
    Interval { start: T0.plus(from * 60), end: T0.plus(until * 60) }
}

/// Rated in other books, a unit begins where it did before: the first of two sources decided it.
#[test]
fn use_charged_elsewhere_keeps_its_instants() {
    let (mut book, pair) = (Book::new(World::new()), (BEN, REVIT));
    book.import(&[(pair, minutes(60, 120))]);
    // The other source's clock is two minutes ahead, and knows of a later use.
    book.import(&[(pair, minutes(58, 120)), (pair, minutes(1_500, 1_600))]);
    assert_eq!(book.minutes(pair), [60, 1_500]);
    let state = &book.world.state;
    let blank = state.blank(state.estate().clone(), state.tariff().unwrap().1.clone());
    let rated = |from: Instant, is_like: bool| {
        let mut rating = Rating::new(&blank, from, Source::Log);
        for (pair, whole) in book.known.iter().filter(|(_, whole)| whole.end >= from) {
            match is_like {
                true => rating.touch_like(&blank, *pair, state.charges()),
                false => rating.touch(&blank, *pair),
            }
            rating.session(&blank, *pair, *whole);
        }
        let (surplus, charges) = rating.finish(&blank);
        assert_eq!(surplus, []);
        charges.iter().map(|charge| charge.at.since(T0) / 60).collect::<Vec<_>>()
    };
    assert_eq!(rated(T0, true), [60, 1_500]);
    assert_eq!(rated(T0, false), [58, 1_500]);
    // What was paid before the beginning stays paid.
    assert_eq!(rated(T0.plus(70 * 60), true), [1_500]);
    assert_eq!(rated(T0.plus(70 * 60), false), [70, 1_510]);
}

/// A batch in minutes, and the starts of all units after it.
type Step<'a> = (&'a [(i64, i64)], &'a [i64]);

/// Imports Ben's use of a product batch by batch, in minutes; the units' starts after each batch.
fn check(name: &str, product: ProductId, batches: &[Step<'_>]) {
    let (mut book, pair) = (Book::new(World::new()), (BEN, product));
    for (number, (batch, expected)) in batches.iter().enumerate() {
        let batch: Vec<_> = batch.iter().map(|&(a, b)| (pair, minutes(a, b))).collect();
        book.import(&batch);
        assert_eq!(book.minutes(pair), *expected, "{name}: batch {number}");
        assert_eq!(book.import(&batch), (0, 0), "{name}: batch {number} again");
    }
}

#[test]
fn late_use_shifts_windows_by_reversal_and_charge() {
    check(
        "an earlier launch moves the window",
        REVIT,
        &[(&[(600, 700), (2_100, 2_200)], &[600, 2_100]), (&[(500, 510)], &[500, 2_100])],
    );
    check(
        "and all that follow",
        REVIT,
        &[(&[(600, 2_200)], &[600, 2_040]), (&[(500, 610)], &[500, 1_940])],
    );
    check(
        "use between two windows is new",
        REVIT,
        &[(&[(0, 10), (4_320, 4_330)], &[0, 4_320]), (&[(2_000, 2_010)], &[0, 2_000, 4_320])],
    );
    check("use within a window adds nothing", REVIT, &[(&[(0, 10)], &[0]), (&[(60, 90)], &[0])]);
}

#[test]
fn two_clocks_that_differ_by_seconds_make_one_charge() {
    let (mut book, pair) = (Book::new(World::new()), (BEN, REVIT));
    let at = |seconds: i64| Interval { start: T0.plus(seconds), end: T0.plus(seconds + 3_600) };
    assert_eq!(book.import(&[(pair, at(32_400))]), (0, 1));
    for skewed in [32_398, 32_402, 32_100, 32_700] {
        assert_eq!(book.import(&[(pair, at(skewed))]), (0, 0), "{skewed}");
    }
    assert_eq!(book.starts(pair), [T0.plus(32_400)]);
    assert_eq!(book.import(&[(pair, at(32_098))]), (1, 1), "beyond the tolerance it is another");
}

#[test]
fn hours_go_on_where_stretches_touch_across_imports() {
    check(
        "touching",
        HOURLY,
        &[(&[(0, 30)], &[0]), (&[(30, 90)], &[0, 60]), (&[(200, 210)], &[0, 60, 200])],
    );
    check(
        "overlapping",
        HOURLY,
        &[(&[(0, 180)], &[0, 60, 120]), (&[(150, 200)], &[0, 60, 120, 180])],
    );
    check("a break starts anew", HOURLY, &[(&[(0, 10)], &[0]), (&[(20, 30)], &[0, 20])]);
    check(
        "the break is closed later",
        HOURLY,
        &[(&[(0, 10), (20, 30)], &[0, 20]), (&[(5, 25)], &[0])],
    );
}

#[test]
fn a_unit_on_record_is_not_taken_for_one_of_the_next_day() {
    check(
        "an earlier launch on the first of two days",
        ProductId(2),
        &[(&[(1_436, 1_446)], &[1_436, 1_440]), (&[(1_430, 1_435)], &[1_430, 1_440])],
    );
    check(
        "a launch just before midnight",
        ProductId(2),
        &[(&[(1_441, 1_450)], &[1_441]), (&[(1_438, 1_445)], &[1_438, 1_441])],
    );
    check(
        "a window that ends just before the next on record",
        REVIT,
        &[(&[(0, 10), (1_440, 1_500)], &[0, 1_440]), (&[(-1_438, -1_400)], &[-1_438, 2, 1_442])],
    );
}

#[test]
fn a_unit_that_no_use_explains_is_taken_back() {
    let mut book = Book::new(World::new());
    let (pair, whole) = ((BEN, ProductId(2)), minutes(1_441, 1_450));
    let rate = book.world.state.rate(pair.1, whole.start).unwrap().clone();
    let bucket = book.world.state.payer(BEN);
    let at = T0.plus(1_438 * 60);
    let stray = crate::gate::priced(&book.world.state, &rate, pair, bucket, at, Source::Log);
    book.world.must(Event::UsageCharged(vec![stray]));
    let early = (pair, minutes(1_430, 1_432));
    assert_eq!(book.import(&[early, (pair, whole)]), (1, 1));
    assert_eq!(book.minutes(pair), [1_441], "the day before was not touched");
}

/// What becomes of one session of a person's.
/// A seat that comes and goes while reported use runs covers what lies between.
#[test]
fn units_do_not_begin_while_a_seat_covers() {
    let mut world = World::new();
    let seat = crate::estate::Seat {
        offering: crate::estate::OfferingId(0),
        person: None,
        from: T0,
        until: T0.plus(90 * DAY),
    };
    world.must(Event::SeatsAdded(vec![seat]));
    let day = |days: i64| T0.plus(days * DAY);
    for (at, person) in [(day(2), Some(BEN)), (day(4), None)] {
        world.now = at;
        world.must(Event::SeatMoved { seat: crate::estate::SeatId(1), person });
    }
    world.now = day(9);
    let mut book = Book::new(world);
    let hours = |from: i64, until: i64| minutes(from * 60, until * 60);
    // From hour 30 to 150: a window from 30 on runs into the seat's time, the next begins when that is over.
    book.import(&[((BEN, CIVIL), hours(30, 150))]);
    let found: Vec<i64> = book.minutes((BEN, CIVIL)).iter().map(|minute| minute / 60).collect();
    assert_eq!(found, [30, 96, 120, 144]);
    assert_eq!(book.import(&[((BEN, CIVIL), hours(50, 100))]), (0, 0), "begun on the seat");
    assert_eq!(book.import(&[((BEN, CIVIL), hours(31, 140))]), (0, 0), "within what is known");
}

fn check_verdict(name: &str, pair: Pair, whole: Interval, expected: Verdict) {
    let world = World::new();
    let mut rating = Rating::new(&world.state, whole.start, Source::Log);
    rating.touch(&world.state, pair);
    assert_eq!(rating.session(&world.state, pair, whole), expected, "{name}");
    let (surplus, charges) = rating.finish(&world.state);
    assert_eq!(charges.len(), usize::from(expected == Verdict::Rated), "{name}");
    assert!(surplus.is_empty(), "{name}");
}

#[test]
fn each_verdict_charges_or_not() {
    let (anna, hour) = (PersonId(0), minutes(0, 60));
    check_verdict("rated", (BEN, REVIT), hour, Verdict::Rated);
    check_verdict("a seat covers it", (anna, CIVIL), hour, Verdict::OnSeat);
    check_verdict("not every product", (anna, REVIT), hour, Verdict::Rated);
    check_verdict("not everybody", (BEN, CIVIL), hour, Verdict::Rated);
    let after = minutes(30 * 1_440, 30 * 1_440 + 60);
    check_verdict("not after its term", (anna, CIVIL), after, Verdict::Rated);
    check_verdict("under five minutes", (BEN, REVIT), minutes(0, 4), Verdict::WithinGrace);
    check_verdict("five minutes", (BEN, REVIT), minutes(0, 5), Verdict::Rated);
    check_verdict("no rate", (BEN, UNRATED), hour, Verdict::NoRate);
    check_verdict("no product", (BEN, ProductId(99)), hour, Verdict::NoRate);
    let (empty, pair) = (State::default(), (BEN, REVIT));
    let mut rating = Rating::new(&empty, T0, Source::Log);
    assert_eq!(rating.session(&empty, pair, hour), Verdict::Untouched, "nothing new of the pair");
    rating.touch(&empty, pair);
    assert_eq!(rating.session(&empty, pair, hour), Verdict::NoRate, "no tariff at all");
}

/// Ben opens Revit at 9:00 and is not heard of; a log then reports use, in minutes after 9:00.
fn check_hold(name: &str, reported: (i64, i64), starts: &[i64], outcome: Outcome) {
    let mut world = World::new();
    world.now = T0.plus(9 * 3_600);
    world.open(&World::ask("ben", "revit", None));
    let id = SessionId(world.state.seq());
    world.now = world.now.plus(14 * 60);
    let mut book = Book::new(world);
    let whole = minutes(540 + reported.0, 540 + reported.1);
    book.import(&[((BEN, REVIT), whole)]);
    let owed = book.world.alive(id);
    let ended = Event::HoldEnded { person: BEN, product: REVIT, outcome };
    assert_eq!(owed, [ended], "{name}");
    let found: Vec<i64> = book.minutes((BEN, REVIT)).iter().map(|at| at - 540).collect();
    assert_eq!(found, starts, "{name}");
}

#[test]
fn an_import_and_a_running_hold_are_charged_once() {
    check_hold("the same launch", (0, 14), &[0], Outcome::Posted);
    check_hold("clocks differ", (-4, 14), &[0], Outcome::Posted);
    check_hold("a second machine, later", (7, 14), &[0], Outcome::Posted);
    check_hold("a second machine, earlier", (-20, -10), &[-20], Outcome::Voided);
    check_hold("a window that ended before", (-2_000, -1_900), &[-2_000, 0], Outcome::Posted);
    check_hold("within the grace", (-20, -17), &[0], Outcome::Posted);
}

#[test]
fn units_are_priced_and_paid_at_their_start() {
    let mut book = Book::new(World::new());
    // Ben's bucket has 40 tokens: four windows are paid, the vendor bills the rest all the same.
    book.import(&[((BEN, REVIT), minutes(0, 5 * 1_440 + 10))]);
    let paid: Vec<bool> = book.world.state.charges().iter().map(|charge| charge.paid).collect();
    assert_eq!(paid, [true, true, true, true, false, false]);
    let shifted = book.import(&[((BEN, REVIT), minutes(-1_000, -10))]);
    assert_eq!(shifted, (6, 6), "the first lies before the term of the pack");
    let paid = book.world.state.charges().iter().filter(|charge| charge.paid).count();
    assert_eq!(paid, 4);
}

/// A session, and the batches that report it.
type Reported = ((Pair, Interval), [usize; 2]);

const BATCHES: usize = 6;
const METERS: [Meter; 4] =
    [Meter::Window24h, Meter::StartedHour, Meter::CalendarDay, Meter::Minute];
/// Friday 2026-10-23 in Berlin, whose Sunday has 25 hours.
const BASE: Instant = T0.plus(144 * DAY);

/// A session of one of eight pairs and the batches that report it, one or two. Starts are ten minutes apart:
/// closer ones may be the same launch by another clock, and then the order of imports does matter.
fn reported() -> impl Strategy<Value = Reported> {
    let length = prop_oneof![
        2 => 1..10i64,
        4 => (1..60i64).prop_map(|tens| tens * 10),
        3 => 10..200i64,
        1 => 1_000..3_000i64,
    ];
    // Half of the launches fall into the hours around a midnight, so that stretches touch and overlap.
    let tens = prop_oneof![130..150i64, 0..720i64];
    let batches = (0..BATCHES, 0..BATCHES).prop_map(|(a, b)| [a, b]);
    (0..2u32, 0..4u16, tens, length, batches).prop_map(
        |(person, product, tens, length, batches)| {
            let length = if product == 3 { length.min(40) } else { length };
            let start = BASE.plus(tens * 600);
            let whole = Interval { start, end: start.plus(length * 60) };
            (((PersonId(person), ProductId(product)), whole), batches)
        },
    )
}

/// What F2 and F3 say of all that was reported.
fn derived(book: &Book, pair: Pair) -> Vec<Instant> {
    let own = book.known.iter().filter(|(of, whole)| *of == pair && whole.seconds() >= GRACE);
    let sessions: Vec<Observed<'_>> = own
        .map(|(_, whole)| Observed { open: whole.start, close: whole.end, activity: None })
        .collect();
    let meter = METERS[pair.1.index()];
    units(meter, book.world.state.zone(), &metered(&sessions, 900))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/proptest-regressions/rating.txt"
        )))),
        rng_seed: match ProptestConfig::default().rng_seed {
            RngSeed::Random => RngSeed::Fixed(0xFA4E_6A7E),
            asked => asked,
        },
        ..ProptestConfig::default()
    })]

    #[test]
    fn units_do_not_depend_on_how_use_was_reported(
        sessions in proptest::collection::vec(reported(), 1..40),
    ) {
        let mut world = World::in_zone("Europe/Berlin");
        world.state.tariffs.clear();
        let key = |product: usize| ["revit", "hourly", "daily", "minutely"][product];
        let rate = |(product, meter)| crate::state::tests::rate(key(product), meter, 3);
        let rates = METERS.into_iter().enumerate().map(rate).collect();
        world.must(Event::TariffAdopted(crate::state::tests::tariff(rates)));
        let mut book = Book::new(world);
        for batch in 0..BATCHES {
            let of = |(one, batches): &Reported| batches.contains(&batch).then_some(*one);
            let part: Vec<_> = sessions.iter().filter_map(of).collect();
            book.import(&part);
            prop_assert_eq!(book.import(&part), (0, 0), "a second import changes nothing");
            for pair in (0..2).flat_map(|p| (0..4).map(move |q| (PersonId(p), ProductId(q)))) {
                prop_assert_eq!(book.starts(pair), derived(&book, pair), "{:?}", pair);
            }
        }
    }
}

//! Orders: each kind, each reason why one is not carried out, and that nothing of it is booked then.

use crate::world::*;
use faregate_app::bulk;
use faregate_app::engine::Engine;
use faregate_app::orders::{Done, Kind, NotDone, Order, Orderer, carry_out};
use faregate_core::budget::RequestId;
use faregate_core::estate::{Offering, SeatId};
use faregate_core::event::Event;
use faregate_core::invariants::violations;
use faregate_core::ledger::PackKind;
use faregate_core::when::{DAY, Instant};

/// North and South spend from General, which Ana and Eve own; South lends nothing on, General does.
const ESTATE: &str = r#"
[[bucket]]
key = "general"
owners = ["ana", "eve"]
lends = true
[[bucket]]
key = "north"
parent = "general"
owners = ["ben"]
tokens = 50
[[bucket]]
key = "deep"
parent = "north"
[[bucket]]
key = "south"
parent = "general"
owners = ["sam"]
tokens = 10
[[person]]
key = "ben"
bucket = "north"
[[person]]
key = "eve"
[[person]]
key = "dan"
bucket = "deep"
[[person]]
key = "sam"
bucket = "south"
aliases = ["SAM@ACME"]
[[seat]]
offering = "aec"
from = 2026-01-01
until = 2027-01-01
[[seat]]
offering = "aec"
person = "eve"
from = 2026-01-01
until = 2027-01-01
[[seat]]
offering = "aec"
from = 2025-01-01
until = 2026-01-01
[[region]]
key = "iberia"
countries = ["ES"]
[[territory]]
of = "pool"
allowed = ["iberia"]
breach = "report"
[terms]
large = 20
"#;

/// Of 100 tokens 40 are General's, 50 North's, 10 South's.
pub(crate) fn office() -> World {
    let mut world = World::new(100);
    let covers = vec!["autocad".to_owned()];
    let aec = Offering { key: "aec".to_owned(), name: "AEC".to_owned(), covers };
    world.engine.append(vec![Event::OfferingsDefined(vec![aec])]).unwrap();
    let document = bulk::read([("estate.toml", ESTATE)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    world
}

pub(crate) fn orderer(name: &str) -> Orderer {
    Orderer::new(name, name == "root")
}

pub(crate) fn give(world: &mut World, name: &str, order: &Order) -> Result<Done, NotDone> {
    carry_out(&mut world.engine, &orderer(name), order, false)
}

pub(crate) fn seq(engine: &Engine) -> u64 {
    engine.state().read().seq()
}

/// What is said of an order: its sentences and warnings, or the kind, code and message of a refusal.
pub(crate) fn told(done: &Result<Done, NotDone>) -> String {
    match done {
        Ok(Done { said, warnings, .. }) if warnings.is_empty() => said.join("; "),
        Ok(Done { said, warnings, .. }) => {
            format!("{}; warning: {}", said.join("; "), warnings.join("; "))
        }
        Err(NotDone::Refused(refusal)) => {
            let kind = match refusal.kind {
                Kind::Unknown => "unknown",
                Kind::Forbidden => "forbidden",
                Kind::Conflict => "conflict",
                Kind::Invalid => "invalid",
            };
            assert!(!refusal.help.is_empty() && !refusal.message.ends_with('.'), "{refusal:?}");
            format!("{kind} {}: {}", refusal.code, refusal.message)
        }
        Err(NotDone::Failed(failure)) => format!("failed: {failure}"),
    }
}

/// Each order in turn, and what is said of it. Tried first, it says the same and books nothing; refused, it
/// books nothing either; carried out, it begins with who ordered it.
pub(crate) fn check(world: &mut World, table: &[(&str, Order, &str)]) {
    for (name, order, expected) in table {
        let before = seq(&world.engine);
        let tried = told(&carry_out(&mut world.engine, &orderer(name), order, true));
        assert_eq!(tried, *expected, "{name}: {order:?}");
        assert_eq!(seq(&world.engine), before, "{name}: {order:?} was only tried");
        let done = give(world, name, order);
        assert_eq!(told(&done), *expected, "{name}: {order:?}");
        let told = world.store.told();
        let new = told.entries.get(usize::try_from(before).unwrap()..).unwrap();
        assert_eq!(done.is_ok(), !new.is_empty(), "{name}: {order:?}");
        if let Some(first) = new.first() {
            let by = matches!(&first.event, Event::Ordered { by, .. } if by == name);
            assert!(by, "{name}: {:?}", first.event);
            assert_eq!(new.get(1).map(|entry| entry.seq), done.ok().map(|done| done.seq));
        }
        assert_eq!(violations(&world.engine.state().read()), [], "{name}: {order:?}");
    }
}

pub(crate) fn text(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn transfer(from: Option<&str>, to: Option<&str>, whole: i64) -> Order {
    let (from, to) = (from.map(text), to.map(text));
    Order::Transfer { from, to, ticks: tokens(whole), why: text("a test") }
}

pub(crate) fn ask(bucket: Option<&str>, whole: i64) -> Order {
    let bucket = bucket.map(text);
    Order::Request { bucket, ticks: tokens(whole), why: text("a tender"), due: None }
}

fn borrow(bucket: &str, due: Instant) -> Order {
    let (bucket, due) = (Some(text(bucket)), Some(due));
    Order::Request { bucket, ticks: tokens(1), why: text("a week"), due }
}

fn answer(request: u64, approved: Option<i64>) -> Order {
    let (request, approved) = (RequestId(request), approved.map(tokens));
    Order::Answer { request, approved, comment: text("so be it") }
}

#[test]
fn transfers() {
    let (general, north, south) = (Some("general"), Some("north"), Some("south"));
    check(
        &mut office(),
        &[
            (
                "root",
                transfer(north, south, 5),
                "5 tokens moved from bucket `north` to bucket `south`",
            ),
            (
                "root",
                transfer(south, None, 1),
                "1 tokens moved from bucket `south` to the unallocated part of the pool",
            ),
            (
                "root",
                transfer(None, north, 1),
                "1 tokens moved from the unallocated part of the pool to bucket `north`",
            ),
            (
                "root",
                transfer(None, north, 1),
                "conflict too-few-tokens: the unallocated part of the pool has only 0 tokens free",
            ),
            (
                "root",
                transfer(north, south, 47),
                "conflict too-few-tokens: bucket `north` has only 46 tokens free",
            ),
            ("root", transfer(north, south, 0), "invalid no-amount: the amount must be above zero"),
            (
                "root",
                transfer(north, south, -1),
                "invalid no-amount: the amount must be above zero",
            ),
            ("root", transfer(north, north, 1), "invalid same-bucket: both buckets are the same"),
            ("root", transfer(None, None, 1), "invalid same-bucket: both buckets are the same"),
            (
                "root",
                transfer(Some("nowhere"), north, 1),
                "unknown unknown: there is no bucket `nowhere`",
            ),
            // Whoever decides on the giving bucket may, and nobody else.
            (
                "ben",
                transfer(north, south, 1),
                "1 tokens moved from bucket `north` to bucket `south`",
            ),
            (
                "ben",
                transfer(south, north, 1),
                "forbidden not-yours: only those who decide on the giving bucket may move its tokens",
            ),
            (
                "ben",
                transfer(general, north, 1),
                "forbidden not-yours: only those who decide on the giving bucket may move its tokens",
            ),
            (
                "zoe",
                transfer(north, south, 1),
                "forbidden no-person: `zoe` is no person that Faregate knows",
            ),
        ],
    );
}

#[test]
fn requests_are_made_for_buckets_of_ones_own() {
    let can = "tokens asked of bucket `general`; ana, eve can say yes";
    check(
        &mut office(),
        &[
            ("sam", ask(None, 5), &format!("5 {can}")),
            ("SAM@acme", ask(Some("south"), 5), &format!("5 {can}")),
            ("dan", ask(None, 5), "5 tokens asked of bucket `north`; ben can say yes"),
            (
                "sam",
                ask(Some("north"), 5),
                "forbidden not-yours: tokens can be asked for one's own bucket, or for one that one owns",
            ),
            ("sam", ask(None, 0), "invalid no-amount: the amount must be above zero"),
            ("sam", ask(Some("nowhere"), 5), "unknown unknown: there is no bucket `nowhere`"),
            (
                "root",
                ask(Some("south"), 5),
                "forbidden no-person: `root` is no person that Faregate knows",
            ),
            (
                "sam",
                borrow("south", T0.plus(DAY)),
                "1 tokens asked of bucket `general`; ana, eve can say yes",
            ),
            ("sam", borrow("south", T0), "invalid due-now: a loan must be due later than now"),
            (
                "dan",
                borrow("deep", T0.plus(DAY)),
                "conflict no-loans: the bucket above does not lend",
            ),
        ],
    );
}

#[test]
fn requests_are_answered_by_others() {
    let mut world = office();
    let small = give(&mut world, "sam", &ask(None, 5)).unwrap().seq;
    let large = give(&mut world, "sam", &ask(None, 30)).unwrap().seq;
    let own = give(&mut world, "eve", &ask(Some("general"), 5));
    assert!(own.is_ok(), "{own:?}");
    let (no, gone) = (give(&mut world, "sam", &ask(None, 6)).unwrap().seq, 999);
    check(
        &mut world,
        &[
            (
                "root",
                answer(small, Some(5)),
                "forbidden no-person: `root` is no person that Faregate knows",
            ),
            (
                "sam",
                answer(small, Some(5)),
                "forbidden own-request: nobody decides on their own request",
            ),
            (
                "sam",
                answer(small, None),
                "forbidden own-request: nobody decides on their own request",
            ),
            (
                "ben",
                answer(small, Some(5)),
                "forbidden not-decider: `ben` does not decide on that bucket",
            ),
            ("ana", answer(gone, Some(5)), "unknown unknown: there is no request `r999`"),
            ("ana", answer(small, Some(0)), "invalid no-amount: the amount must be above zero"),
            (
                "ana",
                answer(small, Some(3)),
                &format!("request r{small} was approved: 3 tokens moved"),
            ),
            (
                "eve",
                answer(small, Some(3)),
                &format!(
                    "conflict already-answered: request r{small} was answered, or has expired"
                ),
            ),
            ("ana", answer(no, None), &format!("request r{no} was declined")),
            // So many that two have to say yes; the smaller amount moves.
            (
                "ana",
                answer(large, Some(41)),
                "invalid more-than-asked: only 30 tokens were asked for",
            ),
            (
                "ana",
                answer(large, Some(30)),
                &format!("noted; request r{large} needs 2 people to say yes"),
            ),
            ("ana", answer(large, Some(30)), "conflict said-already: they have said yes already"),
            (
                "eve",
                answer(large, Some(25)),
                &format!("request r{large} was approved: 25 tokens moved"),
            ),
        ],
    );
    let shared = world.engine.state();
    let state = shared.read();
    let free = |key: &str| state.free_tokens(state.estate().bucket_called(key));
    assert_eq!((free("general"), free("south")), (tokens(12), tokens(38)));
}

#[test]
fn what_was_not_answered_in_time_is_over() {
    let mut world = office();
    let asked = give(&mut world, "sam", &ask(None, 5)).unwrap().seq;
    world.clock.set(T0.plus(8 * DAY));
    let late = format!("conflict already-answered: request r{asked} was answered, or has expired");
    check(&mut world, &[("ana", answer(asked, Some(5)), &late)]);
}

#[test]
fn packs_and_the_vendors_word() {
    let buy = |whole: i64, from: i64, until: i64| Order::Buy {
        name: text("Spring"),
        kind: PackKind::Flex,
        ticks: tokens(whole),
        from: T0.plus(from * DAY),
        until: T0.plus(until * DAY),
        price: None,
    };
    let correct = |pack: u32, bucket: Option<&str>, whole: i64, why: &str| Order::Correct {
        pack,
        bucket: bucket.map(text),
        ticks: tokens(whole),
        why: text(why),
    };
    let said = Order::VendorBalance { at: T0, ticks: tokens(99) };
    let rows = [
        ("root", buy(10, 0, 30), "pack `Spring` of 10 tokens came in, unallocated"),
        ("root", buy(0, 0, 30), "invalid no-amount: the amount must be above zero"),
        ("root", buy(10, 30, 30), "invalid ends-before-it-begins: the pack ends before it begins"),
        ("root", correct(2, None, 3, "recount"), "pack 2 holds 3 tokens more: recount"),
        (
            "root",
            correct(2, None, 0, "recount"),
            "invalid no-reason: a correction needs an amount and a reason",
        ),
        (
            "root",
            correct(2, None, 3, " "),
            "invalid no-reason: a correction needs an amount and a reason",
        ),
        ("root", correct(0, None, 3, "recount"), "unknown unknown: there is no pack `0`"),
        ("root", correct(3, None, 3, "recount"), "unknown unknown: there is no pack `3`"),
        (
            "root",
            correct(1, Some("nowhere"), 3, "recount"),
            "unknown unknown: there is no bucket `nowhere`",
        ),
        (
            "root",
            correct(1, Some("south"), -11, "recount"),
            "conflict too-few-tokens: only 10 tokens can be taken from there",
        ),
        ("root", said.clone(), "the vendor said 99 tokens were left at 2026-06-01T00:00:00Z"),
        (
            "ana",
            said,
            "forbidden not-yours: only an administrator or a licence manager may do this",
        ),
        (
            "ana",
            buy(10, 0, 30),
            "forbidden not-yours: only procurement or somebody who runs Faregate may do this",
        ),
        (
            "ana",
            correct(1, None, 3, "recount"),
            "forbidden not-yours: only an administrator or a licence manager may do this",
        ),
    ];
    check(&mut office(), &rows);
    let past = "pack `Spring` of 10 tokens came in, unallocated; warning: the pack's term is over already: its tokens expire at once";
    check(&mut office(), &[("root", buy(10, -30, -1), past)]);
}

#[test]
fn seats_have_one_holder() {
    let seat = |seat: u32, person: Option<&str>| Order::MoveSeat {
        seat: SeatId(seat),
        person: person.map(text),
    };
    check(
        &mut office(),
        &[
            ("root", seat(0, Some("sam@acme")), "seat 0 is sam's from now on"),
            ("root", seat(0, Some("sam")), "conflict seat-taken: seat 0 is held by `sam`"),
            ("root", seat(0, Some("ben")), "conflict seat-taken: seat 0 is held by `sam`"),
            ("root", seat(1, None), "seat 1 of eve is free now"),
            ("root", seat(1, None), "conflict seat-free: seat 1 is free already"),
            ("root", seat(1, Some("zoe")), "unknown unknown: there is no person `zoe`"),
            (
                "root",
                seat(2, Some("ben")),
                "conflict seat-out-of-term: seat 2 is outside of its term",
            ),
            ("root", seat(3, Some("ben")), "unknown unknown: there is no seat `3`"),
            (
                "ana",
                seat(1, Some("ana")),
                "forbidden not-yours: only an administrator or a licence manager may do this",
            ),
        ],
    );
}

#[test]
fn a_seat_that_is_freed_throws_nobody_out() {
    let desk = office().start();
    assert!(is_opened(&desk.open("k", "eve", "autocad").unwrap()));
    let mut world = desk.stop();
    let free = Order::MoveSeat { seat: SeatId(1), person: None };
    let expected =
        "seat 1 of eve is free now; warning: 1 sessions run on this seat and go on until they end";
    check(&mut world, &[("root", free, expected)]);
}

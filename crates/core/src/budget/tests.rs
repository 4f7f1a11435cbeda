//! Scripts of who asks whom for tokens. A line is `day command => answer`, days from Monday 2026-06-01 in UTC;
//! amounts are whole tokens, requests are numbered from 1. After each line the state is written down, read
//! back, and must be the same; whatever is refused changes nothing.

use super::*;
use crate::estate::{BucketTerms, Period};
use crate::event::{BucketSet, Cause, SessionId};
use crate::gate;
use crate::state::tests::{T0, World, tokens};

mod periods;

/// Buckets 0 `general` with 300 tokens, 1 `design` with 40, 2 `lab` with none; 660 are unallocated.
/// `lab` lies below `design`, which lies below `general` and is Ben's. Anna owns the contract.
fn world() -> World {
    let mut world = World::new();
    world.must(Event::TermsSet(Terms {
        owners: vec![PersonId(0)],
        large: Some(tokens(100)),
        ..Terms::default()
    }));
    agree(&mut world, "design", |terms| {
        (terms.parent, terms.owners, terms.lends) =
            (Some(BucketId(0)), vec![PersonId(1), PersonId(0)], true);
    });
    agree(&mut world, "lab", |terms| terms.parent = Some(BucketId(1)));
    world
}

fn agree(world: &mut World, key: &str, change: impl FnOnce(&mut BucketTerms)) {
    let id = world.state.estate().bucket_called(key).unwrap();
    let mut terms = world.state.estate().bucket_terms(id);
    change(&mut terms);
    let (key, name) = (key.to_owned(), key.to_owned());
    world.must(Event::BucketsSet(vec![BucketSet { key, name, terms }]));
}

fn check(name: &str, world: World, script: &str) {
    let mut world = world;
    let mut requests = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once(" => ").unwrap();
        let (day, command) = command.split_once(' ').unwrap();
        world.now = T0.plus(day.parse::<i64>().unwrap() * DAY);
        let words: Vec<&str> = command.split_whitespace().collect();
        let said = run(&mut world, &mut requests, &words);
        assert_eq!(said, expected, "{name}: {line}");
        let restored = State::restore(world.state.checkpoint()).unwrap();
        assert_eq!(restored.checkpoint(), world.state.checkpoint(), "{name}: {line}");
        assert_eq!(restored.estate(), world.state.estate(), "{name}: {line}");
        assert_eq!(restored.requests, world.state.requests, "{name}: {line}");
    }
}

fn run(world: &mut World, requests: &mut Vec<RequestId>, words: &[&str]) -> String {
    let named = |number: &str| {
        let place = number.parse::<usize>().unwrap().wrapping_sub(1);
        requests.get(place).copied().unwrap_or(RequestId(9_999))
    };
    let person = |world: &World, name: &str| {
        world.state.estate().person_called(name).unwrap_or(PersonId(77))
    };
    let amount = |text: &str| tokens(text.parse().unwrap());
    let now = world.now;
    match words {
        ["ask", by, bucket_id, ticks, loan @ ..] => {
            let loan = loan.first().map(|day| LoanTerms { due: T0.plus(whole(day) * DAY) });
            let (by, bucket) = (person(world, by), bucket(bucket_id).unwrap());
            match request(&world.state, by, bucket, amount(ticks), "more", loan, now) {
                Ok(event) => {
                    world.must(event);
                    requests.push(RequestId(world.state.seq()));
                    "ok".to_owned()
                }
                Err(unmoved) => said(&unmoved),
            }
        }
        ["yes", by, id, ticks] => {
            let what = Answer::Approve(amount(ticks));
            let answered = answer(&world.state, named(id), person(world, by), what, "", now);
            booked(world, answered)
        }
        ["no", by, id] => {
            let by = person(world, by);
            let answered = answer(&world.state, named(id), by, Answer::Decline, "", now);
            booked(world, answered)
        }
        ["needs", id] => {
            approvals_needed(&world.state, &world.state.requests()[&named(id)]).to_string()
        }
        ["progress", id] => {
            let requested = &world.state.requests()[&named(id)];
            match requested.progress {
                Progress::Approved(ticks) => format!("approved {ticks}, owing {}", requested.owing),
                other => format!("{other:?}").to_lowercase(),
            }
        }
        ["move", from, to, ticks] => {
            let moved = transfer(&world.state, bucket(from), bucket(to), amount(ticks), "order");
            booked(world, moved.map(|event| vec![event]))
        }
        ["due"] => {
            let mut events = Vec::new();
            while let Some(event) = due(&world.state, now) {
                world.must(event.clone());
                events.push(told(&event));
                assert!(events.len() < 20, "it never ends: {events:?}");
            }
            if events.is_empty() { "nothing".to_owned() } else { events.join(", ") }
        }
        ["free", id] => world.state.free_tokens(bucket(id)).to_string(),
        ["open", who, product] => {
            let event = world.open(&World::ask(who, product, None));
            if matches!(event, Event::Opened(_)) { "ok" } else { "no" }.to_owned()
        }
        ["close"] => {
            let id = *world.state.sessions().keys().next_back().unwrap();
            let closed = gate::close(&world.state, id, now, Cause::Closed).unwrap();
            world.must(closed);
            "ok".to_owned()
        }
        _ => agreed(world, words),
    }
}

fn agreed(world: &mut World, words: &[&str]) -> String {
    match words {
        ["period", key, period @ ..] => {
            let period = match period {
                ["open"] => Period::Open,
                [months] => Period::Months(months.parse().unwrap()),
                [from, until] => Period::Dates(from.parse().unwrap(), until.parse().unwrap()),
                _ => panic!("no such period"),
            };
            agree(world, key, |terms| terms.period = period);
            "ok".to_owned()
        }
        ["leftover", key, what] => {
            let leftover = match *what {
                "return" => Leftover::Return,
                "carry" => Leftover::Carry,
                _ => Leftover::Expire,
            };
            agree(world, key, |terms| terms.leftover = leftover);
            "ok".to_owned()
        }
        other => panic!("no such command: {other:?}"),
    }
}

fn whole(text: &str) -> i64 {
    text.parse().unwrap()
}

fn bucket(text: &str) -> Option<BucketId> {
    text.parse().ok().map(BucketId)
}

fn booked(world: &mut World, events: Result<Vec<Event>, Unmoved>) -> String {
    match events {
        Ok(events) => {
            let told: Vec<String> = events.iter().map(told).collect();
            events.into_iter().for_each(|event| world.must(event));
            told.join(", ")
        }
        Err(unmoved) => said(&unmoved),
    }
}

fn told(event: &Event) -> String {
    let name = |bucket: Option<BucketId>| bucket.map_or("pool".to_owned(), |id| id.0.to_string());
    match event {
        Event::TokensMoved(order) => {
            format!("{} from {} to {}", order.ticks, name(order.from), name(order.to))
        }
        Event::RequestAnswered { .. } => "answered".to_owned(),
        Event::RequestExpired(_) => "expired".to_owned(),
        Event::PeriodEnded { bucket, until } => format!("{} ended {until}", bucket.0),
        other => panic!("unexpected {other:?}"),
    }
}

fn said(unmoved: &Unmoved) -> String {
    match unmoved {
        Unmoved::NoRequest(_) => "no request".to_owned(),
        Unmoved::NotWaiting(_) => "not waiting".to_owned(),
        Unmoved::NotDecider(person) => format!("{} does not decide", person.0),
        Unmoved::TooMany { free, .. } => format!("only {free} free"),
        Unmoved::NoBucket(bucket) => format!("no bucket {}", bucket.0),
        other => format!("{other:?}"),
    }
}

#[test]
fn tokens_move_on_an_order() {
    check(
        "transfers",
        world(),
        "0 move 0 1 100 => 100 from 0 to 1
         0 free 0 => 200
         0 free 1 => 140
         0 move 1 pool 140 => 140 from 1 to pool
         0 move 1 pool 1 => only 0 free
         0 move pool 2 800 => 800 from pool to 2
         0 move pool 2 1 => only 0 free
         0 move 2 2 1 => SameBucket
         0 move pool pool 1 => SameBucket
         0 move 2 9 1 => no bucket 9
         0 move 9 2 1 => no bucket 9
         0 move 2 1 0 => NoAmount
         0 move 2 1 -5 => NoAmount",
    );
    check(
        "what is held stays",
        world(),
        "0 open ben revit => ok
         0 free 1 => 30
         0 move 1 0 31 => only 30 free
         0 move 1 0 30 => 30 from 1 to 0
         0 close => ok
         0 free 1 => 10",
    );
}

#[test]
fn a_request_is_answered_by_those_who_decide() {
    check(
        "approved",
        world(),
        "0 ask cleo 2 30 => ok
         0 needs 1 => 1
         0 yes cleo 1 30 => OwnRequest
         0 yes nobody 1 30 => 77 does not decide
         0 yes ben 2 30 => no request
         0 yes ben 1 0 => NoAmount
         1 yes ben 1 30 => answered, 30 from 1 to 2
         1 progress 1 => approved 30, owing 0
         1 yes ben 1 30 => not waiting
         1 no ben 1 => not waiting
         1 free 2 => 30",
    );
    check(
        "another amount",
        world(),
        "0 ask cleo 2 30 => ok
         1 yes ben 1 12 => answered, 12 from 1 to 2
         1 progress 1 => approved 12, owing 0
         1 ask cleo 2 5 => ok
         1 yes ben 2 6 => MoreThanAsked(Ticks(18000000000))
         1 yes ben 2 5 => answered, 5 from 1 to 2
         1 ask cleo 2 24 => ok
         1 yes ben 3 24 => only 23 free",
    );
    check(
        "declined",
        world(),
        "0 ask cleo 2 30 => ok
         0 no cleo 1 => OwnRequest
         0 no ben 1 => answered
         0 progress 1 => declined
         0 yes ben 1 30 => not waiting
         9 due => nothing",
    );
    check(
        "nobody answers",
        world(),
        "0 ask cleo 2 30 => ok
         0 ask cleo 2 31 => ok
         6 due => nothing
         7 yes ben 1 30 => not waiting
         7 due => expired, expired
         7 due => nothing
         7 progress 1 => expired",
    );
    check(
        "where the bucket above has no owner, the contract's decide; of the pool too",
        world(),
        "0 ask cleo 1 30 => ok
         0 yes ben 1 30 => 1 does not decide
         0 yes anna 1 30 => answered, 30 from 0 to 1
         0 ask cleo 0 30 => ok
         0 yes anna 2 30 => answered, 30 from pool to 0",
    );
}

#[test]
fn a_request_that_cannot_be_approved_is_not_made() {
    check(
        "what can never be approved",
        world(),
        "0 ask cleo 2 0 => NoAmount
         0 ask cleo 9 1 => no bucket 9
         0 ask cleo 1 10 5 => NoLoans
         0 ask cleo 2 10 0 => DueNow
         0 ask cleo 2 1001 => only 40 free
         0 ask cleo 2 1000 => ok",
    );
    let mut many = String::new();
    (0..20).for_each(|_| many += "0 ask cleo 2 1 => ok\n");
    many += "0 ask cleo 2 1 => TooManyWaiting
             0 ask ben 2 1 => ok
             0 no ben 7 => answered
             0 ask cleo 2 1 => ok
             6 ask cleo 2 1 => TooManyWaiting
             7 ask cleo 2 1 => ok";
    check("too many at once; what has ended waits no longer", world(), &many);
}

#[test]
fn much_needs_two_who_say_yes() {
    let mut rich = world();
    rich.must(transfer(&rich.state, None, Some(BucketId(1)), tokens(400), "").unwrap());
    check(
        "both, and the smaller amount moves",
        rich.clone(),
        "0 ask cleo 2 100 => ok
         0 needs 1 => 2
         0 yes ben 1 100 => answered
         0 progress 1 => waiting
         0 yes ben 1 100 => SaidAlready
         0 yes anna 1 80 => answered, 80 from 1 to 2
         0 progress 1 => approved 80, owing 0",
    );
    check(
        "one yes, one no",
        rich.clone(),
        "0 ask cleo 2 100 => ok
         0 yes ben 1 100 => answered
         0 no anna 1 => answered
         0 progress 1 => declined
         0 free 2 => 0",
    );
    check(
        "whoever changes their mind",
        rich.clone(),
        "0 ask cleo 2 100 => ok
         0 yes ben 1 100 => answered
         0 no ben 1 => answered
         0 progress 1 => declined",
    );
    // What is agreed later changes nothing of what was decided.
    let mut moved = rich;
    let id = RequestId(moved.state.seq() + 1);
    let asked = request(&moved.state, PersonId(2), BucketId(2), tokens(99), "", None, moved.now);
    moved.must(asked.unwrap());
    let yes = Answer::Approve(tokens(99));
    for event in answer(&moved.state, id, PersonId(1), yes, "", moved.now).unwrap() {
        moved.must(event);
    }
    moved.must(Event::TermsSet(Terms { large: Some(tokens(1)), ..moved.state.terms().clone() }));
    assert_eq!(approvals_needed(&moved.state, &moved.state.requests()[&id]), 1);
    check(
        "just below",
        world(),
        "0 move pool 1 60 => 60 from pool to 1
         0 ask cleo 2 99 => ok
         0 yes ben 1 99 => answered, 99 from 1 to 2",
    );
}

#[test]
fn a_loan_comes_back() {
    check(
        "in parts",
        world(),
        "0 ask cleo 2 30 20 => ok
         0 yes ben 1 25 => answered, 25 from 1 to 2
         0 progress 1 => approved 25, owing 25
         19 due => nothing
         19 move 2 0 20 => 20 from 2 to 0
         20 due => 5 from 2 to 1
         20 due => nothing
         20 progress 1 => approved 25, owing 20
         21 move pool 2 12 => 12 from pool to 2
         21 due => 12 from 2 to 1
         22 move pool 2 12 => 12 from pool to 2
         22 due => 8 from 2 to 1
         22 progress 1 => returned
         22 free 2 => 4
         23 due => nothing",
    );
    check(
        "at once, from the pool",
        world(),
        "0 ask cleo 0 30 1 => ok
         0 yes anna 1 30 => answered, 30 from pool to 0
         1 due => 30 from 0 to pool
         1 progress 1 => returned
         1 due => nothing",
    );
}

/// F16: 10,000 and 5,000 tokens, cv .2, z = 2.
#[test]
fn a_wall_costs_its_safety_stock() {
    let (separate, pooled) = wall(&[10_000.0, 5_000.0], 0.2, 2.0);
    assert!((separate - 6_000.0).abs() < 1e-9);
    assert!((pooled - 4_472.0).abs() < 0.2, "{pooled}");
    assert_eq!(wall(&[], 0.2, 2.0), (0.0, 0.0));
}

#[test]
fn a_request_is_named_by_its_number() {
    assert_eq!(RequestId(42).to_string(), "r42");
    for text in ["r42", "42"] {
        assert_eq!(text.parse(), Ok(RequestId(42)));
    }
    assert!("s42".parse::<RequestId>().is_err());
    assert_ne!(SessionId(42).to_string(), RequestId(42).to_string());
}

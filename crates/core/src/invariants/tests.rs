//! Each invariant of seats, groups, buckets and requests notices a state that was spoiled past `apply`.

use super::*;
use crate::budget::{LoanTerms, RequestId, Requested};
use crate::estate::{BucketTerms, Group, GroupId, ProductId, Standing};
use crate::event::{AgentSaid, Event, Outcome, Source, TokenRequest};
use crate::state::tests::{T0, World, tokens};
use crate::state::{Checkpoint, State};
use crate::tariff::Meter;

/// Spoils a sound state, by way of its snapshot, and expects this invariant to notice.
fn check(name: &str, spoil: impl Fn(&mut Checkpoint)) {
    let mut world = World::new();
    let group = |key: &str| Group {
        key: key.to_owned(),
        name: String::new(),
        dimension: Some("fare".to_owned()),
        parents: Vec::new(),
    };
    world.must(Event::GroupsSet(vec![group("gold"), group("silver")]));
    assert_eq!(violations(&world.state), [], "{name}: sound before");
    let mut written = world.state.checkpoint();
    spoil(&mut written);
    let found = violations(&State::restore(written).unwrap());
    assert!(found.iter().any(|(found, _)| *found == name), "{name} went unnoticed: {found:?}");
}

fn requested(owing: i64, progress: Progress, approvals: &[u32]) -> (RequestId, Requested) {
    let request = TokenRequest {
        by: PersonId(1),
        bucket: BucketId(1),
        from: None,
        ticks: tokens(9),
        why: String::new(),
        expires: T0.plus(9),
        loan: Some(LoanTerms { due: T0 }),
    };
    let approvals = approvals.iter().map(|by| (PersonId(*by), tokens(9))).collect();
    let (owing, needed) = (tokens(owing), 0);
    (RequestId(7), Requested { request, at: T0, approvals, progress, owing, needed })
}

#[test]
fn spoiled_seats_groups_and_requests_are_noticed() {
    let moved = |person, hours: i64| (SeatId(0), T0.plus(hours * 3_600), Some(PersonId(person)));
    check("a-seat-has-one-holder", |known| known.surroundings.seat_moves = vec![moved(1, 1)]);
    check("a-seat-has-one-holder", |known| {
        known.surroundings.seat_moves = vec![(SeatId(0), T0.plus(-1), None)];
    });
    check("a-seat-has-one-holder", |known| {
        known.surroundings.seat_moves = vec![(SeatId(0), T0.plus(30 * 86_400), None)];
    });
    let both = Standing { groups: vec![GroupId(0), GroupId(1)], ..Standing::default() };
    check("no-person-in-two-groups-of-a-dimension", |known| {
        known.surroundings.standings = vec![(PersonId(0), both.clone())];
    });
    let answers = "requests-are-answered-by-others";
    for approvals in [&[1][..], &[0, 0]] {
        let one = requested(0, Progress::Waiting, approvals);
        check(answers, |known| known.budgets.requests = vec![one.clone()]);
    }
    let large = "large-moves-have-two-approvers";
    for (progress, owing) in [(Progress::Approved(tokens(9)), 9), (Progress::Returned, 0)] {
        let (id, one) = requested(owing, progress, &[0]);
        let one = (id, Requested { needed: 2, ..one });
        check(large, |known| known.budgets.requests = vec![one.clone()]);
    }
    let loans = "loans-owe-what-was-lent";
    for (owing, progress) in [
        (1, Progress::Waiting),
        (9, Progress::Approved(tokens(8))),
        (0, Progress::Approved(tokens(8))),
        (1, Progress::Returned),
        (-1, Progress::Approved(tokens(8))),
    ] {
        let one = requested(owing, progress, &[0]);
        check(loans, |known| known.budgets.requests = vec![one.clone()]);
    }
}

#[test]
fn a_session_that_its_seat_does_not_know_is_noticed() {
    let mut world = World::new();
    world.open(&World::ask("anna", "civil-3d", None));
    world.state.seat_sessions.clear();
    let found: Vec<&str> = violations(&world.state).iter().map(|(name, _)| *name).collect();
    assert_eq!(found, ["a-seat-has-one-holder"]);
}

#[test]
fn a_cycle_of_buckets_is_noticed() {
    let mut world = World::new();
    let below = |parent| BucketTerms { parent: Some(BucketId(parent)), ..BucketTerms::default() };
    world.state.estate.set_bucket_terms(BucketId(1), below(0)).unwrap();
    assert_eq!(violations(&world.state), []);
    world.state.estate.spoil_bucket_terms(BucketId(0), below(1));
    let found: Vec<&str> = violations(&world.state).iter().map(|(name, _)| *name).collect();
    assert_eq!(found, ["bucket-tree-has-no-cycle"]);
}

#[test]
fn a_total_of_holds_that_drifted_is_noticed() {
    let mut world = World::new();
    world.state.ledger.spoil_held(tokens(1));
    let found: Vec<&str> = violations(&world.state).iter().map(|(name, _)| *name).collect();
    assert!(found.contains(&"held-is-the-sum-of-all-buckets"), "{found:?}");
}

#[test]
fn a_lease_that_nothing_is_held_for_is_noticed() {
    let mut world = World::new();
    let mut ask = World::ask("ben", "revit", None);
    let agreed = Some(tokens(10));
    ask.more.agent = Some(AgentSaid { agreed, lease: Some(3_600), ..AgentSaid::default() });
    world.open(&ask);
    assert_eq!(violations(&world.state), []);
    let pair = (PersonId(1), ProductId(0));
    let ended = |outcome| Event::HoldEnded { person: pair.0, product: pair.1, outcome };
    let mut spent = world.clone();
    spent.must(ended(Outcome::Posted));
    assert_eq!(violations(&spent.state), [], "what it may use was paid");
    world.happen(&ended(Outcome::Voided)).unwrap();
    let found: Vec<&str> = violations(&world.state).iter().map(|(name, _)| *name).collect();
    assert_eq!(found, ["a-lease-holds-what-it-may-use"]);
}

#[test]
fn use_of_who_is_somebody_else_is_noticed() {
    let name = "who-is-somebody-else-has-no-use";
    let into_ben =
        |known: &mut Checkpoint| known.surroundings.merges = vec![(PersonId(0), PersonId(1))];
    check(name, |known| {
        into_ben(known);
        known.charges = vec![charge()];
    });
    let mut world = World::new();
    world.open(&World::ask("anna", "civil-3d", None));
    let mut written = world.state.checkpoint();
    into_ben(&mut written);
    let found = violations(&State::restore(written).unwrap());
    assert!(found.iter().any(|(found, _)| *found == name), "{found:?}");
}

fn charge() -> Charge {
    let (person, product, bucket) = (PersonId(0), ProductId(0), BucketId(0));
    let (meter, source, paid) = (Meter::Window24h, Source::Log, false);
    Charge { at: T0, ticks: tokens(1), person, product, bucket, meter, source, paid }
}

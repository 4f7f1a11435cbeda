//! Requests and their answers: keys, batches, races.

use crate::world::*;
use faregate_app::engine::Failure;
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, BucketTerms, GENERAL};
use faregate_core::event::{BucketSet, Event, Reason};
use std::sync::Barrier;

#[test]
fn the_same_key_gets_the_same_answer() {
    let desk = World::new(7).start();
    let first = desk.open("k", "ana", "autocad").unwrap();
    let again = desk.open("k", "ana", "autocad").unwrap();
    assert!(is_opened(&first) && !first.repeated && again.repeated);
    assert_eq!((again.seq, again.at, &again.answer), (first.seq, first.at, &first.answer));
    let world = desk.stop();
    let restarted = World { engine: load(&world.store, &world.clock), ..world }.start();
    let later = restarted.open("k", "ana", "autocad").unwrap();
    assert_eq!(later, again);
}

/// Promise 6.
#[test]
fn a_refused_request_stays_refused_after_funding() {
    let desk = World::new(6).start();
    let refused = desk.open("k", "ana", "autocad").unwrap();
    assert_eq!(refusal(&refused), Some(Reason::BucketExhausted));
    let (from, until) = (T0.plus(-1), T0.plus(1_000_000));
    let buy = Event::PackBought { name: "More".to_owned(), ticks: tokens(100), from, until };
    desk.append(vec![buy, Event::Allocated { bucket: GENERAL, ticks: tokens(100) }]).unwrap();
    let again = desk.open("k", "ana", "autocad").unwrap();
    assert_eq!(
        (refusal(&again), again.seq, again.repeated),
        (refusal(&refused), refused.seq, true)
    );
    assert!(is_opened(&desk.open("fresh", "ana", "autocad").unwrap()));
}

#[test]
fn a_key_used_for_another_request_is_refused() {
    let desk = World::new(100).start();
    desk.open("k", "ana", "autocad").unwrap();
    let mut bucket = request("k", "ana", "autocad");
    bucket.ask.bucket = Some("general".to_owned());
    let mut host = request("k", "ana", "autocad");
    host.ask.host = "WS-2".to_owned();
    let (person, product) = (request("k", "ben", "autocad"), request("k", "ana", "revit"));
    let before = desk.store.told();
    for other in [person, product, host, bucket] {
        let answer = desk.open_many(vec![other.clone()]);
        assert!(matches!(answer, Err(Failure::KeyReused)), "{other:?}: {answer:?}");
    }
    assert_eq!(desk.store.told(), before);
}

/// Texts that read the same when they are put together are told apart.
#[test]
fn a_digest_keeps_its_parts_apart() {
    let desk = World::new(100).start();
    let mut one = request("k", "ana\u{1f}autocad", "x");
    one.ask.bucket = None;
    let mut other = request("k", "ana", "autocad\u{1f}x");
    desk.open_many(vec![one.clone()]).unwrap();
    assert!(matches!(desk.open_many(vec![other.clone()]), Err(Failure::KeyReused)));
    one.ask.bucket = Some("\u{0}".to_owned());
    other.key = "fresh".to_owned();
    assert!(matches!(desk.open_many(vec![one]), Err(Failure::KeyReused)));
    desk.open_many(vec![other]).unwrap();
}

#[test]
fn keys_hold_within_one_batch() {
    let desk = World::new(100).start();
    let let_go = desk.hold_up();
    let (first, again) = (desk.ask("k", "ana", "autocad"), desk.ask("k", "ana", "autocad"));
    let other = desk.ask("k", "ben", "autocad");
    let before = desk.store.plan().calls;
    let_go.send(()).unwrap();
    let (first, again) = (first.recv().unwrap().unwrap(), again.recv().unwrap().unwrap());
    assert_eq!((first.repeated, again.repeated, again.seq), (false, true, first.seq));
    assert!(matches!(other.recv().unwrap(), Err(Failure::KeyReused)));
    let calls = desk.store.plan().calls - before;
    assert_eq!(calls, 2, "one look-up and one append for all");
}

#[test]
fn many_at_once_share_one_answer() {
    let desk = World::new(17).start();
    let asked = ["a", "b", "c", "a"]
        .map(|key| request(key, if key == "b" { "ben" } else { "ana" }, "autocad"));
    let mut asked = asked.to_vec();
    asked[2].ask.product = "revit".to_owned();
    let answers = desk.open_many(asked.clone()).unwrap();
    let opened: Vec<bool> = answers.iter().map(is_opened).collect();
    assert_eq!(opened, [true, true, false, true]);
    assert_eq!(refusal(&answers[2]), Some(Reason::BucketExhausted));
    assert_eq!((answers[3].repeated, answers[3].seq), (true, answers[0].seq));
    assert_eq!(answers[0].bucket.as_deref(), Some("general"));
    assert_eq!(desk.open_many(Vec::new()).unwrap(), []);
    let all_again = desk.open_many(asked).unwrap();
    assert!(all_again.iter().all(|decision| decision.repeated));
}

/// One bad key lets nobody through: the caller would not learn who was.
#[test]
fn many_at_once_are_all_decided_or_none() {
    let desk = World::new(100).start();
    desk.open("old", "ana", "autocad").unwrap();
    let before = desk.store.told();
    let check = |requests: Vec<_>| {
        let answers = desk.open_many(requests);
        assert!(matches!(answers, Err(Failure::KeyReused)), "{answers:?}");
        assert_eq!(desk.store.told(), before);
        assert_eq!(desk.state(|state| state.sessions().len()), 1);
    };
    check(vec![request("new", "ben", "autocad"), request("old", "ben", "autocad")]);
    check(vec![request("new", "ben", "autocad"), request("new", "ana", "autocad")]);
}

#[test]
fn a_chosen_bucket_pays() {
    let desk = World::new(100).start();
    let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
    let bucket = BucketSet { key: "design".to_owned(), name: "Design".to_owned(), terms };
    desk.append(vec![Event::BucketsSet(vec![bucket])]).unwrap();
    let mut chosen = request("k", "ana", "autocad");
    chosen.ask.bucket = Some("Design".to_owned());
    let refused = desk.open_many(vec![chosen]).unwrap();
    assert_eq!(refusal(&refused[0]), Some(Reason::BucketExhausted));
    let balance =
        desk.state(|state| state.ledger().bucket(BucketId(1)).map(|bucket| bucket.available));
    assert_eq!(balance, Some(Ticks::ZERO));
}

/// Promise 4: of N at once, one gets the last token.
#[test]
fn opens_of_the_last_token_have_one_winner() {
    const THREADS: usize = 4;
    let desk = World::new(7).start();
    desk.open("all", "ana", "autocad").unwrap();
    let barrier = Barrier::new(THREADS);
    for round in 0..400 {
        let people: Vec<String> = (0..THREADS).map(|number| format!("p{round}-{number}")).collect();
        let (from, until) = (T0.plus(-1), T0.plus(1_000_000));
        let buy = Event::PackBought { name: "Last".to_owned(), ticks: tokens(7), from, until };
        let added = Event::PeopleAdded(people.iter().map(|key| person(key)).collect());
        desk.append(vec![added, buy, Event::Allocated { bucket: GENERAL, ticks: tokens(7) }])
            .unwrap();
        assert_eq!(race(&desk, &people, &barrier), 1, "round {round}");
    }
    assert_eq!(desk.state(|state| state.tally().held), 401);
}

fn race<'a>(desk: &'a Desk, people: &'a [String], barrier: &'a Barrier) -> usize {
    std::thread::scope(|scope| {
        let ask = |person: &'a String| {
            scope.spawn(move || {
                barrier.wait();
                is_opened(&desk.open(person, person, "autocad").unwrap())
            })
        };
        let asked: Vec<_> = people.iter().map(ask).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
    })
}

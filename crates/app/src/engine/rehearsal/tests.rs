use super::*;
use faregate_core::estate::{GENERAL, Offering, Person, Product, Seat};
use faregate_core::event::{Move, MoveCause};

const T0: Instant = Instant(1_780_272_000);

fn tokens(whole: i64) -> Ticks {
    Ticks::from_tokens(whole).unwrap()
}

/// A contract of 100 tokens, all of the general bucket's, and one free seat for a hundred seconds.
fn state() -> State {
    let product = Product { key: "revit".to_owned(), name: "Revit".to_owned() };
    let offering = Offering {
        key: "aec".to_owned(),
        name: "AEC".to_owned(),
        covers: vec!["revit".to_owned()],
    };
    let general = Bucket { key: "general".to_owned(), name: "General".to_owned() };
    let ana = Person {
        key: "ana".to_owned(),
        name: "Ana".to_owned(),
        bucket: GENERAL,
        aliases: Vec::new(),
    };
    let seat = Seat {
        offering: faregate_core::estate::OfferingId(0),
        person: None,
        from: T0,
        until: T0.plus(100),
    };
    let all = [
        Event::ContractAgreed { name: "Acme".to_owned(), zone: "UTC".to_owned() },
        Event::ProductsDefined(vec![product]),
        Event::OfferingsDefined(vec![offering]),
        Event::BucketsOpened(vec![general]),
        Event::PeopleAdded(vec![ana]),
        Event::SeatsAdded(vec![seat]),
        bought(100),
        Event::Allocated { bucket: GENERAL, ticks: tokens(100) },
    ];
    let mut state = State::default();
    for (seq, event) in (1..).zip(&all) {
        state.apply(seq, T0, event).unwrap();
    }
    state
}

fn bought(whole: i64) -> Event {
    Event::PackBought { name: "p".to_owned(), ticks: tokens(whole), from: T0, until: T0.plus(9) }
}

fn moved(from: Option<u16>, to: Option<u16>, whole: i64) -> Event {
    let bucket = |id: Option<u16>| id.map(faregate_core::estate::BucketId);
    let (from, to, ticks) = (bucket(from), bucket(to), tokens(whole));
    Event::TokensMoved(Move { from, to, ticks, cause: MoveCause::Order, why: "w".to_owned() })
}

fn given(person: Option<u32>) -> Event {
    Event::SeatMoved { seat: SeatId(0), person: person.map(PersonId) }
}

fn opened(key: &str) -> Event {
    Event::BucketsOpened(vec![Bucket { key: key.to_owned(), name: key.to_owned() }])
}

/// A rehearsal says what the state says when it applies the same events.
fn check(after_seconds: i64, events: &[Event]) -> bool {
    let (mut state, now) = (state(), T0.plus(after_seconds));
    let rehearsed = rehearse(&state, now, events);
    let seq = state.seq() + 1;
    let applied = (seq..).zip(events).try_for_each(|(seq, event)| state.apply(seq, now, event));
    assert_eq!(rehearsed, applied, "{events:?}");
    rehearsed.is_ok()
}

#[test]
fn a_rehearsal_says_what_the_state_would() {
    assert!(check(0, &[]));
    assert!(check(0, &[moved(Some(0), None, 100), bought(1), moved(None, Some(0), 101)]));
    assert!(!check(0, &[moved(Some(0), None, 101)]));
    assert!(check(0, &[opened("north"), moved(Some(0), Some(1), 100)]));
    assert!(!check(0, &[moved(Some(0), Some(1), 100)]));
    assert!(!check(0, &[opened("general"), moved(Some(0), Some(1), 100)]));
    assert!(!check(0, &[bought(2_500_000_000), bought(2_500_000_000)]));
    let corrected = |whole| Event::Corrected {
        pack: 0,
        bucket: None,
        ticks: tokens(whole),
        why: "recount".to_owned(),
    };
    assert!(check(0, &[corrected(5)]));
    assert!(!check(0, &[corrected(-5)]));
    assert!(!check(0, &[corrected(2_560_000_000), corrected(2_560_000_000)]));
}

#[test]
fn seats_are_given_in_their_term_and_to_one() {
    assert!(check(99, &[given(Some(0))]));
    assert!(!check(100, &[given(Some(0))]));
    assert!(!check(0, &[given(Some(0)), given(Some(0))]));
    assert!(check(0, &[given(Some(0)), given(None), given(Some(0))]));
}

/// What was bought is out of the ledger's range account by account: the sum of what is left is looked at here.
#[test]
fn all_that_is_left_has_a_sum() {
    let corrected = Event::Corrected {
        pack: 0,
        bucket: Some(GENERAL),
        ticks: tokens(100),
        why: "recount".to_owned(),
    };
    let most = Ticks(i64::MAX - tokens(150).0);
    let pack = Event::PackAdded {
        name: "p".to_owned(),
        kind: PackKind::Flex,
        ticks: most,
        from: T0,
        until: T0.plus(9),
        price: None,
    };
    assert_eq!(rehearse(&state(), T0, std::slice::from_ref(&pack)), Ok(()));
    let beyond = Err(Broken::Ledger(Refusal::OutOfRange));
    assert_eq!(rehearse(&state(), T0, &[pack, corrected]), beyond);
}

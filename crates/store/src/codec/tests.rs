//! What is written can be read, for ever: round trips, golden bytes, hostile bytes.

use super::*;
use faregate_core::event::{Basis, Circumstances, Opened, Receipt, Refused};
use faregate_core::state::State;
use proptest::prelude::*;
use std::collections::BTreeSet;

mod golden;
mod hostile;
mod values;
use values::made;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_comes_back(event in made::<Event>()) {
        check_round_trip(&event)?;
    }

    /// The journal is searched for decisions by their first byte.
    #[test]
    fn decisions_alone_begin_with_their_tags(event in made::<Event>()) {
        let is_decision = matches!(event, Event::Opened(_) | Event::Refused(_));
        prop_assert_eq!(decided::TAGS.contains(&encode(&event)[0]), is_decision);
    }

    #[test]
    fn every_route_comes_back(route in made::<Route>()) {
        check_round_trip(&route)?;
    }

    #[test]
    fn every_checkpoint_comes_back(checkpoint in made::<Checkpoint>()) {
        check_round_trip(&checkpoint)?;
    }

    #[test]
    fn an_event_cut_short_anywhere_is_refused(event in made::<Event>()) {
        check_cuts(&event)?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&bytes);
    }

    #[test]
    fn damaged_events_are_read_or_refused(
        event in made::<Event>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&event);
        let place = at.index(bytes.len());
        bytes[place] = byte;
        survive(&bytes);
    }

    #[test]
    fn damaged_checkpoints_are_read_or_refused(
        checkpoint in made::<Checkpoint>(),
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..12),
    ) {
        let mut damaged = encode(&checkpoint);
        let place = at.index(damaged.len());
        damaged.splice(place..place + 1, bytes);
        survive(&damaged);
    }

    #[test]
    fn numbers_of_any_size_come_back(unsigned in any::<u64>(), signed in any::<i64>()) {
        check_round_trip(&unsigned)?;
        check_round_trip(&signed)?;
        check_round_trip(&(unsigned as u32))?;
        check_round_trip(&(signed as i32))?;
    }
}

fn check_round_trip<T: Wire + PartialEq + core::fmt::Debug>(
    value: &T,
) -> Result<(), TestCaseError> {
    let bytes = encode(value);
    let read = decode::<T>(&bytes);
    prop_assert_eq!(read.as_ref(), Ok(value));
    if let Some(cut) = bytes.len().checked_sub(1) {
        prop_assert!(decode::<T>(&bytes[..cut]).is_err(), "a value cut short was read");
    }
    prop_assert!(
        decode::<T>(&[&bytes[..], &[0]].concat()).is_err(),
        "a byte left over was ignored"
    );
    Ok(())
}

/// Cut short, an event is refused. Only a decision or a receipt without all that came after the first release is
/// one as well: what that release wrote.
fn check_cuts(event: &Event) -> Result<(), TestCaseError> {
    let bytes = encode(event);
    let mut plain = event.clone();
    match &mut plain {
        Event::Opened(Opened { ask, basis, .. }) | Event::Refused(Refused { ask, basis, .. }) => {
            (ask.more, *basis) = (Circumstances::default(), Basis::default());
        }
        Event::Imported(receipt) => {
            let (batch, by, overlap) = Default::default();
            *receipt = Receipt { batch, by, overlap, ..std::mem::take(receipt) };
        }
        _ => {}
    }
    let plain_length = encode(&plain).len();
    for length in 0..bytes.len() {
        match decode::<Event>(&bytes[..length]) {
            Ok(read) => prop_assert_eq!((length, &read), (plain_length, &plain)),
            Err(_) => prop_assert!(length != plain_length),
        }
    }
    Ok(())
}

fn survive(bytes: &[u8]) {
    let _ = decode::<Event>(bytes);
    let _ = decode::<Route>(bytes);
    if let Ok(checkpoint) = decode::<Checkpoint>(bytes) {
        let _ = State::restore(checkpoint);
    }
}

/// A kind that `values` does not make would never come back in a test.
#[test]
fn every_kind_is_made() {
    let made: BTreeSet<&str> =
        (0..5_000).map(|seed| golden::kind(&values::from_seed(seed))).collect();
    let known: BTreeSet<&str> = golden::KINDS.into_iter().collect();
    assert_eq!(made, known);
}

/// Lines of `tests/golden/events-v1.txt`: a kind of event, and its bytes in hexadecimal.
const EVENTS: &str = include_str!("../../tests/golden/events-v1.txt");

fn golden_lines() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let line = |line: &'static str| {
        let (kind, hex) = line.split_once(' ').unwrap_or((line, ""));
        (kind, golden::bytes(hex))
    };
    EVENTS.lines().filter(|line| !line.starts_with('#')).map(line)
}

/// A kind can have several lines, each with the event in the same place among those of its kind.
#[test]
fn golden_bytes_mean_what_they_always_meant() {
    let mut expected = golden::events();
    for (kind, bytes) in golden_lines() {
        let Some(place) = expected.iter().position(|event| golden::kind(event) == kind) else {
            panic!("`{kind}` has bytes and no expected value")
        };
        let event = expected.remove(place);
        assert_eq!(decode::<Event>(&bytes).as_ref(), Ok(&event), "{kind}");
        assert_eq!(encode(&event), bytes, "{kind}: {}", golden::hex(&encode(&event)));
    }
    let line = |event: &Event| format!("{} {}\n", golden::kind(event), golden::hex(&encode(event)));
    let missing: String = expected.iter().map(line).collect();
    assert_eq!(missing, "", "add to the golden file:\n{missing}");
}

/// `golden::kind` matches without a wildcard: a new variant does not compile before it is named there.
#[test]
fn every_kind_of_event_has_golden_bytes() {
    let named: BTreeSet<&str> = golden_lines().map(|(kind, _)| kind).collect();
    let known: BTreeSet<&str> = golden::KINDS.into_iter().collect();
    assert_eq!(named, known);
    let tags: BTreeSet<u8> =
        golden_lines().filter_map(|(_, bytes)| bytes.first().copied()).collect();
    // A decision or a receipt with and without what came later is one kind on disk, and so are territories.
    assert_eq!(tags.len(), known.len() - 6, "two kinds of event share a tag");
}

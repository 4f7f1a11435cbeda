//! What is written can be read, for ever: round trips, golden bytes, hostile bytes.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

mod golden;
mod values;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_comes_back(event in values::event()) {
        check_round_trip(&event)?;
    }

    #[test]
    fn every_route_comes_back(route in values::route()) {
        check_round_trip(&route)?;
    }

    #[test]
    fn every_checkpoint_comes_back(checkpoint in values::checkpoint()) {
        check_round_trip(&checkpoint)?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&bytes);
    }

    #[test]
    fn damaged_events_are_read_or_refused(
        event in values::event(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&event);
        let place = at.index(bytes.len());
        bytes[place] = byte;
        survive(&bytes);
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

fn survive(bytes: &[u8]) {
    let _ = decode::<Event>(bytes);
    let _ = decode::<Route>(bytes);
    let _ = decode::<Checkpoint>(bytes);
}

#[test]
fn a_hostile_length_reserves_no_more_than_the_input() {
    let body = [0; 1_000];
    let input = Input(&body);
    assert!(affordable::<Rate>(usize::MAX, &input) * size_of::<Rate>() <= body.len());
    assert_eq!(affordable::<u8>(7, &input), 7, "an honest length is reserved at once");
    let hostile = [encode(&u64::MAX), vec![0; 64]].concat();
    assert!(decode::<Vec<Rate>>(&hostile).is_err());
    assert_eq!(decode::<String>(&hostile), Err(Malformed("cut short")));
}

#[test]
fn malformed_bytes_are_named() {
    let check =
        |bytes: &[u8], why| assert_eq!(decode::<Event>(bytes), Err(Malformed(why)), "{bytes:02x?}");
    check(&[], "cut short");
    check(&[255], "unknown Event");
    check(&[0, 1, 0xff, 0], "text is not UTF-8");
    check(&[0, 0, 0, 0], "bytes left over");
    check(&[12, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0], "number too large");
    check(&[12, 0, 0, 3], "unknown Outcome");
    check(&[8, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2], "number too large");
    assert_eq!(decode::<bool>(&[2]), Err(Malformed("neither true nor false")));
    assert_eq!(decode::<Currency>(b"usd"), Err(Malformed("currency is not three capitals")));
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

#[test]
fn golden_bytes_mean_what_they_always_meant() {
    let expected = golden::events();
    for (kind, bytes) in golden_lines() {
        let Some(event) = expected.iter().find(|event| golden::kind(event) == kind) else {
            panic!("`{kind}` has bytes and no expected value")
        };
        assert_eq!(decode::<Event>(&bytes).as_ref(), Ok(event), "{kind}");
        assert_eq!(encode(event), bytes, "{kind}: {}", golden::hex(&encode(event)));
    }
}

/// `golden::kind` matches without a wildcard: a new variant does not compile before it is named there.
#[test]
fn every_kind_of_event_has_golden_bytes() {
    let named: BTreeSet<&str> = golden_lines().map(|(kind, _)| kind).collect();
    let known: BTreeSet<&str> = golden::KINDS.into_iter().collect();
    assert_eq!(named, known);
    let expected: BTreeSet<&str> = golden::events().iter().map(golden::kind).collect();
    assert_eq!(expected, known);
    let tags: BTreeSet<u8> =
        golden_lines().filter_map(|(_, bytes)| bytes.first().copied()).collect();
    assert_eq!(tags.len(), known.len(), "two kinds of event share a tag");
}

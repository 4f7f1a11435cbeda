//! Bytes that nobody of ours wrote.

use super::*;
use core::net::IpAddr;
use faregate_core::estate::{Cidr, Country};
use faregate_core::when::Zone;

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

/// A decision reads on to the end of its entry: it would swallow whatever stood behind it.
#[test]
fn a_decision_is_the_last_thing_in_its_entry() {
    let is_decision = |event: &Event| matches!(event, Event::Opened(_) | Event::Refused(_));
    for event in golden::events().into_iter().filter(is_decision) {
        let kind = golden::kind(&event);
        for behind in 0..=u8::MAX {
            let two = [encode(&event), vec![behind]].concat();
            assert!(decode::<Event>(&two).is_err(), "{kind}, and {behind}");
        }
        let pair = encode(&(event.clone(), event.clone()));
        assert!(decode::<(Event, Event)>(&pair).is_err(), "{kind}: a pair of decisions was read");
        let list = encode(&vec![event.clone(), event.clone()]);
        assert!(decode::<Vec<Event>>(&list).is_err(), "{kind}: a list of decisions was read");
    }
}

/// What is written as text is read as the domain reads it, or refused.
#[test]
fn hostile_texts_are_refused() {
    let zone =
        |name: &str| decode::<Zone>(&encode(&name.to_owned())).map(|zone| zone.name().to_owned());
    let unknown = Err(Malformed("unknown zone"));
    let long = "Europe/".repeat(100_000);
    for name in
        ["", "\0", "../../etc/passwd", "/etc/localtime", "EST5EDT,M3.2.0", "Europe/", &*long]
    {
        assert_eq!(zone(name), unknown, "{:.20}", name);
    }
    assert_eq!(zone("europe/madrid"), Ok("Europe/Madrid".to_owned()));
    assert_eq!(zone("UTC"), Ok("UTC".to_owned()));
    assert_eq!(decode(&encode(&Zone::utc())), Ok(Zone::utc()));
    let block = |text: &str| decode::<Cidr>(&encode(&text.to_owned())).is_ok();
    for text in ["", "/", "10.0.0.0/", "10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/-1", &*long]
    {
        assert!(!block(text), "{:.20}", text);
    }
    assert!(block("10.0.0.0/8") && block("::/0") && block("0.0.0.0/0"));
    for address in [&[4, 1, 2, 3][..], &[6; 16], &[5, 0, 0, 0, 0], &[]] {
        assert!(decode::<IpAddr>(address).is_err(), "{address:?}");
    }
    for letters in [b"es", b"E1", b" E", b"\xc3\x91"] {
        assert!(decode::<Country>(letters).is_err(), "{letters:?}");
    }
}

/// Lists in lists, each claiming all there is, and lists whose items take a byte each.
#[test]
fn deep_and_long_lists_are_read_or_refused() {
    let claims = |tag: u8| [vec![tag], encode(&u64::MAX), vec![0xff; 4_096]].concat();
    let zeros = |tag: u8| [vec![tag], encode(&4_000u64), vec![0; 4_096]].concat();
    for tag in 0..=u8::MAX {
        assert!(decode::<Event>(&claims(tag)).is_err(), "{tag}");
        survive(&zeros(tag));
    }
    let deep: Vec<u8> = [[0xff; 9].as_slice(), &[1]].concat().repeat(400);
    type Deep = Vec<Vec<Vec<Vec<Vec<Group>>>>>;
    assert!(decode::<Deep>(&deep).is_err());
    let nested: Deep = vec![vec![vec![vec![vec![]; 3]; 3]; 3]; 3];
    assert_eq!(decode::<Deep>(&encode(&nested)), Ok(nested));
}

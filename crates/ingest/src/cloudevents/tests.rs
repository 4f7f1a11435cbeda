//! Every form of a file, every field and every reason, and what holds for any bytes.

use super::*;
use faregate_core::when::Instant;
use proptest::prelude::*;

fn read_in(bytes: &[u8], fields: Fields, chunk: usize) -> (Collected, Tally) {
    let mut found = Collected::default();
    let mut reader = Reader::new(fields);
    bytes.chunks(chunk.max(1)).for_each(|chunk| reader.feed(chunk, &mut found));
    reader.finish(&mut found);
    (found, reader.tally())
}

fn read(text: &str) -> Collected {
    read_in(text.as_bytes(), Fields::default(), usize::MAX).0
}

/// An event of this id, with further members of data.
fn event(id: &str, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","type":"session","id":"{id}","source":"farm","subject":"ana@acme.example","time":"2026-01-05T09:00:00+01:00","data":{{"product":"maya","host":"WS-7"{data}}}}}"#
    )
}

fn told(found: &Collected) -> Vec<String> {
    let tell = |one: &Kept| {
        let closed = one.closed.map_or("-".to_owned(), |closed| closed.to_string());
        let (host, value) = (one.host.as_deref().unwrap_or("-"), one.value.unwrap_or(-1));
        let Kept { line, subject, product, opened, .. } = one;
        format!("{line} {subject} {product} {host} {opened} {closed} {value}")
    };
    let events = found.events.iter().map(tell);
    let rejected = found.rejected.iter().map(|one| format!("{} {}", one.line, one.reason.code()));
    events.chain(rejected).collect()
}

#[test]
fn an_event_tells_who_used_what_where_and_how_long() {
    let found = read(&event("1", r#","duration_seconds":"5400.9","value":2.5"#));
    assert_eq!(
        told(&found),
        ["1 ana@acme.example maya WS-7 2026-01-05T08:00:00Z 2026-01-05T09:30:00Z 2500000"]
    );
}

#[test]
fn every_form_of_a_file_gives_the_same_events() {
    let (one, two) = (event("1", ""), event("2", r#","note":"a \"}{ in a text""#));
    let pretty = |text: &str| text.replace(',', ",\n  ").replace(":{", ":\n{");
    let lines: [(String, [u64; 2]); 7] = [
        (format!("{one}\n{two}\n"), [1, 2]),
        (format!("\u{feff}\r\n{one}\r\n\r\n{two}"), [2, 4]),
        (format!("[{one},{two}]"), [1, 1]),
        (format!("[\n{one}\n,\n{two}\n]\n"), [2, 4]),
        (format!("{}\n{}", pretty(&one), pretty(&two)), [1, 10]),
        (format!("[{},{}]", pretty(&one), pretty(&two)), [1, 9]),
        (format!("{{\n{}{two}", &one[1..]), [1, 2]),
    ];
    for (text, begun) in lines {
        for chunk in [1, 7, usize::MAX] {
            let (found, tally) = read_in(text.as_bytes(), Fields::default(), chunk);
            assert_eq!(found.rejected, [], "of {text}");
            let at: Vec<u64> = found.events.iter().map(|one| one.line).collect();
            assert_eq!(at, begun, "of {text}");
            assert_eq!((tally.events, tally.rejected, tally.bytes), (2, 0, text.len() as u64));
        }
    }
}

#[test]
fn the_key_is_of_source_and_id_alone() {
    let key = |text: String| read(&text).events[0].key;
    let one = event("1", "");
    assert_eq!(key(one.clone()), key(one.replace("ana@", "bo@").replace("maya", "3dsmax")));
    assert_eq!(key(one.clone()), key(one.replace("farm", "f\\u0061rm")));
    assert_ne!(key(one.clone()), key(event("2", "")));
    let moved = |source: &str, id: &str| key(event(id, "").replace("farm", source));
    assert_ne!(moved("a", "bc"), moved("ab", "c"));
    // Kept events are known by it: it must never change.
    assert_eq!(key(one), 254_162_768_159_023_530_186_228_687_512_031_332_458);
}

#[test]
fn each_reason_is_told_with_its_line_and_all_others_are_read() {
    let good = event("1", "");
    for (bad, code, message) in [
        ("{\"id\":1,", "json-unreadable", None),
        ("<html>", "json-unreadable", None),
        ("[1]", "json-unreadable", None),
        (&good.replace("1.0", "0.3"), "version-unknown", Some("CloudEvents of version `0.3`")),
        (&good.replace("specversion", "x"), "attribute-missing", Some("no `specversion`")),
        (&good.replace("\"id\"", "\"x\""), "attribute-missing", Some("no `id`")),
        (&good.replace("farm", " "), "attribute-missing", Some("no `source`")),
        (&good.replace("\"ana@acme.example\"", "null"), "attribute-missing", Some("no `subject`")),
        (&good.replace("session", ""), "attribute-missing", Some("no `type`")),
        (&good.replace("maya", ""), "attribute-missing", Some("no `data.product`")),
        (
            &good.replace("{\"product", "[{\"product").replace("}}", "}]}"),
            "attribute-missing",
            None,
        ),
        (&good.replace("+01:00", ""), "time-unreadable", None),
        (&good.replace("01-05T", "02-30T"), "time-unreadable", None),
        (
            &event("1", r#","duration_seconds":-1"#),
            "number-unreadable",
            Some("`data.duration_seconds` is `-1`"),
        ),
        (&event("1", r#","value":"1,5""#), "number-unreadable", Some("`data.value` is `1,5`")),
        (&event("1", r#","value":1e300"#), "number-unreadable", None),
        (&event("1", r#","value":[1]"#), "json-unreadable", None),
    ] {
        let found = read(&format!("{good}\n{bad}\n{good}\n"));
        assert_eq!(found.events.len(), 2, "around {bad}");
        let [rejected] = found.rejected.as_slice() else { panic!("{bad}: {:?}", found.rejected) };
        assert_eq!((rejected.line, rejected.reason.code()), (2, code), "of {bad}");
        if let Some(message) = message {
            assert_eq!(rejected.reason.to_string(), message, "of {bad}");
        }
        assert!(!rejected.reason.remedy().is_empty());
    }
}

#[test]
fn times_keep_their_offsets() {
    for (text, expected) in [
        ("2026-01-05T09:00:00Z", "2026-01-05T09:00:00Z"),
        ("2026-01-05t09:00:00.999z", "2026-01-05T09:00:00Z"),
        ("2026-01-05 00:30:00+05:30", "2026-01-04T19:00:00Z"),
        ("2026-12-31T23:59:60-08:00", "2027-01-01T07:59:59Z"),
    ] {
        assert_eq!(time::instant(text).unwrap().to_string(), expected);
        assert_eq!(time::instant(text), text.replace(":60", ":59").parse::<Instant>().ok());
    }
    for bad in [
        "2026-01-05",
        "2026-01-05T09:00:00",
        "2026-01-05T09:00:00.Z",
        "2026-01-05T24:00:00Z",
        "2026-01-05T09:60:00Z",
        "2026-01-05T09:00:00+1:00",
        "2026-01-05T09:00:00+24:00",
        "x",
        "",
        "2026-01-05T09:00:00Zx",
        "١٠٢٦-01-05T09:00:00Z",
    ] {
        assert_eq!(time::instant(bad), None, "{bad}");
    }
}

#[test]
fn fields_stand_where_the_sender_puts_them() {
    let fields = Fields {
        product: Some("$.usage.app".parse().unwrap()),
        host: "usage.machine.name".parse().unwrap(),
        duration: "ms".parse().unwrap(),
        unit: Unit::Milliseconds,
        time: TimeIs::End,
        ..Fields::default()
    };
    let text = event("1", "").replace(
        r#"{"product":"maya","host":"WS-7"}"#,
        r#"{"ms":90500,"usage":{"app":"revit","machine":{"name":"WS-9","x":[1]},"more":{}},"app":"no"}"#,
    );
    let (found, _) = read_in(text.as_bytes(), fields, usize::MAX);
    assert_eq!(
        told(&found),
        ["1 ana@acme.example revit WS-9 2026-01-05T07:58:30Z 2026-01-05T08:00:00Z -1"]
    );
    let of_type = Fields { product: None, ..Fields::default() };
    let (found, _) = read_in(event("1", "").as_bytes(), of_type, usize::MAX);
    assert_eq!(found.events[0].product, "session");
    for bad in ["", "$.", "a..b", "a.b.c.d.e.f.g.h.i"] {
        assert!(bad.parse::<Path>().is_err(), "{bad}");
    }
}

#[test]
fn units_are_of_whole_seconds() {
    for (unit, text, seconds) in [
        (Unit::Milliseconds, "1999", 1),
        (Unit::Seconds, "1.9999999999", 1),
        (Unit::Minutes, "1.5", 90),
        (Unit::Hours, "0.25", 900),
    ] {
        let fields = Fields { unit, ..Fields::default() };
        let text = event("1", &format!(r#","duration_seconds":{text}"#));
        let (found, _) = read_in(text.as_bytes(), fields, usize::MAX);
        let one = &found.events[0];
        assert_eq!(one.closed.unwrap().since(one.opened), seconds, "{unit:?}");
    }
}

#[test]
fn a_cut_file_and_a_damaged_list_are_told() {
    let (one, two) = (event("1", ""), event("2", ""));
    let check = |text: String, events: usize, rejected: &[(u64, &str)]| {
        for chunk in [1, 5, usize::MAX] {
            let (found, tally) = read_in(text.as_bytes(), Fields::default(), chunk);
            let told: Vec<(u64, &str)> =
                found.rejected.iter().map(|one| (one.line, one.reason.code())).collect();
            assert_eq!((found.events.len(), told.as_slice()), (events, rejected), "of {text}");
            assert_eq!(tally.rejected, rejected.len() as u64);
        }
    };
    check(format!("{one}\n{}", &two[..60]), 1, &[(2, "event-cut")]);
    check(format!("[{one},\n{}", &two[..60]), 1, &[(2, "event-cut")]);
    check(format!("[{one},\n"), 1, &[(2, "event-cut")]);
    check(format!("[{one},\nnull,{two}]"), 1, &[(2, "batch-damaged")]);
    check(format!("[{one},{{}},{two}]"), 2, &[(1, "attribute-missing")]);
    // A later one too, once one was whole.
    check(format!("{one}\n{}\n{two}\n", &two[..60]), 2, &[(2, "json-unreadable")]);
    check(
        format!("{one}\n{}\n{}", &two[..60], &two[60..]),
        1,
        &[(2, "json-unreadable"), (3, "json-unreadable")],
    );
    // A first line that is damaged costs itself, not all that follow.
    check(format!("{}\n\n{one}\n{two}\n", &two[..60]), 2, &[(1, "json-unreadable")]);
    check(format!("{}\n{one}", &two[..60]), 1, &[(1, "json-unreadable")]);
    check(format!("{}\n\n", &two[..60]), 0, &[(1, "event-cut")]);
    check(format!("{}\n{}", &one[..60], &one[60..90]), 0, &[(1, "event-cut")]);
    check(String::new(), 0, &[]);
    check("\n \n".to_owned(), 0, &[]);
    check("[]".to_owned(), 0, &[]);
}

#[test]
fn a_line_without_end_costs_a_mebibyte_and_itself() {
    let good = event("1", "");
    let long = "x".repeat(3 << 20);
    for text in [
        format!("{good}\n{}\n{good}\n", event("2", &format!(r#","note":"{long}""#))),
        format!("[{good},\n{},\n{good}]", event("2", &format!(r#","note":"{long}""#))),
    ] {
        let mut found = Collected::default();
        let mut reader = Reader::new(Fields::default());
        for chunk in text.as_bytes().chunks(65_536) {
            reader.feed(chunk, &mut found);
            assert!(reader.kept_bytes() <= EVENT_BYTES_MAX + 1);
        }
        reader.finish(&mut found);
        assert_eq!(found.events.len(), 2);
        assert_eq!((found.rejected[0].line, found.rejected[0].reason.clone()), (2, Reason::Long));
    }
}

#[test]
fn deep_data_is_passed_over_or_refused_and_never_overflows() {
    for depth in [100, 200, 100_000] {
        let deep = format!(r#","x":{}1{}"#, "[".repeat(depth), "]".repeat(depth));
        let found = read(&event("1", &deep));
        assert_eq!(found.events.len() + found.rejected.len(), 1);
    }
}

#[test]
fn files_of_other_kinds_are_told() {
    for (bytes, part) in [
        (&b"<!DOCTYPE html><p>Sign in"[..], "HTML"),
        (b"\xff\xfe{\0", "UTF-16"),
        (b"\x1f\x8b\x08", "packed"),
        (b"id,source\n", "not JSON"),
        (b"  \n", "empty"),
    ] {
        assert!(sniff(bytes).unwrap_err().contains(part), "{part}");
    }
    assert_eq!(sniff(b"\xef\xbb\xbf [{"), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn chunks_do_not_matter(parts in prop::collection::vec(part(), 0..40), chunk in 1_usize..50) {
        let bytes = parts.concat();
        let whole = read_in(&bytes, Fields::default(), usize::MAX);
        prop_assert_eq!(&whole, &read_in(&bytes, Fields::default(), chunk));
        prop_assert_eq!(whole.1.rejected, whole.0.rejected.len() as u64);
        prop_assert_eq!(whole.1.events, whole.0.events.len() as u64);
    }

    #[test]
    fn what_is_written_is_read(subject in "[^\u{0}]{1,20}", seconds in 0_i64..1_000_000, start in 0_i64..4_000_000_000) {
        prop_assume!(!subject.trim().is_empty());
        let written = serde_json::json!({
            "specversion": "1.0", "type": "t", "id": "1", "source": "s", "subject": subject,
            "time": Instant(start).to_string(), "data": {"product": "p", "duration_seconds": seconds},
        });
        let found = read(&written.to_string());
        prop_assert_eq!(&found.rejected, &[]);
        let one = &found.events[0];
        prop_assert_eq!(one.subject.as_str(), subject.trim());
        prop_assert_eq!((one.opened, one.closed), (Instant(start), Some(Instant(start + seconds))));
    }
}

/// Bytes from nowhere, mixed with events and pieces of JSON.
fn part() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: [&str; 12] =
        ["[", "]", "{", "}", ",", "\n", "\"", "\\", "{}", "[{}]", " ", "null"];
    prop_oneof![
        4 => prop::sample::select(PIECES.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => "[0-9]".prop_map(|id| event(&id, "").into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ]
}

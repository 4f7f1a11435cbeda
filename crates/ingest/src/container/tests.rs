//! Every trap of a container, made here and opened as a user's file is.

use super::*;
use std::io::Cursor;

mod bombs;
mod make;
mod workbook;

use make::{gzip, patched, zip};

/// What comes of a file: its bytes, those of its members, or the fault.
fn told(bytes: &[u8], limits: &Limits) -> Result<Vec<(String, String)>, Fault> {
    let text = |reader: &mut dyn Read| {
        let mut bytes = Vec::new();
        let read = reader.read_to_end(&mut bytes);
        read.map_err(|error| Fault::of(&error).cloned().expect("a fault"))?;
        Ok(String::from_utf8(bytes).unwrap())
    };
    match open("file", Cursor::new(bytes), limits)? {
        Contents::Plain(mut plain) => Ok(vec![("plain".to_owned(), text(&mut plain)?)]),
        Contents::Gzip(mut gzip) => Ok(vec![("gzip".to_owned(), text(&mut gzip)?)]),
        Contents::Zip(archive) => {
            let names: Vec<String> = archive.names().map(str::to_owned).collect();
            let read = |name: String| Ok((name.clone(), text(&mut archive.member(&name)?)?));
            names.into_iter().map(read).collect()
        }
        Contents::Workbook(_) => panic!("a workbook"),
    }
}

fn check(bytes: &[u8], expected: &[(&str, &str)]) {
    let found = told(bytes, &Limits::default()).unwrap();
    let found: Vec<(&str, &str)> = found.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn refused(bytes: &[u8], limits: &Limits, expected: &str) {
    let fault = told(bytes, limits).expect_err("a fault");
    assert_eq!(fault.to_string(), expected);
}

const CSV: &str = "Day used,Tokens used\n2026-01-05,7\n";

#[test]
fn a_plain_file_is_read_from_its_first_byte() {
    check(CSV.as_bytes(), &[("plain", CSV)]);
    check(b"", &[("plain", "")]);
}

#[test]
fn gzip_is_unpacked_its_parts_as_one_file() {
    let two = [gzip(CSV.as_bytes()), gzip(b"2026-01-06,9\n")].concat();
    check(&two, &[("gzip", &format!("{CSV}2026-01-06,9\n"))]);
}

#[test]
fn a_zip_tells_its_files_by_name_and_nothing_else() {
    let members: &[(&str, &[u8], bool)] = &[
        ("2026/june.csv", CSV.as_bytes(), true),
        ("notes.txt", b"as stored", false),
        ("2026/", b"", false),
        ("__MACOSX/2026/._june.csv", b"\0\x05", true),
        ("../../etc/passwd", b"a name, no path", true),
    ];
    let expected = [
        ("2026/june.csv", CSV),
        ("notes.txt", "as stored"),
        ("../../etc/passwd", "a name, no path"),
    ];
    check(&zip(members), &expected);
}

#[test]
fn an_empty_zip_has_no_files() {
    check(&zip(&[]), &[]);
}

#[test]
fn a_missing_member_is_told_with_those_there_are() {
    let bytes = zip(&[("a.csv", b"1", false)]);
    let Ok(Contents::Zip(archive)) = open("june.zip", Cursor::new(&bytes), &Limits::default())
    else {
        panic!("no zip")
    };
    let fault = archive.member("b.csv").err().unwrap();
    assert_eq!(fault.to_string(), "june.zip: there is no `b.csv` in it; there are `a.csv`");
}

#[test]
fn a_cut_file_and_a_damaged_one_are_told_apart() {
    let limits = Limits::default();
    let cut = "it ends too early; copy or download it again, until its size is the sender's";
    let packed = gzip(CSV.as_bytes());
    refused(&packed[..packed.len() - 5], &limits, &format!("file: {cut}"));
    refused(&packed[..12], &limits, &format!("file: {cut}"));
    let whole = zip(&[("a.csv", CSV.as_bytes(), true)]);
    refused(&whole[..whole.len() - 30], &limits, &format!("file: {cut}"));

    let again = "copy or download it again, or ask for a new export";
    let mut bad = packed.clone();
    let last = bad.len() - 6;
    bad[last] ^= 1;
    let fault = told(&bad, &limits).unwrap_err();
    assert_eq!((fault.code(), fault.help().as_str()), ("container-damaged", again));
    for place in [45, 60] {
        let mut bad = whole.clone();
        bad[place] ^= 1;
        let fault = told(&bad, &limits).unwrap_err();
        assert_eq!(fault.code(), "container-damaged", "byte {place}");
        assert_eq!(fault.member.as_deref(), Some("a.csv"));
    }
}

#[test]
fn an_encrypted_member_is_told_from_a_damaged_one() {
    let bytes = patched(zip(&[("a.csv", CSV.as_bytes(), true)]), make::FLAGS, 1);
    let expected = "file: a.csv: it is encrypted; save it without a password, and import that";
    refused(&bytes, &Limits::default(), expected);
}

#[test]
fn a_method_that_is_not_read_is_named() {
    let bytes = patched(zip(&[("a.csv", CSV.as_bytes(), true)]), make::METHOD, 9);
    let expected = "file: a.csv: it is packed by method 9, which is not read; \
        pack it again as an ordinary zip (Deflate) or with gzip, or import it unpacked";
    refused(&bytes, &Limits::default(), expected);
}

#[test]
fn other_containers_are_named() {
    for (bytes, name) in [
        (b"\x28\xb5\x2f\xfd    ", "zstd"),
        (b"BZh91AY&", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
    ] {
        let expected = format!(
            "file: it is packed with {name}, which is not read; unpack it, and import what is in it"
        );
        refused(bytes, &Limits::default(), &expected);
    }
}

#[test]
fn two_members_of_one_name_are_refused() {
    let bytes = zip(&[("a.csv", b"1", false), ("a.csv", b"2", false)]);
    let expected = "file: a.csv: two of its members have this name; pack it again, each file once";
    refused(&bytes, &Limits::default(), expected);
}

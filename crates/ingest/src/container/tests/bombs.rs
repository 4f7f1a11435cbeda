//! Files that are small and cost everything: each cap stops one, before what it bounds is spent.

use super::make::{doubled, gzip, patched, zip};
use super::*;

/// Reads a hostile file, and how many bytes came out of it before it was refused.
fn unpacked(bytes: &[u8], limits: &Limits) -> (u64, Fault) {
    let mut count = 0;
    let mut buffer = vec![0; 1 << 16];
    let mut drain = |reader: &mut dyn Read| loop {
        match reader.read(&mut buffer) {
            Ok(0) => panic!("read whole"),
            Ok(read) => count += read as u64,
            Err(error) => return Fault::of(&error).cloned().unwrap(),
        }
    };
    let fault = match open("file", Cursor::new(bytes), limits) {
        Err(fault) => fault,
        Ok(Contents::Gzip(mut gzip)) => drain(&mut gzip),
        Ok(Contents::Zip(archive)) => {
            let name = archive.names().next().unwrap().to_owned();
            let member = archive.member(&name);
            member.map_or_else(|fault| fault, |mut member| drain(&mut member))
        }
        Ok(_) => panic!("no container"),
    };
    (count, fault)
}

/// 64 MiB of nothing, a thousandth of that packed.
fn nothing() -> Vec<u8> {
    vec![0; 64 << 20]
}

#[test]
fn a_bomb_of_gzip_is_refused_early() {
    let (count, fault) = unpacked(&gzip(&nothing()), &Limits::default());
    assert_eq!(fault.problem, Problem::Ratio(200));
    assert!(count <= 17 << 20, "{count} bytes came out");
    assert_eq!(
        fault.to_string(),
        "file: it unpacks to more than 200 times its size; do not trust it unless you made it; then import the files unpacked"
    );
}

#[test]
fn a_bomb_of_zip_is_refused_before_its_first_byte() {
    let (count, fault) = unpacked(&zip(&[("a.csv", &nothing(), true)]), &Limits::default());
    assert_eq!((count, fault.problem), (0, Problem::Ratio(200)));
}

#[test]
fn a_bomb_that_lies_about_its_size_is_refused_where_the_lie_ends() {
    let mut bytes = zip(&[("a.csv", &nothing(), true)]);
    let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&1_000_000_u32.to_le_bytes());
    let (count, fault) = unpacked(&bytes, &Limits::default());
    assert_eq!(fault.code(), "container-damaged");
    assert!(count <= 1_100_000, "{count} bytes came out");
}

#[test]
fn small_files_of_one_repeated_row_are_honest() {
    let text = "2016-01-01,Fusion 360,0.0\n".repeat(100_000);
    assert_eq!(told(&gzip(text.as_bytes()), &Limits::default()).unwrap()[0].1.len(), text.len());
}

#[test]
fn bytes_are_capped() {
    let limits = Limits { unpacked_bytes_max: 1_000, ..Limits::default() };
    let text = [b'x'; 1_001];
    let expected = Problem::TooMany(1_000, "bytes unpacked");
    for bytes in [gzip(&text), zip(&[("a", &text, true)]), zip(&[("a", &text, false)])] {
        assert_eq!(unpacked(&bytes, &limits).1.problem, expected);
    }
    assert!(told(&gzip(&text[..1_000]), &limits).is_ok());
}

#[test]
fn members_are_capped() {
    let limits = Limits { members_max: 2, ..Limits::default() };
    let three: &[(&str, &[u8], bool)] = &[("a", b"", false), ("b", b"", false), ("c", b"", false)];
    assert!(told(&zip(&three[..2]), &limits).is_ok());
    let expected = "file: it has more than 2 members; divide it, and import the parts";
    refused(&zip(three), &limits, expected);
}

#[test]
fn members_that_share_bytes_are_refused() {
    let bytes = doubled(&zip(&[("a.csv", CSV.as_bytes(), true)]), "b.csv");
    let fault = told(&bytes, &Limits::default()).unwrap_err();
    assert_eq!(fault.problem, Problem::Overlap);
}

#[test]
fn a_container_within_a_container_is_refused_by_its_bytes() {
    let inner = zip(&[("a.csv", CSV.as_bytes(), true)]);
    let limits = Limits::default();
    let help = "unpack it, and import what is in it";
    let named = zip(&[("june.csv", &inner, true)]);
    refused(&named, &limits, &format!("file: june.csv: there is a file of zip within it; {help}"));
    let expected = format!("file: there is a file of gzip within it; {help}");
    refused(&gzip(&gzip(b"x")), &limits, &expected);
}

#[test]
fn any_flags_and_methods_are_read_or_refused() {
    let bytes = zip(&[("a.csv", CSV.as_bytes(), true), ("b", b"b", false)]);
    for value in 0..=255 {
        for places in [[6, 8], [8, 10], [26, 28], [28, 30], [22, 24], [18, 20], [42, 42]] {
            let _ = told(&patched(bytes.clone(), places, value), &Limits::default());
        }
    }
}

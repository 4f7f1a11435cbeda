//! Files of an estate and reports of the vendor, of any bytes: rows or faults, never a panic.
#![no_main]

use faregate_ingest::estate::{FAULTS_MAX, Kind, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let mut reader = Reader::default();
    match Kind::ALL.get(usize::from(*first)) {
        Some(kind) => reader.csv(*kind, "fuzz.csv", rest),
        None => reader.toml("fuzz.toml", rest),
    }
    if let Err(faults) = reader.finish() {
        assert!(!faults.is_empty() && faults.len() <= FAULTS_MAX);
        assert!(faults.iter().all(|fault| fault.line > 0 && !fault.help.is_empty()));
    }
    let _ = faregate_ingest::vendor::read(rest);
});

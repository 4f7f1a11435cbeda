//! What it does is in `fuzz/entries.rs`.
#![no_main]

#[expect(dead_code, reason = "each target runs one of them")]
#[path = "../entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::tariff(bytes));

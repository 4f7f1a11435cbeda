//! Tariffs and feature tables of any text: an error or a value, never a panic.
#![no_main]

use faregate_ingest::features::FeatureTable;
use faregate_ingest::tariff::TariffFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(bad) = TariffFile::parse(text) {
        assert!(!bad.to_string().is_empty());
    }
    let mut table = FeatureTable::shipped();
    let before = table.families().len();
    if table.extend(text).is_err() {
        assert_eq!(table.families().len(), before, "a bad table changes nothing");
    }
});

//! An options file of any text: kept as it is, read the same when written again, merged once; everything else answers.
#![no_main]

use faregate_ingest::features::FeatureTable;
use faregate_ingest::options::conflicts::conflicts;
use faregate_ingest::options::echo::{Reader, agrees};
use faregate_ingest::options::effective::{Asker, effective_borrow};
use faregate_ingest::options::encoding::{decode, encode};
use faregate_ingest::options::explain::explain;
use faregate_ingest::options::policies::to_policies;
use faregate_ingest::options::region::{clashes, merge};
use faregate_ingest::options::{Name, OptionsFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (text, encoding) = decode(bytes);
    assert_eq!(encode(&text, encoding).as_deref(), Some(bytes));
    let file = OptionsFile::parse(&text);
    assert_eq!(file.render(), text);
    let written = OptionsFile::of(file.directives().map(|(_, directive)| directive.clone()));
    assert_eq!(OptionsFile::parse(&written.render()), written);
    if let Ok(merged) = merge(&text, &written) {
        assert_eq!(merge(&merged.text, &written).map(|again| again.text), Ok(merged.text));
    }
    if let Ok(name) = Name::new(&text) {
        assert!(!name.as_str().contains(['\n', '\r', '"', '#']));
    }
    let table = FeatureTable::shipped();
    let asker = Asker { user: "jo", host: "ws", ..Asker::default() };
    let _ = (conflicts(&file, &table), explain(&file, &table), clashes(&file), to_policies(&file, &table));
    let _ = effective_borrow(&file, "64300ACD_F", &asker);
    let mut reader = Reader::new("adskflex");
    reader.feed(bytes);
    for echo in reader.finish() {
        let _ = agrees(&file, &echo);
    }
});

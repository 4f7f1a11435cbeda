//! Whatever is in a file or a log: an answer, and never a panic or a wait.

use super::round_trip::hostile;
use super::*;
use crate::features::FeatureTable;
use crate::options::conflicts::conflicts;
use crate::options::echo::{Reader, agrees};
use crate::options::effective::{Asker, effective, effective_borrow};
use crate::options::explain::explain;
use crate::options::policies::to_policies;
use crate::options::region::{clashes, merge};
use proptest::prelude::*;

fn everything(text: &str) {
    let table = FeatureTable::shipped();
    let file = OptionsFile::parse(text);
    for finding in conflicts(&file, &table) {
        assert!(!finding.lines.is_empty() && !finding.help.is_empty());
    }
    let _ = (explain(&file, &table), clashes(&file));
    let policies = to_policies(&file, &table);
    assert_eq!(
        policies.text.matches("\nforbid (").count(),
        policies.text.matches("\n@id(").count()
    );
    let asker = Asker { user: "jo", host: "ws", ..Asker::default() };
    let _ = (effective(&file, "64300ACD_F", &asker), effective_borrow(&file, "G", &asker));
    let mut reader = Reader::new("adskflex");
    for line in text.lines() {
        reader.feed(format!("1:00:00 (adskflex) {line}\n").as_bytes());
    }
    reader.feed(text.as_bytes());
    for echo in reader.finish() {
        let _ = agrees(&file, &echo);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_has_an_answer(text in hostile(), other in "(.|\n){0,200}") {
        everything(&text);
        everything(&other);
    }
}

#[test]
fn large_files_end() {
    let table = FeatureTable::shipped();
    for line in [
        "INCLUDE 64300ACD_F GROUP G\n",
        "GROUP G a b c\n",
        "EXCLUDE 64300ACD_F USER u\n",
        "\\\n",
        "\"\n",
        "# faregate begin\n",
    ] {
        let text = line.repeat(50_000);
        let file = OptionsFile::parse(&text);
        let _ = (conflicts(&file, &table), explain(&file, &table));
        let _ = (to_policies(&file, &table), merge(&text, &file));
    }
    let line = "x".repeat(10_000_000);
    assert_eq!(OptionsFile::parse(&line).bad_lines().len(), 1);
}

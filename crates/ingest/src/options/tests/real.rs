//! Real files, where they are at hand.

use super::*;
use crate::features::FeatureTable;
use crate::options::conflicts::{Matter, conflicts};
use crate::options::echo::{Reader, agrees};
use crate::options::explain::explain;
use crate::options::region::merge;

fn real(file: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../../shared/data/flexnet/{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: no {path}");
    }
    bytes
}

#[test]
fn the_vendors_example() {
    let Some(bytes) = real("options-example.opt") else { return };
    let (text, _) = encoding::decode(&bytes);
    let file = OptionsFile::parse(&text);
    assert_eq!(file.render(), text);
    assert_eq!(file.bad_lines(), []);
    assert_eq!(file.directives().count(), 19);
    let table = FeatureTable::shipped();
    let found = conflicts(&file, &table);
    let matters: Vec<Matter> = found.iter().map(|finding| finding.matter).collect();
    // The vendor's own example names a GROUP as a HOST_GROUP.
    assert!(matters.contains(&Matter::NoGroup), "{found:?}");
    assert!(!matters.contains(&Matter::Unknown), "{found:?}");
    assert!(!explain(&file, &table).is_empty());
    assert!(merge(&text, &OptionsFile::default()).is_ok());
}

#[test]
fn the_echo_of_a_real_log() {
    let Some(bytes) = real("adskflex-v11.12-2016-options.log") else { return };
    let mut reader = Reader::new("adskflex");
    reader.feed(&bytes);
    let echoes = reader.finish();
    let echo = echoes.iter().find(|echo| echo.path.is_some()).unwrap();
    assert_eq!(echo.said.len(), 4);
    assert!(echo.unread.is_empty(), "{:?}", echo.unread);
    assert_eq!((echo.packages.len(), echo.packages["64300ACD_F"].len()), (2, 4));
    let file = "TIMEOUTALL 3600\nGROUP GROUP01 x\nRESERVE 10 85730ACD_2012_0F GROUP GROUP01\nINCLUDE_BORROW 85730ACD_2012_0F GROUP GROUP01\n";
    assert_eq!(agrees(&OptionsFile::parse(file), echo), []);
    let other = file.replace("10 ", "9 ");
    assert_eq!(agrees(&OptionsFile::parse(&other), echo).len(), 2);
}

#[test]
fn a_re_read_of_a_real_log() {
    let Some(bytes) = real("adskflex-v11.18-2022.log") else { return };
    let mut reader = Reader::new("adskflex");
    reader.feed(&bytes);
    let echoes = reader.finish();
    assert!(!echoes.is_empty());
    let unread: Vec<_> = echoes.iter().flat_map(|echo| &echo.unread).collect();
    assert!(unread.is_empty(), "{unread:?}");
    println!("{} echoes, {} features", echoes.len(), echoes.last().unwrap().served.len());
}

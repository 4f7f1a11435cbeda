use super::*;
use faregate_core::event::SessionId;
use std::path::{Path, PathBuf};

/// Every code, and what it means to whoever reads it in a script.
const CODES: [(Code, &str); 26] = [
    (Code::Failed, "anything without a code of its own; the message says what"),
    (Code::Usage, "the command line is wrong"),
    (Code::Input, "an input file cannot be read"),
    (Code::Data, "the data directory has no store, or has one already, or cannot be written to"),
    (Code::InUse, "another process uses the data directory"),
    (Code::Damaged, "the store is damaged"),
    (Code::Zone, "there is no such time zone"),
    (Code::Address, "the address cannot be listened on"),
    (Code::Findings, "`doctor`, `explain` or `options check` found something wrong"),
    (Code::Newer, "a newer release wrote the store"),
    (
        Code::Tariff,
        "a tariff cannot be used: unknown, overlapping dates, a negative rate, an unknown meter",
    ),
    (Code::Features, "a table of feature codes cannot be used"),
    (Code::Refused, "an order was refused: it contradicts what is true, or is not theirs to give"),
    (Code::Policy, "policies are not valid, or their cases fail"),
    (Code::Estate, "an estate file cannot be taken in; every fault is named with its line"),
    (
        Code::Options,
        "an options file, its plan or its settings cannot be used; nothing was written",
    ),
    (
        Code::Unverified,
        "nobody knows whether the licence server took the options file; it is written",
    ),
    (
        Code::NotTaken,
        "the licence server did not take the options file; the message says which one is in place",
    ),
    (Code::Empty, "a log, or another file to import, is empty"),
    (Code::Compressed, "a log is compressed"),
    (Code::Utf16, "a log is UTF-16"),
    (Code::Binary, "a log is binary, or is an encrypted report log"),
    (Code::Format, "a log, or another file to import, is of another format, or damaged"),
    (Code::Undated, "a log starts mid-stream: nothing in it says on which day"),
    (
        Code::Open,
        "a file to import leaves open what it means; the message names the option that says it",
    ),
    (Code::Map, "a map of a table cannot be used; every fault is named with its line"),
];

/// The table of `docs/reference/exit-codes.md`.
fn table() -> String {
    let rows = CODES.map(|(code, meaning)| (code as u8, meaning));
    let all = [(0, "all went well")].into_iter().chain(rows);
    let all = all.chain([(Code::Stopped as u8, "stopped by the operator")]);
    let rows: String = all.map(|(code, meaning)| format!("| {code} | {meaning} |\n")).collect();
    format!("| code | means |\n|---:|---|\n{rows}")
}

#[test]
fn the_reference_lists_every_code() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/exit-codes.md");
    let page = std::fs::read_to_string(page).unwrap_or_default();
    assert!(page.contains(&table()), "docs/reference/exit-codes.md lacks this table:\n{}", table());
}

#[test]
fn codes_are_distinct_and_in_the_table() {
    let mut numbers: Vec<u8> = CODES.iter().map(|(code, _)| *code as u8).collect();
    numbers.push(Code::Stopped as u8);
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    // A new code does not compile before it is counted here.
    let counted = |code: Code| match code {
        Code::Failed | Code::Usage | Code::Input | Code::Data | Code::InUse | Code::Damaged => 6,
        Code::Zone | Code::Address | Code::Findings | Code::Newer | Code::Tariff => 11,
        Code::Features | Code::Refused | Code::Policy | Code::Estate | Code::Empty => 16,
        Code::Compressed | Code::Utf16 | Code::Binary | Code::Format | Code::Undated => 21,
        Code::Options | Code::Unverified | Code::NotTaken => 24,
        Code::Open | Code::Map => 26,
        Code::Stopped => 27,
    };
    assert_eq!(numbers.len(), counted(Code::Stopped));
}

#[test]
fn every_failure_has_its_code() {
    let place = || PathBuf::from("data");
    let io = || std::io::Error::other("no");
    let store = |why: StoreError| Fault::from(Unusable::Store(place(), why));
    let table: [(Fault, Code); 14] = [
        (Unusable::Missing(place()).into(), Code::Data),
        (Unusable::Exists(place()).into(), Code::Data),
        (Unusable::Io(place(), io()).into(), Code::Data),
        (Unusable::InUse(place()).into(), Code::InUse),
        (store(StoreError::Newer { found: 9, known: 1 }), Code::Newer),
        (store(StoreError::Damaged("page 3".to_owned())), Code::Damaged),
        (StoreError::Full.into(), Code::Failed),
        (StoreError::Fenced { seq: 4 }.into(), Code::InUse),
        (Failure::ClockBehind { seconds: 400 }.into(), Code::Failed),
        (Failure::NoSession(SessionId(4)).into(), Code::Failed),
        (ImportError::Stopped.into(), Code::Stopped),
        (ImportError::Io { file: "a.log".to_owned(), why: io() }.into(), Code::Input),
        (ImportError::Failed(StoreError::Full.into()).into(), Code::Failed),
        (Fault::not_a_log("a.log", NotADebugLog::Unrecognised), Code::Format),
    ];
    for (fault, code) in table {
        assert_eq!(fault.code, code, "{fault:?}");
        assert!(!fault.message.is_empty() && !fault.message.ends_with('.'), "{fault:?}");
    }
}

#[test]
fn a_store_that_is_missing_is_begun_by_a_line_to_copy() {
    let check = |path: &str, command: &str| {
        let help = Fault::from(Unusable::Missing(PathBuf::from(path))).help;
        let expected =
            format!("create one with `{command}`, or name another directory with --data");
        assert_eq!(help, expected, "{path}");
    };
    check("faregate-data", "faregate init");
    check("./faregate-data", "faregate --data ./faregate-data init");
    check("/var/lib/faregate", "faregate --data /var/lib/faregate init");
    check("C:/Faregate_2/data", "faregate --data C:/Faregate_2/data init");
    if cfg!(unix) {
        check("our data", "faregate --data 'our data' init");
        check("$HOME", "faregate --data '$HOME' init");
        check("ana's", r"faregate --data 'ana'\''s' init");
    }
}

//! The fuzz targets without a fuzzer: every kept file, and some changed copies of each, through the same functions.
//!
//! `FAREGATE_FUZZ_MUTATIONS=5000 cargo test -p faregate-ingest --test fuzz` tries more; the variable is looked at when
//! the test is built. A failure names its file and number, from which the same bytes come again, and shows the bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

#[path = "../../../fuzz/entries.rs"]
mod entries;
#[path = "fuzz/mutate.rs"]
mod mutate;

use entries::{ALL, Entry};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// How many changed copies of each file.
const MUTATIONS: &str = match option_env!("FAREGATE_FUZZ_MUTATIONS") {
    Some(number) => number,
    None => "100",
};
/// Files that a test without a fuzzer has no time for.
const BYTES_MAX: u64 = 64 << 10;

/// The files that a target begins with, in the order of their names.
fn seeds(entry: &Entry) -> Vec<(String, Vec<u8>)> {
    let own = format!("fuzz/corpus/{}", entry.name);
    let directories = std::iter::once(own.as_str()).chain(entry.seeds.iter().copied());
    let mut paths: Vec<PathBuf> = directories
        .flat_map(|directory| {
            let path = Path::new(ROOT).join(directory);
            std::fs::read_dir(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        })
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file() && path.metadata().unwrap().len() <= BYTES_MAX)
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(ROOT).unwrap().display().to_string();
        (name, std::fs::read(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// Tries a target on its files and so many changed copies of each; the first failure, told.
fn tried(entry: &Entry, seeds: &[(String, Vec<u8>)], mutations: u64) -> Result<(), String> {
    for (place, (name, bytes)) in seeds.iter().enumerate() {
        let other = &seeds[(place + 1) % seeds.len()].1;
        for number in 0..=mutations {
            let changed = mutate::changed(name, bytes, other, number);
            let run = AssertUnwindSafe(|| (entry.run)(&changed));
            if let Err(panic) = catch_unwind(run) {
                let words = panic.downcast_ref::<String>().map(String::as_str);
                let words = words.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
                let shown = String::from_utf8_lossy(&changed).escape_debug().to_string();
                let shown: String = shown.chars().take(2_000).collect();
                return Err(format!(
                    "`{}` fails on {name}, mutation {number} ({} bytes): {words}\n{shown}",
                    entry.name,
                    changed.len()
                ));
            }
        }
    }
    Ok(())
}

fn check(name: &str) {
    let entry = ALL.iter().find(|entry| entry.name == name).unwrap();
    let files = seeds(entry);
    assert!(files.iter().any(|(file, _)| file.contains("corpus")), "no files for `{name}`");
    if let Err(told) = tried(entry, &files, MUTATIONS.parse().unwrap()) {
        panic!("{told}");
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*
        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

targets! {
    flexnet lmstat options estate staff tariff features vendor sheet usage mapping container cloudevents
}

#[test]
fn every_parser_has_a_target_a_corpus_and_a_test() {
    let manifest = std::fs::read_to_string(format!("{ROOT}/fuzz/Cargo.toml")).unwrap();
    for Entry { name, .. } in ALL {
        assert!(TESTED.contains(name), "`{name}` has no test here");
        let target = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&format!("path = \"{target}\"")), "fuzz/Cargo.toml: no `{name}`");
        let target = std::fs::read_to_string(format!("{ROOT}/fuzz/{target}")).unwrap();
        assert!(target.contains(&format!("entries::{name}(bytes)")), "`{name}` runs another");
    }
    for file in std::fs::read_dir(format!("{ROOT}/fuzz/corpus")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(TESTED.contains(&name.as_str()), "fuzz/corpus/{name} belongs to no target");
    }
}

#[test]
fn a_planted_panic_is_found_and_comes_again() {
    /// Fails where a digit was made of what was none: not on the file itself.
    fn planted(bytes: &[u8]) {
        assert!(!bytes.iter().any(u8::is_ascii_digit), "a planted panic");
    }
    let entry = Entry { name: "planted", run: planted, seeds: &[] };
    let files = [("a".to_owned(), b"no digit in here".to_vec())];
    assert_eq!(tried(&entry, &files, 0), Ok(()));
    let told = tried(&entry, &files, 2_000).unwrap_err();
    assert!(
        told.starts_with("`planted` fails on a, mutation ") && told.contains("a planted panic")
    );
    assert_eq!(tried(&entry, &files, 2_000), Err(told));
}

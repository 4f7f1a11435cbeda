//! Time, chance and the environment are arguments; pure code is total.

use super::arrows::PURE;
use super::{Tree, Violation};

/// Files, or directories, that may ask the machine for the time, a random number or a variable.
/// Examples and benchmarks may as well: people run them to see how long something takes.
const AMBIENT: &[&str] = &[
    "crates/agent/src/ambient.rs",
    "crates/bench/",
    "crates/faregate/src/ambient.rs",
    "xtask/src/host.rs",
    "xtask/src/tidy",
];

/// The lints that the head of a pure crate denies.
const TOTAL: &[&str] = &[
    "clippy::unwrap_used",
    "clippy::expect_used",
    "clippy::indexing_slicing",
    "clippy::arithmetic_side_effects",
    "clippy::panic",
];

/// Exceptions to `clippy.toml`'s forbidden methods stay in the files that are for them.
pub(super) fn ambient_exceptions(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["rs"]) {
        if is_ambient(&file.path) {
            continue;
        }
        for (number, line) in file.lines() {
            if line.contains("clippy::disallowed_methods") {
                let message = "an exception to the forbidden methods";
                let remedy = "take the time, number or setting as an argument";
                found.push(Violation::new(file, number, message, remedy));
            }
        }
    }
    found
}

fn is_ambient(path: &str) -> bool {
    let measures = path.contains("/examples/") || path.contains("/benches/");
    measures || AMBIENT.iter().any(|allowed| path.starts_with(allowed))
}

/// The pure crates refuse to panic.
pub(super) fn pure_headers(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for name in PURE {
        let Some(file) = tree.file(&format!("crates/{name}/src/lib.rs")) else {
            continue;
        };
        let denied = file.text.split("deny(").nth(1).unwrap_or_default();
        for lint in TOTAL.iter().filter(|lint| !denied.contains(**lint)) {
            let message = format!("the head of a pure crate does not deny `{lint}`");
            let remedy = "copy the `cfg_attr(not(test), deny(…))` of crates/core/src/lib.rs";
            found.push(Violation::new(file, 1, message, remedy));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn an_exception_elsewhere_is_caught() {
        let text = "\n#[expect(clippy::disallowed_methods, reason = \"no\")]\n";
        let files = [("crates/app/src/a.rs", text), ("crates/faregate/src/ambient.rs", text)];
        assert_eq!(places(ambient_exceptions, &Tree::planted(&files)), ["crates/app/src/a.rs:2"]);
    }

    #[test]
    fn a_missing_header_is_caught() {
        let whole = format!("#![cfg_attr(not(test), deny({}))]", TOTAL.join(","));
        let part = whole.replace("clippy::panic", "");
        let files = [("crates/core/src/lib.rs", &*whole), ("crates/ingest/src/lib.rs", &*part)];
        assert_eq!(places(pure_headers, &Tree::planted(&files)), ["crates/ingest/src/lib.rs:1"]);
    }
}

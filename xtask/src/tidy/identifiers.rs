//! Types and functions that the documents for developers name exist in the sources.

use std::collections::BTreeSet;

use super::claims::spans;
use super::{Tree, Violation};

/// The documents that speak of types and functions.
const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md"];

/// Where a name may be declared.
const SOURCES: &[&str] = &["rs", "ts", "tsx", "sql", "cedar", "toml", "json", "sh"];

/// Roots of paths that are not ours.
const FOREIGN: &[&str] = &["alloc", "clippy", "core", "crate", "self", "std", "super"];

/// A name in backticks is a word of the sources.
pub(super) fn document_identifiers(tree: &Tree) -> Vec<Violation> {
    let known = words(tree);
    let mut found = Vec::new();
    for file in DOCUMENTS.iter().filter_map(|path| tree.file(path)) {
        for (number, span) in spans(file) {
            for name in names(span).into_iter().filter(|name| !known.contains(name)) {
                let message = format!("`{name}` is not in the sources");
                found.push(Violation::new(file, number, message, "correct or drop the name"));
            }
        }
    }
    found
}

/// Every word of the sources outside comments, and the names of modules and crates.
fn words(tree: &Tree) -> BTreeSet<&str> {
    let code = tree.with_extension(SOURCES).flat_map(|file| {
        file.lines().map(|(_, line)| line).filter(|line| !is_comment(line)).flat_map(identifiers)
    });
    let paths = tree.files().iter().flat_map(|file| identifiers(&file.path));
    code.chain(paths).chain(FOREIGN.iter().copied()).collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn identifiers(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The names that a code span claims, or none when it is something else.
fn names(span: &str) -> Vec<&str> {
    let head = span.split('(').next().unwrap_or(span);
    let called = head.len() < span.len() && !head.is_empty();
    let code = head.chars().all(|c| c.is_alphanumeric() || "_:<>,& '!".contains(c));
    let single = !head.contains(' ') || head.contains('<');
    if !code || !single || head.starts_with('<') || head.ends_with(':') {
        return Vec::new();
    }
    let claim = called || head.contains("::") || identifiers(head).any(is_name);
    let ours = |name: &&str| name.chars().any(char::is_lowercase) && name.len() > 1;
    if claim { identifiers(head).filter(ours).collect() } else { Vec::new() }
}

/// Whether a word is written as only a type or a function is.
fn is_name(word: &str) -> bool {
    let camel = word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
    let snake = word.contains('_') && !word.contains(char::is_uppercase);
    camel || snake
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn names_are_told_from_words() {
        assert_eq!(names("Authorized<SpendTokens>"), ["Authorized", "SpendTokens"]);
        assert_eq!(names("Route::Refused"), ["Route", "Refused"]);
        assert_eq!(names("decide(estate, now)"), ["decide"]);
        assert_eq!(names("move_seats"), ["move_seats"]);
        for other in [
            "FAREGATE_URL",
            "cargo xtask tidy",
            "bucket-exhausted",
            "seat",
            "#[expect]",
            "<verb>_<noun>",
        ] {
            assert_eq!(names(other), Vec::<&str>::new(), "{other}");
        }
    }

    #[test]
    fn a_type_that_is_gone_is_caught() {
        let files = [
            (
                "ARCHITECTURE.md",
                "`Ledger` and `gate::decide`\n\n`Lodger`, `gate::refuse`, `old()`\n",
            ),
            ("crates/core/src/gate.rs", "pub fn decide(ledger: &Ledger) {}\n// Lodger, old\n"),
        ];
        let found = places(document_identifiers, &Tree::planted(&files));
        assert_eq!(found, ["ARCHITECTURE.md:3"; 3]);
    }
}

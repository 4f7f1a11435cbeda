//! `cargo xtask tidy`: the rules of the repository that no other tool checks.
//!
//! A rule is one function from the [`Tree`] to its violations; it reads nothing else, so that each
//! has a test that plants a violation and sees it caught. To add a rule: write it in the file of its
//! subject, with that test, and name it in [`RULES`].

mod ambient;
mod arrows;
mod claims;
mod identifiers;
mod layout;
mod leaks;
mod snapshots;
mod suites;
mod tree;

use std::fmt;

use anyhow::Result;

use crate::host::Host;
pub use tree::{File, Package, Tree};

/// A broken rule, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the root.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

impl Violation {
    fn new(file: &File, line: usize, message: impl Into<String>, remedy: &'static str) -> Self {
        Self { path: file.path.clone(), line, message: message.into(), remedy }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n  help: {}", self.path, self.line, self.message, self.remedy)
    }
}

/// A rule of the repository.
pub type Rule = fn(&Tree) -> Vec<Violation>;

/// Every rule, by name.
pub const RULES: &[(&str, Rule)] = &[
    ("crate-arrows", arrows::crate_arrows),
    ("crate-owners", arrows::crate_owners),
    ("pure-manifests", arrows::pure_manifests),
    ("pure-headers", ambient::pure_headers),
    ("ambient-exceptions", ambient::ambient_exceptions),
    ("document-paths", claims::document_paths),
    ("document-crates", claims::document_crates),
    ("document-links", claims::document_links),
    ("document-identifiers", identifiers::document_identifiers),
    ("function-lengths", layout::function_lengths),
    ("file-lengths", layout::file_lengths),
    ("module-files", layout::module_files),
    ("whitespace", layout::whitespace),
    ("sleeping-tests", suites::sleeping_tests),
    ("ignored-tests", suites::ignored_tests),
    ("snapshots", snapshots::snapshots),
    ("machine-paths", leaks::machine_paths),
    ("registry-hosts", leaks::registry_hosts),
    ("large-files", leaks::large_files),
];

/// Checks the tree and prints what it finds; whether it is tidy.
pub fn run(host: &Host) -> Result<bool> {
    let tree = Tree::read(host)?;
    let mut found = 0;
    for (name, rule) in RULES {
        let mut violations = rule(&tree);
        violations.sort();
        found += violations.len();
        for violation in violations {
            println!("{violation} [{name}]");
        }
    }
    println!("tidy: {} rules, {} files, {found} violations", RULES.len(), tree.files().len());
    Ok(found == 0)
}

#[cfg(test)]
fn places(rule: Rule, tree: &Tree) -> Vec<String> {
    rule(tree).iter().map(|found| format!("{}:{}", found.path, found.line)).collect()
}

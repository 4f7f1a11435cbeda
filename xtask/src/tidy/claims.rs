//! What documents claim to exist: paths, crates, links.

use super::{File, Tree, Violation};
use crate::markdown;

/// Top directories; a code span that begins with one is a path of this repository.
const ROOTS: &[&str] =
    &[".cargo", ".ci", "crates", "deploy", "docs", "policies", "tests", "tools", "web", "xtask"];

/// Paths that a build makes.
const GENERATED: &[&str] =
    &["web/dist", "web/node_modules", "web/playwright-report", "web/test-results"];

/// Names that look like a crate's and are not.
const NOT_CRATES: &[&str] = &["faregate-data"];

/// The documents whose claims are checked.
pub(super) fn documents(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.with_extension(&["md"]).filter(|file| {
        let top = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];
        file.path.starts_with("docs/") || top.contains(&file.path.as_str())
    })
}

/// Every code span of a document with its line.
pub(super) fn spans(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let lines = markdown::prose(&file.text).into_iter();
    lines
        .flat_map(|(number, line)| markdown::code_spans(line).into_iter().map(move |s| (number, s)))
}

/// A path in backticks exists.
pub(super) fn document_paths(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in documents(tree) {
        for (number, span) in spans(file) {
            for word in span.split_whitespace().filter(|word| !path_exists(tree, word)) {
                let message = format!("no such path: `{word}`");
                found.push(Violation::new(file, number, message, "correct or drop the path"));
            }
        }
    }
    found
}

/// Whether a word is no path of this repository, or one that exists.
fn path_exists(tree: &Tree, word: &str) -> bool {
    let word = word.trim_start_matches("./").trim_end_matches([',', ';', '.']);
    let word = word.split(':').next().unwrap_or(word);
    let root = word.split_once('/').map(|(root, _)| root);
    if GENERATED.iter().any(|made| word.starts_with(made)) {
        true
    } else if root.is_some_and(|root| ROOTS.contains(&root)) {
        tree.has(fixed_part(word))
    } else if is_source(word) {
        let tail = format!("/{word}");
        tree.files().iter().any(|file| file.path == word || file.path.ends_with(&tail))
    } else {
        true
    }
}

/// A bare file name that only this repository would have.
fn is_source(word: &str) -> bool {
    let plain = !word.starts_with(['/', '~']) && !word.contains(['*', '<', '…']);
    let root_document = word.ends_with(".md") && word.starts_with(char::is_uppercase);
    plain && (root_document || word.ends_with(".rs"))
}

/// The part of a path before its first wildcard or placeholder.
fn fixed_part(word: &str) -> &str {
    let wild = word.find(['*', '<', '{', '[', '…', '(']).or_else(|| word.find("NNNN"));
    wild.map_or(word, |at| word[..at].rsplit_once('/').map_or("", |(parent, _)| parent))
}

/// A crate named in backticks exists.
pub(super) fn document_crates(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in documents(tree) {
        for (number, span) in spans(file) {
            for word in span.split_whitespace().filter(|word| !crate_exists(tree, word)) {
                let message = format!("no such crate: `{word}`");
                found.push(Violation::new(file, number, message, "correct or drop the name"));
            }
        }
    }
    found
}

fn crate_exists(tree: &Tree, word: &str) -> bool {
    let Some(name) = word.strip_prefix("faregate-") else {
        return true;
    };
    let other = name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    other
        || NOT_CRATES.contains(&word)
        || name == "web"
        || tree.packages().iter().any(|package| package.name == name)
}

/// A relative link leads to a file, and its anchor to a heading.
pub(super) fn document_links(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["md"]) {
        for (number, line) in markdown::prose(&file.text) {
            for target in markdown::links(line).into_iter().filter(|to| !leads(tree, file, to)) {
                let message = format!("the link `{target}` leads nowhere");
                found.push(Violation::new(file, number, message, "correct the path or the anchor"));
            }
        }
    }
    found
}

fn leads(tree: &Tree, from: &File, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() { from.path.clone() } else { resolve(&from.path, path) };
    let has_anchor = |file: &File| {
        anchor.is_empty() || markdown::anchors(&file.text).iter().any(|slug| slug == anchor)
    };
    tree.file(&path).map_or_else(|| anchor.is_empty() && tree.has(&path), has_anchor)
}

/// The path that a link in the document `from` means.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    fn tree(text: &str) -> Tree {
        let files = [
            ("docs/guides/a.md", text),
            ("crates/core/src/when.rs", ""),
            ("docs/adr/0001-b.md", "# The title\n"),
        ];
        Tree::planted(&files).with_package("core", &[])
    }

    #[test]
    fn a_path_that_is_gone_is_caught() {
        let good =
            "`crates/core/src/when.rs:4` `when.rs` `docs/adr/NNNN-*.md` `/v1/x.rs` `web/dist`";
        assert!(places(document_paths, &tree(good)).is_empty());
        for bad in ["crates/core/src/then.rs", "cat crates/gone", "then.rs", "tests/x/*.txt"] {
            let text = format!("# A\n\nsee `{bad}`\n");
            assert_eq!(places(document_paths, &tree(&text)), ["docs/guides/a.md:3"], "{bad}");
        }
    }

    #[test]
    fn a_crate_that_is_gone_is_caught() {
        let text = "`faregate-core` `faregate-data`\n`cargo test -p faregate-gone`\n";
        assert_eq!(places(document_crates, &tree(text)), ["docs/guides/a.md:2"]);
    }

    #[test]
    fn a_dead_link_is_caught() {
        let text = "[a](../adr/0001-b.md#the-title) [b](https://example.com) [c](#top)\n# Top\n";
        assert!(places(document_links, &tree(text)).is_empty());
        for bad in ["../adr/0002-c.md", "../adr/0001-b.md#no-title", "#nowhere"] {
            assert_eq!(places(document_links, &tree(&format!("[x]({bad})"))).len(), 1, "{bad}");
        }
    }

    #[test]
    fn blocks_are_not_claims() {
        assert!(places(document_paths, &tree("```sh\n`crates/gone`\n```\n")).is_empty());
    }
}

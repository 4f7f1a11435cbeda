//! Every snapshot belongs to a test that exists.

use super::{File, Tree, Violation};

/// A snapshot names its source, and the source names the snapshot.
pub(super) fn snapshots(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["snap"]).filter(|file| file.text.starts_with("---\n")) {
        if !is_referenced(tree, file) {
            let message = format!("no test makes the snapshot `{}`", name(file));
            found.push(Violation::new(file, 1, message, "delete it, or restore its test"));
        }
    }
    found
}

fn is_referenced(tree: &Tree, file: &File) -> bool {
    let source = file.lines().find_map(|(_, line)| line.strip_prefix("source: "));
    let source = source.and_then(|path| tree.file(path.trim().trim_matches('"')));
    let name = name(file);
    let counted = name.rsplit_once('-').filter(|(_, n)| n.chars().all(|c| c.is_ascii_digit()));
    let names = [Some(name), counted.map(|(name, _)| name)];
    source.is_some_and(|source| {
        names.into_iter().flatten().any(|name| {
            let forms = [format!("fn {name}("), format!("fn test_{name}("), format!("\"{name}\"")];
            forms.iter().any(|form| source.text.contains(form))
        })
    })
}

/// The snapshot's name: what follows the module path, without a suffix.
fn name(file: &File) -> &str {
    let stem = file.name().trim_end_matches(".snap");
    let stem = stem.rsplit("__").next().unwrap_or(stem);
    stem.split('@').next().unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn an_orphan_is_caught() {
        let head = "---\nsource: crates/a/tests/b.rs\nexpression: x\n---\nx\n";
        let files = [
            ("crates/a/tests/b.rs", "fn kept() {}\nassert_snapshot!(\"named\", x);\n"),
            ("crates/a/tests/snapshots/b__kept.snap", head),
            ("crates/a/tests/snapshots/b__kept-2.snap", head),
            ("crates/a/tests/snapshots/b__named@one.snap", head),
            ("crates/a/tests/snapshots/b__orphan.snap", head),
            ("crates/a/tests/snapshots/c__kept.snap", &head.replace("b.rs", "c.rs")),
        ];
        let expected = [
            "crates/a/tests/snapshots/b__orphan.snap:1",
            "crates/a/tests/snapshots/c__kept.snap:1",
        ];
        assert_eq!(places(snapshots, &Tree::planted(&files)), expected);
    }
}

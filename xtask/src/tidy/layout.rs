//! Lengths of functions and files, names of module files, whitespace.

use super::{File, Tree, Violation};

/// Nine files in ten are no longer than this.
const LINES_USUAL: usize = 500;
/// No file is longer than this.
const LINES_MAX: usize = 1_000;
/// Files longer than [`LINES_USUAL`] that are allowed, as a share: one in this many.
const LONG_ONE_IN: usize = 10;

const RATCHET: &str = "xtask/ratchet.toml";

/// Text that is written by hand, where white space at the end of a line is a slip.
const WRITTEN: &[&str] =
    &["rs", "md", "toml", "sh", "ts", "tsx", "css", "html", "sql", "cedar", "yml", "yaml"];

// Split, so that this file does not break its own rule.
const LINT: &str = concat!("clippy::", "too_many_lines");

/// Exceptions to the length of functions are counted, and only fall.
pub(super) fn function_lengths(tree: &Tree) -> Vec<Violation> {
    let found = tree.with_extension(&["rs"]).flat_map(|file| {
        let attributes = attributes_of(&file.text, LINT).into_iter();
        attributes.map(move |(attribute, line)| (attribute, file, line))
    });
    let (expected, others): (Vec<_>, Vec<_>) = found.partition(|(name, _, _)| *name == "expect");
    let remedy = "use `#[expect(…, reason = \"…\")]`, which is counted";
    let silent = others.into_iter().filter(|(name, _, _)| *name == "allow");
    let silent = silent.map(|(_, file, at)| Violation::new(file, at, "an `allow`", remedy));
    silent.chain(ratchet(tree, &expected)).collect()
}

/// The attributes that name a lint, each with its line, though it may be spread over several.
fn attributes_of<'a>(text: &'a str, lint: &str) -> Vec<(&'a str, usize)> {
    let attribute = |(at, _)| {
        let before = &text[..at];
        let open = before.rfind("#[").into_iter().chain(before.rfind("#![")).max()?;
        let (name, inside) = before[open..].split_once('(')?;
        let name = name.trim_start_matches(['#', '!', '[']);
        (!inside.contains([')', '"'])).then_some((name, before[..open].lines().count() + 1))
    };
    text.match_indices(lint).filter_map(attribute).collect()
}

fn ratchet(tree: &Tree, expected: &[(&str, &File, usize)]) -> Option<Violation> {
    let file = tree.file(RATCHET)?;
    let kept = file.lines().find_map(|(number, line)| {
        let count = line.strip_prefix("too_many_lines = ")?;
        Some((number, count.trim().parse().unwrap_or(0)))
    });
    let (number, limit) = kept.unwrap_or((1, 0));
    let count = expected.len();
    match (count.cmp(&limit), expected.last()) {
        (std::cmp::Ordering::Greater, Some((_, long, at))) => {
            let message = format!("{count} functions over the limit, {limit} are allowed");
            Some(Violation::new(long, *at, message, "split the function"))
        }
        (std::cmp::Ordering::Less, _) => {
            let message = format!("{limit} long functions allowed, {count} exist");
            Some(Violation::new(file, number, message, "lower the number"))
        }
        _ => None,
    }
}

/// Files are short: most of them, and all of them.
pub(super) fn file_lengths(tree: &Tree) -> Vec<Violation> {
    let sources: Vec<&File> = tree.with_extension(&["rs"]).filter(|file| counts(file)).collect();
    let lines = |file: &File| file.text.lines().count();
    let long: Vec<&File> = sources.iter().copied().filter(|f| lines(f) > LINES_USUAL).collect();
    let too_many = long.len() * LONG_ONE_IN > sources.len();
    let broken = long.into_iter().filter(|file| too_many || lines(file) > LINES_MAX);
    let remedy = "split it by subject: `foo.rs` and `foo/`";
    let message = |file: &File| {
        let limit = if lines(file) > LINES_MAX { LINES_MAX } else { LINES_USUAL };
        format!("{} lines, over {limit}", lines(file))
    };
    broken.map(|file| Violation::new(file, lines(file), message(file), remedy)).collect()
}

/// Tests and generated files may be long.
fn counts(file: &File) -> bool {
    let tests = file.path.contains("/tests/") || file.name().ends_with("tests.rs");
    let generated = file.lines().take(3).any(|(_, line)| line.contains("@generated"));
    !tests && !generated
}

/// A module's file has its name.
pub(super) fn module_files(tree: &Tree) -> Vec<Violation> {
    let named = tree.files().iter().filter(|file| file.name() == "mod.rs");
    let remedy = "name it after its directory: `foo.rs` beside `foo/`";
    named.map(|file| Violation::new(file, 1, "a module's file has its name", remedy)).collect()
}

/// No white space at the end of a line, one line feed at the end of a file.
pub(super) fn whitespace(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(WRITTEN).filter(|file| !file.path.contains("/fixtures/")) {
        let text = file.text.split_terminator('\n').enumerate();
        for (index, _) in text.filter(|(_, line)| line.ends_with([' ', '\t', '\r'])) {
            let message = "white space at the end of the line";
            found.push(Violation::new(file, index + 1, message, "remove it"));
        }
        let end = file.text.lines().count();
        if !file.text.is_empty() && (!file.text.ends_with('\n') || file.text.ends_with("\n\n")) {
            let message = "a file ends with one line feed";
            found.push(Violation::new(file, end, message, "add or remove empty lines"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn the_ratchet_only_falls() {
        let found = |limit: &str, text: &str| {
            let tree = Tree::planted(&[(RATCHET, limit), ("a.rs", text)]);
            places(function_lengths, &tree)
        };
        let long = &format!("fn a() {{}}\n#[expect(\n    {LINT},\n    reason = \"table\"\n)]\n");
        assert!(found("too_many_lines = 1\n", long).is_empty());
        assert_eq!(found("too_many_lines = 0\n", long), ["a.rs:2"]);
        assert_eq!(found("# why\ntoo_many_lines = 2\n", long), ["xtask/ratchet.toml:2"]);
        assert_eq!(found("too_many_lines = 0\n", &long.replace("expect", "allow")), ["a.rs:2"]);
    }

    #[test]
    fn a_long_file_is_caught() {
        let (long, longest) = ("x\n".repeat(501), "x\n".repeat(1_001));
        let short: Vec<String> = (0..19).map(|n| format!("s{n}.rs")).collect();
        let mut files: Vec<(&str, &str)> =
            short.iter().map(|name| (name.as_str(), "x\n")).collect();
        files.push(("crates/a/tests/long.rs", &longest));
        files.push(("long.rs", &long));
        assert!(places(file_lengths, &Tree::planted(&files)).is_empty());
        files.push(("longest.rs", &longest));
        assert_eq!(places(file_lengths, &Tree::planted(&files)), ["longest.rs:1001"]);
        assert_eq!(places(file_lengths, &Tree::planted(&files[19..])).len(), 2);
    }

    #[test]
    fn a_module_file_is_caught() {
        let tree = Tree::planted(&[("crates/a/src/mod.rs", ""), ("crates/a/src/model.rs", "")]);
        assert_eq!(places(module_files, &tree), ["crates/a/src/mod.rs:1"]);
    }

    #[test]
    fn whitespace_is_caught() {
        let text = |text| places(whitespace, &Tree::planted(&[("a.md", text)]));
        assert!(text("a\n\nb\n").is_empty() && text("").is_empty());
        assert_eq!(text("a\nb \n"), ["a.md:2"]);
        assert_eq!(text("a\r\nb\n"), ["a.md:1"]);
        assert_eq!(text("a"), ["a.md:1"]);
        assert_eq!(text("a\n\n"), ["a.md:2"]);
    }
}

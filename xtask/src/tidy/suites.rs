//! Tests neither wait nor hide.

use super::{File, Tree, Violation};

// Split, so that this file does not break its own rules.
const WAIT: &str = concat!("waitFor", "Timeout(");
const SLEEP: &str = concat!("sle", "ep(");
const IGNORED: &str = concat!("#[", "ignore");
const HIDDEN: &[&str] = &[concat!(".sk", "ip("), concat!(".on", "ly("), concat!(".fix", "me(")];

/// No test waits for time to pass.
pub(super) fn sleeping_tests(tree: &Tree) -> Vec<Violation> {
    let rust = tree.with_extension(&["rs"]).flat_map(|file| {
        let lines = test_lines(file).into_iter().filter(|(_, line)| calls(line, SLEEP));
        lines.map(move |(number, _)| (file, number))
    });
    let web = tree.with_extension(&["ts", "tsx"]).flat_map(|file| {
        let lines = file.lines().filter(|(_, line)| line.contains(WAIT));
        lines.map(move |(number, _)| (file, number))
    });
    let remedy = "step a clock that the code takes, or await the condition itself";
    rust.chain(web).map(|(file, at)| Violation::new(file, at, "a test waits", remedy)).collect()
}

/// No test is switched off.
pub(super) fn ignored_tests(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.with_extension(&["rs", "ts", "tsx"]) {
        for (number, _) in file.lines().filter(|(_, line)| is_off(file, line)) {
            let message = "a test is switched off";
            found.push(Violation::new(file, number, message, "make it pass, or delete it"));
        }
    }
    found
}

fn is_off(file: &File, line: &str) -> bool {
    let line = line.trim_start();
    let starts = ["test", "it", "describe"].iter().find_map(|word| line.strip_prefix(word));
    let hidden = starts.is_some_and(|rest| HIDDEN.iter().any(|call| rest.starts_with(call)));
    line.starts_with(IGNORED) || (file.extension() != "rs" && hidden)
}

/// Whether a line calls the function of this name, whatever path stands before it.
fn calls(line: &str, call: &str) -> bool {
    let starts = |(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    !line.trim_start().starts_with("//") && line.match_indices(call).any(starts)
}

/// The lines of a Rust file that are tests: all of a test file, else its test modules.
fn test_lines(file: &File) -> Vec<(usize, &str)> {
    let whole = file.path.contains("/tests/") || file.name() == "tests.rs";
    let (mut attribute, mut end, mut lines) = (false, None::<String>, Vec::new());
    for (number, line) in file.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        if attribute && line.trim_start().starts_with("mod ") && line.ends_with('{') {
            end = Some(format!("{indent}}}"));
        }
        attribute = line.trim_start().starts_with("#[cfg(test)]");
        if whole || end.is_some() {
            lines.push((number, line));
        }
        if end.as_deref() == Some(line) {
            end = None;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn a_sleeping_test_is_caught() {
        let sleep = format!("std::thread::{SLEEP}DAY);\n");
        let module = format!("{sleep}#[cfg(test)]\nmod tests {{\n    {sleep}}}\n{sleep}");
        let wait = format!("await page.{WAIT}500);\n");
        let files = [
            ("crates/a/src/lib.rs", &*module),
            ("crates/a/tests/b.rs", &*sleep),
            ("web/e2e/c.ts", &*wait),
            ("crates/a/src/d.rs", "fn oversleep(x: u8) {}\n"),
        ];
        let expected = ["crates/a/src/lib.rs:4", "crates/a/tests/b.rs:1", "web/e2e/c.ts:1"];
        assert_eq!(places(sleeping_tests, &Tree::planted(&files)), expected);
    }

    #[test]
    fn an_ignored_test_is_caught() {
        let rust = format!("#[test]\n{IGNORED} = \"slow\"]\n");
        let web = format!("  test{}'slow', () => {{}});\n", HIDDEN[0]);
        let files = [("a.rs", &*rust), ("web/b.test.ts", &*web), ("c.ts", "items.skip(1);\n")];
        let expected = ["a.rs:2", "web/b.test.ts:1"];
        assert_eq!(places(ignored_tests, &Tree::planted(&files)), expected);
    }
}

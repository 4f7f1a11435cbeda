//! `cargo xtask docs`: runs the commands that the documents show.
//!
//! A fenced block whose info string is `sh test` or `console test` is run, each document's blocks in
//! order by one shell, in an empty directory, with the built binaries first in the search path.
//! In a `console` block a command follows `$ `, a continuation follows `> `; other lines are output.
//! A document with `sh test lake` needs a build with the feature `lake`: it is run with the binary that the tests
//! are built with, since the one for release would take a quarter of an hour.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::ci::Outcome;
use crate::host::Host;
use crate::markdown::{Fence, fences};

/// The directories whose documents are run, besides README.md.
const DIRECTORIES: &[&str] = &["docs/start", "docs/guides"];

/// A document's commands may take this long, in all.
const SECONDS_MAX: u32 = 600;

/// Its one line, so that the commands keep the line numbers they have in the document.
const PRELUDE: &str = "set -eEu; trap 'kill $(jobs -p) 2>/dev/null || :' EXIT; \
    trap 'echo \"$DOCUMENT:$LINENO: failed: $BASH_COMMAND\" >&2' ERR";

/// Runs every document; whether all of them passed.
pub fn run(host: &Host) -> Result<bool> {
    match step(host) {
        Ok(Outcome::Skipped(reason)) => println!("skipped: {reason}"),
        Ok(Outcome::Passed) => {}
        Err(error) => {
            println!("{error:#}");
            return Ok(false);
        }
    }
    Ok(true)
}

/// The same as a step of `ci`.
pub(crate) fn step(host: &Host) -> Result<Outcome> {
    let scripts: Vec<(PathBuf, Script)> = documents(host)?
        .into_iter()
        .filter_map(|path| Some((path.clone(), script(&fs::read_to_string(path).ok()?)?)))
        .collect();
    if scripts.is_empty() {
        return Ok(Outcome::Skipped("no document has a tested block".to_owned()));
    }
    let failed = scripts.iter().filter(|(path, script)| match execute(host, path, script) {
        Ok(passed) => !passed,
        Err(error) => {
            println!("{error:#}");
            true
        }
    });
    let failed = failed.count();
    anyhow::ensure!(failed == 0, "{failed} of {} documents failed", scripts.len());
    Ok(Outcome::Passed)
}

fn documents(host: &Host) -> Result<Vec<PathBuf>> {
    let mut found = vec![host.root().join("README.md")];
    for directory in DIRECTORIES.iter().filter(|path| host.has(path)) {
        for entry in fs::read_dir(host.root().join(directory))? {
            found.push(entry?.path());
        }
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found.sort();
    Ok(found)
}

/// Where the binary is that runs a document.
fn binaries(host: &Host, has_lake: bool) -> Result<PathBuf> {
    let profiles: &[&str] = if has_lake { &["debug"] } else { &["release", "debug"] };
    let mut directories = profiles.iter().map(|profile| host.target().join(profile));
    let built = directories.find(|directory| directory.join("faregate").is_file());
    built.context(if has_lake {
        "no binary to run it with; `cargo build -p faregate --features lake` first"
    } else {
        "no binary to run it with; `make build` first"
    })
}

/// What a document is run by.
#[derive(Debug, PartialEq, Eq)]
struct Script {
    /// Its commands on their own lines, the prelude on the first.
    text: String,
    /// Whether it needs a build with the lake.
    has_lake: bool,
}

fn script(text: &str) -> Option<Script> {
    let tested: Vec<Fence<'_>> = fences(text).into_iter().filter(is_tested).collect();
    let mut lines = vec![""; text.lines().count()];
    *lines.first_mut()? = PRELUDE;
    for fence in &tested {
        for (number, line) in &fence.lines {
            lines[number - 1] = command(fence.info, line);
        }
    }
    let has_lake =
        tested.iter().any(|fence| fence.info.split_whitespace().any(|word| word == "lake"));
    (!tested.is_empty()).then(|| Script { text: lines.join("\n") + "\n", has_lake })
}

fn is_tested(fence: &Fence<'_>) -> bool {
    let mut words = fence.info.split_whitespace();
    matches!(words.next(), Some("sh" | "console")) && words.any(|word| word == "test")
}

fn command<'a>(info: &str, line: &'a str) -> &'a str {
    if info.starts_with("console") {
        line.strip_prefix("$ ").or_else(|| line.strip_prefix("> ")).unwrap_or("")
    } else {
        line
    }
}

fn execute(host: &Host, path: &Path, script: &Script) -> Result<bool> {
    let document = path.strip_prefix(host.root()).unwrap_or(path).display().to_string();
    let place = host.target().join("xtask-docs").join(document.replace('/', "-"));
    let directory = place.join("work");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&directory)?;
    fs::write(place.join("script"), &script.text)?;
    let mut command = host.command("timeout");
    command.args(["--kill-after=10", &SECONDS_MAX.to_string(), "bash"]).arg(place.join("script"));
    command.current_dir(&directory).env("HOME", &directory).env("DOCUMENT", &document);
    command.env("PATH", host.path_with(&binaries(host, script.has_lake)?)?);
    let status = command.status().context("cannot start a shell")?;
    println!("{document}: {}", if status.success() { "passed" } else { "failed" });
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_keep_their_lines() {
        let text = "# A\n```console test\n$ one \\\n> two\noutput\n```\n```sh\nnot\n```\n```sh test\nthree\n```\n";
        let Script { text, has_lake } = script(text).unwrap();
        assert!(!has_lake);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], PRELUDE);
        assert_eq!(lines[1..5], ["", "one \\", "two", ""]);
        assert_eq!(lines[5..], ["", "", "", "", "", "three", ""]);
    }

    #[test]
    fn a_document_without_tested_blocks_has_no_script() {
        assert_eq!(script("# A\n```sh\nmake demo\n```\n"), None);
    }

    #[test]
    fn a_document_of_the_lake_says_so() {
        let script = script("# A\n```sh test lake\nfaregate lake sync\n```\n").unwrap();
        assert!(script.has_lake);
    }

    #[test]
    fn a_failing_command_is_named_with_its_line() {
        let script = script("# A\n```sh test\ntrue\nfalse\n```\n").unwrap();
        let mut shell = std::process::Command::new("bash");
        let output = shell.args(["-c", &script.text]).env("DOCUMENT", "a.md").output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("a.md:4: failed: false"));
    }
}

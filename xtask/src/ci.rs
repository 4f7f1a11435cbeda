//! `cargo xtask ci`: what continuous integration runs, step by step, each named and timed.
//!
//! A step fails, passes, or is skipped because this machine lacks an optional tool; a failing step
//! does not keep the others from running. To add one: a function, and a row in [`STEPS`].

use std::time::Duration;

use anyhow::{Result, bail};

use crate::host::Host;
use crate::{docs, tidy};

/// How a step ended, when it did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and passed.
    Passed,
    /// It did not run, for this reason.
    Skipped(String),
}

/// A step and the lines of its output worth repeating at the end.
type Ran = Result<(Outcome, Vec<String>)>;

struct Step {
    name: &'static str,
    does: &'static str,
    run: fn(&Host) -> Ran,
}

/// In an order that fails early; the page comes before the crates, because the server embeds it.
const STEPS: &[Step] = &[
    Step { name: "fmt", does: "formatting", run: fmt },
    Step { name: "tidy", does: "the rules of the repository", run: tidied },
    Step { name: "web", does: "types, build and unit tests of the page", run: web },
    Step { name: "clippy", does: "the linter, warnings denied", run: clippy },
    Step { name: "test", does: "unit and integration tests", run: test },
    Step { name: "doctest", does: "examples in the API documentation", run: doctest },
    Step { name: "build", does: "the release binary, as `make demo` builds it", run: build },
    Step { name: "docs", does: "commands in the documents", run: documents },
    Step { name: "e2e", does: "the page in a browser", run: e2e },
    Step { name: "kill", does: "killing the server under load, briefly", run: kill },
    Step { name: "deny", does: "licences, advisories and bans of dependencies", run: deny },
    Step { name: "machete", does: "unused dependencies", run: machete },
    Step { name: "typos", does: "spelling", run: typos },
];

/// What is checked and tested: all crates, and the binaries with all they can be built with.
const EVERYTHING: &str = "--workspace --features faregate/lake,faregate-bench/lake --locked";

/// The beginnings of the lines with which test runners sum up, and of those that say what failed.
const SUMMARIES: &[&str] = &[
    "Summary [",
    "test result:",
    "Tests ",
    // nextest and vitest, libtest, Playwright
    "FAIL ",
    "thread '",
    "\u{2718}",
    "Error: ",
];

/// Names the steps.
#[must_use]
pub fn list() -> bool {
    for step in STEPS {
        println!("{:8} {}", step.name, step.does);
    }
    true
}

/// Runs the steps named, or all; whether none failed.
pub fn run(host: &Host, names: &[&str]) -> Result<bool> {
    if let Some(name) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        bail!("no step `{name}`; `cargo xtask ci --list` names them");
    }
    let wanted = STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name));
    let mut results = Vec::new();
    for step in wanted {
        println!("\n== {}: {}", step.name, step.does);
        let (result, time) = host.timed(|| (step.run)(host));
        println!("-- {}: {}, {}", step.name, verdict(&result), seconds(time));
        results.push((step.name, result, time));
    }
    let failed = results.iter().filter(|(_, result, _)| result.is_err()).count();
    print!("{}", summary(&results));
    Ok(failed == 0)
}

/// The closing table; its last line counts the steps that ran.
fn summary(results: &[(&str, Ran, Duration)]) -> String {
    let mut text = String::from("\n== summary\n");
    for (name, result, time) in results {
        let notes = result.as_ref().map(|(_, notes)| notes.as_slice()).unwrap_or_default();
        let lines = std::iter::once(verdict(result)).chain(notes.iter().cloned());
        let lines = lines.collect::<Vec<_>>().join("\n").replace('\n', &format!("\n{:21}", ""));
        text += &format!("{name:8} {:>9}  {lines}\n", seconds(*time));
    }
    let passed = results.iter().filter(|(_, r, _)| matches!(r, Ok((Outcome::Passed, _)))).count();
    let failed = results.iter().filter(|(_, result, _)| result.is_err()).count();
    text + &format!("{passed} passed, {failed} failed\n")
}

fn verdict(result: &Ran) -> String {
    match result {
        Ok((Outcome::Passed, _)) => "passed".to_owned(),
        Ok((Outcome::Skipped(reason), _)) => format!("skipped: {reason}"),
        Err(error) => format!("failed: {error:#}"),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn fmt(host: &Host) -> Ran {
    command(host, "cargo fmt --all --check")
}

fn tidied(host: &Host) -> Ran {
    if !tidy::run(host)? {
        bail!("the tree is not tidy");
    }
    Ok((Outcome::Passed, Vec::new()))
}

fn clippy(host: &Host) -> Ran {
    command(host, &format!("cargo clippy {EVERYTHING} --all-targets -- -D warnings"))
}

fn test(host: &Host) -> Ran {
    if host.installed("cargo-nextest") {
        command(host, &format!("cargo nextest run {EVERYTHING} --no-fail-fast --no-tests=pass"))
    } else {
        command(host, &format!("cargo test {EVERYTHING} --no-fail-fast --lib --bins --tests"))
    }
}

fn doctest(host: &Host) -> Ran {
    command(host, &format!("cargo test {EVERYTHING} --no-fail-fast --doc"))
}

/// Each binary by itself: built together, the server would get the features that only the agent asks for.
fn build(host: &Host) -> Ran {
    host.run("cargo build --release --locked -p faregate-agent --bins --example prompt")?;
    command(host, "cargo build --release --locked -p faregate")
}

fn documents(host: &Host) -> Ran {
    Ok((docs::step(host)?, Vec::new()))
}

fn web(host: &Host) -> Ran {
    if !host.has("web/package.json") {
        return skipped("there is no page");
    }
    for line in ["tools/web.sh install", "npm --prefix web run check", "tools/web.sh build"] {
        host.run(line)?;
    }
    command(host, "npm --prefix web test")
}

fn e2e(host: &Host) -> Ran {
    if !host.has("web/playwright.config.ts") {
        skipped("there are no browser tests")
    } else if !host.installed("chromium") {
        skipped("chromium is not installed")
    } else {
        host.run("cargo build --release --locked -p faregate-agent --bins --example prompt")?;
        command(host, "tools/e2e.sh")
    }
}

fn kill(host: &Host) -> Ran {
    if !host.has("crates/bench/src/kill.rs") {
        return skipped("there is no kill test");
    }
    host.run("cargo run --release --locked -p faregate-bench -- agents --short")?;
    command(host, "cargo run --release --locked -p faregate-bench -- kill --short")
}

fn deny(host: &Host) -> Ran {
    optional(host, "cargo-deny", "cargo deny --locked check")
}

fn machete(host: &Host) -> Ran {
    optional(host, "cargo-machete", "cargo machete")
}

fn typos(host: &Host) -> Ran {
    optional(host, "typos", "typos")
}

fn optional(host: &Host, program: &str, line: &str) -> Ran {
    if host.installed(program) {
        command(host, line)
    } else {
        skipped(&format!("{program} is not installed"))
    }
}

fn skipped(reason: &str) -> Ran {
    Ok((Outcome::Skipped(reason.to_owned()), Vec::new()))
}

fn command(host: &Host, line: &str) -> Ran {
    let notes = host.run_noting(line, is_summary)?;
    Ok((Outcome::Passed, notes))
}

/// Whether a test runner sums up in this line or names what failed, empty suites aside.
fn is_summary(line: &str) -> bool {
    let line = line.trim_start();
    let sums = SUMMARIES.iter().any(|start| line.starts_with(start));
    let is_flaky = line.ends_with(" flaky");
    is_flaky || sums && !line.contains(" 0 passed; 0 failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_ends_with_a_plain_count() {
        let second = Duration::from_millis(1_250);
        let results = [
            ("fmt", Ok((Outcome::Passed, Vec::new())), second),
            ("test", Ok((Outcome::Passed, vec!["Summary 3 tests".to_owned()])), second),
            ("typos", skipped("typos is not installed"), second),
            ("e2e", Err(anyhow::anyhow!("`e2e` failed\n\u{2718} the palette")), second),
        ];
        let text = summary(&results);
        assert!(text.contains("typos        1.2 s  skipped: typos is not installed\n"), "{text}");
        assert!(text.contains("                     Summary 3 tests\n"), "{text}");
        assert!(
            text.contains("`e2e` failed\n                     \u{2718} the palette\n"),
            "{text}"
        );
        assert!(text.ends_with("\n2 passed, 1 failed\n"), "{text}");
    }

    #[test]
    fn an_unknown_step_is_refused() {
        let error = run(&Host::here(), &["fmt", "nonsense"]).unwrap_err();
        assert!(error.to_string().starts_with("no step `nonsense`"));
    }

    #[test]
    fn summaries_are_recognised() {
        assert!(is_summary("     Summary [   1.2s] 12 tests run: 12 passed, 0 skipped"));
        assert!(is_summary("test result: ok. 3 passed; 0 failed; 0 ignored"));
        assert!(is_summary("  \u{2718}  12 [pages] › e2e/shell.e2e.ts:9:1 › the palette (5.1s)"));
        assert!(!is_summary("  \u{2713}  13 [pages] › e2e/shell.e2e.ts:30:1 › the keys (0.4s)"));
        assert!(is_summary("  1 flaky"));
        assert!(!is_summary("test result: ok. 0 passed; 0 failed; 0 ignored"));
    }
}

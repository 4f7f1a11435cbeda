//! `cargo xtask ci [STEP…]`, `cargo xtask tidy`, `cargo xtask docs`.

use std::process::ExitCode;

use xtask::host::Host;
use xtask::{ci, docs, tidy};

const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  ci [STEP…]  run what CI runs, or only the steps named
  ci --list   name the steps
  tidy        check the rules of the repository
  docs        run the tested commands of the documents
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&Host::here(), &words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(host: &Host, words: &[&str]) -> anyhow::Result<bool> {
    match words {
        ["ci", "--list"] => Ok(ci::list()),
        ["ci", steps @ ..] => ci::run(host, steps),
        ["tidy"] => tidy::run(host),
        ["docs"] => docs::run(host),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(true)
        }
        _ => anyhow::bail!("unknown command `{}`\n\n{HELP}", words.join(" ")),
    }
}

//! The command line, as its transcripts in `tests/scenarios` say.
//!
//! A scenario is a text that a licence manager can read:
//!
//! - `# …` explains; `<<< FILE` … `>>>` writes a file, `<<< FILE hex` writes bytes.
//! - `$ faregate …` runs a command. What follows is what it prints: lines of stdout as they are, lines of
//!   stderr after `! `, and `? 3` for an exit code other than 0. `…` stands for any part of a line, a line
//!   of nothing but `…` for any number of lines.
//! - `@ …` does what no command does: see `stage.rs`.
//!
//! Each scenario has a directory of its own, `.` for the commands. To add one: write the commands, run the
//! test, and check the transcript that it prints before you keep it.

#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;
#[path = "scenarios/script.rs"]
mod script;
#[path = "scenarios/stage.rs"]
mod stage;

use script::Step;
use stage::Stage;
use std::path::{Path, PathBuf};

/// All scenarios, by name.
fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let mut texts: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "txt")).collect();
    texts.sort();
    texts
}

/// Runs a scenario; the transcript as it is when it differs from the one written.
fn run(text: &str) -> Result<(), String> {
    let mut stage = Stage::new();
    let (mut transcript, mut differs) = (String::new(), false);
    for step in script::read(text) {
        let (happened, as_told) = match &step {
            Step::Note(line) => (format!("{line}\n"), true),
            Step::File { name, bytes, told } => {
                stage.write(name, bytes);
                (told.clone(), true)
            }
            Step::Stage(order) => match stage.obey(order) {
                Ok(()) => (format!("@ {order}\n"), true),
                Err(why) => (format!("@ {order}\n^ {why}\n"), false),
            },
            Step::Command { line, told } => {
                let printed = stage.run(line);
                let as_told = script::matches(told, &printed);
                let shown = if as_told { told } else { &printed };
                (format!("$ {line}\n{shown}"), as_told)
            }
        };
        differs |= !as_told;
        transcript.push_str(&happened);
    }
    if differs { Err(transcript) } else { Ok(()) }
}

#[test]
fn scenarios_go_as_written() {
    let mut failed = Vec::new();
    for path in scenarios() {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(transcript) = run(&text) {
            eprintln!("=== {} went so:\n{transcript}=== end", path.display());
            failed.push(path);
        }
    }
    assert!(failed.is_empty(), "{failed:?} went otherwise than written: see above");
}

#[test]
fn a_scenario_that_goes_otherwise_is_caught() {
    assert!(run("$ faregate burn\n").is_err(), "another exit code");
    assert!(run("$ faregate --version\nfaregate …\n").is_ok());
    assert!(run("$ faregate --version\nfaregate …\nand more\n").is_err());
    assert!(run("$ faregate --version\n! faregate …\n").is_err(), "stderr is not stdout");
    assert!(run("@ store noted\n@ store unchanged\n").is_err(), "there is no store");
}

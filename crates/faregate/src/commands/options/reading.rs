//! Reading an options file: in sentences, for what is wrong with it, as policies.

use super::bytes;
use crate::cli::options::{ImportOptions, OptionsFile as Args};
use crate::commands::orders;
use crate::fault::{Code, Fault};
use crate::output;
use crate::{aside, estate, say};
use faregate_app::rules;
use faregate_core::event::{Mode, PolicySet};
use faregate_ingest::options::OptionsFile;
use faregate_ingest::options::conflicts::conflicts;
use faregate_ingest::options::encoding::decode;
use faregate_ingest::options::explain::explain as sentences;
use faregate_ingest::options::policies::{Imported, to_policies_of};
use faregate_store::directory::DataDirectory;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

fn read(args: &Args) -> Result<OptionsFile, Fault> {
    Ok(OptionsFile::parse(&decode(&bytes(&args.file)?).0))
}

fn numbers(lines: &[usize]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn explain(args: &Args, as_json: bool) -> Result<(), Fault> {
    let table = estate::features(args.features.as_deref())?;
    let file = read(args)?;
    let said = sentences(&file, &table);
    if as_json {
        let said: Vec<Value> =
            said.iter().map(|one| json!({ "lines": one.lines, "text": one.text })).collect();
        return output::json(&said);
    }
    said.iter().for_each(|one| say!("{}: {}", numbers(&one.lines), one.text));
    for bad in file.bad_lines() {
        aside!("warning: {bad}");
    }
    Ok(())
}

pub(super) fn check(args: &Args, as_json: bool) -> Result<ExitCode, Fault> {
    let table = estate::features(args.features.as_deref())?;
    let found = conflicts(&read(args)?, &table);
    if as_json {
        let found: Vec<Value> = found
            .iter()
            .map(|one| json!({ "lines": one.lines, "text": one.text, "help": one.help }))
            .collect();
        output::json(&found)?;
    } else if found.is_empty() {
        aside!("nothing is wrong with {}", args.file.display());
    } else {
        found.iter().for_each(|one| say!("{one}"));
    }
    Ok(ExitCode::from(if found.is_empty() { 0 } else { Code::Findings as u8 }))
}

/// Users are people of the estate, where there is one.
pub(super) fn import(path: &Path, args: &ImportOptions, as_json: bool) -> Result<(), Fault> {
    let table = estate::features(args.file.features.as_deref())?;
    let file = read(&args.file)?;
    let (imported, missing) = if args.adopt.is_some() || DataDirectory::exists(path) {
        let engine = estate::read(path)?;
        let shared = engine.state();
        let state = shared.read();
        let (known, now) = (state.estate(), crate::ambient::now());
        let key = |user: &str| {
            let person = known.person_known_as(user, now)?;
            known.person(person).map(|person| person.key.clone())
        };
        let imported = to_policies_of(&file, &table, &key);
        let missing = imported.groups.keys().filter(|key| known.group_called(key).is_none());
        let missing: Vec<String> = missing.cloned().collect();
        (imported, missing)
    } else {
        (to_policies_of(&file, &table, &|_| None), Vec::new())
    };
    validate(&imported)?;
    print_notes(&imported, &missing, as_json);
    match &args.adopt {
        Some(name) if imported.text.is_empty() => {
            let message = format!("the file restricts nobody, so `{name}` would say nothing");
            Err(Fault::new(Code::Options, message, "nothing was adopted"))
        }
        Some(name) => orders::adopt(path, (name, "monitor", &imported.text), &args.giver, as_json),
        None if as_json => output::json(&in_json(&imported)),
        None => {
            output::text_as_is(&imported.text);
            Ok(())
        }
    }
}

/// Policies that Faregate makes itself are valid; should they ever not be, nobody is to find out by adopting them.
fn validate(imported: &Imported) -> Result<(), Fault> {
    let text = imported.text.clone();
    let set = PolicySet { name: "imported".to_owned(), mode: Mode::Enforce, text };
    rules::check(vec![set], None).map(|_| ()).map_err(|faults| {
        let help = "report the options file; nothing was adopted";
        Fault::new(Code::Policy, faults.join("\n"), help)
    })
}

/// What is not in the policies; with `--json` it is in the answer, or, of an adopted set, beside it.
fn print_notes(imported: &Imported, missing: &[String], as_json: bool) {
    if as_json {
        return;
    }
    for note in &imported.notes {
        aside!("not said: line {}: {}; {}", numbers(&note.lines), note.text, note.help);
    }
    for group in missing {
        let members = imported.groups.get(group).map_or(0, std::collections::BTreeSet::len);
        aside!(
            "warning: the estate has no group `{group}`; add it with its members ({members}) before these policies decide"
        );
    }
}

fn in_json(imported: &Imported) -> Value {
    let notes: Vec<Value> = imported
        .notes
        .iter()
        .map(|note| json!({ "lines": note.lines, "text": note.text, "help": note.help }))
        .collect();
    json!({ "policies": imported.text, "unsaid": notes, "groups": imported.groups })
}

//! Taking in people, groups, seats, sites and buckets: whole files, or one thing on the command line, which is
//! a file of one row.

use crate::cli::budgets::{ImportFile, SetBucket};
use crate::cli::estate::{AliasPerson, Estate, ImportPeople, List, SetGroup, SetPerson};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output;
use crate::serving::Serving;
use crate::{aside, say};
use faregate_app::bulk::{self, NotApplied, Order, Plan, Verb};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

/// So many faults are printed; all of them with --json.
const FAULTS_SHOWN: usize = 20;

/// A file to be taken in.
struct File {
    /// By its name it is known what is in it.
    name: String,
    bytes: Vec<u8>,
    /// What the reader calls it; nothing, when it was made of what they said on the command line.
    shown: Option<String>,
}

impl File {
    /// A fault of it, as the reader knows the file.
    fn retell(&self, line: &str) -> Option<String> {
        let rest = line.strip_prefix(&self.name)?.strip_prefix(':')?;
        match &self.shown {
            // Another row of the same file may be named as well.
            Some(shown) => Some(line.replace(&format!("{}:", self.name), &format!("{shown}:"))),
            None => rest.split_once(": ").map(|(_, words)| words.to_owned()),
        }
    }
}

pub(crate) fn run(path: &Path, action: &Estate, as_json: bool) -> Result<(), Fault> {
    match action {
        Estate::Apply { files, dates, trial } => {
            let read = |file: &std::path::PathBuf| {
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                let name = name.unwrap_or_default();
                Ok(File { shown: Some(name.clone()), bytes: bytes_of(file)?, name })
            };
            let files = files.iter().map(read).collect::<Result<Vec<_>, Fault>>()?;
            take_in(path, &files, (dates.map(Order::from), trial.dry_run), as_json)
        }
        Estate::Export => {
            let engine = estate::read(path)?;
            let shared = engine.state();
            let text = bulk::export(&shared.read());
            if as_json {
                return output::json(&json!({ "name": "estate.toml", "text": text }));
            }
            output::text_as_is(&text);
            Ok(())
        }
    }
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Fault> {
    let shown = file.display();
    std::fs::read(file)
        .map_err(|why| Fault::new(Code::Input, format!("{shown}: {why}"), "nothing was changed"))
}

/// A file that another department keeps, or people as Faregate reads them.
pub(crate) fn import_people(path: &Path, args: &ImportPeople, as_json: bool) -> Result<(), Fault> {
    let kind = match args.list {
        None => "people",
        Some(List::Leavers) => "leavers",
        Some(List::OrgChart) => "org-chart",
        Some(List::NamedUsers) => "named-users",
    };
    import_as(path, (kind, &args.file), (args.dates.map(Order::from), args.trial.dry_run), as_json)
}

/// A CSV of one kind, whatever its own name.
pub(crate) fn import(
    path: &Path,
    kind: &str,
    args: &ImportFile,
    as_json: bool,
) -> Result<(), Fault> {
    import_as(path, (kind, &args.file), (None, args.trial.dry_run), as_json)
}

fn import_as(
    path: &Path,
    (kind, file): (&str, &Path),
    how: (Option<Order>, bool),
    as_json: bool,
) -> Result<(), Fault> {
    let bytes = bytes_of(file)?;
    let is_toml = file.extension().is_some_and(|extension| extension == "toml");
    let name = if is_toml { "import.toml".to_owned() } else { format!("{kind}.csv") };
    let shown = Some(file.display().to_string());
    take_in(path, &[File { name, bytes, shown }], how, as_json)
}

/// Text as TOML writes it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// One row: a table of a kind, with the columns that were said.
fn row(kind: &str, columns: &[(&str, Option<String>)]) -> File {
    let said = columns
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} = {value}\n")));
    let text = format!("[[{kind}]]\n{}", said.collect::<String>());
    File { name: "command-line.toml".to_owned(), bytes: text.into_bytes(), shown: None }
}

pub(crate) fn set_bucket(path: &Path, args: &SetBucket, as_json: bool) -> Result<(), Fault> {
    let text = |value: &Option<String>| value.as_deref().map(quoted);
    let tokens = args.tokens.as_deref().map(super::orders::tokens).transpose()?;
    let row = row(
        "bucket",
        &[
            ("key", Some(quoted(&args.key))),
            ("name", text(&args.name)),
            ("parent", text(&args.parent)),
            ("owners", (!args.owner.is_empty()).then(|| list(&args.owner))),
            ("period", text(&args.period)),
            ("leftover", text(&args.leftover)),
            ("lends", args.lends.map(|lends| lends.to_string())),
            ("tokens", tokens.map(|tokens| tokens.to_string())),
        ],
    );
    if args.tokens.is_some() && is_open(path, &args.key)? {
        aside!(
            "note: tokens are given to a new bucket only; `faregate bucket transfer` moves more"
        );
    }
    take_in(path, &[row], (None, args.trial.dry_run), as_json)
}

fn is_open(path: &Path, bucket: &str) -> Result<bool, Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    Ok(shared.read().estate().bucket_called(bucket).is_some())
}

pub(crate) fn set_person(path: &Path, args: &SetPerson, as_json: bool) -> Result<(), Fault> {
    let text = |value: &Option<String>| value.as_deref().map(quoted);
    let row = row(
        "person",
        &[
            ("key", Some(quoted(&args.key))),
            ("name", text(&args.name)),
            ("bucket", text(&args.bucket)),
            ("groups", (!args.group.is_empty()).then(|| list(&args.group))),
            ("contractor", args.contractor.map(|contractor| contractor.to_string())),
            ("last_day", text(&args.until)),
        ],
    );
    take_in(path, &[row], (None, args.trial.dry_run), as_json)
}

pub(crate) fn add_alias(path: &Path, args: &AliasPerson, as_json: bool) -> Result<(), Fault> {
    let text = |value: &Option<String>| value.as_deref().map(quoted);
    // People name the last date, files the first one after.
    let until = args.until.as_deref().map(super::orders::day_after).transpose()?;
    let row = row(
        "alias",
        &[
            ("alias", Some(quoted(&args.alias))),
            ("person", Some(quoted(&args.key))),
            ("from", text(&args.from)),
            ("until", text(&until)),
        ],
    );
    take_in(path, &[row], (None, args.trial.dry_run), as_json)
}

pub(crate) fn set_group(path: &Path, args: &SetGroup, as_json: bool) -> Result<(), Fault> {
    let text = |value: &Option<String>| value.as_deref().map(quoted);
    let row = row(
        "group",
        &[
            ("key", Some(quoted(&args.key))),
            ("name", text(&args.name)),
            ("dimension", text(&args.dimension)),
            ("parents", (!args.parent.is_empty()).then(|| list(&args.parent))),
        ],
    );
    take_in(path, &[row], (None, args.trial.dry_run), as_json)
}

/// What became, or would become, of the rows.
#[derive(Deserialize)]
struct Outcome {
    summary: String,
    changes: Vec<Value>,
    notes: Vec<String>,
}

/// `how`: the order of dates in lists, and whether it is only tried.
fn take_in(
    path: &Path,
    files: &[File],
    how: (Option<Order>, bool),
    as_json: bool,
) -> Result<(), Fault> {
    let (_, dry_run) = how;
    let outcome = match estate::open(path) {
        Ok((_directory, mut engine)) => here(&mut engine, files, how, as_json),
        Err(fault) => match Serving::find(path) {
            Some(serving) if fault.is_in_use() => there(&serving, files, how),
            _ => Err(fault.helped_if_in_use(crate::giving::WAIT)),
        },
    };
    let retold = |line: &str| files.iter().find_map(|file| file.retell(line));
    let outcome = outcome
        .map_err(|fault| fault.retold(|line| retold(line).unwrap_or_else(|| line.to_owned())))?;
    let told = |note: &String| retold(note).unwrap_or_else(|| note.clone());
    let outcome = Outcome { notes: outcome.notes.iter().map(told).collect(), ..outcome };
    if as_json {
        let Outcome { summary, changes, notes } = outcome;
        return output::json(&json!({
            "dry_run": dry_run, "summary": summary, "changes": changes, "notes": notes,
        }));
    }
    let prefix = if dry_run { "would be " } else { "" };
    for change in &outcome.changes {
        say!("{prefix}{}", change["words"].as_str().unwrap_or_default());
    }
    outcome.notes.iter().for_each(|note| aside!("note: {note}"));
    aside!("{}", outcome.summary);
    Ok(())
}

fn here(
    engine: &mut faregate_app::engine::Engine,
    files: &[File],
    (dates, dry_run): (Option<Order>, bool),
    all_faults: bool,
) -> Result<Outcome, Fault> {
    let fault = |why: NotApplied| fault(why, all_faults);
    let texts = files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice()));
    let document = bulk::read_dated(texts, dates).map_err(fault)?;
    let plan = if dry_run {
        let shared = engine.state();
        let state = shared.read();
        bulk::plan(&state, crate::ambient::now(), &document).map_err(NotApplied::Faulty)
    } else {
        bulk::import(engine, &crate::ambient::account(), &document).map(|(plan, _)| plan)
    };
    Ok(told(&plan.map_err(fault)?))
}

fn told(plan: &Plan) -> Outcome {
    let changed = plan.changes.iter().filter(|change| change.verb != Verb::Same);
    let changes = changed.map(|change| {
        json!({ "kind": change.kind.key(), "key": change.key, "verb": change.verb.key(), "words": change.to_string() })
    });
    Outcome { summary: plan.summary(), changes: changes.collect(), notes: plan.notes.clone() }
}

pub(super) fn fault(why: NotApplied, all: bool) -> Fault {
    match why {
        NotApplied::Failure(failure) => failure.into(),
        NotApplied::Moved { .. } => Fault::new(Code::Refused, why.to_string(), "try again"),
        NotApplied::Faulty(mut faults) => {
            // Whoever mends a file goes from its top to its end.
            faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
            let shown = if all { faults.len() } else { FAULTS_SHOWN };
            let mut lines: Vec<String> =
                faults.iter().take(shown).map(ToString::to_string).collect();
            let more = faults.len().saturating_sub(shown);
            if more > 0 {
                lines.push(format!("and {more} more"));
            }
            let help = "correct the files and try again; nothing was changed";
            Fault::new(Code::Estate, lines.join("\n"), help)
        }
    }
}

/// JSON carries text: a file in another encoding is to be saved as UTF-8 first.
fn text_of(file: &File) -> Result<&str, Fault> {
    std::str::from_utf8(&file.bytes).map_err(|why| {
        let valid = file.bytes.get(..why.valid_up_to()).unwrap_or_default();
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        let help = "save the file as UTF-8; nothing was changed";
        let name = file.shown.as_deref().unwrap_or(&file.name);
        Fault::new(Code::Input, format!("{name}:{line}: the text is not UTF-8"), help)
    })
}

fn there(
    serving: &Serving,
    files: &[File],
    (dates, dry_run): (Option<Order>, bool),
) -> Result<Outcome, Fault> {
    let file = |file: &File| Ok(json!({ "name": file.name, "text": text_of(file)? }));
    let files: Vec<Value> = files.iter().map(file).collect::<Result<_, Fault>>()?;
    let question = if dry_run { "?dry_run=true" } else { "" };
    let name = crate::ambient::account();
    let mut body = json!({ "files": files });
    if let Some(order) = dates {
        body["dates"] = order.key().into();
    }
    let answer = serving.post(&format!("/v1/estate{question}"), Some(&name), &body)?;
    serde_json::from_value(answer).map_err(|why| anyhow::Error::from(why).into())
}

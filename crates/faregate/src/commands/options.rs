//! `faregate options …`: the options file of the licence server.

mod applying;
mod reading;
mod server;

use crate::cli::options::{Options, Planned};
use crate::fault::{Code, Fault};
use crate::output;
use crate::{aside, estate, say};
use faregate_app::options::{Plan, Prepared, plan, prepare};
use faregate_app::rules::Rules;
use faregate_ingest::options::echo::Reader;
use faregate_ingest::options::settings::Settings;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(path: &Path, action: &Options, as_json: bool) -> Result<ExitCode, Fault> {
    let done = match action {
        Options::Plan(args) => tell(path, args, as_json),
        Options::Apply(args) => return applying::run(path, args, as_json),
        Options::Explain(args) => reading::explain(args, as_json),
        Options::Check(args) => return reading::check(args, as_json),
        Options::Import(args) => reading::import(path, args, as_json),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// The plan for the file as it is now.
fn planned(path: &Path, args: &Planned) -> Result<(Plan, Prepared), Fault> {
    let table = estate::features(args.file.features.as_deref())?;
    let settings = settings(args.settings.as_deref())?;
    let served = served(args)?;
    let before = bytes(&args.file.file)?;
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (rules, now) = (Rules::of(&state), crate::ambient::now());
    let plan = plan(&state, &rules, &settings, (&served, &table), now).map_err(|faults| {
        let of = args.settings.as_ref().map(|file| format!("{}: ", file.display()));
        let of = of.unwrap_or_default();
        let lines: Vec<String> = faults.iter().map(|fault| format!("{of}{fault}")).collect();
        Fault::new(Code::Options, lines.join("\n"), "nothing was written")
    })?;
    let prepared = prepare(before, &plan).map_err(|why| {
        let message = format!("{}: {why}", args.file.file.display());
        Fault::new(Code::Options, message, "nothing was written")
    })?;
    Ok((plan, prepared))
}

fn bytes(file: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(file).map_err(|why| {
        let help = "check the path and that this user may read it; an empty file will do";
        Fault::new(Code::Input, format!("{}: {why}", file.display()), help)
    })
}

fn settings(file: Option<&Path>) -> Result<Settings, Fault> {
    let Some(file) = file else { return Ok(Settings::default()) };
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|why| {
        let help = "check the path and that this user may read it";
        Fault::new(Code::Input, format!("{shown}: {why}"), help)
    })?;
    Settings::parse(&text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("{shown}: {fault}")).collect();
        Fault::new(Code::Options, lines.join("\n"), "nothing was written")
    })
}

/// The codes that the daemon lists in its log, as it listed them last.
fn served(args: &Planned) -> Result<BTreeSet<String>, Fault> {
    let Some(log) = &args.log else { return Ok(BTreeSet::new()) };
    let failed = |why: std::io::Error| {
        let help = "check the path and that this user may read it";
        Fault::new(Code::Input, format!("{}: {why}", log.display()), help)
    };
    let mut reader = Reader::new(&args.daemon);
    let mut file = File::open(log).map_err(failed)?;
    let mut chunk = vec![0; 64 << 10];
    loop {
        match file.read(&mut chunk).map_err(failed)? {
            0 => break,
            count => reader.feed(chunk.get(..count).unwrap_or_default()),
        }
    }
    Ok(reader.finish().pop().map(|echo| echo.served).unwrap_or_default())
}

fn tell(path: &Path, args: &Planned, as_json: bool) -> Result<(), Fault> {
    let (plan, prepared) = planned(path, args)?;
    if as_json {
        return output::json(&json!({
            "plan": prepared.id(), "changes": !prepared.diff.is_empty(),
            "diff": prepared.diff.to_string(), "unsaid": unsaid(&plan), "warnings": warnings(&prepared),
        }));
    }
    if prepared.diff.is_empty() {
        aside!("nothing changes in {}", args.file.file.display());
    } else {
        prepared.diff.to_string().lines().for_each(|line| say!("{line}"));
    }
    print_beside(&plan, &prepared);
    aside!("plan {}; nothing was written", prepared.id());
    Ok(())
}

fn print_beside(plan: &Plan, prepared: &Prepared) {
    for one in &plan.unsaid {
        aside!("not said: {}; {}", one.text, one.help);
    }
    warnings(prepared).iter().for_each(|warning| aside!("warning: {warning}"));
}

fn unsaid(plan: &Plan) -> Vec<Value> {
    plan.unsaid.iter().map(|one| json!({ "text": one.text, "help": one.help })).collect()
}

/// What the operator should know of their own lines.
fn warnings(prepared: &Prepared) -> Vec<String> {
    let clashes = prepared.clashes.iter().map(ToString::to_string);
    clashes.chain(prepared.bad_lines.iter().map(ToString::to_string)).collect()
}

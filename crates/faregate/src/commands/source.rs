//! `faregate source …`: where use comes from, how fresh each source is, and fetching what is new.

use super::rejected;
use crate::ambient;
use crate::cli::sources::{Named, Pull, Show, Source as Action};
use crate::fault::{Code, Fault};
use crate::output::{self, Align, shown};
use crate::serving::Serving;
use crate::sources::notes::{Became, Note};
use crate::sources::{Declared, Machine};
use crate::{aside, estate, say};
use faregate_api::routes::sources::{Source, Sources};
use faregate_app::sources::{Histories, assess, length};
use faregate_connect::pace::Chance;
use faregate_connect::pull::{Pulled, World};
use faregate_connect::sources::Source as Pulling;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub(crate) fn run(path: &Path, action: &Action, as_json: bool) -> Result<(), Fault> {
    match action {
        Action::List(named) => list(path, named, as_json),
        Action::Show(args) => show(path, args, as_json),
        Action::Pull(args) => pull(path, args, as_json),
        Action::Check { file } => check(path, file, as_json),
    }
}

fn list(path: &Path, named: &Named, as_json: bool) -> Result<(), Fault> {
    let found = judged(path, named)?;
    if as_json {
        return output::json(&found);
    }
    let columns = ["source", "kind", "last data", "lag", "state", "last import", "why"];
    let rows: Vec<Vec<String>> = found.sources.iter().map(row).collect();
    let none = "nothing was imported yet, and no source is declared";
    output::table(&columns.map(|title| (title, Align::Left)), &rows, none);
    Ok(())
}

fn row(one: &Source) -> Vec<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let import = one.last_import.as_ref();
    vec![
        one.name.clone(),
        one.kind.clone(),
        or_dash(&one.last_data),
        or_dash(&one.lag),
        one.state.clone(),
        import.map_or_else(|| "-".to_owned(), |last| last.number.to_string()),
        one.why.clone(),
    ]
}

/// A server knows of logs that it follows and of what it is at; without one, the disk tells the rest.
fn judged(path: &Path, named: &Named) -> Result<Sources, Fault> {
    let there = Serving::find(path).and_then(|serving| serving.get("/v1/sources").ok());
    if let Some(told) = there.and_then(|answer| serde_json::from_value(answer).ok()) {
        return Ok(told);
    }
    let declared = Declared::read(path, named.sources.as_deref())?;
    let mut engine = estate::read(path)?;
    let mut histories = Histories::default();
    while !histories.read_on(&mut engine)? {}
    let (zone, now) = (engine.state().read().zone().clone(), ambient::now());
    Ok(Sources::of(&assess(&declared.known()?, &histories, &zone, now), now))
}

fn show(path: &Path, args: &Show, as_json: bool) -> Result<(), Fault> {
    let found = judged(path, &args.named)?;
    let names: Vec<String> = found.sources.iter().map(|one| one.name.clone()).collect();
    let Some(one) = found.sources.into_iter().find(|one| one.name == args.name) else {
        let help = match names.as_slice() {
            [] => "there is none yet: import something, or write a file of sources".to_owned(),
            names => format!("there are {}", names.join(", ")),
        };
        let message = format!("there is no source `{}`", args.name);
        return Err(Fault::new(Code::Refused, message, help));
    };
    if as_json {
        return output::json(&one);
    }
    tell(&one);
    Ok(())
}

fn tell(one: &Source) {
    say!("{}: {}, {}", one.name, one.kind, one.state);
    say!("  why          {}", one.why);
    if let (Some(last), Some(lag)) = (&one.last_data, &one.lag) {
        say!("  last data    {last}, {lag} ago");
    }
    say!("  stale after  {}", length(one.stale_after_seconds));
    if let Some(last) = &one.last_import {
        say!("  last import  {}, on {}: `faregate import show {0}`", last.number, last.at);
    }
    say!("  feeds        {}", one.feeds.join(", "));
    if let Some(pulls) = &one.pulls {
        let or = |at: &Option<String>| at.clone().unwrap_or_else(|| "never".to_owned());
        say!("  last pull    {}", or(&pulls.last_success));
        if let (Some(at), Some(why)) = (&pulls.last_failure, &pulls.last_error) {
            say!("  last failure {at}: {why}");
        }
        say!("  next pull    {}", pulls.next_due.clone().unwrap_or_else(|| "now".to_owned()));
    }
    if one.waiting > 0 {
        say!("  waiting      {}", one.waiting);
    }
    for bad in &one.bad {
        say!("  bad          {}, on {}: {}", bad.file, bad.at, bad.why);
    }
    for over in &one.passed_over {
        say!("  not booked   {}, on {}: {}", over.file, over.at, over.why);
    }
}

fn pull(path: &Path, args: &Pull, as_json: bool) -> Result<(), Fault> {
    let declared = Declared::read(path, args.named.sources.as_deref())?;
    let source = declared.find(&args.name)?;
    estate::refuse_empty(path)?;
    let world: Arc<dyn World> = Arc::new(Machine::new());
    let mut chance = Chance::new(ambient::fresh_seed());
    if !as_json {
        aside!("asking `{}` for what is new; Ctrl-C stops, and the next pull goes on", source.name);
    }
    let pulled = declared.pull(source, &world, &mut chance)?;
    let taken = take_in(path, &declared, source, args.again)?;
    told(&args.name, &pulled, taken.as_deref(), as_json)
}

/// What became of each file that waited; `None` when a server uses the store, which takes them in if it has the source.
fn take_in(
    path: &Path,
    declared: &Declared,
    source: &Pulling,
    again: bool,
) -> Result<Option<Vec<Note>>, Fault> {
    let (_directory, mut engine) = match estate::open(path) {
        Err(fault) if fault.is_in_use() => return Ok(None),
        opened => opened?,
    };
    if again {
        declared.notes(source)?.forget_bad()?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(anyhow::Error::from)?;
    }
    let rejected = path.join(rejected::NAME);
    declared.take_in(source, &mut engine, &rejected, &stop).map(Some)
}

fn told(name: &str, pulled: &Pulled, taken: Option<&[Note]>, as_json: bool) -> Result<(), Fault> {
    if as_json {
        let files = pulled
            .files
            .iter()
            .map(|file| json!({ "file": file.sidecar.file, "what": file.sidecar.what }));
        let faults =
            pulled.faults.iter().map(|fault| json!({ "what": fault.what, "why": fault.words }));
        return output::json(&json!({
            "source": name, "whole": pulled.is_whole, "next_due": pulled.next_due.to_string(),
            "files": files.collect::<Vec<_>>(), "faults": faults.collect::<Vec<_>>(),
            "taken_in": taken,
        }));
    }
    for file in &pulled.files {
        say!("{}: {}", file.sidecar.file, file.sidecar.what);
    }
    for fault in &pulled.faults {
        aside!("{}: {}", shown(&fault.what), shown(&fault.words));
    }
    let files = match pulled.files.len() {
        0 => "nothing new came".to_owned(),
        1 => "1 file came".to_owned(),
        count => format!("{count} files came"),
    };
    let rest = if pulled.is_whole { "" } else { "; there is more, which the next pull fetches" };
    say!("{name}: {files}{rest}");
    match taken {
        None => aside!(
            "a server uses the store: it takes in what came, if it was started with this source"
        ),
        Some(notes) => notes.iter().for_each(tell_note),
    }
    Ok(())
}

fn tell_note(note: &Note) {
    let Note { file, became, imports, why, undone, .. } = note;
    if !undone.is_empty() {
        let numbers = numbers(undone);
        say!("{file}: tells anew what import {numbers} told, which was undone");
    }
    match (became, imports.as_slice()) {
        (Became::Bad, _) => {
            let (file, why) = (shown(file), shown(why.as_deref().unwrap_or_default()));
            aside!("{file} was not taken in: {why}");
            aside!(
                "  help: correct it and put it there again, or remove it from the inbox; --again tries once more"
            );
        }
        (Became::PassedOver, _) => {
            say!("{file}: nothing in it is booked: {}", why.as_deref().unwrap_or_default());
        }
        (Became::TakenIn | Became::Superseded, []) => say!("{file}: nothing in it is new"),
        (Became::TakenIn | Became::Superseded, imports) => {
            say!("{file}: taken in as import {}", numbers(imports));
        }
    }
}

fn numbers(imports: &[u32]) -> String {
    imports.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn check(path: &Path, file: &Path, as_json: bool) -> Result<(), Fault> {
    let declared = Declared::read(path, Some(file))?;
    let names: Vec<&str> = declared.sources.sources.iter().map(|one| one.name.as_str()).collect();
    if as_json {
        return output::json(&json!({ "sources": names }));
    }
    say!(
        "{}: {}",
        file.display(),
        match names.as_slice() {
            [] => "no source is declared".to_owned(),
            names => format!("all is well with {}", names.join(", ")),
        }
    );
    Ok(())
}

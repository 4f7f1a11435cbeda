//! `faregate report schedule …`: reports that are sent by mail, by the clock. A server reads the same file.

use crate::ambient;
use crate::cli::library::{Said, Schedule as Action};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::notices::Declared;
use crate::notices::schedules::{Book, mail_channels, send_now};
use crate::output::{self, Align};
use crate::say;
use faregate_api::routes::report_schedules::ReportSchedule;
use faregate_app::access::Role;
use faregate_core::state::State;
use faregate_library::Report;
use faregate_library::schedule::Schedule;
use faregate_store::directory::DataDirectory;
use serde_json::json;
use std::path::Path;

pub(super) fn run(path: &Path, action: &Action, as_json: bool) -> Result<(), Fault> {
    let (engine, book) = (estate::read(path)?, Book::of(path));
    let shared = engine.state();
    match action {
        Action::List => list(&book, as_json),
        Action::Add(said) => {
            if find(&book, &said.key).is_ok() {
                let message = format!("there is a schedule `{}` already", said.key);
                return Err(Fault::new(
                    Code::Usage,
                    message,
                    "change that one, or take another key",
                ));
            }
            keep(path, &book, said, &shared.read(), as_json)
        }
        Action::Change(said) => {
            find(&book, &said.key)?;
            keep(path, &book, said, &shared.read(), as_json)
        }
        Action::Remove { key } => {
            find(&book, key)?;
            book.forget(key)?;
            told(&json!({ "removed": key }), &format!("`{key}` is sent no longer"), as_json)
        }
        Action::Send { key } => {
            let schedule = find(&book, key)?;
            let end = (ambient::now(), shared.read().seq());
            let mut outbox = DataDirectory::outbox_beside(path)?;
            let delivery = send_now(&mut outbox, &schedule, end)?;
            let words = format!("on its way as {delivery}, once a server runs");
            told(&json!({ "delivery": delivery }), &words, as_json)
        }
    }
}

fn told(json: &serde_json::Value, words: &str, as_json: bool) -> Result<(), Fault> {
    if as_json {
        return output::json(json);
    }
    say!("{words}");
    Ok(())
}

fn find(book: &Book, key: &str) -> Result<Schedule, Fault> {
    let found = book.all()?.into_iter().find(|one| one.key == key);
    found.ok_or_else(|| {
        let help = "`faregate report schedule list` names all of them";
        Fault::new(Code::Usage, format!("there is no schedule `{key}`"), help)
    })
}

fn list(book: &Book, as_json: bool) -> Result<(), Fault> {
    let rows: Vec<ReportSchedule> = book.all()?.iter().map(ReportSchedule::from).collect();
    if as_json {
        return output::json(&json!({ "rows": rows }));
    }
    let columns = ["key", "report", "every", "at", "to", "asked for by"];
    let columns = columns.map(|name| (name, Align::Left));
    let cells = rows.into_iter().map(|one| {
        let report = format!("{} as {}", one.report, one.format);
        vec![
            one.key,
            report,
            one.every,
            format!("{} {}", one.at, one.zone),
            one.to.join(", "),
            one.by,
        ]
    });
    output::table(&columns, &cells.collect::<Vec<_>>(), "no report is sent by the clock");
    Ok(())
}

/// What the command line asks for, it asks for as whoever has the data directory: they see everything.
fn keep(path: &Path, book: &Book, said: &Said, state: &State, as_json: bool) -> Result<(), Fault> {
    let usage = |message: String| {
        Fault::new(
            Code::Usage,
            message,
            "`faregate report schedule add --help` says how to write it",
        )
    };
    let report = Report::from_key(&said.report);
    let report = report.ok_or_else(|| usage(format!("there is no report `{}`", said.report)))?;
    let usual = report.formats().first().map_or("", |format| format.key());
    let unknown = |key: &&String| state.estate().bucket_called(key).is_none();
    if let Some(key) = said.bucket.as_ref().filter(unknown) {
        return Err(usage(format!("there is no bucket `{key}`")));
    }
    let written = ReportSchedule {
        key: said.key.clone(),
        report: said.report.clone(),
        format: said.format.clone().unwrap_or_else(|| usual.to_owned()),
        bucket: said.bucket.clone(),
        currency: said.currency.as_ref().map(|code| code.to_uppercase()),
        every: said.every.clone(),
        at: said.at.clone(),
        zone: said.zone.clone().unwrap_or_else(|| state.zone().name().to_owned()),
        channel: channel(path, said.channel.as_deref())?,
        to: said.to.clone(),
        by: ambient::account(),
        role: Role::Administrator.key().to_owned(),
    };
    let schedule = written.read().map_err(usage)?;
    let words = format!(
        "{} is sent {} at {} ({}) to {}",
        report.words().0,
        written.every,
        written.at,
        written.zone,
        written.to.join(", ")
    );
    book.keep(schedule)?;
    told(&json!(written), &words, as_json)
}

/// The mail channel of a name, or the only one there is.
fn channel(path: &Path, asked: Option<&str>) -> Result<String, Fault> {
    let known = mail_channels(&Declared::read(path)?.channels);
    let help = match known.as_slice() {
        [] => "declare a channel of the kind `mail` in `channels.toml`".to_owned(),
        known => format!("name one with --channel: {}", known.join(", ")),
    };
    let found = match asked {
        Some(asked) => known.into_iter().find(|name| name == asked),
        None => <[String; 1]>::try_from(known).ok().map(|[only]| only),
    };
    found.ok_or_else(|| Fault::new(Code::Usage, "it is not said on which mail channel", help))
}

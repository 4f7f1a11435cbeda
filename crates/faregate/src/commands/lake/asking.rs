//! `faregate sql`: questions to the lake.

use super::keeping::{MEMORY_UNIT, fault, found, means_of};
use crate::cli::lake::Sql;
use crate::fault::{Code, Fault};
use crate::{aside, output, say};
use faregate_app::ports::Store;
use faregate_core::event::Event;
use faregate_core::when::Zone;
use faregate_lake::LakeError;
use faregate_lake::queries::named::Named;
use faregate_lake::rights::{Outlook, Rights, Tables};
use faregate_lake::sql::{self, Form, Kind, SqlError};
use faregate_store::directory::DataDirectory;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

pub(crate) fn ask(path: &Path, args: &Sql, as_json: bool) -> Result<(), Fault> {
    if args.csv && as_json {
        return Err(Fault::new(Code::Usage, "--csv and --json are two forms", "take one of them"));
    }
    let Some(question) = &args.question else { return list(as_json) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(anyhow::Error::from)?;
    let (question, time) = (worded(question)?, Duration::from_secs(args.time));
    let limited =
        runtime.block_on(async { timeout(time, answer(path, &question, args, as_json)).await });
    // What is still being reckoned is let go.
    runtime.shutdown_background();
    limited.unwrap_or_else(|_| Err(asked_wrongly(&SqlError::timed_out(args.time))))
}

/// The queries that have names, and what they take.
fn list(as_json: bool) -> Result<(), Fault> {
    let all = Named::all();
    if as_json {
        let parameters = |one: &Named| {
            let each = one.parameters.iter();
            let each = each.map(|p| json!({ "name": p.name, "else": p.default, "about": p.about }));
            each.collect::<Vec<_>>()
        };
        let all = all.iter().map(
            |one| json!({ "name": one.name, "about": one.about, "parameters": parameters(one) }),
        );
        return output::json(&json!({ "queries": all.collect::<Vec<_>>() }));
    }
    for one in all {
        say!("{}: {}", one.name, one.about.replace('\n', " "));
        for p in one.parameters {
            say!("    --param {}={}  {}", p.name, p.default, p.about);
        }
    }
    Ok(())
}

fn worded(question: &str) -> Result<String, Fault> {
    if question != "-" {
        return Ok(question.to_owned());
    }
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|why| {
        Fault::new(Code::Input, format!("standard input: {why}"), "send it SQL in UTF-8")
    })?;
    Ok(text)
}

async fn answer(path: &Path, question: &str, args: &Sql, as_json: bool) -> Result<(), Fault> {
    let memory = usize::try_from(args.memory).unwrap_or(usize::MAX).saturating_mul(MEMORY_UNIT);
    let lake = found(path).await?;
    let session = lake.session(&means_of(path, memory)?).await.map_err(fault)?;
    let tables = Tables::of(&lake, zone(path)?).await.map_err(fault)?;
    let outlook = Arc::new(Outlook::new(Arc::new(tables), Rights::Everything));
    outlook.register(&session).await.map_err(fault)?;
    let wrong = |error: &_| asked_wrongly(&SqlError::of(error, question, &session));
    let frame = match Named::find(question) {
        Some(named) => {
            let values = values(&args.parameters)?;
            named.ask(&session, &values).await.map_err(|error| wrong(&error))?
        }
        None if !question.trim().contains(char::is_whitespace) => return Err(unknown(question)),
        None if !args.parameters.is_empty() => {
            let help = "write the values into the statement, or ask a query by its name";
            return Err(Fault::new(Code::Usage, "a statement takes no --param", help));
        }
        None => sql::ask(&session, question).await.map_err(|error| asked_wrongly(&error))?,
    };
    if let Some(file) = &args.parquet {
        let rows = sql::write_parquet(frame, file).await.map_err(|why| match &why {
            LakeError::Query(error) => wrong(error),
            _ => fault(why),
        })?;
        aside!("{rows} rows were written to {}", file.display());
        return Ok(());
    }
    let (form, print): (_, fn(&str)) = match (args.csv, as_json) {
        (true, _) => (Form::Csv, output::text_as_is),
        (_, true) => (Form::Json, output::piece),
        _ => (Form::Words, |text| say!("{}", text.trim_end_matches('\n'))),
    };
    form.write(frame, &mut { print }).await.map_err(|error| wrong(&error)).map(|_| ())
}

fn values(parameters: &[String]) -> Result<BTreeMap<String, String>, Fault> {
    let pair = |text: &String| {
        let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.ok_or_else(|| {
            let message = format!("`{text}` gives no parameter a value");
            Fault::new(Code::Usage, message, "write --param from=2026-01-01")
        })
    };
    parameters.iter().map(pair).collect()
}

fn unknown(name: &str) -> Fault {
    let known: Vec<&str> = Named::all().iter().map(|one| one.name).collect();
    let help = format!("there are {}; or write a statement in SQL", known.join(", "));
    Fault::new(Code::Usage, format!("no query is called `{name}`"), help)
}

/// The contract's zone: the first event of a journal says it.
fn zone(path: &Path) -> Result<Zone, Fault> {
    let mut zone = None;
    DataDirectory::read(path)?.replay(0, &mut |entry| {
        if let Event::ContractAgreed { zone: name, .. } = &entry.event {
            zone = Zone::named(name).ok();
        }
        zone.is_none()
    })?;
    Ok(zone.unwrap_or_else(Zone::utc))
}

fn asked_wrongly(error: &SqlError) -> Fault {
    let code = match error.kind {
        Kind::Refused => Code::Refused,
        Kind::Time | Kind::Memory | Kind::Other => Code::Failed,
        _ => Code::Usage,
    };
    Fault::new(code, error.to_string(), error.help.clone().unwrap_or_default())
}

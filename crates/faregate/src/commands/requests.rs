//! `faregate request …`: what it prints. What it orders is in `orders`.

use crate::cli::budgets::Request;
use crate::commands::buckets::people;
use crate::commands::orders;
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use faregate_core::budget::{Progress, RequestId, Requested, approvals_needed};
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::state::State;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, action: &Request, as_json: bool) -> Result<(), Fault> {
    match action {
        Request::List { all } => requests(path, *all, None, as_json),
        Request::Show { id } => requests(path, true, Some(request_id(id)?), as_json),
        Request::Make(args) => orders::request(path, args, as_json),
        Request::Approve(args) => {
            let asked = asked(path, &args.id)?;
            orders::approve(path, args, asked, as_json)
        }
        Request::Decline(args) => {
            asked(path, &args.id)?;
            orders::decline(path, args, as_json)
        }
    }
}

/// How many tokens a request asks for.
fn asked(path: &Path, id: &str) -> Result<f64, Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let known = state.requests().get(&request_id(id)?);
    Ok(known.ok_or_else(|| no_request(id))?.request.ticks.tokens())
}

fn request_id(text: &str) -> Result<RequestId, Fault> {
    text.parse().map_err(|_| no_request(text))
}

fn no_request(id: &str) -> Fault {
    let help = "`faregate request list --all` names all of them; ids look like r42";
    Fault::new(Code::Usage, format!("there is no request `{id}`"), help)
}

fn requests(path: &Path, all: bool, only: Option<RequestId>, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let wanted = |(id, known): &(&RequestId, &Requested)| {
        only.is_none_or(|one| one == **id) && (all || known.progress == Progress::Waiting)
    };
    let found: Vec<(&RequestId, &Requested)> = state.requests().iter().filter(wanted).collect();
    if let (Some(id), true) = (only, found.is_empty()) {
        return Err(no_request(&id.to_string()));
    }
    if as_json {
        let rows: Vec<Value> =
            found.iter().map(|(id, known)| request_json(&state, **id, known)).collect();
        return match (only, rows.first()) {
            (Some(_), Some(row)) => output::json(row),
            _ => output::json(&rows),
        };
    }
    let rows: Vec<Vec<String>> =
        found.iter().map(|(id, known)| request_row(&state, **id, known)).collect();
    let columns = [
        ("request", Align::Left),
        ("tokens", Align::Right),
        ("for", Align::Left),
        ("of", Align::Left),
        ("by", Align::Left),
        ("why", Align::Left),
        ("state", Align::Left),
        ("can answer", Align::Left),
    ];
    let none = if all { "nobody has asked for tokens" } else { "no requests wait for an answer" };
    output::table(&columns, &rows, none);
    Ok(())
}

fn progress(known: &Requested) -> String {
    match known.progress {
        Progress::Waiting => format!("waits until {}", known.request.expires),
        Progress::Approved(ticks) => format!("approved: {ticks}"),
        Progress::Declined => "declined".to_owned(),
        Progress::Expired => "expired".to_owned(),
        Progress::Returned => "returned".to_owned(),
    }
}

/// Those who can answer a request: whoever decides, the asker and those who said yes already aside.
fn can_answer(state: &State, known: &Requested) -> Vec<String> {
    let said = |id: &PersonId| known.approvals.iter().any(|(earlier, _)| earlier == id);
    let mut deciders = state.deciders(known.request.from);
    deciders.retain(|id| *id != known.request.by && !said(id));
    people(state, &deciders)
}

fn bucket_name(state: &State, id: Option<BucketId>) -> String {
    let known = id.and_then(|id| state.estate().bucket(id));
    known.map_or("the pool".to_owned(), |bucket| bucket.key.clone())
}

fn request_row(state: &State, id: RequestId, known: &Requested) -> Vec<String> {
    let asked = &known.request;
    let waits = known.progress == Progress::Waiting;
    vec![
        id.to_string(),
        number(asked.ticks.tokens()),
        bucket_name(state, Some(asked.bucket)),
        bucket_name(state, asked.from),
        people(state, &[asked.by]).join(""),
        asked.why.clone(),
        progress(known),
        if waits { can_answer(state, known).join(", ") } else { String::new() },
    ]
}

fn request_json(state: &State, id: RequestId, known: &Requested) -> Value {
    let asked = &known.request;
    let approvals: Vec<Value> = known
        .approvals
        .iter()
        .map(
            |(by, ticks)| json!({ "by": people(state, &[*by]).join(""), "tokens": ticks.tokens() }),
        )
        .collect();
    json!({
        "id": id.to_string(), "tokens": asked.ticks.tokens(), "bucket": bucket_name(state, Some(asked.bucket)),
        "from": asked.from.map(|from| bucket_name(state, Some(from))), "by": people(state, &[asked.by]).join(""),
        "why": asked.why, "at": known.at.to_string(), "expires": asked.expires.to_string(),
        "due": asked.loan.map(|loan| loan.due.to_string()), "state": progress(known),
        "approvals": approvals, "approvals_needed": approvals_needed(state, known),
        "can_answer": can_answer(state, known), "owing": known.owing.tokens(),
    })
}

//! `faregate explain`: why somebody was let through or turned away.

use crate::cli::Explain;
use crate::fault::{Code, Fault};
use crate::say;
use crate::{estate, output};
use faregate_app::engine::Engine;
use faregate_app::explain::{Explanation, explain, find_request};
use faregate_core::event::{Event, Opened, Refused, Route, SessionId};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(path: &Path, args: &Explain, as_json: bool) -> Result<ExitCode, Fault> {
    let mut engine = estate::read(path)?;
    let seq = find(&mut engine, &args.id)?;
    let explanation = explain(&mut engine, seq)?.ok_or_else(|| unknown(&args.id))?;
    if as_json {
        output::json(&as_value(&explanation))?;
    } else {
        print(&explanation);
    }
    if explanation.holds() {
        return Ok(ExitCode::SUCCESS);
    }
    let message = format!("recomputing decision {seq} gives another answer");
    Err(Fault::new(
        Code::Findings,
        message,
        "run `faregate doctor`; the journal or this release is at fault",
    ))
}

fn find(engine: &mut Engine, id: &str) -> Result<u64, Fault> {
    if let Some(seq) = find_request(engine, id)? {
        return Ok(seq);
    }
    id.parse::<SessionId>().map(|id| id.0).map_err(|_| unknown(id))
}

fn unknown(id: &str) -> Fault {
    let help = "give the number of a decision, the id of a session (s42), or the idempotency key of a request";
    Fault::new(Code::Usage, format!("there is no decision `{id}`"), help)
}

/// A decision in a sentence, and its route or reason as a stable code.
fn told(event: &Event) -> (String, &'static str) {
    match event {
        Event::Opened(Opened { route: Route::Seat(seat), .. }) => {
            (format!("let through on seat {}", seat.0), "seat")
        }
        Event::Opened(Opened { route: Route::FreeSeat(seat), .. }) => {
            (format!("let through on seat {}, which was free", seat.0), "free-seat")
        }
        Event::Opened(Opened { route: Route::Tokens { ticks, unit_start, .. }, .. })
            if ticks.0 == 0 =>
        {
            (format!("let through within the unit paid from {unit_start}: no tokens"), "tokens")
        }
        Event::Opened(Opened { route: Route::Tokens { ticks, .. }, .. }) => {
            (format!("let through on {ticks} tokens"), "tokens")
        }
        Event::Refused(Refused { reason, .. }) => {
            (format!("turned away: {}", reason.sentence()), reason.code())
        }
        _ => ("no decision".to_owned(), "none"),
    }
}

fn print(explanation: &Explanation) {
    let (decided, code) = told(&explanation.decided);
    say!("decision {} at {}: {decided} ({code})", explanation.seq, explanation.at);
    for fact in &explanation.facts {
        say!("  {:<8} {}", fact.name, fact.found);
    }
    if let Event::Refused(refused) = &explanation.decided {
        refused.reason.remedies().iter().for_each(|remedy| say!("  remedy   {remedy}"));
    }
    if explanation.holds() {
        say!("recomputed from the journal: the same");
    } else {
        say!("recomputed from the journal: {}", told(&explanation.recomputed).0);
    }
}

fn as_value(explanation: &Explanation) -> Value {
    let facts: Vec<Value> = explanation
        .facts
        .iter()
        .map(|fact| json!({ "name": fact.name, "found": fact.found }))
        .collect();
    let (decided, code) = told(&explanation.decided);
    json!({
        "decision": explanation.seq,
        "at": explanation.at.to_string(),
        "code": code,
        "decided": decided,
        "recomputed": told(&explanation.recomputed).0,
        "holds": explanation.holds(),
        "facts": facts,
    })
}

//! What the agent tells those who ask: how it is, and why it decided as it did. Works while the server is away, and
//! while no agent runs.

use crate::clock::{Clock, Now};
use crate::home::{Fault, Home};
use crate::log::instant;
use crate::machine::{SessionStatus, Status, fare_word};
use crate::memory::Decided;
use crate::ports::Times;
use crate::run::remembered;
use std::fs;

/// How the agent of a directory is.
///
/// # Errors
/// It is not enrolled (exit code 3), or its memory cannot be read.
pub fn status(home: &Home, times: &mut impl Times) -> Result<Status, Fault> {
    home.device()?;
    let now = Now {
        boot: times.boot(),
        since_boot: times.since_boot(),
        wall: times.wall(),
        chance: [0; 16],
    };
    let running = home.is_run();
    let told = fs::read(home.path().join("status.json")).ok();
    let told: Option<Status> = told.and_then(|text| serde_json::from_slice(&text).ok());
    let memory = remembered(home)?.memory;
    let mut clock = Clock::new(memory.anchor.clone());
    clock.look(&now);
    let last_contact = told.as_ref().and_then(|told| told.last_contact);
    let mut status = match told {
        Some(told) if running => told,
        _ => Status { last_contact, ..Status::of(&memory, clock.server_time(&now)) },
    };
    status.running = running;
    status.server_time = clock.server_time(&now);
    Ok(status)
}

/// The same in words.
#[must_use]
pub fn status_words(status: &Status) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| text += &format!("{name:<14}{value}\n");
    let why = status.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    line("agent", if status.running { "runs" } else { "does not run" }.to_owned());
    if status.running {
        line(
            "server",
            if status.connected { "answers".to_owned() } else { format!("does not answer{why}") },
        );
    }
    let last = status.last_contact.map(|at| format!("{}, {} ago", instant(at), age(status, at)));
    line("last contact", last.unwrap_or_else(|| "never".to_owned()));
    let rules = status.rules.zip(status.rules_issued);
    let rules = rules.map(|(version, at)| format!("{version}, signed {} ago", age(status, at)));
    line("rules", rules.unwrap_or_else(|| "none yet: nothing is watched".to_owned()));
    if let Some(doubt) = &status.rules_doubt {
        line("", format!("doubtful: {doubt}"));
    }
    if status.clock_off {
        line("clock", "is wrong: set the date and time right".to_owned());
    }
    if status.running && !status.durable {
        line("memory", "cannot be written: make room on the disk".to_owned());
    }
    line("queue", format!("{} to tell the server", status.queue));
    status.sessions.iter().for_each(|one| line("session", session_words(one)));
    for grant in &status.grants {
        let (fare, until) = (fare_word(grant), instant(grant.until));
        line("grant", format!("{} of {}: {fare}, until {until}", grant.product, grant.account));
    }
    text
}

fn session_words(one: &SessionStatus) -> String {
    let session = one.session.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let still = if one.suspended { ", stands still" } else { "" };
    format!("{} of {}: {}{session}{still}", one.product, one.account, one.standing)
}

fn age(status: &Status, at: i64) -> String {
    let seconds = status.server_time.saturating_sub(at).max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// What was decided last of a product, or about a session.
///
/// # Errors
/// Nothing was.
pub fn why(home: &Home, what: &str) -> Result<Vec<Decided>, Fault> {
    home.device()?;
    let memory = remembered(home)?.memory;
    let fits = |one: &&Decided| one.pair.1 == what || one.session.as_deref() == Some(what);
    let found: Vec<Decided> = memory.decided.values().filter(fits).cloned().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut known: Vec<&str> = memory.decided.keys().map(|pair| pair.1.as_str()).collect();
    known.dedup();
    let help = match known.is_empty() {
        true => "no product was opened on this device yet".to_owned(),
        false => format!("decided was on: {}", known.join(", ")),
    };
    Err(Fault::new(format!("nothing was decided on `{what}`"), help))
}

/// The same in words.
#[must_use]
pub fn why_words(decided: &[Decided]) -> String {
    let mut text = String::new();
    for one in decided {
        let session = one.session.as_ref().map(|id| format!(" as {id}")).unwrap_or_default();
        let (account, product) = &one.pair;
        text += &format!("{} {product} of {account}: {}{session}\n", instant(one.at), one.what);
        text += &format!("  because: {}\n", one.ground);
        if let Some(decision) = one.decision {
            text += &format!("  more: `faregate explain {decision}` on the server\n");
        }
    }
    text
}

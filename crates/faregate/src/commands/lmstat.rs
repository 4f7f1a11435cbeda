//! `faregate lmstat`: who holds what at the licence server, as it says itself, and how that differs from the gate and
//! the log. What the server does not say is not known; it ends no session.

mod record;

use crate::ambient::now;
use crate::cli::options::Lmstat;
use crate::commands::running;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::{aside, estate, say};
use faregate_app::holders::{self, Difference, Held, Seen, Snapshot, compare, snapshot};
use faregate_core::state::State;
use faregate_core::when::{Instant, Zone};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::lmstat::{Reader, Rejected, Status};
use record::Record;
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Between two looks whether to stop.
const STEP: Duration = Duration::from_millis(200);

pub(crate) fn run(path: &Path, args: &Lmstat, as_json: bool) -> Result<(), Fault> {
    let features = estate::features(args.features.as_deref())?;
    match args.every {
        Some(every) => watch(path, args, (&features, Duration::from_secs(every)), as_json),
        None => once(path, args, &features, as_json),
    }
}

fn once(path: &Path, args: &Lmstat, features: &FeatureTable, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let zone = zone(args, &state)?;
    let at = args.at.as_deref().map(instant).transpose()?.unwrap_or_else(now);
    let status = poll(args, (&state, zone, at))?;
    let found = snapshot(&state, features, &status, at);
    let differences = compare(&state, &found);
    if as_json {
        return output::json(&in_json(&state, &found, &differences, &status.rejected));
    }
    print(&state, &found, &differences, &status.rejected);
    Ok(())
}

fn zone(args: &Lmstat, state: &State) -> Result<Zone, Fault> {
    args.zone.as_deref().map_or_else(|| Ok(state.zone().clone()), estate::zone)
}

fn instant(text: &str) -> Result<Instant, Fault> {
    text.parse().map_err(|why: faregate_core::when::BadTime| {
        Fault::new(Code::Usage, why.to_string(), "write times as 2026-03-02T08:00:00Z")
    })
}

/// What the server says, from a file, from standard input or from a program; a program that fails says nothing.
fn poll(args: &Lmstat, (state, zone, at): (&State, Zone, Instant)) -> Result<Status, Fault> {
    let users: Vec<&str> = state
        .estate()
        .people()
        .iter()
        .flat_map(|person| person.aliases.iter().chain([&person.key]))
        .map(String::as_str)
        .collect();
    let mut reader = Reader::new(at, zone).knowing_users(users);
    let Some(file) = &args.file else {
        let ran = running::run(&args.command, Duration::from_secs(args.limit));
        reader.feed(&ran.output);
        let mut status = reader.finish();
        // Before what the output itself leaves open: that follows from it.
        if let Some(failure) = ran.failure {
            status.unknown.insert(0, failure);
        }
        return Ok(status);
    };
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    read.map_err(|why| {
        let help = "check the path and that this user may read it";
        Fault::new(Code::Input, format!("{}: {why}", file.display()), help)
    })?;
    reader.feed(&bytes);
    Ok(reader.finish())
}

fn print(state: &State, found: &Snapshot, differences: &[Difference], rejected: &[Rejected]) {
    let rows: Vec<Vec<String>> = found.held.iter().map(|held| cells(state, held)).collect();
    let columns = [
        ("person", Align::Left),
        ("user", Align::Left),
        ("host", Align::Left),
        ("product", Align::Left),
        ("licences", Align::Right),
        ("since", Align::Left),
    ];
    let none = if found.unknown.is_empty() {
        "nobody holds anything"
    } else {
        "who holds what is not known"
    };
    output::table(&columns, &rows, none);
    rejected.iter().for_each(|rejected| aside!("warning: {rejected}"));
    for why in &found.unknown {
        aside!("not known: {why}");
    }
    if !differences.is_empty() {
        say!("");
    }
    for one in differences {
        let session = one.session.map_or_else(String::new, |session| format!(" ({session})"));
        let host = if one.host.is_empty() { String::new() } else { format!(" on {}", one.host) };
        say!("{}: {} {}{host} since {}{session}", one.kind.key(), one.user, one.what, one.since);
    }
    if !holders::asked_ever(state) {
        aside!("the gate was never asked, so it is not compared");
    }
    if !holders::logged_ever(state) {
        aside!("no log was taken in, so none is compared");
    }
}

fn name(state: &State, held: &Held) -> Option<String> {
    Some(state.estate().person(held.person?)?.key.clone())
}

fn cells(state: &State, held: &Held) -> Vec<String> {
    vec![
        name(state, held).unwrap_or_else(|| "nobody known".to_owned()),
        held.user.clone(),
        held.host.clone(),
        held.what.clone(),
        held.licences.to_string(),
        held.since.to_string(),
    ]
}

fn in_json(
    state: &State,
    found: &Snapshot,
    differences: &[Difference],
    rejected: &[Rejected],
) -> Value {
    let held = found.held.iter().map(|held| {
        json!({
            "person": name(state, held), "user": held.user, "host": held.host, "what": held.what,
            "product": held.product.is_some(), "codes": held.codes, "licences": held.licences,
            "since": held.since.to_string(),
        })
    });
    let differences = differences.iter().map(|one| {
        json!({
            "kind": one.kind.key(), "user": one.user, "host": one.host, "what": one.what,
            "since": one.since.to_string(),
            "session": one.session.map(|session| session.to_string()),
        })
    });
    json!({
        "at": found.at.to_string(), "held": held.collect::<Vec<_>>(), "known": found.known,
        "unknown": found.unknown, "differences": differences.collect::<Vec<_>>(),
        "rejected": rejected.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "gate_compared": holders::asked_ever(state), "log_compared": holders::logged_ever(state),
    })
}

fn watch(
    path: &Path,
    args: &Lmstat,
    (features, every): (&FeatureTable, Duration),
    as_json: bool,
) -> Result<(), Fault> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(anyhow::Error::from)?;
    }
    let zone = zone(args, &estate::read(path)?.state().read())?;
    let (mut record, mut watch) = Record::open(path)?;
    if !as_json {
        aside!("recording into `{}`; Ctrl-C stops", record.path().display());
    }
    let mut polls = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        // People and products as they are by now.
        let engine = estate::read(path)?;
        let shared = engine.state();
        let at = now();
        let found = {
            let state = shared.read();
            let status = poll(args, (&state, zone.clone(), at))?;
            snapshot(&state, features, &status, at)
        };
        for seen in watch.look(&found) {
            let line = record.add(at, &seen)?;
            if as_json { output::json(&line)? } else { say!("{at}  {}", words(&seen)) }
        }
        polls += 1;
        if args.times == Some(polls) {
            break;
        }
        pause(every, &stop);
    }
    if !as_json {
        let held = output::number(watch.open() as f64);
        aside!("polled {polls} times; held, as far as is known: {held}");
    }
    Ok(())
}

fn pause(every: Duration, stop: &AtomicBool) {
    let mut paused = Duration::ZERO;
    while paused < every && !stop.load(Ordering::Relaxed) {
        let step = STEP.min(every - paused);
        std::thread::sleep(step);
        paused += step;
    }
}

fn words(seen: &Seen) -> String {
    match seen {
        Seen::Held { user, host, what, since } => {
            format!("{user} on {host} holds {what} since {since}")
        }
        Seen::Gone { user, host, what, last_seen, .. } => {
            format!("{user} on {host} holds {what} no longer, seen last {last_seen}")
        }
        Seen::Unknown(why) => format!("not known: {}", why.join("; ")),
        Seen::Known => "known again".to_owned(),
    }
}

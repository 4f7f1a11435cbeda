//! B1: a FlexNet log into a durable, deduplicated and rated store, against DuckDB's SQL that stores nothing.

use super::Setting;
use crate::command::{Ran, measured, output};
use crate::logs::{self, Log, SESSIONS};
use crate::outcome::{Outcome, median, short};
use crate::peers::duckdb::DuckDb;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let log = logs::log(&setting.home, (SESSIONS as f64 * setting.scale) as u64)?;
    let peer = DuckDb::find(&setting.home);
    let mut heats = Heats::default();
    for round in 1..=setting.rounds {
        heats.ours(import(setting, &log)?, &log);
        if let Ok(peer) = &peer {
            heats.peer(peer.sessions(&log.path)?, &log);
        }
        let cpu = |all: &[f64]| all.last().map_or_else(|| "–".to_owned(), |last| short(*last));
        eprintln!("B1 round {round}: {} s, peer {} s", cpu(&heats.ours), cpu(&heats.peer));
    }
    let Heats { ours, peer: theirs, peaks, peer_peaks, mut wrong } = heats;
    let mut notes = vec![size(&log, &ours, &peaks)];
    match peer {
        Err(why) => notes.push(format!("peer absent: {why:#}")),
        Ok(_) => notes.push(format!("DuckDB's peak {} MiB", middle(&peer_peaks))),
    }
    wrong.dedup();
    Ok(vec![Outcome {
        race: "B1 DuckDB, FlexNet → sessions".to_owned(),
        unit: "CPU s",
        ours,
        peer: theirs,
        less_is_better: true,
        first: Some(4.0),
        last: Some(10.0),
        wrong,
        notes,
    }])
}

#[derive(Default)]
struct Heats {
    ours: Vec<f64>,
    peer: Vec<f64>,
    peaks: Vec<f64>,
    peer_peaks: Vec<f64>,
    wrong: Vec<String>,
}

impl Heats {
    fn ours(&mut self, (ran, said): (Ran, Value), log: &Log) {
        self.ours.push(ran.cpu);
        self.peaks.push(ran.peak);
        let number = |name: &str| said[name].as_i64().unwrap_or(-1);
        self.check("ours", number("sessions"), number("session_seconds"), log);
        for name in ["quarantined", "rejected", "duplicates", "open_sessions"] {
            if number(name) != 0 {
                self.wrong.push(format!("ours: {} {name}", number(name)));
            }
        }
    }

    fn peer(&mut self, (ran, sessions, seconds): (Ran, u64, i64), log: &Log) {
        self.peer.push(ran.cpu);
        self.peer_peaks.push(ran.peak);
        self.check("DuckDB", sessions.cast_signed(), seconds, log);
    }

    fn check(&mut self, whose: &str, sessions: i64, seconds: i64, log: &Log) {
        if (sessions, seconds) != (log.sessions.cast_signed(), log.seconds) {
            let wanted = format!("{} of {} s", log.sessions, log.seconds);
            self.wrong.push(format!("{whose}: {sessions} sessions of {seconds} s, not {wanted}"));
        }
    }
}

/// Imports a log into a fresh store; what that cost, and what was printed.
pub(crate) fn import(setting: &Setting, log: &Log) -> Result<(Ran, Value)> {
    let data = setting.fresh("store-b1")?;
    let (tariff, features) = (setting.home.join("races.toml"), setting.home.join("features.csv"));
    std::fs::write(&tariff, crate::estate::tariff(logs::PRODUCTS))?;
    std::fs::write(&features, logs::features())?;
    let mut init = faregate(setting, &data);
    init.args(["init", "--zone", "UTC", "--tokens", "2000000000", "--from", "2025-01-01"]);
    init.args(["--until", "2026-12-31", "--tariff"]).arg(&tariff);
    output(&mut init)?;
    let mut import = faregate(setting, &data);
    import.args(["--json", "import", "flexnet"]).arg(&log.path);
    import.args(["--zone", "UTC", "--features"]).arg(&features);
    let ran = measured(&mut import)?;
    let said = serde_json::from_str(&ran.stdout).context("the import printed something else")?;
    Ok((ran, said))
}

pub(crate) fn faregate(setting: &Setting, data: &Path) -> Command {
    let mut command = Command::new(&setting.binary);
    command.arg("--data").arg(data);
    command
}

fn size(log: &Log, ours: &[f64], peaks: &[f64]) -> String {
    let megabytes = log.bytes as f64 / 1e6;
    let rate = median(ours).map_or_else(String::new, |cpu| short(megabytes / cpu));
    format!(
        "{} lines, {} MB: {rate} MB per CPU second, peak {} MiB, store included",
        log.lines,
        short(megabytes),
        middle(peaks)
    )
}

fn middle(values: &[f64]) -> String {
    median(values).map_or_else(|| "–".to_owned(), short)
}

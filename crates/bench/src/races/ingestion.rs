//! B: files into a durable, deduplicated and rated store, against DuckDB's SQL over the same file.
//!
//! In B1 and B3 the peer stores nothing; in B2 it loads a table of its own. Everybody counts the sessions and
//! their seconds, and must find as many as were written.

use super::Setting;
use crate::ambient::Tick;
use crate::command::{Ran, measured, output};
use crate::logs::{self, Form, Log};
use crate::outcome::{Outcome, median, short};
use crate::peers::duckdb::{DuckDb, Found, Script};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// One of the races.
struct Contest {
    race: &'static str,
    form: Form,
    /// Sessions at full scale.
    sessions: f64,
    peer: Script,
    /// How many times the peer's CPU seconds: first and in the end.
    cpu: [f64; 2],
    /// And of its wall time, where a target says so.
    wall: Option<[f64; 2]>,
}

const FLEXNET: Contest = Contest {
    race: "B1 DuckDB, FlexNet → sessions",
    form: Form::FlexNet,
    sessions: logs::SESSIONS as f64,
    peer: Script::FlexNet,
    cpu: [4.0, 10.0],
    wall: None,
};

const TABLE: Contest = Contest {
    race: "B2 DuckDB, CSV → table",
    form: Form::Table,
    sessions: 10_000_000.0,
    peer: Script::Table,
    cpu: [1.0, 5.0],
    wall: Some([1.0, 4.0]),
};

const EVENTS: Contest = Contest {
    race: "B3 DuckDB, CloudEvents scan",
    form: Form::Events,
    sessions: 3_000_000.0,
    peer: Script::Events,
    cpu: [0.5, 1.5],
    wall: None,
};

pub(super) fn flexnet(setting: &Setting) -> Result<Vec<Outcome>> {
    FLEXNET.run(setting)
}

pub(super) fn table(setting: &Setting) -> Result<Vec<Outcome>> {
    TABLE.run(setting)
}

pub(super) fn events(setting: &Setting) -> Result<Vec<Outcome>> {
    EVENTS.run(setting)
}

impl Contest {
    fn run(&self, setting: &Setting) -> Result<Vec<Outcome>> {
        let sessions = (self.sessions * setting.scale) as u64;
        let log = logs::log(&setting.home, self.form, sessions)?;
        let peer = DuckDb::find(&setting.home);
        let mut heats = Heats::default();
        for round in 1..=setting.rounds {
            heats.ours(import(setting, &log)?, &log);
            if let Ok(peer) = &peer {
                let begun = Tick::now();
                let (ran, found) = peer.read(self.peer, &log.path)?;
                heats.peer((ran, begun.seconds()), &found, &log);
            }
            let cpu = |all: &[f64]| all.last().map_or_else(|| "–".to_owned(), |last| short(*last));
            let name = self.race.get(..2).unwrap_or_default();
            eprintln!("{name} round {round}: {} s, peer {} s", cpu(&heats.ours), cpu(&heats.peer));
        }
        let absent = peer.err().map(|why| format!("peer absent: {why:#}"));
        Ok(self.outcomes(heats, &log, absent))
    }

    fn outcomes(&self, mut heats: Heats, log: &Log, absent: Option<String>) -> Vec<Outcome> {
        let peer = || format!("DuckDB's peak {} MiB", middle(&heats.peer_peaks));
        let notes = vec![size(log, &heats), absent.unwrap_or_else(peer)];
        heats.wrong.dedup();
        let wall = self.wall.map(|wall| Outcome {
            race: format!("{}, wall", self.race),
            unit: "s",
            ours: heats.walls,
            peer: heats.peer_walls,
            less_is_better: true,
            first: Some(wall[0]),
            last: Some(wall[1]),
            wrong: Vec::new(),
            notes: Vec::new(),
        });
        let cpu = Outcome {
            race: self.race.to_owned(),
            unit: "CPU s",
            ours: heats.ours,
            peer: heats.peer,
            less_is_better: true,
            first: Some(self.cpu[0]),
            last: Some(self.cpu[1]),
            wrong: heats.wrong,
            notes,
        };
        [cpu].into_iter().chain(wall).collect()
    }
}

#[derive(Default)]
struct Heats {
    ours: Vec<f64>,
    peer: Vec<f64>,
    walls: Vec<f64>,
    peer_walls: Vec<f64>,
    peaks: Vec<f64>,
    peer_peaks: Vec<f64>,
    wrong: Vec<String>,
}

impl Heats {
    fn ours(&mut self, Imported { ran, wall, said }: Imported, log: &Log) {
        self.ours.push(ran.cpu);
        self.walls.push(wall);
        self.peaks.push(ran.peak);
        let number = |name: &str| said[name].as_i64().unwrap_or(-1);
        self.check("ours", number("sessions"), number("session_seconds"), log);
        for name in ["quarantined", "rejected", "duplicates", "open_sessions"] {
            if number(name) != 0 {
                self.wrong.push(format!("ours: {} {name}", number(name)));
            }
        }
    }

    fn peer(&mut self, (ran, wall): (Ran, f64), found: &Found, log: &Log) {
        self.peer.push(ran.cpu);
        self.peer_walls.push(wall);
        self.peer_peaks.push(ran.peak);
        self.check("DuckDB", found.sessions, found.seconds, log);
    }

    fn check(&mut self, whose: &str, sessions: i64, seconds: i64, log: &Log) {
        if (sessions, seconds) != (log.sessions.cast_signed(), log.seconds) {
            let wanted = format!("{} of {} s", log.sessions, log.seconds);
            self.wrong.push(format!("{whose}: {sessions} sessions of {seconds} s, not {wanted}"));
        }
    }
}

/// An import, what it cost, and what it printed.
pub(crate) struct Imported {
    pub(crate) ran: Ran,
    pub(crate) wall: f64,
    pub(crate) said: Value,
}

/// Imports a file into a fresh store.
pub(crate) fn import(setting: &Setting, log: &Log) -> Result<Imported> {
    let data = setting.fresh(STORE)?;
    let tariff = setting.home.join("races.toml");
    std::fs::write(&tariff, crate::estate::tariff(logs::PRODUCTS))?;
    let mut init = faregate(setting, &data);
    init.args(["init", "--zone", "UTC", "--tokens", "2000000000", "--from", "2025-01-01"]);
    init.args(["--until", "2026-12-31", "--tariff"]).arg(&tariff);
    output(&mut init)?;
    let features = setting.home.join("features.csv");
    std::fs::write(&features, logs::features())?;
    let mut import = faregate(setting, &data);
    import.args(["--json", "import", log.form.command()]).arg(&log.path);
    import.args(["--zone", "UTC", "--features"]).arg(&features);
    if let Some(map) = log.form.map() {
        let path = setting.home.join("map.toml");
        std::fs::write(&path, map)?;
        import.arg("--map").arg(path);
    }
    let begun = Tick::now();
    let ran = measured(&mut import)?;
    let wall = begun.seconds();
    let said: Value =
        serde_json::from_str(&ran.stdout).context("the import printed something else")?;
    // Commands that take files of several kinds tell of each by itself.
    let said = said["imports"].get(0).cloned().unwrap_or(said);
    Ok(Imported { ran, wall, said })
}

/// Where [`import`] puts its store.
pub(crate) const STORE: &str = "store-b";

pub(crate) fn faregate(setting: &Setting, data: &Path) -> Command {
    let mut command = Command::new(&setting.binary);
    command.arg("--data").arg(data);
    command
}

fn size(log: &Log, heats: &Heats) -> String {
    let megabytes = log.bytes as f64 / 1e6;
    let rate = median(&heats.ours).map_or_else(String::new, |cpu| short(megabytes / cpu));
    format!(
        "{} lines, {} MB: {rate} MB per CPU second, peak {} MiB, store included",
        log.lines,
        short(megabytes),
        middle(&heats.peaks)
    )
}

fn middle(values: &[f64]) -> String {
    median(values).map_or_else(|| "–".to_owned(), short)
}

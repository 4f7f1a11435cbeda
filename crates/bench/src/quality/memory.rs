//! Resident memory: of an import, and of a server with many people and sessions.

use super::{Figure, Side};
use crate::logs::{Form, SESSIONS, log};
use crate::races::ingestion::{self, Imported};
use crate::races::{Setting, heartbeats};
use crate::server::Server;
use crate::{ambient, estate};
use anyhow::Result;

/// So many times the sessions of the races make a log of 2 GB.
const LOGS: f64 = 2.92;
const OPEN_SESSIONS: usize = 50_000;

/// A log of 2 GB into an empty store.
pub(super) fn import(setting: &Setting) -> Result<Vec<Figure>> {
    let log = log(&setting.home, Form::FlexNet, (SESSIONS as f64 * LOGS * setting.scale) as u64)?;
    let Imported { ran, said, .. } = ingestion::import(setting, &log)?;
    let megabytes = log.bytes as f64 / 1e6;
    let sessions = Figure {
        name: "import of a 2 GB log: sessions",
        value: said["sessions"].as_f64().unwrap_or(0.0),
        target: log.sessions as f64,
        side: Side::Exactly,
        unit: "sessions",
        note: format!("{megabytes:.0} MB in {:.1} CPU seconds", ran.cpu),
    };
    let memory = Figure {
        name: "import of a 2 GB log: peak memory",
        value: ran.peak,
        target: 200.0,
        side: Side::AtMost,
        unit: "MiB",
        note: String::new(),
    };
    Ok(vec![sessions, memory])
}

/// 100,000 people and 50,000 open sessions.
pub(super) fn serve(setting: &Setting) -> Result<Vec<Figure>> {
    let data = setting.fresh("store-memory")?;
    estate::create(&data, setting.policies)?;
    let server = Server::start(&setting.binary, &data)?;
    let start = ambient::Tick::now();
    let sessions = heartbeats::open_sessions(&server, OPEN_SESSIONS)?;
    let seconds = start.seconds();
    let (now, peak) = server.memory()?;
    server.stop()?;
    let note = format!("{now:.0} MiB at rest; {} opened in {seconds:.1} s", sessions.len());
    let name = "100,000 people, 50,000 open sessions: memory";
    Ok(vec![Figure { name, value: peak, target: 500.0, side: Side::AtMost, unit: "MiB", note }])
}

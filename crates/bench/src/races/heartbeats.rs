//! A3: heartbeats of 100,000 agents, against our own null endpoint.

use super::Setting;
use crate::load::load;
use crate::outcome::{Outcome, short};
use crate::scripts::{Batches, Caller, Heartbeats, Null};
use crate::server::Server;
use crate::{ambient, estate};
use anyhow::{Result, ensure};

const CONNECTIONS: usize = 64;
const BATCH: usize = 5_000;
const AGENTS: usize = 100_000;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let data = setting.fresh("store-a3")?;
    estate::create(&data, setting.policies)?;
    let server = Server::start(&setting.binary, &data)?;
    let sessions = open_sessions(&server, AGENTS)?;
    let caller = Caller { key: server.key.clone() };
    let (mut ours, mut null, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=setting.rounds {
        let idle = load(server.address, CONNECTIONS, setting.seconds, &mut Null)?;
        let mut beats = Heartbeats::new(caller.clone(), ambient::chance(), sessions.clone());
        let beating = load(server.address, CONNECTIONS, setting.seconds, &mut beats)?;
        if beating.failures > 0 || beating.broken {
            wrong.push(format!("{} heartbeats failed", beating.failures));
        }
        eprintln!("A3 round {round}: {}, null {}", short(beating.rate()), short(idle.rate()));
        ours.push(beating.rate());
        null.push(idle.rate());
    }
    server.stop()?;
    Ok(vec![Outcome {
        race: "A3 heartbeats, null endpoint".to_owned(),
        unit: "/s",
        ours,
        peer: null,
        less_is_better: false,
        first: Some(0.5),
        last: Some(0.8),
        wrong,
        notes: vec![format!("{} sessions run", sessions.len())],
    }])
}

/// Opens sessions of random people, so many that each agent has one.
pub(crate) fn open_sessions(server: &Server, count: usize) -> Result<Vec<u64>> {
    let caller = Caller { key: server.key.clone() };
    let batches = count.div_ceil(BATCH) as u64;
    let mut script = Batches::counted(caller, ambient::chance(), BATCH, batches);
    load(server.address, 1, 120.0, &mut script)?;
    let sessions = script.sessions.unwrap_or_default();
    ensure!(sessions.len() >= count, "only {} of {count} sessions were opened", sessions.len());
    Ok(sessions)
}

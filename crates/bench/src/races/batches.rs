//! A2: many decisions in one request, one commit for all.

use super::Setting;
use crate::load::load;
use crate::outcome::{Outcome, short};
use crate::scripts::{Batches, Caller};
use crate::server::Server;
use crate::{ambient, estate};
use anyhow::Result;

/// TigerBeetle's rates on this class of machine: batches of 8,189, and 64 for each of 16 clients.
const TIGERBEETLE: [f64; 2] = [212_000.0, 28_000.0];

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let shapes =
        [("one batch of 8,189", 8_189, 1, 3.0), ("16 clients, batches of 64", 64, 16, 5.0)];
    let mut outcomes = Vec::new();
    for ((name, size, connections, last), peer) in shapes.into_iter().zip(TIGERBEETLE) {
        let mut outcome = Outcome {
            race: format!("A2 {name}"),
            unit: "/s",
            ours: Vec::new(),
            peer: vec![peer],
            less_is_better: false,
            first: None,
            last: Some(last),
            wrong: Vec::new(),
            notes: vec![
                "the peer's figure is TigerBeetle's, seen on this class of machine".to_owned(),
            ],
        };
        for round in 1..=setting.rounds {
            heat(setting, &mut outcome, size, connections)?;
            eprintln!("{} round {round}: {}", outcome.race, short(outcome.ours[round - 1]));
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn heat(setting: &Setting, outcome: &mut Outcome, size: usize, connections: usize) -> Result<()> {
    let data = setting.fresh("store-a2")?;
    estate::create(&data, setting.policies)?;
    let server = Server::start(&setting.binary, &data)?;
    let caller = Caller { key: server.key.clone() };
    let mut script = Batches::new(caller, ambient::chance(), size);
    let done = load(server.address, connections, setting.seconds, &mut script)?;
    outcome.ours.push(done.rate());
    if done.failures > 0 || done.broken || script.on_tokens * 100 < done.count * 99 {
        outcome.wrong.push(format!("{} of {} on tokens", script.on_tokens, done.count));
    }
    server.stop()
}

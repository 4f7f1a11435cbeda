//! The load: each connection opens under a fresh key, asks an old key again, or closes; one at a time,
//! until the server is gone.

use super::caller::Caller;
use super::record::{Ack, Answers, Ask, Asked, Record, Seen, same_answer};
use super::{Plan, contract};
use crate::chance::Chance;
use crate::server::Server;
use anyhow::{Result, anyhow};
use serde_json::Value;
use std::thread::JoinHandle;

/// Older answers that each connection may ask for again.
const OLD: usize = 64;

/// A load that runs.
pub(super) struct Load(Vec<JoinHandle<Seen>>);

impl Load {
    pub(super) fn start(
        server: &Server,
        round: u32,
        plan: &Plan,
        record: &Record,
        chance: &mut Chance,
    ) -> Result<Self> {
        let mut threads = Vec::new();
        for connection in 0..plan.connections {
            let old = record.sample(OLD, chance);
            let caller = Caller::of(server)?;
            let mut worker = Worker {
                caller,
                chance: Chance::new(chance.bits()),
                old: old.into_iter().map(|place| record.ack(place).clone()).collect(),
                seen: Seen::default(),
                running: Vec::new(),
                name: format!("{round}-{connection}"),
                asked: 0,
            };
            threads.push(std::thread::spawn(move || {
                while worker.act() {}
                worker.seen
            }));
        }
        Ok(Self(threads))
    }

    /// What the connections saw, once the server is gone.
    pub(super) fn end(self) -> Result<Vec<Seen>> {
        let ended = self.0.into_iter().map(|thread| thread.join());
        ended.map(|seen| seen.map_err(|_| anyhow!("a connection panicked"))).collect()
    }
}

struct Worker {
    caller: Caller,
    chance: Chance,
    old: Vec<Ack>,
    seen: Seen,
    running: Vec<String>,
    name: String,
    asked: u32,
}

impl Worker {
    /// Does one thing; `false` when the server does not answer any more.
    fn act(&mut self) -> bool {
        let draw = self.chance.below(100);
        if draw < 15 && !self.running.is_empty() {
            self.close()
        } else if draw < 30 && !self.old.is_empty() {
            self.ask_again()
        } else {
            self.open()
        }
    }

    fn open(&mut self) -> bool {
        self.asked += 1;
        let ask = Ask {
            person: self.chance.below(contract::PEOPLE),
            product: self.chance.below(contract::PRODUCTS),
            bucket: self.chance.below(contract::BUCKETS),
            name: format!("{}-{}", self.name, self.asked),
        };
        let Some(answer) = self.heard(Asked::Open(ask.clone()), |caller| caller.open(&ask)) else {
            return false;
        };
        if let Some(session) = answer["session"].as_str() {
            self.running.push(session.to_owned());
        }
        let ack = Ack::new(ask, answer);
        if self.old.len() < OLD {
            self.old.push(ack.clone());
        }
        self.seen.acks.push(ack);
        true
    }

    fn ask_again(&mut self) -> bool {
        let place = self.chance.below(self.old.len() as u32) as usize;
        let Some(ack) = self.old.get(place).cloned() else { return true };
        let asked = Asked::Open(ack.ask.clone());
        let Some(answer) = self.heard(asked, |caller| caller.open(&ack.ask)) else { return false };
        self.seen.retries += 1;
        self.seen.losses.extend(same_answer(&ack, &answer));
        true
    }

    fn close(&mut self) -> bool {
        let place = self.chance.below(self.running.len() as u32) as usize;
        let session = self.running.swap_remove(place);
        let asked = Asked::Close(session.clone());
        let Some(ended) = self.heard(asked, |caller| caller.close(&session)) else { return false };
        self.seen.closed.push((session, ended["at"].clone()));
        true
    }

    /// The answer, or `None` when there was none: then nobody knows what became of the request.
    fn heard(
        &mut self,
        asked: Asked,
        call: impl FnOnce(&mut Caller) -> Result<Value>,
    ) -> Option<Value> {
        match call(&mut self.caller) {
            Ok(answer) => Some(answer),
            Err(why) => {
                let words = why.to_string();
                if words.starts_with("answer ") {
                    self.seen.losses.push(format!("{asked:?} got {words}"));
                }
                self.seen.unanswered = Some(asked);
                None
            }
        }
    }
}

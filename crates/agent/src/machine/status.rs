//! What can be told of the agent's state.

use super::{Stage, State};
use crate::clock::Now;
use crate::memory::Memory;
use faregate_protocol::grant::{Grant, GrantedFare};
use serde::{Deserialize, Serialize};

/// How the agent is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Whether an agent runs; filled in by whoever asks.
    pub running: bool,
    /// Whether the server answered the last time.
    pub connected: bool,
    /// When it last answered, by its time, in seconds since 1970 UTC.
    pub last_contact: Option<i64>,
    /// Why it is not connected.
    pub why: Option<String>,
    /// Version of the rules.
    pub rules: Option<u32>,
    /// When these rules were signed.
    pub rules_issued: Option<i64>,
    /// Why the rules are doubtful.
    pub rules_doubt: Option<String>,
    /// Whether the wall clock is wrong.
    pub clock_off: bool,
    /// The server's time by the best that is known.
    pub server_time: i64,
    /// Products that run.
    pub sessions: Vec<SessionStatus>,
    /// How many things wait for the server.
    pub queue: usize,
    /// Rights to open without asking.
    pub grants: Vec<Grant>,
    /// Whether what is to be remembered could be written down.
    pub durable: bool,
}

/// A product that runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionStatus {
    /// The account.
    pub account: String,
    /// Key of the product.
    pub product: String,
    /// The server's session.
    pub session: Option<String>,
    /// `seat`, `tokens`, `lease`, `grace`; `asking`, `question`, `refused` on the way; else `none`.
    pub standing: String,
    /// How many processes it has.
    pub processes: usize,
    /// Whether it stands still.
    pub suspended: bool,
}

impl State {
    /// How the agent is.
    #[must_use]
    pub fn status(&self, now: &Now) -> Status {
        Status {
            running: true,
            connected: self.contact.good.is_some(),
            last_contact: self.contact.last,
            why: self.contact.why.clone(),
            clock_off: self.clock.is_off(now),
            server_time: self.server_time(now),
            sessions: self.sessions(),
            durable: true,
            ..Status::of(&self.memory, self.server_time(now))
        }
    }

    fn sessions(&self) -> Vec<SessionStatus> {
        let on_the_way = |stage: &Stage| match stage {
            Stage::Rest => "none",
            Stage::Asking(_) | Stage::Opening { .. } => "asking",
            Stage::Questioned { .. } => "question",
            Stage::Denied { .. } => "refused",
        };
        let mut all = Status::of(&self.memory, 0).sessions;
        for one in all.iter_mut().filter(|one| one.standing == "none") {
            let pair = (one.account.clone(), one.product.clone());
            let stage = self.live.get(&pair).map(|live| &live.stage);
            one.standing = stage.map_or("none", on_the_way).to_owned();
        }
        all
    }
}

impl Status {
    /// What is remembered says this much, also while no agent runs.
    #[must_use]
    pub fn of(memory: &Memory, server_time: i64) -> Self {
        let session = |one: &crate::memory::Session| SessionStatus {
            account: one.pair.0.clone(),
            product: one.pair.1.clone(),
            session: one.through.as_ref().and_then(|through| through.session.clone()),
            standing: one.through.as_ref().map_or("none", |to| to.basis.word()).to_owned(),
            processes: one.processes.len(),
            suspended: one.suspended,
        };
        let grants = memory.grants.iter().filter(|grant| server_time < grant.until);
        Self {
            rules: memory.rules.as_ref().map(|rules| rules.version),
            rules_issued: memory.rules.as_ref().map(|rules| rules.issued),
            rules_doubt: memory.doubt.as_ref().map(|doubt| doubt.why.clone()),
            server_time,
            sessions: memory.sessions.values().map(session).collect(),
            queue: memory.queue_length(),
            grants: grants.cloned().collect(),
            ..Self::default()
        }
    }
}

/// On what a grant lets somebody through, in a word.
#[must_use]
pub fn fare_word(grant: &Grant) -> String {
    match &grant.fare {
        GrantedFare::Seat => "seat".to_owned(),
        GrantedFare::Lease { session, .. } => format!("lease {session}"),
    }
}

//! What the agent must not forget: kept as records, of which the last of a kind and name counts.
//!
//! Pure: a memory is what its records make of it, and [`Memory::records`] says it in the fewest. What may be
//! forgotten (questions on the screen, requests under way) is not here: after a crash it is asked anew.

use crate::clock::Anchor;
use crate::ports::ProcessId;
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::rules::{Level, SignedRules};
use faregate_protocol::wire::{Open, Use};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Names a session of this machine: account and product. Several processes of one product and account are one.
pub type Pair = (String, String);

/// Something to remember, or to forget.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// The server's time at a moment.
    Anchor(Anchor),
    /// The rules in force.
    Rules(SignedRules),
    /// Whether the rules in force are doubtful.
    Doubt(Option<Doubt>),
    /// A product that runs.
    Session(Box<Session>),
    /// It runs no more.
    SessionGone(Pair),
    /// Use to tell the server of.
    Use(Use),
    /// It need not be told any more.
    UseDone(String),
    /// A session of the server to end.
    Close(String),
    /// It has ended.
    CloseDone(String),
    /// A lease to give back.
    Return(String),
    /// It was given back.
    ReturnDone(String),
    /// A right to open without asking; a newer one takes the place of an older.
    Grant(Grant),
    /// It counts no more.
    GrantGone(Grant),
    /// So many graced opens of an account on a day, in days since 1970 UTC.
    Graced(String, i64, u32),
    /// How far the server last said to go for somebody and a product, and how many minutes there are to save.
    Treated(Pair, Level, u32),
    /// What was decided last.
    Decided(Decided),
    /// The machine was not used from one instant to another, by the server's time: it slept.
    Nap(i64, i64),
    /// Naps that ended by this instant count no more.
    NapsGone(i64),
}

/// The server has other rules than these, and this agent does not have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Since when, by the server's time.
    pub since: i64,
    /// Whether they came and cannot be read, rather than not at all.
    pub undecodable: bool,
    /// Why.
    pub why: String,
}

/// A product that somebody runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Whose and what.
    pub pair: Pair,
    /// The product's version, as it names itself.
    pub version: Option<String>,
    /// Its processes.
    pub processes: BTreeSet<ProcessId>,
    /// When it appeared, by the server's time.
    pub since: i64,
    /// How far to go.
    pub level: Level,
    /// Minutes to save.
    pub save_minutes: u32,
    /// Whether it was let stand still.
    pub suspended: bool,
    /// On what it was let through, once it was.
    pub through: Option<Through>,
    /// An open that was sent, or was about to be, and was never answered.
    pub opening: Option<Open>,
}

/// On what a product was let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Through {
    /// On what.
    pub basis: Basis,
    /// The server's session; `None`: the server does not know yet.
    pub session: Option<String>,
    /// The lease's session, when on one.
    pub lease: Option<String>,
    /// Beginning of what the server was not told of yet, by its time.
    pub since: i64,
    /// Last known to go on, by the server's time.
    pub seen: i64,
}

/// On what a product goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A seat.
    Seat,
    /// Tokens.
    Tokens,
    /// Tokens that were held before.
    Lease,
    /// The rules let it through so often a day.
    Grace,
}

impl Basis {
    /// As the server reads it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Seat => "seat",
            Self::Tokens => "tokens",
            Self::Lease => "lease",
            Self::Grace => "grace",
        }
    }
}

/// What was decided, and on what ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Whose and what.
    pub pair: Pair,
    /// The server's session, if there is one.
    pub session: Option<String>,
    /// When, by the server's time.
    pub at: i64,
    /// What, in words.
    pub what: String,
    /// On what ground, in words.
    pub ground: String,
    /// Place in the server's journal, for `faregate explain`, when the server decided.
    pub decision: Option<u64>,
}

/// All that is remembered.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The server's time at a moment.
    pub anchor: Option<Anchor>,
    /// The rules in force.
    pub rules: Option<SignedRules>,
    /// Whether they are doubtful.
    pub doubt: Option<Doubt>,
    /// Products that run.
    pub sessions: BTreeMap<Pair, Session>,
    /// Use to tell of.
    pub uses: BTreeMap<String, Use>,
    /// Sessions to end.
    pub closes: BTreeSet<String>,
    /// Leases to give back.
    pub returns: BTreeSet<String>,
    /// Rights to open without asking.
    pub grants: Vec<Grant>,
    /// Graced opens: the day, and how many.
    pub graced: BTreeMap<String, (i64, u32)>,
    /// How far to go.
    pub treated: BTreeMap<Pair, (Level, u32)>,
    /// What was decided last.
    pub decided: BTreeMap<Pair, Decided>,
    /// When the machine slept, and until when, while products ran that the server is still to be told of.
    pub naps: BTreeMap<i64, i64>,
}

impl Memory {
    /// Takes a record in.
    pub fn apply(&mut self, record: Record) {
        match record {
            Record::Anchor(anchor) => self.anchor = Some(anchor),
            Record::Rules(rules) => self.rules = Some(rules),
            Record::Doubt(doubt) => self.doubt = doubt,
            Record::Session(session) => {
                self.sessions.insert(session.pair.clone(), *session);
            }
            Record::SessionGone(pair) => drop(self.sessions.remove(&pair)),
            Record::Use(one) => drop(self.uses.insert(one.key.clone(), one)),
            Record::UseDone(key) => drop(self.uses.remove(&key)),
            Record::Close(session) => {
                self.closes.insert(session);
            }
            Record::CloseDone(session) => {
                self.closes.remove(&session);
            }
            Record::Return(session) => {
                self.returns.insert(session);
            }
            Record::ReturnDone(session) => {
                self.returns.remove(&session);
            }
            Record::Grant(grant) => {
                self.grants.retain(|one| !is_same(one, &grant));
                self.grants.push(grant);
            }
            Record::GrantGone(grant) => self.grants.retain(|one| !is_same(one, &grant)),
            Record::Graced(account, day, count) => {
                self.graced.insert(account, (day, count));
            }
            Record::Treated(pair, level, minutes) => {
                self.treated.insert(pair, (level, minutes));
            }
            Record::Decided(decided) => drop(self.decided.insert(decided.pair.clone(), decided)),
            Record::Nap(from, to) => drop(self.naps.insert(from, to)),
            Record::NapsGone(by) => self.naps.retain(|_, to| *to > by),
        }
    }

    /// The fewest records that make this memory.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let mut all: Vec<Record> = Vec::new();
        all.extend(self.anchor.clone().map(Record::Anchor));
        all.extend(self.rules.clone().map(Record::Rules));
        all.extend(self.doubt.clone().map(|doubt| Record::Doubt(Some(doubt))));
        all.extend(self.sessions.values().cloned().map(|one| Record::Session(Box::new(one))));
        all.extend(self.uses.values().cloned().map(Record::Use));
        all.extend(self.closes.iter().cloned().map(Record::Close));
        all.extend(self.returns.iter().cloned().map(Record::Return));
        all.extend(self.grants.iter().cloned().map(Record::Grant));
        let graced = self.graced.iter();
        all.extend(graced.map(|(who, (day, count))| Record::Graced(who.clone(), *day, *count)));
        let treated = self.treated.iter();
        all.extend(treated.map(|(pair, (level, min))| Record::Treated(pair.clone(), *level, *min)));
        all.extend(self.decided.values().cloned().map(Record::Decided));
        all.extend(self.naps.iter().map(|(from, to)| Record::Nap(*from, *to)));
        all
    }

    /// How many things wait for the server.
    #[must_use]
    pub fn queue_length(&self) -> usize {
        self.uses.len() + self.closes.len() + self.returns.len()
    }
}

/// One seat's grant a person and product; each lease has its own.
fn is_same(one: &Grant, other: &Grant) -> bool {
    let seat = |grant: &Grant| matches!(grant.fare, GrantedFare::Seat);
    let lease = |grant: &Grant| match &grant.fare {
        GrantedFare::Seat => None,
        GrantedFare::Lease { session, .. } => Some(session.clone()),
    };
    let whose = |grant: &Grant| (grant.account.clone(), grant.product.clone());
    whose(one) == whose(other) && seat(one) == seat(other) && lease(one) == lease(other)
}

//! Use that went past the gate: decisions, licence-server logs and the vendor's charges about the same people
//! and products, laid side by side, day by day.
//!
//! A [`Watch`] is fed what happened, in order of time, and judges one local date after the other. It never
//! calls silence leakage: where a source does not cover a day, nothing is said of it. What it finds is to be
//! looked at by somebody; nothing is blocked or charged by it. The figures say *review*, never *guilty*.
//! See `docs/adr/0014-leakage.md`.
//!
//! To add a likely cause: a variant of [`Cause`] with its key and words, its rule in `judge`, a row in the tests.

use crate::amount::{Money, Ticks};
use crate::estate::{PersonId, ProductId};
use crate::when::{Date, HOUR, Instant};
use std::collections::BTreeSet;

mod cost;
mod judge;
mod known;
mod report;
mod watch;
pub use known::{Known, Name, Spans};
pub use report::{Leakage, Origin, Sum, Unknown};
pub use watch::{Logged, Watch};

/// What everybody is told to do about a row.
pub const ADVICE: &str = "review";

/// How the three sources are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How far two sources' clocks may differ about the same moment, in seconds.
    pub tolerance_seconds: i64,
    /// Use that begins this soon after a refusal is use although refused, in seconds.
    pub refusal_seconds: i64,
    /// A session shorter than this is a launch that probably failed, in seconds.
    pub brief_seconds: i64,
    /// A log that tells of nobody for this long before and after a moment probably has a gap there, in seconds.
    pub gap_seconds: i64,
    /// Workstations, in lower case, whose agents tell people and do not stop them.
    pub informing: BTreeSet<String>,
    /// Whether that holds of all workstations.
    pub informing_all: bool,
    /// Rows that a report keeps; all are counted in its sums.
    pub rows_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tolerance_seconds: 300,
            refusal_seconds: 24 * HOUR,
            brief_seconds: 60,
            gap_seconds: 2 * HOUR,
            informing: BTreeSet::new(),
            informing_all: false,
            rows_max: 10_000,
        }
    }
}

/// In what way the sources disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A log or the vendor tells of use that nobody asked the gate for.
    WithoutAsking,
    /// A log or the vendor tells of use that the gate had refused.
    AlthoughRefused,
    /// The gate let somebody through, and the log of the licence server that serves the product says nothing.
    NotReported,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::WithoutAsking, Self::AlthoughRefused, Self::NotReported];

    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::WithoutAsking => "used-without-asking",
            Self::AlthoughRefused => "charged-although-refused",
            Self::NotReported => "asked-but-not-reported",
        }
    }
}

/// What probably brought it about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Nobody had ever passed the gate by the end of that day.
    BeforeRollOut,
    /// Nobody at all asked that day: the gate was out of reach, or hardly anybody worked.
    GateSilent,
    /// The workstation never asked: it has no agent.
    AgentMissing,
    /// The workstation asked on other days only: its agent was off.
    AgentOff,
    /// The name was never used at the gate.
    AnotherIdentity,
    /// The workstation asked that day, and not for this.
    Bypassed,
    /// The agent tells people and does not stop them.
    InformOnly,
    /// The vendor alone tells of it: no log saw the workstation.
    OutOfSight,
    /// The session ended within seconds: the launch failed.
    LaunchFailed,
    /// The log tells of nobody around that time.
    LogGap,
    /// It ran on a named-user seat, which does not need the licence server.
    NamedUser,
    /// Another licence server let it through, whose log was not taken in.
    OtherServer,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 12] = [
        Self::BeforeRollOut,
        Self::GateSilent,
        Self::AgentMissing,
        Self::AgentOff,
        Self::AnotherIdentity,
        Self::Bypassed,
        Self::InformOnly,
        Self::OutOfSight,
        Self::LaunchFailed,
        Self::LogGap,
        Self::NamedUser,
        Self::OtherServer,
    ];

    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::BeforeRollOut => "before-roll-out",
            Self::GateSilent => "gate-silent",
            Self::AgentMissing => "agent-missing",
            Self::AgentOff => "agent-off",
            Self::AnotherIdentity => "another-identity",
            Self::Bypassed => "bypassed",
            Self::InformOnly => "inform-only",
            Self::OutOfSight => "out-of-sight",
            Self::LaunchFailed => "launch-failed",
            Self::LogGap => "log-gap",
            Self::NamedUser => "named-user",
            Self::OtherServer => "other-server",
        }
    }

    /// What it means, for whoever reviews the row.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::BeforeRollOut => "nobody passed the gate before or on that day",
            Self::GateSilent => "nobody at all asked the gate that day",
            Self::AgentMissing => "this workstation never asked the gate: it has no agent",
            Self::AgentOff => "this workstation asked the gate on other days only",
            Self::AnotherIdentity => "this name was never used at the gate",
            Self::Bypassed => {
                "this workstation asked the gate that day, and was not let through to this"
            }
            Self::InformOnly => "the agent of this workstation tells people and does not stop them",
            Self::OutOfSight => "only the vendor tells of it: no log saw the workstation",
            Self::LaunchFailed => "the session ended within seconds",
            Self::LogGap => "the log tells of nobody around that time",
            Self::NamedUser => "it ran on a named-user seat, which needs no licence server",
            Self::OtherServer => "another licence server's log is missing",
        }
    }
}

/// A use in a licence-server log, as the log tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogUse {
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed, as far as is known.
    pub closed: Instant,
    /// Under which name; empty for a use that is not closed yet.
    pub name: String,
    /// On which workstation.
    pub host: String,
}

/// What a row stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Decisions by their numbers in the journal: refusals, or the sessions that no log tells of.
    pub decisions: Vec<u64>,
    /// Uses in logs.
    pub uses: Vec<LogUse>,
    /// Charges of the vendor's: the UTC day, and under which name.
    pub vendor: Vec<(Date, String)>,
}

/// One disagreement of the sources, to be reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The local date, in the contract's zone. A charge of the vendor's is on the date of its UTC day's noon.
    pub day: Date,
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// In what way.
    pub kind: Kind,
    /// On which workstation; `None` where only the vendor tells of it.
    pub host: Option<String>,
    /// Seconds of that day. What runs on two workstations at once counts for the first of them; the vendor
    /// tells of no time.
    pub seconds: i64,
    /// Tokens that it cost; zero on a seat, within the grace, or in a unit that was paid for already.
    pub ticks: Ticks,
    /// The same at the price in force, rounded half to even; `None` without a price.
    pub money: Option<Money>,
    /// What probably brought it about.
    pub cause: Cause,
    /// What it stands on.
    pub evidence: Evidence,
}

/// Logged use of known people and products, in seconds: each in one of three, uses at once counted once (F2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Somebody asked and was let through.
    pub asked: i64,
    /// Nobody asked, or was let through.
    pub not_asked: i64,
    /// On days that no log covers: nothing is said of it.
    pub not_covered: i64,
}

impl Measured {
    /// All of it.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.asked.saturating_add(self.not_asked).saturating_add(self.not_covered)
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            asked: self.asked.saturating_add(other.asked),
            not_asked: self.not_asked.saturating_add(other.not_asked),
            not_covered: self.not_covered.saturating_add(other.not_covered),
        }
    }
}

/// A local date, judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub day: Date,
    /// What is to be reviewed, by person, product, kind and workstation.
    pub rows: Vec<Row>,
    /// How much use the logs tell of.
    pub measured: Measured,
    /// Whether a log covers it, in part at least.
    pub logged: bool,
    /// Whether a report of the vendor's covers it, in part at least.
    pub reported: bool,
    /// Whether anybody passed the gate, or was turned away.
    pub gate: bool,
}

#[cfg(test)]
mod tests;

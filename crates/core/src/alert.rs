//! Alert rules: what is watched, for whom, when it counts as crossed, and what to do then.
//!
//! [`measure`] reads a [`Scene`] by a [`Rule`]: one [`Reading`] a subject. [`Latch`] makes of readings what
//! somebody is told: an alert is raised once when a limit is crossed, and ends when the value is back beyond
//! the rule's margin. [`past`] sends a year of history through the same two functions, so that a rule is
//! tested by what it will do. Values here are *estimates* and never booked.
//!
//! To add something to watch: a variant of [`Watch`], its readings in `measure`, its history in `past` (or
//! the reason why history cannot tell), its words in the app's reader of rules, a row in the tests.

use crate::amount::Ticks;
use crate::estate::Estate;
use crate::when::Instant;
use core::fmt;

mod latch;
mod measure;
pub mod past;
mod scene;
mod usual;
pub use latch::{Edge, Latch, Pending, edges};
pub use measure::{Reading, Sums, given_and_left, measure, spent};
pub use scene::{Findings, Found, Outlook, Scene, SourceSeen, Subject, Term, Usual, Views};
pub use usual::usual;

/// One thousandth: shares and ratios are whole numbers of them.
pub const WHOLE: i64 = 1_000;
/// How far a value must come back behind the limit before an alert ends, unless the rule says otherwise.
pub const MARGIN: i64 = 50;

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look.
    #[default]
    Warning,
    /// Somebody must act.
    Critical,
}

impl Severity {
    /// All, the mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Critical];

    /// Stable kebab-case key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The severity with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.key() == key)
    }
}

/// For whom a rule is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For all together.
    Contract,
    /// For the bucket of this key with those below it, or for each bucket by itself.
    Bucket(Option<String>),
    /// For the product of this key, or for each by itself.
    Product(Option<String>),
    /// For the members of the group of this key.
    Group(String),
    /// For the members of each group of this dimension: `department`, `persona`.
    Groups(String),
    /// For the person of this key, or for each by themselves.
    Person(Option<String>),
}

/// Over which time burn is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The last 60 minutes.
    Hour,
    /// The calendar day so far, in the contract's zone.
    Day,
    /// The last seven days, today among them.
    Week,
    /// The calendar month so far.
    Month,
}

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// So many tokens.
    Tokens(Ticks),
    /// So many thousandths of what is usual, or of what was given.
    Share(i64),
}

/// What is watched, and from where on it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Tokens spent in a span, above a limit; a share is one of what the same span usually takes.
    Burn {
        /// Over which time.
        span: Span,
        /// The limit.
        above: Level,
    },
    /// Tokens left, below a limit; a share is one of what was given.
    Left {
        /// The limit.
        below: Level,
    },
    /// They run out within so many days with at least this chance, in thousandths.
    RunsOut {
        /// Lead time: how long it takes to get more.
        within_days: u16,
        /// In thousandths.
        chance: i64,
    },
    /// What was spent is so many thousandths of what the plan says, or more.
    Pace {
        /// In thousandths.
        above: i64,
    },
    /// The month is projected to end above a number of tokens.
    Projected {
        /// The limit.
        above: Ticks,
    },
    /// Something unusual was found, of one of these classes; all when there are none.
    Findings {
        /// Kebab-case keys of classes.
        classes: Vec<String>,
    },
    /// A pack with tokens in it ends within so many days.
    PackEnds {
        /// Days.
        within_days: u16,
    },
    /// A source has not told anything for too long.
    SourceStale,
    /// Of the enrolled workstations, fewer than this share were heard of; in thousandths.
    AgentsHeard {
        /// In thousandths.
        below: i64,
    },
    /// A request for tokens waits for so many seconds.
    RequestWaits {
        /// Seconds.
        seconds: i64,
    },
}

/// Whom to tell as well when nobody has taken an alert on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// So many seconds after it was raised.
    pub after_seconds: i64,
    /// Names of channels.
    pub channels: Vec<String>,
}

/// What a step of a runbook can do by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Nothing: somebody reads it, does it, and says so.
    Manual,
    /// Name those who would be cheaper on seats.
    ReviewPeople,
    /// Say how many tokens to buy, and what each number buys.
    SizeTopUp,
    /// Send a filled-in purchase request to channels.
    RequestPurchase {
        /// Names of channels.
        channels: Vec<String>,
    },
    /// Move tokens from the unallocated part of the pool into the bucket.
    TopUpBucket {
        /// How many.
        ticks: Ticks,
    },
    /// Say nothing more of this rule for so many seconds.
    Mute {
        /// Seconds.
        seconds: i64,
    },
}

impl Deed {
    /// Stable kebab-case key.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::ReviewPeople => "review-people",
            Self::SizeTopUp => "size-top-up",
            Self::RequestPurchase { .. } => "request-purchase",
            Self::TopUpBucket { .. } => "top-up-bucket",
            Self::Mute { .. } => "mute",
        }
    }
}

/// A step of a runbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What to do, in words; `{left}` and the like are filled in with what is true when somebody reads it.
    pub text: String,
    /// What its button does.
    pub deed: Deed,
}

/// An alert rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Whose it is, in words.
    pub owner: String,
    /// How bad it is when it is crossed.
    pub severity: Severity,
    /// For whom it is measured.
    pub scope: Scope,
    /// What is measured, and the limit.
    pub watch: Watch,
    /// Key of the weekly hours in which it is measured; always when there is none.
    pub schedule: Option<String>,
    /// So long the limit must be crossed before anybody is told, in seconds.
    pub sustained_seconds: i64,
    /// How far the value must come back, in thousandths of the limit, before the alert ends.
    pub margin: i64,
    /// Whether those who cross it at the same time are told of in one notice.
    pub grouped: bool,
    /// Names of the channels that are told.
    pub channels: Vec<String>,
    /// Whom to tell as well, the soonest first.
    pub escalations: Vec<Escalation>,
    /// The runbook.
    pub steps: Vec<Step>,
}

impl Rule {
    /// Whether it is measured at an instant: always, or in the hours of its schedule.
    #[must_use]
    pub fn is_on(&self, estate: &Estate, at: Instant) -> bool {
        let known = self.schedule.as_deref().and_then(|key| estate.schedule_called(key));
        let schedule = known.and_then(|id| estate.schedules().get(id.index()));
        schedule.is_none_or(|schedule| schedule.includes(at))
    }
}

/// Names an alert: the entry of the journal that raised it, and its place among those raised there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId {
    /// The entry's number.
    pub seq: u64,
    /// From 0.
    pub place: u16,
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            0 => write!(f, "a{}", self.seq),
            place => write!(f, "a{}-{place}", self.seq),
        }
    }
}

impl core::str::FromStr for AlertId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix('a').ok_or(())?;
        let (seq, place) = digits.split_once('-').unwrap_or((digits, "0"));
        let id = Self { seq: seq.parse().map_err(drop)?, place: place.parse().map_err(drop)? };
        // One name each: `a042` and `a42-0` are nobody's.
        if id.to_string() == text { Ok(id) } else { Err(()) }
    }
}

/// One crossing, as it goes into the journal: what was known when it was raised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crossing {
    /// Who or what crossed: `bucket:structures`.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// The value, in thousandths.
    pub value: i64,
    /// The limit, in thousandths.
    pub limit: i64,
    /// What happened, in a sentence.
    pub said: String,
    /// What is good to know: labels and values.
    pub facts: Vec<(String, String)>,
}

/// What was raised by one rule at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raised {
    /// Key of the rule.
    pub rule: String,
    /// Its name then.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who was to be told; nobody while the rule is muted.
    pub channels: Vec<String>,
    /// The runbook's steps, with what was true then.
    pub steps: Vec<String>,
    /// Who and what crossed the limit.
    pub crossings: Vec<Crossing>,
}

/// What somebody did about an alert, or what time did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Somebody takes care of it.
    Acknowledged {
        /// In their words.
        note: String,
    },
    /// Somebody did a step of the runbook.
    StepDone {
        /// Which, from 0.
        step: u16,
        /// What came of it.
        said: String,
        /// Names of channels that are told.
        channels: Vec<String>,
    },
    /// Nobody took it on: others are told.
    Escalated {
        /// How many escalations that makes.
        level: u16,
        /// Names of channels.
        channels: Vec<String>,
    },
    /// The value is back, or nothing is left to be measured.
    Ended {
        /// In a sentence.
        said: String,
    },
}

/// An alert as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Key of the rule.
    pub rule: String,
    /// Its name when it was raised.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// Who was to be told.
    pub channels: Vec<String>,
    /// What was known when it was raised.
    pub crossing: Crossing,
    /// The runbook as it was then.
    pub steps: Vec<String>,
    /// When it was raised.
    pub at: Instant,
    /// What was done about it, in order, and when.
    pub handled: Vec<(Instant, Handling)>,
}

impl Alert {
    /// When it ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<Instant> {
        let ended = |(at, what): &(Instant, Handling)| {
            matches!(what, Handling::Ended { .. }).then_some(*at)
        };
        self.handled.iter().find_map(ended)
    }

    /// Whether somebody took it on.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        let takes_on = |what: &Handling| {
            matches!(what, Handling::Acknowledged { .. } | Handling::StepDone { .. })
        };
        self.handled.iter().any(|(_, what)| takes_on(what))
    }

    /// How many times others were told because nobody took it on.
    #[must_use]
    pub fn escalations(&self) -> usize {
        self.handled.iter().filter(|(_, what)| matches!(what, Handling::Escalated { .. })).count()
    }
}

#[cfg(test)]
mod tests;

//! What people are told on the channels that an operator names: plain data, made before anything is sent.
//!
//! A notice says the same on every channel; each channel renders it in its own form. Whoever makes one gives it an id
//! that depends on what it tells of and on nothing else, so that a notice made twice is recognised as one.
//!
//! To add something that all channels tell: a field of [`Notice`], and its place in each channel's rendering.

pub use faregate_core::alert::Severity;
use faregate_core::when::Instant;

/// Something to tell people.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Its name, the same however often it is made: `812` for entry 812 of the journal, `digest-weekly-2026-11-23`.
    /// Letters, digits, `.`, `_` and `-` only.
    pub id: String,
    /// What sort of notice it is.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// A line of words, without a full stop.
    pub title: String,
    /// What happened and what it means, in whole sentences; lines apart are paragraphs.
    pub text: String,
    /// Figures beside it, as a label and its value, in the order to show them.
    pub facts: Vec<(String, String)>,
    /// What to do about it, step by step.
    pub steps: Vec<String>,
    /// Where to read on: an address with `http` or `https`.
    pub link: Option<String>,
    /// A picture of it.
    pub chart: Option<Chart>,
    /// What it is about, so that receivers know its raising, its reminders and its end as one: the alert's id. Of a
    /// digest or test, the notice's own id.
    pub about: String,
    /// When it became true.
    pub at: Instant,
}

/// What sort of notice it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something began that somebody should know.
    Raised,
    /// It is over.
    Cleared,
    /// It matters more than it did.
    Escalated,
    /// It still holds.
    Reminder,
    /// A summary at a time agreed on.
    Digest,
    /// Somebody asked whether the channel works.
    Test,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Raised, Self::Cleared, Self::Escalated, Self::Reminder, Self::Digest, Self::Test];

    /// The name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Cleared => "cleared",
            Self::Escalated => "escalated",
            Self::Reminder => "reminder",
            Self::Digest => "digest",
            Self::Test => "test",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// A picture of a few bars, which every channel that cannot show it gives as figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it shows, with the unit: `Tokens a day`.
    pub title: String,
    /// A label a bar, such as `11-23`.
    pub labels: Vec<String>,
    /// A value a bar: estimates for display.
    pub values: Vec<f64>,
    /// A line across the bars.
    pub limit: Option<f64>,
}

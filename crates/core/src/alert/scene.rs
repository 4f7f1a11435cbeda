//! What rules are measured on: the state, and what others made of it.

use super::Scope;
use crate::estate::{BucketId, GroupId, PersonId, ProductId};
use crate::state::State;
use crate::when::{Date, Instant};
use std::collections::BTreeMap;

/// Who or what a reading is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// What kind of thing: `contract`, `bucket`, `product`, `group`, `person`, `pack`, `source`, `request`,
    /// `finding`, `agents`.
    pub kind: &'static str,
    /// Its key; empty for the contract and the agents.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Subject {
    /// All together.
    #[must_use]
    pub fn contract() -> Self {
        Self { kind: "contract", id: String::new(), name: "the contract".to_owned() }
    }

    /// One thing.
    #[must_use]
    pub fn of(kind: &'static str, id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind, id: id.into(), name: name.into() }
    }

    /// A bucket.
    #[must_use]
    pub fn bucket(state: &State, id: BucketId) -> Option<Self> {
        let bucket = state.estate().bucket(id)?;
        Some(Self::of("bucket", &bucket.key, &bucket.name))
    }

    /// A product.
    #[must_use]
    pub fn product(state: &State, id: ProductId) -> Option<Self> {
        let product = state.estate().product(id)?;
        Some(Self::of("product", &product.key, &product.name))
    }

    /// A group.
    #[must_use]
    pub fn group(state: &State, id: GroupId) -> Option<Self> {
        let group = state.estate().group(id)?;
        Some(Self::of("group", &group.key, &group.name))
    }

    /// A person.
    #[must_use]
    pub fn person(state: &State, id: PersonId) -> Option<Self> {
        let person = state.estate().person(id)?;
        Some(Self::of("person", &person.key, &person.name))
    }

    /// The scope that measures it; the contract's for what has none of its own.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let key = || self.id.clone();
        match self.kind {
            "bucket" => Scope::Bucket(Some(key())),
            "product" => Scope::Product(Some(key())),
            "group" => Scope::Group(key()),
            "person" => Scope::Person(Some(key())),
            _ => Scope::Contract,
        }
    }

    /// Names it in the journal: `bucket:structures`.
    #[must_use]
    pub fn key(&self) -> String {
        if self.id.is_empty() { self.kind.to_owned() } else { format!("{}:{}", self.kind, self.id) }
    }
}

/// What is expected of one subject: an estimate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// Tokens expected by the end of the month.
    pub month_end: Option<f64>,
    /// The chance, 0 to 1, that nothing is left at the end of each coming day, from today on.
    pub runs_out: Vec<f64>,
    /// Tokens spent and planned from the beginning of the plan to now.
    pub pace: Option<(f64, f64)>,
    /// The day on which nothing is expected to be left, when that comes before the end of the term.
    pub runs_out_on: Option<Date>,
    /// What is expected until the term ends.
    pub term: Option<Term>,
}

/// What is expected from now to the end of a term: of the packs that are valid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// The last day.
    pub last: Date,
    /// Tokens expected.
    pub expected: f64,
    /// Nine times in ten it is less.
    pub nine_in_ten: f64,
    /// Thirty-nine times in forty it is less.
    pub thirty_nine_in_forty: f64,
}

/// What is expected of whom, by [`Subject::key`].
pub type Views = BTreeMap<String, Outlook>;

/// Something unusual, as rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its stable id.
    pub id: u64,
    /// Kebab-case key of its class.
    pub class: String,
    /// When it began.
    pub at: Instant,
    /// When it was last so.
    pub until: Instant,
    /// Whether it counts for this bucket, product, group or person: their [`Subject::key`]s.
    pub about: Vec<String>,
    /// In a sentence.
    pub said: String,
    /// The evidence: labels and values.
    pub facts: Vec<(String, String)>,
}

/// Everything unusual that stands.
pub type Findings = Vec<Found>;

/// A source of reported use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSeen {
    /// Its name.
    pub name: String,
    /// Whether it has been silent for too long.
    pub is_stale: bool,
    /// How long it has been silent, in seconds.
    pub silent_seconds: i64,
    /// In a sentence.
    pub said: String,
}

/// What the span of a rule usually takes, by the rule's key and [`Subject::key`]: tokens.
pub type Usual = BTreeMap<String, BTreeMap<String, f64>>;

/// All that rules are measured on.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What is true.
    pub state: &'a State,
    /// Now.
    pub now: Instant,
    /// What is expected.
    pub views: &'a Views,
    /// What is usual, for rules that ask.
    pub usual: &'a Usual,
    /// What is unusual.
    pub findings: &'a Findings,
    /// Who tells of use.
    pub sources: &'a [SourceSeen],
    /// How many enrolled workstations were heard of, of how many; `None` when nobody can know yet.
    pub agents: Option<(u64, u64)>,
}

impl Scene<'_> {
    /// Today in the contract's zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.state.zone().date(self.now)
    }
}

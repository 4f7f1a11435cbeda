//! What is made of readings: raised once, ended once.

use super::{Reading, Rule};
use crate::when::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// What happens to a subject of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Edge {
    /// The limit is crossed, and was for as long as the rule asks.
    Raised(Reading),
    /// The value is back beyond the margin; without a reading there is nothing left to be measured.
    Ended(String, Option<Reading>),
}

/// Since when subjects have crossed their limits without anybody being told yet.
pub type Pending = BTreeMap<String, Instant>;

/// Follows one rule for one subject after another.
#[derive(Clone, Copy, Debug)]
pub struct Latch {
    sustained_seconds: i64,
}

impl Latch {
    /// The latch of a rule.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        Self { sustained_seconds: rule.sustained_seconds }
    }

    /// Whether a subject that has not been told of is to be told of now.
    #[must_use]
    pub fn raises(self, reading: &Reading, pending: &mut Pending, now: Instant) -> bool {
        let key = reading.subject.key();
        if !reading.is_crossed {
            pending.remove(&key);
            return false;
        }
        let since = *pending.entry(key.clone()).or_insert(now);
        let raises = now.since(since) >= self.sustained_seconds;
        if raises {
            pending.remove(&key);
        }
        raises
    }
}

/// What the readings of a rule change, given the subjects whose alerts are open.
#[must_use]
pub fn edges(
    rule: &Rule,
    readings: Vec<Reading>,
    open: &BTreeSet<String>,
    pending: &mut Pending,
    now: Instant,
) -> Vec<Edge> {
    let latch = Latch::of(rule);
    let measured: BTreeSet<String> = readings.iter().map(|one| one.subject.key()).collect();
    let gone = open.difference(&measured).map(|key| Edge::Ended(key.clone(), None));
    let mut found: Vec<Edge> = gone.collect();
    pending.retain(|key, _| measured.contains(key));
    for reading in readings {
        let key = reading.subject.key();
        if open.contains(&key) {
            if reading.is_back {
                found.push(Edge::Ended(key, Some(reading)));
            }
        } else if latch.raises(&reading, pending, now) {
            found.push(Edge::Raised(reading));
        }
    }
    found
}

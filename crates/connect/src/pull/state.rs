//! What is remembered of a source between pulls: how it is doing, and how far the vendor's data goes.

use super::{PullError, Pulled};
use crate::pace::Chance;
use crate::sources::Source;
use faregate_core::when::{Date, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The wait after a pull that failed; it doubles with each further one, up to the source's own rhythm.
const AFTER_FAILURE: i64 = 300;
/// The wait after a pull that ran out of patience.
const AFTER_PATIENCE: i64 = 60;
/// The usual rhythm is spread by one part in so many, so that not all sources are due at once.
const SPREAD: i64 = 20;

/// Up to when the vendor has use, as it says itself; empty when it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Freshness(pub BTreeMap<String, Through>);

/// How far one category of use goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Through {
    /// The last UTC day with use, as `2026-01-31`.
    pub used: String,
    /// The last day on which the vendor worked on it.
    pub processed: String,
}

impl Freshness {
    /// The last day for which the vendor has use of any category.
    #[must_use]
    pub fn newest(&self) -> Option<Date> {
        self.0.values().filter_map(|through| through.used.parse().ok()).max()
    }

    /// One text that changes whenever one of these categories does; of all when none is named. `None`
    /// when the vendor says nothing at all.
    pub(super) fn mark(&self, categories: &[&str]) -> Option<String> {
        let is_one = |key: &str| {
            categories.is_empty() || categories.iter().any(|category| key.starts_with(category))
        };
        let marks: Vec<String> = self
            .0
            .iter()
            .filter(|(key, _)| is_one(key))
            .map(|(key, through)| format!("{key} {} {}", through.used, through.processed))
            .collect();
        (!self.0.is_empty()).then(|| marks.join(", "))
    }
}

/// Something that the vendor could not be brought to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What was asked for.
    pub what: String,
    /// The period that was asked for, as its first day and the first day after.
    pub period: Option<(String, String)>,
    /// The vendor's words.
    pub words: String,
}

/// How a source is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// When a pull last brought everything there was.
    pub last_success: Option<Instant>,
    /// When a pull last failed, and why.
    pub last_error: Option<(Instant, String)>,
    /// How many pulls have failed since one succeeded.
    pub failures: u32,
    /// Up to when the vendor had use, at the last pull that asked.
    pub freshness: Freshness,
    /// When the next pull is due; long ago for a source that was never pulled.
    pub next_due: Instant,
}

impl Health {
    /// How many days the vendor's data is behind, at this moment; `None` when it does not say.
    #[must_use]
    pub fn lag_days(&self, now: Instant) -> Option<i32> {
        let today = faregate_core::when::Zone::utc().date(now);
        Some((today.0 - self.freshness.newest()?.0).max(0))
    }

    /// Whether to pull now.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        now >= self.next_due
    }

    /// How it is doing after a pull that began and ended then.
    pub(super) fn after(
        mut self,
        source: &Source,
        begun: Instant,
        now: Instant,
        result: &Result<Pulled, PullError>,
        chance: &mut Chance,
    ) -> Self {
        let every = seconds(source.every);
        match result {
            Ok(pulled) => {
                let has_all = pulled.is_whole && pulled.faults.is_empty();
                if has_all && !pulled.freshness.0.is_empty() {
                    self.freshness = pulled.freshness.clone();
                }
                let wait = if pulled.is_whole { every } else { AFTER_PATIENCE.min(every) };
                let due = spread(if pulled.is_whole { begun } else { now }, wait, chance);
                self.next_due = due.max(pulled.next_due);
                if let Some(fault) = pulled.faults.first() {
                    self.last_error = Some((now, format!("{}: {}", fault.what, fault.words)));
                    self.failures = self.failures.saturating_add(1);
                } else if pulled.is_whole {
                    (self.last_success, self.failures) = (Some(now), 0);
                }
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.last_error = Some((now, error.to_string()));
                let doubled = AFTER_FAILURE << (self.failures - 1).min(16);
                let wait = doubled.min(every).max(error.asked_to_wait().unwrap_or(0));
                self.next_due = spread(now, wait, chance);
            }
        }
        self
    }
}

fn spread(from: Instant, wait: i64, chance: &mut Chance) -> Instant {
    let most = u64::try_from(wait / SPREAD).unwrap_or(0);
    from.plus(wait + i64::try_from(chance.up_to(most)).unwrap_or(0))
}

pub(super) fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// The same, as it is written down.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenHealth {
    last_success: Option<String>,
    last_error: Option<(String, String)>,
    failures: u32,
    freshness: Freshness,
    next_due: Option<String>,
}

impl From<&Health> for WrittenHealth {
    fn from(health: &Health) -> Self {
        Self {
            last_success: health.last_success.map(|at| at.to_string()),
            last_error: health.last_error.clone().map(|(at, words)| (at.to_string(), words)),
            failures: health.failures,
            freshness: health.freshness.clone(),
            next_due: Some(health.next_due.to_string()),
        }
    }
}

impl From<WrittenHealth> for Health {
    fn from(written: WrittenHealth) -> Self {
        let at = |text: String| text.parse().unwrap_or_default();
        Self {
            last_success: written.last_success.map(at),
            last_error: written.last_error.map(|(when, words)| (at(when), words)),
            failures: written.failures,
            freshness: written.freshness,
            next_due: written.next_due.map(at).unwrap_or_default(),
        }
    }
}

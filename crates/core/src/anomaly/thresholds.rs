//! From which measure on something is worth a look, and what judgements teach.

use super::Class;
use crate::when::{DAY, HOUR, Instant};
use std::collections::BTreeMap;

/// How much a dismissal raises the threshold of its class.
const CLASS_STEP: f64 = 0.05;
/// And that of its class for its subject.
const SUBJECT_STEP: f64 = 0.25;
/// No class is raised further, so that none ever goes silent.
const CLASS_MAX: f64 = 1.5;
/// And no subject.
const SUBJECT_MAX: f64 = 2.0;

/// What somebody said of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Of which.
    pub finding: u64,
    /// Its class.
    pub class: Class,
    /// Its subject.
    pub subject: String,
    /// Whether it is one; `false`: nobody needs to see it again.
    pub confirmed: bool,
    /// Why, in their words.
    pub why: String,
    /// When it was said.
    pub at: Instant,
}

/// From which measure on something is worth a look. The defaults are those of F21.
#[derive(Clone, Debug, PartialEq)]
pub struct Thresholds {
    /// Robust z of the square root of a day's tokens.
    pub spike_z: f64,
    /// Persons who open one product …
    pub burst_persons: usize,
    /// … within so many seconds …
    pub burst_seconds: i64,
    /// … of which there is less than this chance on a day.
    pub burst_chance: f64,
    /// Seconds of use without a break.
    pub long_seconds: i64,
    /// A break: so many seconds without use. What a restart after a crash takes is none.
    pub break_seconds: i64,
    /// Seconds of use on two workstations at once that make a day one of both. Clocks differ by less.
    pub overlap_seconds: i64,
    /// So many such days …
    pub shared_days: usize,
    /// … and this share of the days of use.
    pub shared_share: f64,
    /// Kilometres apart …
    pub travel_kilometres: f64,
    /// … and kilometres an hour …
    pub travel_speed: f64,
    /// … on so many days.
    pub travel_days: usize,
    /// Share of the hours of a week in use.
    pub service_share: f64,
    /// The ratio of a new level to the one before, or its inverse.
    pub shift_ratio: f64,
    /// Robust z of the new level.
    pub shift_z: f64,
    /// Days at hours off, or off all sites.
    pub odd_days: usize,
    /// Tokens in 30 days of somebody who holds a seat.
    pub holder_tokens: f64,
    /// What judgements taught: how much higher the threshold is for a class.
    classes: BTreeMap<Class, f64>,
    /// And for a class and a subject.
    subjects: BTreeMap<(Class, String), f64>,
    /// The last word on each finding that was judged: whether it is one.
    judged: BTreeMap<u64, bool>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            spike_z: 3.5,
            burst_persons: 10,
            burst_seconds: 600,
            burst_chance: 1e-3,
            long_seconds: 13 * HOUR,
            break_seconds: 300,
            overlap_seconds: 900,
            shared_days: 8,
            shared_share: 0.15,
            travel_kilometres: 300.0,
            travel_speed: 900.0,
            travel_days: 3,
            service_share: 0.85,
            shift_ratio: 1.3,
            shift_z: 5.0,
            odd_days: 3,
            holder_tokens: 100.0,
            classes: BTreeMap::new(),
            subjects: BTreeMap::new(),
            judged: BTreeMap::new(),
        }
    }
}

impl Thresholds {
    /// A week, over which service accounts are judged.
    pub(super) const WEEK: i64 = 7 * DAY;

    /// The defaults, and what judgements, in the order given, taught.
    ///
    /// A dismissal raises the threshold of its class by 5 %, up to 1.5 times the default, and that of its class for
    /// its subject by 25 %, up to twice the default. A confirmation takes one such step back, never below the
    /// default. The last word on a finding holds for the finding itself. What is not measured but is or is not, such
    /// as a double-dip, teaches nothing about others of its class.
    #[must_use]
    pub fn taught(judgements: &[Judgement]) -> Self {
        let mut taught = Self::default();
        for one in judgements {
            let subject = (one.class, one.subject.clone());
            step(taught.classes.entry(one.class).or_insert(1.0), one, CLASS_STEP, CLASS_MAX);
            step(taught.subjects.entry(subject).or_insert(1.0), one, SUBJECT_STEP, SUBJECT_MAX);
            taught.judged.insert(one.finding, one.confirmed);
        }
        taught
    }

    /// Whether a finding of this class about this subject, so many times its threshold, is worth a look: what was
    /// judged is as was said, all others are if they are strong enough.
    pub(super) fn admit(&self, finding: u64, class: Class, subject: &str, strength: f64) -> bool {
        let judged = self.judged.get(&finding).copied();
        judged.unwrap_or_else(|| strength >= self.factor(class, subject))
    }

    /// How many times its threshold a finding of this class about this subject has to be, at least: 1 to 2.
    #[must_use]
    pub fn factor(&self, class: Class, subject: &str) -> f64 {
        let of_class = self.classes.get(&class).filter(|_| class.is_measured()).copied();
        let of_subject = self.subjects.get(&(class, subject.to_owned())).copied();
        of_class.unwrap_or(1.0).max(of_subject.unwrap_or(1.0))
    }
}

fn step(factor: &mut f64, judgement: &Judgement, by: f64, most: f64) {
    let change = if judgement.confirmed { -by } else { by };
    *factor = (*factor + change).clamp(1.0, most);
}

//! What everybody's past says of how far the past can be trusted.
//!
//! Each person's history is cut in two: what came in the second half is what people who were like them in the first
//! half may come to. So whatever moves people, projects, seasons, departures, is in it without a model of its own.

use super::Counts;

/// Of larger populations every so-manieth is enough.
const PEOPLE_MAX: usize = 2_000;
/// Fewer people than this teach nothing.
const PEOPLE_MIN: usize = 10;
/// Months that say what somebody does lately.
pub(super) const RECENT: usize = 2;
/// A level counts as if so many days of the mean level had been seen before.
const WEIGHT: f64 = 2.0;

/// What somebody did, and what they did after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Case {
    pub(super) level: f64,
    pub(super) recent: f64,
    /// The share of exposed days with use that came after.
    pub(super) next: f64,
}

/// How people go on, learned from people.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    pub(super) cases: Vec<Case>,
    /// The mean share of exposed days with use.
    mean: f64,
}

impl Default for Population {
    /// What is assumed where nobody's past is long enough to learn from: of eight people at each level one stops, two do
    /// less, one more, and four go on.
    fn default() -> Self {
        let levels = (0..=20).map(|twentieth| f64::from(twentieth) / 20.0);
        let ways = [0.0, 0.5, 0.8, 1.0, 1.0, 1.0, 1.0, 1.2];
        let case =
            |level: f64, way: f64| Case { level, recent: level, next: (level * way).min(1.0) };
        let cases = levels.flat_map(|level| ways.map(|way| case(level, way))).collect();
        Self { cases, mean: 0.3 }
    }
}

impl Population {
    /// Learns from people's months, oldest first.
    ///
    /// Fewer than ten people with use, or less than two months, teach nothing: then it is [`Population::default`].
    #[must_use]
    pub fn fit(people: &[Vec<Counts>]) -> Self {
        let step = people.len().div_ceil(PEOPLE_MAX).max(1);
        let with_use = |months: &&Vec<Counts>| months.iter().any(|month| month.active > 0.0);
        let some: Vec<&Vec<Counts>> = people.iter().filter(with_use).step_by(step).collect();
        let all: Vec<Counts> = some.iter().flat_map(|months| months.iter().copied()).collect();
        let mean = Counts::sum(&all).level();
        let found = Self { cases: Vec::new(), mean };
        let cases: Vec<Case> = some.iter().filter_map(|months| found.case(months)).collect();
        if cases.len() < PEOPLE_MIN { Self::default() } else { Self { cases, mean } }
    }

    /// The first half of somebody's months as what was known, and the second as what came.
    fn case(&self, months: &[Counts]) -> Option<Case> {
        let middle = months.len().div_euclid(2);
        let (known, came) = (months.get(..middle)?, months.get(middle..)?);
        let (level, recent) = self.look(known);
        let came = Counts::sum(came);
        let is_known = Counts::sum(known).exposed > 0.0 && came.exposed > 0.0;
        is_known.then(|| Case { level, recent, next: came.level() })
    }

    /// What somebody did over all their months, and lately; both drawn a little towards the mean of all people.
    pub(super) fn look(&self, months: &[Counts]) -> (f64, f64) {
        let drawn = |counts: Counts| {
            let share = (counts.active + WEIGHT * self.mean) / (counts.exposed + WEIGHT);
            share.clamp(0.0, 1.0)
        };
        let recent = months.len().saturating_sub(RECENT);
        let lately = months.get(recent..).unwrap_or_default();
        (drawn(Counts::sum(months)), drawn(Counts::sum(lately)))
    }
}

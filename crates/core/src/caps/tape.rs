//! What was counted for one subject, kept so that a cap reads its count without looking at every use: one number
//! a calendar period, running totals for the last so many seconds, and of people when each came last.

use super::{Cap, Measure, Span, TapeData, period_start};
use crate::estate::PersonId;
use crate::when::{Instant, Zone};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What was counted for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tape {
    /// How much, by the start of each calendar period.
    Periods(BTreeMap<Instant, i64>),
    /// Who, by the start of each calendar period.
    People(BTreeMap<Instant, BTreeSet<PersonId>>),
    /// How much in the last so many seconds.
    Sliding(Sliding),
    /// Who in the last so many seconds.
    Latest(Latest),
}

/// Calendar periods kept besides the running one, for late corrections.
const PERIODS_KEPT: usize = 2;

impl Tape {
    pub(super) fn new(cap: &Cap) -> Self {
        match (cap.measure, cap.span) {
            (Measure::People, Span::Seconds(_)) => Self::Latest(Latest::default()),
            (Measure::People, _) => Self::People(BTreeMap::new()),
            (_, Span::Seconds(_)) => Self::Sliding(Sliding::default()),
            _ => Self::Periods(BTreeMap::new()),
        }
    }

    pub(super) fn add(&mut self, cap: &Cap, zone: &Zone, at: Instant, amount: i64, who: PersonId) {
        let start = period_start(cap.span, zone, at);
        match self {
            Self::Periods(periods) => {
                let count = periods.entry(start).or_default();
                *count = count.saturating_add(amount);
                forget(periods);
            }
            Self::People(periods) => {
                periods.entry(start).or_default().insert(who);
                forget(periods);
            }
            Self::Sliding(sliding) => sliding.add(seconds(cap), at, amount),
            Self::Latest(latest) => latest.add(seconds(cap), at, who),
        }
    }

    /// What counts at `now`. For people: how many different ones, `person` aside.
    pub(super) fn count(&self, cap: &Cap, zone: &Zone, now: Instant, person: PersonId) -> i64 {
        let since = || now.plus(seconds(cap).saturating_neg()).plus(1);
        match self {
            Self::Periods(periods) => {
                periods.get(&period_start(cap.span, zone, now)).copied().unwrap_or(0)
            }
            Self::People(periods) => {
                periods.get(&period_start(cap.span, zone, now)).map_or(0, |people| {
                    number(people.len()).saturating_sub(i64::from(people.contains(&person)))
                })
            }
            Self::Sliding(sliding) => sliding.count(since(), now),
            Self::Latest(latest) => latest.count(since(), person),
        }
    }

    pub(super) fn data(&self) -> TapeData {
        let nobody = PersonId::default();
        match self {
            Self::Periods(periods) => {
                periods.iter().map(|(start, count)| (*start, *count, nobody)).collect()
            }
            Self::People(periods) => periods
                .iter()
                .flat_map(|(start, people)| people.iter().map(move |person| (*start, 1, *person)))
                .collect(),
            Self::Sliding(sliding) => {
                sliding.amounts().map(|(at, amount)| (at, amount, nobody)).collect()
            }
            Self::Latest(latest) => {
                latest.by_time.iter().map(|(at, person)| (*at, 1, *person)).collect()
            }
        }
    }

    pub(super) fn of(cap: &Cap, data: TapeData) -> Self {
        let mut tape = Self::new(cap);
        for (at, amount, person) in data {
            match &mut tape {
                Self::Periods(periods) => {
                    let count = periods.entry(at).or_default();
                    *count = count.saturating_add(amount);
                }
                Self::People(periods) => {
                    periods.entry(at).or_default().insert(person);
                }
                Self::Sliding(sliding) => sliding.add(seconds(cap), at, amount),
                Self::Latest(latest) => latest.add(seconds(cap), at, person),
            }
        }
        tape
    }
}

fn forget<T>(periods: &mut BTreeMap<Instant, T>) {
    while periods.len() > PERIODS_KEPT.saturating_add(1) {
        periods.pop_first();
    }
}

fn seconds(cap: &Cap) -> i64 {
    match cap.span {
        Span::Seconds(seconds) => seconds,
        Span::Day | Span::Week | Span::Month => 0,
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// One span more than is counted, for late corrections.
fn oldest_kept(newest: Instant, seconds: i64) -> Instant {
    newest.plus(seconds.saturating_mul(2).saturating_neg())
}

/// Totals by when, oldest first: each is of all that came up to then. What comes late moves the totals after it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sliding {
    totals: VecDeque<(Instant, i128)>,
    /// The total of what was forgotten.
    before: i128,
}

impl Sliding {
    fn add(&mut self, seconds: i64, at: Instant, amount: i64) {
        let newest = self.totals.back().map_or(at, |(newest, _)| at.max(*newest));
        let oldest = oldest_kept(newest, seconds);
        if at < oldest {
            return;
        }
        let place = self.totals.partition_point(|(known, _)| *known < at);
        if self.totals.get(place).is_none_or(|(known, _)| *known != at) {
            self.totals.insert(place, (at, self.total_before(place)));
        }
        for (_, total) in self.totals.range_mut(place..) {
            *total = total.saturating_add(i128::from(amount));
        }
        while let Some((_, total)) = self.totals.front().filter(|(known, _)| *known < oldest) {
            self.before = *total;
            self.totals.pop_front();
        }
    }

    /// The total of all before this place.
    fn total_before(&self, place: usize) -> i128 {
        let known = place.checked_sub(1).and_then(|last| self.totals.get(last));
        known.map_or(self.before, |(_, total)| *total)
    }

    fn count(&self, since: Instant, now: Instant) -> i64 {
        let first = self.totals.partition_point(|(at, _)| *at < since);
        let end = self.totals.partition_point(|(at, _)| *at <= now).max(first);
        let sum = self.total_before(end).saturating_sub(self.total_before(first));
        i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
    }

    fn amounts(&self) -> impl Iterator<Item = (Instant, i64)> + '_ {
        (0..).zip(&self.totals).map(|(place, (at, total))| {
            let amount = total.saturating_sub(self.total_before(place));
            (*at, i64::try_from(amount).unwrap_or(i64::MAX))
        })
    }
}

/// What was forgotten does not matter.
impl PartialEq for Sliding {
    fn eq(&self, other: &Self) -> bool {
        self.amounts().eq(other.amounts())
    }
}

impl Eq for Sliding {}

/// When each person came last, the earliest first. Launches are counted as they happen: nobody asks what was
/// true before the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Latest {
    by_time: VecDeque<(Instant, PersonId)>,
    last: BTreeMap<PersonId, Instant>,
}

impl Latest {
    fn add(&mut self, seconds: i64, at: Instant, person: PersonId) {
        let before = self.last.get(&person).copied();
        if before.is_some_and(|before| before >= at) {
            return;
        }
        if let Some(before) = before
            && let Ok(place) = self.by_time.binary_search(&(before, person))
        {
            self.by_time.remove(place);
        }
        self.last.insert(person, at);
        let place = self.by_time.partition_point(|known| *known < (at, person));
        self.by_time.insert(place, (at, person));
        let newest = self.by_time.back().map_or(at, |(newest, _)| *newest);
        let oldest = oldest_kept(newest, seconds);
        while let Some((_, gone)) = self.by_time.front().filter(|(known, _)| *known < oldest) {
            self.last.remove(gone);
            self.by_time.pop_front();
        }
    }

    fn count(&self, since: Instant, person: PersonId) -> i64 {
        let first = self.by_time.partition_point(|(at, _)| *at < since);
        let all = number(self.by_time.len().saturating_sub(first));
        let is_one = self.last.get(&person).is_some_and(|at| *at >= since);
        all.saturating_sub(i64::from(is_one))
    }
}

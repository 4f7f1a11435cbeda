//! Which of our units a vendor's charge is, and where one stands that we had not heard of.

use super::Group;
use faregate_core::charges::Pair;
use faregate_core::double_dip::{bounds, cause, uncovered_from};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{Date, Instant, Zone};
use std::collections::BTreeMap;

/// What a day of the vendor's is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// We charged these units, or hold tokens for them; none: a unit that began before covers the day.
    Matched(Vec<Instant>),
    /// A seat covers it.
    DoubleDip,
    /// A unit is missing; this is where it begins.
    Missing(Instant),
}

/// Judges the days of a pair beside its units, in their order: a unit that is missing shifts those after it.
pub(super) fn judged(
    state: &State,
    pair: Pair,
    units: &[(Instant, Meter)],
    days: &BTreeMap<Date, Group>,
) -> Vec<Verdict> {
    let mut walk = Walk::new(units);
    days.keys().map(|day| walk.judge(state, pair, *day, days)).collect()
}

/// The units of a pair, and how far they cover its use.
struct Walk {
    /// Charged and held units, by start.
    units: Vec<(Instant, Meter)>,
    next: usize,
    /// The first instant that no unit met so far covers.
    end: Instant,
}

impl Walk {
    fn new(units: &[(Instant, Meter)]) -> Self {
        let mut units = units.to_vec();
        units.sort_unstable_by_key(|(at, _)| *at);
        Self { units, next: 0, end: Instant(i64::MIN) }
    }

    fn judge(
        &mut self,
        state: &State,
        pair: Pair,
        day: Date,
        days: &BTreeMap<Date, Group>,
    ) -> Verdict {
        let (start, last) = bounds(day);
        self.pass(state.zone(), start.plus(-1));
        let mut ours = self.pass(state.zone(), last);
        if ours.is_empty() {
            ours = self.near(start, last, |date| days.contains_key(&date));
        }
        let free = start.max(self.end);
        if !ours.is_empty() || free > last {
            return Verdict::Matched(ours);
        }
        if state.tariff().is_none() {
            return Verdict::Missing(free);
        }
        let covered = days.get(&day).and_then(|group| {
            group.rows.values().find_map(|row| cause(state, pair, &row.alias, day))
        });
        let place = uncovered_from(state, pair, free, day).filter(|_| covered.is_none());
        let Some(place) = place else { return Verdict::DoubleDip };
        if let Some(rate) = state.rate(pair.1, place) {
            self.cover(state.zone(), place, rate.meter);
        }
        Verdict::Missing(place)
    }

    /// Goes on to an instant; the units up to it that stay where they are.
    fn pass(&mut self, zone: &Zone, last: Instant) -> Vec<Instant> {
        let mut kept = Vec::new();
        while let Some(&(at, meter)) = self.units.get(self.next).filter(|(at, _)| *at <= last) {
            self.next += 1;
            if at >= self.end || meter.ends_with_use() {
                kept.push(at);
                self.cover(zone, at, meter);
            }
        }
        kept
    }

    fn cover(&mut self, zone: &Zone, at: Instant, meter: Meter) {
        self.end = self.end.max(meter.unit_end(at, zone));
    }

    /// A unit just before or after the day, when clocks may differ and the vendor says nothing of its own day.
    fn near(
        &self,
        start: Instant,
        last: Instant,
        is_reported: impl Fn(Date) -> bool,
    ) -> Vec<Instant> {
        let utc = Zone::utc();
        let beside = self.units.iter().filter(|(at, meter)| {
            let tolerance = meter.tolerance_seconds();
            let before = start.plus(-tolerance) <= *at && *at < start;
            let after = last < *at && *at <= last.plus(tolerance);
            (before || after) && !is_reported(utc.date(*at))
        });
        beside.map(|(at, _)| *at).take(1).collect()
    }
}

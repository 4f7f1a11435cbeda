//! From stretches of use to the units that are charged: F2 (metered set) and F3 (meters).

use crate::tariff::Meter;
use crate::when::{Instant, Zone};

/// A stretch of use, from its first instant up to and without its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// First instant.
    pub start: Instant,
    /// First instant after.
    pub end: Instant,
}

impl Interval {
    /// Seconds from start to end, never negative.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.end.since(self.start).max(0)
    }
}

/// One session as observed: open, close, and the instants of activity when they are known.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    /// When the product was opened.
    pub open: Instant,
    /// When it was closed.
    pub close: Instant,
    /// Instants of activity in ascending order; `None` when nothing reported any, so all of it counts.
    pub activity: Option<&'a [Instant]>,
}

/// The metered set A(person, product) of F2: merged stretches of use, idle tails cut.
///
/// Use counts up to `idle_seconds` after the last activity and no further than the close.
#[must_use]
pub fn metered(sessions: &[Observed<'_>], idle_seconds: i64) -> Vec<Interval> {
    let mut stretches: Vec<Interval> =
        sessions.iter().flat_map(|s| active(s, idle_seconds)).collect();
    stretches.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match merged.last_mut() {
            Some(last) if stretch.start <= last.end => last.end = last.end.max(stretch.end),
            _ => merged.push(stretch),
        }
    }
    merged
}

fn active(session: &Observed<'_>, idle_seconds: i64) -> Vec<Interval> {
    let whole = Interval { start: session.open, end: session.close };
    let Some(instants) = session.activity else {
        return vec![whole];
    };
    let alive =
        |at: &Instant| Interval { start: *at, end: at.plus(idle_seconds).min(session.close) };
    instants.iter().filter(|at| (session.open..session.close).contains(*at)).map(alive).collect()
}

/// How far one person's use of one product has been charged. Stretches come in order of their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metering {
    meter: Meter,
    paid_until: Instant,
    used_until: Instant,
}

impl Metering {
    /// Nothing used and nothing charged yet.
    #[must_use]
    pub const fn new(meter: Meter) -> Self {
        Self { meter, paid_until: Instant(i64::MIN), used_until: Instant(i64::MIN) }
    }

    /// Continues after a unit that was charged from `start`.
    #[must_use]
    pub fn after(meter: Meter, start: Instant, zone: &Zone) -> Self {
        Self { meter, paid_until: meter.unit_end(start, zone), used_until: Instant(i64::MIN) }
    }

    /// Goes on with another meter: what was paid stays paid.
    pub fn switch(&mut self, meter: Meter) {
        self.meter = meter;
    }

    /// The start of the next unit that this stretch of use makes due, if any.
    ///
    /// Call [`Metering::charge`] with it (or with the start of the unit already on record) and ask again,
    /// until there is none. `continued` says that the use went on from before the stretch's start.
    pub fn due(&mut self, stretch: Interval, continued: bool) -> Option<Instant> {
        if continued {
            // Use from before that ends just here lets the next stretch go on without a break.
            self.used_until = self.used_until.max(stretch.end);
        }
        if self.meter == Meter::Result || stretch.end <= stretch.start {
            return None;
        }
        if self.meter.ends_with_use() && !continued && stretch.start > self.used_until {
            self.paid_until = stretch.start;
        }
        self.used_until = self.used_until.max(stretch.end);
        let start = stretch.start.max(self.paid_until);
        (start < stretch.end).then_some(start)
    }

    /// The first instant at which a further unit does not overlap one that was charged.
    pub(crate) fn free_from(&self) -> Instant {
        if self.meter.ends_with_use() { Instant(i64::MIN) } else { self.paid_until }
    }

    /// Records that a unit was charged from `start`.
    pub fn charge(&mut self, start: Instant, zone: &Zone) {
        self.paid_until = self.meter.unit_end(start, zone);
    }
}

/// The starts of all units that a metered set (merged, ascending) is charged for.
///
/// ```
/// use faregate_core::tariff::Meter;
/// use faregate_core::usage::{Observed, metered, units};
/// use faregate_core::when::{Instant, Zone};
///
/// // Two workstations at once, 9 to 11 and 10 to 12: three hours, one window.
/// let hour = |hour: i64| Instant(1_780_272_000 + hour * 3_600);
/// let on = |open, close| Observed { open: hour(open), close: hour(close), activity: None };
/// let set = metered(&[on(9, 11), on(10, 12)], 900);
/// assert_eq!(units(Meter::StartedHour, &Zone::utc(), &set), [hour(9), hour(10), hour(11)]);
/// assert_eq!(units(Meter::Window24h, &Zone::utc(), &set), [hour(9)]);
/// ```
#[must_use]
pub fn units(meter: Meter, zone: &Zone, metered: &[Interval]) -> Vec<Instant> {
    let mut metering = Metering::new(meter);
    let mut starts = Vec::new();
    for &stretch in metered {
        while let Some(start) = metering.due(stretch, false) {
            metering.charge(start, zone);
            starts.push(start);
        }
    }
    starts
}

#[cfg(test)]
mod tests;

//! Dates for lines that carry a time of day only.
//!
//! The clock counts days from line to line. A time of day that is earlier than the line before
//! means one of three things, told apart by how much earlier it is:
//!
//! * up to [`STEP_BACK_MAX`]: the server's clock was set back, or the zone repeats an hour; the
//!   day stays. A debug log has a line at least every six hours (`TIMESTAMP`), so that after a
//!   midnight the time of day is never just a little earlier.
//! * more: midnight has passed.
//! * and a time *later* by nearly a whole day is a clock set back over midnight.
//!
//! lmgrd and the daemons write dates independently, and one written at midnight may belong to
//! either day: within a minute of midnight the running count wins over a date one day off.
//!
//! Until the first date the days are relative; [`Clock::told`] then returns what to add to them.

use faregate_core::when::{DAY, Date, Instant, LocalTime, Zone};

/// Seconds a clock may step back without a new day beginning: the hour of daylight saving (which
/// the zone may not know, if it is the wrong one) and some minutes of silence.
pub(crate) const STEP_BACK_MAX: i32 = 70 * 60;
/// Seconds a clock may step back over midnight.
const STEP_OVER_MIDNIGHT_MAX: i32 = 5 * 60;
/// How near to midnight a written date may be off by one.
const MIDNIGHT_NEAR: i32 = 60;
/// Seconds of disorder that do not mean the second pass through a repeated hour.
const DISORDER_MAX: i64 = 120;
const DAY_SECONDS: i32 = 86_400;

/// A local time: a day, relative until the first date is known, and the second in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    pub(crate) day: i32,
    pub(crate) second: i32,
}

impl Stamp {
    /// The same stamp, counted from 1970, once the first date is known.
    pub(crate) fn shifted(self, days: i32) -> Self {
        Self { day: self.day.saturating_add(days), second: self.second }
    }

    fn local(self) -> i64 {
        i64::from(self.day).saturating_mul(DAY).saturating_add(i64::from(self.second))
    }
}

/// The date of the line at hand, and the zone to read it in.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    zone: Zone,
    now: Stamp,
    started: bool,
    dated: bool,
    latest: Option<Instant>,
    steps: u64,
    span: Span,
}

/// A quarter of an hour of local time with one offset; transitions fall between quarters.
#[derive(Clone, Copy, Debug)]
struct Span {
    quarter: i64,
    offset: Option<i64>,
}

impl Clock {
    pub(crate) fn new(zone: Zone, start: Option<Date>) -> Self {
        let span = Span { quarter: i64::MIN, offset: None };
        let now = Stamp { day: start.map_or(0, |date| date.0), second: 0 };
        Self { zone, now, started: false, dated: start.is_some(), latest: None, steps: 0, span }
    }

    pub(crate) fn now(&self) -> Stamp {
        self.now
    }

    pub(crate) fn dated(&self) -> bool {
        self.dated
    }

    /// How often the clock stepped back.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    /// Moves to the next line's time of day.
    #[inline]
    pub(crate) fn tick(&mut self, second: i32) {
        let ahead = second.saturating_sub(self.now.second);
        if ahead < 0 || ahead > DAY_SECONDS.saturating_sub(STEP_OVER_MIDNIGHT_MAX) {
            self.turn(ahead, second);
        }
        self.started = true;
        self.now.second = second;
    }

    #[cold]
    fn turn(&mut self, ahead: i32, second: i32) {
        if !self.started {
            return;
        }
        if ahead > 0 {
            self.now.day = self.now.day.saturating_sub(1);
            self.steps = self.steps.saturating_add(1);
        } else if ahead < STEP_BACK_MAX.saturating_neg() {
            self.now.day = self.now.day.saturating_add(1);
        } else if !self.repeats(second) {
            self.steps = self.steps.saturating_add(1);
        }
    }

    /// Whether this time of today is one that daylight saving repeats.
    fn repeats(&self, second: i32) -> bool {
        let stamp = Stamp { day: self.now.day, second };
        self.dated && matches!(self.zone.resolve(stamp.local()), LocalTime::Twice(..))
    }

    /// The line at hand says which date it was written on. Returns the days to add to every stamp
    /// taken so far, when this is the first date.
    pub(crate) fn told(&mut self, date: Date) -> Option<i32> {
        let off = date.0.saturating_sub(self.now.day);
        if !self.dated {
            self.dated = true;
            self.now.day = date.0;
            return Some(off);
        }
        let second = self.now.second;
        let near = second < MIDNIGHT_NEAR || second >= DAY_SECONDS.saturating_sub(MIDNIGHT_NEAR);
        if off == 0 || (off.abs() == 1 && near) {
            return None;
        }
        if off < 0 {
            self.steps = self.steps.saturating_add(1);
        }
        self.now.day = date.0;
        None
    }

    /// The instant of a stamp; in a repeated hour, the pass that follows what came before.
    #[inline]
    pub(crate) fn instant(&mut self, stamp: Stamp) -> Instant {
        let local = stamp.local();
        let quarter = local.div_euclid(900);
        if quarter != self.span.quarter {
            self.span = self.look_up(quarter);
        }
        let at = match self.span.offset {
            Some(offset) => Instant(local.saturating_sub(offset)),
            None => self.resolve(local),
        };
        self.latest = Some(at);
        at
    }

    /// The instant of an earlier stamp, without moving the clock there.
    pub(crate) fn earlier(&self, stamp: Stamp) -> Instant {
        let at = self.resolve(stamp.local());
        self.latest.map_or(at, |latest| at.min(latest))
    }

    /// The instant of the last line that was asked about.
    pub(crate) fn latest(&self) -> Option<Instant> {
        self.latest
    }

    #[cold]
    fn look_up(&self, quarter: i64) -> Span {
        let first = quarter.saturating_mul(900);
        let offset = |local: i64| match self.zone.resolve(local) {
            LocalTime::Once(at) => Some(local.saturating_sub(at.0)),
            LocalTime::Twice(..) | LocalTime::Skipped(_) => None,
        };
        let (first, last) = (offset(first), offset(first.saturating_add(899)));
        Span { quarter, offset: if first == last { first } else { None } }
    }

    fn resolve(&self, local: i64) -> Instant {
        match self.zone.resolve(local) {
            LocalTime::Once(at) | LocalTime::Skipped(at) => at,
            LocalTime::Twice(first, second) => {
                let passed = self.latest.is_some_and(|latest| latest.since(first) > DISORDER_MAX);
                if passed { second } else { first }
            }
        }
    }
}

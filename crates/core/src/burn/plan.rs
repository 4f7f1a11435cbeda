//! Depletion plans: which share of an allotment is to be used by when. A plan is a curve from nothing at the
//! start of a period to everything at its end; everything that is read off it is an *estimate*, never booked.

use super::Filter;
use crate::state::State;
use crate::when::{DAY, Date, Instant, Zone};
use core::fmt;

/// A curve has at most so many points: more than one a day of a year.
pub const CURVE_POINTS_MAX: usize = 400;
/// Shares are in millionths of the allotment.
const WHOLE: u32 = 1_000_000;
/// The shape of use is looked for in so many days before.
const HISTORY_DAYS: i32 = 365;
/// With fewer days of history there is no shape.
const HISTORY_DAYS_MIN: i32 = 28;

/// How an allotment is to be used up over its period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// As much in every hour as in every other.
    #[default]
    Straight,
    /// As use went before: by weekday, and by month once a year of use is known.
    Seasonal,
    /// The owner's own: straight lines from nothing at the period's start, through these, to everything at its
    /// end.
    Curve(Vec<Point>),
}

/// By the end of a date, so much of the allotment is to be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The date, in the contract's zone.
    pub date: Date,
    /// The share that is used by its end, in millionths.
    pub share: u32,
}

/// Why a curve makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCurve {
    /// It has no point, or more than [`CURVE_POINTS_MAX`].
    Points(usize),
    /// This date does not come after the one before it.
    Order(Date),
    /// By this date less would be used than before it, or more than there is.
    Share(Date),
}

impl fmt::Display for BadCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points(count) => write!(f, "a curve of {count} points"),
            Self::Order(date) => write!(f, "{date} does not come after the date before it"),
            Self::Share(date) => {
                write!(f, "by {date} less would be used than before it, or more than there is")
            }
        }
    }
}

/// Whether the points of a curve follow each other.
///
/// # Errors
/// [`BadCurve`], of the first that does not.
pub fn check_curve(points: &[Point]) -> Result<(), BadCurve> {
    if points.is_empty() || points.len() > CURVE_POINTS_MAX {
        return Err(BadCurve::Points(points.len()));
    }
    let mut before: Option<Point> = None;
    for point in points {
        if before.is_some_and(|before| point.date <= before.date) {
            return Err(BadCurve::Order(point.date));
        }
        if point.share > WHOLE || before.is_some_and(|before| point.share < before.share) {
            return Err(BadCurve::Share(point.date));
        }
        before = Some(*point);
    }
    Ok(())
}

impl Plan {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Straight => "straight",
            Self::Seasonal => "seasonal",
            Self::Curve(_) => "curve",
        }
    }
}

/// A plan over a period: shares of the allotment from 0 to 1, ascending with time.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape(Vec<(Instant, f64)>);

impl Shape {
    /// As much in every hour as in every other.
    #[must_use]
    pub fn straight(zone: &Zone, from: Date, until: Date) -> Self {
        Self(vec![(zone.start_of(from), 0.0), (zone.start_of(until), 1.0)])
    }

    /// An owner's own; `None` when no point of it lies in the period: it is of another one.
    #[must_use]
    pub fn curve(zone: &Zone, points: &[Point], from: Date, until: Date) -> Option<Self> {
        let inside = points.iter().filter(|point| from <= point.date && point.date.plus(1) < until);
        let place = |point: &Point| {
            (zone.start_of(point.date.plus(1)), f64::from(point.share) / f64::from(WHOLE))
        };
        let mut shape = vec![(zone.start_of(from), 0.0)];
        shape.extend(inside.map(place));
        shape.push((zone.start_of(until), 1.0));
        // What is used up on the last date itself is the end of the curve, and says nothing of its way.
        let says = points.iter().any(|point| from <= point.date && point.date < until);
        says.then_some(Self(shape))
    }

    /// As use went in the year before `today`: each day weighs what its weekday did, times what its month did
    /// beside its weekdays once all of that year is known. `None` with less than four weeks of history.
    #[must_use]
    pub fn seasonal(
        state: &State,
        filter: &Filter,
        (from, until): (Date, Date),
        today: Date,
    ) -> Option<Self> {
        let weights = Weights::of(state, filter, today)?;
        let zone = state.zone();
        let (mut sum, mut shape) = (0.0, vec![(zone.start_of(from), 0.0)]);
        for date in (from.0..until.0).map(Date) {
            sum += weights.of_day(date);
            shape.push((zone.start_of(date.plus(1)), sum));
        }
        if sum <= 0.0 {
            return None;
        }
        shape.iter_mut().for_each(|(_, share)| *share /= sum);
        Some(Self(shape))
    }

    /// The share that is to be used by an instant.
    #[must_use]
    pub fn share_at(&self, at: Instant) -> f64 {
        let after = self.0.partition_point(|(edge, _)| *edge <= at);
        let (left, right) =
            (after.checked_sub(1).and_then(|left| self.0.get(left)), self.0.get(after));
        match (left, right) {
            (Some((from, low)), Some((until, high))) => {
                let passed = seconds(at.since(*from)) / seconds(until.since(*from)).max(1.0);
                low + (high - low) * passed
            }
            (Some((_, share)), None) => *share,
            (None, _) => 0.0,
        }
    }

    /// The instant nearest to `now` at which this share is to be used; the period's start or end when it lies
    /// beyond.
    #[must_use]
    pub fn when(&self, share: f64, now: Instant) -> Instant {
        let planned = self.share_at(now);
        if share > planned {
            // Ahead: the first instant from now on by which so much is to be used.
            let ahead = self.pairs().find(|(_, right)| right.0 > now && right.1 >= share);
            return ahead.map_or_else(|| self.end(), |(left, right)| crossing(left, right, share));
        }
        if share < planned {
            // Behind: the last instant up to now by which no more was to be used.
            let behind = self.pairs().filter(|(left, _)| left.0 < now && left.1 <= share).last();
            return behind
                .map_or_else(|| self.start(), |(left, right)| crossing(left, right, share));
        }
        now
    }

    fn pairs(&self) -> impl Iterator<Item = ((Instant, f64), (Instant, f64))> + '_ {
        self.0.iter().copied().zip(self.0.iter().copied().skip(1))
    }

    fn start(&self) -> Instant {
        self.0.first().map_or(Instant(0), |(at, _)| *at)
    }

    fn end(&self) -> Instant {
        self.0.last().map_or(Instant(0), |(at, _)| *at)
    }
}

/// Where a line between two points reaches a share; its later end where it is flat.
#[expect(clippy::cast_possible_truncation, reason = "an estimate, in whole seconds of a period")]
fn crossing(left: (Instant, f64), right: (Instant, f64), share: f64) -> Instant {
    let rise = right.1 - left.1;
    if rise <= 0.0 {
        return right.0;
    }
    let passed = ((share - left.1) / rise).clamp(0.0, 1.0) * seconds(right.0.since(left.0));
    left.0.plus(passed.round() as i64)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate; periods are far below 2⁵³ seconds")]
pub(super) fn seconds(count: i64) -> f64 {
    count as f64
}

/// What days weigh beside each other.
struct Weights {
    weekdays: [f64; 7],
    /// January first; 1 where nothing is known.
    months: [f64; 12],
}

impl Weights {
    fn of(state: &State, filter: &Filter, today: Date) -> Option<Self> {
        let first_known = state.charges().span().map(|(first, _)| first)?;
        let first = first_known.max(today.plus(HISTORY_DAYS.saturating_neg()));
        if today.0.saturating_sub(first.0) < HISTORY_DAYS_MIN {
            return None;
        }
        let days = used_by_day(state, filter, first, today);
        let weekdays = weekday_means(&days);
        if weekdays.iter().all(|mean| *mean <= 0.0) {
            return None;
        }
        let is_whole_year = today.0.saturating_sub(first.0) >= HISTORY_DAYS;
        let months = if is_whole_year { month_factors(&days, &weekdays) } else { [1.0; 12] };
        Some(Self { weekdays, months })
    }

    fn of_day(&self, date: Date) -> f64 {
        let weekday = self.weekdays.get(usize::from(date.weekday())).copied().unwrap_or(0.0);
        weekday * self.months.get(month(date)).copied().unwrap_or(1.0)
    }
}

/// Tokens of each date from `first` up to the one before `until`; days without use are zero.
fn used_by_day(state: &State, filter: &Filter, first: Date, until: Date) -> Vec<(Date, f64)> {
    let mut days: Vec<(Date, f64)> = (first.0..until.0).map(|day| (Date(day), 0.0)).collect();
    for (date, cells) in state.charges().days(first, until.plus(-1)) {
        let place = usize::try_from(date.0.saturating_sub(first.0)).unwrap_or(usize::MAX);
        let ours = cells.iter().filter(|((product, bucket), _)| filter.has_cell(*product, *bucket));
        let used: f64 = ours.map(|(_, cell)| cell.ticks.tokens()).sum();
        if let Some((_, tokens)) = days.get_mut(place) {
            *tokens = used;
        }
    }
    days
}

fn weekday_means(days: &[(Date, f64)]) -> [f64; 7] {
    let mut sums = [(0.0, 0u32); 7];
    for (date, used) in days {
        if let Some((sum, count)) = sums.get_mut(usize::from(date.weekday())) {
            *sum += used;
            *count = count.saturating_add(1);
        }
    }
    sums.map(|(sum, count)| if count == 0 { 0.0 } else { sum / f64::from(count) })
}

/// What was used in each month beside what its weekdays alone would have come to.
fn month_factors(days: &[(Date, f64)], weekdays: &[f64; 7]) -> [f64; 12] {
    let mut sums = [(0.0, 0.0); 12];
    for (date, used) in days {
        let usual = weekdays.get(usize::from(date.weekday())).copied().unwrap_or(0.0);
        if let Some((sum, expected)) = sums.get_mut(month(*date)) {
            *sum += used;
            *expected += usual;
        }
    }
    sums.map(|(sum, expected)| if expected <= 0.0 { 1.0 } else { sum / expected })
}

/// 0 in January.
fn month(date: Date) -> usize {
    usize::try_from(date.ymd().1.saturating_sub(1)).unwrap_or(0)
}

/// Days between two instants.
pub(super) fn days(from: Instant, to: Instant) -> f64 {
    seconds(to.since(from)) / seconds(DAY)
}

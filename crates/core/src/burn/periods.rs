//! The usual periods in one answer: today so far beside the same hour on comparable days, the spans that people
//! ask for beside the ones before them, and how fast it goes now.

use super::{Filter, Prices, Sum};
use crate::amount::{Ticks, div_half_even};
use crate::state::State;
use crate::when::{DAY, Date, HOUR, Instant, LocalTime};
use core::ops::Range;

/// So many comparable days are looked at.
const COMPARABLE: usize = 8;
/// They are looked for in so many weeks: holidays are left out.
const WEEKS_MAX: i32 = 26;

/// Burn of the usual periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Periods {
    /// When it was true; what was charged in this second is in it.
    pub as_of: Instant,
    /// Today so far, and yesterday up to the same time of day.
    pub today: Span,
    /// The last eight same weekdays up to the same time of day, holidays left out.
    pub usual: Option<Usual>,
    /// Yesterday, the last 7 and 28 days, this month, this contract year.
    pub spans: Vec<Span>,
    /// How fast it goes: an hour, a day, a week.
    pub velocity: Vec<Velocity>,
}

/// A period and the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Stable name: `today`, `yesterday`, `last-7-days`, `last-28-days`, `month-to-date`, `contract-year-to-date`.
    pub key: &'static str,
    /// First date.
    pub from: Date,
    /// Last date.
    pub to: Date,
    /// What was spent in it.
    pub sum: Sum,
    /// What was spent in the period before, up to the same point of it.
    pub before: Sum,
}

/// What was spent in the same stretch on comparable days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// On average.
    pub mean: Sum,
    /// On the day with the least.
    pub low: Sum,
    /// On the day with the most.
    pub high: Sum,
    /// On how many days.
    pub days: u32,
}

/// What was spent in the last stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Velocity {
    /// Stable name: `hour`, `day`, `week`.
    pub key: &'static str,
    /// How long it is, in seconds.
    pub seconds: i64,
    /// What was spent in it.
    pub sum: Sum,
    /// What is spent up to the same time of day on comparable days.
    pub usual: Option<Usual>,
}

/// Burn of the usual periods, as of now.
#[must_use]
pub fn periods(state: &State, filter: &Filter, now: Instant) -> Periods {
    let clock = Clock::new(state, now);
    let asked = Asked::new(&clock);
    let counted = Counted::new(state, filter, asked.all());
    let span = |one: &Spanned| Span {
        key: one.key,
        from: one.from,
        to: one.to,
        sum: counted.sum(&one.now),
        before: counted.sum(&one.before),
    };
    let velocity = |one: &Sped| Velocity {
        key: one.key,
        seconds: one.now.end.since(one.now.start),
        sum: counted.sum(&one.now),
        usual: counted.usual(&one.usual),
    };
    Periods {
        as_of: now,
        today: span(&asked.today),
        usual: counted.usual(&asked.usual),
        spans: asked.spans.iter().map(span).collect(),
        velocity: asked.velocity.iter().map(velocity).collect(),
    }
}

/// First date of the contract year that goes on now: years are counted from the start of the pack
/// that began first among those valid now; without one they are calendar years.
#[must_use]
pub fn contract_year(state: &State, now: Instant) -> Date {
    let today = state.zone().date(now);
    let valid = state.ledger().packs().iter().filter(|p| p.from <= now && now < p.until);
    let began = valid.map(|pack| state.zone().date(pack.from)).min();
    let (year, ..) = today.ymd();
    let (_, month, day) = began.map_or((0, 1, 1), Date::ymd);
    let in_year = |year| on_or_after(year, month, day);
    let this = in_year(year);
    if this <= today { this } else { in_year(year.saturating_sub(1)) }
}

/// The date, or 1 March where there is no 29 February.
fn on_or_after(year: i16, month: i8, day: i8) -> Date {
    let next = || Date::from_ymd(year, month.saturating_add(1), 1);
    Date::from_ymd(year, month, day).or_else(next).unwrap_or_default()
}

/// Reads the wall clock of other days.
struct Clock<'a> {
    state: &'a State,
    now: Instant,
    today: Date,
    /// Seconds since midnight that a clock on the wall shows, after the second that goes on.
    second_of_day: i64,
}

impl<'a> Clock<'a> {
    fn new(state: &'a State, now: Instant) -> Self {
        let zone = state.zone();
        let today = zone.date(now);
        let local = now.plus(zone.offset_at(now)).0;
        let second_of_day = local.rem_euclid(DAY).saturating_add(1);
        Self { state, now, today, second_of_day }
    }

    fn midnight(&self, date: Date) -> Instant {
        self.state.zone().start_of(date)
    }

    /// The instant after the second that this clock shows now, on a date; never beyond that date.
    fn same_time(&self, date: Date) -> Instant {
        let local = i64::from(date.0).saturating_mul(DAY).saturating_add(self.second_of_day);
        let at = match self.state.zone().resolve(local) {
            LocalTime::Once(at) | LocalTime::Twice(at, _) | LocalTime::Skipped(at) => at,
        };
        at.min(self.midnight(date.plus(1)))
    }

    fn end(&self) -> Instant {
        self.now.plus(1)
    }

    /// The last same weekdays before today that are known and no holidays, the latest first.
    fn comparable(&self) -> Vec<Date> {
        let first = self.state.charges().span().map_or(self.today, |(first, _)| first);
        let weeks = (1..=WEEKS_MAX).map(|week| self.today.plus(week.saturating_mul(-7)));
        let known = weeks.take_while(|date| *date >= first);
        known.filter(|date| !self.state.estate().is_holiday(*date)).take(COMPARABLE).collect()
    }
}

/// A span and the one before it, in instants.
struct Spanned {
    key: &'static str,
    from: Date,
    to: Date,
    now: Range<Instant>,
    before: Range<Instant>,
}

/// A stretch up to now, and the same on comparable days.
struct Sped {
    key: &'static str,
    now: Range<Instant>,
    usual: Vec<Range<Instant>>,
}

/// All stretches of time that an answer needs.
struct Asked {
    today: Spanned,
    usual: Vec<Range<Instant>>,
    spans: Vec<Spanned>,
    velocity: Vec<Sped>,
}

impl Asked {
    fn new(clock: &Clock<'_>) -> Self {
        let today = clock.today;
        let comparable = clock.comparable();
        let so_far = |date: Date| clock.midnight(date)..clock.same_time(date);
        // From a date until now, beside from another date until the same time of day on a last one.
        let to_date = |key, from: Date, before: Date, until: Date| Spanned {
            key,
            from,
            to: today,
            now: clock.midnight(from)..clock.end(),
            before: clock.midnight(before)..clock.same_time(until),
        };
        let last = |key, days: i32| {
            let from = today.plus(days.saturating_neg().saturating_add(1));
            to_date(key, from, from.plus(days.saturating_neg()), today.plus(days.saturating_neg()))
        };
        let (yesterday, month) = (today.plus(-1), today.month_start());
        let whole = |date: Date| clock.midnight(date)..clock.midnight(date.plus(1));
        let month_before = month.plus(-1).month_start();
        let passed = today.0.saturating_sub(month.0);
        let year = contract_year(clock.state, clock.now);
        let (this_year, first_month, first_day) = year.ymd();
        let year_before = on_or_after(this_year.saturating_sub(1), first_month, first_day);
        let (now_year, now_month, now_day) = today.ymd();
        let year_ago = on_or_after(now_year.saturating_sub(1), now_month, now_day);
        let spans = vec![
            Spanned {
                key: "yesterday",
                from: yesterday,
                to: yesterday,
                now: whole(yesterday),
                before: whole(yesterday.plus(-1)),
            },
            last("last-7-days", 7),
            last("last-28-days", 28),
            to_date(
                "month-to-date",
                month,
                month_before,
                month_before.plus(passed).min(month.plus(-1)),
            ),
            to_date("contract-year-to-date", year, year_before, year_ago.min(year.plus(-1))),
        ];
        let sped = |key, seconds: i64| Sped {
            key,
            now: clock.end().plus(seconds.saturating_neg())..clock.end(),
            usual: comparable
                .iter()
                .map(|date| clock.same_time(*date))
                .map(|end| end.plus(seconds.saturating_neg())..end)
                .collect(),
        };
        Self {
            today: to_date("today", today, yesterday, yesterday),
            usual: comparable.iter().map(|date| so_far(*date)).collect(),
            spans,
            velocity: vec![
                sped("hour", HOUR),
                sped("day", DAY),
                sped("week", DAY.saturating_mul(7)),
            ],
        }
    }

    fn all(&self) -> impl Iterator<Item = &Range<Instant>> {
        let spans = core::iter::once(&self.today).chain(&self.spans);
        let spans = spans.flat_map(|span| [&span.now, &span.before]);
        let velocity = self.velocity.iter();
        let velocity = velocity.flat_map(|one| core::iter::once(&one.now).chain(&one.usual));
        spans.chain(&self.usual).chain(velocity)
    }
}

/// What was spent between each edge of all stretches and the next, from one look at the charges.
struct Counted {
    edges: Vec<Instant>,
    /// Of the stretch that begins at the edge of the same place.
    sums: Vec<Sum>,
}

impl Counted {
    fn new<'a>(
        state: &State,
        filter: &Filter,
        stretches: impl Iterator<Item = &'a Range<Instant>>,
    ) -> Self {
        let mut edges: Vec<Instant> =
            stretches.flat_map(|stretch| [stretch.start, stretch.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut sums = vec![Sum::default(); edges.len()];
        let prices = Prices::of(state);
        let whole = edges.first().copied().zip(edges.last().copied());
        let span = whole.map_or(Instant(0)..Instant(0), |(first, last)| first..last);
        for charge in state.charges().within(span).filter(|charge| filter.has(state, charge)) {
            let after = edges.partition_point(|edge| *edge <= charge.at);
            if let Some(sum) = after.checked_sub(1).and_then(|place| sums.get_mut(place)) {
                sum.add(charge.ticks, 1, prices.at(charge.at));
            }
        }
        Self { edges, sums }
    }

    fn sum(&self, stretch: &Range<Instant>) -> Sum {
        let from = self.edges.partition_point(|edge| *edge < stretch.start);
        let until = self.edges.partition_point(|edge| *edge < stretch.end).max(from);
        let mut sum = Sum::default();
        self.sums.get(from..until).unwrap_or_default().iter().for_each(|part| sum.join(part));
        sum
    }

    fn usual(&self, stretches: &[Range<Instant>]) -> Option<Usual> {
        let sums: Vec<Sum> = stretches.iter().map(|stretch| self.sum(stretch)).collect();
        let low = sums.iter().min_by_key(|sum| sum.ticks).copied()?;
        let high = sums.iter().max_by_key(|sum| sum.ticks).copied()?;
        let days = u32::try_from(sums.len()).unwrap_or(u32::MAX);
        let mut whole = Sum::default();
        sums.iter().for_each(|sum| whole.join(sum));
        Some(Usual { mean: whole.mean_of(days), low, high, days })
    }
}

impl Sum {
    /// The mean of so many, rounded half to even.
    fn mean_of(self, count: u32) -> Self {
        let count = i128::from(count.max(1));
        let ticks = div_half_even(i128::from(self.ticks.0), count);
        let charges = div_half_even(i128::from(self.charges), count);
        Self {
            ticks: Ticks(i64::try_from(ticks).unwrap_or(i64::MAX)),
            charges: u64::try_from(charges).unwrap_or(u64::MAX),
            value: div_half_even(self.value, count),
            ..self
        }
    }
}

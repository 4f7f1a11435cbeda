//! A forecast: what the days of a span will burn, and what follows from that.

use super::spread::{Band, Spread, Sums, Total};
use crate::when::Date;

/// One day of a forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Day {
    /// Expected tokens.
    pub tokens: f64,
    /// Of them, what was learned from the past: only that can stray.
    pub(super) learned: f64,
    /// Days from the last known one.
    pub(super) ahead: f64,
    /// Whether next to nothing is done on such a weekday.
    pub(super) is_quiet: bool,
}

/// What the days of a span will burn.
#[derive(Clone, Debug)]
pub struct Forecast {
    from: Date,
    days: Vec<Day>,
    spread: Spread,
}

/// When a balance will be used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depletion {
    /// The day on which the expected burn reaches the balance; `None` when it does not within the forecast.
    pub expected: Option<Date>,
    /// The first and the last day of each band at [`LEVELS`](super::LEVELS); `None` for after the forecast's end.
    pub bands: [(Option<Date>, Option<Date>); 3],
}

impl Forecast {
    pub(super) fn new(from: Date, days: Vec<Day>, spread: Spread) -> Self {
        Self { from, days, spread }
    }

    /// Its first day.
    #[must_use]
    pub fn from(&self) -> Date {
        self.from
    }

    /// Its days and what is expected of each.
    pub fn days(&self) -> impl Iterator<Item = (Date, f64)> + '_ {
        (self.from.0..).map(Date).zip(self.days.iter().map(|day| day.tokens))
    }

    /// The tokens of the days from one to another, both included, as far as the forecast goes.
    #[must_use]
    pub fn total(&self, from: Date, to: Date) -> Total {
        let mut sums = Sums::default();
        let days = (self.from.0..).map(Date).zip(&self.days);
        for (_, day) in days.filter(|(date, _)| from <= *date && *date <= to) {
            self.spread.add(&mut sums, day);
        }
        self.spread.total(&sums)
    }

    /// When a balance is used up, if nothing is bought.
    #[must_use]
    pub fn depletion(&self, left: f64) -> Depletion {
        let (mut expected, mut bands) = (None, [(None, None); 3]);
        for (date, sums) in self.cumulative() {
            if sums.tokens >= left {
                expected = expected.or(Some(date));
            }
            for (place, band) in bands.iter_mut().enumerate() {
                if self.spread.quantile(&sums, place, true) >= left {
                    band.0 = band.0.or(Some(date));
                }
                if self.spread.quantile(&sums, place, false) >= left {
                    band.1 = band.1.or(Some(date));
                }
            }
        }
        Depletion { expected, bands }
    }

    /// How probable it is that a balance is used up before a date, 0 to 1.
    #[must_use]
    pub fn depleted_before(&self, left: f64, date: Date) -> f64 {
        if left <= 0.0 {
            return 1.0;
        }
        let until = self.cumulative().take_while(|(day, _)| *day < date);
        until.map(|(_, sums)| self.spread.above(&sums, left)).fold(0.0, f64::max)
    }

    /// The band of the whole, day by day from the first: for a chart of the balance.
    pub fn running(&self) -> impl Iterator<Item = (Date, Total)> + '_ {
        self.cumulative().map(|(date, sums)| (date, self.spread.total(&sums)))
    }

    /// The same forecast with so many times another one's days added from a date on.
    #[must_use]
    pub fn plus(&self, times: f64, other: &Self, since: Date) -> Self {
        let mut sum = self.clone();
        for (date, day) in (self.from.0..).map(Date).zip(&mut sum.days) {
            let more = other.at(date).filter(|_| date >= since);
            let Some(more) = more else { continue };
            day.tokens = (day.tokens + times * more.tokens).max(0.0);
            day.learned = (day.learned + times * more.learned).max(0.0);
        }
        sum
    }

    /// The same with another amount expected of the first day, of which a part is over.
    pub(super) fn starting_with(mut self, tokens: f64) -> Self {
        if let Some(first) = self.days.first_mut() {
            let share = if first.tokens > 0.0 { tokens / first.tokens } else { 0.0 };
            *first = Day { tokens, learned: first.learned * share.min(1.0), ..*first };
        }
        self
    }

    fn at(&self, date: Date) -> Option<&Day> {
        self.days.get(usize::try_from(date.0.checked_sub(self.from.0)?).ok()?)
    }

    fn cumulative(&self) -> impl Iterator<Item = (Date, Sums)> + '_ {
        let days = self.days.iter().scan(Sums::default(), |sums, day| {
            self.spread.add(sums, day);
            Some(*sums)
        });
        (self.from.0..).map(Date).zip(days)
    }
}

impl Band {
    /// Whether a value lies within.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

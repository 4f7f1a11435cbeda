//! What will be burned (F20): level × weekday × holiday × yearly ratio, with bands that past errors earned.
//!
//! Everything here is an *estimate* in floats, never booked, and a function of its arguments: the days that
//! are known, and what is planned. [`fit`] learns a [`Model`] from a [`Series`], [`Model::project`] makes the
//! [`Forecast`] of a span, which answers for totals and for the day on which a balance is used up.
//! `docs/concepts/forecasts.md` derives the formulas and says what they cannot see.
//!
//! To add a kind of holiday that is learned: a variant of `Rule` in `holidays.rs`.
//! To add something that can be planned: a variant of [`Effect`], applied in [`Calendar::on`].

mod backtest;
mod holidays;
mod month;
mod path;
mod scope;
mod score;
mod shape;
mod spread;
mod what_if;

use crate::when::Date;
use backtest::Chosen;
use holidays::Holidays;
use shape::Shape;
use spread::Spread;
use std::collections::BTreeSet;

pub use month::{HISTORY_DAYS, MonthEnd, month_end, month_end_by, share_left};
pub use path::{Day, Depletion, Forecast};
pub use scope::{Scope, series, series_where};
pub use score::{Kept, Record, Score, record, score, week_apart};
pub use spread::{Band, Total};
pub use what_if::{Change, USERS_DAYS, WhatIf, what_if};

/// The shares of cases that the bands are to hold: one in two, four in five, nineteen in twenty.
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];

/// The burn of one scope, day by day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Date of the first value.
    pub first: Date,
    /// Tokens of each date from then on. What is no finite number is taken as not known, less than
    /// nothing as nothing.
    pub tokens: Vec<f64>,
}

impl Series {
    /// The first date that is not known any more.
    #[must_use]
    pub fn end(&self) -> Date {
        self.first.plus(i32::try_from(self.tokens.len()).unwrap_or(i32::MAX))
    }

    /// From the first day with use on: before, nothing was there to be learned from.
    fn begun(&self) -> Self {
        let idle =
            self.tokens.iter().take_while(|tokens| **tokens <= 0.0 || tokens.is_nan()).count();
        // All of it idle is a history too: of nothing.
        let idle = if idle == self.tokens.len() { 0 } else { idle };
        let days = i32::try_from(idle).unwrap_or(i32::MAX);
        Self {
            first: self.first.plus(days),
            tokens: self.tokens.iter().skip(idle).copied().collect(),
        }
    }
}

/// What somebody knows of the days, past and future.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// Days off. Those that nobody gives are learned, once the series has seen them.
    pub holidays: BTreeSet<Date>,
    /// A training week, the start of a project, its end.
    pub planned: Vec<Planned>,
}

/// Something that changes the burn of some days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What becomes of them.
    pub effect: Effect,
}

/// What a plan does to a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Burns so many times what it would have burned.
    Factor(f64),
    /// Burns so many tokens more, or fewer when negative.
    TokensADay(f64),
}

impl Calendar {
    /// The factor and the tokens that are planned for a day.
    fn on(&self, date: Date) -> (f64, f64) {
        let of_day = self.planned.iter().filter(|plan| plan.from <= date && date <= plan.to);
        of_day.fold((1.0, 0.0), |(factor, tokens), plan| match plan.effect {
            Effect::Factor(times) if times.is_finite() => (factor * times.max(0.0), tokens),
            Effect::TokensADay(more) if more.is_finite() => (factor, tokens + more),
            Effect::Factor(_) | Effect::TokensADay(_) => (factor, tokens),
        })
    }
}

/// What was learned from a series.
#[derive(Clone, Debug)]
pub struct Model {
    calendar: Calendar,
    end: Date,
    history_days: u32,
    shape: Shape,
    holidays: Holidays,
    chosen: Chosen,
    spread: Spread,
}

/// Learns from a series and a calendar. Any series will do: of little, little can be said, and bands are wide.
#[must_use]
pub fn fit(series: &Series, calendar: &Calendar) -> Model {
    let series = series.begun();
    let (shape, holidays) = shape::learn(&series, calendar);
    let (chosen, errors) = backtest::choose(&shape, &holidays, calendar);
    let spread = Spread::of(&shape, &errors);
    Model {
        calendar: calendar.clone(),
        end: series.end(),
        history_days: u32::try_from(series.tokens.len()).unwrap_or(u32::MAX),
        shape,
        holidays,
        chosen,
        spread,
    }
}

impl Model {
    /// On how many days the model stands, from the first with use on.
    #[must_use]
    pub fn history_days(&self) -> u32 {
        self.history_days
    }

    /// Of the yearly rhythm seen so far, how much the forecast repeats: 0 to 1, as past forecasts earned it.
    #[must_use]
    pub fn yearly_share(&self) -> f64 {
        self.chosen.yearly
    }

    /// What the days of a span will burn, both included. Days before the end of the series are what the model
    /// would have expected of them by what it knows now.
    #[must_use]
    pub fn project(&self, from: Date, to: Date) -> Forecast {
        let dates = (from.0..=to.0).map(Date);
        let days = dates.map(|date| self.day(date)).collect();
        Forecast::new(from, days, self.spread.clone())
    }

    fn day(&self, date: Date) -> Day {
        let ahead = f64::from(date.0.saturating_sub(self.end.0).saturating_add(1).max(1));
        let (factor, planned) = self.calendar.on(date);
        let usual = self.shape.weekday_of(date)
            * self.holidays.foreseen(date)
            * self.shape.season(date).powf(self.chosen.yearly)
            * self.chosen.level_at(ahead);
        let learned = usual * factor;
        let is_quiet = self.shape.is_quiet(date);
        Day { tokens: (learned + planned).max(0.0), learned, ahead, is_quiet }
    }
}

#[cfg(test)]
mod tests;

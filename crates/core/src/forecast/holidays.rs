//! Days off: given, or learned from days on which far less came than on others of their weekday.
//!
//! A day off that was seen is expected again a year later: on the same date, or where the calendar moves it
//! to. A company's own closing days, as between the years, are learned like any other.

use super::Calendar;
use super::shape::Shape;
use crate::when::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A day off burns so much of a usual day, where none was seen.
const USUAL_FACTOR: f64 = 0.1;
/// A dip is below this part of what was expected, and so many standard deviations below it.
const DIP_BELOW: f64 = 0.78;
const DIP_SCORE: f64 = 3.0;
/// More special days in a row are no holiday but a new level.
const ROW_MAX: usize = 17;
/// The same, when the row goes on to the end: nobody knows yet how long it will be.
const OPEN_ROW_MAX: usize = 3;
/// Years ahead for which holidays are kept.
const YEARS_AHEAD: i16 = 4;
/// A weekend between two days off is bridged when it is not longer.
const BRIDGE: i32 = 4;
/// Days after Easter Sunday that are holidays somewhere.
const EASTER: [i32; 9] = [-48, -47, -3, -2, 1, 39, 40, 50, 60];

/// A day on which far less came than was expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dip {
    pub(super) date: Date,
    /// What came, relative to what was expected.
    pub(super) ratio: f64,
}

/// What is known of days off.
#[derive(Clone, Debug)]
pub(super) struct Holidays {
    given: BTreeSet<Date>,
    given_factor: f64,
    dips: Vec<Dip>,
    /// Factor of each date on which one is expected, by what was seen in years before.
    expected: BTreeMap<Date, f64>,
}

/// How a day off is found in another year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// So many days after Easter Sunday.
    Easter(i32),
    /// The n-th such weekday of a month, Monday = 0; the last one for 0.
    Nth(i8, u8, i8),
    /// The same month and day.
    On(i8, i8),
}

impl Holidays {
    /// Learns from a shape how quiet given holidays are, and which days are holidays although nobody gave them.
    pub(super) fn learned(calendar: &Calendar, shape: &Shape) -> Self {
        let given = calendar.holidays.clone();
        let given_factor = given_factor(&given, shape);
        let dips = dips(&given, shape);
        let mut found = Self { given, given_factor, dips, expected: BTreeMap::new() };
        found.expected = found.repeated(shape);
        found
    }

    /// The factor of a date by all that could be known the year before.
    pub(super) fn foreseen(&self, date: Date) -> f64 {
        let unseen = || if self.given.contains(&date) { self.given_factor } else { 1.0 };
        self.expected.get(&date).copied().unwrap_or_else(unseen)
    }

    /// Which days are special, so that they tell nothing of the level.
    pub(super) fn special(&self, shape: &Shape) -> Vec<bool> {
        let mut special = vec![false; shape.days()];
        for place in self.dips.iter().filter_map(|dip| shape.place(dip.date)) {
            if let Some(slot) = special.get_mut(place) {
                *slot = true;
            }
        }
        special
    }

    /// The dips of each year, carried into the years after it. Where several years tell of a date it is
    /// their mean, years without a dip included.
    fn repeated(&self, shape: &Shape) -> BTreeMap<Date, f64> {
        let ratios: BTreeMap<Date, f64> =
            self.dips.iter().map(|dip| (dip.date, dip.ratio)).collect();
        let mut expected = BTreeMap::new();
        for dip in &self.dips {
            let Some(rule) = Rule::of(dip.date, &ratios, shape) else { continue };
            let year = dip.date.ymd().0;
            for next in year.saturating_add(1)..=year.saturating_add(YEARS_AHEAD) {
                let Some(date) = rule.in_year(next) else { continue };
                expected.entry(date).or_insert_with(|| rule.mean_before(next, &ratios, shape));
            }
        }
        bridge(&mut expected, shape);
        expected
    }
}

/// What given holidays came to, relative to usual days, with the usual factor as one more holiday.
fn given_factor(given: &BTreeSet<Date>, shape: &Shape) -> f64 {
    let mut sums = (0.0, 0.0);
    let mut largest: f64 = 0.0;
    for place in given.iter().filter_map(|date| shape.place(*date)) {
        let date = shape.date(place);
        let usual = shape.weekday_of(date) * shape.level.get(place).copied().unwrap_or(0.0);
        let tokens = shape.tokens.get(place).copied().filter(|tokens| tokens.is_finite());
        if let Some(tokens) = tokens {
            sums = (sums.0 + tokens, sums.1 + usual);
            largest = largest.max(usual);
        }
    }
    if largest > 0.0 {
        ((sums.0 + USUAL_FACTOR * largest) / (sums.1 + largest)).min(1.0)
    } else {
        USUAL_FACTOR
    }
}

/// The days that were given, and those far below, unless they are so many in a row that they are a new level.
fn dips(given: &BTreeSet<Date>, shape: &Shape) -> Vec<Dip> {
    let days = shape.expected().enumerate().map(|(day, (mean, tokens))| {
        let date = shape.date(day);
        (date, mean, tokens)
    });
    let (mut off, mut rows) = (Vec::new(), vec![Vec::new()]);
    for (date, mean, tokens) in days {
        if shape.is_quiet(date) || !tokens.is_finite() || mean <= 0.0 {
            continue;
        }
        let deviation = shape.noise.variance(mean).sqrt();
        let is_dip = tokens < DIP_BELOW * mean && tokens < mean - DIP_SCORE * deviation;
        let dip = Dip { date, ratio: shrunk(tokens.min(mean), mean, deviation) };
        match rows.last_mut() {
            _ if given.contains(&date) => off.push(dip),
            Some(row) if is_dip => row.push(dip),
            Some(row) if !row.is_empty() => rows.push(Vec::new()),
            _ => {}
        }
    }
    // The last row is open when a dip was the last that was seen.
    let open = rows.pop().filter(|row| row.len() <= OPEN_ROW_MAX || is_between_years(row));
    let closed = rows.into_iter().filter(|row| row.len() <= ROW_MAX);
    off.extend(closed.chain(open).flatten());
    off
}

/// Offices close between the years; a row that began then will end soon after.
fn is_between_years(row: &[Dip]) -> bool {
    row.len() <= ROW_MAX
        && row.first().is_some_and(|dip| {
            let (_, month, day) = dip.date.ymd();
            (month == 12 && day >= 18) || (month == 1 && day <= 6)
        })
}

/// What came relative to what was expected, drawn towards 1 as far as chance may have made it.
fn shrunk(tokens: f64, mean: f64, deviation: f64) -> f64 {
    let depth = (mean - tokens) / mean;
    let chance = deviation / mean;
    let sure = depth * depth + chance * chance;
    if sure > 0.0 { 1.0 - depth * depth * depth / sure } else { 1.0 }
}

/// Days between two days off that no year has told of, because they fell on weekends.
fn bridge(expected: &mut BTreeMap<Date, f64>, shape: &Shape) {
    let known: Vec<(Date, f64)> = expected.iter().map(|(date, ratio)| (*date, *ratio)).collect();
    for ((from, one), (to, other)) in known.iter().zip(known.iter().skip(1)) {
        let apart = to.0.saturating_sub(from.0);
        if !(2..=BRIDGE).contains(&apart) {
            continue;
        }
        for date in (from.0.saturating_add(1)..to.0).map(Date) {
            let (year, month, day) = date.ymd();
            let before = Rule::On(month, day).in_year(year.saturating_sub(1));
            let told = before.is_some_and(|date| !shape.is_quiet(date));
            if !told {
                expected.insert(date, one.midpoint(*other));
            }
        }
    }
}

impl Rule {
    /// The rule that explains a dip, of those that the calendars of the world use; a fixed date otherwise, and
    /// where another year had its dip on the same date.
    fn of(date: Date, dips: &BTreeMap<Date, f64>, shape: &Shape) -> Option<Self> {
        let (year, month, day) = date.ymd();
        let fixed = Self::On(month, day);
        let moving = [Self::easter(date), Self::nth(date)];
        let is_confirmed = |rule: Self| {
            let others = (year.saturating_sub(3)..=year.saturating_add(3)).filter(|y| *y != year);
            others.filter_map(|year| rule.in_year(year)).any(|date| dips.contains_key(&date))
        };
        let is_refuted = |rule: Self| {
            let others = (year.saturating_sub(3)..=year.saturating_add(3)).filter(|y| *y != year);
            let mut dates = others.filter_map(|year| rule.in_year(year));
            dates.any(|date| {
                let is_working = !shape.is_quiet(date);
                shape.place(date).is_some() && is_working && !dips.contains_key(&date)
            })
        };
        if is_confirmed(fixed) && !is_refuted(fixed) {
            return Some(fixed);
        }
        let moving =
            moving.into_iter().flatten().find(|rule| is_confirmed(*rule) || !is_refuted(*rule));
        Some(moving.unwrap_or(fixed))
    }

    fn easter(date: Date) -> Option<Self> {
        let after = date.0.checked_sub(easter(date.ymd().0)?.0)?;
        EASTER.contains(&after).then_some(Self::Easter(after))
    }

    /// Mondays are moved to by half of the world; Thanksgiving and the day after it by one country.
    fn nth(date: Date) -> Option<Self> {
        let (_, month, day) = date.ymd();
        let n = day.saturating_add(6).div_euclid(7);
        let is_last = date.plus(7).ymd().1 != month;
        match (date.weekday(), month) {
            (0, 5 | 8) if is_last => Some(Self::Nth(month, 0, 0)),
            (0, 1 | 2 | 5 | 8 | 9 | 10) => Some(Self::Nth(month, 0, n)),
            (3 | 4, 11) if n >= 4 => Some(Self::Nth(month, date.weekday(), n)),
            _ => None,
        }
    }

    fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::On(month, day) => Date::from_ymd(year, month, day),
            Self::Easter(after) => easter(year).map(|sunday| sunday.plus(after)),
            Self::Nth(month, weekday, 0) => {
                let last = Date::from_ymd(year, month, 1)?.next_month_start().plus(-1);
                let back =
                    (i32::from(last.weekday()).saturating_sub(i32::from(weekday))).rem_euclid(7);
                Some(last.plus(back.saturating_neg()))
            }
            Self::Nth(month, weekday, n) => {
                let first = Date::from_ymd(year, month, 1)?;
                let on =
                    i32::from(weekday).saturating_sub(i32::from(first.weekday())).rem_euclid(7);
                Some(
                    first.plus(on.saturating_add(i32::from(n.saturating_sub(1)).saturating_mul(7))),
                )
            }
        }
    }

    /// What the years before one say of this holiday.
    fn mean_before(self, year: i16, dips: &BTreeMap<Date, f64>, shape: &Shape) -> f64 {
        let years = (1..=3).map(|back| year.saturating_sub(back));
        let told: Vec<f64> = years
            .filter_map(|year| self.in_year(year))
            .filter(|date| shape.place(*date).is_some() && !shape.is_quiet(*date))
            .map(|date| dips.get(&date).copied().unwrap_or(1.0))
            .collect();
        if told.is_empty() { 1.0 } else { super::shape::mean(&told) }
    }
}

/// Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876 (Nature 13, 487).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let part = |value: i32, by: i32| (value.div_euclid(by), value.rem_euclid(by));
    let (century, rest) = part(y, 100);
    let golden = y.rem_euclid(19);
    let sum = |parts: &[i32]| parts.iter().fold(0_i32, |sum, part| sum.saturating_add(*part));
    let eighth = part(century.saturating_add(8), 25).0;
    let third = part(sum(&[century, eighth.saturating_neg(), 1]), 3).0;
    let moon = sum(&[
        golden.saturating_mul(19),
        century,
        part(century, 4).0.saturating_neg(),
        third.saturating_neg(),
        15,
    ])
    .rem_euclid(30);
    let week = sum(&[
        32,
        part(century, 4).1.saturating_mul(2),
        part(rest, 4).0.saturating_mul(2),
        moon.saturating_neg(),
        part(rest, 4).1.saturating_neg(),
    ])
    .rem_euclid(7);
    let late = part(sum(&[golden, moon.saturating_mul(11), week.saturating_mul(22)]), 451).0;
    let day = sum(&[moon, week, late.saturating_mul(7).saturating_neg(), 114]);
    let (month, day) = part(day, 31);
    Date::from_ymd(year, i8::try_from(month).ok()?, i8::try_from(day.saturating_add(1)).ok()?)
}

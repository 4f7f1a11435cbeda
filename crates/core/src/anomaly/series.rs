//! Days that burn far more than such days do, and levels that change and stay.
//!
//! Tokens of a day are looked at by their square root, whose variance hardly depends on the level.

use super::measure::{count, float, median, scaled, spread};
use super::{About, Class, Draft, Row, Search, Thresholds};
use crate::amount::{TICKS_PER_TOKEN, Ticks};
use crate::estate::PersonId;
use crate::when::Date;
use core::cmp::Reverse;
use std::collections::BTreeMap;

/// The same weekdays that a day is compared with.
const WEEKS: usize = 8;
/// Days whose distances from what was expected say how far is usual.
const RESIDUALS: usize = 56;
/// Fewer say nothing.
const RESIDUALS_MIN: usize = 21;
/// A day as busy as half of the same weekdays of so many weeks is none to wonder at.
const WEEKS_LONG: usize = 26;
/// However alike days are, this share of the root is a usual distance.
const SPREAD_MIN: f64 = 0.03;
/// Working days before a change of level, and after it.
const BEFORE: usize = 40;
const AFTER: usize = 10;
/// Working days in 30 days.
const WORKING_DAYS: f64 = 21.4;
/// Further back than this, days say nothing of these.
const LOOK_BACK: i32 = 400;
/// Those who added most to a day, as evidence.
const DEAREST: usize = 20;

/// A day that burned far more than such days do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// Which.
    pub date: Date,
    /// What it burned, in tokens.
    pub tokens: f64,
    /// What such a day burns.
    pub expected: f64,
    /// The robust z of the root.
    pub z: f64,
}

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The first working day of the new level.
    pub date: Date,
    /// Tokens of a working day before.
    pub before: f64,
    /// And from then on.
    pub after: f64,
    /// The robust z of the change.
    pub z: f64,
}

/// The days that burned far more than such days do, of consecutive days with their tokens.
#[must_use]
pub fn spikes(days: &[(Date, f64)], thresholds: &Thresholds) -> Vec<Spike> {
    let roots: Vec<f64> = days.iter().map(|(_, tokens)| tokens.max(0.0).sqrt()).collect();
    let mut residuals: Vec<f64> = Vec::new();
    let mut found = Vec::new();
    for (place, (date, tokens)) in days.iter().enumerate() {
        let (Some(root), Some(expected)) = (roots.get(place), expected(&roots, place)) else {
            continue;
        };
        let residual = root - expected;
        let recent = residuals.len().saturating_sub(RESIDUALS);
        let known = residuals.get(recent..).unwrap_or_default();
        if known.len() >= RESIDUALS_MIN {
            let usual = spread(known).unwrap_or(0.0).max(SPREAD_MIN * level(&roots, place));
            let z = residual / usual.max(1e-9);
            if z >= thresholds.spike_z {
                found.push(Spike { date: *date, tokens: *tokens, expected: expected.powi(2), z });
            }
        }
        residuals.push(residual);
    }
    found
}

/// The root expected of a day: the median of the last same weekdays, or of those of half a year when that is more.
fn expected(roots: &[f64], place: usize) -> Option<f64> {
    let same = |weeks: usize| -> Vec<f64> {
        let back = (1..=weeks).filter_map(|week| place.checked_sub(week.saturating_mul(7)));
        back.filter_map(|day| roots.get(day).copied()).collect()
    };
    let mut near = same(WEEKS);
    let near = median(&mut near).filter(|_| near.len() >= 3)?;
    Some(median(&mut same(WEEKS_LONG)).unwrap_or(near).max(near))
}

/// The root of a usual busy day: the highest of the last eight weeks' weekday medians, by the week before.
fn level(roots: &[f64], place: usize) -> f64 {
    let days = (0..7).filter_map(|back| expected(roots, place.checked_sub(back)?));
    days.fold(0.0, f64::max)
}

/// The changes of level, of consecutive days with their tokens. Only working days count.
#[must_use]
pub fn shifts(days: &[(Date, f64)], thresholds: &Thresholds) -> Vec<Shift> {
    let working: Vec<(Date, f64)> =
        days.iter().filter(|(date, _)| date.weekday() < 5).copied().collect();
    let mut found: Vec<(usize, Shift)> = Vec::new();
    for place in BEFORE..working.len().saturating_sub(AFTER.saturating_sub(1)) {
        let Some(shift) = shift_at(&working, place) else { continue };
        let ratio = shift.after / shift.before.max(1e-9);
        let is_far = ratio.max(1.0 / ratio.max(1e-9)) >= thresholds.shift_ratio;
        if !is_far || shift.z.abs() < thresholds.shift_z {
            continue;
        }
        match found.last_mut().filter(|(last, _)| place.saturating_sub(*last) < BEFORE) {
            Some((_, last)) if last.z.abs() < shift.z.abs() => *last = shift,
            Some(_) => {}
            None => found.push((place, shift)),
        }
    }
    found.into_iter().map(|(_, shift)| shift).collect()
}

fn shift_at(working: &[(Date, f64)], place: usize) -> Option<Shift> {
    let root = |(_, tokens): &(Date, f64)| tokens.max(0.0).sqrt();
    let before = working.get(place.checked_sub(BEFORE)?..place)?;
    let after = working.get(place..place.checked_add(AFTER)?)?;
    let mut before: Vec<f64> = before.iter().map(root).collect();
    let mut after: Vec<f64> = after.iter().map(root).collect();
    let (old, new) = (median(&mut before)?, median(&mut after)?);
    let residuals: Vec<f64> = before.iter().map(|root| root - old).collect();
    let usual = spread(&residuals)?.max(SPREAD_MIN * old).max(1e-9);
    // The variance of a median is π/2 times that of a mean.
    let error = core::f64::consts::FRAC_PI_2 * (1.0 / count(BEFORE) + 1.0 / count(AFTER));
    let z = (new - old) / (usual * error.sqrt());
    let (date, _) = *working.get(place)?;
    Some(Shift { date, before: old.powi(2), after: new.powi(2), z })
}

impl<'a> Search<'a> {
    /// Each day's tokens, up to the end of the span.
    fn days(&self, last: Date) -> Vec<(Date, f64)> {
        let charges = self.scene.state.charges();
        let Some((first, _)) = charges.span() else { return Vec::new() };
        let first = first.max(last.plus(LOOK_BACK.saturating_neg()));
        let mut days: BTreeMap<Date, f64> =
            (first.0..=last.0).map(|day| (Date(day), 0.0)).collect();
        for (date, cells) in charges.days(first, last) {
            let tokens = cells.values().map(|cell| cell.ticks.tokens()).sum();
            days.insert(date, tokens);
        }
        days.into_iter().collect()
    }

    /// Days that burned far more than such days do; the last one may go on.
    pub(super) fn spikes(&mut self) {
        let last = self.scene.date(self.scene.until.plus(-1));
        let first = self.scene.date(self.scene.from);
        let found = spikes(&self.days(last), self.thresholds);
        let drafts: Vec<Draft<'a>> =
            found.iter().filter(|one| one.date >= first).map(|one| self.spike(one)).collect();
        self.drafts.extend(drafts);
    }

    fn spike(&self, spike: &Spike) -> Draft<'a> {
        let (scene, zone) = (&self.scene, self.scene.state.zone());
        let span = (zone.start_of(spike.date), zone.start_of(spike.date.plus(1)).plus(-1));
        let mut draft = Draft::new(Class::Spike, About::Contract, spike.date, span);
        draft.strength = spike.z / self.thresholds.spike_z;
        draft.cost = ticks(spike.tokens - spike.expected);
        let mut people: BTreeMap<PersonId, Ticks> = BTreeMap::new();
        for pair in self.costs.pairs() {
            let ticks = self.costs.pair(pair, span.0, span.1);
            let known = people.entry(pair.0).or_default();
            *known = known.plus(ticks).unwrap_or(*known);
        }
        let mut people: Vec<(PersonId, Ticks)> = people.into_iter().collect();
        people.retain(|(_, ticks)| ticks.is_positive());
        people.sort_by_key(|(person, ticks)| (Reverse(*ticks), *person));
        people.truncate(DEAREST);
        let row = |&(person, ticks): &(PersonId, Ticks)| Row {
            person: Some(person),
            product: None,
            place: String::new(),
            from: span.0,
            until: span.1,
            ticks,
        };
        draft.rows = people.iter().map(row).collect();
        draft.words = format!(
            "{} burned {:.0} tokens, where {:.0} are usual of such a day.",
            scene.date(span.0),
            spike.tokens,
            spike.expected,
        );
        draft.fact("tokens", spike.tokens.round());
        draft.fact("usual", spike.expected.round());
        draft.fact("robust z", format!("{:.1}", spike.z));
        draft
    }

    /// Levels that changed within the span and stay.
    pub(super) fn level_shifts(&mut self) {
        let (from, last) =
            (self.scene.date(self.scene.from), self.scene.date(self.scene.until).plus(-1));
        let found = shifts(&self.days(last), self.thresholds);
        let drafts: Vec<Draft<'a>> =
            found.iter().filter(|one| one.date >= from).map(|one| self.shift(one, last)).collect();
        self.drafts.extend(drafts);
    }

    fn shift(&self, shift: &Shift, last: Date) -> Draft<'a> {
        let scene = &self.scene;
        let span = (scene.state.zone().start_of(shift.date), scene.until);
        let mut draft = Draft::new(Class::LevelShift, About::Contract, shift.date, span);
        draft.strength = shift.z.abs() / self.thresholds.shift_z;
        let more = (shift.after - shift.before).max(0.0);
        let days = float(i64::from(last.0.saturating_sub(shift.date.0).saturating_add(1)));
        draft.cost = ticks(more * days * WORKING_DAYS / 30.0);
        draft.monthly = Some(ticks(more * WORKING_DAYS));
        let direction = if shift.after > shift.before { "rose" } else { "fell" };
        draft.words = format!(
            "Use {direction} from {:.0} to {:.0} tokens a working day on {}, and stays there.",
            shift.before, shift.after, shift.date,
        );
        draft.fact("tokens a working day before", shift.before.round());
        draft.fact("and since", shift.after.round());
        draft.fact("robust z", format!("{:.1}", shift.z));
        draft
    }
}

fn ticks(tokens: f64) -> Ticks {
    scaled(Ticks(TICKS_PER_TOKEN), tokens.max(0.0))
}

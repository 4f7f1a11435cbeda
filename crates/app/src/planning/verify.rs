//! What moves really saved, held against what was promised.
//!
//! Of each move that was made, the days since are looked at: what the use that its offering covers would have cost on
//! tokens, and what the seat cost in those days. To a seat: the tokens that were not needed, less the seat, if it was
//! bought for it. To tokens: the seat that ran out, less the tokens that were needed. The promise is that of as many
//! days of a year.

use super::habits::HORIZON;
use super::market::{Market, micros};
use crate::replay::uses::Shadow;
use faregate_core::amount::Ticks;
use faregate_core::estate::PersonId;
use faregate_core::moves::{MoveKind, MoveStep, PlanRecord, PlannedMove};
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant};
use std::collections::BTreeMap;

/// Fewer days say nothing of a move.
const DAYS_MIN: i64 = 28;

/// What became of one move; money in micro-units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveResult {
    /// Its place in the plan, from 0.
    pub place: u32,
    /// Since when it holds.
    pub since: Instant,
    /// Days that were looked at.
    pub days: i64,
    /// What it was to save in these days.
    pub promised: i64,
    /// What it saved.
    pub saved: i64,
    /// Whether it is too early to say.
    pub is_early: bool,
}

/// How often moves that were said to save with some probability did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibrated {
    /// The probabilities from this on, 0 to 1.
    pub from: f64,
    /// How many moves.
    pub moves: u32,
    /// The mean of what was said.
    pub said: f64,
    /// The share that did save.
    pub came: f64,
}

/// A plan held against what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// By place; moves that were not made are left out.
    pub moves: Vec<MoveResult>,
    /// What all of them were to save so far, in micro-units.
    pub promised: i64,
    /// What they saved.
    pub saved: i64,
    /// By tenths of the probability that was told, empty ones left out; of moves that are not too early.
    pub calibration: Vec<Calibrated>,
    /// The mean squared difference between what was said and what came, 0 to 1; `None` where nothing can be said yet.
    pub brier: Option<f64>,
}

/// Holds a plan against the use since; `shadow` is what all use since the first move would cost on tokens.
#[must_use]
pub fn verify(
    state: &State,
    record: &PlanRecord,
    market: &Market,
    shadow: &Shadow,
    now: Instant,
) -> Verified {
    // Of days of which nobody told yet nothing is known: they say neither that use was spared nor that it came.
    let known = shadow.known().map(|(_, last)| Instant(i64::from(last.0 + 1) * DAY));
    let now = known.map_or(now, |known| now.min(known));
    let mut needed: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
    let steps = record.last_steps();
    for (place, (one, step)) in record.plan.moves.iter().zip(&steps).enumerate() {
        if matches!(step, Some((MoveStep::Done, _))) {
            needed.entry(one.person).or_default().push(place);
        }
    }
    let mut moves = Vec::new();
    for places in needed.values() {
        for place in places {
            let made = record.plan.moves.get(*place).zip(steps.get(*place).copied().flatten());
            let Some((one, (_, at))) = made else { continue };
            let since = at.max(state.zone().start_of(one.on));
            moves.extend(
                u32::try_from(*place)
                    .ok()
                    .and_then(|place| result(state, (place, one), since, (market, shadow), now)),
            );
        }
    }
    moves.sort_by_key(|one: &MoveResult| one.place);
    let sum = |of: fn(&MoveResult) -> i64| {
        moves.iter().fold(0_i64, |sum, one| sum.saturating_add(of(one)))
    };
    let (promised, saved) = (sum(|one| one.promised), sum(|one| one.saved));
    let told: Vec<(f64, bool)> = moves
        .iter()
        .filter(|one| !one.is_early)
        .filter_map(|one| Some((record.plan.moves.get(usize::try_from(one.place).ok()?)?, one)))
        // A seat that was taken for somebody else saves nothing by itself; one that was paid for nearly always does.
        .filter(|(planned, _)| planned.p_saves > 0 && planned.kind != MoveKind::Assign)
        .map(|(planned, one)| (f64::from(planned.p_saves) / 1_000.0, one.saved > 0))
        .collect();
    Verified { moves, promised, saved, calibration: calibration(&told), brier: brier(&told) }
}

#[expect(clippy::cast_precision_loss, reason = "days, far fewer than 2^53")]
fn result(
    state: &State,
    (place, one): (u32, &PlannedMove),
    since: Instant,
    (market, shadow): (&Market, &Shadow),
    now: Instant,
) -> Option<MoveResult> {
    // A seat that was there already is of use until its term ends, and no longer; what was promised is of that span.
    let term = one.seat.and_then(|seat| state.estate().seat(seat)).map(|seat| seat.until);
    let is_within = one.kind == MoveKind::Assign || one.cost_now == 0;
    let end = term.filter(|_| is_within).map_or(now, |term| now.min(term));
    let days = end.since(since) / DAY;
    if days < 1 {
        return None;
    }
    let covers = &state.estate().offering(one.offering)?.covers;
    let is_covered =
        |id| state.estate().product(id).is_some_and(|known| covers.contains(&known.key));
    let until = since.plus(days * DAY);
    let person = state.estate().same_as(one.person);
    let units = shadow.units(person).filter(|unit| since <= unit.start && unit.start < until);
    let ticks: Ticks = units.filter(|unit| is_covered(unit.product)).map(|unit| unit.ticks).sum();
    let tokens = market.price(ticks);
    let whole = term.filter(|_| is_within).map_or(HORIZON as f64, |term| {
        (term.since(since) as f64 / DAY as f64).clamp(1.0, HORIZON as f64)
    });
    let part = (days as f64 / whole).min(1.0);
    // A seat that was there already is paid for, before the move and after it.
    let saved = match one.kind {
        MoveKind::Buy => tokens - one.cost_then as f64 / 1e6 * part,
        MoveKind::Assign => tokens,
        MoveKind::Release => one.cost_now as f64 / 1e6 * part - tokens,
    };
    let promised = one.saving() as f64 / 1e6 * part;
    let (promised, saved) = (micros(promised), micros(saved));
    Some(MoveResult { place, since, days, promised, saved, is_early: days < DAYS_MIN })
}

fn calibration(told: &[(f64, bool)]) -> Vec<Calibrated> {
    let tenth = |number: u32| {
        let (from, until) = (f64::from(number) / 10.0, f64::from(number + 1) / 10.0);
        let of = |(said, _): &&(f64, bool)| from <= *said && (*said < until || number == 9);
        let (mut moves, mut said, mut came) = (0_u32, 0.0, 0.0);
        for (one, saved) in told.iter().filter(of) {
            moves += 1;
            said += one;
            came += f64::from(u8::from(*saved));
        }
        let count = f64::from(moves.max(1));
        (moves > 0).then(|| Calibrated { from, moves, said: said / count, came: came / count })
    };
    (0..10).filter_map(tenth).collect()
}

fn brier(told: &[(f64, bool)]) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for (said, saved) in told {
        sum += (said - f64::from(u8::from(*saved))).powi(2);
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_held_against_what_came_by_tenths() {
        let told = [(0.95, true), (0.91, false), (0.35, false), (1.0, true)];
        let found = calibration(&told);
        assert_eq!(found.iter().map(|one| one.moves).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(found[1].came, 2.0 / 3.0);
        let brier = brier(&told).unwrap();
        assert!((brier - (0.0025 + 0.8281 + 0.1225) / 4.0).abs() < 1e-12);
        assert_eq!(super::brier(&[]), None);
    }
}

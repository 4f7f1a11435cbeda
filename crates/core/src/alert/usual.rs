//! What the span of a rule usually takes: the measure of limits that are given as shares.

use super::measure::{Sums, Tally};
use super::{Level, Rule, Scope, Span, Watch};
use crate::state::State;
use crate::when::{Date, HOUR, Instant, Zone};
use std::collections::BTreeMap;

/// Weeks that say what is usual.
const WEEKS: i32 = 8;
/// Months that do.
const MONTHS: usize = 3;

/// What the span of a rule usually takes, by subject: the mean of the same hour or day of the last eight weeks,
/// of the last eight weeks, or of the last three months, in tokens.
///
/// Empty for rules that do not ask. It changes by the hour at most: keep it. Nothing is usual where nothing was
/// spent, and before there is any history.
#[must_use]
pub fn usual(rule: &Rule, state: &State, now: Instant) -> BTreeMap<String, f64> {
    let Watch::Burn { span, above: Level::Share(_) } = rule.watch else { return BTreeMap::new() };
    let Some((first, _)) = state.charges().span() else { return BTreeMap::new() };
    let first = state.zone().start_of(first);
    let known = spans(state.zone(), now, span).into_iter().filter(|(from, _)| *from >= first);
    means(&sums(state, &rule.scope, &known.collect::<Vec<_>>()))
}

/// The spans that say what is usual for the one that holds an instant, from their beginnings to the first
/// instants after, the latest first.
pub(super) fn spans(zone: &Zone, at: Instant, span: Span) -> Vec<(Instant, Instant)> {
    let today = zone.date(at);
    let dates = |from: Date, last: Date| (zone.start_of(from), zone.start_of(last.plus(1)));
    let weeks = (1..=WEEKS).map(|weeks| weeks.saturating_mul(-7));
    match span {
        Span::Hour => {
            // The same time on the clock, also where the clock was changed meanwhile.
            let into = at.since(zone.start_of(today));
            let ends = weeks.map(|days| zone.start_of(today.plus(days)).plus(into));
            ends.map(|end| (end.plus(HOUR.saturating_neg()), end)).collect()
        }
        Span::Day => weeks.map(|days| dates(today.plus(days), today.plus(days))).collect(),
        Span::Week => {
            let lasts = weeks.map(|days| today.plus(days));
            lasts.map(|last| dates(last.plus(-6), last)).collect()
        }
        Span::Month => {
            let before = |start: &mut Date, ()| {
                let last = start.plus(-1);
                *start = last.month_start();
                Some(dates(*start, last))
            };
            std::iter::repeat_n((), MONTHS).scan(today.month_start(), before).collect()
        }
    }
}

/// The sums of spans, by subject: one pass over what was charged since the first of them.
fn sums(state: &State, scope: &Scope, spans: &[(Instant, Instant)]) -> Vec<Sums> {
    let Some(oldest) = spans.iter().map(|(from, _)| *from).min() else { return Vec::new() };
    let mut tallies: Vec<Tally<'_>> = spans.iter().map(|_| Tally::new(state, scope)).collect();
    for charge in state.charges().since(oldest) {
        let holds = |(from, until): &(Instant, Instant)| *from <= charge.at && charge.at < *until;
        let place = spans.iter().position(holds);
        if let Some(tally) = place.and_then(|place| tallies.get_mut(place)) {
            tally.add(Some(charge.person), charge.product, charge.bucket, charge.ticks);
        }
    }
    tallies.into_iter().map(Tally::sums).collect()
}

/// The mean, of at least one value.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Means over all sums; who is missing in one spent nothing then.
#[expect(clippy::cast_precision_loss, reason = "an estimate in floats")]
fn means(sums: &[Sums]) -> BTreeMap<String, f64> {
    let mut means: BTreeMap<String, f64> = BTreeMap::new();
    for (subject, tokens) in sums.iter().flatten() {
        *means.entry(subject.key()).or_default() += tokens / sums.len() as f64;
    }
    means.retain(|_, mean| *mean > 0.0);
    means
}

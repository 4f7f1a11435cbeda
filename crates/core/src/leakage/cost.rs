//! What leaked use cost: the charges on record that it began, else the vendor's, else the rate in force.

use super::judge::{Draft, Scene};
use crate::amount::{Money, Ticks};
use crate::charges::Pair;
use crate::event::{Charge, Source};
use crate::usage::{Interval, Observed, metered, units};
use crate::when::Instant;

impl Scene<'_> {
    /// The price in force on the day.
    pub(super) fn money(&self, ticks: Ticks) -> Option<Money> {
        let (_, tariff) = self.state.tariff()?;
        Some(tariff.token_price(self.bounds.start, self.state.zone())?.for_tokens(ticks))
    }

    /// Prices use that nobody asked for.
    ///
    /// A charge that a session of ours brought about is not one of them. Use within a unit that was paid for
    /// already costs nothing more.
    pub(super) fn price_use(&self, pair: Pair, drafts: &mut [Draft]) {
        if drafts.is_empty() {
            return;
        }
        let tolerance = self.watch.settings.tolerance_seconds;
        let others = |charge: &Charge| charge.source != Source::Gate;
        if self.assign(pair, drafts, tolerance, others) {
            return;
        }
        if drafts.iter().any(|draft| draft.vendor.is_positive()) {
            drafts.iter_mut().for_each(|draft| draft.ticks = draft.vendor);
            return;
        }
        let pieces: Vec<Interval> =
            drafts.iter().flat_map(|draft| draft.pieces.iter().copied()).collect();
        if let Some(first) = drafts.first_mut() {
            first.ticks = self.estimated(pair, &pieces);
        }
    }

    /// Prices sessions that no log tells of: what the gate charged for them.
    pub(super) fn price_sessions(&self, pair: Pair, drafts: &mut [Draft]) {
        if !drafts.is_empty() {
            self.assign(pair, drafts, 0, |charge| charge.source == Source::Gate);
        }
    }

    /// Gives each of the day's charges on record to the first draft whose use began it; whether there was one.
    fn assign(
        &self,
        pair: Pair,
        drafts: &mut [Draft],
        tolerance: i64,
        counts: impl Fn(&Charge) -> bool,
    ) -> bool {
        let mut any = false;
        let today = |at: Instant| self.bounds.start <= at && at < self.bounds.end;
        let charges = self.state.charges().of_pair(pair).filter(|one| today(one.at) && counts(one));
        for charge in charges {
            let begins = |piece: &Interval| {
                piece.start.plus(tolerance.saturating_neg()) <= charge.at && charge.at < piece.end
            };
            let mut met = drafts.iter_mut().filter(|draft| draft.pieces.iter().any(begins));
            if let Some(draft) = met.next() {
                draft.ticks = Ticks(draft.ticks.0.saturating_add(charge.ticks.0));
                any = true;
            }
        }
        any
    }

    /// Units that begin on the day and that nothing on record covers, at the rate in force.
    fn estimated(&self, pair: Pair, pieces: &[Interval]) -> Ticks {
        let (state, zone) = (self.state, self.state.zone());
        let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds);
        let paid = |at: Instant| state.estate().covering_seat(pair.0, pair.1, at).is_some();
        let charged = pieces.iter().filter(|piece| piece.seconds() >= grace && !paid(piece.start));
        let observed: Vec<Observed<'_>> = charged
            .map(|one| Observed { open: one.start, close: one.end, activity: None })
            .collect();
        let Some(first) = observed.iter().map(|one| one.open).min() else { return Ticks::ZERO };
        let Some(rate) = state.rate(pair.1, first) else { return Ticks::ZERO };
        let on_record = |at: Instant| {
            let mut before = state.charges().of_pair(pair).rev().skip_while(|one| one.at > at);
            before.next().is_some_and(|one| at < one.meter.unit_end(one.at, zone))
        };
        let starts = units(rate.meter, zone, &metered(&observed, 0)).into_iter();
        let today = starts.filter(|at| self.bounds.start <= *at && *at < self.bounds.end);
        let rates = today.filter(|at| !on_record(*at)).filter_map(|at| state.rate(pair.1, at));
        rates.map(|rate| rate.ticks).sum()
    }
}

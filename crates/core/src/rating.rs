//! From reported use to charges: late, out of order, from several sources, and still one charge a unit.
//!
//! The units of the pairs that an import touches are derived again from the earliest new use on, and only
//! the difference to what is on record is booked: missing units are charged, surplus ones reversed.
//! Feed stretches in order of their start; memory grows with the pairs touched, not with their use.

use crate::charges::Pair;
use crate::event::{Charge, Source};
use crate::ledger::Ledger;
use crate::state::State;
use crate::tariff::Meter;
use crate::usage::{Interval, Metering};
use crate::when::{Instant, Zone};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// What became of one stretch of reported use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Charged, or within units that were charged already.
    Rated,
    /// A seat covers it.
    OnSeat,
    /// Shorter than the grace: costs nothing.
    WithinGrace,
    /// The tariff has no rate for it: quarantined, never free.
    NoRate,
}

/// One import's rating in progress.
pub struct Rating {
    from: Instant,
    source: Source,
    ledger: Ledger,
    pairs: FxHashMap<Pair, PairRating>,
    ready: Vec<Charge>,
}

struct PairRating {
    metering: Option<Metering>,
    /// Units on record from `from` on that were not met yet; without a number for a hold.
    on_record: VecDeque<(Option<u32>, Instant)>,
    had_records: bool,
    missing: Vec<Charge>,
    surplus: Vec<u32>,
}

impl Rating {
    /// Starts rating use that begins no earlier than `from`.
    #[must_use]
    pub fn new(state: &State, from: Instant, source: Source) -> Self {
        Self {
            from,
            source,
            ledger: state.ledger().clone(),
            pairs: FxHashMap::default(),
            ready: Vec::new(),
        }
    }

    /// Says that the import has new use of this pair: only such pairs are derived again.
    pub fn touch(&mut self, state: &State, pair: Pair) {
        self.pairs.entry(pair).or_insert_with(|| PairRating::new(state, pair, self.from));
    }

    /// Whether the import has new use of this pair.
    #[must_use]
    pub fn is_touched(&self, pair: Pair) -> bool {
        self.pairs.contains_key(&pair)
    }

    /// Rates one session of a touched pair. Sessions come in order of their opening.
    pub fn session(&mut self, state: &State, pair: Pair, whole: Interval) -> Verdict {
        let (person, product) = pair;
        let Some((_, tariff)) = state.tariff() else { return Verdict::NoRate };
        if state.estate().covering_seat(person, product, whole.start).is_some() {
            return Verdict::OnSeat;
        }
        if state.rate(product, whole.start).is_none() {
            return Verdict::NoRate;
        }
        if whole.seconds() < tariff.parts().grace_seconds {
            return Verdict::WithinGrace;
        }
        let stretch = Interval { start: whole.start.max(self.from), end: whole.end };
        self.stretch(state, pair, stretch, whole.start < self.from);
        Verdict::Rated
    }

    fn stretch(&mut self, state: &State, pair: Pair, stretch: Interval, continued: bool) {
        let Some(known) = self.pairs.get_mut(&pair) else { return };
        let Some(rate) = state.rate(pair.1, stretch.start) else { return };
        let metering = known.metering.get_or_insert_with(|| Metering::new(rate.meter));
        metering.switch(rate.meter);
        while let Some(start) = metering.due(stretch, continued) {
            let Some(rate) = state.rate(pair.1, start) else { return };
            let unit = Unit { start, meter: rate.meter, free_from: metering.free_from() };
            if let Some(met) = unit.meet(&mut known.on_record, &mut known.surplus, state.zone()) {
                metering.charge(met, state.zone());
                continue;
            }
            metering.charge(start, state.zone());
            let charge =
                crate::gate::priced(state, rate, pair, state.payer(pair.0), start, self.source);
            if known.had_records {
                known.missing.push(charge);
            } else {
                self.ready.push(settled(&mut self.ledger, charge));
            }
        }
    }

    /// Takes the charges found so far, to be booked in batches while rating goes on.
    pub fn take_ready(&mut self) -> Vec<Charge> {
        core::mem::take(&mut self.ready)
    }

    /// How many charges are ready to be taken.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Ends the rating: the numbers of charges to reverse, then the charges to book.
    #[must_use]
    pub fn finish(mut self, state: &State) -> (Vec<u32>, Vec<Charge>) {
        let mut surplus = Vec::new();
        let mut missing = Vec::new();
        for known in self.pairs.into_values() {
            surplus.extend(known.surplus);
            surplus.extend(known.on_record.into_iter().filter_map(|(number, _)| number));
            missing.extend(known.missing);
        }
        surplus.sort_unstable();
        missing.sort_unstable_by_key(|charge: &Charge| (charge.at, charge.person, charge.product));
        for charge in surplus.iter().filter_map(|&number| state.charges().get(number)) {
            let payer = charge.paid.then_some(charge.bucket);
            // INVARIANT: a charge on record can be reversed; were it not so, applying the event would say it.
            let _ = self.ledger.reverse(payer, charge.ticks, charge.at);
        }
        self.ready.extend(missing.into_iter().map(|charge| settled(&mut self.ledger, charge)));
        (surplus, self.ready)
    }
}

impl PairRating {
    fn new(state: &State, pair: Pair, from: Instant) -> Self {
        let charges = state.charges();
        let held = charges.pair(pair).and_then(|known| known.hold);
        let held = held.map(|hold| (hold.start, hold.meter));
        let charged = charges.of_pair(pair).rev().map(|(_, charge)| (charge.at, charge.meter));
        let before = held.into_iter().chain(charged).filter(|(at, _)| *at < from);
        let metering = before
            .max_by_key(|(at, _)| *at)
            .map(|(at, meter)| Metering::after(meter, at, state.zone()));
        let recorded = charges.of_pair(pair).filter(|(_, charge)| charge.at >= from);
        let mut on_record: Vec<(Option<u32>, Instant)> =
            recorded.map(|(n, charge)| (Some(n), charge.at)).collect();
        on_record.extend(held.filter(|(at, _)| *at >= from).map(|(at, _)| (None, at)));
        on_record.sort_unstable_by_key(|(_, at)| *at);
        let had_records = !on_record.is_empty();
        Self {
            metering,
            on_record: on_record.into(),
            had_records,
            missing: Vec::new(),
            surplus: Vec::new(),
        }
    }
}

/// A derived unit, to be found on record.
struct Unit {
    start: Instant,
    meter: Meter,
    /// No unit on record from before can be kept: it would overlap the derived one before this.
    free_from: Instant,
}

impl Unit {
    /// The unit on record that this is: within the clocks' tolerance, and of the same day where days are
    /// charged. Those passed over are surplus.
    fn meet(
        &self,
        on_record: &mut VecDeque<(Option<u32>, Instant)>,
        surplus: &mut Vec<u32>,
        zone: &Zone,
    ) -> Option<Instant> {
        let tolerance = self.meter.tolerance_seconds();
        let end = self.meter.unit_end(self.start, zone);
        while let Some(&(number, at)) = on_record.front() {
            if at > self.start.plus(tolerance) || at >= end {
                return None;
            }
            on_record.pop_front();
            let near = at >= self.start.plus(tolerance.saturating_neg());
            if near && at >= self.free_from && self.start < self.meter.unit_end(at, zone) {
                return Some(at);
            }
            surplus.extend(number);
        }
        None
    }
}

/// Pays the charge from its bucket when that can, in the order in which charges are booked.
fn settled(ledger: &mut Ledger, charge: Charge) -> Charge {
    let paid = ledger.charge(charge.bucket, charge.ticks, charge.at).is_ok();
    Charge { paid, ..charge }
}

#[cfg(test)]
mod tests;

//! From reported use to charges: late, out of order, from several sources, and still one charge a unit.
//!
//! The units of the pairs that an import touches are derived again from the earliest new use on, and only
//! the difference to what is on record is booked: missing units are charged, surplus ones reversed.
//! Feed stretches in order of their start; memory grows with the pairs touched, not with their use.

use crate::charges::{Charges, Pair};
use crate::estate::BucketId;
use crate::event::{self, Charge, Source};
use crate::ledger::Ledger;
use crate::state::State;
use crate::tariff::Meter;
use crate::usage::{Interval, Metering};
use crate::when::{Instant, Zone};
use rustc_hash::{FxHashMap, FxHashSet};
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
    /// The import has no new use of the pair.
    Untouched,
}

/// One import's rating in progress.
pub struct Rating {
    from: Instant,
    source: Source,
    ledger: Ledger,
    pairs: FxHashMap<Pair, PairRating>,
    /// Whose tokens pay for a pair's units that begin in a span, where it is not their own bucket's.
    payers: Vec<(Pair, Interval, BucketId)>,
    ready: Vec<Charge>,
    /// Units on record that known use begins with, where something was taken back: others on record say nothing of
    /// when a unit begins.
    explained: Option<FxHashSet<(Pair, Instant)>>,
}

struct PairRating {
    metering: Option<Metering>,
    /// What it is compared with was charged elsewhere: all units are charged here, and none is reversed.
    is_echo: bool,
    /// Set for a pair with units on record from `from` on. Most have none, so it stays out of the way.
    compared: Option<Box<Compared>>,
}

/// Derived units beside those on record.
#[derive(Default)]
struct Compared {
    /// Units on record that were not met yet.
    on_record: VecDeque<OnRecord>,
    missing: Vec<Charge>,
    surplus: Vec<Instant>,
}

/// A unit on record: charged, or held.
#[derive(Clone, Copy)]
struct OnRecord {
    at: Instant,
    is_hold: bool,
    /// Whether it stands for a derived unit that begins within the clocks' tolerance, not only for the same.
    is_loose: bool,
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
            payers: Vec::new(),
            ready: Vec::new(),
            explained: None,
        }
    }

    /// Says that use was taken back, before any pair is touched: a unit on record stands for a derived one that
    /// begins a little apart only if use that is known begins with it. These are the units with which some does.
    #[must_use]
    pub fn explained_by(mut self, units: FxHashSet<(Pair, Instant)>) -> Self {
        self.explained = Some(units);
        self
    }

    /// Says that the import has new use of this pair: only such pairs are derived again.
    pub fn touch(&mut self, state: &State, pair: Pair) {
        let explained = self.explained.as_ref();
        let is_loose = |at| explained.is_none_or(|explained| explained.contains(&(pair, at)));
        self.pairs.entry(pair).or_insert_with(|| PairRating::new(state, pair, self.from, is_loose));
    }

    /// The same, where the use was charged in other books before: a derived unit keeps the instant that it has there
    /// within the clocks' tolerance, as long as the same is counted; what was paid before `from` stays paid.
    ///
    /// Which of several sources told of a unit first decided when it begins. Rated again, it begins there still.
    pub fn touch_like(&mut self, state: &State, pair: Pair, before: &Charges) {
        let from = self.from;
        self.pairs.entry(pair).or_insert_with(|| PairRating::like(state, pair, from, before));
    }

    /// Says that this bucket pays for the pair's units that begin in a span: it held the tokens for them.
    pub fn pay_from(&mut self, pair: Pair, span: Interval, bucket: BucketId) {
        self.payers.push((pair, span, bucket));
    }

    /// Whether a pair was touched.
    #[must_use]
    pub fn is_touched(&self, pair: Pair) -> bool {
        self.pairs.contains_key(&pair)
    }

    /// Brings what rating these pairs needs into the cache: the processor waits for all of it at once, where
    /// sessions rated one by one wait one after the other.
    pub fn fetch(&self, pairs: impl Iterator<Item = Pair>) {
        core::hint::black_box(pairs.filter(|pair| self.pairs.contains_key(pair)).count());
    }

    /// Rates one session of a touched pair. Sessions come in order of their opening.
    pub fn session(&mut self, state: &State, pair: Pair, whole: Interval) -> Verdict {
        self.part(state, pair, whole, whole.seconds())
    }

    /// Rates one part of a session that was not in use all the time; `lasted` is for how many seconds it was open. Parts
    /// come in order of their beginning.
    pub fn part(&mut self, state: &State, pair: Pair, whole: Interval, lasted: i64) -> Verdict {
        let (person, product) = pair;
        if !self.pairs.contains_key(&pair) {
            return Verdict::Untouched;
        }
        let Some((_, tariff)) = state.tariff() else { return Verdict::NoRate };
        if state.estate().covering_seat(person, product, whole.start).is_some() {
            return Verdict::OnSeat;
        }
        if state.rate(product, whole.start).is_none() {
            return Verdict::NoRate;
        }
        if lasted < tariff.parts().grace_seconds {
            return Verdict::WithinGrace;
        }
        if state.estate().seats_ever(person).is_empty() {
            self.stretch(state, pair, whole);
            return Verdict::Rated;
        }
        // A seat that came to them meanwhile covers what follows, until it is theirs no more.
        for part in state.estate().uncovered_parts(person, product, whole) {
            self.stretch(state, pair, part);
        }
        Verdict::Rated
    }

    /// Rates what of a stretch lies no earlier than `from`; one that ends just there is still gone on from.
    fn stretch(&mut self, state: &State, pair: Pair, whole: Interval) {
        let continued = whole.start < self.from;
        let stretch = Interval { start: whole.start.max(self.from), end: whole.end };
        let Some(known) = self.pairs.get_mut(&pair) else { return };
        let Some(rate) = state.rate(pair.1, stretch.start) else { return };
        let metering = known.metering.get_or_insert_with(|| Metering::new(rate.meter));
        metering.switch(rate.meter);
        while let Some(start) = metering.due(stretch, continued) {
            let Some(rate) = state.rate(pair.1, start) else { return };
            let unit = Derived { start, meter: rate.meter, free_from: metering.free_from() };
            let met =
                known.compared.as_mut().and_then(|compared| unit.meet(compared, state.zone()));
            let at = met.unwrap_or(start);
            metering.charge(at, state.zone());
            if met.is_some() && !known.is_echo {
                continue;
            }
            let held = self
                .payers
                .iter()
                .find(|(of, span, _)| *of == pair && span.start <= at && at < span.end);
            let payer = held.map_or_else(|| state.payer(pair.0), |(_, _, bucket)| *bucket);
            let charge = crate::gate::unpaid(rate, pair, payer, at, self.source);
            match &mut known.compared {
                Some(compared) if !known.is_echo => compared.missing.push(charge),
                _ => self.ready.push(settled(&mut self.ledger, charge)),
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

    /// Ends the rating: the units whose charges to reverse, then the charges to book.
    #[must_use]
    pub fn finish(mut self, state: &State) -> (Vec<event::Unit>, Vec<Charge>) {
        let mut surplus = Vec::new();
        let mut missing = Vec::new();
        for ((person, product), known) in self.pairs {
            let Some(compared) = known.compared.filter(|_| !known.is_echo) else { continue };
            let Compared { on_record, missing: new, surplus: passed } = *compared;
            let left = on_record.into_iter().filter(|unit| !unit.is_hold).map(|unit| unit.at);
            surplus.extend(passed.into_iter().chain(left).map(|at| event::Unit {
                person,
                product,
                at,
            }));
            missing.extend(new);
        }
        surplus.sort_unstable();
        missing.sort_unstable_by_key(|charge: &Charge| (charge.at, charge.person, charge.product));
        for charge in surplus.iter().filter_map(|&unit| state.charges().get(unit)) {
            let payer = charge.paid.then_some(charge.bucket);
            // INVARIANT: a charge on record can be reversed; were it not so, applying the event would say it.
            let _ = self.ledger.reverse(payer, charge.ticks, charge.at);
        }
        self.ready.extend(missing.into_iter().map(|charge| settled(&mut self.ledger, charge)));
        (surplus, self.ready)
    }
}

impl PairRating {
    fn new(state: &State, pair: Pair, from: Instant, is_loose: impl Fn(Instant) -> bool) -> Self {
        let charges = state.charges();
        let held = charges.pair(pair).and_then(|known| known.hold);
        let held = held.map(|hold| (hold.start, hold.meter));
        let charged = charges.of_pair(pair).rev().map(|charge| (charge.at, charge.meter));
        let before = held.into_iter().chain(charged).filter(|(at, _)| *at < from);
        let metering = before
            .max_by_key(|(at, _)| *at)
            .map(|(at, meter)| Metering::after(meter, at, state.zone()));
        let recorded = charges.of_pair(pair).filter(|charge| charge.at >= from);
        let mut on_record: Vec<OnRecord> = recorded
            .map(|charge| charge.at)
            .map(|at| OnRecord { at, is_hold: false, is_loose: is_loose(at) })
            .collect();
        on_record.extend(held.filter(|(at, _)| *at >= from).map(|(at, _)| OnRecord {
            at,
            is_hold: true,
            is_loose: true,
        }));
        on_record.sort_unstable_by_key(|unit| unit.at);
        let compared = (!on_record.is_empty())
            .then(|| Box::new(Compared { on_record: on_record.into(), ..Compared::default() }));
        Self { metering, is_echo: false, compared }
    }

    fn like(state: &State, pair: Pair, from: Instant, before: &Charges) -> Self {
        let paid = before.of_pair(pair).rev().find(|charge| charge.at < from);
        let metering = paid.map(|charge| Metering::after(charge.meter, charge.at, state.zone()));
        let is_same = |charge: &Charge| {
            charge.at >= from
                && state.rate(pair.1, charge.at).is_some_and(|rate| rate.meter == charge.meter)
        };
        let recorded = before.of_pair(pair).filter(is_same);
        let on_record: VecDeque<OnRecord> = recorded
            .map(|charge| OnRecord { at: charge.at, is_hold: false, is_loose: true })
            .collect();
        let compared = (!on_record.is_empty())
            .then(|| Box::new(Compared { on_record, ..Compared::default() }));
        Self { metering, is_echo: true, compared }
    }
}

/// A derived unit, to be found on record.
struct Derived {
    start: Instant,
    meter: Meter,
    /// No unit on record from before can be kept: it would overlap the derived one before this.
    free_from: Instant,
}

impl Derived {
    /// The unit on record that this is: within the clocks' tolerance, and of the same day where days are
    /// charged. Those passed over are surplus.
    fn meet(&self, compared: &mut Compared, zone: &Zone) -> Option<Instant> {
        let end = self.meter.unit_end(self.start, zone);
        while let Some(&OnRecord { at, is_hold, is_loose }) = compared.on_record.front() {
            let tolerance = if is_loose { self.meter.tolerance_seconds() } else { 0 };
            if at > self.start.plus(tolerance) || at >= end {
                return None;
            }
            compared.on_record.pop_front();
            let near = at >= self.start.plus(tolerance.saturating_neg());
            if near && at >= self.free_from && self.start < self.meter.unit_end(at, zone) {
                return Some(at);
            }
            if !is_hold {
                compared.surplus.push(at);
            }
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

//! The units of a pair as its use and the vendor's days make them: reckoned anew each time, from what is known,
//! so that it does not matter in which order or in how many files the vendor's rows came.

use super::matching::{Verdict, judged};
use super::{Group, prices};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::estate::folded;
use faregate_core::event::{Charge, DipCause, Finding, Source, VendorCharge};
use faregate_core::rating::Rating;
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::usage::Interval;
use faregate_core::when::{Date, Instant};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// A use, and who told of it.
pub(super) type Told = (Interval, Source);

/// What a pair's charges and findings are, all that is on record considered.
pub(super) struct Derived {
    /// All charges from the first judged day on, none of them paid yet.
    pub(super) charges: Vec<Charge>,
    /// Where units begin that only the vendor tells of.
    pub(super) places: BTreeSet<Instant>,
    /// By day: what the vendor charged, and what we make of it. A day without a rate has none.
    pub(super) found: BTreeMap<Date, Vec<VendorCharge>>,
    /// Days whose price was the vendor's: ours and theirs.
    pub(super) priced: Vec<(Date, Ticks, Ticks)>,
}

/// What is known of a pair.
pub(super) struct Known<'a> {
    pub(super) state: &'a State,
    pub(super) pair: Pair,
    pub(super) from: Instant,
    /// In order of their start, the vendor's own left out.
    pub(super) uses: &'a [Told],
    pub(super) days: &'a BTreeMap<Date, Group>,
    /// Where an import was taken back: the days of which the vendor no longer tells what it did.
    pub(super) lost: Option<&'a BTreeSet<Date>>,
}

impl Known<'_> {
    pub(super) fn derive(&self) -> Derived {
        let mut places = BTreeSet::new();
        let mut charges = self.charges(&places);
        let mut verdicts = self.judge(&charges);
        // Each round settles a later day, so there is an end to it.
        for _ in 0..=self.days.len() {
            let more = self.missing(&verdicts, &places);
            if more.is_empty() {
                break;
            }
            places.extend(more);
            charges = self.charges(&places);
            verdicts = self.judge(&charges);
        }
        let mut derived = Derived { charges, places, found: BTreeMap::new(), priced: Vec::new() };
        for ((day, group), verdict) in self.days.iter().zip(verdicts) {
            self.settle(*day, group, verdict, &mut derived);
        }
        derived.charges.sort_unstable_by_key(|charge| charge.at);
        derived
    }

    fn judge(&self, charges: &[Charge]) -> Vec<Verdict> {
        let (state, pair) = (self.state, self.pair);
        let before = state.charges().of_pair(pair).filter(|charge| charge.at < self.from);
        let held = state.charges().pair(pair).and_then(|known| known.hold);
        let all = before.chain(charges.iter().copied()).map(|charge| (charge.at, charge.meter));
        let units: Vec<_> = all.chain(held.map(|hold| (hold.start, hold.meter))).collect();
        judged(state, pair, &units, self.days)
    }

    /// The units of these uses and places, at the tariff's prices.
    fn charges(&self, places: &BTreeSet<Instant>) -> Vec<Charge> {
        let (state, pair) = (self.state, self.pair);
        let mut rating = Rating::new(state, self.from, Source::Log);
        if self.lost.is_some() {
            rating = rating.explained_by(self.explained(places));
        }
        rating.touch(state, pair);
        let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds).max(1);
        let placed = places.iter().map(|at| Interval { start: *at, end: at.plus(grace) });
        let mut all: Vec<Interval> = self.uses.iter().map(|(whole, _)| *whole).collect();
        all.extend(placed);
        all.sort_by_key(|whole| whole.start);
        for whole in all {
            rating.session(state, pair, whole);
        }
        let (surplus, new) = rating.finish(state);
        let gone: BTreeSet<Instant> = surplus.iter().map(|unit| unit.at).collect();
        let recorded = state.charges().of_pair(pair).filter(|charge| charge.at >= self.from);
        let kept = recorded.filter(|charge| match charge.meter {
            Meter::Result => !self.is_lost(charge.at),
            _ => !gone.contains(&charge.at),
        });
        let mut charges: Vec<Charge> = kept.chain(new).collect();
        for charge in &mut charges {
            if self.is_lost(charge.at) {
                charge.ticks =
                    state.rate(pair.1, charge.at).map_or(charge.ticks, |rate| rate.ticks);
            }
            if charge.meter != Meter::Result {
                charge.source = self.source(charge, places);
            }
        }
        charges
    }

    /// Whether the vendor no longer tells what it did of this instant's day, or of one that clocks may mean.
    fn is_lost(&self, at: Instant) -> bool {
        let Some(lost) = self.lost else { return false };
        let utc = faregate_core::when::Zone::utc();
        let day = utc.date(at);
        let beside = [Meter::Window24h.tolerance_seconds(), -Meter::Window24h.tolerance_seconds()];
        lost.contains(&day)
            || (!self.days.contains_key(&day)
                && beside.into_iter().any(|apart| lost.contains(&utc.date(at.plus(apart)))))
    }

    /// The units that use begins with.
    fn explained(&self, places: &BTreeSet<Instant>) -> FxHashSet<(Pair, Instant)> {
        let (person, product) = self.pair;
        let parts = self
            .uses
            .iter()
            .flat_map(|(whole, _)| self.state.estate().uncovered_parts(person, product, *whole));
        let starts = parts.map(|part| part.start).chain(places.iter().copied());
        starts.map(|at| (self.pair, at)).collect()
    }

    /// Who told of a unit: the vendor, where nobody else did.
    fn source(&self, charge: &Charge, places: &BTreeSet<Instant>) -> Source {
        if places.contains(&charge.at) {
            return Source::Vendor;
        }
        let on_record = self.state.charges().get(charge.unit());
        if let Some(known) = on_record.filter(|known| known.source != Source::Vendor) {
            return known.source;
        }
        let around = |told: &&Told| told.0.start <= charge.at && charge.at < told.0.end;
        self.uses.iter().find(around).map_or(charge.source, |(_, source)| *source)
    }

    /// Where the next missing units begin: the first, and those after it that no other use can shift.
    fn missing(&self, verdicts: &[Verdict], places: &BTreeSet<Instant>) -> Vec<Instant> {
        let mut found: Vec<Instant> = Vec::new();
        for (day, verdict) in self.days.keys().zip(verdicts) {
            let Verdict::Missing(at) = verdict else { continue };
            let rate = self.state.rate(self.pair.1, *at);
            if places.contains(at) || !rate.is_some_and(|rate| rate.meter != Meter::Result) {
                continue;
            }
            let last = bounds(*day).1;
            let first = found.first().copied();
            let between =
                |told: &Told| first.is_some_and(|first| told.0.end > first && told.0.start <= last);
            if self.uses.iter().any(between) {
                break;
            }
            found.push(*at);
        }
        found
    }

    fn settle(&self, day: Date, group: &Group, verdict: Verdict, derived: &mut Derived) {
        let units = match verdict {
            Verdict::Matched(units) => units,
            Verdict::DoubleDip => Vec::new(),
            Verdict::Missing(at) => match self.result(at, group) {
                Some(charge) => {
                    derived.charges.push(charge);
                    vec![at]
                }
                // No rate: the row is kept, and not charged.
                None => return,
            },
        };
        self.keep_place(day, &units, derived);
        let mut ours: Vec<Charge> =
            derived.charges.iter().filter(|charge| units.contains(&charge.at)).copied().collect();
        ours.sort_unstable_by_key(|charge| charge.at);
        let had: Ticks = ours.iter().map(|charge| self.charged(charge)).sum();
        for charge in &mut ours {
            let rate = self.state.rate(self.pair.1, charge.at);
            if let Some(rate) = rate.filter(|rate| rate.meter != Meter::Result) {
                charge.ticks = rate.ticks;
            }
        }
        let explained = group.explained(self, &ours, &units);
        let theirs: Ticks = explained.iter().map(|(_, ticks)| *ticks).sum();
        if !explained.is_empty() && !ours.is_empty() {
            for (charge, ticks) in ours.iter().zip(prices::repriced(&ours, theirs)) {
                let same = |one: &&mut Charge| one.at == charge.at;
                derived.charges.iter_mut().filter(same).for_each(|one| one.ticks = ticks);
            }
            if had != theirs {
                derived.priced.push((day, had, theirs));
            }
        }
        let is_ours = |at: &Instant| !derived.places.contains(at);
        let result = ours.iter().any(|charge| charge.meter == Meter::Result);
        let booked = result || (!units.is_empty() && !units.iter().any(is_ours));
        let finding = if booked { Finding::Booked } else { Finding::Matched };
        derived.found.insert(day, group.found(self, day, explained, finding));
    }

    /// A unit on record within the clocks' tolerance of where it would begin is that unit.
    fn keep_place(&self, day: Date, units: &[Instant], derived: &mut Derived) {
        let (start, last) = bounds(day);
        let place = derived.places.range(start..=last).next().copied();
        let Some((place, unit)) = place.zip(units.first().copied()) else { return };
        if !units.contains(&place) {
            derived.places.remove(&place);
            derived.places.insert(unit);
        }
    }

    /// What we have on record for a unit, or would charge.
    fn charged(&self, charge: &Charge) -> Ticks {
        self.state.charges().get(charge.unit()).map_or(charge.ticks, |known| known.ticks)
    }

    fn result(&self, at: Instant, group: &Group) -> Option<Charge> {
        let (person, product) = self.pair;
        let meter = self.state.rate(product, at)?.meter;
        let (bucket, source) = (self.state.payer(person), Source::Vendor);
        let ticks = group.rows.iter().map(|((_, ticks), row)| times(*ticks, row.count)).sum();
        let paid = false;
        (meter == Meter::Result).then_some(Charge {
            at,
            ticks,
            person,
            product,
            bucket,
            meter,
            source,
            paid,
        })
    }
}

fn times(ticks: Ticks, count: u32) -> Ticks {
    Ticks(ticks.0.saturating_mul(i64::from(count)))
}

impl Group {
    /// The rows that our units are; all others were charged a second time.
    fn explained(
        &self,
        known: &Known<'_>,
        ours: &[Charge],
        units: &[Instant],
    ) -> Vec<(String, Ticks)> {
        let ours_sum: Ticks = ours.iter().map(|charge| charge.ticks).sum();
        let person = known.state.estate().person(known.pair.0);
        let is_usual = |name: &str| {
            person.is_some_and(|person| {
                let mut usual = core::iter::once(&person.key).chain(person.aliases.first());
                usual.any(|usual| folded(usual) == name)
            })
        };
        let each = self.rows.iter().filter(|(_, row)| !row.doubted);
        let mut rows: Vec<(String, Ticks)> =
            each.flat_map(|(key, row)| (0..row.count).map(move |_| key.clone())).collect();
        let several =
            |charge: &Charge| charge.meter.ends_with_use() || charge.meter == Meter::Result;
        if ours.iter().any(several) {
            // Of hours, minutes and results a day has many: all of them together are ours.
            return rows;
        }
        rows.sort_by_key(|(name, ticks)| {
            (ours.is_empty() || *ticks != ours_sum, !is_usual(name), name.clone(), *ticks)
        });
        let mut sum = Ticks::ZERO;
        let mut explained: Vec<(String, Ticks)> = Vec::new();
        for (name, ticks) in rows {
            let next = sum.plus(ticks).unwrap_or(sum);
            if explained.len() < units.len() && (explained.is_empty() || next <= ours_sum) {
                sum = next;
                explained.push((name, ticks));
            }
        }
        explained
    }

    /// What we make of each row.
    fn found(
        &self,
        known: &Known<'_>,
        day: Date,
        mut explained: Vec<(String, Ticks)>,
        finding: Finding,
    ) -> Vec<VendorCharge> {
        let (person, product) = known.pair;
        let holders: BTreeSet<String> = explained.iter().map(|(name, _)| name.clone()).collect();
        let mut found = Vec::new();
        for ((name, ticks), row) in &self.rows {
            for _ in 0..row.count {
                let met = explained.iter().position(|one| (&one.0, &one.1) == (name, ticks));
                let finding = match met {
                    Some(place) => {
                        explained.swap_remove(place);
                        finding
                    }
                    None if !holders.is_empty() && !holders.contains(name) => {
                        Finding::DoubleDip(DipCause::SecondIdentity)
                    }
                    None => {
                        let seat =
                            || faregate_core::double_dip::cause(known.state, known.pair, name, day);
                        let cause = Some(()).filter(|()| holders.is_empty()).and_then(|()| seat());
                        Finding::DoubleDip(cause.unwrap_or(DipCause::SecondChargeInWindow))
                    }
                };
                let (alias, ticks) = (row.alias.clone(), *ticks);
                found.push(VendorCharge { day, alias, person, product, ticks, finding });
            }
        }
        found
    }
}

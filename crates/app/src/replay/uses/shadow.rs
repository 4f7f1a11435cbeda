//! What everybody's use would cost on tokens if nobody held a seat: eight bytes a unit, for decisions about seats.

use super::{Told, Uncounted, each_day, known_days};
use crate::engine::Failure;
use crate::ports::Store;
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Charge, Source};
use faregate_core::rating::{Rating, Verdict};
use faregate_core::state::State;
use faregate_core::tariff::Tariff;
use faregate_core::usage::Interval;
use faregate_core::when::{Date, Instant};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Charges taken from the rating at a time.
const CHARGES_AT_ONCE: usize = 8_192;
/// Uses whose pairs are fetched together.
const USES_AT_ONCE: usize = 64;

/// One unit that a person's use would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShadowUnit {
    /// When it begins.
    pub start: Instant,
    /// Of what.
    pub product: ProductId,
    /// Its price.
    pub ticks: Ticks,
}

/// A unit in eight bytes: when it begins in the upper 40 bits, so that it sorts by that, its kind below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Packed(u64);

impl Packed {
    const KIND_BITS: u32 = 24;
    /// Seconds before 1970 that are the earliest.
    const EPOCH: i64 = 1 << 39;

    fn new(at: Instant, kind: u32) -> Self {
        let seconds = at.0.clamp(-Self::EPOCH, Self::EPOCH - 1) + Self::EPOCH;
        Self((seconds.unsigned_abs() << Self::KIND_BITS) | u64::from(kind))
    }

    fn at(self) -> Instant {
        Instant((self.0 >> Self::KIND_BITS).cast_signed() - Self::EPOCH)
    }

    fn kind(self) -> usize {
        usize::try_from(self.0 & ((1 << Self::KIND_BITS) - 1)).unwrap_or(usize::MAX)
    }
}

/// The units that all use of a span would cost on tokens, by person.
#[derive(Clone, Debug, Default)]
pub struct Shadow {
    kinds: Vec<(ProductId, Ticks)>,
    numbers: FxHashMap<(ProductId, Ticks), u32>,
    /// By the person's number; each by start.
    people: Vec<Vec<Packed>>,
    known: Option<(Date, Date)>,
    unrated: BTreeMap<ProductId, Uncounted>,
    unrated_pairs: BTreeSet<Pair>,
    unknown: BTreeMap<String, Uncounted>,
}

impl Shadow {
    /// A person's units, by start.
    pub fn units(&self, person: PersonId) -> impl Iterator<Item = ShadowUnit> + '_ {
        let packed = self.people.get(person.index()).map_or(&[][..], Vec::as_slice);
        packed.iter().filter_map(|unit| {
            let (product, ticks) = *self.kinds.get(unit.kind())?;
            Some(ShadowUnit { start: unit.at(), product, ticks })
        })
    }

    /// Everybody who has a unit, ascending.
    pub fn people(&self) -> impl Iterator<Item = PersonId> + '_ {
        let with = self.people.iter().enumerate().filter(|(_, units)| !units.is_empty());
        with.filter_map(|(number, _)| u32::try_from(number).ok().map(PersonId))
    }

    /// How many units there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.iter().map(Vec::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first and the last UTC day on which any use is known to have begun, whatever span was asked for; `None`
    /// where nothing is known.
    #[must_use]
    pub fn known(&self) -> Option<(Date, Date)> {
        self.known
    }

    /// Use of products for which the tariff has no rate: quarantined, never free.
    #[must_use]
    pub fn unrated(&self) -> &BTreeMap<ProductId, Uncounted> {
        &self.unrated
    }

    /// Who uses which of them.
    pub fn unrated_pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.unrated_pairs.iter().copied()
    }

    /// Use up to the end of the span that belongs to nobody or to no product that is known, by feature code.
    #[must_use]
    pub fn unknown(&self) -> &BTreeMap<String, Uncounted> {
        &self.unknown
    }

    fn add(&mut self, charge: &Charge) {
        let kind = (charge.product, charge.ticks);
        let kinds = &mut self.kinds;
        let number = *self.numbers.entry(kind).or_insert_with(|| {
            kinds.push(kind);
            u32::try_from(kinds.len() - 1).unwrap_or(u32::MAX)
        });
        let place = charge.person.index();
        if place >= self.people.len() {
            self.people.resize_with(place + 1, Vec::new);
        }
        if let Some(units) = self.people.get_mut(place) {
            units.push(Packed::new(charge.at, number));
        }
    }

    /// Takes charges out of a rating, those that begin in a span.
    fn take(&mut self, charges: &[Charge], span: Interval) {
        let inside = |charge: &&Charge| span.start <= charge.at && charge.at < span.end;
        charges.iter().filter(inside).for_each(|charge| self.add(charge));
    }

    fn finish(&mut self) {
        for units in &mut self.people {
            units.sort_unstable();
            units.shrink_to_fit();
        }
    }
}

/// For every person and product the units of a span that their use would cost under a tariff if nobody held a seat:
/// as [`Rating`] charges them, the grace honoured. Windows that begin before the span and reach into it are reckoned
/// from all use that is known; a unit that was charged keeps its instant.
///
/// Takes 8 bytes a unit, and 100 a person and product while it is at work.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn shadow_units(
    state: &State,
    store: &mut dyn Store,
    tariff: &Tariff,
    from: Instant,
    until: Instant,
) -> Result<Shadow, Failure> {
    let blank = state.blank(state.estate().without_seats(), tariff.clone());
    let (span, ever) = (Interval { start: from, end: until }, Instant(i64::MIN));
    let mut rating = Rating::new(&blank, ever, Source::Log);
    let mut shadow = Shadow { known: known_days(store, state)?, ..Shadow::default() };
    let whole = Interval { start: ever, end: until };
    shadow.unknown = each_day(store, state, whole, &mut |told| {
        for some in told.chunks(USES_AT_ONCE) {
            rating.fetch(some.iter().map(|one| one.pair));
            for one in some {
                rating.touch_like(&blank, one.pair, state.charges());
                let verdict = rating.part(&blank, one.pair, one.whole, one.lasted);
                shadow.count(verdict, one, span);
            }
            if rating.ready() >= CHARGES_AT_ONCE {
                shadow.take(&rating.take_ready(), span);
            }
        }
        Ok(())
    })?;
    let (_, charges) = rating.finish(&blank);
    shadow.take(&charges, span);
    shadow.finish();
    Ok(shadow)
}

impl Shadow {
    fn count(&mut self, verdict: Verdict, Told { pair, whole, .. }: &Told, span: Interval) {
        let inside = whole.start < span.end && span.start < whole.end.max(whole.start.plus(1));
        if verdict == Verdict::NoRate && inside {
            let (_, product): Pair = *pair;
            self.unrated.entry(product).or_default().add(*whole);
            self.unrated_pairs.insert(*pair);
        }
    }
}

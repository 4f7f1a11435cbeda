//! Uses of an import that a source of another kind tells of as well, and where the two differ.
//!
//! A sweep over the days in order: of each person and product, only the uses that go on at one instant are held.

use super::names::Names;
use super::{Recording, vendor};
use crate::engine::{Engine, Failure};
use crate::ports::{BlockKind, Store, Use};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::event::Overlap;
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use rustc_hash::FxHashMap;

/// Clocks may differ by so many seconds about the same use.
const TOLERANCE_SECONDS: i64 = 300;

/// Where two sources tell otherwise of the same use, or the vendor charged otherwise than the tariff says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Beginning or end differ by more than clocks do.
    Times {
        /// The person's key.
        person: String,
        /// The product's key.
        product: String,
        /// From when until when by the import.
        ours: (Instant, Instant),
        /// The other import, and its kind.
        other: (u32, String),
        /// From when until when by the other import.
        theirs: (Instant, Instant),
    },
    /// The vendor charged another price.
    Price {
        /// The person, as the vendor names them.
        person: String,
        /// The product, as the vendor names it.
        product: String,
        /// The UTC day.
        day: Date,
        /// What the tariff says.
        tariff: Ticks,
        /// What the vendor charged.
        charged: Ticks,
    },
}

/// Where an import differs from sources of other kinds: the first so many differences, and how many there are.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn differences(
    engine: &mut Engine,
    features: &FeatureTable,
    batch: u32,
    limit: usize,
) -> Result<(Vec<Difference>, u64), Failure> {
    let shared = engine.state();
    let state = shared.read();
    let mut names = Names::new(features);
    names.know(engine.store.names()?);
    let (mut listed, mut count) = (Vec::new(), 0_u64);
    let mut add = |difference: Difference| {
        count += 1;
        if listed.len() < limit {
            listed.push(difference);
        }
    };
    let store = &mut *engine.store;
    let kind = state.imports().kind(batch);
    sweep(store, &mut names, &state, (batch, kind), &mut |met| {
        if met.differs() {
            add(met.told(&state));
        }
    })?;
    for day in store.days_of_batch(batch)? {
        let memos = store.memos_of(day)?;
        for paid in memos.iter().filter(|(of, _)| *of == batch).flat_map(|(_, memo)| &memo.paid) {
            let (person, product) = (names.text(paid.who).to_owned(), names.text(paid.product));
            let id = vendor::product(&state, features, product);
            let rate = id.and_then(|id| state.rate(id, bounds(day).0));
            let of_days = |meter| matches!(meter, Meter::Window24h | Meter::CalendarDay);
            let rate = rate.filter(|rate| of_days(rate.meter) && rate.ticks != paid.ticks);
            if let Some(rate) = rate {
                let (product, tariff) = (product.to_owned(), rate.ticks);
                add(Difference::Price { person, product, day, tariff, charged: paid.ticks });
            }
        }
    }
    Ok((listed, count))
}

impl Recording<'_> {
    /// How much of the batch sources of other kinds tell of as well.
    pub(super) fn overlap(&mut self, state: &State, kind: &str) -> Result<Overlap, Failure> {
        let mut overlap = Overlap::default();
        let imports = state.imports();
        if imports.kinds.iter().all(|known| known == kind) {
            return Ok(overlap);
        }
        let Self { names, engine, batch, .. } = self;
        sweep(&mut *engine.store, names, state, (*batch, kind), &mut |met| {
            overlap.uses += 1;
            overlap.times += u64::from(met.differs());
        })?;
        Ok(overlap)
    }
}

/// A use of the import, and the first use of another kind of source that it meets.
struct Met {
    pair: Pair,
    ours: Use,
    other: u32,
    theirs: Use,
}

impl Met {
    fn differs(&self) -> bool {
        let apart = |one: Instant, other: Instant| one.since(other).abs() > TOLERANCE_SECONDS;
        apart(self.ours.opened, self.theirs.opened) || apart(self.ours.closed, self.theirs.closed)
    }

    fn told(&self, state: &State) -> Difference {
        let estate = state.estate();
        let person = estate.person(self.pair.0).map(|person| person.key.clone());
        let product = estate.product(self.pair.1).map(|product| product.key.clone());
        Difference::Times {
            person: person.unwrap_or_default(),
            product: product.unwrap_or_default(),
            ours: (self.ours.opened, self.ours.closed),
            other: (self.other, state.imports().kind(self.other).to_owned()),
            theirs: (self.theirs.opened, self.theirs.closed),
        }
    }
}

/// The uses of a pair that go on: the import's that met no other yet, and those of other kinds.
#[derive(Default)]
struct GoingOn {
    ours: Vec<Use>,
    theirs: Vec<(u32, Use)>,
}

impl GoingOn {
    fn meet(&mut self, one: Use, batch: u32, is_ours: bool, mut found: impl FnMut(Use, u32, Use)) {
        self.ours.retain(|known| known.closed > one.opened);
        self.theirs.retain(|(_, known)| known.closed > one.opened);
        if is_ours {
            match self.theirs.first() {
                Some((other, theirs)) => found(one, *other, *theirs),
                None => self.ours.push(one),
            }
        } else {
            self.ours.drain(..).for_each(|ours| found(ours, batch, one));
            self.theirs.push((batch, one));
        }
    }
}

fn sweep(
    store: &mut dyn Store,
    names: &mut Names<'_>,
    state: &State,
    (batch, kind): (u32, &str),
    found: &mut dyn FnMut(Met),
) -> Result<(), Failure> {
    let told = store.days_of_batch(batch)?;
    let Some((first, last)) = told.first().copied().zip(told.last().copied()) else {
        return Ok(());
    };
    // What was taken in before imports had numbers is of a kind that nobody knows.
    let is_other = |of: u32| of != 0 && of != batch && state.imports().kind(of) != kind;
    let mut going_on: FxHashMap<Pair, GoingOn> = FxHashMap::default();
    let mut until = Instant(i64::from(last.0) * DAY + DAY);
    for day in store.days_with_uses(bounds(first).0)? {
        if bounds(day).0 >= until {
            break;
        }
        for (of, one) in uses_with_batch(store, day)? {
            let is_ours = of == batch;
            if one.closed <= one.opened || !(is_ours || is_other(of)) || is_vendors(names, &one) {
                continue;
            }
            let Some(pair) = names.pair(state, one.user, one.feature, one.opened) else { continue };
            if is_ours {
                until = until.max(one.closed);
            }
            going_on.entry(pair).or_default().meet(one, of, is_ours, |ours, other, theirs| {
                found(Met { pair, ours, other, theirs });
            });
        }
    }
    Ok(())
}

/// The uses of a day that stand, in order of their opening, with the import that each is of.
fn uses_with_batch(store: &mut dyn Store, day: Date) -> Result<Vec<(u32, Use)>, Failure> {
    let mut uses: Vec<(u32, Use)> = Vec::new();
    let mut taken: FxHashMap<(u32, Use), u32> = FxHashMap::default();
    for block in store.blocks_of(day)? {
        for one in block.uses {
            match block.kind {
                BlockKind::Told => uses.push((block.batch, one)),
                BlockKind::TakenBack => *taken.entry((block.batch, one)).or_default() += 1,
            }
        }
    }
    uses.retain(|one| match taken.get_mut(one).filter(|count| **count > 0) {
        Some(count) => {
            *count -= 1;
            false
        }
        None => true,
    });
    uses.sort_unstable_by_key(|(batch, one)| (one.opened, *batch, one.closed));
    Ok(uses)
}

/// Uses that stand for units of which only the vendor tells have no times of their own.
fn is_vendors(names: &Names<'_>, one: &Use) -> bool {
    vendor::NOT_LOGGED.contains(&names.text(one.host))
}

//! Two identities of one person: what would change when they become one, and the one order that does it.
//!
//! A merge says that an identity is another person's; all that was used under it is theirs then. What they are
//! charged is reckoned anew from their use together, from the other's first use on, as if both had always been
//! one: so importing first and merging then comes to the same as merging first. Nothing is merged by itself, and
//! a merge is taken back by a further order, which reckons anew as well.
//!
//! All of it is worked out on a copy of the state; the state itself is touched once, when everything is known to
//! hold. See `docs/adr/0024-merging-people.md`.

use crate::engine::{Engine, Failure};
use crate::import::vendor::{Moved, Rebooked, Reckoning, settle};
use crate::orders::{Done, NotDone};
use faregate_core::charges::Pair;
use faregate_core::estate::{Estate, PersonId, ProductId, SeatId};
use faregate_core::event::{Charge, Event, Source, Unit, VendorCharge};
use faregate_core::state::{Broken, State};
use faregate_core::tariff::Meter;
use faregate_core::when::{Date, Instant, Zone};
use faregate_ingest::features::FeatureTable;
use std::collections::{BTreeMap, BTreeSet};

mod checks;
mod plan;

pub use plan::{Covering, Month, Plan, Twice};

/// An identity that is to become another person's, or their own again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Any name of the identity; its key, or a name without a term, when it is to be their own again.
    pub person: String,
    /// Any name of whoever it is; `None`: it is taken back.
    pub into: Option<String>,
}

/// An identity, and the person whose it is to be or was until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Who {
    id: PersonId,
    other: PersonId,
    /// Whether the two become one; else they part.
    joins: bool,
}

impl Who {
    fn event(self) -> Event {
        Event::PersonMerged { person: self.id, into: self.joins.then_some(self.other) }
    }
}

/// All that a merge comes down to.
struct Draft<'e> {
    reckoning: Reckoning<'e>,
    events: Vec<Event>,
    done: Done,
}

/// Checks a merge and, unless it is only tried, books it after `ordered`; that answers the request of a key and a
/// digest.
///
/// # Errors
/// [`NotDone`]; nothing was booked.
pub(crate) fn carry_out(
    engine: &mut Engine,
    merge: &Merge,
    ordered: Event,
    only_try: bool,
    request: Option<(String, u128)>,
) -> Result<Done, NotDone> {
    let now = engine.ready()?;
    let shared = engine.state();
    let none = FeatureTable::default();
    let Draft { reckoning, events, done } = {
        let state = shared.read();
        let who = checks::checked(&state, merge, now)?;
        draft(engine, &none, &state, who, now)?
    };
    if !only_try {
        reckoning.book(core::iter::once(ordered).chain(events).collect(), request)?;
    }
    Ok(done)
}

fn draft<'e>(
    engine: &'e mut Engine,
    no_features: &'e FeatureTable,
    state: &State,
    who: Who,
    now: Instant,
) -> Result<Draft<'e>, Failure> {
    let mut reckoning = Reckoning::begin(engine, no_features)?;
    let mut trial = Trial::of(state, now);
    let mut gone = if who.joins { charges_of(state, who.id) } else { Vec::new() };
    trial.reverse(&gone)?;
    trial.book(who.event())?;
    let mut moved = reckoning.moved(state, &trial.state)?;
    let priced = priced_by(state, who, &moved);
    trial.reverse(&priced)?;
    let mut kept = kept(&trial.state, who, &gone);
    kept.extend(at_tariff(state, &priced));
    gone.extend(priced);
    touch(&mut moved, &gone);
    let apart = if who.joins { state } else { &trial.state };
    touch_covered(apart.estate(), who, &mut moved);
    trial.charge(&kept)?;
    trial.book(Event::VendorReported(moved.rows.clone()))?;
    let reckoned = reckoning.reckon(&trial.state, &moved.touched)?;
    let changes = Changes::of(gone, kept, &moved.rows, reckoned);
    let (events, after) = changes.events(state, who, now)?;
    let plan = plan::told(state, &after, who, moved.sessions, &changes);
    let seq = state.seq() + 2;
    let (said, warnings) = (plan.said(), checks::warnings(state, who));
    let done = Done { seq, said, warnings, repeated: false, merge: Some(Box::new(plan)) };
    Ok(Draft { reckoning, events, done })
}

/// Everything that was charged to an identity.
fn charges_of(state: &State, id: PersonId) -> Vec<Charge> {
    let products = (0..state.estate().products().len()).filter_map(|n| u16::try_from(n).ok());
    products.flat_map(|product| state.charges().of_pair((id, ProductId(product)))).collect()
}

/// What of the other's may have the price of a row that goes, or lacks that of a row that comes, of the same day or
/// the one before or after: the rows that are there then price it anew.
fn priced_by(state: &State, who: Who, moved: &Moved) -> Vec<Charge> {
    let utc = Zone::utc();
    let rows = moved.rows.iter().map(|row| (row.product, row.day));
    let around = rows.flat_map(|(product, day)| [-1, 0, 1].map(|by| (product, day.plus(by))));
    let around: BTreeSet<(ProductId, Date)> = around.collect();
    let products: BTreeSet<ProductId> = around.iter().map(|(product, _)| *product).collect();
    let all = products.iter().flat_map(|product| state.charges().of_pair((who.other, *product)));
    let near = all.filter(|one| around.contains(&(one.product, utc.date(one.at))));
    near.filter(|one| !who.joins || is_result(one)).collect()
}

/// Results that only the vendor tells of are reckoned from its rows alone.
fn is_result(one: &Charge) -> bool {
    one.meter == Meter::Result && one.source == Source::Vendor
}

/// What others than the vendor tell of as well stays where it is, at the tariff's price until a row says otherwise.
fn at_tariff(state: &State, charges: &[Charge]) -> Vec<Charge> {
    let told = charges.iter().filter(|one| one.source != Source::Vendor);
    let price = |one: &Charge| state.rate(one.product, one.at).map_or(one.ticks, |rate| rate.ticks);
    told.map(|one| Charge { ticks: price(one), ..*one }).collect()
}

/// What was charged may have been charged of use that nobody stored.
fn touch(moved: &mut Moved, charges: &[Charge]) {
    charges.iter().for_each(|one| moved.touch((one.person, one.product), one.at));
}

/// Where a seat of the identity's covers use of the other's, from now on or no longer, by the estate in which they
/// are two.
fn touch_covered(estate: &Estate, who: Who, moved: &mut Moved) {
    let held = estate.seats_ever(who.id).iter();
    let products = || (0..estate.products().len()).filter_map(|n| u16::try_from(n).ok());
    for (id, seat) in held.filter_map(|id: &SeatId| Some((*id, estate.seat(*id)?))) {
        for product in products().map(ProductId).filter(|product| estate.covers(id, *product)) {
            moved.touch((who.id, product), seat.from);
            moved.touch((who.other, product), seat.from);
        }
    }
    // Whoever is somebody else has nothing of their own to be reckoned.
    if who.joins {
        let own: Vec<Pair> =
            moved.touched.keys().copied().filter(|(person, _)| *person == who.id).collect();
        for pair in own {
            if let Some(from) = moved.touched.remove(&pair) {
                moved.touch((who.other, pair.1), from);
            }
        }
    }
}

/// The units of the identity that can stay where they are, as the other's: at the price they had, and where the
/// gate promised it, from the bucket that it named. Whether their use still asks for them is reckoned then.
fn kept(trial: &State, who: Who, gone: &[Charge]) -> Vec<Charge> {
    let payer = trial.payer(who.other);
    let as_others = |one: &Charge| {
        let bucket = if one.source == Source::Gate { one.bucket } else { payer };
        Charge { person: who.other, bucket, ..*one }
    };
    let fits = |one: &Charge| trial.charges().overlapping(one, trial.zone()).is_none();
    gone.iter().filter(|one| !is_result(one)).map(as_others).filter(fits).collect()
}

/// Leaves out what would be reversed and charged again just as it was.
fn cancel(gone: &[Charge], reversed: &mut Vec<Unit>, charged: &mut Vec<Charge>) {
    let gone: BTreeMap<Unit, &Charge> = gone.iter().map(|one| (one.unit(), one)).collect();
    let is_same = |one: &Charge| {
        gone.get(&one.unit()).is_some_and(|gone| Charge { paid: gone.paid, ..*one } == **gone)
    };
    let same: BTreeSet<Unit> =
        charged.iter().filter(|one| is_same(one)).map(Charge::unit).collect();
    reversed.retain(|unit| !same.contains(unit));
    charged.retain(|one| !same.contains(&one.unit()));
}

/// A copy of the state, for what may yet come to nothing.
struct Trial {
    state: State,
    now: Instant,
}

impl Trial {
    fn of(state: &State, now: Instant) -> Self {
        Self { state: state.clone(), now }
    }

    fn book(&mut self, event: Event) -> Result<(), Broken> {
        self.state.apply(self.state.seq() + 1, self.now, &event)
    }

    fn reverse(&mut self, charges: &[Charge]) -> Result<(), Broken> {
        self.book(Event::UsageReversed(charges.iter().map(Charge::unit).collect()))
    }

    fn charge(&mut self, charges: &[Charge]) -> Result<(), Broken> {
        settle(&self.state, charges).into_iter().try_for_each(|event| self.book(event))
    }
}

/// What is reversed, charged and put on record.
struct Changes {
    reversed: Vec<Unit>,
    charged: Vec<Charge>,
    reported: Vec<VendorCharge>,
}

impl Changes {
    fn of(gone: Vec<Charge>, kept: Vec<Charge>, rows: &[VendorCharge], reckoned: Rebooked) -> Self {
        let kept_units: BTreeSet<Unit> = kept.iter().map(Charge::unit).collect();
        let not_kept: BTreeSet<Unit> = reckoned.reversed.iter().copied().collect();
        // A unit that was only kept on trial is on no record: there is nothing to reverse.
        let surplus = reckoned.reversed.into_iter().filter(|unit| !kept_units.contains(unit));
        let mut reversed: Vec<Unit> = gone.iter().map(Charge::unit).chain(surplus).collect();
        reversed.sort_unstable();
        let stay = kept.into_iter().filter(|one| !not_kept.contains(&one.unit()));
        let mut charged: Vec<Charge> = stay.chain(reckoned.charged).collect();
        charged.sort_unstable_by_key(|one| (one.at, one.person, one.product));
        cancel(&gone, &mut reversed, &mut charged);
        let key =
            |row: &VendorCharge| (row.day, faregate_core::estate::folded(&row.alias), row.product);
        let judged: BTreeSet<_> = reckoned.reported.iter().map(key).collect();
        let as_told = rows.iter().filter(|row| !judged.contains(&key(row))).cloned();
        let reported = as_told.chain(reckoned.reported).collect();
        Self { reversed, charged, reported }
    }

    /// The events that carry this out, and the state after them.
    fn events(&self, state: &State, who: Who, now: Instant) -> Result<(Vec<Event>, State), Broken> {
        let mut after = Trial::of(state, now);
        let mut events = Vec::new();
        if !self.reversed.is_empty() {
            events.push(Event::UsageReversed(self.reversed.clone()));
        }
        events.push(who.event());
        events.iter().try_for_each(|event| after.book(event.clone()))?;
        let mut more = settle(&after.state, &self.charged);
        if !self.reported.is_empty() {
            more.push(Event::VendorReported(self.reported.clone()));
        }
        more.iter().try_for_each(|event| after.book(event.clone()))?;
        events.extend(more);
        Ok((events, after.state))
    }
}

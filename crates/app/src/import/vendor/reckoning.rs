//! The units of some people and products, reckoned anew from all that is stored: when it changes whose use is whose.
//!
//! Nothing new is told here, so there is no receipt: what is stored and what is on record are looked at with other
//! eyes, and only the difference is booked.

use super::derive::Known;
use super::plan::{Plan, Record, recall, settled};
use super::{CHARGES_PER_EVENT, Group, Groups, HOST, NOT_LOGGED, Recording};
use crate::engine::{Engine, Failure, Work};
use crate::ports::{BlockKind, Use};
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::event::{Charge, Event, Unit, VendorCharge};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant, Zone};
use faregate_ingest::features::FeatureTable;
use std::collections::{BTreeMap, BTreeSet};

/// The number that blocks name which are of no import.
const NO_IMPORT: u32 = 0;

/// Where the charges of a person and a product are no longer what their use comes to: from when on.
pub(crate) type Touched = BTreeMap<Pair, Instant>;

/// One transaction that changes whose use is whose.
pub(crate) struct Reckoning<'e> {
    recording: Recording<'e>,
    /// Uses to be kept where only the vendor tells of a unit, by their day.
    places: BTreeMap<Date, Vec<Use>>,
}

/// What is somebody else's by another estate.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    /// How many uses.
    pub(crate) sessions: u64,
    /// The vendor's rows, as the other estate has them.
    pub(crate) rows: Vec<VendorCharge>,
    pub(crate) touched: Touched,
}

impl Moved {
    pub(crate) fn touch(&mut self, pair: Pair, from: Instant) {
        self.touched.entry(pair).and_modify(|first| *first = from.min(*first)).or_insert(from);
    }
}

/// What is not as it is on record. None of the charges is paid yet.
#[derive(Debug, Default)]
pub(crate) struct Rebooked {
    pub(crate) reversed: Vec<Unit>,
    pub(crate) charged: Vec<Charge>,
    pub(crate) reported: Vec<VendorCharge>,
}

impl<'e> Reckoning<'e> {
    /// Begins; dropped without [`Reckoning::book`], it leaves no trace.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub(crate) fn begin(
        engine: &'e mut Engine,
        no_features: &'e FeatureTable,
    ) -> Result<Self, Failure> {
        // A code that nobody found to be a product so far stays unknown: no table is asked.
        let recording = Recording::begin(engine, no_features)?;
        Ok(Self { recording, places: BTreeMap::new() })
    }

    /// Whose use is somebody else's after a change of the estate.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub(crate) fn moved(&mut self, before: &State, after: &State) -> Result<Moved, Failure> {
        let mut moved = Moved::default();
        self.moved_reports(before, after, &mut moved)?;
        let ids = |id: PersonId| (before.estate().same_as(id), after.estate().same_as(id));
        let mut look = |id, product: Option<ProductId>, opened| {
            let (old, new) = ids(id);
            if old != new {
                moved.sessions += 1;
                for pair in [old, new].into_iter().filter_map(|id| Some((id, product?))) {
                    moved.touch(pair, opened);
                }
            }
        };
        self.recording.engine.store.gate_uses(Instant(i64::MIN), &mut |one| {
            look(PersonId(one.person), Some(ProductId(one.product)), one.opened);
        })?;
        before.elsewhere().for_each(|open| look(open.person, open.product, open.opened));
        moved_rows(before, after, &mut moved);
        Ok(moved)
    }

    /// Uses in blocks, which name people as their source did.
    fn moved_reports(
        &mut self,
        before: &State,
        after: &State,
        moved: &mut Moved,
    ) -> Result<(), Failure> {
        let Recording { names, engine, .. } = &mut self.recording;
        let is_open = |name: &String| may_move(before, after, name);
        let stored = engine.store.names()?;
        let open: Vec<bool> = stored.iter().map(is_open).collect();
        if !open.contains(&true) {
            return Ok(());
        }
        let vendors = NOT_LOGGED.map(|host| names.number(host));
        let who = |state: &State, one: &Use| {
            let name = stored.get(one.user as usize)?;
            state.estate().person_known_as(name, one.opened)
        };
        for day in engine.store.days_with_uses(Instant(i64::MIN))? {
            for one in engine.store.uses_of(day)? {
                if open.get(one.user as usize) != Some(&true) {
                    continue;
                }
                let (old, new) = (who(before, &one), who(after, &one));
                if old == new {
                    continue;
                }
                moved.sessions += u64::from(!vendors.contains(&Some(one.host)));
                let product = names.pair(after, one.user, one.feature, one.opened);
                let Some((_, product)) = product else { continue };
                for id in [old, new].into_iter().flatten() {
                    moved.touch((id, product), one.opened);
                }
            }
        }
        Ok(())
    }

    /// What the units of these people and products are in a state, from when on each is touched.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub(crate) fn reckon(&mut self, state: &State, touched: &Touched) -> Result<Rebooked, Failure> {
        let Some(first) = touched.values().min() else { return Ok(Rebooked::default()) };
        let day = |at: Instant| Zone::utc().date(at);
        // What is on record is told from two days before the first on: a unit near midnight can be another day's.
        let nothing = |from: Instant| BTreeMap::from([(day(from), Group::default())]);
        let mut groups: Groups =
            touched.iter().map(|(pair, from)| (*pair, nothing(*from))).collect();
        recall(state, &mut groups);
        for days in groups.values_mut() {
            days.retain(|_, group| !group.rows.is_empty());
        }
        let earliest = bounds(day(*first).plus(-2)).0;
        let pairs = touched.keys().copied().collect();
        let mut placed = BTreeSet::new();
        let uses = self.recording.uses_told(state, earliest, pairs, &mut |pair, at| {
            placed.insert((pair, at));
        })?;
        let mut plan = Plan::default();
        let first_days = groups.values().filter_map(|days| days.keys().next().copied());
        let record = Record::since(state, first_days);
        for (pair, days) in &groups {
            let from = touched.get(pair).copied().into_iter();
            let from = from.chain(days.keys().next().map(|day| bounds(*day).0)).min();
            let uses = uses.get(pair).map_or(&[][..], Vec::as_slice);
            let from = from.unwrap_or(Instant(i64::MAX));
            let known = Known { state, pair: *pair, from, uses, days, lost: None };
            let derived = known.derive();
            let missing = derived.places.iter().filter(|at| !placed.contains(&(*pair, **at)));
            let missing: Vec<Instant> = missing.copied().collect();
            self.keep_places(state, *pair, &missing);
            plan.add(&known, &record, derived);
        }
        let Plan { reversed, charged, reported } = plan;
        Ok(Rebooked { reversed, charged, reported })
    }

    /// Notes a use as long as the grace where only the vendor tells of a unit, so that whatever is told later
    /// finds it.
    fn keep_places(&mut self, state: &State, (person, product): Pair, places: &[Instant]) {
        let estate = state.estate();
        let Some((who, what)) = estate.person(person).zip(estate.product(product)) else { return };
        let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds).max(1);
        for &opened in places {
            let recording = &mut self.recording;
            let user = recording.intern(&who.key);
            let (host, feature) = (recording.intern(HOST), recording.intern(&what.key));
            let one = Use { user, host, feature, ordinal: 0, opened, closed: opened.plus(grace) };
            self.places.entry(super::super::days::day_of(opened)).or_default().push(one);
        }
    }

    /// Books events, the first of which answers the request of a key and a digest, and makes all of it durable.
    ///
    /// # Errors
    /// [`Failure`]; nothing was booked then.
    pub(crate) fn book(
        mut self,
        events: Vec<Event>,
        request: Option<(String, u128)>,
    ) -> Result<(), Failure> {
        let recording = &mut self.recording;
        let (first, fresh) = recording.names.take_fresh();
        recording.engine.store.add_names(first, &fresh)?;
        for (day, uses) in &self.places {
            recording.engine.store.add_uses(NO_IMPORT, *day, BlockKind::Told, uses)?;
        }
        let now = recording.engine.now()?;
        let shared = recording.engine.state();
        let mut work = Work::on(shared.write(), now);
        let before = work.guard.seq();
        if let Some((key, digest)) = request {
            work.answer(key, digest, before + 1);
        }
        let applied = events.into_iter().try_for_each(|event| work.apply(event).map(drop));
        let done = applied.map_err(Failure::from).and_then(|()| {
            recording.store_work(&mut work)?;
            Ok(recording.engine.store.commit()?)
        });
        recording.finished = true;
        if let Err(failure) = done {
            recording.engine.store.rollback();
            return recording.engine.give_up(work, failure);
        }
        let count = work.guard.seq() - before;
        drop(work);
        recording.engine.committed(count);
        Ok(())
    }
}

/// Whether a name may be somebody else's at some instant.
fn may_move(before: &State, after: &State, name: &str) -> bool {
    let (before, after) = (before.estate(), after.estate());
    before.is_dated(name)
        || after.is_dated(name)
        || before.person_keyed(name) != after.person_keyed(name)
}

/// The vendor's rows, which name people as the vendor did.
fn moved_rows(before: &State, after: &State, moved: &mut Moved) {
    for row in &before.vendor().charges {
        let start = bounds(row.day).0;
        let who = |state: &State| {
            let known = state.estate().person_known_as(&row.alias, start.plus(DAY / 2));
            known.unwrap_or_else(|| state.estate().same_as(row.person))
        };
        let person = who(after);
        if person != who(before) {
            moved.touch((row.person, row.product), start);
            moved.touch((person, row.product), start);
            moved.rows.push(VendorCharge { person, ..row.clone() });
        }
    }
}

/// Events that charge all this, each with whether its bucket can pay, in the order in which they are booked.
pub(crate) fn settle(state: &State, charges: &[Charge]) -> Vec<Event> {
    let paid = settled(state, charges);
    paid.chunks(CHARGES_PER_EVENT).map(|some| Event::UsageCharged(some.to_vec())).collect()
}

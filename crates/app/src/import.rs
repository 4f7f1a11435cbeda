//! Taking in reported use: deduplicated, stored, rated and charged as one atomic batch.
//!
//! A [`Recording`] is one transaction. Uses go in one by one, in any order, from any source; at the end the
//! pairs that have new use are rated again from the earliest new use on, and a receipt closes the batch.
//! Dropped without [`Recording::finish`], it leaves no trace.

use crate::engine::{Engine, Failure, Work};
use crate::ports::Use;
use faregate_core::charges::Pair;
use faregate_core::estate::{GENERAL, Person, PersonId, Product, ProductId, folded};
use faregate_core::event::{Counts, Event, OpenUse, Receipt, Source};
use faregate_core::rating::Rating;
use faregate_core::state::State;
use faregate_core::usage::Interval;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

pub mod flexnet;

/// Uses of one day that wait to be stored as a block.
const BLOCK: usize = 4_096;
/// Days whose identities are kept in memory at once.
const DAYS_IN_MEMORY: usize = 96;
/// Charges booked with one event.
const CHARGES_PER_EVENT: usize = 8_192;

/// One use as a source reports it. Names are numbers of [`Recording::intern`].
#[derive(Clone, Copy, Debug)]
pub struct Reported {
    /// The user's name.
    pub user: u32,
    /// The workstation's name.
    pub host: u32,
    /// The feature code or product key.
    pub feature: u32,
    /// Tells apart identical openings in one second.
    pub ordinal: u16,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed; `None` while it is going on.
    pub closed: Option<Instant>,
}

/// What is known about a name of the store.
struct Name {
    text: String,
    hash: u64,
    person: Option<PersonId>,
    product: Option<Option<ProductId>>,
}

/// Identities of the uses opened on one day, and those not stored yet.
#[derive(Default)]
struct Day {
    seen: FxHashSet<u64>,
    waiting: Vec<Use>,
    touched: u64,
}

/// One batch of reported use on its way into the store.
pub struct Recording<'e> {
    engine: &'e mut Engine,
    features: &'e FeatureTable,
    names: Vec<Name>,
    numbers: FxHashMap<String, u32>,
    stored_names: usize,
    days: BTreeMap<Date, Day>,
    clock: u64,
    people: Vec<Person>,
    products: Vec<Product>,
    person_ids: FxHashMap<String, PersonId>,
    pairs: FxHashSet<Pair>,
    from: Option<Instant>,
    begun: BTreeMap<u64, OpenUse>,
    ended: Vec<u64>,
    counts: Counts,
    finished: bool,
}

impl<'e> Recording<'e> {
    /// Begins a batch.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read or another transaction is open.
    pub fn begin(engine: &'e mut Engine, features: &'e FeatureTable) -> Result<Self, Failure> {
        engine.store.begin()?;
        let mut recording = Self {
            engine,
            features,
            names: Vec::new(),
            numbers: FxHashMap::default(),
            stored_names: 0,
            days: BTreeMap::new(),
            clock: 0,
            people: Vec::new(),
            products: Vec::new(),
            person_ids: FxHashMap::default(),
            pairs: FxHashSet::default(),
            from: None,
            begun: BTreeMap::new(),
            ended: Vec::new(),
            counts: Counts::default(),
            finished: false,
        };
        for text in recording.engine.store.names()? {
            recording.add_name(text);
        }
        recording.stored_names = recording.names.len();
        Ok(recording)
    }

    /// The number of a name, new or known.
    pub fn intern(&mut self, text: &str) -> u32 {
        match self.numbers.get(text) {
            Some(&number) => number,
            None => self.add_name(text.to_owned()),
        }
    }

    /// Counts lines that the source rejected and events that it recognised.
    pub fn tally(&mut self, events: u64, rejected: u64) {
        self.counts.events += events;
        self.counts.rejected += rejected;
    }

    /// Adds one use, unless it is there already.
    ///
    /// # Errors
    /// [`Failure`] when the store fails.
    pub fn add(&mut self, reported: Reported) -> Result<(), Failure> {
        let identity = self.identity(&reported);
        let day = Date(i32::try_from(reported.opened.0.div_euclid(DAY)).unwrap_or(0));
        self.load_day(day)?;
        let known_open = self.begun.contains_key(&identity) || self.engine.state().read().is_open_elsewhere(identity);
        let seen = self.days.get(&day).is_some_and(|day| day.seen.contains(&identity));
        match reported.closed {
            _ if seen => self.counts.duplicates += 1,
            None if known_open => self.counts.duplicates += 1,
            None => self.begin_use(identity, &reported),
            Some(closed) => {
                if !known_open {
                    self.count_new(&reported);
                } else if self.begun.remove(&identity).is_none() {
                    self.ended.push(identity);
                    self.counts.closed += 1;
                }
                self.count_seconds(reported.opened, closed);
                self.keep(day, identity, &reported, closed.max(reported.opened))?;
            }
        }
        Ok(())
    }

    /// Rates what is new, books the charges and the receipt, and makes all of it durable.
    ///
    /// `as_of` is the last instant that the source knows of: open uses are charged up to it.
    ///
    /// # Errors
    /// [`Failure`]; then nothing of the batch is kept.
    pub fn finish(
        mut self,
        kind: &str,
        files: Vec<String>,
        source: Source,
        span: Option<(Instant, Instant)>,
    ) -> Result<Counts, Failure> {
        let now = self.engine.now()?;
        self.counts.first = span.map(|(first, _)| first);
        self.counts.last = span.map(|(_, last)| last);
        self.counts.open_sessions = self.begun.len() as u64;
        if self.counts.sessions == 0 && self.counts.closed == 0 {
            // Nothing new: dropping the batch leaves the store exactly as it was.
            return Ok(self.counts);
        }
        self.flush()?;
        let shared = self.engine.state();
        let mut work = Work::on(shared.write(), now);
        let booked = self.book(&mut work, source, kind, files);
        drop(work);
        self.finished = true;
        match booked.and_then(|()| Ok(self.engine.store.commit()?)) {
            Ok(()) => Ok(self.counts),
            Err(failure) => {
                self.engine.store.rollback();
                self.engine.reload()?;
                Err(failure)
            }
        }
    }

    fn book(&mut self, work: &mut Work<'_>, source: Source, kind: &str, files: Vec<String>) -> Result<(), Failure> {
        if !self.products.is_empty() {
            work.apply(Event::ProductsDefined(std::mem::take(&mut self.products)))?;
        }
        if !self.people.is_empty() {
            work.apply(Event::PeopleAdded(std::mem::take(&mut self.people)))?;
        }
        if let Some(from) = self.from {
            self.rate(work, from, source)?;
        }
        let begun = std::mem::take(&mut self.begun).into_values().collect();
        let ended = std::mem::take(&mut self.ended);
        let counts = self.counts;
        work.apply(Event::Imported(Receipt { kind: kind.to_owned(), files, counts, begun, ended }))?;
        self.store_work(work)
    }

    /// Derives the charges of all pairs with new use again, from the earliest new use on.
    fn rate(&mut self, work: &mut Work<'_>, from: Instant, source: Source) -> Result<(), Failure> {
        let mut rating = Rating::new(&work.guard, from, source);
        for &pair in &self.pairs {
            rating.touch(&work.guard, pair);
        }
        let mut others = self.other_uses(&work.guard, from)?.into_iter().peekable();
        for day in self.engine.store.days_with_uses(from)? {
            let mut uses = self.engine.store.uses_of(day)?;
            uses.retain(|one| one.closed >= from);
            uses.sort_unstable_by_key(|one| one.opened);
            for one in uses {
                while let Some((pair, interval)) = others.next_if(|(_, other)| other.start <= one.opened) {
                    rating.session(&work.guard, pair, interval);
                }
                if let Some(pair) = self.pair_of(&work.guard, one.user, one.feature) {
                    let interval = Interval { start: one.opened, end: one.closed };
                    if rating.is_touched(pair) {
                        rating.session(&work.guard, pair, interval);
                    }
                }
                if rating.ready() >= CHARGES_PER_EVENT {
                    work.apply(Event::UsageCharged(rating.take_ready()))?;
                    self.store_work(work)?;
                }
            }
        }
        for (pair, interval) in others {
            rating.session(&work.guard, pair, interval);
        }
        let (surplus, charges) = rating.finish(&work.guard);
        if !surplus.is_empty() {
            work.apply(Event::UsageReversed(surplus))?;
        }
        for some in charges.chunks(CHARGES_PER_EVENT) {
            work.apply(Event::UsageCharged(some.to_vec()))?;
            self.store_work(work)?;
        }
        Ok(())
    }

    /// Uses of touched pairs that are in no block: of our own gate, and those still going on.
    fn other_uses(&mut self, state: &State, from: Instant) -> Result<Vec<(Pair, Interval)>, Failure> {
        let as_of = self.counts.last.unwrap_or(from);
        let gate = self.engine.store.gate_uses(from)?.into_iter().map(|one| {
            ((PersonId(one.person), ProductId(one.product)), Interval { start: one.opened, end: one.closed })
        });
        let running = state.sessions().values().filter_map(|session| {
            Some((session.metered_pair()?, Interval { start: session.opened, end: state.at() }))
        });
        let ended: FxHashSet<u64> = self.ended.iter().copied().collect();
        let open = state.elsewhere().filter(|open| !ended.contains(&open.identity)).chain(self.begun.values());
        let open = open.filter_map(|open| {
            Some(((open.person, open.product?), Interval { start: open.opened, end: as_of.max(open.opened) }))
        });
        let all = gate.chain(running).chain(open);
        let mut others: Vec<_> = all.filter(|(pair, _)| self.pairs.contains(pair)).collect();
        others.sort_unstable_by_key(|(pair, interval)| (interval.start, *pair));
        Ok(others)
    }

    /// Puts what was applied so far into the open transaction.
    fn store_work(&mut self, work: &mut Work<'_>) -> Result<(), Failure> {
        Ok(self.engine.store.append(&std::mem::take(&mut work.batch))?)
    }

    fn begin_use(&mut self, identity: u64, reported: &Reported) {
        self.count_new(reported);
        let Some(person) = self.person(reported.user) else { return };
        let product = self.product(reported.feature);
        let host = self.text(reported.host).to_owned();
        self.begun.insert(identity, OpenUse { identity, person, product, host, opened: reported.opened });
        self.touch((person, product), reported.opened);
    }

    fn keep(&mut self, day: Date, identity: u64, reported: &Reported, closed: Instant) -> Result<(), Failure> {
        let Reported { user, host, feature, ordinal, opened, .. } = *reported;
        if let (Some(person), product) = (self.person(user), self.product(feature)) {
            self.touch((person, product), opened);
        }
        let Some(slot) = self.days.get_mut(&day) else { return Ok(()) };
        slot.seen.insert(identity);
        slot.waiting.push(Use { user, host, feature, ordinal, opened, closed });
        if slot.waiting.len() >= BLOCK { self.flush_day(day) } else { Ok(()) }
    }

    fn touch(&mut self, (person, product): (PersonId, Option<ProductId>), opened: Instant) {
        if let Some(product) = product {
            self.pairs.insert((person, product));
            self.from = Some(self.from.map_or(opened, |from| from.min(opened)));
        }
    }

    fn count_new(&mut self, reported: &Reported) {
        self.counts.sessions += 1;
        let quarantined = match (self.person(reported.user), self.product(reported.feature)) {
            (Some(person), Some(product)) => !self.can_rate(person, product, reported.opened),
            _ => true,
        };
        self.counts.quarantined += u64::from(quarantined);
    }

    fn count_seconds(&mut self, opened: Instant, closed: Instant) {
        self.counts.seconds += closed.since(opened).max(0);
    }

    /// Whether the use is on a seat or the tariff has a rate for it: else it is quarantined, never free.
    fn can_rate(&self, person: PersonId, product: ProductId, at: Instant) -> bool {
        let shared = self.engine.state();
        let state = shared.read();
        let key = match state.estate().product(product) {
            Some(product) => &product.key,
            None => match self.products.get(product.index().wrapping_sub(state.estate().products().len())) {
                Some(product) => &product.key,
                None => return false,
            },
        };
        let rated = state.tariff().is_some_and(|(_, tariff)| tariff.rate(key, at, state.zone()).is_some());
        rated || state.estate().covering_seat(person, product, at).is_some()
    }

    fn pair_of(&mut self, state: &State, user: u32, feature: u32) -> Option<Pair> {
        let person = match self.names.get(user as usize)?.person {
            Some(person) => person,
            None => state.estate().person_called(&self.names.get(user as usize)?.text)?,
        };
        let product = match self.names.get(feature as usize)?.product {
            Some(product) => product?,
            None => self.find_product(state, feature)?,
        };
        if let Some(name) = self.names.get_mut(user as usize) {
            name.person = Some(person);
        }
        Some((person, product))
    }

    fn find_product(&self, state: &State, feature: u32) -> Option<ProductId> {
        let text = &self.names.get(feature as usize)?.text;
        let family = self.features.look_up(text).map_or(text.as_str(), |found| found.family);
        state.estate().product_called(family)
    }

    /// The person with this name; made known when nobody has it.
    fn person(&mut self, user: u32) -> Option<PersonId> {
        let name = self.names.get(user as usize)?;
        if name.person.is_some() {
            return name.person;
        }
        let text = name.text.clone();
        let shared = self.engine.state();
        let state = shared.read();
        let key = folded(&text);
        let known = state.estate().person_called(&text).or_else(|| self.person_ids.get(&key).copied());
        let id = known.unwrap_or_else(|| {
            let next = state.estate().people().len() + self.people.len();
            let id = PersonId(u32::try_from(next).unwrap_or(u32::MAX));
            self.people.push(Person { key: key.clone(), name: text, bucket: GENERAL, aliases: Vec::new() });
            self.person_ids.insert(key, id);
            id
        });
        drop(state);
        self.names.get_mut(user as usize)?.person = Some(id);
        Some(id)
    }

    /// The product family of this feature; made known when the table has it and the estate has not.
    fn product(&mut self, feature: u32) -> Option<ProductId> {
        if let Some(found) = self.names.get(feature as usize)?.product {
            return found;
        }
        let shared = self.engine.state();
        let state = shared.read();
        let mut found = self.find_product(&state, feature);
        if found.is_none() {
            let text = &self.names.get(feature as usize)?.text;
            if let Some(family) = self.features.look_up(text) {
                let known = state.estate().products().len();
                let at = self.products.iter().position(|product| product.key == family.family);
                let at = at.unwrap_or_else(|| {
                    self.products.push(Product { key: family.family.to_owned(), name: family.name.to_owned() });
                    self.products.len() - 1
                });
                found = u16::try_from(known + at).ok().map(ProductId);
            }
        }
        drop(state);
        self.names.get_mut(feature as usize)?.product = Some(found);
        found
    }

    fn identity(&self, reported: &Reported) -> u64 {
        let hash = |number: u32| self.names.get(number as usize).map_or(0, |name| name.hash);
        let mut bytes = [0; 34];
        let parts = [
            hash(reported.user),
            hash(reported.host),
            hash(reported.feature),
            reported.opened.0.cast_unsigned(),
        ];
        for (slot, part) in bytes.chunks_exact_mut(8).zip(parts) {
            slot.copy_from_slice(&part.to_le_bytes());
        }
        bytes[32..].copy_from_slice(&reported.ordinal.to_le_bytes());
        xxhash_rust::xxh3::xxh3_64(&bytes)
    }

    /// Brings a day's identities into memory, and puts the one unused for longest out.
    fn load_day(&mut self, date: Date) -> Result<(), Failure> {
        self.clock += 1;
        let clock = self.clock;
        if let Some(day) = self.days.get_mut(&date) {
            day.touched = clock;
            return Ok(());
        }
        if self.days.len() >= DAYS_IN_MEMORY {
            let oldest = self.days.iter().min_by_key(|(_, day)| day.touched).map(|(date, _)| *date);
            if let Some(oldest) = oldest {
                self.flush_day(oldest)?;
                self.days.remove(&oldest);
            }
        }
        let stored = self.engine.store.uses_of(date)?;
        let seen = stored.iter().map(|one| self.identity(&as_reported(one))).collect();
        self.days.insert(date, Day { seen, waiting: Vec::new(), touched: clock });
        Ok(())
    }

    fn flush_day(&mut self, date: Date) -> Result<(), Failure> {
        self.flush_names()?;
        if let Some(day) = self.days.get_mut(&date) {
            let waiting = std::mem::take(&mut day.waiting);
            self.engine.store.add_uses(date, &waiting)?;
        }
        Ok(())
    }

    fn flush_names(&mut self) -> Result<(), Failure> {
        let fresh: Vec<String> = self.names[self.stored_names..].iter().map(|name| name.text.clone()).collect();
        let first = u32::try_from(self.stored_names).unwrap_or(u32::MAX);
        self.stored_names = self.names.len();
        Ok(self.engine.store.add_names(first, &fresh)?)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let days: Vec<Date> = self.days.keys().copied().collect();
        days.into_iter().try_for_each(|day| self.flush_day(day))?;
        self.days.clear();
        Ok(())
    }

    fn text(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |name| &name.text)
    }

    fn add_name(&mut self, text: String) -> u32 {
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        self.numbers.insert(text.clone(), number);
        self.names.push(Name { text, hash, person: None, product: None });
        number
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.engine.store.rollback();
        }
    }
}

fn as_reported(one: &Use) -> Reported {
    let Use { user, host, feature, ordinal, opened, closed } = *one;
    Reported { user, host, feature, ordinal, opened, closed: Some(closed) }
}

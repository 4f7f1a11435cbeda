//! The vendor's usage report: what it charged to whom on which UTC day, beside what we charged.
//!
//! All that is on record of a person, a product and a day is judged together, whatever report told of it: the same
//! rows make the same books, in any order and any number of files. A row that our unit explains is matched and
//! adds nothing. One that a seat covers, and whatever exceeds a unit, is a double-dip: it is put on record and never
//! charged here. One that we had not heard of becomes a use of its own, at the first instant of the day that no
//! earlier unit and no seat covers: so whatever is reported later finds it, and the unit is charged once. A report
//! that names nobody is compared and books nothing. See `docs/adr/0012-vendor-reports.md`.

use super::days::day_of;
use super::{Recording, Reported, identity};
use crate::engine::{Engine, Failure, Work};
use crate::ports::{Paid, Use};
use derive::{Derived, Known};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::{bounds, cause};
use faregate_core::estate::{ProductId, folded};
use faregate_core::event::{Counts, Event, Finding, Overlap, Receipt, Unit, VendorCharge};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use std::collections::{BTreeMap, BTreeSet};

mod again;
mod beside;
mod derive;
mod hashed;
mod kept;
mod matching;
mod plan;
mod pool;
mod prices;
mod reckoning;

pub(super) use again::{Lost, Reckoned, is_doubted, is_kept_row, is_session};
pub(super) use beside::Prices;
use hashed::Naming;
pub use hashed::{BothNames, WhichKnown};
use kept::{Accepted, Settled};
use plan::{Plan, Record, recall, restated};
pub use pool::{PoolComparison, PoolRow, compare};
pub use prices::Difference;
pub(crate) use reckoning::{Moved, Rebooked, Reckoning, settle};

/// The workstation of uses that only the vendor tells of.
pub(crate) const HOST: &str = "vendor report";
/// The workstation of uses that stand for rows of which nobody knew the person or the product.
const UNSETTLED: &str = "vendor report, unsettled";
/// The workstation of uses that stand for the rows of a day for which the tariff has no rate.
const UNRATED: &str = "vendor report, without a rate";
/// The workstation of uses that stand for rows whose amount is not believed.
const DOUBTED: &str = "vendor report, doubted";
/// All of them: no licence server's log tells of such uses.
pub(crate) const NOT_LOGGED: [&str; 4] = [HOST, UNSETTLED, UNRATED, DOUBTED];
/// Charges booked with one event.
const CHARGES_PER_EVENT: usize = 8_192;

/// A row that is not charged, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// Its line in the file.
    pub line: u32,
    /// Why, in words.
    pub why: String,
}

/// What a report added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What the receipt says: `events` are rows, `sessions` those that were new.
    pub counts: Counts,
    /// Persons, products and days that we had charged as well.
    pub matched: u64,
    /// Those that we had not heard of, and that are charged now.
    pub booked: u64,
    /// Rows that were paid twice: a seat covers them, or a unit of the person's that is charged already.
    pub double_dips: u64,
    /// Those of them that exceed one unit of the person, product and window.
    pub second_charges: u64,
    /// Rows kept and not charged: nobody knows the person or the product, the tariff has no rate, or its price is
    /// too far from the vendor's.
    pub quarantined: Vec<Unsettled>,
    /// Rows that cannot be true.
    pub rejected: Vec<Unsettled>,
    /// Where the vendor's price was not ours; the vendor's holds.
    pub differences: Vec<Difference>,
    /// Persons, products and days of which earlier reports told other amounts: both are on record until one of them
    /// is taken back.
    pub restated: u64,
    /// People whom rows call by a name and by a hash that we do not know to be one's.
    pub both_names: Vec<BothNames>,
    /// What rows that name nobody come to, by day and product; nothing of it is booked.
    pub pool: Option<PoolComparison>,
}

/// Equal rows of the vendor's.
#[derive(Clone, Debug)]
struct Rows {
    /// As written; of several spellings, the first in order.
    alias: String,
    /// How many: as many as the report with most of them has.
    count: u32,
    line: u32,
    /// Whether the amount is not believed: it is on record for the seat that covers it, and prices nothing.
    doubted: bool,
}

/// What the vendor charged to a person for a product on a day: by folded name and amount.
#[derive(Clone, Debug, Default)]
struct Group {
    rows: BTreeMap<(String, Ticks), Rows>,
    /// Whether the report at hand tells of the day.
    told: bool,
}

impl Group {
    fn add(&mut self, alias: &str, ticks: Ticks, row: Rows) {
        let known = self.rows.entry((folded(alias), ticks)).or_insert_with(|| row.clone());
        known.count = known.count.max(row.count);
        if row.alias < known.alias {
            known.alias = row.alias;
        }
    }
}

type Groups = BTreeMap<Pair, BTreeMap<Date, Group>>;

/// Whether a use counts for rating: one that only the vendor told of does while a unit on record begins with it,
/// for where it belongs is reckoned anew with each report.
pub(crate) fn counts(state: &State, names: &mut super::names::Names<'_>, one: &Use) -> bool {
    if names.number(HOST) != Some(one.host) {
        return true;
    }
    let pair = names.pair(state, one.user, one.feature, one.opened);
    pair.is_none_or(|(person, product)| {
        state.charges().get(Unit { person, product, at: one.opened }).is_some()
    })
}

/// Takes in a vendor's report as one batch. Taken in again, it changes nothing; the same rows in other files, or in
/// another order, come to the same.
///
/// # Errors
/// [`Failure`]; then nothing of it is kept.
pub fn import(
    engine: &mut Engine,
    features: &FeatureTable,
    file: &str,
    rows: &[VendorRow],
) -> Result<Report, Failure> {
    let mut recording = Recording::begin(engine, features)?;
    let shared = recording.engine.state();
    let mut taking = Taking::by(&mut recording, features);
    let plan = taking.plan(&shared.read(), rows)?;
    taking.finish(file, plan)
}

/// What [`import`] would come to. Changes nothing.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn rehearse(
    engine: &mut Engine,
    features: &FeatureTable,
    rows: &[VendorRow],
) -> Result<Report, Failure> {
    let mut recording = Recording::begin(engine, features)?;
    let shared = recording.engine.state();
    let mut taking = Taking::by(&mut recording, features);
    taking.plan(&shared.read(), rows)?;
    Ok(taking.report)
}

/// A report on its way into the store.
struct Taking<'r, 'e> {
    recording: &'r mut Recording<'e>,
    features: &'e FeatureTable,
    report: Report,
    /// Identities of the uses that stand for rows which were quarantined earlier and are settled now.
    released: BTreeSet<u64>,
    /// How many rows say what.
    paid: BTreeMap<(Date, String, String, Ticks), u32>,
}

impl<'r, 'e> Taking<'r, 'e> {
    fn by(recording: &'r mut Recording<'e>, features: &'e FeatureTable) -> Self {
        let (report, released, paid) = Default::default();
        Self { recording, features, report, released, paid }
    }

    fn plan(&mut self, state: &State, rows: &[VendorRow]) -> Result<Plan, Failure> {
        let nameless = |row: &&VendorRow| row.who.trim().is_empty();
        let mut pool = rows.iter().filter(nameless).peekable();
        if pool.peek().is_some() {
            self.report.pool = Some(pool::compared(state, self.features, pool));
        }
        let mut groups = Groups::new();
        let record = Record::since(state, rows.iter().map(|row| row.day));
        let mut accepted = Vec::new();
        let mut naming = Naming::of(state, self.features, &record, rows);
        for row in rows.iter().filter(|row| !nameless(row)) {
            accepted.extend(self.sort(state, &record, (row, &naming.named(row)), &mut groups)?);
        }
        self.report.both_names = naming.both_names();
        self.report.restated = restated(&record, &groups);
        recall(state, &mut groups);
        let first = |days: &BTreeMap<Date, Group>| Some(bounds(*days.keys().next()?).0);
        let froms = groups.iter().filter_map(|(pair, days)| Some((*pair, first(days)?))).collect();
        let uses = self.recording.uses_beside_vendor(state, &froms)?;
        let (mut plan, mut settled) = (Plan::default(), BTreeMap::new());
        for (pair, days) in &groups {
            let uses = uses.get(pair).map_or(&[][..], Vec::as_slice);
            let from = days.keys().next().map_or(Instant(i64::MAX), |day| bounds(*day).0);
            let known = Known { state, pair: *pair, from, uses, days, lost: None };
            let derived = known.derive();
            self.keep_places(state, *pair, &derived)?;
            self.tell(state, &known, &record, &derived, &mut settled)?;
            plan.add(&known, &record, derived);
        }
        self.release(state, &record, &accepted, &settled)?;
        plan.sort();
        Ok(plan)
    }

    /// Puts a row to those of its person, product and day; rejects or quarantines it when there is none. `written`
    /// is the row as the report has it, and `row` with the name under which it is on record or is to be.
    fn sort<'w>(
        &mut self,
        state: &State,
        record: &Record<'_>,
        (written, row): (&'w VendorRow, &VendorRow),
        groups: &mut Groups,
    ) -> Result<Option<Accepted<'w>>, Failure> {
        self.report.counts.events += 1;
        let (start, _) = bounds(row.day);
        let span = |at: Option<Instant>| at.unwrap_or(start);
        let counts = &mut self.report.counts;
        counts.first = Some(span(counts.first).min(start));
        counts.last = Some(span(counts.last).max(start));
        let rejected = match row {
            _ if !row.tokens.is_positive() => Some("no amount above zero"),
            _ if !self.recording.believes(start) => Some("the day has not come yet"),
            _ => None,
        };
        if let Some(why) = rejected {
            self.report.counts.rejected += 1;
            self.report.rejected.push(Unsettled { line: row.line, why: why.to_owned() });
            return Ok(None);
        }
        let person = state.estate().person_known_as(&row.who, start.plus(DAY / 2));
        let product = product(state, self.features, &row.product);
        let Some(pair) = person.zip(product) else {
            let unknown = if person.is_none() { &row.who } else { &row.product };
            self.quarantine(row, format!("nobody knows `{unknown}`"), UNSETTLED)?;
            return Ok(None);
        };
        let accepted = Accepted::of(written, pair, &row.who, record);
        let doubt = prices::disbelieved(state, pair, row.day, row.tokens);
        let doubted = doubt.is_some();
        if let Some(why) = doubt.filter(|_| cause(state, pair, &row.who, row.day).is_none()) {
            self.doubt(state, &accepted, row, why)?;
            return Ok(None);
        }
        let paid = (row.day, row.who.clone(), row.product.clone(), row.tokens);
        let count = self.paid.entry(paid).or_default();
        *count = count.saturating_add(1);
        let group = groups.entry(pair).or_default().entry(row.day).or_default();
        group.told = true;
        // How many rows of this file are equal; what is on record is put to them later.
        let known = group.rows.get(&(folded(&row.who), row.tokens)).map_or(0, |known| known.count);
        let (alias, line) = (row.who.clone(), row.line);
        group.add(
            &row.who,
            row.tokens,
            Rows { alias, count: known.saturating_add(1), line, doubted },
        );
        Ok(Some(accepted))
    }

    fn keep(&mut self, reported: &Reported, closed: Instant) -> Result<(), Failure> {
        let Reported { user, host, feature, ordinal, opened, .. } = *reported;
        let one = crate::ports::Use { user, host, feature, ordinal, opened, closed };
        let Recording { names, days, engine, .. } = &mut *self.recording;
        let day = day_of(opened);
        if days.add(day, identity(names, reported), one) {
            days.flush(&mut *engine.store, day)?;
        }
        Ok(())
    }

    /// Counts what was found, for the days that the report tells of; `settled` are those with nothing left to settle.
    fn tell(
        &mut self,
        state: &State,
        known: &Known<'_>,
        record: &Record<'_>,
        derived: &Derived,
        settled: &mut BTreeMap<(Pair, Date), Settled>,
    ) -> Result<(), Failure> {
        for (day, group) in known.days.iter().filter(|(_, group)| group.told) {
            let key = (known.pair, *day);
            let Some(found) = derived.found.get(day) else {
                if self.without_rate(state, known.pair, *day, group)? {
                    settled.insert(key, Settled::Unrated);
                }
                continue;
            };
            settled.insert(key, Settled::Charged);
            let dips = found.iter().filter(|one| matches!(one.finding, Finding::DoubleDip(_)));
            let dips = dips.count();
            self.report.double_dips += dips as u64;
            if dips < found.len() {
                self.report.second_charges += dips as u64;
            }
            let booked = |charge: &VendorCharge| charge.finding == Finding::Booked;
            if found.iter().any(|one| one.finding == Finding::Matched) {
                self.report.matched += 1;
            } else if found.iter().any(booked) {
                let before = record.of(known.pair, *day);
                if before.iter().copied().any(booked) {
                    self.report.matched += 1;
                } else {
                    self.report.booked += 1;
                    self.report.counts.sessions += 1;
                }
            }
        }
        let pair = known.pair;
        let priced = derived.priced.iter();
        let differences = priced.map(|&(day, ours, theirs)| Difference { pair, day, ours, theirs });
        self.report.differences.extend(differences);
        Ok(())
    }

    /// Keeps a use as long as the grace where only the vendor tells of a unit: long enough to be charged, and no
    /// longer than one unit of any meter but minutes, whose price is put right with the rest.
    fn keep_places(
        &mut self,
        state: &State,
        (person, product): Pair,
        derived: &Derived,
    ) -> Result<(), Failure> {
        let estate = state.estate();
        let key = estate.person(person).map(|person| person.key.clone()).unwrap_or_default();
        let code = estate.product(product).map(|product| product.key.clone()).unwrap_or_default();
        let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds);
        for at in &derived.places {
            let reported = self.recording.vendor_use(&key, &code, HOST, *at);
            if !self.recording.is_kept(&reported)? {
                self.keep(&reported, at.plus(grace.max(1)))?;
            }
        }
        Ok(())
    }

    /// Remembers what the report says, so that it can be taken back.
    fn remember_rows(&mut self) {
        for ((day, who, product, ticks), count) in std::mem::take(&mut self.paid) {
            let (who, product) = (self.recording.intern(&who), self.recording.intern(&product));
            let paid = Paid { who, product, ticks, count };
            self.recording.days.remember(day).paid.push(paid);
        }
    }

    fn finish(mut self, file: &str, plan: Plan) -> Result<Report, Failure> {
        let now = self.recording.engine.now()?;
        let shared = self.recording.engine.state();
        if self.report.counts.sessions == 0 && self.released.is_empty() && plan.is_empty() {
            // Dropping the batch leaves the store exactly as it was.
            return Ok(self.report);
        }
        self.remember_rows();
        self.recording.flush()?;
        let mut work = Work::on(shared.write(), now);
        let before = work.guard.seq();
        let booked = self.book(&mut work, file, plan);
        let done = booked.and_then(|()| Ok(self.recording.engine.store.commit()?));
        self.recording.finished = true;
        if let Err(failure) = done {
            self.recording.engine.store.rollback();
            self.recording.engine.give_up(work, failure)?;
            return Ok(self.report);
        }
        let events = work.guard.seq() - before;
        drop(work);
        self.recording.engine.committed(events);
        Ok(self.report)
    }

    fn book(&mut self, work: &mut Work<'_>, file: &str, plan: Plan) -> Result<(), Failure> {
        for event in self.recording.names.take_events() {
            work.apply(event)?;
        }
        self.recording.book_plan(work, plan)?;
        let (kind, files, counts) =
            ("vendor".to_owned(), vec![file.to_owned()], self.report.counts);
        let by = self.recording.engine.acting().to_owned();
        let batch = self.recording.batch;
        let prices = self.report.differences.len() as u64;
        let overlap = Overlap { uses: self.report.matched, times: 0, prices };
        work.apply(Event::Imported(Receipt {
            kind,
            files,
            counts,
            batch,
            by,
            overlap,
            ..Receipt::default()
        }))?;
        self.recording.store_work(work)
    }
}

/// The product with this key or name, or that the table knows this code to be.
pub(super) fn product(state: &State, features: &FeatureTable, text: &str) -> Option<ProductId> {
    let estate = state.estate();
    let named = || {
        let mut products = (0u16..).map(ProductId).zip(estate.products());
        products.find(|(_, product)| folded(&product.name) == folded(text)).map(|(id, _)| id)
    };
    let found = || estate.product_called(features.look_up(text)?.family);
    let mapped = || state.product_of_feature(text);
    estate.product_called(text).or_else(mapped).or_else(named).or_else(found)
}

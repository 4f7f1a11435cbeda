//! The vendor's usage report: what it charged to whom on which UTC day, beside what we charged.
//!
//! A row that we charged as well is matched and adds nothing. One that a seat covers is a double-dip: it is put
//! on record and never charged here. One that we had not heard of becomes a use of its own, at the first instant
//! of the day that no earlier unit covers, and is rated like every other: so whatever is reported later, in
//! whatever order, finds it, and the unit is charged once. See `docs/adr/0012-vendor-reports.md`.

use super::{Recording, Reported, identity};
use crate::engine::{Engine, Failure, Work};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::{bounds, cause};
use faregate_core::estate::{ProductId, folded};
use faregate_core::event::{Charge, Counts, Event, Finding, Receipt, Source, VendorCharge};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use matching::Verdict;
use std::collections::BTreeMap;

mod matching;
mod prices;

pub use prices::Difference;

/// The workstation of uses that only the vendor tells of.
const HOST: &str = "vendor report";
/// The workstation of uses that stand for rows that were quarantined.
const UNSETTLED: &str = "vendor report, unsettled";

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
    /// Those that a seat covers.
    pub double_dips: u64,
    /// Rows kept and not charged: nobody knows the person or the product, or the tariff has no rate.
    pub quarantined: Vec<Unsettled>,
    /// Rows that cannot be true.
    pub rejected: Vec<Unsettled>,
    /// Where the vendor's price was not ours; the vendor's holds.
    pub differences: Vec<Difference>,
}

/// What the vendor charged to a person for a product on a day, under whatever names.
#[derive(Clone, Debug, Default)]
struct Group {
    ticks: Ticks,
    /// By folded name: as written, and how much.
    names: BTreeMap<String, (String, Ticks)>,
    lines: Vec<u32>,
}

type Groups = BTreeMap<Pair, BTreeMap<Date, Group>>;

/// A day of a pair, judged.
struct Judged {
    pair: Pair,
    day: Date,
    group: Group,
    verdict: Verdict,
}

/// Takes in a vendor's report as one batch. Taken in again, it changes nothing.
///
/// # Errors
/// [`Failure`]; then nothing of it is kept.
pub fn import(
    engine: &mut Engine,
    features: &FeatureTable,
    file: &str,
    rows: &[VendorRow],
) -> Result<Report, Failure> {
    let mut taking = Taking {
        recording: Recording::begin(engine, features)?,
        features,
        report: Report::default(),
        released: false,
        at_once: Vec::new(),
    };
    let shared = taking.recording.engine.state();
    let judged = taking.judge(&shared.read(), rows)?;
    taking.finish(file, judged)
}

/// A report on its way into the store.
struct Taking<'e> {
    recording: Recording<'e>,
    features: &'e FeatureTable,
    report: Report,
    /// Whether a row that was quarantined earlier is settled now.
    released: bool,
    /// Charges of what is no use of time: results.
    at_once: Vec<Charge>,
}

impl Taking<'_> {
    fn judge(&mut self, state: &State, rows: &[VendorRow]) -> Result<Vec<Judged>, Failure> {
        let mut groups = Groups::new();
        for row in rows {
            self.sort(state, row, &mut groups)?;
        }
        let mut all = Vec::new();
        for (pair, days) in groups {
            let verdicts = matching::judged(state, pair, &days);
            for ((day, group), verdict) in days.into_iter().zip(verdicts) {
                if self.take(state, pair, day, &group, &verdict)? {
                    all.push(Judged { pair, day, group, verdict });
                }
            }
        }
        Ok(all)
    }

    /// Puts a row to those of its person, product and day; rejects or quarantines it when there is none.
    fn sort(&mut self, state: &State, row: &VendorRow, groups: &mut Groups) -> Result<(), Failure> {
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
            return Ok(());
        }
        let person = state.estate().person_known_as(&row.who, start.plus(DAY / 2));
        let product = product(state, self.features, &row.product);
        let Some(pair) = person.zip(product) else {
            let unknown = if person.is_none() { &row.who } else { &row.product };
            return self.quarantine(row, format!("nobody knows `{unknown}`"));
        };
        self.release(state, row, pair)?;
        let group = groups.entry(pair).or_default().entry(row.day).or_default();
        group.ticks = group.ticks.plus(row.tokens).unwrap_or(group.ticks);
        group.lines.push(row.line);
        let named = group.names.entry(folded(&row.who));
        let (_, ticks) = named.or_insert_with(|| (row.who.clone(), Ticks::ZERO));
        *ticks = ticks.plus(row.tokens).unwrap_or(*ticks);
        Ok(())
    }

    /// Keeps a row that cannot be charged, as a use of no length: it is counted once, however often it comes.
    fn quarantine(&mut self, row: &VendorRow, why: String) -> Result<(), Failure> {
        self.report.quarantined.push(Unsettled { line: row.line, why });
        let (reported, seen) = self.kept_row(row)?;
        if seen {
            self.report.counts.duplicates += 1;
            return Ok(());
        }
        self.report.counts.quarantined += 1;
        self.report.counts.sessions += 1;
        self.keep(&reported, reported.opened)
    }

    /// A row that was quarantined before somebody knew the person or the product is so no longer.
    fn release(
        &mut self,
        state: &State,
        row: &VendorRow,
        (_, product): Pair,
    ) -> Result<(), Failure> {
        let (reported, seen) = self.kept_row(row)?;
        let names = &mut self.recording.names;
        if seen && state.product_of_feature(names.text(reported.feature)).is_none() {
            names.release(reported.feature, product);
            self.released = true;
        }
        Ok(())
    }

    /// The use that stands for a quarantined row, and whether it is kept already.
    fn kept_row(&mut self, row: &VendorRow) -> Result<(Reported, bool), Failure> {
        let (who, product) = (row.who.as_str(), row.product.as_str());
        let reported = self.reported(who, product, UNSETTLED, bounds(row.day).0);
        let seen = self.is_kept(&reported)?;
        Ok((reported, seen))
    }

    fn reported(&mut self, who: &str, product: &str, host: &str, opened: Instant) -> Reported {
        let recording = &mut self.recording;
        Reported {
            user: recording.intern(who),
            host: recording.intern(host),
            feature: recording.intern(product),
            ordinal: 0,
            opened,
            closed: Some(opened),
        }
    }

    fn is_kept(&mut self, reported: &Reported) -> Result<bool, Failure> {
        let Recording { names, days, engine, .. } = &mut self.recording;
        let day = super::days::day_of(reported.opened);
        let id = identity(names, reported);
        Ok(days.has(&mut *engine.store, day, id, |one| super::identify(names, one))?)
    }

    fn keep(&mut self, reported: &Reported, closed: Instant) -> Result<(), Failure> {
        let Reported { user, host, feature, ordinal, opened, .. } = *reported;
        let one = crate::ports::Use { user, host, feature, ordinal, opened, closed };
        let Recording { names, days, engine, .. } = &mut self.recording;
        let day = super::days::day_of(opened);
        if days.add(day, identity(names, reported), one) {
            days.flush(&mut *engine.store, day)?;
        }
        Ok(())
    }

    /// Counts what was found; whether it goes on record.
    fn take(
        &mut self,
        state: &State,
        pair: Pair,
        day: Date,
        group: &Group,
        verdict: &Verdict,
    ) -> Result<bool, Failure> {
        match verdict {
            Verdict::Matched(_) => self.report.matched += 1,
            Verdict::DoubleDip => self.report.double_dips += 1,
            Verdict::Missing(at) => {
                let Some(rate) = state.rate(pair.1, *at) else {
                    return self.without_rate(state, pair, day, group).map(|()| false);
                };
                self.report.booked += 1;
                self.report.counts.sessions += 1;
                self.book(state, pair, *at, rate.meter, group)?;
            }
        }
        Ok(true)
    }

    fn without_rate(
        &mut self,
        state: &State,
        (person, product): Pair,
        day: Date,
        group: &Group,
    ) -> Result<(), Failure> {
        let estate = state.estate();
        let who = estate.person(person).map(|person| person.key.clone()).unwrap_or_default();
        let product =
            estate.product(product).map(|product| product.key.clone()).unwrap_or_default();
        let why = format!("the tariff has no rate for `{product}` on {day}");
        let line = group.lines.first().copied().unwrap_or(0);
        self.quarantine(&VendorRow { line, day, who, product, tokens: group.ticks }, why)
    }

    /// A use as long as the grace: long enough to be charged, and no longer than one unit of any meter but
    /// minutes, whose price is put right with the rest.
    fn book(
        &mut self,
        state: &State,
        pair: Pair,
        at: Instant,
        meter: Meter,
        group: &Group,
    ) -> Result<(), Failure> {
        let (person, product) = pair;
        if meter == Meter::Result {
            let (ticks, bucket, source) = (group.ticks, state.payer(person), Source::Vendor);
            let paid = false;
            let charge = Charge { at, ticks, person, product, bucket, meter, source, paid };
            self.at_once.push(charge);
            return Ok(());
        }
        let estate = state.estate();
        let key = estate.person(person).map(|person| person.key.clone()).unwrap_or_default();
        let code = estate.product(product).map(|product| product.key.clone()).unwrap_or_default();
        let reported = self.reported(&key, &code, HOST, at);
        let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds);
        if !self.is_kept(&reported)? {
            self.keep(&reported, at.plus(grace.max(1)))?;
        }
        self.recording.touch(pair, at);
        Ok(())
    }

    fn finish(mut self, file: &str, mut judged: Vec<Judged>) -> Result<Report, Failure> {
        let now = self.recording.engine.now()?;
        let shared = self.recording.engine.state();
        let news = self.report.counts.sessions > 0 || self.released || {
            let state = shared.read();
            !unknown_charges(&state, &judged).is_empty()
                || judged.iter().any(|one| prices::difference(&state, one).is_some())
        };
        if !news {
            // Dropping the batch leaves the store exactly as it was.
            return Ok(self.report);
        }
        self.recording.flush()?;
        let mut work = Work::on(shared.write(), now);
        let before = work.guard.seq();
        let booked = self.settle(&mut work, file, &mut judged);
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

    fn settle(
        &mut self,
        work: &mut Work<'_>,
        file: &str,
        judged: &mut [Judged],
    ) -> Result<(), Failure> {
        let new = unknown_charges(&work.guard, judged);
        for event in self.recording.names.take_events() {
            work.apply(event)?;
        }
        self.rate(work, judged)?;
        let at_once = prices::settled(&work.guard, std::mem::take(&mut self.at_once));
        if !at_once.is_empty() {
            work.apply(Event::UsageCharged(at_once))?;
        }
        self.report.differences = prices::put_right(work, judged)?;
        if !new.is_empty() {
            work.apply(Event::VendorReported(new))?;
        }
        let (kind, files, counts) =
            ("vendor".to_owned(), vec![file.to_owned()], self.report.counts);
        let (begun, ended) = (Vec::new(), Vec::new());
        work.apply(Event::Imported(Receipt { kind, files, counts, begun, ended }))?;
        self.recording.store_work(work)
    }
}

impl Taking<'_> {
    /// Rates what is new, then judges again: a unit that is new can have moved others off a day that the vendor
    /// charged. Each round settles a later day of every pair, so there is an end to it.
    fn rate(&mut self, work: &mut Work<'_>, judged: &mut [Judged]) -> Result<(), Failure> {
        for _ in 0..=judged.len() {
            let Some(from) = self.recording.from.take() else { break };
            self.recording.flush()?;
            self.recording.rate(work, from, Source::Vendor)?;
            judge_again(&work.guard, judged);
            for one in judged.iter() {
                let Verdict::Missing(at) = one.verdict else { continue };
                let rate = work.guard.rate(one.pair.1, at).map(|rate| rate.meter);
                if let Some(meter) = rate.filter(|meter| *meter != Meter::Result) {
                    self.book(&work.guard, one.pair, at, meter, &one.group)?;
                }
            }
        }
        Ok(())
    }
}

fn judge_again(state: &State, judged: &mut [Judged]) {
    let mut groups = Groups::new();
    for one in judged.iter() {
        groups.entry(one.pair).or_default().insert(one.day, one.group.clone());
    }
    let fresh = groups.iter().flat_map(|(pair, days)| {
        let verdicts = matching::judged(state, *pair, days);
        days.keys().map(|day| (*pair, *day)).zip(verdicts).collect::<Vec<_>>()
    });
    let fresh: BTreeMap<_, _> = fresh.collect();
    for one in judged {
        if let Some(verdict) = fresh.get(&(one.pair, one.day)) {
            one.verdict.clone_from(verdict);
        }
    }
}

/// The product with this key or name, or that the table knows this code to be.
fn product(state: &State, features: &FeatureTable, text: &str) -> Option<ProductId> {
    let estate = state.estate();
    let named = || {
        let mut products = (0u16..).map(ProductId).zip(estate.products());
        products.find(|(_, product)| folded(&product.name) == folded(text)).map(|(id, _)| id)
    };
    let found = || estate.product_called(features.look_up(text)?.family);
    let mapped = || state.product_of_feature(text);
    estate.product_called(text).or_else(mapped).or_else(named).or_else(found)
}

/// What the vendor's charges say that no earlier report said: another name, day, product or amount.
fn unknown_charges(state: &State, judged: &[Judged]) -> Vec<VendorCharge> {
    let key = |charge: &VendorCharge| (charge.day, folded(&charge.alias), charge.product);
    let known = state.vendor().charges.iter().map(|charge| (key(charge), charge.ticks));
    let known: BTreeMap<_, _> = known.collect();
    let mut new: Vec<VendorCharge> = judged.iter().flat_map(|one| charges_of(state, one)).collect();
    new.retain(|charge| known.get(&key(charge)) != Some(&charge.ticks));
    new.sort_by_key(key);
    new
}

fn charges_of(state: &State, one: &Judged) -> Vec<VendorCharge> {
    let ((person, product), day) = (one.pair, one.day);
    let each = one.group.names.values().map(|(alias, ticks)| {
        let finding = match one.verdict {
            Verdict::Matched(_) => Finding::Matched,
            Verdict::Missing(_) => Finding::Booked,
            Verdict::DoubleDip => {
                let cause = cause(state, one.pair, alias, day);
                Finding::DoubleDip(cause.unwrap_or(faregate_core::event::DipCause::SameIdentity))
            }
        };
        VendorCharge { day, alias: alias.clone(), person, product, ticks: *ticks, finding }
    });
    each.collect()
}

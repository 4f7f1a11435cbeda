//! Rows that are kept and not charged, each as a use of no length: until somebody knows the person and the product,
//! the tariff has a rate, and the amount is believed.
//!
//! Whether a row is released is told by the use that was kept for it, under whatever name of theirs: never by the
//! product alone, which others' rows may have made known before. Once its charge is on record it is released no more.

use super::plan::Record;
use super::{DOUBTED, Taking, UNRATED, UNSETTLED, Unsettled};
use crate::engine::Failure;
use crate::import::{Reported, identity};
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::estate::folded;
use faregate_core::state::State;
use faregate_core::when::{DAY, Date};
use faregate_ingest::vendor::VendorRow;
use std::collections::BTreeMap;

/// A row of the report at hand whose person and product are known.
#[derive(Clone, Copy)]
pub(super) struct Accepted<'r> {
    row: &'r VendorRow,
    pair: Pair,
    /// Whether nothing is on record of the day under the name by which the row goes.
    is_new: bool,
}

impl<'r> Accepted<'r> {
    pub(super) fn of(row: &'r VendorRow, pair: Pair, name: &str, record: &Record<'_>) -> Self {
        let told = record.of(pair, row.day);
        let is_new = !told.iter().any(|one| folded(&one.alias) == folded(name));
        Self { row, pair, is_new }
    }

    /// As the report has it.
    fn own_names(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        core::iter::once(self.row.who.as_str()).chain(self.row.hashed.as_deref())
    }
}

/// What becomes of a person's, a product's and a day's rows that were kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// They are on record now.
    Charged,
    /// They are kept as one, for the tariff has no rate: it was not so before.
    Unrated,
}

impl Taking<'_, '_> {
    /// Keeps a row that cannot be charged: it is counted once, however often it comes. Whether it was not kept so far.
    pub(super) fn quarantine(
        &mut self,
        row: &VendorRow,
        why: String,
        host: &str,
    ) -> Result<bool, Failure> {
        self.report.quarantined.push(Unsettled { line: row.line, why });
        let (reported, seen) = self.kept_row(&row.who, &row.product, row.day, host)?;
        if seen {
            self.report.counts.duplicates += 1;
            return Ok(false);
        }
        self.report.counts.quarantined += 1;
        self.report.counts.sessions += 1;
        self.keep(&reported, reported.opened)?;
        Ok(true)
    }

    /// Keeps a row whose amount is not believed; whoever it is, is known by now.
    pub(super) fn doubt(
        &mut self,
        state: &State,
        written: &Accepted<'_>,
        row: &VendorRow,
        why: String,
    ) -> Result<(), Failure> {
        if self.quarantine(row, why, DOUBTED)? {
            for name in written.own_names() {
                self.release_one(state, written.pair, (name, &row.product, row.day), UNSETTLED)?;
            }
        }
        Ok(())
    }

    /// Keeps the rows of a day for which the tariff has no rate, as one. Whether they were not kept so far.
    pub(super) fn without_rate(
        &mut self,
        state: &State,
        pair: Pair,
        day: Date,
        group: &super::Group,
    ) -> Result<bool, Failure> {
        let (who, product) = keys(state, pair);
        let why = format!("the tariff has no rate for `{product}` on {day}");
        let line = group.rows.values().map(|row| row.line).min().unwrap_or(0);
        let tokens = group.rows.keys().map(|(_, ticks)| *ticks).sum();
        let row = VendorRow { line, day, who, hashed: None, product, tokens };
        self.quarantine(&row, why, UNRATED)
    }

    /// Releases what was kept of rows that are settled now.
    pub(super) fn release(
        &mut self,
        state: &State,
        record: &Record<'_>,
        accepted: &[Accepted<'_>],
        settled: &BTreeMap<(Pair, Date), Settled>,
    ) -> Result<(), Failure> {
        for one in accepted {
            let Accepted { row, pair, is_new } = *one;
            let Some(settled) = settled.get(&(pair, row.day)) else { continue };
            let (key, product) = keys(state, pair);
            let is_first = is_new && record.of(pair, row.day).is_empty();
            if *settled == Settled::Charged && is_first {
                let unrated = (key.as_str(), product.as_str(), row.day);
                if self.release_one(state, pair, unrated, UNRATED)? {
                    // What was kept before under other names was released when this was.
                    continue;
                }
            }
            let is_mapped = state.product_of_feature(&row.product).is_some();
            if is_new || !is_mapped {
                for name in one.own_names() {
                    self.release_one(state, pair, (name, &row.product, row.day), UNSETTLED)?;
                }
            }
            if is_first {
                let noon = bounds(row.day).0.plus(DAY / 2);
                for name in state.estate().names_of(pair.0, noon) {
                    self.release_one(state, pair, (&name, &row.product, row.day), UNSETTLED)?;
                }
                self.release_one(state, pair, (&key, &product, row.day), UNSETTLED)?;
            }
        }
        Ok(())
    }

    /// Releases a row, if it was kept; says whether it was.
    fn release_one(
        &mut self,
        state: &State,
        (_, product): Pair,
        (who, what, day): (&str, &str, Date),
        host: &str,
    ) -> Result<bool, Failure> {
        let names = &self.recording.names;
        if [who, what, host].iter().any(|name| names.number(name).is_none()) {
            return Ok(false);
        }
        let (reported, seen) = self.kept_row(who, what, day, host)?;
        let names = &mut self.recording.names;
        if seen && self.released.insert(identity(names, &reported)) {
            // A code stays what it was found to be.
            names.release(reported.feature, state.product_of_feature(what).unwrap_or(product));
        }
        Ok(seen)
    }

    /// The use that stands for a row that is kept, and whether it is kept already.
    fn kept_row(
        &mut self,
        who: &str,
        product: &str,
        day: Date,
        host: &str,
    ) -> Result<(Reported, bool), Failure> {
        let reported = self.recording.vendor_use(who, product, host, bounds(day).0);
        let seen = self.recording.is_kept(&reported)?;
        Ok((reported, seen))
    }
}

/// The keys of a person and a product.
fn keys(state: &State, (person, product): Pair) -> (String, String) {
    let estate = state.estate();
    let who = estate.person(person).map(|person| person.key.clone()).unwrap_or_default();
    let what = estate.product(product).map(|product| product.key.clone()).unwrap_or_default();
    (who, what)
}

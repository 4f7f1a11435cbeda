//! All use that is kept and not charged, as of now: of which products or codes, why, and how much.
//!
//! It is read from the store, a day at a time, and judged by what is known today. So it can be less than what imports
//! counted when they kept it: a seat may have come to cover the use since.

use super::days::day_of;
use super::names::Names;
use super::quarantine::is_by_result;
use super::{Uncharged, can_rate, undo, vendor};
use crate::engine::Failure;
use crate::looking::Looking;
use crate::ports::Use;
use faregate_core::charges::Pair;
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// Use of one product, or of one unknown code, that is kept and not charged for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The product's key, or the code.
    pub key: String,
    /// The product's name, or the code.
    pub name: String,
    /// Why.
    pub why: Uncharged,
    /// How many sessions, or rows of the vendor's.
    pub sessions: u64,
    /// When the first of them began.
    pub first: Instant,
    /// When the last of them ended, as far as it is known.
    pub last: Instant,
}

/// What is kept and not charged, most sessions first.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn uncharged(looking: &mut Looking<'_>, features: &FeatureTable) -> Result<Vec<Kept>, Failure> {
    let shared = looking.state.clone();
    if shared.read().tally().quarantined == 0 {
        return Ok(Vec::new());
    }
    let mut names = Names::new(features);
    names.know(looking.store.names()?);
    let reported = reported(&shared.read());
    let (rows, found) = (FxHashSet::default(), BTreeMap::new());
    let mut sorting = Sorting { names, features, reported, rows, found };
    for day in looking.store.days_with_uses(Instant(0))? {
        let uses = looking.store.uses_of(day)?;
        let state = shared.read();
        uses.iter().for_each(|one| sorting.sort(&state, one));
    }
    sorting.sort_open(looking)?;
    let mut all: Vec<Kept> = sorting.found.into_values().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.sessions));
    Ok(all)
}

/// Days of people and products of which the vendor's charge is on record.
fn reported(state: &State) -> FxHashSet<(Pair, Date)> {
    let person = |id| state.estate().same_as(id);
    let charges = state.vendor().charges.iter();
    charges.map(|one| ((person(one.person), one.product), one.day)).collect()
}

/// The kept use found so far, by why and what.
struct Sorting<'f> {
    names: Names<'f>,
    features: &'f FeatureTable,
    reported: FxHashSet<(Pair, Date)>,
    /// Days of people and products of which a row was found: it is kept anew once more of it is known.
    rows: FxHashSet<(Pair, Date)>,
    found: BTreeMap<(Uncharged, String), Kept>,
}

impl Sorting<'_> {
    fn sort(&mut self, state: &State, one: &Use) {
        if !vendor::is_session(&self.names, one.host) {
            return;
        }
        let is_row = vendor::is_kept_row(&self.names, one.host);
        let judged = if is_row { self.row(state, one) } else { self.session(state, one) };
        let Some((why, pair)) = judged else { return };
        let product = pair.and_then(|(_, product)| state.estate().product(product));
        let text = self.names.text(one.feature);
        let (key, name) = product.map_or((text, text), |known| (&*known.key, &*known.name));
        let place = self.found.entry((why, key.to_owned()));
        let kept = place.or_insert_with(|| Kept {
            key: key.to_owned(),
            name: name.to_owned(),
            why,
            sessions: 0,
            first: one.opened,
            last: one.closed,
        });
        kept.sessions += 1;
        kept.first = kept.first.min(one.opened);
        kept.last = kept.last.max(one.closed);
    }

    /// Use whose code no import found a product for was never charged, whatever is known by now.
    fn session(&mut self, state: &State, one: &Use) -> Option<(Uncharged, Option<Pair>)> {
        let text = self.names.text(one.feature);
        if state.product_of_feature(text).is_none() {
            let known = self.features.look_up(text).is_some();
            let why = if known { Uncharged::KnownByNow } else { Uncharged::UnknownProduct };
            return Some((why, None));
        }
        let Some(pair) = self.names.pair(state, one.user, one.feature, one.opened) else {
            return Some((Uncharged::UnknownPerson, None));
        };
        let rated = can_rate(&self.names, state, pair, one.opened);
        (!rated).then(|| (unrated(state, pair), Some(pair)))
    }

    /// A row of the vendor's that was kept: released once its charge is on record.
    fn row(&mut self, state: &State, one: &Use) -> Option<(Uncharged, Option<Pair>)> {
        let product = vendor::product(state, self.features, self.names.text(one.feature));
        let Some(product) = product else { return Some((Uncharged::UnknownProduct, None)) };
        let noon = one.opened.plus(DAY / 2);
        let person = state.estate().person_known_as(self.names.text(one.user), noon);
        let Some(person) = person else {
            return Some((Uncharged::UnknownPerson, None));
        };
        let pair = (person, product);
        if vendor::is_doubted(&self.names, one.host) {
            return Some((Uncharged::Doubted, Some(pair)));
        }
        let day = (pair, day_of(one.opened));
        if self.reported.contains(&day) || !self.rows.insert(day) {
            return None;
        }
        let rated = can_rate(&self.names, state, pair, one.opened);
        let why = if rated { Uncharged::KnownByNow } else { unrated(state, pair) };
        Some((why, Some(pair)))
    }

    /// Uses that go on are in no block yet: imports that stand show them.
    fn sort_open(&mut self, looking: &mut Looking<'_>) -> Result<(), Failure> {
        let shared = looking.state.clone();
        let state = shared.read();
        let days: BTreeSet<Date> = state.elsewhere().map(|open| day_of(open.opened)).collect();
        for day in days {
            let shown = undo::shown(&mut *looking.store, &state, &self.names, day, None)?;
            let open = shown.iter().filter(|(identity, _)| state.is_open_elsewhere(**identity));
            open.for_each(|(_, one)| self.sort(&state, one));
        }
        Ok(())
    }
}

/// Why what is known is not charged.
fn unrated(state: &State, (_, product): Pair) -> Uncharged {
    let key = state.estate().product(product).map(|product| product.key.as_str());
    let by_result = key.is_some_and(|key| is_by_result(state, key));
    if by_result { Uncharged::ByResult } else { Uncharged::NoRate }
}

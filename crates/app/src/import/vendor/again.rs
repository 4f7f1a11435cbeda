//! The vendor's days reckoned anew, once an import was taken back: as though the reports that stand had come after
//! all else that stands.

use super::derive::{Known, Told};
use super::plan::{Plan, Record, recall, settled};
use super::{
    CHARGES_PER_EVENT, DOUBTED, Group, Groups, HOST, Rows, UNRATED, UNSETTLED, prices, product,
};
use crate::engine::{Failure, Work};
use crate::import::Recording;
use crate::import::days::day_of;
use crate::import::names::Names;
use crate::import::undo::{Day, TOLERANCE_MAX_SECONDS};
use crate::ports::{BlockKind, Paid, Use};
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::estate::{PersonId, ProductId, folded};
use faregate_core::event::{Event, Finding, VendorCharge};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::features::FeatureTable;
use std::collections::{BTreeMap, BTreeSet};

/// Days that a report told of and that is taken back.
#[derive(Default)]
pub(in crate::import) struct Lost(BTreeMap<Pair, BTreeMap<Date, LostDay>>);

#[derive(Default)]
struct LostDay {
    /// What reports that stand tell of it.
    rows: Vec<(String, Paid)>,
    /// Rows that a numbered report told of, by folded name and amount: all others are from before there were
    /// numbers, and stay.
    told: BTreeSet<(String, Ticks)>,
}

impl Lost {
    /// Notes what the import that is taken back told of a day, and what others do.
    pub(in crate::import) fn note(
        &mut self,
        state: &State,
        names: &Names<'_>,
        features: &FeatureTable,
        date: Date,
        day: &Day,
    ) {
        let pair = |paid: &Paid| pair_of(state, names, features, date, paid);
        let key = |paid: &Paid| (folded(names.text(paid.who)), paid.ticks);
        for paid in &day.paid {
            let Some(pair) = pair(paid) else { continue };
            let lost = self.0.entry(pair).or_default().entry(date).or_default();
            lost.told.insert(key(paid));
        }
        for (_, stands, rows) in &day.paid_by {
            for paid in rows {
                let lost = pair(paid).and_then(|pair| self.0.get_mut(&pair)?.get_mut(&date));
                let Some(lost) = lost else { continue };
                lost.told.insert(key(paid));
                if *stands {
                    lost.rows.push((names.text(paid.who).to_owned(), *paid));
                }
            }
        }
    }
}

impl LostDay {
    /// The rows that are left of the day.
    fn left(&self, state: &State, record: &Record<'_>, pair: Pair, day: Date) -> Group {
        let mut group = Group::default();
        let doubted = |ticks| prices::disbelieved(state, pair, day, ticks).is_some();
        for (alias, Paid { ticks, count, .. }) in &self.rows {
            let (alias, count, line) = (alias.clone(), *count, 0);
            let rows = Rows { alias: alias.clone(), count, line, doubted: doubted(*ticks) };
            group.add(&alias, *ticks, rows);
        }
        let mut counts: BTreeMap<(String, Ticks), u32> = BTreeMap::new();
        for VendorCharge { alias, ticks, .. } in record.of(pair, day).iter().copied() {
            let key = (folded(alias), *ticks);
            if self.told.contains(&key) {
                continue;
            }
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(1);
            let (alias, count, line) = (alias.clone(), *count, 0);
            let rows = Rows { alias: alias.clone(), count, line, doubted: doubted(*ticks) };
            group.add(&alias, *ticks, rows);
        }
        group
    }
}

fn pair_of(
    state: &State,
    names: &Names<'_>,
    features: &FeatureTable,
    day: Date,
    paid: &Paid,
) -> Option<Pair> {
    let at = bounds(day).0.plus(DAY / 2);
    let person = state.estate().person_known_as(names.text(paid.who), at);
    person.zip(product(state, features, names.text(paid.product)))
}

/// What is to be reckoned anew of a pair.
struct Anew {
    from: Instant,
    days: BTreeMap<Date, Group>,
    lost: BTreeSet<Date>,
}

/// The pairs of which the vendor reports, or did, and whose use or rows change.
pub(in crate::import) struct Reckoned(BTreeMap<Pair, Anew>);

impl Reckoned {
    pub(in crate::import) fn of(
        state: &State,
        touched: &BTreeMap<Pair, Instant>,
        lost: &Lost,
    ) -> Self {
        let reported = state.vendor().charges.iter().map(|one| (one.person, one.product));
        let reported = reported.filter(|pair| touched.contains_key(pair));
        let pairs: BTreeSet<Pair> = reported.chain(lost.0.keys().copied()).collect();
        let mut groups = Groups::new();
        for pair in &pairs {
            let lost = lost.0.get(pair).and_then(|days| days.keys().next().copied());
            let touched = touched.get(pair).map(|from| day_of(*from));
            let first = lost.into_iter().chain(touched).min();
            groups.entry(*pair).or_default().extend(first.map(|day| (day, Group::default())));
        }
        recall(state, &mut groups);
        let record = Record::since(state, lost.0.values().flat_map(|days| days.keys().copied()));
        let anew = |(pair, mut days): (Pair, BTreeMap<Date, Group>)| {
            let first = days.keys().next().map_or(Instant(i64::MAX), |day| bounds(*day).0);
            let earliest = touched.get(&pair).map(|from| from.plus(-TOLERANCE_MAX_SECONDS));
            let lost = lost.0.get(&pair);
            for (day, lost) in lost.into_iter().flatten() {
                days.insert(*day, lost.left(state, &record, pair, *day));
            }
            days.retain(|_, group| !group.rows.is_empty());
            let from = earliest.map_or(first, |earliest| earliest.min(first));
            let lost = lost.map(|days| days.keys().copied().collect()).unwrap_or_default();
            (pair, Anew { from, days, lost })
        };
        Self(groups.into_iter().map(anew).collect())
    }

    pub(in crate::import) fn has(&self, pair: Pair) -> bool {
        self.0.contains_key(&pair)
    }

    /// What changes of these pairs.
    pub(in crate::import) fn plan(
        &self,
        recording: &mut Recording<'_>,
        state: &State,
        features: &FeatureTable,
    ) -> Result<Correction, Failure> {
        let mut correction = Correction::default();
        let froms = self.0.iter().map(|(pair, anew)| (*pair, anew.from)).collect();
        let uses = recording.uses_beside_vendor(state, &froms)?;
        let nothing: Vec<Told> = Vec::new();
        let days = |anew: &Anew| anew.days.keys().chain(&anew.lost).min().copied();
        let record = Record::since(state, self.0.values().filter_map(days));
        for (pair, Anew { from, days, lost }) in &self.0 {
            let uses = uses.get(pair).unwrap_or(&nothing);
            let (pair, from, lost) = (*pair, *from, Some(lost));
            let known = Known { state, pair, from, uses, days, lost };
            let derived = known.derive();
            for at in &derived.places {
                correction.places.extend(place(recording, state, features, pair, *at)?);
            }
            let judged: BTreeSet<Date> =
                days.keys().chain(lost.into_iter().flatten()).copied().collect();
            for day in judged {
                let before = record.of(pair, day);
                let now = derived.found.get(&day).map_or(&[][..], Vec::as_slice);
                let is_lost = lost.is_some_and(|lost| lost.contains(&day));
                if is_lost && !super::plan::says_same(before, now) {
                    correction.unreported.push((pair.0, pair.1, day));
                }
                let booked = |one: &VendorCharge| one.finding == Finding::Booked;
                let (was, is) = (before.iter().copied().any(booked), now.iter().any(booked));
                correction.unbooked += i64::from(was) - i64::from(is);
            }
            correction.plan.add(&known, &record, derived);
        }
        correction.plan.sort();
        Ok(correction)
    }
}

/// What an undo changes of what the vendor reports.
#[derive(Default)]
pub(in crate::import) struct Correction {
    plan: Plan,
    /// Uses that only the vendor tells of, and that are not stored yet; with the report that does.
    places: Vec<(u32, Use)>,
    /// Days that are reported no more, or otherwise.
    pub(in crate::import) unreported: Vec<(PersonId, ProductId, Date)>,
    /// By how many fewer days there are that only the vendor tells of.
    pub(in crate::import) unbooked: i64,
}

impl Correction {
    /// Books what changes, with `done` as the event that says why.
    pub(in crate::import) fn book(
        self,
        recording: &mut Recording<'_>,
        work: &mut Work<'_>,
        done: Event,
    ) -> Result<(), Failure> {
        if !self.plan.reversed.is_empty() {
            work.apply(Event::UsageReversed(self.plan.reversed))?;
        }
        for some in self.plan.charged.chunks(CHARGES_PER_EVENT) {
            let charges = settled(&work.guard, some);
            work.apply(Event::UsageCharged(charges))?;
            recording.store_work(work)?;
        }
        work.apply(done)?;
        if !self.plan.reported.is_empty() {
            work.apply(Event::VendorReported(self.plan.reported))?;
        }
        recording.flush()?;
        for (batch, one) in self.places {
            let store = &mut *recording.engine.store;
            store.add_uses(batch, day_of(one.opened), BlockKind::Told, &[one])?;
        }
        recording.store_work(work)
    }
}

/// The use that stands for a unit of which only the vendor tells, unless it is stored already.
fn place(
    recording: &mut Recording<'_>,
    state: &State,
    features: &FeatureTable,
    pair: Pair,
    at: Instant,
) -> Result<Option<(u32, Use)>, Failure> {
    let estate = state.estate();
    let key = estate.person(pair.0).map(|person| person.key.clone()).unwrap_or_default();
    let code = estate.product(pair.1).map(|product| product.key.clone()).unwrap_or_default();
    let grace = state.tariff().map_or(0, |(_, tariff)| tariff.parts().grace_seconds);
    let reported = recording.vendor_use(&key, &code, HOST, at);
    if recording.stored(&reported)?.is_some() {
        return Ok(None);
    }
    let date = day_of(at);
    let memos = recording.engine.store.memos_of(date)?;
    let tells = |(batch, memo): &(u32, crate::ports::Memo)| {
        let is_of =
            |paid: &Paid| pair_of(state, &recording.names, features, date, paid) == Some(pair);
        state.imports().stands(*batch) && memo.paid.iter().any(is_of)
    };
    let batch = memos.iter().find(|one| tells(one)).map_or(0, |(batch, _)| *batch);
    Ok(Some((batch, reported.ended(at.plus(grace.max(1))))))
}

/// Whether uses of this workstation are sessions of their own: those that stand for a unit of the vendor's are
/// counted by day.
pub(in crate::import) fn is_session(names: &Names<'_>, host: u32) -> bool {
    names.number(HOST) != Some(host)
}

/// Whether uses of this workstation stand for rows whose amount is not believed.
pub(in crate::import) fn is_doubted(names: &Names<'_>, host: u32) -> bool {
    names.number(DOUBTED) == Some(host)
}

/// Whether uses of this workstation stand for rows that are kept and not charged.
pub(in crate::import) fn is_kept_row(names: &Names<'_>, host: u32) -> bool {
    [UNSETTLED, UNRATED, DOUBTED].into_iter().any(|name| names.number(name) == Some(host))
}

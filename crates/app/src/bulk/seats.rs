//! Seats. Of one offering and term there are as many as rows say; who holds one is told by name.
//!
//! A seat has no key, so seats of one offering, holder and term are counted. A row for somebody who holds none
//! takes a free one of that offering and term, else a new one is bought. A free seat that the gate has given
//! away meanwhile is not bought again: rows count against all seats of their offering and term.

use super::change::Fields;
use super::draft::{Draft, hint};
use super::export::when;
use faregate_core::estate::{OfferingId, PersonId, Seat, SeatId};
use faregate_core::event::Event;
use faregate_core::when::Instant;
use faregate_ingest::estate::rows;
use faregate_ingest::estate::{Kind, Row, Source, nearest};
use rustc_hash::FxHashMap;

/// An offering and a term.
type Lot = (OfferingId, Instant, Instant);

/// A row, understood.
struct Wanted<'a> {
    source: &'a Source,
    lot: Lot,
    person: Option<PersonId>,
    count: usize,
}

/// The seats of a lot that are there.
#[derive(Default)]
struct There {
    total: usize,
    free: Vec<SeatId>,
    held: FxHashMap<PersonId, usize>,
}

/// What a lot needs.
#[derive(Default)]
struct Need {
    /// Seats that its rows want, held or free.
    wanted: usize,
    /// Seats that people lack.
    lacking: usize,
    /// Seats to buy for people, and to stay free.
    buy: usize,
    buy_free: usize,
}

pub(super) fn plan(draft: &mut Draft<'_>) -> u32 {
    let document = draft.document;
    let read: Vec<Wanted<'_>> =
        document.seats.iter().filter_map(|row| wanted(draft, row)).collect();
    refuse_twice(draft, &read);
    let mut there = seats_there(draft, &read);
    let mut needs = needs(&read, &there);
    let (mut added, mut moved) = (Vec::new(), Vec::new());
    for row in &read {
        let lot = there.entry(row.lot).or_default();
        let need = needs.entry(row.lot).or_default();
        let (bought, given) = supply(draft, row, lot, need);
        note(draft, row, bought + given.len());
        let (offering, from, until) = row.lot;
        let seat = Seat { offering, person: row.person, from, until };
        added.extend(std::iter::repeat_n(seat, bought));
        moved.extend(given.into_iter().map(|seat| (seat, row.person)));
    }
    let count = u32::try_from(added.len()).unwrap_or(u32::MAX);
    draft.book(added, Event::SeatsAdded);
    for (seat, person) in moved {
        draft.push(Event::SeatMoved { seat, person });
    }
    count
}

fn wanted<'a>(draft: &mut Draft<'a>, row: &'a Row<rows::Seat>) -> Option<Wanted<'a>> {
    let rows::Seat { offering, person, from, until, count } = &row.value;
    let found = draft.estate().offering_called(offering);
    if found.is_none() {
        let known = draft.estate().offerings().iter().map(|offering| offering.key.as_str());
        let help = hint(nearest(offering, known), "adopt a tariff that sells it");
        draft.fault(&row.source, format!("there is no offering `{offering}`"), help);
    }
    let (from, until) = (draft.instant(*from), draft.instant(*until));
    if until <= from {
        let message = "the seat would end before it begins".to_owned();
        draft.fault(&row.source, message, "put `until` after `from`");
    }
    let person = match person {
        Some(key) => Some(draft.person(&row.source, key)?),
        None => None,
    };
    let count = usize::try_from(*count).unwrap_or(usize::MAX);
    Some(Wanted { source: &row.source, lot: (found?, from, until), person, count })
}

/// Nobody needs two seats of one offering at a time: two rows that say so are a slip.
fn refuse_twice(draft: &mut Draft<'_>, rows: &[Wanted<'_>]) {
    let mut seen: FxHashMap<(OfferingId, PersonId), Vec<(&Lot, &Source)>> = FxHashMap::default();
    for Wanted { source, lot, person, .. } in rows {
        let Some(person) = *person else { continue };
        let terms = seen.entry((lot.0, person)).or_default();
        if let Some((_, first)) = terms.iter().find(|(other, _)| other.1 < lot.2 && lot.1 < other.2)
        {
            let who = draft.person_key(person);
            let message = format!(
                "`{who}` has a seat of that offering in {}:{} already",
                first.file, first.line
            );
            draft.fault(source, message, "keep one of the two");
        }
        terms.push((lot, source));
    }
}

/// The seats that are there of the lots that rows are about; refuses a second one beside another term's.
fn seats_there(draft: &mut Draft<'_>, rows: &[Wanted<'_>]) -> FxHashMap<Lot, There> {
    let mut lots: FxHashMap<Lot, There> =
        rows.iter().map(|row| (row.lot, There::default())).collect();
    let estate = draft.estate();
    let mut holdings: FxHashMap<(OfferingId, PersonId), Vec<(Instant, Instant)>> =
        FxHashMap::default();
    for (number, seat) in (0u32..).zip(estate.seats()) {
        let id = SeatId(number);
        // Outside of its term nobody holds a seat, but somebody will, or did.
        let at = draft.now.max(seat.from).min(seat.until.plus(-1));
        let holder = estate.holder(id, at);
        if let Some(person) = holder {
            let terms = holdings.entry((seat.offering, person)).or_default();
            terms.push((seat.from, seat.until));
        }
        let Some(lot) = lots.get_mut(&(seat.offering, seat.from, seat.until)) else { continue };
        lot.total += 1;
        match holder {
            Some(person) => *lot.held.entry(person).or_default() += 1,
            None => lot.free.push(id),
        }
    }
    for Wanted { source, lot, person, .. } in rows {
        let held = person.and_then(|person| holdings.get(&(lot.0, person)));
        let other = held.into_iter().flatten().find(|(from, until)| {
            (*from, *until) != (lot.1, lot.2) && *from < lot.2 && lot.1 < *until
        });
        if let Some((from, until)) = other {
            let term = format!("{} to {}", when(draft.zone(), *from), when(draft.zone(), *until));
            let message = format!("they hold a seat of that offering from {term} already");
            draft.fault(source, message, "write that term, or one that begins where it ends");
        }
    }
    lots
}

fn needs(rows: &[Wanted<'_>], there: &FxHashMap<Lot, There>) -> FxHashMap<Lot, Need> {
    let mut needs: FxHashMap<Lot, Need> = FxHashMap::default();
    for row in rows {
        let need = needs.entry(row.lot).or_default();
        need.wanted = need.wanted.saturating_add(row.count);
        let held = |person| there.get(&row.lot)?.held.get(&person).copied();
        if let Some(person) = row.person {
            need.lacking += row.count.saturating_sub(held(person).unwrap_or(0));
        }
    }
    for (lot, need) in &mut needs {
        let (total, free) = there.get(lot).map_or((0, 0), |there| (there.total, there.free.len()));
        let all = need.wanted.saturating_sub(total).max(need.lacking.saturating_sub(free));
        need.buy = all.min(need.lacking);
        need.buy_free = all - need.buy;
    }
    needs
}

/// How many seats are bought for a row, and which free ones are given.
fn supply(
    draft: &mut Draft<'_>,
    row: &Wanted<'_>,
    lot: &mut There,
    need: &mut Need,
) -> (usize, Vec<SeatId>) {
    let Some(person) = row.person else {
        let bought = need.buy_free.min(row.count);
        need.buy_free -= bought;
        return (bought, Vec::new());
    };
    let lacking = row.count.saturating_sub(lot.held.get(&person).copied().unwrap_or(0));
    let bought = need.buy.min(lacking);
    need.buy -= bought;
    let given: Vec<SeatId> = lot.free.drain(..(lacking - bought).min(lot.free.len())).collect();
    let (_, from, until) = row.lot;
    let is_in_term = from <= draft.now && draft.now < until;
    if !given.is_empty() && !is_in_term {
        let message = "a free seat of that term cannot be given outside of its term".to_owned();
        draft.fault(row.source, message, "give it when its term has begun");
    }
    (bought, given)
}

fn note(draft: &mut Draft<'_>, row: &Wanted<'_>, new_count: usize) {
    let offering = draft.estate().offering(row.lot.0).map_or("?", |offering| &offering.key);
    let holder = row.person.map_or("free", |person| draft.person_key(person));
    let key = format!("{offering} {holder}");
    let mut fields = Fields::default();
    if new_count > 0 {
        let zone = draft.zone();
        let term = |at: &Instant| when(zone, *at);
        fields.add("from", None, &row.lot.1, term);
        fields.add("until", None, &row.lot.2, term);
        fields.add("count", None, &new_count, usize::to_string);
    }
    draft.change(Kind::Seat, &key, new_count > 0, fields);
}

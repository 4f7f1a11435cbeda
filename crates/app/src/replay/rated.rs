//! The period's use, rated once more.

use super::books::Books;
use super::uses::{By, Told, bounds, day_of, each_day};
use super::{Change, NotReplayed};
use crate::engine::Failure;
use crate::ports::Store;
use faregate_core::event::{Charge, Source, Unit};
use faregate_core::rating::{Rating, Verdict};
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::Instant;

use rustc_hash::FxHashSet;

/// Uses whose pairs are fetched together.
const USES_AT_ONCE: usize = 64;

/// Books the use of the period in the frame of the changed contract.
pub(super) fn book(
    store: &mut dyn Store,
    frame: &State,
    change: &Change,
    books: &mut Books<'_, '_>,
) -> Result<(), NotReplayed> {
    let (actual, span) = (books.actual, books.span);
    store.gate_uses(Instant(i64::MIN), &mut |one| {
        if one.opened < span.end {
            books.used(one);
        }
    })?;
    let mut rating = Rating::new(frame, span.start, Source::Log);
    // What ran on a seat was charged to nobody, whatever became of the seat meanwhile.
    let reseated: FxHashSet<_> = change.seats.iter().map(|change| change.person).collect();
    let unknown =
        each_day(store, actual, span, &mut |told| day(told, frame, &reseated, &mut rating, books))?;
    for (code, found) in unknown {
        books.uncounted.insert((code, "nobody knows the product or the person"), found);
    }
    take_over(frame, &rating, books);
    let (_, charges) = rating.finish(frame);
    owe(books, &charges);
    Ok(books.advance(span.end)?)
}

fn day(
    told: &[Told],
    frame: &State,
    reseated: &FxHashSet<faregate_core::estate::PersonId>,
    rating: &mut Rating,
    books: &mut Books<'_, '_>,
) -> Result<(), Failure> {
    for some in told.chunks(USES_AT_ONCE) {
        rating.fetch(some.iter().map(|one| one.pair));
        for one in some {
            if one.by == By::Seat && !reseated.contains(&one.pair.0) {
                continue;
            }
            rating.touch_like(frame, one.pair, books.on_record());
            let verdict = rating.part(frame, one.pair, one.whole, one.lasted);
            count(one, verdict, frame, books);
        }
    }
    let charges = rating.take_ready();
    owe(books, &charges);
    match told.last() {
        Some(last) => books.advance(bounds(day_of(last.whole.start)).1.min(books.span.end)),
        None => Ok(()),
    }
}

fn count(one: &Told, verdict: Verdict, frame: &State, books: &mut Books<'_, '_>) {
    let Told { whole, pair, by, .. } = *one;
    if whole.start < books.span.start {
        return;
    }
    books.counts.sessions += 1;
    books.counts.seconds += whole.seconds();
    books.counts.first = books.counts.first.or(Some(whole.start));
    books.counts.last = books.counts.last.max(Some(whole.end));
    let by_result = frame.rate(pair.1, whole.start).is_some_and(|rate| rate.meter == Meter::Result);
    if by == By::Vendor && by_result && verdict == Verdict::Rated {
        // Results are what the vendor counts: use does not say how many.
        let unit = Unit { person: pair.0, product: pair.1, at: whole.start };
        let charged = books.on_record().get(unit);
        books.owe(charged.filter(|charge| charge.meter == Meter::Result).into_iter());
        return;
    }
    let why = match verdict {
        Verdict::NoRate => "the tariff has no rate for it",
        Verdict::Rated if by_result => "results are charged, and use does not say how many",
        _ => return,
    };
    let product = frame.estate().product(pair.1);
    let key = product.map_or_else(String::new, |product| product.key.clone());
    books.uncounted.entry((key, why)).or_default().add(whole);
}

/// Charges of people and products of which no use is known at all stay as they are: nobody can rate them anew.
fn take_over(frame: &State, rating: &Rating, books: &mut Books<'_, '_>) {
    let span = books.span.start..books.span.end;
    let seated = |charge: &Charge| {
        frame.estate().covering_seat(charge.person, charge.product, charge.at).is_some()
    };
    let alone = books.on_record().within(span);
    let alone = alone.filter(|one| !rating.is_touched((one.person, one.product)) && !seated(one));
    let alone: Vec<Charge> = alone.collect();
    if !alone.is_empty() {
        let count = alone.len();
        books.note_caveat(format!(
            "{count} units of which no use is known stay as they were charged"
        ));
        owe(books, &alone);
    }
}

/// Says whose budget each unit belongs to: that of the actual books where they have the unit, else the person's. A
/// price that was the vendor's stays, as long as the tariff does.
fn owe(books: &mut Books<'_, '_>, charges: &[Charge]) {
    let (record, change) = (books.on_record(), books.change);
    let (same_buckets, same_tariff) = (change.buckets.is_none(), change.tariff.is_none());
    let until = books.span.end;
    let inside = |charge: &&Charge| charge.at < until;
    let told: Vec<Charge> = charges
        .iter()
        .filter(inside)
        .map(|charge| {
            let found = record.get(charge.unit()).filter(|found| found.meter == charge.meter);
            let payer = books.state.payer(charge.person);
            let Some(found) = found else { return Charge { bucket: payer, ..*charge } };
            let bucket = if same_buckets { found.bucket } else { payer };
            let ticks = if same_tariff { found.ticks } else { charge.ticks };
            Charge { bucket, ticks, source: found.source, ..*charge }
        })
        .collect();
    books.owe(told.into_iter());
}

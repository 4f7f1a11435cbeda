//! How many tokens are bought and who gets them: chosen after the use is known, so that the demo's pool
//! is well used and not yet empty, and nobody went without.

use crate::calendar::{Calendar, months_before};
use faregate_core::amount::{TICKS_PER_TOKEN, Ticks};
use faregate_core::estate::BucketId;
use faregate_core::event::Event;
use faregate_core::when::{Date, Instant, Zone};

/// What is left of this contract year's tokens.
const LEFT: f64 = 0.42;
/// Of them, what no bucket was given.
const RESERVE: f64 = 0.07;
/// What was left of a finished contract year, and lost.
const BREAKAGE: f64 = 0.03;
/// How much each bucket has left, relative to its spending; zero: nearly nothing.
const FILL: [f64; 8] = [1.0, 0.9, 1.3, 0.7, 0.0, 1.6, 0.55, 1.1];
const TOP_UP: f64 = 0.2;

/// A contract year as far as the history knows it, and what each bucket spent in it.
pub(crate) struct Year {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
    label: String,
    spent: Vec<Ticks>,
}

impl Year {
    /// Books a unit that began within the year.
    pub(crate) fn spend(&mut self, bucket: BucketId, ticks: Ticks) {
        if let Some(sum) = self.spent.get_mut(bucket.index()) {
            *sum = Ticks(sum.0.saturating_add(ticks.0));
        }
    }
}

/// The contract years from the history's beginning to the one that now is in. There is always one.
pub(crate) fn years(zone: &Zone, calendar: &Calendar, months: u32, buckets: usize) -> Vec<Year> {
    let mut start = year_start(zone.date(calendar.now), months);
    let mut until = zone.start_of(months_before(start, 0).plus(366).month_start());
    let mut years = Vec::new();
    loop {
        let from = zone.start_of(start).max(calendar.from);
        let opening = if zone.start_of(start) < calendar.from { ", opening balance" } else { "" };
        let label = format!("Flex {}{opening}", start.ymd().0);
        years.push(Year { from, until, label, spent: vec![Ticks::ZERO; buckets] });
        if zone.start_of(start) <= calendar.from {
            break;
        }
        until = from;
        start = months_before(start, 12);
    }
    years.reverse();
    years
}

/// The first of the month about five months ago, or five twelfths of a shorter history.
fn year_start(today: Date, months: u32) -> Date {
    let date = months_before(today, (months * 5 / 12).clamp(1, 5));
    if today.ymd().2 > 15 { date.next_month_start() } else { date.month_start() }
}

/// The purchases and allocations, packs before what is given out of them.
pub(crate) fn funding(years: &[Year], zone: &Zone, now: Instant) -> Vec<Event> {
    let mut events = Vec::new();
    let Some((this, finished)) = years.split_last() else { return events };
    for year in finished {
        let total: Ticks = year.spent.iter().copied().sum();
        if total.is_positive() {
            let bought = rounded_up(tokens(total) / (1.0 - BREAKAGE), 100);
            let given: Vec<i64> = year.spent.iter().map(|t| rounded_up(tokens(*t), 10)).collect();
            let bought = bought.max(given.iter().sum());
            events.push(pack(&year.label, bought, year.from, year.until));
            events.extend(allocations(&given));
        }
    }
    let spent_before = |bucket: usize| finished.iter().filter_map(move |y| y.spent.get(bucket));
    let before: Vec<Ticks> =
        (0..this.spent.len()).map(|bucket| spent_before(bucket).copied().sum()).collect();
    let halfway = zone.date(this.from.plus(now.since(this.from) / 2));
    events.extend(current(this, &before, zone.start_of(halfway)));
    events
}

/// This year's pack, its top-up bought `halfway` to now, and the buckets' shares of both.
fn current(year: &Year, before: &[Ticks], halfway: Instant) -> Vec<Event> {
    let spent: f64 = year.spent.iter().map(|ticks| tokens(*ticks)).sum();
    let bought = spent / (1.0 - LEFT);
    let to_give = bought * (LEFT - RESERVE);
    let weights = year.spent.iter().zip(FILL).map(|(ticks, fill)| tokens(*ticks) * fill);
    let whole: f64 = weights.clone().sum::<f64>().max(1.0);
    let with_rest = year.spent.iter().zip(before).zip(weights).map(|((ticks, before), weight)| {
        let rest = if weight > 0.0 {
            (to_give * weight / whole).max(30.0)
        } else {
            ((tokens(*ticks) + tokens(*before)) * 0.012).max(20.0)
        };
        rounded_up(tokens(*ticks) + rest, 10)
    });
    let given: Vec<i64> = with_rest.collect();
    let total = given.iter().fold(0_i64, |sum, tokens| sum.saturating_add(*tokens));
    let bought = rounded_up(total as f64 + (bought * RESERVE).max(200.0), 100);
    let top_up = rounded_up(bought as f64 * TOP_UP, 100);
    let mut events = vec![
        pack(&year.label, bought - top_up, year.from, year.until),
        pack(&format!("{}, top-up", year.label), top_up, halfway, year.until),
    ];
    events.extend(allocations(&given));
    events
}

fn pack(name: &str, tokens: i64, from: Instant, until: Instant) -> Event {
    let ticks = Ticks::from_tokens(tokens).unwrap_or_default();
    Event::PackBought { name: name.to_owned(), ticks, from, until }
}

fn allocations(given: &[i64]) -> impl Iterator<Item = Event> + '_ {
    let allocated = |(id, tokens): (u16, &i64)| {
        let ticks = Ticks::from_tokens(*tokens)?;
        ticks.is_positive().then_some(Event::Allocated { bucket: BucketId(id), ticks })
    };
    (0..).zip(given).filter_map(allocated)
}

/// Whole tokens, up to the next multiple of `step`.
fn rounded_up(tokens: f64, step: i64) -> i64 {
    // Beyond the ledger's range an amount could not be booked anyway.
    let limit = (i64::MAX / TICKS_PER_TOKEN) as f64;
    ((tokens.clamp(0.0, limit) / step as f64).ceil() as i64).saturating_mul(step)
}

fn tokens(ticks: Ticks) -> f64 {
    ticks.0 as f64 / TICKS_PER_TOKEN as f64
}

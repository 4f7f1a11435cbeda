//! Prints an estate's figures, to be looked at: `cargo run --release -p faregate-sim --example look [seed [people [months]]]`.

#[path = "../tests/fixture/rated.rs"]
mod rated;
#[path = "../tests/fixture/tariff.rs"]
mod tariff;

use faregate_core::ledger::Account;
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_sim::{Anomaly, DemoEstate, Size, generate};
use std::collections::BTreeMap;

fn main() -> Result<(), String> {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let number = |index: usize, or: u32| numbers.get(index).copied().unwrap_or(or);
    let size = Size { people: number(1, 400), months: number(2, 12) };
    let now: Instant = "2026-11-22T07:30:00Z".parse().map_err(|_| "no such time")?;
    let estate = generate(u64::from(number(0, 1)), &size, now, tariff::daily());
    println!("{} people, {} sessions", estate.truth.personas.len(), estate.sessions.len());
    if size.people > 5_000 {
        return Ok(());
    }
    let (state, _) = rated::rated(&estate, now)?;
    by_month_and_weekday(&estate);
    pool(&state);
    personas(&estate, &state);
    planted(&estate);
    Ok(())
}

fn by_month_and_weekday(estate: &DemoEstate) {
    let mut months: BTreeMap<(i16, i8), f64> = BTreeMap::new();
    let mut weekdays = [(0.0, 0); 7];
    for (date, ticks) in &estate.truth.tokens_by_day {
        let (year, month, _) = date.ymd();
        *months.entry((year, month)).or_default() += ticks.tokens();
        let slot = &mut weekdays[usize::from(date.weekday())];
        *slot = (slot.0 + ticks.tokens(), slot.1 + 1);
    }
    for ((year, month), tokens) in months {
        println!("{year}-{month:02} {tokens:>8.0} {}", "#".repeat((tokens / 500.0) as usize));
    }
    for (day, (sum, count)) in
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().zip(weekdays)
    {
        println!("{day} {:>6.0} a day", sum / f64::from(count.max(1)));
    }
    for date in estate.truth.tokens_by_day.iter().rev().take(10) {
        print!("{}: {}  ", date.0, date.1);
    }
    println!();
}

fn pool(state: &State) {
    for pack in state.ledger().packs() {
        let (name, bought, left) = (&pack.name, pack.bought, pack.remaining);
        println!("{name}: {left} of {bought} left, {} to {}", pack.from, pack.until);
    }
    println!("uncovered: {}", state.ledger().balance(Account::Uncovered));
    for (bucket, balance) in state.estate().buckets().iter().zip(state.ledger().buckets()) {
        let share = 100.0 * balance.available.tokens() / balance.allocated.tokens().max(1.0);
        println!(
            "{:<14} {:>6} of {} ({share:.1} %)",
            bucket.name, balance.available, balance.allocated
        );
    }
    let held = state.estate().seats().iter().filter(|seat| seat.person.is_some()).count();
    println!("{held} of {} seats held", state.estate().seats().len());
}

fn personas(estate: &DemoEstate, state: &State) {
    let mut sums: BTreeMap<_, (usize, f64)> = BTreeMap::new();
    for persona in &estate.truth.personas {
        sums.entry(*persona).or_default().0 += 1;
    }
    for charge in state.charges().iter() {
        if let Some(persona) = estate.truth.personas.get(charge.person.index()) {
            sums.entry(*persona).or_default().1 += charge.ticks.tokens();
        }
    }
    for (persona, (people, tokens)) in sums {
        println!("{persona:?}: {people} people, {tokens:.0} tokens");
    }
}

fn planted(estate: &DemoEstate) {
    for anomaly in &estate.truth.anomalies {
        match anomaly {
            Anomaly::TrainingBurst { at, people, .. } => {
                println!("burst of {} at {at}", people.len())
            }
            other => println!("{other:?}"),
        }
    }
    println!("{} sessions left open over night", estate.truth.left_open.len());
}

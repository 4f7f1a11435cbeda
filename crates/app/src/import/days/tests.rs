//! Identities survive being put out of memory.

use super::*;
use crate::memory::MemoryStore;

fn a_use(day: i32, second: i64) -> Use {
    let opened = Instant(i64::from(day) * DAY + second);
    Use { user: 0, host: 0, feature: 0, ordinal: 0, opened, closed: opened }
}

fn identify(one: &Use) -> u64 {
    one.opened.0.cast_unsigned()
}

/// Adds a use unless it is there; says whether it was.
fn add(days: &mut Days, store: &mut MemoryStore, one: Use) -> bool {
    let date = day_of(one.opened);
    let there = days.has(store, date, identify(&one), identify).unwrap();
    if !there && days.add(date, identify(&one), one) {
        days.flush(store, date).unwrap();
    }
    there
}

#[test]
fn what_was_put_out_is_read_back() {
    let (mut days, mut store) = (Days::default(), MemoryStore::default());
    let all = || (0..30).flat_map(|second| (0..10).map(move |day| a_use(day, second)));
    assert!(all().all(|one| !add(&mut days, &mut store, one)));
    let in_memory: usize = days.days.values().map(|day| day.seen.len()).sum();
    assert!(in_memory < IDENTITIES_MAX + 60, "{in_memory} identities in memory");
    assert_eq!(in_memory, days.held);
    assert!(all().all(|one| add(&mut days, &mut store, one)));
    days.finish(&mut store).unwrap();
    let stored: usize = (0..10).map(|day| store.uses_of(Date(day)).unwrap().len()).sum();
    assert_eq!(stored, 300);
}

#[test]
fn a_full_block_is_stored_at_once() {
    let (mut days, mut store) = (Days::default(), MemoryStore::default());
    for second in 0..i64::try_from(BLOCK).unwrap() {
        assert!(store.uses_of(Date(0)).unwrap().is_empty());
        add(&mut days, &mut store, a_use(0, second));
    }
    assert_eq!(store.uses_of(Date(0)).unwrap().len(), BLOCK);
}

#[test]
fn days_begin_at_midnight_in_utc_before_1970_too() {
    let check = |second, day| assert_eq!(day_of(Instant(second)), Date(day));
    check(0, 0);
    check(DAY - 1, 0);
    check(DAY, 1);
    check(-1, -1);
}

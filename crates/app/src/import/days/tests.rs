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
    let there = days.find(store, date, identify(&one), identify).unwrap().is_some();
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
fn days_at_work_stay_however_large_they_are() {
    let (mut days, mut store) = (Days::default(), MemoryStore::default());
    let second = i64::try_from(RESTING_MAX).unwrap();
    (0..second).flat_map(|second| [a_use(1, second), a_use(2, second)]).for_each(|one| {
        add(&mut days, &mut store, one);
    });
    add(&mut days, &mut store, a_use(3, 0));
    assert_eq!(days.days.len(), 3, "none of two days in turns is put out");
    (0..second).for_each(|second| {
        add(&mut days, &mut store, a_use(3, second));
    });
    add(&mut days, &mut store, a_use(4, 0));
    let mut held: Vec<Date> = days.days.keys().copied().collect();
    held.sort_unstable();
    assert_eq!(held, [Date(3), Date(4)], "those that rest are");
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
fn places_become_runs() {
    let check = |places: &[u32], expected: &[(u32, u32)]| {
        assert_eq!(runs(places.to_vec()), expected, "{places:?}");
    };
    check(&[], &[]);
    check(&[7, 3, 4, 3, 5], &[(3, 3), (7, 1)]);
    check(&[0, 2, 4], &[(0, 1), (2, 1), (4, 1)]);
}

/// What was told again is remembered by its place, told with another end in full, and one's own not at all.
#[test]
fn what_is_told_again_is_remembered() {
    let (mut store, date) = (MemoryStore::default(), Date(0));
    let told = [a_use(0, 1), a_use(0, 2), a_use(0, 3)];
    store.add_uses(1, date, BlockKind::Told, &told).unwrap();
    store.add_uses(1, date, BlockKind::TakenBack, &[told[0]]).unwrap();
    let mut days = Days::of(2);
    let longer = Use { closed: told[2].closed.plus(60), ..told[2] };
    for one in [told[0], told[0], told[1], longer] {
        match days.find(&mut store, date, identify(&one), identify).unwrap() {
            Some(seen) => days.again(date, seen, one),
            None => drop(days.add(date, identify(&one), one)),
        }
    }
    days.finish(&mut store).unwrap();
    let memo = Memo { again: vec![(1, 1)], otherwise: vec![longer], ..Memo::default() };
    assert_eq!(store.memos_of(date).unwrap(), [(2, memo)]);
    assert_eq!(store.uses_of(date).unwrap(), [told[1], told[2], told[0]]);
}

#[test]
fn days_begin_at_midnight_in_utc_before_1970_too() {
    let check = |second, day| assert_eq!(day_of(Instant(second)), Date(day));
    check(0, 0);
    check(DAY - 1, 0);
    check(DAY, 1);
    check(-1, -1);
}

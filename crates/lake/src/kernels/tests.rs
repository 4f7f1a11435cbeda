//! Every kernel against a model too simple to be wrong, on made-up sessions in every order and split.

use super::daily::Daily;
use super::days::{DaySet, ForeignDay};
use super::peaks::{Peaks, Span, Spans, Sweep};
use super::runs::Runs;
use super::totals::{Columns, Totals};
use super::windows::{Launches, Windows};
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
/// 2025-01-01, and the months of that year.
const FIRST: i32 = 20_089;
const MONTHS: [i32; 4] = [31, 28, 31, 30];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    product: i32,
    person: i32,
    opened: i64,
    seconds: i64,
    kept: bool,
}

impl Use {
    fn day(self) -> i32 {
        i32::try_from(self.opened.div_euclid(DAY)).unwrap()
    }

    fn month(self) -> usize {
        first_days().rposition(|first| first <= self.day()).unwrap()
    }
}

fn first_days() -> impl DoubleEndedIterator<Item = i32> + ExactSizeIterator {
    (0..MONTHS.len()).map(|month| FIRST + MONTHS[..month].iter().sum::<i32>())
}

/// Sessions of few people and products, many of them near midnights and the ends of months.
fn uses() -> impl Strategy<Value = Vec<Use>> {
    let at = prop_oneof![
        0..120 * DAY,
        (0..120_i64, -2..3_i64).prop_map(|(day, off)| day * DAY + off),
        prop::sample::select(vec![31, 59, 90]).prop_map(|day| day * DAY),
    ];
    let lasts = prop_oneof![0..5_i64, 0..3 * DAY, 0..70 * DAY];
    let person = prop_oneof![Just(UNKNOWN), 0..4_i32, Just(i32::MAX)];
    let row = (-1..3_i32, person, at, lasts, any::<bool>());
    let row = row.prop_map(|(product, person, at, seconds, kept)| {
        let opened = i64::from(FIRST) * DAY + at.clamp(0, 120 * DAY - 1);
        Use { product, person, opened, seconds, kept }
    });
    prop::collection::vec(row, 0..120)
}

/// The rows of a month as parts: as the lake sorts them, or as they come; in one part or several.
fn parts(uses: &[Use], month: usize, sorted: bool, pieces: usize) -> Vec<Vec<Use>> {
    let mut rows: Vec<Use> = uses.iter().filter(|row| row.month() == month).copied().collect();
    if sorted {
        rows.sort();
    }
    rows.chunks(rows.len().div_ceil(pieces).max(1)).map(<[Use]>::to_vec).collect()
}

struct Table {
    product: Vec<i32>,
    person: Vec<i32>,
    kept: Vec<bool>,
    day: Vec<i32>,
    opened: Vec<i64>,
    seconds: Vec<i64>,
}

impl Table {
    fn of(rows: &[Use]) -> Self {
        Self {
            product: rows.iter().map(|row| row.product).collect(),
            person: rows.iter().map(|row| row.person).collect(),
            kept: rows.iter().map(|row| row.kept).collect(),
            day: rows.iter().map(|row| row.day()).collect(),
            opened: rows.iter().map(|row| row.opened).collect(),
            seconds: rows.iter().map(|row| row.seconds).collect(),
        }
    }

    fn dims(&self) -> [&[i32]; 2] {
        [&self.product, &self.person]
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn totals_are_those_of_the_model(uses in uses(), sorted in any::<bool>(), pieces in 1..5_usize) {
        for (month, first) in first_days().enumerate() {
            let mut totals = Totals::default();
            for part in parts(&uses, month, sorted, pieces) {
                let mut other = Totals::default();
                let table = Table::of(&part);
                let columns = Columns {
                    rows: part.len(),
                    kept: Some(&table.kept),
                    days: Some(&table.day),
                    seconds: Some(&table.seconds),
                };
                other.add(first, &table.dims(), columns).unwrap();
                totals.merge(other);
            }
            let mut model: BTreeMap<Key, (u64, i64, BTreeSet<i32>)> = BTreeMap::new();
            for row in uses.iter().filter(|row| row.kept && row.month() == month) {
                let total = model.entry(Key::of([row.product, row.person])).or_default();
                total.0 += 1;
                total.1 += row.seconds;
                total.2.insert(row.day());
            }
            let found = totals.into_totals().map(|(key, total)| {
                let days = total.days.offsets().map(|day| first + i32::try_from(day).unwrap());
                (key, (total.sessions, total.seconds, days.collect()))
            });
            prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), model);
        }
    }

    #[test]
    fn daily_counts_are_those_of_the_model(uses in uses(), sorted in any::<bool>(), pieces in 1..5_usize) {
        for (month, first) in first_days().enumerate() {
            let mut daily = Daily::default();
            for part in parts(&uses, month, sorted, pieces) {
                let mut other = Daily::default();
                let table = Table::of(&part);
                other.add(first, &table.dims(), Some(&table.kept), &table.day).unwrap();
                daily.merge(other);
            }
            let kept = uses.iter().filter(|row| row.kept && row.month() == month);
            let model: BTreeSet<_> = kept.map(|row| (row.product, row.day(), row.person)).collect();
            let mut counts: BTreeMap<(i32, i32), u64> = BTreeMap::new();
            for (product, day, _) in model {
                *counts.entry((product, day)).or_default() += 1;
            }
            let mut found: BTreeMap<(i32, i32), u64> = BTreeMap::new();
            for (key, days) in daily.counts(1) {
                prop_assert_eq!(key, Key::of([key.id(0)]));
                for (day, count) in (first..).zip(days).filter(|(_, count)| *count > 0) {
                    found.insert((key.id(0), day), count);
                }
            }
            prop_assert_eq!(found, counts);
        }
    }

    #[test]
    fn windows_are_those_of_the_model(
        uses in uses(),
        sorted in any::<bool>(),
        pieces in 1..5_usize,
        counted in 0..120 * DAY,
    ) {
        let counted = FIRST_SECOND + counted..FIRST_SECOND + 100 * DAY;
        let mut windows = Windows::new(DAY, counted.clone());
        let mut found: BTreeMap<(usize, Key), u64> = BTreeMap::new();
        for month in 0..MONTHS.len() {
            let launches = parts(&uses, month, sorted, pieces).iter().map(|part| {
                let table = Table::of(part);
                let mut launches = Launches::default();
                let (one, two) = table.opened.split_at(part.len() / 2);
                let split = |column: &'_ [i32]| (column[..one.len()].to_vec(), column[one.len()..].to_vec());
                let (product, person) = (split(&table.product), split(&table.person));
                launches.add(&[&product.0, &person.0], Some(&table.kept[..one.len()]), one);
                launches.add(&[&product.1, &person.1], Some(&table.kept[one.len()..]), two);
                launches
            }).collect::<Vec<_>>();
            windows.fold(&launches);
            found.extend(windows.take_counts().map(|(key, count)| ((month, key), count)));
        }
        let mut rows: Vec<Use> = uses.iter().filter(|row| row.kept).copied().collect();
        rows.sort_by_key(|row| row.opened);
        let mut until: BTreeMap<Key, i64> = BTreeMap::new();
        let mut model: BTreeMap<(usize, Key), u64> = BTreeMap::new();
        for row in rows {
            let key = Key::of([row.product, row.person]);
            if until.get(&key).is_none_or(|until| row.opened >= *until) {
                until.insert(key, row.opened + DAY);
                if counted.contains(&row.opened) {
                    *model.entry((row.month(), key)).or_default() += 1;
                }
            }
        }
        prop_assert_eq!(found, model);
    }

    #[test]
    fn peaks_are_those_of_the_model(uses in uses(), crowd in crowd()) {
        let crowd = (0..crowd).map(|n| (FIRST_SECOND + 40 * DAY + n as i64 % 9, 3));
        let spans: Vec<(i64, i64)> = uses.iter().map(|row| (row.opened, row.seconds)).chain(crowd).collect();
        let mut sweep = Sweep::default();
        let mut running = Vec::new();
        let mut found = Vec::new();
        for (first, days) in first_days().zip(MONTHS) {
            let starts: Vec<i64> = (first..=first + days).map(|day| i64::from(day) * DAY).collect();
            let month = starts[0]..starts[starts.len() - 1];
            let sessions: Vec<(i64, i64)> =
                spans.iter().filter(|span| month.contains(&span.0)).map(|span| (span.0, span.0 + span.1)).collect();
            let (opened, closed): (Vec<_>, Vec<_>) = sessions.into_iter().unzip();
            let peaks = sweep.peaks(Span { starts: &starts }, &[(&opened, &closed)], &mut running);
            prop_assert_eq!(peaks.len(), usize::try_from(days).unwrap());
            found.extend(peaks);
        }
        for (day, peak) in found.iter().enumerate() {
            prop_assert_eq!(*peak, naive_peak(&spans, FIRST_SECOND + day as i64 * DAY), "day {}", day);
        }
    }
}

/// Nobody, or now and then enough for [`Sweep`] to count by second in February.
fn crowd() -> impl Strategy<Value = usize> {
    prop_oneof![15 => Just(0), 1 => Just(160_000)]
}

const FIRST_SECOND: i64 = FIRST as i64 * DAY;

/// The level is highest at the beginning of the day, or right after somebody begins.
fn naive_peak(spans: &[(i64, i64)], midnight: i64) -> Option<u32> {
    let today: Vec<&(i64, i64)> =
        spans.iter().filter(|span| span.0 < midnight + DAY && span.0 + span.1 > midnight).collect();
    let begins = today.iter().map(|span| span.0).filter(|at| *at >= midnight);
    let moments: BTreeSet<i64> = begins.chain([midnight]).collect();
    let level = |at: i64| today.iter().filter(|span| span.0 <= at && at < span.0 + span.1).count();
    let peak = moments.into_iter().map(level).max().unwrap_or(0);
    u32::try_from(peak).ok().filter(|peak| *peak > 0)
}

fn peaks(starts: &[i64], sessions: &[(i64, i64)], running: &mut Vec<i64>) -> Vec<Option<u32>> {
    let (opened, closed): (Vec<_>, Vec<_>) = sessions.iter().copied().unzip();
    Sweep::default().peaks(Span { starts }, &[(&opened, &closed)], running)
}

proptest! {
    #[test]
    fn peaks_by_product_are_those_of_each_alone(
        uses in uses(),
        sorted in any::<bool>(),
        pieces in 1..5_usize,
    ) {
        let (mut peaks, mut alone) = (Peaks::default(), BTreeMap::new());
        for (month, (first, days)) in first_days().zip(MONTHS).enumerate() {
            let starts: Vec<i64> = (first..=first + days).map(|day| i64::from(day) * DAY).collect();
            let span = Span { starts: &starts };
            let parts = parts(&uses, month, sorted, pieces);
            let spans = parts.iter().map(|part| {
                let table = Table::of(part);
                let closed: Vec<i64> = part.iter().map(|row| row.opened + row.seconds).collect();
                let mut spans = Spans::default();
                spans.add(&[&table.product], Some(&table.kept), &table.opened, &closed);
                spans
            });
            let found: BTreeMap<Key, Vec<Option<u32>>> =
                peaks.fold(span, &spans.collect::<Vec<_>>()).into_iter().collect();
            for product in -1..3 {
                let rows = uses.iter().filter(|row| row.kept && row.product == product && row.month() == month);
                let sessions = rows.map(|row| (row.opened, row.opened + row.seconds));
                let (opened, closed): (Vec<_>, Vec<_>) = sessions.unzip();
                let running = alone.entry(product).or_default();
                let model = Sweep::default().peaks(span, &[(&opened, &closed)], running);
                let none = vec![None; starts.len() - 1];
                prop_assert_eq!(found.get(&Key::of([product])).unwrap_or(&none), &model);
            }
        }
    }
}

#[test]
fn one_that_ends_as_another_begins_does_not_overlap_it() {
    assert_eq!(peaks(&[0, 100], &[(0, 10), (10, 20)], &mut vec![]), [Some(1)]);
    assert_eq!(peaks(&[0, 100], &[(0, 11), (10, 20)], &mut vec![]), [Some(2)]);
}

#[test]
fn what_runs_past_midnight_counts_on_a_day_without_events() {
    let mut running = vec![25, 1_000];
    assert_eq!(peaks(&[10, 20, 30, 40], &[], &mut running), [Some(2), Some(2), Some(1)]);
    assert_eq!(running, [1_000]);
    let mut running = vec![];
    assert_eq!(peaks(&[0, 10, 20, 30], &[(5, 10)], &mut running), [Some(1), None, None]);
}

#[test]
fn a_sweep_leaves_nothing_behind_for_the_next() {
    let mut sweep = Sweep::default();
    let mut peaks = |starts: &[i64], opened: &[i64], closed: &[i64]| {
        sweep.peaks(Span { starts }, &[(opened, closed)], &mut vec![])
    };
    assert_eq!(peaks(&[0, 16], &[1, 2], &[16, 10]), [Some(2)]);
    assert_eq!(peaks(&[16, 24], &[17], &[24]), [Some(1)]);
    assert_eq!(peaks(&[24, 40], &[25, 34], &[40, 40]), [Some(2)]);
}

#[test]
fn a_day_of_23_hours_is_as_long_as_it_is() {
    let starts = [0, 23 * 3_600, 47 * 3_600];
    let late = (22 * 3_600, 23 * 3_600);
    assert_eq!(peaks(&starts, &[late], &mut vec![]), [Some(1), None]);
}

#[test]
fn a_day_of_another_month_is_refused() {
    let days = [FIRST, FIRST + 31];
    let columns = Columns { rows: 2, days: Some(&days), ..Columns::default() };
    let foreign = Err(ForeignDay { day: FIRST + 31, first: FIRST });
    assert_eq!(Totals::default().add(FIRST, &[&[1, 1]], columns), foreign);
    assert_eq!(Daily::default().add(FIRST, &[&[1, 1]], None, &days), foreign);
    assert_eq!(
        days::all_within(&[FIRST - 1], FIRST),
        Err(ForeignDay { day: FIRST - 1, first: FIRST })
    );
    assert_eq!(days::all_within(&[FIRST + 30], FIRST), Ok(()));
}

#[test]
fn days_come_back_as_they_went_in() {
    let set = DaySet::of(&[FIRST + 30, FIRST, FIRST + 30], FIRST);
    assert_eq!(set.offsets().collect::<Vec<_>>(), [0, 30]);
    assert_eq!(set.count(), 2);
}

#[test]
fn ids_come_back_as_they_were_packed() {
    let key = Key::of([3, UNKNOWN, i32::MAX, i32::MIN, 9]);
    assert_eq!([0, 1, 2, 3, 4].map(|place| key.id(place)), [3, UNKNOWN, i32::MAX, i32::MIN, 0]);
    assert_eq!(key.first(2), Key::of([3, UNKNOWN]));
    assert_eq!(key.first(0), Key::default());
    assert_eq!(key.first(9), key);
}

#[test]
fn runs_end_where_any_column_changes() {
    let mut found = Vec::new();
    let dims: [&[i32]; 2] = [&[1, 1, 1, 2, 2], &[5, 5, 6, 6, 6]];
    let kept = [true, true, true, true, false];
    Runs::default().visit(5, &dims, Some(&kept), |key, rows| found.push((key, rows)));
    assert_eq!(found, [(Key::of([1, 5]), 0..2), (Key::of([1, 6]), 2..3), (Key::of([2, 6]), 3..4)]);
    found.clear();
    Runs::default().visit(3, &[], None, |key, rows| found.push((key, rows)));
    assert_eq!(found, [(Key::default(), 0..3)]);
    Runs::default().visit(0, &dims, None, |_, _| unreachable!("there are no rows"));
}

//! Exact charge windows: one opens at the first launch that no window covers, and lasts its span.
//!
//! Which window covers a launch depends on all launches before it, so months are folded in order, and
//! the end of each person's last window is carried from month to month.
//! Any unit of time does, as long as all is in the same.

use super::Key;
use super::runs::Runs;
use core::ops::Range;
use rustc_hash::FxHashMap;

/// The launches of one month, or of a part of its rows.
#[derive(Debug, Default)]
pub struct Launches {
    scratch: Runs,
    runs: Vec<(Key, Range<usize>)>,
    at: Vec<i64>,
}

impl Launches {
    /// Adds rows: who, by `dims`, and when each session began.
    pub fn add(&mut self, dims: &[&[i32]], kept: Option<&[bool]>, opened: &[i64]) {
        let Self { scratch, runs, at } = self;
        scratch.visit(opened.len(), dims, kept, |key, rows| {
            let start = at.len();
            at.extend_from_slice(opened.get(rows).unwrap_or_default());
            match runs.last_mut() {
                // The same run goes on in the next batch.
                Some((last, range)) if *last == key => range.end = at.len(),
                _ => runs.push((key, start..at.len())),
            }
        });
    }

    fn run(&self, range: &Range<usize>) -> &[i64] {
        self.at.get(range.clone()).unwrap_or_default()
    }
}

/// The windows of every key, up to the last month folded.
#[derive(Clone, Debug)]
pub struct Windows {
    span: i64,
    counted: Range<i64>,
    of: FxHashMap<Key, Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    until: i64,
    count: u64,
}

impl Windows {
    /// No windows yet; each will last `span`, and those that open within `counted` will be counted.
    #[must_use]
    pub fn new(span: i64, counted: Range<i64>) -> Self {
        Self { span, counted, of: FxHashMap::default() }
    }

    /// Folds the launches of the next month, which may come in several parts.
    pub fn fold(&mut self, parts: &[Launches]) {
        let runs = parts.iter().flat_map(|part| part.runs.iter().map(move |run| (run, part)));
        let mut runs: Vec<(Key, &[i64])> =
            runs.map(|((key, range), part)| (*key, part.run(range))).collect();
        // By key, and one key's runs by their beginning: already so when there is one sorted file.
        runs.sort_by_key(|(key, launches)| (*key, launches.first().copied()));
        for same in runs.chunk_by(|one, next| one.0 == next.0) {
            self.fold_key(same);
        }
    }

    fn fold_key(&mut self, runs: &[(Key, &[i64])]) {
        let Some((key, _)) = runs.first() else {
            return;
        };
        let (span, counted) = (self.span, &self.counted);
        let open = self.of.entry(*key).or_insert(Open { until: i64::MIN, count: 0 });
        if in_order(runs) {
            runs.iter().for_each(|(_, launches)| open.see(launches, span, counted));
        } else {
            let mut sorted: Vec<i64> = runs.iter().flat_map(|(_, run)| *run).copied().collect();
            sorted.sort_unstable();
            open.see(&sorted, span, counted);
        }
    }

    /// Roughly the bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.of.capacity() * size_of::<(Key, Open)>()
    }

    /// How many windows each key opened since the last time it was asked, in no order; 0 is left out.
    pub fn take_counts(&mut self) -> impl Iterator<Item = (Key, u64)> {
        let taken = self.of.iter_mut().map(|(key, open)| (*key, core::mem::take(&mut open.count)));
        taken.filter(|(_, count)| *count > 0)
    }
}

impl Open {
    fn see(&mut self, launches: &[i64], span: i64, counted: &Range<i64>) {
        for &at in launches {
            if at >= self.until {
                self.until = at.saturating_add(span);
                self.count += u64::from(counted.contains(&at));
            }
        }
    }
}

fn in_order(runs: &[(Key, &[i64])]) -> bool {
    let within = runs.iter().all(|(_, run)| run.is_sorted());
    within && runs.windows(2).all(|pair| pair[0].1.last() <= pair[1].1.first())
}

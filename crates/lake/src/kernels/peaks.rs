//! Peak concurrency: how many sessions ran at once at most, day by day.
//!
//! A session runs from its beginning up to, and not at, its end: one that ends in the second in which
//! another begins does not overlap it. One that runs past midnight counts on the next day from its
//! first second on, whether or not anything else happens then.

use super::Key;
use super::runs::Runs;
use core::ops::Range;
use rustc_hash::FxHashMap;

/// The sessions of one month, or of a part of its rows.
#[derive(Debug, Default)]
pub struct Spans {
    scratch: Runs,
    runs: Vec<(Key, Range<usize>)>,
    opened: Vec<i64>,
    closed: Vec<i64>,
}

impl Spans {
    /// Adds rows: what to count by, and when each session began and ended, in seconds.
    pub fn add(&mut self, dims: &[&[i32]], kept: Option<&[bool]>, opened: &[i64], closed: &[i64]) {
        let before = self.opened.len();
        self.opened.extend_from_slice(opened);
        self.closed.extend_from_slice(closed);
        let runs = &mut self.runs;
        self.scratch.visit(opened.len(), dims, kept, |key, rows| {
            let rows = before + rows.start..before + rows.end;
            match runs.last_mut() {
                Some((last, range)) if *last == key && range.end == rows.start => {
                    range.end = rows.end
                }
                _ => runs.push((key, rows)),
            }
        });
    }

    fn run(&self, rows: &Range<usize>) -> Run<'_> {
        let opened = self.opened.get(rows.clone()).unwrap_or_default();
        (opened, self.closed.get(rows.clone()).unwrap_or_default())
    }
}

/// Peaks by key, month after month.
#[derive(Debug, Default)]
pub struct Peaks {
    sweep: Sweep,
    running: FxHashMap<Key, Vec<i64>>,
}

impl Clone for Peaks {
    /// The room for sweeps says nothing, and takes seconds of a month.
    fn clone(&self) -> Self {
        Self { sweep: Sweep::default(), running: self.running.clone() }
    }
}

impl Peaks {
    /// The peaks of each key on each day of the next month, whose sessions may come in several parts.
    /// Keys of which nothing runs are left out.
    pub fn fold(&mut self, span: Span<'_>, parts: &[Spans]) -> Vec<(Key, Vec<Option<u32>>)> {
        let mut runs: FxHashMap<Key, Vec<Run<'_>>> = FxHashMap::default();
        for key in self.running.keys() {
            runs.insert(*key, Vec::new());
        }
        for part in parts {
            for (key, rows) in &part.runs {
                runs.entry(*key).or_default().push(part.run(rows));
            }
        }
        let mut found = Vec::with_capacity(runs.len());
        for (key, runs) in runs {
            let mut running = self.running.remove(&key).unwrap_or_default();
            found.push((key, self.sweep.peaks(span, &runs, &mut running)));
            if !running.is_empty() {
                self.running.insert(key, running);
            }
        }
        found
    }

    /// Roughly the bytes that a clone takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let running = self.running.values().map(|ends| size_of::<Key>() + 8 * ends.capacity());
        running.sum()
    }

    /// Whether any session reaches beyond the last month folded.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !self.running.is_empty()
    }
}

/// Columns of when sessions began and ended, equally long.
pub type Run<'a> = (&'a [i64], &'a [i64]);

/// The seconds of a sweep and its days.
///
/// `starts` are the instants at which the days begin, ascending, and the instant at which the last one
/// ends: one more than there are days.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    /// When the days begin, and at last when they are over.
    pub starts: &'a [i64],
}

impl Span<'_> {
    fn begin(&self) -> i64 {
        self.starts.first().copied().unwrap_or(0)
    }

    fn end(&self) -> i64 {
        self.starts.last().copied().unwrap_or(0)
    }

    fn days(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

/// Room for sweeps, kept from one to the next.
#[derive(Debug, Default)]
pub struct Sweep {
    /// By second of the span: sessions that begin less those that end.
    change: Vec<i32>,
    /// Second and change, when there are few.
    events: Vec<(u32, i32)>,
}

/// With fewer events than one in so many seconds, sorting them is quicker than counting by second.
const SECONDS_AN_EVENT: usize = 16;

impl Sweep {
    /// The peak of each day of the span, `None` for days on which nothing ran.
    ///
    /// `sessions` are those that begin before the span ends, in any order.
    /// `running` holds the ends of earlier ones that reach into the span; afterwards of all that reach
    /// beyond it. Later sessions are left out.
    pub fn peaks(
        &mut self,
        span: Span<'_>,
        sessions: &[Run<'_>],
        running: &mut Vec<i64>,
    ) -> Vec<Option<u32>> {
        let mut level = 0;
        let count = sessions.iter().map(|(opened, _)| opened.len()).sum::<usize>() + running.len();
        let dense =
            count * SECONDS_AN_EVENT >= usize::try_from(span.end() - span.begin()).unwrap_or(0);
        let carried = core::mem::take(running).into_iter().map(|end| (i64::MIN, end));
        let mut log = Log { span, dense, sweep: self, running, level: &mut level };
        log.open();
        carried.for_each(|(begun, end)| log.session(begun, end));
        for (opened, closed) in sessions {
            opened.iter().zip(*closed).for_each(|(begun, end)| log.session(*begun, *end));
        }
        if dense { self.count(span, level) } else { self.sort(span, level) }
    }

    /// Walks through every second.
    fn count(&mut self, span: Span<'_>, mut level: i32) -> Vec<Option<u32>> {
        let mut rest = self.change.as_mut_slice();
        let mut peaks = Vec::with_capacity(span.days());
        for day in span.starts.windows(2) {
            let seconds = usize::try_from(day[1] - day[0]).unwrap_or(0).min(rest.len());
            let (today, later) = rest.split_at_mut(seconds);
            let mut peak = 0;
            for change in today {
                level += core::mem::take(change);
                peak = peak.max(level);
            }
            rest = later;
            peaks.push(said(peak));
        }
        peaks
    }

    /// Walks through the seconds in which something happens.
    fn sort(&mut self, span: Span<'_>, mut level: i32) -> Vec<Option<u32>> {
        self.events.sort_unstable_by_key(|(second, _)| *second);
        let mut seconds = self.events.chunk_by(|one, next| one.0 == next.0).peekable();
        let mut peaks = Vec::with_capacity(span.days());
        for day in span.starts.windows(2) {
            let until = day[1] - span.begin();
            // Unless something happens in the first second, the day begins with what ran before.
            let first = seconds.peek().and_then(|events| events.first());
            let quiet = first.is_none_or(|(second, _)| i64::from(*second) > day[0] - span.begin());
            let mut peak = if quiet { level } else { 0 };
            while let Some(events) = seconds.next_if(|events| i64::from(events[0].0) < until) {
                level += events.iter().map(|(_, change)| change).sum::<i32>();
                peak = peak.max(level);
            }
            peaks.push(said(peak));
        }
        self.events.clear();
        peaks
    }
}

/// Takes sessions into a sweep.
struct Log<'a> {
    span: Span<'a>,
    dense: bool,
    sweep: &'a mut Sweep,
    running: &'a mut Vec<i64>,
    level: &'a mut i32,
}

impl Log<'_> {
    fn open(&mut self) {
        let seconds = usize::try_from(self.span.end() - self.span.begin()).unwrap_or(0);
        if self.dense && self.sweep.change.len() < seconds {
            self.sweep.change.resize(seconds, 0);
        }
    }

    fn session(&mut self, begun: i64, end: i64) {
        let (first, last) = (self.span.begin(), self.span.end());
        if end <= begun.max(first) || begun >= last {
            return;
        }
        if begun < first {
            *self.level += 1;
        } else {
            self.change(begun - first, 1);
        }
        if end < last {
            self.change(end - first, -1);
        } else {
            self.running.push(end);
        }
    }

    fn change(&mut self, second: i64, by: i32) {
        if !self.dense {
            self.sweep.events.push((u32::try_from(second).unwrap_or(u32::MAX), by));
        } else if let Some(change) = self.sweep.change.get_mut(second as usize) {
            *change += by;
        }
    }
}

fn said(peak: i32) -> Option<u32> {
    u32::try_from(peak).ok().filter(|peak| *peak > 0)
}

//! How long answers take, counted without a lock: what is measured must not wait for who looks at it.

use core::time::Duration;
use std::sync::atomic::{AtomicU64, Ordering};

/// Upper ends of the classes of latency, in microseconds; the last class has none.
pub const BOUNDS_MICROS: [u64; 13] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000,
];

/// What was counted since the server started.
#[derive(Debug, Default)]
pub struct Timing {
    /// Answers by class, the one without an end last.
    answers: [AtomicU64; BOUNDS_MICROS.len() + 1],
    micros: AtomicU64,
    commits: AtomicU64,
    commits_failed: AtomicU64,
}

/// The same, as of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timed {
    /// Answers up to each bound, and in the end all of them.
    pub answers_up_to: [u64; BOUNDS_MICROS.len() + 1],
    /// How long they took together, in microseconds.
    pub micros: u64,
    /// Commits of the deciding thread.
    pub commits: u64,
    /// Of those, failed: nothing of them happened.
    pub commits_failed: u64,
}

impl Timing {
    pub(super) fn answered(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        if let Some(count) = self.answers.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(super) fn committed(&self, is_well: bool) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        if !is_well {
            self.commits_failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was counted until now. Counts go on meanwhile: they may be one apart.
    #[must_use]
    pub fn read(&self) -> Timed {
        let mut sum = 0;
        let answers_up_to = std::array::from_fn(|class| {
            sum += self.answers.get(class).map_or(0, |count| count.load(Ordering::Relaxed));
            sum
        });
        Timed {
            answers_up_to,
            micros: self.micros.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            commits_failed: self.commits_failed.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_up_to_their_bounds() {
        let timing = Timing::default();
        for micros in [0, 100, 101, 5_000_000, 5_000_001, u64::MAX >> 20] {
            timing.answered(Duration::from_micros(micros));
        }
        timing.committed(true);
        timing.committed(false);
        let timed = timing.read();
        assert_eq!(timed.answers_up_to, [2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 6]);
        assert_eq!(timed.micros, 201 + 10_000_001 + (u64::MAX >> 20));
        assert_eq!((timed.commits, timed.commits_failed), (2, 1));
    }
}

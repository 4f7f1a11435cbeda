//! How long answers took, counted by the microsecond.

use std::time::Duration;

/// Answers slower than this many microseconds are counted as this slow.
const SLOWEST: usize = 1_000_000;

/// Counts of answers by microseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latency(Vec<u32>);

impl Latency {
    pub(crate) fn add(&mut self, took: Duration) {
        let micros = usize::try_from(took.as_micros()).unwrap_or(SLOWEST).min(SLOWEST);
        if self.0.len() <= micros {
            self.0.resize(micros + 1, 0);
        }
        if let Some(count) = self.0.get_mut(micros) {
            *count += 1;
        }
    }

    /// The milliseconds within which this share of the answers came.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let all: u64 = self.0.iter().map(|&count| u64::from(count)).sum();
        let wanted = (all as f64 * share).ceil() as u64;
        let mut seen = 0;
        let place = self.0.iter().position(|&count| {
            seen += u64::from(count);
            seen >= wanted
        });
        place.unwrap_or(0) as f64 / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_read_off_the_counts() {
        let mut latency = Latency::default();
        (1..=100).for_each(|millis| latency.add(Duration::from_millis(millis)));
        assert_eq!([0.5, 0.99, 1.0].map(|share| latency.quantile(share)), [50.0, 99.0, 100.0]);
    }
}

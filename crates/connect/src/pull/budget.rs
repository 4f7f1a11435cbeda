//! How many requests the vendor still lets us make, kept on the disk.
//!
//! The vendor counts by user, over eight hours, whatever program asks: five requests a minute, and once
//! in those hours up to fifty within one minute. So every request is written down before it goes out,
//! by the wall clock, and a pull that was killed begins where it stopped. It must never let a request
//! through that the vendor could count beyond its limits.

use super::PullError;
use crate::digest::Digest;
use crate::disk;
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// A minute as the vendor may count it: our seconds are cut off, and requests take their time to arrive.
const MINUTE: i64 = 60 + MARGIN;
const EIGHT_HOURS: i64 = 8 * 3_600 + MARGIN;
const MARGIN: i64 = 2;
/// A request that lies further ahead than this was written by a clock that has been set back since.
const AHEAD_MAX: i64 = 600;

const BY_US: &str = "its limit for this user is used up";

/// What the vendor allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Requests in any minute but one.
    pub(super) sustained: u32,
    /// Requests in that one minute of eight hours.
    pub(super) burst: u32,
}

impl Allowance {
    /// Requests in eight hours.
    fn total(self) -> usize {
        self.sustained as usize * 480
    }
}

/// When requests were made, in the last eight hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    /// Seconds since 1970, ascending.
    sent: VecDeque<i64>,
    /// When the last busy minute began.
    burst: Option<i64>,
}

impl Ledger {
    /// Takes the next request down, and says when it may go.
    fn take(&mut self, allowed: Allowance, now: i64) -> i64 {
        self.forget(now);
        let at = self.slot(allowed, now);
        if self.within(at, MINUTE) >= allowed.sustained as usize && !self.is_bursting(at) {
            self.burst = Some(at);
        }
        self.sent.push_back(at);
        at
    }

    /// The first second, from `now` on, at which a request may go.
    fn slot(&self, allowed: Allowance, now: i64) -> i64 {
        // Nobody overtakes: requests go in the order in which they were taken down.
        let mut at = now.max(self.sent.back().copied().unwrap_or(now));
        while !self.allows(allowed, at) {
            // Nothing changes until some request, or the busy minute, is old enough.
            let ages = self.sent.iter().flat_map(|sent| [sent + MINUTE, sent + EIGHT_HOURS]);
            let burst = self.burst.map(|burst| burst + EIGHT_HOURS);
            at = ages.chain(burst).filter(|change| *change > at).min().unwrap_or(at + MINUTE);
        }
        at
    }

    fn allows(&self, allowed: Allowance, at: i64) -> bool {
        let recent = self.within(at, MINUTE);
        let may_burst = self.burst.is_none_or(|burst| at - burst >= EIGHT_HOURS);
        let is_calm = recent < allowed.sustained as usize;
        let bursts = recent < allowed.burst as usize && (self.is_bursting(at) || may_burst);
        (is_calm || bursts) && self.within(at, EIGHT_HOURS) < allowed.total()
    }

    /// Whether the busy minute goes on.
    fn is_bursting(&self, at: i64) -> bool {
        self.burst.is_some_and(|burst| at - burst < 60 - MARGIN)
    }

    fn within(&self, at: i64, span: i64) -> usize {
        self.sent.iter().rev().take_while(|sent| at - **sent < span).count()
    }

    /// Drops what no longer counts, and believes a clock that was set back.
    fn forget(&mut self, now: i64) {
        let ahead = |at: &mut i64| {
            if *at > now + AHEAD_MAX {
                *at = now;
            }
        };
        self.sent.iter_mut().for_each(ahead);
        self.burst.iter_mut().for_each(ahead);
        self.sent.make_contiguous().sort_unstable();
        while self.sent.front().is_some_and(|sent| now - sent >= EIGHT_HOURS) {
            self.sent.pop_front();
        }
    }
}

/// The ledger of one user, in a file that all sources of that user share.
#[derive(Debug)]
pub(super) struct Budget {
    file: PathBuf,
    allowed: Allowance,
}

impl Budget {
    pub(super) fn new(directory: &Path, user: [&str; 2], allowed: Allowance) -> Self {
        Self { file: directory.join(format!("{}.json", Digest::of(user).short())), allowed }
    }

    /// Takes a request down; seconds to wait before it goes out. A request that would have to wait for
    /// longer than `longest` seconds is not taken down.
    pub(super) fn take(&self, now: Instant, longest: i64) -> Result<u64, PullError> {
        let at = |why| PullError::disk(&self.file, why);
        let _lock = disk::lock(&self.file.with_extension("lock")).map_err(at)?;
        let known: Option<Ledger> = disk::read_json(&self.file).map_err(at)?;
        let mut ledger = known.unwrap_or_default();
        let wait = ledger.take(self.allowed, now.0) - now.0;
        let seconds = u64::try_from(wait).unwrap_or(0);
        if wait > longest {
            return Err(PullError::Throttled { seconds: Some(seconds), words: BY_US.to_owned() });
        }
        disk::replace_json(&self.file, &ledger).map_err(at)?;
        Ok(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Chance;
    use proptest::prelude::*;

    const VENDOR: Allowance = Allowance { sustained: 5, burst: 50 };

    /// The vendor's own counting, apart from ours: no minute over 50, one burst in eight hours, no
    /// eight hours over 2,400. Each request arrives up to a second late and is counted in milliseconds.
    fn judge(sent: &[i64], seed: u64) -> Result<(), String> {
        let mut chance = Chance::new(seed);
        let mut arrived: Vec<i64> = sent
            .iter()
            .map(|at| {
                at * 1_000 + 999 - i64::try_from(chance.up_to(999)).unwrap()
                    + i64::try_from(chance.up_to(999)).unwrap()
            })
            .collect();
        arrived.sort_unstable();
        let (mut burst, mut minute, mut shift): (Option<i64>, usize, usize) = (None, 0, 0);
        for (index, at) in arrived.iter().enumerate() {
            while at - arrived[minute] >= 60_000 {
                minute += 1;
            }
            while at - arrived[shift] >= 8 * 3_600_000 {
                shift += 1;
            }
            let (in_minute, in_shift) = (index + 1 - minute, index + 1 - shift);
            if in_minute > 50 || in_shift > 2_400 {
                return Err(format!("{in_minute} in a minute, {in_shift} in eight hours"));
            }
            if in_minute > 5 {
                let begun = *burst.get_or_insert(*at);
                if at - begun >= 120_000 && at - begun < 8 * 3_600_000 {
                    return Err(format!("a second burst after {} s", (at - begun) / 1_000));
                }
                if at - begun >= 8 * 3_600_000 {
                    burst = Some(*at);
                }
            }
        }
        Ok(())
    }

    fn run(allowed: Allowance, gaps: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let (mut ledger, mut now) = (Ledger::default(), 1_000_000_000);
        let requests = gaps.into_iter().map(|gap| {
            now = ledger.take(allowed, now + gap);
            now
        });
        requests.collect()
    }

    #[test]
    fn a_burst_goes_at_once_and_then_five_a_minute() {
        let sent = run(VENDOR, [0; 70]);
        assert_eq!(sent[49] - sent[0], 0, "fifty at once");
        let after: Vec<i64> = sent[50..].iter().map(|at| at - sent[0]).collect();
        assert_eq!(after[..5], [62; 5]);
        assert_eq!(after[5..10], [124; 5]);
        judge(&sent, 1).unwrap();
    }

    #[test]
    fn eight_hours_of_asking_stay_within_the_vendors_limits() {
        let sent = run(VENDOR, [0; 6_000]);
        judge(&sent, 7).unwrap();
        let first_hours = sent.iter().filter(|at| **at - sent[0] < 8 * 3_600).count();
        assert!((2_300..=2_400).contains(&first_hours), "{first_hours}");
        let second = sent.windows(6).position(|six| six[0] > sent[0] + 60 && six[5] - six[0] < 60);
        let again = sent[second.unwrap() + 5] - sent[0];
        assert!(again >= 8 * 3_600, "the next burst after {again} s");
    }

    #[test]
    fn a_burst_is_part_of_what_eight_hours_allow() {
        let sent = run(Allowance { sustained: 1, burst: 50 }, [0; 600]);
        let until = |from: &i64| sent.iter().filter(|at| **at - from < 8 * 3_600).count();
        let most = (0..).zip(&sent).map(|(index, from)| until(from) - index).max();
        assert_eq!(most, Some(480));
    }

    #[test]
    fn the_judge_sees_what_goes_beyond() {
        let check = |allowed| judge(&run(allowed, [0; 6_000]), 3).unwrap_err();
        assert!(check(Allowance { sustained: 5, burst: 51 }).contains("51 in a minute"));
        assert!(check(Allowance { sustained: 6, burst: 50 }).contains("burst"));
    }

    proptest! {
        #[test]
        fn no_pattern_of_asking_exceeds_the_limits(
            gaps in prop::collection::vec(
                prop_oneof![Just(0_i64), 0..3_i64, 10..90_i64, 500..40_000_i64], 1..400),
            seed in any::<u64>(),
        ) {
            prop_assert_eq!(judge(&run(VENDOR, gaps), seed), Ok(()));
        }
    }

    #[test]
    fn what_was_asked_before_a_kill_counts_after_it() {
        let directory = tempfile::tempdir().unwrap();
        let take = |user, now| {
            let budget = Budget::new(directory.path(), [user, "login"], VENDOR);
            budget.take(Instant(now), 200).unwrap()
        };
        // A new budget each time, as each process makes one.
        assert!((0..50).all(|_| take("ana", 1_000_000) == 0));
        assert_eq!(take("ana", 1_000_001), 61);
        assert_eq!(take("ben", 1_000_001), 0, "another user is counted apart");
        // Whoever does not want to wait that long leaves no trace.
        let budget = Budget::new(directory.path(), ["ana", "login"], VENDOR);
        let error = budget.take(Instant(1_000_001), 60).unwrap_err();
        assert!(matches!(error, PullError::Throttled { seconds: Some(61), .. }), "{error}");
        assert!((0..4).all(|_| take("ana", 1_000_001) == 61));
        assert_eq!(take("ana", 1_000_001), 123);
    }

    #[test]
    fn a_clock_that_is_set_back_is_believed_and_nothing_is_forgotten() {
        let mut ledger = Ledger::default();
        (0..50).for_each(|_| assert_eq!(ledger.take(VENDOR, 1_000_000), 1_000_000));
        assert_eq!(ledger.take(VENDOR, 900_000), 900_062);
        assert_eq!(ledger.take(VENDOR, 900_062), 900_062);
    }
}

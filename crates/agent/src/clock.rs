//! What time it is at the server, by the last time it told and the boot time that elapsed since.
//!
//! The wall clock is evidence only: it is told to the server, compared, and bridges the time that the machine was
//! switched off. It never makes a grant last longer:
//! - within one boot, time is counted by the boot clock, which sleeps count in and nobody sets;
//! - over a restart, the wall clock tells how long the machine was off, once, and never less than nothing; where it
//!   went backwards instead, time is not to be trusted, and what was granted before the restart is void until the
//!   server tells the time again.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// So far may the wall clock be from the server's time, in seconds.
pub const SKEW_SECONDS_MAX: i64 = 300;
/// How often the anchor is written down while nothing else happens, in milliseconds.
const KEEP_MILLIS: u64 = 3_600_000;
/// So much must the server's time differ from what was written down to be written down anew, in seconds.
const KEEP_SECONDS: u64 = 2;
/// So far back may the wall clock step without being called backwards, in seconds: clocks are disciplined.
const BACKWARDS_SECONDS_MAX: i64 = 30;

/// What the machine says of time, and a bit of chance, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// The boot of the machine.
    pub boot: String,
    /// Time since then, sleep included.
    pub since_boot: Duration,
    /// The wall clock, in seconds since 1970 UTC.
    pub wall: i64,
    /// Never the same twice.
    pub chance: [u8; 16],
}

impl Now {
    /// Time since boot in milliseconds.
    #[must_use]
    pub fn millis(&self) -> u64 {
        u64::try_from(self.since_boot.as_millis()).unwrap_or(u64::MAX)
    }
}

/// A moment of which the server's time is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The server's time then, in seconds since 1970 UTC.
    pub server: i64,
    /// The boot.
    pub boot: String,
    /// Milliseconds since that boot.
    pub since_boot: u64,
    /// The highest that the wall clock was until then.
    pub wall: i64,
    /// `false`: the wall clock had gone backwards while the machine was off.
    pub trusted: bool,
}

/// Tells the server's time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    anchor: Option<Anchor>,
    kept: Option<Anchor>,
    wall_high: i64,
    back: bool,
}

impl Clock {
    /// From what was kept.
    #[must_use]
    pub fn new(anchor: Option<Anchor>) -> Self {
        let wall_high = anchor.as_ref().map_or(i64::MIN, |anchor| anchor.wall);
        Self { kept: anchor.clone(), anchor, wall_high, back: false }
    }

    /// The server told its time.
    pub fn hear(&mut self, server: i64, now: &Now) {
        self.wall_high = now.wall;
        self.back = false;
        self.put(server, true, now);
    }

    /// Looks at the clock, as often as possible.
    pub fn look(&mut self, now: &Now) {
        if let Some(anchor) = self.anchor.clone().filter(|anchor| !is_of(anchor, now)) {
            self.bridge(&anchor, now);
        }
        self.back = now.wall < self.wall_high.saturating_sub(BACKWARDS_SECONDS_MAX);
        self.wall_high = self.wall_high.max(now.wall);
    }

    /// What is to be written down now, if anything: rarely, because disks sleep.
    pub fn to_keep(&mut self, now: &Now) -> Option<Anchor> {
        let anchor = self.anchor.clone()?;
        let is_kept = self.kept.as_ref().is_some_and(|kept| {
            let expected = kept
                .server
                .saturating_add(seconds(now.millis() - kept.since_boot.min(now.millis())));
            is_of(kept, now)
                && kept.trusted == anchor.trusted
                && now.millis() - kept.since_boot < KEEP_MILLIS
                && expected.abs_diff(self.server_time(now)) < KEEP_SECONDS
        });
        if is_kept {
            return None;
        }
        self.put(self.server_time(now), anchor.trusted, now);
        self.kept.clone_from(&self.anchor);
        self.anchor.clone()
    }

    /// Between the boots lies what the wall clock says, once; from here on boot time counts again.
    fn bridge(&mut self, from: &Anchor, now: &Now) {
        let running = seconds(now.millis());
        let off = now.wall.saturating_sub(running).saturating_sub(from.wall);
        let forward = off >= -BACKWARDS_SECONDS_MAX;
        let gone = off.max(0).saturating_add(running);
        self.put(from.server.saturating_add(gone), from.trusted && forward, now);
    }

    fn put(&mut self, server: i64, trusted: bool, now: &Now) {
        self.anchor = Some(Anchor {
            server,
            boot: now.boot.clone(),
            since_boot: now.millis(),
            wall: self.wall_high.max(now.wall),
            trusted,
        });
    }

    /// The server's time by the best that is known; the wall clock's before the server ever told.
    #[must_use]
    pub fn server_time(&self, now: &Now) -> i64 {
        match &self.anchor {
            Some(anchor) if is_of(anchor, now) => {
                let elapsed = now.millis().saturating_sub(anchor.since_boot);
                anchor.server.saturating_add(seconds(elapsed))
            }
            // Nobody looked yet in this boot.
            Some(anchor) => anchor.server.max(now.wall),
            None => now.wall,
        }
    }

    /// The server's time at an instant of this boot, in milliseconds since it.
    #[must_use]
    pub fn server_time_at(&self, millis: u64, now: &Now) -> i64 {
        self.server_time(now).saturating_sub(seconds(now.millis().saturating_sub(millis)))
    }

    /// Whether the wall clock is wrong: far from the server's time, or backwards.
    #[must_use]
    pub fn is_off(&self, now: &Now) -> bool {
        let far = self.anchor.is_some()
            && self.server_time(now).abs_diff(now.wall) > SKEW_SECONDS_MAX.unsigned_abs();
        far || self.back || !self.is_trusted()
    }

    /// Whether what was granted in an earlier boot still counts.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.anchor.as_ref().is_none_or(|anchor| anchor.trusted)
    }

    /// Whether the server ever told its time.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.anchor.is_some()
    }
}

fn is_of(anchor: &Anchor, now: &Now) -> bool {
    anchor.boot == now.boot && anchor.since_boot <= now.millis()
}

fn seconds(millis: u64) -> i64 {
    i64::try_from(millis / 1_000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_767_225_600;

    fn at(boot: &str, since: u64, wall: i64) -> Now {
        let since_boot = Duration::from_secs(since);
        Now { boot: boot.to_owned(), since_boot, wall: START + wall, chance: [0; 16] }
    }

    fn heard() -> Clock {
        let mut clock = Clock::default();
        clock.hear(START, &at("a", 100, 0));
        clock
    }

    #[track_caller]
    fn check(clock: &Clock, now: &Now, server: i64, off: bool, trusted: bool) {
        assert_eq!(clock.server_time(now) - START, server);
        assert_eq!((clock.is_off(now), clock.is_trusted()), (off, trusted));
    }

    fn look(clock: &mut Clock, now: Now) -> Now {
        clock.look(&now);
        now
    }

    #[test]
    fn within_a_boot_only_boot_time_counts() {
        for (since, wall, server, off) in [
            (160, 60, 60, false),
            (160, 360, 60, false),
            (160, 361, 60, true),
            (460, 60, 360, false),
            (461, 60, 361, true),
            (200, -30, 100, false),
            (200, -31, 100, true),
            (90_100, 90_000, 90_000, false),
        ] {
            let mut clock = heard();
            let now = look(&mut clock, at("a", since, wall));
            check(&clock, &now, server, off, true);
        }
    }

    #[test]
    fn a_wall_clock_that_went_back_is_off_until_it_caught_up_or_the_server_spoke() {
        let mut clock = heard();
        look(&mut clock, at("a", 300, 200));
        let back = look(&mut clock, at("a", 310, 100));
        check(&clock, &back, 210, true, true);
        let caught_up = look(&mut clock, at("a", 400, 190));
        check(&clock, &caught_up, 300, false, true);
        look(&mut clock, at("a", 410, 100));
        clock.hear(START + 310, &at("a", 410, 100));
        let heard = look(&mut clock, at("a", 420, 110));
        check(&clock, &heard, 320, false, true);
    }

    #[test]
    fn over_a_restart_the_wall_clock_counts_once_and_never_backwards() {
        let mut clock = heard();
        let again = look(&mut clock, at("b", 50, 4_000));
        check(&clock, &again, 4_000, false, true);
        let set = look(&mut clock, at("b", 70, 400_000));
        check(&clock, &set, 4_020, true, true);

        let mut clock = Clock::default();
        clock.hear(START + 600, &at("a", 700, 600));
        let back = look(&mut clock, at("b", 50, 100));
        check(&clock, &back, 650, true, false);
        look(&mut clock, at("c", 50, 90_000));
        assert!(!clock.is_trusted(), "another restart heals nothing");
        clock.hear(START + 5, &at("c", 60, 5));
        assert!(clock.is_trusted());
    }

    #[test]
    fn a_skewed_clock_stays_as_skewed_over_a_restart() {
        let mut clock = Clock::default();
        clock.hear(START, &at("a", 100, 7_200));
        let again = look(&mut clock, at("b", 10, 7_200 + 600));
        check(&clock, &again, 600, true, true);
    }

    #[test]
    fn before_the_first_word_the_wall_clock_is_all_there_is() {
        let mut clock = Clock::default();
        let now = look(&mut clock, at("a", 1, 5));
        check(&clock, &now, 5, false, true);
        assert!(!clock.is_set());
        assert_eq!(clock.to_keep(&now), None);
    }

    #[test]
    fn what_was_kept_goes_on_and_is_kept_rarely() {
        let mut clock = heard();
        let now = at("a", 101, 1);
        let kept = clock.to_keep(&now).unwrap();
        let mut restarted = Clock::new(Some(kept));
        let later = look(&mut restarted, at("a", 201, 101));
        check(&restarted, &later, 101, false, true);
        assert_eq!(restarted.server_time_at(151_000, &later) - START, 51);
        assert_eq!(restarted.to_keep(&later), None);
        restarted.hear(START + 102, &later);
        assert_eq!(restarted.to_keep(&later), None, "a second is not worth a write");
        restarted.hear(START + 103, &later);
        assert_eq!(restarted.to_keep(&later).unwrap().server, START + 103);
        assert_eq!(restarted.to_keep(&at("a", 3_800, 3_700)), None);
        assert!(restarted.to_keep(&at("a", 3_801, 3_701)).is_some(), "an hour passed");
        look(&mut restarted, at("b", 10, 9_000));
        assert!(restarted.to_keep(&at("b", 10, 9_000)).is_some(), "another boot");
        // A boot whose id came again, with less time since, is another one.
        look(&mut restarted, at("b", 5, 9_100));
        assert!(restarted.to_keep(&at("b", 5, 9_100)).is_some());
    }
}

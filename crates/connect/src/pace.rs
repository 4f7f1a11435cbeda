//! How fast to ask, and how long to wait before asking again. No clock of its own.
//!
//! The binary implements [`Pace`] over its monotonic clock; tests implement it by adding up.

use faregate_core::when::Date;
use std::time::Duration;

/// Time that passes, and waiting for it.
pub trait Pace: Send + Sync {
    /// Time since some moment that stays the same; it never goes back.
    fn now(&self) -> Duration;

    /// Returns when this much more time has passed.
    fn wait(&self, time: Duration);
}

/// A token bucket: so many requests a second in the long run, so many at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    interval: Duration,
    slack: Duration,
    /// When the bucket would be full again, had it unlimited credit.
    due: Duration,
}

impl Rate {
    /// A full bucket. Zero counts as one.
    #[must_use]
    pub fn new(per_second: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        let slack = interval.saturating_mul(burst.max(1) - 1);
        Self { interval, slack, due: Duration::ZERO }
    }

    /// Takes a token; how long to wait before using it.
    pub fn take(&mut self, now: Duration) -> Duration {
        let start = self.due.max(now);
        self.due = start.saturating_add(self.interval);
        start.saturating_sub(self.slack).saturating_sub(now)
    }
}

/// Chance from a seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The same seed gives the same chance.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `max`.
    pub fn up_to(&mut self, max: u64) -> u64 {
        // SplitMix64, by Steele, Lea and Flood.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        max.checked_add(1).map_or(bits, |bound| bits % bound)
    }
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often to ask at most.
    pub tries_max: u32,
    /// The wait after the first failure; it doubles each time.
    pub first: Duration,
    /// The longest wait, and the longest that a server may ask for.
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        let (first, longest) = (Duration::from_millis(500), Duration::from_secs(120));
        Self { tries_max: 5, first, longest }
    }
}

impl Retry {
    /// How long to wait after so many tries: from half of the doubled wait to all of it.
    #[must_use]
    pub fn delay(&self, tries: u32, chance: &mut Chance) -> Duration {
        let doubled = self.first.saturating_mul(1 << tries.saturating_sub(1).min(16));
        let most = doubled.min(self.longest);
        let half = u64::try_from(most.as_millis() / 2).unwrap_or(u64::MAX);
        most - Duration::from_millis(chance.up_to(half))
    }
}

/// What `Retry-After` asks for; a moment is counted from the server's own `Date`.
#[must_use]
pub fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = http_date(value)?.checked_sub(http_date(date?)?)?;
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

/// Seconds since 1970 of a date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = (1..).zip(MONTHS).find(|(_, month)| *month == name)?.0;
    let date = Date::from_ymd(words.next()?.parse().ok()?, month, day)?;
    let clock: Vec<i64> =
        words.next()?.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = clock.as_slice() else {
        return None;
    };
    let clock = [(hours, 3_600), (minutes, 60), (seconds, 1)];
    clock.into_iter().try_fold(i64::from(date.0) * 86_400, |sum, (count, unit)| {
        count.checked_mul(unit)?.checked_add(sum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_then_each_request_waits_its_turn() {
        let mut rate = Rate::new(10, 3);
        let ms = Duration::from_millis;
        let waits: Vec<_> = (0..5).map(|_| rate.take(ms(1_000)).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200]);
        assert_eq!(rate.take(ms(10_000)), Duration::ZERO);
    }

    #[test]
    fn waits_double_up_to_the_longest_with_jitter_from_a_seed() {
        let retry = Retry { longest: Duration::from_secs(3), ..Retry::default() };
        let waits = |seed| {
            let mut chance = Chance::new(seed);
            (1..=6).map(|tries| retry.delay(tries, &mut chance).as_millis()).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
        for (wait, most) in waits(7).into_iter().zip([500, 1_000, 2_000, 3_000, 3_000, 3_000]) {
            assert!((most / 2..=most).contains(&wait), "{wait} of {most}");
        }
    }

    #[test]
    fn a_server_may_ask_for_seconds_or_a_moment() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let check = |value, date, expected: Option<u64>| {
            assert_eq!(retry_after(value, date), expected.map(Duration::from_secs), "{value}");
        };
        check(" 7 ", None, Some(7));
        check("Sun, 06 Nov 1994 08:50:07 GMT", date, Some(30));
        check("Sat, 05 Nov 1994 08:50:07 GMT", date, Some(0));
        check("Mon, 07 Nov 1994 08:49:37 GMT", date, Some(86_400));
        check("Sun, 06 Nov 1994 08:50:07 GMT", None, None);
        check("soon", date, None);
        check("-1", date, None);
        check("Sun, 99 Nov 1994 08:50:07 GMT", date, None);
        // No date is too hostile to be read.
        check("Sun, 06 Nov 1994 9999999999999999:00:00 GMT", date, None);
        check("Sun, 06 Nov 1994 00:00:9223372036854775807 GMT", date, None);
        let longest = "Sun, 06 Nov 1960 00:00:9223372036854775807 GMT";
        check(longest, Some("Sun, 06 Nov 1960 08:49:37 GMT"), Some(9_223_372_036_854_744_030));
        check(longest, Some("Sun, 06 Nov 1960 00:00:-9223372036854775807 GMT"), None);
    }
}

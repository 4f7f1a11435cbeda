//! The one place of this crate that asks the machine for the time, for chance and for its own path.
//! A benchmark measures the machine: here that is the point.

use anyhow::{Context, Result};
use faregate_app::ports::Clock;
use faregate_core::when::Instant;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The wall clock.
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Instant {
        Instant(i64::try_from(since_1970().as_secs()).unwrap_or(i64::MAX))
    }
}

/// A point on the monotonic clock.
#[derive(Clone, Copy)]
pub(crate) struct Tick(std::time::Instant);

impl Tick {
    #[expect(clippy::disallowed_methods, reason = "a benchmark takes the time")]
    pub(crate) fn now() -> Self {
        Self(std::time::Instant::now())
    }

    /// From this tick to a later one.
    pub(crate) fn until(self, later: Self) -> Duration {
        later.0.saturating_duration_since(self.0)
    }

    /// The tick so long ago.
    pub(crate) fn before(self, span: Duration) -> Self {
        Self(self.0.checked_sub(span).unwrap_or(self.0))
    }

    /// Seconds since this tick.
    pub(crate) fn seconds(self) -> f64 {
        self.until(Self::now()).as_secs_f64()
    }
}

/// CPU seconds of this thread so far; of a system that does not say, seconds on the clock since `begun`.
pub(crate) fn thread_seconds(begun: Tick) -> f64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = said.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| begun.seconds(), |nanoseconds| nanoseconds / 1e9)
}

/// A number that is another one each time.
pub(crate) fn chance() -> u64 {
    since_1970().as_nanos() as u64
}

/// The directory of this program: `target/release`, beside which the bench keeps its files.
#[expect(clippy::disallowed_methods, reason = "the server's binary lies beside the bench's")]
pub(crate) fn own_directory() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().context("this program has no directory")?.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "servers are told the real time")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO)
}

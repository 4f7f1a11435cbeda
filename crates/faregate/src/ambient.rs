//! The one place that asks the machine for the time and for chance, and passes them on.

use faregate_app::access::Secrets;
use faregate_app::ports::Clock;
use faregate_core::when::Instant;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The wall clock.
pub(crate) struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Instant(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
pub(crate) struct SystemSecrets;

impl Secrets for SystemSecrets {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one place that asks for chance"
    )]
    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        // A machine without randomness can keep no secret: better no key than a guessable one.
        getrandom::fill(&mut secret).expect("the operating system has no randomness");
        secret
    }
}

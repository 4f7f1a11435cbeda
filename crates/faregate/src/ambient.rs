//! The one place that asks the machine for the time and for chance, and passes them on.

use faregate_app::access::Secrets;
use faregate_app::ports::Clock;
use faregate_connect::pace::Pace;
use faregate_core::when::Instant;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The wall clock.
pub(crate) struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Instant(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    fn elapsed(&self) -> Duration {
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
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

/// How many threads this machine runs at once.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A fresh idempotency key.
pub(crate) fn fresh_key() -> String {
    SystemSecrets.secret().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The operating system's account, for the record of who gave an order.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the environment")]
pub(crate) fn account() -> String {
    let named =
        ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "command line".to_owned())
}

/// Whether the command line says `--json`, where it cannot be understood as a whole.
pub(crate) fn asks_for_json() -> bool {
    std::env::args_os().skip(1).take_while(|word| word != "--").any(|word| word == "--json")
}

/// The wall clock's time.
pub(crate) fn now() -> Instant {
    WallClock.now()
}

/// A seed for what may be guessed, such as the jitter of waits.
pub(crate) fn fresh_seed() -> u64 {
    SystemSecrets.secret().iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// An environment variable that the operator's settings name.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The monotonic clock, and waiting by it.
pub(crate) struct Monotonic(std::time::Instant);

impl Monotonic {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    pub(crate) fn new() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Pace for Monotonic {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

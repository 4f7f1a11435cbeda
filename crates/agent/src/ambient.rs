//! The one place that asks the machine for time, chance and the environment, and passes them on.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes that nobody can guess.
///
/// # Panics
/// Where the operating system has no randomness: better no key than a guessable one.
#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "the one place that asks for chance"
)]
#[must_use]
pub fn chance<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has no randomness");
    bytes
}

/// The wall clock, in seconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
#[must_use]
pub fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The account that this program runs under, as the process list would show it.
#[must_use]
pub fn account() -> String {
    let name = ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(variable).unwrap_or_default();
    match variable("USERDOMAIN") {
        Some(domain) if !name.is_empty() => format!("{domain}\\{name}"),
        _ => name,
    }
}

/// The machine's name.
#[must_use]
pub fn machine_name() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = variable("COMPUTERNAME").unwrap_or_default();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// What was said on the command line, without the program's name.
///
/// # Errors
/// A word that is no text.
pub fn arguments() -> Result<Vec<String>, std::ffi::OsString> {
    std::env::args_os().skip(1).map(std::ffi::OsString::into_string).collect()
}

/// Where the agent keeps its state when nothing else is said: the system's place for a service, or else the person's.
#[must_use]
pub fn state_directory() -> PathBuf {
    let given = |name| variable(name).map(PathBuf::from);
    if cfg!(windows) {
        return given("ProgramData").unwrap_or_else(|| r"C:\ProgramData".into()).join("Faregate");
    }
    if cfg!(target_os = "macos") {
        return "/Library/Application Support/Faregate".into();
    }
    // systemd sets it for a unit with `StateDirectory=`.
    given("STATE_DIRECTORY").unwrap_or_else(|| "/var/lib/faregate-agent".into())
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks for the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

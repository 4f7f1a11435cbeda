//! For how long nobody touched keyboard or mouse, from what Linux's login manager says.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The command that tells of the sessions of people, or of this account's alone; `None` where there are none.
/// `sessions` is where the login manager keeps a file a session.
pub(super) fn sessions_command(sessions: &Path) -> Option<Command> {
    let entries = std::fs::read_dir(sessions).ok()?.flatten();
    let names = entries.filter(|entry| {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        is_persons(&text, rustix::process::getuid().as_raw())
    });
    let mut names: Vec<_> = names.map(|entry| entry.file_name()).collect();
    names.sort();
    let mut command = Command::new("loginctl");
    command.args(["show-session", "--property=IdleHint", "--property=IdleSinceHintMonotonic"]);
    (!names.is_empty()).then(|| {
        command.arg("--").args(names);
        command
    })
}

/// Whether a session is one that a person sits at, and may be looked at by this account.
fn is_persons(text: &str, own: u32) -> bool {
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let uid: Option<u32> = value("UID").and_then(|uid| uid.parse().ok());
    value("CLASS") == Some("user") && (own == 0 || uid == Some(own))
}

/// The time since the last touch in any of the sessions; `None` where nothing is told. `now` is the monotonic clock.
pub(super) fn of_sessions(said: &str, now: Duration) -> Option<Duration> {
    said.split("\n\n").filter_map(|session| of_session(session, now)).min()
}

fn of_session(said: &str, now: Duration) -> Option<Duration> {
    let value = |key: &str| said.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    match value("IdleHint")? {
        "no" => Some(Duration::ZERO),
        _ => {
            let since = value("IdleSinceHintMonotonic")?.trim().parse().ok()?;
            Some(now.saturating_sub(Duration::from_micros(since)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: &str = "IdleHint=yes\nIdleSinceHintMonotonic=5000000\n";
    const BUSY: &str = "IdleHint=no\nIdleSinceHintMonotonic=0\n";

    #[test]
    fn idle_is_what_the_busiest_session_is() {
        let now = Duration::from_secs(65);
        assert_eq!(of_sessions(IDLE, now), Some(Duration::from_secs(60)));
        assert_eq!(of_sessions(&format!("{IDLE}\n{BUSY}"), now), Some(Duration::ZERO));
        assert_eq!(of_sessions("", now), None);
        assert_eq!(of_sessions("IdleHint=yes\n", now), None);
        assert_eq!(of_sessions(IDLE, Duration::ZERO), Some(Duration::ZERO), "clocks differ a bit");
    }

    #[test]
    fn only_sessions_of_people_count_and_others_than_roots_only_see_their_own() {
        let session = "# made\nUID=1000\nACTIVE=1\nCLASS=user\n";
        assert!(is_persons(session, 0) && is_persons(session, 1000));
        assert!(!is_persons(session, 1001));
        assert!(!is_persons("UID=1000\nCLASS=greeter\n", 0));
        assert!(!is_persons("UID=1000\nCLASS=manager\n", 1000));
    }

    #[test]
    fn the_command_names_the_sessions_after_the_options() {
        let place = tempfile::tempdir().unwrap();
        assert!(sessions_command(place.path()).is_none());
        let uid = rustix::process::getuid().as_raw();
        let session = format!("UID={uid}\nCLASS=user\n");
        std::fs::write(place.path().join("c2"), &session).unwrap();
        std::fs::write(place.path().join("--help"), &session).unwrap();
        std::fs::write(place.path().join("7"), "UID=0\nCLASS=greeter\n").unwrap();
        let command = sessions_command(place.path()).unwrap();
        let arguments: Vec<_> = command.get_args().map(|it| it.to_str().unwrap()).collect();
        assert_eq!(arguments[3..], ["--", "--help", "c2"]);
    }
}

//! A command whose answer is wanted now and then, and never waited for.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How old an answer may get before the command is run again; it is given up after as long.
const EVERY: Duration = Duration::from_secs(30);
/// More of an answer is not read.
const BYTES_MAX: u64 = 64 * 1024;

/// Runs a command in the background.
#[derive(Default)]
pub(super) struct Probe {
    running: Option<Child>,
    asked: Option<Duration>,
    said: Option<String>,
}

impl Probe {
    /// What the command said last; `None` before it did, and after it failed. `now` never goes back.
    pub(super) fn ask(
        &mut self,
        now: Duration,
        command: impl FnOnce() -> Option<Command>,
    ) -> Option<&str> {
        let due = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= EVERY);
        match self.running.as_mut().map(Child::try_wait) {
            Some(Ok(None)) if !due => {}
            Some(Ok(Some(status))) => {
                let child = self.running.take();
                self.said = child.filter(|_| status.success()).and_then(read);
            }
            Some(_) => {
                self.said = None;
                self.give_up();
            }
            None => {}
        }
        if due && self.running.is_none() {
            self.asked = Some(now);
            self.running = command().and_then(|command| start(command).ok());
        }
        self.said.as_deref()
    }

    fn give_up(&mut self) {
        if let Some(mut child) = self.running.take() {
            // It may have ended by itself in between.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.give_up();
    }
}

fn start(mut command: Command) -> std::io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}

fn read(child: Child) -> Option<String> {
    let mut text = String::new();
    child.stdout?.take(BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(word: &str) -> Option<Command> {
        let mut command = Command::new("echo");
        command.arg(word);
        Some(command)
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Asks until the command that runs has ended.
    fn settled(probe: &mut Probe, now: Duration) -> Option<String> {
        while probe.running.is_some() {
            probe.ask(now, || None);
            std::thread::yield_now();
        }
        probe.said.clone()
    }

    #[test]
    fn an_answer_is_kept_until_it_is_old_and_a_failure_is_no_answer() {
        let mut probe = Probe::default();
        assert_eq!(probe.ask(at(100), || echo("one")), None);
        assert_eq!(settled(&mut probe, at(101)).as_deref(), Some("one\n"));
        probe.ask(at(129), || panic!("not old enough"));
        probe.ask(at(130), || echo("two"));
        assert_eq!(settled(&mut probe, at(131)).as_deref(), Some("two\n"));
        probe.ask(at(160), || Some(Command::new("false")));
        assert_eq!(settled(&mut probe, at(161)), None);
        probe.ask(at(190), || Some(Command::new("no-such-command-anywhere")));
        assert!(probe.running.is_none());
    }

    #[test]
    fn a_command_that_hangs_is_given_up() {
        let mut probe = Probe::default();
        // It waits for the end of its input, which never comes from a terminal that nobody has.
        probe.ask(at(0), || {
            let mut command = Command::new("tail");
            command.args(["-f", "/dev/null"]);
            Some(command)
        });
        assert!(probe.running.is_some());
        probe.ask(at(29), || None);
        assert!(probe.running.is_some());
        probe.ask(at(30), || None);
        assert!(probe.running.is_none());
    }
}

//! Other programs, by argument list and never through a shell, for a limited time.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// More than that nobody reads.
const OUTPUT_MAX: usize = 64 << 20;
/// Between two looks whether it has ended.
const STEP: Duration = Duration::from_millis(20);
/// For what it printed, when it has ended: something it left behind may keep the pipe open.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a program printed, and what went wrong, if anything did.
pub(crate) struct Ran {
    pub(crate) output: Vec<u8>,
    pub(crate) failure: Option<String>,
}

/// Runs a program to its end, or to the end of its time; then it is killed.
pub(crate) fn run(words: &[String], limit: Duration) -> Ran {
    let Some((program, args)) = words.split_first() else {
        return Ran { output: Vec::new(), failure: Some("no command was named".to_owned()) };
    };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(why) => {
            let failure = Some(format!("`{program}` cannot be run: {why}"));
            return Ran { output: Vec::new(), failure };
        }
    };
    let (output, said) = (child.stdout.take().map(Drain::of), child.stderr.take().map(Drain::of));
    let ended = wait(&mut child, limit);
    let taken = |drain: Option<Drain>| drain.map(Drain::take).unwrap_or_default();
    let (output, said) = (taken(output), taken(said));
    let failure = match ended {
        Err(why) => Some(format!("`{program}` {why}")),
        Ok(Some(code)) => Some(format!("`{program}` ended with {code}{}", last_line(&said))),
        Ok(None) if output.len() >= OUTPUT_MAX => Some(format!("`{program}` printed too much")),
        Ok(None) => None,
    };
    Ran { output, failure }
}

/// `None` for success, else the exit status in words.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<String>, String> {
    let mut waited = Duration::ZERO;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(None),
            Ok(Some(status)) => return Ok(Some(status.to_string())),
            Ok(None) if waited < limit => {
                std::thread::sleep(STEP);
                waited += STEP;
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("did not end within {} seconds", limit.as_secs()));
            }
            Err(why) => return Err(why.to_string()),
        }
    }
}

fn last_line(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.map_or_else(String::new, |line| format!(": {}", line.trim()))
}

/// A pipe that is read as it fills, so that the program never waits for its reader.
struct Drain {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
}

impl Drain {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = channel();
        let kept = Arc::clone(&bytes);
        std::thread::spawn(move || {
            let mut chunk = vec![0; 64 << 10];
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let room = OUTPUT_MAX.saturating_sub(kept.len());
                kept.extend(chunk.iter().take(count.min(room)));
            }
            // Nobody may be waiting any more.
            let _ = end.send(());
        });
        Self { bytes, ended }
    }

    fn take(self) -> Vec<u8> {
        let _ = self.ended.recv_timeout(PATIENCE);
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(words: &[&str], seconds: u64) -> (String, Option<String>) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let Ran { output, failure } = run(&words, Duration::from_secs(seconds));
        (String::from_utf8(output).unwrap(), failure)
    }

    #[test]
    fn arguments_are_no_shells_words() {
        let (output, failure) = ran(&["printf", "%s|%s", "$(id); `id`", "a b"], 60);
        assert_eq!((output.as_str(), failure), ("$(id); `id`|a b", None));
    }

    #[test]
    fn what_goes_wrong_is_said() {
        let (output, failure) = ran(&["sh", "-c", "echo half; echo why >&2; exit 3"], 60);
        assert_eq!(output, "half\n");
        assert_eq!(failure.unwrap(), "`sh` ended with exit status: 3: why");
        let (_, failure) = ran(&["/no/such/program"], 60);
        assert!(failure.unwrap().starts_with("`/no/such/program` cannot be run: "));
        assert_eq!(ran(&[], 60).1.unwrap(), "no command was named");
    }

    #[test]
    fn a_program_that_hangs_is_ended_and_what_it_printed_is_kept() {
        let (output, failure) = ran(&["sh", "-c", "echo begun; exec tail -f /dev/null"], 1);
        assert_eq!(output, "begun\n");
        assert_eq!(failure.unwrap(), "`sh` did not end within 1 seconds");
    }

    #[test]
    fn a_program_that_prints_much_does_not_wait_for_its_reader() {
        let (output, failure) = ran(&["head", "-c", "1000000", "/dev/zero"], 60);
        assert_eq!((output.len(), failure), (1_000_000, None));
    }
}

//! What polls showed, a line of JSON each, in the data directory: a second source, which nothing is charged by.

use crate::fault::{Code, Fault};
use faregate_app::holders::{Seen, Watch};
use faregate_core::when::Instant;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Its name in the data directory.
const NAME: &str = "lmstat.jsonl";

/// The record, which only grows. One watch writes it at a time.
pub(super) struct Record {
    path: PathBuf,
    file: File,
}

impl Record {
    /// Opens the record, and what it says of who holds what.
    pub(super) fn open(directory: &Path) -> Result<(Self, Watch), Fault> {
        let path = directory.join(NAME);
        let failed = |why: std::io::Error| unusable(&path, &why.to_string());
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(&path).map_err(failed)?;
        file.try_lock()
            .map_err(|why| unusable(&path, &format!("another watch writes it: {why}")))?;
        let text = match std::fs::read_to_string(&path) {
            Err(why) if why.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(failed)?,
        };
        let mut watch = Watch::default();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            // A line that was cut short says nothing; the next poll says it again.
            if let Some((at, seen)) = serde_json::from_str(line).ok().and_then(|value| read(&value))
            {
                watch.recall(at, &seen);
            }
        }
        let mut record = Self { path: path.clone(), file };
        if !text.is_empty() && !text.ends_with('\n') {
            record.file.write_all(b"\n").map_err(failed)?;
        }
        Ok((record, watch))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds what was seen, durably, and returns the line.
    pub(super) fn add(&mut self, at: Instant, seen: &Seen) -> Result<Value, Fault> {
        let value = written(at, seen);
        let line = crate::output::json_line(&value).map_err(anyhow::Error::from)? + "\n";
        let done = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        done.map_err(|why| unusable(&self.path, &why.to_string()))?;
        Ok(value)
    }
}

fn unusable(path: &Path, why: &str) -> Fault {
    let help = "check that the data directory can be written to";
    Fault::new(Code::Data, format!("{}: {why}", path.display()), help)
}

fn written(at: Instant, seen: &Seen) -> Value {
    let at = at.to_string();
    match seen {
        Seen::Held { user, host, what, since } => json!({
            "at": at, "seen": "held", "user": user, "host": host, "what": what,
            "since": since.to_string(),
        }),
        Seen::Gone { user, host, what, since, last_seen } => json!({
            "at": at, "seen": "gone", "user": user, "host": host, "what": what,
            "since": since.to_string(), "last_seen": last_seen.to_string(),
        }),
        Seen::Unknown(why) => json!({ "at": at, "seen": "unknown", "why": why }),
        Seen::Known => json!({ "at": at, "seen": "known" }),
    }
}

fn read(line: &Value) -> Option<(Instant, Seen)> {
    let text = |key: &str| line.get(key)?.as_str().map(str::to_owned);
    let time = |key: &str| line.get(key)?.as_str()?.parse().ok();
    let seen = match line.get("seen")?.as_str()? {
        "held" => Seen::Held {
            user: text("user")?,
            host: text("host")?,
            what: text("what")?,
            since: time("since")?,
        },
        "gone" => Seen::Gone {
            user: text("user")?,
            host: text("host")?,
            what: text("what")?,
            since: time("since")?,
            last_seen: time("last_seen")?,
        },
        "unknown" => Seen::Unknown(Vec::new()),
        "known" => Seen::Known,
        _ => return None,
    };
    Some((time("at")?, seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_the_same() {
        let (user, host, what) = ("jo".to_owned(), "ws \u{1b}".to_owned(), "autocad".to_owned());
        let (since, last_seen) = (Instant(1_780_272_000), Instant(1_780_272_060));
        let held = Seen::Held { user, host, what, since };
        let Seen::Held { user, host, what, .. } = held.clone() else { return };
        let gone = Seen::Gone { user, host, what, since, last_seen };
        for seen in [held, gone, Seen::Known, Seen::Unknown(Vec::new())] {
            assert_eq!(read(&written(last_seen, &seen)), Some((last_seen, seen)));
        }
        assert_eq!(read(&json!({ "at": "2026-06-01T00:00:00Z", "seen": "more" })), None);
    }
}

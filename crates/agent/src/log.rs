//! The agent's own log: a file of lines, never larger than two halves.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

/// How large one half may grow.
const HALF_BYTES_MAX: u64 = 512 * 1024;

/// The log, open for more.
pub struct Log {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl Log {
    /// Opens the log of a directory. Where it cannot be written, lines are lost: the agent goes on.
    #[must_use]
    pub fn open(directory: &Path) -> Self {
        let path = directory.join("agent.log");
        let file = append(&path).ok();
        let bytes = fs::metadata(&path).map_or(0, |found| found.len());
        Self { path, file, bytes }
    }

    /// Writes a line; `at` is in seconds since 1970 UTC.
    pub fn line(&mut self, at: i64, text: &str) {
        if self.bytes > HALF_BYTES_MAX {
            self.file = None;
            if fs::rename(&self.path, older(&self.path)).is_ok() {
                self.bytes = 0;
            }
        }
        if self.file.is_none() {
            self.file = append(&self.path).ok();
        }
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let line = format!("{} {text}\n", instant(at));
        if let Some(file) = &mut self.file
            && file.write_all(line.as_bytes()).is_ok()
        {
            self.bytes += line.len() as u64;
        }
    }
}

/// The last lines of a directory's log.
///
/// # Errors
/// There is none, or it cannot be read.
pub fn last(directory: &Path, count: usize) -> io::Result<Vec<String>> {
    let path = directory.join("agent.log");
    let mut lines = Vec::new();
    for file in [File::open(older(&path)).ok(), Some(File::open(&path)?)].into_iter().flatten() {
        lines.extend(BufReader::new(file).lines().map_while(Result::ok));
    }
    Ok(lines.split_off(lines.len().saturating_sub(count)))
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn older(path: &Path) -> PathBuf {
    path.with_extension("log.1")
}

/// `2026-01-01 00:00:00Z`.
#[must_use]
pub fn instant(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00Z"),
            (951_782_399, "2000-02-28 23:59:59Z"),
            (951_782_400, "2000-02-29 00:00:00Z"),
            (1_767_225_600, "2026-01-01 00:00:00Z"),
            (-1, "1969-12-31 23:59:59Z"),
            (4_107_542_399, "2100-02-28 23:59:59Z"),
            (4_107_542_400, "2100-03-01 00:00:00Z"),
        ] {
            assert_eq!(instant(seconds), text);
        }
    }

    #[test]
    fn it_never_grows_beyond_its_halves_and_no_line_is_forged() {
        let directory = tempfile::tempdir().unwrap();
        let mut log = Log::open(directory.path());
        for number in 0..30_000 {
            log.line(0, &format!("line {number}\nforged {}", "x".repeat(40)));
        }
        let size = |name| fs::metadata(directory.path().join(name)).unwrap().len();
        assert!(size("agent.log") + size("agent.log.1") < 2 * HALF_BYTES_MAX + 400);
        let lines = last(directory.path(), 20_000).unwrap();
        assert!(lines.iter().all(|line| line.contains("line ")), "each is one line");
        assert!(lines.last().unwrap().contains("line 29999 forged"));
        assert_eq!(last(directory.path(), 2).unwrap().len(), 2);
    }
}

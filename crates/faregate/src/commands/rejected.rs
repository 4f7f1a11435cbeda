//! The list of rejected lines: of an import, put in its place at the end; of a log that grows, appended to.

use crate::fault::{Code, Fault};
use faregate_api::rejected::{RejectedLine, RejectedLines};
use faregate_app::import::usage;
use faregate_app::ports::StoreError;
use faregate_core::csv::guarded;
use faregate_ingest::flexnet;
use faregate_ingest::sheet::{Encoding, Form, Item, Row, Splitter};
use std::collections::BTreeSet;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The list's name in the data directory.
pub(crate) const NAME: &str = "rejected.csv";
const HEAD: &str = "file,line,code,reason,text";
/// Bytes of the list that are read at once.
const CHUNK: usize = 64 * 1024;

/// A line that an import did not take in, whatever its format.
pub(crate) struct Rejected<'a> {
    line: u64,
    code: &'static str,
    reason: String,
    text: &'a str,
}

impl<'a> From<&'a flexnet::Rejected> for Rejected<'a> {
    fn from(one: &'a flexnet::Rejected) -> Self {
        let (code, reason) = (one.reason.code(), one.reason.to_string());
        Self { line: one.line, code, reason, text: &one.text }
    }
}

impl<'a> From<&'a usage::Rejected> for Rejected<'a> {
    fn from(one: &'a usage::Rejected) -> Self {
        Self { line: one.line, code: one.code, reason: one.reason.clone(), text: &one.text }
    }
}

/// An import's list. Nothing is at its place before the import is complete.
pub(crate) struct List {
    /// As the operator wrote it.
    shown: PathBuf,
    path: PathBuf,
    /// The neighbour that takes the list's place at the end; none when that is no regular file.
    neighbour: Option<PathBuf>,
    file: BufWriter<File>,
    count: u64,
    failed: Option<std::io::Error>,
}

impl List {
    /// Makes sure that the list can be written, and that no file of `inputs` is lost by it.
    pub(crate) fn begin(path: &Path, inputs: &[&Path]) -> Result<Self, Fault> {
        let shown = path.display();
        let bad = |why: &dyn std::fmt::Display| {
            let help = "name another file with --rejected; nothing was imported";
            Fault::new(
                Code::Input,
                format!("rejected lines cannot be listed in `{shown}`: {why}"),
                help,
            )
        };
        let there = match std::fs::metadata(path) {
            Err(why) if why.kind() == ErrorKind::NotFound => None,
            there => Some(there.map_err(|why| bad(&why))?),
        };
        if there.as_ref().is_some_and(|there| inputs.iter().any(|input| is_same(there, input))) {
            return Err(bad(&"the import reads or keeps that file itself"));
        }
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            let file = OpenOptions::new().write(true).open(path).map_err(|why| bad(&why))?;
            return Ok(Self::new(path, file));
        }
        // Through a symbolic link, the file that it names is replaced.
        let target = if there.is_some() {
            path.canonicalize().map_err(|why| bad(&why))?
        } else {
            path.to_owned()
        };
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let neighbour = target.with_file_name(name);
        let file = File::create_new(&neighbour).map_err(|why| bad(&why))?;
        let mut list = Self::new(path, file);
        (list.path, list.neighbour) = (target, Some(neighbour));
        Ok(list)
    }

    fn new(shown: &Path, file: File) -> Self {
        let (shown, path) = (shown.to_owned(), shown.to_owned());
        Self { shown, path, neighbour: None, file: BufWriter::new(file), count: 0, failed: None }
    }

    /// Adds a line; what goes wrong is told at the end.
    pub(crate) fn add<'a>(&mut self, file: &str, rejected: impl Into<Rejected<'a>>) {
        let head = if self.count == 0 { writeln!(self.file, "{HEAD}") } else { Ok(()) };
        self.count += 1;
        let written = head.and_then(|()| writeln!(self.file, "{}", row(file, &rejected.into())));
        if let Err(why) = written {
            self.failed.get_or_insert(why);
        }
    }

    /// Puts the list in its place; says where that is, if there is any line.
    pub(crate) fn finish(mut self) -> Result<Option<PathBuf>, Fault> {
        if self.count == 0 {
            return Ok(None);
        }
        self.put().map_err(|why| {
            let path = self.shown.display();
            Fault::new(Code::Failed, format!("{path}: {why}"), "the import itself is complete")
        })?;
        Ok(Some(std::mem::take(&mut self.shown)))
    }

    fn put(&mut self) -> std::io::Result<()> {
        if let Some(why) = self.failed.take() {
            return Err(why);
        }
        self.file.flush()?;
        if let Some(neighbour) = &self.neighbour {
            std::fs::rename(neighbour, &self.path)?;
            self.neighbour = None;
        }
        Ok(())
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let Some(neighbour) = &self.neighbour {
            // What is not there needs no removing.
            let _ = std::fs::remove_file(neighbour);
        }
    }
}

fn is_same(one: &Metadata, other: &Path) -> bool {
    let inode = |metadata: &Metadata| (metadata.dev(), metadata.ino());
    std::fs::metadata(other).is_ok_and(|other| inode(one) == inode(&other))
}

/// Appends lines of what is taken in beside a server, but for those that are listed: after a restart it may be read
/// again.
pub(crate) fn append<'a, T>(path: &Path, log: &str, rejected: &'a [T]) -> Result<(), Fault>
where
    Rejected<'a>: From<&'a T>,
{
    if rejected.is_empty() {
        return Ok(());
    }
    let rows = rejected.iter().map(|one| row(log, &one.into()));
    append_rows(path, rows).map_err(|why| {
        let message = format!("rejected lines cannot be listed in `{}`: {why}", path.display());
        Fault::new(Code::Failed, message, "check the disk; what could be read was taken in")
    })
}

fn append_rows(path: &Path, rows: impl Iterator<Item = String>) -> std::io::Result<()> {
    // Uploads and sources may come at once, and what one of them reads the other must have written.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = BTreeSet::new();
    let mut know = |one: RejectedLine| {
        known.insert(cells(&one.file, one.line, &one.code, &one.reason, &one.text));
    };
    Listed(path.to_owned()).each(&mut know).map_err(std::io::Error::other)?;
    let is_new = std::fs::metadata(path).map_or(true, |there| there.len() == 0);
    let rows = rows.filter(|row| !known.contains(row));
    let head = is_new.then(|| HEAD.to_owned());
    let text: String = head.into_iter().chain(rows).map(|row| row + "\n").collect();
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// The list in a data directory, for a server's pages.
pub(crate) struct Listed(pub(crate) PathBuf);

impl RejectedLines for Listed {
    fn each(&self, visit: &mut dyn FnMut(RejectedLine)) -> Result<(), StoreError> {
        let mut file = match File::open(&self.0) {
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
            file => file.map_err(|why| self.unread(&why))?,
        };
        // What is written here begins with no mark.
        let form = Form { encoding: Encoding::Unmarked, delimiter: b',', line_end: b'\n' };
        let mut splitter = Splitter::new(form);
        // The first line is the head.
        let mut read = |item: Item<'_>| {
            if let Item::Row(row) = item
                && row.line > 1
            {
                visit(line(row));
            }
        };
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = file.read(&mut chunk).map_err(|why| self.unread(&why))?;
            match chunk.get(..count) {
                Some(bytes) if count > 0 => splitter.feed(bytes, &mut read),
                _ => break,
            }
        }
        splitter.finish(&mut read);
        Ok(())
    }

    fn add(&self, lines: &[RejectedLine]) -> Result<(), StoreError> {
        let rows = lines.iter().map(|one| {
            let RejectedLine { file, line, code, reason, text } = one;
            cells(file, *line, code, reason, text)
        });
        append_rows(&self.0, rows).map_err(|why| self.unread(&why))
    }
}

impl Listed {
    fn unread(&self, why: &std::io::Error) -> StoreError {
        StoreError::Other(format!("the list of rejected lines, `{}`: {why}", self.0.display()))
    }
}

fn line(row: Row<'_>) -> RejectedLine {
    let cell = |place| row.cell(place).unwrap_or_default().to_owned();
    let line = row.cell(1).and_then(|line| line.parse().ok()).unwrap_or_default();
    RejectedLine { file: cell(0), line, code: cell(2), reason: cell(3), text: cell(4) }
}

fn row(file: &str, rejected: &Rejected<'_>) -> String {
    let Rejected { line, code, reason, text } = rejected;
    cells(file, *line, code, reason, text)
}

fn cells(file: &str, line: u64, code: &str, reason: &str, text: &str) -> String {
    let (file, reason, text) = (cell(file), cell(reason), cell(text));
    format!("{file},{line},{code},{reason},{text}")
}

/// A CSV cell, and no formula.
fn cell(text: &str) -> String {
    format!("\"{}\"", guarded(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_in_any_language() {
        for text in ["=1", "\u{ff1d}1", " @x"] {
            assert_eq!(cell(text), format!("\"'{text}\""));
        }
        assert_eq!(cell("a \"b\""), "\"a \"\"b\"\"\"");
    }

    #[test]
    fn what_is_listed_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let listed = Listed(directory.path().join(NAME));
        let read = || {
            let mut read = Vec::new();
            listed.each(&mut |line| read.push(line)).unwrap();
            read
        };
        assert_eq!(read(), []);
        let line = |file: &str, line, text: &str| RejectedLine {
            file: file.to_owned(),
            line,
            code: "malformed".to_owned(),
            reason: "no user, no host".to_owned(),
            text: text.to_owned(),
        };
        let lines =
            [line("a.log", 4, "OUT: \"x\", y"), line("b.log", 5, "two\nlines"), line("", 6, "")];
        listed.add(&lines[..1]).unwrap();
        listed.add(&lines).unwrap();
        assert_eq!(read(), lines);
        // A spreadsheet takes no cell for a formula, and the page shows what the spreadsheet does.
        listed.add(&[line("=c", 7, "")]).unwrap();
        assert_eq!(read()[3].file, "'=c");
        // Each is listed once, whatever breaks its text into lines or stands before it.
        listed.add(&lines).unwrap();
        listed.add(&[line("=c", 7, "")]).unwrap();
        assert_eq!(read().len(), 4);
    }

    #[test]
    fn lists_that_are_begun_at_once_have_one_head() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(NAME);
        let rows = |thread: u64| {
            (0..50).map(move |line| cells("a.log", line, "malformed", "", &thread.to_string()))
        };
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let path = &path;
                scope.spawn(move || append_rows(path, rows(thread)).unwrap());
            }
        });
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().filter(|line| *line == HEAD).count(), 1);
        assert_eq!(text.lines().count(), 201);
    }
}

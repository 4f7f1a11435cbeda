//! The file in which the agent's memory survives crashes and power loss.
//!
//! One line is one batch of records that belong together: the first 16 hexadecimal digits of its SHA-256, a blank, a
//! JSON array. A batch is on the disk before anything that follows from it is done. A line that is cut short, or was
//! damaged, counts for nothing; the others still do. The file is rewritten (temporary file, rename) when it is
//! opened, when it has grown, and after a write failed.

use crate::memory::{Memory, Record};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The file's name in the state directory.
pub const NAME: &str = "memory";
/// A file smaller than this is not rewritten for its size.
const REWRITE_BYTES_MIN: u64 = 1 << 20;
/// A file is rewritten when it has grown by this factor.
const REWRITE_FACTOR: u64 = 4;

/// The file, open for more.
pub struct Book {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
    bytes_fresh: u64,
}

/// What a file says.
#[derive(Debug, Default)]
pub struct Reading {
    /// What is remembered.
    pub memory: Memory,
    /// Lines that count for nothing, because they were cut short or damaged.
    pub damaged: usize,
}

impl Book {
    /// Reads the file of a directory, if there is one, and opens it for more.
    ///
    /// # Errors
    /// It cannot be read, or not be written.
    pub fn open(directory: &Path) -> io::Result<(Self, Reading)> {
        let reading = read(directory)?;
        let path = directory.join(NAME);
        let mut book = Self { path, file: None, bytes: 0, bytes_fresh: 0 };
        book.rewrite(&reading.memory)?;
        Ok((book, reading))
    }

    /// Writes a batch, which `memory` has taken in already; it is on the disk when this returns.
    ///
    /// # Errors
    /// It may not be on the disk. The next time all is written anew.
    pub fn append(&mut self, batch: &[Record], memory: &Memory) -> io::Result<()> {
        let grown = self.bytes > REWRITE_BYTES_MIN.max(self.bytes_fresh * REWRITE_FACTOR);
        match self.file.take().filter(|_| !grown) {
            None => self.rewrite(memory),
            Some(mut file) => {
                let line = line(batch)?;
                file.write_all(&line)?;
                file.sync_data()?;
                self.bytes += line.len() as u64;
                self.file = Some(file);
                Ok(())
            }
        }
    }

    /// As after a failed write.
    #[cfg(test)]
    pub(crate) fn forget_file(&mut self) {
        self.file = None;
    }

    fn rewrite(&mut self, memory: &Memory) -> io::Result<()> {
        let mut bytes = Vec::new();
        for record in memory.records() {
            bytes.extend(line(&[record])?);
        }
        replace(&self.path, &bytes)?;
        self.file = Some(OpenOptions::new().append(true).open(&self.path)?);
        self.bytes = bytes.len() as u64;
        self.bytes_fresh = self.bytes;
        Ok(())
    }
}

/// What the file of a directory says; nothing when there is none.
///
/// # Errors
/// It cannot be read.
pub fn read(directory: &Path) -> io::Result<Reading> {
    let mut bytes = Vec::new();
    match File::open(directory.join(NAME)) {
        Ok(mut file) => drop(file.read_to_end(&mut bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(replay(&bytes))
}

/// Puts a file in the place of another, so that a crash leaves the one or the other, whole.
///
/// # Errors
/// The system's.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut file = private(&next)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&next, path)?;
    // The name is on the disk once the directory is. Elsewhere directories cannot be opened, and need not be.
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// A file that only its owner may read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn line(batch: &[Record]) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(batch)?;
    Ok([digest(&json).as_bytes(), b" ", &json, b"\n"].concat())
}

fn replay(bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match batch(line) {
            Some(batch) => batch.into_iter().for_each(|record| reading.memory.apply(record)),
            None => reading.damaged += 1,
        }
    }
    reading
}

fn batch(line: &[u8]) -> Option<Vec<Record>> {
    let (digits, json) = line.strip_suffix(b"\n")?.split_at_checked(16)?;
    let json = json.strip_prefix(b" ")?;
    (digest(json).as_bytes() == digits).then(|| serde_json::from_slice(json).ok()).flatten()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use faregate_protocol::wire::Use;
    use std::fs;

    fn used(key: &str) -> Record {
        let (account, product) = ("jo".to_owned(), "revit".to_owned());
        let key = key.to_owned();
        let basis = "seat".to_owned();
        Record::Use(Use { key, account, product, opened: 1, closed: 2, lease: None, basis })
    }

    fn batches() -> Vec<Vec<Record>> {
        vec![
            vec![used("a"), Record::Close("s1".to_owned())],
            vec![Record::UseDone("a".to_owned()), used("b"), used("c")],
            vec![Record::CloseDone("s1".to_owned())],
        ]
    }

    fn said(memory: &Memory) -> String {
        serde_json::to_string(&memory.records()).unwrap()
    }

    /// The states between batches, and the bytes of the file after all.
    fn written(directory: &Path) -> (Vec<String>, Vec<(u64, usize)>, Vec<u8>) {
        let (mut book, reading) = Book::open(directory).unwrap();
        let mut memory = reading.memory;
        let (mut states, mut ends) = (vec![said(&memory)], vec![(0, 0)]);
        for (number, batch) in batches().into_iter().enumerate() {
            batch.iter().cloned().for_each(|record| memory.apply(record));
            book.append(&batch, &memory).unwrap();
            states.push(said(&memory));
            ends.push((fs::metadata(directory.join(NAME)).unwrap().len(), number + 1));
        }
        (states, ends, fs::read(directory.join(NAME)).unwrap())
    }

    #[test]
    fn a_file_cut_anywhere_says_all_that_was_written_before_and_goes_on() {
        let directory = tempfile::tempdir().unwrap();
        let (states, ends, bytes) = written(directory.path());
        for cut in 0..=bytes.len() {
            fs::write(directory.path().join(NAME), &bytes[..cut]).unwrap();
            let (mut book, reading) = Book::open(directory.path()).unwrap();
            let whole = ends.iter().rfind(|(end, _)| *end <= cut as u64).unwrap();
            assert_eq!(said(&reading.memory), states[whole.1], "cut at {cut}");
            assert_eq!(reading.damaged, usize::from(whole.0 != cut as u64), "cut at {cut}");
            let mut memory = reading.memory;
            memory.apply(used("z"));
            book.append(&[used("z")], &memory).unwrap();
            let again = read(directory.path()).unwrap();
            assert_eq!((said(&again.memory), again.damaged), (said(&memory), 0));
        }
    }

    #[test]
    fn a_damaged_line_counts_for_nothing_and_the_others_do() {
        let directory = tempfile::tempdir().unwrap();
        let (states, ends, bytes) = written(directory.path());
        for at in 0..ends[1].0 as usize - 1 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let reading = replay(&damaged);
            assert!(reading.damaged > 0, "byte {at}");
            assert_eq!(said(&reading.memory), states[3], "byte {at}");
        }
    }

    #[test]
    fn a_crash_while_rewriting_leaves_the_old_file() {
        let directory = tempfile::tempdir().unwrap();
        let (states, _, _) = written(directory.path());
        fs::write(directory.path().join("memory.next"), b"half of a li").unwrap();
        let (_, reading) = Book::open(directory.path()).unwrap();
        assert_eq!((said(&reading.memory), reading.damaged), (states[3].clone(), 0));
    }

    #[test]
    fn a_file_that_has_grown_is_rewritten() {
        let directory = tempfile::tempdir().unwrap();
        let (mut book, reading) = Book::open(directory.path()).unwrap();
        let mut memory = reading.memory;
        let long = "x".repeat(100_000);
        for number in 0..30 {
            let one = used(&format!("{long}{number}"));
            let done = Record::UseDone(format!("{long}{number}"));
            for record in [one, done] {
                memory.apply(record.clone());
                book.append(&[record], &memory).unwrap();
            }
        }
        let bytes = fs::metadata(directory.path().join(NAME)).unwrap().len();
        assert!(bytes < 2 * REWRITE_BYTES_MIN, "{bytes}");
        assert_eq!(said(&read(directory.path()).unwrap().memory), said(&memory));
    }

    #[test]
    fn after_a_failed_write_all_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let (mut book, reading) = Book::open(directory.path()).unwrap();
        let mut memory = reading.memory;
        // A file that was opened for reading cannot be written: as if the disk were full.
        book.file = Some(File::open(directory.path().join(NAME)).unwrap());
        memory.apply(used("a"));
        assert!(book.append(&[used("a")], &memory).is_err());
        memory.apply(used("b"));
        book.append(&[used("b")], &memory).unwrap();
        assert_eq!(said(&read(directory.path()).unwrap().memory), said(&memory));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        Book::open(directory.path()).unwrap();
        let mode = fs::metadata(directory.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

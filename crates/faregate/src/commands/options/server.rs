//! The options file on disk, the command that has it re-read, the debug log in which the daemon answers.
//!
//! A file is replaced by a rename, so that whoever reads it, and whoever is killed meanwhile, finds the old one or
//! the new one. The directory is locked for as long as an apply lasts: two of them do not take turns.

use crate::commands::running;
use faregate_app::options::{Applied, Outcome, Refusal, Server, digest};
use faregate_ingest::options::echo::{Echo, Reader};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks at the log.
const STEP: Duration = Duration::from_millis(250);
/// The record of what was applied, in the data directory.
pub(super) const RECORD: &str = "options-applied.jsonl";

/// A licence server.
pub(super) struct LicenceServer<'a> {
    /// The file itself, whatever links lead to it.
    file: PathBuf,
    directory: File,
    log: Option<Log>,
    reread: &'a [String],
    limit: Duration,
    wait: Duration,
    waited: Duration,
    record: PathBuf,
    /// What every line of the record says.
    head: Value,
}

/// How long things may take.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) command: Duration,
    pub(super) wait: Duration,
}

impl<'a> LicenceServer<'a> {
    pub(super) fn new(
        file: &Path,
        log: Option<(&Path, &str)>,
        (reread, limits): (&'a [String], Limits),
        (record, head): (PathBuf, Value),
    ) -> Result<Self, String> {
        let file = file.canonicalize().map_err(|why| format!("{}: {why}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new("/"));
        let failed = |why: std::io::Error| format!("{}: {why}", folder.display());
        let directory = File::open(folder).map_err(failed)?;
        directory.try_lock().map_err(|why| match why {
            std::fs::TryLockError::WouldBlock => {
                format!("another apply is at work in {}", folder.display())
            }
            std::fs::TryLockError::Error(why) => failed(why),
        })?;
        let log = log.map(|(path, daemon)| Log::new(path, daemon));
        let Limits { command: limit, wait } = limits;
        let waited = Duration::ZERO;
        Ok(Self { file, directory, log, reread, limit, wait, waited, record, head })
    }

    /// Writes a file of the same owner and mode as the options file, whole or not at all.
    fn put(&self, target: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let like = std::fs::metadata(&self.file)?;
        let temporary = beside(target, ".faregate-new");
        match std::fs::remove_file(&temporary) {
            Err(why) if why.kind() != ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let mut options = OpenOptions::new();
        // Never through a link that somebody put there.
        let mut file = options.write(true).create_new(true).mode(0o600).open(&temporary)?;
        let written = (|| {
            let made = file.metadata()?;
            if (made.uid(), made.gid()) != (like.uid(), like.gid()) {
                fchown(&file, Some(like.uid()), Some(like.gid()))?;
            }
            file.set_permissions(like.permissions())?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&temporary, target)
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        written?;
        self.directory.sync_all()
    }

    fn shown(&self, why: &std::io::Error) -> String {
        format!("{}: {why}", self.file.display())
    }

    fn add_to_record(&self, line: &Value) -> std::io::Result<()> {
        let mut record = OpenOptions::new().create(true).append(true).open(&self.record)?;
        let line = crate::output::json_line(line).map_err(std::io::Error::other)? + "\n";
        record.write_all(line.as_bytes())?;
        record.sync_all()
    }
}

impl Server for LicenceServer<'_> {
    fn read(&mut self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.file).map_err(|why| self.shown(&why))
    }

    /// A copy is named after what is in it, so that none takes the place of another.
    fn keep(&mut self, bytes: &[u8]) -> Result<String, String> {
        let name: String = digest(bytes).chars().take(12).collect();
        let copy = beside(&self.file, &format!(".before-{name}"));
        if std::fs::read(&copy).ok().as_deref() != Some(bytes) {
            self.put(&copy, bytes).map_err(|why| format!("{}: {why}", copy.display()))?;
        }
        Ok(copy.display().to_string())
    }

    fn replace(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.put(&self.file, bytes).map_err(|why| self.shown(&why))
    }

    fn reread(&mut self) -> Option<Result<(), String>> {
        self.waited = Duration::ZERO;
        if let Some(log) = &mut self.log {
            log.mark();
        }
        if self.reread.is_empty() {
            return None;
        }
        Some(running::run(self.reread, self.limit).failure.map_or(Ok(()), Err))
    }

    fn heard(&mut self) -> Result<Option<Echo>, String> {
        self.log.as_mut().map_or_else(|| Err("no debug log was named".to_owned()), Log::heard)
    }

    fn wait(&mut self) -> bool {
        if self.waited >= self.wait {
            return false;
        }
        std::thread::sleep(STEP);
        self.waited += STEP;
        true
    }

    fn note(&mut self, ended: Option<&Result<Applied, Refusal>>) -> Result<(), String> {
        let mut line = self.head.clone();
        line["at"] = json!(crate::ambient::now().to_string());
        match ended {
            None => line["step"] = json!("begins"),
            Some(Ok(applied)) => {
                line["step"] = json!("ended");
                line["result"] = in_json(applied);
            }
            Some(Err(refusal)) => {
                line["step"] = json!("failed");
                line["why"] = json!(refusal.to_string());
            }
        }
        self.add_to_record(&line).map_err(|why| format!("{}: {why}", self.record.display()))
    }
}

/// What came of an apply, by stable names.
pub(super) fn in_json(applied: &Applied) -> Value {
    let Applied { written, copy, outcome, warnings } = applied;
    let mut value = json!({ "written": written, "copy": copy, "warnings": warnings });
    let told = |found: &[_]| {
        let found: Vec<String> = found
            .iter()
            .map(|one: &faregate_ingest::options::echo::Difference| one.to_string())
            .collect();
        json!(found)
    };
    match outcome {
        Outcome::Verified => value["outcome"] = json!("verified"),
        Outcome::Unverified(why) => {
            value["outcome"] = json!("not-verified");
            value["why"] = json!(why);
        }
        Outcome::RolledBack(found, reread) => {
            value["outcome"] = json!("rolled-back");
            value["differences"] = told(found);
            value["reread_again"] = json!(matches!(reread, Some(Ok(()))));
        }
        Outcome::Disagrees(found, why) => {
            value["outcome"] = json!("disagrees");
            value["differences"] = told(found);
            value["why"] = json!(why);
        }
    }
    value
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A debug log as it grows.
struct Log {
    path: PathBuf,
    daemon: String,
    reader: Reader,
    offset: u64,
    inode: u64,
    /// The line after which what the daemon says is new.
    mark: usize,
}

impl Log {
    fn new(path: &Path, daemon: &str) -> Self {
        let reader = Reader::new(daemon);
        Self {
            path: path.to_owned(),
            daemon: daemon.to_owned(),
            reader,
            offset: 0,
            inode: 0,
            mark: 0,
        }
    }

    /// From here on, what is said is new; a log that is not there yet may come.
    fn mark(&mut self) {
        let _ = self.read_on();
        self.mark = self.reader.lines();
    }

    fn heard(&mut self) -> Result<Option<Echo>, String> {
        match self.read_on() {
            Err(why) if why.kind() != ErrorKind::NotFound => {
                Err(format!("{}: {why}", self.path.display()))
            }
            _ => Ok(self.reader.clone().finish().pop().and_then(|echo| echo.after(self.mark))),
        }
    }

    fn read_on(&mut self) -> std::io::Result<()> {
        let mut file = File::open(&self.path)?;
        let there = file.metadata()?;
        // Rotated: cut to begin anew, or another one in its place.
        if there.len() < self.offset || (self.offset > 0 && there.ino() != self.inode) {
            (self.reader, self.offset, self.mark) = (Reader::new(&self.daemon), 0, 0);
        }
        self.inode = there.ino();
        file.seek(SeekFrom::Start(self.offset))?;
        let mut chunk = vec![0; 64 << 10];
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(()),
                count => {
                    self.reader.feed(chunk.get(..count).unwrap_or_default());
                    self.offset += count as u64;
                }
            }
        }
    }
}

//! Where plans are kept, and beside each how far it has come.
//!
//! A plan is one file that is never written again. Its progress is another: a line for each outcome, on
//! the disk before the next request goes out, so that whatever kills a run, the next one knows what was
//! sent. It must never lose such a line; only the last one may be torn, and then nothing was sent for it.

use crate::digest::Digest;
use crate::execute::{Outcome, Progress};
use crate::plan::{Plan, PlanFileError};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const FORMAT: &str = "faregate-directory-progress/1";
const PLAN: &str = ".plan.json";
const PROGRESS: &str = ".progress.jsonl";
/// Fewer digits than this are taken for a file's name.
const DIGITS_MIN: usize = 4;

/// A directory of plans.
#[derive(Clone, Debug)]
pub struct Cabinet(PathBuf);

/// Why a plan cannot be kept, found or carried on with.
#[derive(Debug, thiserror::Error)]
pub enum CabinetError {
    /// There is no such plan.
    #[error("there is no plan `{0}`")]
    NotFound(String),
    /// The digits begin the digests of several.
    #[error("{count} plans begin with `{name}`")]
    Ambiguous {
        /// The digits.
        name: String,
        /// How many.
        count: usize,
    },
    /// The file is no plan, or no longer the one it was.
    #[error("{path}: {why}")]
    Plan {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: PlanFileError,
    },
    /// A line of a progress cannot be read.
    #[error("{path}:{line}: the progress is damaged")]
    Damaged {
        /// The file.
        path: String,
        /// Counted from 1.
        line: usize,
    },
    /// Another process carries a plan out.
    #[error("another process carries out a plan")]
    Busy,
    /// The file system fails.
    #[error("{path}: {why}")]
    Io {
        /// The file.
        path: String,
        /// What it says.
        why: io::Error,
    },
}

impl CabinetError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "name a plan by its file, or by the digits that `plan` printed",
            Self::Ambiguous { .. } => "give more digits",
            Self::Plan { why, .. } => why.help(),
            Self::Damaged { .. } => {
                "restore the file, or plan again: what is done already is not planned"
            }
            Self::Busy => "wait until it has ended",
            Self::Io { .. } => "check the file and its directory",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    plan: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    step: usize,
    outcome: Outcome,
}

/// The only writer of a plan's progress, until it is dropped.
#[derive(Debug)]
pub struct Diary {
    file: File,
    /// Whoever holds it is the only one who carries a plan out.
    _lock: File,
}

impl Diary {
    /// Writes an outcome down; when this returns, it is on the disk.
    ///
    /// # Errors
    /// What the file system says.
    pub fn record(&mut self, step: usize, outcome: &Outcome) -> io::Result<()> {
        write_line(&mut self.file, &Line { step, outcome: outcome.clone() })
    }
}

fn write_line(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let line = serde_json::to_string(value)? + "\n";
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

impl Cabinet {
    /// The cabinet in a directory, which is made once it is needed.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// Keeps a plan; one that is there already stays as it is.
    ///
    /// # Errors
    /// [`CabinetError::Io`].
    pub fn keep(&self, plan: &Plan) -> Result<PathBuf, CabinetError> {
        std::fs::create_dir_all(&self.0).map_err(|why| at(&self.0, why))?;
        let path = self.file(plan, PLAN);
        if !path.exists() {
            let fresh = self.file(plan, ".new");
            write_whole(&fresh, &(plan.to_json() + "\n")).map_err(|why| at(&fresh, why))?;
            std::fs::rename(&fresh, &path).map_err(|why| at(&path, why))?;
            self.sync()?;
        }
        Ok(path)
    }

    /// A plan by the first digits of its digest, or by its file.
    ///
    /// # Errors
    /// [`CabinetError`].
    pub fn find(&self, name: &str) -> Result<Plan, CabinetError> {
        let digits = name.to_ascii_lowercase();
        let is_digest = digits.len() >= DIGITS_MIN && digits.chars().all(|c| c.is_ascii_hexdigit());
        let mut kept = if is_digest { self.beginning_with(&digits)? } else { Vec::new() };
        match (kept.len(), kept.pop()) {
            (1, Some(path)) => read_plan(&path),
            (0, _) if Path::new(name).is_file() => read_plan(Path::new(name)),
            (0, _) => Err(CabinetError::NotFound(name.to_owned())),
            (count, _) => Err(CabinetError::Ambiguous { name: digits, count }),
        }
    }

    fn beginning_with(&self, digits: &str) -> Result<Vec<PathBuf>, CabinetError> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(at(&self.0, why)),
        };
        let paths: io::Result<Vec<PathBuf>> =
            entries.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = paths.map_err(|why| at(&self.0, why))?;
        paths.retain(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(digits) && name.ends_with(PLAN)
        });
        Ok(paths)
    }

    /// How far a plan has come; `None` when it was never begun.
    ///
    /// # Errors
    /// [`CabinetError`].
    pub fn progress(&self, plan: &Plan) -> Result<Option<Progress>, CabinetError> {
        let path = self.file(plan, PROGRESS);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(replay(plan, &path, &text)?.map(|(progress, _)| progress)),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
            Err(why) => Err(at(&path, why)),
        }
    }

    /// Opens a plan's progress to carry it on: how far it has come, and where to write what comes.
    ///
    /// # Errors
    /// [`CabinetError::Busy`] while another process carries a plan out.
    pub fn carry_on(&self, plan: &Plan) -> Result<(Progress, Diary), CabinetError> {
        self.keep(plan)?;
        let lock = self.lock()?;
        let path = self.file(plan, PROGRESS);
        let io = |why| at(&path, why);
        let mut options = OpenOptions::new();
        let mut file = private(&mut options).read(true).truncate(false).open(&path).map_err(io)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(io)?;
        let known = replay(plan, &path, &text)?;
        // What follows the last whole line was torn, and nothing was sent for it.
        let whole = known.as_ref().map_or(0, |(_, whole)| *whole);
        file.set_len(whole as u64).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        if whole == 0 {
            let head = Head { format: FORMAT.to_owned(), plan: plan.id().clone() };
            write_line(&mut file, &head).map_err(io)?;
            self.sync()?;
        }
        let progress = known.map_or_else(|| Progress::new(plan), |(progress, _)| progress);
        Ok((progress, Diary { file, _lock: lock }))
    }

    fn lock(&self) -> Result<File, CabinetError> {
        let path = self.0.join("lock");
        let mut options = OpenOptions::new();
        let file =
            private(&mut options).truncate(false).open(&path).map_err(|why| at(&path, why))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(CabinetError::Busy),
            Err(TryLockError::Error(why)) => Err(at(&path, why)),
        }
    }

    fn file(&self, plan: &Plan, suffix: &str) -> PathBuf {
        self.0.join(format!("{}{suffix}", plan.id()))
    }

    /// Makes new names last.
    fn sync(&self) -> Result<(), CabinetError> {
        File::open(&self.0)
            .and_then(|directory| directory.sync_all())
            .map_err(|why| at(&self.0, why))
    }
}

/// Names and addresses of people are in these files, for whoever owns the store.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true).create(true)
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = private(&mut options).truncate(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read_plan(path: &Path) -> Result<Plan, CabinetError> {
    let text = std::fs::read_to_string(path).map_err(|why| at(path, why))?;
    Plan::from_json(&text)
        .map_err(|why| CabinetError::Plan { path: path.display().to_string(), why })
}

/// What whole lines say, and how many bytes they are; `None` without a first one.
fn replay(plan: &Plan, path: &Path, text: &str) -> Result<Option<(Progress, usize)>, CabinetError> {
    let whole = text.rfind('\n').map_or(0, |last| last + 1);
    let mut lines = text.get(..whole).unwrap_or_default().lines().zip(1..);
    let damaged = |line| CabinetError::Damaged { path: path.display().to_string(), line };
    let Some((first, _)) = lines.next() else { return Ok(None) };
    let head: Head = serde_json::from_str(first).map_err(|_| damaged(1))?;
    if head.format != FORMAT || head.plan != *plan.id() {
        return Err(damaged(1));
    }
    let mut progress = Progress::new(plan);
    for (line, number) in lines {
        let Line { step, outcome } = serde_json::from_str(line).map_err(|_| damaged(number))?;
        if step >= progress.outcomes().len() {
            return Err(damaged(number));
        }
        progress.take_in(step, outcome);
    }
    Ok(Some((progress, whole)))
}

fn at(path: &Path, why: io::Error) -> CabinetError {
    CabinetError::Io { path: path.display().to_string(), why }
}

#[cfg(test)]
mod tests;

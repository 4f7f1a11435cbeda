//! The inbox: a directory for each source, files as they were pulled, and what each one is.
//!
//! A file is whole once its sidecar is there, since that is written last; whoever takes files in goes by
//! the sidecars. Names that begin with a dot are ours: how far a pull has come, how the source is doing.

use super::errands::{Progress, Taken};
use super::state::{Health, WrittenHealth, seconds};
use super::{Freshness, PullError};
use crate::disk;
use crate::sources::Source;
use faregate_core::when::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

const FORMAT: &str = "faregate-pulled/1";
/// What a sidecar's name has after that of its file.
pub(super) const SIDECAR: &str = ".pulled.json";
const STATE: &str = ".state";

/// A directory of pulled files.
#[derive(Clone, Debug)]
pub struct Inbox(PathBuf);

/// A pulled file, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PulledFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub sidecar: Sidecar,
}

/// What a pulled file is: the JSON beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {
    /// `faregate-pulled/1`.
    pub format: String,
    /// The name of the source.
    pub source: String,
    /// What is in the file, such as `desktop-sessions`, or what the file of sources says of a folder.
    pub what: String,
    /// The name of the file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// The first UTC day of the period that was asked for, when it is of one.
    pub from: Option<String>,
    /// The first day after that period.
    pub until: Option<String>,
    /// What all files of one answer of the vendor's have in common; nothing of what was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// The zone in which times without one are meant; without it, such times cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When it came.
    pub fetched_at: String,
    /// When whoever wrote it did so last, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// Up to when the vendor had use when it was asked for.
    pub freshness: Freshness,
}

impl Sidecar {
    /// When the file was written, or came where that is not known.
    #[must_use]
    pub fn known_since(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.fetched_at)
    }
}

impl Inbox {
    /// The inbox in a directory, which is made once it is needed.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// All files of a source that are here as a whole, in the order in which they were written; where that is not
    /// known, they came.
    ///
    /// # Errors
    /// [`PullError::Disk`], also for a sidecar that cannot be read.
    pub fn files(&self, source: &str) -> Result<Vec<PulledFile>, PullError> {
        let directory = self.0.join(source);
        let entries = match std::fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(PullError::disk(&directory, why)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|why| PullError::disk(&directory, why))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if let Some(file) = name.strip_suffix(SIDECAR) {
                let path_of_file = directory.join(file);
                if let Some(sidecar) = read(&path)?.filter(|_| path_of_file.is_file()) {
                    files.push(PulledFile { path: path_of_file, sidecar });
                }
            }
        }
        files.sort_by(|a, b| {
            let order =
                |file: &PulledFile| (file.sidecar.known_since().to_owned(), file.path.clone());
            order(a).cmp(&order(b))
        });
        Ok(files)
    }

    pub(super) fn health(&self, source: &str) -> Result<Health, PullError> {
        let written: Option<WrittenHealth> = read(&self.0.join(source).join(STATE).join(HEALTH))?;
        Ok(written.unwrap_or_default().into())
    }

    /// Opens a source's place for one pull.
    pub(super) fn open(&self, source: &str) -> Result<Place, PullError> {
        let directory = self.0.join(source);
        let (state, budgets) = (directory.join(STATE), self.0.join(".budgets"));
        for path in [&state, &budgets] {
            std::fs::create_dir_all(path).map_err(|why| PullError::disk(path, why))?;
        }
        let lock = state.join("lock");
        let held = disk::try_lock(&lock).map_err(|why| PullError::disk(&lock, why))?;
        let _lock = held.ok_or(PullError::AnotherPull)?;
        Ok(Place { source: source.to_owned(), directory, state, budgets, _lock })
    }
}

const HEALTH: &str = "health.json";
const PROGRESS: &str = "progress.json";
const TAKEN: &str = "taken.json";

/// The place of one source in the inbox, for the only one who pulls from it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) source: String,
    directory: PathBuf,
    state: PathBuf,
    pub(super) budgets: PathBuf,
    _lock: File,
}

/// What is to be said of a file in its sidecar, apart from what it says itself.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) what: String,
    pub(super) period: Option<(String, String)>,
    pub(super) export: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) fetched_at: Instant,
    pub(super) written: Option<Instant>,
    pub(super) freshness: Freshness,
}

impl Place {
    pub(super) fn keep_health(&self, health: &Health) -> Result<(), PullError> {
        self.keep(HEALTH, &WrittenHealth::from(health))
    }

    /// How far a pull has come that did not come to its end.
    pub(super) fn progress(&self) -> Result<Option<Progress>, PullError> {
        read(&self.state.join(PROGRESS))
    }

    pub(super) fn keep_progress(&self, progress: &Progress) -> Result<(), PullError> {
        self.keep(PROGRESS, progress)
    }

    /// Nothing is left to do: what was begun and not ended is of no use any more.
    pub(super) fn end_progress(&self) -> Result<(), PullError> {
        let path = self.state.join(PROGRESS);
        let gone = std::fs::remove_file(&path).and_then(|()| disk::sync_parent(&path));
        gone.map_err(|why| PullError::disk(&path, why))?;
        let entries = std::fs::read_dir(&self.state);
        let entries = entries.map_err(|why| PullError::disk(&self.state, why))?;
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.extension().is_some_and(|end| end == "part") {
                std::fs::remove_file(&path).map_err(|why| PullError::disk(&path, why))?;
            }
        }
        Ok(())
    }

    /// What was pulled before, and when.
    pub(super) fn taken(&self) -> Result<Taken, PullError> {
        Ok(read(&self.state.join(TAKEN))?.unwrap_or_default())
    }

    pub(super) fn keep_taken(&self, taken: &Taken) -> Result<(), PullError> {
        self.keep(TAKEN, taken)
    }

    fn keep(&self, name: &str, value: &impl Serialize) -> Result<(), PullError> {
        let path = self.state.join(name);
        disk::replace_json(&path, value).map_err(|why| PullError::disk(&path, why))
    }

    /// Where a file grows until it is whole.
    pub(super) fn part(&self, name: &str) -> PathBuf {
        self.state.join(format!("{name}.part"))
    }

    /// Whether a file has been given its name, though maybe not its sidecar yet.
    pub(super) fn is_here(&self, name: &str) -> bool {
        self.directory.join(name).is_file()
    }

    /// Gives a whole file its name, and then its sidecar; also where a kill came in between.
    pub(super) fn land(&self, name: &str, label: Label) -> Result<PulledFile, PullError> {
        let (part, path) = (self.part(name), self.directory.join(name));
        let beside = self.directory.join(format!("{name}{SIDECAR}"));
        if self.is_here(name) {
            if let Some(sidecar) = read(&beside)? {
                return Ok(PulledFile { path, sidecar });
            }
        } else {
            let named = std::fs::rename(&part, &path).and_then(|()| disk::sync_parent(&path));
            named.map_err(|why| PullError::disk(&path, why))?;
        }
        let (bytes, sha256) = digest(&path).map_err(|why| PullError::disk(&path, why))?;
        let (from, until) = label.period.unzip();
        let sidecar = Sidecar {
            format: FORMAT.to_owned(),
            source: self.source.clone(),
            what: label.what,
            file: name.to_owned(),
            bytes,
            sha256,
            from,
            until,
            export: label.export,
            zone: label.zone,
            fetched_at: label.fetched_at.to_string(),
            written: label.written.map(|at| at.to_string()),
            freshness: label.freshness,
        };
        disk::replace_json(&beside, &sidecar).map_err(|why| PullError::disk(&beside, why))?;
        Ok(PulledFile { path, sidecar })
    }

    /// Takes away what is older than the source keeps its files and may go, and sidecars without a file.
    pub(super) fn sweep(
        &self,
        source: &Source,
        now: Instant,
        may_go: &dyn Fn(&Sidecar) -> bool,
    ) -> Result<(), PullError> {
        self.sweep_orphans()?;
        let Some(keep) = source.keep else { return Ok(()) };
        let parent = self.directory.parent().unwrap_or(&self.directory);
        for PulledFile { path, sidecar } in Inbox(parent.to_owned()).files(&self.source)? {
            let fetched: Option<Instant> = sidecar.fetched_at.parse().ok();
            let is_old = fetched.is_some_and(|at| now.since(at) > seconds(keep));
            if is_old && may_go(&sidecar) {
                // The sidecar goes last: killed in between, it is swept as an orphan.
                remove(&path)?;
                remove(&self.directory.join(format!("{}{SIDECAR}", sidecar.file)))?;
            }
        }
        Ok(())
    }

    /// Somebody removed the file, or a sweep was killed.
    fn sweep_orphans(&self) -> Result<(), PullError> {
        let at = |why| PullError::disk(&self.directory, why);
        for entry in std::fs::read_dir(&self.directory).map_err(at)? {
            let path = entry.map_err(at)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.strip_suffix(SIDECAR).is_some_and(|file| !self.is_here(file)) {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

fn remove(path: &Path) -> Result<(), PullError> {
    std::fs::remove_file(path).map_err(|why| PullError::disk(path, why))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, PullError> {
    disk::read_json(path).map_err(|why| PullError::disk(path, why))
}

/// The length of a file and its SHA-256.
pub(super) fn digest(path: &Path) -> io::Result<(u64, String)> {
    digest_of(&mut File::open(path)?)
}

/// How much there is to read, and the SHA-256 of it.
pub(super) fn digest_of(file: &mut impl Read) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

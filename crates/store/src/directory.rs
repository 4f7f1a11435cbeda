//! A data directory: one store, one process at a time.

use crate::credentials::SqliteCredentials;
use crate::outbox::SqliteOutbox;
use crate::sqlite::SqliteStore;
use faregate_app::ports::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// File name of the store within the directory.
const STORE: &str = "faregate.db";
/// File name of the notices on their way, within the directory.
const OUTBOX: &str = "outbox.db";
/// File that is locked by the process that uses the directory.
const LOCK: &str = "faregate.lock";

/// File with the secret that the server signs with.
const SECRET: &str = "server.key";

/// Why a data directory cannot be used. It is as it was.
#[derive(Debug)]
pub enum Unusable {
    /// There is no store in it.
    Missing(PathBuf),
    /// There is a store in it already.
    Exists(PathBuf),
    /// Another process uses it.
    InUse(PathBuf),
    /// It cannot be read or written.
    Io(PathBuf, std::io::Error),
    /// The store in it cannot be opened.
    Store(PathBuf, StoreError),
}

/// A data directory that this process has for itself until it drops this.
pub struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Whether there is a store in the directory.
    #[must_use]
    pub fn exists(path: &Path) -> bool {
        path.join(STORE).exists()
    }

    /// Creates the directory with an empty store.
    ///
    /// # Errors
    /// [`Unusable::Exists`] when there is a store already.
    pub fn create(path: &Path) -> Result<(Self, SqliteStore), Unusable> {
        create_private(path).map_err(|error| Unusable::Io(path.to_owned(), error))?;
        let directory = Self::lock(path)?;
        if Self::exists(path) {
            return Err(Unusable::Exists(path.to_owned()));
        }
        let store = directory.store()?;
        Ok((directory, store))
    }

    /// Opens the directory's store.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn open(path: &Path) -> Result<(Self, SqliteStore), Unusable> {
        if !Self::exists(path) {
            return Err(Unusable::Missing(path.to_owned()));
        }
        let directory = Self::lock(path)?;
        let store = directory.store()?;
        Ok((directory, store))
    }

    /// Opens the directory's store for reading only, also while another process writes to it.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn read(path: &Path) -> Result<SqliteStore, Unusable> {
        let file = path.join(STORE);
        if !file.exists() {
            return Err(Unusable::Missing(path.to_owned()));
        }
        SqliteStore::open_to_read(&file).map_err(|error| Unusable::Store(path.to_owned(), error))
    }

    /// What is kept beside the journal: credentials.
    ///
    /// # Errors
    /// [`Unusable::Store`].
    pub fn credentials(&self) -> Result<SqliteCredentials, Unusable> {
        Self::credentials_beside(&self.path)
    }

    /// The credentials of a directory that another process may use: they are not the journal's business.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn credentials_beside(path: &Path) -> Result<SqliteCredentials, Unusable> {
        let file = path.join(STORE);
        if !file.exists() {
            return Err(Unusable::Missing(path.to_owned()));
        }
        SqliteCredentials::open(&file).map_err(|error| Unusable::Store(path.to_owned(), error))
    }

    /// Notices on their way, of a directory that another process may use.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn outbox_beside(path: &Path) -> Result<SqliteOutbox, Unusable> {
        if !Self::exists(path) {
            return Err(Unusable::Missing(path.to_owned()));
        }
        let opened = SqliteOutbox::open(&path.join(OUTBOX));
        opened.map_err(|error| Unusable::Store(path.to_owned(), error))
    }

    /// The secret with which the server signs for agents: that of before, or this fresh one, kept from now on.
    ///
    /// It lies beside the store and not in it, so that who has a copy of the store cannot speak for the server.
    ///
    /// # Errors
    /// [`Unusable::Io`]; also when the file is there and holds no secret.
    pub fn server_secret(&self, fresh: [u8; 32]) -> Result<[u8; 32], Unusable> {
        let path = self.path.join(SECRET);
        let io = |error| Unusable::Io(path.clone(), error);
        match std::fs::read(&path) {
            Ok(kept) => <[u8; 32]>::try_from(kept).map_err(|_| {
                io(std::io::Error::other("it holds no secret of 32 bytes: bring it back from a backup, or remove it and enrol all workstations again"))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                write_private(&path, &fresh).map_err(io)?;
                Ok(fresh)
            }
            Err(error) => Err(io(error)),
        }
    }

    fn store(&self) -> Result<SqliteStore, Unusable> {
        let opened = SqliteStore::open(&self.path.join(STORE));
        opened.map_err(|error| Unusable::Store(self.path.clone(), error))
    }

    /// Where the directory is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn lock(path: &Path) -> Result<Self, Unusable> {
        let io = |error| Unusable::Io(path.to_owned(), error);
        let mut options = OpenOptions::new();
        let mut lock =
            options.create(true).write(true).truncate(false).open(path.join(LOCK)).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Unusable::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        lock.set_len(0).map_err(io)?;
        writeln!(lock, "{}", std::process::id()).map_err(io)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }
}

/// Creates a directory that only its owner may enter: it says who used what, and when.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that only its owner may read, wholly or not at all.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let draft = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}

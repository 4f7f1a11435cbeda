//! A data directory: one store, one process at a time.

use crate::credentials::SqliteCredentials;
use crate::sqlite::SqliteStore;
use faregate_app::ports::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// File name of the store within the directory.
const STORE: &str = "faregate.db";
/// File that is locked by the process that uses the directory.
const LOCK: &str = "faregate.lock";

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

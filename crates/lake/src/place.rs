//! Where the lake lies: in a directory, or in a bucket of an S3-compatible server.

use crate::fault::LakeError;
use crate::tables::Table;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, path::Path as ObjectPath};
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// Where the lake lies, and how to reach it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its root is that of the file system or of the bucket.
    store: Arc<dyn ObjectStore>,
    url: Url,
}

impl Place {
    /// A directory, which is made when it is not there.
    ///
    /// # Errors
    /// [`LakeError::Settings`] when it cannot be.
    pub fn directory(path: &Path) -> Result<Self, LakeError> {
        let unusable = |why: String| LakeError::Settings { path: path.to_owned(), why };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        // It says who used what, and when.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|error| unusable(error.to_string()))?;
        let path = path.canonicalize().map_err(|error| unusable(error.to_string()))?;
        let url = Url::from_directory_path(&path);
        let url = url.map_err(|()| unusable("it is no absolute path".to_owned()))?;
        Ok(Self { store: Arc::new(LocalFileSystem::new()), url })
    }

    /// Whatever is behind a store whose root the URL's path begins at.
    #[must_use]
    pub fn behind(store: Arc<dyn ObjectStore>, url: Url) -> Self {
        Self { store, url }
    }

    /// The address, ending in `/`.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The log and the files of a table.
    pub(crate) fn log_of(&self, table: Table) -> Result<LogStoreRef, LakeError> {
        let damaged = |error: url::ParseError| LakeError::Damaged(error.to_string());
        let url = self.url.join(&format!("{table}/")).map_err(damaged)?;
        let prefixed = PrefixStore::new(self.store.clone(), self.path(table.name())?);
        Ok(default_logstore(
            Arc::new(prefixed),
            self.store.clone(),
            &url,
            &StorageConfig::default(),
        ))
    }

    /// What one of the files beside the tables holds, if it is there.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, LakeError> {
        match self.store.get(&self.path(name)?).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The newest of the numbered files beside the tables, if there is one after a number.
    pub(crate) async fn newest(
        &self,
        directory: &str,
        after: u64,
    ) -> Result<Option<(u64, Vec<u8>)>, LakeError> {
        let (below, offset) = (self.path(directory)?, self.path(&numbered(directory, after))?);
        let files = self.store.list_with_offset(Some(&below), &offset);
        let files: Vec<ObjectPath> = files.map_ok(|meta| meta.location).try_collect().await?;
        let number = |path: &ObjectPath| path.filename()?.strip_suffix(".json")?.parse().ok();
        let Some(newest) = files.iter().filter_map(number).max() else { return Ok(None) };
        let content = self.read(&numbered(directory, newest)).await?;
        Ok(content.map(|content| (newest, content)))
    }

    /// Writes one of the numbered files beside the tables, wholly or not at all; `false` when somebody else has
    /// written the one of this number. No store but some can replace a file on conditions; all can add one.
    pub(crate) async fn add(
        &self,
        directory: &str,
        number: u64,
        content: Vec<u8>,
    ) -> Result<bool, LakeError> {
        let path = self.path(&numbered(directory, number))?;
        match self.store.put_opts(&path, content.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes all of a table. Readers that are at it lose their files.
    pub(crate) async fn remove(&self, table: Table) -> Result<(), LakeError> {
        let path = self.path(table.name())?;
        let files: Vec<ObjectPath> =
            self.store.list(Some(&path)).map_ok(|meta| meta.location).try_collect().await?;
        // The log goes first and its beginning last: what is half removed is no table, or the whole one.
        let is_log = |path: &ObjectPath| path.as_ref().contains("/_delta_log/");
        let (mut log, data): (Vec<_>, Vec<_>) = files.into_iter().partition(is_log);
        log.sort();
        for path in log.into_iter().rev().chain(data) {
            self.store.delete(&path).await?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> Result<ObjectPath, LakeError> {
        let below = format!("{}{name}", self.url.path());
        ObjectPath::from_url_path(&below).map_err(|error| LakeError::Damaged(error.to_string()))
    }
}

/// Twenty digits, so that the order of names is that of numbers.
fn numbered(directory: &str, number: u64) -> String {
    format!("{directory}/{number:020}.json")
}

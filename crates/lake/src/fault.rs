//! Why something could not be done with the lake. The store is never touched by it.

use deltalake::DeltaTableError;
use faregate_app::engine::Failure;
use faregate_app::ports::StoreError;
use std::path::PathBuf;

/// Why something could not be done. What was committed to the lake before stays: each commit is whole.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal contradicts itself.
    #[error(transparent)]
    Journal(#[from] Failure),
    /// A table cannot be read or written.
    #[error("{0}")]
    Table(#[from] DeltaTableError),
    /// A question to the tables failed.
    #[error("{0}")]
    Query(#[from] datafusion::error::DataFusionError),
    /// The files cannot be read or written.
    #[error("{0}")]
    Files(#[from] object_store::Error),
    /// A file is no Parquet.
    #[error("{0}")]
    Parquet(#[from] deltalake::parquet::errors::ParquetError),
    /// Columns that do not fit together.
    #[error("{0}")]
    Columns(#[from] deltalake::arrow::error::ArrowError),
    /// A newer release made the lake.
    #[error("the lake has version {found}, this release knows up to {known}")]
    Newer {
        /// Its version.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// Somebody else commits to the lake at the same time, again and again.
    #[error("another process writes to table `{0}` of the lake")]
    Busy(&'static str),
    /// The settings say nothing that can be used.
    #[error("{}: {why}", path.display())]
    Settings {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What is in the lake is not what this release writes.
    #[error("the lake is damaged: {0}")]
    Damaged(String),
}

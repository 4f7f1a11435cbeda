//! What the API may not name itself: how reports read the store, and the format of the vendor's reports.

use crate::ambient::WallClock;
use crate::commands::demo::MadeUpEstates;
use crate::commands::rejected::{self, Listed};
use faregate_api::Server;
use faregate_api::journal::Opener;
use faregate_api::reading::Reader;
use faregate_api::token_usage::{UsageReport, UsageReports};
use faregate_app::engine::{Engine, Failure};
use faregate_app::import::vendor::{Unsettled, import};
use faregate_app::ports::StoreError;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::{RejectedRow, VendorReport, read};
use faregate_store::directory::DataDirectory;
use faregate_store::sqlite::SqliteStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A server with all that the API may not name itself.
pub(crate) fn equipped(server: Server, path: &Path) -> Server {
    let features = Arc::new(FeatureTable::shipped());
    server
        .reading(reader(path.to_owned()))
        .browsing(journal(path.to_owned()))
        .with_usage_reports(Arc::new(TokenUsage(features)))
        .with_generator(Arc::new(MadeUpEstates))
        .with_rejected(Arc::new(Listed(path.join(rejected::NAME))))
}

/// Opens the store once more, to read beside the gate.
pub(crate) fn reader(path: PathBuf) -> Reader {
    Arc::new(move || Engine::load(Box::new(read_store(&path)?), Arc::new(WallClock)))
}

/// Opens the store once more, to read the journal beside the gate.
fn journal(path: PathBuf) -> Opener {
    Arc::new(move || Ok(Box::new(read_store(&path)?)))
}

fn read_store(path: &Path) -> Result<SqliteStore, Failure> {
    let opened = DataDirectory::read(path);
    opened.map_err(|why| StoreError::Other(format!("{why:?}")).into())
}

/// The vendor's usage reports, with the features that are known.
struct TokenUsage(Arc<FeatureTable>);

impl UsageReports for TokenUsage {
    fn read(&self, name: &str, bytes: &[u8]) -> Result<UsageReport, String> {
        let VendorReport { rows, rejected, zero_rows, names_people } =
            read(bytes).map_err(|why| why.to_string())?;
        let (features, name, count) = (Arc::clone(&self.0), name.to_owned(), rows.len() as u64);
        Ok(UsageReport {
            rows: count,
            zero_rows,
            rejected: rejected.iter().map(unsettled).collect(),
            names_people,
            take_in: Box::new(move |engine| import(engine, &features, &name, &rows)),
        })
    }
}

fn unsettled(row: &RejectedRow) -> Unsettled {
    let said = row.to_string();
    let why = said.strip_prefix(&format!("line {}: ", row.line)).unwrap_or(&said).to_owned();
    Unsettled { line: row.line, why }
}

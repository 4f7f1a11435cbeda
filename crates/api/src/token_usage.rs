//! The port for the vendor's usage reports: this crate knows no file formats, the binary brings a reader.

use faregate_app::engine::{Engine, Failure};
use faregate_app::import::vendor::{Report, Unsettled};

/// Takes a report in as one batch.
pub type TakeIn = Box<dyn FnOnce(&mut Engine) -> Result<Report, Failure> + Send>;

/// A report that was read, and is not taken in yet.
pub struct UsageReport {
    /// Rows with tokens.
    pub rows: u64,
    /// Rows of zero tokens.
    pub zero_rows: u64,
    /// Rows that could not be read.
    pub rejected: Vec<Unsettled>,
    /// Whether the report says who used what.
    pub names_people: bool,
    /// Takes it in.
    pub take_in: TakeIn,
}

/// Reads the vendor's usage reports.
pub trait UsageReports: Send + Sync {
    /// Reads a report, under a name for the receipt.
    ///
    /// # Errors
    /// Why it is none, in words.
    fn read(&self, name: &str, bytes: &[u8]) -> Result<UsageReport, String>;
}

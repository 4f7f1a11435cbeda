//! Use that is kept and not charged: the API answers with it, and the command line prints it.

use faregate_app::import::uncharged::Kept;
use serde::Serialize;
use utoipa::ToSchema;

/// What is kept and not charged.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnchargedUse {
    /// By product or code and why, most sessions first.
    pub rows: Vec<UnchargedRow>,
    /// Sessions, all together.
    pub sessions: u64,
}

/// Use of one product, or of one unknown code, that is kept and not charged for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnchargedRow {
    /// The product's key, or the code.
    pub key: String,
    /// The product's name, or the code.
    pub name: String,
    /// Why: `unknown-product`, `no-rate`, `by-result`, `unknown-person`, `doubted` or `known-by-now`.
    pub why: &'static str,
    /// What charges it, in words.
    pub help: &'static str,
    /// How many sessions, or rows of the vendor's.
    pub sessions: u64,
    /// When the first of them began.
    pub first: String,
    /// When the last of them ended, as far as it is known.
    pub last: String,
}

impl UnchargedUse {
    /// What was found, as it is told.
    #[must_use]
    pub fn of(found: &[Kept]) -> Self {
        let row = |one: &Kept| UnchargedRow {
            key: one.key.clone(),
            name: one.name.clone(),
            why: one.why.key(),
            help: one.why.help(),
            sessions: one.sessions,
            first: one.first.to_string(),
            last: one.last.to_string(),
        };
        Self {
            rows: found.iter().map(row).collect(),
            sessions: found.iter().map(|one| one.sessions).sum(),
        }
    }
}

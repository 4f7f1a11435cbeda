//! What an import took in.

use crate::estate::{PersonId, ProductId};
use crate::when::{Date, Instant};

/// What an import took in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What kind of input, for example `flexnet`.
    pub kind: String,
    /// Names of the files.
    pub files: Vec<String>,
    /// Named counts.
    pub counts: Counts,
    /// Uses that were still going on at the end of the input.
    pub begun: Vec<OpenUse>,
    /// Identities of uses, begun in an earlier import, that have ended.
    pub ended: Vec<u64>,
    /// Its number, from 1 without gaps: blocks of reported uses name it. 0 for what was taken in before there
    /// were numbers.
    pub batch: u32,
    /// Who took it in, by the name of their key, or of the operating system's account; may be empty.
    pub by: String,
    /// What of it sources of another kind tell as well.
    pub overlap: Overlap,
}

/// How many uses of an import a source of another kind tells of as well, and how many of these otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Uses that lie, at least in part, in one of the same person and product.
    pub uses: u64,
    /// Of those, uses whose beginning or end differs by more than clocks do.
    pub times: u64,
    /// Days of a person and a product that the vendor charged otherwise than we had.
    pub prices: u64,
}

/// How many of what an import added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Usage events recognised.
    pub events: u64,
    /// Sessions added.
    pub sessions: u64,
    /// Of those, still open at the end of the input.
    pub open_sessions: u64,
    /// Sessions of earlier imports that this one saw end.
    pub closed: u64,
    /// Lines or sessions refused.
    pub rejected: u64,
    /// Sessions kept but not charged: unknown product, or no rate for it.
    pub quarantined: u64,
    /// Sessions that were there already.
    pub duplicates: u64,
    /// Seconds between open and close, over the sessions added.
    pub seconds: i64,
    /// First instant seen.
    pub first: Option<Instant>,
    /// Last instant seen.
    pub last: Option<Instant>,
}

/// A use that a log shows as still going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUse {
    /// Identity across imports.
    pub identity: u64,
    /// Who: the identity that the log names, whoever that turns out to be.
    pub person: PersonId,
    /// What; `None` while the feature is in no product family.
    pub product: Option<ProductId>,
    /// On which workstation.
    pub host: String,
    /// Since when.
    pub opened: Instant,
}

/// What became of an import that was taken back. The events before it in its commit put the charges right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// The number of the import.
    pub batch: u32,
    /// Who took it back, by the name of their key, or of the operating system's account; may be empty.
    pub by: String,
    /// Sessions that no import that stands tells of.
    pub sessions: u64,
    /// Of those, sessions that were kept and not charged.
    pub quarantined: u64,
    /// Sessions that stay, since another import that stands tells of them.
    pub kept: u64,
    /// Uses that the import saw end, and that go on again.
    pub begun: Vec<OpenUse>,
    /// Identities of uses that went on, and that nobody tells of any more.
    pub ended: Vec<u64>,
    /// Whose charges of which day the vendor no longer reports; what it still does is reported anew.
    pub unreported: Vec<(PersonId, ProductId, Date)>,
}

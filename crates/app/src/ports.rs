//! What the use cases need of the world: a store, a clock, an atlas. Few and deep.

use core::net::IpAddr;
use core::time::Duration;
use faregate_core::amount::Ticks;
use faregate_core::estate::Country;
use faregate_core::event::Event;
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};
use std::collections::BTreeMap;

/// Tells the time. The server's clock decides; all others are evidence.
pub trait Clock: Send + Sync {
    /// Now, in whole seconds.
    fn now(&self) -> Instant;

    /// Time since some moment, by a clock that is never set: to measure with, and nothing else. A clock that
    /// measures nothing says none.
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Tells in which country an address is, from a data base that the operator brings.
pub trait Atlas: Send + Sync {
    /// The country, when the data base has one for the address.
    fn country(&self, address: IpAddr) -> Option<Country>;
}

/// What holds where the operator brought no data base: it knows of no address.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAtlas;

impl Atlas for NoAtlas {
    fn country(&self, _: IpAddr) -> Option<Country> {
        None
    }
}

/// An event in its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Sequence number, from 1, without gaps.
    pub seq: u64,
    /// When it was appended.
    pub at: Instant,
    /// What happened.
    pub event: Event,
}

/// A request that was answered: the same key gets the same answer for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The client's idempotency key.
    pub key: String,
    /// Digest of what was asked, to tell a retry from a key used twice.
    pub digest: u128,
    /// Sequence number of the event that answers it.
    pub seq: u64,
}

/// One use that has ended, as a source reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use {
    /// Name of the user, interned by the store.
    pub user: u32,
    /// Name of the host, interned by the store.
    pub host: u32,
    /// Feature code, interned by the store.
    pub feature: u32,
    /// Tells apart identical openings in one second.
    pub ordinal: u32,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed.
    pub closed: Instant,
}

/// A block of reported uses as it was stored: of one UTC day, of one import. Blocks are never changed or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseBlock {
    /// Its number; it grows from block to block.
    pub number: u64,
    /// The number of the import; 0 for what came before imports were numbered.
    pub batch: u32,
    /// The UTC day on which its uses were opened.
    pub day: Date,
    /// What it says of them.
    pub kind: BlockKind,
    /// The uses.
    pub uses: Vec<Use>,
}

/// What a block says of its uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// The import tells of them.
    Told,
    /// The import was undone: what it told of never was. Where another import that stands told of it as well, a
    /// block of that import's, in the same transaction, tells of it anew.
    TakenBack,
}

/// What an import told of a UTC day that was there already: what stays of it when others are undone.
///
/// Uses are named by their places among all uses that blocks of the day ever told of, counted from 0 in the order
/// stored; places never change, because blocks do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memo {
    /// Uses that were told in the same words: runs of their places, as the first and how many.
    pub again: Vec<(u32, u32)>,
    /// Uses that were told with another end.
    pub otherwise: Vec<Use>,
    /// Uses that the import shows as going on: until its end, at least, which stands for theirs.
    pub open: Vec<Use>,
    /// What the vendor charged, row by row.
    pub paid: Vec<Paid>,
}

impl Memo {
    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { again, otherwise, open, paid } = self;
        again.is_empty() && otherwise.is_empty() && open.is_empty() && paid.is_empty()
    }
}

/// Equal rows of a vendor's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// To whom, as the vendor writes it: a name interned by the store.
    pub who: u32,
    /// For what, as the vendor writes it: a name interned by the store.
    pub product: u32,
    /// How much.
    pub ticks: Ticks,
    /// How many such rows.
    pub count: u32,
}

/// What is left of a day's blocks, in order of their number, once what was taken back is left out.
#[must_use]
pub fn left_of(blocks: Vec<UseBlock>) -> Vec<Use> {
    let mut taken: BTreeMap<Use, u32> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.kind == BlockKind::TakenBack) {
        for one in &block.uses {
            *taken.entry(*one).or_default() += 1;
        }
    }
    let told = blocks.into_iter().filter(|block| block.kind == BlockKind::Told);
    let mut left: Vec<Use> = told.flat_map(|block| block.uses).collect();
    if !taken.is_empty() {
        left.retain(|one| match taken.get_mut(one).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                false
            }
            None => true,
        });
    }
    left
}

/// One use that ran through our own gate on tokens and has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateUse {
    /// Id of the person.
    pub person: u32,
    /// Id of the product.
    pub product: u16,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed.
    pub closed: Instant,
}

/// What is appended in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Events, in order and without gaps.
    pub entries: Vec<Entry>,
    /// The requests that they answer.
    pub requests: Vec<Request>,
    /// Uses of our own gate that ended with them.
    pub gate_uses: Vec<GateUse>,
}

impl Batch {
    /// Whether there is nothing to append.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Why the store could not do as told. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer appended first: this one must step down and reload.
    #[error("another writer has appended event {seq}")]
    Fenced {
        /// The sequence number that was taken.
        seq: u64,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The store was written by a newer release.
    #[error("the store has format {found}, this release knows up to {known}")]
    Newer {
        /// Format of the store.
        found: u32,
        /// Newest format known.
        known: u32,
    },
    /// What is stored cannot be read.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Anything else, in the database's words.
    #[error("{0}")]
    Other(String),
}

/// The journal and the use history of one contract.
///
/// Outside [`Store::begin`] … [`Store::commit`] each call is its own transaction.
pub trait Store: Send {
    /// Calls `visit` with each entry after `after`, in order, for as long as it answers `true`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when an entry cannot be read.
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError>;

    /// The entry with this sequence number.
    ///
    /// # Errors
    /// [`StoreError`].
    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError>;

    /// Calls `visit` with each decision of the gate between two places, both included, the latest first, for as
    /// long as it answers `true`: who was let through, and who was turned away.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when an entry cannot be read.
    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError>;

    /// The answered request with this key.
    ///
    /// # Errors
    /// [`StoreError`].
    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError>;

    /// Appends a batch, durably when outside a transaction of the caller's.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when an entry's number is taken, [`StoreError::Full`]; nothing was appended.
    fn append(&mut self, batch: &Batch) -> Result<(), StoreError>;

    /// The newest snapshot.
    ///
    /// # Errors
    /// [`StoreError`]; a snapshot that cannot be read is dropped, it is only a cache.
    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError>;

    /// Replaces the snapshot.
    ///
    /// # Errors
    /// [`StoreError`].
    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// Starts a transaction that [`Store::commit`] makes durable as a whole.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Makes durable all since [`Store::begin`].
    ///
    /// # Errors
    /// [`StoreError`]; nothing of it is kept then.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Forgets all since [`Store::begin`].
    fn rollback(&mut self);

    /// All interned names, by number from 0.
    ///
    /// # Errors
    /// [`StoreError`].
    fn names(&mut self) -> Result<Vec<String>, StoreError>;

    /// Interns further names, numbered on from `first`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError>;

    /// Adds a block of reported uses that were opened on one UTC day; none when there is no use.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError>;

    /// Calls `visit` with each block of reported uses after number `after`, in order, for as long as it answers
    /// `true`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a block cannot be read.
    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError>;

    /// All blocks of a UTC day, in order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a block cannot be read.
    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError>;

    /// The UTC days, ascending, with reported uses that were closed at or after `from` and not taken back.
    ///
    /// # Errors
    /// [`StoreError`].
    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError>;

    /// The reported uses that were opened on a UTC day and not taken back, in no particular order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError>;

    /// Keeps what an import told of a UTC day that was there already, if there is any; several add up.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError>;

    /// What imports told of a UTC day that was there already, by the imports' numbers.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a memo cannot be read.
    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError>;

    /// The UTC days, ascending, of which an import told: in blocks, or of what was there already.
    ///
    /// # Errors
    /// [`StoreError`].
    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError>;

    /// Calls `visit` with each use of our own gate that was closed at or after `from`, in no particular order.
    ///
    /// # Errors
    /// [`StoreError`]; `visit` may have been called then.
    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError>;

    /// What is wrong with the store itself, in words; empty when nothing is.
    ///
    /// # Errors
    /// [`StoreError`].
    fn check(&mut self) -> Result<Vec<String>, StoreError>;
}

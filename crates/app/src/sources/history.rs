//! What the receipts say of each source, read on as the journal grows.

use crate::engine::{Engine, Failure};
use faregate_core::event::{Event, Receipt};
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant};
use std::collections::{BTreeMap, VecDeque};

/// Receipts that are read at once: between two such reads, the gate decides.
const RECEIPTS_AT_ONCE: u32 = 256;
/// Where the inbox is, in names of files on receipts.
const INBOX: &str = "inbox/";
/// So many of the longest waits for news are remembered: some weeks of nights and weekends.
const LAGS_MAX: usize = 64;
/// A wait of less is nothing to remember, and one of more no rhythm.
const LAG_SECONDS: std::ops::RangeInclusive<i64> = 600..=60 * DAY;

/// Whom a receipt is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// A source of the file of sources: its files come through the inbox.
    Source(String),
    /// A log that is followed.
    Log(String),
    /// Imports by hand, of one kind.
    Kind(String),
}

impl Origin {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Source(name) | Self::Log(name) | Self::Kind(name) => name,
        }
    }
}

/// What the receipts say of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// What its newest receipt calls its kind.
    pub kind: String,
    /// The last instant that it knows of.
    pub last_data: Option<Instant>,
    /// When something of it was last taken in, and the number of that import.
    pub last_import: Option<(Instant, u32)>,
    /// How old its news was each time something newer came, in seconds; the newest last.
    lags: VecDeque<i64>,
}

impl History {
    fn add(&mut self, at: Instant, receipt: &Receipt) {
        receipt.kind.clone_into(&mut self.kind);
        self.last_import = self.last_import.max(Some((at, receipt.batch)));
        let last = receipt.counts.last.map(|last| last.min(at));
        if let Some(before) = self.last_data.filter(|before| last > Some(*before)) {
            self.remember(at.since(before));
        }
        self.last_data = self.last_data.max(last);
    }

    fn remember(&mut self, lag: i64) {
        if !LAG_SECONDS.contains(&lag) {
            return;
        }
        if self.lags.len() == LAGS_MAX {
            self.lags.pop_front();
        }
        self.lags.push_back(lag);
    }

    /// How old its news usually gets at most, and a quarter more: the longest wait but one, since the longest may
    /// have been a failure. 0 while there is no history to speak of.
    pub(super) fn usual_lag(&self) -> i64 {
        let mut longest: Vec<i64> = self.lags.iter().copied().collect();
        longest.sort_unstable_by_key(|lag| std::cmp::Reverse(*lag));
        longest.get(1).map_or(0, |lag| lag.saturating_add(lag / 4))
    }
}

/// What the receipts say of each source: a projection of the journal that is read on as it grows.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    followed: Vec<String>,
    /// The number of the last import that was read.
    seen: u32,
    /// How many of those were undone.
    undone: usize,
    found: BTreeMap<Origin, History>,
}

impl Histories {
    /// Nothing read yet, with the logs that are followed, as receipts name them.
    #[must_use]
    pub fn following(followed: Vec<String>) -> Self {
        Self { followed, ..Self::default() }
    }

    /// Whether nothing was imported or undone since the last look.
    #[must_use]
    pub fn is_current(&self, state: &State) -> bool {
        self.seen >= last(state) && self.undone == undone(state, self.seen)
    }

    /// Reads on, some receipts at a time; returns whether it has caught up. What was undone never was.
    ///
    /// # Errors
    /// [`Failure`] when the store cannot be read.
    pub fn read_on(&mut self, engine: &mut Engine) -> Result<bool, Failure> {
        let shared = engine.state();
        let (last, undone) = (last(&shared.read()), undone(&shared.read(), self.seen));
        if undone != self.undone {
            *self = Self::following(std::mem::take(&mut self.followed));
        }
        let until = last.min(self.seen.saturating_add(RECEIPTS_AT_ONCE));
        for batch in self.seen + 1..=until {
            self.read_one(engine, batch)?;
            self.seen = batch;
        }
        Ok(self.seen >= last)
    }

    fn read_one(&mut self, engine: &mut Engine, batch: u32) -> Result<(), Failure> {
        let import = engine.state().read().imports().get(batch).copied();
        let Some(import) = import else { return Ok(()) };
        if !import.stands() {
            self.undone += 1;
            return Ok(());
        }
        if let Some(entry) = engine.store.entry(import.seq)?
            && let Event::Imported(receipt) = entry.event
        {
            self.note(entry.at, &receipt);
        }
        Ok(())
    }

    pub(super) fn note(&mut self, at: Instant, receipt: &Receipt) {
        let origin = self.origin(receipt);
        self.found.entry(origin).or_default().add(at, receipt);
    }

    fn origin(&self, receipt: &Receipt) -> Origin {
        let file = receipt.files.first().map_or("", String::as_str);
        let source = file.strip_prefix(INBOX).and_then(|rest| rest.split_once('/'));
        match source {
            Some((source, _)) => Origin::Source(source.to_owned()),
            None if self.followed.iter().any(|log| log == file) => Origin::Log(file.to_owned()),
            None => Origin::Kind(receipt.kind.clone()),
        }
    }

    pub(super) fn get(&self, origin: &Origin) -> Option<&History> {
        self.found.get(origin)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Origin, &History)> {
        self.found.iter()
    }
}

/// The number of the last import.
fn last(state: &State) -> u32 {
    state.imports().next().saturating_sub(1)
}

/// How many of the first so many imports were undone.
fn undone(state: &State, first: u32) -> usize {
    let first = usize::try_from(first).unwrap_or(usize::MAX);
    state.imports().all.iter().take(first).filter(|one| !one.stands()).count()
}

//! Keeps the lake true to the store: a reconciler without input, which may be killed at any time.
//!
//! The journal is the one order. Entries are projected one after the other, and before the receipt of an import
//! the blocks of its uses, so that a lake made anew has the same rows as one that grew. Each table has a cursor of
//! its own in its own log: after a crash between two tables each goes on from where it is.
//!
//! Must never write to the store, and never wait for a writer of it.

use crate::delta::Change;
use crate::fault::LakeError;
use crate::files::{Encoder, FILE_BYTES};
use crate::lake::Lake;
use crate::privacy::Privacy;
use crate::project::{Changed, Done, Names, Projection};
use crate::rows::Rows;
use crate::session::Means;
use crate::tables::Table;
use faregate_app::engine::replayed;
use faregate_app::ports::{BlockKind, Entry, Store, UseBlock};
use faregate_core::estate::folded;
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet};

mod dimensions;
mod rederive;
mod whole;

/// Rows that wait in memory before they are written, about 100 bytes each.
const ROWS_MAX: usize = 500_000;

/// A table in which nothing happened falls behind so many events before its cursor is moved for its own sake.
const LAG_MAX: u64 = 10_000;

/// How far the journal was projected.
pub(crate) const JOURNAL: &str = "journal";
/// How far the blocks of reported uses were.
pub(crate) const BLOCKS: &str = "blocks";
/// Up to which event the meaning of names is that of the sessions.
const MEANINGS: &str = "meanings";
/// Up to which block what was taken back is no longer there.
const TAKEN: &str = "taken";
/// How many of the store's names are in the lake.
const NAMES: &str = "names";

/// What a sync did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Last event of the journal that the lake has.
    pub seq: u64,
    /// Rows added to the facts.
    pub rows: u64,
    /// Files that were written anew, because names stand for others or an import was undone.
    pub rewritten: u64,
}

/// A sync that is kept between two runs, so that the second need not read the journal from its beginning.
pub struct LakeSync {
    lake: Lake,
    privacy: Privacy,
    at: Option<Position>,
    rows_max: usize,
}

/// Where the projection is.
struct Position {
    state: State,
    projection: Projection,
    /// Last block of reported uses that was projected.
    block: u64,
    /// What is in each table already.
    done: Done,
    block_done: u64,
    meanings: u64,
    taken: u64,
    names: u64,
    changed: Changed,
    /// Imports that were undone, and whose uses are in the lake still.
    undone: BTreeSet<u32>,
    estate_changed: bool,
    /// To which telling of what is hidden names and people were brought; none: nobody looked yet.
    hidden: Option<u64>,
    /// Whether names and hosts may have become those of people who were erased.
    names_moved: bool,
    /// Whether rows came or went since it was last asked which names no row names any more.
    rows_moved: bool,
}

/// Why the projection stopped.
enum Stop {
    /// The journal has no more.
    End,
    /// An import comes, whose blocks come first.
    Import(Box<Entry>),
    /// Enough rows wait.
    Full,
}

impl LakeSync {
    /// Keeps this lake true; `privacy` says whom it must not name.
    #[must_use]
    pub fn new(lake: Lake, privacy: Privacy) -> Self {
        Self { lake, privacy, at: None, rows_max: ROWS_MAX }
    }

    /// The same, writing after fewer rows: for tests.
    #[must_use]
    pub fn writing_after(self, rows_max: usize) -> Self {
        Self { rows_max, ..self }
    }

    /// The lake.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// The lake, to keep in order.
    pub fn lake_mut(&mut self) -> &mut Lake {
        &mut self.lake
    }

    /// Brings all that the store has into the lake.
    ///
    /// # Errors
    /// [`LakeError`]; what was committed before stays, and the next run goes on from there.
    pub async fn run(&mut self, store: &mut dyn Store, now: Instant) -> Result<Synced, LakeError> {
        let done = self.run_from_here(store, now).await;
        if done.is_err() {
            // What is in memory may be ahead of the tables: the next run asks them.
            self.at = None;
        }
        done
    }

    async fn run_from_here(
        &mut self,
        store: &mut dyn Store,
        now: Instant,
    ) -> Result<Synced, LakeError> {
        self.lake.refresh().await?;
        self.privacy.refresh(&self.lake.place).await?;
        let mut at = match self.at.take() {
            Some(at) if at.is_where_they_are(&self.lake).await? => at,
            _ => Position::find(&self.lake, store).await?,
        };
        let mut synced = Synced::default();
        loop {
            let stop = at.advance(store, self.rows_max)?;
            let upto = match &stop {
                Stop::Import(entry) => batch_of(entry),
                Stop::End => at.known_batches(),
                Stop::Full => 0,
            };
            while !matches!(stop, Stop::Full) && !at.blocks(store, upto, &stop, self.rows_max)? {
                synced.rows += self.flush(&mut at, now).await?;
            }
            if let Stop::Import(entry) = &stop {
                at.apply(entry)?;
            }
            if matches!(stop, Stop::End) {
                break;
            }
            if at.projection.len() >= self.rows_max {
                synced.rows += self.flush(&mut at, now).await?;
            }
        }
        synced.rows += self.flush(&mut at, now).await?;
        synced.rewritten = self.rederive(&mut at, now).await?;
        self.hide(&mut at, now).await?;
        self.write_dimensions(&mut at, now).await?;
        self.move_cursors(&mut at, now).await?;
        self.lake.end(now).await?;
        // Whoever was erased meanwhile may have been written by the names of before; it is the last that is looked
        // at, so that nothing is written after it.
        while self.privacy.refresh(&self.lake.place).await? {
            self.hide(&mut at, now).await?;
        }
        let moved = synced.rows > 0 || synced.rewritten > 0;
        (at.names_moved, at.rows_moved) = (at.names_moved | moved, at.rows_moved | moved);
        synced.seq = at.state.seq();
        self.at = Some(at);
        Ok(synced)
    }

    /// Puts pseudonyms in the place of people in months older than is agreed, and of what has become the name or
    /// the host of somebody who was erased; a run must have come before. Tells how many files were written anew.
    ///
    /// # Errors
    /// [`LakeError`]; the next call goes on from there.
    pub async fn forget(&mut self, means: &Means, now: Instant) -> Result<u64, LakeError> {
        let Some(mut at) = self.at.take() else { return Ok(0) };
        let day = (at.state.zone().date(now), now);
        let names = at.projection.names.stored();
        self.privacy.refresh(&self.lake.place).await?;
        let moved = at.rows_moved;
        let written = self.lake.forget(&mut self.privacy, names, day, means, moved).await?;
        if written > 0 {
            at.hidden = None;
        }
        at.rows_moved = false;
        // A name that comes back has a number of its own: that of before stands for a pseudonym.
        at.projection.names.drop_gate_names(self.privacy.unused());
        self.find_erased(&mut at, means).await?;
        self.hide(&mut at, now).await?;
        self.at = Some(at);
        Ok(written)
    }

    /// Erases a person: the names of all their identities, and hosts that only they used, are pseudonyms from now on,
    /// and the files that named them are gone. Sums stay what they are. A run must have come before; `false`: nobody has the name.
    ///
    /// # Errors
    /// [`LakeError`]; called again, it goes on.
    pub async fn erase(
        &mut self,
        name: &str,
        means: &Means,
        now: Instant,
    ) -> Result<bool, LakeError> {
        let Some(mut at) = self.at.take() else { return Ok(false) };
        let Some(person) = at.state.estate().person_called(name) else { return Ok(false) };
        let people = at.state.estate().identities(person);
        self.privacy.erase(&self.lake.place, people, []).await?;
        (at.hidden, at.names_moved) = (None, true);
        self.find_erased(&mut at, means).await?;
        self.hide(&mut at, now).await?;
        self.at = Some(at);
        // Whoever was here before, and died, may have left this alone to be done.
        self.lake.purge_names(now).await?;
        Ok(true)
    }

    /// Notes the names of all who were erased, as they are called by now, and hosts that only they used.
    async fn find_erased(&mut self, at: &mut Position, means: &Means) -> Result<(), LakeError> {
        let estate = at.state.estate();
        let people = self.privacy.erased(estate);
        if people.is_empty() || !at.names_moved {
            return Ok(());
        }
        let theirs = self.privacy.erased_names(estate);
        let names = at.projection.names.all().filter(|(_, text)| theirs.contains(&folded(text)));
        let mut hidden: BTreeSet<i32> = names.map(|(id, _)| id).collect();
        hidden.extend(self.lake.hosts_of(&people, means).await?);
        self.privacy.erase(&self.lake.place, people, hidden).await?;
        at.names_moved = false;
        Ok(())
    }

    /// Brings names and people to what is hidden, whoever hid it. Where the lake said more, the files that did are
    /// gone.
    async fn hide(&mut self, at: &mut Position, now: Instant) -> Result<(), LakeError> {
        let number = Some(self.privacy.number());
        if at.hidden == number {
            return Ok(());
        }
        if self.privacy.hides() {
            let stored = at.projection.names.stored();
            let renamed = self.lake.rename(&self.privacy, stored, now).await?;
            at.estate_changed = true;
            if self.write_dimensions(at, now).await? || renamed > 0 {
                self.lake.purge_names(now).await?;
            }
        }
        at.hidden = number;
        Ok(())
    }

    /// Writes what waits. Names come before the rows that name them.
    async fn flush(&mut self, at: &mut Position, now: Instant) -> Result<u64, LakeError> {
        self.write_names(at, now).await?;
        let mut by_table: BTreeMap<Table, Vec<(Date, Rows)>> = BTreeMap::new();
        for ((table, month), rows) in at.projection.take() {
            by_table.entry(table).or_default().push((month, rows));
        }
        let mut written = 0;
        for (table, months) in by_table {
            written += self.append(at, table, months, now).await?;
        }
        Ok(written)
    }

    async fn append(
        &mut self,
        at: &mut Position,
        table: Table,
        months: Vec<(Date, Rows)>,
        now: Instant,
    ) -> Result<u64, LakeError> {
        let (from, to) = (at.done(table), at.state.seq());
        let delta = self.lake.table(table)?;
        let (mut adds, mut count) = (Vec::new(), 0);
        for (month, mut rows) in months {
            let month = month_name(month);
            let mut encoder = Encoder::new(table, FILE_BYTES);
            let first = encoder.push(&rows.take()?)?;
            for (part, encoded) in first.into_iter().chain(encoder.finish()?).enumerate() {
                count += encoded.rows as u64;
                // What is in a file follows from where it begins and ends.
                let name = format!("{from}-{to}-{}-{}-{part}", at.block_done, at.block);
                adds.push(delta.store(Some(&month), &name, encoded, now).await?);
            }
        }
        let mut moves = vec![Move { cursor: JOURNAL, from, to }];
        if table == Table::Sessions {
            moves.push(Move { cursor: BLOCKS, from: at.block_done, to: at.block });
        }
        self.commit_once(table, Change { adds, ..Change::new(now) }, &moves).await?;
        at.done.insert(table, to);
        if table == Table::Sessions {
            at.block_done = at.block;
        }
        Ok(count)
    }

    /// Commits what lies between two places of the cursors, once, whoever else commits meanwhile.
    async fn commit_once(
        &mut self,
        table: Table,
        mut change: Change,
        moves: &[Move],
    ) -> Result<(), LakeError> {
        change.cursors = moves.iter().map(|one| (one.cursor, one.to)).collect();
        let delta = self.lake.table_mut(table)?;
        for _ in 0..COMMITS_MAX {
            let mut now = Vec::new();
            for one in moves {
                now.push(delta.cursor(one.cursor).await?);
            }
            let is = |place: fn(&Move) -> u64| moves.iter().map(place).eq(now.iter().copied());
            if !is(|one| one.from) {
                // Another process may have done the very same, which are then the same rows.
                return if is(|one| one.to) { Ok(()) } else { Err(LakeError::Busy(table.name())) };
            }
            if delta.commit(change.clone()).await? {
                return Ok(());
            }
        }
        Err(LakeError::Busy(table.name()))
    }

    async fn write_names(&mut self, at: &mut Position, now: Instant) -> Result<(), LakeError> {
        let fresh = at.projection.names.take_fresh();
        let first = fresh.last().map_or(0, |(id, _)| *id);
        let stored = at.projection.names.stored();
        let from = usize::try_from(at.names).unwrap_or(usize::MAX);
        let (mut rows, until) = (Rows::new(Table::Names), stored.len());
        let numbered = |(number, text)| (i32::try_from(number).unwrap_or(i32::MAX), text);
        let new = stored.iter().enumerate().skip(from).map(numbered);
        let new: Vec<(i32, &String)> =
            new.chain(fresh.iter().map(|(id, text)| (*id, text))).collect();
        // Another spelling of an erased person's name is theirs as well, and is never written.
        let erased = self.privacy.erased_names(at.state.estate());
        let theirs: Vec<i32> = new
            .iter()
            .filter(|(_, text)| !erased.is_empty() && erased.contains(&folded(text)))
            .map(|(id, _)| *id)
            .collect();
        self.privacy.erase(&self.lake.place, [], theirs).await?;
        for (id, text) in new {
            self.privacy.push_name(&mut rows, id, text)?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        let delta = self.lake.table(Table::Names)?;
        let mut encoder = Encoder::new(Table::Names, FILE_BYTES);
        let full = encoder.push(&rows.take()?)?;
        let mut change = Change::new(now);
        for (part, encoded) in full.into_iter().chain(encoder.finish()?).enumerate() {
            let name = format!("{from}-{until}-{}-{part}", first.unsigned_abs());
            change.adds.push(delta.store(None, &name, encoded, now).await?);
        }
        change.cursors.push((NAMES, until as u64));
        let delta = self.lake.table_mut(Table::Names)?;
        if delta.cursor(NAMES).await? != at.names || !delta.commit(change).await? {
            return Err(LakeError::Busy(Table::Names.name()));
        }
        at.names = until as u64;
        Ok(())
    }

    /// Moves the cursors of tables in which nothing happened for long, so that the next start reads little.
    async fn move_cursors(&mut self, at: &mut Position, now: Instant) -> Result<(), LakeError> {
        let seq = at.state.seq();
        for table in Table::FACTS {
            let from = at.done(table);
            if seq.saturating_sub(from) > LAG_MAX {
                let moves = [Move { cursor: JOURNAL, from, to: seq }];
                self.commit_once(table, Change::new(now), &moves).await?;
                at.done.insert(table, seq);
            }
        }
        Ok(())
    }
}

/// How often a commit is tried again after somebody else was first.
const COMMITS_MAX: usize = 5;

/// A cursor on its way.
struct Move {
    cursor: &'static str,
    from: u64,
    to: u64,
}

impl Position {
    /// Where the tables are, with the state of then.
    async fn find(lake: &Lake, store: &mut dyn Store) -> Result<Self, LakeError> {
        let mut done = Done::new();
        for table in Table::FACTS {
            done.insert(table, lake.table(table)?.cursor(JOURNAL).await?);
        }
        let sessions = lake.table(Table::Sessions)?;
        let (block, meanings) = (sessions.cursor(BLOCKS).await?, sessions.cursor(MEANINGS).await?);
        let taken = sessions.cursor(TAKEN).await?;
        let first = done.values().copied().chain([meanings]).min().unwrap_or(0);
        let kept = restored(store, first)?;
        let (state, _) = replayed(store, kept, first)?;
        let names = Names::new(store.names()?, lake.gate_names().await?);
        let mut at = Self {
            projection: Projection::new(store, &state, names, done.clone())?,
            state,
            block,
            done,
            block_done: block,
            meanings,
            taken,
            names: lake.table(Table::Names)?.cursor(NAMES).await?,
            changed: Changed::default(),
            undone: BTreeSet::new(),
            estate_changed: true,
            hidden: None,
            names_moved: true,
            rows_moved: true,
        };
        at.find_undone(store)?;
        Ok(at)
    }

    /// Imports whose uses were taken back in blocks that were passed, and are in the lake still.
    fn find_undone(&mut self, store: &mut dyn Store) -> Result<(), LakeError> {
        let (undone, last) = (&mut self.undone, self.block);
        store.use_blocks(self.taken, &mut |block| {
            let is_passed = block.number <= last;
            if is_passed && block.kind == BlockKind::TakenBack {
                undone.insert(block.batch);
            }
            is_passed
        })?;
        Ok(())
    }

    /// Whether nobody else has moved the tables on since.
    async fn is_where_they_are(&self, lake: &Lake) -> Result<bool, LakeError> {
        for (table, done) in &self.done {
            if lake.table(*table)?.cursor(JOURNAL).await? != *done {
                return Ok(false);
            }
        }
        let blocks = lake.table(Table::Sessions)?.cursor(BLOCKS).await?;
        let names = lake.table(Table::Names)?.cursor(NAMES).await?;
        Ok(blocks == self.block_done && names == self.names)
    }

    fn done(&self, table: Table) -> u64 {
        self.done.get(&table).copied().unwrap_or(0)
    }

    /// The number of the last import that the state knows.
    fn known_batches(&self) -> u32 {
        self.state.imports().next().saturating_sub(1)
    }

    /// Projects entries until there is a reason to stop.
    fn advance(&mut self, store: &mut dyn Store, rows_max: usize) -> Result<Stop, LakeError> {
        let (mut stop, mut outcome) = (Stop::End, Ok(()));
        store.replay(self.state.seq(), &mut |entry| {
            // Imports before there were numbers had blocks without: those are taken with the next.
            if batch_of(&entry) > 0 {
                stop = Stop::Import(Box::new(entry));
                return false;
            }
            outcome = self.apply(&entry);
            if self.projection.len() >= rows_max {
                stop = Stop::Full;
                return false;
            }
            outcome.is_ok()
        })?;
        outcome.map(|()| stop)
    }

    /// Projects an entry and applies it.
    fn apply(&mut self, entry: &Entry) -> Result<(), LakeError> {
        if entry.seq > self.meanings {
            self.changed.note(&self.state, &entry.event);
        }
        self.estate_changed |= !is_use(&entry.event);
        self.names_moved |= !is_use(&entry.event);
        self.projection.entry(&self.state, entry)?;
        let applied = self.state.apply(entry.seq, entry.at, &entry.event);
        applied.map_err(|broken| LakeError::Journal(broken.into()))?;
        self.projection.moved(&self.state, entry)
    }

    /// Projects blocks of imports up to a number; `false` when enough rows wait and there may be more.
    fn blocks(
        &mut self,
        store: &mut dyn Store,
        upto: u32,
        stop: &Stop,
        rows_max: usize,
    ) -> Result<bool, LakeError> {
        loop {
            let (mut is_done, mut lacks_names, mut outcome) = (true, false, Ok(()));
            store.use_blocks(self.block, &mut |block| {
                if block.batch > upto {
                    return false;
                }
                lacks_names = self.lacks_names(&block);
                if lacks_names {
                    return false;
                }
                outcome = self.block(&block, stop);
                is_done = self.projection.len() < rows_max;
                is_done && outcome.is_ok()
            })?;
            outcome?;
            if !lacks_names {
                return Ok(is_done);
            }
            self.projection.names.restock(store.names()?);
        }
    }

    /// Whether the block came in after the names were read.
    fn lacks_names(&self, block: &UseBlock) -> bool {
        let last = block.uses.iter().map(|one| one.user.max(one.host).max(one.feature)).max();
        last.is_some_and(|last| last as usize >= self.projection.names.stored().len())
    }

    fn block(&mut self, block: &UseBlock, stop: &Stop) -> Result<(), LakeError> {
        match block.kind {
            BlockKind::TakenBack => {
                self.undone.insert(block.batch);
            }
            BlockKind::Told => {
                let (seq, kind) = self.receipt_of(block.batch, stop);
                self.projection.block(&self.state, seq, &kind, block)?;
            }
        }
        self.block = block.number;
        Ok(())
    }

    /// The event and the kind of an import: the one that comes, or an earlier one.
    fn receipt_of(&self, batch: u32, stop: &Stop) -> (u64, String) {
        if let Stop::Import(entry) = stop
            && let Event::Imported(receipt) = &entry.event
            && receipt.batch == batch
        {
            return (entry.seq, receipt.kind.clone());
        }
        let imports = self.state.imports();
        let seq = imports.get(batch).map_or(0, |import| import.seq);
        (seq, imports.kind(batch).to_owned())
    }
}

/// The state to go on from: the newest snapshot, unless the tables are behind it.
fn restored(store: &mut dyn Store, first: u64) -> Result<State, LakeError> {
    let kept = store.snapshot()?.filter(|kept| kept.seq <= first);
    Ok(kept.and_then(|kept| State::restore(kept).ok()).unwrap_or_default())
}

/// The number of the import whose receipt an entry is; 0 for any other.
fn batch_of(entry: &Entry) -> u32 {
    match &entry.event {
        Event::Imported(receipt) => receipt.batch,
        _ => 0,
    }
}

/// Whether an event is about use alone: it changes no dimension.
const fn is_use(event: &Event) -> bool {
    matches!(
        event,
        Event::Opened(_)
            | Event::Refused(_)
            | Event::HoldEnded { .. }
            | Event::UnitCharged(_)
            | Event::Closed { .. }
            | Event::UsageCharged(_)
            | Event::UsageReversed(_)
            | Event::Imported(_)
            | Event::ShadowPriced(_)
    )
}

/// A month as the facts have it: `2026-11`.
pub(crate) fn month_name(month: Date) -> String {
    let (year, month, _) = month.ymd();
    format!("{year:04}-{month:02}")
}

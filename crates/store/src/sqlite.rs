//! The store on SQLite: one file, one writer, group commit.

use crate::codec::{self, Malformed};
use faregate_app::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Request, Store, StoreError, Use, UseBlock,
};
use faregate_core::state::Checkpoint;
use faregate_core::when::{Date, Instant};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use std::path::Path;

mod memos;
mod requests;
mod uses;
use requests::Recent;

/// The store's formats, each from the one before. Forward only; never edit one that was released.
const MIGRATIONS: [&str; 10] = [
    include_str!("sqlite/0001_spine.sql"),
    include_str!("sqlite/0002_recent_requests.sql"),
    include_str!("sqlite/0003_rules_and_budgets.sql"),
    include_str!("sqlite/0004_agents.sql"),
    include_str!("sqlite/0005_imports.sql"),
    include_str!("sqlite/0006_merges.sql"),
    include_str!("sqlite/0007_monitor.sql"),
    include_str!("sqlite/0008_plans.sql"),
    include_str!("sqlite/0009_move_plans.sql"),
    include_str!("sqlite/0010_accounts.sql"),
];

/// The contract that this store keeps. The tables are keyed by contract, so that one database can later
/// hold several; a store serves one.
const CONTRACT: i64 = 1;

/// A store in one SQLite file.
pub struct SqliteStore {
    db: Connection,
    /// `None` for those who only read, and after a rollback.
    recent: Option<Recent>,
    /// Whether look-ups have begun to share a transaction of their own; it ends with the next write.
    looking: bool,
    in_transaction: bool,
}

impl SqliteStore {
    /// Opens the file, creates it when there is none, and brings it to this release's format.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer release wrote it, and left it as it was.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut db = Connection::open(path).map_err(failed)?;
        let found = format_of(&db)?;
        let known = MIGRATIONS.len() as u32;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        if found == 0 && !is_empty(&db)? {
            return Err(StoreError::Damaged("a database of something else".to_owned()));
        }
        configure(&db)?;
        migrate(&mut db, found)?;
        db.set_prepared_statement_cache_capacity(32);
        let recent = Some(Recent::load(&db)?);
        Ok(Self { db, recent, looking: false, in_transaction: false })
    }

    /// Opens the file to read it, also while another process writes to it.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer release wrote it, [`StoreError::Other`] when an older one did:
    /// only a writer brings a store to this release's format.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path).map_err(failed)?;
        let (found, known) = (format_of(&db)?, MIGRATIONS.len() as u32);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        if found < known {
            return Err(StoreError::Other(format!(
                "the store has format {found}; start the server once"
            )));
        }
        db.pragma_update(None, "query_only", true).map_err(failed)?;
        Ok(Self { db, recent: None, looking: false, in_transaction: false })
    }

    /// Runs `work` in the caller's transaction, or in one of its own.
    fn atomically<T>(
        &mut self,
        work: impl FnOnce(&Connection, Option<&mut Recent>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.in_transaction {
            return work(&self.db, self.recent.as_mut());
        }
        self.begin()?;
        match work(&self.db, self.recent.as_mut()) {
            Ok(value) => self.commit().map(|()| value),
            Err(failure) => {
                self.rollback();
                Err(failure)
            }
        }
    }
}

impl SqliteStore {
    /// Ends the transaction that look-ups share.
    fn cease_looking(&mut self) -> Result<(), StoreError> {
        if self.looking {
            self.db.execute_batch("COMMIT").map_err(failed)?;
            self.looking = false;
        }
        Ok(())
    }
}

fn format_of(db: &Connection) -> Result<u32, StoreError> {
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
    u32::try_from(version).map_err(|_| StoreError::Damaged(format!("format {version}")))
}

fn is_empty(db: &Connection) -> Result<bool, StoreError> {
    db.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)
}

fn configure(db: &Connection) -> Result<(), StoreError> {
    let _: String =
        db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(failed)?;
    // FULL syncs the log at every commit. The log is cut back after 4,000 pages (16 MB), so that it is
    // mostly overwritten in place: a growing file costs twice the syncs. What a large import made of it
    // beyond 32 MiB is given back.
    db.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384;
         PRAGMA journal_size_limit = 33554432; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;",
    )
    .map_err(failed)
}

fn migrate(db: &mut Connection, found: u32) -> Result<(), StoreError> {
    for (version, script) in (1u32..).zip(MIGRATIONS).skip(found as usize) {
        let step = db.transaction().map_err(failed)?;
        step.execute_batch(script).map_err(failed)?;
        step.pragma_update(None, "user_version", version).map_err(failed)?;
        step.commit().map_err(failed)?;
    }
    Ok(())
}

impl Store for SqliteStore {
    fn replay(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        let sql = "SELECT seq, at, event FROM journal WHERE contract = ? AND seq > ? ORDER BY seq";
        let mut statement = self.db.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(params![CONTRACT, number(after)]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            if !visit(entry(row)?) {
                break;
            }
        }
        Ok(())
    }

    fn entry(&mut self, seq: u64) -> Result<Option<Entry>, StoreError> {
        let sql = "SELECT seq, at, event FROM journal WHERE contract = ? AND seq = ?";
        let mut statement = self.db.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(params![CONTRACT, number(seq)]).map_err(failed)?;
        rows.next().map_err(failed)?.map(entry).transpose()
    }

    fn decisions(
        &mut self,
        first: u64,
        last: u64,
        visit: &mut dyn FnMut(Entry) -> bool,
    ) -> Result<(), StoreError> {
        // What kind of event it is stands in its first byte: what is no decision is not even decoded.
        let sql = "SELECT seq, at, event FROM journal WHERE contract = ? AND seq BETWEEN ? AND ?
                   AND substr(event, 1, 1) IN (?, ?) ORDER BY seq DESC";
        let mut statement = self.db.prepare_cached(sql).map_err(failed)?;
        let (first, last) = (number(first), number(last.min(i64::MAX.cast_unsigned())));
        let [opened, refused] = codec::decided::TAGS.map(|tag| [tag]);
        let span = params![CONTRACT, first, last, &opened[..], &refused[..]];
        let mut rows = statement.query(span).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            if !visit(entry(row)?) {
                break;
            }
        }
        Ok(())
    }

    fn request(&mut self, key: &str) -> Result<Option<Request>, StoreError> {
        let Some(recent) = &mut self.recent else { return requests::look_up(&self.db, key) };
        if !self.in_transaction && !self.looking {
            self.db.execute_batch("BEGIN").map_err(failed)?;
            self.looking = true;
        }
        recent.find(&self.db, key)
    }

    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        if self.recent.is_none() {
            self.recent = Some(Recent::load(&self.db)?);
        }
        self.atomically(|db, recent| {
            check_continuity(db, &batch.entries)?;
            insert_entries(db, &batch.entries)?;
            if let Some(recent) = recent {
                recent.add(db, &batch.requests)?;
            }
            uses::insert_gate_uses(db, &batch.gate_uses)
        })
    }

    fn snapshot(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let sql = "SELECT body FROM snapshot WHERE contract = ?";
        let body: Option<Vec<u8>> =
            self.db.query_row(sql, [CONTRACT], |row| row.get(0)).optional().map_err(failed)?;
        Ok(body.and_then(|body| codec::decode(&body).ok()))
    }

    fn keep_snapshot(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let body = codec::encode(checkpoint);
        let sql = "INSERT OR REPLACE INTO snapshot (contract, seq, body) VALUES (?, ?, ?)";
        self.atomically(|db, _| {
            db.execute(sql, params![CONTRACT, number(checkpoint.seq), body]).map_err(failed)?;
            Ok(())
        })
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.cease_looking()?;
        self.db.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        self.in_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let committed = self.db.execute_batch("COMMIT").map_err(failed);
        match (&committed, &mut self.recent) {
            (Err(_), _) => self.rollback(),
            (Ok(()), Some(recent)) => recent.ahead = false,
            (Ok(()), None) => {}
        }
        self.in_transaction = false;
        committed
    }

    fn rollback(&mut self) {
        // A failed COMMIT may have rolled back already; then there is nothing left to undo.
        let _ = self.db.execute_batch("ROLLBACK");
        self.in_transaction = false;
        self.looking = false;
        if self.recent.as_ref().is_some_and(|recent| recent.ahead) {
            // The next to append reads it anew; until then keys are looked up in the tables.
            self.recent = None;
        }
    }

    fn names(&mut self) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT text FROM name ORDER BY id").map_err(failed)?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn add_names(&mut self, first: u32, names: &[String]) -> Result<(), StoreError> {
        self.atomically(|db, _| {
            let mut insert =
                db.prepare_cached("INSERT INTO name (id, text) VALUES (?, ?)").map_err(failed)?;
            for (id, text) in (first..).zip(names) {
                insert.execute(params![id, text]).map_err(failed)?;
            }
            Ok(())
        })
    }

    fn add_uses(
        &mut self,
        batch: u32,
        day: Date,
        kind: BlockKind,
        uses: &[Use],
    ) -> Result<(), StoreError> {
        self.atomically(|db, _| uses::insert(db, batch, day, kind, uses))
    }

    fn use_blocks(
        &mut self,
        after: u64,
        visit: &mut dyn FnMut(UseBlock) -> bool,
    ) -> Result<(), StoreError> {
        uses::after(&self.db, after, visit)
    }

    fn blocks_of(&mut self, day: Date) -> Result<Vec<UseBlock>, StoreError> {
        uses::blocks_of(&self.db, day)
    }

    fn days_with_uses(&mut self, from: Instant) -> Result<Vec<Date>, StoreError> {
        uses::days(&self.db, from)
    }

    fn uses_of(&mut self, day: Date) -> Result<Vec<Use>, StoreError> {
        uses::of_day(&self.db, day)
    }

    fn add_memo(&mut self, batch: u32, day: Date, memo: &Memo) -> Result<(), StoreError> {
        self.atomically(|db, _| memos::insert(db, batch, day, memo))
    }

    fn memos_of(&mut self, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
        memos::of_day(&self.db, day)
    }

    fn days_of_batch(&mut self, batch: u32) -> Result<Vec<Date>, StoreError> {
        memos::days(&self.db, batch)
    }

    fn gate_uses(
        &mut self,
        from: Instant,
        visit: &mut dyn FnMut(GateUse),
    ) -> Result<(), StoreError> {
        uses::of_gate(&self.db, from, visit)
    }

    fn check(&mut self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare("PRAGMA integrity_check").map_err(failed)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
        let mut findings: Vec<String> = rows.collect::<Result<_, _>>().map_err(failed)?;
        drop(statement);
        findings.retain(|line| line != "ok");
        findings.extend(self.unreadable_snapshot()?);
        findings.extend(uses::unreadable(&self.db)?);
        findings.extend(memos::unreadable(&self.db)?);
        Ok(findings)
    }
}

impl SqliteStore {
    /// A snapshot that loading would leave aside in silence.
    fn unreadable_snapshot(&self) -> Result<Option<String>, StoreError> {
        let sql = "SELECT body FROM snapshot WHERE contract = ?";
        let body: Option<Vec<u8>> =
            self.db.query_row(sql, [CONTRACT], |row| row.get(0)).optional().map_err(failed)?;
        let why = body.and_then(|body| codec::decode::<Checkpoint>(&body).err());
        Ok(why
            .map(|why| format!("the snapshot cannot be read ({}); the journal replaces it", why.0)))
    }
}

/// The unique key fences another writer; a gap would be worse than a clash, so it is looked for as well.
fn check_continuity(db: &Connection, entries: &[Entry]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let sql = "SELECT seq FROM journal WHERE contract = ? ORDER BY seq DESC LIMIT 1";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let last: Option<i64> =
        statement.query_row([CONTRACT], |row| row.get(0)).optional().map_err(failed)?;
    let next = last.unwrap_or(0).cast_unsigned() + 1;
    match entries.iter().zip(next..).find(|(entry, next)| entry.seq != *next) {
        Some((entry, _)) => Err(StoreError::Fenced { seq: entry.seq }),
        None => Ok(()),
    }
}

fn insert_entries(db: &Connection, entries: &[Entry]) -> Result<(), StoreError> {
    let sql = "INSERT INTO journal (contract, seq, at, event) VALUES (?, ?, ?, ?)";
    let mut insert = db.prepare_cached(sql).map_err(failed)?;
    let mut body = Vec::with_capacity(128);
    for Entry { seq, at, event } in entries {
        body.clear();
        codec::Wire::put(event, &mut body);
        insert.execute(params![CONTRACT, number(*seq), at.0, body]).map_err(|error| match error
            .sqlite_error_code()
        {
            Some(ErrorCode::ConstraintViolation) => StoreError::Fenced { seq: *seq },
            _ => failed(error),
        })?;
    }
    Ok(())
}

fn entry(row: &rusqlite::Row<'_>) -> Result<Entry, StoreError> {
    let seq: i64 = row.get(0).map_err(failed)?;
    let at: i64 = row.get(1).map_err(failed)?;
    let body = row.get_ref(2).map_err(failed)?.as_blob().map_err(|error| failed(error.into()))?;
    let event = codec::decode(body).map_err(|why| damaged(&format!("event {seq}"), &why))?;
    Ok(Entry { seq: seq.cast_unsigned(), at: Instant(at), event })
}

fn number(seq: u64) -> i64 {
    seq.cast_signed()
}

pub(crate) fn damaged(what: &str, why: &Malformed) -> StoreError {
    StoreError::Damaged(format!("{what}: {}", why.0))
}

pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged(error.to_string())
        }
        _ => StoreError::Other(error.to_string()),
    }
}

//! Notices on their way, in a file beside the journal.
//!
//! A file of its own, so that noting what was sent never makes a decision wait for the disk. Lost, it costs what waited
//! to be sent, and nothing of the books.

mod body;

use crate::sqlite::failed;
use faregate_app::outbox::{Delivery, Draft, Filter, Outbox, Outcome, Standing, Tally};
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::path::Path;

/// The formats, each from the one before. Forward only; never edit one that was released.
const MIGRATIONS: [&str; 1] = [include_str!("outbox/schema.sql")];

/// What is read of a delivery.
const COLUMNS: &str =
    "id, seq, channel, notice, due, standing, tries, held, touched, words, number";

/// An outbox in one SQLite file.
pub struct SqliteOutbox(Connection);

impl SqliteOutbox {
    /// Opens the file, and creates it when there is none.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer release wrote it, and left it as it was.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut db = Connection::open(path).map_err(failed)?;
        let _: String =
            db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(failed)?;
        db.execute_batch("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")
            .map_err(failed)?;
        let step = begun(&mut db)?;
        let found: u32 =
            step.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
        let known = MIGRATIONS.len() as u32;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for script in MIGRATIONS.iter().skip(found as usize) {
            step.execute_batch(script).map_err(failed)?;
        }
        step.pragma_update(None, "user_version", known).map_err(failed)?;
        step.commit().map_err(failed)?;
        Ok(Self(db))
    }

    fn deliveries(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(values).map_err(failed)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            all.push(delivery(row)?);
        }
        Ok(all)
    }
}

/// A transaction that writes: begun as one, so that it never has to become one.
fn begun(db: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)
}

impl Outbox for SqliteOutbox {
    fn begin(&mut self, end: u64) -> Result<u64, StoreError> {
        let step = begun(&mut self.0)?;
        let cursor = match cursor(&step)? {
            Some(cursor) if cursor <= end => cursor,
            ahead => {
                if ahead.is_some() {
                    let sql = "DELETE FROM delivery WHERE seq > ?";
                    step.execute(sql, [number(end)]).map_err(failed)?;
                }
                let sql = "INSERT OR REPLACE INTO cursor (only, seq) VALUES (1, ?)";
                step.execute(sql, [number(end)]).map_err(failed)?;
                end
            }
        };
        step.commit().map_err(failed)?;
        Ok(cursor)
    }

    fn expand(&mut self, after: u64, to: u64, drafts: &[Draft]) -> Result<(), StoreError> {
        let step = begun(&mut self.0)?;
        let found = cursor(&step)?;
        if found != Some(after) {
            return Err(StoreError::Fenced { seq: found.unwrap_or(0) });
        }
        for Draft { id, seq, channel, notice, due } in drafts {
            let sql = "INSERT OR IGNORE INTO delivery
                (id, seq, channel, about, notice, due, standing, touched)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6)";
            let body = body::encode(notice);
            let waiting = Standing::Waiting.key();
            let values = params![id, number(*seq), channel, notice.about, body, due.0, waiting];
            step.prepare_cached(sql).and_then(|mut add| add.execute(values)).map_err(failed)?;
        }
        step.execute("UPDATE cursor SET seq = ?", [number(to)]).map_err(failed)?;
        step.commit().map_err(failed)
    }

    fn knows(&mut self, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM delivery WHERE id = ?";
        self.0.query_row(sql, [id], |row| row.get::<_, i64>(0)).map(|n| n > 0).map_err(failed)
    }

    fn due(
        &mut self,
        channel: &str,
        now: Instant,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery AS one
             WHERE channel = ?1 AND standing = 'waiting' AND due <= ?2 AND NOT EXISTS (
                 SELECT 1 FROM delivery AS earlier
                 WHERE earlier.standing = 'waiting' AND earlier.channel = one.channel
                     AND earlier.about = one.about AND earlier.number < one.number)
             ORDER BY due, number LIMIT ?3"
        );
        self.deliveries(&sql, params![channel, now.0, count(limit)])
    }

    fn settle(&mut self, id: &str, outcome: &Outcome, now: Instant) -> Result<(), StoreError> {
        let waiting = Standing::Waiting;
        let (standing, due, words, held) = match outcome {
            Outcome::Sent => (Standing::Sent, None, None, false),
            Outcome::Again { due, words } => (waiting, Some(due.0), Some(words), false),
            Outcome::Held { until } => (waiting, Some(until.0), None, true),
            Outcome::GivenUp { words } => (Standing::GivenUp, None, Some(words), false),
        };
        let sql = "UPDATE delivery SET standing = ?2, due = coalesce(?3, due), touched = ?4,
            words = CASE WHEN ?6 THEN words ELSE ?5 END, tries = tries + NOT ?6, held = held OR ?6
            WHERE id = ?1 AND standing = 'waiting'";
        let values = params![id, standing.key(), due, now.0, words, held];
        self.0.execute(sql, values).map_err(failed)?;
        Ok(())
    }

    fn switch(&mut self, channel: &str, off: Option<&str>, now: Instant) -> Result<(), StoreError> {
        match off {
            Some(words) => self.0.execute(
                "INSERT OR REPLACE INTO switched_off (channel, at, words) VALUES (?, ?, ?)",
                params![channel, now.0, words],
            ),
            None => self.0.execute("DELETE FROM switched_off WHERE channel = ?", [channel]),
        }
        .map_err(failed)?;
        Ok(())
    }

    fn tally(&mut self, channel: &str) -> Result<Tally, StoreError> {
        let sql = "SELECT count(*) FILTER (WHERE standing = 'waiting'),
                count(*) FILTER (WHERE standing = 'given-up'),
                max(touched) FILTER (WHERE standing = 'sent')
            FROM delivery WHERE channel = ?";
        let counted = |row: &Row<'_>| {
            let (waiting, given_up): (i64, i64) = (row.get(0)?, row.get(1)?);
            let last_sent = row.get::<_, Option<i64>>(2)?.map(Instant);
            let (waiting, given_up) = (waiting.unsigned_abs(), given_up.unsigned_abs());
            Ok(Tally { waiting, given_up, last_sent, ..Tally::default() })
        };
        let tally = self.0.query_row(sql, [channel], counted).map_err(failed)?;
        let sql = "SELECT touched, words FROM delivery
            WHERE channel = ?1 AND words IS NOT NULL AND touched >= coalesce(?2, touched)
            ORDER BY touched DESC, words DESC LIMIT 1";
        let last_sent = tally.last_sent.map(|at| at.0);
        let failure = self.0.query_row(sql, params![channel, last_sent], told).optional();
        let sql = "SELECT at, words FROM switched_off WHERE channel = ?";
        let off = self.0.query_row(sql, [channel], told).optional();
        Ok(Tally { last_failure: failure.map_err(failed)?, off: off.map_err(failed)?, ..tally })
    }

    fn list(&mut self, filter: &Filter) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery
             WHERE channel = coalesce(?1, channel) AND standing = coalesce(?2, standing)
             ORDER BY number DESC LIMIT ?3"
        );
        let standing = filter.standing.map(Standing::key);
        self.deliveries(&sql, params![filter.channel, standing, count(filter.limit)])
    }

    fn forget(&mut self, before: Instant) -> Result<(), StoreError> {
        let sql = "DELETE FROM delivery WHERE standing <> 'waiting' AND touched < ?";
        self.0.execute(sql, [before.0]).map_err(failed)?;
        Ok(())
    }
}

fn cursor(db: &Connection) -> Result<Option<u64>, StoreError> {
    let seq = db.query_row("SELECT seq FROM cursor", [], |row| row.get::<_, i64>(0)).optional();
    Ok(seq.map_err(failed)?.map(i64::unsigned_abs))
}

fn told(row: &Row<'_>) -> rusqlite::Result<(Instant, String)> {
    Ok((Instant(row.get(0)?), row.get(1)?))
}

fn delivery(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let id: String = row.get(0).map_err(failed)?;
    let damaged = |what: &str| StoreError::Damaged(format!("delivery `{id}`: {what}"));
    let body: Vec<u8> = row.get(3).map_err(failed)?;
    let notice = body::decode(&body).map_err(|why| damaged(why.0))?;
    let standing: String = row.get(5).map_err(failed)?;
    let standing = Standing::from_key(&standing).ok_or_else(|| damaged("an unknown standing"))?;
    let rest = || -> rusqlite::Result<Delivery> {
        let (seq, channel): (i64, String) = (row.get(1)?, row.get(2)?);
        let (seq, due) = (seq.unsigned_abs(), Instant(row.get(4)?));
        Ok(Delivery {
            draft: Draft { id: id.clone(), seq, channel, notice, due },
            standing,
            tries: row.get(6)?,
            is_held: row.get(7)?,
            touched: Instant(row.get(8)?),
            words: row.get(9)?,
        })
    };
    rest().map_err(failed)
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

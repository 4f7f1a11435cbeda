//! Which event answers which request: by key, for ever.
//!
//! Clients choose their keys at random, so a table by key writes one page of the disk for each. The latest
//! requests are therefore appended to a table by number and found by a map in memory. Once there are
//! [`RECENT`] of them they are frozen, and each later append moves some of the frozen ones, in the order of
//! their keys, to the table by key: neighbours share a page, and no commit waits for all of them.

use super::{CONTRACT, failed, number};
use faregate_app::ports::{Request, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// So many requests are recent before they are frozen; in memory each takes about 100 bytes.
const RECENT: usize = if cfg!(test) { 8 } else { 500_000 };
/// With each new request so many frozen ones move on: they are gone before the next are frozen.
const MOVED_PER_NEW: usize = 2;

/// The numbers of the requests that are not in the table by key yet.
#[derive(Default)]
pub(super) struct Recent {
    fresh: FxHashMap<Box<str>, i64>,
    frozen: BTreeMap<Box<str>, i64>,
    /// The last number among the frozen.
    frozen_last: i64,
    /// Whether the table by key holds anything.
    has_older: bool,
    /// Keys that it was found not to hold: whoever asks for one is about to add it.
    missed: FxHashSet<Box<str>>,
    /// Whether it is ahead of what is committed.
    pub(super) ahead: bool,
}

impl Recent {
    /// Reads what is recent from the store.
    pub(super) fn load(db: &Connection) -> Result<Self, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM request)";
        let has_older = db.query_row(sql, [], |row| row.get(0)).map_err(failed)?;
        let mut statement = db.prepare("SELECT key, id FROM request_recent").map_err(failed)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
        let fresh = rows.collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self { fresh, has_older, ..Self::default() })
    }

    pub(super) fn find(
        &mut self,
        db: &Connection,
        key: &str,
    ) -> Result<Option<Request>, StoreError> {
        if let Some(&id) = self.fresh.get(key).or_else(|| self.frozen.get(key)) {
            return recent_by_id(db, key, id);
        }
        if !self.has_older || self.missed.contains(key) {
            return Ok(None);
        }
        let found = older(db, key)?;
        if found.is_none() {
            self.missed.insert(key.into());
        }
        Ok(found)
    }

    /// Adds requests, and moves frozen ones on. Without the commit, the map is of no use any more.
    pub(super) fn add(&mut self, db: &Connection, requests: &[Request]) -> Result<(), StoreError> {
        let sql = "INSERT INTO request_recent (key, digest, seq) VALUES (?, ?, ?)";
        let mut insert = db.prepare_cached(sql).map_err(failed)?;
        self.ahead |= !requests.is_empty();
        for Request { key, digest, seq } in requests {
            if self.find(db, key)?.is_some() {
                return Err(StoreError::Other(format!("request `{key}` was answered before")));
            }
            let digest = digest.to_be_bytes();
            let id = insert.insert(params![key, digest, number(*seq)]).map_err(failed)?;
            self.fresh.insert(key.as_str().into(), id);
        }
        self.missed.clear();
        self.age(db, requests.len())
    }

    fn age(&mut self, db: &Connection, added: usize) -> Result<(), StoreError> {
        if self.frozen.is_empty() && self.fresh.len() >= RECENT {
            self.frozen_last = self.fresh.values().copied().max().unwrap_or(0);
            self.frozen = std::mem::take(&mut self.fresh).into_iter().collect();
        } else if !self.frozen.is_empty() {
            self.thaw(db, added.saturating_mul(MOVED_PER_NEW))?;
        }
        Ok(())
    }

    /// Moves so many frozen requests to the table by key; behind the last their rows are removed.
    fn thaw(&mut self, db: &Connection, count: usize) -> Result<(), StoreError> {
        // A crash in between leaves moved ones in both tables: the same request, so that either will do.
        let sql = "INSERT OR IGNORE INTO request (contract, key, digest, seq)
                   SELECT ?, key, digest, seq FROM request_recent WHERE id = ?";
        let mut insert = db.prepare_cached(sql).map_err(failed)?;
        for _ in 0..count {
            let Some((_, id)) = self.frozen.pop_first() else { break };
            insert.execute(params![CONTRACT, id]).map_err(failed)?;
            self.has_older = true;
        }
        if self.frozen.is_empty() {
            let sql = "DELETE FROM request_recent WHERE id <= ?";
            db.execute(sql, [self.frozen_last]).map_err(failed)?;
        }
        Ok(())
    }
}

/// Looks a request up without the map: for those who read a store now and then.
pub(super) fn look_up(db: &Connection, key: &str) -> Result<Option<Request>, StoreError> {
    let sql = "SELECT digest, seq FROM request_recent WHERE key = ?";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let recent = statement.query_row([key], |row| read(key, row)).optional().map_err(failed)?;
    recent.map_or_else(|| older(db, key), |found| Ok(Some(found)))
}

fn older(db: &Connection, key: &str) -> Result<Option<Request>, StoreError> {
    let sql = "SELECT digest, seq FROM request WHERE contract = ? AND key = ?";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let found = statement.query_row(params![CONTRACT, key], |row| read(key, row));
    found.optional().map_err(failed)
}

fn recent_by_id(db: &Connection, key: &str, id: i64) -> Result<Option<Request>, StoreError> {
    let sql = "SELECT digest, seq FROM request_recent WHERE id = ?";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let found = statement.query_row([id], |row| read(key, row)).optional().map_err(failed)?;
    let lost = || StoreError::Damaged(format!("request `{key}` is gone"));
    found.ok_or_else(lost).map(Some)
}

fn read(key: &str, row: &Row<'_>) -> Result<Request, rusqlite::Error> {
    let (digest, seq): ([u8; 16], i64) = (row.get(0)?, row.get(1)?);
    let digest = u128::from_be_bytes(digest);
    Ok(Request { key: key.to_owned(), digest, seq: seq.cast_unsigned() })
}

#[cfg(test)]
mod tests;

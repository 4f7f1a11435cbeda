//! Reported uses in blocks of one UTC day: about 12 bytes a use, read back a day at a time.

use super::{damaged, failed};
use crate::codec::{Input, Malformed, Wire};
use faregate_app::ports::{GateUse, StoreError, Use};
use faregate_core::when::{DAY, Date, Instant};
use rusqlite::{Connection, params};

pub(super) fn insert(db: &Connection, day: Date, uses: &[Use]) -> Result<(), StoreError> {
    let Some(last_closed) = uses.iter().map(|one| one.closed).max() else { return Ok(()) };
    let sql = "INSERT INTO use_block (day, last_closed, body) VALUES (?, ?, ?)";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    statement.execute(params![day.0, last_closed.0, encode(day, uses)]).map_err(failed)?;
    Ok(())
}

pub(super) fn days(db: &Connection, from: Instant) -> Result<Vec<Date>, StoreError> {
    let sql = "SELECT DISTINCT day FROM use_block WHERE last_closed >= ? ORDER BY day";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let rows = statement.query_map([from.0], |row| row.get(0).map(Date)).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

pub(super) fn of_day(db: &Connection, day: Date) -> Result<Vec<Use>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT body FROM use_block WHERE day = ?").map_err(failed)?;
    let mut rows = statement.query([day.0]).map_err(failed)?;
    let mut uses = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let body =
            row.get_ref(0).map_err(failed)?.as_blob().map_err(|error| failed(error.into()))?;
        decode(day, body, &mut uses).map_err(|why| damaged(&format!("uses of {day}"), &why))?;
    }
    Ok(uses)
}

/// What is wrong with the blocks of reported uses, in words.
pub(super) fn unreadable(db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare("SELECT id, day, body FROM use_block").map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let (mut findings, mut uses) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next().map_err(failed)? {
        let (id, day): (i64, i32) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
        let body =
            row.get_ref(2).map_err(failed)?.as_blob().map_err(|error| failed(error.into()))?;
        uses.clear();
        if let Err(why) = decode(Date(day), body, &mut uses) {
            findings.push(format!("block {id} of uses on {} cannot be read: {}", Date(day), why.0));
        }
    }
    Ok(findings)
}

pub(super) fn insert_gate_uses(db: &Connection, uses: &[GateUse]) -> Result<(), StoreError> {
    let sql = "INSERT INTO gate_use (closed, opened, person, product) VALUES (?, ?, ?, ?)";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    for one in uses {
        statement
            .execute(params![one.closed.0, one.opened.0, one.person, one.product])
            .map_err(failed)?;
    }
    Ok(())
}

pub(super) fn of_gate(db: &Connection, from: Instant) -> Result<Vec<GateUse>, StoreError> {
    let sql =
        "SELECT closed, opened, person, product FROM gate_use WHERE closed >= ? ORDER BY opened";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let read = |row: &rusqlite::Row<'_>| {
        let (closed, opened) = (Instant(row.get(0)?), Instant(row.get(1)?));
        Ok(GateUse { person: row.get(2)?, product: row.get(3)?, opened, closed })
    };
    let rows = statement.query_map([from.0], read).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

fn encode(day: Date, uses: &[Use]) -> Vec<u8> {
    let midnight = i64::from(day.0) * DAY;
    let mut body = Vec::with_capacity(uses.len() * 14);
    for one in uses {
        one.user.put(&mut body);
        one.host.put(&mut body);
        one.feature.put(&mut body);
        one.ordinal.put(&mut body);
        (one.opened.0 - midnight).put(&mut body);
        one.closed.since(one.opened).put(&mut body);
    }
    body
}

fn decode(day: Date, body: &[u8], uses: &mut Vec<Use>) -> Result<(), Malformed> {
    let midnight = i64::from(day.0) * DAY;
    let mut input = Input(body);
    while !input.0.is_empty() {
        let (user, host, feature) =
            (u32::get(&mut input)?, u32::get(&mut input)?, u32::get(&mut input)?);
        let ordinal = u16::get(&mut input)?;
        let opened = Instant(midnight).plus(i64::get(&mut input)?);
        let closed = opened.plus(i64::get(&mut input)?);
        uses.push(Use { user, host, feature, ordinal, opened, closed });
    }
    Ok(())
}

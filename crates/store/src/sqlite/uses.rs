//! Reported uses in blocks of one UTC day: about 12 bytes a use, read back a day at a time.

use super::{damaged, failed};
use crate::codec::{Input, Malformed, Wire};
use faregate_app::ports::{BlockKind, GateUse, StoreError, Use, UseBlock, left_of};
use faregate_core::when::{DAY, Date, Instant};
use rusqlite::{Connection, Row, params};

const TOLD: i64 = 0;
const TAKEN_BACK: i64 = 1;

pub(super) fn insert(
    db: &Connection,
    batch: u32,
    day: Date,
    kind: BlockKind,
    uses: &[Use],
) -> Result<(), StoreError> {
    let Some(last_closed) = uses.iter().map(|one| one.closed).max() else { return Ok(()) };
    let kind = match kind {
        BlockKind::Told => TOLD,
        BlockKind::TakenBack => TAKEN_BACK,
    };
    let sql = "INSERT INTO use_block (day, last_closed, body, batch, kind) VALUES (?, ?, ?, ?, ?)";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let values = params![day.0, last_closed.0, encode(day, uses), batch, kind];
    statement.execute(values).map_err(failed)?;
    Ok(())
}

pub(super) fn days(db: &Connection, from: Instant) -> Result<Vec<Date>, StoreError> {
    let sql =
        "SELECT day, max(kind) FROM use_block WHERE last_closed >= ? GROUP BY day ORDER BY day";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let read = |row: &Row<'_>| Ok((row.get(0).map(Date)?, row.get(1)?));
    let rows = statement.query_map([from.0], read).map_err(failed)?;
    let found: Vec<(Date, i64)> = rows.collect::<Result<_, _>>().map_err(failed)?;
    let mut days = Vec::with_capacity(found.len());
    for (day, kind) in found {
        // Where something was taken back, nothing may be left.
        if kind == TOLD || of_day(db, day)?.iter().any(|one| one.closed >= from) {
            days.push(day);
        }
    }
    Ok(days)
}

pub(super) fn of_day(db: &Connection, day: Date) -> Result<Vec<Use>, StoreError> {
    let sql = "SELECT max(kind) FROM use_block WHERE day = ?";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let kind: Option<i64> = statement.query_row([day.0], |row| row.get(0)).map_err(failed)?;
    if kind == Some(TAKEN_BACK) {
        return Ok(left_of(blocks_of(db, day)?));
    }
    let mut statement =
        db.prepare_cached("SELECT body FROM use_block WHERE day = ?").map_err(failed)?;
    let mut rows = statement.query([day.0]).map_err(failed)?;
    let mut uses = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        decode_row(row, 0, day, &mut uses)?;
    }
    Ok(uses)
}

pub(super) fn blocks_of(db: &Connection, day: Date) -> Result<Vec<UseBlock>, StoreError> {
    let sql = "SELECT id, batch, day, kind, body FROM use_block WHERE day = ? ORDER BY id";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query([day.0]).map_err(failed)?;
    let mut blocks = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        blocks.push(block(row)?);
    }
    Ok(blocks)
}

pub(super) fn after(
    db: &Connection,
    number: u64,
    visit: &mut dyn FnMut(UseBlock) -> bool,
) -> Result<(), StoreError> {
    let sql = "SELECT id, batch, day, kind, body FROM use_block WHERE id > ? ORDER BY id";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query([super::number(number)]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        if !visit(block(row)?) {
            break;
        }
    }
    Ok(())
}

fn block(row: &Row<'_>) -> Result<UseBlock, StoreError> {
    let (number, batch): (i64, u32) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
    let day = Date(row.get(2).map_err(failed)?);
    let kind = match row.get(3).map_err(failed)? {
        TOLD => BlockKind::Told,
        TAKEN_BACK => BlockKind::TakenBack,
        other => return Err(StoreError::Damaged(format!("block {number} is of kind {other}"))),
    };
    let mut uses = Vec::new();
    decode_row(row, 4, day, &mut uses)?;
    Ok(UseBlock { number: number.cast_unsigned(), batch, day, kind, uses })
}

fn decode_row(
    row: &Row<'_>,
    column: usize,
    day: Date,
    uses: &mut Vec<Use>,
) -> Result<(), StoreError> {
    let body = row.get_ref(column).map_err(failed)?.as_blob();
    let body = body.map_err(|error| failed(error.into()))?;
    decode(day, body, uses).map_err(|why| damaged(&format!("uses of {day}"), &why))
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

pub(super) fn of_gate(
    db: &Connection,
    from: Instant,
    visit: &mut dyn FnMut(GateUse),
) -> Result<(), StoreError> {
    let sql = "SELECT closed, opened, person, product FROM gate_use WHERE closed >= ?";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let read = |row: &Row<'_>| {
        let (closed, opened) = (Instant(row.get(0)?), Instant(row.get(1)?));
        Ok(GateUse { person: row.get(2)?, product: row.get(3)?, opened, closed })
    };
    for one in statement.query_map([from.0], read).map_err(failed)? {
        visit(one.map_err(failed)?);
    }
    Ok(())
}

fn encode(day: Date, uses: &[Use]) -> Vec<u8> {
    let mut body = Vec::with_capacity(uses.len() * 14);
    uses.iter().for_each(|one| put_use(day, one, &mut body));
    body
}

fn decode(day: Date, body: &[u8], uses: &mut Vec<Use>) -> Result<(), Malformed> {
    let mut input = Input(body);
    while !input.0.is_empty() {
        uses.push(get_use(day, &mut input)?);
    }
    Ok(())
}

/// Appends a use of a UTC day.
pub(super) fn put_use(day: Date, one: &Use, body: &mut Vec<u8>) {
    one.user.put(body);
    one.host.put(body);
    one.feature.put(body);
    one.ordinal.put(body);
    (one.opened.0 - midnight(day)).put(body);
    one.closed.since(one.opened).put(body);
}

/// Reads a use of a UTC day.
pub(super) fn get_use(day: Date, input: &mut Input<'_>) -> Result<Use, Malformed> {
    let (user, host, feature) = (u32::get(input)?, u32::get(input)?, u32::get(input)?);
    let ordinal = u32::get(input)?;
    let opened = Instant(midnight(day)).plus(i64::get(input)?);
    let closed = opened.plus(i64::get(input)?);
    Ok(Use { user, host, feature, ordinal, opened, closed })
}

fn midnight(day: Date) -> i64 {
    i64::from(day.0) * DAY
}

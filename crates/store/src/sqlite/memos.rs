//! What imports told of that was there already, day by day: what stays of it when others are undone.

use super::uses::{get_use, put_use};
use super::{damaged, failed};
use crate::codec::{Input, Malformed, Wire};
use faregate_app::ports::{Memo, Paid, StoreError, Use};
use faregate_core::when::Date;
use rusqlite::{Connection, params};

pub(super) fn insert(
    db: &Connection,
    batch: u32,
    day: Date,
    memo: &Memo,
) -> Result<(), StoreError> {
    if memo.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO import_memo (batch, day, body) VALUES (?, ?, ?)";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    statement.execute(params![batch, day.0, encode(day, memo)]).map_err(failed)?;
    Ok(())
}

pub(super) fn of_day(db: &Connection, day: Date) -> Result<Vec<(u32, Memo)>, StoreError> {
    let sql = "SELECT batch, body FROM import_memo WHERE day = ? ORDER BY batch, id";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query([day.0]).map_err(failed)?;
    let mut memos = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let body = row.get_ref(1).map_err(failed)?.as_blob();
        let body = body.map_err(|error| failed(error.into()))?;
        let what = |why| damaged(&format!("what imports know of {day}"), &why);
        memos.push((row.get(0).map_err(failed)?, decode(day, body).map_err(what)?));
    }
    Ok(memos)
}

pub(super) fn days(db: &Connection, batch: u32) -> Result<Vec<Date>, StoreError> {
    let sql = "SELECT day FROM use_block WHERE batch = ?1
               UNION SELECT day FROM import_memo WHERE batch = ?1 ORDER BY day";
    let mut statement = db.prepare_cached(sql).map_err(failed)?;
    let rows = statement.query_map([batch], |row| row.get(0).map(Date)).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

/// What is wrong with what imports remember, in words.
pub(super) fn unreadable(db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare("SELECT DISTINCT day FROM import_memo").map_err(failed)?;
    let days = statement.query_map([], |row| row.get(0).map(Date)).map_err(failed)?;
    let days: Vec<Date> = days.collect::<Result<_, _>>().map_err(failed)?;
    let unread = |day| match of_day(db, day) {
        Err(StoreError::Damaged(why)) => Some(Ok(why)),
        Err(failure) => Some(Err(failure)),
        Ok(_) => None,
    };
    days.into_iter().filter_map(unread).collect()
}

fn encode(day: Date, memo: &Memo) -> Vec<u8> {
    let Memo { again, otherwise, open, paid } = memo;
    let mut body = Vec::with_capacity(16);
    // Runs are in order and apart: gaps are shorter than places.
    let mut next = 0;
    (again.len() as u64).put(&mut body);
    for (first, count) in again {
        first.wrapping_sub(next).put(&mut body);
        count.put(&mut body);
        next = first.wrapping_add(*count);
    }
    for uses in [otherwise, open] {
        (uses.len() as u64).put(&mut body);
        uses.iter().for_each(|one| put_use(day, one, &mut body));
    }
    (paid.len() as u64).put(&mut body);
    for Paid { who, product, ticks, count } in paid {
        who.put(&mut body);
        product.put(&mut body);
        ticks.put(&mut body);
        count.put(&mut body);
    }
    body
}

fn decode(day: Date, body: &[u8]) -> Result<Memo, Malformed> {
    let mut input = Input(body);
    let mut memo = Memo::default();
    let mut next = 0_u32;
    for _ in 0..u64::get(&mut input)? {
        let first = next.wrapping_add(u32::get(&mut input)?);
        let count = u32::get(&mut input)?;
        next = first.wrapping_add(count);
        memo.again.push((first, count));
    }
    let uses = |input: &mut Input<'_>| -> Result<Vec<Use>, Malformed> {
        (0..u64::get(input)?).map(|_| get_use(day, input)).collect()
    };
    memo.otherwise = uses(&mut input)?;
    memo.open = uses(&mut input)?;
    for _ in 0..u64::get(&mut input)? {
        let (who, product) = (Wire::get(&mut input)?, Wire::get(&mut input)?);
        let (ticks, count) = (Wire::get(&mut input)?, Wire::get(&mut input)?);
        memo.paid.push(Paid { who, product, ticks, count });
    }
    if input.0.is_empty() { Ok(memo) } else { Err(Malformed("bytes left over")) }
}

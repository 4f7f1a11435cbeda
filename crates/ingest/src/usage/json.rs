//! Results of queries as JSON: `{columns, rows, total, offset, limit}`, bare or as the `result` of an answer, or a
//! list of objects.

use super::plan::Page;
use super::refusal::Refusal;
use crate::sheet::{Cells, Foreign};
use serde_json::Value;

/// More is not held in memory: whoever asks gets pages.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Adds to bytes that are read when they are whole; one more than allowed at most.
pub(super) fn hold(held: &mut Vec<u8>, chunk: &[u8]) {
    let room = BYTES_MAX.saturating_add(1).saturating_sub(held.len());
    held.extend_from_slice(chunk.get(..room).unwrap_or(chunk));
}

/// Hands out the rows, the header as line 1.
pub(super) fn rows(
    bytes: &[u8],
    mut visit: impl FnMut(u64, &Cells),
) -> Result<Option<Page>, Refusal> {
    if bytes.len() > BYTES_MAX {
        return Err(Refusal::Json(format!("it has more than {BYTES_MAX} bytes")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return Err(Refusal::Json(error.to_string())),
    };
    let result = value.get("result").unwrap_or(&value);
    let table = table(result).ok_or_else(|| {
        let text = value.to_string();
        Refusal::Foreign(Foreign::Json(crate::sheet::shown(&text)))
    })?;
    let mut cells = Cells::default();
    table.columns.iter().for_each(|column| cells.text(column));
    visit(1, &cells);
    for (line, row) in (2_u64..).zip(table.rows) {
        cells.clear();
        match row {
            Value::Array(values) => values.iter().for_each(|value| push(&mut cells, value)),
            row => table.columns.iter().for_each(|column| {
                push(&mut cells, row.get(column).unwrap_or(&Value::Null));
            }),
        }
        visit(line, &cells);
    }
    let number = |key: &str| result.get(key).and_then(Value::as_u64);
    let page = number("total").map(|total| Page {
        total,
        offset: number("offset").unwrap_or(0),
        limit: number("limit").unwrap_or(total),
    });
    Ok(page)
}

/// The columns of an answer of which only the beginning is there.
pub(super) fn columns(head: &[u8]) -> Option<Cells> {
    let part = |from: usize, open: u8, close: u8| {
        let start = from.saturating_add(memchr::memchr(open, head.get(from..)?)?);
        let end = start.saturating_add(memchr::memchr(close, head.get(start..)?)?);
        serde_json::from_slice::<Value>(head.get(start..=end)?).ok()
    };
    let named = memchr::memmem::find(head, b"\"columns\"");
    let names: Vec<String> =
        match named.map_or_else(|| part(0, b'{', b'}'), |at| part(at, b'[', b']'))? {
            Value::Array(columns) => {
                columns.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Value::Object(row) => row.keys().cloned().collect(),
            _ => return None,
        };
    let mut cells = Cells::default();
    names.iter().for_each(|name| cells.text(name));
    (!names.is_empty()).then_some(cells)
}

struct Table<'v> {
    columns: Vec<String>,
    rows: &'v [Value],
}

fn table(result: &Value) -> Option<Table<'_>> {
    if let Some(columns) = result.get("columns").and_then(Value::as_array) {
        let rows = result.get("rows")?.as_array()?;
        let name = |column: &Value| {
            let named = column.get("name").or_else(|| column.get("field")).unwrap_or(column);
            named.as_str().unwrap_or_default().to_owned()
        };
        return Some(Table { columns: columns.iter().map(name).collect(), rows });
    }
    let rows = result.as_array().or_else(|| result.get("rows")?.as_array())?;
    let mut columns: Vec<String> = Vec::new();
    for key in rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
        if !columns.contains(key) {
            columns.push(key.clone());
        }
    }
    (!columns.is_empty()).then_some(Table { columns, rows })
}

fn push(cells: &mut Cells, value: &Value) {
    match value {
        Value::Null => cells.text(""),
        Value::String(text) => cells.text(text),
        Value::Number(number) => cells.number(&number.to_string()),
        other => cells.text(&other.to_string()),
    }
}

//! Lists as files: all rows that obey the filters, written by the library of reports.

use crate::Server;
use crate::problem::Problem;
use crate::routes::reports::unmade;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use faregate_app::engine::SharedState;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_library::list::List;
use faregate_library::{Cell, Format};

/// So many rows are written at most: a workbook holds about a million, and nobody reads that many.
pub(crate) const ROWS_MAX: usize = 200_000;
/// So many rows are read from the state at once: between two of these, the gate decides.
const AT_ONCE: usize = 1_000;

/// The format of the file that is asked for, by the query or else by the header `Accept`; `None`: a page, as JSON.
pub(crate) fn format(asked: Option<&str>, headers: &HeaderMap) -> Result<Option<Format>, Problem> {
    const FORMATS: [Format; 2] = [Format::Csv, Format::Xlsx];
    match asked {
        Some("json") => return Ok(None),
        Some(asked) => {
            let known = FORMATS.into_iter().find(|format| format.key() == asked);
            return known.map(Some).ok_or_else(|| {
                let detail = format!("lists are written as json, csv or xlsx, not as `{asked}`");
                Problem::bad_request("bad-format", detail, "ask for one of these")
            });
        }
        None => {}
    }
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let kinds = accept.unwrap_or_default().split(',');
    let mut kinds = kinds.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let of = |kind: &str| {
        let essence = |format: Format| format.media_type().split(';').next().unwrap_or_default();
        FORMATS.into_iter().find(|format| essence(*format).eq_ignore_ascii_case(kind))
    };
    Ok(kinds.next().and_then(of))
}

/// What a filter was set to, for the file; nothing where it was not.
pub(crate) fn filters<const N: usize>(
    asked: [(&'static str, Option<String>); N],
) -> Vec<(&'static str, String)> {
    asked.into_iter().filter_map(|(name, said)| Some((name, said?))).collect()
}

/// Refuses what is more than a file holds.
pub(crate) fn check_rows(count: usize) -> Result<(), Problem> {
    if count <= ROWS_MAX {
        return Ok(());
    }
    let detail = format!("more than {ROWS_MAX} rows obey these filters");
    let help = "narrow them down, or page through the list";
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-many-rows", detail, help))
}

/// A list whose rows are read from the state, some at a time, as a file.
pub(crate) async fn file<T: Send + 'static>(
    server: &Server,
    format: Format,
    list: List,
    rows: Vec<T>,
    cells: impl Fn(&State, &T) -> Option<Vec<Cell>> + Send + 'static,
) -> Result<Response, Problem> {
    check_rows(rows.len())?;
    let (state, now) = (server.gate.state().clone(), server.gate.now());
    let name = list.file_name(&state.read(), now, format);
    let work = move || {
        let list = List { rows: read(&state, &rows, cells), ..list };
        let framed = list.framed(&state.read(), now);
        framed.write(format)
    };
    let bytes = server.reckon(work).await?.map_err(unmade)?;
    Ok(attached(&name, format, bytes))
}

fn read<T>(
    state: &SharedState,
    rows: &[T],
    cells: impl Fn(&State, &T) -> Option<Vec<Cell>>,
) -> Vec<Vec<Cell>> {
    let mut read = Vec::with_capacity(rows.len());
    for some in rows.chunks(AT_ONCE) {
        let state = state.read();
        read.extend(some.iter().filter_map(|row| cells(&state, row)));
    }
    read
}

/// A file to be kept.
pub(crate) fn attached(name: &str, format: Format, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// A text, or nothing.
pub(crate) fn text(text: Option<impl Into<String>>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.into()))
}

/// A number, or nothing.
pub(crate) fn whole(number: Option<impl TryInto<i64>>) -> Cell {
    number.map_or(Cell::Empty, |number| Cell::Whole(number.try_into().unwrap_or(i64::MAX)))
}

/// An estimate, or nothing.
pub(crate) fn estimate(value: Option<f64>) -> Cell {
    value.filter(|value| value.is_finite()).map_or(Cell::Empty, Cell::Number)
}

/// `yes` or `no`.
pub(crate) fn yes(is_so: bool) -> Cell {
    Cell::text(if is_so { "yes" } else { "no" })
}

/// The day of an instant in the contract's zone, or nothing.
pub(crate) fn day(state: &State, at: Option<Instant>) -> Cell {
    at.map_or(Cell::Empty, |at| faregate_library::list::day(state.zone().date(at)))
}

/// The last day before something ends.
pub(crate) fn last_day(state: &State, until: Instant) -> Cell {
    faregate_library::list::day(last_date(state, until))
}

/// The date of the last day before something ends.
pub(crate) fn last_date(state: &State, until: Instant) -> Date {
    state.zone().date(until.plus(-1))
}

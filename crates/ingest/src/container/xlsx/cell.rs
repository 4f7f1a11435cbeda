//! Cells as text, and how numbers become that.

use super::style::Format;
use faregate_core::when::Date;

/// What a cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Nothing.
    #[default]
    Empty,
    /// Text.
    Text,
    /// A number, with a point and without groups: `1250`, `-0.5`.
    Number,
    /// A date, with a time of day where it has one: `2026-01-31`, `2026-01-31T09:30:00`; or a time of day alone,
    /// `09:30:00`. Local to whoever wrote the sheet.
    Moment,
    /// Hours, minutes and seconds, beyond a day too: `26:30:00`.
    Elapsed,
    /// `TRUE` or `FALSE`.
    Flag,
    /// What a formula could not say: `#N/A`.
    Error,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it is.
    pub kind: CellKind,
    /// What it says.
    pub text: String,
}

/// One row, made once and filled again for each.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its number, from 1, as the sheet shows it.
    pub line: u32,
    cells: Vec<Cell>,
    used: usize,
}

impl Row {
    /// Its cells from column A to the last one that says something.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        self.cells.get(..self.used).unwrap_or_default()
    }

    pub(super) fn clear(&mut self) {
        self.used = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// The cell of a column, an empty one; the ones before it that were not there are empty too.
    pub(super) fn cell(&mut self, column: usize) -> Option<&mut Cell> {
        let until = column.saturating_add(1);
        if self.cells.len() < until {
            self.cells.resize_with(until, Cell::default);
        }
        for cell in self.cells.get_mut(self.used..until)? {
            cell.kind = CellKind::Empty;
            cell.text.clear();
        }
        self.used = until;
        self.cells.get_mut(column)
    }
}

const DAY_SECONDS: i64 = 86_400;
/// The last day of 9999.
const SERIAL_MAX: f64 = 2_958_466.0;
/// A cell that shows a time alone and holds fewer days is how long something took; one that holds more is when.
const DAYS_MAX: i64 = 61;
/// What a spreadsheet shows where a style has no date for a number.
const NOT_SHOWN: &str = "########";

/// A number, as it is shown.
pub(super) fn numeral(written: &str, format: Format, since_1904: bool) -> (CellKind, String) {
    let Some(value) = written.parse().ok().filter(|value: &f64| value.is_finite()) else {
        return (CellKind::Text, written.to_owned());
    };
    if format == Format::Plain {
        return (CellKind::Number, decimal(value));
    }
    let seconds = (0.0..SERIAL_MAX).contains(&value).then(|| whole((value * 86_400.0).round()));
    let shown = seconds.flatten().and_then(|seconds| match format {
        Format::Moment => moment(seconds, since_1904),
        Format::Clock if seconds < DAY_SECONDS => Some((CellKind::Moment, clock(seconds))),
        Format::Clock if (DAY_SECONDS..DAYS_MAX * DAY_SECONDS).contains(&seconds) => {
            Some((CellKind::Elapsed, clock(seconds)))
        }
        Format::Clock => moment(seconds, since_1904),
        Format::Elapsed | Format::Plain => Some((CellKind::Elapsed, clock(seconds))),
    });
    // Never a bare number: that would be taken for tokens, or for minutes.
    shown.unwrap_or_else(|| (CellKind::Error, NOT_SHOWN.to_owned()))
}

/// The fifteen digits that a spreadsheet keeps, the shortest way.
fn decimal(value: f64) -> String {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    // Without this, a negative zero would keep its sign.
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    format!("{rounded}")
}

/// The number of a float that is one.
fn whole(value: f64) -> Option<i64> {
    format!("{value:.0}").parse().ok()
}

/// The day that spreadsheets put between 28 February and 1 March 1900.
const LEAP_DAY: i32 = 60;

/// Seconds since the day 0 of a sheet.
fn moment(seconds: i64, since_1904: bool) -> Option<(CellKind, String)> {
    let day = i32::try_from(seconds.div_euclid(DAY_SECONDS)).ok()?;
    let second = seconds.rem_euclid(DAY_SECONDS);
    let date = match (since_1904, day) {
        (false, 0) => return Some((CellKind::Moment, clock(second))),
        // 1900 has a 29 February there.
        (false, LEAP_DAY) => return Some((CellKind::Moment, "1900-02-29".to_owned())),
        (false, 1..LEAP_DAY) => Date::from_ymd(1899, 12, 31)?.plus(day),
        (false, _) => Date::from_ymd(1899, 12, 30)?.plus(day),
        (true, _) => Date::from_ymd(1904, 1, 1)?.plus(day),
    };
    let text = if second == 0 { date.to_string() } else { format!("{date}T{}", clock(second)) };
    Some((CellKind::Moment, text))
}

/// `09:30:00`.
fn clock(seconds: i64) -> String {
    let (minutes, second) = (seconds.div_euclid(60), seconds.rem_euclid(60));
    format!("{:02}:{:02}:{second:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
}

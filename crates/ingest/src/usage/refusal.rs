//! Why a file as a whole is not read: what it is, what it lacks, or what has to be said first.

use crate::sheet::{Foreign, date, number};

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no table.
    Foreign(Foreign),
    /// No row names the columns: the one that is missing, and what was found instead.
    Column {
        /// The column.
        missing: String,
        /// The line that comes nearest to a header.
        line: u64,
        /// Its cells.
        found: Vec<String>,
        /// Whether a map names the column.
        is_mapped: bool,
    },
    /// Two columns say the same.
    Twice {
        /// The line of the header.
        line: u64,
        /// The second of them.
        name: String,
    },
    /// The order of a column's dates is not clear.
    Dates {
        /// The column.
        column: String,
        /// What is unclear.
        why: date::Unclear,
    },
    /// The separators of a column's amounts are not clear.
    Numbers {
        /// The column.
        column: String,
        /// What is unclear.
        why: number::Unclear,
    },
    /// Times name no zone, and nobody said one.
    Zone {
        /// The column.
        column: String,
    },
    /// JSON that is damaged, or too large to be held.
    Json(String),
}

impl Refusal {
    /// The stable code, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Foreign(foreign) => foreign.code(),
            Self::Column { .. } => "column-missing",
            Self::Twice { .. } => "column-twice",
            Self::Dates { .. } => "dates-unclear",
            Self::Numbers { .. } => "numbers-unclear",
            Self::Zone { .. } => "zone-unknown",
            Self::Json(_) => "json-unreadable",
        }
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Foreign(foreign) => foreign.fmt(f),
            Self::Column { missing, line, found, is_mapped } => {
                column(f, missing, *line, found, *is_mapped)
            }
            Self::Twice { name, .. } => {
                write!(f, "`{name}` is a second column of its kind; keep one")
            }
            Self::Dates { column, why } => dates(f, column, why),
            Self::Numbers { column, why } => numbers(f, column, why),
            Self::Zone { column } => write!(
                f,
                "the times of `{column}` name no zone; say it with --zone, such as Europe/Madrid or UTC"
            ),
            Self::Json(why) => write!(f, "the JSON cannot be read: {why}; fetch it again"),
        }
    }
}

impl core::error::Error for Refusal {}

type Written = core::fmt::Result;

fn column(
    f: &mut core::fmt::Formatter<'_>,
    missing: &str,
    line: u64,
    found: &[String],
    is_mapped: bool,
) -> Written {
    write!(f, "there is no column `{missing}`")?;
    match found {
        [] => f.write_str("; export the report as CSV, with its header"),
        [one] => write!(
            f,
            ": line {line} is one cell, `{one}`; export with cells parted by a comma, a semicolon, a tab or `|`"
        ),
        many => {
            let shown: Vec<&str> = many.iter().take(12).map(String::as_str).collect();
            write!(
                f,
                " among `{}` of line {line}; export it with that column, or ",
                shown.join("`, `")
            )?;
            f.write_str(match is_mapped {
                true => "correct the map",
                false => "explain the table with a map (--map, and --infer to begin one)",
            })
        }
    }
}

fn dates(f: &mut core::fmt::Formatter<'_>, column: &str, why: &date::Unclear) -> Written {
    match why {
        date::Unclear::Ambiguous { line, value } => write!(
            f,
            "whether days or months come first in `{column}` cannot be told, as in `{value}` on line {line}; say --dates dmy or --dates mdy"
        ),
        date::Unclear::Mixed { days_first, months_first } => write!(
            f,
            "`{column}` has the day first in `{}` on line {} and the month first in `{}` on line {}; export it in one order, or say --dates dmy or --dates mdy and see the others rejected",
            days_first.1, days_first.0, months_first.1, months_first.0
        ),
    }
}

fn numbers(f: &mut core::fmt::Formatter<'_>, column: &str, why: &number::Unclear) -> Written {
    match why {
        number::Unclear::Ambiguous { line, value } => write!(
            f,
            "whether `{value}` of `{column}` on line {line} is thousands or decimals cannot be told; say --decimal point or --decimal comma"
        ),
        number::Unclear::Mixed { point, comma } => write!(
            f,
            "`{column}` has a decimal point in `{}` on line {} and a decimal comma in `{}` on line {}; export it in one form, or say --decimal point or --decimal comma and see the others rejected",
            point.1, point.0, comma.1, comma.0
        ),
    }
}

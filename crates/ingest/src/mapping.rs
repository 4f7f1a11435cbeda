//! `map.toml`: how to read a table that nobody knows, said by somebody who does.
//!
//! A [`Map`] says which column is who, which product, from when to when; what else it says (zone, order of dates,
//! constants, rows to leave out, names of products) is what the table itself leaves open. It is strict: a key that
//! is not known is refused with its line. [`infer`] proposes one, with a reason for each guess and a question where it
//! is not sure; it decides nothing in anybody's place.
//!
//! To add a column: a row in [`COLUMNS`], and its field in `usage`; the reference is
//! `docs/reference/usage-files.md`.

mod fault;
mod guess;
mod infer;
mod read;

pub use fault::{BadMap, Fault};
pub use infer::{Sample, infer};

use crate::usage::{DateForm, Field, Format, Layout, NameKind, plain};
use core::str::FromStr;
use faregate_core::when::{HOUR, Zone};
use rustc_hash::FxHashMap;

/// The columns that a map may name, and what they say.
const COLUMNS: &[(&str, Field)] = &[
    ("who", Field::Who),
    ("host", Field::Host),
    ("product", Field::Product),
    ("feature", Field::Feature),
    ("version", Field::Version),
    ("opened", Field::Opened),
    ("closed", Field::Closed),
    ("offset", Field::Offset),
    ("day", Field::Day),
    ("duration", Field::Duration),
    ("tokens", Field::Tokens),
    ("quantity", Field::Quantity),
    ("item", Field::Item),
    ("team", Field::Team),
    ("site", Field::Site),
    ("bucket", Field::Bucket),
];

/// What may be said of all rows, instead of in a column.
const CONSTANTS: [&str; 7] = ["who", "host", "product", "feature", "team", "site", "bucket"];

/// How to read a table.
///
/// ```
/// use faregate_ingest::mapping::Map;
/// let map: Map = "name = \"portal\"\n[columns]\nwho = \"user\"\nproduct = \"app\"\nday = \"date\"\n".parse().unwrap();
/// assert_eq!(map.name(), "portal");
/// let refused = "name = \"portal\"\n[colums]\n".parse::<Map>().unwrap_err().to_string();
/// assert!(refused.starts_with("line 2: unknown key `colums`; did you mean `columns`?"), "{refused}");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    name: String,
    delimiter: Option<u8>,
    zone: Option<Zone>,
    name_kind: Option<NameKind>,
    duration_seconds: Option<i64>,
    /// Headers without case and blanks, and what they say.
    columns: Vec<Column>,
    /// Of every column that says nothing else.
    format: Format,
    constants: Vec<(Field, String)>,
    skips: Vec<Skip>,
    products: FxHashMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Column {
    /// As the map writes it.
    header: String,
    field: Field,
    /// What its dates are, where it is not what the others' are.
    date: Option<DateForm>,
}

/// Rows that are left out.
#[derive(Clone, Debug, PartialEq)]
struct Skip {
    header: String,
    values: Vec<String>,
    /// Whether the rows with these values are left out, or all others.
    is_in: bool,
}

impl FromStr for Map {
    type Err = BadMap;

    fn from_str(text: &str) -> Result<Self, BadMap> {
        read::read(text)
    }
}

impl Map {
    /// Its name: receipts of what it brought in say `csv:NAME`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn delimiter(&self) -> Option<u8> {
        self.delimiter
    }

    pub(crate) fn zone(&self) -> Option<Zone> {
        self.zone.clone()
    }

    pub(crate) fn name_kind(&self) -> Option<NameKind> {
        self.name_kind
    }

    /// What one of the column `duration` is in seconds; minutes where nothing is said.
    pub(crate) fn duration_seconds(&self) -> i64 {
        self.duration_seconds.unwrap_or(60)
    }

    pub(crate) fn field(&self, header: &str) -> Option<Field> {
        let header = plain(header);
        self.columns
            .iter()
            .find(|column| plain(&column.header) == header)
            .map(|column| column.field)
    }

    pub(crate) fn format(&self, field: Field) -> Format {
        let own = self.columns.iter().find(|column| column.field == field).and_then(|one| one.date);
        Format { date: own.unwrap_or(self.format.date), ..self.format }
    }

    pub(crate) fn constant(&self, field: Field) -> Option<&str> {
        self.constants.iter().find(|(one, _)| *one == field).map(|(_, text)| text.as_str())
    }

    pub(crate) fn names_somebody(&self) -> bool {
        self.constant(Field::Who).is_some()
    }

    /// The first column of the map that a header lacks.
    pub(crate) fn missing(&self, layout: &Layout) -> Option<String> {
        let columns = self.columns.iter().filter(|column| !layout.has(column.field));
        let skips = self.skips.iter().filter(|skip| place(&layout.names, &skip.header).is_none());
        columns.map(|column| &column.header).chain(skips.map(|skip| &skip.header)).next().cloned()
    }

    /// Which columns decide that a row is left out, by which rule.
    pub(crate) fn skips(&self, names: &[String]) -> Vec<(usize, usize)> {
        let places = self.skips.iter().map(|skip| place(names, &skip.header));
        places.enumerate().filter_map(|(rule, place)| Some((place?, rule))).collect()
    }

    pub(crate) fn is_skipped(&self, rule: usize, cell: &str) -> bool {
        let cell = cell.trim();
        self.skips
            .get(rule)
            .is_some_and(|skip| skip.values.iter().any(|value| value == cell) == skip.is_in)
    }

    /// What a product is called here.
    pub(crate) fn product<'a>(&'a self, text: &'a str) -> &'a str {
        if self.products.is_empty() {
            return text;
        }
        self.products.get(text).map_or(text, String::as_str)
    }
}

fn place(names: &[String], header: &str) -> Option<usize> {
    let header = plain(header);
    names.iter().position(|name| plain(name) == header)
}

/// The seconds of a unit of time.
fn seconds_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => HOUR,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;

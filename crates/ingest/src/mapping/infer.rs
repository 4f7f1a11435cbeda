//! A map proposed for a table: each guess with its reason, each doubt as a question in a comment.

use super::guess::{Column, Guess};
use crate::sheet::{self, Foreign, Item, Row, date, number, shown};
use core::fmt::Write as _;

/// So many rows are enough to guess by.
const ROWS_MAX: usize = 200;

/// The first rows of a table.
///
/// ```
/// use faregate_ingest::mapping::{Map, infer};
/// let text = infer(b"user,app,start_utc,end_utc\nana,Revit,2026-01-05T09:00:00Z,2026-01-05T10:00:00Z\n").unwrap();
/// assert!(text.contains("opened = \"start_utc\"  # by its name; its values are times"), "{text}");
/// assert!(text.parse::<Map>().is_ok());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sample {
    rows: Vec<(u64, Vec<String>)>,
}

/// Proposes a map for a table, of which the first [`sheet::HEAD_BYTES`] are enough.
///
/// # Errors
/// [`Foreign`] when the bytes are no table.
pub fn infer(head: &[u8]) -> Result<String, Foreign> {
    let mut sample = Sample::default();
    sheet::read(head, |item| {
        if let Item::Row(row) = item {
            sample.row(&row);
        }
    })?;
    Ok(sample.propose())
}

/// What is proposed for, in the order in which it is written.
const KEYS: [&str; 12] = [
    "who", "product", "opened", "closed", "day", "duration", "tokens", "quantity", "host", "site",
    "bucket", "version",
];

impl Sample {
    /// Takes the next row; more than a few are ignored.
    pub fn row(&mut self, row: &Row<'_>) {
        if self.rows.len() < ROWS_MAX && !row.is_empty() {
            self.rows.push((row.line, row.iter().map(|cell| cell.trim().to_owned()).collect()));
        }
    }

    /// The text of a map, which is read as it stands wherever nothing is asked.
    #[must_use]
    pub fn propose(&self) -> String {
        let (line, columns) = self.columns();
        let mut taken: Vec<(&str, usize, Guess)> = Vec::new();
        let mut rivals: Vec<(&str, usize)> = Vec::new();
        for key in KEYS {
            let has = |key| taken.iter().any(|(one, ..)| *one == key);
            if (key == "day" && has("opened")) || (key == "duration" && has("closed")) {
                continue;
            }
            let free = columns.iter().enumerate();
            let free = free.filter(|(place, _)| !taken.iter().any(|(_, other, _)| other == place));
            let mut fits: Vec<(usize, Guess)> =
                free.filter_map(|(place, column)| Some((place, column.fits(key)?))).collect();
            // Of equal ones the first; the sort keeps their order.
            fits.sort_by_key(|(_, guess)| core::cmp::Reverse(guess.rank));
            let mut fits = fits.into_iter();
            let Some((place, guess)) = fits.next() else { continue };
            rivals.extend(fits.filter(|(_, other)| other.rank > 1).map(|(place, _)| (key, place)));
            taken.push((key, place, guess));
        }
        rivals.retain(|(_, place)| !taken.iter().any(|(_, other, _)| other == place));
        Proposal { line, rows: self.rows.len(), columns, taken, rivals }.write()
    }

    /// The line of the header, and the columns below it: as many as most rows have.
    fn columns(&self) -> (u64, Vec<Column<'_>>) {
        let alike = |count: usize| self.rows.iter().filter(|(_, row)| row.len() == count).count();
        let counts = self.rows.iter().map(|(_, row)| row.len());
        let width = counts.max_by_key(|count| (alike(*count), *count)).unwrap_or(0);
        let mut rows = self.rows.iter().filter(|(_, row)| row.len() == width);
        let Some((line, header)) = rows.next() else { return (1, Vec::new()) };
        let below: Vec<_> = rows.collect();
        let columns = header.iter().enumerate().map(|(place, header)| {
            let values =
                below.iter().filter_map(|(line, row)| Some((*line, row.get(place)?.as_str())));
            Column { header, values: values.filter(|(_, value)| !value.is_empty()).collect() }
        });
        (*line, columns.collect())
    }
}

/// What was found, on its way to be written.
struct Proposal<'s> {
    line: u64,
    rows: usize,
    columns: Vec<Column<'s>>,
    taken: Vec<(&'static str, usize, Guess)>,
    /// Columns that might have been taken instead.
    rivals: Vec<(&'static str, usize)>,
}

impl Proposal<'_> {
    fn column(&self, key: &str) -> Option<&Column<'_>> {
        let (_, place, _) = self.taken.iter().find(|(one, ..)| *one == key)?;
        self.columns.get(*place)
    }

    fn write(&self) -> String {
        let rows = self.rows.saturating_sub(1);
        let mut text = format!(
            "# Proposed by the header on line {} and {rows} rows. Read it before you use it: a line with a question\n\
             # mark is for you to decide.\nname = \"table\"  # receipts say csv:table\n",
            self.line
        );
        self.zone(&mut text);
        self.dates(&mut text);
        self.decimal(&mut text);
        self.duration(&mut text);
        text.push_str("\n[columns]\n");
        for (key, place, guess) in &self.taken {
            let header = self.columns.get(*place).map_or("", |column| column.header);
            let _ = write!(text, "{key} = {}  # {}", quoted(header), guess.why);
            let rivals = self.rivals.iter().filter(|(one, _)| one == key);
            for (_, place) in rivals {
                let other = self.columns.get(*place).map_or("", |column| column.header);
                let _ = write!(text, "; or is it `{}`?", shown(other));
            }
            text.push('\n');
        }
        self.missing(&mut text);
        self.rest(&mut text);
        text
    }

    fn zone(&self, text: &mut String) {
        let open = ["opened", "closed"].into_iter().filter_map(|key| self.column(key));
        if let Some(column) = open.into_iter().find(|column| column.needs_zone()) {
            let _ = writeln!(
                text,
                "# zone = \"Europe/Madrid\"  # ? the times of `{}` name no zone: which is it?",
                shown(column.header)
            );
        }
    }

    fn dates(&self, text: &mut String) {
        let keys = ["opened", "closed", "day"];
        let epochs = keys.into_iter().filter_map(|key| Some((key, self.column(key)?.epoch()?)));
        let epochs: Vec<String> = epochs.map(|(key, form)| format!("{key} = \"{form}\"")).collect();
        if !epochs.is_empty() {
            let _ = writeln!(
                text,
                "dates = {{ {} }}  # by the length of their numbers",
                epochs.join(", ")
            );
            return;
        }
        let unclear = keys.into_iter().find_map(|key| {
            let mut evidence = date::Evidence::default();
            let column = self.column(key)?;
            column.values.iter().for_each(|(line, value)| evidence.see(*line, value));
            Some((column.header, evidence.decide().err()?))
        });
        match unclear {
            Some((header, date::Unclear::Ambiguous { line, value })) => {
                let _ = writeln!(
                    text,
                    "# dates = \"dmy\"  # ? `{}` on line {line} of `{}` has the day or the month first: dmy or mdy?",
                    shown(&value),
                    shown(header)
                );
            }
            Some((header, date::Unclear::Mixed { days_first, months_first })) => {
                let _ = writeln!(
                    text,
                    "# dates = \"dmy\"  # ? `{}` has the day first on line {} and the month first on line {}: which rows are wrong?",
                    shown(header),
                    days_first.0,
                    months_first.0
                );
            }
            None => {}
        }
    }

    fn decimal(&self, text: &mut String) {
        let unclear = ["tokens", "quantity", "duration"].into_iter().find_map(|key| {
            let mut evidence = number::Evidence::default();
            let column = self.column(key)?;
            column.values.iter().for_each(|(line, value)| evidence.see(*line, value));
            Some((column.header, evidence.decide().err()?))
        });
        if let Some((header, why)) = unclear {
            let (number::Unclear::Ambiguous { line, value }
            | number::Unclear::Mixed { comma: (line, value), .. }) = why;
            let _ = writeln!(
                text,
                "# decimal = \"point\"  # ? `{}` on line {line} of `{}` is thousands or decimals: point or comma?",
                shown(&value),
                shown(header)
            );
        }
    }

    fn duration(&self, text: &mut String) {
        let Some(column) = self.column("duration") else { return };
        let _ = match column.unit() {
            Some(unit) => writeln!(text, "duration_in = \"{unit}\"  # by the name of the column"),
            None => writeln!(
                text,
                "duration_in = \"minutes\"  # ? what does `{}` count: seconds, minutes or hours?",
                shown(column.header)
            ),
        };
    }

    fn missing(&self, text: &mut String) {
        let has = |key| self.column(key).is_some();
        for (key, what) in [("who", "who it was"), ("product", "which product it was")] {
            if !has(key) {
                let _ = writeln!(
                    text,
                    "# {key} = \"\"  # ? which column says {what}? or write it under [constants]"
                );
            }
        }
        if !has("opened") && !has("day") {
            text.push_str("# opened = \"\"  # ? which column says when use began? or, where it has days only: day\n");
        }
        if has("opened") && !has("closed") && !has("duration") {
            text.push_str("# closed = \"\"  # ? which column says when use ended? or, for how long it was: duration\n");
        }
    }

    /// Columns that are not used, and what they might be good for.
    fn rest(&self, text: &mut String) {
        let is_free = |place: usize| !self.taken.iter().any(|(_, other, _)| *other == place);
        let free = self.columns.iter().enumerate().filter(|(place, _)| is_free(*place));
        let free: Vec<&Column<'_>> = free.map(|(_, column)| column).collect();
        let names: Vec<String> =
            free.iter().map(|one| format!("`{}`", shown(one.header))).collect();
        if !names.is_empty() {
            let _ = writeln!(text, "# not used: {}", names.join(", "));
        }
        for column in free {
            let Some(choices) = column.choices() else { continue };
            let choices: Vec<String> = choices.iter().map(|choice| quoted(choice)).collect();
            let _ = write!(
                text,
                "\n# ? are some of these rows no use on tokens? then leave them out:\n# [[skip]]\n# column = {}\n# is = [{}]\n",
                quoted(column.header),
                choices.join(", ")
            );
        }
    }
}

/// A text as TOML writes it, on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

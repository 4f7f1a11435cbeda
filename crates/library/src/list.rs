//! Lists as somebody filtered them, to take along: the rows that a page shows, all of them, and what was asked for.

use crate::parts::{self, section, sentence, table};
use crate::{Format, Unmade, written};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_report::{Cell, Column, Document, Kind};

/// A day, as text where workbooks have none such.
#[must_use]
pub fn day(date: Date) -> Cell {
    parts::date(date)
}

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Its name in paths and files.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What was asked for, each as its name and what was said; empty where everything was.
    pub filters: Vec<(&'static str, String)>,
    /// Its columns.
    pub columns: Vec<(&'static str, Kind)>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

impl List {
    /// The name of the file: `faregate-people-2026-10-01.xlsx`.
    #[must_use]
    pub fn file_name(&self, state: &State, now: Instant, format: Format) -> String {
        format!("faregate-{}-{}.{}", self.name, state.zone().date(now), format.key())
    }

    /// What was asked for, in a line; empty where everything was.
    fn asked(&self) -> String {
        let said = |(name, said): &(&str, String)| format!("{name}: {said}");
        self.filters.iter().map(said).collect::<Vec<_>>().join("; ")
    }

    /// The frame of the document: the contract, and when it was looked at. Rows are filled in when it is written, so
    /// that nobody holds the state meanwhile.
    #[must_use]
    pub fn framed(self, state: &State, now: Instant) -> Framed {
        let name = if state.name().is_empty() { "Faregate" } else { state.name() };
        let asked = self.asked();
        let filters = if asked.is_empty() { "everything".to_owned() } else { asked.clone() };
        let document = Document {
            title: self.title.to_owned(),
            subtitle: format!("{name}, as of {}; {filters}", state.zone().date(now)),
            made: state.zone().date(now).to_string(),
            language: "en".to_owned(),
            sections: Vec::new(),
            sources: vec![format!(
                "The journal of this contract up to entry {}; days are those of {}.",
                state.seq(),
                state.zone().name()
            )],
            footer: format!("{name}: {}", self.title),
        };
        Framed { document, asked, list: self }
    }
}

/// A list that can be written.
#[derive(Clone, Debug)]
pub struct Framed {
    document: Document,
    asked: String,
    list: List,
}

impl Framed {
    /// The bytes of its file: a workbook, or CSV, which begins with a line `# filters` where not everything was
    /// asked for.
    ///
    /// # Errors
    /// [`Unmade::Unwritable`]: it has more rows than a workbook holds, or lists are not written in that format.
    pub fn write(self, format: Format) -> Result<Vec<u8>, Unmade> {
        let Self { mut document, asked, list } = self;
        if !matches!(format, Format::Xlsx | Format::Csv) {
            return Err(Unmade::Unwritable(format!("lists are not written as {}", format.key())));
        }
        let count = list.rows.len();
        let columns = list.columns.into_iter().map(|(header, kind)| Column::new(header, kind));
        let rows = table(list.title, columns.collect(), list.rows, None);
        let filters = if asked.is_empty() { "everything" } else { &asked };
        let said = format!("Asked for: {filters}. Rows: {count}.");
        document.sections = vec![section(list.title, vec![sentence(said), rows])];
        let mut bytes = written(&document, format)?;
        if format == Format::Csv && !asked.is_empty() {
            // A line of its own: what was typed must not end it.
            let line = asked.replace(char::is_control, " ");
            bytes.splice(0..0, format!("# {line}\r\n").into_bytes());
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(filters: Vec<(&'static str, String)>) -> Framed {
        let columns = vec![("Name", Kind::Text), ("Days", Kind::Whole)];
        let rows = vec![vec![Cell::text("=Ana"), Cell::Whole(3)]];
        let list = List { name: "people", title: "People", filters, columns, rows };
        list.framed(&State::default(), Instant(0))
    }

    #[test]
    fn a_table_of_everything_is_only_a_table() {
        let bytes = list(Vec::new()).write(Format::Csv).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "Name,Days\r\n'=Ana,3\r\n");
    }

    #[test]
    fn what_was_asked_for_stands_above_in_one_line() {
        let filters = vec![("search", "a\r\nb".to_owned()), ("outcome", "refused".to_owned())];
        let bytes = list(filters).write(Format::Csv).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "# search: a  b; outcome: refused\r\nName,Days\r\n'=Ana,3\r\n");
    }

    #[test]
    fn a_workbook_is_one_and_nothing_else_is_written() {
        assert!(list(Vec::new()).write(Format::Xlsx).unwrap().starts_with(b"PK"));
        assert!(list(Vec::new()).write(Format::Pdf).is_err());
    }
}

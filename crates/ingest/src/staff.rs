//! Lists of people as others keep them: who leaves, who belongs where, who has an account with the vendor.
//!
//! Unlike the files of [`crate::estate`], these are not written for Faregate. They come with a title above the header,
//! in the language of the personnel department, with dates in its order, a sum at the end, and columns that are
//! nobody's business: those are passed over, and named. What comes out are rows of [`crate::estate::Kind::Person`],
//! which the estate's import takes as its own.
//!
//! Nothing is guessed: dates whose order no row of their column tells are asked about, and a list that lacks what its
//! kind is for is refused.

use crate::estate::{Column, Faults, Kind as RowKind, Row, Source};
use crate::sheet::date::{self, BadDate, Evidence, Order, Unclear};
use crate::sheet::{self, Item, Why};

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People who leave, and their last day.
    Leavers,
    /// Who belongs to which department and cost centre, and reports to whom.
    OrgChart,
    /// Who has an account with the vendor.
    NamedUsers,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Leavers, Self::OrgChart, Self::NamedUsers];

    /// Its name, that of its file too.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Leavers => "leavers",
            Self::OrgChart => "org-chart",
            Self::NamedUsers => "named-users",
        }
    }

    /// The kind of a name, with `-`, `_`, a blank or nothing between words.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let plain = |name: &str| name.to_lowercase().replace(['-', '_', ' '], "");
        Self::ALL.into_iter().find(|kind| plain(kind.key()) == plain(name))
    }

    /// Columns of which a list of this kind has at least one, beside those that say who.
    const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Leavers => &["last_day", "until"],
            Self::OrgChart => &["manager", "department", "cost_centre"],
            Self::NamedUsers => &["email"],
        }
    }
}

/// Columns that say who a row is about.
const WHO: [&str; 3] = ["key", "email", "employee_id"];
/// Columns of dates.
const DATES: [&str; 2] = ["last_day", "until"];
/// So many rows may stand above the header.
const TITLE_ROWS_MAX: usize = 20;

/// What a list says.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) rows: Vec<Listed>,
    /// Columns that say nothing that is kept.
    pub(crate) passed_over: Vec<Row<String>>,
}

/// One person's row.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) source: Source,
    pub(crate) cells: Vec<(&'static str, String)>,
}

/// Reads a list; what is wrong goes to `faults`.
pub(crate) fn read(
    kind: Kind,
    file: &Source,
    bytes: &[u8],
    order: Option<Order>,
    faults: &mut Faults,
) -> List {
    let mut reading = Reading::new(kind, file, faults);
    if let Err(foreign) = sheet::read(bytes, |item| reading.item(item)) {
        reading.faults.add(file, foreign.to_string(), "export the list again, as CSV UTF-8");
        return List::default();
    }
    if reading.columns.is_none() {
        let message = format!("there is no header of a list of {}", kind.key());
        reading.faults.add(file, message, reading.wanted());
        return List::default();
    }
    let mut list = reading.list;
    dated(&mut list, file, order, faults);
    list
}

/// A list that is being read.
struct Reading<'f> {
    kind: Kind,
    file: &'f Source,
    faults: &'f mut Faults,
    columns: Option<Vec<Option<&'static Column>>>,
    above: usize,
    list: List,
}

impl<'f> Reading<'f> {
    fn new(kind: Kind, file: &'f Source, faults: &'f mut Faults) -> Self {
        Self { kind, file, faults, columns: None, above: 0, list: List::default() }
    }

    fn at(&self, line: u64) -> Source {
        Source { line: u32::try_from(line).unwrap_or(u32::MAX), ..self.file.clone() }
    }

    fn item(&mut self, item: Item<'_>) {
        if self.faults.is_full() {
            return;
        }
        match item {
            Item::Broken(broken) => {
                let (message, help) = told(broken.why);
                self.faults.add(&self.at(broken.line), message, help);
            }
            Item::Row(row) if row.is_empty() => {}
            Item::Row(row) => match self.columns.take() {
                None => self.columns = self.header(&row),
                Some(columns) => {
                    self.row(&columns, &row);
                    self.columns = Some(columns);
                }
            },
        }
    }

    /// The columns of a header; `None` of a title above it.
    fn header(&mut self, row: &sheet::Row<'_>) -> Option<Vec<Option<&'static Column>>> {
        if self.above > TITLE_ROWS_MAX {
            return None;
        }
        self.above = self.above.saturating_add(1);
        let columns: Vec<Option<&'static Column>> = row.iter().map(known).collect();
        let has = |names: &[&str]| columns.iter().flatten().any(|one| names.contains(&one.name));
        if !has(&WHO) || !has(self.kind.needs()) {
            return None;
        }
        let at = self.at(row.line);
        for (place, column) in columns.iter().enumerate() {
            let name = row.cell(place).unwrap_or_default().trim().to_owned();
            match column {
                None if name.is_empty() => {}
                None => {
                    self.list.passed_over.push(Row { source: at.clone(), value: name });
                }
                Some(column) => {
                    let before = columns.iter().take(place).flatten();
                    if before.into_iter().any(|other| other.name == column.name) {
                        let message = format!("`{name}` is a second column `{}`", column.name);
                        self.faults.add(&at, message, "keep one of the two");
                    }
                }
            }
        }
        Some(columns)
    }

    fn row(&mut self, columns: &[Option<&'static Column>], row: &sheet::Row<'_>) {
        let at = self.at(row.line);
        let beyond = (columns.len()..row.len()).filter_map(|place| row.cell(place));
        if row.len() < columns.len() || beyond.into_iter().any(|cell| !cell.trim().is_empty()) {
            if is_sum(row) {
                return;
            }
            let (given, wanted) = (row.len(), columns.len());
            let message = format!("the row has {given} fields, the header {wanted}");
            let help = "put a value that holds the delimiter in double quotes";
            return self.faults.add(&at, message, help);
        }
        let named = columns
            .iter()
            .zip(row.iter())
            .filter_map(|(column, cell)| Some(((*column)?.name, cell.trim().to_owned())));
        let cells: Vec<(&'static str, String)> = named.collect();
        let says =
            |name: &str| cells.iter().any(|(known, text)| *known == name && !text.is_empty());
        let is_nobody = is_sum(row) && !names_somebody(&cells);
        if is_nobody || is_header(columns, row) {
            return;
        }
        let needs = self.kind.needs();
        if self.kind == Kind::Leavers && !needs.iter().copied().any(says) {
            let help = "every leaver needs one; take out whoever stays";
            return self.faults.add(&at, "there is no last day", help);
        }
        self.list.rows.push(Listed { source: at, cells });
    }

    fn wanted(&self) -> String {
        let needs = self.kind.needs().join("` or `");
        format!("name the columns above the rows: one of `{}`, and `{needs}`", WHO.join("`, `"))
    }
}

/// The column of people that a header names in any of the languages.
fn known(header: &str) -> Option<&'static Column> {
    RowKind::Person.column(header.trim()).ok()
}

/// Whether a row adds up others: what it says first is a word for that, and nobody's address follows.
fn is_sum(row: &sheet::Row<'_>) -> bool {
    let said: Vec<&str> = row.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let Some((first, rest)) = said.split_first() else { return false };
    // `Total: 35` in a cell of its own; a Sum Li has more to say.
    let sums = sheet::is_summary(first) || (rest.is_empty() && sheet::begins_summary(first));
    sums && !rest.iter().any(|cell| cell.contains('@'))
}

/// Whether a row that begins with a word for a sum is somebody's of that name: their key, address or number stands
/// there, and more than that. One figure beside the word is how many people there are.
fn names_somebody(cells: &[(&'static str, String)]) -> bool {
    let said = cells.iter().filter(|(_, text)| !text.is_empty());
    let others = said.filter(|(_, text)| !sheet::is_summary(text));
    others.clone().count() > 1 && others.into_iter().any(|(name, _)| WHO.contains(name))
}

/// Whether a row is a second header, as lists in two languages have.
fn is_header(columns: &[Option<&'static Column>], row: &sheet::Row<'_>) -> bool {
    let mut pairs = columns.iter().zip(row.iter()).filter_map(|(column, cell)| {
        let column = (*column)?;
        (!cell.trim().is_empty()).then(|| known(cell).is_some_and(|one| one.name == column.name))
    });
    pairs.next() == Some(true) && pairs.all(|same| same)
}

const fn told(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::TooLong => ("the row is too long", "look whether the file is damaged"),
        Why::QuoteOpen => ("a quote is not closed", "close it, or double the one within a value"),
        Why::Damaged => ("the text is damaged", "save the list as CSV UTF-8"),
    }
}

/// Writes the dates of all rows as the estate reads them.
fn dated(list: &mut List, file: &Source, order: Option<Order>, faults: &mut Faults) {
    for column in DATES {
        let mut evidence = Evidence::default();
        for row in &list.rows {
            let cell = row.cells.iter().find(|(name, _)| *name == column);
            cell.into_iter().for_each(|(_, text)| evidence.see(u64::from(row.source.line), text));
        }
        let order = match (order, evidence.decide()) {
            (Some(order), _) => Some(order),
            (None, Ok(order)) => order,
            (None, Err(unclear)) => {
                ask(column, &unclear, file, faults);
                list.rows.clear();
                return;
            }
        };
        for Listed { source, cells } in &mut list.rows {
            let cell = cells.iter_mut().find(|(name, _)| *name == column);
            let Some((_, text)) = cell.filter(|(_, text)| !text.is_empty() && text != "-") else {
                continue;
            };
            match date::read(text, order) {
                Ok(written) if column == "last_day" || written.second.is_none() => {
                    *text = written.date.to_string();
                }
                // An instant stays what it is.
                Ok(_) => {}
                Err(why) => {
                    faults.add(source, format!("`{column}` is `{text}`"), mended(why));
                    text.clear();
                }
            }
            if faults.is_full() {
                return;
            }
        }
    }
}

/// What is to be said of dates that do not tell their order.
fn ask(column: &str, unclear: &Unclear, file: &Source, faults: &mut Faults) {
    let at = |line: u64| Source { line: u32::try_from(line).unwrap_or(u32::MAX), ..file.clone() };
    match unclear {
        Unclear::Ambiguous { line, value } => {
            let message = format!("`{column}` is `{value}`, which two orders read differently");
            faults.add(&at(*line), message, "say which: --dates dmy or --dates mdy");
        }
        Unclear::Mixed { days_first, months_first } => {
            let (one, other) = (&days_first.1, &months_first.1);
            let message =
                format!("`{column}` is `{one}` here and `{other}` on line {}", months_first.0);
            let help = "write all dates in one order, best as 2026-01-31";
            faults.add(&at(days_first.0), message, help);
        }
    }
}

const fn mended(why: BadDate) -> &'static str {
    match why {
        BadDate::Unreadable => "write a date such as 2026-01-31",
        BadDate::Ambiguous => "say which: --dates dmy or --dates mdy",
        BadDate::OtherOrder => "write it in the order of the others, or all as 2026-01-31",
        BadDate::ShortYear => "write the year with four digits",
        BadDate::Unbelievable => "write a year from 1980 to 2100",
    }
}

#[cfg(test)]
mod tests;

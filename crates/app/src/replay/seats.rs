//! Who gains and who loses a seat, as a file says it: `person,offering,change,from`.

use super::SeatChange;
use faregate_core::estate::{OfferingId, PersonId, folded};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_ingest::estate::{Fault, Faults, Row, Source, nearest};
use faregate_ingest::sheet::{self, Item};
use std::sync::Arc;

/// The columns of the file; the last may be missing or empty.
const COLUMNS: [&str; 4] = ["person", "offering", "change", "from"];

/// A change of seats, by names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSeat {
    /// Any name of the person.
    pub person: String,
    /// Key of the offering.
    pub offering: String,
    /// First date; since the period begins by default.
    pub from: Option<Date>,
    /// Whether they gain it; else they lose one.
    pub gains: bool,
}

/// Reads a table of changes: a header with the columns `person`, `offering`, `change` (`gains` or `loses`) and, if
/// wanted, `from`, in any order.
///
/// # Errors
/// Every fault, with its line.
pub fn read_seats(file: &str, bytes: &[u8]) -> Result<Vec<Row<NamedSeat>>, Vec<Fault>> {
    let name: Arc<str> = file.into();
    let mut reading =
        Reading { file: name, places: None, rows: Vec::new(), faults: Faults::default() };
    let read = sheet::read(bytes, |item| match item {
        Item::Row(row) => {
            let cells: Vec<&str> = row.iter().map(str::trim).collect();
            reading.row(u32::try_from(row.line).unwrap_or(u32::MAX), &cells);
        }
        Item::Broken(broken) => {
            let line = u32::try_from(broken.line).unwrap_or(u32::MAX);
            reading.fault(line, "the row cannot be read".to_owned(), "correct it".to_owned());
        }
    });
    if let Err(foreign) = read {
        reading.fault(1, foreign.to_string(), HEADER_HELP.to_owned());
    }
    let Reading { rows, faults, .. } = reading;
    faults.or(rows)
}

const HEADER_HELP: &str = "begin with the line `person,offering,change,from`";

struct Reading {
    file: Arc<str>,
    /// Where each column is, once the header was read.
    places: Option<[Option<usize>; 4]>,
    rows: Vec<Row<NamedSeat>>,
    faults: Faults,
}

impl Reading {
    fn fault(&mut self, line: u32, message: String, help: String) {
        let source = Source { file: Arc::clone(&self.file), line };
        self.faults.add(&source, message, help);
    }

    fn row(&mut self, line: u32, cells: &[&str]) {
        let Some(places) = self.places else {
            let place = |name: &str| cells.iter().position(|cell| folded(cell) == name);
            let places = COLUMNS.map(place);
            let missing = COLUMNS.iter().zip(places).take(3).find(|(_, place)| place.is_none());
            if let Some((name, _)) = missing {
                self.fault(line, format!("there is no column `{name}`"), HEADER_HELP.to_owned());
            }
            self.places = Some(places);
            return;
        };
        if places.iter().take(3).any(Option::is_none) {
            return;
        }
        let cell = |column: usize| {
            let place = places.get(column).copied().flatten();
            place.and_then(|place| cells.get(place)).copied().unwrap_or_default()
        };
        let (person, offering, change, from) = (cell(0), cell(1), cell(2), cell(3));
        let gains = match folded(change).as_str() {
            "gains" => true,
            "loses" => false,
            _ => {
                let message = format!("`change` is `{change}`");
                return self.fault(line, message, "write gains or loses".to_owned());
            }
        };
        let from = match from {
            "" => None,
            date => match date.parse() {
                Ok(date) => Some(date),
                Err(_) => {
                    let help = "write a date as YYYY-MM-DD".to_owned();
                    return self.fault(line, format!("`from` is `{date}`"), help);
                }
            },
        };
        let (person, offering) = (person.to_owned(), offering.to_owned());
        let source = Source { file: Arc::clone(&self.file), line };
        self.rows.push(Row { value: NamedSeat { person, offering, from, gains }, source });
    }
}

/// Changes that are in no file, each by its place in a list of this name, from 1.
#[must_use]
pub fn named_rows(list: &str, named: Vec<NamedSeat>) -> Vec<Row<NamedSeat>> {
    let file: Arc<str> = list.into();
    let row = |(line, value)| Row { source: Source { file: Arc::clone(&file), line }, value };
    (1..).zip(named).map(row).collect()
}

/// What the names stand for.
///
/// # Errors
/// Every name that nobody has, with its line.
pub fn seats(state: &State, rows: &[Row<NamedSeat>]) -> Result<Vec<SeatChange>, Vec<Fault>> {
    let mut faults = Faults::default();
    let mut changes = Vec::with_capacity(rows.len());
    for Row { value, source } in rows {
        // Before any period, so that it begins with it.
        let from = value.from.map_or(Instant(i64::MIN), |date| state.zone().start_of(date));
        let at = value.from.map_or(state.at(), |date| state.zone().start_of(date));
        let person =
            person(state, value, at).map_err(|(what, help)| faults.add(source, what, help));
        let offering =
            offering(state, value).map_err(|(what, help)| faults.add(source, what, help));
        if let (Ok(person), Ok(offering)) = (person, offering) {
            changes.push(SeatChange { person, offering, from, gains: value.gains });
        }
    }
    faults.or(changes)
}

fn person(state: &State, row: &NamedSeat, at: Instant) -> Result<PersonId, (String, String)> {
    let estate = state.estate();
    estate.person_known_as(&row.person, at).ok_or_else(|| {
        let known = estate.people().iter().map(|person| person.key.as_str());
        (
            format!("nobody is called `{}`", row.person),
            hint(&row.person, known, "faregate person list"),
        )
    })
}

fn offering(state: &State, row: &NamedSeat) -> Result<OfferingId, (String, String)> {
    let estate = state.estate();
    estate.offering_called(&row.offering).ok_or_else(|| {
        let known = estate.offerings().iter().map(|offering| offering.key.as_str());
        let what = format!("there is no offering `{}`", row.offering);
        (what, hint(&row.offering, known, "faregate seat list"))
    })
}

fn hint<'w>(word: &str, known: impl Iterator<Item = &'w str>, list: &str) -> String {
    nearest(&folded(word), known).map_or_else(
        || format!("`{list}` says what there is"),
        |near| format!("did you mean `{near}`?"),
    )
}

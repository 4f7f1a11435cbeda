//! The first time through a table: its header, and what its columns mean.

use super::Said;
use super::field::{Field, Layout};
use super::json;
use super::kind::{Generation, Kind};
use super::plan::{DateForm, Format, NoHeader, Page, Plan, Scheme};
use super::refusal::Refusal;
use crate::mapping::Map;
use crate::sheet::{
    Cells, DELIMITERS, Foreign, Form, HEAD_BYTES, Item, Row, Splitter, adds_up, date, look, number,
    shown,
};
use std::sync::Arc;

/// Among so many rows the header is looked for.
const HEADER_ROWS: usize = 20;
/// A column that is plain for so many rows is plain; a later row that is not is rejected by itself.
const PLAIN_ROWS: u64 = 10_000;

/// Decides how a table is to be read, from all of it or as much as is needed.
#[derive(Clone, Debug)]
pub struct Survey {
    source: Source,
    view: View,
}

/// Where rows come from.
#[derive(Clone, Debug)]
enum Source {
    /// Bytes that were not judged yet.
    Head(Vec<u8>),
    Text(Form, Box<Splitter>),
    Json(Vec<u8>),
    Workbook,
    /// Bytes of which nothing can be made.
    Foreign(Foreign),
}

impl Survey {
    /// For a table with the vendor's headers.
    #[must_use]
    pub fn new(said: Said) -> Self {
        Self::with(Scheme::Vendor, said)
    }

    /// For a table that a map explains; what the map says goes before what is said.
    #[must_use]
    pub fn mapped(map: Arc<Map>, said: Said) -> Self {
        let zone = map.zone().or(said.zone);
        Self::with(Scheme::Mapped(map), Said { zone, ..said })
    }

    /// For a table of which only the charges by day are wanted: nothing is asked about its other columns, and rows of
    /// zero tokens are left out.
    #[must_use]
    pub fn charges(said: Said) -> Self {
        Self::with(Scheme::Charges, said)
    }

    fn with(scheme: Scheme, said: Said) -> Self {
        Self { source: Source::Head(Vec::new()), view: View::new(scheme, said) }
    }

    /// Takes the next bytes of the file. Returns whether more are wanted.
    pub fn feed(&mut self, chunk: &[u8]) -> bool {
        match &mut self.source {
            Source::Head(head) => {
                head.extend_from_slice(chunk);
                if head.len() >= HEAD_BYTES {
                    self.judge();
                }
            }
            Source::Text(_, splitter) => splitter.feed(chunk, &mut |item| self.view.item(&item)),
            Source::Json(bytes) => json::hold(bytes, chunk),
            Source::Workbook | Source::Foreign(_) => {}
        }
        match &self.source {
            Source::Head(_) | Source::Json(_) => true,
            Source::Foreign(_) => false,
            Source::Text(..) | Source::Workbook => self.view.wants_more(),
        }
    }

    /// Takes the next row of a workbook. Returns whether more are wanted.
    pub fn cells(&mut self, line: u64, cells: &Cells) -> bool {
        self.source = Source::Workbook;
        self.view.row(&cells.row(line));
        self.view.wants_more()
    }

    /// The bytes so far tell what the file is.
    fn judge(&mut self) {
        let Source::Head(head) = &mut self.source else { return };
        let head = core::mem::take(head);
        self.source = match look(head.get(..HEAD_BYTES).unwrap_or(&head)) {
            Ok(form) => self.open(form, &head),
            Err(Foreign::Json(_)) => Source::Json(head),
            Err(foreign) => Source::Foreign(foreign),
        };
    }

    /// Reads the first bytes: with the delimiter that rows agree on, or with the one by which there is a header.
    fn open(&mut self, form: Form, head: &[u8]) -> Source {
        let form = self.view.scheme.form(form);
        // Which it is does not hang on how much of the file came at once.
        let (first, rest) = head.split_at_checked(HEAD_BYTES).unwrap_or((head, &[]));
        let opened = |delimiter| {
            let form = Form { delimiter, ..form };
            let (mut splitter, mut view) = (Splitter::new(form), self.view.clone());
            splitter.feed(first, &mut |item| view.item(&item));
            (form, splitter, view)
        };
        let mut found = opened(form.delimiter);
        if found.2.header.is_none() && !self.view.scheme.says_delimiter() {
            let others = DELIMITERS.into_iter().map(opened);
            found = others.into_iter().find(|(.., view)| view.header.is_some()).unwrap_or(found);
        }
        let (form, mut splitter, mut view) = found;
        splitter.feed(rest, &mut |item| view.item(&item));
        self.view = view;
        Source::Text(form, Box::new(splitter))
    }

    /// What the table is, as far as it was seen: its beginning is enough.
    ///
    /// # Errors
    /// [`Refusal`], with what the file is instead or which column it lacks.
    pub fn kind(mut self) -> Result<(Kind, Generation), Refusal> {
        match self.end() {
            // An answer whose end is not there yet has its columns first.
            Err(Refusal::Json(why)) => {
                let Source::Json(head) = &self.source else { return Err(Refusal::Json(why)) };
                let columns = json::columns(head).ok_or(Refusal::Json(why))?;
                self.view.row(&columns.row(1));
            }
            end => drop(end?),
        }
        let (layout, kind, _) = self.view.header()?;
        Ok((kind, Generation::of(&layout, kind)))
    }

    /// All that there is was seen.
    fn end(&mut self) -> Result<Option<Page>, Refusal> {
        self.judge();
        match &mut self.source {
            Source::Text(_, splitter) => {
                splitter.finish(&mut |item| self.view.item(&item));
                Ok(None)
            }
            Source::Json(bytes) => json::rows(bytes, |line, cells| self.view.row(&cells.row(line))),
            Source::Foreign(foreign) => Err(Refusal::Foreign(foreign.clone())),
            Source::Head(_) | Source::Workbook => Ok(None),
        }
    }

    /// How the table is to be read.
    ///
    /// # Errors
    /// [`Refusal`], with what has to be said or exported anew.
    pub fn finish(mut self) -> Result<Plan, Refusal> {
        let page = self.end()?;
        let form = match &self.source {
            Source::Text(form, _) => Some(*form),
            _ => None,
        };
        self.view.plan(form, page)
    }
}

/// What was seen of the rows.
#[derive(Clone, Debug)]
struct View {
    scheme: Scheme,
    said: Said,
    header: Option<(Layout, Kind, u64)>,
    /// What is wrong with the row that comes nearest to a header, and how many of its columns are known.
    nearest: Option<(usize, Refusal)>,
    /// Rows looked at for the header.
    looked: usize,
    /// Rows below the header.
    rows: u64,
    watched: Vec<Watched>,
    /// Columns by which rows are left out: place, and which rule of the map.
    skips: Vec<(usize, usize)>,
    /// Whether the first row's time names no zone, nor does anybody.
    zone_is_open: bool,
}

/// A column whose values tell how they are written.
#[derive(Clone, Debug)]
struct Watched {
    place: usize,
    evidence: Evidence,
}

#[derive(Clone, Debug)]
enum Evidence {
    Date(date::Evidence),
    Number(number::Evidence),
}

impl View {
    fn new(scheme: Scheme, said: Said) -> Self {
        let (header, nearest, watched, skips) = (None, None, Vec::new(), Vec::new());
        let (looked, rows, zone_is_open) = (0, 0, false);
        Self { scheme, said, header, nearest, looked, rows, watched, skips, zone_is_open }
    }

    fn wants_more(&self) -> bool {
        match self.header {
            None => self.looked < HEADER_ROWS,
            Some(_) if self.rows < PLAIN_ROWS => !self.watched.is_empty(),
            Some(_) => !self.watched.iter().all(Watched::is_plain),
        }
    }

    fn item(&mut self, item: &Item<'_>) {
        if let Item::Row(row) = item {
            self.row(row);
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        let Some((layout, ..)) = &self.header else { return self.look_for_header(row) };
        // What is decided does not hang on how much of the file came at once.
        let is_use = layout.fits(row) && !self.scheme.leaves_out(&self.skips, row) && !adds_up(row);
        if !is_use || !self.wants_more() {
            return;
        }
        self.rows = self.rows.saturating_add(1);
        self.zone_is_open = self.zone_is_open || (self.rows == 1 && self.leaves_zone_open(row));
        for Watched { place, evidence } in &mut self.watched {
            let Some(cell) = row.cell(*place).filter(|_| !row.is_number(*place)) else { continue };
            match evidence {
                Evidence::Date(evidence) => evidence.see(row.line, cell),
                Evidence::Number(evidence) => evidence.see(row.line, cell),
            }
        }
    }

    fn leaves_zone_open(&self, row: &Row<'_>) -> bool {
        let Some((layout, kind, _)) = &self.header else { return false };
        let is_session = self.scheme.wants(Field::Opened, *kind, layout);
        let is_said = layout.has(Field::Offset) || self.said.zone.is_some();
        let place = layout.place(Field::Opened).filter(|_| is_session && !is_said);
        let written = place.and_then(|place| row.cell(place));
        let written = written.and_then(|text| date::read(text, Some(date::Order::Dmy)).ok());
        written.is_some_and(|written| written.offset.is_none())
    }

    fn look_for_header(&mut self, row: &Row<'_>) {
        if self.looked >= HEADER_ROWS || row.is_empty() {
            return;
        }
        self.looked = self.looked.saturating_add(1);
        match self.scheme.header(row) {
            Ok((layout, kind)) => {
                self.watched = watched(&self.scheme, &self.said, &layout, kind);
                self.skips = self.scheme.skips(&layout);
                self.header = Some((layout, kind, row.line));
            }
            Err(no_header) => self.note(row, no_header),
        }
    }

    /// Keeps what is wrong with the row, if none before it came nearer to a header.
    fn note(&mut self, row: &Row<'_>, no_header: NoHeader) {
        let line = row.line;
        let (known, refusal) = match no_header {
            NoHeader::Twice(name) => (usize::MAX, Refusal::Twice { line, name }),
            NoHeader::Lacks { missing, known } => {
                let found = row.iter().map(shown).collect();
                let is_mapped = matches!(self.scheme, Scheme::Mapped(_));
                (known, Refusal::Column { missing, line, found, is_mapped })
            }
        };
        if self.nearest.as_ref().is_none_or(|(before, _)| known > *before) {
            self.nearest = Some((known, refusal));
        }
    }

    fn header(self) -> Result<(Layout, Kind, u64), Refusal> {
        let nothing = Refusal::Foreign(Foreign::Empty);
        self.header.ok_or_else(|| self.nearest.map_or(nothing, |(_, refusal)| refusal))
    }

    fn plan(mut self, form: Option<Form>, page: Option<Page>) -> Result<Plan, Refusal> {
        let watched = core::mem::take(&mut self.watched);
        let skips = core::mem::take(&mut self.skips);
        let (scheme, said) = (self.scheme.clone(), self.said.clone());
        let zone_is_open = self.zone_is_open;
        let (layout, kind, header_line) = self.header()?;
        if let Some(place) = layout.place(Field::Opened).filter(|_| zone_is_open) {
            return Err(Refusal::Zone { column: layout.name(place).to_owned() });
        }
        let mut formats: Vec<Format> = layout.names.iter().map(|_| Format::default()).collect();
        for (place, field) in layout.columns() {
            if let Some(format) = formats.get_mut(place) {
                *format = scheme.format(field, &said);
            }
        }
        for Watched { place, evidence } in watched {
            let column = || layout.name(place).to_owned();
            let Some(format) = formats.get_mut(place) else { continue };
            match evidence {
                Evidence::Date(evidence) => {
                    let order = evidence.decide();
                    let order = order.map_err(|why| Refusal::Dates { column: column(), why })?;
                    format.date = DateForm::Written(order);
                }
                Evidence::Number(evidence) => {
                    let decimal = evidence.decide();
                    format.decimal =
                        decimal.map_err(|why| Refusal::Numbers { column: column(), why })?;
                }
            }
        }
        let generation = Generation::of(&layout, kind);
        let zone = said.zone;
        Ok(Plan { kind, generation, form, scheme, header_line, layout, formats, zone, skips, page })
    }
}

impl Watched {
    fn is_plain(&self) -> bool {
        match &self.evidence {
            Evidence::Date(evidence) => evidence.is_plain(),
            Evidence::Number(evidence) => evidence.is_plain(),
        }
    }
}

/// The columns whose values have to tell how they are written, since nobody says it.
fn watched(scheme: &Scheme, said: &Said, layout: &Layout, kind: Kind) -> Vec<Watched> {
    let watch = |(place, field): (usize, Field)| {
        let format = scheme.format(field, said);
        let evidence = if field.is_date() && format.date == DateForm::Written(None) {
            Evidence::Date(date::Evidence::default())
        } else if field.is_number() && format.decimal.is_none() {
            Evidence::Number(number::Evidence::default())
        } else {
            return None;
        };
        Some(Watched { place, evidence })
    };
    let wanted = layout.columns().filter(|(_, field)| scheme.wants(*field, kind, layout));
    wanted.filter_map(watch).collect()
}

impl Scheme {
    /// What is said of a column, by the map or by somebody.
    fn format(&self, field: Field, said: &Said) -> Format {
        let format = match self {
            Self::Mapped(map) => map.format(field),
            Self::Vendor | Self::Charges => Format::default(),
        };
        let date = match format.date {
            DateForm::Written(None) => DateForm::Written(said.dates),
            other => other,
        };
        Format { date, decimal: format.decimal.or(said.decimal) }
    }

    /// The form of a table, where the map says more of it than the bytes.
    fn form(&self, form: Form) -> Form {
        match self {
            Self::Mapped(map) => {
                Form { delimiter: map.delimiter().unwrap_or(form.delimiter), ..form }
            }
            Self::Vendor | Self::Charges => form,
        }
    }

    fn says_delimiter(&self) -> bool {
        matches!(self, Self::Mapped(map) if map.delimiter().is_some())
    }

    fn skips(&self, layout: &Layout) -> Vec<(usize, usize)> {
        match self {
            Self::Mapped(map) => map.skips(&layout.names),
            Self::Vendor | Self::Charges => Vec::new(),
        }
    }
}

//! Workbooks of `.xlsx`: sheets of rows of cells, as text.
//!
//! A cell's text is what a CSV of the sheet would say in a program without a locale: `140.5`, `2026-01-31`,
//! `2026-01-31T09:30:00`, `TRUE`. Numbers have the fifteen digits that a spreadsheet shows, so that a stored
//! 2.2999999999999998 is `2.3`. A number is a date where its style says so, as nothing else does.

mod cell;
mod parts;
mod rows;
mod style;
mod xml;

pub use cell::{Cell, CellKind, Row};
pub use rows::Rows;

use super::{Archive, Contents, Fault, Limits, Problem};
use parts::{Shared, Sheet};
use std::io::{Read, Seek};
use style::Styles;

/// A workbook, whose sheets are read row by row.
pub struct Workbook<R> {
    archive: Archive<R>,
    sheets: Vec<Sheet>,
    shared: Shared,
    styles: Styles,
}

impl<R: Read + Seek> Workbook<R> {
    /// Reads all but the sheets.
    fn open(archive: Archive<R>, part: &str) -> Result<Self, Fault> {
        let relations = parts::relations(&archive, &parts::relations_of(part))?;
        let (sheets, since_1904) = parts::sheets(&archive, part, &relations)?;
        let target = |kind: &str| {
            let relation = relations.iter().find(|relation| relation.kind.ends_with(kind))?;
            Some(parts::resolved(part, &relation.target)).filter(|part| archive.has(part))
        };
        let shared = match target("/sharedStrings") {
            Some(part) => parts::shared(&archive, &part)?,
            None => Shared::default(),
        };
        let styles = match target("/styles") {
            Some(part) => style::styles(&archive, &part, since_1904)?,
            None => Styles::default(),
        };
        Ok(Self { archive, sheets, shared, styles })
    }

    /// The names of its sheets, in the order of their tabs, hidden ones included.
    pub fn sheets(&self) -> impl ExactSizeIterator<Item = &str> {
        self.sheets.iter().map(|sheet| &*sheet.name)
    }

    /// The rows of the sheet of this name; without a name, of the first one that is not hidden.
    ///
    /// # Errors
    /// [`Fault`] when there is no such sheet, or it cannot be read.
    pub fn rows(&self, sheet: Option<&str>) -> Result<Rows<'_, R>, Fault> {
        let found = match sheet {
            Some(name) => self.sheets.iter().find(|sheet| sheet.name == name),
            None => self.sheets.iter().find(|sheet| !sheet.hidden),
        };
        let Some(found) = found else {
            let known = self.sheets().map(str::to_owned).collect();
            let name = sheet.unwrap_or("sheet").to_owned();
            let problem = Problem::Missing(name, known);
            return Err(Fault::new(self.archive.file(), None, problem));
        };
        Rows::open(self, found)
    }

    fn limits(&self) -> &Limits {
        self.archive.limits()
    }
}

/// What a zip is: a workbook, another program's document, or a zip.
pub(super) fn look<R: Read + Seek>(archive: Archive<R>) -> Result<Contents<R>, Fault> {
    let other = |what| Err(Fault::new(archive.file(), None, Problem::Document(what)));
    if archive.has("mimetype") && archive.has("content.xml") {
        return other("a document of OpenOffice or LibreOffice");
    }
    if !archive.has("[Content_Types].xml") {
        return Ok(Contents::Zip(archive));
    }
    let relations = parts::relations(&archive, "_rels/.rels")?;
    let root = relations.iter().find(|relation| relation.kind.ends_with("/officeDocument"));
    let part = root.map(|root| parts::resolved("", &root.target)).unwrap_or_default();
    match part.rsplit('.').next() {
        Some("xml") if archive.has("word/document.xml") => other("a document of Word"),
        Some("xml") if archive.has(&part) => Workbook::open(archive, &part).map(Contents::Workbook),
        Some("bin") => other("a binary workbook (.xlsb)"),
        _ => other("a document of Office without a workbook"),
    }
}

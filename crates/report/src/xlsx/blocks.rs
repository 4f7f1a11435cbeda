//! The blocks of a section on its sheet.

use rust_xlsxwriter::{
    Format, FormatAlign, Table as ExcelTable, TableColumn, TableStyle, XlsxError,
};

use super::names::Names;
use super::sheet::{Sheet, lines};
use super::styles::{aligned, total};
use crate::document::{Block, Cell, Emphasis, Figure, Kind, Paragraph, Span, Table};

/// The height of a line in points.
const LINE: u32 = 15;

impl Sheet<'_> {
    /// Writes a block and leaves a row free below it.
    pub(super) fn block(&mut self, block: &Block) -> Result<(), XlsxError> {
        match block {
            Block::Text(paragraphs) => {
                for paragraph in paragraphs {
                    self.paragraph(paragraph)?;
                }
            }
            Block::Figures(figures) => self.figures(figures)?,
            Block::Table(table) => self.table(table)?,
            Block::Chart(chart) => self.chart(chart)?,
        }
        self.row += 1;
        Ok(())
    }

    /// A paragraph over as many columns as are needed to read it.
    fn paragraph(&mut self, paragraph: &Paragraph) -> Result<(), XlsxError> {
        let spans: Vec<(Format, String)> = paragraph.iter().map(span).collect();
        let spans: Vec<_> = spans.iter().filter(|(_, text)| !text.is_empty()).collect();
        let whole: String = spans.iter().map(|(_, text)| text.as_str()).collect();
        let (last, wide) = self.text_span();
        let style = self.styles.paragraph.clone();
        self.worksheet.merge_range(self.row, 0, self.row, last, "", &style)?;
        if spans.len() > 1 {
            let parts: Vec<_> =
                spans.iter().map(|(format, text)| (format, text.as_str())).collect();
            self.worksheet.write_rich_string_with_format(self.row, 0, &parts, &style)?;
        } else {
            let format = self.styles.prose(&whole);
            let format = match spans.first() {
                Some((emphasis, _)) => emphasis.merge(&format),
                None => format,
            };
            self.worksheet.write_string_with_format(self.row, 0, &whole, &format)?;
        }
        self.worksheet.set_row_height(self.row, LINE * lines(&whole, wide))?;
        self.row += 1;
        Ok(())
    }

    /// A caption, a summary or a note, written past the edge of its cell.
    pub(super) fn line(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.string(0, text, format)?;
            self.row += 1;
        }
        Ok(())
    }

    /// Key figures: what, how much, and a few words.
    fn figures(&mut self, figures: &[Figure]) -> Result<(), XlsxError> {
        let quiet = self.styles.quiet.clone().set_indent(1);
        for figure in figures {
            self.string(0, &figure.label, &Format::new())?;
            self.cell(1, &figure.kind, &figure.value, |format| {
                format.set_bold().set_align(FormatAlign::Right)
            })?;
            self.string(2, &figure.note, &quiet)?;
            self.row += 1;
        }
        Ok(())
    }

    /// A table of the workbook, with filters; its totals stand below it.
    fn table(&mut self, table: &Table) -> Result<(), XlsxError> {
        let (heading, quiet) = (self.styles.heading.clone(), self.styles.quiet.clone());
        self.line(&table.caption, &heading)?;
        self.note_header();
        let first = self.row;
        let kinds: Vec<&Kind> = table.columns.iter().map(|column| &column.kind).collect();
        self.row += 1;
        for row in &table.rows {
            self.cells(&kinds, row, |format| format)?;
        }
        // A table of a workbook has a row, even an empty one.
        self.row = self.row.max(first + 2);
        let headers: Vec<&str> =
            table.columns.iter().map(|column| column.header.as_str()).collect();
        self.excel_table(first, &headers, &kinds)?;
        if let Some(totals) = &table.totals {
            self.cells(&kinds, totals, total)?;
        }
        self.line(&table.note, &quiet)
    }

    fn cells(
        &mut self,
        kinds: &[&Kind],
        cells: &[Cell],
        style: fn(Format) -> Format,
    ) -> Result<(), XlsxError> {
        for (column, (kind, cell)) in (0_u16..).zip(kinds.iter().zip(cells)) {
            self.cell(column, kind, cell, style)?;
        }
        let lines = self.lines_of(cells);
        if lines > 1 {
            self.worksheet.set_row_height(self.row, LINE * lines)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Makes a table of the rows from `first` to the one before the next.
    pub(super) fn excel_table(
        &mut self,
        first: u32,
        headers: &[&str],
        kinds: &[&Kind],
    ) -> Result<(), XlsxError> {
        let mut names = Names::default();
        let columns: Vec<TableColumn> = headers
            .iter()
            .zip(kinds)
            .map(|(header, kind)| {
                let format = aligned(Format::new().set_bold().set_text_wrap(), kind);
                TableColumn::new().set_header(names.header(header)).set_header_format(format)
            })
            .collect();
        let last = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        let excel = ExcelTable::new().set_style(TableStyle::Light1).set_columns(&columns);
        self.worksheet.add_table(first, 0, self.row - 1, last, &excel)?;
        Ok(())
    }
}

fn span(span: &Span) -> (Format, String) {
    match span {
        Span::Text(text, Emphasis::None) => (Format::new(), text.clone()),
        Span::Text(text, Emphasis::Strong) => (Format::new().set_bold(), text.clone()),
        Span::Text(text, Emphasis::Light) => (Format::new().set_italic(), text.clone()),
        Span::Source(number) => (Format::new(), format!("[{number}]")),
    }
}

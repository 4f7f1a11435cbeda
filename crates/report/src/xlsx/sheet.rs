//! One sheet while it is written, from top to bottom.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::styles::Styles;
use crate::document::{Block, Cell, Kind, Section, Table};
use crate::words::Words;

/// The columns that a sheet without tables has, and their width in characters.
const COLUMNS_MIN: usize = 8;
const WIDTH: u16 = 14;
const WIDTH_MAX: u16 = 48;
/// Text runs over as many columns as make this many characters.
const TEXT_WIDTH: u16 = 100;
/// Whole numbers beyond this lose digits in a spreadsheet.
const WHOLE_MAX: u64 = 999_999_999_999_999;

/// A sheet that is being written.
pub(super) struct Sheet<'a> {
    pub(super) worksheet: &'a mut Worksheet,
    pub(super) name: &'a str,
    pub(super) words: Words,
    pub(super) styles: Styles,
    /// The next free row.
    pub(super) row: u32,
    /// The header of the only table, when it is near enough to the top to stay in sight.
    header: Option<u32>,
    widths: Vec<u16>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        worksheet: &'a mut Worksheet,
        name: &'a str,
        words: Words,
        styles: Styles,
    ) -> Self {
        Self { worksheet, name, words, styles, row: 0, header: None, widths: Vec::new() }
    }

    /// The heading of the sheet.
    pub(super) fn title(&mut self, title: &str) -> Result<(), XlsxError> {
        self.worksheet.write_string_with_format(0, 0, title, &self.styles.title)?;
        self.row = 2;
        Ok(())
    }

    /// The widths that the tables of the section ask for.
    pub(super) fn set_widths(&mut self, section: &Section) -> Result<(), XlsxError> {
        self.widths = vec![WIDTH; COLUMNS_MIN];
        let mut asked: Vec<u16> = Vec::new();
        for table in section.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        }) {
            asked.resize(asked.len().max(table.columns.len()), 0);
            for (index, width) in asked.iter_mut().enumerate().take(table.columns.len()) {
                *width = (*width).max(width_of(table, index, self.words));
            }
        }
        self.widths.resize(asked.len().max(COLUMNS_MIN), WIDTH);
        for (width, asked) in self.widths.iter_mut().zip(asked) {
            *width = asked;
        }
        for (column, width) in (0_u16..).zip(&self.widths) {
            self.worksheet.set_column_width(column, *width)?;
        }
        Ok(())
    }

    /// The last of the columns that text runs over, and how many characters wide they are.
    pub(super) fn text_span(&self) -> (u16, u16) {
        let mut wide = 0_u16;
        for (column, width) in (0_u16..).zip(&self.widths) {
            wide = wide.saturating_add(*width);
            if wide >= TEXT_WIDTH {
                return (column, wide);
            }
        }
        (u16::try_from(self.widths.len()).unwrap_or(1).saturating_sub(1), wide)
    }

    /// Text in one cell.
    pub(super) fn string(
        &mut self,
        column: u16,
        text: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        self.worksheet.write_string_with_format(self.row, column, text, format)?;
        Ok(())
    }

    /// A cell of the document, as the type it is.
    pub(super) fn cell(
        &mut self,
        column: u16,
        kind: &Kind,
        cell: &Cell,
        style: fn(Format) -> Format,
    ) -> Result<(), XlsxError> {
        let row = self.row;
        let format = style(self.styles.of(kind));
        match cell {
            Cell::Empty => self.worksheet.write_blank(row, column, &format)?,
            Cell::Text(text) => {
                let format = style(self.styles.text(kind, text));
                self.worksheet.write_string_with_format(row, column, text, &format)?
            }
            Cell::Whole(whole) if whole.unsigned_abs() > WHOLE_MAX => {
                let digits = self.words.cell(kind, cell);
                self.worksheet.write_string_with_format(row, column, digits, &format)?
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "a workbook holds doubles; larger ones are text"
            )]
            Cell::Whole(whole) => {
                self.worksheet.write_number_with_format(row, column, *whole as f64, &format)?
            }
            #[expect(clippy::cast_precision_loss, reason = "a workbook holds doubles")]
            Cell::Micros(micros) => {
                let number = *micros as f64 / 1e6;
                self.worksheet.write_number_with_format(row, column, number, &format)?
            }
            Cell::Number(number) => {
                self.worksheet.write_number_with_format(row, column, *number, &format)?
            }
            Cell::Date { year, month, day } => {
                let date = rust_xlsxwriter::ExcelDateTime::from_ymd(*year, *month, *day)?;
                self.worksheet.write_datetime_with_format(row, column, &date, &format)?
            }
        };
        Ok(())
    }

    /// How many lines the texts of a row take in their columns.
    pub(super) fn lines_of(&self, cells: &[Cell]) -> u32 {
        let texts = cells.iter().zip(&self.widths).filter_map(|(cell, width)| match cell {
            Cell::Text(text) => Some(lines(text, *width)),
            _ => None,
        });
        texts.max().unwrap_or(1)
    }

    /// Notes where the header of a table stands.
    pub(super) fn note_header(&mut self) {
        if self.row <= 8 {
            self.header = Some(self.row);
        }
    }

    /// Fixes what stays in sight: the header, when there is one table and it is near the top; otherwise the title.
    pub(super) fn finish(self, section: &Section) -> Result<(), XlsxError> {
        let tables = section.blocks.iter().filter(|block| matches!(block, Block::Table(_))).count();
        let header = self.header.filter(|_| tables == 1);
        self.worksheet.set_freeze_panes(header.map_or(1, |row| row + 1), 0)?;
        if let Some(row) = header {
            self.worksheet.set_repeat_rows(row, row)?;
        }
        Ok(())
    }
}

/// About how many lines a text takes in so many characters.
pub(super) fn lines(text: &str, wide: u16) -> u32 {
    let wide = u32::from(wide.max(1));
    let count = |line: &str| u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
    // A row is at most 409 points high.
    text.split('\n').map(|line| count(line).div_ceil(wide).max(1)).sum::<u32>().min(27)
}

/// How wide a column should be, in characters.
fn width_of(table: &Table, index: usize, words: Words) -> u16 {
    let Some(column) = table.columns.get(index) else { return WIDTH };
    let cells = table.rows.iter().chain(&table.totals).filter_map(|row| row.get(index));
    let longest = cells.map(|cell| words.figure(&column.kind, cell).chars().count()).max();
    // The arrow of the filter covers three characters of the header.
    let header = column.header.chars().count() + 3;
    let fitting = longest.unwrap_or(0).max(header) + 2;
    let asked = column.width.unwrap_or(u16::try_from(fitting).unwrap_or(WIDTH_MAX));
    asked.clamp(8, WIDTH_MAX)
}

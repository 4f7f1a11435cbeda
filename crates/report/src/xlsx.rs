//! A workbook: a cover and one sheet a section, with typed cells, tables and charts of its own.
//!
//! It holds no formula: what people wrote is written as strings, and charts point at cells.

mod blocks;
mod chart;
mod names;
mod sheet;
mod styles;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::document::{Day, Document, Section, check};
use crate::error::Error;
use crate::words::Words;
use names::Names;
use sheet::Sheet;
use styles::Styles;

/// The document as an Office Open XML workbook.
///
/// Equal documents are equal bytes.
///
/// # Errors
///
/// What [`Error`] lists: nothing is written when anything in the document is wrong.
pub fn xlsx(document: &Document) -> Result<Vec<u8>, Error> {
    let made = check(document)?;
    write(document, made).map_err(|error| Error::Workbook(error.to_string()))
}

fn write(document: &Document, made: Day) -> Result<Vec<u8>, XlsxError> {
    let words = Words::of(&document.language);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(document, made)?);
    let mut names = Names::default();
    let cover = names.unique(words.cover);
    let sheets: Vec<String> =
        document.sections.iter().map(|section| names.unique(title(section, words))).collect();
    write_cover(workbook.add_worksheet(), document, &cover, &sheets, words)?;
    for (section, name) in document.sections.iter().zip(&sheets) {
        let worksheet = workbook.add_worksheet();
        prepare(worksheet, document, name)?;
        let mut sheet = Sheet::new(worksheet, name, words, Styles::new());
        sheet.title(&section.title)?;
        sheet.set_widths(section)?;
        for block in &section.blocks {
            sheet.block(block)?;
        }
        sheet.finish(section)?;
    }
    workbook.save_to_buffer()
}

fn title(section: &Section, words: Words) -> &str {
    if section.title.trim().is_empty() { words.untitled } else { &section.title }
}

fn properties(document: &Document, made: Day) -> Result<DocProperties, XlsxError> {
    let created = ExcelDateTime::from_ymd(made.year, made.month, made.day)?;
    Ok(DocProperties::new()
        .set_title(&document.title)
        .set_subject(&document.subtitle)
        .set_author("Faregate")
        .set_creation_datetime(&created))
}

/// How a sheet is printed: A4, as wide as a page, its name above and its number below.
fn prepare(worksheet: &mut Worksheet, document: &Document, name: &str) -> Result<(), XlsxError> {
    const A4: u8 = 9;
    // What Excel takes in a footer is 255 characters, its own codes included.
    let below: String = document.footer.chars().take(100).collect();
    let above: String = document.title.chars().take(100).collect();
    worksheet.set_name(name)?;
    worksheet
        .set_screen_gridlines(false)
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_header(format!("&L{}", literal(&above)))
        .set_footer(format!("&L{}&R&P / &N", literal(&below)));
    Ok(())
}

/// Text that a header or footer takes as it is.
fn literal(text: &str) -> String {
    text.replace(char::is_control, " ").replace('&', "&&")
}

fn write_cover(
    worksheet: &mut Worksheet,
    document: &Document,
    name: &str,
    sheets: &[String],
    words: Words,
) -> Result<(), XlsxError> {
    let styles = Styles::new();
    prepare(worksheet, document, name)?;
    worksheet.set_column_width(0, 6)?.set_column_width(1, 100)?;
    worksheet.write_string_with_format(0, 0, &document.title, &styles.title)?;
    worksheet.write_string_with_format(1, 0, &document.subtitle, &styles.subtitle)?;
    let made = format!("{} {}", words.made, document.made);
    worksheet.write_string_with_format(2, 0, made, &styles.quiet)?;
    let mut row = 4;
    worksheet.write_string_with_format(row, 0, words.contents, &styles.heading)?;
    for (number, (section, sheet)) in (1_u32..).zip(document.sections.iter().zip(sheets)) {
        row += 1;
        worksheet.write_number_with_format(row, 0, number, &styles.ordinal)?;
        let link = rust_xlsxwriter::Url::new(format!("internal:'{sheet}'!A1"));
        worksheet.write_url_with_text(row, 1, link, title(section, words))?;
    }
    row += 2;
    if !document.sources.is_empty() {
        worksheet.write_string_with_format(row, 0, words.sources, &styles.heading)?;
    }
    for (number, source) in (1_u32..).zip(&document.sources) {
        row += 1;
        worksheet.write_number_with_format(row, 0, number, &styles.ordinal)?;
        worksheet.write_string_with_format(row, 1, source, &styles.prose(source))?;
    }
    worksheet.write_string_with_format(row + 2, 0, &document.footer, &styles.quiet)?;
    Ok(())
}

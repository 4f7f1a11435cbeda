//! How cells look.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use crate::document::Kind;

/// Ink for what stands back.
const QUIET: u32 = 0x5F_6B_7A;
/// Ink for headings.
pub(super) const DARK: u32 = 0x1F_3A_5F;

/// The formats of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) heading: Format,
    pub(super) quiet: Format,
    pub(super) ordinal: Format,
    pub(super) paragraph: Format,
    plain: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(16).set_font_color(DARK),
            subtitle: Format::new().set_font_size(12),
            heading: Format::new().set_bold().set_font_size(12).set_font_color(DARK),
            quiet: Format::new().set_font_color(QUIET),
            ordinal: plain.clone().set_num_format("0").set_align(FormatAlign::Left),
            paragraph: plain.clone().set_text_wrap(),
            plain,
        }
    }

    /// The format of a text over several columns.
    pub(super) fn prose(&self, text: &str) -> Format {
        as_text(self.paragraph.clone(), text)
    }

    /// The format of a text in a column of a kind: words stand at the left, in a column of figures at the right.
    pub(super) fn text(&self, kind: &Kind, text: &str) -> Format {
        as_text(aligned(self.paragraph.clone(), kind), text)
    }

    /// The format of numbers and days of a kind.
    pub(super) fn of(&self, kind: &Kind) -> Format {
        let format = aligned(self.plain.clone(), kind);
        match kind {
            Kind::Text => format,
            Kind::Whole => format.set_num_format("#,##0"),
            Kind::Number { digits } => format.set_num_format(number(*digits)),
            Kind::Money { currency, digits } => {
                format.set_num_format(format!("{}\\ [${currency}]", number(*digits)))
            }
            Kind::Share => format.set_num_format("0.0%"),
            Kind::Date => format.set_num_format("yyyy\\-mm\\-dd"),
        }
    }
}

/// The same for the row of totals.
pub(super) fn total(format: Format) -> Format {
    format.set_bold().set_border_top(FormatBorder::Thin)
}

/// Where the cells of a kind stand.
pub(super) fn aligned(format: Format, kind: &Kind) -> Format {
    match kind {
        Kind::Text | Kind::Date => format.set_align(FormatAlign::Left).set_indent(1),
        _ => format.set_align(FormatAlign::Right),
    }
}

/// A text that looks like a formula is marked as text, so that it stays text when somebody edits the cell.
fn as_text(format: Format, text: &str) -> Format {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']);
    if formula { format.set_quote_prefix() } else { format }
}

fn number(digits: u8) -> String {
    let zeros = "0".repeat(usize::from(digits));
    if zeros.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{zeros}") }
}

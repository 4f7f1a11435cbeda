//! Cells of CSV that people open in spreadsheets.

use std::borrow::Cow;

/// What begins a formula; the wide forms do to spreadsheets of some languages.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A cell that no spreadsheet takes for a formula: one that would be, has a quote in front, which spreadsheets hide.
///
/// Blanks and control characters at the beginning hide nothing: some spreadsheets drop them. Numbers below zero are
/// guarded too, so this is for texts.
///
/// ```
/// use faregate_core::csv::guarded;
///
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(guarded("Anna L\u{f3}pez"), "Anna L\u{f3}pez");
/// ```
#[must_use]
pub fn guarded(cell: &str) -> Cow<'_, str> {
    let hides = |c: char| c.is_whitespace() || c.is_control();
    let is_formula = cell.trim_start_matches(hides).starts_with(FORMULA);
    if is_formula || cell.starts_with(['\t', '\r', '\n']) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

/// A cell between quotes where RFC 4180 wants them: beside a comma, a quote or a line's end of its own.
///
/// ```
/// use faregate_core::csv::quoted;
///
/// assert_eq!(quoted("Revit"), "Revit");
/// assert_eq!(quoted("12\" wide, flat"), "\"12\"\" wide, flat\"");
/// ```
#[must_use]
pub fn quoted(cell: &str) -> Cow<'_, str> {
    match cell.contains([',', '"', '\r', '\n']) {
        true => Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\""))),
        false => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for start in ["", " ", "\t", "\r\n", "\u{a0}", "\u{0}"] {
            for formula in FORMULA {
                let cell = format!("{start}{formula}cmd|'/c calc'!A0");
                assert_eq!(guarded(&cell), format!("'{cell}"));
            }
        }
        for cell in ["\tx", "\rx", "\nx"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", " ", "a=b", "1-2", "'=1", "\u{8868}=", "x\t=1", " x"] {
            assert_eq!(guarded(cell), cell);
        }
    }
}

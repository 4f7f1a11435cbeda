//! Names that a workbook takes: of sheets, and of the columns of a table.

use std::collections::BTreeSet;

/// How long the name of a sheet may be, in UTF-16 units, as Excel counts.
const SHEET_MAX: usize = 31;

/// The names given so far, in lower case: a workbook does not tell capitals apart.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: BTreeSet<String>,
}

impl Names {
    /// A name of a sheet like `wanted`, that may be one and that no other sheet has.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(permitted).collect();
        let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        // Excel keeps this name to itself.
        let reserved = clean.is_empty() || clean.eq_ignore_ascii_case("history");
        let base = if reserved { format!("{clean} \u{2013}").trim().to_owned() } else { clean };
        self.numbered(&base, SHEET_MAX)
    }

    /// A header of a column like `wanted`, that no other column of the table has.
    pub(super) fn header(&mut self, wanted: &str) -> String {
        let base = if wanted.trim().is_empty() { "\u{2013}" } else { wanted };
        self.numbered(base, 255)
    }

    fn numbered(&mut self, base: &str, units_max: usize) -> String {
        for number in 1_u32.. {
            let suffix = if number == 1 { String::new() } else { format!(" ({number})") };
            let name = cut(base, units_max - suffix.len()) + &suffix;
            if self.given.insert(name.to_lowercase()) {
                return name;
            }
        }
        base.to_owned()
    }
}

fn permitted(found: char) -> char {
    match found {
        '[' | ']' | ':' | '*' | '?' | '/' | '\\' => ' ',
        // Quotes around the name are doubled in references, and refused at its ends.
        '\'' => '\u{2019}',
        other if other.is_control() => ' ',
        other => other,
    }
}

fn cut(text: &str, units_max: usize) -> String {
    let mut units = 0;
    let fits = |letter: &char| {
        units += letter.len_utf16();
        units <= units_max
    };
    text.chars().take_while(fits).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_named_as_sheets_may_be() {
        let long = "A heading of a section that goes on and on";
        let table = [
            ("Levers", "Levers"),
            ("levers", "levers (2)"),
            ("Q1/Q2: [draft]*?", "Q1 Q2 draft"),
            ("'quoted'", "\u{2019}quoted\u{2019}"),
            ("", "\u{2013}"),
            ("History", "History \u{2013}"),
            (long, "A heading of a section that goe"),
            (long, "A heading of a section that (2)"),
            ("\u{1F4C8}".repeat(20).as_str(), &"\u{1F4C8}".repeat(15)),
        ]
        .map(|(wanted, expected)| (wanted.to_owned(), expected.to_owned()));
        let mut names = Names::default();
        for (wanted, expected) in table {
            let name = names.unique(&wanted);
            assert_eq!(name, expected);
            assert!(name.encode_utf16().count() <= SHEET_MAX);
        }
    }
}

//! What a language decides: how numbers are written, and the few words that a document has of its own.

use crate::document::{Cell, Kind};

/// The marks and words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// Between thousands.
    pub(crate) thousands: &'static str,
    /// Before the digits of fractions.
    pub(crate) mark: char,
    /// After shares, with the space that is due.
    pub(crate) per_cent: &'static str,
    /// Whether a currency stands before its amount.
    pub(crate) currency_first: bool,
    /// The name of the first sheet.
    pub(crate) cover: &'static str,
    /// The heading of the list of sources.
    pub(crate) sources: &'static str,
    /// The heading of the list of sections.
    pub(crate) contents: &'static str,
    /// What stands before the day.
    pub(crate) made: &'static str,
    /// What a sheet or a section without a title is called.
    pub(crate) untitled: &'static str,
}

const ENGLISH: Words = Words {
    thousands: ",",
    mark: '.',
    per_cent: "%",
    currency_first: true,
    cover: "Cover",
    sources: "Sources",
    contents: "Contents",
    made: "Made on",
    untitled: "Untitled",
};

const GERMAN: Words = Words {
    thousands: ".",
    mark: ',',
    per_cent: "\u{a0}%",
    currency_first: false,
    cover: "Deckblatt",
    sources: "Quellen",
    contents: "Inhalt",
    made: "Erstellt am",
    untitled: "Ohne Titel",
};

const FRENCH: Words = Words {
    thousands: "\u{202f}",
    mark: ',',
    per_cent: "\u{202f}%",
    currency_first: false,
    cover: "Couverture",
    sources: "Sources",
    contents: "Sommaire",
    made: "Établi le",
    untitled: "Sans titre",
};

impl Words {
    /// Those of a language; English for one that is not known here.
    pub(crate) fn of(language: &str) -> Self {
        match language.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "de" => GERMAN,
            "fr" => FRENCH,
            _ => ENGLISH,
        }
    }

    /// A cell as people read it, without its currency, which a column says once.
    pub(crate) fn cell(&self, kind: &Kind, cell: &Cell) -> String {
        let digits = match kind {
            Kind::Number { digits } | Kind::Money { digits, .. } => usize::from(*digits),
            _ => 0,
        };
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Whole(whole) => self.marked(&format!("{whole}{}", fraction_of_zeros(digits))),
            Cell::Micros(micros) => self.marked(&decimal(*micros, digits)),
            Cell::Number(share) if *kind == Kind::Share => {
                format!("{}{}", self.number(share * 100.0, 1), self.per_cent)
            }
            Cell::Number(number) => self.number(*number, digits),
            Cell::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
        }
    }

    /// A cell that stands alone: with its currency.
    pub(crate) fn figure(&self, kind: &Kind, cell: &Cell) -> String {
        let text = self.cell(kind, cell);
        match (kind, cell) {
            (_, Cell::Empty | Cell::Text(_)) => text,
            (Kind::Money { currency, .. }, _) if self.currency_first => {
                format!("{currency}\u{a0}{text}")
            }
            (Kind::Money { currency, .. }, _) => format!("{text}\u{a0}{currency}"),
            _ => text,
        }
    }

    /// A number with so many digits after the mark.
    pub(crate) fn number(&self, number: f64, digits: usize) -> String {
        self.marked(&format!("{number:.digits$}"))
    }

    /// Digits as Rust writes them, with this language's marks.
    fn marked(&self, plain: &str) -> String {
        let (negative, digits) =
            plain.strip_prefix('-').map_or((false, plain), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut out = String::new();
        if negative && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
            out.push('\u{2212}');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                out.push_str(self.thousands);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.mark);
            out.push_str(fraction);
        }
        out
    }
}

fn fraction_of_zeros(digits: usize) -> String {
    if digits == 0 { String::new() } else { format!(".{}", "0".repeat(digits)) }
}

/// Millionths with so many digits, rounded half to even.
fn decimal(micros: i64, digits: usize) -> String {
    let kept = u32::try_from(digits.min(6)).unwrap_or(6);
    let unit = 10_u64.pow(6 - kept);
    let size = micros.unsigned_abs();
    let (below, rest) = (size / unit, size % unit);
    let up = rest * 2 > unit || (rest * 2 == unit && below % 2 == 1);
    let rounded = below + u64::from(up);
    let sign = if micros < 0 { "-" } else { "" };
    let scale = 10_u64.pow(kept);
    let fraction = if digits == 0 {
        String::new()
    } else {
        let shown = usize::try_from(kept).unwrap_or(6);
        format!(".{:0shown$}{}", rounded % scale, "0".repeat(digits - shown))
    };
    format!("{sign}{}{fraction}", rounded / scale)
}

#[cfg(test)]
mod tests;

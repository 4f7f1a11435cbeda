//! Rows that add up others, as spreadsheets and portals put them among the data.

use super::Row;

/// Words for a sum, in small letters.
const WORDS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "grand totals",
    "sub total",
    "subtotal",
    "sub-total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "gesamtergebnis",
    "insgesamt",
    "zwischensumme",
    "teilergebnis",
    "somme",
    "total général",
    "total general",
    "sous-total",
    "suma",
    "suma total",
    "totale",
];

/// Whether a cell says that its row adds up others: `Total`, `Grand total:`, `Summe`.
#[must_use]
pub fn is_summary(cell: &str) -> bool {
    const LONGEST: usize = 24;
    let cell = cell.trim().trim_end_matches([':', '.', ' ', '*']);
    let short = !cell.is_empty() && cell.len() <= LONGEST;
    // Most cells begin with no such letter, and this is asked of each.
    let first = cell.as_bytes().first().map(u8::to_ascii_lowercase);
    short
        && matches!(first, Some(b't' | b'g' | b's' | b'i' | b'z'))
        && WORDS.contains(&cell.to_lowercase().as_str())
}

/// Whether a cell where a product belongs says that it is all of them, as beside a sum.
pub(crate) fn is_everything(cell: &str) -> bool {
    const WORDS: &[&str] =
        &["all", "all products", "alle", "alle produkte", "tous", "todos", "tutti"];
    let cell = cell.trim().to_lowercase();
    cell.is_empty() || WORDS.contains(&cell.as_str())
}

/// Whether a cell begins with such a word: `Total for January`.
pub(crate) fn begins_summary(cell: &str) -> bool {
    let mut ends = cell.char_indices().filter(|(_, letter)| matches!(letter, ' ' | ':' | '('));
    is_summary(cell) || ends.any(|(end, _)| cell.get(..end).is_some_and(is_summary))
}

/// Whether a row that cannot be booked adds up others: a cell is a word for it; or the first begins with one, and
/// most others are empty, so that no row is lost whose team is called `Total Access`.
pub(crate) fn adds_up(row: &Row<'_>) -> bool {
    let mut said = row.iter().filter(|cell| !cell.trim().is_empty());
    let begins = said.next().is_some_and(begins_summary);
    let is_sparse = said.count().saturating_mul(2) < row.len();
    (begins && is_sparse) || row.iter().any(is_summary)
}

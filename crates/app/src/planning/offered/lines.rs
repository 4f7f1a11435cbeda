//! Which line of an offer file is at fault.

use core::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line of a place in a text, from 1.
pub(super) fn line_at(text: &str, place: usize) -> usize {
    let before = text.as_bytes().get(..place).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1)
}

/// The line of a number below a key of this name: the first of it, or the one after `skipped` of them.
pub(super) fn line_of(text: &str, name: &str, number: f64, skipped: usize) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let mut found = Vec::new();
    in_table(table.get_ref(), (name, number), false, &mut found);
    found.sort_unstable_by_key(|span| span.start);
    found.get(skipped).map(|span| line_at(text, span.start))
}

fn in_table(
    table: &DeTable<'_>,
    sought: (&str, f64),
    is_below: bool,
    found: &mut Vec<Range<usize>>,
) {
    for (key, value) in table {
        in_value(value, sought, is_below || key.get_ref().as_ref() == sought.0, found);
    }
}

fn in_value(
    value: &Spanned<DeValue<'_>>,
    sought: (&str, f64),
    is_below: bool,
    found: &mut Vec<Range<usize>>,
) {
    let number = match value.get_ref() {
        DeValue::Table(table) => return in_table(table, sought, is_below, found),
        DeValue::Array(values) => {
            return values.iter().for_each(|one| in_value(one, sought, is_below, found));
        }
        DeValue::Integer(digits) => digits.to_string().parse::<f64>().ok(),
        DeValue::Float(digits) => digits.as_str().parse::<f64>().ok(),
        _ => None,
    };
    // A number that is none is equal to nothing, and is at fault all the same.
    let is_it = |one: f64| one == sought.1 || (one.is_nan() && sought.1.is_nan());
    if is_below && number.is_some_and(is_it) {
        found.push(value.span());
    }
}

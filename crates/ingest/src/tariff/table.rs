//! Typed reading of TOML tables: every value asked for by key, every fault with its line.

use super::fault::{BadTariffFile, Fault};
use core::ops::Range;
use faregate_core::amount::parse_micros;
use faregate_core::when::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a file and the faults found in it so far.
pub(super) struct Doc<'t> {
    text: &'t str,
    faults: Vec<(usize, Fault)>,
}

impl<'t> Doc<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, faults: Vec::new() }
    }

    pub(super) fn fault(&mut self, span: Range<usize>, fault: Fault) {
        self.faults.push((self.line(&span), fault));
    }

    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        line_of(self.text, span.start)
    }

    fn source(&self, span: &Range<usize>) -> String {
        self.text.get(span.clone()).unwrap_or("").trim().to_owned()
    }

    /// The value, unless there was a fault.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, BadTariffFile> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => {
                self.faults.sort_by_key(|(line, _)| *line);
                Err(BadTariffFile(self.faults))
            }
        }
    }
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    memchr::memchr_iter(b'\n', before).count().saturating_add(1)
}

/// One table, which remembers the keys that were asked for.
pub(super) struct Table<'v> {
    entries: &'v DeTable<'v>,
    span: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'v> Table<'v> {
    pub(super) fn new(entries: &'v DeTable<'v>, span: Range<usize>) -> Self {
        Self { entries, span, asked: Vec::new() }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Reports a fault of a key's value.
    pub(super) fn report(&self, doc: &mut Doc<'_>, key: &str, fault: Fault) {
        let span = self.entries.get(key).map_or(self.span(), Spanned::span);
        doc.fault(span, fault);
    }

    /// Reports a fault of a key's value. Always `None`, to end a chain with.
    pub(super) fn fault<T>(&self, doc: &mut Doc<'_>, key: &str, fault: Fault) -> Option<T> {
        self.report(doc, key, fault);
        None
    }

    /// Reports every key that nobody asked for.
    pub(super) fn end(&self, doc: &mut Doc<'_>) {
        for key in self.entries.keys() {
            let name: &str = key.get_ref();
            if !self.asked.contains(&name) {
                doc.fault(key.span(), Fault::UnknownKey(name.to_owned(), self.asked.clone()));
            }
        }
    }

    fn value(&mut self, key: &'static str) -> Option<&'v Spanned<DeValue<'v>>> {
        self.asked.push(key);
        self.entries.get(key)
    }

    fn type_fault<T>(
        &self,
        doc: &mut Doc<'_>,
        key: &'static str,
        expected: &'static str,
    ) -> Option<T> {
        let span = self.entries.get(key).map_or(self.span(), Spanned::span);
        let written = doc.source(&span);
        self.fault(doc, key, Fault::Type(key, written, expected))
    }

    /// A text that must be there and say something.
    pub(super) fn text(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<String> {
        if !self.entries.contains_key(key) {
            self.asked.push(key);
            return self.fault(doc, key, Fault::Missing(key, "a text in quotes"));
        }
        self.optional_text(doc, key)
    }

    pub(super) fn optional_text(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<String> {
        match self.value(key)?.get_ref().as_str() {
            None => self.type_fault(doc, key, "a text in quotes"),
            Some(text) if text.trim().is_empty() => self.fault(doc, key, Fault::Empty(key)),
            Some(text) => Some(text.to_owned()),
        }
    }

    /// A list of at least one text.
    pub(super) fn texts(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<Vec<String>> {
        let Some(value) = self.value(key) else {
            return self.fault(doc, key, Fault::Missing(key, "a list of texts"));
        };
        let list = value.get_ref().as_array().map(|array| {
            array.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        });
        match list {
            Some(Some(texts)) if !Vec::is_empty(&texts) => Some(texts),
            _ => self.type_fault(doc, key, "a list of texts, such as [\"revit\"]"),
        }
    }

    /// A number of at least 0 in millionths, from a text or a TOML number.
    pub(super) fn decimal(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<i64> {
        let Some(value) = self.value(key) else {
            return self.fault(doc, key, Fault::Missing(key, "a decimal number"));
        };
        let written = match value.get_ref() {
            DeValue::String(text) => text.as_ref(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            _ => return self.type_fault(doc, key, "a decimal number such as 7 or \"2.5\""),
        };
        let written = written.strip_prefix('+').unwrap_or(written);
        if let Some(fault) = decimal_fault(key, written) {
            return self.fault(doc, key, fault);
        }
        match parse_micros(written) {
            Ok(micros) if micros < 0 => {
                self.fault(doc, key, Fault::Negative(key, written.to_owned()))
            }
            Ok(micros) => Some(micros),
            Err(_) => self.fault(doc, key, Fault::TooLarge(key)),
        }
    }

    /// Minutes of at least 0, as seconds.
    pub(super) fn seconds(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<i64> {
        const EXPECTED: &str = "whole minutes, 0 or more";
        let Some(value) = self.value(key) else {
            return self.fault(doc, key, Fault::Missing(key, EXPECTED));
        };
        let minutes = value.get_ref().as_integer().filter(|integer| integer.radix() == 10);
        let minutes: Option<u32> = minutes.and_then(|integer| integer.as_str().parse().ok());
        match minutes {
            Some(minutes) => Some(i64::from(minutes).saturating_mul(60)),
            None => self.type_fault(doc, key, EXPECTED),
        }
    }

    /// A date that may be missing, bare or in quotes.
    pub(super) fn date(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<Date> {
        let value = self.value(key)?;
        let date = match value.get_ref() {
            DeValue::Datetime(when) if when.time.is_none() => when.date.and_then(|date| {
                let year = i16::try_from(date.year).ok()?;
                Date::from_ymd(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
            }),
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        if date.is_none() {
            let written = doc.source(&value.span());
            return self.fault(doc, key, Fault::Date(key, written));
        }
        date
    }

    /// A table that must be there.
    pub(super) fn table(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Option<Table<'v>> {
        let Some(value) = self.value(key) else {
            return self.fault(doc, key, Fault::Missing(key, "its table"));
        };
        match value.get_ref().as_table() {
            Some(entries) => Some(Table::new(entries, value.span())),
            None => self.type_fault(doc, key, "a table"),
        }
    }

    /// One table or several, `[key]` or `[[key]]`; none where there is none.
    pub(super) fn tables(&mut self, doc: &mut Doc<'_>, key: &'static str) -> Vec<Table<'v>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let tables: Option<Vec<Table<'v>>> = match value.get_ref() {
            DeValue::Table(entries) => Some(vec![Table::new(entries, value.span())]),
            DeValue::Array(items) => items
                .iter()
                .map(|item| item.get_ref().as_table().map(|table| Table::new(table, item.span())))
                .collect(),
            _ => None,
        };
        tables.unwrap_or_else(|| self.type_fault(doc, key, "a table").unwrap_or_default())
    }
}

/// What is wrong with the form of a number.
fn decimal_fault(key: &'static str, written: &str) -> Option<Fault> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Some(Fault::Decimal(key, written.to_owned()));
    }
    (fraction.len() > 6).then(|| Fault::Decimals(key, written.to_owned()))
}

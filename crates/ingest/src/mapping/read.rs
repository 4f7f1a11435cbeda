//! A map out of its text.

use super::fault::{BadMap, Fault};
use super::{COLUMNS, CONSTANTS, Column, Map, Skip, seconds_of};
use crate::estate::nearest;
use crate::sheet::date::Order;
use crate::sheet::number::Decimal;
use crate::usage::{DateForm, Field, NameKind, plain};
use core::ops::Range;
use faregate_core::when::Zone;
use std::borrow::Cow;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Key<'v> = Spanned<Cow<'v, str>>;
type Value<'v> = Spanned<DeValue<'v>>;

/// Reads a map.
pub(super) fn read(text: &str) -> Result<Map, BadMap> {
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            return Err(BadMap(vec![(line, Fault::Syntax(error.message().to_owned()))]));
        }
    };
    let mut draft = Draft { text, map: Map::default(), faults: Vec::new() };
    draft.root(root.get_ref());
    draft.finish()
}

/// The line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    memchr::memchr_iter(b'\n', before).count().saturating_add(1)
}

struct Draft<'t> {
    text: &'t str,
    map: Map,
    faults: Vec<(usize, Fault)>,
}

const ROOT: [&str; 11] = [
    "name",
    "delimiter",
    "zone",
    "dates",
    "decimal",
    "who_is",
    "duration_in",
    "columns",
    "constants",
    "skip",
    "products",
];

impl Draft<'_> {
    fn fault(&mut self, span: &Range<usize>, fault: Fault) {
        self.faults.push((line_of(self.text, span.start), fault));
    }

    fn value(&mut self, key: &str, value: &Value<'_>, expected: &str) {
        let span = value.span();
        let written = self.text.get(span.clone()).unwrap_or_default();
        let written = written.trim().trim_matches('"').to_owned();
        self.fault(&span, Fault::Value(key.to_owned(), written, expected.to_owned()));
    }

    fn unknown(&mut self, key: &Spanned<impl AsRef<str>>, known: &[&'static str]) {
        let name = key.get_ref().as_ref();
        let near = nearest(name, known.iter().copied());
        let fault = Fault::UnknownKey(name.to_owned(), near, known.join(", "));
        self.fault(&key.span(), fault);
    }

    /// A value by its word; a fault and nothing where it is none of those expected.
    fn word<T>(
        &mut self,
        key: &str,
        value: &Value<'_>,
        expected: &str,
        named: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let found = value.get_ref().as_str().and_then(named);
        if found.is_none() {
            self.value(key, value, expected);
        }
        found
    }

    fn root(&mut self, root: &DeTable<'_>) {
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "name" => self.map.name = self.word("name", value, NAME, name).unwrap_or_default(),
                "delimiter" => {
                    self.map.delimiter = self.word("delimiter", value, DELIMITER, delimiter);
                }
                "zone" => self.zone(value),
                "dates" => self.dates(value),
                "decimal" => {
                    self.map.format.decimal =
                        self.word("decimal", value, "point or comma", Decimal::named);
                }
                "who_is" => self.map.name_kind = self.word("who_is", value, NAME_KINDS, name_kind),
                "duration_in" => {
                    let expected = "seconds, minutes or hours";
                    self.map.duration_seconds =
                        self.word("duration_in", value, expected, seconds_of);
                }
                "columns" => self.columns(value),
                "constants" => self.constants(value),
                "skip" => self.skips(value),
                "products" => self.products(value),
                _ => self.unknown(key, &ROOT),
            }
        }
        // Of columns, so after them.
        if let Some(dates) = root.get("dates").filter(|dates| dates.get_ref().is_table()) {
            self.dates_by_column(dates);
        }
        // What is missing may be there under a key that is misspelled.
        if self.faults.is_empty() {
            self.check(root);
        }
    }

    fn zone(&mut self, value: &Value<'_>) {
        let Some(name) =
            self.word("zone", value, "an IANA name in quotes", |name| Some(name.to_owned()))
        else {
            return;
        };
        match Zone::named(&name) {
            Ok(zone) => self.map.zone = Some(zone),
            Err(_) => self.fault(&value.span(), Fault::Zone(name)),
        }
    }

    fn dates(&mut self, value: &Value<'_>) {
        if !value.get_ref().is_table()
            && let Some(form) = self.word("dates", value, DATES, date_form)
        {
            self.map.format.date = form;
        }
    }

    fn dates_by_column(&mut self, value: &Value<'_>) {
        let DeValue::Table(entries) = value.get_ref() else { return };
        for (key, value) in entries {
            let name = key.get_ref().as_ref();
            let form = self.word(name, value, DATES, date_form);
            let field = field(name).filter(|field| field.is_date());
            let columns = &mut self.map.columns;
            match columns.iter_mut().find(|column| Some(column.field) == field) {
                Some(column) => column.date = form,
                None => self.unknown(key, &["opened", "closed", "day"]),
            }
        }
    }

    fn columns(&mut self, value: &Value<'_>) {
        const KNOWN: [&str; COLUMNS.len()] = names();
        let DeValue::Table(entries) = value.get_ref() else {
            return self.value("columns", value, "a table: [columns], and below it who = \"…\"");
        };
        for (key, value) in in_order(entries) {
            let name: &str = key.get_ref();
            let Some(field) = field(name) else {
                self.unknown(key, &KNOWN);
                continue;
            };
            let header = self.word(name, value, "the header of a column, in quotes", some_text);
            let Some(header) = header else { continue };
            let is_taken =
                self.map.columns.iter().any(|column| plain(&column.header) == plain(&header));
            if is_taken {
                self.fault(&value.span(), Fault::Twice(header));
            } else {
                self.map.columns.push(Column { header, field, date: None });
            }
        }
    }

    fn constants(&mut self, value: &Value<'_>) {
        let DeValue::Table(entries) = value.get_ref() else {
            return self.value(
                "constants",
                value,
                "a table: [constants], and below it site = \"…\"",
            );
        };
        for (key, value) in entries {
            let name: &str = key.get_ref();
            match field(name).filter(|_| CONSTANTS.contains(&name)) {
                None => self.unknown(key, &CONSTANTS),
                Some(field) => {
                    if let Some(text) = self.word(name, value, "a text in quotes", some_text) {
                        self.map.constants.push((field, text));
                    }
                }
            }
        }
    }

    fn skips(&mut self, value: &Value<'_>) {
        const EXPECTED: &str = "[[skip]], and below it column = \"…\" and is = [\"…\"]";
        let DeValue::Array(items) = value.get_ref() else {
            return self.value("skip", value, EXPECTED);
        };
        for item in items {
            match item.get_ref() {
                DeValue::Table(entries) => self.skip(&item.span(), entries),
                _ => self.value("skip", item, EXPECTED),
            }
        }
    }

    fn skip(&mut self, span: &Range<usize>, entries: &DeTable<'_>) {
        let (mut header, mut rules) = (None, Vec::new());
        for (key, value) in entries {
            match key.get_ref().as_ref() {
                "column" => header = self.word("column", value, "a header in quotes", some_text),
                "is" => rules.push((self.texts("is", value), true)),
                "is_not" => rules.push((self.texts("is_not", value), false)),
                _ => self.unknown(key, &["column", "is", "is_not"]),
            }
        }
        let rule = rules.pop();
        match (header, rule, rules.is_empty()) {
            (Some(header), Some((values, is_in)), true) => {
                self.map.skips.push(Skip { header, values, is_in });
            }
            (None, ..) => self.fault(span, Fault::Missing("column", "the header of a column")),
            (_, None, _) => {
                self.fault(span, Fault::Missing("is", "is = [\"…\"], or is_not = [\"…\"]"))
            }
            (.., false) => {
                self.fault(
                    span,
                    Fault::Contradiction("`is` and `is_not` at once; write two [[skip]]"),
                );
            }
        }
    }

    fn texts(&mut self, key: &str, value: &Value<'_>) -> Vec<String> {
        let items = value.get_ref().as_array().map(|array| {
            array.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        });
        match items {
            Some(Some(texts)) if !Vec::is_empty(&texts) => texts,
            _ => {
                self.value(key, value, "a list of texts, such as [\"named\"]");
                Vec::new()
            }
        }
    }

    fn products(&mut self, value: &Value<'_>) {
        let DeValue::Table(entries) = value.get_ref() else {
            return self.value(
                "products",
                value,
                "a table: [products], and below it \"Revit LT\" = \"revit-lt\"",
            );
        };
        for (key, value) in entries {
            let name: &str = key.get_ref();
            if let Some(product) = self.word(name, value, "a product's key in quotes", some_text) {
                self.map.products.insert(name.to_owned(), product);
            }
        }
    }

    /// What has to be there, and what must not be there twice.
    fn check(&mut self, root: &DeTable<'_>) {
        let has =
            |draft: &Self, wanted: Field| draft.map.columns.iter().any(|one| one.field == wanted);
        let both = self.map.constants.iter().map(|(field, _)| *field).filter(|one| has(self, *one));
        let both: Vec<Field> = both.collect();
        let at = |table: &str| root.get(table).map_or(0..0, Spanned::span);
        for field in both {
            self.fault(&at("constants"), Fault::Both(key_of(field).to_owned()));
        }
        if !root.contains_key("name") {
            self.fault(&(0..0), Fault::Missing("name", NAME));
        }
        let said = |draft: &Self, field| has(draft, field) || draft.map.constant(field).is_some();
        if !said(self, Field::Who) {
            self.fault(&at("columns"), Fault::Missing("who", "the header of the column of names"));
        }
        if !said(self, Field::Product) && !said(self, Field::Feature) {
            self.fault(
                &at("columns"),
                Fault::Missing("product", "the header of the column of products, or a constant"),
            );
        }
        match (has(self, Field::Opened), has(self, Field::Day)) {
            (false, false) => {
                let what = "the header of the column of times at which use begins, or `day`";
                self.fault(&at("columns"), Fault::Missing("opened", what));
            }
            (true, true) => {
                let what = "`opened` and `day` at once; a table has times or days";
                self.fault(&at("columns"), Fault::Contradiction(what));
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Result<Map, BadMap> {
        if self.faults.is_empty() {
            return Ok(self.map);
        }
        self.faults.sort_by_key(|(line, _)| *line);
        Err(BadMap(self.faults))
    }
}

/// The entries of a table as they are written; TOML has them by name.
fn in_order<'v>(entries: &'v DeTable<'v>) -> Vec<(&'v Key<'v>, &'v Value<'v>)> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

const NAME: &str = "a name of lower-case letters, digits and hyphens, such as \"portal\"";
const DELIMITER: &str = "one character, such as \";\" or \"\\t\"";
const NAME_KINDS: &str = "email, login, autodesk-id, hashed or full-name";
const DATES: &str = "dmy, mdy, epoch or epoch-ms";

const fn names() -> [&'static str; COLUMNS.len()] {
    let mut names = [""; COLUMNS.len()];
    let (mut from, mut to) = (COLUMNS, names.as_mut_slice());
    while let ([(name, _), others @ ..], [slot, slots @ ..]) = (from, to) {
        *slot = name;
        (from, to) = (others, slots);
    }
    names
}

fn field(name: &str) -> Option<Field> {
    COLUMNS.iter().find(|(column, _)| *column == name).map(|(_, field)| *field)
}

fn key_of(field: Field) -> &'static str {
    COLUMNS.iter().find(|(_, column)| *column == field).map_or("", |(name, _)| *name)
}

fn some_text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn name(text: &str) -> Option<String> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let good = !text.is_empty() && text.len() <= 64 && text.bytes().all(good);
    good.then(|| text.to_owned())
}

fn delimiter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => {
            Some(*byte)
        }
        _ => None,
    }
}

fn name_kind(word: &str) -> Option<NameKind> {
    Some(match word {
        "email" => NameKind::Email,
        "login" => NameKind::Login,
        "autodesk-id" => NameKind::AutodeskId,
        "hashed" => NameKind::Hashed,
        "full-name" => NameKind::FullName,
        _ => return None,
    })
}

fn date_form(word: &str) -> Option<DateForm> {
    match word {
        "epoch" => Some(DateForm::Epoch),
        "epoch-ms" => Some(DateForm::EpochMillis),
        word => Order::named(word).map(|order| DateForm::Written(Some(order))),
    }
}

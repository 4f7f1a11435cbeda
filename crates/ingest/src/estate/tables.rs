//! The TOML form: tables `[[group]]`, `[[person]]` and so on, in one file.

use super::columns::Kind;
use super::raw::Value;
use super::sheet::known;
use super::{Reader, Source};
use core::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text, and where its lines begin.
struct Text<'t> {
    text: &'t str,
    breaks: Vec<usize>,
    file: &'t Source,
}

impl Text<'_> {
    fn at(&self, span: &Range<usize>) -> Source {
        let before = self.breaks.partition_point(|place| *place < span.start);
        let line = u32::try_from(before.saturating_add(1)).unwrap_or(u32::MAX);
        Source { line, ..self.file.clone() }
    }

    fn written(&self, span: &Range<usize>) -> String {
        self.text.get(span.clone()).unwrap_or_default().trim().to_owned()
    }
}

/// Reads all tables of a file.
pub(super) fn read(reader: &mut Reader, file: &Source, text: &str) {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    let text = Text { text, breaks, file };
    let root = match DeTable::parse(text.text) {
        Ok(root) => root,
        Err(error) => {
            let at = text.at(&error.span().unwrap_or(0..0));
            let message = format!("not TOML: {}", error.message());
            return reader.faults.add(&at, message, "mend the line, or quote its texts");
        }
    };
    for (key, value) in root.get_ref() {
        let name: &str = key.get_ref();
        match Kind::named(name) {
            Ok(kind) => tables(reader, &text, kind, value),
            Err(near) => unknown_table(reader, &text.at(&key.span()), name, near),
        }
    }
}

fn unknown_table(reader: &mut Reader, at: &Source, name: &str, near: Option<&str>) {
    let known = Kind::ALL.map(Kind::key).join(", ");
    let help = near.map_or(format!("known are {known}"), |near| format!("write `{near}`"));
    reader.faults.add(at, format!("there are no tables `{name}`"), help);
}

fn tables(reader: &mut Reader, text: &Text<'_>, kind: Kind, value: &Spanned<DeValue<'_>>) {
    let not_a_table = |reader: &mut Reader, span: &Range<usize>| {
        let help = format!("write [[{}]] on a line, and its columns below", kind.key());
        reader.faults.add(&text.at(span), format!("`{}` is no table", kind.key()), help);
    };
    match value.get_ref() {
        DeValue::Table(entries) => row(reader, text, kind, &value.span(), entries),
        DeValue::Array(items) => {
            for item in items {
                match item.get_ref() {
                    DeValue::Table(entries) => row(reader, text, kind, &item.span(), entries),
                    _ => not_a_table(reader, &item.span()),
                }
                if reader.is_full() {
                    return;
                }
            }
        }
        _ => not_a_table(reader, &value.span()),
    }
}

fn row(
    reader: &mut Reader,
    text: &Text<'_>,
    kind: Kind,
    span: &Range<usize>,
    entries: &DeTable<'_>,
) {
    let source = text.at(span);
    let mut cells: Vec<(&'static str, u32, Value)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let (name, at): (&str, Source) = (key.get_ref(), text.at(&key.span()));
        match kind.column(name) {
            Err(near) => reader.unknown_column(kind, &at, name, near),
            Ok(column) if cells.iter().any(|(known, ..)| *known == column.name) => {
                let message = format!("`{name}` says `{}` a second time", column.name);
                reader.faults.add(&at, message, "keep one of the two");
            }
            Ok(column) => match cell(text, value) {
                Some(value) => cells.push((column.name, at.line, value)),
                None => {
                    let help = "write a text, a number or a list of texts";
                    reader.faults.add(&at, format!("`{name}` is of the wrong type"), help);
                }
            },
        }
    }
    let lacks = |name: &str| !cells.iter().any(|(known, ..)| *known == name);
    if entries.is_empty()
        && kind.columns().iter().any(|column| column.required && lacks(column.name))
    {
        let help = format!("known columns: {}", known(kind));
        return reader.faults.add(&source, "the table is empty", help);
    }
    reader.row(kind, source, cells);
}

fn cell(text: &Text<'_>, value: &Spanned<DeValue<'_>>) -> Option<Value> {
    match value.get_ref() {
        DeValue::Array(items) => {
            items.iter().map(|item| scalar(text, item)).collect::<Option<_>>().map(Value::List)
        }
        _ => scalar(text, value).map(Value::Text),
    }
}

fn scalar(text: &Text<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(written) => Some(written.clone().into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(_) => Some(text.written(&value.span())),
        DeValue::Table(entries) => network(text, entries),
        _ => None,
    }
}

/// `{ cidr = "10.20.0.0/16", room = "Lab 2", vpn = true }`, as one line of text.
fn network(text: &Text<'_>, entries: &DeTable<'_>) -> Option<String> {
    if !entries.keys().all(|key| ["cidr", "room", "vpn"].contains(&key.get_ref().as_ref())) {
        return None;
    }
    let cidr = entries.get("cidr")?.get_ref().as_str()?;
    let vpn = entries.get("vpn").is_some_and(|vpn| text.written(&vpn.span()) == "true");
    let room = entries.get("room").map(|room| room.get_ref().as_str());
    let room = match room {
        Some(room) => format!(" room:{}", room?),
        None => String::new(),
    };
    Some(format!("{cidr}{}{room}", if vpn { " vpn" } else { "" }))
}

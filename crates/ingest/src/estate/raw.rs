//! One row as text, asked for its columns; every fault goes to the row's line.

use super::columns::Kind;
use super::fault::Faults;
use super::rows::Said;
use super::{Row, Source};

/// Longer than any name, shorter than what hurts.
const TEXT_MAX: usize = 1_000;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Text, still to be split where the column is a list.
    Text(String),
    /// A list, as TOML writes it.
    List(Vec<String>),
}

/// One row on its way to be understood.
pub(super) struct Raw<'f> {
    pub(super) kind: Kind,
    pub(super) source: Source,
    /// Column name, line, value.
    pub(super) cells: Vec<(&'static str, u32, Value)>,
    pub(super) faults: &'f mut Faults,
}

impl Raw<'_> {
    /// The row's value with where it stands.
    pub(super) fn row<T>(&self, value: T) -> Row<T> {
        Row { source: self.source.clone(), value }
    }

    /// Reports a fault of a column. Always `None`, to end a chain with.
    pub(super) fn fault<T>(&mut self, column: &str, message: String, help: &str) -> Option<T> {
        let cell = self.cells.iter().find(|(name, ..)| *name == column);
        let line = cell.map_or(self.source.line, |(_, line, _)| *line);
        self.faults.add(&Source { line, ..self.source.clone() }, message, help);
        None
    }

    fn take(&mut self, column: &'static str) -> Option<Value> {
        let cell = self.cells.iter_mut().find(|(name, ..)| *name == column)?;
        Some(core::mem::replace(&mut cell.2, Value::List(Vec::new())))
    }

    /// What a column says: nothing where it is missing or empty.
    pub(super) fn said(&mut self, column: &'static str) -> Said<String> {
        match self.take(column) {
            None => Said::Nothing,
            Some(Value::Text(text)) => self.judge(column, &text),
            Some(Value::List(_)) => {
                let help = "write one text, without brackets";
                self.fault::<()>(column, format!("`{column}` is a list"), help);
                Said::Nothing
            }
        }
    }

    fn judge(&mut self, column: &'static str, text: &str) -> Said<String> {
        let text = text.trim();
        let bad = if text.len() > TEXT_MAX {
            Some(format!("`{column}` is longer than {TEXT_MAX} bytes"))
        } else if text.chars().any(char::is_control) {
            Some(format!("`{column}` holds a line break or another control character"))
        } else {
            None
        };
        if let Some(message) = bad {
            self.fault::<()>(column, message, "write one short line");
            return Said::Nothing;
        }
        match text {
            "" => Said::Nothing,
            "-" => Said::Cleared,
            // The vendor's exports hide personal data so.
            hidden if hidden.bytes().all(|byte| byte == b'*') => Said::Nothing,
            text => Said::Value(text.to_owned()),
        }
    }

    /// A text, where there is one.
    pub(super) fn text(&mut self, column: &'static str) -> Option<String> {
        match self.said(column) {
            Said::Value(text) => Some(text),
            _ => None,
        }
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, column: &'static str) -> Option<String> {
        let before = self.cells.iter().any(|(name, ..)| *name == column);
        let text = self.text(column);
        if text.is_none() {
            let what = if before { "empty" } else { "missing" };
            return self.fault(column, format!("`{column}` is {what}"), "every row needs it");
        }
        text
    }

    /// A list: `None` where nothing is said, empty where `-` is.
    pub(super) fn list(&mut self, column: &'static str) -> Option<Vec<String>> {
        let (texts, empties_count) = match self.take(column)? {
            Value::Text(text) => match text.trim() {
                "" => return None,
                "-" => return Some(Vec::new()),
                text => (text.split('|').map(str::to_owned).collect::<Vec<_>>(), false),
            },
            Value::List(texts) => (texts, true),
        };
        if empties_count && texts.is_empty() {
            return Some(Vec::new());
        }
        let judged = texts.iter().filter_map(|text| match self.judge(column, text) {
            Said::Value(text) => Some(text),
            _ => None,
        });
        Some(judged.collect())
    }

    /// A value of a form, where there is one.
    pub(super) fn read<T>(
        &mut self,
        column: &'static str,
        form: impl Fn(&str) -> Option<T>,
        help: &str,
    ) -> Option<T> {
        match self.said_as(column, form, help) {
            Said::Value(value) => Some(value),
            _ => None,
        }
    }

    /// A value of a form, which may be taken away.
    pub(super) fn said_as<T>(
        &mut self,
        column: &'static str,
        form: impl Fn(&str) -> Option<T>,
        help: &str,
    ) -> Said<T> {
        match self.said(column) {
            Said::Nothing => Said::Nothing,
            Said::Cleared => Said::Cleared,
            Said::Value(text) => match form(&text) {
                Some(value) => Said::Value(value),
                None => {
                    self.fault::<()>(column, format!("`{column}` is `{text}`"), help);
                    Said::Nothing
                }
            },
        }
    }

    /// A value of a form that must be there.
    pub(super) fn required_as<T>(
        &mut self,
        column: &'static str,
        form: impl Fn(&str) -> Option<T>,
        help: &str,
    ) -> Option<T> {
        let text = self.required(column)?;
        match form(&text) {
            Some(value) => Some(value),
            None => self.fault(column, format!("`{column}` is `{text}`"), help),
        }
    }

    /// A list of values of a form.
    pub(super) fn list_as<T>(
        &mut self,
        column: &'static str,
        form: impl Fn(&str) -> Option<T>,
        help: &str,
    ) -> Option<Vec<T>> {
        let texts = self.list(column)?;
        let mut values = Vec::with_capacity(texts.len());
        for text in texts {
            match form(&text) {
                Some(value) => values.push(value),
                None => {
                    self.fault::<()>(column, format!("`{column}` holds `{text}`"), help);
                }
            }
        }
        Some(values)
    }
}

//! What goes to stdout: a table for people, JSON for programs; and what goes to stderr beside it.
//!
//! Names come from files and networks: what a terminal would obey rather than show is escaped here, once, so
//! that no command has to think of it.

use serde::Serialize;
use std::io::{ErrorKind, IsTerminal, Write};

/// Prints a line to stdout.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::output::line(format_args!($($words)*)) };
}

/// Prints a line to stderr: what is not data.
#[macro_export]
macro_rules! aside {
    ($($words:tt)*) => { $crate::output::beside(format_args!($($words)*)) };
}

/// Prints a line to stdout. A reader that has seen enough ends the program, as `head` expects.
pub(crate) fn line(text: std::fmt::Arguments<'_>) {
    write(&format!("{}\n", shown(&text.to_string())));
}

/// Prints lines to stderr.
pub(crate) fn beside(text: std::fmt::Arguments<'_>) {
    let text = text.to_string();
    let lines: Vec<String> = text.split('\n').map(shown).collect();
    eprintln!("{}", lines.join("\n"));
}

/// A text with all that a terminal would obey, or that would reorder what is read, written out. What comes from outside
/// goes through this on its way into [`aside!`], so that no name of anything begins a line of its own.
pub(crate) fn shown(text: &str) -> String {
    let obeyed =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(obeyed) {
        return text.to_owned();
    }
    let escaped = |c: char| if obeyed(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

/// Prints a text of several lines to stdout: to a file as it is, to a terminal as it can be shown.
pub(crate) fn text_as_is(text: &str) {
    if std::io::stdout().is_terminal() {
        text.lines().for_each(|one| line(format_args!("{one}")));
    } else {
        write(text);
    }
}

/// Prints a piece of JSON to stdout.
#[cfg(feature = "lake")]
pub(crate) fn piece(text: &str) {
    write(text);
}

fn write(text: &str) {
    let mut stdout = std::io::stdout();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Ok(()) => {}
        Err(why) if why.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(why) => {
            eprintln!("faregate: stdout: {why}");
            std::process::exit(i32::from(crate::fault::Code::Failed as u8));
        }
    }
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), crate::fault::Fault> {
    write(&(json_line(value).map_err(anyhow::Error::from)? + "\n"));
    Ok(())
}

/// A value as one line of JSON, without the control characters that JSON allows and terminals obey.
pub(crate) fn json_line(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    if !text.contains(char::is_control) {
        return Ok(text);
    }
    let escaped = |c: char| match u32::from(c) {
        code if c.is_control() => format!("\\u{code:04x}"),
        _ => c.to_string(),
    };
    Ok(text.chars().map(escaped).collect())
}

/// Whether a column's cells stand at its left or its right edge.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Prints a table with a header, columns as wide as their widest cell. Of an empty one only the header goes to
/// stdout, for programs, and why there is no more goes to stderr.
pub(crate) fn table(columns: &[(&str, Align)], rows: &[Vec<String>], none: &str) {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect();
    let width = |index: usize, title: &str| {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
        cells.chain([title.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> =
        columns.iter().enumerate().map(|(i, (title, _))| width(i, title)).collect();
    let line = |cells: &[String]| {
        let mut line = String::new();
        for ((cell, width), (_, align)) in cells.iter().zip(&widths).zip(columns) {
            match align {
                Align::Left => line.push_str(&format!("{cell:<width$}  ")),
                Align::Right => line.push_str(&format!("{cell:>width$}  ")),
            }
        }
        say!("{}", line.trim_end());
    };
    line(&columns.iter().map(|(title, _)| (*title).to_owned()).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
    if rows.is_empty() {
        aside!("{none}");
    }
}

/// A number with thousands grouped and at most two decimals: `1,234.5`.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let sign = if rounded < 0.0 { "-" } else { "" };
    let whole = faregate_app::views::grouped(rounded.abs().trunc());
    let fraction = format!("{:.2}", rounded.fract().abs());
    let digits = fraction.trim_start_matches('0').trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{whole}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let table = [
            ("Anna López", "Anna López"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\tb\r\n", "a\\tb\\r\\n"),
            ("\u{7f}\u{9b}2J", "\\u{7f}\\u{9b}2J"),
            ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
            ("日本 👷", "日本 👷"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn json_says_the_same_without_control_characters() {
        let value = serde_json::json!({ "name": "a\u{1b}b\u{9b}c\u{7f}\n" });
        let line = json_line(&value).unwrap();
        assert!(!line.contains(char::is_control), "{line:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), value);
    }

    #[test]
    fn numbers_are_grouped_and_rounded() {
        let table = [
            (0.0, "0"),
            (1234.5, "1,234.5"),
            (-1234.567, "-1,234.57"),
            (-0.25, "-0.25"),
            (1e6, "1,000,000"),
            (0.004, "0"),
        ];
        for (value, expected) in table {
            assert_eq!(number(value), expected, "{value}");
        }
    }
}

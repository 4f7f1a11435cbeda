//! What goes to stdout: a table for people, JSON for programs.

use serde::Serialize;
use std::io::{ErrorKind, Write};

/// Prints a line to stdout.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::output::line(format_args!($($words)*)) };
}

/// Prints a line to stdout. A reader that has seen enough ends the program, as `head` expects.
pub(crate) fn line(text: std::fmt::Arguments<'_>) {
    text_as_is(&format!("{text}\n"));
}

/// Prints a text to stdout.
pub(crate) fn text_as_is(text: &str) {
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
    let text = serde_json::to_string(value).map_err(anyhow::Error::from)?;
    say!("{text}");
    Ok(())
}

/// Whether a column's cells stand at its left or its right edge.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Prints a table with a header, columns as wide as their widest cell.
pub(crate) fn table(columns: &[(&str, Align)], rows: &[Vec<String>]) {
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
}

/// A number with thousands grouped and at most two decimals: `1,234.5`.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let whole = faregate_app::views::grouped(rounded.trunc());
    let fraction = format!("{:.2}", rounded.fract().abs());
    let digits = fraction.trim_start_matches('0').trim_end_matches('0').trim_end_matches('.');
    format!("{whole}{digits}")
}

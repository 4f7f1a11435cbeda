//! What goes to stdout: a table for people, JSON for programs.

use serde::Serialize;

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), crate::fault::Fault> {
    let text = serde_json::to_string(value).map_err(anyhow::Error::from)?;
    println!("{text}");
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
        println!("{}", line.trim_end());
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

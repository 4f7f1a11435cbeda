//! Answers as text: a table for people, CSV or JSON for programs, and as a Parquet file.
//!
//! Rows are written as they come, so an answer may be larger than the memory.

use crate::fault::LakeError;
use crate::files::compressed;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use deltalake::parquet::arrow::ArrowWriter;
use faregate_core::csv;
use futures::StreamExt;
use serde_json::Value;
use std::borrow::Cow;
use std::path::Path;

/// How rows are written as lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Columns side by side; as wide as the first rows ask for.
    Words,
    /// A header, and fields between commas; quoted where that is needed. Nothing stands for null.
    Csv,
    /// One line: an array of objects. Numbers are numbers, decimals with all their digits; all else is text.
    Json,
}

impl Form {
    /// Writes an answer row by row, and says how many there were.
    ///
    /// # Errors
    /// [`DataFusionError`] when the rest cannot be reckoned; the rows before were written.
    pub async fn write(
        self,
        frame: DataFrame,
        out: &mut (dyn FnMut(&str) + Send),
    ) -> Result<u64, DataFusionError> {
        let mut batches = frame.execute_stream().await?;
        let schema = batches.schema();
        let mut rows = Rows { form: self, widths: None, count: 0, schema };
        while let Some(batch) = batches.next().await {
            rows.batch(&batch?, out)?;
        }
        rows.end(out);
        Ok(rows.count)
    }
}

/// Writes an answer into a Parquet file, and says how many rows it had. What is there is replaced; when it
/// fails, what is there is no Parquet.
///
/// # Errors
/// [`LakeError::Settings`] when the file cannot be written, [`LakeError::Query`] when the answer cannot be reckoned.
pub async fn write_parquet(frame: DataFrame, path: &Path) -> Result<u64, LakeError> {
    let unusable =
        |why: std::io::Error| LakeError::Settings { path: path.to_owned(), why: why.to_string() };
    let mut batches = frame.execute_stream().await?;
    let file = std::fs::File::create(path).map_err(unusable)?;
    let mut writer = ArrowWriter::try_new(file, batches.schema(), Some(compressed()))?;
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(rows)
}

/// Rows that are being written.
struct Rows {
    form: Form,
    /// Of the columns of words, once rows were seen.
    widths: Option<Vec<usize>>,
    count: u64,
    schema: SchemaRef,
}

/// The cells of a row; nothing stands for null.
type Cells = Vec<Option<String>>;

impl Rows {
    fn batch(
        &mut self,
        batch: &RecordBatch,
        out: &mut dyn FnMut(&str),
    ) -> Result<(), DataFusionError> {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        let columns = columns.map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let cell = |row: usize, (column, values): (&ArrayFormatter<'_>, &ArrayRef)| {
            (!values.is_null(row)).then(|| column.value(row).to_string())
        };
        let row = |row: usize| -> Cells {
            columns.iter().zip(batch.columns()).map(|one| cell(row, one)).collect()
        };
        let rows: Vec<Cells> = (0..batch.num_rows()).map(row).collect();
        self.begin(&rows, out);
        for row in rows {
            let text = match self.form {
                Form::Words => self.aligned(row.iter().map(Option::as_deref)),
                Form::Csv => separated(self.guarded(&row)),
                Form::Json => self.object(&row),
            };
            out(&text);
            self.count += 1;
        }
        Ok(())
    }

    /// A row whose texts no spreadsheet takes for formulas; numbers may be below zero.
    fn guarded<'r>(&self, row: &'r Cells) -> impl Iterator<Item = Option<Cow<'r, str>>> {
        self.schema.fields().iter().zip(row).map(|(field, cell)| {
            let (kind, cell) = (field.data_type(), cell.as_deref()?);
            let is_plain = kind.is_numeric() || kind.is_temporal();
            Some(if is_plain { Cow::Borrowed(cell) } else { csv::guarded(cell) })
        })
    }

    /// The header, once.
    fn begin(&mut self, rows: &[Cells], out: &mut dyn FnMut(&str)) {
        if self.widths.is_some() {
            return;
        }
        let names: Vec<String> =
            self.schema.fields().iter().map(|field| field.name().clone()).collect();
        let length = |text: &String| text.chars().count();
        let widest = |(place, name): (usize, &String)| {
            let cells = rows.iter().filter_map(|row| row.get(place)?.as_ref()).map(length);
            cells.chain([length(name)]).max().unwrap_or(0)
        };
        self.widths = Some(names.iter().enumerate().map(widest).collect());
        let header = names.iter().map(|name| Some(name.as_str()));
        match self.form {
            Form::Words => out(&self.aligned(header)),
            Form::Csv => out(&separated(header.map(|name| name.map(csv::guarded)))),
            Form::Json => out("["),
        }
    }

    fn end(&mut self, out: &mut dyn FnMut(&str)) {
        self.begin(&[], out);
        if self.form == Form::Json {
            out("]\n");
        }
    }

    fn aligned<'a>(&self, cells: impl Iterator<Item = Option<&'a str>>) -> String {
        let widths = self.widths.iter().flatten();
        let kinds = self.schema.fields().iter().map(|field| field.data_type());
        let padded = cells.zip(widths).zip(kinds).map(|((cell, width), kind)| {
            let cell = cell.unwrap_or_default();
            if kind.is_numeric() { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    }

    fn object(&self, row: &Cells) -> String {
        let fields = self.schema.fields().iter().zip(row).map(|(field, cell)| {
            format!("{}:{}", text(field.name()), json(field.data_type(), cell.as_deref()))
        });
        let comma = if self.count > 0 { "," } else { "" };
        format!("{comma}{{{}}}", fields.collect::<Vec<_>>().join(","))
    }
}

/// A cell as JSON. Decimals keep their digits, which no float would.
fn json(kind: &DataType, cell: Option<&str>) -> String {
    let Some(cell) = cell else { return "null".to_owned() };
    let is_finite = || cell.parse::<f64>().is_ok_and(f64::is_finite);
    match kind {
        DataType::Boolean => cell.to_owned(),
        kind if kind.is_numeric() && is_finite() => cell.to_owned(),
        _ => text(cell),
    }
}

/// A text as JSON, without the control characters that JSON allows and terminals obey.
fn text(plain: &str) -> String {
    let escaped = |c: char| match u32::from(c) {
        code if c.is_control() => format!("\\u{code:04x}"),
        _ => c.to_string(),
    };
    Value::from(plain).to_string().chars().map(escaped).collect()
}

/// Fields between commas, as RFC 4180 has them.
fn separated<'a>(cells: impl Iterator<Item = Option<Cow<'a, str>>>) -> String {
    let quoted = cells.map(|cell| match cell {
        None => String::new(),
        Some(text) if text.is_empty() => "\"\"".to_owned(),
        Some(text) => csv::quoted(&text).into_owned(),
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

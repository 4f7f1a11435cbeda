//! Files as they are handed in, and how they are to be read, from what was said on the command line.

use crate::cli::imports::{Decimal, Fields, Reading, Unit};
use crate::fault::{Code, Fault};
use crate::{estate, output};
use faregate_app::import::intake::{How, Kind, Offered};
use faregate_core::when::Instant;
use faregate_ingest::cloudevents::{self, Path as Field, TimeIs};
use faregate_ingest::container::{Contents, Limits, Row, open};
use faregate_ingest::mapping::{self, Sample};
use faregate_ingest::sheet::date::Order;
use faregate_ingest::sheet::{Cells, HEAD_BYTES, number};
use faregate_ingest::usage::Said;
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// So many rows of a sheet are enough to propose a map.
const SAMPLE_ROWS: usize = 200;

/// How files are to be read.
pub(super) fn how(reading: &Reading, kind: Kind) -> Result<How, Fault> {
    let map = reading.map.as_deref().map(map).transpose()?;
    let kind = if map.is_some() && kind != Kind::Any { Kind::Mapped } else { kind };
    Ok(How {
        kind,
        said: said(reading)?,
        start_date: reading.start_date.as_deref().map(estate::date).transpose()?,
        map: map.map(Arc::new),
        sheet: reading.sheet.clone(),
        dry_run: reading.dry_run,
        ..How::default()
    })
}

fn said(reading: &Reading) -> Result<Said, Fault> {
    let dates = reading.dates.map(Order::from);
    let decimal = reading.decimal.map(|decimal| match decimal {
        Decimal::Point => number::Decimal::Point,
        Decimal::Comma => number::Decimal::Comma,
    });
    let zone = reading.zone.as_deref().map(estate::zone).transpose()?;
    Ok(Said { dates, decimal, zone })
}

/// The same, knowing where events say what.
pub(super) fn with_fields(how: How, said: &Fields) -> Result<How, Fault> {
    let mut fields = cloudevents::Fields::default();
    if let Some(product) = &said.product {
        fields.product = Some(field(product)?);
    }
    if said.type_is_product {
        fields.product = None;
    }
    if let Some(host) = &said.host {
        fields.host = field(host)?;
    }
    if let Some(duration) = &said.duration {
        fields.duration = field(duration)?;
    }
    if let Some(tokens) = &said.tokens {
        fields.value = field(tokens)?;
    }
    fields.unit = match said.duration_in {
        Unit::Milliseconds => cloudevents::Unit::Milliseconds,
        Unit::Seconds => cloudevents::Unit::Seconds,
        Unit::Minutes => cloudevents::Unit::Minutes,
        Unit::Hours => cloudevents::Unit::Hours,
    };
    fields.time = if said.time_is_end { TimeIs::End } else { TimeIs::Start };
    Ok(How { fields, value_is_tokens: said.tokens.is_some(), ..how })
}

fn field(text: &str) -> Result<Field, Fault> {
    text.parse().map_err(|why: cloudevents::BadPath| {
        Fault::new(
            Code::Usage,
            why.to_string(),
            "part the names of objects within each other by dots",
        )
    })
}

/// Reads a map.
pub(crate) fn map(path: &Path) -> Result<mapping::Map, Fault> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|why| unreadable(path, &why))?;
    text.parse().map_err(|bad: mapping::BadMap| {
        let lines: Vec<String> = bad.0.iter().map(|(line, why)| format!("{shown}:{line}: {why}")).collect();
        let help = "correct the map, or begin one with `faregate import csv --infer FILE`; nothing was imported";
        Fault::new(Code::Map, lines.join("\n"), help)
    })
}

fn unreadable(path: &Path, why: &std::io::Error) -> Fault {
    let help = "check the path and that this user may read it; nothing was imported";
    Fault::new(Code::Input, format!("{}: {why}", path.display()), help)
}

/// The files, opened, and their bytes in all.
pub(super) fn offered(
    files: &[PathBuf],
    reading: &Reading,
) -> Result<(Vec<Offered<'static>>, u64), Fault> {
    let at = reading.at.as_deref().map(instant).transpose()?;
    let mut offered = Vec::with_capacity(files.len());
    let mut total = 0;
    for path in files {
        let (file, bytes, written) = opened(path)?;
        total += bytes;
        let name = path.display().to_string();
        offered.push(Offered { name, source: Box::new(file), written: at.or(written) });
    }
    Ok((offered, total))
}

fn instant(text: &str) -> Result<Instant, Fault> {
    text.parse().map_err(|why: faregate_core::when::BadTime| {
        Fault::new(Code::Usage, why.to_string(), "write times as 2026-03-02T08:00:00Z")
    })
}

/// A file, its length, and when it was written.
fn opened(path: &Path) -> Result<(File, u64, Option<Instant>), Fault> {
    let file = File::open(path).map_err(|why| unreadable(path, &why))?;
    let metadata = file.metadata().map_err(|why| unreadable(path, &why))?;
    if !metadata.is_file() {
        let (what, help) = if metadata.is_dir() {
            ("this is a directory", "name the files in it; nothing was imported")
        } else {
            (
                "this is no regular file",
                "save what comes from it in a file first; nothing was imported",
            )
        };
        return Err(Fault::new(Code::Input, format!("{}: {what}", path.display()), help));
    }
    let written = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written = written.and_then(|since| i64::try_from(since.as_secs()).ok()).map(Instant);
    Ok((file, metadata.len(), written))
}

/// Prints a map that is proposed for a table, as far as its beginning tells.
pub(super) fn infer(files: &[PathBuf], reading: &Reading, as_json: bool) -> Result<(), Fault> {
    let [path] = files else {
        let help = "name one file; the map may explain others like it";
        return Err(Fault::new(Code::Usage, "a map is proposed for one table", help));
    };
    let (file, _, _) = opened(path)?;
    let shown = path.display().to_string();
    let bad = |why: String| Fault::new(Code::Format, why, "nothing was imported");
    let failed = |why: std::io::Error| bad(format!("{shown}: {why}"));
    let contents =
        open(&shown, file, &Limits::default()).map_err(|fault| bad(fault.to_string()))?;
    let proposed = match contents {
        Contents::Plain(mut bytes) => by_bytes(&mut bytes),
        Contents::Gzip(mut bytes) => by_bytes(&mut bytes),
        Contents::Zip(archive) => {
            let names: Vec<&str> = archive.names().collect();
            let [name] = names.as_slice() else {
                let why = format!(
                    "{shown}: there are {} files in it; unpack the one that is meant",
                    names.len()
                );
                return Err(bad(why));
            };
            by_bytes(&mut archive.member(name).map_err(|fault| bad(fault.to_string()))?)
        }
        Contents::Workbook(book) => {
            let sampled = (|| {
                let mut rows = book.rows(reading.sheet.as_deref())?;
                let (mut row, mut cells) = (Row::default(), Cells::default());
                let mut sample = Sample::default();
                for _ in 0..SAMPLE_ROWS {
                    if !rows.next_row(&mut row)? {
                        break;
                    }
                    cells.fill(&row);
                    sample.row(&cells.row(u64::from(row.line)));
                }
                Ok(sample.propose())
            })();
            Ok(sampled
                .map_err(|fault: faregate_ingest::container::Fault| bad(fault.to_string()))?)
        }
    };
    let text = proposed.map_err(failed)?;
    if as_json {
        return output::json(&json!({ "map": text }));
    }
    output::text_as_is(&text);
    Ok(())
}

fn by_bytes(bytes: &mut dyn Read) -> std::io::Result<String> {
    let mut head = Vec::new();
    bytes.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    mapping::infer(&head).map_err(std::io::Error::other)
}

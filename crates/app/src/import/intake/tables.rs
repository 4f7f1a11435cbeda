//! Tables of use: rows with times into the general road, what was charged by day beside what we charged.

use super::kinds::{Desk, more, names};
use super::look::{Found, Part};
use super::open::{Piece, pieces};
use super::{More, Refused, Rejected, Taken};
use crate::engine::Failure;
use crate::import::usage::{Row, Usage};
use crate::import::vendor::{self, Unsettled};
use crate::import::{Outcome, grace};
use faregate_core::when::Zone;
use faregate_ingest::estate::ROWS_MAX;
use faregate_ingest::usage::{self, Plan, Reader, Sink, UsageRow, When};
use faregate_ingest::vendor::{VendorReport, VendorRow};

/// Takes tables of uses in.
pub(super) fn take_uses(
    desk: &mut Desk<'_, '_, '_>,
    kind: String,
    parts: Vec<Part>,
) -> Result<Taken, Refused> {
    let zone = desk.engine.state().read().zone().clone();
    let grace = grace(desk.engine);
    let watching = desk.watching;
    let mut rejected = |file: &str, one: &Rejected| watching.rejected(file, one);
    let mut usage = Usage::begin(desk.engine, desk.features, &mut rejected)?;
    let files = names(&parts);
    let mut total = usage::Tally::default();
    for Part { file, place, name, found } in parts {
        let Found::Uses(plan) = found else { continue };
        usage.file(&name)?;
        let zone = plan.zone().unwrap_or(&zone).clone();
        let mut sink = Uses { usage: &mut usage, zone, grace, failed: None };
        let tally = read(&mut desk.offered[file], &place, *plan, (watching, &mut sink), |sink| {
            sink.failed.is_none()
        })?;
        if let Some(failure) = sink.failed {
            return Err(failure.into());
        }
        total.left_out += tally.left_out;
        total.summaries += tally.summaries;
    }
    watching.rate()?;
    let outcome = if desk.how.dry_run { usage.rehearse()? } else { usage.finish(&kind)? };
    Ok(Taken::of(kind, files, outcome, more(total)))
}

/// Reads a table by its plan into a sink, as long as `goes_on`.
fn read<S: Sink>(
    offered: &mut super::Offered<'_>,
    place: &super::open::Place,
    plan: Plan,
    (watching, sink): (&super::open::Watching<'_>, &mut S),
    goes_on: impl Fn(&S) -> bool,
) -> Result<usage::Tally, Refused> {
    let mut reader = Reader::new(plan);
    pieces(offered, place, watching, &mut |piece| {
        match piece {
            Piece::Bytes(bytes) => reader.feed(bytes, sink),
            Piece::Cells(line, cells) => reader.cells(line, cells, sink),
        }
        goes_on(sink)
    })?;
    reader.finish(sink);
    Ok(reader.tally())
}

/// Puts rows into the books.
struct Uses<'u, 'e> {
    usage: &'u mut Usage<'e>,
    /// That of days.
    zone: Zone,
    /// How long a use is that only its day is known of, in seconds: long enough to be charged.
    grace: i64,
    failed: Option<Failure>,
}

impl Sink for Uses<'_, '_> {
    fn row(&mut self, row: &UsageRow<'_>) {
        let (opened, closed) = match row.when {
            When::Session { opened, closed } => (opened, closed),
            When::Day(day) => {
                let opened = self.zone.start_of(day);
                (opened, Some(opened.plus(row.seconds.unwrap_or(self.grace))))
            }
            // A table of such rows is none of uses.
            When::Report => return,
        };
        let who = row.who.as_ref().map_or("", |who| who.name.as_ref());
        let product = row.product.or(row.feature).unwrap_or_default();
        let host = row.host.unwrap_or_default();
        let tokens = row.tokens;
        let one = Row { line: row.line, who, host, product, opened, closed, id: None, tokens };
        let text = || format!("{who}, {product}, {opened}");
        if let Err(failure) = self.usage.add(&one, text) {
            self.failed.get_or_insert(failure);
        }
    }

    fn rejected(&mut self, one: &usage::Rejected<'_>) {
        let reason = format!("{}; {}", one.fault, one.fault.remedy());
        self.usage.reject(one.line, one.fault.code(), reason, one.text.to_owned());
    }
}

/// Takes in what the vendor charged by day; where it does not say to whom, it is compared and books nothing.
pub(super) fn take_charges(desk: &mut Desk<'_, '_, '_>, part: Part) -> Result<Taken, Refused> {
    let Part { file, place, name, found } = part;
    let Found::Charges(plan) = found else {
        return Err(Refused::file(
            &name,
            "file-changed",
            "it is another file than a moment ago; try again",
        ));
    };
    let names_people = plan.names_people();
    let mut sink =
        Charges { read: VendorReport::default(), desk_of: &name, watching: desk.watching };
    let tally = read(&mut desk.offered[file], &place, *plan, (desk.watching, &mut sink), |sink| {
        sink.read.rows.len() <= ROWS_MAX
    })?;
    let mut read = sink.read;
    if read.rows.len() > ROWS_MAX {
        let why = format!("there are more than {ROWS_MAX} rows with tokens; divide it");
        return Err(Refused::file(&name, "file-too-large", why));
    }
    (read.zero_rows, read.names_people) = (tally.left_out, names_people);
    desk.watching.rate()?;
    if names_people { booked(desk, name, &read, tally) } else { Ok(compared(desk, name, &read)) }
}

fn booked(
    desk: &mut Desk<'_, '_, '_>,
    name: String,
    read: &VendorReport,
    usage::Tally { rejected, summaries, .. }: usage::Tally,
) -> Result<Taken, Refused> {
    let VendorReport { rows, zero_rows, .. } = read;
    let report = if desk.how.dry_run {
        vendor::rehearse(desk.engine, desk.features, rows)?
    } else {
        vendor::import(desk.engine, desk.features, &name, rows)?
    };
    for Unsettled { line, why } in &report.rejected {
        let one = Rejected {
            line: u64::from(*line),
            code: "row-unbelievable",
            reason: why.clone(),
            text: words(rows, *line),
        };
        desk.watching.rejected(&name, &one);
    }
    let mut counts = report.counts;
    counts.rejected += rejected;
    let outcome = Outcome { counts, ..Outcome::default() };
    let (rows, zero_rows) = (rows.len() as u64, *zero_rows);
    let more = More::Vendor { rows, zero_rows, summaries, report: Box::new(report) };
    Ok(Taken::of("vendor".to_owned(), vec![name], outcome, more))
}

fn words(rows: &[VendorRow], line: u32) -> String {
    let row = rows.iter().find(|row| row.line == line);
    row.map_or_else(String::new, |row| {
        format!("{}, {}, {}, {}", row.day, row.who, row.product, row.tokens)
    })
}

fn compared(desk: &Desk<'_, '_, '_>, name: String, read: &VendorReport) -> Taken {
    let shared = desk.engine.state();
    let found = vendor::compare(&shared.read(), desk.features, read);
    Taken::of("vendor".to_owned(), vec![name], Outcome::default(), More::Compared(Box::new(found)))
}

/// Keeps what was charged, and tells of rows that cannot be read.
struct Charges<'c, 'w> {
    read: VendorReport,
    desk_of: &'c str,
    watching: &'c super::open::Watching<'w>,
}

impl Sink for Charges<'_, '_> {
    fn row(&mut self, row: &UsageRow<'_>) {
        // Credits are told of by whoever books.
        if row.tokens.is_some_and(|tokens| tokens.0 != 0) {
            self.read.row(row);
        }
    }

    fn rejected(&mut self, one: &usage::Rejected<'_>) {
        let reason = format!("{}; {}", one.fault, one.fault.remedy());
        let (line, code, text) = (one.line, one.fault.code(), one.text.to_owned());
        self.watching.rejected(self.desk_of, &Rejected { line, code, reason, text });
    }
}

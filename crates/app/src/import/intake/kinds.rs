//! One batch a kind: which parts belong together, and in which order they are taken in.

use super::look::{Found, Part};
use super::open::{Watching, bytes};
use super::{How, More, Offered, Refused, Rejected, Taken};
use super::{events, polls, tables};
use crate::engine::Engine;
use crate::import::flexnet::{self, Logs};
use faregate_core::when::Zone;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::{Options, RejectReason};
use faregate_ingest::usage;

/// Parts that are taken in as one batch.
pub(super) enum Batch {
    Logs(Vec<Part>),
    Polls(Vec<Part>),
    Events(Vec<Part>),
    Uses(String, Vec<Part>),
    Charges(Part),
}

/// The batches of these parts, in the order in which they are best taken in: logs know times, and the vendor's
/// reports are compared with what is there.
pub(super) fn batches(parts: Vec<Part>) -> Vec<Batch> {
    let (mut logs, mut polled, mut events) = (Vec::new(), Vec::new(), Vec::new());
    let (mut uses, mut charges): (Vec<(String, Vec<Part>)>, Vec<Batch>) = (Vec::new(), Vec::new());
    for part in parts {
        match &part.found {
            Found::Log => logs.push(part),
            Found::Polls(_) => polled.push(part),
            Found::Events => events.push(part),
            Found::Uses(plan) => {
                let kind = plan.receipt_kind();
                match uses.iter_mut().find(|(known, _)| *known == kind) {
                    Some((_, parts)) => parts.push(part),
                    None => uses.push((kind, vec![part])),
                }
            }
            Found::Charges(_) => charges.push(Batch::Charges(part)),
        }
    }
    polled.sort_by_key(|part| match part.found {
        Found::Polls(at) => Some(at),
        _ => None,
    });
    let some =
        |parts: Vec<Part>, batch: fn(Vec<Part>) -> Batch| (!parts.is_empty()).then(|| batch(parts));
    some(logs, Batch::Logs)
        .into_iter()
        .chain(some(polled, Batch::Polls))
        .chain(some(events, Batch::Events))
        .chain(uses.into_iter().map(|(kind, parts)| Batch::Uses(kind, parts)))
        .chain(charges)
        .collect()
}

/// All that is needed to take a batch in.
pub(super) struct Desk<'d, 'o, 'w> {
    pub(super) engine: &'d mut Engine,
    pub(super) features: &'d FeatureTable,
    pub(super) offered: &'d mut Vec<Offered<'o>>,
    pub(super) how: &'d How,
    pub(super) watching: &'d Watching<'w>,
}

impl Desk<'_, '_, '_> {
    pub(super) fn take(&mut self, batch: Batch) -> Result<Taken, Refused> {
        match batch {
            Batch::Logs(parts) => self.logs(&parts),
            Batch::Polls(parts) => polls::take(self, &parts),
            Batch::Events(parts) => events::take(self, &parts),
            Batch::Uses(kind, parts) => tables::take_uses(self, kind, parts),
            Batch::Charges(part) => tables::take_charges(self, part),
        }
    }

    fn logs(&mut self, parts: &[Part]) -> Result<Taken, Refused> {
        let How { said, start_date, dry_run, .. } = self.how;
        let zone = said.zone.clone().unwrap_or_else(Zone::utc);
        let options = Options { zone, start_date: *start_date };
        let mut watch = LogWatch { watching: self.watching, undated: None };
        let mut logs = Logs::begin(self.engine, self.features, options)?;
        for part in parts {
            bytes(&mut self.offered[part.file], &part.place, self.watching, |bytes| {
                Ok(logs.read(&part.name, bytes, &mut watch)?)
            })?;
        }
        self.watching.rate()?;
        let files = names(parts);
        let report = if *dry_run { logs.rehearse() } else { logs.finish()? };
        match watch.undated.filter(|_| report.tally.events == 0) {
            Some((file, why)) => Err(Refused::File { file, code: "log-undated", why }),
            None => Ok(Taken::log(files, report)),
        }
    }
}

pub(super) fn names<'p>(parts: impl IntoIterator<Item = &'p Part>) -> Vec<String> {
    parts.into_iter().map(|part| part.name.clone()).collect()
}

/// Tells of a log's lines as of all others.
struct LogWatch<'l, 'w> {
    watching: &'l Watching<'w>,
    /// The first line that nothing gives a date: its file, and what is wrong.
    undated: Option<(String, String)>,
}

impl flexnet::Watch for LogWatch<'_, '_> {
    fn read(&mut self, _bytes: u64) -> bool {
        // The source below has told of them, and stops by itself.
        true
    }

    fn rejected(&mut self, file: &str, one: &faregate_ingest::flexnet::Rejected) {
        if matches!(one.reason, RejectReason::DateUnknown | RejectReason::DateTooLate) {
            self.undated.get_or_insert_with(|| (file.to_owned(), one.to_string()));
        }
        let (code, reason) = (one.reason.code(), one.reason.to_string());
        let one = Rejected { line: one.line, code, reason, text: one.text.clone() };
        self.watching.rejected(file, &one);
    }
}

/// What the reader of a table saw, over all of them.
pub(super) fn more(tally: usage::Tally) -> More {
    More::Table { left_out: tally.left_out, summaries: tally.summaries }
}

//! CloudEvents into the general road: known again by their source and id.

use super::kinds::{Desk, names};
use super::look::Part;
use super::open::{bytes, chunks};
use super::{How, More, Refused, Rejected, Taken};
use crate::engine::Failure;
use crate::import::grace;
use crate::import::usage::{Row, Usage};
use faregate_core::amount::Ticks;
use faregate_ingest::cloudevents::{self, Event, Reader, Sink};

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// Takes files of events in.
pub(super) fn take(desk: &mut Desk<'_, '_, '_>, parts: &[Part]) -> Result<Taken, Refused> {
    let grace = grace(desk.engine);
    let watching = desk.watching;
    let How { fields, value_is_tokens, dry_run, .. } = desk.how;
    let mut rejected = |file: &str, one: &Rejected| watching.rejected(file, one);
    let mut usage = Usage::begin(desk.engine, desk.features, &mut rejected)?;
    for part in parts {
        usage.file(&part.name)?;
        let mut reader = Reader::new(fields.clone());
        let is_priced = *value_is_tokens;
        let mut sink = Events { usage: &mut usage, is_priced, grace, failed: None };
        bytes(&mut desk.offered[part.file], &part.place, watching, |bytes| {
            let mut chunk = vec![0; CHUNK];
            let read = chunks(bytes, &mut chunk, |bytes| {
                reader.feed(bytes, &mut sink);
                sink.failed.is_none()
            });
            read.map_err(|error| Refused::io(&part.name, &error))
        })?;
        reader.finish(&mut sink);
        if let Some(failure) = sink.failed {
            return Err(failure.into());
        }
    }
    watching.rate()?;
    let kind = "cloudevents";
    let outcome = if *dry_run { usage.rehearse()? } else { usage.finish(kind)? };
    Ok(Taken::of(kind.to_owned(), names(parts), outcome, More::Nothing))
}

/// Puts events into the books.
pub(super) struct Events<'u, 'e> {
    usage: &'u mut Usage<'e>,
    is_priced: bool,
    /// How long a use is of which no duration is told, in seconds: long enough to be charged.
    grace: i64,
    failed: Option<Failure>,
}

impl Sink for Events<'_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        let closed = event.closed.unwrap_or_else(|| event.opened.plus(self.grace));
        let tokens = event.value.filter(|_| self.is_priced).and_then(Ticks::from_micro_tokens);
        let row = Row {
            line: event.line,
            who: event.subject,
            host: event.host.unwrap_or_default(),
            product: event.product,
            opened: event.opened,
            closed: Some(closed),
            id: Some(event.key()),
            tokens,
        };
        let text = || format!("{} {}", event.source, event.id);
        if let Err(failure) = self.usage.add(&row, text) {
            self.failed.get_or_insert(failure);
        }
    }

    fn rejected(&mut self, one: cloudevents::Rejected) {
        let reason = format!("{}; {}", one.reason, one.reason.remedy());
        self.usage.reject(one.line, one.reason.code(), reason, one.text);
    }
}

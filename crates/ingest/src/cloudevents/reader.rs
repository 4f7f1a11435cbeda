//! The streaming reader: chunks of bytes in, events out.

use super::fields::{Fields, Path, TimeIs};
use super::json::{self, Raw};
use super::report::{Event, Reason, Rejected, Sink, Tally};
use super::splitter::{Batch, EVENT_BYTES_MAX, Found};
use super::time;
use faregate_core::amount::parse_micros;
use faregate_core::when::Instant;
use std::borrow::Cow;

/// Reads events in chunks of any size: a line each, one, or a batch.
///
/// ```
/// use faregate_ingest::cloudevents::{Collected, Fields, Reader};
/// let mut found = Collected::default();
/// let mut reader = Reader::new(Fields::default());
/// reader.feed(br#"{"specversion":"1.0","type":"session","id":"1","source":"farm","subject":"ana",
///     "time":"2026-01-05T09:00:00Z","data":{"product":"maya","duration_seconds":60}}"#, &mut found);
/// reader.finish(&mut found);
/// assert_eq!(found.events[0].product, "maya");
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    fields: Fields,
    form: Form,
    /// The event at hand, as far as it was read.
    partial: Vec<u8>,
    line: u64,
    /// Where the event at hand begins.
    begun: u64,
    tally: Tally,
    finished: bool,
}

/// How events are parted.
#[derive(Clone, Debug)]
enum Form {
    /// Nothing but blanks was read yet.
    Unknown,
    /// One a line; whether one was whole on its line.
    Lines { proved: bool },
    /// The first line is no whole event: it is damaged, or the first of several. The next line tells.
    Doubt(Vec<u8>),
    /// By their braces.
    Batch(Batch),
}

impl Reader {
    /// A reader that looks for what was used under these names.
    #[must_use]
    pub fn new(fields: Fields) -> Self {
        let (form, partial, tally) = (Form::Unknown, Vec::new(), Tally::default());
        Self { fields, form, partial, line: 1, begun: 1, tally, finished: false }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8], out: &mut impl Sink) {
        let count = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.tally.bytes = self.tally.bytes.saturating_add(count);
        let mut rest = chunk;
        while !rest.is_empty() {
            rest = match self.form {
                Form::Unknown => self.look(rest),
                Form::Lines { .. } | Form::Doubt(_) => self.lines(rest, out),
                Form::Batch(_) => self.batch(rest, out),
            };
        }
    }

    /// Says that the file ends here, and judges what it ends with.
    pub fn finish(&mut self, out: &mut impl Sink) {
        if core::mem::replace(&mut self.finished, true) {
            return;
        }
        let last = match self.form {
            Form::Batch(_) => Vec::new(),
            _ => core::mem::take(&mut self.partial),
        };
        if !last.trim_ascii().is_empty() {
            match self.form {
                Form::Doubt(_) => self.decide(&last, out),
                _ => self.one(&last, true, out),
            }
        }
        match &mut self.form {
            Form::Doubt(first) => {
                let first = core::mem::take(first);
                self.reject_bytes(Reason::Cut, &first, out);
            }
            Form::Batch(batch) => {
                if let Some(line) = batch.cut() {
                    self.begun = line;
                    let bytes = core::mem::take(&mut self.partial);
                    self.reject_bytes(Reason::Cut, &bytes, out);
                }
            }
            _ => {}
        }
    }

    /// What was read so far; complete after [`Self::finish`].
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// How many bytes are kept of an event that was not read whole.
    #[cfg(test)]
    pub(super) fn kept_bytes(&self) -> usize {
        self.partial.len()
    }

    /// A list begins with a bracket, everything else is taken for lines first.
    fn look<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        // Byte-order mark.
        let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf);
        let start = chunk.iter().position(|byte| !blank(byte)).unwrap_or(chunk.len());
        let (blanks, rest) = chunk.split_at_checked(start).unwrap_or((chunk, &[]));
        self.count_lines(blanks);
        self.begun = self.line;
        match rest.first() {
            Some(b'[') => self.form = Form::Batch(Batch::new(self.line)),
            Some(_) => self.form = Form::Lines { proved: false },
            None => {}
        }
        rest
    }

    fn lines<'c>(&mut self, chunk: &'c [u8], out: &mut impl Sink) -> &'c [u8] {
        let mut rest = chunk;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            if self.partial.is_empty() {
                self.line(line, out);
            } else {
                self.keep(line);
                let whole = core::mem::take(&mut self.partial);
                self.line(&whole, out);
                if self.partial.is_empty() {
                    self.partial = whole;
                    self.partial.clear();
                }
            }
            rest = after.get(1..).unwrap_or(&[]);
            if matches!(self.form, Form::Batch(_)) {
                return rest;
            }
        }
        self.keep(rest);
        &[]
    }

    /// One line, without its end.
    fn line(&mut self, line: &[u8], out: &mut impl Sink) {
        let text = line.trim_ascii();
        match &mut self.form {
            Form::Doubt(first) if text.is_empty() => first.push(b'\n'),
            Form::Doubt(_) => self.decide(line, out),
            _ if text.is_empty() => {}
            _ => self.one(text, false, out),
        }
        self.line = self.line.saturating_add(1);
        if matches!(self.form, Form::Lines { .. }) {
            self.begun = self.line;
        }
    }

    /// A line that is an event by itself says that the one before was damaged; any other, that it goes on.
    fn decide(&mut self, line: &[u8], out: &mut impl Sink) {
        let form = core::mem::replace(&mut self.form, Form::Lines { proved: true });
        let Form::Doubt(first) = form else { return };
        if json::read(line.trim_ascii(), &self.fields).is_ok_and(|raw| raw.version.is_some()) {
            let first = first.trim_ascii();
            let error = json::read(first, &self.fields).err();
            let reason = Reason::Json(error.map(|error| error.to_string()).unwrap_or_default());
            self.reject_bytes(reason, first, out);
            self.begun = self.line;
            return self.one(line.trim_ascii(), false, out);
        }
        self.form = Form::Batch(Batch::new(self.begun));
        for part in [&first, line, b"\n"] {
            let mut rest = part;
            while !rest.is_empty() {
                rest = self.batch(rest, out);
            }
        }
    }

    fn batch<'c>(&mut self, chunk: &'c [u8], out: &mut impl Sink) -> &'c [u8] {
        let Form::Batch(batch) = &mut self.form else { return chunk };
        let (count, found) = batch.take(chunk, &mut self.partial);
        self.begun = batch.begun();
        match found {
            Some(Found::Event) => {
                let mut bytes = core::mem::take(&mut self.partial);
                self.one(&bytes, true, out);
                bytes.clear();
                self.partial = bytes;
            }
            Some(Found::Stray) => {
                let stray = count.checked_sub(1).and_then(|last| chunk.get(last..count));
                self.reject_bytes(Reason::Between, stray.unwrap_or_default(), out);
            }
            None => {}
        }
        chunk.get(count..).unwrap_or_default()
    }

    fn count_lines(&mut self, bytes: &[u8]) {
        let ends = memchr::memchr_iter(b'\n', bytes).count();
        self.line = self.line.saturating_add(u64::try_from(ends).unwrap_or(u64::MAX));
    }

    /// Keeps the beginning of an event, one byte more than allowed at most.
    fn keep(&mut self, bytes: &[u8]) {
        let room = EVENT_BYTES_MAX.saturating_add(1).saturating_sub(self.partial.len());
        self.partial.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// One event's bytes.
    fn one(&mut self, bytes: &[u8], last: bool, out: &mut impl Sink) {
        if bytes.len() > EVENT_BYTES_MAX {
            return self.reject_bytes(Reason::Long, bytes, out);
        }
        let read = json::read(bytes, &self.fields);
        let unproved = matches!(self.form, Form::Lines { proved: false });
        match read {
            Err(error) if error.is_eof() && unproved && !last => {
                self.form = Form::Doubt([bytes, b"\n"].concat());
            }
            Err(error) if error.is_eof() && last => self.reject_bytes(Reason::Cut, bytes, out),
            Err(error) => self.reject_bytes(Reason::Json(error.to_string()), bytes, out),
            Ok(raw) => {
                if let Form::Lines { proved } = &mut self.form {
                    *proved = true;
                }
                match judged(&raw, &self.fields, self.begun) {
                    Ok(event) => self.event(&event, out),
                    Err(reason) => self.reject_bytes(reason, bytes, out),
                }
            }
        }
    }

    fn event(&mut self, event: &Event<'_>, out: &mut impl Sink) {
        let tally = &mut self.tally;
        tally.events = tally.events.saturating_add(1);
        tally.first = Some(tally.first.map_or(event.opened, |first| first.min(event.opened)));
        let end = event.closed.unwrap_or(event.opened);
        tally.last = Some(tally.last.map_or(end, |last| last.max(end)));
        out.event(event);
    }

    fn reject_bytes(&mut self, reason: Reason, bytes: &[u8], out: &mut impl Sink) {
        self.tally.rejected = self.tally.rejected.saturating_add(1);
        out.rejected(Rejected::new(self.begun, reason, bytes));
    }
}

/// What an event means, or what it lacks.
fn judged<'r>(raw: &'r Raw<'_>, fields: &Fields, line: u64) -> Result<Event<'r>, Reason> {
    let version = needed(&raw.version, "specversion")?;
    if version != "1.0" {
        return Err(Reason::Version(version.to_owned()));
    }
    let (id, source) = (needed(&raw.id, "id")?, needed(&raw.source, "source")?);
    let (kind, subject) = (needed(&raw.kind, "type")?, needed(&raw.subject, "subject")?);
    let time = needed(&raw.time, "time")?;
    let at = time::instant(time).ok_or_else(|| Reason::Time(time.to_owned()))?;
    let product = match &fields.product {
        None => kind,
        Some(path) => needed(&raw.data.product, format_args!("data.{path}"))?,
    };
    let duration = amount(without_dust(&raw.data.duration), &fields.duration)?;
    let seconds = duration.map(|millionths| {
        let too_long = || number(&fields.duration, raw.data.duration.as_deref());
        fields.unit.seconds(millionths).ok_or_else(too_long)
    });
    let (opened, closed) = span(at, seconds.transpose()?, fields.time);
    let host = raw.data.host.as_deref().filter(|host| !host.trim().is_empty());
    let value = amount(raw.data.value.as_deref(), &fields.value)?;
    Ok(Event { line, source, id, kind, subject, product, host, opened, closed, value })
}

fn span(at: Instant, seconds: Option<i64>, time: TimeIs) -> (Instant, Option<Instant>) {
    match (seconds, time) {
        (None, _) => (at, None),
        (Some(seconds), TimeIs::Start) => (at, Some(at.plus(seconds))),
        (Some(seconds), TimeIs::End) => (at.plus(seconds.saturating_neg()), Some(at)),
    }
}

fn needed<'r>(
    text: &'r Option<Cow<'_, str>>,
    name: impl core::fmt::Display,
) -> Result<&'r str, Reason> {
    let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    text.ok_or_else(|| Reason::Missing(name.to_string()))
}

/// A number of 0 or more, in millionths.
fn amount(text: Option<&str>, path: &Path) -> Result<Option<i64>, Reason> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let read = parse_micros(text).ok().filter(|millionths| *millionths >= 0);
    read.map(Some).ok_or_else(|| number(path, Some(text)))
}

/// A duration without what is less than a millionth: clocks measure more digits than anybody means.
fn without_dust<'r>(text: &'r Option<Cow<'_, str>>) -> Option<&'r str> {
    let text = text.as_deref()?;
    let end = text.find('.').map_or(text.len(), |point| point.saturating_add(7));
    let dust = text.get(end..).unwrap_or_default();
    let is_dust = dust.bytes().all(|byte| byte.is_ascii_digit());
    if is_dust { text.get(..end.min(text.len())) } else { Some(text) }
}

fn number(path: &Path, text: Option<&str>) -> Reason {
    Reason::Number(format!("data.{path}"), text.unwrap_or_default().to_owned())
}

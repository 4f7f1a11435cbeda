//! CloudEvents 1.0 in JSON, as OpenMeter and its clients write them: one event, a batch, or a line each.
//!
//! ```json
//! {"specversion":"1.0","type":"session","id":"7f1c","source":"render-farm","subject":"ana@acme.example",
//!  "time":"2026-01-05T09:00:00+01:00","data":{"product":"maya","host":"WS-7","duration_seconds":"5400"}}
//! ```
//!
//! `subject` is the person, `source` and `id` together say which event it is: a sender that repeats it means the same
//! one, and [`Event::key`] is the same then. What was used stands in `data`, under names that [`Fields`] says.
//! Attributes that are not known are passed over; an event that lacks one that is needed is handed back with its line
//! and what to do, and all others are read.
//!
//! Chunks of any size in, events out, one in memory at a time: nothing is allocated for an event whose texts have no
//! escapes. A line that is not JSON costs itself alone.

mod fields;
mod json;
mod reader;
mod report;
mod splitter;
mod time;

pub use fields::{BadPath, Fields, Path, TimeIs, Unit};
pub use reader::Reader;
pub use report::{Collected, Event, Kept, Reason, Rejected, Sink, Tally};
pub use splitter::EVENT_BYTES_MAX;

/// Whether a file may be one of events, by its first bytes.
///
/// # Errors
/// What it looks like instead, in words.
pub fn sniff(first: &[u8]) -> Result<(), &'static str> {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    match text {
        [b'{' | b'[', ..] => Ok(()),
        [] => Err("the file is empty"),
        [b'<', ..] => Err("the file is a page of HTML or XML, as an error is told in a browser"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err("the file is UTF-16; save it as UTF-8"),
        [0x1f, 0x8b, ..] | [b'P', b'K', ..] => Err("the file is packed"),
        _ => Err("the file is not JSON: events begin with `{`, a batch with `[`"),
    }
}

#[cfg(test)]
mod tests;

//! Where one event ends and the next begins: at the end of the line, or, in a batch and in JSON that is written over
//! several lines, where its braces close.

use memchr::memchr2;

/// The most bytes of one event.
pub const EVENT_BYTES_MAX: usize = 1 << 20;

/// Where in a batch the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Before the first event, where a list may begin.
    #[default]
    Start,
    /// Between events.
    Between { list: bool },
    /// Within an event, so many braces deep; in a text or not.
    Event { list: bool, depth: usize, text: bool },
    /// After a list, or after something that is no event.
    After,
}

/// What a [`Batch`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A whole event: it is what was kept.
    Event,
    /// Something else than an event where one is to be.
    Stray,
}

/// Finds events by their braces.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    at: At,
    escaped: bool,
    line: u64,
    begun: u64,
}

impl Batch {
    /// Of bytes that begin on this line of the file.
    pub(super) fn new(line: u64) -> Self {
        Self { at: At::Start, escaped: false, line, begun: line }
    }

    /// The line on which the last event, or stray byte, begins.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// Takes bytes up to the end of an event and keeps those of the event, one more than allowed at most. Returns how
    /// many bytes were taken, and what ended there.
    pub(super) fn take(&mut self, bytes: &[u8], kept: &mut Vec<u8>) -> (usize, Option<Found>) {
        let mut place = 0_usize;
        while let Some(rest) = bytes.get(place..).filter(|rest| !rest.is_empty()) {
            let (count, found) = match self.at {
                At::Event { list, depth, text: true } => (self.text(rest, list, depth), None),
                At::Event { list, depth, text: false } => self.event(rest, list, depth),
                _ => (1, self.between(rest.first().copied().unwrap_or(b' '))),
            };
            if matches!(self.at, At::Event { .. }) || found == Some(Found::Event) {
                let room = EVENT_BYTES_MAX.saturating_add(1).saturating_sub(kept.len());
                kept.extend(rest.iter().take(count.min(room)));
            }
            place = place.saturating_add(count);
            let ends = memchr::memchr_iter(b'\n', rest.get(..count).unwrap_or_default()).count();
            self.line = self.line.saturating_add(u64::try_from(ends).unwrap_or(u64::MAX));
            if found.is_some() {
                return (place, found);
            }
        }
        (place, None)
    }

    /// The line of what the end of the file cuts, if it may not end here: an event, or a list.
    pub(super) fn cut(&self) -> Option<u64> {
        match self.at {
            At::Start | At::Between { list: false } | At::After => None,
            At::Between { list: true } => Some(self.line),
            At::Event { .. } => Some(self.begun),
        }
    }

    fn between(&mut self, byte: u8) -> Option<Found> {
        let list = matches!(self.at, At::Between { list: true });
        match (byte, self.at) {
            (b' ' | b'\t' | b'\r' | b'\n', _) | (_, At::After) if byte.is_ascii_whitespace() => {}
            (b'[', At::Start) => self.at = At::Between { list: true },
            (b',', At::Between { list: true }) => {}
            (b']', At::Between { list: true }) => self.at = At::After,
            (b'{', At::Start | At::Between { .. }) => {
                self.begun = self.line;
                self.at = At::Event { list, depth: 1, text: false };
            }
            (_, At::After) => return None,
            _ => {
                (self.begun, self.at) = (self.line, At::After);
                return Some(Found::Stray);
            }
        }
        None
    }

    /// Within a text: up to its end, or over an escape.
    fn text(&mut self, rest: &[u8], list: bool, depth: usize) -> usize {
        if core::mem::take(&mut self.escaped) {
            return 1;
        }
        match memchr2(b'"', b'\\', rest) {
            None => rest.len(),
            Some(end) => {
                match rest.get(end) {
                    Some(b'\\') => self.escaped = true,
                    _ => self.at = At::Event { list, depth, text: false },
                }
                end.saturating_add(1)
            }
        }
    }

    /// Within an event and no text: up to the next brace or quote.
    fn event(&mut self, rest: &[u8], list: bool, depth: usize) -> (usize, Option<Found>) {
        let end = rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'"'));
        let Some(end) = end else { return (rest.len(), None) };
        let depth = match rest.get(end) {
            Some(b'{') => depth.saturating_add(1),
            Some(b'}') => depth.saturating_sub(1),
            _ => {
                self.at = At::Event { list, depth, text: true };
                return (end.saturating_add(1), None);
            }
        };
        let ended = depth == 0;
        self.at = if ended { At::Between { list } } else { At::Event { list, depth, text: false } };
        (end.saturating_add(1), ended.then_some(Found::Event))
    }
}

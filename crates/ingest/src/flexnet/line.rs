//! One line of a debug log, taken apart without looking at any other.
//!
//! `[ ]H:MM:SS (daemon) message`, the hour padded with a space, a zero or nothing.

use memchr::memchr;

/// A line that carries a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Seconds since local midnight.
    pub(crate) second: i32,
    /// `lmgrd`, `adskflex`, `adskflex_2` …
    pub(crate) daemon: &'a [u8],
    /// The rest, blanks in front removed.
    pub(crate) message: &'a [u8],
}

impl<'a> Line<'a> {
    /// Takes the prefix off; `None` where the line has none.
    pub(crate) fn read(line: &'a [u8]) -> Option<Self> {
        let (second, rest) = time_of_day(line)?;
        let rest = rest.strip_prefix(b"(")?;
        let (daemon, rest) = rest.split_at_checked(memchr(b')', rest)?)?;
        let plausible = !daemon.is_empty() && daemon.len() <= 64;
        plausible.then(|| Self {
            second,
            daemon,
            message: without_blanks(rest.get(1..).unwrap_or(&[])),
        })
    }
}

/// The time of day and what follows its blank.
fn time_of_day(line: &[u8]) -> Option<(i32, &[u8])> {
    let line = line.strip_prefix(b" ").unwrap_or(line);
    let (hour, rest) = match line {
        [tens, ones, b':', rest @ ..] => (two_digits(*tens, *ones)?, rest),
        [ones, b':', rest @ ..] => (two_digits(b'0', *ones)?, rest),
        _ => return None,
    };
    let [m1, m2, b':', s1, s2, b' ', rest @ ..] = rest else { return None };
    let minute = two_digits(*m1, *m2)?;
    // Second 60 is a leap second; it counts as the last of its minute.
    let second = two_digits(*s1, *s2)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let total = hour.wrapping_mul(3600).wrapping_add(minute.wrapping_mul(60));
    Some((total.wrapping_add(second.min(59)), rest))
}

fn two_digits(tens: u8, ones: u8) -> Option<i32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| i32::from(tens).wrapping_mul(10).wrapping_add(i32::from(ones)))
}

/// Without the blanks and tabs in front.
pub(crate) fn without_blanks(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [b' ' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    rest
}

/// The words that begin a usage event.
const USAGE: [&[u8]; 8] = [
    b"OUT:",
    b"IN:",
    b"DENIED:",
    b"UNSUPPORTED:",
    b"UPGRADE:",
    b"QUEUED:",
    b"DEQUEUED:",
    b"EXPIRED:",
];

/// Whether a line without a readable time was meant to be a usage event: `(name) OUT: "…`.
pub(crate) fn resembles_usage(line: &[u8]) -> bool {
    let Some(close) = memchr::memmem::find(line, b") ") else { return false };
    let message = without_blanks(line.get(close.saturating_add(2)..).unwrap_or(&[]));
    memchr(b'(', line.get(..close).unwrap_or(&[])).is_some()
        && USAGE.iter().any(|word| message.starts_with(word))
}

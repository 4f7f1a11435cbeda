//! What a file is, judged by its first bytes, before anything is read.

use super::line::Line;
use memchr::{memchr, memmem};

/// Why a file is no FlexNet debug log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotADebugLog {
    /// No bytes at all.
    Empty,
    /// gzip, zip, zstd, bzip2, xz or 7z.
    Compressed(&'static str),
    /// Two bytes a character, as Windows editors and PowerShell write.
    Utf16,
    /// Bytes that are no text; FlexNet's encrypted report log is such a file.
    Binary,
    /// Text of another known format.
    Other(&'static str),
    /// Text without a single line of the form `H:MM:SS (daemon) …`.
    Unrecognised,
}

impl NotADebugLog {
    /// The stable code, for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "file-empty",
            Self::Compressed(_) => "file-compressed",
            Self::Utf16 => "file-utf-16",
            Self::Binary => "file-binary",
            Self::Other(_) => "file-of-another-format",
            Self::Unrecognised => "file-unrecognised",
        }
    }
}

impl core::fmt::Display for NotADebugLog {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty; check that the server writes to it (lmgrd -l, DEBUGLOG)"),
            Self::Compressed(how) => write!(f, "the file is compressed with `{how}`; unpack it first"),
            Self::Utf16 => f.write_str("the file is UTF-16; save it as UTF-8, or copy the server's own file"),
            Self::Binary => f.write_str(
                "the file is not text; a report log (REPORTLOG) is encrypted and cannot be read: import the debug log (DEBUGLOG, lmgrd -l)",
            ),
            Self::Other(what) => write!(f, "the file is {what}, not a debug log; import the file that lmgrd -l or DEBUGLOG names"),
            Self::Unrecognised => f.write_str(
                "no line looks like `8:42:20 (adskflex) …`; import the file that lmgrd -l or DEBUGLOG names",
            ),
        }
    }
}

/// Judges a file by its first bytes; 64 KiB are plenty.
///
/// # Errors
/// [`NotADebugLog`], with what to do instead.
pub fn sniff(first: &[u8]) -> Result<(), NotADebugLog> {
    if first.is_empty() {
        return Err(NotADebugLog::Empty);
    }
    if let Some(how) = compressed(first) {
        return Err(NotADebugLog::Compressed(how));
    }
    if is_utf16(first) {
        return Err(NotADebugLog::Utf16);
    }
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    if lines(text).any(|line| Line::read(line).is_some()) {
        return Ok(());
    }
    if is_binary(text) {
        return Err(NotADebugLog::Binary);
    }
    if text.trim_ascii().is_empty() {
        return Err(NotADebugLog::Empty);
    }
    Err(other(text).map_or(NotADebugLog::Unrecognised, NotADebugLog::Other))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
}

fn compressed(first: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ", "xz"),
        (b"7z\xbc\xaf", "7z"),
    ];
    MAGIC.iter().find(|(magic, _)| first.starts_with(magic)).map(|(_, how)| *how)
}

/// A byte-order mark, or every other byte of the beginning zero.
fn is_utf16(first: &[u8]) -> bool {
    let head = first.get(..64.min(first.len())).unwrap_or(first);
    let zeros = |odd: usize| {
        let mut side = head.iter().skip(odd).step_by(2).peekable();
        side.peek().is_some() && side.all(|byte| *byte == 0)
    };
    first.starts_with(b"\xff\xfe")
        || first.starts_with(b"\xfe\xff")
        || (head.len() >= 8 && zeros(0) != zeros(1))
}

fn is_binary(text: &[u8]) -> bool {
    let odd = text
        .iter()
        .filter(|byte| **byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 12))
        .count();
    memchr(0, text).is_some() || odd.saturating_mul(50) > text.len()
}

fn other(text: &[u8]) -> Option<&'static str> {
    const WORDS: [(&[u8], &str); 7] = [
        (b"REPORTLOG", "an options file"),
        (b"License server status:", "the output of lmstat"),
        (b"Users of ", "the output of lmstat"),
        (b"lmutil - Copyright", "the output of lmutil"),
        (b"INCREMENT ", "a licence file"),
        (b"TIMEOUTALL ", "an options file"),
        (b"INCLUDE ", "an options file"),
    ];
    let head = text.trim_ascii_start();
    match head.first() {
        Some(b'{' | b'[') => return Some("JSON"),
        Some(b'<') => return Some("XML or HTML"),
        _ => {}
    }
    let known = WORDS.iter().find(|(word, _)| memmem::find(text, word).is_some());
    let commas = lines(head).next().map_or(0, |line| memchr::memchr_iter(b',', line).count());
    known.map(|(_, what)| *what).or((commas >= 3).then_some("a CSV table"))
}

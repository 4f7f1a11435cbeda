//! The bytes of an options file as text and back, without losing one.
//!
//! A file that is not UTF-8 is read byte by byte as Latin-1, in which every byte is a character, so that an
//! operator's lines come back as they were.

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// A byte a character.
    Latin1,
}

/// The text of a file, and how it was written.
#[must_use]
pub fn decode(bytes: &[u8]) -> (String, Encoding) {
    match core::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) => (bytes.iter().map(|byte| char::from(*byte)).collect(), Encoding::Latin1),
    }
}

/// The bytes of a text; `None` where the encoding has no byte for a character of it.
#[must_use]
pub fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Some(text.as_bytes().to_vec()),
        Encoding::Latin1 => text.chars().map(|letter| u8::try_from(letter).ok()).collect(),
    }
}

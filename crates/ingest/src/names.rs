//! Texts as dense ids, so that nothing is allocated for a line whose names were seen before.
//!
//! A name is the same name however it was encoded: bytes that are not UTF-8 are read as
//! Windows-1252, the encoding of the licence servers that write them.

mod table;

pub use table::ByteTable;

use rustc_hash::FxHashMap;

/// A text of one [`Names`] table; meaningless in another table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub u32);

impl NameId {
    /// The empty text, in every table.
    pub const EMPTY: Self = Self(0);
}

/// Texts seen so far, each once.
#[derive(Clone, Debug)]
pub struct Names {
    ids: FxHashMap<Box<[u8]>, NameId>,
    texts: Vec<Box<str>>,
}

impl Default for Names {
    fn default() -> Self {
        let mut ids = FxHashMap::default();
        ids.insert(Box::default(), NameId::EMPTY);
        Self { ids, texts: vec![Box::default()] }
    }
}

impl Names {
    /// The text of an id of this table; empty for an id of another table.
    #[must_use]
    pub fn text(&self, id: NameId) -> &str {
        self.texts.get(id.0 as usize).map_or("", |text| text)
    }

    /// How many texts there are, the empty one included; ids are below this number.
    #[must_use]
    pub fn count(&self) -> usize {
        self.texts.len()
    }

    /// The id of a text, new or known.
    pub fn intern(&mut self, bytes: &[u8]) -> NameId {
        match self.ids.get(bytes) {
            Some(id) => *id,
            None => self.add(bytes),
        }
    }

    #[cold]
    fn add(&mut self, bytes: &[u8]) -> NameId {
        let text = decode(bytes);
        let id = match self.ids.get(text.as_bytes()) {
            Some(id) => *id,
            None => self.add_text(text.into_boxed_str()),
        };
        self.ids.insert(bytes.into(), id);
        id
    }

    fn add_text(&mut self, text: Box<str>) -> NameId {
        // INVARIANT: a table never reaches 2^32 texts: they would not fit in memory.
        let id = NameId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.ids.insert(text.as_bytes().into(), id);
        self.texts.push(text);
        id
    }
}

/// Bytes as text: UTF-8 where they are UTF-8, else Windows-1252, in which every byte is a letter.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    match core::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| letter(*byte)).collect(),
    }
}

/// The first bytes of a text, no letter of it cut in two: half a letter would make all of it Windows-1252.
pub(crate) fn head(bytes: &[u8], bytes_max: usize) -> &[u8] {
    let Some(head) = bytes.get(..bytes_max) else { return bytes };
    match core::str::from_utf8(head) {
        Err(cut) if cut.error_len().is_none() => head.get(..cut.valid_up_to()).unwrap_or(head),
        _ => head,
    }
}

/// The letters where Windows-1252 differs from Latin-1: bytes 0x80 to 0x9F.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn letter(byte: u8) -> char {
    let place = usize::from(byte).checked_sub(0x80);
    let windows = place.and_then(|place| WINDOWS.get(place));
    windows.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests;

//! What the first bytes of a file say that it is.

use std::io::{Read, Seek, SeekFrom};

/// So many bytes are enough to know.
pub(super) const BYTES: u64 = 8;

/// A container, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    Gzip,
    Zip,
    /// OLE: Office before 2007, and encrypted Office files of today.
    Compound,
    /// One that is not read: its name.
    Other(&'static str),
}

impl Magic {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zip => "zip",
            Self::Compound => "Office before 2007",
            Self::Other(name) => name,
        }
    }
}

const ALL: &[(&[u8], Magic)] = &[
    (b"\x1f\x8b", Magic::Gzip),
    (b"PK\x03\x04", Magic::Zip),
    // A zip without members.
    (b"PK\x05\x06", Magic::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Magic::Compound),
    (b"\x28\xb5\x2f\xfd", Magic::Other("zstd")),
    (b"BZh", Magic::Other("bzip2")),
    (b"\xfd7zXZ", Magic::Other("xz")),
    (b"7z\xbc\xaf", Magic::Other("7z")),
    (b"Rar!", Magic::Other("RAR")),
    // A part of a divided zip.
    (b"PK\x07\x08", Magic::Other("a divided zip")),
];

/// The container that begins like this; `None` for anything else.
pub(super) fn of(head: &[u8]) -> Option<Magic> {
    ALL.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, which)| *which)
}

/// Whether a compound file holds an encrypted workbook: its directory, whose sector the header names, then has a
/// stream of that name.
pub(super) fn is_encrypted_workbook(source: &mut (impl Read + Seek)) -> std::io::Result<bool> {
    let mut header = Vec::new();
    source.by_ref().take(512).read_to_end(&mut header)?;
    let word = |at: usize| header.get(at..at.saturating_add(4)).and_then(|w| w.try_into().ok());
    let shift = header.get(30).copied().unwrap_or(9).clamp(9, 12);
    let sector = u64::from(word(48).map_or(0, u32::from_le_bytes));
    let start = sector.saturating_add(1).checked_shl(u32::from(shift)).unwrap_or(u64::MAX);
    let mut directory = Vec::new();
    if source.seek(SeekFrom::Start(start.min(u64::from(u32::MAX) << 12))).is_ok() {
        source.by_ref().take(4_096).read_to_end(&mut directory)?;
    }
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(memchr::memmem::find(&directory, &name).is_some())
}

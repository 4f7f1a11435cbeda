//! Files within files: gzip, zip and XLSX, read as they are, within caps.
//!
//! A container is what most people send, and the one kind of file that can be small and cost everything: every cap
//! of [`Limits`] is looked at while reading, before the bytes or the memory that it bounds are spent. Nothing here is
//! unpacked into memory but the texts that the sheets of a workbook share; a table of gigabytes goes through a buffer.
//! A container within a container is refused, whatever it is called: it is told by its first bytes.
//!
//! No file is opened and no name is used as a path: what is read is an argument, what is in it comes out as bytes
//! ([`std::io::Read`]) or as rows of cells. Errors of the readers are [`Fault`]s within [`std::io::Error`]s, which
//! [`Fault::of`] takes out again.
//!
//! To add a kind of container: its first bytes in `magic`, a reader that tells a `Watch` of all that it unpacks, a
//! variant of [`Contents`], and a test for each cap.

mod fault;
mod gzip;
mod magic;
mod watch;
mod xlsx;
mod zip;

pub use fault::{Fault, Problem};
pub use gzip::Gunzip;
pub use xlsx::{Cell, CellKind, Row, Rows, Workbook};
pub use zip::{Archive, Member};

use magic::Magic;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// How much of a container is read before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that one member, or a gzip file, may unpack to.
    pub unpacked_bytes_max: u64,
    /// How many times its size a member may unpack to. Looked at from 16 MiB on, since small files of one repeated
    /// row are honest.
    pub ratio_max: u64,
    /// Files in a zip.
    pub members_max: usize,
    /// Bytes of texts that the sheets of a workbook share, which are all that is kept in memory.
    pub shared_bytes_max: usize,
    /// Cells of a sheet, the empty ones between others included.
    pub cells_max: u64,
    /// Columns of a sheet.
    pub columns_max: usize,
    /// Bytes of one cell. A spreadsheet itself allows 32,767 characters.
    pub cell_bytes_max: usize,
    /// Elements within elements, in the XML of a workbook.
    pub depth_max: usize,
}

impl Default for Limits {
    /// Far beyond what the vendor exports, far below what hurts.
    fn default() -> Self {
        Self {
            unpacked_bytes_max: 64 << 30,
            ratio_max: 200,
            members_max: 1_000,
            shared_bytes_max: 512 << 20,
            cells_max: 200_000_000,
            columns_max: 1_024,
            cell_bytes_max: 128 << 10,
            depth_max: 64,
        }
    }
}

/// What a file is.
pub enum Contents<R: Read + Seek> {
    /// No container: the bytes themselves, from the first one on.
    Plain(R),
    /// One file, packed.
    Gzip(Gunzip<R>),
    /// Several files, by name.
    Zip(Archive<R>),
    /// A workbook of sheets.
    Workbook(Workbook<R>),
}

/// Looks at the first bytes of `source`, and into it where it is a container; `file` is its name, for messages.
///
/// ```
/// use faregate_ingest::container::{Contents, Limits, open};
/// let plain = open("usage.csv", std::io::Cursor::new(b"Day used,Email\n"), &Limits::default());
/// assert!(matches!(plain, Ok(Contents::Plain(_))));
/// ```
///
/// # Errors
/// [`Fault`] when it is a container that cannot be read: encrypted, damaged, cut, hostile, or of a kind that Faregate
/// does not unpack.
pub fn open<R: Read + Seek>(
    file: &str,
    mut source: R,
    limits: &Limits,
) -> Result<Contents<R>, Fault> {
    let file: Arc<str> = Arc::from(file);
    let failed = |error: std::io::Error| Fault::from_io(&file, None, &error);
    let head = head(&mut source).map_err(failed)?;
    match magic::of(&head) {
        None => Ok(Contents::Plain(source)),
        Some(Magic::Gzip) => Ok(Contents::Gzip(Gunzip::new(file, source, limits))),
        Some(Magic::Zip) => {
            let archive = Archive::open(file, source, limits)?;
            xlsx::look(archive)
        }
        Some(Magic::Compound) => {
            let encrypted = magic::is_encrypted_workbook(&mut source).map_err(failed)?;
            let problem = if encrypted { Problem::Encrypted } else { Problem::OldWorkbook };
            Err(Fault::new(&file, None, problem))
        }
        Some(Magic::Other(how)) => Err(Fault::new(&file, None, Problem::Packed(how))),
    }
}

/// The first bytes; the source is at its beginning again afterwards.
fn head(source: &mut (impl Read + Seek)) -> std::io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.by_ref().take(magic::BYTES).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(head)
}

#[cfg(test)]
mod tests;

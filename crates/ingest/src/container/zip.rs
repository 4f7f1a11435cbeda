//! Several files in one, by name. The directory at the end of the file is what counts; its names are never paths.

use super::watch::{Unpack, Watch, Watched};
use super::{Fault, Limits, Problem};
use core::cell::RefCell;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ErrorKind, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator};
use rawzip::{MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipFileHeaderRecord, ZipReader, ZipVerifier};
use std::collections::BTreeMap;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

const BUFFER_BYTES: usize = 64 << 10;

/// A zip, whose members are read by name.
pub struct Archive<R> {
    file: Arc<str>,
    limits: Limits,
    inner: ZipArchive<Source<R>>,
    members: BTreeMap<Arc<str>, Entry>,
    /// In the order of the directory.
    names: Vec<Arc<str>>,
}

#[derive(Clone, Copy)]
struct Entry {
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    encrypted: bool,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`Fault`] when the file is damaged, has too many members, two of one name, or some that share bytes.
    pub fn open(file: Arc<str>, source: R, limits: &Limits) -> Result<Self, Fault> {
        let fail = |error: &rawzip::Error| Fault::new(&file, None, problem(error));
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let (source, end) = Source::new(source).map_err(|e| Fault::from_io(&file, None, &e))?;
        let located = ZipLocator::new().locate_in_reader(source, &mut buffer, end);
        let inner = located.map_err(|(_, error)| fail(&error))?;
        let (mut members, mut names) = (BTreeMap::new(), Vec::new());
        let mut entries = inner.entries(&mut buffer);
        let mut listed: u64 = 0;
        while let Some(entry) = entries.next_entry().map_err(|error| fail(&error))? {
            listed = listed.saturating_add(1);
            let Some(name) = name(&entry) else { continue };
            if names.len() >= limits.members_max {
                let most = u64::try_from(limits.members_max).unwrap_or(u64::MAX);
                return Err(Fault::new(&file, None, Problem::TooMany(most, "members")));
            }
            let method = entry.compression_method();
            let encrypted = entry.flags().is_encrypted();
            let place = entry.wayfinder();
            if members.insert(name.clone(), Entry { place, method, encrypted }).is_some() {
                return Err(Fault::new(&file, Some(&name), Problem::Twice));
            }
            names.push(name);
        }
        if listed < inner.entries_hint() {
            return Err(Fault::new(&file, None, Problem::Cut));
        }
        let archive = Self { file, limits: limits.clone(), inner, members, names };
        archive.apart()?;
        Ok(archive)
    }

    /// The names of the files in it, in the order of its directory. Directories, links, and what a Mac adds of its
    /// own are not among them.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The file that was opened.
    pub(super) fn file(&self) -> &Arc<str> {
        &self.file
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The bytes of a member, unpacked as they are read. At their end its length and checksum are verified, so that
    /// what was read is only good once the reader has said that there is no more.
    ///
    /// # Errors
    /// [`Fault`] when there is none of this name, or it is encrypted, packed in an unknown way, or too large.
    pub fn member(&self, name: &str) -> Result<Member<'_, R>, Fault> {
        let Some((name, entry)) = self.members.get_key_value(name) else {
            let known = self.names().map(str::to_owned).collect();
            return Err(Fault::new(&self.file, None, Problem::Missing(name.to_owned(), known)));
        };
        let watch = Watch::new(self.file.clone(), Some(name.clone()), &self.limits);
        if entry.encrypted || entry.method == CompressionMethod::AES {
            return Err(watch.fault(Problem::Encrypted));
        }
        let place = entry.place;
        watch.promised(place.uncompressed_size_hint(), place.compressed_size_hint())?;
        let found = self.inner.get_entry(place).map_err(|e| watch.fault(problem(&e)))?;
        let packed = BufReader::with_capacity(BUFFER_BYTES, found.reader());
        let body = match entry.method {
            CompressionMethod::STORE => Body::Stored { inner: packed, bytes: 0 },
            CompressionMethod::DEFLATE => Body::Deflated(DeflateDecoder::new(packed)),
            method => return Err(watch.fault(Problem::Method(method.as_u16()))),
        };
        let verified = found.verifying_reader(Watched::new(body, watch));
        Ok(Member { file: self.file.clone(), name: name.clone(), verified })
    }

    /// No two members share a byte: what is small packed and huge unpacked, unpacks the same bytes many times over.
    fn apart(&self) -> Result<(), Fault> {
        let mut spans = Vec::with_capacity(self.names.len());
        for (name, entry) in &self.members {
            let found = self.inner.get_entry(entry.place);
            let found = found.map_err(|e| Fault::new(&self.file, Some(name), problem(&e)))?;
            spans.push((found.compressed_data_range(), name));
        }
        spans.sort_unstable();
        // A local header lies before each member's bytes, so that even touching ones overlap.
        let overlap = spans.iter().zip(spans.iter().skip(1)).find(|(one, next)| {
            let ((_, end), (start, _)) = (one.0, next.0);
            end.saturating_add(LOCAL_HEADER_BYTES) > start
        });
        let end = self.inner.directory_offset();
        let beyond = spans.iter().find(|((_, last), _)| *last > end);
        match overlap.map(|(_, next)| next.1).or(beyond.map(|(_, name)| *name)) {
            Some(name) => Err(Fault::new(&self.file, Some(name), Problem::Overlap)),
            None => Ok(()),
        }
    }
}

const LOCAL_HEADER_BYTES: u64 = 30;

/// The name of an entry that is a file of the sender's.
fn name(entry: &ZipFileHeaderRecord<'_>) -> Option<Arc<str>> {
    let path = entry.file_path();
    let name = crate::names::decode(path.as_bytes());
    let is_mac = name.starts_with("__MACOSX/") || name.ends_with(".DS_Store");
    let is_file = !entry.is_dir() && !entry.mode().is_symlink();
    (is_file && !is_mac).then(|| Arc::from(name))
}

fn problem(error: &rawzip::Error) -> Problem {
    match error.kind() {
        ErrorKind::MissingEndOfCentralDirectory | ErrorKind::Eof => Problem::Cut,
        ErrorKind::IO(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Problem::Cut,
        ErrorKind::IO(error) => Problem::Io(error.to_string()),
        other => Problem::Damaged(other.to_string()),
    }
}

/// The bytes of one member.
pub struct Member<'a, R: Read + Seek> {
    file: Arc<str>,
    name: Arc<str>,
    verified: ZipVerifier<Watched<Body<'a, R>>>,
}

impl<R: Read + Seek> Member<'_, R> {
    pub(super) fn fault(&self, problem: Problem) -> Fault {
        Fault::new(&self.file, Some(&self.name), problem)
    }
}

impl<R: Read + Seek> Read for Member<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.verified.read(buffer);
        Ok(read.map_err(|error| Fault::from_io(&self.file, Some(&self.name), &error))?)
    }
}

type Packed<'a, R> = BufReader<ZipReader<&'a Source<R>>>;

enum Body<'a, R: Read + Seek> {
    Stored { inner: Packed<'a, R>, bytes: u64 },
    Deflated(DeflateDecoder<Packed<'a, R>>),
}

impl<R: Read + Seek> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Stored { inner, bytes } => {
                let count = inner.read(buffer)?;
                *bytes = bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
                Ok(count)
            }
            Self::Deflated(decoder) => decoder.read(buffer),
        }
    }
}

impl<R: Read + Seek> Unpack for Body<'_, R> {
    fn packed_bytes(&self) -> u64 {
        match self {
            Self::Stored { bytes, .. } => *bytes,
            Self::Deflated(decoder) => decoder.total_in(),
        }
    }
}

/// A file that is read at any place, by one reader at a time.
struct Source<R>(RefCell<R>);

impl<R: Read + Seek> Source<R> {
    /// With its length.
    fn new(mut inner: R) -> std::io::Result<(Self, u64)> {
        let end = inner.seek(SeekFrom::End(0))?;
        Ok((Self(RefCell::new(inner)), end))
    }
}

impl<R: Read + Seek> rawzip::ReaderAt for Source<R> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        let mut inner = self.0.try_borrow_mut().map_err(std::io::Error::other)?;
        inner.seek(SeekFrom::Start(offset))?;
        inner.read(buffer)
    }
}

//! One file, packed with gzip; several parts one after the other are one file, as `cat` makes them.

use super::Limits;
use super::watch::{Unpack, Watch, Watched};
use flate2::bufread::MultiGzDecoder;
use std::io::{BufReader, Read};
use std::sync::Arc;

const BUFFER_BYTES: usize = 64 << 10;

/// The bytes of a gzip file, unpacked as they are read.
pub struct Gunzip<R: Read>(Watched<Decoder<R>>);

impl<R: Read> Gunzip<R> {
    /// Reads nothing yet. `file` is the name, for messages.
    #[must_use]
    pub fn new(file: Arc<str>, source: R, limits: &Limits) -> Self {
        let source = Counted { inner: source, bytes: 0 };
        let decoder = MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, source));
        Self(Watched::new(Decoder(decoder), Watch::new(file, None, limits)))
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

struct Decoder<R: Read>(MultiGzDecoder<BufReader<Counted<R>>>);

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Unpack for Decoder<R> {
    fn packed_bytes(&self) -> u64 {
        self.0.get_ref().get_ref().bytes
    }
}

/// Counts what was read of the file.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }
}

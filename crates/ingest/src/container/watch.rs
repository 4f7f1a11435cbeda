//! Counts what is unpacked, and says stop.

use super::magic;
use super::{Fault, Limits, Problem};
use std::io::Read;
use std::sync::Arc;

/// Below this many bytes any ratio is honest.
const RATIO_FROM_BYTES: u64 = 16 << 20;

/// Looks on while one stream is unpacked.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    file: Arc<str>,
    member: Option<Arc<str>>,
    unpacked_bytes_max: u64,
    ratio_max: u64,
    unpacked: u64,
    head: Vec<u8>,
}

impl Watch {
    pub(super) fn new(file: Arc<str>, member: Option<Arc<str>>, limits: &Limits) -> Self {
        let Limits { unpacked_bytes_max, ratio_max, .. } = *limits;
        Self { file, member, unpacked_bytes_max, ratio_max, unpacked: 0, head: Vec::new() }
    }

    pub(super) fn fault(&self, problem: Problem) -> Fault {
        Fault::new(&self.file, self.member.as_ref(), problem)
    }

    /// What a container promises to be, before a byte of it is unpacked.
    pub(super) fn promised(&self, unpacked: u64, packed: u64) -> Result<(), Fault> {
        if unpacked > self.unpacked_bytes_max {
            return Err(self.fault(Problem::TooMany(self.unpacked_bytes_max, "bytes unpacked")));
        }
        let allowed = packed.max(1).saturating_mul(self.ratio_max);
        if unpacked > RATIO_FROM_BYTES && unpacked > allowed {
            return Err(self.fault(Problem::Ratio(self.ratio_max)));
        }
        Ok(())
    }

    /// These bytes came out, and so many went in altogether.
    fn saw(&mut self, bytes: &[u8], packed: u64) -> Result<(), Fault> {
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.unpacked = self.unpacked.saturating_add(count);
        self.promised(self.unpacked, packed)?;
        let wanted = usize::try_from(magic::BYTES).unwrap_or(0).saturating_sub(self.head.len());
        if wanted > 0 {
            self.head.extend(bytes.iter().take(wanted));
            if let Some(nested) = magic::of(&self.head) {
                return Err(self.fault(Problem::Nested(nested.name())));
            }
        }
        Ok(())
    }
}

/// Something that unpacks, and knows how much it has taken in for that.
pub(super) trait Unpack: Read {
    fn packed_bytes(&self) -> u64;
}

/// A stream that is watched; its errors are [`Fault`]s.
pub(super) struct Watched<U> {
    inner: U,
    watch: Watch,
}

impl<U> Watched<U> {
    pub(super) fn new(inner: U, watch: Watch) -> Self {
        Self { inner, watch }
    }
}

impl<U: Unpack> Read for Watched<U> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let watch = &mut self.watch;
        let count = self
            .inner
            .read(buffer)
            .map_err(|error| Fault::from_io(&watch.file, watch.member.as_ref(), &error))?;
        watch.saw(buffer.get(..count).unwrap_or_default(), self.inner.packed_bytes())?;
        Ok(count)
    }
}

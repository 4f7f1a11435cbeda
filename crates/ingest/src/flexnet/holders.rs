//! `user@host` as one number, so that the usual line costs one look-up for both.

use super::usage::divide;
use crate::names::{ByteTable, NameId, Names};
use rustc_hash::FxHashMap;

/// Every holder seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holders {
    by_bytes: ByteTable,
    by_names: FxHashMap<(NameId, NameId), u32>,
    names: Vec<(NameId, NameId)>,
}

impl Holders {
    /// The number of a holder, the same in every encoding of its names.
    #[inline]
    pub(crate) fn find(&mut self, holder: &[u8], names: &mut Names) -> u32 {
        match self.by_bytes.get(holder) {
            Some(seat) => seat,
            None => self.add(holder, names),
        }
    }

    /// Brings what finding these holders needs into the cache.
    #[inline]
    pub(crate) fn fetch<'k>(&self, holders: impl Iterator<Item = &'k [u8]>) {
        self.by_bytes.fetch(holders);
    }

    /// User and host.
    pub(crate) fn names(&self, seat: u32) -> (NameId, NameId) {
        self.names.get(seat as usize).copied().unwrap_or_default()
    }

    #[cold]
    fn add(&mut self, holder: &[u8], names: &mut Names) -> u32 {
        let (user, host) = divide(holder).unwrap_or((&[], &[]));
        let pair = (names.intern(user), names.intern(host));
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let seat = *self.by_names.entry(pair).or_insert(next);
        if seat == next {
            self.names.push(pair);
        }
        self.by_bytes.insert(holder, seat);
        seat
    }
}

/// Feature codes, and whether each is a package's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    by_bytes: FxHashMap<Box<[u8]>, (NameId, bool)>,
}

impl Features {
    #[inline]
    pub(crate) fn find(&mut self, code: &[u8], names: &mut Names) -> (NameId, bool) {
        if let Some(found) = self.by_bytes.get(code) {
            return *found;
        }
        let found = (names.intern(code), super::packages::is_package(code));
        self.by_bytes.insert(code.into(), found);
        found
    }
}

//! Byte strings to numbers, with the fewest possible misses of the cache.
//!
//! A licence server knows more people than a cache holds, and finding the person is the one step
//! of a line that goes to main memory. A general hash map with boxed keys goes there three times
//! (control byte, bucket, key); this one twice: a slot of 16 bytes, and the key in one arena.
//! Entries are never removed.

use core::hash::Hasher as _;
use rustc_hash::FxHasher;

/// No number; marks an empty slot.
const NONE: u32 = u32::MAX;
const LENGTH_BITS: u32 = 24;
/// Longer keys are not kept.
const LENGTH_MAX: u64 = (1 << LENGTH_BITS) - 1;

#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    value: u32,
    /// Where the key begins in the arena, and in the low 24 bits how long it is.
    key: u64,
}

const EMPTY: Slot = Slot { tag: 0, value: NONE, key: 0 };

/// An open-addressing table whose keys lie end to end.
#[derive(Clone, Debug, Default)]
pub struct ByteTable {
    /// A power of two in number, or none; at most three quarters are taken.
    slots: Vec<Slot>,
    arena: Vec<u8>,
    taken: usize,
}

impl ByteTable {
    /// The number of a key.
    #[inline]
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<u32> {
        let hash = hash(key);
        let tag = tag(hash);
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = low(hash) & mask;
        loop {
            let slot = self.slots.get(place)?;
            if slot.value == NONE {
                return None;
            }
            if slot.tag == tag && self.key(slot) == key {
                return Some(slot.value);
            }
            place = place.wrapping_add(1) & mask;
        }
    }

    /// Brings what looking up the first sixteen of these keys needs into the cache: the processor waits for
    /// them all at once, where look-ups with work in between wait one after the other.
    #[inline]
    pub(crate) fn fetch<'k>(&self, keys: impl Iterator<Item = &'k [u8]>) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut starts = [0; 16];
        for (start, key) in starts.iter_mut().zip(keys) {
            let slot = self.slots.get(low(hash(key)) & mask);
            *start = slot.map_or(0, |slot| usize::try_from(slot.key >> LENGTH_BITS).unwrap_or(0));
        }
        let first = |start: &usize| self.arena.get(*start).copied().unwrap_or(0);
        core::hint::black_box(starts.iter().map(first).fold(0, |all, byte| all ^ byte));
    }

    /// Adds a key that is not there yet. One of 16 MiB or more is not kept.
    pub fn insert(&mut self, key: &[u8], value: u32) {
        let length = u64::try_from(key.len()).unwrap_or(u64::MAX);
        if length > LENGTH_MAX {
            return;
        }
        if self.taken.saturating_mul(4) >= self.slots.len().saturating_mul(3) {
            self.grow();
        }
        let start = u64::try_from(self.arena.len()).unwrap_or(0);
        self.arena.extend_from_slice(key);
        let hash = hash(key);
        let packed = (start << LENGTH_BITS) | length;
        self.place(low(hash), Slot { tag: tag(hash), value, key: packed });
        self.taken = self.taken.saturating_add(1);
    }

    fn key(&self, slot: &Slot) -> &[u8] {
        let start = usize::try_from(slot.key >> LENGTH_BITS).unwrap_or(usize::MAX);
        let length = usize::try_from(slot.key & LENGTH_MAX).unwrap_or(0);
        self.arena.get(start..start.saturating_add(length)).unwrap_or(&[])
    }

    fn grow(&mut self) {
        let size = self.slots.len().saturating_mul(2).max(64);
        let before = core::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in before.into_iter().filter(|slot| slot.value != NONE) {
            let hash = hash(self.key(&slot));
            self.place(low(hash), slot);
        }
    }

    /// Puts a slot at the first free place. INVARIANT: there is one, since a quarter is free.
    fn place(&mut self, from: usize, slot: Slot) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = from & mask;
        while let Some(found) = self.slots.get_mut(place) {
            if found.value == NONE {
                *found = slot;
                return;
            }
            place = place.wrapping_add(1) & mask;
        }
    }
}

#[inline]
fn hash(key: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(key);
    hasher.finish()
}

/// The half of the hash that is kept in the slot.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// The half of the hash that chooses the slot.
fn low(hash: u64) -> usize {
    usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0)
}

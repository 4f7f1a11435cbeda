//! Answers of whole months that were worked out before, in memory.
//!
//! Each is kept under all that it was made of: the question, and the files of every month that it was read from.
//! So none is ever out of date: a month that changes has other files, and what was kept of it is not found any more
//! and makes room for others. Only answers over all rows are kept; what somebody may see a part of is worked out each
//! time.

use rustc_hash::FxHashMap;
use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use xxhash_rust::xxh3::Xxh3;

/// What is kept, of all questions, up to so many bytes: beyond them, what was not asked for the longest time goes.
pub struct Kept {
    bytes_max: usize,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    things: FxHashMap<Mark, Thing>,
    bytes: usize,
    /// Counts what is asked for.
    asked: u64,
}

struct Thing {
    what: Arc<dyn Any + Send + Sync>,
    bytes: usize,
    last_asked: u64,
}

/// What something was made of, as a hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Mark(u128);

impl Mark {
    /// Of these parts, in this order.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Xxh3::new();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.digest128())
    }

    pub(super) fn bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }
}

impl Kept {
    /// Nothing yet.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, shelf: Mutex::default() }
    }

    /// Bytes of what is kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shelf().bytes
    }

    pub(super) fn get<T: Send + Sync + 'static>(&self, mark: Mark) -> Option<Arc<T>> {
        let mut shelf = self.shelf();
        shelf.asked += 1;
        let asked = shelf.asked;
        let thing = shelf.things.get_mut(&mark)?;
        thing.last_asked = asked;
        Arc::clone(&thing.what).downcast().ok()
    }

    pub(super) fn put<T: Send + Sync + 'static>(&self, mark: Mark, what: Arc<T>, bytes: usize) {
        if bytes > self.bytes_max {
            return;
        }
        let mut shelf = self.shelf();
        let last_asked = shelf.asked;
        let before = shelf.things.insert(mark, Thing { what, bytes, last_asked });
        shelf.bytes += bytes;
        shelf.bytes -= before.map_or(0, |thing| thing.bytes);
        while shelf.bytes > self.bytes_max {
            let oldest = shelf.things.iter().filter(|(other, _)| **other != mark);
            let oldest = oldest.min_by_key(|(_, thing)| thing.last_asked).map(|(mark, _)| *mark);
            let gone = oldest.and_then(|mark| shelf.things.remove(&mark));
            shelf.bytes -= gone.map_or(0, |thing| thing.bytes);
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of kept answers", self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_the_longest_time_makes_room() {
        let kept = Kept::new(100);
        let mark = |text: &str| Mark::of([text.as_bytes()]);
        let put = |text: &str, bytes| kept.put(mark(text), Arc::new(text.to_owned()), bytes);
        let has = |text: &str| kept.get::<String>(mark(text)).is_some_and(|found| *found == text);
        put("a", 40);
        put("b", 40);
        assert!(has("a") && has("b") && has("a"));
        put("c", 40);
        assert!(has("a") && !has("b") && has("c"));
        assert_eq!(kept.bytes(), 80);
        put("c", 60);
        assert_eq!(kept.bytes(), 100);
        put("d", 101);
        assert!(!has("d") && has("a") && has("c"), "what is larger than all of the room");
        assert!(kept.get::<u32>(mark("a")).is_none(), "another type");
        assert_ne!(Mark::of([&b"ab"[..], b"c"]), Mark::of([&b"a"[..], b"bc"]));
    }
}

//! Polls over time: who came, who went, and since when nothing is known.

use super::{Held, Snapshot};
use faregate_core::estate::folded;
use faregate_core::when::Instant;
use std::collections::BTreeMap;

/// What is known from one poll to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    open: BTreeMap<Key, Open>,
    /// Whether the last poll left something unknown.
    is_unknown: bool,
}

/// Who, where, what.
type Key = (String, String, String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Open {
    since: Instant,
    seen: Instant,
}

/// Something that one poll showed and the one before did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Somebody holds something.
    Held {
        /// The name that they are signed in with.
        user: String,
        /// Their machine.
        host: String,
        /// The key of the product, or the code.
        what: String,
        /// Since when, as the server says.
        since: Instant,
    },
    /// Somebody holds it no longer. When that ended is not known closer than this.
    Gone {
        /// The name that they were signed in with.
        user: String,
        /// Their machine.
        host: String,
        /// The key of the product, or the code.
        what: String,
        /// Since when they had held it.
        since: Instant,
        /// When it was seen for the last time.
        last_seen: Instant,
    },
    /// Not all is known any more; whoever held something is taken to hold it still.
    Unknown(Vec<String>),
    /// All is known again.
    Known,
}

impl Watch {
    /// Takes a poll, and tells what is new. Nobody is gone of whom the poll does not know.
    pub fn look(&mut self, poll: &Snapshot) -> Vec<Seen> {
        let mut seen = Vec::new();
        let is_unknown = !poll.unknown.is_empty();
        if is_unknown != self.is_unknown {
            seen.push(if is_unknown { Seen::Unknown(poll.unknown.clone()) } else { Seen::Known });
        }
        self.is_unknown = is_unknown;
        let now: BTreeMap<Key, &Held> = poll.held.iter().map(|held| (key_of(held), held)).collect();
        self.open.retain(|key, open| {
            let ended = match now.get(key) {
                // The same again, begun anew.
                Some(held) => held.since > open.since,
                None => poll.known.contains(&key.2),
            };
            if ended {
                seen.push(gone(key, open));
            }
            !ended
        });
        for (key, held) in now {
            let (user, host, what) = key.clone();
            let open = self.open.entry(key).or_insert_with(|| {
                seen.push(Seen::Held { user, host, what, since: held.since });
                Open { since: held.since, seen: poll.at }
            });
            open.seen = poll.at;
        }
        seen
    }

    /// Takes what was recorded before, so that a watch goes on where it was stopped.
    pub fn recall(&mut self, at: Instant, seen: &Seen) {
        match seen {
            Seen::Held { user, host, what, since } => {
                let key = (user.clone(), host.clone(), what.clone());
                self.open.insert(key, Open { since: *since, seen: at });
            }
            Seen::Gone { user, host, what, .. } => {
                self.open.remove(&(user.clone(), host.clone(), what.clone()));
            }
            Seen::Unknown(_) => self.is_unknown = true,
            Seen::Known => self.is_unknown = false,
        }
    }

    /// How many hold something, as far as is known.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }
}

fn key_of(held: &Held) -> Key {
    (folded(&held.user), folded(&held.host), held.what.clone())
}

fn gone((user, host, what): &Key, open: &Open) -> Seen {
    let (user, host, what) = (user.clone(), host.clone(), what.clone());
    Seen::Gone { user, host, what, since: open.since, last_seen: open.seen }
}

//! Check-outs paired with check-ins, first in first out for each user, host and feature.

use super::clock::STEP_BACK_MAX;
use super::event::Event;
use super::packages::{Packages, Recent, TOGETHER_MAX};
use crate::names::{NameId, Names};
use faregate_core::when::Instant;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// A licence that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) opened: Instant,
    pub(crate) line: u64,
    pub(crate) ordinal: u16,
    pub(crate) licences: u16,
    pub(crate) daemon: u16,
    pub(crate) role: Role,
    pub(crate) address: NameId,
}

/// Whether a licence that is out is a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A component, or a feature of another vendor: a session.
    Component,
    /// A package whose component was not seen: a session, if it stays so.
    Package,
    /// A package whose component is the session.
    Covered,
}

/// Seat and feature in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64);

impl Key {
    pub(crate) fn new(seat: u32, feature: NameId) -> Self {
        Self((u64::from(seat) << 32) | u64::from(feature.0))
    }

    pub(crate) fn seat(self) -> u32 {
        u32::try_from(self.0 >> 32).unwrap_or(0)
    }

    pub(crate) fn feature(self) -> NameId {
        NameId(u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(0))
    }
}

/// Almost always one licence; more without an allocation for the first.
#[derive(Clone, Debug)]
struct Queue {
    head: Held,
    rest: VecDeque<Held>,
}

impl Queue {
    fn iter(&self) -> impl Iterator<Item = &Held> {
        core::iter::once(&self.head).chain(&self.rest)
    }

    fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Held> {
        core::iter::once(&mut self.head).chain(&mut self.rest)
    }
}

/// All licences that are out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    held: FxHashMap<Key, Queue>,
    ordinals: Ordinals,
    pub(crate) packages: Packages,
}

impl Pairs {
    /// A licence went out. Returns whether this made a package's check-out part of a session.
    pub(crate) fn out(&mut self, event: &Event, licences: u16, at: Instant, names: &Names) -> bool {
        let key = Key::new(event.seat, event.feature);
        let ordinal = self.ordinals.next(key, at);
        let recent = Recent {
            seat: event.seat,
            feature: event.feature,
            at,
            line: event.line,
            place: event.place,
        };
        let (role, covers) = if event.package {
            let covered = self.packages.package_out(recent, names);
            (if covered { Role::Covered } else { Role::Package }, covered)
        } else {
            let package = self.packages.component_out(recent, names);
            (Role::Component, package.is_some_and(|package| self.cover(&package)))
        };
        let Event { line, daemon, address, .. } = *event;
        let held = Held { opened: at, line, ordinal, licences, daemon, role, address };
        match self.held.get_mut(&key) {
            Some(queue) => queue.rest.push_back(held),
            None => {
                self.held.insert(key, Queue { head: held, rest: VecDeque::new() });
            }
        }
        covers
    }

    /// Marks the package's check-out, unless it has come back already and was a session.
    fn cover(&mut self, package: &Recent) -> bool {
        let queue = self.held.get_mut(&Key::new(package.seat, package.feature));
        let held = queue.and_then(|queue| queue.iter_mut().find(|held| held.line == package.line));
        held.map(|held| held.role = Role::Covered).is_some()
    }

    /// A licence came back: the one that went out first.
    pub(crate) fn back(&mut self, key: Key) -> Option<Held> {
        let std::collections::hash_map::Entry::Occupied(mut entry) = self.held.entry(key) else {
            return None;
        };
        match entry.get_mut().rest.pop_front() {
            Some(next) => Some(core::mem::replace(&mut entry.get_mut().head, next)),
            None => Some(entry.remove().head),
        }
    }

    /// The newest licence of this key now holds this many.
    pub(crate) fn upgrade(&mut self, key: Key, licences: u16) {
        let newest = self.held.get_mut(&key).and_then(|queue| queue.iter_mut().next_back());
        if let Some(held) = newest {
            held.licences = licences;
        }
    }

    /// Takes all licences of which `gone` is true, in the order in which they went out.
    pub(crate) fn take(&mut self, gone: impl Fn(&Held) -> bool) -> Vec<(Key, Held)> {
        let mut taken = Vec::new();
        let mut kept: Vec<(Key, Held)> = Vec::new();
        self.held.retain(|key, queue| {
            if !queue.iter().any(&gone) {
                return true;
            }
            for held in queue.iter() {
                let list = if gone(held) { &mut taken } else { &mut kept };
                list.push((*key, *held));
            }
            false
        });
        for (key, held) in kept {
            match self.held.get_mut(&key) {
                Some(queue) => queue.rest.push_back(held),
                None => {
                    self.held.insert(key, Queue { head: held, rest: VecDeque::new() });
                }
            }
        }
        self.packages.clear();
        taken.sort_by_key(|(_, held)| held.line);
        taken
    }

    /// All licences that are out, in the order in which they went out.
    pub(crate) fn all(&self) -> Vec<(Key, Held)> {
        let each = self.held.iter().flat_map(|(key, queue)| queue.iter().map(|held| (*key, *held)));
        let mut all: Vec<_> = each.collect();
        all.sort_by_key(|(_, held)| held.line);
        all
    }
}

/// Whether the component of a package may still be to come.
pub(crate) fn is_undecided(held: &Held, now: Option<Instant>) -> bool {
    held.role == Role::Package && now.is_some_and(|now| now.since(held.opened) <= TOGETHER_MAX)
}

/// Counts identical check-outs within one second, also when the clock stepped back to it.
#[derive(Clone, Debug, Default)]
struct Ordinals {
    seen: FxHashMap<(Key, i64), u16>,
    swept: i64,
}

impl Ordinals {
    const KEPT: i64 = STEP_BACK_MAX as i64;

    fn next(&mut self, key: Key, at: Instant) -> u16 {
        if at.0.abs_diff(self.swept) > Self::KEPT.unsigned_abs() {
            self.swept = at.0;
            self.seen.retain(|(_, second), _| second.abs_diff(at.0) <= Self::KEPT.unsigned_abs());
        }
        let count = self.seen.entry((key, at.0)).or_insert(0);
        let ordinal = *count;
        *count = count.saturating_add(1);
        ordinal
    }
}

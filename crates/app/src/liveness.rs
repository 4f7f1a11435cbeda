//! When each running session was last heard of.
//!
//! Heartbeats are evidence, not facts: they stay in memory and are not journalled, unless they make a
//! session owe something. A restart takes every session as heard of at that moment.

use faregate_core::estate::DeviceId;
use faregate_core::event::SessionId;
use faregate_core::gate::Seen;
use faregate_core::when::Instant;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sessions are spread over this many locks.
const SHARDS: usize = 64;

/// What a heartbeat meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// No such session runs.
    Unknown,
    /// Noted.
    Noted,
    /// Noted, and the session owes something by now.
    Owes(Seen),
}

#[derive(Clone, Copy)]
struct Pulse {
    /// Last heard of, whether used or idle.
    heard: Instant,
    /// Last in use, and the time before that.
    seen: Seen,
    /// Being in use at or after this instant makes the session owe something.
    due: Option<Instant>,
    /// The workstation that speaks for it, when one does.
    device: Option<DeviceId>,
}

/// The pulses of all running sessions.
pub struct Liveness {
    shards: Vec<Mutex<FxHashMap<SessionId, Pulse>>>,
}

impl Default for Liveness {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl Liveness {
    /// Begins to watch a session, for which a workstation may speak.
    pub fn watch(
        &self,
        id: SessionId,
        now: Instant,
        due: Option<Instant>,
        device: Option<DeviceId>,
    ) {
        let seen = Seen { previous: now, at: now };
        self.shard(id).insert(id, Pulse { heard: now, seen, due, device });
    }

    /// The workstation that speaks for a session, when one does.
    #[must_use]
    pub fn device(&self, id: SessionId) -> Option<DeviceId> {
        self.shard(id).get(&id).and_then(|pulse| pulse.device)
    }

    /// Ceases to watch a session.
    pub fn forget(&self, id: SessionId) {
        self.shard(id).remove(&id);
    }

    /// Notes a heartbeat; `active` says that the product was used since the last one.
    pub fn beat(&self, id: SessionId, now: Instant, active: bool) -> Beat {
        let mut shard = self.shard(id);
        let Some(pulse) = shard.get_mut(&id) else { return Beat::Unknown };
        pulse.heard = pulse.heard.max(now);
        if !active || now < pulse.seen.at {
            return Beat::Noted;
        }
        pulse.seen = Seen { previous: pulse.seen.at, at: now };
        match pulse.due {
            Some(due) if now >= due => {
                // Asked once; the answer sets the next due time.
                pulse.due = None;
                Beat::Owes(pulse.seen)
            }
            _ => Beat::Noted,
        }
    }

    /// Sets when the session owes something next.
    pub fn set_due(&self, id: SessionId, due: Option<Instant>) {
        if let Some(pulse) = self.shard(id).get_mut(&id) {
            pulse.due = due;
        }
    }

    /// Takes every session as heard of now: after a time in which nobody could be heard.
    pub fn hear_all(&self, now: Instant) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.values_mut().for_each(|pulse| pulse.heard = pulse.heard.max(now));
        }
    }

    /// When a session was last heard of.
    #[must_use]
    pub fn last_heard(&self, id: SessionId) -> Option<Instant> {
        self.shard(id).get(&id).map(|pulse| pulse.heard)
    }

    /// When a session was last in use.
    #[must_use]
    pub fn last_used(&self, id: SessionId) -> Option<Instant> {
        self.shard(id).get(&id).map(|pulse| pulse.seen.at)
    }

    /// When a session not heard of since `before` was last in use; `None` when it was heard of, or is unknown.
    #[must_use]
    pub fn silent(&self, id: SessionId, before: Instant) -> Option<Instant> {
        self.shard(id).get(&id).filter(|pulse| pulse.heard < before).map(|pulse| pulse.seen.at)
    }

    /// Sessions not heard of since `before`, with the instant of their last use.
    #[must_use]
    pub fn silent_since(&self, before: Instant) -> Vec<(SessionId, Instant)> {
        let mut silent = Vec::new();
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let quiet = shard.iter().filter(|(_, pulse)| pulse.heard < before);
            silent.extend(quiet.map(|(id, pulse)| (*id, pulse.seen.at)));
        }
        silent.sort_unstable();
        silent
    }

    fn shard(&self, id: SessionId) -> MutexGuard<'_, FxHashMap<SessionId, Pulse>> {
        let index = usize::try_from(id.0).unwrap_or(0) % SHARDS;
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

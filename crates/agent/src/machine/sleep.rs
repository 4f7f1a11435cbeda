//! The machine slept: nothing was used meanwhile, and nobody could save.
//!
//! Sleep is told by a gap between two looks at the clock that counts it. Nothing here asks the operating system.

use super::{Effect, Stage, Turn};
use crate::memory::{Record, Session};
use crate::ports::QuestionKind;

/// The agent looks every few seconds: whatever is longer, in milliseconds, was not spent awake.
const AWAKE_MILLIS_MAX: u64 = 30_000;

impl Turn<'_> {
    /// Looks whether the machine slept since the last look.
    pub(super) fn wake(&mut self) {
        let millis = self.now.millis();
        let before = self.state.looked.replace(millis);
        let gap = millis.saturating_sub(before.unwrap_or(millis));
        if gap > AWAKE_MILLIS_MAX {
            self.put_off(gap);
            self.note_nap(gap);
        }
    }

    /// What was to be done after a time that somebody was given is done that much later.
    fn put_off(&mut self, gap: u64) {
        let later = |at: &mut Option<u64>| *at = at.map(|at| at.saturating_add(gap));
        for live in self.state.live.values_mut() {
            match &mut live.stage {
                Stage::Questioned { until, .. } => later(until),
                Stage::Denied { close_at, end_at, .. } => {
                    later(close_at);
                    later(end_at);
                }
                Stage::Rest | Stage::Asking(_) | Stage::Opening { .. } => {}
            }
            if let Some(cliff) = &mut live.cliff {
                later(&mut cliff.asked_at);
            }
        }
        let seconds = i64::try_from(gap / 1_000).unwrap_or(i64::MAX);
        // The next unit comes when it comes.
        let own = self.state.questions.values_mut().map(|(_, question)| question);
        for question in own.filter(|question| question.kind != QuestionKind::NextUnit) {
            if let Some(ends) = &mut question.ends {
                *ends = ends.saturating_add(seconds);
                self.out.push(Effect::Show(question.clone()));
            }
        }
    }

    /// Use ended when the machine fell asleep, or when nobody had touched it for long before that.
    fn note_nap(&mut self, gap: u64) {
        let at = self.server_time();
        let asleep = at.saturating_sub(i64::try_from(gap / 1_000).unwrap_or(i64::MAX));
        let from = self.state.nap.unwrap_or_else(|| self.used_until(asleep));
        let sessions = self.state.memory.sessions.values();
        let Some(earliest) = sessions.map(untold_since).min() else {
            return;
        };
        if self.state.memory.naps.values().any(|to| *to <= earliest) {
            self.keep(Record::NapsGone(earliest));
        }
        self.state.nap = Some(from);
        self.keep(Record::Nap(from, at));
    }

    /// Somebody touched the machine so many seconds ago: use goes on from there, if it had stopped.
    pub(super) fn touched(&mut self, idle: Option<u64>) {
        let idle = i64::try_from(idle.unwrap_or(0)).unwrap_or(i64::MAX);
        let active = self.server_time().saturating_sub(idle);
        self.state.last_active = Some(active);
        let woken = self.state.nap.and_then(|from| {
            let to = self.state.memory.naps.get(&from).copied();
            to.filter(|to| active >= *to).map(|to| (from, to))
        });
        if let Some((from, to)) = woken {
            self.state.nap = None;
            if active > to {
                self.keep(Record::Nap(from, active));
            }
        }
    }

    /// The end of use that goes on: nobody uses what nobody touches for as long as the rules call idle.
    fn used_until(&self, until: i64) -> i64 {
        let rules = self.state.memory.rules.as_ref();
        let idle = rules.map_or(i64::MAX, |one| i64::from(one.rules.idle_seconds));
        let last = self.state.last_active.map_or(i64::MAX, |at| at.saturating_add(idle));
        until.min(last)
    }

    /// The parts of a stretch in which the product was used: without sleep, and without what came after the last touch.
    pub(super) fn used_parts(&self, since: i64, until: i64) -> Vec<(i64, i64)> {
        let until = self.used_until(until);
        let (mut parts, mut from) = (Vec::new(), since);
        for (asleep, awake) in &self.state.memory.naps {
            // The last one goes on until somebody touches the machine.
            let awake = if self.state.nap == Some(*asleep) { i64::MAX } else { *awake };
            parts.push((from, until.min(*asleep)));
            from = from.max(awake);
        }
        parts.push((from, until));
        parts.retain(|(from, to)| from < to);
        parts
    }
}

/// The beginning of what may still be told of a session.
fn untold_since(session: &Session) -> i64 {
    let through = session.through.as_ref();
    through.map_or(session.since, |to| if to.session.is_some() { to.seen } else { to.since })
}

//! One person and product on one local date, judged.
//!
//! A launch is asked for once, so a use counts as asked from the moment that any session of the pair overlaps
//! it; what came before, up to the end of an earlier date, stays as it was judged.

use super::known::Name;
use super::watch::{Charged, Refusal, Running, Session, Slot, Watch};
use super::{Cause, Day, Evidence, Kind, LogUse, Measured, Row};
use crate::amount::Ticks;
use crate::charges::Pair;
use crate::double_dip;
use crate::state::State;
use crate::usage::{Interval, Observed, metered};
use crate::when::{Date, Instant};
use rustc_hash::FxHashSet;

/// A day at work, and all that is known around it.
pub(super) struct Scene<'a> {
    pub(super) watch: &'a Watch,
    pub(super) state: &'a State,
    pub(super) bounds: Interval,
    day: Date,
    hosts: FxHashSet<Name>,
    /// Whether anybody had passed the gate by the end of the day.
    rolled_out: bool,
    logged: bool,
}

/// A row in the making.
pub(super) struct Draft {
    kind: Kind,
    host: Option<Name>,
    cause: Cause,
    seconds: i64,
    evidence: Evidence,
    /// The stretches of use, from their very beginning up to the day's end.
    pub(super) pieces: Vec<Interval>,
    /// What the vendor charged.
    pub(super) vendor: Ticks,
    pub(super) ticks: Ticks,
}

impl Draft {
    fn new(kind: Kind, host: Option<Name>, cause: Cause) -> Self {
        Self {
            kind,
            host,
            cause,
            seconds: 0,
            evidence: Evidence::default(),
            pieces: Vec::new(),
            vendor: Ticks::ZERO,
            ticks: Ticks::ZERO,
        }
    }

    fn decided(&mut self, decision: u64) {
        if !self.evidence.decisions.contains(&decision) {
            self.evidence.decisions.push(decision);
        }
    }
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        watch: &'a Watch,
        state: &'a State,
        day: Date,
        bounds: Interval,
        hosts: FxHashSet<Name>,
    ) -> Self {
        let rolled_out = watch.known.roll_out().is_some_and(|first| first < bounds.end);
        let logged = watch.known.log.touch(bounds);
        Self { watch, state, bounds, day, hosts, rolled_out, logged }
    }

    pub(super) fn empty_day(&self) -> Day {
        let reported = self.watch.known.vendor.touch(self.bounds);
        let (day, logged, gate) = (self.day, self.logged, !self.hosts.is_empty());
        Day { day, logged, reported, gate, ..Day::default() }
    }

    /// Adds what is found of a pair to a day.
    pub(super) fn judge(&self, pair: Pair, slot: &mut Slot, found: &mut Day) {
        self.mark(slot);
        let mut drafts = Vec::new();
        let measured = self.measure(slot, &mut drafts);
        found.measured = found.measured.plus(measured);
        self.compare_vendor(slot, &mut drafts);
        self.price_use(pair, &mut drafts);
        let silent = self.unreported(pair, slot);
        found.rows.extend(drafts.into_iter().chain(silent).map(|draft| self.row(pair, draft)));
    }

    /// Says of each use whether anybody has asked for it by the end of the day.
    fn mark(&self, slot: &mut Slot) {
        let Slot { sessions, uses, .. } = slot;
        for running in uses.iter_mut().filter(|running| !running.asked) {
            let so_far = self.so_far(running);
            running.asked = sessions.iter().any(|session| overlap(self.reach(session), so_far));
        }
        uses.sort_by_key(|one| (one.logged.opened, one.logged.closed, one.logged.host));
    }

    /// A session's time, as far as clocks may differ.
    fn reach(&self, session: &Session) -> Interval {
        let tolerance = self.watch.settings.tolerance_seconds;
        let start = session.opened.plus(tolerance.saturating_neg());
        Interval { start, end: session.end.plus(tolerance).max(start.plus(1)) }
    }

    /// A use, from its beginning up to the day's end; a use of no length is a second long.
    fn so_far(&self, running: &Running) -> Interval {
        let start = running.logged.opened;
        let end = running.logged.closed.max(start.plus(1));
        Interval { start, end: end.min(self.bounds.end.max(start)) }
    }

    fn clip(&self, stretch: Interval) -> Interval {
        let (start, end) = (stretch.start.max(self.bounds.start), stretch.end.min(self.bounds.end));
        Interval { start, end: end.max(start) }
    }

    /// Measures the day's logged use, and drafts a row for each workstation with use that nobody asked for.
    fn measure(&self, slot: &Slot, drafts: &mut Vec<Draft>) -> Measured {
        let today = slot.uses.iter().filter(|running| overlap(self.so_far(running), self.bounds));
        let today: Vec<&Running> = today.collect();
        let whole = |running: &&&Running| Interval {
            start: running.logged.opened,
            end: running.logged.closed,
        };
        let clips: Vec<Interval> = today.iter().map(|one| self.clip(whole(&one))).collect();
        let total = length(&clips);
        if !self.logged {
            return Measured { not_covered: total, ..Measured::default() };
        }
        let (mut counted_until, mut not_asked) = (self.bounds.start, 0_i64);
        for (running, clip) in today.iter().zip(&clips).filter(|(running, _)| !running.asked) {
            let fresh = Interval { start: clip.start.max(counted_until), end: clip.end }.seconds();
            counted_until = counted_until.max(clip.end);
            not_asked = not_asked.saturating_add(fresh);
            self.draft_use(running, slot, fresh, drafts);
        }
        Measured { asked: total.saturating_sub(not_asked), not_asked, not_covered: 0 }
    }

    fn draft_use(&self, running: &Running, slot: &Slot, seconds: i64, drafts: &mut Vec<Draft>) {
        let logged = running.logged;
        let refusal = self.refusal_before(slot, logged.opened, logged.opened);
        let kind = refusal.map_or(Kind::WithoutAsking, |_| Kind::AlthoughRefused);
        let cause = match refusal {
            Some(refusal) => self.cause_refused(refusal, logged.name, logged.host),
            None => self.cause_unasked(logged.name, logged.host),
        };
        let host = Some(logged.host);
        let place = drafts.iter().position(|draft| (draft.kind, draft.host) == (kind, host));
        let place = place.unwrap_or_else(|| {
            drafts.push(Draft::new(kind, host, cause));
            drafts.len().saturating_sub(1)
        });
        let Some(draft) = drafts.get_mut(place) else { return };
        draft.seconds = draft.seconds.saturating_add(seconds);
        draft.pieces.push(self.so_far(running));
        let known = &self.watch.known;
        draft.evidence.uses.push(LogUse {
            opened: logged.opened,
            closed: logged.closed,
            name: logged.name.map_or("", |name| known.text(name)).to_owned(),
            host: known.text(logged.host).to_owned(),
        });
        refusal.into_iter().for_each(|refusal| draft.decided(refusal.decision));
    }

    /// The last refusal before use that began within a span, unless somebody let the person through since.
    fn refusal_before<'s>(
        &self,
        slot: &'s Slot,
        first: Instant,
        last: Instant,
    ) -> Option<&'s Refusal> {
        let settings = &self.watch.settings;
        let latest = last.plus(settings.tolerance_seconds);
        let earliest = first.plus(settings.refusal_seconds.saturating_neg());
        let near = slot.refusals.iter().filter(|one| earliest <= one.at && one.at <= latest);
        let refusal = near.max_by_key(|one| (one.at, one.decision))?;
        let mut since = slot.sessions.iter().filter(|one| refusal.at < one.opened);
        since.all(|session| session.opened > latest).then_some(refusal)
    }

    fn cause_unasked(&self, name: Option<Name>, host: Name) -> Cause {
        let known = &self.watch.known;
        if !self.rolled_out {
            Cause::BeforeRollOut
        } else if self.hosts.is_empty() {
            Cause::GateSilent
        } else if !known.is_asking_host(host) {
            Cause::AgentMissing
        } else if !self.hosts.contains(&host) {
            Cause::AgentOff
        } else if name.is_some_and(|name| !known.is_asker(name)) {
            Cause::AnotherIdentity
        } else {
            Cause::Bypassed
        }
    }

    fn cause_refused(&self, refusal: &Refusal, name: Option<Name>, host: Name) -> Cause {
        let settings = &self.watch.settings;
        let text = crate::estate::folded(self.watch.known.text(host));
        if name.is_some_and(|name| name != refusal.name) {
            Cause::AnotherIdentity
        } else if settings.informing_all || settings.informing.contains(&text) {
            Cause::InformOnly
        } else {
            Cause::Bypassed
        }
    }

    /// Charges of the vendor's for use that nobody asked for; those for use that a log tells of join its row.
    fn compare_vendor(&self, slot: &Slot, drafts: &mut Vec<Draft>) {
        for charge in slot.vendor.iter().filter(|charge| charge.day == self.day) {
            let (start, last) = double_dip::bounds(charge.utc);
            let utc = Interval { start, end: last.plus(1) };
            let passed = slot.sessions.iter().any(|session| overlap(self.reach(session), utc));
            let mut asked = slot.uses.iter().filter(|running| running.asked);
            if passed || asked.any(|running| overlap(self.so_far(running), utc)) {
                continue;
            }
            let joins = |draft: &Draft| draft.pieces.iter().any(|piece| overlap(*piece, utc));
            let place = drafts.iter().position(joins).unwrap_or_else(|| {
                drafts.push(self.draft_charge(charge, slot, start, last));
                drafts.len().saturating_sub(1)
            });
            let Some(draft) = drafts.get_mut(place) else { continue };
            draft.vendor = Ticks(draft.vendor.0.saturating_add(charge.ticks.0));
            let alias = self.watch.known.text(charge.name).to_owned();
            draft.evidence.vendor.push((charge.utc, alias));
        }
    }

    fn draft_charge(&self, charge: &Charged, slot: &Slot, start: Instant, last: Instant) -> Draft {
        let Some(refusal) = self.refusal_before(slot, start, last) else {
            let cause = self.cause_unseen(charge.name);
            return Draft::new(Kind::WithoutAsking, None, cause);
        };
        let cause = self.cause_refused(refusal, Some(charge.name), refusal.host);
        let mut draft = Draft::new(Kind::AlthoughRefused, None, cause);
        draft.decided(refusal.decision);
        draft
    }

    fn cause_unseen(&self, name: Name) -> Cause {
        if !self.rolled_out {
            Cause::BeforeRollOut
        } else if self.hosts.is_empty() {
            Cause::GateSilent
        } else if !self.watch.known.is_asker(name) {
            Cause::AnotherIdentity
        } else {
            Cause::OutOfSight
        }
    }

    /// Sessions that began on this day and that no log tells of, though one should.
    fn unreported(&self, pair: Pair, slot: &Slot) -> Vec<Draft> {
        let known = &self.watch.known;
        let began = |session: &&Session| {
            self.bounds.start <= session.opened && session.opened < self.bounds.end
        };
        if !known.is_served(pair.1) || !self.watch.tells_in(self.bounds) {
            return Vec::new();
        }
        let silent = slot.sessions.iter().filter(began).filter(|session| {
            let tolerance = self.watch.settings.tolerance_seconds;
            let start = session.opened.plus(tolerance.saturating_neg());
            let launch = Interval { start, end: session.opened.plus(tolerance) };
            let reach = self.reach(session);
            let told = |running: &Running| overlap(reach, whole(running));
            known.log.cover(launch) && !slot.uses.iter().any(told)
        });
        let mut drafts: Vec<Draft> = silent.map(|session| self.draft_session(session)).collect();
        self.price_sessions(pair, &mut drafts);
        drafts
    }

    fn draft_session(&self, session: &Session) -> Draft {
        let settings = &self.watch.settings;
        let lasted = session.end.since(session.opened);
        let cause = if lasted < settings.brief_seconds {
            Cause::LaunchFailed
        } else if !self.watch.tells_around(session.opened, settings.gap_seconds) {
            Cause::LogGap
        } else if session.on_seat {
            Cause::NamedUser
        } else {
            Cause::OtherServer
        };
        let mut draft = Draft::new(Kind::NotReported, Some(session.host), cause);
        draft.pieces.push(Interval { start: session.opened, end: session.end });
        draft.seconds = self.clip(Interval { start: session.opened, end: session.end }).seconds();
        draft.decided(session.decision);
        draft
    }

    fn row(&self, (person, product): Pair, draft: Draft) -> Row {
        let Draft { kind, host, cause, seconds, evidence, ticks, .. } = draft;
        let host = host.map(|host| self.watch.known.text(host).to_owned());
        let money = self.money(ticks);
        Row { day: self.day, person, product, kind, host, seconds, ticks, money, cause, evidence }
    }
}

fn whole(running: &Running) -> Interval {
    let start = running.logged.opened;
    Interval { start, end: running.logged.closed.max(start.plus(1)) }
}

fn overlap(a: Interval, b: Interval) -> bool {
    a.start < b.end && b.start < a.end
}

/// How long these stretches are, merged (F2).
fn length(stretches: &[Interval]) -> i64 {
    let observed: Vec<Observed<'_>> = stretches
        .iter()
        .map(|one| Observed { open: one.start, close: one.end, activity: None })
        .collect();
    metered(&observed, 0).into_iter().fold(0, |sum, one| sum.saturating_add(one.seconds()))
}

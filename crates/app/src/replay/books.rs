//! The new journal as it is written: what is taken over at its time, the use in between, paid by whoever can.

use super::copy::Copied;
use super::script::{Script, moves_tokens};
use super::uses::Uncounted;
use super::{Change, NotReplayed};
use crate::bulk;
use crate::engine::Failure;
use crate::engine::rehearsal::rehearse;
use crate::ports::{Batch, Entry, GateUse, Store};
use faregate_core::amount::Ticks;
use faregate_core::charges::Charges;
use faregate_core::estate::BucketId;
use faregate_core::event::{Charge, Counts, Event, Move, MoveCause, Overlap, Receipt};
use faregate_core::state::State;
use faregate_core::usage::Interval;
use faregate_core::when::Instant;
use std::collections::{BTreeMap, VecDeque};

/// Charges booked with one event.
const CHARGES_PER_EVENT: usize = 8_192;
/// Events that are written at a time.
const ENTRIES_AT_ONCE: usize = 256;

/// The new journal, being written.
pub(super) struct Books<'a, 's> {
    pub(super) actual: &'a State,
    pub(super) change: &'a Change,
    pub(super) span: Interval,
    pub(super) state: State,
    into: Option<&'a mut (dyn Store + 's)>,
    entries: Vec<Entry>,
    gate_uses: Vec<GateUse>,
    /// What is taken over and waits for its time.
    timed: VecDeque<(Instant, Event)>,
    /// Charges that wait for theirs, in order but for those that were added last.
    pending: Vec<Charge>,
    is_sorted: bool,
    /// The packs' new numbers; none for those that did not come to be.
    packs: Vec<Option<u32>>,
    caveats: Vec<String>,
    /// Use that is not charged, by what it is of and why.
    pub(super) uncounted: BTreeMap<(String, &'static str), Uncounted>,
    pub(super) counts: Counts,
}

impl<'a, 's> Books<'a, 's> {
    pub(super) fn new(
        actual: &'a State,
        change: &'a Change,
        span: Interval,
        into: Option<&'a mut (dyn Store + 's)>,
    ) -> Self {
        Self {
            actual,
            change,
            span,
            state: State::default(),
            into,
            entries: Vec::new(),
            gate_uses: Vec::new(),
            timed: VecDeque::new(),
            pending: Vec::new(),
            is_sorted: true,
            packs: Vec::new(),
            caveats: Vec::new(),
            uncounted: BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    /// Begins: who and what there is, and what was charged before the period.
    pub(super) fn open(&mut self, script: Script) -> Result<(), NotReplayed> {
        let Script { begins, first, timed, left_out, refused: _ } = script;
        for event in first {
            self.take_over(begins, event)?;
        }
        if let Some(document) = &self.change.buckets {
            self.lay_out(begins, document.clone())?;
        }
        self.timed = timed.into();
        let left = left_out.into_iter().map(|(what, count)| format!("{count} {what} are left out"));
        self.caveats.extend(left);
        let before = self.actual.charges().within(Instant(i64::MIN)..self.span.start);
        let is_other = self.change.buckets.is_some();
        let mut before: Vec<Charge> = before.collect();
        if is_other {
            before.iter_mut().for_each(|charge| charge.bucket = self.state.payer(charge.person));
        }
        self.owe(before.into_iter());
        Ok(())
    }

    /// Gives buckets what the layout says, and people their buckets.
    fn lay_out(&mut self, at: Instant, mut document: bulk::Document) -> Result<(), NotReplayed> {
        let rows = &mut document.buckets;
        let given: Vec<(String, Ticks)> = rows
            .iter_mut()
            .filter_map(|row| Some((row.value.key.clone(), row.value.tokens.take()?)))
            .collect();
        let plan = bulk::plan(&self.state, at, &document).map_err(NotReplayed::Layout)?;
        for event in plan.events {
            self.apply(at, event)?;
        }
        for (key, ticks) in given.into_iter().filter(|(_, ticks)| ticks.is_positive()) {
            let Some(bucket) = self.state.estate().bucket_called(&key) else { continue };
            self.take_over(at, Event::Allocated { bucket, ticks })?;
        }
        Ok(())
    }

    /// The contract of the period as it is in the end, with nothing used: what use is rated in.
    pub(super) fn frame(&self) -> Result<State, NotReplayed> {
        let mut estate = self.state.estate().clone();
        for (at, event) in &self.timed {
            if let Event::SeatMoved { seat, person } = event {
                estate.move_seat(*seat, *person, *at);
            }
        }
        let (_, tariff) = self.state.tariff().ok_or(NotReplayed::NoTariff)?;
        Ok(self.state.blank(estate, tariff.clone()))
    }

    /// Adds charges that are to be paid when their time has come.
    pub(super) fn owe(&mut self, charges: impl Iterator<Item = Charge>) {
        self.pending.extend(charges);
        self.is_sorted = false;
    }

    /// Books what lies before an instant, all that is known of it having been told.
    pub(super) fn advance(&mut self, to: Instant) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.is_sorted, true) {
            self.pending.sort_unstable_by_key(|charge| (charge.at, charge.person, charge.product));
        }
        while let Some((at, event)) = self.next_timed(to) {
            self.pay_before(at, at)?;
            self.take_over(at, event)?;
        }
        self.pay_before(to, to)
    }

    fn next_timed(&mut self, to: Instant) -> Option<(Instant, Event)> {
        let is_due = self.timed.front().is_some_and(|(at, _)| *at <= to);
        if is_due { self.timed.pop_front() } else { None }
    }

    fn pay_before(&mut self, before: Instant, now: Instant) -> Result<(), Failure> {
        let due = self.pending.partition_point(|charge| charge.at < before);
        if due == 0 {
            return Ok(());
        }
        let later = self.pending.split_off(due);
        let due = std::mem::replace(&mut self.pending, later);
        // The journal says when it could be known at the earliest, and nothing of the time after the actual one.
        let now = now.min(self.actual.at());
        for some in due.chunks(CHARGES_PER_EVENT) {
            let mut ledger = self.state.ledger().clone();
            let paid = |charge: &Charge| {
                let paid = ledger.charge(charge.bucket, charge.ticks, charge.at).is_ok();
                Charge { paid, ..*charge }
            };
            let charges = some.iter().map(paid).collect();
            self.apply(now, Event::UsageCharged(charges))?;
        }
        Ok(())
    }

    /// Applies an event, never earlier than the one before it; returns its number.
    pub(super) fn apply(&mut self, at: Instant, event: Event) -> Result<u64, Failure> {
        let (seq, at) = (self.state.seq() + 1, at.max(self.state.at()));
        self.state.apply(seq, at, &event)?;
        if self.into.is_some() {
            self.entries.push(Entry { seq, at, event });
            if self.entries.len() >= ENTRIES_AT_ONCE {
                self.write()?;
            }
        }
        Ok(seq)
    }

    /// Notes a use of the gate that has ended.
    pub(super) fn used(&mut self, one: GateUse) {
        if self.into.is_some() {
            self.gate_uses.push(one);
        }
    }

    fn write(&mut self) -> Result<(), Failure> {
        if let Some(into) = &mut self.into {
            let (entries, gate_uses) =
                (std::mem::take(&mut self.entries), std::mem::take(&mut self.gate_uses));
            into.append(&Batch { entries, gate_uses, ..Batch::default() })?;
        }
        Ok(())
    }

    /// Takes an event of the actual journal over, as far as the new one can bear it.
    fn take_over(&mut self, at: Instant, event: Event) -> Result<(), Failure> {
        let is_pack = matches!(event, Event::PackBought { .. } | Event::PackAdded { .. });
        let wanted = match event {
            Event::PackExpired { pack, .. } => self.expired(pack),
            Event::CarriedForward { pack, ticks, until } => self.carried(pack, ticks, until),
            Event::Corrected { pack, bucket, ticks, why } => {
                let pack = self.pack(pack);
                pack.map(|pack| Event::Corrected { pack, bucket, ticks, why })
            }
            Event::TokensMoved(Move { from, to, cause: MoveCause::PeriodEnd, why, .. }) => {
                let (ticks, cause) = (self.state.free_tokens(from), MoveCause::PeriodEnd);
                let order = Move { from, to, ticks, cause, why };
                ticks.is_positive().then_some(Event::TokensMoved(order))
            }
            event => Some(event),
        };
        let Some(event) = wanted else { return Ok(()) };
        let at = at.max(self.state.at());
        let is_tried = moves_tokens(&event) || matches!(event, Event::SeatMoved { .. });
        if is_tried && let Err(why) = rehearse(&self.state, at, std::slice::from_ref(&event)) {
            let date = self.state.zone().date(at);
            self.caveats.push(format!("{}, of {date}, is left out: {why}", self.told(&event)));
            return Ok(());
        }
        self.packs.extend(is_pack.then(|| self.next_pack()));
        self.apply(at, event)?;
        Ok(())
    }

    fn next_pack(&self) -> Option<u32> {
        u32::try_from(self.state.ledger().packs().len()).ok()
    }

    fn pack(&self, pack: u32) -> Option<u32> {
        *self.packs.get(usize::try_from(pack).ok()?)?
    }

    /// A pack ends with what is left of it now.
    fn expired(&self, pack: u32) -> Option<Event> {
        let pack = self.pack(pack)?;
        let holds = self.state.charges().pairs().flat_map(|(_, known)| known.holds());
        let holds: Vec<_> = holds.map(|hold| (hold.start, hold.ticks)).collect();
        let breakage = self.state.ledger().breakage(usize::try_from(pack).ok()?, &holds);
        breakage.total().is_positive().then_some(Event::PackExpired { pack, breakage })
    }

    /// No more lives on than is left; where nothing is, there is no new pack either.
    fn carried(&mut self, pack: u32, ticks: Ticks, until: Instant) -> Option<Event> {
        let number = self.pack(pack);
        let packs = self.state.ledger().packs();
        let left = number
            .and_then(|pack| packs.get(usize::try_from(pack).ok()?))
            .map_or(Ticks::ZERO, |pack| pack.remaining.at_most(ticks));
        let carried = number.filter(|_| left.is_positive());
        self.packs.push(carried.and_then(|_| self.next_pack()));
        carried.map(|pack| Event::CarriedForward { pack, ticks: left, until })
    }

    fn told(&self, event: &Event) -> String {
        let name = |bucket: Option<BucketId>| {
            let known = bucket.and_then(|id| self.state.estate().bucket(id));
            known.map_or_else(|| "the unallocated pool".to_owned(), |one| format!("`{}`", one.key))
        };
        match event {
            Event::TokensMoved(order) => {
                format!(
                    "a transfer of {} tokens from {} to {}",
                    order.ticks,
                    name(order.from),
                    name(order.to)
                )
            }
            Event::Allocated { bucket, ticks } => {
                format!("an allocation of {ticks} tokens to {}", name(Some(*bucket)))
            }
            Event::SeatMoved { .. } => "a seat that passed to somebody else".to_owned(),
            Event::Corrected { ticks, .. } => format!("a correction by {ticks} tokens"),
            _ => "a change of the pool".to_owned(),
        }
    }

    /// Ends: all that waits is booked, what the vendor said is told, and a receipt says what was replayed.
    pub(super) fn close(mut self) -> Result<Copied<'a, 's>, Failure> {
        self.advance(Instant(i64::MAX))?;
        let now = self.actual.at();
        let charges = self.actual.vendor().charges.clone();
        if !charges.is_empty() {
            self.apply(now, Event::VendorReported(charges))?;
        }
        self.end_periods(now)?;
        let uncounted = self.uncounted.values().map(|one| one.uses).sum();
        let counts = Counts { quarantined: uncounted, ..self.counts };
        let begun = self.actual.elsewhere().filter(|_| self.change.policies.is_none());
        let begun = begun.cloned().collect();
        self.apply(
            now,
            Event::Imported(Receipt {
                kind: "what-if".to_owned(),
                files: Vec::new(),
                counts,
                begun,
                ended: Vec::new(),
                batch: self.state.imports().next(),
                by: String::new(),
                overlap: Overlap::default(),
            }),
        )?;
        self.write()?;
        let Self { state, into, caveats, uncounted, span, change, .. } = self;
        let until = change.policies.is_none().then_some(span.end);
        Ok(Copied { state, into, caveats, uncounted, until })
    }

    /// The periods of buckets that were dealt with stay so.
    fn end_periods(&mut self, now: Instant) -> Result<(), Failure> {
        let ends = self.actual.period_ends().iter().map(|(bucket, until)| (*bucket, *until));
        let ends: Vec<_> = ends
            .filter(|(bucket, until)| {
                self.state.period_ends().get(bucket).is_some_and(|known| known < until)
            })
            .collect();
        for (bucket, until) in ends {
            self.apply(now, Event::PeriodEnded { bucket, until })?;
        }
        Ok(())
    }

    /// Adds what somebody should know besides.
    pub(super) fn note_caveat(&mut self, caveat: String) {
        self.caveats.push(caveat);
    }

    /// What was charged in the actual books.
    pub(super) fn on_record(&self) -> &'a Charges {
        self.actual.charges()
    }
}

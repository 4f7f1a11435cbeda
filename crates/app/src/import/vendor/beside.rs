//! What the vendor tells beside what others do: the steps that its reports and other batches share.

use super::derive::Told;
use super::plan::{Plan, settled};
use super::{CHARGES_PER_EVENT, HOST, Report, Taking};
use crate::engine::{Failure, Work};
use crate::import::days::{Seen, day_of};
use crate::import::{Recording, Reported, identify, identity};
use faregate_core::charges::Pair;
use faregate_core::event::{Event, Source};
use faregate_core::state::State;
use faregate_core::usage::Interval;
use faregate_core::when::Instant;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// What the prices come to that a batch of uses brought with it.
pub(in crate::import) struct Prices {
    plan: Plan,
    /// Whether the books do not say all of it already.
    changes: bool,
    /// Days that cost otherwise than we had charged.
    differences: u64,
    /// Rows that are not charged, and were not kept before.
    quarantined: u64,
}

impl Prices {
    pub(in crate::import) fn changes(&self) -> bool {
        self.changes
    }
}

impl Recording<'_> {
    /// All uses of these pairs but the vendor's own, from the earliest of these instants on.
    pub(super) fn uses_beside_vendor(
        &mut self,
        state: &State,
        pairs: &BTreeMap<Pair, Instant>,
    ) -> Result<BTreeMap<Pair, Vec<Told>>, Failure> {
        let Some(from) = pairs.values().min().copied() else { return Ok(BTreeMap::new()) };
        self.uses_told(state, from, pairs.keys().copied().collect(), &mut |_, _| {})
    }

    /// All uses of these people and products that were told of from an instant on, in order of their start, but
    /// for those that stand for units of the vendor's: `placed` is told of them.
    pub(super) fn uses_told(
        &mut self,
        state: &State,
        from: Instant,
        pairs: FxHashSet<Pair>,
        placed: &mut dyn FnMut(Pair, Instant),
    ) -> Result<BTreeMap<Pair, Vec<Told>>, Failure> {
        let mut uses: BTreeMap<Pair, Vec<Told>> = BTreeMap::new();
        self.pairs = pairs;
        let open = state.elsewhere().filter_map(|open| {
            let pair = self.pair_of_open(state, open)?;
            Some((pair, open.opened))
        });
        let open: FxHashSet<(Pair, Instant)> = open.collect();
        for (pair, whole) in self.other_uses(state, from)? {
            let source =
                if open.contains(&(pair, whole.start)) { Source::Log } else { Source::Gate };
            uses.entry(pair).or_default().push((whole, source));
        }
        let pairs = std::mem::take(&mut self.pairs);
        let Self { names, engine, .. } = self;
        let host = names.number(HOST);
        for day in engine.store.days_with_uses(from)? {
            for one in engine.store.uses_of(day)? {
                if one.closed < from || one.closed <= one.opened {
                    continue;
                }
                let pair = names.pair(state, one.user, one.feature, one.opened);
                let Some(pair) = pair.filter(|pair| pairs.contains(pair)) else { continue };
                if host == Some(one.host) {
                    placed(pair, one.opened);
                    continue;
                }
                let whole = Interval { start: one.opened, end: one.closed };
                uses.entry(pair).or_default().push((whole, Source::Log));
            }
        }
        for told in uses.values_mut() {
            told.sort_by_key(|(whole, _)| (whole.start, whole.end));
        }
        Ok(uses)
    }

    /// What the prices come to that a batch of uses brought with it, by person, product and UTC day; `None` where it
    /// brought none.
    pub(in crate::import) fn judge_prices(
        &mut self,
        state: &State,
    ) -> Result<Option<Prices>, Failure> {
        let rows = std::mem::take(&mut self.priced);
        if rows.is_empty() {
            return Ok(None);
        }
        let features = self.names.features();
        let mut taking = Taking::by(self, features);
        let plan = taking.plan(state, &rows)?;
        taking.remember_rows();
        let Taking { report: Report { differences, counts, .. }, released, .. } = taking;
        Ok(Some(Prices {
            changes: !plan.is_empty() || !released.is_empty() || counts.sessions > 0,
            plan,
            differences: differences.len() as u64,
            quarantined: counts.quarantined,
        }))
    }

    /// Puts the prices that a batch of uses brought with it to its charges; how many days cost otherwise than we had
    /// charged.
    pub(in crate::import) fn book_prices(
        &mut self,
        work: &mut Work<'_>,
        prices: Prices,
    ) -> Result<u64, Failure> {
        self.counts.quarantined += prices.quarantined;
        self.flush()?;
        self.book_plan(work, prices.plan)?;
        Ok(prices.differences)
    }

    pub(super) fn book_plan(&mut self, work: &mut Work<'_>, plan: Plan) -> Result<(), Failure> {
        if !plan.reversed.is_empty() {
            work.apply(Event::UsageReversed(plan.reversed))?;
        }
        for some in plan.charged.chunks(CHARGES_PER_EVENT) {
            let charges = settled(&work.guard, some);
            work.apply(Event::UsageCharged(charges))?;
            self.store_work(work)?;
        }
        if !plan.reported.is_empty() {
            work.apply(Event::VendorReported(plan.reported))?;
        }
        Ok(())
    }

    /// A use that only the vendor tells of.
    pub(super) fn vendor_use(
        &mut self,
        who: &str,
        product: &str,
        host: &str,
        opened: Instant,
    ) -> Reported {
        Reported {
            user: self.intern(who),
            host: self.intern(host),
            feature: self.intern(product),
            ordinal: 0,
            opened,
            closed: Some(opened),
        }
    }

    /// Whether a use is there already; if others told of it, the batch remembers that it did as well.
    pub(super) fn is_kept(&mut self, reported: &Reported) -> Result<bool, Failure> {
        let seen = self.stored(reported)?;
        if let Some(seen) = seen {
            self.days.tell_again(day_of(reported.opened), seen);
        }
        Ok(seen.is_some())
    }

    /// A use that is there already.
    pub(super) fn stored(&mut self, reported: &Reported) -> Result<Option<Seen>, Failure> {
        let Recording { names, days, engine, .. } = self;
        let (day, id) = (day_of(reported.opened), identity(names, reported));
        Ok(days.find(&mut *engine.store, day, id, |one| identify(names, one))?)
    }
}

//! What the history must cost, computed apart from the ledger: the truth that its rating is held against.

use crate::demo::UseRecord;
use crate::seats::Held;
use faregate_core::amount::Ticks;
use faregate_core::estate::ProductId;
use faregate_core::tariff::{Meter, Tariff, TariffParts};
use faregate_core::when::{Instant, Zone};
use rustc_hash::FxHashMap;

/// Reads the tariff as a customer would.
pub(crate) struct Auditor<'a> {
    tariff: Option<Tariff>,
    zone: &'a Zone,
    keys: Vec<String>,
}

impl<'a> Auditor<'a> {
    /// A tariff that is not valid charges nothing; adopting it will be refused anyway.
    pub(crate) fn new(parts: TariffParts, zone: &'a Zone, keys: Vec<String>) -> Self {
        Self { tariff: Tariff::new(parts).ok(), zone, keys }
    }

    /// The units that one person is charged for, given their sessions by opening.
    pub(crate) fn units(&self, held: &[Held], sessions: &[UseRecord]) -> Vec<(Instant, Ticks)> {
        let grace = self.tariff.as_ref().map_or(0, |tariff| tariff.parts().grace_seconds);
        let mut units = Vec::new();
        let mut paid: FxHashMap<ProductId, Paid> = FxHashMap::default();
        for session in sessions {
            let on_seat = held.iter().any(|seat| seat.covers(session.product, session.opened));
            if !on_seat && session.closed.since(session.opened) >= grace {
                self.session(session, paid.entry(session.product).or_default(), &mut units);
            }
        }
        units
    }

    fn session(&self, session: &UseRecord, paid: &mut Paid, units: &mut Vec<(Instant, Ticks)>) {
        let Some((meter, _)) = self.price(session.product, session.opened) else { return };
        if meter.ends_with_use() && paid.used.is_none_or(|used| session.opened > used) {
            paid.until = None;
        }
        paid.used = paid.used.max(Some(session.closed));
        let mut at = paid.until.map_or(session.opened, |until| until.max(session.opened));
        while at < session.closed && meter != Meter::Result {
            let Some((_, ticks)) = self.price(session.product, at) else { return };
            units.push((at, ticks));
            at = meter.unit_end(at, self.zone);
            paid.until = Some(at);
        }
    }

    fn price(&self, product: ProductId, at: Instant) -> Option<(Meter, Ticks)> {
        let rate = self.tariff.as_ref()?.rate(self.keys.get(product.index())?, at, self.zone)?;
        Some((rate.meter, rate.ticks))
    }
}

/// How far a product is paid for, and was used.
#[derive(Default)]
struct Paid {
    until: Option<Instant>,
    used: Option<Instant>,
}

//! A made-up company with a pack that was paid for, and what a report's CSV says of it.

use faregate_app::engine::Engine;
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::memory::MemoryStore;
use faregate_app::ports::Clock;
use faregate_app::sight::Sight;
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::burn::total;
use faregate_core::estate::BucketId;
use faregate_core::event::Event;
use faregate_core::ledger::PackKind;
use faregate_core::tariff::{Meter, Rate, TariffParts, TokenPrice};
use faregate_core::when::{DAY, Date, Instant};
use faregate_library::{Asked, Format, Report, make};
use faregate_sim::{Size, generate};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Monday 2026-06-15, noon in UTC.
pub(crate) const NOW: Instant = Instant(1_781_524_800);
/// What a token of the pack cost, and how many there were.
pub(crate) const PACK: (i64, i64) = (2_750_000, 3_000);

/// A row of a table, by the names of its columns.
pub(crate) type Row = BTreeMap<String, String>;

struct Still;

impl Clock for Still {
    fn now(&self) -> Instant {
        NOW
    }
}

fn dollars(micros: i64) -> Money {
    Money { micros, currency: Currency::USD }
}

/// Rates that do not divide well.
fn tariff() -> TariffParts {
    let rate = |(product, tokens): (&str, i64)| Rate {
        product: product.to_owned(),
        meter: Meter::Window24h,
        ticks: Ticks::from_micro_tokens(tokens).unwrap(),
        from: None,
        until: None,
        source: "a test".to_owned(),
    };
    let rates = [("autocad", 7_000_000), ("revit", 10_000_000), ("navisworks-manage", 9_300_000)];
    TariffParts {
        name: "test".to_owned(),
        title: "Test".to_owned(),
        source: "a test".to_owned(),
        grace_seconds: 300,
        idle_seconds: 900,
        prices: vec![TokenPrice { per_token: dollars(3_333_333), from: None }],
        rates: rates.map(rate).to_vec(),
        seats: Vec::new(),
    }
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn asked(report: Report, format: Format) -> Asked {
    let (from, to) = (day("2026-04-01"), day("2026-06-14"));
    Asked {
        report,
        format,
        from,
        to,
        bucket: None,
        currency: None,
        sight: Sight::Everything,
        now: NOW,
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
}

impl World {
    pub(crate) fn new() -> Self {
        let made = generate(5, &Size::small(), NOW, tariff());
        let mut engine = Engine::load(Box::new(MemoryStore::default()), Arc::new(Still)).unwrap();
        engine.append(made.setup).unwrap();
        let uses = made.sessions.iter().map(|one| KnownUse {
            person: one.person,
            product: one.product,
            host: &one.host,
            opened: one.opened,
            closed: one.closed,
        });
        record_generated(&mut engine, uses).unwrap();
        let (price, whole) = PACK;
        let pack = Event::PackAdded {
            name: "=Flex, 2026".to_owned(),
            kind: PackKind::Flex,
            ticks: Ticks::from_tokens(whole).unwrap(),
            from: NOW.plus(-30 * DAY),
            until: NOW.plus(335 * DAY),
            price: Some(dollars(price)),
        };
        engine.append(vec![pack]).unwrap();
        Self { engine }
    }

    /// Lets some of the pack that was paid for live on.
    pub(crate) fn carry_forward(&mut self) {
        let (ticks, until) = (Ticks::from_tokens(500).unwrap(), NOW.plus(700 * DAY));
        let pack = self.engine.state().read().ledger().packs().len() as u32 - 1;
        self.engine.append(vec![Event::CarriedForward { pack, ticks, until }]).unwrap();
    }

    pub(crate) fn burned(&self) -> Ticks {
        let of = asked(Report::Burn, Format::Csv);
        total(&self.engine.state().read(), of.from, of.to).ticks
    }

    /// Buckets that have none below them.
    pub(crate) fn leaves(&self) -> Vec<BucketId> {
        let shared = self.engine.state();
        let state = shared.read();
        let ids = (0..).map(BucketId).take(state.estate().buckets().len());
        ids.filter(|id| state.estate().buckets_below(*id).is_empty()).collect()
    }

    pub(crate) fn rows(&mut self, report: Report) -> Vec<Row> {
        self.read(&asked(report, Format::Csv))
    }

    pub(crate) fn rows_of(&mut self, report: Report, bucket: BucketId) -> Vec<Row> {
        self.read(&Asked { bucket: Some(bucket), ..asked(report, Format::Csv) })
    }

    fn read(&mut self, asked: &Asked) -> Vec<Row> {
        let bytes = make(&mut self.engine, asked).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        reader.deserialize().map(Result::unwrap).collect()
    }
}

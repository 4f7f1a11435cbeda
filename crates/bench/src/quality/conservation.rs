//! Tokens neither appear nor vanish: a generated estate, recorded, rated, and held against its known truth.

use super::{Figure, Side};
use crate::ambient::WallClock;
use crate::races::Setting;
use anyhow::{Context, Result, anyhow};
use faregate_app::doctor::examine;
use faregate_app::engine::Engine;
use faregate_app::import::{Recording, Reported};
use faregate_app::ports::Clock;
use faregate_core::burn::{Dimension, burn};
use faregate_core::event::Source;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::tariff::TariffFile;
use faregate_sim::{DemoEstate, Size, UseRecord, generate};
use faregate_store::directory::DataDirectory;
use std::collections::BTreeMap;
use std::sync::Arc;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");
/// The same seed makes the same estate.
const SEED: u64 = 1;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let tariff = TariffFile::parse(TARIFF).map_err(|bad| anyhow!("{bad}"))?.tariff;
    let size = Size::demo();
    let made_up = generate(SEED, &size, WallClock.now(), tariff.parts().clone());
    let data = setting.fresh("store-conservation")?;
    let (_directory, store) = DataDirectory::create(&data).map_err(|why| anyhow!("{why:?}"))?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    let truth = made_up.truth.tokens().tokens();
    let note = format!("{} sessions of {} people", made_up.sessions.len(), size.people);
    record(&mut engine, made_up)?;
    let findings: Vec<String> =
        examine(&mut engine)?.into_iter().flat_map(|check| check.findings).collect();
    let shared = engine.state();
    let state = shared.read();
    let (from, to) = state.charges().span().context("nothing was charged")?;
    let burnt = burn(&state, Dimension::Bucket, from, to).total.ticks.tokens();
    let count = findings.len() as f64;
    let conserved = Figure {
        name: "conservation: findings of doctor",
        value: count,
        target: 0.0,
        side: Side::Exactly,
        unit: "findings",
        note: findings.join("; "),
    };
    let charged = Figure {
        name: "conservation: tokens charged, of the truth",
        value: burnt,
        target: truth,
        side: Side::Exactly,
        unit: "tokens",
        note,
    };
    Ok(vec![conserved, charged])
}

fn record(engine: &mut Engine, made_up: DemoEstate) -> Result<()> {
    engine.append(made_up.setup)?;
    let shared = engine.state();
    let (people, products): (Vec<String>, Vec<String>) = {
        let state = shared.read();
        let people = state.estate().people().iter().map(|person| person.key.clone()).collect();
        (people, state.estate().products().iter().map(|product| product.key.clone()).collect())
    };
    let features = FeatureTable::shipped();
    let mut recording = Recording::begin(engine, &features)?;
    let mut ordinals: BTreeMap<(u32, u32, u32, Instant), u16> = BTreeMap::new();
    for UseRecord { opened, person, product, closed, host } in &made_up.sessions {
        let name = |names: &[String], place: usize| names.get(place).cloned().unwrap_or_default();
        let user = recording.intern(&name(&people, person.index()));
        let feature = recording.intern(&name(&products, product.index()));
        let host = recording.intern(host);
        let ordinal = ordinals.entry((user, host, feature, *opened)).or_default();
        let (opened, closed) = (*opened, Some(*closed));
        recording.add(Reported { user, host, feature, ordinal: *ordinal, opened, closed })?;
        *ordinal += 1;
    }
    let last = made_up.sessions.iter().map(|one| one.closed).max();
    let span = made_up.sessions.first().map(|one| one.opened).zip(last);
    recording.finish("generated", Vec::new(), Source::Generated, span)?;
    Ok(())
}

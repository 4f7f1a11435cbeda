//! Tokens neither appear nor vanish: a generated estate, recorded, rated, and held against its known truth.

use super::{Figure, Side};
use crate::ambient::WallClock;
use crate::races::Setting;
use anyhow::{Context, Result, anyhow};
use faregate_app::doctor::examine;
use faregate_app::engine::Engine;
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::ports::Clock;
use faregate_core::burn::{Dimension, Filter, burn};
use faregate_ingest::tariff::TariffFile;
use faregate_sim::{DemoEstate, Size, UseRecord, generate};
use faregate_store::directory::DataDirectory;
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
    let burnt = burn(&state, &Dimension::Bucket, &Filter::default(), from, to).total.ticks.tokens();
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

pub(super) fn record(engine: &mut Engine, made_up: DemoEstate) -> Result<()> {
    engine.append(made_up.setup)?;
    let uses = made_up.sessions.iter().map(|one| {
        let UseRecord { opened, person, product, closed, ref host } = *one;
        KnownUse { person, product, host, opened, closed }
    });
    record_generated(engine, uses)?;
    Ok(())
}

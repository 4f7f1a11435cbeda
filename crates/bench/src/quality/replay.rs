//! A year of a large company, replayed under another tariff: how long it takes, and in how much memory.

use super::{Figure, Side};
use crate::ambient::{Tick, WallClock};
use crate::command::measured;
use crate::quality::conservation::record;
use crate::races::Setting;
use crate::races::ingestion::faregate;
use anyhow::{Context, Result, anyhow};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_ingest::tariff::TariffFile;
use faregate_sim::{Size, generate};
use faregate_store::directory::DataDirectory;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");
/// The same seed makes the same estate.
const SEED: u64 = 1;
const PEOPLE: f64 = 100_000.0;
const SECONDS_MAX: f64 = 60.0;

/// 100,000 people and a year of their use; what it would have cost by the hour, and unchanged.
pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let data = setting.fresh("store-replay")?;
    let people = (PEOPLE * setting.scale).max(10.0) as u32;
    let sessions = prepare(&data, people)?;
    let unchanged = replayed(setting, &data, &[])?;
    let hourly = replayed(setting, &data, &["--tariff", "guide-hourly"])?;
    std::fs::remove_dir_all(&data)?;
    let name = "what-if: a year of 100,000 people";
    let note = format!(
        "{people} people, {sessions} sessions; {:.1} s under another tariff",
        hourly.seconds
    );
    let tokens = |told: &Value, which: &str| told["total"][which].as_f64().unwrap_or(f64::NAN);
    let same = Figure {
        name: "what-if: tokens unchanged, of those charged",
        value: tokens(&unchanged.told, "tokens_after"),
        target: tokens(&unchanged.told, "tokens_before"),
        side: Side::Exactly,
        unit: "tokens",
        note: String::new(),
    };
    let seconds = unchanged.seconds.max(hourly.seconds);
    let time =
        Figure { name, value: seconds, target: SECONDS_MAX, side: Side::AtMost, unit: "s", note };
    let memory = Figure {
        name: "what-if: peak memory",
        value: unchanged.peak.max(hourly.peak),
        target: 4_096.0,
        side: Side::AtMost,
        unit: "MiB",
        note: String::new(),
    };
    Ok(vec![same, time, memory])
}

/// Makes the store; how many sessions it has.
fn prepare(data: &Path, people: u32) -> Result<usize> {
    let tariff = TariffFile::parse(TARIFF).map_err(|bad| anyhow!("{bad}"))?.tariff;
    let size = Size { people, months: 12 };
    let made_up = generate(SEED, &size, WallClock.now(), tariff.parts().clone());
    let (_directory, store) = DataDirectory::create(data).map_err(|why| anyhow!("{why:?}"))?;
    let mut engine = Engine::load(Box::new(store), Arc::new(WallClock))?;
    let sessions = made_up.sessions.len();
    record(&mut engine, made_up)?;
    engine.keep_snapshot()?;
    Ok(sessions)
}

/// What a what-if said and took.
struct Replay {
    told: Value,
    seconds: f64,
    peak: f64,
}

fn replayed(setting: &Setting, data: &Path, change: &[&str]) -> Result<Replay> {
    let mut command = faregate(setting, data);
    command.args(["--json", "what-if"]).args(change);
    let begun = Tick::now();
    let ran = measured(&mut command)?;
    let seconds = begun.seconds();
    let told = serde_json::from_str(&ran.stdout).context("the what-if printed something else")?;
    Ok(Replay { told, seconds, peak: ran.peak })
}

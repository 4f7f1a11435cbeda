//! How much of what was planted in generated estates detectors find, and how much of what they find was planted.
//!
//! Thresholds were chosen on the seeds 1 to 20; figures are of other seeds.

use super::{Figure, Side};
use crate::races::Setting;
use anyhow::{Result, anyhow};
use faregate_app::anomalies::findings;
use faregate_app::engine::Engine;
use faregate_app::import::known::{KnownUse, record_generated};
use faregate_app::memory::MemoryStore;
use faregate_app::ports::Clock;
use faregate_core::anomaly::{Class, Finding, Scene, Stretch, Thresholds, find, shifts, spikes};
use faregate_core::estate::PersonId;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_ingest::tariff::TariffFile;
use faregate_sim::{
    Anomaly, DemoEstate, Size, Truth, UseRecord, generate, some_day, with_shift, with_spikes,
    with_travellers,
};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");
/// Seeds that no threshold was chosen on.
const SEEDS: RangeInclusive<u64> = 101..=120;

/// A clock that stands.
struct Standing(Instant);

impl Clock for Standing {
    fn now(&self) -> Instant {
        self.0
    }
}

/// What was planted, what was found, and which of either has no counterpart.
#[derive(Default)]
struct Score {
    planted: usize,
    found: usize,
    /// Planted and found.
    hit: usize,
    /// Found and planted.
    right: usize,
    wrong: Vec<String>,
}

impl Score {
    fn add<P, F>(
        &mut self,
        seed: u64,
        planted: &[P],
        found: &[F],
        is_same: impl Fn(&P, &F) -> bool,
        words: impl Fn(&F) -> String,
    ) {
        self.planted += planted.len();
        self.found += found.len();
        self.hit += planted.iter().filter(|p| found.iter().any(|f| is_same(p, f))).count();
        for one in found {
            if planted.iter().any(|p| is_same(p, one)) {
                self.right += 1;
            } else {
                self.wrong.push(format!("seed {seed}: {}", words(one)));
            }
        }
    }

    fn precision(&self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }

    fn recall(&self) -> f64 {
        if self.planted == 0 { 1.0 } else { self.hit as f64 / self.planted as f64 }
    }
}

/// What of each class has to be right, and found.
const CLASSES: [(Class, f64, f64); 7] = [
    (Class::Burst, 0.95, 0.95),
    (Class::LongSession, 1.0, 1.0),
    (Class::OvernightIdle, 0.95, 0.95),
    (Class::DoubleDip, 1.0, 1.0),
    (Class::SharedCredentials, 0.9, 0.9),
    (Class::ServiceAccount, 0.9, 0.9),
    (Class::ImpossibleTravel, 0.9, 0.9),
];

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let seeds = ((20.0 * setting.scale).ceil() as usize).clamp(1, 20);
    scores(SEEDS.take(seeds))
}

fn scores(seeds: impl Iterator<Item = u64>) -> Result<Vec<Figure>> {
    let tariff = TariffFile::parse(TARIFF).map_err(|bad| anyhow!("{bad}"))?.tariff;
    let mut classes: BTreeMap<Class, Score> = BTreeMap::new();
    let (mut spiked, mut shifted, mut alarms, mut years) =
        (Score::default(), Score::default(), 0, 0);
    for seed in seeds {
        let estate = generate(seed, &Size::demo(), some_day(), tariff.parts().clone());
        let mut engine = recorded(&estate)?;
        of_uses(seed, &estate, &mut engine, &mut classes)?;
        of_places(
            seed,
            estate.clone(),
            &engine,
            classes.entry(Class::ImpossibleTravel).or_default(),
        );
        alarms += of_series(seed, &estate.truth, &mut spiked, &mut shifted);
        years += 1;
    }
    let mut figures = Vec::new();
    for (class, precision, recall) in CLASSES {
        let score = classes.remove(&class).unwrap_or_default();
        figures.extend(shown(class, &score, precision, recall));
    }
    figures.extend(shown(Class::Spike, &spiked, 0.9, 0.7));
    figures.push(Figure {
        name: "spikes: false alarms a year",
        value: f64::from(alarms) / f64::from(years.max(1)),
        target: 1.0,
        side: Side::AtMost,
        unit: "a year",
        note: format!("{alarms} in {years} years in which nothing was planted"),
    });
    figures.extend(shown(Class::LevelShift, &shifted, 0.0, 0.0));
    Ok(figures)
}

fn shown(class: Class, score: &Score, precision: f64, recall: f64) -> [Figure; 2] {
    let (p, r) = names(class);
    let note = |of: usize, all: usize| format!("{of} of {all}");
    let wrong: Vec<&str> = score.wrong.iter().map(String::as_str).take(3).collect();
    let precise = Figure {
        name: p,
        value: score.precision(),
        target: precision,
        side: Side::AtLeast,
        unit: "",
        note: [note(score.right, score.found), wrong.join("; ")].join(" "),
    };
    let recalled = Figure {
        name: r,
        value: score.recall(),
        target: recall,
        side: Side::AtLeast,
        unit: "",
        note: note(score.hit, score.planted),
    };
    [precise, recalled]
}

fn names(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Burst => ("bursts: precision", "bursts: recall"),
        Class::LongSession => ("long sessions: precision", "long sessions: recall"),
        Class::OvernightIdle => ("left open over night: precision", "left open over night: recall"),
        Class::DoubleDip => ("double-dips: precision", "double-dips: recall"),
        Class::SharedCredentials => ("shared credentials: precision", "shared credentials: recall"),
        Class::ServiceAccount => ("service accounts: precision", "service accounts: recall"),
        Class::ImpossibleTravel => ("impossible travel: precision", "impossible travel: recall"),
        Class::Spike => ("spikes of 5 σ and more: precision", "spikes of 5 σ and more: recall"),
        _ => ("level shifts: precision (no target)", "level shifts: recall (no target)"),
    }
}

/// The estate in a store, its use rated.
fn recorded(estate: &DemoEstate) -> Result<Engine> {
    let clock = Arc::new(Standing(some_day()));
    let mut engine = Engine::load(Box::new(MemoryStore::default()), clock)?;
    engine.append(estate.setup.clone())?;
    let uses = estate.sessions.iter().map(|one| {
        let UseRecord { opened, person, product, closed, ref host } = *one;
        KnownUse { person, product, host, opened, closed }
    });
    record_generated(&mut engine, uses)?;
    Ok(engine)
}

/// What is found the way a server finds it, over the whole history.
fn of_uses(
    seed: u64,
    estate: &DemoEstate,
    engine: &mut Engine,
    classes: &mut BTreeMap<Class, Score>,
) -> Result<()> {
    let (from, to) = {
        let shared = engine.state();
        let state = shared.read();
        let zone = state.zone().clone();
        let first = estate.sessions.first().map_or(some_day(), |one| one.opened);
        (zone.date(first), zone.date(some_day()))
    };
    let found = findings(engine, from, to, &[])?;
    let shared = engine.state();
    let state = shared.read();
    for (class, ..) in CLASSES.into_iter().filter(|(class, ..)| *class != Class::ImpossibleTravel) {
        let of_class: Vec<&Finding> = found.iter().filter(|one| one.class == class).collect();
        let score = classes.entry(class).or_default();
        let words = |one: &&Finding| one.words.clone();
        if class == Class::OvernightIdle {
            let services = services(&estate.truth);
            let left = estate.truth.left_open.iter();
            let left: Vec<_> =
                left.filter(|(person, _)| !services.contains(person)).copied().collect();
            let is_same = |(person, opened): &(PersonId, Instant), one: &&Finding| {
                one.people.contains(person) && one.from <= *opened && *opened <= one.until
            };
            score.add(seed, &left, &of_class, is_same, words);
        } else {
            let planted: Vec<&Anomaly> =
                estate.truth.anomalies.iter().filter(|one| class_of(one) == class).collect();
            let is_same = |planted: &&Anomaly, one: &&Finding| is_same(planted, one);
            score.add(seed, &planted, &of_class, is_same, words);
        }
    }
    drop(state);
    Ok(())
}

fn services(truth: &Truth) -> Vec<PersonId> {
    let services = truth.anomalies.iter().filter_map(|one| match one {
        Anomaly::ServiceAccount { person } => Some(*person),
        _ => None,
    });
    services.collect()
}

fn class_of(anomaly: &Anomaly) -> Class {
    match anomaly {
        Anomaly::TrainingBurst { .. } => Class::Burst,
        Anomaly::DoubleDip { .. } => Class::DoubleDip,
        Anomaly::SharedCredentials { .. } => Class::SharedCredentials,
        Anomaly::ServiceAccount { .. } => Class::ServiceAccount,
        Anomaly::LongSession { .. } => Class::LongSession,
        Anomaly::ImpossibleTravel { .. } => Class::ImpossibleTravel,
        Anomaly::Spike { .. } => Class::Spike,
        Anomaly::LevelShift { .. } => Class::LevelShift,
    }
}

fn is_same(planted: &Anomaly, found: &Finding) -> bool {
    let is_of = |person: &PersonId| found.people.contains(person);
    match planted {
        Anomaly::TrainingBurst { at, product, .. } => {
            found.product == Some(*product) && found.from.since(*at).abs() <= 900
        }
        Anomaly::DoubleDip { account, product, .. } => {
            is_of(account) && found.product == Some(*product)
        }
        Anomaly::LongSession { person, product, opened, closed } => {
            let overlaps = found.from <= *closed && *opened <= found.until;
            is_of(person) && found.product == Some(*product) && overlaps
        }
        Anomaly::SharedCredentials { person, .. }
        | Anomaly::ServiceAccount { person }
        | Anomaly::ImpossibleTravel { person, .. } => is_of(person),
        Anomaly::Spike { .. } | Anomaly::LevelShift { .. } => false,
    }
}

/// Travellers, planted on top: logs do not say where somebody was, so the scene is put together here.
fn of_places(seed: u64, mut estate: DemoEstate, engine: &Engine, score: &mut Score) {
    let places = with_travellers(seed, &mut estate);
    let shared = engine.state();
    let state: &State = &shared.read();
    let stretch = |(one, place): (&UseRecord, _)| Stretch {
        person: one.person,
        product: one.product,
        host: None,
        place,
        opened: one.opened,
        closed: one.closed,
        on_seat: None,
    };
    let stretches: Vec<Stretch> = estate.sessions.iter().zip(places).map(stretch).collect();
    let from = stretches.first().map_or(some_day(), |one| one.opened);
    let scene = Scene {
        state,
        stretches: &stretches,
        hosts: &[],
        dips: &[],
        silent: &[],
        first_used: &BTreeMap::new(),
        known_from: from,
        term: state.zone().date(from),
        from,
        until: some_day(),
    };
    let found = find(&scene, &Thresholds::default());
    let found: Vec<&Finding> =
        found.iter().filter(|one| one.class == Class::ImpossibleTravel).collect();
    let planted = estate.truth.anomalies.iter();
    let planted: Vec<&Anomaly> =
        planted.filter(|one| class_of(one) == Class::ImpossibleTravel).collect();
    let is_same = |planted: &&Anomaly, one: &&Finding| is_same(planted, one);
    score.add(seed, &planted, &found, is_same, |one| one.words.clone());
}

/// Spikes and changes of level, planted on the days' tokens; returns alarms where nothing was planted.
fn of_series(seed: u64, truth: &Truth, spiked: &mut Score, shifted: &mut Score) -> u32 {
    let thresholds = Thresholds::default();
    let days = &truth.tokens_by_day;
    let Some((first, last)) = days.keys().next().zip(days.keys().last()) else { return 0 };
    let tokens = |date: &Date| days.get(date).map_or(0.0, |ticks| ticks.tokens());
    // The last day is not over.
    let plain: Vec<(Date, f64)> =
        (first.0..last.0).map(Date).map(|date| (date, tokens(&date))).collect();
    let alarms = spikes(&plain, &thresholds).len();
    let mut with = plain.clone();
    let planted = with_spikes(seed, &mut with);
    let is_day = |planted: &Anomaly, found: &Date| matches!(planted, Anomaly::Spike { date } if date == found);
    let found: Vec<Date> = spikes(&with, &thresholds).iter().map(|spike| spike.date).collect();
    spiked.add(seed, &planted, &found, is_day, Date::to_string);
    let mut with = plain;
    let planted: Vec<Anomaly> = with_shift(seed, &mut with).into_iter().collect();
    let is_near = |planted: &Anomaly, found: &Date| matches!(planted, Anomaly::LevelShift { date } if (date.0 - found.0).abs() <= 14);
    let found: Vec<Date> = shifts(&with, &thresholds).iter().map(|shift| shift.date).collect();
    shifted.add(seed, &planted, &found, is_near, Date::to_string);
    u32::try_from(alarms).unwrap_or(u32::MAX)
}

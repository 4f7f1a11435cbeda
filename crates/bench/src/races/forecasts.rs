//! E: forecasts of daily series, against statsforecast.
//!
//! The back-test asks for 28 days from six days of each series; the rounds share the series out among
//! themselves, so that all of them together do each series once. Everybody gets the same tasks and one
//! thread; only the CPU seconds of forecasting count, neither start nor compilation of a peer.

use super::Setting;
use crate::ambient::{Tick, thread_seconds};
use crate::chance::Chance;
use crate::forecasts::{Answer, Task, mean, ours, pinball};
use crate::outcome::{Outcome, short};
use crate::peers::forecasters::{Forecasters, MODELS};
use anyhow::Result;
use faregate_core::forecast::Series;
use faregate_core::when::Date;

/// Series of the back-test, and of the whole contract's forecast; a scale makes both smaller.
const SERIES: f64 = 200.0;
const MANY: f64 = 10_000.0;
const DAYS: usize = 730;
const HORIZON: usize = 28;
const WINDOWS: usize = 6;
/// The peer forecasts so many of the many series; its time is scaled to all of them.
const SAMPLE: usize = 8;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let peers = match Forecasters::find(&setting.home) {
        Ok(peers) => peers,
        Err(why) => {
            eprintln!("E: skipped, its peers need Python packages: {why:#}");
            return Ok(Vec::new());
        }
    };
    let count = ((SERIES * setting.scale) as usize).max(setting.rounds);
    let mut heats = Heats::default();
    for round in 0..setting.rounds {
        let series: Vec<Series> =
            (0..count).filter(|n| n % setting.rounds == round).map(series).collect();
        heats.back_test(&peers, &series)?;
        heats.many(&peers, setting, round)?;
        let last = |all: &[f64]| all.last().copied().map_or_else(|| "–".to_owned(), short);
        let [(ets, _), ..] = &heats.peers;
        eprintln!("E round {}: ours {} s, AutoETS {} s", round + 1, last(&heats.cpu), last(ets));
    }
    Ok(heats.outcomes(count, (MANY * setting.scale) as usize))
}

/// Weekdays and weekends, a wave of a year, slow growth and lognormal noise, as usage of a product in a segment
/// may look; two years of it.
fn series(number: usize) -> Series {
    let mut chance = Chance::new(0x0e_0000 + number as u64);
    let first = Date(19_723);
    let day = |day: usize| {
        let weekday = if first.plus(day as i32).weekday() < 5 { 1.0 } else { 0.07 };
        let wave = 1.0 + 0.2 * (day as f64 / 365.0 * core::f64::consts::TAU).sin();
        let growth = (0.0004 * day as f64).exp();
        (50.0 + (number % 200) as f64) * weekday * wave * growth * chance.normal(0.0, 0.15).exp()
    };
    Series { first, tokens: (0..DAYS).map(day).collect() }
}

#[derive(Default)]
struct Heats {
    /// Of the back-test, round by round.
    cpu: Vec<f64>,
    pinball: Vec<f64>,
    /// Each peer's seconds and losses.
    peers: [(Vec<f64>, Vec<f64>); MODELS.len()],
    many: Vec<f64>,
    many_peer: Vec<f64>,
    wrong: Vec<String>,
}

impl Heats {
    fn back_test(&mut self, peers: &Forecasters, series: &[Series]) -> Result<()> {
        let cuts = |series: &Series| {
            let cut = |window: usize| Task::cut(series, DAYS - HORIZON * window, HORIZON);
            (1..=WINDOWS).filter_map(cut).collect::<Vec<_>>()
        };
        let tasks: Vec<Task> = series.iter().flat_map(cuts).collect();
        let (answers, seconds) = timed(|| tasks.iter().map(ours).collect::<Vec<Answer>>());
        self.cpu.push(seconds);
        self.pinball.push(loss(&tasks, &answers));
        for (model, (cpu, losses)) in MODELS.into_iter().zip(&mut self.peers) {
            let (answers, seconds) = peers.forecast(model, &tasks, HORIZON)?;
            cpu.push(seconds);
            losses.push(loss(&tasks, &answers));
        }
        Ok(())
    }

    fn many(&mut self, peers: &Forecasters, setting: &Setting, round: usize) -> Result<()> {
        let task = |number: usize| {
            let Series { first, tokens } = series(number);
            Task { first, known: tokens, came: vec![0.0; HORIZON] }
        };
        let count = ((MANY * setting.scale) as usize).max(1);
        let tasks: Vec<Task> = (0..count).map(|number| task(number + round * count)).collect();
        let total = |task: &Task| ours(task).mean.iter().sum::<f64>();
        let (sum, seconds) = timed(|| tasks.iter().map(total).sum::<f64>());
        self.many.push(seconds);
        if !(sum.is_finite() && sum > 0.0) {
            self.wrong.push(format!("the forecasts sum to {sum}"));
        }
        let sample: Vec<Task> = tasks.into_iter().take(SAMPLE).collect();
        let (_, cpu) = peers.forecast("AutoETS", &sample, HORIZON)?;
        self.many_peer.push(cpu / sample.len() as f64 * count as f64);
        Ok(())
    }

    fn outcomes(self, series: usize, many: usize) -> Vec<Outcome> {
        let total = |all: &[f64]| short(all.iter().sum());
        let by_peer = MODELS.iter().zip(&self.peers);
        let cpu: Vec<String> =
            by_peer.clone().map(|(model, (cpu, _))| format!("{model} {} s", total(cpu))).collect();
        let losses: Vec<String> = by_peer
            .map(|(model, (_, losses))| format!("{model} {:.5}", mean(losses.iter().copied())))
            .collect();
        let best = |round: usize| {
            let losses = self.peers.iter().filter_map(|(_, losses)| losses.get(round)).copied();
            losses.min_by(f64::total_cmp)
        };
        let best: Vec<f64> = (0..self.pinball.len()).filter_map(best).collect();
        let [(ets, _), ..] = &self.peers;
        let ours = mean(self.pinball.iter().copied());
        vec![
            Outcome {
                race: "E back-test, AutoETS".to_owned(),
                unit: "CPU s",
                ours: self.cpu.clone(),
                peer: ets.clone(),
                less_is_better: true,
                first: Some(5.0),
                last: Some(20.0),
                wrong: self.wrong.clone(),
                notes: vec![format!(
                    "{series} series, {HORIZON} days from {WINDOWS} days of each; all rounds: ours {} s, {}",
                    total(&self.cpu),
                    cpu.join(", ")
                )],
            },
            Outcome {
                race: "E pinball loss, best of four".to_owned(),
                unit: "",
                ours: self.pinball,
                peer: best,
                less_is_better: true,
                first: Some(1.0),
                last: Some(1.0),
                wrong: Vec::new(),
                notes: vec![format!("mean of the rounds: ours {ours:.5}, {}", losses.join(", "))],
            },
            Outcome {
                race: "E many series, AutoETS".to_owned(),
                unit: "CPU s",
                ours: self.many,
                peer: self.many_peer,
                less_is_better: true,
                first: Some(10.0),
                last: Some(10.0),
                wrong: Vec::new(),
                notes: vec![format!(
                    "{many} series of two years; AutoETS did {} of them, its time is scaled",
                    SAMPLE.min(many)
                )],
            },
        ]
    }
}

/// A result, and the CPU seconds that it took this thread.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = Tick::now();
    let before = thread_seconds(begun);
    let result = work();
    (result, thread_seconds(begun) - before)
}

fn loss(tasks: &[Task], answers: &[Answer]) -> f64 {
    mean(tasks.iter().zip(answers).map(|(task, answer)| pinball(task, answer)))
}

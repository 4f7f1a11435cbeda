//! Forecasts of generated estates, held against what came, beside seasonal naive and AutoETS.
//!
//! The model's constants were chosen on the seeds 1 to 20, all at one date. Here are other seeds, each at a date
//! of its own. Nothing is given but the days: no holidays, no plans.

use super::{Figure, Side};
use crate::command::output;
use crate::forecasts::{Answer, Task, mean, wape};
use crate::peers::forecasters::Forecasters;
use crate::races::Setting;
use anyhow::{Result, anyhow};
use faregate_core::forecast::{
    Calendar, Forecast, Kept, Record, Score, Series, fit, record, score, week_apart,
};
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::tariff::TariffFile;
use faregate_sim::{Size, generate};
use std::path::PathBuf;
use std::process::Command;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");
const SEEDS: core::ops::RangeInclusive<u64> = 101..=116;
/// Three years, and a day into the next month.
const MONTHS: u32 = 37;
/// 2026-01-05, from which each seed's date is so many days further than the one before.
const FIRST_NOW: Instant = Instant(1_767_600_000);
const NOW_STEP: i64 = 23 * DAY;
const HORIZON: usize = 28;
/// Days between the days from which forecasts are made.
const STEP: usize = 28;
/// The days after which a balance is to be used up, in reality.
const LASTS: [usize; 3] = [45, 90, 150];
/// A forecast looks so far for the day on which a balance is used up.
const LOOKAHEAD: i32 = 500;
const PEDESTRIANS: &str = "https://raw.githubusercontent.com/facebook/prophet/main/examples/example_pedestrians_covid.csv";

/// What a set of forecasts is called in the figures.
struct Set {
    people: u32,
    /// Days that are known at the first and at the last forecast; the last year when `None`.
    known: Option<(usize, usize)>,
    names: [&'static str; 6],
}

const SETS: [Set; 3] = [
    Set {
        people: 400,
        known: None,
        names: [
            "forecast, 400 people: WAPE over 28 days",
            "forecast, 400 people: MASE",
            "forecast, 400 people: MAPE of 20-day totals",
            "forecast, 400 people: 80 % bands that held",
            "forecast, 400 people: 95 % bands that held",
            "forecast, 400 people: depletion error",
        ],
    },
    Set {
        people: 2_000,
        known: None,
        names: [
            "forecast, 2,000 people: WAPE over 28 days",
            "forecast, 2,000 people: MASE",
            "forecast, 2,000 people: MAPE of 20-day totals",
            "forecast, 2,000 people: 80 % bands that held",
            "forecast, 2,000 people: 95 % bands that held",
            "forecast, 2,000 people: depletion error",
        ],
    },
    Set {
        people: 400,
        known: Some((182, 364)),
        names: [
            "forecast, under a year known: WAPE",
            "forecast, under a year known: MASE",
            "forecast, under a year known: 20-day MAPE",
            "forecast, under a year known: 80 % bands",
            "forecast, under a year known: 95 % bands",
            "forecast, under a year known: depletion error",
        ],
    },
];

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let peers = Forecasters::find(&setting.home);
    if let Err(why) = &peers {
        eprintln!("forecasts: AutoETS skipped, it needs Python packages: {why:#}");
    }
    let peers = peers.ok();
    let seeds = ((SEEDS.count() as f64 * setting.scale).ceil() as usize).max(1);
    let mut figures = Vec::new();
    for set in &SETS {
        let estates: Result<Vec<Series>> =
            SEEDS.take(seeds).map(|seed| estate(seed, set.people)).collect();
        figures.extend(set.figures(&estates?, peers.as_ref())?);
    }
    figures.extend(pedestrians(setting, peers.as_ref())?);
    Ok(figures)
}

/// The whole days of a generated estate's burn.
fn estate(seed: u64, people: u32) -> Result<Series> {
    let tariff = TariffFile::parse(TARIFF).map_err(|bad| anyhow!("{bad}"))?.tariff;
    let now = FIRST_NOW.plus((seed - SEEDS.start()).cast_signed() * NOW_STEP);
    let size = Size { people, months: MONTHS };
    let days = generate(seed, &size, now, tariff.parts().clone()).truth.tokens_by_day;
    let ends = days.keys().next().zip(days.keys().next_back());
    let (first, last) = ends.ok_or_else(|| anyhow!("an estate without use"))?;
    let tokens = (first.0..last.0).map(|day| days.get(&Date(day)).map_or(0.0, |t| t.tokens()));
    Ok(Series { first: *first, tokens: tokens.collect() })
}

/// The forecasts of a set, scored.
#[derive(Default)]
struct Scored {
    month: Vec<Score>,
    twenty: Vec<Score>,
    depletion: Vec<f64>,
    tasks: Vec<Task>,
}

impl Set {
    fn figures(&self, estates: &[Series], peers: Option<&Forecasters>) -> Result<Vec<Figure>> {
        let mut scored = Scored::default();
        for series in estates {
            let end = series.tokens.len() - HORIZON;
            let (first, last) = self.known.unwrap_or((end.saturating_sub(364), end));
            (first..=last).step_by(STEP).for_each(|at| scored.forecast(series, at));
        }
        let naive: Vec<Answer> = scored.tasks.iter().map(seasonal_naive).collect();
        let mut beside = vec![("seasonal naive", naive)];
        if let Some(peers) = peers {
            beside.push(("AutoETS", peers.forecast("AutoETS", &scored.tasks, HORIZON)?.0));
        }
        Ok(self.rows(&scored, estates.len(), &beside))
    }

    fn rows(&self, scored: &Scored, estates: usize, beside: &[(&str, Vec<Answer>)]) -> Vec<Figure> {
        let (month, twenty) = (record(&scored.month), record(&scored.twenty));
        let peers = |figure: fn(&Task, &Answer) -> f64| {
            let each = beside.iter().map(|(name, answers)| {
                let all =
                    scored.tasks.iter().zip(answers).map(|(task, answer)| figure(task, answer));
                format!("{name} {:.3}", mean(all))
            });
            each.collect::<Vec<_>>().join(", ")
        };
        let of = format!("{} forecasts, {estates} estates", scored.month.len());
        let [_, likely, nearly] = month.held;
        let values = [
            (month.wape, 0.13, Side::AtMost, format!("{}; {of}", peers(wape))),
            (month.mase, 0.65, Side::AtMost, peers(mase)),
            (twenty.mape, 0.08, Side::AtMost, peers(twenty_days)),
            (Some(likely), 0.81, Side::Within(0.07), bias(&month)),
            (Some(nearly), 0.95, Side::Within(0.04), "totals of 28 days".to_owned()),
            (
                Some(mean(scored.depletion.iter().copied())),
                0.08,
                Side::AtMost,
                "of the horizon".to_owned(),
            ),
        ];
        let rows = self.names.iter().zip(values);
        rows.map(|(name, (value, target, side, note))| Figure {
            name,
            value: value.unwrap_or(f64::NAN),
            target,
            side,
            unit: "",
            note,
        })
        .collect()
    }
}

impl Scored {
    fn forecast(&mut self, series: &Series, at: usize) {
        let Some(task) = Task::cut(series, at, HORIZON) else { return };
        let known = task.series();
        let from = known.end();
        let forecast = fit(&known, &Calendar::default()).project(from, from.plus(LOOKAHEAD));
        let scored = |days: usize| score(&kept(&forecast, &known, days), series);
        self.month.extend(scored(HORIZON));
        self.twenty.extend(scored(20));
        for lasts in LASTS {
            let Some(burned) = series.tokens.get(at..at + lasts) else { continue };
            // The balance is used up within the last of these days.
            let left = burned.iter().sum::<f64>() - burned.last().copied().unwrap_or(0.0) / 2.0;
            let found = forecast.depletion(left).expected;
            let days = found.map_or(LOOKAHEAD, |date| date.0 - from.0);
            let right = lasts as f64 - 1.0;
            self.depletion.push((f64::from(days) - right).abs() / right);
        }
        self.tasks.push(task);
    }
}

fn kept(forecast: &Forecast, known: &Series, days: usize) -> Kept {
    let from = forecast.from();
    let to = from.plus(i32::try_from(days).unwrap_or(1) - 1);
    Kept {
        from,
        to,
        days: forecast.days().take(days).map(|(_, tokens)| tokens).collect(),
        total: forecast.total(from, to),
        week_apart: week_apart(known),
    }
}

/// Each day as a week before.
fn seasonal_naive(task: &Task) -> Answer {
    let week = task.known.get(task.known.len().saturating_sub(7)..).unwrap_or_default();
    let mean = week.iter().copied().cycle().take(task.came.len()).collect();
    Answer { mean, bands: [Vec::new(), Vec::new()] }
}

fn mase(task: &Task, answer: &Answer) -> f64 {
    let scale = week_apart(&task.series()).unwrap_or(f64::NAN);
    mean(task.came.iter().zip(&answer.mean).map(|(came, mean)| (came - mean).abs())) / scale
}

fn twenty_days(task: &Task, answer: &Answer) -> f64 {
    let total = |days: &[f64]| days.iter().take(20).sum::<f64>();
    (total(&answer.mean) - total(&task.came)).abs() / total(&task.came)
}

fn bias(record: &Record) -> String {
    format!("mean error {:+.3}", record.bias.unwrap_or(f64::NAN))
}

/// A real series, when there is a network: people who passed a counter in Melbourne, from 2017 to 2021.
fn pedestrians(setting: &Setting, peers: Option<&Forecasters>) -> Result<Vec<Figure>> {
    let Some(series) = fetched(setting) else {
        eprintln!("forecasts: pedestrians skipped, {PEDESTRIANS} is not to be had");
        return Ok(Vec::new());
    };
    let mut scored = Scored::default();
    let end = series.tokens.len() - HORIZON;
    (364..=end).step_by(STEP).for_each(|at| scored.forecast(&series, at));
    let naive: Vec<Answer> = scored.tasks.iter().map(seasonal_naive).collect();
    let theirs =
        peers.map(|peers| peers.forecast("AutoETS", &scored.tasks, HORIZON)).transpose()?;
    let of = |answers: &[Answer]| {
        mean(scored.tasks.iter().zip(answers).map(|(task, answer)| wape(task, answer)))
    };
    let month = record(&scored.month);
    let naive = of(&naive);
    let target = theirs.map_or(naive, |(answers, _)| of(&answers));
    let [_, likely, nearly] = month.held;
    Ok(vec![Figure {
        name: "forecast, pedestrians: WAPE, against AutoETS",
        value: month.wape.unwrap_or(f64::NAN),
        target,
        side: Side::AtMost,
        unit: "",
        note: format!(
            "seasonal naive {naive:.3}; 80 % bands held {likely:.2}, 95 % {nearly:.2}; {} forecasts",
            scored.tasks.len()
        ),
    }])
}

/// Lines of `2017-06-02,39230` after a heading; days left out are not known.
fn fetched(setting: &Setting) -> Option<Series> {
    let path: PathBuf = setting.home.join("pedestrians.csv");
    if !path.exists() {
        let mut fetch = Command::new("curl");
        fetch.args(["-fsSL", "--max-time", "30", "-o"]).arg(&path).arg(PEDESTRIANS);
        output(&mut fetch).ok()?;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let days: std::collections::BTreeMap<Date, f64> = text
        .lines()
        .filter_map(|line| line.split_once(','))
        .filter_map(|(date, count)| Some((date.parse().ok()?, count.trim().parse().ok()?)))
        .collect();
    let (first, last) = (*days.keys().next()?, *days.keys().next_back()?);
    let tokens = (first.0..=last.0).map(|day| days.get(&Date(day)).copied().unwrap_or(f64::NAN));
    Some(Series { first, tokens: tokens.collect() })
}

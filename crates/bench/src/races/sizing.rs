//! E1: years of a pool for 30,000 people, against numpy on the same model with the same parameters.
//!
//! Both sides draw on one thread; only the CPU seconds of drawing count. Ours draws many times as many years, for
//! about the same time. The race is lost when the 99 % quantiles or the means differ by more than four standard
//! errors of both samples.

use super::Setting;
use crate::ambient::{Tick, thread_seconds};
use crate::outcome::{Outcome, short};
use crate::peers::numpy::{Model, Numpy};
use anyhow::{Result, anyhow};
use faregate_plan::sizing::chance::Chance;
use faregate_plan::sizing::years::distribution::Distribution;
use faregate_plan::sizing::years::usage::{Usage, User};
use faregate_plan::sizing::years::{Years, simulate};

/// Years that a round draws; a scale makes them fewer.
const OURS: f64 = 2_000.0;
const THEIRS: f64 = 80.0;
/// Beyond so many standard errors, it is not the same model.
const ERRORS_MAX: f64 = 4.0;
const SEED: u64 = 5;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let numpy = match Numpy::find(&setting.home) {
        Ok(numpy) => numpy,
        Err(why) => {
            eprintln!("E1: skipped, its peer needs numpy: {why:#}");
            return Ok(Vec::new());
        }
    };
    let model = usage(&numpy.model()?)?;
    let (years, peer_years) = (scaled(OURS, setting), scaled(THEIRS, setting));
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    let (mut drawn, mut peer_drawn) = (Vec::new(), Vec::new());
    for round in 0..setting.rounds {
        let theirs = numpy.years(peer_years, round)?;
        peer.push(peer_years as f64 / theirs.cpu);
        peer_drawn.extend(theirs.totals);
        let (totals, seconds) = draw(&model, years, (round * years) as u64);
        ours.push(years as f64 / seconds);
        drawn.extend(totals);
        let last = |all: &[f64]| all.last().copied().map_or_else(|| "–".to_owned(), short);
        eprintln!("E1 round {}: ours {} years/s, numpy {}", round + 1, last(&ours), last(&peer));
    }
    let mut wrong = threads(&model)?;
    let ours_drawn = Distribution::new(drawn)?;
    let (note, differences) = compare(&ours_drawn, &Distribution::new(peer_drawn)?);
    wrong.extend(differences);
    Ok(vec![Outcome {
        race: "E1 pool sizing, numpy".to_owned(),
        unit: "y/s",
        ours,
        peer,
        less_is_better: false,
        first: Some(10.0),
        last: Some(25.0),
        wrong,
        notes: vec![note],
    }])
}

fn scaled(years: f64, setting: &Setting) -> usize {
    ((years * setting.scale) as usize).max(4)
}

fn usage(model: &Model) -> Result<Usage> {
    let people = model.chance.iter().zip(&model.tokens).zip(&model.group);
    let user =
        |((&chance, &tokens), &group): ((&f64, &f64), &usize)| User { chance, tokens, group };
    let people: Vec<User> = people.map(user).collect();
    Usage::new(&people, &model.days, model.groups, model.sigma).map_err(|bad| anyhow!("{bad}"))
}

/// Years from the stream `first` on, and the CPU seconds that they took this thread.
fn draw(model: &Usage, years: usize, first: u64) -> (Vec<f64>, f64) {
    let begun = Tick::now();
    let before = thread_seconds(begun);
    let mut desk = model.desk();
    let year = |at| model.year(&mut desk, &mut Chance::new(SEED, first + at));
    let totals = (0..years as u64).map(year).collect();
    (totals, thread_seconds(begun) - before)
}

/// The same years on one thread, on two and on three.
fn threads(model: &Usage) -> Result<Vec<String>> {
    let drawn = |threads| simulate(model, 50, SEED, threads).map_err(|bad| anyhow!("{bad}"));
    let alone = drawn(1)?;
    let same = drawn(2)? == alone && drawn(3)? == alone;
    Ok(if same { Vec::new() } else { vec!["threads change the years".to_owned()] })
}

/// A line of figures, and what differs by more than chance.
fn compare(ours: &Distribution, theirs: &Distribution) -> (String, Vec<String>) {
    let error = |one: &Distribution| {
        (one.demand().deviation() / (one.totals().len() as f64).sqrt(), one.quantile_error(0.99))
    };
    let ((mean, high), (their_mean, their_high)) = (error(ours), error(theirs));
    let figures = [
        ("mean", ours.mean(), theirs.mean(), mean.hypot(their_mean)),
        ("99 % quantile", ours.quantile(0.99), theirs.quantile(0.99), high.hypot(their_high)),
    ];
    let apart =
        |(_, one, other, error): &&(&str, f64, f64, f64)| (one - other).abs() > ERRORS_MAX * error;
    let line = |(name, one, other, error): &(&str, f64, f64, f64)| {
        format!("{name} {} and {} ± {}", short(*one), short(*other), short(*error))
    };
    let wrong = figures.iter().filter(apart).map(line).collect();
    let lines: Vec<String> = figures.iter().map(line).collect();
    let (many, few) = (ours.totals().len(), theirs.totals().len());
    (format!("{}; {many} and {few} years", lines.join(", ")), wrong)
}

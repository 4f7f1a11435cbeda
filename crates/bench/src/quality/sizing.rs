//! Pools sized from a year of history, held against the year that came.
//!
//! From the first of two years of a generated estate, the distribution of the second is drawn; a stated service
//! level is right when the second year stayed within its quantile in that share of the estates. The outlook's
//! constants were chosen on the seeds 1 to 100; here are others.

use super::{Figure, Side};
use crate::outcome::short;
use crate::races::Setting;
use anyhow::{Result, anyhow};
use faregate_core::amount::Ticks;
use faregate_core::event::Event;
use faregate_core::when::{DAY, Date, Instant};
use faregate_ingest::tariff::TariffFile;
use faregate_plan::sizing::bias::{Factor, correction, observed};
use faregate_plan::sizing::years::bootstrap::{Bootstrap, History, Outlook};
use faregate_plan::sizing::years::distribution::Distribution;
use faregate_plan::sizing::years::simulate;
use faregate_sim::{DemoEstate, Size, generate};
use std::collections::BTreeSet;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");
const SEEDS: core::ops::RangeInclusive<u64> = 301..=420;
const PEOPLE: u32 = 400;
/// Three years and a bit, of which the last three are used.
const MONTHS: u32 = 37;
/// 2026-01-05, from which each seed's date is so many days further than the one before.
const FIRST_NOW: Instant = Instant(1_767_600_000);
const NOW_STEP: i64 = 23 * DAY;
const YEAR: usize = 364;
const YEARS: usize = 4_000;
/// The stated levels, and what they are called when everybody counts, and for those picked for low use.
const LEVELS: [(f64, &str, &str); 4] = [
    (0.50, "sizing: 50 % pools that lasted", "sizing, picked for low use: 50 %"),
    (0.80, "sizing: 80 % pools that lasted", "sizing, picked for low use: 80 %"),
    (0.90, "sizing: 90 % pools that lasted", "sizing, picked for low use: 90 %"),
    (0.95, "sizing: 95 % pools that lasted", "sizing, picked for low use: 95 %"),
];
/// Whoever used at most so much of a year's days is picked for low use.
const LOW_USE: f64 = 0.20;

/// A person's three years: the first tells the factor of those picked for low use, the second is known by day, the
/// third is what came.
struct Person {
    group: usize,
    earlier: Vec<f64>,
    before: Vec<f64>,
    after: f64,
}

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let seeds = ((SEEDS.count() as f64 * setting.scale).ceil() as usize).max(1);
    let (mut all, mut picked) = (Vec::new(), Vec::new());
    for seed in SEEDS.take(seeds) {
        let people = estate(seed)?;
        let usual = Factor { mean: 1.0, deviation: 0.0 };
        all.push(place(&people, usual, seed)?);
        let pairs = people.iter().filter(|person| is_low(&person.earlier));
        let pairs: Vec<(f64, f64)> =
            pairs.map(|person| (person.earlier.iter().sum(), person.before.iter().sum())).collect();
        let factor = correction(Some(observed(&pairs)?))?;
        let low: Vec<Person> = people.into_iter().filter(|one| is_low(&one.before)).collect();
        picked.push(place(&low, factor, seed)?);
    }
    let figures = LEVELS.iter().map(|(level, name, _)| figure(name, *level, &all));
    Ok(figures.chain(LEVELS.iter().map(|(level, _, name)| figure(name, *level, &picked))).collect())
}

/// Where the year that came was in the drawn distribution, 0 to 1, and what it was of the drawn mean.
type Place = (f64, f64);

fn figure(name: &'static str, level: f64, places: &[Place]) -> Figure {
    let n = places.len() as f64;
    let lasted = places.iter().filter(|place| place.0 <= level).count() as f64;
    let ratio = places.iter().map(|place| place.1).sum::<f64>() / n;
    let spread = (places.iter().map(|place| (place.1 - ratio).powi(2)).sum::<f64>() / n).sqrt();
    Figure {
        name,
        value: lasted / n,
        target: level,
        side: Side::Within(0.07),
        unit: "",
        note: format!(
            "{} estates; came/expected {} ± {}",
            places.len(),
            short(ratio),
            short(spread)
        ),
    }
}

fn place(people: &[Person], factor: Factor, seed: u64) -> Result<Place> {
    let history = |person: &Person| History { group: person.group, daily: person.before.clone() };
    let people_seen: Vec<History> = people.iter().map(history).collect();
    let outlook = Outlook { factor, ..Outlook::USUAL };
    let model = Bootstrap::new(&people_seen, outlook).map_err(|bad| anyhow!("{bad}"))?;
    let drawn: Distribution = simulate(&model, YEARS, seed, 2).map_err(|bad| anyhow!("{bad}"))?;
    // A drawn year is 365.25 days, the one that came has 364.
    let came = people.iter().map(|person| person.after).sum::<f64>() * 365.25 / YEAR as f64;
    Ok((1.0 - drawn.exceeds(came), came / drawn.mean()))
}

fn is_low(year: &[f64]) -> bool {
    let days = year.iter().filter(|tokens| **tokens > 0.0).count() as f64;
    days > 0.0 && days <= LOW_USE * YEAR as f64
}

/// The tokens in the last three years of everybody who never holds a seat: seats begin within a history, so what
/// their holders burned before is not asked of the pool again.
fn estate(seed: u64) -> Result<Vec<Person>> {
    let tariff = TariffFile::parse(TARIFF).map_err(|bad| anyhow!("{bad}"))?.tariff;
    let now = FIRST_NOW.plus((seed % 60).cast_signed() * NOW_STEP);
    let size = Size { people: PEOPLE, months: MONTHS };
    let DemoEstate { setup, truth, .. } = generate(seed, &size, now, tariff.parts().clone());
    let seats = setup.iter().filter_map(|event| match event {
        Event::SeatsAdded(seats) => Some(seats),
        _ => None,
    });
    let holders: BTreeSet<usize> =
        seats.flatten().filter_map(|seat| seat.person.map(|person| person.index())).collect();
    let end = truth.tokens_by_day.keys().next_back().ok_or_else(|| anyhow!("no use"))?.0;
    let year = |days: &[(Date, Ticks)], back: i32| {
        let mut daily = vec![0.0; YEAR];
        for (date, ticks) in days {
            let at = usize::try_from(date.0 - (end - back * YEAR as i32)).ok();
            let day = at.and_then(|at| daily.get_mut(at));
            day.into_iter().for_each(|day| *day += ticks.tokens());
        }
        daily
    };
    let person = |(number, days): (usize, &Vec<(Date, Ticks)>)| Person {
        group: number % 5,
        earlier: year(days, 3),
        before: year(days, 2),
        after: year(days, 1).iter().sum(),
    };
    let people = truth.tokens_by_person.iter().enumerate();
    Ok(people.filter(|(number, _)| !holders.contains(number)).map(person).collect())
}

//! Years drawn from person-days that were seen.
//!
//! A person's year is put together from blocks of consecutive weeks of their own history, taken around its end (the
//! circular block bootstrap: Politis and Romano, A circular block-resampling procedure for stationary data, 1992).
//! Whole weeks keep weekdays; long blocks keep what lasts, such as projects and stays. Each person is drawn apart,
//! except for what a group has in common: its weeks, relative to everybody's, are taken out of its people, drawn in
//! blocks for the whole group, and put back. What everybody has in common in a week is season, and stays.
//!
//! Where a group's weeks differ by no more than its people's own chance makes them, nothing is taken out.
//! A year is 365.25 days. On top comes what history cannot show, as one common factor: see [`Outlook`].

use super::Years;
use crate::sizing::bias::Factor;
use crate::sizing::chance::Chance;
use crate::sizing::reorder::HISTORY_MIN;
use crate::sizing::{Invalid, count, index, not_negative};

const WEEK: usize = 7;
const YEAR_DAYS: f64 = 365.25;

/// What is said about next year beyond drawing this one again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// On the baseline, of people who were picked for low use (F15); a mean of 1 and no deviation otherwise.
    pub factor: Factor,
    /// The deviation of the logarithm of a factor common to all, with the mean 1: trends, arrivals and departures
    /// that a year of history cannot show.
    pub drift: f64,
    /// Weeks in a block.
    pub block: usize,
    /// How many times as far from their mean people's drawn years are moved: blocks of one year differ less than
    /// years do. 1 for as they were drawn.
    pub spread: f64,
}

impl Outlook {
    /// As last year; the drift and the blocks were chosen on generated estates (docs/concepts/sizing.md).
    pub const USUAL: Self =
        Self { factor: Factor { mean: 1.0, deviation: 0.0 }, drift: 0.013, block: 13, spread: 1.7 };
}

/// Somebody's history.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Which group, counted from 0.
    pub group: usize,
    /// Tokens of each day; the same days for everybody.
    pub daily: Vec<f64>,
}

/// Person-days to draw from.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// By group and person: the sums of twice the weeks up to each, relative to the group's weeks.
    people: Vec<Vec<Vec<f64>>>,
    /// By group: the same of its own weeks, whose mean is 1.
    groups: Vec<Vec<f64>>,
    weeks: usize,
    outlook: Outlook,
}

impl Bootstrap {
    /// Of these people; the last whole weeks count.
    ///
    /// # Errors
    /// Nobody, fewer than 28 days, histories of different lengths; anything negative or not a number.
    pub fn new(people: &[History], outlook: Outlook) -> Result<Self, Invalid> {
        not_negative("the factor", outlook.factor.mean)?;
        not_negative("the factor's deviation", outlook.factor.deviation)?;
        not_negative("the drift", outlook.drift)?;
        not_negative("the spread", outlook.spread)?;
        let days = people.first().ok_or(Invalid::Empty("person"))?.daily.len();
        let mut groups: Vec<Vec<Vec<f64>>> = Vec::new();
        for person in people {
            let here = person.daily.len();
            if here != days || here < HISTORY_MIN {
                return Err(Invalid::TooShort {
                    days: here.min(days),
                    needed: days.max(HISTORY_MIN),
                });
            }
            if person.group >= people.len() {
                return Err(Invalid::TooMany("groups", person.group.saturating_add(1)));
            }
            let weeks = weeks(&person.daily)?;
            if groups.len() <= person.group {
                groups.resize_with(person.group.saturating_add(1), Vec::new);
            }
            groups.get_mut(person.group).into_iter().for_each(|group| group.push(weeks.clone()));
        }
        let everybody = sum(groups.iter().flatten());
        let commons: Vec<Vec<f64>> = groups.iter().map(|group| common(group, &everybody)).collect();
        let mut kept = Vec::with_capacity(groups.len());
        for (group, common) in groups.iter().zip(&commons) {
            let apart = |weeks: &Vec<f64>| {
                let weeks: Vec<f64> = weeks.iter().zip(common).map(|(x, m)| x / m).collect();
                // What a person needs in a year is what was seen, whatever their group's weeks were.
                let scale = weeks.iter().sum::<f64>();
                let seen: f64 = weeks.iter().zip(common).map(|(x, m)| x * m).sum();
                let level = if scale > 0.0 { seen / scale } else { 0.0 };
                twice(&weeks.iter().map(|x| x * level).collect::<Vec<f64>>())
            };
            kept.push(group.iter().map(apart).collect());
        }
        Ok(Self {
            people: kept,
            groups: commons.iter().map(|common| twice(common)).collect(),
            weeks: everybody.len(),
            outlook,
        })
    }

    /// The sum of a drawn year's weeks: as many as were seen, in blocks.
    fn drawn(&self, sums: &[f64], chance: &mut Chance) -> f64 {
        let block = self.outlook.block.clamp(1, self.weeks.max(1));
        let (mut left, mut total) = (self.weeks, 0.0);
        while left > 0 {
            let long = left.min(block);
            let start = index(chance.unit() * count(self.weeks));
            let at = |week: usize| sums.get(week).copied().unwrap_or(0.0);
            total += at(start.saturating_add(long)) - at(start);
            left = left.saturating_sub(long);
        }
        total
    }
}

impl Years for Bootstrap {
    type Desk = ();

    fn desk(&self) {}

    fn year(&self, (): &mut (), chance: &mut Chance) -> f64 {
        let Outlook { factor, drift, spread, .. } = self.outlook;
        let mut tokens = 0.0;
        for (people, common) in self.people.iter().zip(&self.groups) {
            let level = self.drawn(common, chance) / count(self.weeks);
            let own: f64 = people.iter().map(|sums| self.drawn(sums, chance)).sum();
            let seen: f64 = people.iter().filter_map(|sums| sums.get(self.weeks)).sum();
            tokens += level * (seen + spread * (own - seen)).max(0.0);
        }
        let common = (drift * chance.normal() - drift * drift / 2.0).exp();
        let factor = (factor.mean + factor.deviation * chance.normal()).max(0.0);
        tokens * common * factor * YEAR_DAYS / count(self.weeks.saturating_mul(WEEK))
    }
}

/// The last whole weeks.
fn weeks(daily: &[f64]) -> Result<Vec<f64>, Invalid> {
    for tokens in daily {
        not_negative("a day's tokens", *tokens)?;
    }
    Ok(daily.rchunks_exact(WEEK).rev().map(|week| week.iter().sum()).collect())
}

fn sum<'a>(people: impl Iterator<Item = &'a Vec<f64>>) -> Vec<f64> {
    let mut total: Vec<f64> = Vec::new();
    for weeks in people {
        total.resize(weeks.len(), 0.0);
        total.iter_mut().zip(weeks).for_each(|(total, week)| *total += week);
    }
    total
}

/// A group's weeks relative to everybody's, with the mean 1, drawn towards 1 as far as its people's own chance
/// explains: the variance of a sum of independent people is that of each, summed.
fn common(group: &[Vec<f64>], everybody: &[f64]) -> Vec<f64> {
    let own = sum(group.iter());
    let (own_total, total): (f64, f64) = (own.iter().sum(), everybody.iter().sum());
    let flat = vec![1.0; everybody.len()];
    if own_total <= 0.0 || own_total >= total * (1.0 - 1e-9) {
        return flat;
    }
    let n = count(everybody.len());
    let relative = |weeks: &[f64], sum: f64| -> Vec<f64> {
        let pairs = weeks.iter().zip(everybody);
        pairs.map(|(x, all)| if *all > 0.0 { x / sum * total / all } else { 1.0 }).collect()
    };
    let varies = |weeks: &[f64], sum: f64| {
        relative(weeks, sum).iter().map(|m| (m - 1.0).powi(2)).sum::<f64>() / n
    };
    let seen = varies(&own, own_total);
    let by_chance: f64 = group
        .iter()
        .map(|weeks| (weeks, weeks.iter().sum::<f64>()))
        .filter(|(_, sum)| *sum > 0.0)
        .map(|(weeks, sum)| varies(weeks, sum) * (sum / own_total).powi(2))
        .sum();
    let kept = if seen > 0.0 { (1.0 - by_chance / seen).clamp(0.0, 1.0) } else { 0.0 };
    // A week in which a group did hardly anything must not blow up what its people did in it.
    let shrunk: Vec<f64> = relative(&own, own_total)
        .iter()
        .map(|m| (1.0 + kept.sqrt() * (m - 1.0)).max(0.2))
        .collect();
    let mean = shrunk.iter().sum::<f64>() / n;
    shrunk.iter().map(|m| m / mean).collect()
}

/// The sums of the first 0, 1, 2 … weeks of a history that begins again when it ends.
fn twice(weeks: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = weeks.iter().chain(weeks).map(|week| {
        sum += week;
        sum
    });
    core::iter::once(0.0).chain(sums).collect()
}

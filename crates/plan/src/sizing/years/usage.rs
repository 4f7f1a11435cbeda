//! Years drawn from chances of use: on day d, person u uses their product with the probability
//! min(1, p_u · w_d · f_g), and each use costs the person's tokens. f_g is lognormal, one for each group and year.
//!
//! A draw for every person-day would be eleven million draws a year for 30,000 people. Instead, exactly and
//! without a draw for days on which nothing happens:
//!
//! 1. Person-days whose probabilities are between a and b = a·e²ʰ form a class, for each price of a use. A use with
//!    probability p ∈ \[a, b\] is the same as: with r = b − a the person-day is a *candidate*; a candidate is used
//!    with probability (p − a)/r, any other person-day with a/(1 − r). For (1 − r)·a/(1 − r) + r·(p − a)/r = p.
//! 2. Candidates are few. They are found by skipping ahead geometrically with the largest r of a person's days, and
//!    kept with the probability r of the day over that (thinning: Devroye, Non-Uniform Random Variate Generation,
//!    1986, §VI.2 and §X.2). Each gets its own draw with its own p.
//! 3. The others of a class are alike: how many are used is binomial, one draw for the whole class.
//!
//! Class by class the sizes are the convolution of people's levels with days' factors, both rounded down to powers
//! of eʰ, which is where the two steps of width come from.

use super::Years;
use crate::sizing::chance::Chance;
use crate::sizing::{Invalid, count, index, not_negative};

/// h: classes are this wide in the logarithm. Wider ones mean more candidates, narrower ones more classes.
const WIDTH: f64 = 0.01;
/// Below e^(WIDTH·LOWEST), about 1 in 2,000, all probabilities are one class with a = 0.
const LOWEST: i32 = -760;
/// Days with factors under this part of the largest are skipped through apart.
const STRATUM: f64 = 0.5;
/// Each price of a use has classes of its own; tariffs have a few dozen.
const PRICES_MAX: usize = 1_000;
/// Exponents beyond these are outside all classes, and arrays stay small.
const EXPONENT_MAX: f64 = 1e5;

/// Somebody who draws on the pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct User {
    /// p_u: the chance of use on a day with the factors 1.
    pub chance: f64,
    /// Tokens that a day of use costs.
    pub tokens: f64,
    /// Which group's factor applies, counted from 0.
    pub group: usize,
}

/// People, days and groups.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Whose chance is above zero.
    people: Vec<Person>,
    /// The prices of a use that there are.
    prices: Vec<f64>,
    strata: Vec<Stratum>,
    /// By a person's level: the hazard of all days.
    hazards: Vec<f64>,
    /// Each exponent that days have, relative to the least, and how many days have it.
    days: Vec<(usize, f64)>,
    least_day: i32,
    /// How many exponents are between the least day's and the largest's.
    spread: usize,
    groups: usize,
    sigma: f64,
    classes: Vec<Class>,
}

#[derive(Clone, Copy, Debug)]
struct Person {
    chance: f64,
    log_chance: f64,
    price: usize,
    tokens: f64,
    group: usize,
}

/// Days of similar factors.
#[derive(Clone, Debug)]
struct Stratum {
    /// Each with its factor and its exponent.
    days: Vec<(f64, i32)>,
    highest: i32,
    /// By class of the largest day: the hazard of all its days.
    hazards: Vec<f64>,
}

/// Probabilities from a to b.
#[derive(Clone, Copy, Debug)]
struct Class {
    /// a.
    least: f64,
    /// r: the probability of being a candidate.
    candidates: f64,
    /// a/(1 − r): how likely the others are used.
    others: f64,
    /// The largest r of this class and all below it.
    bound: f64,
    /// −ln(1 − bound), and one over it.
    hazard: f64,
    mean_skip: f64,
}

/// A thread's working space.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Each group's factor, and its logarithm.
    factors: Vec<(f64, f64)>,
    /// People by price and exponent.
    levels: Vec<Vec<f64>>,
    /// Person-days by price and class that are no candidates.
    sizes: Vec<Vec<f64>>,
}

impl Usage {
    /// Users, each day's factor w_d (season × weekday), the number of groups and the σ of ln f_g.
    ///
    /// # Errors
    /// No users or days; anything negative or not a number; a user of a group that there is not; more than a
    /// thousand different prices of a use.
    pub fn new(users: &[User], days: &[f64], groups: usize, sigma: f64) -> Result<Self, Invalid> {
        not_negative("the deviation of groups", sigma)?;
        for factor in days {
            not_negative("a day's factor", *factor)?;
        }
        if users.is_empty() || days.is_empty() {
            return Err(Invalid::Empty(if users.is_empty() { "user" } else { "day" }));
        }
        let mut prices = Vec::new();
        let mut people = Vec::with_capacity(users.len());
        for user in users {
            people.extend(person(user, groups, &mut prices)?);
        }
        // Neighbours then fall into the same classes, which is kinder to the machine's caches and guesses.
        people.sort_by(|one: &Person, other: &Person| {
            one.price.cmp(&other.price).then(one.chance.total_cmp(&other.chance))
        });
        let mut sorted: Vec<(f64, i32)> = days
            .iter()
            .filter(|factor| **factor > 0.0)
            .map(|factor| (*factor, exponent(factor.ln())))
            .collect();
        sorted.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
        let least_day = sorted.last().map_or(0, |day| day.1);
        let relative =
            |day: &(f64, i32)| usize::try_from(day.1.saturating_sub(least_day)).unwrap_or(0);
        let spread = sorted.first().map_or(0, relative);
        let mut counts: Vec<(usize, f64)> = Vec::new();
        for day in sorted.iter().rev() {
            match counts.last_mut() {
                Some((at, many)) if *at == relative(day) => *many += 1.0,
                _ => counts.push((relative(day), 1.0)),
            }
        }
        let classes = classes();
        let mut usage = Self {
            people,
            prices,
            strata: strata(sorted, &classes),
            days: counts,
            least_day,
            spread,
            groups,
            sigma,
            hazards: Vec::new(),
            classes,
        };
        usage.hazards = (0..usage.levels()).map(|at| usage.all_days(at)).collect();
        Ok(usage)
    }

    /// The class of an exponent.
    fn class(exponent: i32) -> usize {
        let above = exponent.clamp(LOWEST, 0).saturating_sub(LOWEST);
        usize::try_from(above).unwrap_or(0)
    }

    /// The exponent of a person's level, kept where it makes a difference: from where even the largest day is in
    /// the lowest class, to where even the least is certain.
    fn level(&self, exponent: i32) -> usize {
        let lowest = self.lowest_level();
        let above = exponent.saturating_sub(lowest).max(0);
        usize::try_from(above).unwrap_or(0).min(self.levels().saturating_sub(1))
    }

    /// The hazard of all days of somebody at this level.
    fn all_days(&self, level: usize) -> f64 {
        let level = i32::try_from(level).unwrap_or(0).saturating_add(self.lowest_level());
        let hazard = |stratum: &Stratum| {
            let highest = Self::class(level.saturating_add(stratum.highest));
            stratum.hazards.get(highest).copied().unwrap_or(0.0)
        };
        self.strata.iter().map(hazard).sum()
    }

    fn lowest_level(&self) -> i32 {
        let spread = i32::try_from(self.spread).unwrap_or(0);
        LOWEST.saturating_sub(self.least_day).saturating_sub(spread)
    }

    fn levels(&self) -> usize {
        self.classes.len().saturating_add(self.spread)
    }

    /// Steps 1 and 2: people by level, and the candidates' tokens.
    fn people(&self, desk: &mut Desk, chance: &mut Chance) -> f64 {
        let mut tokens = 0.0;
        let mut left = chance.exponential();
        for person in &self.people {
            let Some((factor, log_factor)) = desk.factors.get(person.group) else { continue };
            let level = exponent(person.log_chance + log_factor);
            let at = self.level(level);
            let cell = desk.levels.get_mut(person.price).and_then(|levels| levels.get_mut(at));
            cell.into_iter().for_each(|people| *people += 1.0);
            let all_days = self.hazards.get(at).copied().unwrap_or(0.0);
            if left >= all_days {
                left -= all_days;
                continue;
            }
            let use_chance = person.chance * factor;
            for stratum in &self.strata {
                let highest = Self::class(level.saturating_add(stratum.highest));
                let whole = stratum.hazards.get(highest).copied().unwrap_or(0.0);
                if left >= whole {
                    left -= whole;
                    continue;
                }
                let Some(bound) = self.classes.get(highest) else { continue };
                let visit = Visit { person, use_chance, level, bound };
                let Some(sizes) = desk.sizes.get_mut(person.price) else { continue };
                tokens += visit.skip(&self.classes, stratum, &mut left, sizes, chance);
            }
        }
        tokens
    }

    /// The sizes of all classes: people's levels, convolved with days'. Level i and a day `offset` above the least
    /// are in class i + offset − spread, or at an end.
    fn sizes(&self, desk: &mut Desk) {
        for (levels, sizes) in desk.levels.iter().zip(&mut desk.sizes) {
            for (offset, many) in &self.days {
                let lowest = self.spread.saturating_sub(*offset).min(levels.len());
                let (under, rest) = levels.split_at(lowest);
                let (within, over) = rest.split_at(sizes.len().min(rest.len()));
                if let Some(first) = sizes.first_mut() {
                    *first += many * under.iter().sum::<f64>();
                }
                let cells = sizes.iter_mut().zip(within);
                cells.for_each(|(size, people)| *size += many * people);
                if let Some(last) = sizes.last_mut() {
                    *last += many * over.iter().sum::<f64>();
                }
            }
        }
    }

    /// Step 3: those that are alike.
    fn others(&self, desk: &Desk, chance: &mut Chance) -> f64 {
        let mut tokens = 0.0;
        for (price, sizes) in self.prices.iter().zip(&desk.sizes) {
            let draw = |(size, class): (&f64, &Class)| chance.binomial(*size, class.others);
            tokens += price * sizes.iter().zip(&self.classes).map(draw).sum::<f64>();
        }
        tokens
    }
}

impl Years for Usage {
    type Desk = Desk;

    fn desk(&self) -> Desk {
        Desk {
            factors: vec![(1.0, 0.0); self.groups],
            levels: vec![vec![0.0; self.levels()]; self.prices.len()],
            sizes: vec![vec![0.0; self.classes.len()]; self.prices.len()],
        }
    }

    fn year(&self, desk: &mut Desk, chance: &mut Chance) -> f64 {
        for factor in &mut desk.factors {
            let log = self.sigma * chance.normal();
            *factor = (log.exp(), log);
        }
        desk.levels.iter_mut().for_each(|levels| levels.fill(0.0));
        desk.sizes.iter_mut().for_each(|sizes| sizes.fill(0.0));
        let candidates = self.people(desk, chance);
        self.sizes(desk);
        candidates + self.others(desk, chance)
    }
}

/// A person while their days are skipped through.
struct Visit<'a> {
    person: &'a Person,
    /// p_u · f_g.
    use_chance: f64,
    level: i32,
    /// The class of the largest day.
    bound: &'a Class,
}

impl Visit<'_> {
    /// The candidates among the days of a stratum; at least one day is known to be reached.
    fn skip(
        &self,
        classes: &[Class],
        stratum: &Stratum,
        left: &mut f64,
        sizes: &mut [f64],
        chance: &mut Chance,
    ) -> f64 {
        let hazard = self.bound.hazard;
        let mut tokens = 0.0;
        let mut days = stratum.days.as_slice();
        loop {
            let skipped = index(*left * self.bound.mean_skip);
            let Some((day, rest)) = days.get(skipped..).and_then(<[_]>::split_first) else {
                *left -= hazard * count(days.len());
                return tokens;
            };
            days = rest;
            tokens += self.candidate(classes, *day, sizes, chance);
            *left = chance.exponential();
        }
    }

    /// A day that was skipped to: it is a candidate with probability r/bound, and only then its own.
    fn candidate(
        &self,
        classes: &[Class],
        (factor, exponent): (f64, i32),
        sizes: &mut [f64],
        chance: &mut Chance,
    ) -> f64 {
        let at = Usage::class(self.level.saturating_add(exponent));
        let (Some(class), Some(size)) = (classes.get(at), sizes.get_mut(at)) else { return 0.0 };
        let draw = chance.unit() * self.bound.bound;
        if draw >= class.candidates {
            return 0.0;
        }
        *size -= 1.0;
        let use_chance = (self.use_chance * factor).min(1.0);
        if draw < use_chance - class.least { self.person.tokens } else { 0.0 }
    }
}

fn person(user: &User, groups: usize, prices: &mut Vec<f64>) -> Result<Option<Person>, Invalid> {
    let chance = not_negative("a chance of use", user.chance)?;
    let tokens = not_negative("the tokens of a use", user.tokens)?;
    if user.group >= groups {
        return Err(Invalid::TooMany("groups", user.group.saturating_add(1)));
    }
    if chance <= 0.0 || tokens <= 0.0 {
        return Ok(None);
    }
    let known = prices.iter().position(|price| price.total_cmp(&tokens).is_eq());
    let price = known.unwrap_or(prices.len());
    if known.is_none() {
        prices.push(tokens);
    }
    if prices.len() > PRICES_MAX {
        return Err(Invalid::TooMany("prices of a use", prices.len()));
    }
    Ok(Some(Person { chance, log_chance: chance.ln(), price, tokens, group: user.group }))
}

/// ⌊ln x / h⌋, by cutting off a positive number: that is an instruction, and rounding down may be a call.
#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn exponent(log: f64) -> i32 {
    let shifted = (log * (1.0 / WIDTH)).clamp(1.0 - EXPONENT_MAX, EXPONENT_MAX) + EXPONENT_MAX;
    (shifted as i32).saturating_sub(EXPONENT_MAX as i32)
}

fn strata(sorted: Vec<(f64, i32)>, classes: &[Class]) -> Vec<Stratum> {
    let mut strata: Vec<Stratum> = Vec::new();
    let mut largest = 0.0;
    for day in sorted {
        match strata.last_mut() {
            Some(stratum) if day.0 >= largest * STRATUM => stratum.days.push(day),
            _ => {
                largest = day.0;
                strata.push(Stratum { days: vec![day], highest: day.1, hazards: Vec::new() });
            }
        }
    }
    for stratum in &mut strata {
        let days = count(stratum.days.len());
        stratum.hazards = classes.iter().map(|class| class.hazard * days).collect();
    }
    strata
}

/// From the lowest, which begins at 0, to the last, which is certain.
fn classes() -> Vec<Class> {
    let mut bound = 0.0_f64;
    let class = |exponent: i32| {
        let least = (f64::from(exponent) * WIDTH).exp().min(1.0);
        let least = if exponent == LOWEST { 0.0 } else { least };
        let most = (f64::from(exponent.saturating_add(2)) * WIDTH).exp().min(1.0);
        let candidates = most - least;
        bound = bound.max(candidates);
        let hazard = -(-bound).ln_1p();
        let others = least / (1.0 - candidates);
        Class { least, candidates, others, bound, hazard, mean_skip: hazard.recip() }
    };
    (LOWEST..=0).map(class).collect()
}

//! Seat or tokens, scored on generated estates: what following the advice costs beside knowing the year to come, how
//! sure it is rightly, and how often it moves people.
//!
//! The model was chosen on the seeds 1 to 12 at other dates. Each person is judged on the product they use most, by
//! the rate and the seat price of the shipped tariff; nobody's persona is told.

use super::{Figure, Side};
use crate::races::Setting;
use anyhow::{Result, anyhow};
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::tariff::{Meter, TariffParts};
use faregate_core::usage::{Interval, Metering};
use faregate_core::when::{DAY, Instant};
use faregate_ingest::tariff::TariffFile;
use faregate_plan::crossover::{
    Counts, Exposure, Outlook, Population, Rule, Situation, Verdict, break_even, recommend,
};
use faregate_plan::online::Meter as Online;
use faregate_sim::{Size, generate};
use std::collections::BTreeMap;

const TARIFF: &str = include_str!("../../../../tariffs/flex-daily.toml");
const SEEDS: core::ops::RangeInclusive<u64> = 101..=124;
const PEOPLE: u32 = 400;
/// Two years and a month.
const MONTHS: u32 = 25;
const FIRST_NOW: Instant = Instant(1_767_600_000);
const NOW_STEP: i64 = 19 * DAY;
/// The year to come, in days.
const AHEAD: usize = 365;
/// How much is known: a year, half of one, a quarter.
const KNOWN: [usize; 3] = [365, 182, 91];
const REGRETS: [(&str, f64); 3] = [
    ("advice, 12 months known: regret", 0.06),
    ("advice, 6 months known: regret", 0.075),
    ("advice, 3 months known: regret", 0.085),
];
const MONTH: usize = 28;

pub(super) fn run(setting: &Setting) -> Result<Vec<Figure>> {
    let seeds = ((SEEDS.count() as f64 * setting.scale).ceil() as usize).max(1);
    let estates: Result<Vec<Vec<User>>> = SEEDS.take(seeds).map(estate).collect();
    let estates = estates?;
    let note = format!("{seeds} estates of {PEOPLE} people");
    let mut figures = Vec::new();
    for (known, (name, target)) in KNOWN.into_iter().zip(REGRETS) {
        let mut score = Score::default();
        estates.iter().for_each(|users| score.add(users, known));
        let value = score.regret();
        figures.push(figure(name, value, target, Side::AtMost, &note));
        if known == AHEAD {
            figures.extend(score.sureness(&note));
        }
    }
    let moves: Vec<f64> = estates.iter().map(|users| moves_a_year(users)).collect();
    let moves = moves.iter().sum::<f64>() / moves.len().max(1) as f64;
    figures.push(figure("advice: moves a person and year", moves, 0.5, Side::AtMost, &note));
    let ratio = estates.iter().flatten().map(User::online_ratio).fold(1.0, f64::max);
    figures.push(figure("online rule: worst ratio", ratio, 2.0, Side::AtMost, &note));
    Ok(figures)
}

fn figure(name: &'static str, value: f64, target: f64, side: Side, note: &str) -> Figure {
    Figure { name, value, target, side, unit: "", note: note.to_owned() }
}

/// Somebody's days on the product they use most.
struct User {
    /// Units begun on each of the last two years' days, the last one the day before now.
    units: Vec<u16>,
    /// What a unit costs.
    unit: f64,
    /// What a seat costs in a year.
    seat: f64,
}

/// Everybody of a generated estate whose main product has a price.
fn estate(seed: u64) -> Result<Vec<User>> {
    let tariff = TariffFile::parse(TARIFF).map_err(|bad| anyhow!("{bad}"))?.tariff;
    let parts = tariff.parts().clone();
    let now = FIRST_NOW.plus((seed - SEEDS.start()).cast_signed() * NOW_STEP);
    let made = generate(seed, &Size { people: PEOPLE, months: MONTHS }, now, parts.clone());
    let products = made.setup.iter().find_map(|event| match event {
        faregate_core::event::Event::ProductsDefined(all) => Some(all.clone()),
        _ => None,
    });
    let products = products.unwrap_or_default();
    let mut uses: BTreeMap<(PersonId, ProductId), Vec<Interval>> = BTreeMap::new();
    for one in &made.sessions {
        let whole = Interval { start: one.opened, end: one.closed };
        if whole.seconds() >= parts.grace_seconds {
            uses.entry((one.person, one.product)).or_default().push(whole);
        }
    }
    let mut best: BTreeMap<PersonId, User> = BTreeMap::new();
    for ((person, product), stretches) in uses {
        let key = products.get(product.index()).map_or("", |known| known.key.as_str());
        let Some((unit, seat)) = prices(&parts, key) else { continue };
        let units = days(&stretches, now);
        let user = User { units, unit, seat };
        let known = best.get(&person);
        if known.is_none_or(|known| known.total() < user.total()) {
            best.insert(person, user);
        }
    }
    Ok(best.into_values().collect())
}

/// What a unit of a product and a seat for it cost.
fn prices(parts: &TariffParts, key: &str) -> Option<(f64, f64)> {
    let rate =
        parts.rates.iter().find(|rate| rate.product == key && rate.meter == Meter::Window24h)?;
    let seat = parts.seats.iter().find(|seat| seat.covers.first().is_some_and(|one| one == key))?;
    let token = parts.prices.first()?.per_token.micros as f64 / 1e6;
    Some((rate.ticks.tokens() * token, seat.per_year.micros as f64 / 1e6))
}

/// Windows begun on each of the last 730 days.
fn days(stretches: &[Interval], now: Instant) -> Vec<u16> {
    let mut days = vec![0; 2 * AHEAD];
    let first = now.0.div_euclid(DAY) - (2 * AHEAD) as i64;
    let mut metering = Metering::new(Meter::Window24h);
    let zone = faregate_core::when::Zone::utc();
    for stretch in stretches {
        while let Some(start) = metering.due(*stretch, false) {
            metering.charge(start, &zone);
            let day = usize::try_from(start.0.div_euclid(DAY) - first);
            if let Some(count) = day.ok().and_then(|day| days.get_mut(day)) {
                *count += 1;
            }
        }
    }
    days
}

impl User {
    fn total(&self) -> f64 {
        self.units.iter().map(|units| f64::from(*units)).sum::<f64>() * self.unit
    }

    fn active(&self, day: usize) -> f64 {
        f64::from(u8::from(self.units.get(day).is_some_and(|units| *units > 0)))
    }

    /// Active and exposed days by month of the days from `first` to `end`.
    fn months(&self, exposure: &Exposure, first: usize, end: usize) -> Vec<Counts> {
        let count = (end - first).div_ceil(MONTH);
        let short = count * MONTH - (end - first);
        let mut months = vec![Counts::default(); count];
        for day in first..end {
            let month = (day - first + short) / MONTH;
            months[month].active += self.active(day);
            months[month].exposed += exposure.of(day - first);
        }
        months
    }

    /// What tokens cost from a day on for a year.
    fn tokens(&self, from: usize) -> f64 {
        let year = self.units.iter().skip(from).take(AHEAD);
        year.map(|units| f64::from(*units)).sum::<f64>() * self.unit
    }

    /// The online rule's cost beside the best in hindsight, over the second year.
    fn online_ratio(&self) -> f64 {
        let mut meter = Online::new(self.seat);
        let year = self.units.iter().skip(AHEAD).take(AHEAD);
        year.flat_map(|units| 0..*units).for_each(|_| {
            meter.spend(self.unit);
        });
        let best = self.tokens(AHEAD).min(self.seat);
        if best > 0.0 { meter.total() / best } else { 1.0 }
    }
}

/// What is known of an estate's people on a day.
struct View {
    exposure: Exposure,
    population: Population,
    first: usize,
    end: usize,
}

impl View {
    fn new(users: &[User], first: usize, end: usize) -> Self {
        let on = |day: usize| users.iter().map(|user| user.active(day)).sum();
        let active: Vec<f64> = (first..end).map(on).collect();
        let exposure = Exposure::learn(&active);
        let months: Vec<Vec<Counts>> =
            users.iter().map(|user| user.months(&exposure, first, end)).collect();
        Self { population: Population::fit(&months), exposure, first, end }
    }

    fn outlook(&self, user: &User) -> Outlook {
        let known = self.end - self.first;
        let ahead = self.exposure.within(known..known + AHEAD);
        Outlook::new(&self.population, &user.months(&self.exposure, self.first, self.end), ahead)
    }
}

#[derive(Default)]
struct Score {
    ours: f64,
    best: f64,
    /// What was said of a seat being cheaper, and whether it was.
    told: Vec<(f64, bool)>,
}

impl Score {
    /// Decides for everybody who used anything in the known days, and looks at the year after.
    fn add(&mut self, users: &[User], known: usize) {
        let view = View::new(users, AHEAD - known, AHEAD);
        for user in users {
            if !(view.first..view.end).any(|day| user.active(day) > 0.0) {
                continue;
            }
            let outlook = view.outlook(user);
            let even = break_even(user.seat, user.unit);
            let came = user.tokens(AHEAD);
            self.ours += if outlook.days() > even { user.seat } else { came };
            self.best += came.min(user.seat);
            self.told.push((outlook.exceeds(even), came > user.seat));
        }
    }

    fn regret(&self) -> f64 {
        self.ours / self.best - 1.0
    }

    fn sureness(&self, note: &str) -> Vec<Figure> {
        let count = self.told.len() as f64;
        let truth = |saved: bool| f64::from(u8::from(saved));
        let brier =
            self.told.iter().map(|(said, came)| (said - truth(*came)).powi(2)).sum::<f64>() / count;
        let share = |of: &[(f64, bool)]| {
            of.iter().map(|one| truth(one.1)).sum::<f64>() / (of.len() as f64).max(1.0)
        };
        let up: Vec<(f64, bool)> = self.told.iter().copied().filter(|one| one.0 >= 0.8).collect();
        let down: Vec<(f64, bool)> = self
            .told
            .iter()
            .map(|(said, came)| (1.0 - said, !came))
            .filter(|one| one.0 >= 0.8)
            .collect();
        let tenth = |number: i32| {
            let low = f64::from(number) / 10.0;
            let is_in = |one: &&(f64, bool)| one.0 >= low && (one.0 < low + 0.1 || number == 9);
            let of: Vec<(f64, bool)> = self.told.iter().filter(is_in).copied().collect();
            let said = of.iter().map(|one| one.0).sum::<f64>() / (of.len() as f64).max(1.0);
            (said - share(&of)).abs() * of.len() as f64 / count
        };
        let error: f64 = (0..10).map(tenth).sum();
        let sure = format!("{note}; {} sure of a seat, {} sure of tokens", up.len(), down.len());
        vec![
            figure(
                "advice: precision at P ≥ 0.8, to a seat",
                share(&up),
                0.95,
                Side::AtLeast,
                &sure,
            ),
            figure(
                "advice: precision at P ≥ 0.8, to tokens",
                share(&down),
                0.95,
                Side::AtLeast,
                &sure,
            ),
            figure("advice: Brier score", brier, 0.07, Side::AtMost, note),
            figure("advice: expected calibration error", error, 0.07, Side::AtMost, note),
        ]
    }
}

/// How often a person is moved in a year when everybody is looked at each month by what is known then.
fn moves_a_year(users: &[User]) -> f64 {
    let mut on_seat = vec![false; users.len()];
    let mut moves = 0_u32;
    for month in 0..12 {
        let end = AHEAD + month * MONTH;
        let view = View::new(users, end - AHEAD, end);
        for (user, on_seat) in users.iter().zip(&mut on_seat) {
            let at = Situation { on_seat: *on_seat, seat: user.seat, day: user.unit, months: 12.0 };
            match recommend(&view.outlook(user), at, &Rule::default()).verdict {
                Verdict::ToSeat | Verdict::ToTokens if month == 0 => *on_seat = !*on_seat,
                Verdict::ToSeat | Verdict::ToTokens => {
                    *on_seat = !*on_seat;
                    moves += 1;
                }
                _ => {}
            }
        }
    }
    f64::from(moves) / users.len().max(1) as f64 * 365.0 / (11.0 * MONTH as f64)
}

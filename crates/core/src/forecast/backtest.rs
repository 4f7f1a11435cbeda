//! Where a series is going: candidates forecast the past from each week's end, and the best of them goes on.
//!
//! A candidate is how fast its level forgets, how much of the yearly rhythm it repeats and how much of the
//! recent slope it carries on. The plainer one stays unless another was better by a margin.

use super::Calendar;
use super::holidays::Holidays;
use super::shape::{Shape, falling, ratio};
use super::spread::Sums;

/// Days after which a level has forgotten half.
const HALF_LIVES: [f64; 5] = [10.0, 21.0, 42.0, 84.0, 168.0];
/// The two whose ratio is the slope.
const FAST: usize = 1;
const SLOW: usize = 3;
/// How much of the yearly rhythm, and of the slope, is tried.
const YEARLY: [f64; 4] = [0.0, 0.35, 0.7, 1.0];
const SLOPES: [f64; 3] = [0.0, 0.4, 0.8];
/// What is left of a slope after a day.
const DAMPED: f64 = 0.985;
/// Days over which past forecasts are scored, and how far apart they were made.
const SPANS: [usize; 5] = [7, 14, 28, 56, 91];
/// Spans up to this one decide between the candidates.
const DECIDING: usize = 28;
const STEP: usize = 7;
const ORIGINS_MAX: usize = 78;
/// Fewer days than this are no history to forecast from.
const FIRST_ORIGIN: usize = 20;
/// So many days has the yearly rhythm to be seen before it is judged.
const YEARLY_FROM: usize = 364 + 14;
/// So many forecasts it takes to judge it.
const YEARLY_ORIGINS_MIN: usize = 8;
/// Errors of logarithms beyond this count as this.
const ERROR_MAX: f64 = 0.7;
/// The usual half-life, where nothing can be tried.
const USUAL: usize = 2;
/// What is less plain has to be better by this share.
const MARGIN: f64 = 0.03;

/// What goes on into the future.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chosen {
    level: f64,
    /// Growth of the level's logarithm a day.
    slope: f64,
    /// How many days ago the level was true, on average.
    age: f64,
    pub(super) yearly: f64,
}

/// Past forecasts, and what came.
#[derive(Clone, Debug, Default)]
pub(super) struct Misses {
    /// Of totals of a week and more.
    pub(super) totals: Vec<Miss>,
    /// Of single days, busy ones and then quiet ones.
    pub(super) days: [Vec<Miss>; 2],
}

/// A past forecast of a total, and what came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Miss {
    pub(super) sums: Sums,
    pub(super) came: f64,
    /// Forecasts of overlapping spans tell less.
    pub(super) weight: f64,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    half_life: usize,
    yearly: usize,
    slope: f64,
}

impl Chosen {
    /// The level so many days after the last known one.
    pub(super) fn level_at(&self, ahead: f64) -> f64 {
        self.level * (self.slope * (self.age + damped_days(ahead))).exp()
    }
}

/// The best candidate, and what its forecasts missed by.
pub(super) fn choose(shape: &Shape, holidays: &Holidays, calendar: &Calendar) -> (Chosen, Misses) {
    let tracks: Vec<Track> =
        YEARLY.iter().map(|share| Track::new(shape, holidays, calendar, *share)).collect();
    let course = Course::new(shape);
    let origins = origins(shape.days());
    let yearly =
        origins.iter().filter(|origin| **origin >= YEARLY_FROM).copied().collect::<Vec<_>>();
    let plain = Candidate { half_life: USUAL, yearly: 0, slope: 0.0 };
    let best = if yearly.len() >= YEARLY_ORIGINS_MIN {
        best(plain, YEARLY.len(), &tracks, &course, &yearly)
    } else {
        best(plain, 1, &tracks, &course, &origins)
    };
    let Some(track) = tracks.get(best.yearly) else { return (Chosen::none(), Misses::default()) };
    let from = if best.yearly > 0 { &yearly } else { &origins };
    let mut misses = Misses::default();
    for origin in from {
        misses.totals.extend(course.totals(track, best, *origin));
        for (day, miss) in course.days(track, best, *origin) {
            let [busy, quiet] = &mut misses.days;
            let list = if shape.is_quiet(shape.date(day)) { quiet } else { busy };
            list.push(miss);
        }
    }
    (track.chosen(best, shape.days().saturating_sub(1)), misses)
}

fn best(
    plain: Candidate,
    yearly: usize,
    tracks: &[Track],
    course: &Course,
    origins: &[usize],
) -> Candidate {
    let mut best = (f64::INFINITY, plain);
    if origins.is_empty() {
        return plain;
    }
    for (index, track) in tracks.iter().enumerate().take(yearly) {
        for slope in SLOPES {
            for half_life in 0..HALF_LIVES.len() {
                let candidate = Candidate { half_life, yearly: index, slope };
                let loss = course.loss(track, candidate, origins) * candidate.handicap();
                if loss < best.0 {
                    best = (loss, candidate);
                }
            }
        }
    }
    best.1
}

/// The last days from which forecasts are made, the latest first.
fn origins(days: usize) -> Vec<usize> {
    let first = days.checked_sub(STEP.saturating_add(1));
    let all = core::iter::successors(first, |origin| origin.checked_sub(STEP));
    all.take_while(|origin| *origin >= FIRST_ORIGIN).take(ORIGINS_MAX).collect()
}

/// The sum of what is left of a slope, day by day.
fn damped_days(ahead: f64) -> f64 {
    (1.0 - DAMPED.powf(ahead)) / (1.0 - DAMPED)
}

impl Candidate {
    fn handicap(self) -> f64 {
        let parts = f64::from(u8::from(self.yearly > 0)) + f64::from(u8::from(self.slope > 0.0));
        1.0 + MARGIN * parts
    }
}

impl Chosen {
    fn none() -> Self {
        Self { level: 0.0, slope: 0.0, age: 0.0, yearly: 0.0 }
    }
}

/// Levels and sums of factors for one share of the yearly rhythm.
struct Track {
    yearly: f64,
    levels: [Vec<f64>; HALF_LIVES.len()],
    /// Sums of the days' factors as they could be foreseen, and of their squares, before each day and after all.
    factors: Vec<(f64, f64)>,
}

impl Track {
    fn new(shape: &Shape, holidays: &Holidays, calendar: &Calendar, yearly: f64) -> Self {
        let dates: Vec<_> = (0..shape.days()).map(|day| shape.date(day)).collect();
        let seasons: Vec<f64> = match yearly {
            0.0 => vec![1.0; dates.len()],
            share => dates.iter().map(|date| shape.season(*date).powf(share)).collect(),
        };
        let levels = HALF_LIVES.map(|half_life| {
            let parts = shape.parts().zip(&seasons);
            let parts = parts.map(|((tokens, usual), season)| (tokens, usual * season));
            falling(parts, half_life).into_iter().map(|sums| ratio(sums, 0.0)).collect()
        });
        let factors = dates.iter().zip(&seasons).map(|(date, season)| {
            let planned = calendar.on(*date).0;
            shape.weekday_of(*date) * planned * holidays.foreseen(*date) * season
        });
        let sums = factors.scan((0.0, 0.0), |sum: &mut (f64, f64), factor| {
            *sum = (sum.0 + factor, sum.1 + factor * factor);
            Some(*sum)
        });
        let factors = core::iter::once((0.0, 0.0)).chain(sums).collect();
        Self { yearly, levels, factors }
    }

    fn level(&self, half_life: usize, day: usize) -> f64 {
        self.levels.get(half_life).and_then(|levels| levels.get(day)).copied().unwrap_or(0.0)
    }

    fn chosen(&self, candidate: Candidate, day: usize) -> Chosen {
        let (fast, slow) = (self.level(FAST, day), self.level(SLOW, day));
        let apart = age(SLOW) - age(FAST);
        let slope = if fast > 0.0 && slow > 0.0 { (fast / slow).ln() / apart } else { 0.0 };
        Chosen {
            level: self.level(candidate.half_life, day),
            slope: candidate.slope * slope.clamp(-0.01, 0.01),
            age: if candidate.slope > 0.0 { age(candidate.half_life) } else { 0.0 },
            yearly: self.yearly,
        }
    }

    /// The sums of the factors of the days after one, and of their squares.
    fn span(&self, origin: usize, days: usize) -> Option<(f64, f64)> {
        let from = self.factors.get(origin.saturating_add(1))?;
        let to = self.factors.get(origin.saturating_add(1).saturating_add(days))?;
        Some((to.0 - from.0, to.1 - from.1))
    }
}

/// The mean age of what a level remembers, in days.
fn age(half_life: usize) -> f64 {
    HALF_LIVES.get(half_life).copied().unwrap_or(0.0) / core::f64::consts::LN_2
}

/// What came, day by day.
struct Course {
    /// Tokens before each day, and after all.
    came: Vec<f64>,
    noise: super::shape::Noise,
    offset: f64,
}

impl Course {
    fn new(shape: &Shape) -> Self {
        let mut came = vec![0.0];
        let mut sum = 0.0;
        for (mean, tokens) in shape.expected() {
            // Of a day that is not known nothing can be said: it came as expected.
            sum += if tokens.is_finite() { tokens } else { mean };
            came.push(sum);
        }
        let offset = shape.noise.by_mean + 0.01 * shape.mean_level;
        Self { came, noise: shape.noise, offset }
    }

    fn came(&self, origin: usize, days: usize) -> Option<f64> {
        let from = self.came.get(origin.saturating_add(1))?;
        let to = self.came.get(origin.saturating_add(1).saturating_add(days))?;
        Some(to - from)
    }

    fn loss(&self, track: &Track, candidate: Candidate, origins: &[usize]) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for origin in origins {
            let chosen = track.chosen(candidate, *origin);
            for span in SPANS.into_iter().filter(|span| *span <= DECIDING) {
                let both = track.span(*origin, span).zip(self.came(*origin, span));
                let Some(((factors, _), came)) = both else { continue };
                let tokens = chosen.level_at(half(span)) * factors;
                let error = ((came + self.offset) / (tokens + self.offset)).ln();
                let error = if error.is_finite() { error.abs().min(ERROR_MAX) } else { 0.0 };
                sum += error * error;
                count += 1.0;
            }
        }
        if count > 0.0 { sum / count } else { f64::INFINITY }
    }

    fn totals(
        &self,
        track: &Track,
        candidate: Candidate,
        origin: usize,
    ) -> impl Iterator<Item = Miss> {
        let chosen = track.chosen(candidate, origin);
        SPANS.into_iter().filter_map(move |span| {
            let weight =
                f64::from(u32::try_from(STEP).ok()?) / f64::from(u32::try_from(span).ok()?);
            self.miss(track, chosen, (origin, span), half(span), weight)
        })
    }

    /// The days until the next origin, one by one.
    fn days(
        &self,
        track: &Track,
        candidate: Candidate,
        origin: usize,
    ) -> impl Iterator<Item = (usize, Miss)> {
        let chosen = track.chosen(candidate, origin);
        (0..STEP).filter_map(move |day| {
            let before = origin.saturating_add(day);
            let ahead = half(day.saturating_mul(2).saturating_add(1));
            let miss = self.miss(track, chosen, (before, 1), ahead, 1.0)?;
            Some((before.saturating_add(1), miss))
        })
    }

    /// What was expected of the days after one, so far ahead on average, and what came.
    fn miss(
        &self,
        track: &Track,
        chosen: Chosen,
        (before, span): (usize, usize),
        ahead: f64,
        weight: f64,
    ) -> Option<Miss> {
        let (factors, squares) = track.span(before, span)?;
        let came = self.came(before, span)?;
        let level = chosen.level_at(ahead);
        let variance =
            self.noise.by_mean * level * factors + self.noise.by_square * level * level * squares;
        let sums = Sums::learned(level * factors, variance, ahead);
        Some(Miss { sums, came, weight })
    }
}

/// The mean distance of a span's days, in days.
fn half(span: usize) -> f64 {
    f64::from(u32::try_from(span.saturating_add(1)).unwrap_or(u32::MAX)) / 2.0
}

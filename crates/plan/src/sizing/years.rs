//! Made-up years: what a pool may need, drawn many times.
//!
//! [`usage`] draws years from chances of use, person by person and day by day; [`bootstrap`] from person-days that
//! were seen. [`simulate`] gives each year its own stream of chance, so that the same seed gives the same
//! [`distribution::Distribution`] on any number of threads.
//!
//! To add a model: implement [`Years`].

pub mod bootstrap;
pub mod distribution;
pub mod usage;

use super::Invalid;
use super::chance::Chance;
use distribution::Distribution;
use std::thread;

/// More years say nothing more; more threads than this, either.
const YEARS_MAX: usize = 10_000_000;
const THREADS_MAX: usize = 256;

/// A model of a year's tokens.
pub trait Years: Sync {
    /// What one thread needs while it draws; nothing of it is carried from one year to the next.
    type Desk;

    /// An empty desk.
    fn desk(&self) -> Self::Desk;

    /// One year's tokens.
    fn year(&self, desk: &mut Self::Desk, chance: &mut Chance) -> f64;
}

/// Draws so many years. The answer depends on model, years and seed, not on the threads.
///
/// # Errors
/// No years, or more than ten million.
pub fn simulate(
    model: &impl Years,
    years: usize,
    seed: u64,
    threads: usize,
) -> Result<Distribution, Invalid> {
    if years > YEARS_MAX {
        return Err(Invalid::TooMany("years", years));
    }
    let threads = threads.clamp(1, THREADS_MAX);
    let each = years.div_ceil(threads).max(1);
    let mut totals = vec![0.0; years];
    thread::scope(|scope| {
        let mut first = 0_u64;
        for part in totals.chunks_mut(each) {
            let from = first;
            first = first.saturating_add(u64::try_from(part.len()).unwrap_or(0));
            scope.spawn(move || draw(model, part, seed, from));
        }
    });
    Distribution::new(totals)
}

fn draw(model: &impl Years, totals: &mut [f64], seed: u64, first: u64) {
    let mut desk = model.desk();
    for (total, stream) in totals.iter_mut().zip(first..) {
        *total = model.year(&mut desk, &mut Chance::new(seed, stream));
    }
}

#[cfg(test)]
mod tests;

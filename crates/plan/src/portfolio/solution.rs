//! The answer.

use super::bands::{self, Band};
use super::certificate::Certificate;
use super::contradiction::bit;
use super::frame::{Frame, places};
use super::problem::Problem;

/// What one person gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The offerings, as a mask.
    pub offerings: u64,
    /// The products left on tokens, as a mask.
    pub on_tokens: u64,
    /// What they will burn.
    pub tokens: i64,
}

/// What it costs, in micro-units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Seats bought.
    pub seats: i64,
    /// Tokens bought.
    pub tokens: i64,
    /// Changes of what people hold.
    pub switching: i64,
}

impl Cost {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.seats.saturating_add(self.tokens).saturating_add(self.switching)
    }
}

/// The mix, and the proof that comes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// Person by person, in the problem's order.
    pub choices: Vec<Choice>,
    /// By offering: seats held, owned and bought.
    pub held: Vec<u32>,
    /// The band in which tokens are bought.
    pub band: Band,
    /// Tokens bought.
    pub bought: i64,
    /// Tokens that will be used.
    pub used: i64,
    /// By part.
    pub cost: Cost,
    /// Why nothing cheaper exists.
    pub certificate: Certificate,
}

impl Solution {
    /// Of sets of offerings, person by person; `None` when their tokens cannot be bought or their seats not held.
    pub(super) fn of(
        problem: &Problem,
        frame: &Frame,
        sets: &[u64],
        certificate: Certificate,
    ) -> Option<Self> {
        let mut choices = Vec::with_capacity(sets.len());
        let mut counts = vec![0_u32; problem.offerings.len()];
        let (mut used, mut switching) = (0_i64, 0_i64);
        for (person, set) in problem.people.iter().zip(sets) {
            let covered = places(*set)
                .filter_map(|o| frame.offerings.get(o))
                .fold(0, |all, o| all | o.covers);
            let open =
                person.uses.iter().filter(|used| covered & bit(usize::from(used.product)) == 0);
            let (on_tokens, tokens) = open.fold((0, 0_i64), |(mask, sum), used| {
                (mask | bit(usize::from(used.product)), sum.saturating_add(used.tokens))
            });
            for place in places(*set) {
                if let Some(count) = counts.get_mut(place) {
                    *count = count.saturating_add(1);
                }
            }
            used = used.saturating_add(tokens);
            switching =
                switching.saturating_add(if *set == person.present { 0 } else { person.switching });
            choices.push(Choice { offerings: *set, on_tokens, tokens });
        }
        let (place, bought, tokens) = bands::cheapest(&frame.bands, &problem.tokens, used)?;
        let purchases: Option<Vec<(u32, i128)>> = problem
            .offerings
            .iter()
            .zip(&counts)
            .map(|(offering, count)| super::supply::cheapest(offering, *count))
            .collect();
        let purchases = purchases?;
        let seats = purchases.iter().fold(0, |sum: i128, (_, cost)| sum.saturating_add(*cost));
        let cost = Cost { seats: narrow(seats), tokens: narrow(tokens), switching };
        let band = frame.bands.get(place).copied()?;
        let held = purchases.into_iter().map(|(held, _)| held).collect();
        Some(Self { choices, held, band, bought, used, cost, certificate })
    }
}

/// Sums stay inside by the limits on prices; a sum that does not is as large as can be said.
pub(super) fn narrow(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

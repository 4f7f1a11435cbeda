//! A problem in which people are coupled: their ways, the coordinates of the prices, and the exact bound.

use super::live::Live;
use crate::portfolio::certificate::Multipliers;
use crate::portfolio::contradiction::{Contradiction, bit};
use crate::portfolio::frame::{Frame, places};
use crate::portfolio::options::{Columns, Way};
use crate::portfolio::problem::{Minimum, Problem};
use crate::portfolio::separable::{bought_price, constant, fine, used_price, way_price};
use crate::portfolio::solution::narrow;
use crate::portfolio::supply::{Stretch, stretches};
use std::rc::Rc;

/// A part of what may be done: some bands, some stretches of seats, some people decided.
#[derive(Clone, Debug)]
pub(in crate::portfolio) struct Node {
    /// First and last band.
    pub(in crate::portfolio) bands: (usize, usize),
    /// By coupled offering, first and last stretch.
    pub(in crate::portfolio) seats: Vec<(usize, usize)>,
    /// Who is undecided.
    pub(in crate::portfolio) live: Rc<Live>,
}

/// Prices in 1/`FINE` micro-units.
#[derive(Clone, Debug)]
pub(in crate::portfolio) struct Whole {
    pub(in crate::portfolio) lambda: i64,
    pub(in crate::portfolio) tau: i64,
    /// By coordinate from the second on: seats, then minima.
    pub(in crate::portfolio) rest: Vec<i64>,
}

/// Coordinates: tokens used, then coupled offerings, then minima.
pub(in crate::portfolio) struct Model<'a> {
    pub(in crate::portfolio) problem: &'a Problem,
    pub(in crate::portfolio) frame: &'a Frame<'a>,
    pub(in crate::portfolio) columns: Columns,
    /// Of each way in the row of all: its coordinates but tokens.
    terms: Vec<u16>,
    ends: Vec<usize>,
    /// Coupled offerings, by place in the problem, and how they are bought.
    pub(in crate::portfolio) seats: Vec<(usize, Vec<Stretch>)>,
    /// Minima, by place in the problem.
    pub(in crate::portfolio) minima: Vec<(usize, Minimum)>,
    /// No mix costs more, in micro-units.
    pub(in crate::portfolio) dearest: i64,
}

impl<'a> Model<'a> {
    pub(in crate::portfolio) fn new(
        problem: &'a Problem,
        frame: &'a Frame<'a>,
    ) -> Result<Self, Contradiction> {
        let columns = Columns::new(frame, &problem.people)?;
        let people = u32::try_from(problem.people.len()).unwrap_or(u32::MAX);
        let coupled =
            places(frame.coupled).filter_map(|place| Some((place, problem.offerings.get(place)?)));
        let seats: Vec<(usize, Vec<Stretch>)> =
            coupled.map(|(place, offering)| (place, stretches(offering, people))).collect();
        let minima = problem.minima.iter().enumerate().filter(|(_, minimum)| minimum.people > 0);
        let minima: Vec<(usize, Minimum)> =
            minima.map(|(place, minimum)| (place, *minimum)).collect();
        let mut model = Self {
            problem,
            frame,
            columns,
            terms: Vec::new(),
            ends: Vec::new(),
            seats,
            minima,
            dearest: 0,
        };
        model.set_terms();
        model.dearest = model.most_that_any_costs();
        Ok(model)
    }

    fn set_terms(&mut self) {
        let (mut terms, mut ends) = (Vec::new(), Vec::new());
        for (person, ways) in self.problem.people.iter().zip(self.columns.iter()) {
            for way in ways {
                let seats = self
                    .seats
                    .iter()
                    .zip(1_u16..)
                    .filter(|((place, _), _)| way.set & bit(*place) != 0);
                terms.extend(seats.map(|(_, coordinate)| coordinate));
                let first = u16::try_from(self.seats.len()).unwrap_or(u16::MAX).saturating_add(1);
                let minima = self.minima.iter().zip(first..).filter(|((_, minimum), _)| {
                    minimum.department == person.department && minimum.offerings & way.set != 0
                });
                terms.extend(minima.map(|(_, coordinate)| coordinate));
                ends.push(terms.len());
            }
        }
        self.terms = terms;
        self.ends = ends;
    }

    pub(in crate::portfolio) fn coordinates(&self) -> usize {
        self.seats.len().saturating_add(self.minima.len()).saturating_add(1)
    }

    /// Coordinates from this one on are minima.
    pub(in crate::portfolio) fn first_minimum(&self) -> usize {
        self.seats.len().saturating_add(1)
    }

    /// The coordinates, but tokens, of the way at this place of the row.
    pub(in crate::portfolio) fn terms(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let begin =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(begin);
        self.terms
            .get(begin..end)
            .unwrap_or_default()
            .iter()
            .map(|coordinate| usize::from(*coordinate))
    }

    /// All there is.
    pub(in crate::portfolio) fn root(&self, all: &Rc<Live>) -> Node {
        let last = |list: usize| list.saturating_sub(1);
        Node {
            bands: (0, last(self.frame.bands.len())),
            seats: self.seats.iter().map(|(_, stretches)| (0, last(stretches.len()))).collect(),
            live: Rc::clone(all),
        }
    }

    /// Floats made whole: prices that people and the check can both reckon with.
    pub(in crate::portfolio) fn whole(&self, prices: &[f64]) -> Whole {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "prices are far inside the range, and any price will do"
        )]
        let whole = |price: &f64| (price.clamp(0.0, 1e13) * 65_536.0).round() as i64;
        let tokens = &self.problem.tokens;
        let lambda = bought_price(tokens, prices.first().map_or(0, whole));
        let rest = prices.iter().skip(1).map(whole).collect();
        Whole { lambda, tau: used_price(tokens, lambda), rest }
    }

    /// What a way costs under these prices.
    pub(in crate::portfolio) fn price(&self, place: usize, way: &Way, prices: &Whole) -> i128 {
        let own = way_price(way, prices.tau);
        self.terms(place)
            .fold(own, |sum, coordinate| sum.saturating_add(self.signed(coordinate, prices)))
    }

    /// Nothing in the node costs less, in 1/`FINE` micro-units; and everybody's cheapest way. `None` when somebody
    /// has no way left.
    pub(in crate::portfolio) fn bound(
        &self,
        node: &Node,
        prices: &Whole,
    ) -> Option<(i128, Vec<usize>)> {
        let live = &node.live;
        let mut sum = self.supplies(node, prices).saturating_add(fine(live.money));
        for (coordinate, amount) in live.amounts.iter().enumerate() {
            sum = sum.saturating_add(
                self.signed(coordinate, prices).saturating_mul(i128::from(*amount)),
            );
        }
        let mut picks = live.picks.clone();
        for open in &live.people {
            let priced =
                open.ways.iter().map(|(place, way)| (self.price(*place, way, prices), *place));
            let (least, place) = priced.min()?;
            sum = sum.saturating_add(least);
            if let Some(pick) = picks.get_mut(open.person) {
                *pick = place.saturating_sub(open.begin);
            }
        }
        Some((sum, picks))
    }

    /// What one more of a coordinate costs people.
    fn signed(&self, coordinate: usize, prices: &Whole) -> i128 {
        let Some(at) = coordinate.checked_sub(1) else { return i128::from(prices.tau) };
        let price = i128::from(prices.rest.get(at).copied().unwrap_or(0));
        if coordinate < self.first_minimum() { price } else { price.saturating_neg() }
    }

    /// The part of the bound that is not people's.
    fn supplies(&self, node: &Node, prices: &Whole) -> i128 {
        let bands =
            self.bands(node).map(|band| constant(band, &self.problem.tokens, prices.lambda));
        let tokens = bands.min().unwrap_or(0);
        let seats = self.open_stretches(node).zip(&prices.rest).map(|(stretches, price)| {
            let ends = stretches
                .iter()
                .flat_map(|stretch| [(stretch, stretch.low), (stretch, stretch.high)]);
            let value = |(stretch, held): (&Stretch, u32)| {
                fine(stretch.cost(held))
                    .saturating_sub(i128::from(*price).saturating_mul(i128::from(held)))
            };
            ends.map(value).min().unwrap_or(0)
        });
        let seats = seats.fold(0_i128, i128::saturating_add);
        let minima = self.minima.iter().zip(prices.rest.iter().skip(self.seats.len()));
        let minima = minima.fold(0_i128, |sum, ((_, minimum), price)| {
            sum.saturating_add(i128::from(minimum.people).saturating_mul(i128::from(*price)))
        });
        tokens.saturating_add(seats).saturating_add(minima)
    }

    pub(in crate::portfolio) fn bands(
        &self,
        node: &Node,
    ) -> impl Iterator<Item = &crate::portfolio::bands::Band> {
        let (first, last) = node.bands;
        self.frame.bands.get(first..=last).unwrap_or_default().iter()
    }

    pub(in crate::portfolio) fn open_stretches<'b>(
        &'b self,
        node: &'b Node,
    ) -> impl Iterator<Item = &'b [Stretch]> {
        self.seats.iter().zip(&node.seats).map(|((_, stretches), (first, last))| {
            stretches.get(*first..=*last).unwrap_or_default()
        })
    }

    /// As the certificate states them.
    pub(in crate::portfolio) fn multipliers(&self, prices: &Whole) -> Multipliers {
        let mut seats = vec![0; self.problem.offerings.len()];
        for ((place, _), price) in self.seats.iter().zip(&prices.rest) {
            if let Some(slot) = seats.get_mut(*place) {
                *slot = *price;
            }
        }
        let mut minima = vec![0; self.problem.minima.len()];
        for ((place, _), price) in self.minima.iter().zip(prices.rest.iter().skip(self.seats.len()))
        {
            if let Some(slot) = minima.get_mut(*place) {
                *slot = *price;
            }
        }
        Multipliers { tokens: prices.lambda, seats, minima }
    }

    /// The seats held that a node leaves open, by offering of the problem.
    pub(in crate::portfolio) fn held(&self, node: &Node) -> Vec<(u32, u32)> {
        let mut held = vec![(0, u32::MAX); self.problem.offerings.len()];
        for ((place, all), (first, last)) in self.seats.iter().zip(&node.seats) {
            // The outermost stretches reach to what nobody needs.
            let low =
                if *first == 0 { 0 } else { all.get(*first).map_or(0, |stretch| stretch.low) };
            let is_last = last.saturating_add(1) >= all.len();
            let high = if is_last {
                u32::MAX
            } else {
                all.get(*last).map_or(u32::MAX, |stretch| stretch.high)
            };
            if let Some(slot) = held.get_mut(*place) {
                *slot = (low, high);
            }
        }
        held
    }

    /// Everybody's dearest way, all stretches full, all tokens bought.
    fn most_that_any_costs(&self) -> i64 {
        let ways = self
            .columns
            .iter()
            .map(|ways| ways.iter().map(|way| i128::from(way.money)).max().unwrap_or(0));
        let used =
            self.columns.iter().map(|ways| ways.iter().map(|way| way.tokens).max().unwrap_or(0));
        let used = used.fold(0, i64::saturating_add);
        let need = crate::portfolio::bands::need(&self.problem.tokens, used);
        let bands =
            self.frame.bands.iter().map(|band| band.cost(need.clamp(band.least, band.most)));
        let seats = self
            .seats
            .iter()
            .map(|(_, all)| all.iter().map(|one| one.cost(one.high)).max().unwrap_or(0));
        narrow(ways.chain(bands.max()).chain(seats).fold(0, i128::saturating_add))
    }
}

//! Who held which seat when, and whose a dated name was.

use super::{DAY, Model, Pair};

/// Each seat's holders, from when on. Seat 0 covers product 2 and is person 0's at first; seat 1 covers
/// products 0 and 2 and is free.
#[derive(Clone, Debug)]
pub(super) struct Seats([Vec<(i64, Option<u32>)>; 2]);

impl Default for Seats {
    fn default() -> Self {
        Self([vec![(i64::MIN, Some(0))], vec![(i64::MIN, None)]])
    }
}

fn covers(seat: usize, product: u16) -> bool {
    product == 2 || (seat == 1 && product == 0)
}

impl Seats {
    pub(super) fn covering(&self, pair: Pair, at: i64) -> Option<usize> {
        [0, 1]
            .into_iter()
            .find(|seat| covers(*seat, pair.1) && self.holder(*seat, at) == Some(pair.0))
    }

    pub(super) fn was_covering(&self, pair: Pair, at: i64) -> bool {
        let held = |moves: &Vec<(i64, Option<u32>)>| {
            let last = moves.iter().rev().find(|(from, _)| *from <= at);
            last.is_some_and(|(from, person)| *from < at && *person == Some(pair.0))
        };
        (0..).zip(&self.0).any(|(seat, moves)| covers(seat, pair.1) && held(moves))
    }

    fn holder(&self, seat: usize, at: i64) -> Option<u32> {
        self.0[seat].iter().rev().find(|(from, _)| *from <= at).and_then(|(_, person)| *person)
    }

    /// A seat that nobody holds or uses, and that was given to nobody today.
    pub(super) fn free(
        &self,
        product: u16,
        now: i64,
        unused: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let today = |(at, person): &&(i64, Option<u32>)| {
            at.div_euclid(DAY) == now.div_euclid(DAY) && person.is_some()
        };
        [0, 1].into_iter().find(|seat| {
            covers(*seat, product)
                && self.holder(*seat, now).is_none()
                && !self.0[*seat].iter().any(|given| today(&given))
                && unused(*seat)
        })
    }

    pub(super) fn give(&mut self, seat: usize, person: Option<u32>, now: i64) {
        self.0[seat].push((now, person));
    }

    /// The first instant from `at` on at which no seat covers: it can only end where a seat passed on.
    pub(super) fn uncovered_from(&self, pair: Pair, at: i64) -> i64 {
        let moves = self.0.iter().flatten().map(|(moved, _)| *moved);
        let mut candidates: Vec<i64> = moves.filter(|moved| *moved > at).chain([at]).collect();
        candidates.sort_unstable();
        candidates.into_iter().find(|at| self.covering(pair, *at).is_none()).unwrap_or(i64::MAX)
    }

    /// The parts of a stretch that no seat covers.
    pub(super) fn uncovered_parts(&self, pair: Pair, open: i64, close: i64) -> Vec<(i64, i64)> {
        let within = |at: &i64| open < *at && *at < close;
        let moves = self.0.iter().flatten().map(|(moved, _)| *moved).filter(within);
        let mut cuts: Vec<i64> = moves.chain([open, close]).collect();
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|two| (two[0], two[1]));
        pieces.filter(|(from, to)| from < to && self.covering(pair, *from).is_none()).collect()
    }
}

impl Model {
    /// Whether the seat can pass to them.
    pub(crate) fn move_seat(&mut self, seat: usize, person: Option<u32>, now: i64) -> bool {
        let is_taken = person.is_some() && self.seats.holder(seat, now).is_some();
        if !is_taken {
            self.seats.give(seat, person, now);
        }
        !is_taken
    }

    /// Whether the name can be theirs for that time.
    pub(crate) fn name(&mut self, person: u32, from: i64, until: i64) -> bool {
        let taken = |(other, start, end): &(u32, i64, i64)| {
            *other != person && *start < until && from < *end
        };
        let is_free = !self.names.iter().any(taken);
        if is_free {
            self.names.retain(|(other, start, _)| (*other, *start) != (person, from));
            self.names.push((person, from, until));
        }
        is_free
    }

    pub(crate) fn named(&self, at: i64) -> Option<u32> {
        let then = self.names.iter().find(|(_, from, until)| *from <= at && at < *until);
        then.map(|(person, ..)| *person)
    }
}

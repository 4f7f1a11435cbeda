//! Who should hold the seats that are paid for (F8): within a term the money is spent, so the best use of the seats is
//! the one that displaces the most tokens.
//!
//! A maximum-weight assignment in which the seats of one offering are alike: people come one after the other, each
//! with what every offering would displace for them, and each time the cheapest chain of handing seats on is followed
//! (successive shortest paths over the offerings, which are few). What was not worth a seat can become so, and the
//! other way round; the result is optimal, however the people are ordered.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// What one person's tokens would be displaced by a seat of each offering, in any one unit; zero or less: a seat of
/// this offering is of no use to them, or they may not have it.
pub type Worth = Vec<f64>;

/// Who gets which offering, and what that displaces in all.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// By person: the number of the offering.
    pub seats: Vec<Option<usize>>,
    /// The sum of what the seats displace.
    pub worth: f64,
}

/// The assignment of `counts` seats of each offering, one at most a person, that displaces the most.
///
/// Of equal ones any; people of equal worth come in their order. Takes `people · offerings²` steps and a heap of the
/// people for each pair of offerings.
///
/// ```
/// use faregate_plan::reassign::assign;
///
/// // One seat of each of two offerings. Who comes first in greed gets what the other cannot do without.
/// let best = assign(&[vec![100.0, 90.0], vec![95.0, 0.0]], &[1, 1]);
/// assert_eq!(best.seats, [Some(1), Some(0)]);
/// assert_eq!(best.worth, 185.0);
/// ```
#[must_use]
pub fn assign(people: &[Worth], counts: &[usize]) -> Assignment {
    let mut desk = Desk::new(people, counts);
    for person in 0..people.len() {
        desk.seat(person);
    }
    let worth =
        desk.held.iter().zip(people).filter_map(|(held, worths)| worths.get((*held)?)).sum();
    Assignment { seats: desk.held, worth }
}

/// What it costs to move a person from one offering to another, or to none.
#[derive(Clone, Copy, PartialEq)]
struct Loss {
    loss: f64,
    person: usize,
}

impl Eq for Loss {}

impl PartialOrd for Loss {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Loss {
    /// The least loss is the greatest, to be on top of a heap; of equal ones the later person gives way.
    fn cmp(&self, other: &Self) -> Ordering {
        other.loss.total_cmp(&self.loss).then(self.person.cmp(&other.person))
    }
}

struct Desk<'a> {
    people: &'a [Worth],
    held: Vec<Option<usize>>,
    free: Vec<usize>,
    /// `moves[from][to]`: who could go from one offering to another, the least loss on top; `to` past the last is none.
    /// Entries of people who are gone from there are left in and passed over.
    moves: Vec<Vec<BinaryHeap<Loss>>>,
}

impl<'a> Desk<'a> {
    fn new(people: &'a [Worth], counts: &[usize]) -> Self {
        let row = || (0..=counts.len()).map(|_| BinaryHeap::new()).collect();
        let moves = counts.iter().map(|_| row()).collect();
        Self { people, held: vec![None; people.len()], free: counts.to_vec(), moves }
    }

    fn worth(&self, person: usize, offering: usize) -> f64 {
        self.people.get(person).and_then(|worths| worths.get(offering)).copied().unwrap_or(0.0)
    }

    /// Lets one more person in, and hands seats on where that displaces more.
    fn seat(&mut self, person: usize) {
        let Some((gain, chain)) = self.best_chain(person) else { return };
        if gain <= 0.0 {
            return;
        }
        let mut mover = person;
        for step in chain {
            self.place(mover, step.offering);
            match step.leaves {
                Some(next) => mover = next,
                None => return self.take_free(step.offering),
            }
        }
        // Nothing was free: the last of the chain gives way.
        if let Some(held) = self.held.get_mut(mover) {
            *held = None;
        }
    }

    fn take_free(&mut self, offering: usize) {
        if let Some(free) = self.free.get_mut(offering) {
            *free = free.saturating_sub(1);
        }
    }

    fn place(&mut self, person: usize, offering: usize) {
        if let Some(held) = self.held.get_mut(person) {
            *held = Some(offering);
        }
        let here = self.worth(person, offering);
        for to in 0..=self.free.len() {
            let there = self.worth(person, to);
            let is_useful = to == self.free.len() || (to != offering && there > 0.0);
            let heap = self.moves.get_mut(offering).and_then(|row| row.get_mut(to));
            if let Some(heap) = heap.filter(|_| is_useful) {
                heap.push(Loss { loss: here - there, person });
            }
        }
    }

    /// The least loss of moving anybody from one offering to another, and who it is.
    fn least(&mut self, from: usize, to: usize) -> Option<Loss> {
        let heap = self.moves.get_mut(from)?.get_mut(to)?;
        while let Some(top) = heap.peek() {
            if self.held.get(top.person).copied().flatten() == Some(from) {
                return Some(*top);
            }
            heap.pop();
        }
        None
    }

    /// The most that letting this person in can gain, and by which chain: each step says who sits down where, and who
    /// has to leave there for the next step. Bellman and Ford over the offerings.
    fn best_chain(&mut self, person: usize) -> Option<(f64, Vec<Step>)> {
        let offerings = self.free.len();
        let mut reach: Vec<Option<Reached>> = (0..offerings)
            .map(|to| Some(self.worth(person, to)).filter(|worth| *worth > 0.0))
            .map(|gain| gain.map(|gain| Reached { gain, from: None }))
            .collect();
        let edges = self.edges();
        for _ in 1..offerings {
            for &(from, to, loss) in &edges {
                let Some(gain) =
                    reach.get(from).copied().flatten().map(|known| known.gain - loss.loss)
                else {
                    continue;
                };
                let Some(known) = reach.get_mut(to) else { continue };
                if known.is_none_or(|known| gain > known.gain + 1e-12) {
                    *known = Some(Reached { gain, from: Some((from, loss.person)) });
                }
            }
        }
        let ends = (0..offerings).filter_map(|at| {
            let known = reach.get(at).copied().flatten()?;
            if self.free.get(at).is_some_and(|free| *free > 0) {
                return Some((known.gain, at, None));
            }
            let out = self.least(at, offerings)?;
            Some((known.gain - out.loss, at, Some(out.person)))
        });
        let ends: Vec<(f64, usize, Option<usize>)> = ends.collect();
        let best = ends.into_iter().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        Some((best.0, chain(&reach, best.1, best.2)))
    }

    fn edges(&mut self) -> Vec<(usize, usize, Loss)> {
        let offerings = self.free.len();
        let mut edges = Vec::new();
        for from in 0..offerings {
            for to in (0..offerings).filter(|to| *to != from) {
                edges.extend(self.least(from, to).map(|loss| (from, to, loss)));
            }
        }
        edges
    }
}

#[derive(Clone, Copy)]
struct Reached {
    gain: f64,
    /// From which offering, and who moves on from there.
    from: Option<(usize, usize)>,
}

/// Somebody sits down, and somebody else has to leave.
struct Step {
    offering: usize,
    leaves: Option<usize>,
}

/// The steps that lead to an offering, first to last.
fn chain(reach: &[Option<Reached>], end: usize, leaves: Option<usize>) -> Vec<Step> {
    let mut steps = vec![Step { offering: end, leaves }];
    let mut at = end;
    while let Some((from, person)) = reach.get(at).copied().flatten().and_then(|known| known.from) {
        steps.push(Step { offering: from, leaves: Some(person) });
        at = from;
        if steps.len() > reach.len() {
            break;
        }
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests;

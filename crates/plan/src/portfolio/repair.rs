//! A mix made of everybody's cheapest way at some prices: what is not allowed is mended, then one person after
//! another takes the way that lowers the true cost most, until nobody can.

use super::bands;
use super::dual::Model;
use super::frame::Frame;
use super::options::Way;
use super::supply::cheapest;
use core::cmp::Reverse;

const ROUNDS_MAX: usize = 30;

/// First what is wrong, then what it costs: less is better.
type Worth = (i64, i128);

/// The true cost of seats and tokens by what is used.
pub(super) struct Costs {
    /// By coupled offering, by count.
    seats: Vec<Vec<Worth>>,
}

impl Costs {
    pub(super) fn new(model: &Model) -> Self {
        let people = u32::try_from(model.problem.people.len()).unwrap_or(u32::MAX);
        let row = |place: usize| {
            let Some(offering) = model.problem.offerings.get(place) else { return Vec::new() };
            let most = offering.most.unwrap_or(u32::MAX);
            let worth = |count: u32| {
                let cost = cheapest(offering, count.min(most)).map_or(0, |(_, cost)| cost);
                (i64::from(count.saturating_sub(most)), cost)
            };
            (0..=people).map(worth).collect()
        };
        Self { seats: model.seats.iter().map(|(place, _)| row(*place)).collect() }
    }

    fn seat(&self, offering: usize, count: usize) -> Worth {
        self.seats.get(offering).and_then(|row| row.get(count)).copied().unwrap_or((1, 0))
    }
}

/// A mix while it is changed.
pub(super) struct Mix<'a> {
    model: &'a Model<'a>,
    costs: &'a Costs,
    pub(super) picks: Vec<usize>,
    used: i64,
    tokens: Worth,
    /// By coordinate less one: seats held, then people who count.
    counts: Vec<usize>,
    money: i128,
}

impl<'a> Mix<'a> {
    pub(super) fn new(model: &'a Model<'a>, costs: &'a Costs, picks: Vec<usize>) -> Self {
        let counts = vec![0; model.coordinates().saturating_sub(1)];
        let mut mix = Self { model, costs, picks, used: 0, tokens: (0, 0), counts, money: 0 };
        let begins = model.columns.begins();
        for ((begin, ways), pick) in begins.zip(model.columns.iter()).zip(&mix.picks) {
            let Some(way) = ways.get(*pick) else { continue };
            mix.used = mix.used.saturating_add(way.tokens);
            mix.money = mix.money.saturating_add(i128::from(way.money));
            for coordinate in model.terms(begin.saturating_add(*pick)) {
                if let Some(count) = coordinate.checked_sub(1).and_then(|at| mix.counts.get_mut(at))
                {
                    *count = count.saturating_add(1);
                }
            }
        }
        mix.tokens = mix.token_worth(mix.used);
        mix
    }

    /// What is wrong with it, and what it costs in micro-units.
    pub(super) fn worth(&self) -> Worth {
        let each = (0..self.counts.len())
            .map(|at| self.count_worth(at, self.counts.get(at).copied().unwrap_or(0)));
        let all = each.chain([self.tokens, (0, self.money)]);
        all.fold((0, 0), |(wrong, cost), (more, dearer)| {
            (wrong.saturating_add(more), cost.saturating_add(dearer))
        })
    }

    fn token_worth(&self, used: i64) -> Worth {
        let (frame, tokens): (&Frame, _) = (self.model.frame, &self.model.problem.tokens);
        match bands::cheapest(&frame.bands, tokens, used) {
            Some((_, _, cost)) => (0, cost),
            None => {
                let most = frame.bands.iter().map(|band| band.most).max().unwrap_or(0);
                (bands::need(tokens, used).saturating_sub(most).max(1), 0)
            }
        }
    }

    /// Of a coordinate less one, at a count.
    fn count_worth(&self, at: usize, count: usize) -> Worth {
        let seats = self.model.seats.len();
        if at < seats {
            return self.costs.seat(at, count);
        }
        let minimum = self
            .model
            .minima
            .get(at.saturating_sub(seats))
            .map_or(0, |(_, minimum)| minimum.people);
        let lacking = usize::try_from(minimum).unwrap_or(0).saturating_sub(count);
        (i64::try_from(lacking).unwrap_or(i64::MAX), 0)
    }

    /// Rounds over those who have a choice and are not decided by the node.
    pub(super) fn improve(&mut self, may_change: &[usize], looks: &mut u64) {
        let begins: Vec<usize> = self.model.columns.begins().collect();
        for _ in 0..ROUNDS_MAX {
            let mut has_changed = false;
            for person in may_change {
                let begin = begins.get(*person).copied().unwrap_or(0);
                has_changed |= self.improve_one(*person, begin, looks);
            }
            if !has_changed {
                return;
            }
        }
    }

    fn improve_one(&mut self, person: usize, begin: usize, looks: &mut u64) -> bool {
        let ways = self.model.columns.of(person);
        let Some(old) = self.picks.get(person).copied() else { return false };
        *looks = looks.saturating_add(u64::try_from(ways.len()).unwrap_or(0));
        let others = ways.iter().enumerate().filter(|(at, _)| *at != old);
        let changes = others.map(|(at, _)| (self.change(begin, ways, old, at), Reverse(at)));
        let Some((gain, Reverse(new))) = changes.min() else { return false };
        if gain >= (0, 0) {
            return false;
        }
        self.apply(person, begin, ways, old, new);
        true
    }

    /// How many more use each coordinate after a change.
    fn shifts(
        &self,
        begin: usize,
        old: usize,
        new: usize,
    ) -> impl Iterator<Item = (usize, isize)> + '_ {
        let (old, new) = (begin.saturating_add(old), begin.saturating_add(new));
        let left = self
            .model
            .terms(old)
            .filter(move |term| self.model.terms(new).all(|other| other != *term));
        let joined = self
            .model
            .terms(new)
            .filter(move |term| self.model.terms(old).all(|other| other != *term));
        left.map(|term| (term, -1)).chain(joined.map(|term| (term, 1)))
    }

    fn change(&self, begin: usize, ways: &[Way], old: usize, new: usize) -> Worth {
        let (Some(from), Some(to)) = (ways.get(old), ways.get(new)) else { return (0, 0) };
        let own = i128::from(to.money).saturating_sub(i128::from(from.money));
        let used = self.used.saturating_sub(from.tokens).saturating_add(to.tokens);
        let (short, paid) =
            if from.tokens == to.tokens { self.tokens } else { self.token_worth(used) };
        let tokens = (
            short.saturating_sub(self.tokens.0),
            paid.saturating_sub(self.tokens.1).saturating_add(own),
        );
        self.shifts(begin, old, new).fold(tokens, |(wrong, cost), (coordinate, by)| {
            let at = coordinate.saturating_sub(1);
            let count = self.counts.get(at).copied().unwrap_or(0);
            let (was, is) = (
                self.count_worth(at, count),
                self.count_worth(at, count.saturating_add_signed(by)),
            );
            (
                wrong.saturating_add(is.0.saturating_sub(was.0)),
                cost.saturating_add(is.1.saturating_sub(was.1)),
            )
        })
    }

    fn apply(&mut self, person: usize, begin: usize, ways: &[Way], old: usize, new: usize) {
        let shifts: Vec<(usize, isize)> = self.shifts(begin, old, new).collect();
        for (coordinate, by) in shifts {
            if let Some(count) = coordinate.checked_sub(1).and_then(|at| self.counts.get_mut(at)) {
                *count = count.saturating_add_signed(by);
            }
        }
        if let (Some(from), Some(to)) = (ways.get(old), ways.get(new)) {
            self.used = self.used.saturating_sub(from.tokens).saturating_add(to.tokens);
            self.money = self
                .money
                .saturating_sub(i128::from(from.money))
                .saturating_add(i128::from(to.money));
            self.tokens = self.token_worth(self.used);
        }
        if let Some(pick) = self.picks.get_mut(person) {
            *pick = new;
        }
    }
}

//! Who is still undecided in a node, and between which ways.

use super::model::{Model, Whole};
use crate::portfolio::options::Way;

/// A person with their ways that are left, each with its place in the row of all ways.
#[derive(Clone, Debug)]
pub(in crate::portfolio) struct Open {
    pub(in crate::portfolio) person: usize,
    /// The place of the person's first way.
    pub(in crate::portfolio) begin: usize,
    pub(in crate::portfolio) ways: Vec<(usize, Way)>,
}

/// The undecided, and the sums of the decided.
#[derive(Clone, Debug)]
pub(in crate::portfolio) struct Live {
    pub(in crate::portfolio) people: Vec<Open>,
    /// What the decided cost whatever others do.
    pub(in crate::portfolio) money: i128,
    /// By coordinate: what the decided use; those who count for a minimum are positive here too.
    pub(in crate::portfolio) amounts: Vec<i64>,
    /// Everybody's way, by place among theirs; of the undecided any.
    pub(in crate::portfolio) picks: Vec<usize>,
    /// How many ways are left.
    pub(in crate::portfolio) ways: u64,
}

impl Live {
    pub(in crate::portfolio) fn all(model: &Model) -> Self {
        let begins = model.columns.begins();
        let people = begins.zip(model.columns.iter()).enumerate().map(|(person, (begin, ways))| {
            Open { person, begin, ways: (begin..).zip(ways.iter().copied()).collect() }
        });
        Self::of(
            model,
            people,
            vec![0; model.problem.people.len()],
            0,
            vec![0; model.coordinates()],
        )
    }

    /// Those with one way join the decided.
    fn of(
        model: &Model,
        all: impl Iterator<Item = Open>,
        picks: Vec<usize>,
        money: i128,
        amounts: Vec<i64>,
    ) -> Self {
        let mut live = Self { people: Vec::new(), money, amounts, picks, ways: 0 };
        for open in all {
            match open.ways.as_slice() {
                [(place, way)] => live.decide(model, &open, *place, way),
                ways => {
                    live.ways = live.ways.saturating_add(u64::try_from(ways.len()).unwrap_or(0));
                    live.people.push(open);
                }
            }
        }
        live
    }

    fn decide(&mut self, model: &Model, open: &Open, place: usize, way: &Way) {
        self.money = self.money.saturating_add(i128::from(way.money));
        if let Some(tokens) = self.amounts.first_mut() {
            *tokens = tokens.saturating_add(way.tokens);
        }
        for coordinate in model.terms(place) {
            if let Some(amount) = self.amounts.get_mut(coordinate) {
                *amount = amount.saturating_add(1);
            }
        }
        if let Some(pick) = self.picks.get_mut(open.person) {
            *pick = place.saturating_sub(open.begin);
        }
    }

    /// Without the ways that are more than `room` dearer than a person's cheapest (in 1/`FINE` micro-units);
    /// `None` when hardly any are.
    pub(in crate::portfolio) fn without(
        &self,
        model: &Model,
        prices: &Whole,
        room: i128,
    ) -> Option<Self> {
        let thinned = self.people.iter().map(|open| {
            let priced: Vec<i128> =
                open.ways.iter().map(|(place, way)| model.price(*place, way, prices)).collect();
            let least = priced.iter().min().copied().unwrap_or(0);
            let near = open
                .ways
                .iter()
                .zip(&priced)
                .filter(|(_, price)| price.saturating_sub(least) <= room);
            Open { ways: near.map(|(way, _)| *way).collect(), ..*open }
        });
        let thinned: Vec<Open> = thinned.collect();
        let left = thinned.iter().map(|open| open.ways.len()).fold(0, usize::saturating_add);
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        let is_worth_it = left.saturating_mul(10) < self.ways.saturating_mul(9);
        let thin = || {
            Self::of(
                model,
                thinned.into_iter(),
                self.picks.clone(),
                self.money,
                self.amounts.clone(),
            )
        };
        is_worth_it.then(thin)
    }

    /// One of the undecided decided, by place among them.
    pub(in crate::portfolio) fn with(
        &self,
        model: &Model,
        at: usize,
        chosen: (usize, Way),
    ) -> Self {
        let people = self.people.iter().enumerate().map(|(place, open)| {
            let ways = if place == at { vec![chosen] } else { open.ways.clone() };
            Open { ways, ..*open }
        });
        Self::of(model, people, self.picks.clone(), self.money, self.amounts.clone())
    }
}

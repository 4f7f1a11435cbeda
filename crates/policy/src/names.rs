//! The names that policies speak of, numbered, and which of them a person or a product goes by.
//!
//! Groups, sites and schedules may be added after the policies were read, so nothing of the estate is kept
//! here: the keys of a question are looked up each time, by hash.

use crate::value::{Kind, folded};
use faregate_core::estate::{Estate, Person, PersonId, Product};
use rustc_hash::FxHashMap;

/// How many numbers fit without an allocation.
const FEW: usize = 16;

/// A short list of numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Few {
    first: [u32; FEW],
    len: usize,
    more: Vec<u32>,
}

impl Few {
    fn push(&mut self, number: u32) {
        match self.first.get_mut(self.len) {
            Some(slot) => {
                *slot = number;
                self.len = self.len.saturating_add(1);
            }
            None => self.more.push(number),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.first.iter().take(self.len).chain(&self.more).copied()
    }

    pub(crate) fn has_any(&self, wanted: &[u32]) -> bool {
        self.iter().any(|number| wanted.contains(&number))
    }
}

/// The names of people, groups, products and offerings, numbered together; and those of schedules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    people: FxHashMap<Box<str>, u32>,
    groups: FxHashMap<Box<str>, u32>,
    products: FxHashMap<Box<str>, u32>,
    offerings: FxHashMap<Box<str>, u32>,
    schedules: Vec<Box<str>>,
    len: u32,
}

impl Names {
    /// How many names of people, groups, products and offerings there are.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.len).unwrap_or(usize::MAX)
    }

    /// The number of a name; `None` for a kind whose names are not numbered.
    pub(crate) fn number(&mut self, kind: Kind, key: &str) -> Option<u32> {
        let table = match kind {
            Kind::Person => &mut self.people,
            Kind::Group => &mut self.groups,
            Kind::Product => &mut self.products,
            Kind::Offering => &mut self.offerings,
            _ => return None,
        };
        if let Some(number) = table.get(key) {
            return Some(*number);
        }
        let number = self.len;
        table.insert(key.into(), number);
        self.len = self.len.saturating_add(1);
        Some(number)
    }

    /// The slot of a schedule's name.
    pub(crate) fn schedule_slot(&mut self, key: &str) -> u32 {
        let known = self.schedules.iter().position(|name| **name == *key);
        let slot = known.unwrap_or_else(|| {
            self.schedules.push(key.into());
            self.schedules.len().saturating_sub(1)
        });
        u32::try_from(slot).unwrap_or(u32::MAX)
    }

    pub(crate) fn schedule(&self, slot: u32) -> Option<&str> {
        Some(self.schedules.get(usize::try_from(slot).ok()?)?)
    }

    /// The names that a person is, or is in.
    pub(crate) fn of_person(&self, estate: &Estate, id: PersonId, person: &Person) -> Few {
        let mut few = Few::default();
        if !self.people.is_empty() {
            self.people.get(&*folded(&person.key)).into_iter().for_each(|number| few.push(*number));
        }
        if !self.groups.is_empty() {
            let groups = estate.groups_of(id).iter().filter_map(|group| estate.group(*group));
            let known = groups.filter_map(|group| self.groups.get(&*folded(&group.key)));
            known.for_each(|number| few.push(*number));
        }
        few
    }

    /// The names that a product is, or is in.
    pub(crate) fn of_product(&self, estate: &Estate, product: &Product) -> Few {
        let mut few = Few::default();
        let own = self.products.get(&*folded(&product.key));
        own.into_iter().for_each(|number| few.push(*number));
        for (key, number) in &self.offerings {
            let offering = estate.offering_called(key).and_then(|id| estate.offering(id));
            if offering.is_some_and(|offering| offering.covers.contains(&product.key)) {
                few.push(*number);
            }
        }
        few
    }
}

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
    offerings: Vec<(Box<str>, u32)>,
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
        let known = match kind {
            Kind::Person => self.people.get(key).copied(),
            Kind::Group => self.groups.get(key).copied(),
            Kind::Product => self.products.get(key).copied(),
            Kind::Offering => self.offerings.iter().find(|(name, _)| **name == *key).map(|o| o.1),
            _ => return None,
        };
        if known.is_some() {
            return known;
        }
        let number = self.len;
        match kind {
            Kind::Person => drop(self.people.insert(key.into(), number)),
            Kind::Group => drop(self.groups.insert(key.into(), number)),
            Kind::Product => drop(self.products.insert(key.into(), number)),
            _ => self.offerings.push((key.into(), number)),
        }
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

    /// The name that a product is.
    pub(crate) fn of_product(&self, product: &Product) -> Option<u32> {
        self.products.get(&*folded(&product.key)).copied()
    }

    /// The names of offerings, each with its number.
    pub(crate) fn offerings(&self) -> &[(Box<str>, u32)] {
        &self.offerings
    }
}

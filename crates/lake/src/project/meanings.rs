//! Who and what a name stands for, and which names an event gives another meaning.

use super::Names;
use faregate_core::estate::{Estate, PersonId, ProductId, folded};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;
use rustc_hash::{FxHashMap, FxHashSet};

/// What names were found to stand for since the last event.
#[derive(Default)]
pub(crate) struct Meanings {
    people: FxHashMap<u32, Person>,
    products: FxHashMap<u32, Option<ProductId>>,
}

#[derive(Clone, Copy)]
enum Person {
    /// Whenever it was used.
    Always(Option<PersonId>),
    /// Whose it is depends on when.
    Dated,
}

impl Meanings {
    /// An event came between: what was found may hold no longer.
    pub(crate) fn clear(&mut self) {
        self.people.clear();
        self.products.clear();
    }

    /// Whose a user's name is at an instant.
    pub(crate) fn person(
        &mut self,
        state: &State,
        names: &Names,
        user: u32,
        at: Instant,
    ) -> Option<PersonId> {
        let found = *self.people.entry(user).or_insert_with(|| {
            let text = names.text(user);
            match state.estate().is_dated(text) {
                true => Person::Dated,
                false => Person::Always(state.estate().person_known_as(text, at)),
            }
        });
        match found {
            Person::Always(person) => person,
            Person::Dated => state.estate().person_known_as(names.text(user), at),
        }
    }

    /// The product that a feature was found to be.
    pub(crate) fn product(
        &mut self,
        state: &State,
        names: &Names,
        feature: u32,
    ) -> Option<ProductId> {
        let look_up = || state.product_of_feature(names.text(feature));
        *self.products.entry(feature).or_insert_with(look_up)
    }
}

/// Names, folded, that events since the last look gave another meaning.
#[derive(Default)]
pub(crate) struct Changed {
    /// They stood for nobody or nothing before: only rows without a person or product can change.
    pub(crate) first: FxHashSet<String>,
    /// Whose they are changed, or came to depend on when.
    pub(crate) other: FxHashSet<String>,
}

impl Changed {
    /// Notes what an event is about to change.
    pub(crate) fn note(&mut self, state: &State, event: &Event) {
        match event {
            Event::PeopleAdded(people) => people.iter().for_each(|person| {
                self.name(state, &person.key);
                person.aliases.iter().for_each(|alias| self.name(state, alias));
            }),
            Event::PeopleSet(people) => {
                people.iter().for_each(|person| self.name(state, &person.key));
            }
            Event::AliasesSet(terms) => terms.iter().for_each(|term| {
                self.other.insert(folded(&term.alias));
            }),
            Event::PersonMerged { person, .. } => {
                let all = names_of(state.estate(), *person);
                self.other.extend(all.iter().map(|name| folded(name)));
            }
            Event::FeaturesMapped(mapped) => mapped.iter().for_each(|one| {
                self.first.insert(folded(&one.code));
            }),
            _ => {}
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty() && self.other.is_empty()
    }

    fn name(&mut self, state: &State, text: &str) {
        if state.estate().person_called(text).is_none() {
            self.first.insert(folded(text));
        }
    }
}

/// Every name that a person, or whoever is the same one, ever had.
pub(crate) fn names_of(estate: &Estate, person: PersonId) -> Vec<String> {
    let person = estate.same_as(person);
    let dated = estate.alias_terms().into_iter();
    let dated = dated.filter(|term| estate.same_as(term.person) == person).map(|term| term.alias);
    estate.undated_names(person).map(str::to_owned).chain(dated).collect()
}

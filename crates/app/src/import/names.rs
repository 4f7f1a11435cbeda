//! What the names in reported use stand for: people and products, made known when they are new.

use faregate_core::charges::Pair;
use faregate_core::estate::{GENERAL, Person, PersonId, Product, ProductId, folded};
use faregate_core::event::{Event, FeatureMapped};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::names::ByteTable;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What a name was found to be; it can be a user's and a feature's. Every use asks for three of these, in no
/// order, so they are small and its text is elsewhere.
struct Name {
    hash: u64,
    person: Option<PersonId>,
    /// Whether whose name it is depends on when; it is found anew for each use then.
    dated: bool,
    product: Option<Option<ProductId>>,
}

/// All names of the store and those that the batch adds.
pub(crate) struct Names<'e> {
    features: &'e FeatureTable,
    /// Families by their names for people, without case: exports write those instead of codes.
    families: FxHashMap<String, (&'e str, &'e str)>,
    all: Vec<Name>,
    texts: Vec<String>,
    /// Products met with each user, a bit each: spares a look-up in a large table for nearly every use.
    met: Vec<[u64; 4]>,
    numbers: ByteTable,
    stored: usize,
    people: Vec<Person>,
    products: Vec<Product>,
    person_ids: FxHashMap<String, PersonId>,
    /// Features whose product was found in this batch, and the quarantined sessions that this releases.
    mapped: BTreeMap<u32, (ProductId, u64)>,
}

impl<'e> Names<'e> {
    pub(crate) fn new(features: &'e FeatureTable) -> Self {
        let families = features.families().into_iter();
        Self {
            features,
            families: families.map(|family| (folded(family.1), family)).collect(),
            all: Vec::new(),
            texts: Vec::new(),
            met: Vec::new(),
            numbers: ByteTable::default(),
            stored: 0,
            people: Vec::new(),
            products: Vec::new(),
            person_ids: FxHashMap::default(),
            mapped: BTreeMap::new(),
        }
    }

    /// The table of feature codes.
    pub(super) fn features(&self) -> &'e FeatureTable {
        self.features
    }

    /// Takes the names that the store has, in their order.
    pub(crate) fn know(&mut self, stored: Vec<String>) {
        for text in stored {
            self.add(text);
        }
        self.stored = self.all.len();
    }

    /// The number of a name, new or known.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        match self.numbers.get(text.as_bytes()) {
            Some(number) => number,
            None => self.add(text.to_owned()),
        }
    }

    /// The number of a name, if it is known.
    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text.as_bytes())
    }

    fn add(&mut self, text: String) -> u32 {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        self.numbers.insert(text.as_bytes(), number);
        self.all.push(Name { hash, person: None, dated: false, product: None });
        self.texts.push(text);
        self.met.push([0; 4]);
        number
    }

    /// The names that are not stored yet, and the number of the first.
    pub(super) fn take_fresh(&mut self) -> (u32, Vec<String>) {
        let fresh = self.texts.iter().skip(self.stored).cloned().collect();
        let first = u32::try_from(self.stored).unwrap_or(u32::MAX);
        self.stored = self.all.len();
        (first, fresh)
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }

    /// The same for the same text, in every batch.
    pub(super) fn hash(&self, number: u32) -> u64 {
        self.get(number).map_or(0, |name| name.hash)
    }

    /// The events that make the new people, products and feature codes known.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        let products = std::mem::take(&mut self.products);
        let people = std::mem::take(&mut self.people);
        let products = (!products.is_empty()).then_some(Event::ProductsDefined(products));
        let people = (!people.is_empty()).then_some(Event::PeopleAdded(people));
        let mapped = std::mem::take(&mut self.mapped).into_iter();
        let mapped = mapped.map(|(feature, (product, released))| {
            let code = self.text(feature).to_owned();
            FeatureMapped { code, product, released }
        });
        let mapped: Vec<_> = mapped.collect();
        let mapped = (!mapped.is_empty()).then_some(Event::FeaturesMapped(mapped));
        products.into_iter().chain(people).chain(mapped).collect()
    }

    /// The person with this name at an instant; made known when nobody has it.
    pub(super) fn person(&mut self, state: &State, user: u32, at: Instant) -> Option<PersonId> {
        if let Some(known) = self.found_before(state, user, at) {
            return Some(known);
        }
        let text = self.text(user).to_owned();
        let known = state.estate().person_known_as(&text, at);
        let dated = state.estate().is_dated(&text);
        let id = known.unwrap_or_else(|| self.new_person(state, text));
        let name = self.get_mut(user)?;
        (name.person, name.dated) = (Some(id), dated);
        Some(id)
    }

    /// The identity with this name at an instant, whoever that turned out to be; made known when nobody has it.
    pub(super) fn identity(&mut self, state: &State, user: u32, at: Instant) -> Option<PersonId> {
        let person = self.person(state, user, at)?;
        Some(state.estate().identity_known_as(self.text(user), at).unwrap_or(person))
    }

    fn found_before(&self, state: &State, user: u32, at: Instant) -> Option<PersonId> {
        let name = self.get(user)?;
        if name.dated { state.estate().person_known_as(self.text(user), at) } else { name.person }
    }

    /// Names that differ by case only are one person's.
    fn new_person(&mut self, state: &State, text: String) -> PersonId {
        let key = folded(&text);
        if let Some(&id) = self.person_ids.get(&key) {
            return id;
        }
        let next = state.estate().people().len() + self.people.len();
        let id = PersonId(u32::try_from(next).unwrap_or(u32::MAX));
        self.people.push(Person {
            key: key.clone(),
            name: text,
            bucket: GENERAL,
            aliases: Vec::new(),
        });
        self.person_ids.insert(key, id);
        id
    }

    /// Quarantined sessions that the features mapped in this batch release.
    pub(super) fn released(&self) -> u64 {
        self.mapped.values().map(|(_, released)| released).sum()
    }

    /// Notes that a quarantined session of this feature is charged from now on.
    pub(super) fn release(&mut self, feature: u32, product: ProductId) {
        self.mapped.entry(feature).or_insert((product, 0)).1 += 1;
    }

    /// Which stored names the table knows as features, and no earlier batch had mapped; by number. Names of products
    /// are none of them: the vendor's reports tell of strangers by these, whom a log must not make known.
    pub(super) fn newly_known(&self, state: &State) -> Vec<bool> {
        let stored = self.texts.iter().take(self.stored);
        stored
            .map(|text| {
                self.features.look_up(text).is_some() && state.product_of_feature(text).is_none()
            })
            .collect()
    }

    /// The product family of this feature, as it was found to be once and for all; made known when the table
    /// has it and the estate has not.
    pub(super) fn product(&mut self, state: &State, feature: u32) -> Option<ProductId> {
        if let Some(found) = self.get(feature)?.product {
            return found;
        }
        let found = self.known_product(state, feature).or_else(|| self.new_product(state, feature));
        self.get_mut(feature)?.product = Some(found);
        if let Some(new) = found.filter(|_| state.product_of_feature(self.text(feature)).is_none())
        {
            self.mapped.entry(feature).or_insert((new, 0));
        }
        found
    }

    fn known_product(&self, state: &State, feature: u32) -> Option<ProductId> {
        let text = self.text(feature);
        state.product_of_feature(text).or_else(|| {
            let family = self.family(text).map_or(text, |(family, _)| family);
            state.estate().product_called(family)
        })
    }

    /// The family of a code, or of a name, and its name.
    fn family(&self, text: &str) -> Option<(&'e str, &'e str)> {
        let by_code = self.features.look_up(text).map(|found| (found.family, found.name));
        by_code.or_else(|| self.families.get(&folded(text)).copied())
    }

    fn new_product(&mut self, state: &State, feature: u32) -> Option<ProductId> {
        let (key, name) = self.family(self.text(feature))?;
        let (key, name) = (key.to_owned(), name.to_owned());
        let known = state.estate().products().len();
        let place = self.products.iter().position(|product| product.key == key);
        let place = place.unwrap_or_else(|| {
            self.products.push(Product { key, name });
            self.products.len() - 1
        });
        u16::try_from(known + place).ok().map(ProductId)
    }

    /// The key of a product, known or new.
    pub(super) fn product_key<'a>(&'a self, state: &'a State, id: ProductId) -> Option<&'a str> {
        self.product_defined(state, id).map(|product| product.key.as_str())
    }

    /// The name of a product for people, known or new.
    pub(super) fn product_name<'a>(&'a self, state: &'a State, id: ProductId) -> Option<&'a str> {
        self.product_defined(state, id).map(|product| product.name.as_str())
    }

    fn product_defined<'a>(&'a self, state: &'a State, id: ProductId) -> Option<&'a Product> {
        let known = state.estate().products();
        let new = || self.products.get(id.index().checked_sub(known.len())?);
        known.get(id.index()).or_else(new)
    }

    /// Whether this user was not met with this product before. It is always said of products past the 256th,
    /// and of a name that is several people's, one after the other.
    pub(super) fn is_first(&mut self, user: u32, product: ProductId) -> bool {
        if self.get(user).is_some_and(|name| name.dated) {
            return true;
        }
        let (word, bit) = (product.index() / 64, 1 << (product.index() % 64));
        let met = self.met.get_mut(user as usize).and_then(|met| met.get_mut(word));
        let Some(met) = met else { return true };
        let first = *met & bit == 0;
        *met |= bit;
        first
    }

    /// Who used what, once all of the batch is known to the estate.
    pub(crate) fn pair(
        &mut self,
        state: &State,
        user: u32,
        feature: u32,
        at: Instant,
    ) -> Option<Pair> {
        let product = match self.get(feature)?.product {
            Some(product) => product,
            None => {
                let found = self.known_product(state, feature);
                self.get_mut(feature)?.product = Some(found);
                found
            }
        };
        let person = match self.found_before(state, user, at) {
            Some(person) => person,
            None => {
                let found = state.estate().person_known_as(self.text(user), at)?;
                let dated = state.estate().is_dated(self.text(user));
                let name = self.get_mut(user)?;
                name.dated = dated;
                *name.person.insert(found)
            }
        };
        Some((person, product?))
    }

    fn get(&self, number: u32) -> Option<&Name> {
        self.all.get(number as usize)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Name> {
        self.all.get_mut(number as usize)
    }
}

//! Who and what there is: people, products, what can be bought, and who holds a seat.
//!
//! Ids are dense and never reused, so they index vectors and stay small in the journal.
//! Keys are what people type (`anna.lopez`, `civil-3d`); they are matched without regard to case.

use crate::when::Instant;
use rustc_hash::FxHashMap;

mod buckets;
mod devices;
mod merges;
mod people;
mod places;
mod schedules;
mod seats;
pub use buckets::{BucketTerms, Leftover, Period};
pub use devices::{Device, Enrolled};
pub use people::{AliasTerm, BadGroup, Group, Standing};
pub use places::{
    BadCidr, Breach, Cidr, Country, Domain, Evidence, Network, Place, Region, Site, Territory,
    Trust,
};
pub use schedules::{Hours, Schedule};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl $name {
            /// The id as an index into the vector that holds its things.
            #[must_use]
            pub fn index(self) -> usize {
                usize::try_from(self.0).unwrap_or(usize::MAX)
            }
        }
    };
}

id!(/// A human with aliases.
    PersonId(u32));
id!(/// A product family; versions and feature codes map to it.
    ProductId(u16));
id!(/// Something that can be bought: a product seat or a Collection.
    OfferingId(u16));
id!(/// One named-user subscription.
    SeatId(u32));
id!(/// A ledger account that holds an allocation of the pool.
    BucketId(u16));
id!(/// A named set of people.
    GroupId(u32));
id!(/// An office, or another place with networks of its own.
    SiteId(u16));
id!(/// Named weekly hours in a zone.
    ScheduleId(u16));
id!(/// A workstation with a key of its own, in the order enrolled.
    DeviceId(u32));

/// The bucket of everyone who was not given another one. Opened with the contract.
pub const GENERAL: BucketId = BucketId(0);

/// A product family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Stable kebab-case key, for example `civil-3d`.
    pub key: String,
    /// Name as the vendor writes it.
    pub name: String,
}

/// A human, the bucket that pays for them, and the names the world knows them by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Stable key, also an alias.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Where their tokens come from.
    pub bucket: BucketId,
    /// Logins, e-mails, FlexNet user names.
    pub aliases: Vec<String>,
}

/// A department's, project's or region's allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
}

/// What can be bought, and the products that it lets its holder open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Keys of the products it covers.
    pub covers: Vec<String>,
}

/// One named-user subscription, assigned for its term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// What was bought.
    pub offering: OfferingId,
    /// Who holds it; `None` while it is free.
    pub person: Option<PersonId>,
    /// First instant of the term.
    pub from: Instant,
    /// First instant after the term.
    pub until: Instant,
}

/// Everyone and everything, with the indexes to find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estate {
    products: Vec<Product>,
    people: Vec<Person>,
    buckets: Vec<Bucket>,
    offerings: Vec<Offering>,
    seats: Vec<Seat>,
    product_by_key: FxHashMap<String, ProductId>,
    person_by_alias: FxHashMap<String, PersonId>,
    bucket_by_key: FxHashMap<String, BucketId>,
    offering_by_key: FxHashMap<String, OfferingId>,
    people_terms: people::PeopleTerms,
    merges: merges::Merges,
    bucket_terms: buckets::Terms,
    moves: seats::Moves,
    places: places::Places,
    schedules: schedules::Schedules,
    devices: Vec<Enrolled>,
    /// Devices in force, by key.
    device_keys: FxHashMap<[u8; 32], DeviceId>,
}

impl Estate {
    /// Adds a product, or returns the one that has the key already.
    pub fn define_product(&mut self, product: Product) -> ProductId {
        let key = folded(&product.key);
        if let Some(&id) = self.product_by_key.get(&key) {
            return id;
        }
        let id = ProductId(next(self.products.len()));
        self.product_by_key.insert(key, id);
        self.products.push(product);
        id
    }

    /// Adds a bucket, or returns the one that has the key already.
    pub fn open_bucket(&mut self, bucket: Bucket) -> BucketId {
        let key = folded(&bucket.key);
        if let Some(&id) = self.bucket_by_key.get(&key) {
            return id;
        }
        let id = BucketId(next(self.buckets.len()));
        self.bucket_by_key.insert(key, id);
        self.buckets.push(bucket);
        id
    }

    /// Adds a person with key and aliases. An alias that is somebody's already stays theirs.
    pub fn add_person(&mut self, person: Person) -> PersonId {
        let id = PersonId(next(self.people.len()));
        for alias in person.aliases.iter().chain(core::iter::once(&person.key)) {
            self.person_by_alias.entry(folded(alias)).or_insert(id);
        }
        self.people.push(person);
        id
    }

    /// Adds an offering.
    pub fn define_offering(&mut self, offering: Offering) -> OfferingId {
        let id = OfferingId(next(self.offerings.len()));
        self.offering_by_key.entry(folded(&offering.key)).or_insert(id);
        self.index_offering(id, &offering.covers);
        self.offerings.push(offering);
        id
    }

    /// The offering with this key.
    #[must_use]
    pub fn offering_called(&self, key: &str) -> Option<OfferingId> {
        lookup(&self.offering_by_key, key)
    }

    /// The product with this key.
    #[must_use]
    pub fn product_called(&self, key: &str) -> Option<ProductId> {
        lookup(&self.product_by_key, key)
    }

    /// The bucket with this key.
    #[must_use]
    pub fn bucket_called(&self, key: &str) -> Option<BucketId> {
        lookup(&self.bucket_by_key, key)
    }

    /// The person with this id.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(id.index())
    }

    /// The product with this id.
    #[must_use]
    pub fn product(&self, id: ProductId) -> Option<&Product> {
        self.products.get(id.index())
    }

    /// The bucket with this id.
    #[must_use]
    pub fn bucket(&self, id: BucketId) -> Option<&Bucket> {
        self.buckets.get(id.index())
    }

    /// The offering with this id.
    #[must_use]
    pub fn offering(&self, id: OfferingId) -> Option<&Offering> {
        self.offerings.get(id.index())
    }

    /// The seat with this id.
    #[must_use]
    pub fn seat(&self, id: SeatId) -> Option<&Seat> {
        self.seats.get(id.index())
    }

    /// All products, in id order.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// All people, in id order.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// All buckets, in id order.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// All offerings, in id order.
    #[must_use]
    pub fn offerings(&self) -> &[Offering] {
        &self.offerings
    }

    /// All seats, in id order.
    #[must_use]
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }
}

/// How keys and aliases are compared: without regard to case or surrounding blanks.
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Looks up without allocating when the text is already folded, as it nearly always is.
fn lookup<Id: Copy>(index: &FxHashMap<String, Id>, text: &str) -> Option<Id> {
    index.get(text).or_else(|| index.get(&folded(text))).copied()
}

/// The next dense id. Past the id's range (65,535 products, buckets or offerings; 4·10⁹ people) everything
/// maps to the last id: no estate comes near it.
fn next<N: TryFrom<usize> + Bounded>(len: usize) -> N {
    N::try_from(len).unwrap_or(N::LAST)
}

trait Bounded {
    const LAST: Self;
}
impl Bounded for u16 {
    const LAST: Self = Self::MAX;
}
impl Bounded for u32 {
    const LAST: Self = Self::MAX;
}

#[cfg(test)]
mod tests;

//! What the company uses and buys: products, departments, offerings.

use faregate_core::estate::{Bucket, Offering, Product, ProductId};
use faregate_core::tariff::TariffParts;

/// A product family the demo knows, with its share as somebody's primary product where departments are silent.
struct Known {
    key: &'static str,
    name: &'static str,
    weight: f64,
}

const KNOWN: [Known; 6] = [
    Known { key: "revit", name: "Revit", weight: 0.40 },
    Known { key: "autocad", name: "AutoCAD", weight: 0.30 },
    Known { key: "civil-3d", name: "Civil 3D", weight: 0.13 },
    Known { key: "navisworks-manage", name: "Navisworks Manage", weight: 0.07 },
    Known { key: "navisworks-simulate", name: "Navisworks Simulate", weight: 0.04 },
    Known { key: "maya", name: "Maya", weight: 0.06 },
];

/// Held by seats only: no tariff has a rate for it.
const SEATS_ONLY: (&str, &str) = ("bim-collaborate-pro", "BIM Collaborate Pro");

const COLLECTION: (&str, &str) = ("aec-collection", "AEC Collection");
const COLLECTION_COVERS: [&str; 5] =
    ["revit", "autocad", "civil-3d", "navisworks-manage", "navisworks-simulate"];

/// A department or project: its bucket, its share of the people, and the products it uses more than others.
pub(crate) struct Department {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) weight: f64,
    favours: &'static [(&'static str, f64)],
}

/// The first is everyone's who has no other.
pub(crate) const DEPARTMENTS: [Department; 8] = [
    Department { key: "general", name: "General", weight: 0.08, favours: &[] },
    Department {
        key: "structures",
        name: "Structures",
        weight: 0.20,
        favours: &[("revit", 1.5), ("autocad", 1.2)],
    },
    Department {
        key: "architecture",
        name: "Architecture",
        weight: 0.22,
        favours: &[("revit", 2.0), ("civil-3d", 0.1)],
    },
    Department {
        key: "mep",
        name: "MEP",
        weight: 0.16,
        favours: &[("revit", 1.4), ("navisworks-manage", 2.0), ("civil-3d", 0.1)],
    },
    Department {
        key: "bridge-west",
        name: "Bridge West",
        weight: 0.09,
        favours: &[("civil-3d", 3.0), ("navisworks-manage", 1.5)],
    },
    Department {
        key: "interiors",
        name: "Interiors",
        weight: 0.08,
        favours: &[("autocad", 1.6), ("maya", 2.0), ("civil-3d", 0.0)],
    },
    Department {
        key: "civil",
        name: "Civil",
        weight: 0.13,
        favours: &[("civil-3d", 6.0), ("revit", 0.3)],
    },
    Department {
        key: "visualisation",
        name: "Visualisation",
        weight: 0.04,
        favours: &[("maya", 14.0), ("civil-3d", 0.0)],
    },
];

/// Products and offerings of one estate, in id order.
pub(crate) struct Catalogue {
    pub(crate) products: Vec<Product>,
    pub(crate) offerings: Vec<Offering>,
    /// How many of the products, from the first on, have a rate.
    rated: usize,
}

impl Catalogue {
    /// The known products that the tariff has a rate for; where it has none of them, its own.
    pub(crate) fn new(tariff: &TariffParts) -> Self {
        let has_rate = |key: &str| tariff.rates.iter().any(|rate| rate.product == key);
        let known = KNOWN.iter().filter(|known| has_rate(known.key));
        let mut products: Vec<Product> =
            known.map(|known| product(known.key, known.name)).collect();
        if products.is_empty() {
            products =
                tariff.rates.iter().take(6).map(|r| product(&r.product, &r.product)).collect();
            products.dedup();
        }
        products.retain(|product| product.key != SEATS_ONLY.0);
        let rated = products.len();
        products.push(product(SEATS_ONLY.0, SEATS_ONLY.1));
        let offerings = offerings(&products, tariff);
        Self { products, offerings, rated }
    }

    /// The products that tokens can pay for.
    pub(crate) fn rated(&self) -> impl Iterator<Item = ProductId> + Clone + '_ {
        (0..self.rated).map(|index| ProductId(u16::try_from(index).unwrap_or(0)))
    }

    /// The product that only a seat opens.
    pub(crate) fn seats_only(&self) -> ProductId {
        ProductId(u16::try_from(self.rated).unwrap_or(0))
    }

    pub(crate) fn key(&self, id: ProductId) -> &str {
        self.products.get(id.index()).map_or("", |product| &product.key)
    }

    /// How often a department makes this product somebody's primary one.
    pub(crate) fn weight(&self, id: ProductId, department: usize) -> f64 {
        let key = self.key(id);
        let base = KNOWN.iter().find(|known| known.key == key).map_or(0.1, |known| known.weight);
        let favours = DEPARTMENTS.get(department).map_or(&[][..], |known| known.favours);
        base * favours.iter().find(|(product, _)| *product == key).map_or(1.0, |(_, by)| *by)
    }

    /// The offering that covers just this product; the Collection has its own name.
    pub(crate) fn single(&self, id: ProductId) -> Option<usize> {
        let key = self.key(id);
        self.offerings.iter().position(|offering| {
            offering.key != COLLECTION.0
                && offering.covers.first().is_some_and(|first| first == key)
        })
    }

    pub(crate) fn collection(&self) -> Option<usize> {
        self.offerings.iter().position(|offering| offering.key == COLLECTION.0)
    }

    pub(crate) fn covers(&self, offering: usize, id: ProductId) -> bool {
        let key = self.key(id);
        self.offerings.get(offering).is_some_and(|o| o.covers.iter().any(|covered| covered == key))
    }
}

/// The buckets to open, in id order.
pub(crate) fn buckets() -> Vec<Bucket> {
    let bucket = |known: &Department| Bucket { key: known.key.into(), name: known.name.into() };
    DEPARTMENTS.iter().map(bucket).collect()
}

fn product(key: &str, name: &str) -> Product {
    Product { key: key.to_owned(), name: name.to_owned() }
}

/// One for each product and the Collection; as the tariff prices them, where it does.
fn offerings(products: &[Product], tariff: &TariffParts) -> Vec<Offering> {
    let single = |product: &Product| {
        let priced = tariff.seats.iter().find(|seat| {
            seat.offering != COLLECTION.0 && seat.covers.first() == Some(&product.key)
        });
        match priced {
            Some(seat) => offering(&seat.offering, &seat.name, seat.covers.clone()),
            None => offering(&product.key, &product.name, vec![product.key.clone()]),
        }
    };
    let mut all: Vec<Offering> = products.iter().map(single).collect();
    let priced = tariff.seats.iter().find(|seat| seat.offering == COLLECTION.0);
    all.push(match priced {
        Some(seat) => offering(&seat.offering, &seat.name, seat.covers.clone()),
        None => {
            let covers = COLLECTION_COVERS.iter().map(|key| (*key).to_owned()).collect();
            offering(COLLECTION.0, COLLECTION.1, covers)
        }
    });
    all
}

fn offering(key: &str, name: &str, covers: Vec<String>) -> Offering {
    Offering { key: key.to_owned(), name: name.to_owned(), covers }
}

//! The people: who they are, what they use, where they sit, who pays.

use crate::catalogue::{Catalogue, DEPARTMENTS};
use crate::chance::{Chance, Stream};
use crate::habits::Persona;
use crate::names::{Namer, Names};
use crate::sites::{host_of, site_of};
use faregate_core::estate::{BucketId, Person, PersonId, ProductId};
use std::sync::Arc;

/// How many people have 0, 1, 2 and 3 secondary products.
const SECONDARY: [f64; 4] = [0.45, 0.32, 0.16, 0.07];
const TWO_HOSTS: f64 = 0.12;

/// One account, and all that decides its use.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    pub(crate) id: PersonId,
    pub(crate) persona: Persona,
    pub(crate) names: Names,
    pub(crate) site: usize,
    pub(crate) department: usize,
    /// The primary product; `None` only when the tariff has no rates at all.
    pub(crate) primary: Option<ProductId>,
    /// Further products, each with its chance on a day of use.
    pub(crate) secondary: Vec<(ProductId, f64)>,
    /// The workstation, and for some a notebook.
    pub(crate) hosts: Vec<Arc<str>>,
}

impl Player {
    /// As the estate knows them.
    pub(crate) fn person(&self) -> Person {
        Person {
            key: self.names.key.clone(),
            name: self.names.name.clone(),
            bucket: self.bucket(),
            aliases: self.names.aliases.clone(),
        }
    }

    pub(crate) fn bucket(&self) -> BucketId {
        BucketId(u16::try_from(self.department).unwrap_or(0))
    }

    /// Another account on the same desk's terms: same department and product, no secondary ones.
    pub(crate) fn twin(&self, number: usize, persona: Persona, names: Names) -> Self {
        let id = person_id(number);
        let hosts = vec![host_of(id, false).into()];
        Self { id, persona, names, site: site_of(id), hosts, secondary: Vec::new(), ..self.clone() }
    }
}

/// The humans with one account, in id order.
pub(crate) fn humans(seed: u64, count: usize, catalogue: &Catalogue) -> Vec<Player> {
    let mut order = Chance::new(seed, Stream::Order, 0);
    let mut personas = apportioned(count);
    order.shuffle(&mut personas);
    let mut namer = Namer::new(order.below(1_000_000));
    let numbered = personas.into_iter().enumerate();
    numbered.map(|(n, persona)| human(seed, n, persona, namer.next(), catalogue)).collect()
}

/// As many of each persona as its share says, to the person.
fn apportioned(count: usize) -> Vec<Persona> {
    let mut personas = Vec::with_capacity(count);
    let mut share = 0.0;
    for (persona, part) in Persona::SHARES {
        share += part;
        let upto = ((share * count as f64).round() as usize).min(count);
        personas.resize(upto.max(personas.len()), persona);
    }
    personas.resize(count, Persona::Occasional);
    personas
}

fn human(
    seed: u64,
    number: usize,
    persona: Persona,
    names: Names,
    catalogue: &Catalogue,
) -> Player {
    let id = person_id(number);
    let mut chance = Chance::new(seed, Stream::Person, u64::from(id.0));
    let department = chance.weighted(DEPARTMENTS.iter().map(|known| known.weight));
    let products: Vec<ProductId> = catalogue.rated().collect();
    let weights = products.iter().map(|&product| catalogue.weight(product, department));
    let primary = products.get(chance.weighted(weights)).copied();
    let secondary = secondary(&products, primary, department, catalogue, &mut chance);
    let mut hosts = vec![host_of(id, false).into()];
    if chance.is(TWO_HOSTS) {
        hosts.push(host_of(id, true).into());
    }
    Player { id, persona, names, site: site_of(id), department, primary, secondary, hosts }
}

fn secondary(
    products: &[ProductId],
    primary: Option<ProductId>,
    department: usize,
    catalogue: &Catalogue,
    chance: &mut Chance,
) -> Vec<(ProductId, f64)> {
    let mut left: Vec<ProductId> =
        products.iter().copied().filter(|&product| Some(product) != primary).collect();
    let mut chosen = Vec::new();
    for _ in 0..chance.weighted(SECONDARY.into_iter()).min(left.len()) {
        let weights = left.iter().map(|&product| catalogue.weight(product, department));
        let product = left.swap_remove(chance.weighted(weights));
        chosen.push((product, chance.beta(1.3, 4.0)));
    }
    chosen
}

pub(crate) fn person_id(number: usize) -> PersonId {
    PersonId(u32::try_from(number).unwrap_or(u32::MAX))
}

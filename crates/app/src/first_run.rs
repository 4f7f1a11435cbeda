//! The first run: what a contract has yet, what is missing next, and made-up data to look around with.
//!
//! Made-up data goes into an empty ledger or nowhere: what is in a journal stays in it.

use crate::engine::{Engine, Failure};
use crate::import::known::{KnownUse, record_generated};
use faregate_core::estate::{Estate, OfferingId, ProductId, Seat};
use faregate_core::event::Event;
use faregate_core::state::State;

/// Something that a contract needs before its figures say much, in the order in which people come to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// That it was agreed, in which zone, on which tariff.
    Contract,
    /// What a token costs, and what products cost in tokens.
    Prices,
    /// Tokens that were bought.
    Packs,
    /// Departments that tokens are divided among.
    Buckets,
    /// Who there is.
    People,
    /// Subscriptions.
    Seats,
    /// Use: a log, an export, or our own gate's.
    Use,
    /// Who says yes to requests where no bucket's owner does.
    Deciders,
    /// Where further use comes from by itself.
    Sources,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Contract,
        Self::Prices,
        Self::Packs,
        Self::Buckets,
        Self::People,
        Self::Seats,
        Self::Use,
        Self::Deciders,
        Self::Sources,
    ];

    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Prices => "prices",
            Self::Packs => "packs",
            Self::Buckets => "buckets",
            Self::People => "people",
            Self::Deciders => "deciders",
            Self::Seats => "seats",
            Self::Use => "use",
            Self::Sources => "sources",
        }
    }

    /// What it is for, in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Contract => {
                "A contract says in which zone days are counted, and on which tariff."
            }
            Self::Prices => "The tariff says what a token costs, and what products cost in tokens.",
            Self::Packs => "Packs of tokens are what balances and forecasts are reckoned against.",
            Self::Buckets => "Buckets divide the tokens among departments and projects.",
            Self::People => "People come from a list, or from the names in a log.",
            Self::Deciders => "Deciders answer requests for tokens where no bucket's owner does.",
            Self::Seats => "Seats are the named-user subscriptions that people hold.",
            Self::Use => {
                "A log of the licence server or an export of the vendor's shows a year at once."
            }
            Self::Sources => "Sources bring further use by themselves.",
        }
    }

    /// How much of it there is.
    #[must_use]
    pub fn count(self, state: &State, sources: u64) -> u64 {
        let estate = state.estate();
        match self {
            Self::Contract => u64::from(state.seq() > 0),
            Self::Prices => prices(state),
            Self::Packs => state.ledger().packs().len() as u64,
            // The general bucket is there from the beginning.
            Self::Buckets => (estate.buckets().len() as u64).saturating_sub(1),
            Self::People => estate.everybody().count() as u64,
            Self::Deciders => state.terms().owners.len() as u64,
            Self::Seats => estate.seats().len() as u64,
            Self::Use => uses(state),
            Self::Sources => sources,
        }
    }
}

/// Rates of products, once a token has a price.
fn prices(state: &State) -> u64 {
    let parts = state.tariff().map(|(_, tariff)| tariff.parts());
    parts.map_or(0, |parts| if parts.prices.is_empty() { 0 } else { parts.rates.len() as u64 })
}

/// Sessions that were reported, and those that the gate let through.
fn uses(state: &State) -> u64 {
    state.tally().imported.saturating_add(state.tally().opened)
}

/// What a ledger has that made-up data would be mixed with, in words; empty when it has nothing.
#[must_use]
pub fn contents(state: &State) -> Vec<String> {
    let held = [Need::Packs, Need::Buckets, Need::People, Need::Seats, Need::Use];
    let counted = held.into_iter().map(|need| (need.key(), need.count(state, 0)));
    let more = [
        ("groups", state.estate().groups().len() as u64),
        ("sites", state.estate().sites().len() as u64),
        ("charges", u64::from(state.charges().span().is_some())),
    ];
    let there = counted.chain(more).filter(|(_, count)| *count > 0);
    there.map(|(name, _)| name.to_owned()).collect()
}

/// An estate that was made up, as the events of a journal of its own.
pub struct MadeUp<'a> {
    /// What defines it, from the agreement on.
    pub setup: Vec<Event>,
    /// Its history, by the ids that the setup gives.
    pub uses: Vec<KnownUse<'a>>,
}

/// Why made-up data was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum NotFilled {
    /// The ledger is not empty.
    #[error("the ledger is not empty: it has {}", .0.join(", "))]
    NotEmpty(Vec<String>),
    /// The store or the clock failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Fills an empty ledger with a made-up estate, on the terms that were agreed: its contract and tariff stay.
///
/// # Errors
/// [`NotFilled`]. What defines the estate and its history are a transaction each; where the second fails, the first
/// stays.
pub fn fill(engine: &mut Engine, by: &str, made_up: MadeUp<'_>) -> Result<(), NotFilled> {
    let (events, products) = {
        let shared = engine.state();
        let state = shared.read();
        let there = contents(&state);
        if !there.is_empty() {
            return Err(NotFilled::NotEmpty(there));
        }
        as_here(&state, by, made_up.setup)
    };
    engine.append(events)?;
    let here = |product: ProductId| products.get(product.index()).copied().unwrap_or(product);
    let uses = made_up.uses.into_iter();
    record_generated(engine, uses.map(|one| KnownUse { product: here(one.product), ..one }))?;
    engine.keep_snapshot()?;
    Ok(())
}

/// The setup by the ids that its products and offerings have here, and those of its products.
fn as_here(state: &State, by: &str, setup: Vec<Event>) -> (Vec<Event>, Vec<ProductId>) {
    let mut ids =
        Ids { estate: state.estate().clone(), products: Vec::new(), offerings: Vec::new() };
    let what = "fill the empty ledger with a made-up estate".to_owned();
    let mut events = vec![Event::Ordered { by: by.to_owned(), what }];
    events.extend(setup.into_iter().filter_map(|event| ids.here(event)));
    (events, ids.products)
}

/// What the ids of a journal of its own are here.
struct Ids {
    /// The estate as it will be.
    estate: Estate,
    products: Vec<ProductId>,
    offerings: Vec<OfferingId>,
}

impl Ids {
    fn here(&mut self, event: Event) -> Option<Event> {
        match event {
            // Here they are agreed already.
            Event::ContractAgreed { .. } | Event::TariffAdopted(_) => None,
            Event::ProductsDefined(products) => {
                let define = |product: &_| self.estate.define_product(Clone::clone(product));
                self.products = products.iter().map(define).collect();
                Some(Event::ProductsDefined(products))
            }
            Event::OfferingsDefined(offerings) => {
                let mut new = Vec::new();
                for offering in offerings {
                    let known = self.estate.offering_called(&offering.key);
                    self.offerings.push(known.unwrap_or_else(|| {
                        new.push(offering.clone());
                        self.estate.define_offering(offering)
                    }));
                }
                (!new.is_empty()).then_some(Event::OfferingsDefined(new))
            }
            Event::SeatsAdded(seats) => {
                let here = |id: OfferingId| self.offerings.get(id.index()).copied().unwrap_or(id);
                let seats = seats.into_iter();
                let seats = seats.map(|seat| Seat { offering: here(seat.offering), ..seat });
                Some(Event::SeatsAdded(seats.collect()))
            }
            other => Some(other),
        }
    }
}

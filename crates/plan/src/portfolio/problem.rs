//! What is asked: people and their uses, what can be bought, and what must hold.
//!
//! Money is in micro-units of one currency, for one term. Tokens are whole numbers of a unit that the caller picks,
//! a token or a hundredth of one; prices are for one such unit. Sets of products and of offerings are masks: bit
//! *n* is the *n*-th of the list.

/// Everything that decides the mix.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// At most 64.
    pub products: Vec<Product>,
    /// At most 64.
    pub offerings: Vec<Offering>,
    /// Everybody who uses something.
    pub people: Vec<Person>,
    /// What departments are promised.
    pub minima: Vec<Minimum>,
    /// How tokens are bought.
    pub tokens: Tokens,
    /// The whole may not cost more, in micro-units.
    pub budget: Option<i64>,
}

/// A product family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// Whether it can be paid with tokens at all; else whoever uses it needs an offering that covers it.
    pub on_flex: bool,
}

/// What can be bought: a product seat or a Collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// A seat for the term, in micro-units.
    pub price: i64,
    /// The products that a seat covers.
    pub covers: u64,
    /// Quantity discounts by seats bought, ascending; more than needed may be bought to reach one.
    pub tiers: Vec<SeatTier>,
    /// Seats already paid for within the term: they cost nothing, and do not count for a discount.
    pub owned: u32,
    /// At least so many are held, owned and bought together; a seat held may lie free.
    pub least: u32,
    /// At most so many are held.
    pub most: Option<u32>,
}

impl Offering {
    /// At one price, with no conditions.
    #[must_use]
    pub fn simple(price: i64, covers: u64) -> Self {
        Self { price, covers, tiers: Vec::new(), owned: 0, least: 0, most: None }
    }
}

/// A quantity discount on all seats bought of an offering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatTier {
    /// From so many seats bought on.
    pub from: u32,
    /// Each of them, in micro-units.
    pub price: i64,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they will use over the term.
    pub uses: Vec<Use>,
    /// The offerings they may get: none for a contractor.
    pub may_hold: u64,
    /// Whether they may use tokens; else all they use must be covered.
    pub may_use_tokens: bool,
    /// On the no-move list: exactly these offerings.
    pub keeps: Option<u64>,
    /// The offerings they hold now.
    pub present: u64,
    /// What it costs to change these, in micro-units.
    pub switching: i64,
    /// Their department, for [`Problem::minima`].
    pub department: u32,
}

impl Person {
    /// Somebody who may hold and use anything, and holds nothing yet.
    #[must_use]
    pub fn new(uses: Vec<Use>) -> Self {
        Self {
            uses,
            may_hold: u64::MAX,
            may_use_tokens: true,
            keeps: None,
            present: 0,
            switching: 0,
            department: 0,
        }
    }
}

/// One product that a person uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its place in [`Problem::products`].
    pub product: u8,
    /// What it would burn over the term if it were on tokens.
    pub tokens: i64,
}

/// So many people of a department hold at least one of these offerings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// Which department.
    pub department: u32,
    /// Which offerings count.
    pub offerings: u64,
    /// How many people.
    pub people: u32,
}

/// How tokens are bought. Each tier can be had with each commitment; the cheapest combination that fits is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Prices by quantity bought; more than needed may be bought to reach one.
    pub tiers: Vec<TokenTier>,
    /// Further discounts for promising a quantity; none is always possible.
    pub commitments: Vec<Commitment>,
    /// Flat fees for up to a quantity, instead.
    pub flat: Vec<FlatFee>,
    /// R₀: tokens left over from before.
    pub carried: i64,
    /// b: bought beyond what will be used, in millionths of it.
    pub buffer_millionths: u32,
    /// U: no more than this can be bought.
    pub most: Option<i64>,
    /// Tokens may not cost more than this, in micro-units.
    pub budget: Option<i64>,
}

impl Tokens {
    /// At one price, with no conditions.
    #[must_use]
    pub fn at(price: i64) -> Self {
        Self { tiers: vec![TokenTier { from: 0, to: None, price }], ..Self::default() }
    }
}

/// A price for all tokens bought, when the quantity is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTier {
    /// From this quantity on.
    pub from: i64,
    /// Up to and with this quantity; without an end a larger one may be bought at this price too.
    pub to: Option<i64>,
    /// Of one unit, in micro-units.
    pub price: i64,
}

/// A promise to buy at least a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// The quantity.
    pub least: i64,
    /// What the price falls by, in millionths of it.
    pub discount_millionths: u32,
}

/// One sum for all that is used, up to a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlatFee {
    /// In micro-units.
    pub fee: i64,
    /// The quantity.
    pub up_to: i64,
}

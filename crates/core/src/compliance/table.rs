//! Use by place as a table: what its rows are divided by, and over how long they are counted.

use crate::estate::{Country, Domain, ProductId, SiteId};
use crate::when::Date;

/// What rows are divided by, beside the place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The bucket, or the offering of the seat, that paid; whoever was turned away is a row of their own.
    #[default]
    Payer,
    /// What was asked for.
    Product,
    /// Nothing more.
    Place,
}

/// Over how long a row is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Over {
    /// A month of the contract's zone.
    #[default]
    Month,
    /// The whole period.
    Period,
}

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// The bucket, or the offering of the seat, that paid.
    Payer(Domain),
    /// What was asked for.
    Product(ProductId),
}

/// What a row of the table counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// First date of the month, in the contract's zone; `None` for the whole period.
    pub month: Option<Date>,
    /// The country; `None` where nothing speaks for one.
    pub country: Option<Country>,
    /// The site; `None` outside of all.
    pub site: Option<SiteId>,
    /// What it is of. `None` by payer for those turned away, by product for what the contract does not know, and where
    /// rows are divided by nothing more.
    pub of: Option<Of>,
}

/// How much use there was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Requests let through.
    pub opened: u64,
    /// Requests turned away, for whatever reason.
    pub refused: u64,
    /// Of all these, outside of a territory.
    pub breaches: u64,
}

impl Used {
    pub(super) fn add(&mut self, more: Self) {
        let Self { opened, refused, breaches } = more;
        self.opened = self.opened.saturating_add(opened);
        self.refused = self.refused.saturating_add(refused);
        self.breaches = self.breaches.saturating_add(breaches);
    }
}

/// As finely as use is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Cell {
    pub(super) month: Date,
    pub(super) country: Option<Country>,
    pub(super) site: Option<SiteId>,
    /// `None` for those turned away.
    pub(super) payer: Option<Domain>,
    /// `None` for what the contract does not know.
    pub(super) product: Option<ProductId>,
}

impl Cell {
    pub(super) fn row(self, by: By, over: Over) -> Row {
        let Self { month, country, site, payer, product } = self;
        let of = match by {
            By::Payer => payer.map(Of::Payer),
            By::Product => product.map(Of::Product),
            By::Place => None,
        };
        Row { month: (over == Over::Month).then_some(month), country, site, of }
    }
}

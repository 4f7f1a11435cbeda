//! What rows say: typed, with keys still as text, since only the plan knows what they name.

use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::caps::{Each, Measure, Span, Then};
use faregate_core::estate::{Breach, Country, Hours, Leftover, Network, Period};
use faregate_core::event::Mode;
use faregate_core::when::{Date, Instant, Zone};

/// A value that a row may leave as it is, take away, or set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Said<T> {
    /// The column is missing or empty: what is there stays.
    #[default]
    Nothing,
    /// `-`: nothing is to be there.
    Cleared,
    /// This is to be there.
    Value(T),
}

impl<T> Said<T> {
    /// What is there afterwards.
    #[must_use]
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => before,
            Self::Cleared => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, when one is said.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// A date, whose zone is the contract's, or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// The beginning of a date.
    Date(Date),
    /// Exactly then.
    Instant(Instant),
}

impl When {
    /// The instant, dates beginning as they do in `zone`.
    #[must_use]
    pub fn instant(self, zone: &Zone) -> Instant {
        match self {
            Self::Date(date) => zone.start_of(date),
            Self::Instant(instant) => instant,
        }
    }
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: Option<String>,
    /// Its dimension.
    pub dimension: Said<String>,
    /// Keys of the groups above.
    pub parents: Option<Vec<String>>,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their key; their e-mail or employee id where there is no column for it.
    pub key: String,
    /// Their name.
    pub name: Option<String>,
    /// Key of the bucket that pays for them.
    pub bucket: Option<String>,
    /// Keys of all groups that they are put into.
    pub groups: Option<Vec<String>>,
    /// Name of their department: a group of the dimension `department`.
    pub department: Said<String>,
    /// Their cost centre: a group of the dimension `cost-centre`.
    pub cost_centre: Said<String>,
    /// Whether they work here on a contract of their own.
    pub contractor: Option<bool>,
    /// When they may open nothing any more.
    pub until: Said<When>,
    /// Further names, e-mail and employee id included.
    pub aliases: Vec<String>,
    /// Their manager: read so that a staff list passes as it is, and not kept.
    pub manager: Option<String>,
}

/// A dated name of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub alias: String,
    /// Key of the person.
    pub person: String,
    /// Since when; `None`: always.
    pub from: Option<When>,
    /// Until when; `None`: for ever.
    pub until: Option<When>,
}

/// Seats of one offering, term and holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Key of the offering.
    pub offering: String,
    /// Key of the holder; `None`: free.
    pub person: Option<String>,
    /// Beginning of the term.
    pub from: When,
    /// First instant after it.
    pub until: When,
    /// How many.
    pub count: u32,
}

/// A site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: Option<String>,
    /// Its country.
    pub country: Option<Country>,
    /// Its zone.
    pub zone: Option<Zone>,
    /// All its networks.
    pub networks: Option<Vec<Network>>,
}

/// A region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: Option<String>,
    /// All its countries.
    pub countries: Option<Vec<Country>>,
}

/// What a territory is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// The tokens of the contract.
    Pool,
    /// The tokens of a bucket, by key.
    Bucket(String),
    /// The seats of an offering, by key.
    Offering(String),
    /// One seat, by number.
    Seat(u32),
}

impl core::fmt::Display for Of {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Pool => f.write_str("pool"),
            Self::Bucket(key) => write!(f, "bucket:{key}"),
            Self::Offering(key) => write!(f, "offering:{key}"),
            Self::Seat(number) => write!(f, "seat:{number}"),
        }
    }
}

/// A territory. What it is of and since when are its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Territory {
    /// Of what.
    pub of: Of,
    /// Regions' keys and countries' codes.
    pub allowed: Option<Vec<String>>,
    /// Since when; `None`: always.
    pub from: Option<When>,
    /// Until when.
    pub until: Said<When>,
    /// What is done about use elsewhere.
    pub breach: Option<Breach>,
    /// What is done about use from nobody knows where.
    pub unknown: Option<Breach>,
}

/// A schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Its key.
    pub key: String,
    /// Its zone.
    pub zone: Option<Zone>,
    /// All its hours.
    pub hours: Option<Vec<Hours>>,
    /// Dates on which it does not go on.
    pub except: Option<Vec<Date>>,
    /// First date.
    pub from: Said<Date>,
    /// First date after.
    pub until: Said<Date>,
}

/// A bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: Option<String>,
    /// Key of the bucket above.
    pub parent: Said<String>,
    /// Keys of those who decide on it.
    pub owners: Option<Vec<String>>,
    /// How long an allocation is for.
    pub period: Option<Period>,
    /// What becomes of the rest then.
    pub leftover: Option<Leftover>,
    /// Whether those below may borrow from it.
    pub lends: Option<bool>,
    /// What it is given when it is new.
    pub tokens: Option<Ticks>,
}

/// Over which time a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// What goes on at once.
    Now,
    /// A span of time.
    Span(Span),
}

/// A cap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cap {
    /// Its key.
    pub key: String,
    /// Only this person.
    pub person: Said<String>,
    /// Only members of this group.
    pub group: Said<String>,
    /// Only this product.
    pub product: Said<String>,
    /// Only what this bucket pays.
    pub bucket: Said<String>,
    /// For whom it is counted.
    pub each: Option<Each>,
    /// What is counted.
    pub measure: Option<Measure>,
    /// Over which time.
    pub per: Option<Per>,
    /// The most there may be, in millionths of a token, or of a number.
    pub limit: Option<i64>,
    /// What happens beyond.
    pub then: Option<Then>,
    /// Whether it decides.
    pub mode: Option<Mode>,
}

/// What is agreed of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Keys of those who decide where no bucket's owner does.
    pub owners: Option<Vec<String>>,
    /// From here on two have to say yes.
    pub large: Said<Ticks>,
    /// An unanswered request ends after so many days.
    pub request_days: Option<u32>,
    /// How often a seat may be given to somebody on a day.
    pub seat_moves_a_day: Option<u32>,
    /// On how many workstations at once a seat may be used.
    pub seat_hosts_max: Said<u32>,
    /// What giving a free seat to somebody is reckoned to cost.
    pub seat_move_cost: Said<Money>,
    /// The part of an ending pack that lives on, in millionths.
    pub carry_percent: Said<u32>,
    /// For how many days.
    pub carry_days: Option<u32>,
}

/// An exchange rate. Both currencies and the date are its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    /// The currency converted from.
    pub of: Currency,
    /// Price of one unit of it.
    pub price: Money,
    /// First date.
    pub from: Date,
}

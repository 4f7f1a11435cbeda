//! What use costs: dated rates per product and meter, with their source. Data, never constants.
//!
//! To add a meter: a variant of [`Meter`], its span in [`Meter::unit_end`], a vector in the tests.

use crate::amount::{Money, Ticks};
use crate::when::{Date, HOUR, Instant, Zone};
use core::fmt;
use rustc_hash::FxHashMap;

/// What one unit of a charge is (F3).
///
/// ```
/// use faregate_core::tariff::Meter;
/// use faregate_core::when::{Instant, Zone};
///
/// // 22:00 in Berlin, the evening before a day of 25 hours.
/// let berlin = Zone::named("Europe/Berlin")?;
/// let start: Instant = "2026-10-24T20:00:00Z".parse().unwrap();
/// assert_eq!(Meter::Window24h.unit_end(start, &berlin), start.plus(24 * 3_600));
/// assert_eq!(Meter::CalendarDay.unit_end(start, &berlin), start.plus(2 * 3_600));
/// # Ok::<(), faregate_core::when::UnknownZone>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meter {
    /// 86,400 elapsed seconds from the first active instant after the previous window.
    Window24h,
    /// Each local date touched, in the contract's zone.
    CalendarDay,
    /// Each started hour of each uninterrupted stretch of use.
    StartedHour,
    /// Each started minute of each uninterrupted stretch of use.
    Minute,
    /// Each result (a job, a rendering); time does not matter.
    Result,
}

impl Meter {
    /// All meters.
    pub const ALL: [Self; 5] =
        [Self::Window24h, Self::CalendarDay, Self::StartedHour, Self::Minute, Self::Result];

    /// The name on the wire and in tariff files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Window24h => "window-24h",
            Self::CalendarDay => "calendar-day",
            Self::StartedHour => "started-hour",
            Self::Minute => "minute",
            Self::Result => "result",
        }
    }

    /// The meter with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meter| meter.key() == key)
    }

    /// The first instant that a unit started at `start` no longer covers.
    #[must_use]
    pub fn unit_end(self, start: Instant, zone: &Zone) -> Instant {
        match self {
            Self::Window24h => start.plus(crate::when::DAY),
            Self::CalendarDay => zone.next_date(start),
            Self::StartedHour => start.plus(HOUR),
            Self::Minute => start.plus(60),
            Self::Result => start,
        }
    }

    /// Whether an interruption of use ends the unit, so that the next use starts a new one at once.
    #[must_use]
    pub const fn ends_with_use(self) -> bool {
        matches!(self, Self::StartedHour | Self::Minute)
    }

    /// How far two sources' clocks may differ about the start of the same unit, in seconds.
    #[must_use]
    pub const fn tolerance_seconds(self) -> i64 {
        match self {
            Self::Window24h | Self::CalendarDay | Self::StartedHour => 300,
            Self::Minute => 30,
            Self::Result => 0,
        }
    }
}

/// The price of one unit of a product's use, while it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Key of the product family.
    pub product: String,
    /// What is counted.
    pub meter: Meter,
    /// Price of one unit.
    pub ticks: Ticks,
    /// First date in force; `None`: since ever.
    pub from: Option<Date>,
    /// First date no longer in force; `None`: until further notice.
    pub until: Option<Date>,
    /// Where the figure was read.
    pub source: String,
}

impl Rate {
    fn overlaps(&self, other: &Self) -> bool {
        let starts_before_end = |a: &Self, b: &Self| match (a.from, b.until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        };
        self.product == other.product
            && starts_before_end(self, other)
            && starts_before_end(other, self)
    }
}

/// The list price of a named-user subscription for one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatPrice {
    /// Key of the offering.
    pub offering: String,
    /// Name to show.
    pub name: String,
    /// Price for one year.
    pub per_year: Money,
    /// Keys of the products covered, the primary one first.
    pub covers: Vec<String>,
    /// Where the figure was read.
    pub source: String,
}

/// The price of one token from a date on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPrice {
    /// Money for one token.
    pub per_token: Money,
    /// First date in force; `None`: since ever.
    pub from: Option<Date>,
}

/// A tariff as written down: everything needed to validate it and to compute with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TariffParts {
    /// Stable kebab-case name, for example `flex-daily`.
    pub name: String,
    /// Title to show.
    pub title: String,
    /// Where the whole comes from.
    pub source: String,
    /// Launches shorter than this many seconds cost nothing.
    pub grace_seconds: i64,
    /// Use is taken to end this many seconds after the last activity.
    pub idle_seconds: i64,
    /// Prices of one token, by date.
    pub prices: Vec<TokenPrice>,
    /// Rates of products.
    pub rates: Vec<Rate>,
    /// List prices of subscriptions.
    pub seats: Vec<SeatPrice>,
}

/// A validated tariff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    parts: TariffParts,
    by_product: FxHashMap<String, Vec<usize>>,
}

impl Tariff {
    /// Validates the parts.
    ///
    /// # Errors
    /// [`BadTariff`] naming the first rate that is negative, ends before it starts or overlaps another,
    /// or the first price or rule below zero.
    pub fn new(parts: TariffParts) -> Result<Self, BadTariff> {
        if parts.grace_seconds < 0 || parts.idle_seconds < 0 {
            return Err(BadTariff::NegativeRule);
        }
        if parts.prices.iter().any(|price| price.per_token.micros < 0) {
            return Err(BadTariff::NegativePrice);
        }
        let mut by_product: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, rate) in parts.rates.iter().enumerate() {
            check_rate(index, rate)?;
            let earlier = by_product.entry(rate.product.clone()).or_default();
            let clash = earlier
                .iter()
                .copied()
                .find(|&i| parts.rates.get(i).is_some_and(|r| r.overlaps(rate)));
            if let Some(first) = clash {
                return Err(BadTariff::Overlap {
                    product: rate.product.clone(),
                    first,
                    second: index,
                });
            }
            earlier.push(index);
        }
        Ok(Self { parts, by_product })
    }

    /// The parts, as written down.
    #[must_use]
    pub fn parts(&self) -> &TariffParts {
        &self.parts
    }

    /// The rate in force for a product at an instant, dates read in `zone`.
    #[must_use]
    pub fn rate(&self, product: &str, at: Instant, zone: &Zone) -> Option<&Rate> {
        let indexes = self.by_product.get(product)?;
        let mut rates = indexes.iter().filter_map(|&index| self.parts.rates.get(index));
        if let [only] = indexes.as_slice() {
            let undated = self
                .parts
                .rates
                .get(*only)
                .filter(|rate| rate.from.is_none() && rate.until.is_none());
            if undated.is_some() {
                return undated;
            }
        }
        let date = zone.date(at);
        rates.find(|rate| {
            rate.from.is_none_or(|from| from <= date) && rate.until.is_none_or(|until| date < until)
        })
    }

    /// The price of a token at an instant, dates read in `zone`.
    #[must_use]
    pub fn token_price(&self, at: Instant, zone: &Zone) -> Option<Money> {
        let in_force = |price: &&TokenPrice| price.from.is_none_or(|from| from <= zone.date(at));
        let latest = self.parts.prices.iter().filter(in_force).max_by_key(|price| price.from)?;
        Some(latest.per_token)
    }
}

fn check_rate(index: usize, rate: &Rate) -> Result<(), BadTariff> {
    let product = || rate.product.clone();
    if rate.ticks.0 < 0 {
        return Err(BadTariff::NegativeRate { product: product(), rate: index });
    }
    match (rate.from, rate.until) {
        (Some(from), Some(until)) if until <= from => {
            Err(BadTariff::EmptySpan { product: product(), rate: index })
        }
        _ => Ok(()),
    }
}

/// Why a tariff is refused; indexes count `rates` from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadTariff {
    /// A rate below zero.
    NegativeRate {
        /// Product key.
        product: String,
        /// Which rate.
        rate: usize,
    },
    /// A rate that ends before it starts.
    EmptySpan {
        /// Product key.
        product: String,
        /// Which rate.
        rate: usize,
    },
    /// Two rates of one product in force on the same date.
    Overlap {
        /// Product key.
        product: String,
        /// The earlier rate in the file.
        first: usize,
        /// The later rate in the file.
        second: usize,
    },
    /// A token price below zero.
    NegativePrice,
    /// Grace or idle time below zero.
    NegativeRule,
}

impl fmt::Display for BadTariff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NegativeRate { product, .. } => write!(f, "the rate of `{product}` is negative"),
            Self::EmptySpan { product, .. } => {
                write!(f, "a rate of `{product}` ends before it starts")
            }
            Self::Overlap { product, .. } => {
                write!(f, "two rates of `{product}` are in force on the same date")
            }
            Self::NegativePrice => write!(f, "the price of a token is negative"),
            Self::NegativeRule => write!(f, "grace and idle times cannot be negative"),
        }
    }
}

#[cfg(test)]
mod tests;

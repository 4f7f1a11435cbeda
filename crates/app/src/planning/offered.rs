//! What the vendor offers and what must hold, as somebody wrote it in TOML: prices, tiers, commitments, budgets.
//!
//! Everything may be left out: then there is one price, the tariff's, and nothing else to keep to.

mod lines;

use faregate_plan::sizing::Invalid;
use lines::{line_at, line_of};
use serde::Deserialize;
use std::collections::BTreeMap;

/// So many levers of a kind are tried: all combinations of them are.
const LEVERS_MAX: usize = 6;

/// What is offered, and what must hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Offered {
    /// One token bought ahead; the tariff's price by default.
    pub token_price: Option<f64>,
    /// One token bought when the pool has run dry; as the price by default.
    pub topup_price: Option<f64>,
    /// What a missing token costs beyond its price; half its price by default.
    pub stock_out: Option<f64>,
    /// The same for the people of a bucket, by its key.
    pub stock_out_of: BTreeMap<String, f64>,
    /// Days from ordering a top-up until its tokens are there.
    pub lead_days: u32,
    /// How sure it is to be that the tokens last until then, 0 to 1.
    pub service: f64,
    /// The share of a purchase that may be carried into the next year, 0 to 1.
    pub carry_forward: f64,
    /// Whether the pool is for people who were picked because they use little: they will use more (F15).
    pub picked: bool,
    /// The sizes of the packs that are sold.
    pub packs: Vec<u32>,
    /// Quantity discounts on tokens.
    pub tier: Vec<Discount>,
    /// Discounts for promising a quantity of tokens.
    pub commitment: Vec<Discount>,
    /// Tokens bought beyond what will be used, as a share of it.
    pub buffer: f64,
    /// Tokens left over from before.
    pub left_over: u32,
    /// All of it may not cost more than this in a year.
    pub budget: Option<f64>,
    /// Tokens may not cost more than this in a year.
    pub token_budget: Option<f64>,
    /// Off the list price of all seats, 0 to 1.
    pub seat_discount: f64,
    /// Quantity discounts on seats.
    pub seat_tier: Vec<SeatDiscount>,
    /// At least so many people of a group hold a seat of an offering.
    pub minimum: Vec<Minimum>,
    /// Whether seats whose terms go on are there already and cost nothing more.
    pub within_term: bool,
    /// People who keep the seats they have.
    pub keep: Vec<String>,
    /// What is asked about a renewal.
    pub renewal: Renewal,
}

impl Default for Offered {
    fn default() -> Self {
        Self {
            token_price: None,
            topup_price: None,
            stock_out: None,
            stock_out_of: BTreeMap::new(),
            lead_days: 10,
            service: 0.95,
            carry_forward: 0.0,
            picked: false,
            packs: vec![100],
            tier: Vec::new(),
            commitment: Vec::new(),
            buffer: 0.0,
            left_over: 0,
            budget: None,
            token_budget: None,
            seat_discount: 0.0,
            seat_tier: Vec::new(),
            minimum: Vec::new(),
            within_term: false,
            keep: Vec::new(),
            renewal: Renewal::default(),
        }
    }
}

/// From so many tokens on, so much off the price.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// Tokens.
    pub from: u32,
    /// 0 to 1.
    pub discount: f64,
}

/// From so many seats on, so much off the price of all of them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatDiscount {
    /// Key of the offering.
    pub offering: String,
    /// Seats.
    pub from: u32,
    /// 0 to 1.
    pub discount: f64,
}

/// At least so many people of a group hold a seat of an offering.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    /// Key of the bucket that pays for them.
    pub bucket: String,
    /// Key of the offering.
    pub offering: String,
    /// How many.
    pub people: u32,
}

/// What is asked about a renewal.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Renewal {
    /// Tokens that the vendor says were used last year; what was charged by default.
    pub last_year: Option<f64>,
    /// By how much the vendor says it will grow.
    pub growth: f64,
    /// By how much we think it will, and the standard deviation of that.
    pub trend: Option<[f64; 2]>,
    /// Volume discounts to put a value on.
    pub tier: Vec<f64>,
    /// Commitment discounts.
    pub commitment: Vec<f64>,
    /// Commitments, as shares of what is expected.
    pub commit_to: Vec<f64>,
    /// Shares that may be carried forward.
    pub carry_forward: Vec<f64>,
    /// Years without a rise of prices.
    pub freeze: Vec<u32>,
    /// How much prices would rise a year, and the standard deviation of that.
    pub rise: [f64; 2],
    /// What seats and tokens bought together save, as shares of both.
    pub bundle: Vec<f64>,
}

impl Default for Renewal {
    /// The ranges of guide 004's table of levers.
    fn default() -> Self {
        Self {
            last_year: None,
            growth: 0.12,
            trend: None,
            tier: vec![0.05, 0.115, 0.18],
            commitment: vec![0.08, 0.15, 0.22],
            commit_to: vec![1.0, 1.2],
            carry_forward: vec![0.05, 0.10, 0.15],
            freeze: vec![1, 2],
            rise: [0.05, 0.03],
            bundle: vec![0.02, 0.08],
        }
    }
}

/// What is written cannot be offered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Misread {
    /// It is no TOML, or has a field that means nothing.
    #[error("{0}")]
    Text(String),
    /// What is wrong, and in which line.
    #[error("line {line}: {what}")]
    At {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: Box<Self>,
    },
    /// A share is not from 0 to 1.
    #[error("`{name}` is {value}, not a share from 0 to 1")]
    Share {
        /// Which.
        name: &'static str,
        /// What it is.
        value: f64,
    },
    /// An amount is below zero, or no number.
    #[error("`{name}` is {value}: it must be a number of at least 0")]
    Amount {
        /// Which.
        name: &'static str,
        /// What it is.
        value: f64,
    },
    /// Two tiers begin at the same quantity.
    #[error("two of `{name}` begin at {from}: they overlap")]
    Overlap {
        /// Which.
        name: &'static str,
        /// Where.
        from: u32,
    },
    /// A list is longer than can be tried.
    #[error("a list of `{name}` has more than {most} entries")]
    TooMany {
        /// Which.
        name: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// There is no such bucket, offering or person.
    #[error("there is no {0} `{1}`")]
    Unknown(&'static str, String),
    /// The mathematics cannot take it.
    #[error("{0}")]
    Invalid(#[from] Invalid),
}

impl Misread {
    /// The line at fault, from 1, and what is wrong with it.
    #[must_use]
    pub fn line_and_what(&self) -> (Option<usize>, &Self) {
        match self {
            Self::At { line, what } => (Some(*line), what),
            other => (None, other),
        }
    }

    fn at(self, line: Option<usize>) -> Self {
        match line {
            Some(line) => Self::At { line, what: Box::new(self) },
            None => self,
        }
    }

    fn line_in(&self, text: &str) -> Option<usize> {
        match self {
            Self::Share { name, value } | Self::Amount { name, value } => {
                line_of(text, name, *value, 0)
            }
            Self::Overlap { name, from } => line_of(text, name, f64::from(*from), 1),
            _ => None,
        }
    }
}

impl Offered {
    /// Reads what somebody wrote.
    ///
    /// # Errors
    /// [`Misread`].
    pub fn read(text: &str) -> Result<Self, Misread> {
        let read: Self = toml::from_str(text).map_err(|why| {
            let what = Misread::Text(why.message().lines().collect::<Vec<_>>().join("; "));
            what.at(why.span().map(|span| line_at(text, span.start)))
        })?;
        read.checked().map_err(|why| {
            let line = why.line_in(text);
            why.at(line)
        })
    }

    fn checked(self) -> Result<Self, Misread> {
        let share = |name, value: f64| match (0.0..=1.0).contains(&value) {
            true => Ok(()),
            false => Err(Misread::Share { name, value }),
        };
        let amount = |name, value: f64| match value >= 0.0 && value.is_finite() {
            true => Ok(()),
            false => Err(Misread::Amount { name, value }),
        };
        for (name, value) in [
            ("token_price", self.token_price),
            ("topup_price", self.topup_price),
            ("stock_out", self.stock_out),
            ("budget", self.budget),
            ("token_budget", self.token_budget),
        ] {
            value.map_or(Ok(()), |value| amount(name, value))?;
        }
        self.stock_out_of.values().try_for_each(|value| amount("stock_out_of", *value))?;
        share("service", self.service)?;
        share("carry_forward", self.carry_forward)?;
        share("seat_discount", self.seat_discount)?;
        amount("buffer", self.buffer)?;
        let discounts = self.tier.iter().chain(&self.commitment).map(|one| one.discount);
        discounts
            .chain(self.seat_tier.iter().map(|one| one.discount))
            .try_for_each(|value| share("discount", value))?;
        apart("tier", self.tier.iter().map(|one| one.from))?;
        apart("commitment", self.commitment.iter().map(|one| one.from))?;
        let Renewal { tier, commitment, carry_forward, bundle, commit_to, freeze, .. } =
            &self.renewal;
        let lists = [tier, commitment, carry_forward, bundle, commit_to].map(Vec::len);
        if lists.into_iter().chain([freeze.len()]).any(|count| count > LEVERS_MAX) {
            return Err(Misread::TooMany { name: "renewal", most: LEVERS_MAX });
        }
        for shares in [tier, commitment, carry_forward, bundle] {
            shares.iter().try_for_each(|value| share("renewal", *value))?;
        }
        commit_to.iter().try_for_each(|value| amount("commit_to", *value))?;
        Ok(self)
    }
}

fn apart(name: &'static str, from: impl Iterator<Item = u32>) -> Result<(), Misread> {
    let mut all: Vec<u32> = from.collect();
    all.sort_unstable();
    let twice = all.windows(2).find(|pair| pair.first() == pair.last());
    match twice.and_then(<[u32]>::first) {
        Some(from) => Err(Misread::Overlap { name, from: *from }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_may_be_left_out() {
        assert_eq!(Offered::read("").unwrap(), Offered::default());
    }

    #[track_caller]
    fn refused(text: &str, words: &str) {
        let why = Offered::read(text).unwrap_err().to_string();
        assert!(why.contains(words), "{why}");
    }

    #[test]
    fn what_cannot_be_offered_is_refused_with_its_name_and_place() {
        refused("token_price = -1", "line 1: `token_price` is -1");
        refused("# none\nstock_out = nan", "line 2: `stock_out` is NaN");
        refused("service = 1.5", "line 1: `service` is 1.5, not a share");
        refused("[renewal]\ngrowth = 1\ntier = [\n0.1,\n2]", "line 5: `renewal` is 2");
        refused("[stock_out_of]\na = 1\nb = -2", "line 3: `stock_out_of` is -2");
        refused("[[tier]]\nfrom = 100\ndiscount = 1.2", "line 3: `discount` is 1.2");
        refused(
            "[[tier]]\nfrom = 100\ndiscount = 0.1\n[[tier]]\nfrom = 100\ndiscount = 0.2",
            "line 5: two of `tier` begin at 100: they overlap",
        );
        refused("picked = true\ntokens = 5", "line 2: unknown field `tokens`");
        refused("[renewal]\ntier = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]", "more than 6 entries");
    }
}

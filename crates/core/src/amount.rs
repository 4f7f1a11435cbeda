//! Exact amounts: tokens in integer ticks, money in integer micro-units with a currency.
//!
//! No float ever enters or leaves the ledger. Rounding happens once, half to even, where an amount
//! becomes a line of a report.

use core::fmt;

/// Ticks in one token: with 3.6·10⁹, a whole number of micro-tokens an hour is exact per second (F1).
pub const TICKS_PER_TOKEN: i64 = 3_600_000_000;
/// Ticks in one millionth of a token.
pub const TICKS_PER_MICRO_TOKEN: i64 = 3_600;
/// Micro-units in one unit of any currency.
pub const MICROS_PER_UNIT: i64 = 1_000_000;

/// A quantity of tokens, in ticks of 1/3.6·10⁹ token. Negative on the source side of an entry.
///
/// ```
/// use faregate_core::amount::{Currency, Money, Ticks};
///
/// // Five tokens an hour are a whole number of ticks a second.
/// let per_hour = Ticks::from_tokens(5).unwrap();
/// assert_eq!(per_hour.0 / 3_600, 5_000_000);
/// assert_eq!(Ticks::from_micro_tokens(412_500_000).unwrap().to_string(), "412.5");
/// // Amounts leave the range as `None`, never silently.
/// assert_eq!(Ticks(i64::MAX).plus(Ticks(1)), None);
/// // 2,200 tokens at $0.30 are $660.
/// let price = Money { micros: 300_000, currency: Currency::USD };
/// assert_eq!(price.for_tokens(Ticks::from_tokens(2_200).unwrap()).to_string(), "660.00");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticks(pub i64);

impl Ticks {
    /// No tokens.
    pub const ZERO: Self = Self(0);

    /// Whole tokens, or `None` beyond ±2.56·10⁹ tokens.
    #[must_use]
    pub fn from_tokens(tokens: i64) -> Option<Self> {
        tokens.checked_mul(TICKS_PER_TOKEN).map(Self)
    }

    /// Millionths of a token, or `None` when out of range.
    #[must_use]
    pub fn from_micro_tokens(micro: i64) -> Option<Self> {
        micro.checked_mul(TICKS_PER_MICRO_TOKEN).map(Self)
    }

    /// Millionths of a token, rounded half to even.
    #[must_use]
    pub fn micro_tokens(self) -> i64 {
        let rounded = div_half_even(i128::from(self.0), i128::from(TICKS_PER_MICRO_TOKEN));
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }

    /// An *estimate* for display and charts; exact up to 2⁵³ micro-tokens.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "display only; never fed back into the ledger")]
    pub fn tokens(self) -> f64 {
        self.micro_tokens() as f64 / 1e6
    }

    /// `self + other`, or `None` when out of range.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `self − other`, or `None` when out of range.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `self × count`, or `None` when out of range.
    #[must_use]
    pub fn times(self, count: i64) -> Option<Self> {
        self.0.checked_mul(count).map(Self)
    }

    /// The amount with its sign turned.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Whether the amount is above zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The smaller of two amounts.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl core::iter::Sum for Ticks {
    /// Adds, and stays at the end of the range rather than wrap around it.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |total, amount| Self(total.0.saturating_add(amount.0)))
    }
}

impl fmt::Display for Ticks {
    /// Tokens with up to six decimals and no trailing zeros: `412`, `0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_micros(f, self.micro_tokens(), 0)
    }
}

/// Reads an exact decimal with at most six decimals as millionths: `9`, `0.5`, `-3.000001`.
///
/// # Errors
/// [`BadDecimal`] for anything else, so that no digit is dropped silently.
pub fn parse_micros(text: &str) -> Result<i64, BadDecimal> {
    let bad = || BadDecimal(text.to_owned());
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let empty_fraction = digits.contains('.') && fraction.is_empty();
    if whole.is_empty()
        || fraction.len() > 6
        || empty_fraction
        || !all_digits(whole)
        || !all_digits(fraction)
    {
        return Err(bad());
    }
    let whole: i64 = whole.parse().map_err(|_| bad())?;
    let digits = fraction.bytes().chain(core::iter::repeat(b'0')).take(6);
    let value = |digit: u8| i64::from(digit.saturating_sub(b'0'));
    let add = |sum: i64, digit| sum.saturating_mul(10).saturating_add(value(digit));
    let fraction = digits.fold(0, add);
    let micros = whole
        .checked_mul(MICROS_PER_UNIT)
        .and_then(|micros| micros.checked_add(fraction))
        .ok_or_else(bad)?;
    Ok(if negative { micros.saturating_neg() } else { micros })
}

/// A text that is no exact decimal with at most six decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadDecimal(pub String);

impl fmt::Display for BadDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a decimal number with at most six decimals", self.0)
    }
}

/// An ISO 4217 code of three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar, the currency of the vendor's list prices.
    pub const USD: Self = Self(*b"USD");

    /// Three capital letters, or `None`.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

/// An amount of money in millionths of its currency's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Millionths of one unit.
    pub micros: i64,
    /// What the unit is.
    pub currency: Currency,
}

impl Money {
    /// What `ticks` cost at `self` a token, rounded half to even to a micro-unit.
    #[must_use]
    pub fn for_tokens(self, ticks: Ticks) -> Self {
        let product = i128::from(self.micros).saturating_mul(i128::from(ticks.0));
        let micros = div_half_even(product, i128::from(TICKS_PER_TOKEN));
        Self { micros: i64::try_from(micros).unwrap_or(i64::MAX), currency: self.currency }
    }

    /// A part of it, in proportion, rounded half to even to a micro-unit; nothing of an empty whole.
    #[must_use]
    pub fn pro_rata(self, part: i64, whole: i64) -> Self {
        let product = i128::from(self.micros).saturating_mul(i128::from(part));
        let micros = if whole > 0 { div_half_even(product, i128::from(whole)) } else { 0 };
        Self { micros: i64::try_from(micros).unwrap_or(i64::MAX), currency: self.currency }
    }

    /// The sum, or `None` when the currencies differ or the range ends: there is no sum across
    /// currencies without a dated rate.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let micros = self.micros.checked_add(other.micros)?;
        Some(Self { micros, currency: self.currency })
    }
}

impl fmt::Display for Money {
    /// At least two decimals, more only when they are there: `1236.00`, `0.000001`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_micros(f, self.micros, 2)
    }
}

/// Shares of `total` in proportion to `weights`, by largest remainder: the parts sum to the whole.
///
/// Ties go to the earlier weight. All-zero weights share nothing and return zeros.
#[must_use]
pub fn split(total: Ticks, weights: &[Ticks]) -> Vec<Ticks> {
    let whole: i128 = weights.iter().map(|weight| i128::from(weight.0.max(0))).sum();
    if whole == 0 {
        return vec![Ticks::ZERO; weights.len()];
    }
    let exact = |weight: &Ticks| i128::from(total.0).saturating_mul(i128::from(weight.0.max(0)));
    let mut parts: Vec<i128> = weights.iter().map(|w| exact(w).div_euclid(whole)).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| {
        core::cmp::Reverse(weights.get(i).map_or(0, |w| exact(w).rem_euclid(whole)))
    });
    let left = i128::from(total.0).saturating_sub(parts.iter().sum());
    for &index in by_remainder.iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(index) {
            *part = part.saturating_add(1);
        }
    }
    parts.into_iter().map(|part| Ticks(i64::try_from(part).unwrap_or(i64::MAX))).collect()
}

/// `numerator / denominator` for a positive denominator, rounded half to even.
#[must_use]
pub fn div_half_even(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator.div_euclid(denominator);
    let twice = numerator.rem_euclid(denominator).saturating_mul(2);
    let up = twice > denominator || (twice == denominator && quotient.rem_euclid(2) == 1);
    quotient.saturating_add(i128::from(up))
}

fn write_micros(f: &mut fmt::Formatter<'_>, micros: i64, decimals_min: usize) -> fmt::Result {
    let sign = if micros < 0 { "-" } else { "" };
    let magnitude = micros.unsigned_abs();
    let (whole, fraction) = (magnitude / 1_000_000, magnitude % 1_000_000);
    let digits = format!("{fraction:06}");
    let significant = digits.trim_end_matches('0').len().max(decimals_min);
    let shown = digits.get(..significant).unwrap_or(&digits);
    let point = if shown.is_empty() { "" } else { "." };
    write!(f, "{sign}{whole}{point}{shown}")
}

#[cfg(test)]
mod tests;

//! Amounts as people's tools write them: `140.0`, `1,234.50`, `1.234,50`, `1 234`, `-3`.
//!
//! `1,234` is a thousand or a little more than one. Which it is, is decided for a whole column, by the values that
//! can only be read one way ([`Evidence`]), or said by somebody, and never guessed.

use faregate_core::amount::parse_micros;

mod evidence;

pub use evidence::{Evidence, Unclear};

/// What parts the whole from its decimals; the other of the two may part thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decimal {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl Decimal {
    /// Its word: `point` or `comma`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    /// What a word means.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Point, Self::Comma].into_iter().find(|decimal| decimal.key() == word)
    }

    const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadNumber {
    /// It cannot be read as one, or is more than the ledger can hold, or has more than six decimals.
    Unreadable,
    /// It can be read in two ways, and nothing says which.
    Ambiguous,
}

/// Reads an amount in millionths.
///
/// # Errors
/// [`BadNumber`]; in particular where the separators matter and are not given.
pub fn read(text: &str, decimal: Option<Decimal>) -> Result<i64, BadNumber> {
    let text = text.trim();
    if let Some(whole) = whole(text) {
        return Ok(whole);
    }
    let decimal = match (decimal, shape(text).ok_or(BadNumber::Unreadable)?) {
        (_, Shape::Plain) => Decimal::Point,
        (None, Shape::Either) => return Err(BadNumber::Ambiguous),
        (None, Shape::Only(only)) => only,
        (Some(decimal), Shape::Only(only)) if decimal != only => return Err(BadNumber::Unreadable),
        (Some(decimal), _) => decimal,
    };
    exact(text, decimal).ok_or(BadNumber::Unreadable)
}

/// Digits alone, as most amounts are.
fn whole(text: &str) -> Option<i64> {
    let digits = text.as_bytes();
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let number = digits.iter().try_fold(0_i64, |number, digit| {
        digit.is_ascii_digit().then(|| number.wrapping_mul(10).wrapping_add(i64::from(digit & 15)))
    });
    number?.checked_mul(1_000_000)
}

fn exact(text: &str, decimal: Decimal) -> Option<i64> {
    let (sign, digits) = signed(text);
    let (whole, fraction) = digits.split_once(decimal.sign()).unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = if whole.is_empty() { "0" } else { &whole };
    let point = if fraction.is_empty() { "" } else { "." };
    parse_micros(&format!("{sign}{whole}{point}{fraction}")).ok()
}

/// The sign and the rest.
fn signed(text: &str) -> (&'static str, &str) {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Without point or comma.
    Plain,
    /// It can only be read with this.
    Only(Decimal),
    /// One sign with three digits behind it: thousands or decimals.
    Either,
}

/// What parts thousands in any country, besides point and comma.
const BLANKS: [char; 6] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];

fn shape(text: &str) -> Option<Shape> {
    let (_, digits) = signed(text);
    let count = |sign: char| digits.matches(sign).count();
    match (count('.'), count(',')) {
        (0, 0) => is_whole(digits, &BLANKS).then_some(Shape::Plain),
        (1, 0) => one_sign(digits, Decimal::Point),
        (0, 1) => one_sign(digits, Decimal::Comma),
        (_, 0) => is_whole(digits, &['.']).then_some(Shape::Only(Decimal::Comma)),
        (0, _) => is_whole(digits, &[',']).then_some(Shape::Only(Decimal::Point)),
        _ => {
            let last =
                if digits.rfind('.') > digits.rfind(',') { Decimal::Point } else { Decimal::Comma };
            let (whole, fraction) = digits.split_once(last.sign())?;
            let good = is_whole(whole, &[last.other().sign()]) && is_digits(fraction);
            good.then_some(Shape::Only(last))
        }
    }
}

fn one_sign(digits: &str, sign: Decimal) -> Option<Shape> {
    let (whole, fraction) = digits.split_once(sign.sign())?;
    let has_blanks = whole.contains(BLANKS);
    let good =
        whole.is_empty() || if has_blanks { is_whole(whole, &BLANKS) } else { is_digits(whole) };
    if !good || !is_digits(fraction) {
        return None;
    }
    let as_thousands =
        fraction.len() == 3 && matches!(whole.len(), 1..=3) && !whole.starts_with('0');
    Some(if as_thousands { Shape::Either } else { Shape::Only(sign) })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits, or groups of three of them behind one to three.
fn is_whole(text: &str, separators: &[char]) -> bool {
    let mut groups = text.split(separators);
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    let is_grouped = rest.peek().is_some();
    is_digits(first)
        && (!is_grouped || first.len() <= 3)
        && rest.all(|group| group.len() == 3 && is_digits(group))
}

#[cfg(test)]
mod tests;

//! Days and times as people's tools write them.
//!
//! `2026-01-31`, `2026/1/31` and `31 Jan 2026` say what they mean. `1/2/2026` does not: whether days or months come
//! first is decided for a whole column, by the values that can only be read one way ([`Evidence`]), or said by
//! somebody, and never guessed. Years have four digits, and lie between 1980 and 2100: everything else is a mistake
//! that is handed back.

use faregate_core::when::Date;

mod clock;
mod evidence;

pub(crate) use clock::offset;
pub use evidence::{Evidence, Unclear};

/// Whether days or months come first where figures alone do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `31/1/2026`
    Dmy,
    /// `1/31/2026`
    Mdy,
}

impl Order {
    /// Its word: `dmy` or `mdy`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dmy => "dmy",
            Self::Mdy => "mdy",
        }
    }

    /// The order of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Dmy, Self::Mdy].into_iter().find(|order| order.key() == word)
    }
}

/// A day, and the time and the offset where they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The day.
    pub date: Date,
    /// The second of the day; a leap second is the one before. `None` where only a day is written.
    pub second: Option<u32>,
    /// Seconds east of Greenwich; `None` where the zone is not written.
    pub offset: Option<i32>,
}

/// Why a text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadDate {
    /// It cannot be read as one.
    Unreadable,
    /// It can be read in two ways, and nothing says which.
    Ambiguous,
    /// In the order that the column has, there is no such day.
    OtherOrder,
    /// Its year has two digits.
    ShortYear,
    /// It is before 1980 or after 2100.
    Unbelievable,
}

/// The years in which use is believed.
const YEARS: core::ops::RangeInclusive<i16> = 1980..=2100;

/// Reads a day, with a time behind it or not.
///
/// # Errors
/// [`BadDate`]; in particular where the order matters and is not given.
pub fn read(text: &str, order: Option<Order>) -> Result<Written, BadDate> {
    let text = text.trim();
    if let Some(written) = iso(text) {
        return written;
    }
    let (day, rest) = split(text).ok_or(BadDate::Unreadable)?;
    let date = match day {
        Day::Serial(days) => {
            let date = serial(days).ok_or(BadDate::Unbelievable)?;
            return with_time(date, if rest.is_empty() { ".0" } else { rest });
        }
        Day::Said(year, month, day) => dated(year, month, day)?,
        Day::Open(one, other, year) => ordered(one, other, year, order)?,
        Day::Short => return Err(BadDate::ShortYear),
    };
    with_time(date, rest)
}

/// The form that machines write, without a look at anything else: `2026-01-31` and `2026-01-31T09:00:00Z`.
fn iso(text: &str) -> Option<Result<Written, BadDate>> {
    let bytes = text.as_bytes();
    let (date, rest) = bytes.split_at_checked(10)?;
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = date else { return None };
    let year = two(a, b)?.checked_mul(100)?.checked_add(two(c, d)?)?;
    let date = dated(year, two(e, f)?, two(g, h)?);
    let rest = core::str::from_utf8(rest).ok()?;
    Some(date.and_then(|date| with_time(date, rest)))
}

fn two(tens: u8, ones: u8) -> Option<i16> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte & 15));
    digit(tens)?.checked_mul(10)?.checked_add(digit(ones)?)
}

fn with_time(date: Date, rest: &str) -> Result<Written, BadDate> {
    let (second, offset) = clock::read(rest).ok_or(BadDate::Unreadable)?;
    Ok(Written { date, second, offset })
}

fn dated(year: i16, month: i16, day: i16) -> Result<Date, BadDate> {
    let small = |number: i16| i8::try_from(number).ok();
    let date = small(month).zip(small(day)).and_then(|(m, d)| Date::from_ymd(year, m, d));
    let date = date.ok_or(BadDate::Unreadable)?;
    YEARS.contains(&year).then_some(date).ok_or(BadDate::Unbelievable)
}

fn ordered(one: i16, other: i16, year: i16, order: Option<Order>) -> Result<Date, BadDate> {
    let in_order = |order| match order {
        Order::Dmy => dated(year, other, one),
        Order::Mdy => dated(year, one, other),
    };
    match order {
        Some(order) => in_order(order).map_err(|why| match why {
            BadDate::Unreadable if one.max(other) <= 31 => BadDate::OtherOrder,
            why => why,
        }),
        None => match fits(one, other) {
            Fits::Only(order) => in_order(order),
            Fits::Same => in_order(Order::Dmy),
            Fits::Both => Err(BadDate::Ambiguous),
        },
    }
}

/// In which orders two figures are a day and a month.
enum Fits {
    Only(Order),
    /// Both are the same figure.
    Same,
    Both,
}

fn fits(one: i16, other: i16) -> Fits {
    match (one > 12, other > 12) {
        (true, _) => Fits::Only(Order::Dmy),
        (false, true) => Fits::Only(Order::Mdy),
        (false, false) if one == other => Fits::Same,
        (false, false) => Fits::Both,
    }
}

/// What a text begins with.
enum Day {
    /// Year, month, day.
    Said(i16, i16, i16),
    /// A day and a month, or the other way round, and the year.
    Open(i16, i16, i16),
    /// Days since the end of 1899, as spreadsheets count, with their fraction in the rest.
    Serial(i32),
    /// A year of two digits.
    Short,
}

/// The day that a text begins with, and what follows.
fn split(text: &str) -> Option<(Day, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (first, rest) = text.split_at_checked(digits)?;
    match digits {
        0 => month_first(text),
        5 if rest.is_empty() || rest.starts_with('.') => {
            Some((Day::Serial(first.parse().ok()?), rest))
        }
        8 if !rest.starts_with(['.', ',']) => {
            let part = |from: usize, to: usize| first.get(from..to)?.parse().ok();
            Some((Day::Said(part(0, 4)?, part(4, 6)?, part(6, 8)?), rest))
        }
        1 | 2 | 4 => figures(first, rest),
        _ => None,
    }
}

/// `2026/1/31`, `31.01.2026`, `31-Jan-2026`, `31 January 2026`.
fn figures<'t>(first: &str, rest: &'t str) -> Option<(Day, &'t str)> {
    let separator = rest.chars().next().filter(|letter| matches!(letter, '/' | '.' | '-' | ' '))?;
    let rest = rest.strip_prefix(separator)?;
    let (second, rest) = word(if separator == '.' { rest.trim_start() } else { rest });
    let rest = match separator {
        // `31. Jan 2026` and `31 Jan 2026`
        '.' | ' ' => rest.trim_start_matches(['.', ' ', ',']),
        _ => rest.strip_prefix(separator)?,
    };
    let (third, rest) = word(rest);
    let named = month(second);
    let one: i16 = first.parse().ok()?;
    match (first.len(), third.len()) {
        (4, 1 | 2) => {
            let second = named.or_else(|| second.parse().ok())?;
            Some((Day::Said(one, second, third.parse().ok()?), rest))
        }
        (1 | 2, 4) => {
            let year = third.parse().ok()?;
            let day = match named {
                Some(month) => Day::Said(year, month, one),
                None => Day::Open(one, figure(second)?, year),
            };
            Some((day, rest))
        }
        (1 | 2, 2) if third.parse::<u8>().is_ok() => Some((Day::Short, rest)),
        _ => None,
    }
}

/// `Jan 31, 2026`.
fn month_first(text: &str) -> Option<(Day, &str)> {
    let (name, rest) = word(text);
    let month = month(name)?;
    let (day, rest) = word(rest.trim_start_matches(['.', ' ']));
    let (year, rest) = word(rest.trim_start_matches([',', ' ']));
    let year = (year.len() == 4).then(|| year.parse().ok())??;
    Some((Day::Said(year, month, figure(day)?), rest))
}

/// Letters or digits, whichever come first.
fn word(text: &str) -> (&str, &str) {
    let of_digits = text.starts_with(|letter: char| letter.is_ascii_digit());
    let end =
        text.find(
            |letter: char| {
                if of_digits { !letter.is_ascii_digit() } else { !letter.is_ascii_alphabetic() }
            },
        );
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
}

fn figure(text: &str) -> Option<i16> {
    matches!(text.len(), 1 | 2).then(|| text.parse().ok())?
}

/// A month by its English name, whole or its first three letters.
fn month(name: &str) -> Option<i16> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let is_it = |whole: &str| name == whole || (name.len() == 3 && whole.starts_with(&name));
    let place =
        NAMES.iter().position(|whole| is_it(whole) || (name == "sept" && *whole == "september"))?;
    i16::try_from(place).ok()?.checked_add(1)
}

/// The day of a spreadsheet's number: 1 is 1900-01-01, and there was a 29 February 1900.
fn serial(days: i32) -> Option<Date> {
    const EPOCH: i32 = 25_569; // 1970-01-01
    let date = Date(days.checked_sub(EPOCH)?);
    YEARS.contains(&date.ymd().0).then_some(date)
}

#[cfg(test)]
mod tests;

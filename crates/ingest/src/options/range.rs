//! Addresses with wildcards, as INTERNET rules write them: `192.168.0.*`.

use core::fmt;
use core::net::IpAddr;
use faregate_core::estate::Cidr;

/// At most so many ranges stand for one block of addresses.
const RANGES_MAX: usize = 256;

/// An address of which parts may be anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Range {
    /// Four numbers.
    V4([Option<u8>; 4]),
    /// Eight groups, none left out.
    V6([Option<u16>; 8]),
}

/// Text that is no range, or a block that too many ranges would be needed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRange(pub String);

/// The ranges that make up one block of addresses.
pub type Ranges = Vec<Range>;

impl Range {
    /// Reads `192.168.0.*`, or eight groups of hexadecimal digits or `*`.
    ///
    /// # Errors
    /// Any other text; in an address, wildcards stand for whole parts only.
    pub fn parse(text: &str) -> Result<Self, BadRange> {
        let range = if text.contains(':') {
            parts::<u16, 8>(text, ':', |part| u16::from_str_radix(part, 16).ok()).map(Self::V6)
        } else {
            parts::<u8, 4>(text, '.', |part| part.parse().ok()).map(Self::V4)
        };
        range.ok_or_else(|| BadRange(text.to_owned()))
    }

    /// Whether the address lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::V4(parts), IpAddr::V4(v4)) => fits(parts, &v4.octets()),
            (Self::V6(parts), IpAddr::V6(v6)) => fits(parts, &v6.segments()),
            _ => false,
        }
    }

    /// Whether every address of the other one lies in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::V4(wide), Self::V4(narrow)) => wider(wide, narrow),
            (Self::V6(wide), Self::V6(narrow)) => wider(wide, narrow),
            _ => false,
        }
    }

    /// The ranges that make up a block of addresses: one, where it ends at a part, else one for each value.
    ///
    /// # Errors
    /// A block that more than 256 ranges would be needed for, which only IPv6 has.
    pub fn covering(block: &Cidr) -> Result<Ranges, BadRange> {
        let text = block.to_string();
        let bad = || BadRange(text.clone());
        let (address, length) = text.split_once('/').ok_or_else(bad)?;
        let length: u32 = length.parse().map_err(|_| bad())?;
        let ranges = match address.parse().map_err(|_| bad())? {
            IpAddr::V4(v4) => {
                let bits = u128::from(u32::from(v4));
                spread(bits, length, 32, 8).map(|all| all.iter().map(|at| v4_range(*at)).collect())
            }
            IpAddr::V6(v6) => spread(u128::from(v6), length, 128, 16)
                .map(|all| all.iter().map(|at| v6_range(*at)).collect()),
        };
        ranges.ok_or_else(bad)
    }

    /// The block of addresses that it is, where its wildcards are at its end.
    #[must_use]
    pub fn block(&self) -> Option<String> {
        match self {
            Self::V4(parts) => {
                let fixed = leading(parts)?;
                let octets = parts.map(|part| part.unwrap_or(0));
                Some(format!("{}/{}", core::net::Ipv4Addr::from(octets), fixed.saturating_mul(8)))
            }
            Self::V6(parts) => {
                let fixed = leading(parts)?;
                let groups = parts.map(|part| part.unwrap_or(0));
                Some(format!("{}/{}", core::net::Ipv6Addr::from(groups), fixed.saturating_mul(16)))
            }
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, separator): (Vec<String>, _) = match self {
            Self::V4(parts) => (parts.iter().map(|part| word(*part)).collect(), "."),
            Self::V6(parts) => {
                let hex = |part: &Option<u16>| part.map(|part| format!("{part:x}"));
                (parts.iter().map(|part| word(hex(part))).collect(), ":")
            }
        };
        f.write_str(&words.join(separator))
    }
}

fn word<T: ToString>(part: Option<T>) -> String {
    part.map_or_else(|| "*".to_owned(), |part| part.to_string())
}

fn parts<T: Copy, const N: usize>(
    text: &str,
    separator: char,
    read: impl Fn(&str) -> Option<T>,
) -> Option<[Option<T>; N]> {
    let part = |part: &str| match part {
        "*" => Some(None),
        // `+1` and the empty text are numbers to nobody else.
        _ if part.bytes().all(|byte| byte.is_ascii_hexdigit()) => read(part).map(Some),
        _ => None,
    };
    let all: Option<Vec<Option<T>>> = text.split(separator).map(part).collect();
    all?.try_into().ok()
}

fn fits<T: PartialEq>(parts: &[Option<T>], values: &[T]) -> bool {
    parts.iter().zip(values).all(|(part, value)| part.as_ref().is_none_or(|part| part == value))
}

fn wider<T: PartialEq>(wide: &[Option<T>], narrow: &[Option<T>]) -> bool {
    wide.iter().zip(narrow).all(|(wide, narrow)| wide.is_none() || wide == narrow)
}

/// How many parts are fixed, where no fixed one follows a wildcard.
fn leading<T>(parts: &[Option<T>]) -> Option<usize> {
    let fixed = parts.iter().take_while(|part| part.is_some()).count();
    parts.iter().skip(fixed).all(Option::is_none).then_some(fixed)
}

/// The first address of each range, and how many bits of it are fixed.
fn spread(bits: u128, length: u32, width: u32, part: u32) -> Option<Vec<(u128, u32)>> {
    let fixed = length.div_ceil(part).checked_mul(part)?;
    let count = 1_u128.checked_shl(fixed.checked_sub(length)?)?;
    if count > RANGES_MAX as u128 {
        return None;
    }
    let step = 1_u128.checked_shl(width.checked_sub(fixed)?).unwrap_or(0);
    let at = |index: u128| (bits.saturating_add(index.saturating_mul(step)), fixed);
    Some((0..count).map(at).collect())
}

fn v4_range((bits, fixed): (u128, u32)) -> Range {
    let mut octets = u32::try_from(bits).unwrap_or(0).to_be_bytes().map(Some);
    octets.iter_mut().skip((fixed / 8) as usize).for_each(|part| *part = None);
    Range::V4(octets)
}

fn v6_range((bits, fixed): (u128, u32)) -> Range {
    let mut groups = core::net::Ipv6Addr::from(bits).segments().map(Some);
    groups.iter_mut().skip((fixed / 16) as usize).for_each(|part| *part = None);
    Range::V6(groups)
}

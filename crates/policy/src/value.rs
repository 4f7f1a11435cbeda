//! Values of conditions, while they are computed.

use core::net::IpAddr;
use faregate_core::estate::{BucketId, Country, SiteId};
use std::borrow::Cow;

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Group,
    Person,
    Offering,
    Product,
    Bucket,
    Region,
    Country,
    Site,
    Schedule,
    Action,
}

impl Kind {
    const ALL: [(&'static str, Self); 10] = [
        ("Group", Self::Group),
        ("Person", Self::Person),
        ("Offering", Self::Offering),
        ("Product", Self::Product),
        ("Bucket", Self::Bucket),
        ("Region", Self::Region),
        ("Country", Self::Country),
        ("Site", Self::Site),
        ("Schedule", Self::Schedule),
        ("Action", Self::Action),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind)
    }

    pub(crate) fn name(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(_, kind)| *kind == self);
        found.map_or("", |(name, _)| name)
    }
}

/// The key as an entity's id: trimmed, in lower case; copied only if it is not so already.
pub(crate) fn folded(key: &str) -> Cow<'_, str> {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    if key.as_bytes().iter().all(plain) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(faregate_core::estate::folded(key))
    }
}

/// Whose ancestors an entity's are in the estate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node {
    /// It lies below nothing.
    Top,
    Bucket(BucketId),
    Site(SiteId),
    Country(Country),
}

/// An entity: equal when kind and key are.
#[derive(Clone, Debug)]
pub(crate) struct Entity<'a> {
    pub(crate) kind: Kind,
    pub(crate) key: Cow<'a, str>,
    pub(crate) node: Node,
}

impl<'a> Entity<'a> {
    pub(crate) fn new(kind: Kind, key: &'a str, node: Node) -> Self {
        Self { kind, key: folded(key), node }
    }
}

impl PartialEq for Entity<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.key == other.key
    }
}

/// An address or a block of them, as Cedar sees it: equal when both the address and the length are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) address: IpAddr,
    pub(crate) length: u8,
}

impl Block {
    /// One address. An IPv4 address mapped into IPv6 is the IPv4 address, as everywhere in Faregate.
    pub(crate) fn single(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { address, length: if address.is_ipv4() { 32 } else { 128 } }
    }

    /// Reads what Cedar has accepted as an address or a block.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let Some((address, length)) = text.split_once('/') else {
            let address: IpAddr = text.parse().ok()?;
            return Some(Self { address, length: if address.is_ipv4() { 32 } else { 128 } });
        };
        Some(Self { address: address.parse().ok()?, length: length.parse().ok()? })
    }

    pub(crate) fn is_in_range(self, range: Self) -> bool {
        let (Some(ours), Some(theirs)) = (self.ends(), range.ends()) else { return false };
        let same = self.address.is_ipv4() == range.address.is_ipv4();
        same && theirs.0 <= ours.0 && ours.1 <= theirs.1
    }

    /// The first and the last address of the block, as numbers.
    fn ends(self) -> Option<(u128, u128)> {
        let (bits, width) = match self.address {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32_u32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let host_bits = width.checked_sub(u32::from(self.length))?;
        let host = u128::MAX.checked_shr(128_u32.checked_sub(host_bits)?).unwrap_or(0);
        Some((bits & !host, bits | host))
    }

    pub(crate) fn is_loopback(self) -> bool {
        let shortest = if self.address.is_ipv4() { 8 } else { 128 };
        self.address.is_loopback() && self.length >= shortest
    }

    pub(crate) fn is_multicast(self) -> bool {
        let shortest = if self.address.is_ipv4() { 4 } else { 8 };
        self.address.is_multicast() && self.length >= shortest
    }
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Bool(bool),
    Long(i64),
    Text(&'a str),
    Entity(Entity<'a>),
    Block(Block),
    /// Milliseconds since 1970.
    Time(i64),
    /// Milliseconds.
    Span(i64),
    /// Ten-thousandths.
    Decimal(i64),
    Set(Vec<Value<'a>>),
}

/// Values of different types are never equal; sets are when they have the same elements.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Long(one), Self::Long(two))
            | (Self::Time(one), Self::Time(two))
            | (Self::Span(one), Self::Span(two))
            | (Self::Decimal(one), Self::Decimal(two)) => one == two,
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::Entity(one), Self::Entity(two)) => one == two,
            (Self::Block(one), Self::Block(two)) => one == two,
            (Self::Set(one), Self::Set(two)) => is_subset(one, two) && is_subset(two, one),
            _ => false,
        }
    }
}

pub(crate) fn is_subset(small: &[Value<'_>], large: &[Value<'_>]) -> bool {
    small.iter().all(|value| large.contains(value))
}

/// A value that stands in the policy's text.
#[derive(Clone, Debug)]
pub(crate) enum Constant {
    Bool(bool),
    Long(i64),
    Text(Box<str>),
    Entity(Kind, Box<str>),
    Block(Block),
    Time(i64),
    Span(i64),
    Decimal(i64),
    Set(Vec<Constant>),
}

impl Constant {
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Long(value) => Value::Long(*value),
            Self::Text(value) => Value::Text(value),
            Self::Entity(kind, key) => {
                Value::Entity(Entity { kind: *kind, key: Cow::Borrowed(key), node: Node::Top })
            }
            Self::Block(value) => Value::Block(*value),
            Self::Time(value) => Value::Time(*value),
            Self::Span(value) => Value::Span(*value),
            Self::Decimal(value) => Value::Decimal(*value),
            Self::Set(values) => Value::Set(values.iter().map(Self::value).collect()),
        }
    }
}

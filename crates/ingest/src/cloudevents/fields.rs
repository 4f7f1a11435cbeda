//! Under which names the `data` of an event says what was used.

/// So deep may a field lie.
const PATH_MAX: usize = 8;

/// Where a field stands in `data`: `product`, or `$.usage.product` within another object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Box<str>>);

/// Not a path: an empty name, or more than eight of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPath(String);

impl core::fmt::Display for BadPath {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "`{}` is no path such as `product` or `$.usage.product`", self.0)
    }
}

impl core::error::Error for BadPath {}

impl core::str::FromStr for Path {
    type Err = BadPath;

    fn from_str(text: &str) -> Result<Self, BadPath> {
        let names: Vec<Box<str>> =
            text.strip_prefix("$.").unwrap_or(text).split('.').map(Box::from).collect();
        let good = names.len() <= PATH_MAX && names.iter().all(|name| !name.is_empty());
        if good { Ok(Self(names)) } else { Err(BadPath(text.to_owned())) }
    }
}

impl Path {
    /// The name at a depth, and whether it is the last.
    pub(super) fn at(&self, depth: usize) -> Option<(&str, bool)> {
        let last = depth.saturating_add(1) == self.0.len();
        self.0.get(depth).map(|name| (&**name, last))
    }

    fn of(name: &str) -> Self {
        Self(vec![Box::from(name)])
    }
}

impl core::fmt::Display for Path {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// The unit of a duration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Thousandths of a second.
    Milliseconds,
    /// Seconds.
    #[default]
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
}

impl Unit {
    /// Whole seconds of so many millionths of this unit; `None` beyond what an instant holds.
    pub(super) fn seconds(self, millionths: i64) -> Option<i64> {
        let (by, of) = match self {
            Self::Milliseconds => (1, 1_000_000_000),
            Self::Seconds => (1, 1_000_000),
            Self::Minutes => (60, 1_000_000),
            Self::Hours => (3_600, 1_000_000),
        };
        Some(millionths.checked_mul(by)?.div_euclid(of))
    }
}

/// What the time of an event is of a use that lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeIs {
    /// Its beginning.
    #[default]
    Start,
    /// Its end, as of senders that tell when a use is over.
    End,
}

/// Where an event says what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The product, in `data`; `None`: the event's `type` is the product.
    pub product: Option<Path>,
    /// The workstation.
    pub host: Path,
    /// How long it was used.
    pub duration: Path,
    /// In which unit.
    pub unit: Unit,
    /// How much was used, where that is no time: results, tokens.
    pub value: Path,
    /// What `time` is.
    pub time: TimeIs,
}

impl Default for Fields {
    /// `product`, `host`, `duration_seconds` and `value`, `time` being when the use began.
    fn default() -> Self {
        Self {
            product: Some(Path::of("product")),
            host: Path::of("host"),
            duration: Path::of("duration_seconds"),
            unit: Unit::Seconds,
            value: Path::of("value"),
            time: TimeIs::Start,
        }
    }
}

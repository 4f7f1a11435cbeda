//! What the licence server shall do that no policy says, as its operator writes it down: which codes a product has,
//! reservations, maxima, times, borrowing, groups of hosts.
//!
//! Everything is read before anything is said to be wrong, so that one run names every fault with its line.
//! To add a setting: a field, its `take` in `read`, a row in the tests' table, a row in the guide.

mod read;

use super::name::Name;
use core::fmt;

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What becomes of people whom Faregate does not know.
    pub strangers: Strangers,
    /// Seconds after which an idle licence of any feature is taken back.
    pub timeout_all: Option<u32>,
    /// Groups of hosts.
    pub host_groups: Vec<HostGroup>,
    /// What holds for single products.
    pub products: Vec<ProductSettings>,
}

/// What becomes of people whom Faregate does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strangers {
    /// They are turned away, as the gate does it.
    #[default]
    Refused,
    /// They are let in; only people who are known and may not are shut out.
    LetIn,
}

/// Hosts under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostGroup {
    /// Its name.
    pub name: Name,
    /// Its hosts, at least one.
    pub hosts: Vec<Name>,
}

/// What holds for one product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductSettings {
    /// Key of the product.
    pub key: Lined<String>,
    /// Its package codes, besides those that the server is seen to serve.
    pub features: Vec<Lined<Name>>,
    /// Seconds after which an idle licence is taken back.
    pub timeout_seconds: Option<u32>,
    /// Hours that it may be borrowed for.
    pub borrow_hours_max: Option<u32>,
    /// Licences that cannot be borrowed.
    pub borrow_low_water: Option<u32>,
    /// Who may borrow it; `None` for everybody.
    pub borrow_only: Option<Vec<Lined<Whom>>>,
    /// Who may not.
    pub borrow_not: Vec<Lined<Whom>>,
    /// Licences that are kept for somebody.
    pub reserve: Vec<(u32, Lined<Whom>)>,
    /// Licences that somebody gets at most.
    pub max: Vec<(u32, Lined<Whom>)>,
}

/// Whom a setting is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// A group of people, by its key.
    Group(String),
    /// A person, by any of their names.
    Person(String),
    /// A group of hosts, by the name that the settings give it.
    HostGroup(Name),
    /// A host.
    Host(Name),
}

/// Something, and the line where it is said, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lined<T> {
    /// What.
    pub value: T,
    /// Where.
    pub line: usize,
}

/// Something that is wrong in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSetting {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.text, self.help)
    }
}

impl Settings {
    /// Reads settings.
    ///
    /// # Errors
    /// All that is wrong with them, in the order of their lines.
    pub fn parse(text: &str) -> Result<Self, Vec<BadSetting>> {
        read::settings(text)
    }
}

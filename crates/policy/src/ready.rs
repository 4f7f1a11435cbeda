//! The sets of policies that come with Faregate, each with its cases.

/// A ready-made set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Its name.
    pub name: &'static str,
    /// Its policies.
    pub text: &'static str,
    /// Its cases, as `cases` reads them.
    pub tests: &'static str,
}

macro_rules! ready {
    ($name:literal) => {
        Ready {
            name: $name,
            text: include_str!(concat!("../../../policies/", $name, ".cedar")),
            tests: include_str!(concat!("../../../policies/", $name, ".tests.toml")),
        }
    };
}

/// All ready-made sets.
pub const READY: [Ready; 7] = [
    ready!("base"),
    ready!("subscription-and-token-groups"),
    ready!("subscription-and-token-groups-strict"),
    ready!("contractors-on-tokens"),
    ready!("products-by-department"),
    ready!("office-hours"),
    ready!("training-rooms"),
];

impl Ready {
    /// The ready-made set of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        READY.iter().find(|ready| ready.name == name)
    }
}

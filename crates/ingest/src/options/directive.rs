//! What a line of an options file can say.

use super::name::{LogPath, Name};
use super::range::Range;
use core::fmt;

/// The words that can pick one pool of a feature's licences.
pub const QUALIFIERS: [&str; 11] = [
    "VERSION",
    "HOSTID",
    "EXPDATE",
    "KEY",
    "SIGN",
    "ISSUER",
    "NOTICE",
    "VENDOR_STRING",
    "DIST_INFO",
    "USER_INFO",
    "ASSET_INFO",
];

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive {
    /// `GROUP name member …`, `HOST_GROUP name member …`; lines of one name add up.
    Group {
        /// Of users or of hosts.
        kind: GroupKind,
        /// Its name.
        name: Name,
        /// Who is in it, at least one.
        members: Vec<Name>,
    },
    /// `INCLUDE feature TYPE name` and the three like it.
    Access {
        /// Which of the four.
        verb: Verb,
        /// What they may open or borrow, or not.
        feature: Feature,
        /// Who.
        who: Who,
    },
    /// `INCLUDEALL TYPE name`, `EXCLUDEALL TYPE name`.
    AccessAll {
        /// Whether it includes.
        include: bool,
        /// Who.
        who: Who,
    },
    /// `RESERVE n feature TYPE name`.
    Reserve {
        /// Licences that nobody else gets.
        count: u32,
        /// Of which feature.
        feature: Feature,
        /// For whom.
        who: Who,
    },
    /// `MAX n feature TYPE name`.
    Max {
        /// Licences that they get at most, together.
        count: u32,
        /// Of which feature.
        feature: Feature,
        /// Who.
        who: Who,
    },
    /// `TIMEOUT feature s`: an idle licence is taken back.
    Timeout {
        /// Which feature.
        feature: Feature,
        /// After so many seconds.
        seconds: u32,
    },
    /// `TIMEOUTALL s`.
    TimeoutAll {
        /// After so many seconds.
        seconds: u32,
    },
    /// `LINGER feature s`: a licence stays out after its check-in.
    Linger {
        /// Which feature.
        feature: Feature,
        /// For so many seconds.
        seconds: u32,
    },
    /// `BORROW_LOWWATER feature n`: licences that cannot be borrowed.
    BorrowLowWater {
        /// Which feature.
        feature: Feature,
        /// How many.
        count: u32,
    },
    /// `MAX_BORROW_HOURS feature h`.
    MaxBorrowHours {
        /// Which feature.
        feature: Feature,
        /// How long.
        hours: u32,
    },
    /// `MAX_OVERDRAFT feature n`.
    MaxOverdraft {
        /// Which feature.
        feature: Feature,
        /// How many.
        count: u32,
    },
    /// `GROUPCASEINSENSITIVE ON|OFF`: whether the case of members of groups is ignored.
    GroupCaseInsensitive(bool),
    /// `REPORTLOG [+]path`, `DEBUGLOG [+]path`.
    Log {
        /// Whether it is the report log.
        report: bool,
        /// Whether a log that is there is added to.
        append: bool,
        /// Where it is.
        path: LogPath,
    },
    /// `NOLOG IN|OUT|DENIED|QUEUED|UNSUPPORTED`: events that are left out of the debug log.
    NoLog(&'static str),
    /// A directive that FlexNet knows and Faregate neither makes nor judges.
    Other {
        /// Its keyword.
        keyword: &'static str,
        /// What follows.
        words: Vec<Name>,
    },
}

/// What the members of a group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKind {
    /// Users: `GROUP`.
    Users,
    /// Hosts: `HOST_GROUP`.
    Hosts,
}

impl GroupKind {
    /// Its keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Users => "GROUP",
            Self::Hosts => "HOST_GROUP",
        }
    }
}

/// The four directives that let in or shut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Only who is included may open.
    Include,
    /// Who is excluded may not open.
    Exclude,
    /// Only who is included may borrow.
    IncludeBorrow,
    /// Who is excluded may not borrow.
    ExcludeBorrow,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Include, Self::Exclude, Self::IncludeBorrow, Self::ExcludeBorrow];

    /// Its keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Include => "INCLUDE",
            Self::Exclude => "EXCLUDE",
            Self::IncludeBorrow => "INCLUDE_BORROW",
            Self::ExcludeBorrow => "EXCLUDE_BORROW",
        }
    }

    /// The other side of it: INCLUDE of EXCLUDE.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Include => Self::Exclude,
            Self::Exclude => Self::Include,
            Self::IncludeBorrow => Self::ExcludeBorrow,
            Self::ExcludeBorrow => Self::IncludeBorrow,
        }
    }

    /// Whether it shuts out.
    #[must_use]
    pub const fn excludes(self) -> bool {
        matches!(self, Self::Exclude | Self::ExcludeBorrow)
    }
}

/// Whom a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A user, by the name they are signed in with on their machine.
    User(Name),
    /// A machine.
    Host(Name),
    /// A display or a terminal client.
    Display(Name),
    /// What `LM_PROJECT` says.
    Project(Name),
    /// The users of a GROUP.
    Group(Name),
    /// The machines of a HOST_GROUP.
    HostGroup(Name),
    /// Whoever comes from these addresses.
    Internet(Range),
}

impl Who {
    /// Its TYPE.
    #[must_use]
    pub const fn keyword(&self) -> &'static str {
        match self {
            Self::User(_) => "USER",
            Self::Host(_) => "HOST",
            Self::Display(_) => "DISPLAY",
            Self::Project(_) => "PROJECT",
            Self::Group(_) => "GROUP",
            Self::HostGroup(_) => "HOST_GROUP",
            Self::Internet(_) => "INTERNET",
        }
    }

    /// The group it names, if it names one.
    #[must_use]
    pub const fn group(&self) -> Option<(GroupKind, &Name)> {
        match self {
            Self::Group(name) => Some((GroupKind::Users, name)),
            Self::HostGroup(name) => Some((GroupKind::Hosts, name)),
            _ => None,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name)
            | Self::Host(name)
            | Self::Display(name)
            | Self::Project(name)
            | Self::Group(name)
            | Self::HostGroup(name) => write!(f, "{} {name}", self.keyword()),
            Self::Internet(range) => write!(f, "INTERNET {range}"),
        }
    }
}

/// A feature code, or one pool of its licences.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature {
    name: Name,
    pool: Option<(&'static str, Name)>,
}

impl Feature {
    /// A feature; `None` for a name with blanks or `=`, which would be read as a pool.
    #[must_use]
    pub fn new(name: Name) -> Option<Self> {
        let plain = !name.as_str().contains([' ', '=']);
        plain.then_some(Self { name, pool: None })
    }

    /// One pool of it, by a word of [`QUALIFIERS`]; `None` for another word.
    #[must_use]
    pub fn pool(self, qualifier: &str, value: Name) -> Option<Self> {
        let known = QUALIFIERS.into_iter().find(|known| known.eq_ignore_ascii_case(qualifier))?;
        Some(Self { pool: Some((known, value)), ..self })
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.name.as_str()
    }

    /// The pool's qualifier and value, where it is not the whole feature.
    #[must_use]
    pub fn qualifier(&self) -> Option<(&'static str, &str)> {
        self.pool.as_ref().map(|(word, value)| (*word, value.as_str()))
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pool {
            Some((word, value)) => write!(f, "{}:{word}={value}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

impl Directive {
    /// The feature that it is about, if it is about one.
    #[must_use]
    pub const fn feature(&self) -> Option<&Feature> {
        match self {
            Self::Access { feature, .. }
            | Self::Reserve { feature, .. }
            | Self::Max { feature, .. }
            | Self::Timeout { feature, .. }
            | Self::Linger { feature, .. }
            | Self::BorrowLowWater { feature, .. }
            | Self::MaxBorrowHours { feature, .. }
            | Self::MaxOverdraft { feature, .. } => Some(feature),
            _ => None,
        }
    }

    /// Whom it is about, if it is about somebody.
    #[must_use]
    pub const fn who(&self) -> Option<&Who> {
        match self {
            Self::Access { who, .. }
            | Self::AccessAll { who, .. }
            | Self::Reserve { who, .. }
            | Self::Max { who, .. } => Some(who),
            _ => None,
        }
    }
}

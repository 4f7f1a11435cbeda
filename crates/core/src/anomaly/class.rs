//! The kinds of finding: their names on the wire and what they mean, in one place.

/// A kind of finding. The order is that of `docs/concepts/anomalies.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A day that burned far more than such days do.
    Spike,
    /// Many people opened one product at about the same time.
    Burst,
    /// Somebody worked for most of a day without a break.
    LongSession,
    /// A product was left open over night.
    OvernightIdle,
    /// Use went up or down, and stays there.
    LevelShift,
    /// Somebody's tokens cost as much as a seat.
    WorthASeat,
    /// Somebody who holds a seat spends tokens on other products.
    SeatHolderOnTokens,
    /// Tokens were paid for what a seat covers.
    DoubleDip,
    /// A product was used for the first time.
    NewProduct,
    /// Use at hours at which the person, or the office, does not work.
    OffHours,
    /// Use from outside of all sites.
    OffSite,
    /// One account at work on two workstations at once.
    SharedCredentials,
    /// One account at two places, faster than one travels.
    ImpossibleTravel,
    /// An account that works around the clock.
    ServiceAccount,
    /// A source that tells nothing any more.
    SilentSource,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Spike,
        Self::Burst,
        Self::LongSession,
        Self::OvernightIdle,
        Self::LevelShift,
        Self::WorthASeat,
        Self::SeatHolderOnTokens,
        Self::DoubleDip,
        Self::NewProduct,
        Self::OffHours,
        Self::OffSite,
        Self::SharedCredentials,
        Self::ImpossibleTravel,
        Self::ServiceAccount,
        Self::SilentSource,
    ];

    /// Stable name on the wire and in the journal.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Spike => "spike",
            Self::Burst => "burst",
            Self::LongSession => "long-session",
            Self::OvernightIdle => "overnight-idle",
            Self::LevelShift => "level-shift",
            Self::WorthASeat => "worth-a-seat",
            Self::SeatHolderOnTokens => "seat-holder-on-tokens",
            Self::DoubleDip => "double-dip",
            Self::NewProduct => "new-product",
            Self::OffHours => "off-hours",
            Self::OffSite => "off-site",
            Self::SharedCredentials => "shared-credentials",
            Self::ImpossibleTravel => "impossible-travel",
            Self::ServiceAccount => "service-account",
            Self::SilentSource => "silent-source",
        }
    }

    /// The class with this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.key() == key)
    }

    /// Whether a threshold tells which are found: no judgement moves what is or is not.
    #[must_use]
    pub const fn is_measured(self) -> bool {
        !matches!(self, Self::DoubleDip | Self::NewProduct | Self::SilentSource)
    }

    /// What somebody who looks at it may do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Spike => "look at who added most to that day, and ask what it was for",
            Self::Burst => "if it is a class, give its room seats or a bucket of its own",
            Self::LongSession => "ask whether somebody works for that long, or a machine does",
            Self::OvernightIdle => {
                "remind the person to close it, or let a rule close idle sessions"
            }
            Self::LevelShift => "plan the rest of the term with the new level",
            Self::WorthASeat => "give the person a free seat, or buy one at the next renewal",
            Self::SeatHolderOnTokens => "see whether another offering covers all that they use",
            Self::DoubleDip => "merge the two accounts, or assign the seat to the one that is used",
            Self::NewProduct => "decide who may use it, and put a cap on it until then",
            Self::OffHours => "ask the person, or put hours into a rule",
            Self::OffSite => "check that it is the person, and that the territory allows it",
            Self::SharedCredentials => "give each person an account of their own",
            Self::ImpossibleTravel => "ask the person and change the password",
            Self::ServiceAccount => "move the work to a licence that is meant for it, or cap it",
            Self::SilentSource => {
                "see whether the source still runs: figures after its end are too low"
            }
        }
    }
}

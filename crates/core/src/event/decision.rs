//! What was asked at the gate, and what was answered on which grounds.

use super::Reason;
use crate::amount::Ticks;
use crate::estate::{Breach, BucketId, DeviceId, Evidence, PersonId, Place, ProductId, SeatId};
use crate::tariff::Meter;
use crate::when::Instant;

/// What was asked, in the asker's words, so that the answer can be recomputed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Any alias of the person.
    pub person: String,
    /// Product key.
    pub product: String,
    /// Workstation name.
    pub host: String,
    /// Bucket key, when the person chose one.
    pub bucket: Option<String>,
    /// All that is not always said.
    pub more: Circumstances,
}

/// What an ask can say beyond who, what and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Version of the product, as it names itself.
    pub version: Option<String>,
    /// What speaks for where it comes from.
    pub evidence: Evidence,
    /// The fare that was asked for, if only that one will do; policies may send the person on to another.
    pub fare: Option<Fare>,
    /// Whether the person said yes to what [`Reason::ConfirmationNeeded`] asked.
    pub confirmed: bool,
    /// What the workstation's agent says, when an agent asks.
    pub agent: Option<AgentSaid>,
}

/// What a workstation's agent says when it asks for its user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentSaid {
    /// Which workstation; it proved to have the key.
    pub device: DeviceId,
    /// So many tokens the person agreed to spend; `None`: they were not asked.
    pub agreed: Option<Ticks>,
    /// Whether its clock is wrong by more than is tolerated.
    pub clock_wrong: bool,
    /// For so many seconds it asks to use the product without the server.
    pub lease: Option<u32>,
}

/// On what somebody can be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fare {
    /// A seat that they hold.
    Seat,
    /// A seat that nobody holds, and that is given to them now.
    FreeSeat,
    /// Tokens of a bucket.
    Tokens,
}

/// What a decision stood on, besides what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// How many changes of policies, caps and terms came before.
    pub rules: u32,
    /// Where the request came from, as far as we know.
    pub place: Place,
    /// What is done about the place being outside of a territory.
    pub breach: Option<Breach>,
    /// The policy or cap that turned the person away or sent them on.
    pub rule: Option<String>,
    /// What rules on trial would have said, when they would have said something else.
    pub trial: Option<Trial>,
    /// Until when the product may be used without the server, when that was asked for.
    pub lease: Option<Instant>,
}

/// What rules on trial would have said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// Through, on this fare.
    Opens(Fare),
    /// Turned away, for this reason, by this policy or cap.
    Refuses(Reason, Option<String>),
}

/// Somebody was let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was asked.
    pub ask: Ask,
    /// Who that is.
    pub person: PersonId,
    /// What that is.
    pub product: ProductId,
    /// On what they were let through.
    pub route: Route,
    /// The tariff decided by, counted from 0 in the order adopted.
    pub tariff: u32,
    /// What else it stood on.
    pub basis: Basis,
}

/// On what somebody is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A named-user subscription that they hold.
    Seat(SeatId),
    /// One that nobody held, and that is theirs from now on.
    FreeSeat(SeatId),
    /// Tokens of a bucket.
    Tokens {
        /// Which bucket.
        bucket: BucketId,
        /// How many are reserved now; zero when the unit was charged already.
        ticks: Ticks,
        /// What is counted.
        meter: Meter,
        /// Start of the unit that covers this use.
        unit_start: Instant,
        /// A launch closed before this instant costs nothing.
        grace_end: Instant,
    },
}

impl Route {
    /// What kind of fare it is.
    #[must_use]
    pub const fn fare(self) -> Fare {
        match self {
            Self::Seat(_) => Fare::Seat,
            Self::FreeSeat(_) => Fare::FreeSeat,
            Self::Tokens { .. } => Fare::Tokens,
        }
    }
}

impl Fare {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Seat => "seat",
            Self::FreeSeat => "free-seat",
            Self::Tokens => "tokens",
        }
    }
}

/// Somebody was turned away. A refusal is a fact, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What was asked.
    pub ask: Ask,
    /// Why.
    pub reason: Reason,
    /// The tariff decided by, counted from 0 in the order adopted.
    pub tariff: u32,
    /// What else it stood on.
    pub basis: Basis,
}

/// How a hold ends, exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The use outlasted the grace: the tokens are spent.
    Posted,
    /// Closed within the grace: the tokens go back.
    Voided,
    /// The workstation fell silent within the grace: the tokens go back.
    Expired,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It was closed.
    Closed,
    /// Nothing was heard of it for its time-to-live.
    Silent,
}

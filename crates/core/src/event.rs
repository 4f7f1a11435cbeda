//! What can happen to a contract: the vocabulary of the journal.
//!
//! An event states facts that were decided once; applying it decides nothing anew. Events are appended,
//! never changed: to correct one, append another. To add one: a variant here, its arm in `State::apply`,
//! its wire tag in the store's codec, a golden file for the codec's test.

use crate::amount::Ticks;
use crate::estate::{
    Bucket, BucketId, Offering, Person, PersonId, Product, ProductId, Seat, SeatId,
};
use crate::ledger::Breakage;
use crate::tariff::{Meter, TariffParts};
use crate::when::Instant;
use core::fmt;

/// A live session is named by the journal's sequence number of its opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    /// `s` and the number: `s42`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl core::str::FromStr for SessionId {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix('s').unwrap_or(text).parse().map(Self)
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The contract began; always the first event.
    ContractAgreed {
        /// Name to show.
        name: String,
        /// IANA zone in which its days are counted.
        zone: String,
    },
    /// From here on charges follow this tariff.
    TariffAdopted(TariffParts),
    /// Product families became known.
    ProductsDefined(Vec<Product>),
    /// Buckets were opened, empty.
    BucketsOpened(Vec<Bucket>),
    /// Offerings became known.
    OfferingsDefined(Vec<Offering>),
    /// People became known.
    PeopleAdded(Vec<Person>),
    /// Seats were bought, assigned or free.
    SeatsAdded(Vec<Seat>),
    /// A pack of tokens was bought.
    PackBought {
        /// Name to show.
        name: String,
        /// How many.
        ticks: Ticks,
        /// First instant of validity.
        from: Instant,
        /// First instant after.
        until: Instant,
    },
    /// Unallocated tokens were given to a bucket.
    Allocated {
        /// To which.
        bucket: BucketId,
        /// How many.
        ticks: Ticks,
    },
    /// A pack's term ended.
    PackExpired {
        /// Which, counted from 0 in the order bought.
        pack: u32,
        /// What was lost by whom.
        breakage: Breakage,
    },
    /// Somebody may open a product.
    Opened(Opened),
    /// Somebody may not.
    Refused(Refused),
    /// A hold was resolved: the one hold of this person and product.
    HoldEnded {
        /// Whose.
        person: PersonId,
        /// For what.
        product: ProductId,
        /// How.
        outcome: Outcome,
    },
    /// A running session used up what was charged, and a further unit was.
    UnitCharged(Charge),
    /// A session ended.
    Closed {
        /// Which.
        session: SessionId,
        /// When it was last alive.
        at: Instant,
        /// Whether somebody closed it.
        cause: Cause,
        /// What became of the hold, when this was the last session that kept it.
        hold: Option<Outcome>,
    },
    /// Units of reported use were charged.
    UsageCharged(Vec<Charge>),
    /// Charges turned out wrong and were taken back.
    UsageReversed(Vec<Unit>),
    /// Reported use was taken in; the last event of an import.
    Imported(Receipt),
    /// Feature codes were found to be products, once and for all: later tables do not change it.
    FeaturesMapped(Vec<FeatureMapped>),
}

/// What a feature code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureMapped {
    /// The code, as sources report it.
    pub code: String,
    /// Its product family.
    pub product: ProductId,
    /// Sessions that were quarantined because nobody knew the code, and are charged from now on.
    pub released: u64,
}

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
}

/// On what somebody is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A named-user subscription that they hold.
    Seat(SeatId),
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

/// Somebody was turned away. A refusal is a fact, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What was asked.
    pub ask: Ask,
    /// Why.
    pub reason: Reason,
    /// The tariff decided by, counted from 0 in the order adopted.
    pub tariff: u32,
}

/// Why somebody is turned away, most fundamental first: the first that applies is the one given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nobody has told us of such a product.
    ProductUnknown,
    /// No person has this alias.
    PersonUnknown,
    /// No bucket has this key.
    BucketUnknown,
    /// The tariff in force has no rate for the product: it needs a seat.
    NotOnTariff,
    /// The bucket has fewer tokens left than the launch costs.
    BucketExhausted,
    /// No pack that is valid today has that many tokens left.
    PoolExhausted,
}

impl Reason {
    /// All reasons, in order of precedence.
    pub const ALL: [Self; 6] = [
        Self::ProductUnknown,
        Self::PersonUnknown,
        Self::BucketUnknown,
        Self::NotOnTariff,
        Self::BucketExhausted,
        Self::PoolExhausted,
    ];

    /// Stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ProductUnknown => "product-unknown",
            Self::PersonUnknown => "person-unknown",
            Self::BucketUnknown => "bucket-unknown",
            Self::NotOnTariff => "not-on-tariff",
            Self::BucketExhausted => "bucket-exhausted",
            Self::PoolExhausted => "pool-exhausted",
        }
    }

    /// Whether the same question may be answered differently later without anybody changing a rule.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::BucketExhausted | Self::PoolExhausted)
    }

    /// What happened, in a sentence for the person who was turned away.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ProductUnknown => "this product is not known to Faregate",
            Self::PersonUnknown => "nobody with this name is known to Faregate",
            Self::BucketUnknown => "there is no bucket with this name",
            Self::NotOnTariff => "this product cannot be opened on tokens, only on a seat",
            Self::BucketExhausted => "your bucket does not have enough tokens left",
            Self::PoolExhausted => "the contract does not have enough valid tokens left",
        }
    }

    /// What they can do about it.
    #[must_use]
    pub const fn remedies(self) -> &'static [&'static str] {
        match self {
            Self::ProductUnknown => &["ask your licence manager to add the product"],
            Self::PersonUnknown => &["ask your licence manager to add your login as an alias"],
            Self::BucketUnknown => {
                &["leave the bucket out to use your own", "ask your licence manager for its name"]
            }
            Self::NotOnTariff => &["ask your licence manager for a seat", "use another product"],
            Self::BucketExhausted => &["ask the owner of your bucket for tokens", "use a viewer"],
            Self::PoolExhausted => &["ask your licence manager to buy tokens", "use a viewer"],
        }
    }
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

/// Who told us of the use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Our own gate.
    Gate,
    /// A licence server's log.
    Log,
    /// The demo's generator.
    Generated,
}

/// One unit charged to a person for a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Start of the unit.
    pub at: Instant,
    /// Its price.
    pub ticks: Ticks,
    /// Who used it.
    pub person: PersonId,
    /// What was used.
    pub product: ProductId,
    /// Whose budget it belongs to.
    pub bucket: BucketId,
    /// What was counted.
    pub meter: Meter,
    /// Who told us.
    pub source: Source,
    /// Whether the bucket paid; `false`: the vendor bills it, and nothing covered it.
    pub paid: bool,
}

impl Charge {
    /// The unit that this charge is for.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        Unit { person: self.person, product: self.product, at: self.at }
    }
}

/// What is charged once and never again: a person's use of a product from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// Who used it.
    pub person: PersonId,
    /// What was used.
    pub product: ProductId,
    /// Start of the unit.
    pub at: Instant,
}

/// What an import took in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What kind of input, for example `flexnet`.
    pub kind: String,
    /// Names of the files.
    pub files: Vec<String>,
    /// Named counts.
    pub counts: Counts,
    /// Uses that were still going on at the end of the input.
    pub begun: Vec<OpenUse>,
    /// Identities of uses, begun in an earlier import, that have ended.
    pub ended: Vec<u64>,
}

/// How many of what an import added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Usage events recognised.
    pub events: u64,
    /// Sessions added.
    pub sessions: u64,
    /// Of those, still open at the end of the input.
    pub open_sessions: u64,
    /// Sessions of earlier imports that this one saw end.
    pub closed: u64,
    /// Lines or sessions refused.
    pub rejected: u64,
    /// Sessions kept but not charged: unknown product, or no rate for it.
    pub quarantined: u64,
    /// Sessions that were there already.
    pub duplicates: u64,
    /// Seconds between open and close, over the sessions added.
    pub seconds: i64,
    /// First instant seen.
    pub first: Option<Instant>,
    /// Last instant seen.
    pub last: Option<Instant>,
}

/// A use that a log shows as still going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUse {
    /// Identity across imports.
    pub identity: u64,
    /// Who.
    pub person: PersonId,
    /// What; `None` while the feature is in no product family.
    pub product: Option<ProductId>,
    /// On which workstation.
    pub host: String,
    /// Since when.
    pub opened: Instant,
}

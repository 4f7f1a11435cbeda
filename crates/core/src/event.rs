//! What can happen to a contract: the vocabulary of the journal.
//!
//! An event states facts that were decided once; applying it decides nothing anew. Events are appended,
//! never changed: to correct one, append another. To add one: a variant here, its arm in `State::apply`,
//! its wire tag in the store's codec, a golden file for the codec's test.

use crate::alert::{AlertId, Handling, Raised};
use crate::amount::{Money, Ticks};
use crate::anomaly::Class;
use crate::budget::{Answer, LoanTerms, RequestId, Terms};
use crate::burn::Plan;
use crate::caps::Cap;
use crate::estate::{
    AliasTerm, Bucket, BucketId, BucketTerms, Device, DeviceId, Group, Offering, Person, PersonId,
    Product, ProductId, Region, Schedule, Seat, SeatId, Site, Standing, Territory,
};
use crate::ledger::{Breakage, PackKind};
use crate::moves::{MovePlan, MoveStep, PlanId};
use crate::state::{KeptForecast, Occasion};
use crate::tariff::{Meter, TariffParts};
use crate::when::{Date, Instant};
use core::fmt;

mod decision;
mod reason;
mod receipt;
pub use decision::{
    AgentSaid, Ask, Basis, Cause, Circumstances, Fare, Opened, Outcome, Refused, Route, Trial,
};
pub use reason::Reason;
pub use receipt::{Counts, OpenUse, Overlap, Receipt, Undone};

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
    /// A hold was resolved: that of whoever runs the product for this person, else that of their leases.
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
    /// An import was taken back.
    ImportUndone(Undone),
    /// Feature codes were found to be products, once and for all: later tables do not change it.
    FeaturesMapped(Vec<FeatureMapped>),
    /// Somebody gave an order; the events of the same commit that follow carry it out.
    Ordered {
        /// Who, by the name of their key or sign-in, or of the operating system's account.
        by: String,
        /// What, in a few words.
        what: String,
    },
    /// Groups were added or changed.
    GroupsSet(Vec<Group>),
    /// People were added, or what is true of them changed.
    PeopleSet(Vec<PersonSet>),
    /// People got further names.
    AliasesSet(Vec<AliasTerm>),
    /// A seat passed to somebody, or to nobody.
    SeatMoved {
        /// Which.
        seat: SeatId,
        /// To whom.
        person: Option<PersonId>,
    },
    /// Regions are these from now on.
    RegionsSet(Vec<Region>),
    /// Sites were added or changed.
    SitesSet(Vec<Site>),
    /// Pools and seats may be used here from now on.
    TerritoriesSet(Vec<Territory>),
    /// Schedules were added or changed.
    SchedulesSet(Vec<Schedule>),
    /// Buckets were opened, or what is agreed of them changed.
    BucketsSet(Vec<BucketSet>),
    /// What is agreed of the contract changed.
    TermsSet(Terms),
    /// A set of policies holds from now on, instead of the one of the same name.
    PolicyAdopted(PolicySet),
    /// A set of policies holds no longer.
    PolicyRetired(String),
    /// Caps are these from now on.
    CapsSet(Vec<Cap>),
    /// A pack of tokens came in.
    PackAdded {
        /// Name to show.
        name: String,
        /// What kind of pool it belongs to.
        kind: PackKind,
        /// How many.
        ticks: Ticks,
        /// First instant of validity.
        from: Instant,
        /// First instant after.
        until: Instant,
        /// What a token of it cost.
        price: Option<Money>,
    },
    /// A clause of the contract let part of an ending pack live on in a new one.
    CarriedForward {
        /// Which, counted from 0 in the order they came in.
        pack: u32,
        /// How many.
        ticks: Ticks,
        /// First instant after the new pack's term.
        until: Instant,
    },
    /// The vendor's count differs from ours, and the vendor's holds.
    Corrected {
        /// The pack whose rest was wrong.
        pack: u32,
        /// Who loses or gains; the unallocated part when it is nobody.
        bucket: Option<BucketId>,
        /// How many more there are; negative when there are fewer.
        ticks: Ticks,
        /// Why.
        why: String,
    },
    /// Tokens passed between two buckets, or between one and the unallocated part of the pool.
    TokensMoved(Move),
    /// Somebody asks for tokens for a bucket; the number of this event names the request.
    TokensRequested(TokenRequest),
    /// Somebody who decides on it said yes or no.
    RequestAnswered {
        /// To which.
        request: RequestId,
        /// Who.
        by: PersonId,
        /// What.
        answer: Answer,
        /// In their words.
        comment: String,
    },
    /// Nobody answered in time.
    RequestExpired(RequestId),
    /// A bucket's period ended, and what was left of it was dealt with.
    PeriodEnded {
        /// Whose.
        bucket: BucketId,
        /// First date after the period.
        until: Date,
    },
    /// The vendor says how many tokens are left.
    VendorBalance {
        /// When that was.
        at: Instant,
        /// How many.
        ticks: Ticks,
    },
    /// The vendor says what it charged.
    VendorReported(Vec<VendorCharge>),
    /// What a token is worth just now, given how probable it is that they run out.
    ShadowPriced(Money),
    /// What a unit of one currency is worth in another from a date on.
    ExchangeRatesSet(Vec<ExchangeRate>),
    /// Somebody looked at use outside of its territory.
    BreachReviewed {
        /// The decision that let it through.
        decision: u64,
        /// Whether it is in order.
        accepted: bool,
        /// Why.
        why: String,
    },
    /// A workstation was enrolled: from now on it speaks for itself.
    DeviceEnrolled(Device),
    /// A workstation speaks for itself no longer.
    DeviceRevoked(DeviceId),
    /// The rules for agents are this text from now on.
    AgentRulesSet(String),
    /// Somebody looked at a finding.
    FindingJudged {
        /// Which.
        finding: u64,
        /// Its class.
        class: Class,
        /// What it is about.
        subject: String,
        /// Whether it is one.
        confirmed: bool,
        /// Why.
        why: String,
    },
    /// An alert rule is this text from now on.
    AlertRuleSet {
        /// Its key.
        key: String,
        /// As somebody wrote it.
        text: String,
    },
    /// An alert rule is gone; what it has raised stays.
    AlertRuleRemoved(String),
    /// Nobody is told of what a rule raises, or they are again.
    AlertRuleMuted {
        /// Its key.
        key: String,
        /// Until when; `None`: no longer.
        until: Option<Instant>,
    },
    /// A rule was crossed, by one or several.
    AlertRaised(Raised),
    /// Something was done about an alert, or it ended.
    AlertHandled {
        /// Which.
        alert: AlertId,
        /// What.
        what: Handling,
    },
    /// Forecasts were made that will be scored.
    ForecastsKept(Vec<KeptForecast>),
    /// Something is known of days to come.
    OccasionSet(Occasion),
    /// It is known no longer.
    OccasionRemoved(String),
    /// An identity turned out to be another person's, or not to be: all that was charged to it was reversed
    /// before, and what its use comes to now is charged after.
    PersonMerged {
        /// Which.
        person: PersonId,
        /// Whose it is from now on; `None`: it is a person of its own again.
        into: Option<PersonId>,
    },
    /// A plan of moves was drawn; the number of this event names it.
    MovesPlanned(MovePlan),
    /// Somebody decided on a plan of moves.
    MovesJudged {
        /// Which.
        plan: PlanId,
        /// Who.
        by: String,
        /// Whether it may be carried out.
        approved: bool,
        /// Why.
        why: String,
    },
    /// Something was done with moves of a plan; where seats moved, the same commit says so.
    MovesStepped {
        /// Of which.
        plan: PlanId,
        /// Their places in the plan, from 0.
        moves: Vec<u32>,
        /// What.
        step: MoveStep,
    },
    /// An allotment is to be used up like this from now on.
    PlanSet {
        /// Whose; `None`: the pool as a whole.
        bucket: Option<BucketId>,
        /// How.
        plan: Plan,
    },
}

/// A person as they are from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonSet {
    /// Stable key; a new one adds a person.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Where their tokens come from.
    pub bucket: BucketId,
    /// Groups, contract, end.
    pub standing: Standing,
}

/// A bucket as it is from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketSet {
    /// Stable key; a new one opens a bucket.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// What is agreed of it.
    pub terms: BucketTerms,
}

/// Whether rules decide or are only watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// They decide.
    #[default]
    Enforce,
    /// What they would have done is recorded; nobody is turned away for them.
    Monitor,
}

/// A named set of policies, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySet {
    /// Stable kebab-case name; a set replaces the one of its name.
    pub name: String,
    /// Whether it decides.
    pub mode: Mode,
    /// The policies, in Cedar.
    pub text: String,
}

/// Tokens that change hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Who gives; `None`: the unallocated part of the pool.
    pub from: Option<BucketId>,
    /// Who gets.
    pub to: Option<BucketId>,
    /// How many.
    pub ticks: Ticks,
    /// What made them move.
    pub cause: MoveCause,
    /// Why, in somebody's words.
    pub why: String,
}

/// What made tokens change hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveCause {
    /// Somebody who may gave the order.
    Order,
    /// A request was approved.
    Request(RequestId),
    /// A loan came back.
    LoanReturned(RequestId),
    /// A period ended.
    PeriodEnd,
}

/// Somebody asks for tokens for a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// Who asks.
    pub by: PersonId,
    /// For which bucket.
    pub bucket: BucketId,
    /// Who would give; `None`: the unallocated part of the pool.
    pub from: Option<BucketId>,
    /// How many.
    pub ticks: Ticks,
    /// Why.
    pub why: String,
    /// When it ends unanswered.
    pub expires: Instant,
    /// When it is given back, if it is only lent.
    pub loan: Option<LoanTerms>,
}

/// What the vendor charged to somebody on a day, and what we make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorCharge {
    /// The UTC day.
    pub day: Date,
    /// Under which name.
    pub alias: String,
    /// Who that is.
    pub person: PersonId,
    /// What was used.
    pub product: ProductId,
    /// How much.
    pub ticks: Ticks,
    /// What we make of it.
    pub finding: Finding,
}

/// What we make of a charge that the vendor reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// We charged the same.
    Matched,
    /// We had not heard of the use, and charged it now.
    Booked,
    /// It was paid twice: a seat of the person covered it, or another charge did.
    DoubleDip(DipCause),
}

/// How a double-dip came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DipCause {
    /// They signed in under a name other than the one the seat is assigned to, or the unit is charged to.
    SecondIdentity,
    /// The seat passed to them during that day.
    SeatCameLater,
    /// The vendor charged the very name that holds the seat.
    SameIdentity,
    /// The vendor charged a name again while a unit of theirs went on.
    SecondChargeInWindow,
}

/// What a unit of one currency is worth in another from a date on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    /// Price of one unit of the other currency, in the currency it is converted to.
    pub price: Money,
    /// The currency converted from.
    pub of: crate::amount::Currency,
    /// First date.
    pub from: Date,
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

/// Who told us of the use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Our own gate.
    Gate,
    /// A licence server's log.
    Log,
    /// The demo's generator.
    Generated,
    /// The vendor's report.
    Vendor,
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

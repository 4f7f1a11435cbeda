//! Two identities of one person on the wire: what the page, scripts and the command line send, and what they get back.

use super::Tokens;
use super::order::{Naming, OrderDone};
use faregate_app::merge::{Covering, Merge, Month, Plan, Twice};
use faregate_app::orders::{Done, Kind, Order, OrderRefusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest name.
const NAME_MAX: usize = 256;

/// An identity that is to become another person's, or their own again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// Any name of the identity; its key, when it is to be a person of its own again.
    #[schema(max_length = 256)]
    pub person: String,
    /// Any name of the person whose it is; `null`: an earlier merge is taken back.
    #[schema(max_length = 256)]
    pub into: Option<String>,
}

/// What became of a merge, or would.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct MergeDone {
    /// The order's answer.
    #[serde(flatten)]
    pub order: OrderDone,
    /// What changes; `null` when it was carried out before, under the same `Idempotency-Key`.
    pub changes: Option<MergeChanges>,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct MergeChanges {
    /// Key of the identity.
    pub person: String,
    /// Key of the person whose it is to be, or was until now.
    pub other: String,
    /// Whether they become one; else they part.
    pub joins: bool,
    /// Uses that become the other's.
    pub sessions: u64,
    /// Charges, by month and bucket. A unit that only passes on is both reversed and charged.
    pub months: Vec<MergeMonth>,
    /// What was paid twice, as it turns out.
    pub double_dips: Vec<MergeDip>,
    /// Seats that cover what was charged.
    pub seats: Vec<MergeSeat>,
}

/// What changes of a month's charges to a bucket.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct MergeMonth {
    /// Its first day, in the contract's zone.
    #[schema(format = Date)]
    pub month: String,
    /// Key of the bucket.
    pub bucket: String,
    /// What is reversed.
    pub reversed: Tokens,
    /// What is charged.
    pub charged: Tokens,
}

/// Tokens that were paid twice, as it turns out.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct MergeDip {
    /// The UTC day.
    #[schema(format = Date)]
    pub day: String,
    /// Key of what was used.
    pub product: String,
    /// Under which name the vendor charged it; `null` for a charge of ours.
    pub charged_to: Option<String>,
    /// How many.
    pub tokens: Tokens,
}

/// A seat that covers what was charged.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
pub struct MergeSeat {
    /// Its number.
    pub seat: u32,
    /// Name of what it is of.
    pub offering: String,
    /// How many units.
    pub units: u64,
    /// What they had cost.
    pub tokens: Tokens,
}

impl MergeBody {
    /// The order that this body describes.
    ///
    /// # Errors
    /// When a name is too long to be one.
    pub fn into_order(self) -> Result<Order, OrderRefusal> {
        let Self { person, into } = self;
        if [Some(&person), into.as_ref()].into_iter().flatten().any(|name| name.len() > NAME_MAX) {
            let help = format!("names have up to {NAME_MAX} bytes");
            return Err(OrderRefusal::new(Kind::Invalid, "too-long", "a name is too long", help));
        }
        Ok(Order::Merge(Merge { person, into }))
    }
}

impl MergeDone {
    /// What is said of a merge that was carried out, or tried.
    #[must_use]
    pub fn new(mut done: Done, dry_run: bool) -> Self {
        let changes = done.merge.take().map(|plan| MergeChanges::from(*plan));
        Self { order: OrderDone::new(done, Naming::Entry, dry_run), changes }
    }
}

impl From<Plan> for MergeChanges {
    fn from(plan: Plan) -> Self {
        let Plan { person, other, joins, sessions, months, dips, seats } = plan;
        let months = months.into_iter().map(|Month { month, bucket, reversed, charged }| {
            let (reversed, charged) = (reversed.into(), charged.into());
            MergeMonth { month: month.to_string(), bucket, reversed, charged }
        });
        let dips = dips.into_iter().map(|Twice { day, product, alias, ticks, .. }| {
            let (day, tokens) = (day.to_string(), ticks.into());
            MergeDip { day, product, charged_to: alias, tokens }
        });
        let seats = seats.into_iter().map(|Covering { seat, offering, units, ticks }| MergeSeat {
            seat: seat.0,
            offering,
            units,
            tokens: ticks.into(),
        });
        let (months, seats) = (months.collect(), seats.collect());
        Self { person, other, joins, sessions, months, double_dips: dips.collect(), seats }
    }
}

//! Why an order is not carried out: written for whoever gave it.

use faregate_core::budget::Unmoved;
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::ledger::Refusal;
use faregate_core::state::{Broken, State};

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It names something that does not exist.
    Unknown,
    /// It is not theirs to give.
    Forbidden,
    /// It contradicts what is true.
    Conflict,
    /// It makes no sense whatever is true.
    Invalid,
}

/// Why an order is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRefusal {
    /// What kind of refusal it is.
    pub kind: Kind,
    /// Stable kebab-case code.
    pub code: &'static str,
    /// What is wrong: lower-case, no full stop, the orderer's value in backticks.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl OrderRefusal {
    /// A refusal of a kind.
    pub fn new(
        kind: Kind,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, code, message: message.into(), help: help.into() }
    }

    /// Not theirs to give.
    pub(super) fn forbidden(message: &str) -> Self {
        Self::new(Kind::Forbidden, "not-yours", message, "ask somebody who may")
    }

    /// Something that does not exist.
    pub fn unknown(what: &'static str, name: &str) -> Self {
        let (article, help) = match what {
            "bucket" => ("no", "`faregate bucket list` names all of them"),
            "person" => ("no", "`faregate person list` names all of them"),
            "alert" => ("no", "`faregate alert list` names those that are open"),
            "occasion" => ("no", "`faregate occasion list` names all of them"),
            "alert rule" => ("no", "`faregate alert rules` names all of them"),
            "workstation" => ("no", "`faregate agent list` names all of them"),
            "policies" => ("no", "`faregate policy list` names all of them"),
            "seat" => ("no", "`faregate seat list` numbers all of them"),
            _ => ("no", "look for a slip of the pen"),
        };
        Self::new(Kind::Unknown, "unknown", format!("there is {article} {what} `{name}`"), help)
    }

    /// What the state would say of the events.
    pub(super) fn broken(why: Broken) -> Self {
        match why {
            Broken::Ledger(Refusal::OutOfRange) => Self::new(
                Kind::Invalid,
                "out-of-range",
                "there would be more tokens than can be counted, 2.56 billion",
                "look for digits too many",
            ),
            other => Self::new(
                Kind::Conflict,
                "contradiction",
                other.to_string(),
                "look at what is there, and try again",
            ),
        }
    }

    /// What the core says of tokens that do not move.
    pub(super) fn unmoved(state: &State, why: &Unmoved) -> Self {
        let bucket = |id: Option<BucketId>| bucket_name(state, id);
        let person = |id: PersonId| state.estate().person(id).map_or("?", |p| p.key.as_str());
        let conflict =
            |code, message: String, help: &str| Self::new(Kind::Conflict, code, message, help);
        let invalid =
            |code, message: &str, help: &str| Self::new(Kind::Invalid, code, message, help);
        match why {
            Unmoved::NoRequest(id) => Self::unknown("request", &id.to_string()),
            Unmoved::NotWaiting(id) => conflict(
                "already-answered",
                format!("request {id} was answered, or has expired"),
                "make a new request",
            ),
            Unmoved::OwnRequest => Self::new(
                Kind::Forbidden,
                "own-request",
                "nobody decides on their own request",
                "ask another owner of the bucket above",
            ),
            Unmoved::NotDecider(id) => Self::new(
                Kind::Forbidden,
                "not-decider",
                format!("`{}` does not decide on that bucket", person(*id)),
                "ask one of its owners; `faregate bucket list` names them",
            ),
            Unmoved::SaidAlready => conflict(
                "said-already",
                "they have said yes already".to_owned(),
                "a request this large needs a second person",
            ),
            Unmoved::TooMany { bucket: id, free } => conflict(
                "too-few-tokens",
                format!("{} has only {free} tokens free", bucket(*id)),
                "move fewer, or free some first; what is held by running sessions cannot move",
            ),
            Unmoved::NoAmount => invalid(
                "no-amount",
                "the amount must be above zero",
                "give a positive number of tokens",
            ),
            Unmoved::SameBucket => {
                invalid("same-bucket", "both buckets are the same", "name two different ones")
            }
            Unmoved::NoBucket(id) => Self::unknown("bucket", &id.0.to_string()),
            Unmoved::NoLoans => conflict(
                "no-loans",
                "the bucket above does not lend".to_owned(),
                "ask for tokens for good, or let its owner allow loans (`lends = true`)",
            ),
            Unmoved::DueNow => {
                invalid("due-now", "a loan must be due later than now", "give a later date")
            }
            Unmoved::MoreThanAsked(asked) => Self::new(
                Kind::Invalid,
                "more-than-asked",
                format!("only {asked} tokens were asked for"),
                "approve that many, or fewer",
            ),
            Unmoved::TooManyWaiting => conflict(
                "too-many-waiting",
                "as many of your requests wait for an answer as anybody's may".to_owned(),
                "wait for the answers, or have one declined",
            ),
        }
    }
}

/// A bucket as messages name it.
pub(super) fn bucket_name(state: &State, id: Option<BucketId>) -> String {
    let known = id.map(|id| state.estate().bucket(id).map_or("?", |bucket| bucket.key.as_str()));
    known.map_or("the unallocated part of the pool".to_owned(), |key| format!("bucket `{key}`"))
}

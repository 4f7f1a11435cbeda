//! Which things a caller may see: one question for each kind of thing, asked by every handler of the API
//! and by the lake's endpoint.
//!
//! What a caller may not see is answered exactly as what does not exist, so that nothing is revealed.
//! To add a kind of thing: its question here, its rows in the API's test of foreign ids (`tests/api/foreign.rs`).

use crate::access::Role;
use crate::orders::{Order, OrderRefusal};
use faregate_core::alert::{Alert, AlertId};
use faregate_core::anomaly::Finding;
use faregate_core::budget::{RequestId, Requested};
use faregate_core::estate::{BucketId, PersonId, SeatId};
use faregate_core::state::State;
use faregate_core::when::Instant;

/// How far a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything there is.
    Everything,
    /// What is this person's; nothing when their name is nobody's.
    Own(Option<PersonId>),
}

impl Sight {
    /// How far a role sees, with the name on its credential.
    #[must_use]
    pub fn of(role: Role, name: &str, state: &State, now: Instant) -> Self {
        match role {
            Role::Member => Self::Own(state.estate().person_known_as(name, now)),
            Role::Collector => Self::Own(None),
            Role::Workstation
            | Role::Viewer
            | Role::Procurement
            | Role::Approver
            | Role::LicenceManager
            | Role::Administrator => Self::Everything,
        }
    }

    /// May this caller see this person?
    #[must_use]
    pub fn person(self, id: PersonId) -> bool {
        match self {
            Self::Everything => true,
            Self::Own(own) => own == Some(id),
        }
    }

    /// May this caller see this bucket? Members see the one that pays for them, and those whose uses they see.
    #[must_use]
    pub fn bucket(self, state: &State, id: BucketId) -> bool {
        let pays = |own: PersonId| state.payer(own) == id;
        matches!(self, Self::Own(Some(own)) if pays(own)) || self.uses_of(state, id)
    }

    /// May this caller see what the contract as a whole spends? Its owners do.
    #[must_use]
    pub fn contract(self, state: &State) -> bool {
        match self {
            Self::Everything => true,
            Self::Own(own) => own.is_some_and(|own| state.terms().owners.contains(&own)),
        }
    }

    /// May this caller see what a bucket paid for, and for whom? Members see it of those that they own, and of
    /// those below what they own; the contract's owners own what lies above all buckets.
    #[must_use]
    pub fn uses_of(self, state: &State, id: BucketId) -> bool {
        let own = match self {
            Self::Everything => return true,
            Self::Own(None) => return false,
            Self::Own(Some(own)) => own,
        };
        let owns = |bucket: BucketId| state.estate().bucket_terms(bucket).owners.contains(&own);
        self.contract(state) || owns(id) || state.estate().buckets_above(id).into_iter().any(owns)
    }

    /// May this caller see this finding? Members see those that are about nobody but people whose tokens come from
    /// buckets that they own.
    #[must_use]
    pub fn finding(self, state: &State, finding: &Finding) -> bool {
        let theirs = |person: &PersonId| self.uses_of(state, state.payer(*person));
        let all_theirs = || !finding.people.is_empty() && finding.people.iter().all(theirs);
        self == Self::Everything || all_theirs()
    }

    /// May this caller see this request? Members see their own, those of buckets that they see, and those that
    /// wait for them.
    #[must_use]
    pub fn request(self, state: &State, requested: &Requested) -> bool {
        let request = &requested.request;
        let own = match self {
            Self::Everything => return true,
            Self::Own(None) => return false,
            Self::Own(Some(own)) => own,
        };
        request.by == own
            || self.bucket(state, request.bucket)
            || state.deciders(request.from).contains(&own)
    }

    /// May this caller see this seat? Members see those that they hold.
    #[must_use]
    pub fn seat(self, state: &State, id: SeatId, now: Instant) -> bool {
        self == Self::Everything
            || state.estate().holder(id, now).is_some_and(|holder| self.person(holder))
    }

    /// May this caller see what an order names? Whoever gives tokens of theirs may name any bucket to give to.
    ///
    /// # Errors
    /// What is said of a thing that does not exist.
    pub fn order(self, state: &State, order: &Order) -> Result<(), OrderRefusal> {
        let Self::Own(own) = self else { return Ok(()) };
        match order {
            Order::Transfer { from, to, .. } => {
                self.bucket_called(state, from.as_deref())?;
                let giver = from.as_deref().and_then(|key| state.estate().bucket_called(key));
                let gives = own.is_some_and(|own| state.deciders(giver).contains(&own));
                if gives { Ok(()) } else { self.bucket_called(state, to.as_deref()) }
            }
            Order::Request { bucket, .. } | Order::SetPlan { bucket, .. } => {
                self.bucket_called(state, bucket.as_deref())
            }
            Order::Answer { request, .. } => self.request_with(state, *request).map(|_| ()),
            Order::HandleAlert { alert, .. } => self.alert_with(state, *alert).map(|_| ()),
            // These are administrators' to give; nothing of them is looked up for anybody else.
            _ => Ok(()),
        }
    }

    /// The request with this id, when there is one and the caller may see it.
    ///
    /// # Errors
    /// What is said of a request that does not exist.
    pub fn request_with(self, state: &State, id: RequestId) -> Result<&Requested, OrderRefusal> {
        let known = state.requests().get(&id).filter(|known| self.request(state, known));
        known.ok_or_else(|| OrderRefusal::unknown("request", &id.to_string()))
    }

    /// May this caller see an alert? Members see those about themselves, and about buckets whose uses they see;
    /// the contract's owners see all.
    #[must_use]
    pub fn alert(self, state: &State, alert: &Alert) -> bool {
        let own = match self {
            Self::Everything => return true,
            Self::Own(None) => return false,
            Self::Own(Some(own)) => own,
        };
        if self.contract(state) {
            return true;
        }
        match alert.crossing.subject.split_once(':') {
            Some(("bucket", key)) => {
                state.estate().bucket_called(key).is_some_and(|id| self.uses_of(state, id))
            }
            Some(("person", key)) => state.estate().person_keyed(key) == Some(own),
            _ => false,
        }
    }

    /// The alert with this id, when there is one and the caller may see it.
    ///
    /// # Errors
    /// What is said of an alert that does not exist.
    pub fn alert_with(self, state: &State, id: AlertId) -> Result<&Alert, OrderRefusal> {
        let known = state.monitor().alerts().get(&id).filter(|known| self.alert(state, known));
        known.ok_or_else(|| OrderRefusal::unknown("alert", &id.to_string()))
    }

    fn bucket_called(self, state: &State, key: Option<&str>) -> Result<(), OrderRefusal> {
        let Some(key) = key else { return Ok(()) };
        let known = state.estate().bucket_called(key).filter(|id| self.bucket(state, *id));
        known.map(|_| ()).ok_or_else(|| OrderRefusal::unknown("bucket", key))
    }
}

//! Requests for tokens, and which of them wait or are owed: nobody looks through all that were ever made.

use crate::budget::{Progress, RequestId, Requested};
use crate::estate::PersonId;
use crate::when::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// All requests, by id, and those of them that something is still to come of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    all: BTreeMap<RequestId, Requested>,
    /// Those that wait, by when they end unanswered.
    waiting: BTreeSet<(Instant, RequestId)>,
    /// The same, by who asked.
    askers: BTreeSet<(PersonId, Instant, RequestId)>,
    /// Loans of which something is owed, by when they are due.
    lent: BTreeSet<(Instant, RequestId)>,
}

impl Requests {
    pub(super) fn all(&self) -> &BTreeMap<RequestId, Requested> {
        &self.all
    }

    pub(super) fn insert(&mut self, id: RequestId, requested: Requested) {
        self.index(id, &requested);
        self.all.insert(id, requested);
    }

    /// Changes a request; `None` when there is none.
    pub(super) fn change<T>(
        &mut self,
        id: RequestId,
        change: impl FnOnce(&mut Requested) -> T,
    ) -> Option<T> {
        let mut requested = self.all.remove(&id)?;
        let request = &requested.request;
        self.waiting.remove(&(request.expires, id));
        self.askers.remove(&(request.by, request.expires, id));
        if let Some(loan) = request.loan {
            self.lent.remove(&(loan.due, id));
        }
        let done = change(&mut requested);
        self.insert(id, requested);
        Some(done)
    }

    fn index(&mut self, id: RequestId, requested: &Requested) {
        let request = &requested.request;
        if requested.progress == Progress::Waiting {
            self.waiting.insert((request.expires, id));
            self.askers.insert((request.by, request.expires, id));
        }
        if let Some(loan) = request.loan.filter(|_| requested.owing.is_positive()) {
            self.lent.insert((loan.due, id));
        }
    }

    /// Those that nobody answered in time, by when they ended.
    pub(crate) fn expired(&self, now: Instant) -> impl Iterator<Item = RequestId> + '_ {
        self.waiting.range(..=(now, LAST)).map(|(_, id)| *id)
    }

    /// Loans that are due, by when they were.
    pub(crate) fn to_be_returned(&self, now: Instant) -> impl Iterator<Item = RequestId> + '_ {
        self.lent.range(..=(now, LAST)).map(|(_, id)| *id)
    }

    /// How many of somebody's wait and have not ended.
    pub(super) fn waiting_of(&self, person: PersonId, now: Instant) -> usize {
        let first = (person, now.plus(1), RequestId(0));
        self.askers.range(first..=(person, Instant(i64::MAX), LAST)).count()
    }
}

/// No request is named by a greater number.
const LAST: RequestId = RequestId(u64::MAX);

impl FromIterator<(RequestId, Requested)> for Requests {
    fn from_iter<I: IntoIterator<Item = (RequestId, Requested)>>(all: I) -> Self {
        let mut requests = Self::default();
        all.into_iter().for_each(|(id, requested)| requests.insert(id, requested));
        requests
    }
}

//! Who gets how many tokens of whom. Bucket 1 lies below bucket 0, which belongs to persons 0 and 2 and lends;
//! person 1 owns the contract.

use super::{DAY, Model, TOKEN};

/// This much needs two who say yes.
pub(crate) const LARGE: i64 = 20;
/// How many requests of one person may wait.
const WAITING_MAX: usize = 20;
const WEEK: i64 = 7 * DAY;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    by: u32,
    bucket: u16,
    asked: i128,
    expires: i64,
    due: Option<i64>,
    approvals: Vec<(u32, i128)>,
    /// As the crate calls it.
    pub(crate) progress: &'static str,
    pub(crate) owing: i128,
}

/// Dates between which bucket 1 may be spent from, and the last end that was dealt with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Project {
    from: i64,
    until: i64,
    dealt_with: i64,
}

impl Model {
    /// Whether they were free. `None` is the unallocated part of the pool.
    pub(crate) fn transfer(&mut self, from: Option<u16>, to: Option<u16>, ticks: i128) -> bool {
        let can = from != to && ticks > 0 && *self.free(from) >= ticks;
        if can {
            *self.free(from) -= ticks;
            *self.free(to) += ticks;
        }
        can
    }

    fn free(&mut self, bucket: Option<u16>) -> &mut i128 {
        match bucket {
            Some(bucket) => &mut self.available[usize::from(bucket)],
            None => &mut self.unallocated,
        }
    }

    pub(crate) fn correct(&mut self, pack: usize, bucket: Option<u16>, ticks: i128) -> bool {
        let lot = &self.packs[pack];
        let can =
            lot.left + ticks >= 0 && lot.bought + ticks >= 0 && *self.free(bucket) + ticks >= 0;
        if can {
            *self.free(bucket) += ticks;
            let lot = &mut self.packs[pack];
            (lot.left, lot.bought) = (lot.left + ticks, lot.bought + ticks);
        }
        can
    }

    /// Whether they may ask for so much.
    pub(crate) fn request(
        &mut self,
        id: u64,
        (by, bucket): (u32, u16),
        asked: i128,
        now: i64,
        due: Option<i64>,
    ) -> bool {
        let waits =
            |known: &&Request| known.by == by && known.progress == "waiting" && now < known.expires;
        let bought: i128 = self.packs.iter().map(|pack| pack.bought).sum();
        if asked > bought || self.requests.values().filter(waits).count() >= WAITING_MAX {
            return false;
        }
        let (approvals, progress, expires) = (Vec::new(), "waiting", now + WEEK);
        let request = Request { by, bucket, asked, expires, due, approvals, progress, owing: 0 };
        self.requests.insert(id, request);
        true
    }

    /// Whether they may say so. Tokens move with the last yes that is needed.
    pub(crate) fn answer(&mut self, id: u64, by: u32, yes: Option<i128>, now: i64) -> bool {
        let request = self.requests[&id].clone();
        let from = lender(request.bucket);
        let deciders: &[u32] = if from.is_some() { &[0, 2] } else { &[1] };
        let may = request.progress == "waiting"
            && now < request.expires
            && by != request.by
            && deciders.contains(&by);
        let known = self.requests.get_mut(&id).expect("looked up above");
        let Some(ticks) = yes else {
            known.progress = if may { "declined" } else { known.progress };
            return may;
        };
        let smallest = request.approvals.iter().map(|(_, ticks)| *ticks).chain([ticks]).min();
        let smallest = smallest.expect("at least one");
        if !may
            || ticks > request.asked
            || request.approvals.iter().any(|(earlier, _)| *earlier == by)
            || *self.free(from) < smallest
        {
            return false;
        }
        let much = request.asked.max(smallest) >= i128::from(LARGE) * TOKEN;
        let known = self.requests.get_mut(&id).expect("looked up above");
        known.approvals.push((by, ticks));
        if known.approvals.len() > usize::from(much) {
            known.progress = "approved";
            known.owing = if known.due.is_some() { smallest } else { 0 };
            assert!(self.transfer(from, Some(request.bucket), smallest), "free above");
        }
        true
    }

    /// What comes about by itself: requests end unanswered, loans come back, a project's rest goes up.
    pub(crate) fn due(&mut self, now: i64) {
        for request in self.requests.values_mut() {
            if request.progress == "waiting" && request.expires <= now {
                request.progress = "expired";
            }
        }
        self.return_loans(now);
        let today = now.div_euclid(DAY);
        if let Some(project) = self.project {
            let over = if project.until <= today { project.until } else { project.from };
            if over <= today && project.dealt_with < over {
                self.project = Some(Project { dealt_with: over, ..project });
                let left = self.available[1];
                self.transfer(Some(1), Some(0), left);
                self.return_loans(now);
            }
        }
    }

    fn return_loans(&mut self, now: i64) {
        // What one returns can be what another one lacked.
        let returned = |model: &mut Self| {
            let part =
                |request: &Request| request.owing.min(model.available[usize::from(request.bucket)]);
            let is_due = |request: &Request| request.due.is_some_and(|due| due <= now);
            let mut owing = model.requests.iter().filter(|(_, request)| is_due(request));
            let (id, part) = owing.find_map(|(id, request)| {
                Some((*id, part(request))).filter(|(_, part)| *part > 0)
            })?;
            let known = model.requests.get_mut(&id)?;
            known.owing -= part;
            known.progress = if known.owing == 0 { "returned" } else { known.progress };
            let bucket = known.bucket;
            model.transfer(Some(bucket), lender(bucket), part).then_some(())
        };
        while returned(self).is_some() {}
    }

    /// Bucket 1 is for a project from today on.
    pub(crate) fn project(&mut self, days: i64, now: i64) {
        let from = now.div_euclid(DAY);
        let until = from + days;
        let same = self.project.is_some_and(|old| (old.from, old.until) == (from, until));
        if !same {
            self.project = Some(Project { from, until, dealt_with: from });
        }
    }

    pub(super) fn in_force(&self, bucket: u16, now: i64) -> bool {
        let today = now.div_euclid(DAY);
        bucket != 1 || self.project.is_none_or(|dates| dates.from <= today && today < dates.until)
    }
}

/// Bucket 1 borrows of bucket 0, bucket 0 of the pool.
fn lender(bucket: u16) -> Option<u16> {
    (bucket == 1).then_some(0)
}

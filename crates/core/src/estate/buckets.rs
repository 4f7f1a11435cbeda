//! The tree of buckets: who owns one, above which it lies, for which period it was given.

use super::{BucketId, Estate, PersonId};
use crate::when::Date;
use rustc_hash::FxHashMap;

/// How long an allocation is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// Until somebody changes it.
    #[default]
    Open,
    /// Calendar months, quarters or years of so many months, in the contract's zone.
    Months(u8),
    /// A project's dates: the first, and the first after.
    Dates(Date, Date),
}

/// What becomes of what is left at the end of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leftover {
    /// It goes back to the bucket above, or to the unallocated part of the pool.
    #[default]
    Return,
    /// It stays.
    Carry,
    /// It is withdrawn to the unallocated part of the pool, whatever bucket lies above.
    Expire,
}

/// What is agreed of a bucket, beyond its key and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketTerms {
    /// The bucket above.
    pub parent: Option<BucketId>,
    /// Those who decide on it.
    pub owners: Vec<PersonId>,
    /// How long its allocation is for.
    pub period: Period,
    /// What becomes of the rest then.
    pub leftover: Leftover,
    /// Whether those below may borrow from it, on approval.
    pub lends: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Terms(FxHashMap<BucketId, BucketTerms>);

impl Estate {
    /// Says what is agreed of a bucket from now on.
    ///
    /// # Errors
    /// The bucket, when it would lie above itself, or below one that was never opened.
    pub fn set_bucket_terms(&mut self, id: BucketId, terms: BucketTerms) -> Result<(), BucketId> {
        if !self.may_lie_below(id, terms.parent) {
            return Err(id);
        }
        // Nothing agreed is no entry, so that a snapshot read back equals what it was taken of.
        if terms == BucketTerms::default() {
            self.bucket_terms.0.remove(&id);
        } else {
            self.bucket_terms.0.insert(id, terms);
        }
        Ok(())
    }

    /// Whether a bucket, opened or the next one to be, can lie below this one.
    #[must_use]
    pub fn may_lie_below(&self, id: BucketId, parent: Option<BucketId>) -> bool {
        parent.is_none_or(|parent| {
            let above = self.buckets_above(parent);
            self.bucket(parent).is_some() && parent != id && !above.contains(&id)
        })
    }

    /// The id of the bucket with this key, or the one that it would get.
    #[must_use]
    pub fn bucket_id(&self, key: &str) -> BucketId {
        self.bucket_called(key).unwrap_or_else(|| BucketId(super::next(self.buckets.len())))
    }

    /// Writes past all checks, as a careless edit would.
    #[cfg(test)]
    pub(crate) fn spoil_bucket_terms(&mut self, id: BucketId, terms: BucketTerms) {
        self.bucket_terms.0.insert(id, terms);
    }

    /// Changes a bucket's name.
    pub fn rename_bucket(&mut self, id: BucketId, name: &str) {
        if let Some(bucket) = self.buckets.get_mut(id.index()) {
            name.clone_into(&mut bucket.name);
        }
    }

    /// What is agreed of a bucket.
    #[must_use]
    pub fn bucket_terms(&self, id: BucketId) -> BucketTerms {
        self.bucket_terms.0.get(&id).cloned().unwrap_or_default()
    }

    /// The bucket above.
    #[must_use]
    pub fn parent(&self, id: BucketId) -> Option<BucketId> {
        self.bucket_terms.0.get(&id)?.parent
    }

    /// All buckets above, the nearest first.
    #[must_use]
    pub fn buckets_above(&self, id: BucketId) -> Vec<BucketId> {
        let mut above = Vec::new();
        let mut next = self.parent(id);
        while let Some(parent) = next.filter(|parent| !above.contains(parent)) {
            above.push(parent);
            next = self.parent(parent);
        }
        above
    }

    /// The buckets whose parent this is, in id order.
    #[must_use]
    pub fn buckets_below(&self, id: BucketId) -> Vec<BucketId> {
        let ids = (0..self.buckets.len()).map(|index| BucketId(super::next(index)));
        ids.filter(|child| self.parent(*child) == Some(id)).collect()
    }

    /// Whether a bucket may be spent from on a date: it may not outside of its project's dates.
    #[must_use]
    pub fn in_force(&self, id: BucketId, date: Date) -> bool {
        match self.bucket_terms.0.get(&id).map(|terms| terms.period) {
            Some(Period::Dates(from, until)) => from <= date && date < until,
            _ => true,
        }
    }

    /// Those who decide on a bucket: its owners, or those of the nearest bucket above that has any.
    #[must_use]
    pub fn deciders(&self, id: BucketId) -> Vec<PersonId> {
        let lineage = core::iter::once(id).chain(self.buckets_above(id));
        let mut owners = lineage.map(|bucket| self.bucket_terms(bucket).owners);
        owners.find(|owners| !owners.is_empty()).unwrap_or_default()
    }
}

impl Period {
    /// The period's first date at or before `date`, and the first after it; `None` when it has no end.
    #[must_use]
    pub fn around(self, date: Date) -> Option<(Date, Date)> {
        match self {
            Self::Open => None,
            Self::Dates(from, until) => Some((from, until)),
            Self::Months(months) => {
                let months = i16::from(months.clamp(1, 12));
                let (year, month, _) = date.ymd();
                let zero = i16::from(month).saturating_sub(1);
                let first = zero.saturating_sub(zero.checked_rem(months).unwrap_or(0));
                let start = first_of(year, first)?;
                let end = first_of(year, first.saturating_add(months))?;
                Some((start, end))
            }
        }
    }
}

/// The first day of a month, counted from 0 in January of `year`, also past its December.
fn first_of(year: i16, month: i16) -> Option<Date> {
    let year = year.checked_add(month.div_euclid(12))?;
    Date::from_ymd(year, i8::try_from(month.rem_euclid(12).saturating_add(1)).ok()?, 1)
}

//! Which charges are looked at.

use crate::estate::{BucketId, GroupId, PersonId, ProductId};
use crate::event::Charge;
use crate::state::State;

/// Which charges are looked at: those that fit everything that is said. Nothing said: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this product.
    pub product: Option<ProductId>,
    /// That belong to one of these buckets themselves, not to those below them.
    pub buckets: Option<Vec<BucketId>>,
    /// Of people who are in this group now, or in one below it.
    pub group: Option<GroupId>,
    /// Of this person.
    pub person: Option<PersonId>,
}

impl Filter {
    /// Those of some buckets.
    #[must_use]
    pub fn of_buckets(buckets: Vec<BucketId>) -> Self {
        Self { buckets: Some(buckets), ..Self::default() }
    }

    /// Whether it asks for no more than the sums of days know.
    pub(super) fn is_of_cells(&self) -> bool {
        self.group.is_none() && self.person.is_none()
    }

    pub(super) fn has_cell(&self, product: ProductId, bucket: BucketId) -> bool {
        self.product.is_none_or(|only| only == product)
            && self.buckets.as_ref().is_none_or(|only| only.contains(&bucket))
    }

    pub(super) fn has(&self, state: &State, charge: &Charge) -> bool {
        self.has_cell(charge.product, charge.bucket)
            && self.person.is_none_or(|only| only == charge.person)
            && self.group.is_none_or(|only| state.estate().groups_of(charge.person).contains(&only))
    }
}

//! What can be counted by.

use datafusion::arrow::array::{ArrayRef, AsArray, Int32Array};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use rustc_hash::FxHashMap;
use std::sync::Arc;

use crate::kernels::{Key, UNKNOWN};

/// A dimension of the sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dim {
    /// Who.
    Person,
    /// Which product family.
    Product,
    /// Whose tokens pay for the person.
    Bucket,
    /// The bucket so far below the top of the tree, or itself where it is not so deep; the top is 0.
    BucketAt(u8),
    /// At which office.
    Site,
    /// On which host, as the source names it.
    Host,
    /// Under which name, as the source writes it.
    User,
    /// By which feature code.
    Feature,
}

impl Dim {
    /// Reads `person`, `bucket` or `bucket_2`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let level = || name.strip_prefix("bucket_")?.parse().ok();
        Some(match name {
            "person" => Self::Person,
            "product" => Self::Product,
            "bucket" => Self::Bucket,
            "site" => Self::Site,
            "host" => Self::Host,
            "user" => Self::User,
            "feature" => Self::Feature,
            _ => return level().map(Self::BucketAt),
        })
    }

    /// The column of an answer, `bucket_2_id`.
    #[must_use]
    pub fn answer_column(self) -> String {
        match self {
            Self::BucketAt(level) => format!("bucket_{level}_id"),
            other => other.column().to_owned(),
        }
    }

    /// The column of the sessions.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Person => "person_id",
            Self::Product => "product_id",
            Self::Bucket | Self::BucketAt(_) => "bucket_id",
            Self::Site => "site_id",
            Self::Host => "host_id",
            Self::User => "user_id",
            Self::Feature => "feature_id",
        }
    }
}

/// The tree of buckets: the way from the top down to each.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    ways: FxHashMap<i32, Vec<i32>>,
}

impl Tree {
    /// Reads the dimension's `id` and `parent_id`.
    pub(super) fn read(batches: &[RecordBatch]) -> Result<Self> {
        let mut parents: FxHashMap<i32, Option<i32>> = FxHashMap::default();
        for batch in batches {
            let (id, parent) = (column(batch, "id")?, column(batch, "parent_id")?);
            let (id, parent) = (id.as_primitive::<Int32Type>(), parent.as_primitive::<Int32Type>());
            parents.extend(id.values().iter().copied().zip(parent.iter()));
        }
        let way = |id: i32| {
            let up = |at: &i32| parents.get(at).copied().flatten();
            // A tree is never deeper than it has nodes; a circle would go on for ever.
            let steps = std::iter::successors(Some(id), up).take(parents.len());
            let mut way: Vec<i32> = steps.collect();
            way.reverse();
            way
        };
        Ok(Self { ways: parents.keys().map(|id| (*id, way(*id))).collect() })
    }

    /// The bucket so far below the top on the way to this one.
    pub(super) fn at(&self, bucket: i32, level: u8) -> i32 {
        let way = self.ways.get(&bucket).map(Vec::as_slice).unwrap_or_default();
        way.get(usize::from(level)).or(way.last()).copied().unwrap_or(bucket)
    }
}

/// A column by name.
pub(super) fn column(batch: &RecordBatch, name: &str) -> Result<ArrayRef> {
    let missing = || DataFusionError::Plan(format!("the sessions have no column `{name}`"));
    batch.column_by_name(name).cloned().ok_or_else(missing)
}

/// The ids of keys as a column of an answer; what is not known is null.
pub(super) fn answer<'a>(keys: impl Iterator<Item = &'a Key>, place: usize) -> ArrayRef {
    let known = |key: &Key| Some(key.id(place)).filter(|id| *id != UNKNOWN);
    Arc::new(keys.map(known).collect::<Int32Array>())
}

//! Sessions told under a meaning of names that holds no longer, and those of imports that were undone.
//!
//! Only files that can be concerned are read, and only those that are get written anew: a month at a time, one
//! commit each. Doing it twice is doing it once, so the cursor is moved after all of them.

use super::{LakeSync, MEANINGS, Move, Position, TAKEN};
use crate::delta::File;
use crate::fault::LakeError;
use crate::privacy::{Privacy, is_pseudonym};
use crate::project::{GATE, Meanings, Projection, fare};
use crate::rewrite::column;
use crate::tables::Table;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use faregate_app::ports::Use;
use faregate_core::estate::{PersonId, ProductId, folded};
use faregate_core::state::State;
use faregate_core::when::Instant;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Change, LAG_MAX};

impl LakeSync {
    /// Brings the sessions to what names mean now; tells how many files were written anew.
    pub(super) async fn rederive(
        &mut self,
        at: &mut Position,
        now: Instant,
    ) -> Result<u64, LakeError> {
        let is_quiet = at.changed.is_empty() && at.undone.is_empty();
        if is_quiet && at.state.seq().saturating_sub(at.meanings) <= LAG_MAX {
            return Ok(0);
        }
        let work = Rederivation::new(at, &self.privacy);
        let seq = at.state.seq();
        let concerned = |file: &File| work.may_concern(file);
        let change = |rows: &RecordBatch| work.changed(rows);
        let tag = format!("m{seq}-{}", at.block);
        let rewritten = self.lake.rewrite(Table::Sessions, &tag, now, &concerned, &change).await?;
        let moves = [
            Move { cursor: MEANINGS, from: at.meanings, to: seq },
            Move { cursor: TAKEN, from: at.taken, to: at.block },
        ];
        self.commit_once(Table::Sessions, Change::new(now), &moves).await?;
        (at.meanings, at.taken) = (seq, at.block);
        at.changed = super::Changed::default();
        at.undone.clear();
        Ok(rewritten)
    }
}

/// What is to be changed, by the state of now.
struct Rederivation<'a> {
    state: &'a State,
    projection: &'a Projection,
    /// Names, by number, that stood for nobody or nothing.
    first: FxHashSet<i32>,
    /// Names that stood for others, with whose key each is: so our gate names people.
    other: FxHashMap<i32, Option<PersonId>>,
    undone: &'a BTreeSet<u32>,
    /// Who is behind the ids of months that name nobody.
    forgotten: FxHashMap<i32, PersonId>,
}

impl<'a> Rederivation<'a> {
    fn new(at: &'a Position, privacy: &Privacy) -> Self {
        let (mut first, mut other) = (FxHashSet::default(), FxHashMap::default());
        let mut forgotten = FxHashMap::default();
        if !at.changed.is_empty() {
            forgotten = privacy.people_forgotten(at.state.estate());
            for (number, text) in at.projection.names.all() {
                let text = folded(text);
                if at.changed.other.contains(&text) {
                    other.insert(number, at.state.estate().person_keyed(&text));
                } else if at.changed.first.contains(&text) {
                    first.insert(number);
                }
            }
        }
        let (state, projection, undone) = (&at.state, &at.projection, &at.undone);
        Self { state, projection, first, other, undone, forgotten }
    }

    fn may_concern(&self, file: &File) -> bool {
        let has_nulls = file.has_nulls("person_id") || file.has_nulls("product_id");
        let is_undone = |batch: &u32| file.may_have("batch", i64::from(*batch), i64::from(*batch));
        !self.other.is_empty()
            || (has_nulls && !self.first.is_empty())
            || self.undone.iter().any(is_undone)
    }

    /// The rows as they are to be, where some are not.
    fn changed(&self, rows: &RecordBatch) -> Result<Option<RecordBatch>, LakeError> {
        let kept = self.kept(rows)?;
        let meant = self.meant(kept.as_ref().unwrap_or(rows))?;
        Ok(meant.or(kept))
    }

    fn kept(&self, rows: &RecordBatch) -> Result<Option<RecordBatch>, LakeError> {
        let batches = column(rows, "batch")?.as_primitive::<Int64Type>();
        let is_undone = |batch: Option<i64>| {
            let batch = batch.and_then(|batch| u32::try_from(batch).ok());
            batch.is_some_and(|batch| self.undone.contains(&batch))
        };
        let keep: BooleanArray = batches.iter().map(|batch| Some(!is_undone(batch))).collect();
        if keep.true_count() == rows.num_rows() {
            return Ok(None);
        }
        Ok(Some(filter_record_batch(rows, &keep)?))
    }

    fn meant(&self, rows: &RecordBatch) -> Result<Option<RecordBatch>, LakeError> {
        let ids = |name| Ok::<_, LakeError>(column(rows, name)?.as_primitive::<Int32Type>());
        let (users, features) = (ids("user_id")?, ids("feature_id")?);
        let (people, products) = (ids("person_id")?, ids("product_id")?);
        let (buckets, sources) = (ids("bucket_id")?, column(rows, "source")?.as_string::<i32>());
        let fares = column(rows, "fare")?.as_string::<i32>();
        let instants = |name| {
            let column = column(rows, name)?.as_primitive::<TimestampMicrosecondType>();
            Ok::<_, LakeError>(column)
        };
        let (opened, closed) = (instants("opened")?, instants("closed")?);
        let mut new = Meant::of(people, products, buckets, fares);
        let mut meanings = Meanings::default();
        for row in 0..rows.num_rows() {
            let (user, feature) = (users.value(row), features.value(row));
            let other = self.other.get(&user);
            if sources.value(row) == GATE {
                other.copied().flatten().into_iter().for_each(|person| new.set_person(row, person));
                continue;
            }
            let of_person = other.is_some() || (people.is_null(row) && self.first.contains(&user));
            let of_product = products.is_null(row) && self.first.contains(&feature);
            if !(of_person || of_product) {
                continue;
            }
            let at = |column: &datafusion::arrow::array::TimestampMicrosecondArray| {
                Instant(column.value(row).div_euclid(1_000_000))
            };
            let one = Use {
                user: user.unsigned_abs(),
                host: 0,
                feature: feature.unsigned_abs(),
                ordinal: 0,
                opened: at(opened),
                closed: at(closed),
            };
            let names = &self.projection.names;
            if is_pseudonym(user) {
                // The name is gone, and with it the way to the person: whose it was stays.
                let product = meanings.product(self.state, names, one.feature);
                let person = self.forgotten.get(&people.value(row)).copied();
                new.set_product(row, self.state, (person, product), &one);
                continue;
            }
            let person = meanings.person(self.state, names, one.user, one.opened);
            let product = meanings.product(self.state, names, one.feature);
            new.set(row, self.state, (person, product), &one);
        }
        new.into_rows(rows)
    }
}

/// The columns that follow from what names mean.
struct Meant {
    people: Vec<Option<i32>>,
    products: Vec<Option<i32>>,
    buckets: Vec<Option<i32>>,
    fares: Vec<Option<String>>,
    differs: bool,
}

impl Meant {
    fn of(
        people: &Int32Array,
        products: &Int32Array,
        buckets: &Int32Array,
        fares: &StringArray,
    ) -> Self {
        Self {
            people: people.iter().collect(),
            products: products.iter().collect(),
            buckets: buckets.iter().collect(),
            fares: fares.iter().map(|fare| fare.map(str::to_owned)).collect(),
            differs: false,
        }
    }

    fn set(
        &mut self,
        row: usize,
        state: &State,
        (person, product): (Option<PersonId>, Option<ProductId>),
        one: &Use,
    ) {
        let id = |id: Option<u32>| id.and_then(|id| i32::try_from(id).ok());
        let (new_person, new_product) =
            (id(person.map(|id| id.0)), id(product.map(|id| id.0.into())));
        let is_same = self.people.get(row) == Some(&new_person)
            && self.products.get(row) == Some(&new_product);
        if is_same {
            return;
        }
        let bucket = id(person.map(|id| state.payer(id).0.into()));
        let fare = person.zip(product).map_or("none", |pair| fare(state, pair, one));
        put(&mut self.people, row, new_person);
        put(&mut self.products, row, new_product);
        put(&mut self.buckets, row, bucket);
        put(&mut self.fares, row, Some(fare.to_owned()));
        self.differs = true;
    }

    /// What was used by whoever is not named any more, and on what it ran; the rest stays.
    fn set_product(
        &mut self,
        row: usize,
        state: &State,
        (person, product): (Option<PersonId>, Option<ProductId>),
        one: &Use,
    ) {
        let id = product.map(|id| i32::from(id.0));
        if self.products.get(row) != Some(&id) {
            let fare = person.zip(product).map_or("none", |pair| fare(state, pair, one));
            put(&mut self.products, row, id);
            put(&mut self.fares, row, Some(fare.to_owned()));
            self.differs = true;
        }
    }

    /// Who used it, by our gate: what it promised stays.
    fn set_person(&mut self, row: usize, person: PersonId) {
        let person = i32::try_from(person.0).ok();
        if self.people.get(row) != Some(&person) {
            put(&mut self.people, row, person);
            self.differs = true;
        }
    }

    fn into_rows(self, rows: &RecordBatch) -> Result<Option<RecordBatch>, LakeError> {
        if !self.differs {
            return Ok(None);
        }
        let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
        let new: [(&str, ArrayRef); 4] = [
            ("person_id", Arc::new(Int32Array::from(self.people))),
            ("product_id", Arc::new(Int32Array::from(self.products))),
            ("bucket_id", Arc::new(Int32Array::from(self.buckets))),
            ("fare", Arc::new(StringArray::from(self.fares))),
        ];
        for (name, values) in new {
            put(&mut columns, rows.schema().index_of(name)?, values);
        }
        Ok(Some(RecordBatch::try_new(rows.schema(), columns)?))
    }
}

fn put<T>(values: &mut [T], place: usize, value: T) {
    if let Some(slot) = values.get_mut(place) {
        *slot = value;
    }
}

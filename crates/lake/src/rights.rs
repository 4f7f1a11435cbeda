//! Which rows of the lake somebody sees: a condition on each table, by how far they see.
//!
//! Whoever sees a part gets tables of which the rest does not exist: no statement can name the table behind.
//! To add a table: its condition in [`Part::rows`], and its row in the tests of rights.

mod barrier;
mod tables;

pub use tables::{Outlook, Tables};

use crate::tables::Table;
use datafusion::catalog::TableProvider;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, cast, col, in_subquery, lit, when,
};
use datafusion::scalar::ScalarValue;
use faregate_app::sight::Sight;
use faregate_core::estate::{BucketId, PersonId, folded};
use faregate_core::state::State;
use std::sync::Arc;

/// Which rows somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// All there are.
    Everything,
    /// Those of a person, and of what the buckets that they own paid for.
    Part(Part),
}

/// What a member sees: ids as the lake has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Themselves; nobody when their name is nobody's.
    person: Option<i32>,
    /// Who is paid for by the buckets that they own, and themselves.
    people: Vec<i32>,
    /// The buckets that they own.
    owned: Vec<i32>,
    /// The buckets that they may know of, each with its path as far as they may know it.
    buckets: Vec<(i32, String)>,
}

/// Gives the table behind a name.
pub(crate) type Behind<'a> = &'a dyn Fn(Table) -> Result<Arc<dyn TableProvider>>;

impl Rights {
    /// What a sight is worth in the lake, as of a state.
    #[must_use]
    pub fn of(sight: Sight, state: &State) -> Self {
        let own = match sight {
            Sight::Everything => return Self::Everything,
            Sight::Own(own) => own,
        };
        let estate = state.estate();
        let buckets = || (0..).map(BucketId).zip(estate.buckets());
        let owned = buckets().map(|(id, _)| id).filter(|id| sight.uses_of(state, *id));
        let seen = buckets().map(|(id, _)| id).filter(|id| sight.bucket(state, *id));
        let everybody = (0..).map(PersonId).zip(estate.people());
        let people = everybody
            .filter(|(id, person)| sight.person(*id) || sight.uses_of(state, person.bucket));
        Self::Part(Part {
            person: own.map(|person| lake_id(person.0)),
            people: people.map(|(id, _)| lake_id(id.0)).collect(),
            owned: owned.map(|id| lake_id(id.0.into())).collect(),
            buckets: seen.map(|id| (lake_id(id.0.into()), path(sight, state, id))).collect(),
        })
    }
}

/// A bucket's path, begun at the topmost that they may know of.
fn path(sight: Sight, state: &State, id: BucketId) -> String {
    let estate = state.estate();
    let above = estate.buckets_above(id).into_iter().filter(|other| *other != id);
    let seen = std::iter::once(id).chain(above).take_while(|id| sight.bucket(state, *id));
    let mut keys: Vec<String> =
        seen.filter_map(|id| estate.bucket(id).map(|bucket| folded(&bucket.key))).collect();
    keys.reverse();
    keys.join("/")
}

fn lake_id(id: u32) -> i32 {
    i32::try_from(id).unwrap_or(i32::MAX)
}

impl Part {
    /// The rows of a table that they see, with all its columns.
    pub(crate) fn rows(&self, table: Table, behind: Behind<'_>) -> Result<LogicalPlan> {
        let owned = || among("bucket_id", &self.owned);
        let own = || col("person_id").eq(lit(ScalarValue::Int32(self.person)));
        let unpaid = || col("bucket_id").is_null().and(among("person_id", &self.people));
        let all = LogicalPlanBuilder::scan(table.name(), provider_as_source(behind(table)?), None)?;
        let condition = match table {
            Table::Sessions | Table::Decisions => own().or(owned()).or(unpaid()),
            Table::Charges => own().or(owned()),
            Table::Denials => own().or(among("person_id", &self.people)),
            Table::Balances => among("bucket_id", &self.known()),
            Table::Imports => lit(false),
            Table::People => among("id", &self.people),
            Table::Products => lit(true),
            Table::Buckets => return self.buckets(all),
            Table::Sites => self.named(&PLACED, behind)?,
            Table::Names => self.named(&NAMING, behind)?,
        };
        all.filter(condition)?.build()
    }

    fn known(&self) -> Vec<i32> {
        self.buckets.iter().map(|(id, _)| *id).collect()
    }

    /// Whether the rows that they see name an id in one of these columns.
    fn named(&self, columns: &[(Table, &str)], behind: Behind<'_>) -> Result<Expr> {
        let mut ids: Option<LogicalPlanBuilder> = None;
        for (table, column) in columns {
            let rows = LogicalPlanBuilder::from(self.rows(*table, behind)?);
            let rows = rows.project([col(*column).alias("named")])?;
            ids = Some(match ids {
                None => rows,
                Some(others) => others.union(rows.build()?)?,
            });
        }
        let Some(ids) = ids else { return Ok(lit(false)) };
        Ok(in_subquery(col("id"), Arc::new(ids.distinct()?.build()?)))
    }

    /// Buckets, without the names of those above that they may not know of.
    fn buckets(&self, all: LogicalPlanBuilder) -> Result<LogicalPlan> {
        let known = self.known();
        let path = match self.buckets.as_slice() {
            [] => lit(""),
            [(first, text), rest @ ..] => {
                let mut cases = when(col("id").eq(lit(*first)), lit(text.clone()));
                for (id, text) in rest {
                    cases = cases.when(col("id").eq(lit(*id)), lit(text.clone()));
                }
                cases.otherwise(lit(""))?
            }
        };
        let parent = when(among("parent_id", &known), col("parent_id")).end()?;
        let schema = all.schema().as_arrow().clone();
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            "parent_id" => parent.clone().alias("parent_id"),
            "path" => cast(path.clone(), field.data_type().clone()).alias("path"),
            other => col(other),
        });
        all.filter(among("id", &known))?.project(columns.collect::<Vec<_>>())?.build()
    }
}

/// Where facts name users, hosts and features.
const NAMING: [(Table, &str); 7] = [
    (Table::Sessions, "user_id"),
    (Table::Sessions, "host_id"),
    (Table::Sessions, "feature_id"),
    (Table::Decisions, "user_id"),
    (Table::Decisions, "host_id"),
    (Table::Denials, "user_id"),
    (Table::Denials, "host_id"),
];

/// Where facts name offices.
const PLACED: [(Table, &str); 3] =
    [(Table::Sessions, "site_id"), (Table::Decisions, "site_id"), (Table::Denials, "site_id")];

fn among(column: &str, ids: &[i32]) -> Expr {
    col(column).in_list(ids.iter().map(|id| lit(*id)).collect(), false)
}

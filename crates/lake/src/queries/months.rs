//! Where the sessions lie, and reading them a month at a time.

use super::ask::Ask;
use super::dims::Tree;
use super::kept::{Kept, Mark};
use super::rows::Rows;
use crate::delta::File;
use crate::fault::LakeError;
use crate::lake::Lake;
use crate::tables::{MONTH, Table};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::runtime::SpawnedTask;
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col, lit};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, collect};
use datafusion::scalar::ScalarValue;
use faregate_core::when::{Date, Instant, Zone};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where functions look for the sessions, each time they are asked.
pub trait Look: fmt::Debug + Send + Sync {
    /// The sessions as they are to be seen now.
    ///
    /// # Errors
    /// When a table is not there.
    fn history(&self) -> Result<History>;
}

/// The sessions of the lake, and what is needed to read them.
#[derive(Clone, Debug)]
pub struct History {
    /// Table `sessions`.
    pub(crate) sessions: Arc<dyn TableProvider>,
    /// Table `buckets`.
    pub(crate) buckets: Arc<dyn TableProvider>,
    /// The months in which there are sessions, by their first days, and of which files each is.
    pub(crate) months: BTreeMap<Date, Mark>,
    /// The contract's zone, in which the lake's days were told.
    pub(crate) zone: Zone,
    /// Where answers are kept, when all rows of these months are to be seen.
    pub(crate) kept: Option<Arc<Kept>>,
}

impl Look for History {
    fn history(&self) -> Result<History> {
        Ok(self.clone())
    }
}

/// One month, ready to be read.
#[derive(Debug)]
pub(super) struct Month(Arc<dyn ExecutionPlan>);

impl History {
    /// Sessions of other tables than the lake's, in the months that begin on these days; nothing of them is kept.
    #[must_use]
    pub fn over(
        (sessions, buckets): (Arc<dyn TableProvider>, Arc<dyn TableProvider>),
        months: impl IntoIterator<Item = Date>,
        zone: Zone,
    ) -> Self {
        let months = months.into_iter().map(|first| (first, Mark::default())).collect();
        Self { sessions, buckets, months, zone, kept: None }
    }

    /// The history of a lake, as of the last look at its logs.
    ///
    /// # Errors
    /// [`LakeError`] when a table cannot be read.
    pub async fn of(lake: &Lake, zone: Zone) -> Result<Self, LakeError> {
        let (sessions, buckets) = (lake.table(Table::Sessions)?, lake.table(Table::Buckets)?);
        let mut files: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        for file in sessions.files()? {
            let Some(first) = file.month.as_deref().and_then(first_day) else { continue };
            let File { path, bytes, rows, .. } = file;
            files.entry(first).or_default().push(format!("{path} {bytes} {rows}"));
        }
        let months = files.into_iter().map(|(first, mut files)| {
            files.sort_unstable();
            (first, Mark::of(files.iter().map(String::as_bytes)))
        });
        Ok(Self {
            sessions: sessions.provider().await?,
            buckets: buckets.provider().await?,
            months: months.collect(),
            zone,
            kept: None,
        })
    }

    /// The same, keeping answers there.
    #[must_use]
    pub fn keeping(self, kept: Arc<Kept>) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// The tree of buckets as it is now.
    pub(super) async fn tree(&self, session: &dyn Session) -> Result<Tree> {
        let plan = self.buckets.scan(session, None, &[], None).await?;
        Tree::read(&collect(plan, session.task_ctx()).await?)
    }

    /// Plans how to read what a question needs of a month.
    pub(super) async fn month(
        &self,
        session: &dyn Session,
        ask: &Ask,
        first: Date,
    ) -> Result<Month> {
        Ok(Month(session.create_physical_plan(&self.rows(ask, first)?).await?))
    }

    fn rows(&self, ask: &Ask, first: Date) -> Result<LogicalPlan> {
        let source = provider_as_source(Arc::clone(&self.sessions));
        let rows = LogicalPlanBuilder::scan(Table::Sessions.name(), source, None)?;
        let rows = rows.filter(col(MONTH).eq(lit(month_name(first))))?;
        let rows = match ask.still_running_at(first) {
            // Of earlier months only what reaches into the days asked for.
            Some(at) => rows.filter(col("closed").gt(instant(at)))?,
            None => rows,
        };
        rows.project(ask.columns.iter().map(|name| col(*name)))?.build()
    }
}

impl Month {
    /// Begins to read, every part of the plan by itself, and adds up each part's rows.
    pub(super) fn read<P, A>(
        &self,
        context: &Arc<TaskContext>,
        ask: &Arc<Ask>,
        add: A,
    ) -> Reading<P>
    where
        P: Default + Send + 'static,
        A: Fn(&mut P, &Ask, &Rows) -> Result<()> + Copy + Send + 'static,
    {
        let part = |number: usize| {
            let (plan, context, ask) = (Arc::clone(&self.0), Arc::clone(context), Arc::clone(ask));
            SpawnedTask::spawn(async move {
                let mut part = P::default();
                let mut batches = plan.execute(number, context)?;
                while let Some(batch) = batches.next().await {
                    add(&mut part, &ask, &Rows::of(&ask, batch?)?)?;
                }
                Ok(part)
            })
        };
        Reading((0..self.0.output_partitioning().partition_count()).map(part).collect())
    }
}

/// A month that is being read; it stops when it is dropped.
pub(super) struct Reading<P>(Vec<SpawnedTask<Result<P>>>);

impl<P: Send + 'static> Reading<P> {
    /// All parts, when they are read.
    pub(super) async fn parts(self) -> Result<Vec<P>> {
        let mut parts = Vec::with_capacity(self.0.len());
        for task in self.0 {
            let part = task.join_unwind().await;
            parts.push(part.map_err(|stopped| DataFusionError::External(Box::new(stopped)))??);
        }
        Ok(parts)
    }
}

/// The first day of `2026-11`.
fn first_day(month: &str) -> Option<Date> {
    let (year, month) = month.split_once('-')?;
    Date::from_ymd(year.parse().ok()?, month.parse().ok()?, 1)
}

fn month_name(first: Date) -> String {
    let (year, month, _) = first.ymd();
    format!("{year:04}-{month:02}")
}

fn instant(at: Instant) -> Expr {
    let micros = at.0.saturating_mul(1_000_000);
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}

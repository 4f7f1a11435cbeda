//! Table functions that read sessions month by month.

use super::ask::{Ask, Call, Earlier};
use super::daily::Daily;
use super::dims::Dim;
use super::months::{History, Look};
use super::peaks::Peaks;
use super::rows::Rows;
use super::steps::{Pieces, Steps};
use super::totals::Totals;
use super::windows::Windows;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::prelude::SessionContext;
use faregate_core::when::Date;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Every function: its call, and what its rows are.
pub const FUNCTIONS: [(&str, &str); 4] = [
    (
        "usage_totals(by, fare, from, until)",
        "by month: sessions, their seconds, and the days on which there were any",
    ),
    (
        "daily_use(by, fare, from, until)",
        "by day: how many different pairs of person and product were used",
    ),
    (
        "charge_windows(by, fare, from, until, hours)",
        "by month: windows that a first launch opened and that lasted so many hours; \
         `by` has person and product in it",
    ),
    ("peaks(by, fare, from, until)", "by day: how many sessions ran at once at most"),
];

pub(super) fn register(context: &SessionContext, look: &Arc<dyn Look>) {
    function::<Totals>(context, look);
    function::<Daily>(context, look);
    function::<Windows>(context, look);
    function::<Peaks>(context, look);
}

fn function<F: Fold>(context: &SessionContext, look: &Arc<dyn Look>) {
    let look = Arc::clone(look);
    context.register_udtf(F::NAME, Arc::new(Function::<F> { look, of: PhantomData }));
}

/// A kernel behind a table function: sessions in, month by month, rows out.
pub(super) trait Fold: Clone + Send + Sync + 'static {
    /// Its name in SQL.
    const NAME: &'static str;
    /// How many numbers a call ends with.
    const NUMBERS: usize = 0;
    /// What it needs of the months before the first day asked for.
    const EARLIER: Earlier = Earlier::Nothing;
    /// What is added up of the rows of a month, or of a part of them.
    type Part: Default + Send + 'static;

    /// Whether it can answer this.
    ///
    /// # Errors
    /// Says what it cannot count by.
    fn check(_call: &Call) -> Result<()> {
        Ok(())
    }
    /// The answer's columns behind those counted by.
    fn fields() -> Vec<Field>;
    /// Completes the question: the key's dimensions, and the columns to read for these fields.
    fn prepare(ask: &mut Ask, wanted: &dyn Fn(&str) -> bool);
    fn new(ask: &Ask) -> Self;
    fn add(part: &mut Self::Part, month: Date, ask: &Ask, rows: &Rows) -> Result<()>;
    /// The answer of a month; each comes after the one before it.
    fn fold(&mut self, month: Date, ask: &Ask, parts: Vec<Self::Part>) -> Result<ArrayRefs>;
    /// Whether something reaches into the next month, so that it has an answer though nothing begins in it.
    fn goes_on(&self) -> bool {
        false
    }
    /// How many bytes it carries from month to month.
    fn bytes(&self) -> usize {
        0
    }
}

/// The columns of some rows of an answer.
pub(super) type ArrayRefs = Vec<datafusion::arrow::array::ArrayRef>;

struct Function<F> {
    look: Arc<dyn Look>,
    of: PhantomData<fn() -> F>,
}

impl<F: Fold> fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(F::NAME)
    }
}

impl<F: Fold> TableFunctionImpl for Function<F> {
    fn call_with_args(
        &self,
        arguments: TableFunctionArgs<'_, '_>,
    ) -> Result<Arc<dyn TableProvider>> {
        let call = Call::read(F::NAME, arguments.exprs(), F::NUMBERS)?;
        F::check(&call)?;
        let id = |dim: &Dim| Field::new(dim.answer_column(), DataType::Int32, true);
        let fields = call.by.iter().map(id).chain(F::fields());
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(Arc::new(Called::<F> { call, schema, look: Arc::clone(&self.look), of: PhantomData }))
    }
}

/// A function with its arguments: a table.
struct Called<F> {
    call: Call,
    schema: SchemaRef,
    look: Arc<dyn Look>,
    of: PhantomData<fn() -> F>,
}

impl<F: Fold> fmt::Debug for Called<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", F::NAME, self.call)
    }
}

#[async_trait]
impl<F: Fold> TableProvider for Called<F> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let history = self.look.history()?;
        let ask = self.ask(&history, session, projection).await?;
        let steps = Steps::<F>::plan(&history, session, ask, self.schema()).await?;
        let rows = session.config().batch_size();
        let answer = Answer { steps: Arc::new(steps), rows };
        let schema = self.schema();
        let plan = StreamingTableExec::try_new(
            schema,
            vec![Arc::new(answer)],
            projection,
            [],
            false,
            limit,
        )?;
        Ok(Arc::new(plan))
    }
}

impl<F: Fold> Called<F> {
    async fn ask(
        &self,
        history: &History,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
    ) -> Result<Ask> {
        let levels = self.call.by.iter().any(|dim| matches!(dim, Dim::BucketAt(_)));
        let tree = if levels { history.tree(session).await? } else { Default::default() };
        let Call { by, fare, from, until, .. } = &self.call;
        let whole = |first: &Date| {
            // Months that lie within the days asked for need no look at the days.
            from.is_none_or(|from| from <= *first)
                && until.is_none_or(|until| first.next_month_start() <= until)
        };
        let mut ask = Ask {
            call: self.call.clone(),
            dims: by.clone(),
            columns: Vec::new(),
            fare: fare.clone(),
            whole_keys_only: false,
            days_within: None,
            earlier: F::EARLIER,
            tree,
            zone: history.zone.clone(),
        };
        let read = history.months.keys().filter(|first| ask.reads(**first));
        if F::EARLIER == Earlier::Nothing && !read.clone().all(whole) {
            let from = from.map_or(i32::MIN, |from| from.0);
            ask.days_within = Some(from..until.map_or(i32::MAX, |until| until.0));
        }
        let field = |name: &str| self.schema.fields().iter().position(|field| field.name() == name);
        let wanted = |name: &str| match (projection, field(name)) {
            (Some(projection), Some(place)) => projection.contains(&place),
            _ => true,
        };
        F::prepare(&mut ask, &wanted);
        ask.columns.extend(ask.dims.iter().map(|dim| dim.column()));
        ask.columns.extend(ask.fare.is_some().then_some("fare"));
        ask.columns.extend(ask.days_within.is_some().then_some("day"));
        ask.columns.sort_unstable();
        ask.columns.dedup();
        Ok(ask)
    }
}

/// The rows of an answer, made when they are asked for.
struct Answer<F> {
    steps: Arc<Steps<F>>,
    rows: usize,
}

impl<F: Fold> fmt::Debug for Answer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(F::NAME)
    }
}

impl<F: Fold> PartitionStream for Answer<F> {
    fn schema(&self) -> &SchemaRef {
        &self.steps.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut stream = RecordBatchReceiverStreamBuilder::new(Arc::clone(&self.steps.schema), 2);
        let (steps, rows, sender) = (Arc::clone(&self.steps), self.rows, stream.tx());
        stream.spawn(async move { steps.answer(&context, &Pieces { sender, rows }).await });
        stream.build()
    }
}

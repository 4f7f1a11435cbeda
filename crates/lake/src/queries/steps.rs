//! Walking through the months of a question: what is kept of them is handed on, the rest is read and folded.

use super::ask::{Ask, Earlier};
use super::function::{ArrayRefs, Fold};
use super::kept::{Kept, Mark};
use super::months::{History, Month, Reading};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::Session;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use faregate_core::when::Date;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;

/// The answer of a month.
type Answered = Vec<RecordBatch>;

/// The months of a question, in their order.
pub(super) struct Steps<F> {
    ask: Arc<Ask>,
    pub(super) schema: SchemaRef,
    steps: Vec<Step>,
    /// How the fold stands before the first month that is read, when it is known from an earlier time.
    begin: Option<Arc<F>>,
    kept: Option<Arc<Kept>>,
}

struct Step {
    first: Date,
    mark: Mark,
    how: How,
}

enum How {
    Known(Arc<Answered>),
    Read(Month),
}

impl<F: Fold> Steps<F> {
    /// Plans each month: not at all where its answer is kept.
    pub(super) async fn plan(
        history: &History,
        session: &dyn Session,
        ask: Ask,
        schema: SchemaRef,
    ) -> Result<Self> {
        let months = history.months.iter().filter(|(first, _)| ask.reads(**first));
        let months: Vec<(Date, Mark)> = months.map(|(first, mark)| (*first, *mark)).collect();
        let marks = marks::<F>(&ask, &months);
        let (known, begin) = found(history.kept.as_deref(), &marks);
        let mut steps = Vec::with_capacity(months.len());
        for (((first, _), mark), known) in months.into_iter().zip(marks).zip(known) {
            let how = match known {
                Some(answered) => How::Known(answered),
                None => How::Read(history.month(session, &ask, first).await?),
            };
            steps.push(Step { first, mark, how });
        }
        Ok(Self { ask: Arc::new(ask), schema, steps, begin, kept: history.kept.clone() })
    }

    /// Answers month after month; while one is folded, the next is being read.
    pub(super) async fn answer(&self, context: &Arc<TaskContext>, send: &Pieces) -> Result<()> {
        let mut fold = self.begin.as_deref().cloned().unwrap_or_else(|| F::new(&self.ask));
        let mut reading = self.read_next(0, context);
        for (place, step) in self.steps.iter().enumerate() {
            let answered = match &step.how {
                How::Known(answered) => Arc::clone(answered),
                How::Read(_) => {
                    let Some(current) = reading.take() else { break };
                    let parts = current.parts().await?;
                    reading = self.read_next(place + 1, context);
                    let answered = Arc::new(self.fold(&mut fold, place, parts)?);
                    self.keep(place, &answered, &fold);
                    answered
                }
            };
            for rows in answered.iter() {
                if !send.rows(rows).await? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Begins to read the next month that is to be read.
    fn read_next(&self, from: usize, context: &Arc<TaskContext>) -> Option<Reading<F::Part>> {
        let (first, month) = self.steps.iter().skip(from).find_map(|step| match &step.how {
            How::Read(month) => Some((step.first, month)),
            How::Known(_) => None,
        })?;
        let add = move |part: &mut F::Part, ask: &Ask, rows: &_| F::add(part, first, ask, rows);
        Some(month.read(context, &self.ask, add))
    }

    /// The answer of a month, and of the ones behind it in which nothing begins and something still goes on.
    fn fold(&self, fold: &mut F, place: usize, parts: Vec<F::Part>) -> Result<Answered> {
        let rows = |columns: ArrayRefs| RecordBatch::try_new(Arc::clone(&self.schema), columns);
        let Some(step) = self.steps.get(place) else { return Ok(Vec::new()) };
        let mut answered = vec![rows(fold.fold(step.first, &self.ask, parts)?)?];
        let next = self.steps.get(place + 1).map(|next| next.first);
        let mut quiet = step.first.next_month_start();
        while fold.goes_on() && self.ask.reads(quiet) && next.is_none_or(|next| quiet < next) {
            answered.push(rows(fold.fold(quiet, &self.ask, Vec::new())?)?);
            quiet = quiet.next_month_start();
        }
        Ok(answered)
    }

    /// Keeps an answer and, before the last month, how the fold stands: it is the last month that changes.
    fn keep(&self, place: usize, answered: &Arc<Answered>, fold: &F) {
        let (Some(kept), Some(step)) = (&self.kept, self.steps.get(place)) else { return };
        let bytes = answered.iter().map(RecordBatch::get_array_memory_size).sum();
        kept.put(step.mark, Arc::clone(answered), bytes);
        if F::EARLIER != Earlier::Nothing && place + 2 == self.steps.len() {
            kept.put(standing(step.mark), Arc::new(fold.clone()), fold.bytes());
        }
    }
}

/// By month, what its answer is made of: the question and the month's files and, where months hang together, those of
/// all months before it and which one comes next.
fn marks<F: Fold>(ask: &Ask, months: &[(Date, Mark)]) -> Vec<Mark> {
    let question = Mark::of([F::NAME.as_bytes(), format!("{ask:?}").as_bytes()]);
    let mut before = question;
    let mut marks = Vec::with_capacity(months.len());
    for (place, (first, files)) in months.iter().enumerate() {
        let next = months.get(place + 1).map_or(i32::MAX, |(next, _)| next.0);
        let day = |day: i32| day.to_le_bytes();
        let mark = match F::EARLIER {
            Earlier::Nothing => Mark::of([&question.bytes()[..], &day(first.0), &files.bytes()]),
            Earlier::Running | Earlier::Everything => {
                Mark::of([&before.bytes()[..], &day(first.0), &files.bytes(), &day(next)])
            }
        };
        before = mark;
        marks.push(mark);
    }
    marks
}

/// What is kept of the months. Where they hang together, a month is of use only if all before it are, or if it is
/// known how the fold stands behind them.
fn found<F: Fold>(
    kept: Option<&Kept>,
    marks: &[Mark],
) -> (Vec<Option<Arc<Answered>>>, Option<Arc<F>>) {
    let Some(kept) = kept else { return (marks.iter().map(|_| None).collect(), None) };
    let mut known: Vec<Option<Arc<Answered>>> = marks.iter().map(|mark| kept.get(*mark)).collect();
    let missing = known.iter().position(Option::is_none);
    let (Some(missing), false) = (missing, F::EARLIER == Earlier::Nothing) else {
        return (known, None);
    };
    let before = marks.get(..missing).unwrap_or_default().iter().enumerate().rev();
    let mut standings = before.map(|(place, mark)| (place + 1, kept.get(standing(*mark))));
    let (begin, fold) = standings.find(|(_, fold)| fold.is_some()).unwrap_or((0, None));
    known.iter_mut().skip(begin).for_each(|known| *known = None);
    (known, fold)
}

/// Under which the fold is kept as it stands behind a month.
fn standing(mark: Mark) -> Mark {
    Mark::of([&b"standing"[..], &mark.bytes()])
}

/// Hands on rows in pieces of the usual size.
pub(super) struct Pieces {
    pub(super) sender: Sender<Result<RecordBatch>>,
    pub(super) rows: usize,
}

impl Pieces {
    /// Whether anybody still listens.
    async fn rows(&self, all: &RecordBatch) -> Result<bool> {
        for start in (0..all.num_rows()).step_by(self.rows) {
            let piece = all.slice(start, self.rows.min(all.num_rows() - start));
            if self.sender.send(Ok(piece)).await.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

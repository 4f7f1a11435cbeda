//! How fresh the figures are: what the binary knows of the sources that it runs, joined with the receipts.

use crate::Server;
use crate::problem::Problem;
use crate::routes::answered;
use faregate_app::sources::{Assessed, Figure, Histories, Known, assess, stale_for};
use faregate_core::when::{Date, Zone};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

/// Tells what is known of the sources that are run, as of now.
pub type KnownSources = Arc<dyn Fn() -> Vec<Known> + Send + Sync>;

/// What is known of sources, and what the receipts say as of the last look.
#[derive(Clone)]
pub(crate) struct Board {
    known: KnownSources,
    histories: Arc<Mutex<Histories>>,
}

impl Default for Board {
    fn default() -> Self {
        Self { known: Arc::new(Vec::new), histories: Arc::default() }
    }
}

impl Board {
    fn histories(&self) -> MutexGuard<'_, Histories> {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A source whose data ends before what a figure tells of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stale {
    /// Its name.
    pub source: String,
    /// What it is: `licence-server-log`, `licence-server-polls`, `vendor`, `table` or `staff`.
    pub kind: &'static str,
    /// The last instant that it knows of; `null` when nothing of it has come yet.
    pub last_data: Option<String>,
    /// What that means for the figure, in words.
    pub text: String,
}

impl Server {
    /// The same, with sources that somebody runs beside it.
    #[must_use]
    pub fn with_sources(self, known: KnownSources) -> Self {
        let followed = known().into_iter().filter_map(|one| one.followed).collect();
        let histories = Arc::new(Mutex::new(Histories::following(followed)));
        Self { sources: Board { known, histories }, ..self }
    }

    /// All sources, judged now.
    pub(crate) async fn assessed(&self) -> Result<Vec<Assessed>, Problem> {
        self.read_on_receipts().await?;
        let (known, zone) = ((self.sources.known)(), self.zone());
        Ok(assess(&known, &self.sources.histories(), &zone, self.gate.now()))
    }

    /// Sources that end before what a figure tells of does; `to` is its last day, today when none is said.
    pub(crate) async fn stale(
        &self,
        figure: Figure,
        to: Option<&str>,
    ) -> Result<Vec<Stale>, Problem> {
        let (assessed, zone, now) = (self.assessed().await?, self.zone(), self.gate.now());
        let to = to.and_then(|to| to.parse::<Date>().ok());
        let until = to.map_or(now, |to| zone.start_of(to.plus(1)).min(now));
        let notices = stale_for(&assessed, figure, until, &zone);
        let shown = notices.into_iter().map(|notice| Stale {
            source: notice.source,
            kind: notice.kind.key(),
            last_data: notice.last_data.map(|at| at.to_string()),
            text: notice.text,
        });
        Ok(shown.collect())
    }

    fn zone(&self) -> Zone {
        self.gate.state().read().zone().clone()
    }

    /// Looks at the receipts since the last look, between two commits at a time; mostly there are none.
    async fn read_on_receipts(&self) -> Result<(), Problem> {
        // An import that is at work commits nothing before its end: figures do not wait for it.
        while !self.sources.histories().is_current(&self.gate.state().read()) {
            let histories = Arc::clone(&self.sources.histories);
            let (reply, waiting) = tokio::sync::oneshot::channel();
            self.gate.run(move |engine| {
                let mut histories = histories.lock().unwrap_or_else(PoisonError::into_inner);
                drop(reply.send(histories.read_on(engine)));
            });
            answered(waiting).await?;
        }
        Ok(())
    }
}

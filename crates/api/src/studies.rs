//! What was found best for everybody, kept for as long as somebody pages through it.
//!
//! A study reads all use of a year. It is of a revision, the number of the journal's last entry then, and the cursors
//! of its pages name that: so all pages are of one study, whatever happens meanwhile. Who begins anew gets a new study
//! as soon as anything was committed since.

use crate::Server;
use crate::problem::Problem;
use crate::routes::plans::{PlanTerms, unready};
use faregate_app::planning::{Advice, study};
use faregate_core::amount::Currency;
use faregate_core::when::Date;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many studies are kept, the latest ones.
const KEPT_MAX: usize = 4;

/// What was found best.
#[derive(Debug)]
pub(crate) struct Found {
    /// The number of the journal's last entry then.
    pub(crate) revision: u64,
    /// By which rule.
    rule: Option<String>,
    /// The day of the contract on which it was asked.
    day: Date,
    /// First day of the use that was looked at.
    pub(crate) first: Date,
    /// Last day.
    pub(crate) last: Date,
    /// What amounts are in.
    pub(crate) currency: Currency,
    /// What is said of everybody.
    pub(crate) advice: Advice,
}

/// The studies that are kept.
#[derive(Clone, Default)]
pub(crate) struct Studies(Arc<Mutex<VecDeque<Arc<Found>>>>);

impl Studies {
    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Found>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, is_meant: impl Fn(&Found) -> bool) -> Option<Arc<Found>> {
        self.all().iter().find(|found| is_meant(found)).cloned()
    }

    fn keep(&self, found: Found) -> Arc<Found> {
        let (found, mut all) = (Arc::new(found), self.all());
        all.push_front(Arc::clone(&found));
        all.truncate(KEPT_MAX);
        found
    }
}

impl Found {
    /// Whether it is what is asked for: of this revision, where one is named, and else of now.
    fn is(&self, rule: Option<&str>, revision: Option<u64>, now: (u64, Date)) -> bool {
        let of_now = || (self.revision, self.day) == now;
        self.rule.as_deref() == rule
            && revision.map_or_else(of_now, |revision| self.revision == revision)
    }
}

impl Server {
    /// What is best for everybody by a rule: as of a revision, where that is still known, and else as of now.
    pub(crate) async fn studied(
        &self,
        rule: Option<String>,
        revision: Option<u64>,
    ) -> Result<Arc<Found>, Problem> {
        let terms = PlanTerms { rule: rule.clone(), ..PlanTerms::default() }.read()?;
        let now = {
            let state = self.gate.state().read();
            (state.seq(), state.zone().date(self.gate.now()))
        };
        if let Some(found) = self.studies.find(|found| found.is(rule.as_deref(), revision, now)) {
            return Ok(found);
        }
        let studies = self.studies.clone();
        let found = self.report(move |engine| {
            let at = engine.now()?;
            let now = {
                let shared = engine.state();
                let state = shared.read();
                (state.seq(), state.zone().date(at))
            };
            // Whoever was before us in the queue may have asked the same.
            if let Some(found) = studies.find(|found| found.is(rule.as_deref(), revision, now)) {
                return Ok(Ok(found));
            }
            Ok(study(engine, &terms, &[]).map(|made| {
                studies.keep(Found {
                    revision: now.0,
                    rule,
                    day: now.1,
                    first: made.habits.first,
                    last: made.habits.last,
                    currency: made.market.currency,
                    advice: made.advice,
                })
            }))
        });
        found.await?.map_err(unready)
    }
}

//! The newest decisions, looked for at most four times a second, however many pages watch and however many decisions
//! there are: what a page is not told of, it is told that there was.

use super::BEAT;
use crate::journal::Journal;
use crate::problem::Problem;
use crate::wire::decision::row::DecisionRow;
use faregate_app::decisions::{Look, Wanted};
use faregate_app::sight::Sight;
use serde::Serialize;
use std::sync::{Arc, OnceLock, Weak};
use tokio::sync::watch;
use utoipa::ToSchema;

/// So many decisions are told at once.
const ROWS_MAX: usize = 20;
/// So many entries of the journal are looked at for them.
const LOOKED_AT_MAX: u64 = 5_000;

/// Decisions that were made since a page was last told of any.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewDecisions {
    /// The latest first, at most 20.
    pub rows: Vec<DecisionRow>,
    /// Whether there may be more of them: `/v1/decisions` lists all.
    pub more: bool,
}

/// The latest decisions, as far as they are known here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    /// The latest first.
    rows: Vec<DecisionRow>,
    /// Every decision after this place in the journal is among the rows.
    whole_after: u64,
    /// How far the journal was looked at.
    end: u64,
}

impl Tail {
    /// What came after a place in the journal; `None` when nothing did.
    pub(crate) fn since(&self, told: u64) -> Option<NewDecisions> {
        let new = self.rows.iter().take_while(|row| row.decision > told);
        let (rows, more): (Vec<_>, bool) = (new.cloned().collect(), told < self.whole_after);
        (more || !rows.is_empty()).then_some(NewDecisions { rows, more })
    }

    /// How far the journal was looked at.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The tail, looked for anew.
    pub(crate) async fn look(self, journal: &Journal) -> Result<Self, Problem> {
        let end = journal.end();
        let look = Look {
            wanted: Wanted::default(),
            before: Some(end + 1),
            after: self.end,
            rows_max: ROWS_MAX,
            looked_at_max: LOOKED_AT_MAX,
        };
        let found = journal.decisions(look, |_| Sight::Everything).await?;
        let state = journal.state().read();
        let row = |entry| DecisionRow::new(&state, Sight::Everything, entry);
        let newer = found.decisions.iter().filter_map(row);
        let mut rows: Vec<_> = newer.chain(self.rows).collect();
        let mut whole_after = self.whole_after;
        if let Some(next) = found.next {
            // What lies before the oldest of those was left out.
            rows.retain(|row| row.decision >= next);
            whole_after = next.saturating_sub(1);
        }
        if let Some(oldest_left_out) = rows.get(ROWS_MAX).map(|row| row.decision) {
            rows.truncate(ROWS_MAX);
            whole_after = whole_after.max(oldest_left_out);
        }
        Ok(Self { rows, whole_after, end })
    }
}

/// Where live pages get decisions from; nothing is looked for before the first one watches.
#[derive(Clone, Default)]
pub(crate) struct Decisions(Arc<OnceLock<watch::Sender<Arc<Tail>>>>);

impl Decisions {
    /// A receiver that sees each newer tail.
    pub(crate) fn watch(&self, journal: &Journal) -> watch::Receiver<Arc<Tail>> {
        let begin = || {
            tokio::spawn(renew(journal.clone(), Arc::downgrade(&self.0)));
            watch::Sender::new(Arc::default())
        };
        self.0.get_or_init(begin).subscribe()
    }
}

async fn renew(journal: Journal, send: Weak<OnceLock<watch::Sender<Arc<Tail>>>>) {
    let mut beats = tokio::time::interval(BEAT);
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        // The server is gone, and with it everybody who could watch.
        let Some(send) = send.upgrade() else { return };
        let Some(send) = send.get() else { continue };
        let tail = Tail::clone(&send.borrow());
        if send.receiver_count() == 0 || journal.end() == tail.end {
            continue;
        }
        // A journal that cannot be read now is read a beat later; whoever asks for a list is told why not.
        if let Ok(newer) = tail.look(&journal).await {
            send.send_replace(Arc::new(newer));
        }
    }
}

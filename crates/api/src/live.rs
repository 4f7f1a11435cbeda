//! The newest summary, computed at most four times a second, however many pages watch.

pub mod decisions;

use crate::wire::Summary;
use faregate_app::gate::Gate;
use faregate_app::views;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at the journal.
const BEAT: Duration = Duration::from_millis(250);
/// A summary is renewed after this many beats even when nothing was committed: days end, forecasts move.
const BEATS_AT_REST: u32 = 240;

/// Where live pages get summaries from.
#[derive(Clone)]
pub struct Live(Arc<watch::Sender<Arc<Summary>>>);

impl Live {
    /// Starts renewing the summary.
    #[must_use]
    pub fn start(gate: &Gate) -> Self {
        let first = Arc::new(current(gate));
        // What is committed from here on is news, however late the task gets to run.
        let seen = first.seq;
        let send = Arc::new(watch::Sender::new(first));
        tokio::spawn(renew(gate.clone(), Arc::downgrade(&send), seen));
        Self(send)
    }

    /// A receiver that sees the newest summary at once and each newer one.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Summary>> {
        self.0.subscribe()
    }
}

/// The summary as of the last commit.
#[must_use]
pub fn current(gate: &Gate) -> Summary {
    let state = gate.state().read();
    Summary::new(&state, &views::summary(&state, gate.now()))
}

async fn renew(gate: Gate, send: Weak<watch::Sender<Arc<Summary>>>, mut seen: u64) {
    let mut beats = tokio::time::interval(BEAT);
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut at_rest = 0;
    loop {
        beats.tick().await;
        // The server is gone, and with it everybody who could watch.
        let Some(send) = send.upgrade() else { return };
        let seq = gate.state().read().seq();
        at_rest += 1;
        // Nobody watches: nothing is computed.
        if send.receiver_count() > 0 && (seq != seen || at_rest >= BEATS_AT_REST) {
            (seen, at_rest) = (seq, 0);
            send.send_replace(Arc::new(current(&gate)));
        }
    }
}

//! What those who watch have to know beside the state: how fresh sources are, and which workstations report.

use crate::Server;
use faregate_app::alerts::watch::Around;
use faregate_app::sources::length;
use faregate_core::alert::SourceSeen;
use faregate_core::when::Instant;

/// A workstation that was not heard of for so many seconds does not report: six heartbeats of five minutes.
const AWAY_SECONDS: i64 = 1_800;

impl Server {
    /// What is known now of sources and workstations. `since` is when this server started: before it has had the
    /// time to hear of everybody, nobody is said to be away.
    pub async fn around(&self, since: Instant) -> Around {
        let now = self.gate.now();
        // A server that stops has nothing more to tell of.
        let assessed = self.assessed().await.unwrap_or_default();
        let seen =
            assessed.into_iter().filter(|one| one.last_data.is_some()).map(|one| SourceSeen {
                said: format!(
                    "{} has told nothing for {}: {}",
                    one.name,
                    one.lag_seconds.map_or("a while".to_owned(), length),
                    one.why
                ),
                name: one.name,
                is_stale: one.is_stale,
                silent_seconds: one.lag_seconds.unwrap_or(0),
            });
        let agents = (now.since(since) >= AWAY_SECONDS).then(|| self.reporting(now));
        Around { sources: seen.collect(), agents, ..Around::default() }
    }

    /// How many of the enrolled workstations were heard of lately, and how many there are.
    fn reporting(&self, now: Instant) -> (u64, u64) {
        let state = self.gate.state().read();
        let heard = self.agents.heard();
        let enrolled = state.estate().devices().filter(|(_, known)| known.revoked.is_none());
        let reports = |last: &Instant| now.since(*last) < AWAY_SECONDS;
        enrolled.fold((0, 0), |(reporting, all), (id, _)| {
            let is_heard = heard.get(&id).map(|last| last.at).is_some_and(|at| reports(&at));
            (reporting + u64::from(is_heard), all + 1)
        })
    }
}

//! What operators watch, in the text format of Prometheus: how long decisions take, what is held and what came
//! of it, what lags behind, whether an invariant is broken; and balances, burn, refusals, sources, agents.
//!
//! Everything is read at the moment somebody asks, from the state as of the last commit and from counters
//! without locks, so that nothing is counted twice and the gate never waits for who looks on. It must never
//! name a person. To add a family: its lines in one of the functions below, its row in
//! `docs/operating/metrics.md`, which a test holds against what is served.

use crate::Server;
use exposition::{Exposition, Kind};
use faregate_app::gate::timing::{BOUNDS_MICROS, Timed};
use faregate_app::sources::Assessed;
use faregate_core::amount::Ticks;
use faregate_core::budget::Progress;
use faregate_core::burn::{Dimension, Filter, burn};
use faregate_core::estate::BucketId;
use faregate_core::event::Reason;
use faregate_core::invariants::REGISTRY;
use faregate_core::ledger::Account;
use faregate_core::state::State;
use faregate_core::when::{HOUR, Instant};
use std::sync::Arc;

pub(crate) mod exposition;

/// An agent that was heard of within so many seconds reports: it beats every five minutes.
const REPORTING_SECONDS: i64 = 900;

/// The invariants that are quick to check on every look: `faregate doctor` checks all of them.
const WATCHED: [&str; 4] = [
    "conservation",
    "no-account-below-its-floor",
    "packs-equal-balances",
    "held-is-the-sum-of-all-buckets",
];

/// What is known beside the state, by whoever runs the server.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// How many alerts are open, by severity; all severities there are, also those of which none is.
    pub alerts_open: Vec<(&'static str, u64)>,
    /// How many messages wait to be sent; `None` where none are sent.
    pub outbox_waiting: Option<u64>,
    /// For how many seconds the oldest of them has waited.
    pub outbox_oldest_seconds: Option<i64>,
    /// By how many entries of the journal the lake is behind; `None` where there is no lake.
    pub lake_behind_entries: Option<u64>,
}

/// Tells what is known beside the state, as of now.
pub type Measuring = Arc<dyn Fn() -> Beside + Send + Sync>;

impl Server {
    /// The same, with somebody who knows of alerts, messages and the lake.
    #[must_use]
    pub fn measuring(self, measuring: Measuring) -> Self {
        Self { measuring: Some(measuring), ..self }
    }

    /// All metrics, as of now.
    pub(crate) async fn metrics(&self) -> String {
        // A server that stops tells what it can.
        let sources = self.assessed().await.unwrap_or_default();
        let beside = self.measuring.as_ref().map(|measure| measure()).unwrap_or_default();
        let timed = self.gate.timing().read();
        let mut text = Exposition::default();
        let version = env!("CARGO_PKG_VERSION");
        let help = "The release that runs.";
        text.family("faregate_build_info", Kind::Gauge, help).sample(&[("version", version)], 1);
        latency(&mut text, &timed, self.gate.opens_waiting());
        let (state, now) = (self.gate.state().read(), self.gate.now());
        decisions(&mut text, &state);
        tokens(&mut text, &state);
        burned(&mut text, &state, now);
        journal(&mut text, &state, now);
        self.agents_heard(&mut text, &state, now);
        invariants(&mut text, &state);
        drop(state);
        sources_behind(&mut text, &sources);
        others(&mut text, &beside);
        text.into_text()
    }

    fn agents_heard(&self, text: &mut Exposition, state: &State, now: Instant) {
        let enrolled = state.estate().devices().filter(|(_, one)| one.revoked.is_none()).count();
        let since = now.plus(-REPORTING_SECONDS);
        let heard = self.agents.heard().values().filter(|one| one.at >= since).count();
        let help = "Workstations whose agent may speak for them.";
        text.one("faregate_agents_enrolled", Kind::Gauge, help, enrolled);
        let help = "Workstations whose agent was heard of in the last 15 minutes.";
        text.one("faregate_agents_reporting", Kind::Gauge, help, heard);
    }
}

fn latency(text: &mut Exposition, timed: &Timed, waiting: usize) {
    let help = "Time from an open being asked until its answer is durable.";
    let name = "faregate_decision_duration_seconds";
    let mut family = text.family(name, Kind::Histogram, help);
    for (bound, count) in BOUNDS_MICROS.iter().zip(timed.answers_up_to) {
        family.suffixed("_bucket", &[("le", &seconds(*bound))], count);
    }
    let all = timed.answers_up_to.last().copied().unwrap_or_default();
    family.suffixed("_bucket", &[("le", "+Inf")], all);
    family.suffixed("_sum", &[], seconds(timed.micros));
    family.suffixed("_count", &[], all);
    let help = "Opens that wait for their answer.";
    text.one("faregate_opens_waiting", Kind::Gauge, help, waiting);
    let help = "Commits of the deciding thread since it started.";
    text.one("faregate_commits_total", Kind::Counter, help, timed.commits);
    let help = "Commits that failed: nothing of them happened, and whoever waited was told so.";
    text.one("faregate_commits_failed_total", Kind::Counter, help, timed.commits_failed);
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn decisions(text: &mut Exposition, state: &State) {
    let tally = state.tally();
    let help = "Opens that were let through, ever.";
    text.one("faregate_opens_total", Kind::Counter, help, tally.opened);
    let help = "Opens that were turned away, ever, by reason.";
    let mut family = text.family("faregate_refusals_total", Kind::Counter, help);
    for reason in Reason::ALL {
        let count = state.refusals().get(&reason).copied().unwrap_or_default();
        family.sample(&[("reason", reason.code())], count);
    }
    let help = "Holds that were placed, ever.";
    text.one("faregate_holds_total", Kind::Counter, help, tally.held);
    let help = "Holds that ended, ever, by how: posted when the tokens were spent.";
    let mut family = text.family("faregate_holds_resolved_total", Kind::Counter, help);
    let outcomes = [("posted", tally.posted), ("voided", tally.voided), ("expired", tally.expired)];
    outcomes.iter().for_each(|(outcome, count)| family.sample(&[("outcome", outcome)], count));
    let help = "Sessions that go on now, by who tells of them.";
    let mut family = text.family("faregate_sessions_open", Kind::Gauge, help);
    family.sample(&[("source", "gate")], state.sessions().len());
    family.sample(&[("source", "log")], state.elsewhere().count());
}

fn tokens(text: &mut Exposition, state: &State) {
    let ledger = state.ledger();
    let balance = |account: Account| ledger.balance(account);
    let available: Ticks = ledger.buckets().iter().map(|bucket| bucket.available).sum();
    let accounts = [
        ("purchased", balance(Account::Purchased).negated()),
        ("unallocated", balance(Account::Unallocated)),
        ("available", available),
        ("held", ledger.held()),
        ("consumed", balance(Account::Consumed)),
        ("expired", balance(Account::Expired)),
        ("uncovered", balance(Account::Uncovered).negated()),
        ("corrected", balance(Account::Corrected).negated()),
    ];
    let help = "Tokens by account: purchased is unallocated, available, held, consumed and expired, less \
        uncovered and corrected.";
    let mut family = text.family("faregate_tokens", Kind::Gauge, help);
    accounts.iter().for_each(|(name, ticks)| family.sample(&[("account", name)], ticks));
    let help = "Tokens of each bucket.";
    let mut family = text.family("faregate_bucket_tokens", Kind::Gauge, help);
    let ids = (0u16..).map(BucketId).zip(ledger.buckets());
    for (id, bucket) in ids {
        let Some(known) = state.estate().bucket(id) else { continue };
        let states = [
            ("available", bucket.available),
            ("held", bucket.held),
            ("spent", bucket.spent),
            ("allocated", bucket.allocated),
        ];
        for (name, ticks) in states {
            family.sample(&[("bucket", &known.key), ("state", name)], ticks);
        }
    }
}

/// Charges can be taken back, so these are no counters: `delta`, not `rate`.
fn burned(text: &mut Exposition, state: &State, now: Instant) {
    let today = state.zone().date(now);
    let by = |dimension: Dimension| burn(state, &dimension, &Filter::default(), today, today);
    let help = "Tokens spent today so far, by product; the day is the contract's.";
    let mut family = text.family("faregate_burn_today_tokens", Kind::Gauge, help);
    for row in by(Dimension::Product).rows {
        family.sample(&[("product", &row.key)], row.sum.ticks);
    }
    let help = "Tokens spent today so far, by bucket.";
    let mut family = text.family("faregate_burn_today_bucket_tokens", Kind::Gauge, help);
    for row in by(Dimension::Bucket).rows {
        family.sample(&[("bucket", &row.key)], row.sum.ticks);
    }
    let hour = state.charges().since(now.plus(-HOUR)).filter(|charge| charge.at <= now);
    let spent: Ticks = hour.map(|charge| charge.ticks).sum();
    let help = "Tokens spent in the last 60 minutes.";
    text.one("faregate_burn_last_hour_tokens", Kind::Gauge, help, spent);
}

fn journal(text: &mut Exposition, state: &State, now: Instant) {
    let help = "Entries of the journal.";
    text.one("faregate_journal_entries_total", Kind::Counter, help, state.seq());
    let help = "When the last entry was appended, since 1970.";
    let at = state.at().0.max(0);
    text.one("faregate_journal_last_entry_timestamp_seconds", Kind::Gauge, help, at);
    let waits = |one: &&faregate_core::budget::Requested| {
        one.progress == Progress::Waiting && one.request.expires > now
    };
    let waiting = state.requests().values().filter(waits).count();
    let help = "Requests for tokens that wait for an answer.";
    text.one("faregate_requests_waiting", Kind::Gauge, help, waiting);
    let help = "Imported sessions that are kept but not charged: their product is unknown, or has no rate.";
    let quarantined = state.tally().quarantined;
    text.one("faregate_quarantined_sessions", Kind::Gauge, help, quarantined);
}

fn invariants(text: &mut Exposition, state: &State) {
    let help = "Whether an invariant of the ledger is broken; it never is.";
    let mut family = text.family("faregate_invariant_violations", Kind::Gauge, help);
    for rule in REGISTRY.iter().filter(|rule| WATCHED.contains(&rule.name)) {
        let broken = u8::from((rule.check)(state).is_some());
        family.sample(&[("invariant", rule.name)], broken);
    }
}

fn sources_behind(text: &mut Exposition, sources: &[Assessed]) {
    let help = "The last instant that a source of use knows of, since 1970.";
    let name = "faregate_source_last_data_timestamp_seconds";
    let mut family = text.family(name, Kind::Gauge, help);
    for one in sources {
        if let Some(last) = one.last_data {
            family.sample(&[("source", &one.name), ("kind", one.kind.key())], last.0);
        }
    }
    let help = "Whether a source of use has said nothing for longer than it may.";
    let mut family = text.family("faregate_source_stale", Kind::Gauge, help);
    for one in sources {
        let labels = [("source", one.name.as_str()), ("kind", one.kind.key())];
        family.sample(&labels, u8::from(one.is_stale));
    }
    let help = "Files of a source that could not be taken in.";
    let mut family = text.family("faregate_source_bad_files", Kind::Gauge, help);
    for one in sources {
        let labels = [("source", one.name.as_str()), ("kind", one.kind.key())];
        family.sample(&labels, one.bad.len());
    }
}

fn others(text: &mut Exposition, beside: &Beside) {
    let help = "Alerts that are open, by severity.";
    let mut family = text.family("faregate_alerts_open", Kind::Gauge, help);
    beside.alerts_open.iter().for_each(|(severity, count)| {
        family.sample(&[("severity", severity)], count);
    });
    let mut maybe = |name, help: &str, value: Option<i64>| {
        let mut family = text.family(name, Kind::Gauge, help);
        value.iter().for_each(|value| family.sample(&[], value));
    };
    let count = |count: Option<u64>| count.map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let help = "Messages that wait to be sent.";
    maybe("faregate_outbox_waiting", help, count(beside.outbox_waiting));
    let help = "How long the oldest message has waited to be sent.";
    maybe("faregate_outbox_oldest_seconds", help, beside.outbox_oldest_seconds);
    let help = "By how many entries of the journal the lake is behind.";
    maybe("faregate_lake_behind_entries", help, count(beside.lake_behind_entries));
}

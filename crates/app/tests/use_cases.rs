//! The use cases over the store in memory: the gate as a service, imports, and what looks into both.

#[path = "use_cases/access.rs"]
mod access;
#[path = "use_cases/agents.rs"]
mod agents;
#[path = "use_cases/alerts.rs"]
mod alerts;
#[path = "use_cases/atomicity.rs"]
mod atomicity;
#[path = "use_cases/batches.rs"]
mod batches;
#[path = "use_cases/bulk.rs"]
mod bulk;
#[path = "use_cases/charges.rs"]
mod charges;
#[path = "use_cases/failures.rs"]
mod failures;
#[path = "use_cases/findings.rs"]
mod findings;
#[path = "use_cases/first_run.rs"]
mod first_run;
#[path = "use_cases/given.rs"]
mod given;
#[path = "use_cases/given_rules.rs"]
mod given_rules;
#[path = "use_cases/hashed.rs"]
mod hashed;
#[path = "use_cases/insight.rs"]
mod insight;
#[path = "use_cases/intake.rs"]
mod intake;
#[path = "use_cases/leakage.rs"]
mod leakage;
#[path = "use_cases/logs.rs"]
mod logs;
#[path = "use_cases/made_up.rs"]
mod made_up;
#[path = "use_cases/merge.rs"]
mod merge;
#[path = "use_cases/mutants.rs"]
mod mutants;
#[path = "use_cases/once.rs"]
mod once;
#[path = "use_cases/orders.rs"]
mod orders;
#[path = "use_cases/orders_guard.rs"]
mod orders_guard;
#[path = "use_cases/overload.rs"]
mod overload;
#[path = "use_cases/packed.rs"]
mod packed;
#[path = "use_cases/paper.rs"]
mod paper;
#[path = "use_cases/planning.rs"]
mod planning;
#[path = "use_cases/proposed.rs"]
mod proposed;
#[path = "use_cases/quarantine.rs"]
mod quarantine;
#[path = "use_cases/real_logs.rs"]
mod real_logs;
#[path = "use_cases/replay.rs"]
mod replay;
#[path = "use_cases/reports.rs"]
mod reports;
#[path = "use_cases/rights.rs"]
mod rights;
#[path = "use_cases/sessions.rs"]
mod sessions;
#[path = "use_cases/simulate.rs"]
mod simulate;
#[path = "use_cases/sources.rs"]
mod sources;
#[path = "use_cases/stores.rs"]
mod stores;
#[path = "use_cases/undo.rs"]
mod undo;
#[path = "use_cases/usage.rs"]
mod usage;
#[path = "use_cases/vendor.rs"]
mod vendor;
#[path = "use_cases/world.rs"]
mod world;

//! Whether everything that must be true is true: the store, the invariants, replay = snapshot.

use crate::engine::{Engine, Failure, replayed};
use crate::rules::Rules;
use faregate_core::invariants::{REGISTRY, violations};
use faregate_core::state::State;

/// One check and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable kebab-case name.
    pub name: &'static str,
    /// What is wrong; empty when nothing is.
    pub findings: Vec<String>,
}

/// Runs every check. Reads only.
///
/// # Errors
/// [`Failure`] when the store cannot be read at all.
pub fn examine(engine: &mut Engine) -> Result<Vec<Check>, Failure> {
    let mut checks = vec![Check { name: "store-integrity", findings: engine.store.check()? }];
    let shared = engine.state();
    let loaded = shared.read();
    let found = violations(&loaded);
    checks.extend(REGISTRY.iter().map(|rule| {
        let findings = found
            .iter()
            .filter(|(name, _)| *name == rule.name)
            .map(|(_, words)| words.clone())
            .collect();
        Check { name: rule.name, findings }
    }));
    checks.push(Check { name: "policies-can-be-read", findings: unreadable(&loaded) });
    checks.push(Check { name: "replay-equals-snapshot", findings: compare(engine, &loaded)? });
    Ok(checks)
}

fn unreadable(state: &State) -> Vec<String> {
    let sets: Vec<_> = state.policies().values().cloned().collect();
    let faults = Rules::from_sets(&sets).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

/// Replays the journal from its first event and compares it with the snapshot: the one kept, or else one
/// taken now, so that taking and restoring one is checked in any case.
fn compare(engine: &mut Engine, loaded: &State) -> Result<Vec<String>, Failure> {
    let kept = engine.store.snapshot()?;
    let snapshot = kept.unwrap_or_else(|| loaded.checkpoint());
    let from_journal = match replayed(&mut *engine.store, State::default(), snapshot.seq) {
        Ok((state, _)) => state.checkpoint(),
        Err(Failure::Broken(why)) => {
            return Ok(vec![format!("the journal contradicts itself: {why}")]);
        }
        Err(failure) => return Err(failure),
    };
    let from_snapshot = match State::restore(snapshot) {
        Ok(state) => state.checkpoint(),
        Err(why) => return Ok(vec![format!("the snapshot contradicts itself: {why}")]),
    };
    if from_journal == from_snapshot {
        return Ok(Vec::new());
    }
    let differing = [
        ("sequence", from_journal.seq != from_snapshot.seq),
        (
            "estate",
            from_journal.people != from_snapshot.people
                || from_journal.seats != from_snapshot.seats,
        ),
        ("balances", from_journal.balances != from_snapshot.balances),
        ("bucket balances", from_journal.bucket_balances != from_snapshot.bucket_balances),
        ("packs", from_journal.packs != from_snapshot.packs),
        ("charges", from_journal.charges != from_snapshot.charges),
        ("groups, places and schedules", from_journal.surroundings != from_snapshot.surroundings),
        ("policies, caps and terms", from_journal.rulebook != from_snapshot.rulebook),
        ("requests and periods", from_journal.budgets != from_snapshot.budgets),
        (
            "holds and sessions",
            from_journal.pairs != from_snapshot.pairs
                || from_journal.sessions != from_snapshot.sessions,
        ),
    ];
    let names: Vec<&str> =
        differing.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    let names = if names.is_empty() { "counters".to_owned() } else { names.join(", ") };
    Ok(vec![format!("replaying {} events gives other {names} than the snapshot", from_journal.seq)])
}

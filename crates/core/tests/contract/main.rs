//! The contract as a whole: the real state beside a reference that shares no code with it.
//!
//! Every check that guards the real state is shown to be able to fail: the same harness is run on subjects
//! with a planted fault, and must catch each of them.

mod commands;
mod harness;
mod model;
mod subject;

use commands::commands;
use harness::{Caught, run};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed, TestError, TestRunner};
use subject::Subject;

/// The same cases on every run; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for others.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(0xFA4E_6A7E),
        seed => seed,
    };
    ProptestConfig { rng_seed, ..asked }
}

#[test]
fn the_state_agrees_with_the_reference() {
    let regressions = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/contract.txt");
    let persistence = FileFailurePersistence::Direct(regressions);
    let config = ProptestConfig { failure_persistence: Some(Box::new(persistence)), ..config() };
    let failed = TestRunner::new(config).run(&commands(), |commands| {
        run::<subject::Real>(&commands).map_err(|caught| TestCaseError::fail(format!("{caught:?}")))
    });
    failed.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Runs the harness on a faulty subject until it is caught; what caught it.
fn caught<S: Subject>() -> Caught {
    let config = ProptestConfig { failure_persistence: None, cases: 256, ..config() };
    let failed = TestRunner::new(config).run(&commands(), |commands| {
        run::<S>(&commands).map_err(|caught| TestCaseError::fail(format!("{caught:?}")))
    });
    match failed {
        Err(TestError::Fail(_, smallest)) => run::<S>(&smallest).unwrap_err(),
        other => panic!("the fault went unnoticed: {other:?}"),
    }
}

/// Whether it was the registry that caught it, by an invariant of one of these names.
fn by_invariant(caught: &Caught, names: &[&str]) -> bool {
    matches!(caught, Caught::Invariant(name, _) if names.contains(name))
}

#[test]
fn catches_mutant_skips_the_release() {
    let caught = caught::<subject::SkipsTheRelease>();
    assert!(by_invariant(&caught, &["running-sessions-are-counted"]), "{caught:?}");
}

#[test]
fn catches_mutant_charges_the_second_machine() {
    let caught = caught::<subject::ChargesTheSecondMachine>();
    assert!(matches!(&caught, Caught::Model(what) if what.starts_with("balances")), "{caught:?}");
}

#[test]
fn catches_mutant_drops_the_floor_check() {
    let caught = caught::<subject::DropsTheFloorCheck>();
    assert!(by_invariant(&caught, &["no-account-below-its-floor"]), "{caught:?}");
}

#[test]
fn catches_mutant_posts_a_hold_twice() {
    let caught = caught::<subject::PostsAHoldTwice>();
    let names = ["no-account-below-its-floor", "each-hold-resolved-once", "packs-equal-balances"];
    assert!(by_invariant(&caught, &names), "{caught:?}");
}

#[test]
fn catches_mutant_forgets_a_charge_at_restore() {
    let caught = caught::<subject::ForgetsAChargeAtRestore>();
    assert!(by_invariant(&caught, &["consumed-equals-charges"]), "{caught:?}");
}

#[test]
fn catches_mutant_forgets_reversals() {
    let caught = caught::<subject::ForgetsReversals>();
    assert!(matches!(caught, Caught::Model(_) | Caught::Refused(_)), "{caught:?}");
}

#[test]
fn catches_mutant_ignores_the_covering_seat() {
    let caught = caught::<subject::IgnoresTheCoveringSeat>();
    let paid = |what: &String| what.starts_with("paid while a seat covers");
    assert!(matches!(&caught, Caught::Model(what) if paid(what)), "{caught:?}");
}

#[test]
fn catches_mutant_approves_own_requests() {
    let caught = caught::<subject::ApprovesOwnRequests>();
    assert!(matches!(&caught, Caught::Model(what) if what.starts_with("answer")), "{caught:?}");
}

#[test]
fn catches_mutant_writes_down_own_approvals() {
    let caught = caught::<subject::WritesDownOwnApprovals>();
    assert!(by_invariant(&caught, &["requests-are-answered-by-others"]), "{caught:?}");
}

#[test]
fn catches_mutant_moves_what_is_not_free() {
    let caught = caught::<subject::MovesWhatIsNotFree>();
    assert!(matches!(&caught, Caught::Model(what) if what.starts_with("took")), "{caught:?}");
}

#[test]
fn catches_mutant_cap_off_by_one() {
    let caught = caught::<subject::CapOffByOne>();
    let answered = |what: &String| what.starts_with("answered ") && what.contains("concurrent-cap");
    assert!(matches!(&caught, Caught::Model(what) if answered(what)), "{caught:?}");
}

#[test]
fn catches_mutant_forgets_a_seat_move_at_restore() {
    let caught = caught::<subject::ForgetsASeatMoveAtRestore>();
    assert_eq!(caught, Caught::Differs("restore"));
}

#[test]
fn catches_mutant_lends_for_ever() {
    let caught = caught::<subject::LendsForEver>();
    assert!(by_invariant(&caught, &["loans-owe-what-was-lent"]), "{caught:?}");
}

#[test]
fn catches_mutant_holds_nothing_for_a_lease() {
    let caught = caught::<subject::HoldsNothingForALease>();
    assert!(by_invariant(&caught, &["a-lease-holds-what-it-may-use"]), "{caught:?}");
}

#[test]
fn catches_mutant_spends_unasked() {
    let caught = caught::<subject::SpendsUnasked>();
    let lease = |what: &String| what.starts_with("balances") || what.starts_with("a lease");
    assert!(matches!(&caught, Caught::Model(what) if lease(what)), "{caught:?}");
}

#[test]
fn catches_mutant_takes_the_lease_along() {
    let caught = caught::<subject::TakesTheLeaseAlong>();
    assert!(by_invariant(&caught, &["a-lease-holds-what-it-may-use"]), "{caught:?}");
}

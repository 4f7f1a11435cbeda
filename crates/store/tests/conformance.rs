//! What every store must do: one suite, run over each of them, and over planted mutants that it must catch.

use faregate_app::memory::MemoryStore;
use faregate_app::ports::Store;
use faregate_store::sqlite::SqliteStore;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[path = "conformance/cases.rs"]
mod cases;
#[path = "conformance/mutants.rs"]
mod mutants;

use cases::CASES;
use mutants::{Mutant, Planted};

/// Runs every case on a fresh store.
fn conformance(make: impl Fn() -> Box<dyn Store>) {
    for (name, case) in CASES {
        println!("{name}");
        case(&mut *make());
    }
}

#[test]
fn the_store_in_memory_conforms() {
    conformance(|| Box::new(MemoryStore::default()));
}

#[test]
fn the_store_on_sqlite_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    conformance(|| {
        count.set(count.get() + 1);
        Box::new(SqliteStore::open(&directory.path().join(format!("{}.db", count.get()))).unwrap())
    });
}

/// Each mutant is caught by the case that is there for it, on top of either store.
#[test]
fn planted_mutants_are_caught() {
    let check = |mutant: Mutant, catcher: &str| {
        let (_, case) = CASES.iter().find(|(name, _)| *name == catcher).unwrap();
        let caught = catch_unwind(AssertUnwindSafe(|| case(&mut Planted::new(mutant))));
        assert!(caught.is_err(), "`{catcher}` does not catch {mutant:?}");
        let clean = catch_unwind(AssertUnwindSafe(|| case(&mut MemoryStore::default())));
        assert!(clean.is_ok(), "`{catcher}` catches what is right");
    };
    check(Mutant::LosesRequests, "requests are kept with their answers");
    check(Mutant::AcceptsAnySequence, "a second writer is fenced and stores nothing");
    check(Mutant::AcceptsAnySequence, "a gap is refused, at the start and within");
    check(Mutant::ForgetsBlocks, "uses are found by day and by their end");
    check(Mutant::KeepsWhatIsRolledBack, "a rollback leaves what there was, byte for byte");
    check(Mutant::CommitsTooEarly, "a rollback leaves what there was, byte for byte");
    check(Mutant::ReplaysFromTheStart, "what was appended is replayed in order");
    check(Mutant::ForgetsWhoTold, "blocks know their import, in the order stored");
    check(Mutant::VisitsBlocksFromTheStart, "blocks know their import, in the order stored");
    let taken_back = "what was taken back is left out, and can be told anew";
    check(Mutant::ForgetsWhatWasTakenBack, taken_back);
    check(Mutant::TellsDecisionsFromTheEnd, "decisions are told from the latest back");
    check(Mutant::ForgetsMemos, "what imports remember of a day adds up");
}

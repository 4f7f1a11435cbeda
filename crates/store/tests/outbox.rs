//! What every outbox must do: one suite, run over each of them, and over planted mutants that it must catch.

use faregate_app::outbox::{MemoryOutbox, Outbox, Outcome};
use faregate_store::outbox::SqliteOutbox;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[path = "outbox/cases.rs"]
mod cases;
#[path = "outbox/mutants.rs"]
mod mutants;

use cases::{CASES, draft, draft_of};
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;
use mutants::{Mutant, Planted};

#[test]
fn the_outbox_in_memory_conforms() {
    CASES.iter().for_each(|(_, case)| case(&mut MemoryOutbox::default()));
}

#[test]
fn the_outbox_on_sqlite_conforms() {
    let directory = tempfile::tempdir().unwrap();
    for (name, case) in CASES {
        println!("{name}");
        case(&mut SqliteOutbox::open(&directory.path().join(name)).unwrap());
    }
}

/// Each mutant is caught by the case that is there for it.
#[test]
fn planted_mutants_are_caught() {
    let check = |mutant: Mutant, catcher: &str| {
        let (_, case) = CASES.iter().find(|(name, _)| *name == catcher).unwrap();
        let caught = catch_unwind(AssertUnwindSafe(|| case(&mut Planted::new(mutant))));
        assert!(caught.is_err(), "`{catcher}` does not catch {mutant:?}");
    };
    check(Mutant::ForgetsTheCursor, "the cursor begins at the end and moves with what is added");
    check(Mutant::IgnoresTheCursor, "who is behind the cursor adds nothing");
    check(Mutant::MovesTheCursorAlone, "who is behind the cursor adds nothing");
    check(Mutant::AddsTwice, "a delivery that is known stays as it is");
    check(Mutant::SendsEarly, "what is due comes in its order");
    check(Mutant::Overtakes, "the end of an alert is not told before its beginning");
    check(Mutant::SettlesAgain, "what is settled stays settled");
    check(Mutant::KeepsWhatNeverWas, "an outbox ahead of the journal goes back to it");
}

#[test]
fn what_is_kept_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox.db");
    let kept = [draft(7, "mail"), draft_of(8, "mail", "other")];
    let mut outbox = SqliteOutbox::open(&path).unwrap();
    outbox.begin(6).unwrap();
    outbox.expand(6, 8, &kept).unwrap();
    drop(outbox);
    let mut again = SqliteOutbox::open(&path).unwrap();
    assert_eq!(again.begin(8).unwrap(), 8);
    let due: Vec<_> = again.due("mail", Instant(900), 9).unwrap();
    assert_eq!(due.iter().map(|one| &one.draft).collect::<Vec<_>>(), [&kept[0], &kept[1]]);
}

/// A process that dies after the deliveries were added, and before the cursor moved, has added none.
#[test]
fn deliveries_and_cursor_are_one_transaction() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox.db");
    let mut outbox = SqliteOutbox::open(&path).unwrap();
    outbox.begin(6).unwrap();
    // What stands in the way of the cursor stands in the way of all.
    let block = "CREATE TRIGGER block BEFORE UPDATE ON cursor BEGIN SELECT RAISE(ABORT, 'no'); END";
    rusqlite::Connection::open(&path).unwrap().execute_batch(block).unwrap();
    assert!(outbox.expand(6, 7, &[draft(7, "mail")]).is_err());
    assert!(!outbox.knows("7-mail").unwrap());
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP TRIGGER block").unwrap();
    outbox.expand(6, 7, &[draft(7, "mail")]).unwrap();
    assert!(outbox.knows("7-mail").unwrap());
}

#[test]
fn a_newer_or_damaged_file_is_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox.db");
    let mut outbox = SqliteOutbox::open(&path).unwrap();
    outbox.begin(0).unwrap();
    outbox.expand(0, 1, &[draft(1, "mail")]).unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    for body in ["X''", "X'09'", "X'01'", "X'0101'", "zeroblob(40)"] {
        db.execute_batch(&format!("UPDATE delivery SET notice = {body}")).unwrap();
        let told = outbox.due("mail", Instant(900), 9).unwrap_err();
        assert!(matches!(&told, StoreError::Damaged(why) if why.starts_with("delivery `1-mail`")));
    }
    db.execute_batch("PRAGMA user_version = 99").unwrap();
    let newer = SqliteOutbox::open(&path).err().unwrap();
    assert!(matches!(newer, StoreError::Newer { found: 99, known: 1 }), "{newer}");
}

/// What a dispatcher could do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slip {
    None,
    NotesBeforeSending,
    MovesTheCursorFirst,
    NamesByChance,
}

/// Expands, sends and notes; dies at a step and begins anew from what is on the disk, until all is settled. How many
/// entries were never told of, and how many of them under more than one id.
fn dispatched(dies_at: usize, slip: Slip) -> (usize, usize) {
    const LAST: u64 = 4;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox.db");
    SqliteOutbox::open(&path).unwrap().begin(0).unwrap();
    let (mut step, mut lives, mut sent) = (0, 0, Vec::new());
    let mut live = |sent: &mut Vec<(u64, String)>| -> Option<()> {
        lives += 1;
        let mut lives_on = || {
            step += 1;
            (step != dies_at).then_some(())
        };
        let mut outbox = SqliteOutbox::open(&path).unwrap();
        let mut cursor = outbox.begin(LAST).unwrap();
        while cursor < LAST {
            let mut one = draft(cursor + 1, "ops");
            if slip == Slip::NamesByChance {
                one.id = format!("{}-{lives}", one.id);
            }
            if slip == Slip::MovesTheCursorFirst {
                outbox.expand(cursor, cursor + 1, &[]).unwrap();
                lives_on()?;
                outbox.expand(cursor + 1, cursor + 1, &[one]).unwrap();
            } else {
                lives_on()?;
                outbox.expand(cursor, cursor + 1, &[one]).unwrap();
            }
            lives_on()?;
            cursor += 1;
        }
        for one in outbox.due("ops", Instant(900), 99).unwrap() {
            let id = if slip == Slip::NamesByChance {
                format!("{}-{lives}", one.draft.id)
            } else {
                one.draft.id.clone()
            };
            if slip == Slip::NotesBeforeSending {
                outbox.settle(&one.draft.id, &Outcome::Sent, Instant(900)).unwrap();
                lives_on()?;
                sent.push((one.draft.seq, id));
            } else {
                lives_on()?;
                sent.push((one.draft.seq, id));
                lives_on()?;
                outbox.settle(&one.draft.id, &Outcome::Sent, Instant(900)).unwrap();
            }
        }
        Some(())
    };
    while live(&mut sent).is_none() {}
    let ids = |seq| {
        let of = sent.iter().filter(|(told, _)| *told == seq).map(|(_, id)| id);
        of.collect::<std::collections::BTreeSet<_>>().len()
    };
    let missed = (1..=LAST).filter(|seq| ids(*seq) == 0).count();
    (missed, (1..=LAST).filter(|seq| ids(*seq) > 1).count())
}

/// Promise 19, at every step at which a process could die; and what would break it is caught.
#[test]
fn nothing_is_missed_or_told_under_two_ids_wherever_it_dies() {
    let sum = |slip| {
        let all = (0..24).map(|dies_at| dispatched(dies_at, slip));
        all.fold((0, 0), |(a, b), (missed, doubled)| (a + missed, b + doubled))
    };
    let (missed, doubled) = sum(Slip::None);
    println!("24 deaths: missed {missed}, under two ids {doubled}");
    assert_eq!((missed, doubled), (0, 0));
    assert!(sum(Slip::NotesBeforeSending).0 > 0);
    assert!(sum(Slip::MovesTheCursorFirst).0 > 0);
    assert!(sum(Slip::NamesByChance).1 > 0);
}

use super::*;
use crate::directory::{Account, Group, Person};
use crate::limits::Limits;
use crate::managed::{MARKER, Managed};
use crate::memory::MemoryDirectory;
use crate::plan::plan_membership;
use crate::reading::{Desired, read_directory};
use tempfile::TempDir;

/// A plan that adds so many people.
fn plan(adds: usize) -> Plan {
    let person = |at| Person { email: format!("p{at}@acme.example"), ..Person::default() };
    let account = |at| Account { id: format!("a{at}").as_str().into(), person: person(at) };
    let mut directory = MemoryDirectory {
        groups: vec![Group {
            id: "g".into(),
            name: format!("{MARKER} Revit"),
            description: String::new(),
            fixed: None,
        }],
        accounts: (0..adds).map(account).collect(),
        ..MemoryDirectory::default()
    };
    let people = (0..adds).map(person).collect();
    let desired = Desired { groups: [("Revit".into(), people)].into(), ..Desired::default() };
    let managed = Managed::new(MARKER, ["Revit".into()]).unwrap();
    let reading = read_directory(&mut directory, &desired, &managed).unwrap();
    plan_membership(&desired, &managed, &reading, Limits::default())
}

fn place() -> (TempDir, Cabinet) {
    let place = tempfile::tempdir().unwrap();
    let cabinet = Cabinet::new(place.path().join("directory"));
    (place, cabinet)
}

#[test]
fn a_plan_is_found_by_its_digits_and_by_its_file() {
    let (_place, cabinet) = place();
    let plans: Vec<Plan> = (1..40).map(plan).collect();
    assert!(matches!(cabinet.find(plans[0].id().short()), Err(CabinetError::NotFound(_))));
    let paths: Vec<_> = plans.iter().map(|plan| cabinet.keep(plan).unwrap()).collect();
    for (plan, path) in plans.iter().zip(&paths) {
        assert_eq!(cabinet.find(&plan.id().short().to_uppercase()).unwrap(), *plan);
        assert_eq!(cabinet.find(path.to_str().unwrap()).unwrap(), *plan);
        assert_eq!(cabinet.keep(plan).unwrap(), *path, "again changes nothing");
    }
    let first = plans[0].id().as_str();
    assert!(matches!(cabinet.find(&first[..3]), Err(CabinetError::NotFound(_))), "too few digits");
    let twin = cabinet.0.join(format!("{}0{PLAN}", &first[..63]));
    std::fs::copy(&paths[0], twin).unwrap();
    assert!(matches!(cabinet.find(&first[..63]), Err(CabinetError::Ambiguous { count: 2, .. })));
    std::fs::write(&paths[1], "{}").unwrap();
    assert!(matches!(cabinet.find(plans[1].id().short()), Err(CabinetError::Plan { .. })));
}

#[test]
fn progress_lasts_and_a_torn_line_is_dropped() {
    let (_place, cabinet) = place();
    let plan = plan(3);
    assert!(cabinet.progress(&plan).unwrap().is_none());
    let (progress, mut diary) = cabinet.carry_on(&plan).unwrap();
    assert_eq!(progress, Progress::new(&plan));
    let failed = Outcome::Failed("no\nway".to_owned());
    for (step, outcome) in
        [(0, &Outcome::Sent), (0, &Outcome::Done), (1, &failed), (2, &Outcome::Sent)]
    {
        diary.record(step, outcome).unwrap();
    }
    drop(diary);
    let path = cabinet.file(&plan, PROGRESS);
    let whole = std::fs::read(&path).unwrap();
    let expected = [Outcome::Done, failed, Outcome::Sent];
    // Cut anywhere: what whole lines say holds, and what is written next stands on a line of its own.
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let lines = whole[..length].iter().filter(|byte| **byte == b'\n').count();
        let (progress, mut diary) = cabinet.carry_on(&plan).unwrap();
        let known = match lines {
            0 | 1 => [const { &Outcome::NotTried }; 3],
            2 => [&Outcome::Sent, &Outcome::NotTried, &Outcome::NotTried],
            3 => [&expected[0], &Outcome::NotTried, &Outcome::NotTried],
            4 => [&expected[0], &expected[1], &Outcome::NotTried],
            _ => expected.each_ref(),
        };
        assert!(progress.outcomes().iter().eq(known), "{length}: {progress:?}");
        diary.record(2, &Outcome::AlreadySo).unwrap();
        drop(diary);
        let after = cabinet.progress(&plan).unwrap().unwrap();
        assert_eq!(after.outcomes()[2], Outcome::AlreadySo, "{length}");
        assert!(after.outcomes()[..2].iter().eq(known[..2].iter().copied()), "{length}");
    }
}

#[test]
fn a_damaged_progress_is_refused_at_its_line() {
    let (_place, cabinet) = place();
    let (ours, other) = (plan(2), plan(3));
    let (_, mut diary) = cabinet.carry_on(&ours).unwrap();
    diary.record(0, &Outcome::Done).unwrap();
    let path = cabinet.file(&ours, PROGRESS);
    let good = std::fs::read_to_string(&path).unwrap();
    let check = |text: String, line: usize| {
        std::fs::write(&path, &text).unwrap();
        let found = cabinet.progress(&ours).unwrap_err().to_string();
        assert!(found.ends_with(&format!(":{line}: the progress is damaged")), "{text}: {found}");
    };
    check(good.replace("done", "dune"), 2);
    check(good.replace("\"step\":0", "\"step\":2"), 2);
    check(good.replace(ours.id().as_str(), other.id().as_str()), 1);
    check(good.replace("progress/1", "progress/2"), 1);
}

#[test]
fn one_run_at_a_time() {
    let (_place, cabinet) = place();
    let held = cabinet.carry_on(&plan(1)).unwrap();
    assert!(matches!(cabinet.carry_on(&plan(2)), Err(CabinetError::Busy)));
    drop(held);
    assert!(cabinet.carry_on(&plan(2)).is_ok());
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let (_place, cabinet) = place();
    let plan = plan(1);
    drop(cabinet.carry_on(&plan).unwrap());
    for suffix in [PLAN, PROGRESS] {
        let mode = cabinet.file(&plan, suffix).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

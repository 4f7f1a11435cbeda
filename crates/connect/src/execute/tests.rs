use super::*;
use crate::directory::{Account, Group, Person};
use crate::limits::{Confirmed, Limits};
use crate::managed::MARKER;
use crate::memory::MemoryDirectory;
use crate::plan::{plan_membership, plan_undo};
use crate::reading::{Desired, read_directory};
use proptest::prelude::*;

/// Two groups, `A` and `B`, of people 0 to 5; 0 to 2 go out of each, 3 to 5 come in.
struct Case {
    directory: MemoryDirectory,
    managed: Managed,
    plan: Plan,
    progress: Progress,
    recorded: Vec<(usize, Outcome)>,
}

fn person(at: usize) -> Person {
    Person { email: format!("p{at}@acme.example"), ..Person::default() }
}

fn ids(range: std::ops::Range<usize>) -> BTreeSet<AccountId> {
    range.map(|at| AccountId(format!("a{at}"))).collect()
}

fn refused() -> DirectoryError {
    DirectoryError::Refused { status: 400, words: "no".to_owned() }
}

impl Case {
    fn new() -> Self {
        let group = |name: &str| Group {
            id: GroupId(format!("id-{name}")),
            name: format!("{MARKER} {name}"),
            description: String::new(),
            fixed: None,
        };
        let account = |at| Account { id: AccountId(format!("a{at}")), person: person(at) };
        let mut directory = MemoryDirectory {
            groups: vec![group("A"), group("B")],
            accounts: (0..6).map(account).collect(),
            members: [("id-A".into(), ids(0..3)), ("id-B".into(), ids(0..3))].into(),
            ..MemoryDirectory::default()
        };
        let people: BTreeSet<_> = (3..6).map(person).collect();
        let desired = Desired {
            groups: [("A".into(), people.clone()), ("B".into(), people)].into(),
            ..Desired::default()
        };
        let managed = Managed::new(MARKER, ["A".into(), "B".into()]).unwrap();
        let reading = read_directory(&mut directory, &desired, &managed).unwrap();
        let plan = plan_membership(&desired, &managed, &reading, Limits::default());
        let progress = Progress::new(&plan);
        Self { directory, managed, plan, progress, recorded: Vec::new() }
    }

    fn run(&mut self) -> Result<Summary, ExecuteError> {
        let confirmed = Confirmed::new(&self.plan, self.plan.id().as_str()).unwrap();
        let approved = self.plan.approve(Some(&confirmed)).unwrap();
        let recorded = &mut self.recorded;
        let mut record = |step: usize, outcome: &Outcome| {
            recorded.push((step, outcome.clone()));
            Ok(())
        };
        let options = RunOptions { failures_max: 3 };
        let (managed, directory) = (&self.managed, &mut self.directory);
        execute_plan(approved, managed, directory, &mut self.progress, &mut record, options)
    }

    fn members(&self, group: &str) -> &BTreeSet<AccountId> {
        &self.directory.members[&group.into()]
    }
}

#[test]
fn every_step_is_recorded_before_and_after_and_adds_come_first() {
    let mut case = Case::new();
    let summary = case.run().unwrap();
    assert_eq!(summary, Summary { done: 12, ..Summary::default() });
    assert_eq!(*case.members("id-A"), ids(3..6));
    let adds: Vec<_> = case.directory.writes.iter().map(|(_, _, adds)| *adds).collect();
    assert_eq!(adds, [[true; 6], [false; 6]].concat());
    let recorded = (0..12).flat_map(|step| [(step, Outcome::Sent), (step, Outcome::Done)]);
    assert_eq!(case.recorded, recorded.collect::<Vec<_>>());
    // Once more changes nothing, and asks for nothing.
    assert_eq!(case.run().unwrap().done, 12);
    assert_eq!(case.directory.writes.len(), 12);
}

#[test]
fn a_failure_is_kept_in_the_servers_words_and_the_rest_goes_on() {
    let mut case = Case::new();
    case.directory.faults = [None, Some(refused()), None, Some(refused())].into();
    let summary = case.run().unwrap();
    assert_eq!(summary, Summary { done: 10, failed: 2, ..Summary::default() });
    let words = "the directory answered 400: no".to_owned();
    assert_eq!(case.progress.outcomes()[1], Outcome::Failed(words));
    // The same plan again takes the failed steps only.
    assert_eq!(case.run().unwrap().done, 12);
    assert_eq!(case.directory.writes.len(), 14);
}

#[test]
fn a_run_stops_after_failures_in_a_row() {
    let mut case = Case::new();
    let fail = || Some(refused());
    case.directory.faults = [fail(), fail(), None, fail(), fail(), fail()].into();
    let summary = case.run().unwrap();
    let stopped = Some(Stopped::Failures(3));
    assert_eq!(summary, Summary { done: 1, failed: 5, not_tried: 6, stopped, already_so: 0 });
    assert_eq!(case.directory.writes.len(), 6);
    assert_eq!(case.run().unwrap().done, 12);
}

#[test]
fn a_run_stops_at_once_when_it_is_not_let_in() {
    let mut case = Case::new();
    let error = DirectoryError::Unauthorised { words: "expired".to_owned() };
    case.directory.faults = [Some(error.clone())].into();
    let summary = case.run().unwrap();
    assert_eq!(summary.stopped, Some(Stopped::Final(error)));
    assert_eq!(case.directory.writes.len(), 1);
}

#[test]
fn a_group_that_somebody_else_changes_meanwhile_is_left_alone() {
    let mut case = Case::new();
    case.directory.faults = [Some(DirectoryError::Changed { words: "412".to_owned() })].into();
    let summary = case.run().unwrap();
    assert_eq!(summary, Summary { done: 6, failed: 1, not_tried: 5, ..Summary::default() });
    assert_eq!((case.members("id-A"), case.members("id-B")), (&ids(0..3), &ids(3..6)));
}

#[test]
fn a_directory_that_has_changed_since_is_refused() {
    let refuses = |change: fn(&mut Case), expected: &str| {
        let mut case = Case::new();
        change(&mut case);
        assert_eq!(case.run().unwrap_err().to_string(), expected);
        assert_eq!(case.directory.writes, [], "nothing is written");
    };
    let changed = "group `B` has changed since the plan was made";
    let members = |case: &mut Case| case.directory.members.get_mut(&"id-B".into()).map(drop);
    assert!(members(&mut Case::new()).is_some());
    refuses(|case| drop(case.directory.members.insert("id-B".into(), ids(0..4))), changed);
    refuses(|case| drop(case.directory.members.insert("id-B".into(), ids(0..2))), changed);
    refuses(|case| case.directory.groups[1].description = "other".into(), changed);
    let unmarked = "group `B` may no longer be changed: the directory has no such group";
    refuses(|case| case.directory.groups[1].name = "C".into(), unmarked);
    let unmarked = "group `B` may no longer be changed: neither its description nor its name \
                    begins with the marker";
    refuses(|case| case.directory.groups[1].name = "B".into(), unmarked);
    let unlisted = "group `B` may no longer be changed: it is not on the list of managed groups";
    refuses(|case| case.managed = Managed::new(MARKER, ["A".into()]).unwrap(), unlisted);
}

#[test]
fn what_the_plan_itself_did_is_no_change() {
    let mut case = Case::new();
    case.directory.faults = (0..8).map(|_| Some(refused())).collect();
    case.run().unwrap();
    case.directory.faults.clear();
    // An answer was lost: the step was sent, and it is so.
    case.progress.take_in(4, Outcome::Sent);
    case.directory.members.get_mut(&"id-B".into()).unwrap().insert("a4".into());
    let summary = case.run().unwrap();
    assert_eq!((summary.done, summary.already_so), (12, 0), "ours, so undoing takes it back");
    // Somebody else's change is one, also in the middle.
    let mut case = Case::new();
    case.directory.faults = (0..8).map(|_| Some(refused())).collect();
    case.run().unwrap();
    case.directory.members.get_mut(&"id-A".into()).unwrap().insert("stranger".into());
    assert!(matches!(case.run(), Err(ExecuteError::Changed { .. })));
}

#[test]
fn of_what_was_sent_undoing_takes_back_what_is_so() {
    let mut case = Case::new();
    let step = case.plan.steps().next().unwrap().clone();
    (0..2).for_each(|at| case.progress.take_in(at, Outcome::Sent));
    // The first arrived, the second did not.
    case.directory.members.get_mut(&step.group_id).unwrap().insert(step.account.clone());
    let reading = read_groups(&mut case.directory, &["A".into(), "B".into()], &case.managed);
    let limits = Limits::default();
    let undo = plan_undo(&case.plan, &case.progress, &case.managed, &reading.unwrap(), limits);
    let back: Vec<_> = undo.steps().map(|step| (step.direction, &step.account)).collect();
    assert_eq!(back, [(Direction::Remove, &step.account)]);
}

#[test]
fn without_a_record_nothing_further_is_tried() {
    let mut case = Case::new();
    let confirmed = Confirmed::new(&case.plan, case.plan.id().as_str()).unwrap();
    let approved = case.plan.approve(Some(&confirmed)).unwrap();
    let mut record = |step: usize, outcome: &Outcome| match (step, outcome) {
        (1, Outcome::Done) => Err(std::io::Error::other("disk full")),
        _ => Ok(()),
    };
    let (managed, directory) = (&case.managed, &mut case.directory);
    let options = RunOptions::default();
    let result =
        execute_plan(approved, managed, directory, &mut case.progress, &mut record, options);
    assert_eq!(result.unwrap_err().to_string(), "the progress cannot be recorded: disk full");
    assert_eq!(case.directory.writes.len(), 2);
    assert_eq!(case.progress.outcomes()[1], Outcome::Sent);
}

#[test]
fn a_progress_belongs_to_its_plan() {
    let (mut case, mut other) = (Case::new(), Case::new());
    other.directory.members.insert("id-A".into(), ids(0..1));
    let desired = Desired { groups: [("A".into(), BTreeSet::new())].into(), ..Desired::default() };
    let reading = read_directory(&mut other.directory, &desired, &other.managed).unwrap();
    let plan = plan_membership(&desired, &other.managed, &reading, Limits::default());
    case.progress = Progress::new(&plan);
    assert!(matches!(case.run(), Err(ExecuteError::OtherPlan(_))));
}

proptest! {
    /// Whatever fails, and wherever answers are lost, carrying on ends where it should.
    #[test]
    fn runs_that_fail_end_as_planned_when_carried_on(faults in prop::collection::vec(any::<bool>(), 0..40)) {
        let mut case = Case::new();
        case.directory.faults = faults.into_iter().map(|fails| fails.then(refused)).collect();
        let runs = (0..60).find(|_| case.run().unwrap().done == 12);
        prop_assert!(runs.is_some());
        prop_assert_eq!(case.members("id-A"), &ids(3..6));
        prop_assert_eq!(case.members("id-B"), &ids(3..6));
        // Replaying the record gives the same progress.
        let mut replayed = Progress::new(&case.plan);
        case.recorded.iter().for_each(|(step, outcome)| replayed.take_in(*step, outcome.clone()));
        prop_assert_eq!(replayed, case.progress);
    }
}

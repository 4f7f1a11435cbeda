use super::*;
use crate::directory::{Account, Directory};
use crate::execute::{RunOptions, execute_plan};
use crate::limits::{ApprovalError, Confirmed, Excess};
use crate::managed::MARKER;
use crate::memory::MemoryDirectory;
use crate::reading::read_directory;
use proptest::prelude::*;

const GROUPS: usize = 4;
const ACCOUNTS: u16 = 8;

/// A small directory and what is desired of it; people and members are bits.
#[derive(Clone, Debug)]
struct World {
    marked: [bool; GROUPS],
    allowed: [bool; GROUPS],
    members: [u16; GROUPS],
    /// Of ten people; the last two have no account.
    desired: [Option<u16>; GROUPS],
}

fn worlds() -> impl Strategy<Value = World> {
    let bits = prop::array::uniform4(0u16..1 << ACCOUNTS);
    let desired = prop::array::uniform4(prop::option::weighted(0.8, 0u16..1 << (ACCOUNTS + 2)));
    let often = || prop::array::uniform4(prop::bool::weighted(0.7));
    (often(), often(), bits, desired).prop_map(|(marked, allowed, members, desired)| World {
        marked,
        allowed,
        members,
        desired,
    })
}

fn person(number: u16) -> Person {
    Person { email: format!("p{number}@acme.example"), ..Person::default() }
}

fn key(group: usize) -> GroupKey {
    GroupKey(format!("Product {group}"))
}

impl World {
    fn directory(&self) -> MemoryDirectory {
        let group = |at: usize| Group {
            id: GroupId(format!("g{at}")),
            name: key(at).0,
            description: if self.marked[at] { format!("{MARKER} x") } else { String::new() },
            fixed: None,
        };
        let account = |at| Account { id: AccountId(format!("a{at}")), person: person(at) };
        let ids = |bits: u16| {
            (0..ACCOUNTS)
                .filter(move |at| bits >> at & 1 == 1)
                .map(|at| AccountId(format!("a{at}")))
        };
        MemoryDirectory {
            groups: (0..GROUPS).map(group).collect(),
            accounts: (0..ACCOUNTS).map(account).collect(),
            members: (0..GROUPS)
                .map(|at| (GroupId(format!("g{at}")), ids(self.members[at]).collect()))
                .collect(),
            ..MemoryDirectory::default()
        }
    }

    fn desired(&self) -> Desired {
        let people =
            |bits: u16| (0..ACCOUNTS + 2).filter(move |at| bits >> at & 1 == 1).map(person);
        let groups = self.desired.iter().enumerate();
        Desired {
            groups: groups
                .filter_map(|(at, bits)| Some((key(at), people((*bits)?).collect())))
                .collect(),
            ..Desired::default()
        }
    }

    fn managed(&self) -> Managed {
        Managed::new(MARKER, (0..GROUPS).filter(|at| self.allowed[*at]).map(key)).unwrap()
    }

    fn plan(&self, directory: &mut MemoryDirectory) -> Plan {
        let (desired, managed) = (self.desired(), self.managed());
        let reading = read_directory(directory, &desired, &managed).unwrap();
        plan_membership(&desired, &managed, &reading, Limits::default())
    }

    fn is_ours(&self, at: usize) -> bool {
        self.marked[at] && self.allowed[at] && self.desired[at].is_some()
    }

    /// Carries the steps out on the model, past every check, and judges the outcome.
    fn judge(&self, plan: &Plan) -> Result<(), String> {
        let mut directory = self.directory();
        let before = directory.members.clone();
        for step in plan.steps() {
            let _ = match step.direction {
                Direction::Add => directory.add(&step.group_id, &step.account),
                Direction::Remove => directory.remove(&step.group_id, &step.account),
            };
        }
        for at in 0..GROUPS {
            let id = GroupId(format!("g{at}"));
            let wanted = self.desired[at].unwrap_or(0) & ((1 << ACCOUNTS) - 1);
            let world = World { members: [wanted; GROUPS], ..self.clone() };
            let wanted = &world.directory().members[&id];
            if self.is_ours(at) && directory.members[&id] != *wanted {
                return Err(format!("{id} is not as desired"));
            }
            let written = directory.writes.iter().any(|(group, ..)| *group == id);
            if !self.is_ours(at) && (written || directory.members[&id] != before[&id]) {
                return Err(format!("{id} is not ours"));
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_plan_reaches_what_is_desired_and_touches_nothing_else(world in worlds()) {
        let plan = world.plan(&mut world.directory());
        prop_assert_eq!(world.judge(&plan), Ok(()));
        prop_assert_eq!(world.plan(&mut world.directory()), plan);
    }

    #[test]
    fn after_it_is_carried_out_there_is_nothing_to_plan(world in worlds()) {
        let mut directory = world.directory();
        let plan = world.plan(&mut directory);
        let confirmed = Confirmed::new(&plan, plan.id().as_str()).unwrap();
        let approved = plan.approve(Some(&confirmed)).unwrap();
        let mut progress = Progress::new(&plan);
        let (managed, options) = (world.managed(), RunOptions::default());
        let record = &mut |_: usize, _: &Outcome| Ok(());
        execute_plan(approved, &managed, &mut directory, &mut progress, record, options).unwrap();
        prop_assert!(progress.is_complete());
        prop_assert!(world.plan(&mut directory).is_empty());
        // And taken back, the directory is as it was.
        let keys: Vec<_> = plan.groups().iter().map(|group| group.key.clone()).collect();
        let reading = crate::reading::read_groups(&mut directory, &keys, &managed).unwrap();
        let undo = plan_undo(&plan, &progress, &managed, &reading, Limits::default());
        for step in undo.steps() {
            let _ = match step.direction {
                Direction::Add => directory.add(&step.group_id, &step.account),
                Direction::Remove => directory.remove(&step.group_id, &step.account),
            };
        }
        prop_assert_eq!(directory.members, world.directory().members);
    }

    #[test]
    fn a_step_left_out_turned_round_or_misled_is_noticed(world in worlds(), at in any::<prop::sample::Index>()) {
        let plan = world.plan(&mut world.directory());
        let steps: Vec<_> = plan.steps().cloned().collect();
        prop_assume!(!steps.is_empty());
        let at = at.index(steps.len());
        let (mut left_out, mut turned, mut misled) = (steps.clone(), steps.clone(), steps);
        left_out.remove(at);
        turned[at] = turned[at].reversed();
        prop_assert!(world.judge(&with_steps(&plan, left_out)).is_err());
        prop_assert!(world.judge(&with_steps(&plan, turned)).is_err());
        if let Some(other) = (0..GROUPS).find(|at| !world.is_ours(*at)) {
            misled[at].group_id = GroupId(format!("g{other}"));
            prop_assert!(world.judge(&with_steps(&plan, misled)).is_err());
        }
    }

    #[test]
    fn a_planner_that_forgets_the_marker_or_the_list_is_noticed(world in worlds()) {
        let ours = |at: &usize| world.is_ours(*at);
        let changes = |at: &usize| world.desired[*at].is_some_and(|bits| bits & 0xff != world.members[*at]);
        let generous = World { marked: [true; GROUPS], allowed: [true; GROUPS], ..world.clone() };
        let plan = generous.plan(&mut generous.directory());
        let oversteps = (0..GROUPS).any(|at| !ours(&at) && changes(&at));
        prop_assert_eq!(world.judge(&plan).is_err(), oversteps);
    }
}

fn with_steps(plan: &Plan, steps: Vec<Step>) -> Plan {
    let mut body = plan.body.clone();
    (body.adds, body.removes) =
        steps.into_iter().partition(|step| step.direction == Direction::Add);
    Plan::seal(body)
}

/// One group of so many, of whom the first few go.
fn removing(removed: u16, of: u16, limits: Limits) -> Plan {
    let accounts: BTreeSet<_> = (0..of).map(|at| AccountId(format!("a{at:04}"))).collect();
    let group =
        Group { id: "g".into(), name: "Revit".into(), description: MARKER.to_owned(), fixed: None };
    let stay =
        (removed..of).map(|at| Account { id: AccountId(format!("a{at:04}")), person: person(at) });
    let reading = Reading {
        groups: vec![group],
        members: [("g".into(), crate::directory::Members { accounts, others: 1 })].into(),
        found: stay.map(|account| (account.person.key(), account)).collect(),
        described: BTreeMap::new(),
    };
    let people = (removed..of).map(person).collect();
    let desired = Desired { groups: [("Revit".into(), people)].into(), ..Desired::default() };
    let managed = Managed::new(MARKER, ["Revit".into()]).unwrap();
    plan_membership(&desired, &managed, &reading, limits)
}

#[test]
fn what_takes_away_more_than_it_may_needs_confirmation() {
    let check = |removed, of, excesses| {
        let plan = removing(removed, of, Limits::default());
        assert_eq!(plan.excesses().len(), excesses, "{removed} of {of}");
        assert_eq!(plan.approve(None).is_ok(), excesses == 0);
    };
    check(0, 0, 0);
    check(1, 5, 0);
    check(1, 4, 2);
    check(20, 100, 0);
    check(21, 100, 2);
    check(50, 1_000, 0);
    check(51, 1_000, 1);
    check(4, 4, 2);
    let none = Limits { share_max_percent: 0, per_group_max: 0 };
    assert_eq!(removing(1, 1_000, none).excesses().len(), 3);
    let all = Limits { share_max_percent: 100, per_group_max: usize::MAX };
    assert_eq!(removing(9, 9, all).excesses(), []);
}

#[test]
fn a_confirmation_is_of_one_plan_only() {
    let (plan, other) = (removing(9, 9, Limits::default()), removing(8, 9, Limits::default()));
    let confirmed = Confirmed::new(&plan, &format!(" {} ", plan.id().short().to_uppercase()));
    let confirmed = confirmed.unwrap();
    assert!(plan.approve(Some(&confirmed)).is_ok());
    assert!(matches!(other.approve(Some(&confirmed)), Err(ApprovalError::OtherPlan { .. })));
    assert!(Confirmed::new(&other, plan.id().as_str()).is_err());
    assert!(Confirmed::new(&plan, &plan.id().as_str()[..11]).is_err(), "too few digits");
    assert!(Confirmed::new(&plan, "").is_err());
    let error = plan.approve(None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the plan takes away more than it may: group `Revit` would lose 100.0 % of its 9 members, \
         20 % are allowed; 100.0 % of all 9 memberships would go, 20 % are allowed"
    );
    assert!(matches!(&plan.excesses()[0], Excess::GroupShare { max: 20, .. }));
}

#[test]
fn a_plan_is_read_as_a_table() {
    let plan = removing(1, 4, Limits::default());
    let expected = format!(
        "change  group  person\n\
         remove  Revit  account a0000\n\
         let be: 1 members of `Revit` that are no people; the vendor ignores nested groups\n\
         0 to add, 1 to remove (25.0 % of 4), 1 groups\n\
         needs confirmation: group `Revit` would lose 25.0 % of its 4 members, 20 % are allowed\n\
         needs confirmation: 25.0 % of all 4 memberships would go, 20 % are allowed\n\
         plan {}\n",
        plan.id().short()
    );
    assert_eq!(plan.table(), expected);
}

#[test]
fn a_table_says_who_is_missing_and_what_is_let_be() {
    let world = World {
        marked: [true, false, true, true],
        allowed: [true, true, false, true],
        members: [0, 1, 1, 3],
        desired: [Some(1 | 1 << 9), Some(0), Some(0), None],
    };
    let table = world.plan(&mut world.directory()).table();
    for line in [
        "add     Product 0  p0@acme.example\n",
        "skipped: group `Product 1`, since neither its description nor its name begins with",
        "skipped: group `Product 2`, since it is not on the list of managed groups\n",
        "missing: `p9@acme.example` has no account, wanted in `Product 0`\n",
        "1 to add, 0 to remove (0.0 % of 0), 1 groups\n",
    ] {
        assert!(table.contains(line), "{line} in\n{table}");
    }
    assert!(!table.contains("Product 3"));
}

#[test]
fn a_name_out_of_a_directory_does_not_steer_the_terminal() {
    let mut plan = removing(1, 9, Limits::default());
    plan.body.removes[0].person.email = format!("\u{1b}[2J{}", "x".repeat(200));
    let table = plan.table();
    assert!(!table.contains('\u{1b}') && table.lines().all(|line| line.chars().count() < 100));
}

#[test]
fn a_plan_survives_its_file_and_an_edited_one_is_refused() {
    let plan = removing(2, 9, Limits::default());
    let json = plan.to_json();
    assert_eq!(Plan::from_json(&json).unwrap(), plan);
    let edited = json.replacen("\"share_max_percent\": 20", "\"share_max_percent\": 99", 1);
    assert_ne!(edited, json);
    assert!(matches!(Plan::from_json(&edited), Err(PlanFileError::Altered { .. })));
    let parent = json.replacen(plan.parent().as_str(), plan.id().as_str(), 1);
    assert!(matches!(Plan::from_json(&parent), Err(PlanFileError::Altered { .. })));
    let format = json.replacen("plan/1", "plan/2", 1);
    assert!(matches!(Plan::from_json(&format), Err(PlanFileError::Format(_))));
    let more = json.replacen("\"limits\"", "\"more\": 1, \"limits\"", 1);
    assert!(matches!(Plan::from_json(&more), Err(PlanFileError::Unreadable(_))));
    assert!(matches!(Plan::from_json("[]"), Err(PlanFileError::Unreadable(_))));
}

#[test]
fn who_made_a_plan_is_part_of_it() {
    let plan = removing(2, 9, Limits::default());
    let origin = |by: &str| Origin {
        by: by.to_owned(),
        at: "2026-06-01T00:00:00Z".to_owned(),
        journal_seq: 7,
        directory: "https://id.example".to_owned(),
        undoes: None,
    };
    let [eve, adam] = ["eve", "adam"].map(|by| plan.clone().made(origin(by)));
    assert_eq!(Plan::from_json(&eve.to_json()).unwrap(), eve);
    assert_eq!(eve.origin(), Some(&origin("eve")));
    assert!(eve.id() != adam.id() && eve.id() != plan.id());
    assert_eq!(eve.parent(), plan.parent(), "the directory is the same");
    let forged = eve.to_json().replacen("eve", "adam", 1);
    assert!(matches!(Plan::from_json(&forged), Err(PlanFileError::Altered { .. })));
}

#[test]
fn nobody_goes_unconfirmed_while_somebody_cannot_be_said() {
    let unsaid = |group: &str| Unsaid {
        group: group.into(),
        name: "eva".to_owned(),
        why: "no address is known".to_owned(),
    };
    let check = |removed, group, expected: &str| {
        let mut body = removing(removed, 9, Limits::default()).body;
        body.unsaid_people.insert(unsaid(group));
        let plan = Plan::seal(body);
        let said = plan.excesses().iter().map(Excess::to_string).collect::<Vec<_>>().join("; ");
        assert_eq!(said, expected);
        let line = format!("cannot be said: `eva`, wanted in `{group}`, since no address is known");
        assert!(plan.table().contains(&line), "{}", plan.table());
    };
    check(1, "Revit", "group `Revit` would lose 1 members while 1 people cannot be said");
    check(0, "Revit", "");
    check(1, "Civil", "");
}

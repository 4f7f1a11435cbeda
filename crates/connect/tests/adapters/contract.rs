//! What every directory does, and how a plan goes through it.

use crate::{desired, managed};
use faregate_connect::directory::{AccountId, Change, Directory, DirectoryError, GroupId};
use faregate_connect::execute::{Outcome, Progress, RunOptions, Summary, execute_plan};
use faregate_connect::limits::{Confirmed, Limits};
use faregate_connect::plan::{Plan, plan_membership};
use faregate_connect::reading::{Desired, read_directory};
use std::collections::BTreeSet;

/// The rules of [`Directory`], on an empty group and two accounts.
pub(crate) fn check(directory: &mut dyn Directory, group: &GroupId, accounts: [&AccountId; 2]) {
    let [first, second] = accounts;
    let members = |directory: &mut dyn Directory| directory.members(group).unwrap().accounts;
    let set = |ids: &[&AccountId]| ids.iter().map(|id| (*id).clone()).collect::<BTreeSet<_>>();
    let steps: [(bool, &AccountId, Change, &[&AccountId]); 8] = [
        (false, first, Change::AlreadySo, &[]),
        (true, first, Change::Done, &[first]),
        (true, first, Change::AlreadySo, &[first]),
        (true, second, Change::Done, &[first, second]),
        (false, first, Change::Done, &[second]),
        (false, first, Change::AlreadySo, &[second]),
        (false, second, Change::Done, &[]),
        (true, second, Change::Done, &[second]),
    ];
    for (number, (adds, account, expected, after)) in steps.into_iter().enumerate() {
        let change = match adds {
            true => directory.add(group, account),
            false => directory.remove(group, account),
        };
        assert_eq!(change, Ok(expected), "step {number}");
        assert_eq!(members(directory), set(after), "step {number}");
    }
    let nobody = AccountId("00000000-0000-0000-0000-000000000000".to_owned());
    assert_eq!(directory.describe(&[nobody]), Ok(Vec::new()));
    let nowhere = GroupId("00000000-0000-0000-0000-00000000dead".to_owned());
    for result in [directory.remove(&nowhere, first), directory.add(&nowhere, first)] {
        assert!(matches!(result, Err(DirectoryError::Refused { status: 404, .. })), "{result:?}");
    }
}

/// Plans.
pub(crate) fn plan(directory: &mut dyn Directory, wanted: &Desired, keys: &[&str]) -> Plan {
    let reading = read_directory(directory, wanted, &managed(keys)).unwrap();
    plan_membership(wanted, &managed(keys), &reading, Limits::default())
}

/// Carries a plan out, confirmed.
pub(crate) fn execute(
    directory: &mut dyn Directory,
    plan: &Plan,
    keys: &[&str],
    progress: &mut Progress,
) -> Summary {
    let confirmed = Confirmed::new(plan, plan.id().short()).unwrap();
    let approved = plan.approve(Some(&confirmed)).unwrap();
    let (managed, record) = (managed(keys), &mut |_: usize, _: &Outcome| Ok(()));
    execute_plan(approved, &managed, directory, progress, record, RunOptions::default()).unwrap()
}

/// Plans, carries out, and plans again: nothing is left to do.
pub(crate) fn reach(directory: &mut dyn Directory, wanted: &Desired, keys: &[&str]) -> Plan {
    let first = plan(directory, wanted, keys);
    let mut progress = Progress::new(&first);
    let summary = execute(directory, &first, keys, &mut progress);
    assert_eq!((summary.failed, summary.not_tried), (0, 0), "{progress:?}");
    let again = plan(directory, wanted, keys);
    assert!(again.is_empty(), "{}", again.table());
    first
}

/// Of everybody in `from`, those of `to` stay.
pub(crate) fn narrowed(key: &str, to: std::ops::Range<usize>) -> Desired {
    desired(&[(key, to)])
}

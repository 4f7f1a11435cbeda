//! The SCIM client against a real server, with trouble on the way.

use crate::contract::{check, execute, narrowed, plan, reach};
use crate::scim_server::{Server, TOKEN};
use crate::stub::{Reply, Stub, forward};
use crate::{Steps, courier, desired};
use faregate_connect::courier::CourierOptions;
use faregate_connect::directory::{AccountId, Directory, DirectoryError, GroupId, Person};
use faregate_connect::execute::Progress;
use faregate_connect::scim::{Dialect, ScimDirectory, ScimOptions};
use faregate_connect::secret::Secret;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn connect(url: &str, pace: &Arc<Steps>, options: ScimOptions) -> ScimDirectory {
    let courier = courier(url, pace, CourierOptions::default());
    ScimDirectory::connect(courier, Secret::new(TOKEN), options).unwrap()
}

fn ids(ids: &[String]) -> Vec<AccountId> {
    ids.iter().map(|id| AccountId(id.clone())).collect()
}

#[test]
fn a_real_server_keeps_the_contract_in_both_dialects() {
    let Some(server) = Server::start() else { return };
    let people = ids(&server.people(0..2));
    for dialect in [Dialect::Standard, Dialect::Entra] {
        let group = GroupId(server.group("[faregate] Revit", &[]));
        let options = ScimOptions { dialect, ..ScimOptions::default() };
        let mut directory = connect(&server.url, &Arc::default(), options);
        check(&mut directory, &group, [&people[0], &people[1]]);
    }
}

#[test]
fn a_plan_goes_through_page_by_page_and_leaves_others_alone() {
    let Some(server) = Server::start() else { return };
    let people = server.people(0..40);
    let nested = server.group("Nested", &[]);
    let revit = GroupId(server.group("[faregate] Revit", &people[..30]));
    let civil = GroupId(server.group("[faregate] Civil \"3D\"", &[]));
    let plain = GroupId(server.group("Maya", &people[..10]));
    let keys = ["Revit", "Civil \"3D\"", "Maya"];
    let wanted = desired(&[("Revit", 5..36), ("Civil \"3D\"", 38..42), ("Maya", 0..0)]);
    // Once by lists of seven a page, once by looking each person up.
    for look_up_max in [0, 1_000] {
        let options = ScimOptions { page: 7, look_up_max, ..ScimOptions::default() };
        let mut directory = connect(&server.url, &Arc::default(), options);
        let first = reach(&mut directory, &wanted, &keys);
        if look_up_max == 0 {
            assert_eq!((first.adds().len(), first.removes().len()), (8, 5), "{}", first.table());
            let missing: Vec<_> = first.missing_people().iter().map(|m| &m.person.email).collect();
            assert_eq!(missing, ["P40@acme.example", "P41@acme.example"]);
            assert_eq!(first.removes()[0].person.last_name, "Last");
        } else {
            assert!(first.is_empty(), "{}", first.table());
        }
    }
    let mut directory = connect(&server.url, &Arc::default(), ScimOptions::default());
    let mut members = |group: &GroupId| directory.members(group).unwrap().accounts.len();
    assert_eq!((members(&revit), members(&civil), members(&plain)), (31, 2, 10));
    assert!(!nested.is_empty());
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_and_lost_answers_are_no_harm() {
    let Some(server) = Server::start() else { return };
    let people = server.people(0..12);
    server.group("[faregate] Revit", &people[..6]);
    let (to, count) = (server.address(), AtomicUsize::new(0));
    let proxy = Stub::start(move |seen| match count.fetch_add(1, Ordering::SeqCst) % 5 {
        1 => Reply::Text(429, vec![("Retry-After", "7".into())], String::new()),
        2 => Reply::Text(503, Vec::new(), String::new()),
        // It is done, and nobody hears of it.
        3 => {
            forward(seen, to);
            Reply::Hangup
        }
        _ => Reply::Raw(forward(seen, to)),
    });
    let pace = Arc::<Steps>::default();
    let mut directory = connect(&proxy.url("/v2"), &pace, ScimOptions::default());
    let first = reach(&mut directory, &narrowed("Revit", 4..12), &["Revit"]);
    assert_eq!((first.adds().len(), first.removes().len()), (6, 4));
    let seven = Duration::from_secs(7);
    let asked = pace.waits().iter().filter(|wait| **wait >= seven && **wait < seven * 2).count();
    let refused = proxy.seen().len().div_ceil(5);
    assert!(asked.abs_diff(refused) <= 1, "{asked} waits for {refused} refusals");
    // What was asked for names one member each, by a value path.
    let patches = proxy.seen().into_iter().filter(|seen| seen.method == "PATCH");
    for patch in patches {
        let body: Value = serde_json::from_str(&patch.body).unwrap();
        let operation = &body["Operations"][0];
        let path = operation["path"].as_str().unwrap();
        assert!(patch.header("if-match").is_some());
        match operation["op"].as_str().unwrap() {
            "add" => assert_eq!(operation["value"].as_array().unwrap().len(), 1),
            op => assert!(op == "remove" && path.starts_with("members[value eq \""), "{path}"),
        }
    }
}

#[test]
fn somebody_elses_change_between_reading_and_writing_is_noticed() {
    let Some(server) = Server::start() else { return };
    let people = ids(&server.people(0..4));
    let group = GroupId(server.group("[faregate] Revit", &[]));
    let mut ours = connect(&server.url, &Arc::default(), ScimOptions::default());
    let mut theirs = connect(&server.url, &Arc::default(), ScimOptions::default());
    let wanted = narrowed("Revit", 0..2);
    let stale = plan(&mut ours, &wanted, &["Revit"]);
    theirs.add(&group, &people[3]).unwrap();
    assert!(matches!(ours.add(&group, &people[0]), Err(DirectoryError::Changed { .. })));
    // The plan itself is refused before its first write.
    let confirmed = faregate_connect::limits::Confirmed::new(&stale, stale.id().short()).unwrap();
    let approved = stale.approve(Some(&confirmed)).unwrap();
    let result = faregate_connect::execute::execute_plan(
        approved,
        &crate::managed(&["Revit"]),
        &mut ours,
        &mut Progress::new(&stale),
        &mut |_, _| Ok(()),
        Default::default(),
    );
    assert_eq!(
        result.unwrap_err().to_string(),
        "group `Revit` has changed since the plan was made"
    );
    let fresh = plan(&mut ours, &wanted, &["Revit"]);
    let summary = execute(&mut ours, &fresh, &["Revit"], &mut Progress::new(&fresh));
    assert_eq!(summary.done, 3);
}

#[test]
fn names_that_would_be_filters_find_nobody_and_a_wrong_token_is_said_so() {
    let Some(server) = Server::start() else { return };
    server.people(0..3);
    let mut directory = connect(&server.url, &Arc::default(), ScimOptions::default());
    for email in ["\" or userName pr or userName eq \"", "a&startIndex=1", "\\", "ü@acme.example"]
    {
        let person = Person { email: email.to_owned(), ..Person::default() };
        assert_eq!(directory.find(&[person]), Ok(vec![None]), "{email}");
    }
    let courier = courier(&server.url, &Arc::default(), CourierOptions::default());
    let error = ScimDirectory::connect(courier, Secret::new("wrong"), ScimOptions::default())
        .and_then(|mut directory| directory.groups(&["x".to_owned()]))
        .unwrap_err();
    assert!(matches!(error, DirectoryError::Unauthorised { .. }), "{error}");
    assert!(error.is_final());
}

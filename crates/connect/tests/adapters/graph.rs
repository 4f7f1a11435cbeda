//! The Graph client against a stub of the documented contract.

use crate::contract::{check, execute, plan, reach};
use crate::graph_stub::{SECRET, State, start};
use crate::stub::{Reply, Stub};
use crate::{Steps, courier, desired, managed};
use faregate_connect::courier::CourierOptions;
use faregate_connect::directory::{Directory, DirectoryError, Person};
use faregate_connect::execute::Progress;
use faregate_connect::graph::{GraphAccess, GraphDirectory, GraphOptions};
use faregate_connect::managed::SkipReason;
use faregate_connect::pace::Pace;
use faregate_connect::secret::Secret;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn connect(stub: &Stub, pace: &Arc<Steps>, secret: &str, options: GraphOptions) -> GraphDirectory {
    connect_with(stub, pace, secret, options, CourierOptions::default())
}

fn connect_with(
    stub: &Stub,
    pace: &Arc<Steps>,
    secret: &str,
    options: GraphOptions,
    requests: CourierOptions,
) -> GraphDirectory {
    let access = GraphAccess {
        tenant: "tenant-1".to_owned(),
        client_id: "app-1".to_owned(),
        client_secret: Secret::new(secret),
        scope: "https://graph.microsoft.com/.default".to_owned(),
    };
    let courier = |path: &str| courier(&stub.url(path), pace, requests.clone());
    GraphDirectory::new(courier(""), courier("/v1.0"), access, options)
}

/// Twelve people; Revit with six of them and a group within it, and groups that are not ours.
fn world() -> Arc<Mutex<State>> {
    let mut state = State { users: (0..12).collect(), ..State::default() };
    let marked = json!({"description": "[faregate] who has Revit"});
    state.group("g1", "Revit", marked.clone(), &[0, 1, 2, 3, 4, 5]);
    state.members.get_mut("g1").unwrap().insert("nested".to_owned());
    state.group("g2", "O'Neill", marked.clone(), &[]);
    state.group("g3", "Plain", json!({}), &[7]);
    state.group(
        "g4",
        "Rule",
        json!({"description": "[faregate]", "groupTypes": ["DynamicMembership"]}),
        &[7],
    );
    state.group(
        "g5",
        "Synced",
        json!({"description": "[faregate]", "onPremisesSyncEnabled": true}),
        &[7],
    );
    state.group(
        "g6",
        "Admins",
        json!({"description": "[faregate]", "isAssignableToRole": true}),
        &[7],
    );
    Arc::new(Mutex::new(state))
}

#[test]
fn graph_keeps_the_contract() {
    let state = world();
    let stub = start(&state);
    let mut directory = connect(&stub, &Arc::default(), SECRET, GraphOptions::default());
    check(&mut directory, &"g2".into(), [&"u0".into(), &"u1".into()]);
    assert_eq!(state.lock().unwrap().users.len(), 12, "no account was deleted");
    let deletes = stub.seen().into_iter().filter(|seen| seen.method == "DELETE");
    assert!(deletes.map(|seen| seen.target).all(|target| target.ends_with("/$ref")));
}

#[test]
fn a_plan_goes_through_page_by_page_and_leaves_others_alone() {
    let keys = ["Revit", "O'Neill", "Plain", "Rule", "Synced", "Admins"];
    let wanted = desired(&[
        ("Revit", 4..10),
        ("O'Neill", 10..13),
        ("Plain", 0..0),
        ("Rule", 0..0),
        ("Synced", 0..0),
        ("Admins", 0..0),
    ]);
    for look_up_max in [0, 1_000] {
        let state = world();
        let stub = start(&state);
        let options = GraphOptions { look_up_max, ..GraphOptions::default() };
        let mut directory = connect(&stub, &Arc::default(), SECRET, options);
        let first = reach(&mut directory, &wanted, &keys);
        assert_eq!((first.adds().len(), first.removes().len()), (6, 4), "{}", first.table());
        assert_eq!(first.groups()[1].others, 1, "the nested group is let be");
        assert_eq!(first.removes()[0].person.email, "P0@acme.example");
        assert_eq!(first.missing_people().len(), 1);
        let reasons = first.unmanaged_groups_skipped().iter().map(|skipped| skipped.reason);
        let expected = [
            SkipReason::GivesRoles,
            SkipReason::NotMarked,
            SkipReason::Dynamic,
            SkipReason::Synchronised,
        ];
        assert_eq!(reasons.collect::<Vec<_>>(), expected);
        let state = state.lock().unwrap();
        for group in ["g3", "g4", "g5", "g6"] {
            assert_eq!(state.members[group].len(), 1, "{group}");
        }
        assert!(state.members["g1"].contains("nested"));
        assert_eq!(state.tokens, 1);
    }
}

#[test]
fn a_directory_that_lags_behind_is_changed_once() {
    let state = world();
    let stub = start(&state);
    let mut directory = connect(&stub, &Arc::default(), SECRET, GraphOptions::default());
    let (wanted, keys) = (desired(&[("Revit", 4..10)]), ["Revit"]);
    let first = plan(&mut directory, &wanted, &keys);
    let before = state.lock().unwrap().members.clone();
    state.lock().unwrap().stale = Some(before);
    let mut progress = Progress::new(&first);
    assert_eq!(execute(&mut directory, &first, &keys, &mut progress).done, 8);
    // Readers still see the old members: the same plan carries on, and another one changes nothing.
    assert_eq!(execute(&mut directory, &first, &keys, &mut progress).done, 8);
    let again = plan(&mut directory, &wanted, &keys);
    assert_eq!(again.id(), first.id());
    let summary = execute(&mut directory, &again, &keys, &mut Progress::new(&again));
    assert_eq!((summary.done, summary.already_so, summary.failed), (0, 8, 0));
    state.lock().unwrap().stale = None;
    assert!(plan(&mut directory, &wanted, &keys).is_empty());
}

#[test]
fn tokens_are_renewed_and_throttling_is_honoured() {
    let (state, pace) = (world(), Arc::<Steps>::default());
    let stub = start(&state);
    let mut directory = connect(&stub, &pace, SECRET, GraphOptions::default());
    let mut read = || directory.members(&"g1".into()).unwrap().accounts.len();
    assert_eq!((read(), state.lock().unwrap().tokens), (6, 1));
    pace.wait(Duration::from_secs(3_540));
    assert_eq!((read(), state.lock().unwrap().tokens), (6, 2), "about to end");
    state.lock().unwrap().valid_from = 3;
    assert_eq!((read(), state.lock().unwrap().tokens), (6, 3), "refused before its end");
    state.lock().unwrap().throttled = 2;
    assert_eq!(read(), 6);
    let asked = pace.waits().into_iter().filter(|wait| (10..15).contains(&wait.as_secs()));
    assert_eq!(asked.count(), 2);
}

#[test]
fn requests_keep_to_their_rate() {
    let (state, pace) = (world(), Arc::<Steps>::default());
    let stub = start(&state);
    let options = CourierOptions { per_second: 2, burst: 3, ..CourierOptions::default() };
    let mut directory = connect_with(&stub, &pace, SECRET, GraphOptions::default(), options);
    directory.members(&"g1".into()).unwrap();
    directory.members(&"g1".into()).unwrap();
    let reads = stub.seen().iter().filter(|seen| seen.method == "GET").count();
    // Three at once, and one each half second after that.
    assert_eq!((reads, pace.now()), (8, Duration::from_millis(2_500)));
}

#[test]
fn a_wrong_secret_is_refused_without_being_repeated() {
    let stub = start(&world());
    let wrong = "canary-wrong-secret";
    let mut directory = connect(&stub, &Arc::default(), wrong, GraphOptions::default());
    let error = directory.groups(&["Revit".to_owned()]).unwrap_err();
    assert!(matches!(error, DirectoryError::Unauthorised { .. }));
    let printed = format!("{error} {error:?} {directory:?}");
    assert!(printed.contains("AADSTS7000215") && !printed.contains("canary"), "{printed}");
}

#[test]
fn two_accounts_with_one_address_are_not_guessed_between() {
    let state = world();
    let stub = start(&state);
    let mut directory = connect(&stub, &Arc::default(), SECRET, GraphOptions::default());
    state.lock().unwrap().group("g7", "revit", json!({"description": "[faregate]"}), &[]);
    let twice = plan(&mut directory, &desired(&[("Revit", 0..1)]), &["Revit"]);
    assert_eq!(twice.unmanaged_groups_skipped()[0].reason, SkipReason::Ambiguous);
    assert!(twice.is_empty());
    let user = |id: &str| json!({"id": id, "mail": "two@acme.example"});
    let both = json!({"value": [user("a"), user("b")]});
    let stub = Stub::start(move |seen| match seen.method.as_str() {
        "POST" => Reply::json(200, &json!({"access_token": "t", "expires_in": 60})),
        _ => Reply::json(200, &both),
    });
    let person = Person { email: "two@acme.example".to_owned(), ..Person::default() };
    for look_up_max in [0, 9] {
        let options = GraphOptions { look_up_max, ..GraphOptions::default() };
        let mut directory = connect(&stub, &Arc::default(), SECRET, options);
        let error = directory.find(std::slice::from_ref(&person)).unwrap_err();
        assert_eq!(error.to_string(), "2 accounts answer to `two@acme.example`");
    }
    assert!(managed(&[]).judge(&"x".into(), &[]).is_err());
}

//! What stands in the file is what the rule book answers.

use crate::estate::*;
use core::net::IpAddr;
use faregate_app::options::{Plan, plan, prepare};
use faregate_app::rules::Rules;
use faregate_core::access::{Question, Verdict};
use faregate_core::estate::{Evidence, PersonId, ProductId};
use faregate_core::event::{Ask, Circumstances, Event, Fare};
use faregate_core::state::State;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::options::effective::{Asker, effective};
use faregate_ingest::options::settings::Settings;
use std::collections::BTreeSet;

const CODES: &str = "[[product]]\nkey = \"autocad\"\nfeatures = [\"64300ACD_F\"]\n[[product]]\nkey = \"revit\"\nfeatures = [\"85950RVT_F\"]\n";

fn planned(state: &State, settings: &str) -> Plan {
    let settings = Settings::parse(settings).unwrap();
    let known = (&BTreeSet::new(), &FeatureTable::shipped());
    plan(state, &Rules::of(state), &settings, known, T0).unwrap()
}

fn faults(state: &State, settings: &str) -> Vec<String> {
    let settings = Settings::parse(settings).unwrap();
    let known = (&BTreeSet::new(), &FeatureTable::shipped());
    plan(state, &Rules::of(state), &settings, known, T0).unwrap_err()
}

fn unsaid(plan: &Plan) -> Vec<&str> {
    // The last one is about budgets, and always there.
    let (last, rest) = plan.unsaid.split_last().unwrap();
    assert!(last.text.starts_with("budgets"), "{last:?}");
    rest.iter().map(|one| one.text.as_str()).collect()
}

/// Ana, Ben and Carla; Ana and Ben are drafters, whom only AutoCAD is open to.
fn office(more: &str, events: Vec<Event>) -> State {
    let first = vec![
        products(&["autocad", "revit"]),
        groups(&["drafters", "guests"]),
        people(&[("ana", &["ALOPEZ", "ana@acme.example"]), ("ben", &[]), ("carla", &["Carla R"])]),
        standings(&[("ana", &[0]), ("ben", &[0, 1])]),
        policies(&format!("{BASE}{more}")),
    ];
    state(first.into_iter().chain(events).collect())
}

const DRAFTERS: &str = "@id(\"a\") forbid (principal in Group::\"drafters\", action in Action::\"open\", resource == Product::\"revit\");";

#[test]
fn people_of_equal_rights_are_one_group() {
    let state = office(DRAFTERS, Vec::new());
    let plan = planned(&state, CODES);
    assert_eq!(
        plan.file.render(),
        "GROUPCASEINSENSITIVE ON
GROUP faregate-all \"Carla R\" carla
GROUP faregate_autocad ALOPEZ ana ben
INCLUDE 64300ACD_F GROUP faregate-all
INCLUDE 64300ACD_F GROUP faregate_autocad
INCLUDE 64300ACD_T_F GROUP faregate-all
INCLUDE 64300ACD_T_F GROUP faregate_autocad
INCLUDE 85950RVT_F GROUP faregate-all
INCLUDE 85950RVT_T_F GROUP faregate-all
"
    );
    assert_eq!(unsaid(&plan), Vec::<&str>::new());
}

#[test]
fn strangers_are_let_in_where_the_operator_says_so() {
    let state = office(DRAFTERS, Vec::new());
    let plan = planned(&state, &format!("strangers = \"let-in\"\n{CODES}"));
    let rules: Vec<String> = plan
        .file
        .render()
        .lines()
        .filter(|line| line.contains("CLUDE"))
        .map(str::to_owned)
        .collect();
    assert_eq!(
        rules,
        [
            "EXCLUDE 85950RVT_F GROUP faregate_autocad",
            "EXCLUDE 85950RVT_T_F GROUP faregate_autocad"
        ]
    );
}

#[test]
fn a_product_of_nobody_is_for_nobody() {
    let shut = "@id(\"a\") forbid (principal, action in Action::\"open\", resource == Product::\"revit\");";
    let plan = planned(&office(shut, Vec::new()), CODES);
    let asker = Asker { user: "ana", host: "h", ..Asker::default() };
    assert!(!effective(&plan.file, "85950RVT_F", &asker).allowed);
    assert!(effective(&plan.file, "64300ACD_F", &asker).allowed);
}

#[test]
fn the_operator_adds_what_no_policy_says() {
    let settings = format!(
        "timeout_all_minutes = 90\n[[host_group]]\nname = \"farm\"\nhosts = [\"r1\"]\n{}",
        CODES.replacen(
            "features = [\"64300ACD_F\"]",
            "features = [\"64300ACD_F\"]\ntimeout_minutes = 60\nborrow_hours_max = 48\nborrow_low_water = 2\nborrow_only = [{ group = \"drafters\" }]\nborrow_not = [{ host = \"ws-9\" }]\nreserve = [{ licences = 2, person = \"ALOPEZ\" }]\nmax = [{ licences = 5, host_group = \"farm\" }]",
            1
        )
    );
    let text = planned(&office("", Vec::new()), &settings).file.render();
    for line in [
        "TIMEOUTALL 5400",
        "HOST_GROUP farm r1",
        "GROUP faregate-of-drafters ALOPEZ ana ben",
        "GROUP faregate-person-ALOPEZ ALOPEZ ana",
        "INCLUDE_BORROW 64300ACD_T_F GROUP faregate-of-drafters",
        "EXCLUDE_BORROW 64300ACD_F HOST ws-9",
        "RESERVE 2 64300ACD_F GROUP faregate-person-ALOPEZ",
        "MAX 5 64300ACD_F HOST_GROUP farm",
        "TIMEOUT 64300ACD_F 3600",
        "MAX_BORROW_HOURS 64300ACD_T_F 48",
        "BORROW_LOWWATER 64300ACD_F 2",
    ] {
        assert!(text.lines().any(|one| one == line), "no `{line}` in\n{text}");
    }
    assert!(!text.contains("TIMEOUT 85950RVT_F"), "{text}");
}

#[test]
fn settings_that_mean_nothing_are_named_with_their_lines() {
    let settings = "[[product]]\nkey = \"nosuch\"\n[[product]]\nkey = \"autocad\"\nfeatures = [\"64300ACD_F\"]\nreserve = [\n  { licences = 1, group = \"nosuch\" },\n  { licences = 1, person = \"nosuch\" },\n  { licences = 1, host_group = \"nosuch\" },\n]\n[[product]]\nkey = \"revit\"\nfeatures = [\"64300ACD_T_F\"]";
    assert_eq!(
        faults(&office("", Vec::new()), settings),
        [
            "line 2: no product is called `nosuch`; use the key of a product of the estate",
            "line 7: no group is called `nosuch`; use the key of a group of the estate",
            "line 8: nobody is called `nosuch`; use any name of a person of the estate",
            "line 9: no group of hosts is called `nosuch`; describe it as a [[host_group]]",
            "line 13: `64300ACD_T_F` is a code of another product above; keep one of the two",
        ]
    );
}

#[test]
fn hours_are_not_said_and_nobody_is_shut_out_for_them() {
    // Whatever the hour of the plan: at night, nobody could open it.
    let hours = "@id(\"a\") forbid (principal in Group::\"drafters\", action in Action::\"open\", resource == Product::\"revit\") unless { context.during.contains(Schedule::\"noon\") };";
    let state = office(hours, vec![Event::SchedulesSet(vec![schedule("noon", 725, 735)])]);
    let plan = planned(&state, CODES);
    assert_eq!(
        unsaid(&plan),
        [
            "2 people may open `revit` at some hours only; the file knows no hours, so they get in at all"
        ]
    );
    let asker = Asker { user: "ben", host: "h", ..Asker::default() };
    assert!(effective(&plan.file, "85950RVT_F", &asker).allowed);
}

fn at<'a>(user: &'a str, address: &str) -> Asker<'a> {
    Asker { user, host: "h", address: Some(address.parse::<IpAddr>().unwrap()), ..Asker::default() }
}

#[test]
fn places_are_said_where_they_can_be() {
    let sites = || {
        vec![Event::SitesSet(vec![
            site("madrid", &["10.1.0.0/16"]),
            site("pune", &["10.2.0.0/15"]),
        ])]
    };
    let forbid = |who: &str, when: &str| {
        format!(
            "@id(\"a\") forbid ({who}, action in Action::\"open\", resource == Product::\"revit\") {when};"
        )
    };
    // From nowhere but there; nobody is told apart.
    let only = planned(
        &office(
            &forbid("principal", "unless { context has site && context.site == Site::\"pune\" }"),
            sites(),
        ),
        CODES,
    );
    assert!(effective(&only.file, "85950RVT_F", &at("ana", "10.3.0.1")).allowed);
    assert!(!effective(&only.file, "85950RVT_F", &at("ana", "10.1.0.1")).allowed);
    assert!(effective(&only.file, "64300ACD_F", &at("ana", "10.1.0.1")).allowed);
    assert_eq!(unsaid(&only), Vec::<&str>::new());
    // From everywhere but there; drafters not at all.
    let both = forbid("principal", "when { context has site && context.site == Site::\"pune\" }")
        + &DRAFTERS.replace("\"a\"", "\"b\"");
    let not = planned(&office(&both, sites()), CODES);
    assert!(!effective(&not.file, "85950RVT_F", &at("carla", "10.2.9.9")).allowed);
    assert!(effective(&not.file, "85950RVT_F", &at("carla", "10.1.0.1")).allowed);
    assert!(!effective(&not.file, "85950RVT_F", &at("ana", "10.1.0.1")).allowed);
    assert_eq!(unsaid(&not), Vec::<&str>::new());
    // Some from there, others from everywhere: that cannot be said, so they get in.
    let mixed = forbid(
        "principal in Group::\"drafters\"",
        "unless { context has site && context.site == Site::\"pune\" }",
    );
    let mixed = planned(&office(&mixed, sites()), CODES);
    assert!(effective(&mixed.file, "85950RVT_F", &at("ana", "10.1.0.1")).allowed);
    assert_eq!(
        unsaid(&mixed),
        [
            "who may open `revit` depends on where they are, which INCLUDE and EXCLUDE cannot say: 3 people who may somewhere get in everywhere"
        ]
    );
}

#[test]
fn a_network_inside_another_is_not_shut_out_with_it() {
    let sites =
        vec![Event::SitesSet(vec![site("all", &["10.0.0.0/8"]), site("lab", &["10.1.0.0/16"])])];
    let forbid = "@id(\"a\") forbid (principal, action in Action::\"open\", resource == Product::\"revit\") when { context has site && context.site == Site::\"all\" };";
    let plan = planned(&office(forbid, sites), CODES);
    assert!(effective(&plan.file, "85950RVT_F", &at("ana", "10.1.0.1")).allowed);
    assert_eq!(unsaid(&plan).len(), 1);
}

#[test]
fn hosts_of_the_settings_are_asked_about() {
    let forbid = "@id(\"a\") forbid (principal, action in Action::\"open\", resource == Product::\"revit\") when { context.host == \"kiosk\" };";
    let settings = format!("[[host_group]]\nname = \"lobby\"\nhosts = [\"kiosk\"]\n{CODES}");
    let plan = planned(&office(forbid, Vec::new()), &settings);
    let asker = |host| Asker { user: "ana", host, ..Asker::default() };
    assert!(!effective(&plan.file, "85950RVT_F", &asker("kiosk")).allowed);
    assert!(effective(&plan.file, "85950RVT_F", &asker("ws-1")).allowed);
}

#[test]
fn names_that_could_be_anything_else_are_refused_and_said() {
    let long = "x".repeat(300);
    let hostile = [
        "a\nINCLUDE 85950RVT_F USER eve",
        "q\"uote",
        "ha#sh",
        "back\\",
        long.as_str(),
        "\u{202e}evil",
    ];
    let people = people(&[("ana", &hostile), ("eve\nEXCLUDEALL USER ben", &[])]);
    let state = state(vec![products(&["autocad", "revit"]), people, policies(BASE)]);
    let plan = planned(&state, CODES);
    let text = plan.file.render();
    assert!(text.contains("GROUP faregate-all ana\n"), "{text}");
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(plan.file.bad_lines().is_empty());
    let told = unsaid(&plan);
    assert_eq!(
        told.iter().filter(|text| text.contains("cannot stand in the file")).count(),
        7,
        "{told:?}"
    );
    assert!(
        told.iter().any(|text| text.ends_with("has no name that a licence server can know")),
        "{told:?}"
    );
}

#[test]
fn names_out_of_their_term_are_left_out() {
    let terms = vec![
        alias(0, "OLD", T0.plus(-200), T0.plus(-100)),
        alias(0, "NOW", T0.plus(-100), T0.plus(100)),
    ];
    let state = office("", vec![Event::AliasesSet(terms)]);
    let text = planned(&state, CODES).file.render();
    assert!(text.contains(" NOW ") && !text.contains("OLD"), "{text}");
}

#[test]
fn codes_come_from_what_the_server_serves_too() {
    let state = office("", Vec::new());
    let served = ["64300ACD_F", "87545ACD_2022_0F", "85950RVT_T_F", "12345NOSUCH_F"];
    let served: BTreeSet<String> = served.map(str::to_owned).into();
    let known = (&served, &FeatureTable::shipped());
    let plan = plan(&state, &Rules::of(&state), &Settings::default(), known, T0).unwrap();
    let codes: Vec<String> = plan.wanted.rules.keys().map(ToString::to_string).collect();
    assert_eq!(codes, ["64300ACD_F", "64300ACD_T_F", "85950RVT_F", "85950RVT_T_F"]);
    let none = planned(&state, "");
    assert_eq!(
        unsaid(&none),
        ["no feature code is known of `autocad`, `revit`: nobody is shut out of them"]
    );
}

#[test]
fn a_group_of_thousands_stays_below_the_length_of_a_line() {
    let keys: Vec<String> = (0..3_000).map(|number| format!("person-{number:05}")).collect();
    let all: Vec<(&str, &[&str])> = keys.iter().map(|key| (key.as_str(), &[][..])).collect();
    let state = state(vec![products(&["autocad", "revit"]), people(&all), policies(BASE)]);
    let plan = planned(&state, CODES);
    let prepared = prepare(Vec::new(), &plan).unwrap();
    let text = String::from_utf8(prepared.after.clone()).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 4_000));
    assert_eq!(prepared.file().bad_lines(), []);
    let asker = Asker { user: "PERSON-02999", host: "h", ..Asker::default() };
    assert!(effective(&prepared.file(), "64300ACD_F", &asker).allowed);
}

/// For every person and product the file says what the gate's policies say, whatever they are.
#[test]
fn the_file_decides_as_the_rule_book_does() {
    let rules = [
        "",
        DRAFTERS,
        "@id(\"a\") forbid (principal == Person::\"ben\", action in Action::\"open\", resource);",
        "@id(\"a\") forbid (principal, action == Action::\"open-on-tokens\", resource == Product::\"revit\");",
        "@id(\"a\") forbid (principal in Group::\"guests\", action in Action::\"open\", resource == Product::\"autocad\");@id(\"b\") forbid (principal, action in Action::\"open\", resource == Product::\"revit\") unless { principal in Group::\"drafters\" };",
    ];
    let mut refused = 0;
    for rule in rules {
        let state = office(rule, Vec::new());
        let file = planned(&state, CODES).file;
        let held = Rules::of(&state);
        for (person, user) in (0..).map(PersonId).zip(["ana", "ben", "carla"]) {
            for (product, code) in (0..).map(ProductId).zip(["64300ACD_F", "85950RVT_T_F"]) {
                let more =
                    Circumstances { evidence: Evidence::default(), ..Circumstances::default() };
                let ask = Ask { more, ..Ask::default() };
                let question = Question {
                    person,
                    product,
                    fare: Fare::Tokens,
                    bucket: state.payer(person),
                    place: Default::default(),
                    ask: &ask,
                    at: T0,
                };
                let gate = held.policies().enforced.judge(&state, &question) == Verdict::Permit;
                let asker = Asker { user, host: "h", ..Asker::default() };
                assert_eq!(
                    effective(&file, code, &asker).allowed,
                    gate,
                    "{user} {code} under {rule}"
                );
                refused += usize::from(!gate);
            }
        }
        let stranger = Asker { user: "eve", host: "h", ..Asker::default() };
        assert!(!effective(&file, "64300ACD_F", &stranger).allowed);
    }
    assert_eq!(refused, 2 + 2 + 3 + 2);
}

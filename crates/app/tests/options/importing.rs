//! Policies made from an options file: they are valid, and decide as the licence server does.

use crate::estate::*;
use core::net::IpAddr;
use faregate_app::rules::{BASE as BASE_SET, Rules, shipped_set};
use faregate_core::access::{Question, Verdict};
use faregate_core::estate::{Evidence, PersonId, Place, ProductId};
use faregate_core::event::{Ask, Circumstances, Fare, Mode, PolicySet};
use faregate_core::state::State;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::options::OptionsFile;
use faregate_ingest::options::effective::{Asker, effective};
use faregate_ingest::options::policies::{Imported, to_policies, to_policies_of};
use proptest::prelude::*;

const PEOPLE: [&str; 3] = ["ana", "ben", "carla"];
const HOSTS: [&str; 3] = ["ws-1", "r1", "elsewhere"];
const ADDRESSES: [Option<&str>; 3] = [None, Some("10.1.2.3"), Some("192.168.0.9")];
const GROUPS: &str = "GROUP cad ana ben\nHOST_GROUP farm r1 192.168.0.*\n";

fn office() -> State {
    state(vec![
        products(&["autocad", "revit"]),
        groups(&["cad"]),
        people(&PEOPLE.map(|key| (key, &[][..]))),
        standings(&[("ana", &[0]), ("ben", &[0])]),
    ])
}

/// The imported policies beside `base`, as the gate would hold them.
fn rules(imported: &Imported) -> Rules {
    let own =
        PolicySet { name: "own".to_owned(), mode: Mode::Enforce, text: imported.text.clone() };
    let sets = [shipped_set(BASE_SET).unwrap(), own];
    Rules::from_sets(&sets).unwrap_or_else(|faults| panic!("{faults:?} in\n{}", imported.text))
}

fn permits(
    state: &State,
    rules: &Rules,
    person: u32,
    product: u16,
    host: &str,
    address: Option<IpAddr>,
) -> bool {
    let evidence = Evidence { address, ..Evidence::default() };
    let more = Circumstances { evidence, ..Circumstances::default() };
    let ask = Ask { host: host.to_owned(), more, ..Ask::default() };
    let (person, product) = (PersonId(person), ProductId(product));
    let (place, bucket) = (Place::default(), state.payer(person));
    let question =
        Question { person, product, fare: Fare::Tokens, bucket, place, ask: &ask, at: T0 };
    rules.policies().enforced.judge(state, &question) == Verdict::Permit
}

/// How often the two were compared, and how often the answer was no.
fn compare(text: &str) -> (usize, usize) {
    let (state, file) = (office(), OptionsFile::parse(text));
    let imported = to_policies(&file, &FeatureTable::shipped());
    let rules = rules(&imported);
    let is_whole = imported.notes.is_empty();
    let (mut compared, mut refused) = (0, 0);
    for (product, codes) in (0..).zip([&["64300ACD_F", "64300ACD_T_F"][..], &["85950RVT_F"]]) {
        let named = codes.iter().filter(|code| text.contains(&format!(" {code} ")));
        let named: Vec<&str> = named.copied().collect();
        let codes = if named.is_empty() { codes.to_vec() } else { named };
        for (person, user) in (0..).zip(PEOPLE) {
            for host in HOSTS {
                for address in ADDRESSES {
                    let address = address.map(|address| address.parse().unwrap());
                    let asker = Asker { user, host, address, ..Asker::default() };
                    let server = codes.iter().any(|code| effective(&file, code, &asker).allowed);
                    let gate = permits(&state, &rules, person, product, host, address);
                    let told =
                        format!("{user} {host} {address:?} {codes:?}\n{text}{}", imported.text);
                    assert!(gate || !server, "forbids more than the server: {told}");
                    assert!(!is_whole || gate == server, "forbids less than the server: {told}");
                    compared += 1;
                    refused += usize::from(!gate);
                }
            }
        }
    }
    (compared, refused)
}

#[test]
fn each_kind_of_line_is_loaded_and_decides_as_the_server_does() {
    let lines = [
        ("INCLUDE 64300ACD_F USER ana\n", 18),
        ("EXCLUDE 64300ACD_F GROUP cad\n", 18),
        ("INCLUDE 64300ACD_F GROUP gone\n", 27),
        ("INCLUDE 64300ACD_F HOST ws-1\nINCLUDE 64300ACD_F USER ben\n", 12),
        ("EXCLUDE 64300ACD_F HOST_GROUP farm\n", 15),
        ("INCLUDE 64300ACD_F INTERNET 10.1.*.*\n", 18),
        ("EXCLUDEALL USER ana\n", 18),
        ("INCLUDEALL GROUP cad\nINCLUDE 85950RVT_F USER carla\n", 9),
        ("INCLUDEALL GROUP gone\nINCLUDE 85950RVT_F USER carla\n", 45),
        ("INCLUDE 64300ACD_F USER ana\nEXCLUDE 64300ACD_T_F USER ana\n", 0),
        ("INCLUDE 64300ACD_F USER ana\nINCLUDE 64300ACD_F PROJECT p\n", 0),
        ("EXCLUDE 64300ACD_F USER ana\nEXCLUDE 64300ACD_F DISPLAY d\n", 9),
        ("MAX 2 64300ACD_F USER ana\n", 0),
    ];
    for (text, refused) in lines {
        assert_eq!(compare(&format!("{GROUPS}{text}")), (54, refused), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_file_says_the_policies_say_no_more(lines in prop::collection::vec(line(), 1..8)) {
        compare(&format!("GROUPCASEINSENSITIVE ON\n{GROUPS}{}", lines.concat()));
    }
}

fn line() -> impl Strategy<Value = String> {
    let who = prop::sample::select(vec![
        "USER ana",
        "USER ben",
        "GROUP cad",
        "GROUP gone",
        "HOST ws-1",
        "HOST_GROUP farm",
        "INTERNET 10.1.*.*",
        "INTERNET *.*.*.*",
        "INTERNET 10.*.2.3",
        "DISPLAY d",
        "PROJECT p",
    ]);
    let verb = prop::sample::select(vec![
        "INCLUDE",
        "EXCLUDE",
        "INCLUDE",
        "EXCLUDE",
        "INCLUDEALL",
        "EXCLUDEALL",
    ]);
    let code = prop::sample::select(vec!["64300ACD_F", "64300ACD_T_F", "85950RVT_F"]);
    (verb, code, who).prop_map(|(verb, code, who)| {
        if verb.ends_with("ALL") {
            format!("{verb} {who}\n")
        } else {
            format!("{verb} {code} {who}\n")
        }
    })
}

#[test]
fn users_are_the_people_whose_names_they_are() {
    let state = state(vec![products(&["autocad"]), people(&[("ana", &["ALOPEZ"]), ("ben", &[])])]);
    let file = OptionsFile::parse("GROUP cad ALOPEZ\nINCLUDE 64300ACD_F USER alopez\n");
    let key = |user: &str| {
        let person = state.estate().person_known_as(user, T0)?;
        state.estate().person(person).map(|person| person.key.clone())
    };
    let imported = to_policies_of(&file, &FeatureTable::shipped(), &key);
    let rules = rules(&imported);
    assert!(permits(&state, &rules, 0, 0, "", None));
    assert!(!permits(&state, &rules, 1, 0, "", None));
    // Without, the name would be nobody's, and the one who is included would be shut out.
    let unresolved = self::rules(&to_policies(&file, &FeatureTable::shipped()));
    assert!(!permits(&state, &unresolved, 0, 0, "", None));
}

#[test]
fn names_cannot_end_a_text_of_the_policies() {
    // A backslash is all that a name can have of what means something in a policy.
    let text = "EXCLUDE 64300ACD_F USER \"DOM\\\\n x\"\nEXCLUDE 85950RVT_F HOST a\\u{62}\nINCLUDE 85950RVT_F HOST 'x'\n";
    let imported = to_policies(&OptionsFile::parse(text), &FeatureTable::shipped());
    assert!(imported.notes.is_empty(), "{:?}", imported.notes);
    rules(&imported);
}

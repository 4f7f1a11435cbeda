//! The generated file says what is wanted: for every user, host and feature, the same answer.

use super::*;
use crate::features::FeatureTable;
use crate::options::effective::{Asker, effective};
use crate::options::plan::{BadPlan, NOBODY, Rule, Wanted, generate, package_codes};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const USERS: [&str; 5] = ["jo", "Jo", "Jo Ann", "núria", "DOM\\bo"];
const HOSTS: [&str; 3] = ["ws1", "WS1", "ws 2"];
const ADDRESSES: [Option<&str>; 4] =
    [None, Some("10.0.0.1"), Some("10.0.1.1"), Some("2001:db8::1")];
const GROUPS: [&str; 3] = ["alpha", "beta", "Gamma Ray"];
const CODES: [&str; 3] = ["64300ACD_F", "64300ACD_T_F", "85950RVT_F"];

fn some_of(names: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<Name>> {
    prop::sample::subsequence(names.to_vec(), 0..=names.len())
        .prop_map(|names| names.into_iter().map(name).collect())
}

fn who() -> impl Strategy<Value = Who> {
    let pick = |names: &'static [&'static str]| prop::sample::select(names.to_vec()).prop_map(name);
    prop_oneof![
        2 => pick(&USERS).prop_map(Who::User),
        1 => pick(&HOSTS).prop_map(Who::Host),
        4 => pick(&GROUPS).prop_map(Who::Group),
        2 => pick(&GROUPS).prop_map(Who::HostGroup),
        2 => prop::sample::select(vec!["10.0.0.*", "10.*.*.*", "*.*.*.*", "2001:db8:*:*:*:*:*:*"])
            .prop_map(|text| Who::Internet(Range::parse(text).unwrap())),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let list = || prop::collection::vec(who(), 0..4);
    let counts = || prop::collection::vec((0_u32..3, who()), 0..2);
    (prop::option::of(list()), list(), prop::option::of(list()), list(), counts(), counts())
        .prop_map(|(only, not, borrow_only, borrow_not, reserve, max)| Rule {
            only,
            not,
            borrow_only,
            borrow_not,
            reserve,
            max,
            timeout_seconds: Some(900),
            ..Rule::default()
        })
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let groups = prop::array::uniform3(some_of(&USERS));
    let hosts = prop::array::uniform3(some_of(&HOSTS));
    let rules = prop::collection::btree_map(
        prop::sample::select(CODES.to_vec()).prop_map(feature),
        rule(),
        0..3,
    );
    (groups, hosts, any::<bool>(), rules).prop_map(|(groups, hosts, case_insensitive, rules)| {
        let named = |sets: [BTreeSet<Name>; 3]| {
            GROUPS.map(name).into_iter().zip(sets).collect::<BTreeMap<_, _>>()
        };
        Wanted {
            groups: named(groups),
            host_groups: named(hosts),
            case_insensitive,
            timeout_all: None,
            rules,
        }
    })
}

/// The first asker and code for whom the file says something else than was wanted.
fn mismatch(wanted: &Wanted, file: &OptionsFile) -> Option<String> {
    for code in CODES {
        for user in USERS.into_iter().chain(["nobody else"]) {
            for host in HOSTS {
                for address in ADDRESSES {
                    let address = address.map(|text| text.parse().unwrap());
                    let asker = Asker { user, host, address, ..Asker::default() };
                    let verdict = effective(file, code, &asker);
                    if verdict.allowed != wanted.allows(&feature(code), &asker) {
                        return Some(format!("{code} {asker:?}: {verdict:?}\n{}", file.render()));
                    }
                }
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn the_file_says_what_is_wanted(wanted in wanted()) {
        let file = generate(&wanted).unwrap();
        prop_assert_eq!(&OptionsFile::parse(&file.render()), &file);
        prop_assert_eq!(mismatch(&wanted, &file), None);
        prop_assert_eq!(generate(&wanted).unwrap().render(), file.render());
    }
}

/// The proof above can fail: each of these is a generator with one fault.
#[test]
fn planted_faults_are_noticed() {
    let only = |who: Vec<Who>| Rule { only: Some(who), ..Rule::default() };
    let group = || Who::Group(name("alpha"));
    let base = |rule: Rule, members: &[&str]| Wanted {
        groups: [(name("alpha"), members.iter().map(|member| name(member)).collect())].into(),
        rules: [(feature("64300ACD_F"), rule)].into(),
        ..Wanted::default()
    };
    let mutants: [(&str, Wanted, Mutation); 6] = [
        (
            "an EXCLUDE is dropped",
            base(Rule { not: vec![group()], ..Rule::default() }, &["jo"]),
            |text| without(text, "EXCLUDE"),
        ),
        ("an INCLUDE is dropped", base(only(vec![group()]), &["jo"]), |text| {
            without(text, "INCLUDE")
        }),
        ("an INCLUDE excludes", base(only(vec![group()]), &["jo"]), |text| {
            text.replace("INCLUDE", "EXCLUDE")
        }),
        ("an empty list lets everybody in", base(only(vec![group()]), &[]), |text| {
            without(text, NOBODY)
        }),
        ("a member is lost", base(only(vec![group()]), &["jo", "núria"]), |text| {
            text.replace(" núria", "")
        }),
        (
            "the switch is lost",
            Wanted { case_insensitive: true, ..base(only(vec![group()]), &["jo"]) },
            |text| without(text, "CASE"),
        ),
    ];
    for (what, wanted, mutate) in mutants {
        let text = generate(&wanted).unwrap().render();
        assert_eq!(mismatch(&wanted, &OptionsFile::parse(&text)), None, "{what}");
        assert!(
            mismatch(&wanted, &OptionsFile::parse(&mutate(&text))).is_some(),
            "not noticed: {what}\n{text}"
        );
    }
}

type Mutation = fn(&str) -> String;

fn without(text: &str, word: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains(word)).collect()
}

#[test]
fn a_whole_file() {
    let site = |block: &str| {
        Range::covering(&block.parse().unwrap()).unwrap().into_iter().map(Who::Internet)
    };
    let group = || Who::Group(name("civil"));
    let rule = Rule {
        only: Some([group()].into_iter().chain(site("10.2.0.0/15")).collect()),
        not: vec![Who::User(name("Jo Ann"))],
        borrow_only: Some(vec![]),
        borrow_not: vec![],
        reserve: vec![(2, group())],
        max: vec![(5, group())],
        timeout_seconds: Some(5_400),
        borrow_hours_max: Some(240),
        borrow_low_water: Some(1),
    };
    let table = FeatureTable::shipped();
    let served = ["64900CIV3D_T_F", "87556CIV3D_2022_0F", "64300ACD_F", "other"];
    let codes = package_codes(&table, served, "civil-3d");
    let wanted = Wanted {
        groups: [(name("civil"), ["b", "a"].map(name).into()), (name("empty"), BTreeSet::new())]
            .into(),
        host_groups: [(name("lab"), [name("ws 1")].into())].into(),
        case_insensitive: true,
        timeout_all: Some(3_600),
        rules: codes.into_iter().map(|code| (code, rule.clone())).collect(),
    };
    let text = generate(&wanted).unwrap().render();
    let rules = |code: &str| {
        format!(
            "INCLUDE {code} GROUP civil\nINCLUDE {code} INTERNET 10.2.*.*\nINCLUDE {code} INTERNET 10.3.*.*\n\
             INCLUDE_BORROW {code} USER faregate-nobody\nEXCLUDE {code} USER \"Jo Ann\"\n\
             RESERVE 2 {code} GROUP civil\nMAX 5 {code} GROUP civil\nTIMEOUT {code} 5400\n\
             MAX_BORROW_HOURS {code} 240\nBORROW_LOWWATER {code} 1\n"
        )
    };
    let head =
        "GROUPCASEINSENSITIVE ON\nTIMEOUTALL 3600\nGROUP civil a b\nHOST_GROUP lab \"ws 1\"\n";
    assert_eq!(text, format!("{head}{}{}", rules("64900CIV3D_F"), rules("64900CIV3D_T_F")));
}

#[test]
fn a_plan_that_cannot_be_written_is_refused() {
    let rule = Rule {
        not: vec![Who::Group(name("gone")), Who::HostGroup(name("gone"))],
        ..Rule::default()
    };
    let wanted = Wanted {
        groups: [(name("g"), [name("Faregate-Nobody")].into())].into(),
        rules: [(feature("F"), rule)].into(),
        ..Wanted::default()
    };
    let bad = generate(&wanted).unwrap_err();
    assert_eq!(
        bad,
        [
            BadPlan::Nobody(name("g")),
            BadPlan::NoGroup("F".into(), GroupKind::Users, name("gone")),
            BadPlan::NoGroup("F".into(), GroupKind::Hosts, name("gone")),
        ]
    );
    assert_eq!(
        bad[1].to_string(),
        "a rule of `F` names GROUP `gone`, which does not exist; create it, or name another one"
    );
}

#[test]
fn a_group_of_thousands_fits_its_lines() {
    let members: Vec<Name> = (0..5_000).map(|n| name(&format!("person number {n}"))).collect();
    let file =
        OptionsFile::of([Directive::Group { kind: GroupKind::Users, name: name("G"), members }]);
    assert!(file.lines().len() > 20);
    assert!(file.render().lines().all(|line| line.len() <= LINE_CHARACTERS_MAX));
    assert_eq!(OptionsFile::parse(&file.render()), file);
    assert_eq!(file.groups().get(GroupKind::Users, &name("G")).unwrap().members.len(), 5_000);
}

#[test]
fn a_group_without_members_is_no_line() {
    let empty = Directive::Group { kind: GroupKind::Hosts, name: name("G"), members: vec![] };
    assert_eq!(OptionsFile::of([empty]).render(), "");
}

use super::*;
use crate::features::FeatureTable;
use crate::options::conflicts::{Matter, conflicts};

/// The findings, but for those that one form of a package is ruled alone, unless that is asked for.
fn check(text: &str, expected: &[&str]) {
    let file = OptionsFile::parse(text);
    let found = conflicts(&file, &FeatureTable::shipped());
    let asked = expected.iter().any(|line| line.contains("of the same product"));
    let found: Vec<String> = found
        .iter()
        .filter(|finding| asked || finding.matter != Matter::OneForm)
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, expected, "in\n{text}");
}

const ACD: &str = "64300ACD_F";

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    check("", &[]);
    check(
        "GROUP G a b\nINCLUDE 64300ACD_F GROUP G\nINCLUDE 64300ACD_T_F GROUP G\nRESERVE 1 64300ACD_F GROUP G\nEXCLUDE 64300ACD_F HOST x\nEXCLUDE 64300ACD_T_F HOST x\n# one form is asked about, none of the same product\n",
        &[],
    );
}

#[test]
fn contradictions_and_repetitions() {
    check(
        &format!("INCLUDE {ACD} USER jo\nEXCLUDE {ACD} USER jo\n"),
        &[
            "lines 2, 1: `INCLUDE 64300ACD_F USER jo` is included and excluded; EXCLUDE wins; take out the INCLUDE, or the EXCLUDE",
        ],
    );
    check(
        &format!("INCLUDE {ACD} USER jo\ninclude  {ACD} USER jo\n"),
        &["lines 2, 1: the line is there twice, first as line 1; take one out"],
    );
    check(
        "TIMEOUTALL 900\nTIMEOUTALL 1800\n",
        &["lines 2, 1: `TIMEOUTALL` has two values; keep the line that you mean"],
    );
    check(
        &format!("MAX 2 {ACD} USER jo\nRESERVE 1 {ACD} USER jo\nRESERVE 2 {ACD} USER jo\n"),
        &[
            "lines 2, 3, 1: 3 licences of `64300ACD_F` are reserved for USER jo, who may have 2; reserve no more than MAX says",
        ],
    );
}

#[test]
fn groups() {
    check(
        &format!(
            "HOST_GROUP Team ws\nGROUP Civil a\nMAX 1 {ACD} GROUP Team\nMAX 1 {ACD} GROUP civil\nMAX 1 {ACD} GROUP no\n"
        ),
        &[
            "line 1: no rule names HOST_GROUP `Team`; take the group out, or write the rule that is missing",
            "line 2: no rule names GROUP `Civil`; take the group out, or write the rule that is missing",
            "line 3: there is no GROUP `Team`, so the rule is about nobody; write HOST_GROUP `Team`, which there is",
            "line 4: there is no GROUP `civil`, so the rule is about nobody; write `Civil`; the case of names counts",
            "line 5: there is no GROUP `no`, so the rule is about nobody; add GROUP no with its members, or take the rule out",
        ],
    );
    check(
        &format!(
            "GROUP G Jo\nGROUP G jo H\nGROUP H x x\nMAX 1 {ACD} GROUP G\nMAX 1 {ACD} GROUP H\n"
        ),
        &[
            "line 2: the member `H` of `G` is the name of a group; list its members; groups do not nest",
            "lines 2, 1: `Jo` and `jo` in `G` differ in their case only; write GROUPCASEINSENSITIVE ON, if they are one person",
            "line 3: `x` is in `H` twice; take one out",
        ],
    );
    check(
        &format!("GROUP G Jo jo\nGROUPCASEINSENSITIVE ON\nMAX 1 {ACD} GROUP G\n"),
        &[
            "line 1: `Jo` and `jo` in `G` are one member; take one out",
            "line 2: GROUPCASEINSENSITIVE comes after the group of line 1; put it before all groups, so that there is no doubt for which of them it holds",
        ],
    );
}

#[test]
fn rules_that_never_matter() {
    check(
        &format!("GROUP G jo\nINCLUDE {ACD} USER jo\nEXCLUDE {ACD} GROUP G\n"),
        &[
            "lines 2, 3: it includes USER jo, whom line 3 excludes with GROUP G; take out one of the two",
        ],
    );
    check(&format!("EXCLUDEALL USER jo\nRESERVE 1 {ACD} USER jo\n"), &[]);
    check(
        &format!("GROUP G jo\nEXCLUDEALL GROUP G\nRESERVE 1 {ACD} USER jo\n"),
        &[
            "lines 3, 2: it reserves for USER jo, whom line 2 excludes with GROUP G; take out one of the two",
        ],
    );
    check(
        &format!(
            "INCLUDE {ACD} USER ann\nRESERVE 1 {ACD} USER jo\nEXCLUDE {ACD} USER bo\nMAX 1 {ACD} HOST h\n"
        ),
        &[
            "lines 2, 1: USER jo is not included, so this changes nothing for them; take the line out, or include them",
            "lines 3, 1: USER bo is not included, so this changes nothing for them; take the line out, or include them",
        ],
    );
    check(
        &format!(
            "GROUP G jo ann\nINCLUDE {ACD} GROUP G\nINCLUDE {ACD} USER jo\nEXCLUDE {ACD} INTERNET 10.*.*.*\nEXCLUDE {ACD} INTERNET 10.1.*.*\n"
        ),
        &[
            "lines 3, 2: USER jo is on the same list with GROUP G of line 2; take the line out",
            "lines 5, 4: INTERNET 10.1.*.* is on the same list with INTERNET 10.*.*.* of line 4; take the line out",
        ],
    );
    // Of two groups with the same people, the later rule goes; and one spelling is not all of them.
    check(
        &format!(
            "GROUPCASEINSENSITIVE ON\nGROUP G jo\nGROUP H Jo\nINCLUDE {ACD} GROUP G\nINCLUDE {ACD} GROUP H\nEXCLUDE {ACD} USER Jo\n"
        ),
        &["lines 5, 4: GROUP H is on the same list with GROUP G of line 4; take the line out"],
    );
}

#[test]
fn codes() {
    check(
        "MAX 1 87545ACD_2022_0F USER jo\nTIMEOUT NOSUCH 900\n",
        &[
            "line 1: `87545ACD_2022_0F` is one version of AutoCAD; licences of packages are not ruled by it; write the package's codes, which end in _F and _T_F",
            "line 2: nobody knows the feature `NOSUCH`; correct the code, or add it to your table of feature codes",
        ],
    );
    check(
        "EXCLUDE 64300ACD_T_F USER jo\nEXCLUDE 64300ACD_T_F USER ann\nEXCLUDE 64300ACD_F USER ann\n",
        &[
            "line 1: `64300ACD_T_F` is ruled, `64300ACD_F` of the same product is not; write the same for `64300ACD_F`, if the server has licences of it",
        ],
    );
}

#[test]
fn more_rules_than_are_compared_are_said() {
    let text: String = (0..1_200).map(|n| format!("MAX 1 {ACD} USER u{n}\n")).collect();
    check(
        &text,
        &[
            "line 1001: `64300ACD_F` has more than 1000 rules, of which the first are compared; put people into groups",
        ],
    );
}

#[test]
fn a_thousand_people_are_compared_at_once() {
    let users = |n: u32| format!("u{n}");
    let group: String = (0..300).map(|n| format!("{} ", users(n))).collect();
    let rules: String = (0..900).map(|n| format!("INCLUDE {ACD} USER {}\n", users(n))).collect();
    let file = OptionsFile::parse(&format!("GROUP G {group}\nEXCLUDE {ACD} GROUP G\n{rules}"));
    let found = conflicts(&file, &FeatureTable::shipped());
    assert_eq!(found.iter().filter(|finding| finding.matter == Matter::Dead).count(), 300);
}

//! The texts are golden: this crate cannot name the policy crate, whose reader has yet to load them.

use super::*;
use crate::features::FeatureTable;
use crate::options::policies::to_policies;

fn check(text: &str, policies: &str, notes: &[&str]) {
    let found = to_policies(&OptionsFile::parse(text), &FeatureTable::shipped());
    assert_eq!(found.text, policies, "of\n{text}");
    let found: Vec<String> = found
        .notes
        .iter()
        .map(|note| format!("{:?} {}; {}", note.lines, note.text, note.help))
        .collect();
    assert_eq!(found, notes, "of\n{text}");
}

const HEAD: &str = "// Imported from an options file. It forbids only: keep `base` beside it.\n";

#[test]
fn lists_become_policies_that_forbid() {
    let both = |rule: &str| rule.replace('§', "64300ACD_F") + &rule.replace('§', "64300ACD_T_F");
    let text = "GROUP CAD Jo ann\n".to_owned()
        + &both("INCLUDE § GROUP CAD\nINCLUDE § INTERNET 10.1.*.*\nEXCLUDE § USER \"DOM\\Bo\"\n");
    check(
        &text,
        &format!(
            r#"{HEAD}
@id("options-autocad-exclude")
@otherwise("refuse")
@say("the licence server shuts you out of AutoCAD")
forbid (
    principal,
    action,
    resource == Product::"autocad"
)
when {{
    principal == Person::"dom\\bo"
}};

@id("options-autocad-include")
@otherwise("refuse")
@say("the licence server does not include you for AutoCAD")
forbid (
    principal,
    action,
    resource == Product::"autocad"
)
unless {{
    (context has address && context.address.isInRange(ip("10.1.0.0/16"))) || principal in Group::"cad"
}};
"#
        ),
        &[],
    );
    let groups = to_policies(&OptionsFile::parse(&text), &FeatureTable::shipped()).groups;
    assert_eq!(groups, [("cad".to_owned(), ["ann".to_owned(), "jo".to_owned()].into())].into());
}

#[test]
fn forms_with_different_rules_forbid_what_both_do() {
    check(
        "HOST_GROUP H a b 10.0.0.1\nINCLUDE 64300ACD_F HOST_GROUP H\nEXCLUDE 64300ACD_F HOST c\nEXCLUDE 64300ACD_T_F USER jo\n",
        &format!(
            r#"{HEAD}
@id("options-autocad")
@otherwise("refuse")
@say("the licence server lets you open AutoCAD in none of its forms")
forbid (
    principal,
    action,
    resource == Product::"autocad"
)
when {{
    (context.host == "c" || !((context has address && context.address.isInRange(ip("10.0.0.1/32"))) || ["a", "b"].contains(context.host))) && (principal == Person::"jo")
}};
"#
        ),
        &[],
    );
}

#[test]
fn rules_for_all_features() {
    check(
        "EXCLUDEALL USER bo\nINCLUDEALL USER jo\nINCLUDE 64300ACD_F USER ann\n",
        &format!(
            r#"{HEAD}
@id("options-all-exclude")
@otherwise("refuse")
@say("the licence server shuts you out of all products")
forbid (
    principal,
    action,
    resource
)
when {{
    principal == Person::"bo"
}};

@id("options-all-include")
@otherwise("refuse")
@say("the licence server includes you for no product")
forbid (
    principal,
    action,
    resource
)
unless {{
    principal == Person::"jo" || resource == Product::"autocad"
}};

@id("options-autocad-include")
@otherwise("refuse")
@say("the licence server does not include you for AutoCAD")
forbid (
    principal,
    action,
    resource == Product::"autocad"
)
unless {{
    principal == Person::"ann" || principal == Person::"jo"
}};
"#
        ),
        &[],
    );
}

#[test]
fn what_cannot_be_said_is_listed_and_never_forbids_more() {
    check(
        "INCLUDE 64300ACD_F USER jo\nINCLUDE 64300ACD_F PROJECT p\nEXCLUDE 85950RVT_F DISPLAY d\nINCLUDE NOSUCH USER x\nEXCLUDE 87545ACD_2022_0F USER x\nEXCLUDE 64300ACD_F:VERSION=1 USER x\nINCLUDE 85950RVT_F INTERNET 10.*.0.1\n",
        "",
        &[
            "[2] PROJECT p cannot be said (policies do not know LM_PROJECT), so who is included for the product is not either; write a policy by hand that says what is meant",
            "[3] DISPLAY d cannot be said (policies do not know displays); write a policy by hand that says what is meant",
            "[4] nobody knows the feature `NOSUCH`; add the code to your table of feature codes",
            "[5] `87545ACD_2022_0F` is one version of AutoCAD; write a condition on `context.version`, if it is meant",
            "[6] `64300ACD_F:VERSION=1` is one pool of licences; policies know products; decide whether it shall hold for the product",
            "[7] INTERNET 10.*.0.1 cannot be said (a wildcard before the end of an address is no block), so who is included for the product is not either; write a policy by hand that says what is meant",
        ],
    );
    check(
        "MAX 2 64300ACD_F USER jo\nRESERVE 1 64300ACD_F USER jo\nTIMEOUTALL 900\nINCLUDE_BORROW 64300ACD_F USER jo\nMAX_BORROW_HOURS 64300ACD_F 2\nFQDN_MATCHING exact\nbogus\n",
        "",
        &[
            "[1] USER jo together get at most 2 of `64300ACD_F`; set a cap for the group, which Faregate keeps apart from policies",
            "[2] 1 of `64300ACD_F` are kept for USER jo; keep the line, or give them seats",
            "[3] how long an idle licence stays out; keep the line",
            "[4] INCLUDE_BORROW of `64300ACD_F` for USER jo is about borrowing; keep the line; Faregate does not decide on borrowing",
            "[5] how licences are borrowed or overdrawn; keep the line",
            "[6] FQDN_MATCHING is FlexNet's own; keep the line",
            "[7] unknown directive `bogus`; correct the line, and import again",
        ],
    );
}

#[test]
fn an_include_of_nobody_forbids_to_all() {
    check(
        "INCLUDE 64300ACD_F GROUP gone\n",
        &format!(
            "{HEAD}\n@id(\"options-autocad-include\")\n@otherwise(\"refuse\")\n@say(\"the licence server does not include you for AutoCAD\")\nforbid (\n    principal,\n    action,\n    resource == Product::\"autocad\"\n)\nunless {{\n    false\n}};\n"
        ),
        &[],
    );
}

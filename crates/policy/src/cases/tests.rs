use super::*;
use crate::ready::{READY, Ready};
use faregate_core::event::{Mode, PolicySet};

fn set(name: &str, text: &str) -> PolicySet {
    PolicySet { name: name.to_owned(), mode: Mode::Enforce, text: text.to_owned() }
}

/// The book of a text under a ready-made set's name, with the sets that its cases are with.
fn book(ready: &Ready, text: &str) -> RuleBook {
    let cases = Cases::read(ready.tests).unwrap_or_else(|failure| panic!("{failure}"));
    let with = cases.with.iter().map(|name| Ready::named(name).expect("it is ready-made"));
    let mut sets: Vec<PolicySet> = with.map(|other| set(other.name, other.text)).collect();
    sets.push(set(ready.name, text));
    RuleBook::load(&sets).unwrap_or_else(|faults| panic!("{}: {}", ready.name, faults[0]))
}

#[test]
fn ready_made_sets_do_what_their_cases_say() {
    for ready in &READY {
        let book = book(ready, ready.text);
        let report = run(ready.tests, &book);
        assert!(report.holds(), "{}: {:#?}", ready.name, report.failures);
        assert_eq!(book.left_to_cedar().count(), 0, "{}", ready.name);
        assert_eq!(book.warnings(), [], "{}", ready.name);
    }
}

/// Every policy of a set, turned around in one way or another, makes a case fail.
#[test]
fn cases_catch_mutants() {
    for ready in &READY {
        let ranges = crate::text::statements(ready.text);
        for range in ranges {
            let mutants = mutants(&ready.text[range.clone()]);
            assert!(!mutants.is_empty());
            for mutant in mutants {
                let mut text = ready.text.to_owned();
                text.replace_range(range.clone(), &mutant);
                let report = run(ready.tests, &book(ready, &text));
                assert!(!report.holds(), "{}: no case catches\n{mutant}", ready.name);
            }
        }
    }
}

fn mutants(policy: &str) -> Vec<String> {
    let gone = "@id(\"mutant\") permit (principal == Person::\"nobody\", action, resource);";
    let mut mutants = vec![gone.to_owned()];
    let lines =
        policy.lines().filter(|line| !line.contains("@reason") && !line.contains("@otherwise"));
    let bare = lines.collect::<Vec<_>>().join("\n");
    if policy.contains("forbid (") {
        mutants.push(bare.replacen("forbid (", "permit (", 1));
    } else {
        mutants.push(bare.replacen("permit (", "forbid (", 1));
    }
    for (from, to) in [("when {", "unless {"), ("unless {", "when {"), ("\"refuse\"", "\"route\"")]
    {
        if policy.contains(from) {
            mutants.push(policy.replacen(from, to, 1));
        }
    }
    mutants
}

#[test]
fn failures_name_line_case_and_what_came() {
    let book = RuleBook::load(&[set("s", "@id(\"p\") permit(principal, action, resource);")]);
    let text = "[[case]]\nit = \"a\"\nfare = \"seat\"\nexpect = \"permit\"\n\n[[case]]\nit = \"b\"\nfare = \"tokens\"\nexpect = \"forbid\"\n";
    let report = run(text, &book.expect("it is in order"));
    assert_eq!(report.passed, 1);
    let failure = "6: `b`: expected forbid, got permit by p";
    assert_eq!(report.failures.iter().map(ToString::to_string).collect::<Vec<_>>(), [failure]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure_with_a_line() {
    let report = run("[[case]]\nit = \"a\"\nfare = \"train\"\n", &RuleBook::default());
    assert_eq!((report.passed, report.failures.len()), (0, 1));
    assert_eq!(report.failures[0].line, 3, "{:?}", report.failures);
}

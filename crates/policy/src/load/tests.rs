use crate::{Fault, RuleBook};
use faregate_core::event::{Mode, PolicySet};

fn faults(text: &str) -> Vec<Fault> {
    let set = PolicySet { name: "s".to_owned(), mode: Mode::Enforce, text: text.to_owned() };
    RuleBook::load([&set]).map(drop).err().unwrap_or_default()
}

/// The first fault of a text: where it is, and a part of what it says with its help.
fn check(text: &str, place: (usize, usize), part: &str) {
    let faults = faults(text);
    let first = faults.first().unwrap_or_else(|| panic!("nothing is wrong with {text}"));
    assert_eq!((first.line, first.column), place, "{first}\n{text}");
    assert!(first.to_string().contains(part), "{first}\n{text}");
    for fault in &faults {
        let begins_low = !fault.message.starts_with(|letter: char| letter.is_uppercase());
        assert!(begins_low && !fault.message.ends_with('.'), "{fault}");
    }
}

const ALL: &str = "(principal, action, resource)";

#[test]
fn faults_name_place_and_remedy() {
    check("@id(\"a\")\npermit (principal action, resource);", (2, 19), "unexpected token");
    check(&format!("\n  permit {ALL};"), (2, 3), "write @id(\"…\") before it");
    check(&format!("@id(\"A b\") permit {ALL};"), (1, 1), "`A b` is no name");
    check(&format!("@id(\"a\")\n@idd(\"a\") permit {ALL};"), (2, 1), "no annotation `@idd`");
    check(&format!("@id(\"a\") @reason(\"x\") forbid {ALL};"), (1, 10), "policies may give");
    check(&format!("@id(\"a\") @reason(\"pool-exhausted\") forbid {ALL};"), (1, 10), "no policy");
    check(&format!("@id(\"a\") @reason(\"not-eligible\") permit {ALL};"), (1, 10), "a permit has");
    check(&format!("@id(\"a\") @otherwise(\"stop\") forbid {ALL};"), (1, 10), "write refuse, or");
    check(&format!("@id(\"a\") @say(\" \") forbid {ALL};"), (1, 10), "says nothing");
    check(&format!("@id(\"a\") permit {ALL};\n@id(\"a\") forbid {ALL};"), (2, 1), "is named `a`");
    let capital = "@id(\"a\") permit (principal in Group::\"CAD\", action, resource);";
    check(capital, (1, 31), "write Group::\"cad\"");
    check("@id(\"a\") permit (principal == ?principal, action, resource);", (1, 31), "template");
}

#[test]
fn conditions_are_checked_against_the_schema() {
    let when = |condition: &str| format!("@id(\"a\") permit {ALL}\nwhen {{ {condition} }};");
    check(&when("context.colour == 1"), (2, 8), "colour");
    check(&when("context.version == \"2026\""), (2, 8), "version");
    check(&when("context.minute == \"noon\""), (2, 8), "types");
    let range = "context has address && context.address.isInRange(ip(\"10.0.0\"))";
    check(&when(range), (2, 57), "10.0.0");
    check(&when("principal in Team::\"a\""), (2, 21), "Team");
}

#[test]
fn every_policy_is_looked_at() {
    let text = format!("permit {ALL};\npermit {ALL};");
    assert_eq!(faults(&text).len(), 2);
}

/// At the limits of depth and length, on a thread with the usual stack.
#[test]
fn no_policy_uses_up_the_stack() {
    let chain = |link: &str, count: usize| format!("{}context.confirmed", link.repeat(count));
    let brackets = format!("{}true{}", "(".repeat(23), ")".repeat(23));
    let methods = format!("context.now{} > context.now", ".toDate()".repeat(900));
    let ifs = format!("{}true", "if context.confirmed then true else ".repeat(300));
    let conditions =
        [chain("context.confirmed || ", 490), chain("1 + 1 == 2 && ", 300), brackets, methods, ifs];
    for condition in conditions {
        let text = format!("@id(\"a\") permit {ALL} when {{ {condition} }};");
        let wrong = faults(&text);
        let is_deep = |fault: &Fault| fault.message.contains("too deeply");
        assert!(!wrong.iter().any(is_deep), "{}", condition.len());
    }
    check(&format!("@id(\"a\") permit {ALL} when {{ {}", "(".repeat(5_000)), (1, 1), "too deeply");
}

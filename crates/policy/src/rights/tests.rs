use super::*;

fn faults(text: &str) -> Vec<String> {
    let found = RightsBook::load(Some(("rights.cedar", text)));
    found.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_added_permits_and_forbids() {
    let added = "permit (principal == Role::\"procurement\", action == Action::\"read-estate\", resource);\n\
                 forbid (principal == Role::\"member\", action in Action::\"write\", resource);";
    let (shipped, both) =
        (RightsBook::load(None).unwrap(), RightsBook::load(Some(("rights.cedar", added))).unwrap());
    let table = [
        ("procurement", "read-estate", false, true),
        ("procurement", "run-faregate", false, false),
        ("member", "ask-for-tokens", true, false),
        ("member", "read-own", true, true),
        ("nobody", "read-own", false, false),
        ("member", "no-such-right", false, false),
    ];
    for (role, right, before, after) in table {
        let found = (shipped.allows(role, right), both.allows(role, right));
        assert_eq!(found, (before, after), "{role} {right}");
    }
}

#[test]
fn faults_name_file_and_line() {
    let table = [
        ("permit (principal, action, resource)", "rights.cedar:1:"),
        ("\n\npermit (principal == Role::\"auditr\", action, resource);", "rights.cedar:3:"),
        ("// a\nforbid (principal, action == Action::\"run\", resource);", "rights.cedar:2:"),
        ("permit (principal == Person::\"ana\", action, resource);", "rights.cedar:1:"),
        ("forbid (principal, action, resource) when { principal.age > 3 };", "rights.cedar:1:"),
    ];
    for (text, place) in table {
        let found = faults(text);
        assert!(!found.is_empty(), "{text}");
        assert!(found.iter().all(|fault| fault.starts_with(place)), "{text}: {found:?}");
    }
    assert_eq!(faults("// nothing\n"), [""; 0]);
}

#[test]
fn a_lacking_right_is_traced_to_the_policy_that_forbids_it() {
    let text = "\nforbid (principal, action == Action::\"run-faregate\", resource);";
    let book = RightsBook::load(Some(("rights.cedar", text))).unwrap();
    let fault = book.fault("administrator", "run-faregate", "nobody may", "let somebody");
    assert_eq!(fault.to_string(), "rights.cedar:2:1: nobody may\n  help: let somebody");
}

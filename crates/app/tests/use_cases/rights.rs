//! Who may do what: the table that is shipped, in words of its own, and texts on top of it.

use faregate_app::access::Role;
use faregate_app::rights::{Right, RightSet, Rights};
use faregate_policy::RIGHTS_SCHEMA;

/// What a role may do, by the keys of rights.
fn keys(rights: &Rights, role: Role) -> Vec<&'static str> {
    rights.of(role).iter().map(Right::key).collect()
}

#[test]
fn each_role_has_its_rights() {
    let reads =
        ["read-burn", "read-estate", "read-own", "read-outlook", "read-purchases", "ask-price"];
    let but = |lost: &[&str]| -> Vec<&str> {
        Right::ALL.map(Right::key).into_iter().filter(|key| !lost.contains(key)).collect()
    };
    let table: [(Role, Vec<&str>); 8] = [
        (Role::Workstation, vec!["ask-price", "spend-tokens"]),
        (Role::Collector, vec!["report-use"]),
        (
            Role::Member,
            vec![
                "read-own",
                "read-outlook",
                "ask-price",
                "give-orders",
                "ask-for-tokens",
                "answer-requests",
            ],
        ),
        (Role::Viewer, [&reads[..], &["read-access"]].concat()),
        (
            Role::Procurement,
            vec!["read-burn", "read-outlook", "read-purchases", "give-orders", "buy-packs"],
        ),
        (
            Role::Approver,
            [&reads[..], &["give-orders", "ask-for-tokens", "answer-requests", "judge-plans"]]
                .concat(),
        ),
        (Role::LicenceManager, but(&["read-access", "manage-access", "act-for-others"])),
        (Role::Administrator, but(&[])),
    ];
    let shipped = Rights::shipped();
    assert_eq!(table.each_ref().map(|(role, _)| *role), Role::ALL);
    for (role, expected) in table {
        assert_eq!(keys(&shipped, role), expected, "{}", role.key());
    }
}

#[test]
fn schema_and_code_know_the_same_names() {
    for role in Role::ALL {
        assert!(RIGHTS_SCHEMA.contains(&format!("\"{}\"", role.key())), "{}", role.key());
    }
    for right in Right::ALL {
        assert!(RIGHTS_SCHEMA.contains(&format!("\"{}\"", right.key())), "{}", right.key());
    }
    // Each name once in a declaration, the groups and roles besides.
    let names =
        RIGHTS_SCHEMA.lines().filter(|line| line.starts_with("action") || line.starts_with("  \""));
    let named: usize = names.map(|line| line.matches('"').count() / 2).sum();
    let groups = RIGHTS_SCHEMA.matches("in [\"").count();
    assert_eq!(named, Role::ALL.len() + Right::ALL.len() + 2 + groups);
}

#[test]
fn a_text_on_top_is_refused_where_nobody_could_put_it_right() {
    let with =
        |text: &str| Rights::with("rights.cedar", text).map_err(|faults| faults[0].to_string());
    let opened =
        with("permit (principal == Role::\"member\", action == Action::\"read-burn\", resource);");
    assert!(opened.unwrap().of(Role::Member).has(Right::ReadBurn));
    let narrowed = with(
        "forbid (principal == Role::\"administrator\", action == Action::\"spend-tokens\", resource);",
    );
    assert!(!narrowed.unwrap().of(Role::Administrator).has(Right::SpendTokens));
    for (text, right) in [
        ("\nforbid (principal, action, resource);", "run-faregate"),
        ("\nforbid (principal, action == Action::\"manage-access\", resource);", "manage-access"),
    ] {
        let expected = format!(
            "rights.cedar:2:1: administrators would lose the right `{right}`\n  help: nobody could put it right again: leave administrators out of what is forbidden"
        );
        assert_eq!(with(text), Err(expected));
    }
}

#[test]
fn a_set_of_rights_holds_what_was_put_in() {
    for right in Right::ALL {
        let one: RightSet = [right].into_iter().collect();
        assert_eq!(one.iter().collect::<Vec<_>>(), [right]);
        assert!(RightSet::ALL.has(right) && !RightSet::default().has(right));
    }
}

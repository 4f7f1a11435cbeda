use super::*;
use faregate_core::event::{Mode, PolicySet};

#[test]
fn every_name_is_mentioned_once_a_policy_with_its_kind() {
    let text = "@id(\"a\") permit (principal in Group::\"staff\", action == Action::\"open-on-seat\", \
                resource == Product::\"revit\") when { principal in Group::\"staff\" };\n\
                @id(\"b\") forbid (principal, action, resource) unless { \
                context.during.contains(Schedule::\"night\") || (context has site && \
                context.site == Site::\"yard\") };";
    let set = PolicySet { name: "s".to_owned(), mode: Mode::Enforce, text: text.to_owned() };
    let book = RuleBook::load([&set]).unwrap();
    let told: Vec<_> = book.mentions().map(|it| (it.set, it.line, it.kind, it.key)).collect();
    let mut expected = vec![
        ("s", 1, "Group", "staff"),
        ("s", 1, "Product", "revit"),
        ("s", 2, "Schedule", "night"),
        ("s", 2, "Site", "yard"),
    ];
    expected.sort_unstable();
    let mut sorted = told;
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!((book.set_of(1), book.set_of(2)), (Some("s"), None));
}

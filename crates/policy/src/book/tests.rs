use super::*;
use crate::explain::{Effect, Finding};
use crate::trials::{Asked, Chance, state};
use faregate_core::event::Fare;

fn set(name: &str, mode: Mode, text: &str) -> PolicySet {
    PolicySet { name: name.to_owned(), mode, text: text.to_owned() }
}

fn book(text: &str) -> RuleBook {
    RuleBook::load([&set("s", Mode::Enforce, text)])
        .unwrap_or_else(|faults| panic!("{}", faults[0]))
}

/// What a book says to a question that matches whatever its policies name.
fn judged(book: &RuleBook) -> Verdict {
    let asked = Asked::random(&mut Chance::new(1), 3);
    book.judge(&state(1, 3), &Question { fare: Fare::Tokens, ..asked.question() })
}

/// Which policy of a text decides, by name; `None` when none does and nothing is permitted.
fn check(text: &str, expected: Option<&str>) {
    let book = book(text);
    let Verdict::Forbid(Forbidden { rule, .. }) = judged(&book) else {
        return assert_eq!(expected, Some("permitted"), "{text}");
    };
    assert_eq!(rule.and_then(|rule| book.rule_name(rule)), expected, "{text}");
}

fn forbid(id: &str, notes: &str) -> String {
    format!("@id(\"{id}\") {notes} forbid (principal, action, resource);\n")
}

const BASE: &str = "@id(\"base\") permit (principal, action, resource);\n";

#[test]
fn the_most_decisive_forbid_is_given() {
    let (place, time) = ("@reason(\"region-not-allowed\")", "@reason(\"outside-schedule\")");
    let refuse = "@otherwise(\"refuse\")";
    check(BASE, Some("permitted"));
    check("// nothing", None);
    check(&[BASE, &forbid("a", "")].concat(), Some("a"));
    check(&[BASE, &forbid("a", ""), &forbid("b", "")].concat(), Some("a"));
    check(&[forbid("a", place), forbid("b", time)].concat(), Some("b"));
    check(&[forbid("a", ""), forbid("b", &format!("{refuse} {place}"))].concat(), Some("b"));
    check(&[forbid("a", refuse), forbid("b", &format!("{refuse} {time}"))].concat(), Some("a"));
}

#[test]
fn a_condition_without_a_value_leaves_its_policy_out() {
    let overflow = "when { context.minute + 9223372036854775807 > 0 };";
    let text = format!("{BASE}@id(\"a\") forbid (principal, action, resource) {overflow}");
    let (asked, state) = (Asked::random(&mut Chance::new(3), 3), state(1, 3));
    let answer = book(&text).answer(&state, &asked.question());
    assert_eq!((answer.permits, answer.deciding, answer.failing), (true, vec![0], vec![1]));
}

#[test]
fn without_any_set_everything_is_permitted() {
    assert_eq!(judged(&RuleBook::default()), Verdict::Permit);
    assert_eq!(judged(&RuleBook::load([]).expect("nothing is wrong")), Verdict::Permit);
}

#[test]
fn sets_on_trial_decide_nothing() {
    let sets = [set("base", Mode::Enforce, BASE), set("trial", Mode::Monitor, &forbid("a", ""))];
    let enforced = RuleBook::enforced(&sets).expect("they are in order");
    let on_trial = RuleBook::on_trial(&sets).expect("they are in order").expect("one is on trial");
    assert_eq!(judged(&enforced), Verdict::Permit);
    assert_ne!(judged(&on_trial), Verdict::Permit);
    assert!(RuleBook::on_trial(&sets[..1]).expect("it is in order").is_none());
}

#[test]
fn refusing_everyone_is_warned_of() {
    let warned = |text: &str| book(text).warnings().iter().any(|w| w.message.contains("everyone"));
    assert!(warned(&forbid("a", "")));
    assert!(warned(&[BASE, &forbid("a", "")].concat()));
    assert!(!warned(BASE));
    let reach = |text: &str| book(text).reach(&state(1, 30), faregate_core::when::Instant(0), 10);
    let none = reach(&forbid("a", ""));
    assert_eq!((none.people, none.asked, none.permitted, none.shut_out), (10, 120, 0, 10));
    let all = reach(BASE);
    assert_eq!((all.permitted, all.shut_out), (120, 0));
}

#[test]
fn rulings_tell_what_came_of_each_policy() {
    let text = format!(
        "{BASE}@id(\"no\") @say(\"not now\") forbid (principal, action, resource) \
         when {{ context.minute < 0 }};\n\
         @id(\"else\") forbid (principal == Person::\"nobody\", action, resource);"
    );
    let (book, state) = (book(&text), state(1, 3));
    let asked = Asked::random(&mut Chance::new(3), 3);
    let rulings = book.explain(&state, &asked.question());
    let said: Vec<_> = rulings.iter().map(|r| (r.id, r.effect, r.finding, r.say)).collect();
    let expected = [
        ("base", Effect::Permit, Finding::Held, None),
        ("no", Effect::Forbid, Finding::Failed, Some("not now")),
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_joins_the_estate_later_counts() {
    use faregate_core::estate::{Group, GroupId, Standing};
    use faregate_core::event::{Event, PersonSet};
    let book = book(&format!(
        "{BASE}@id(\"late\") forbid (principal in Group::\"latecomers\", action, resource);"
    ));
    let (mut state, asked) = (state(1, 3), Asked::random(&mut Chance::new(3), 3));
    let question = asked.question();
    assert_eq!(book.judge(&state, &question), Verdict::Permit);
    let key = "Latecomers".to_owned();
    let id = GroupId(u32::try_from(state.estate().groups().len()).expect("there are few"));
    let group = Group { name: key.clone(), key, dimension: None, parents: Vec::new() };
    let person = state.estate().person(question.person).expect("they are in the estate").clone();
    let standing = Standing { groups: vec![id], ..Standing::default() };
    let person = PersonSet { key: person.key, name: person.name, bucket: person.bucket, standing };
    for event in [Event::GroupsSet(vec![group]), Event::PeopleSet(vec![person])] {
        state.apply(state.seq() + 1, state.at(), &event).expect("it is in order");
    }
    assert_ne!(book.judge(&state, &question), Verdict::Permit);
}

/// Neither of the two crashes; whichever looks at a long condition says the same.
#[test]
fn long_conditions_are_left_to_cedar() {
    let long = |count: usize| {
        let never = "context.minute < 0 || ".repeat(count);
        let when = format!("when {{ {never} context.minute >= 0 }};");
        format!("{BASE}@id(\"long\") forbid (principal, action, resource) {when}")
    };
    for (count, left) in [(50, 0), (400, 1)] {
        let book = book(&long(count));
        assert_eq!(book.left_to_cedar().count(), left, "{count}");
        assert_ne!(judged(&book), Verdict::Permit, "{count}");
    }
}

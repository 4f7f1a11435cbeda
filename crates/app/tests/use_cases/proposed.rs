//! What is said of policies before they hold, by a check, a comparison and a simulation, is what adopting them does.

use crate::given::{give, office};
use crate::world::*;
use faregate_app::orders::{NotDone, Order};
use faregate_app::ports::Clock;
use faregate_app::rules::{BASE, Rules, check, proposed, shipped_set};
use faregate_app::simulate::{Answers, compare, simulate};
use faregate_core::event::{Event, Mode, PolicySet};
use faregate_core::when::DAY;

const FORBIDS: &str = "@id(\"a\") forbid (principal, action, resource == Product::\"revit\");";
const PERMITS: &str = "@id(\"a\") permit (principal, action, resource);";

fn set(name: &str, mode: Mode, text: &str) -> PolicySet {
    PolicySet { name: name.to_owned(), mode, text: text.to_owned() }
}

/// An office in which these sets hold, and no other.
fn holding(sets: &[PolicySet]) -> World {
    let mut world = office();
    let retired = Event::PolicyRetired(BASE.to_owned());
    let adopted = sets.iter().cloned().map(Event::PolicyAdopted);
    world.engine.append(std::iter::once(retired).chain(adopted).collect()).unwrap();
    world
}

/// The codes of what a check warns of, or nothing when it found faults.
fn checked(world: &World, tried: &PolicySet) -> Result<Vec<String>, Vec<String>> {
    let state = world.engine.state();
    let warnings = check(vec![tried.clone()], Some((&state, world.clock.now())));
    warnings.map(|all| all.iter().map(ToString::to_string).collect())
}

fn compared(world: &World, old: &Rules, new: &Rules) -> Answers {
    compare(&world.engine.state().read(), old, new, world.clock.now())
}

fn check_one(held: &[PolicySet], text: &str, mode: Mode, codes: &[&str], shut_out: bool) {
    let mut world = holding(held);
    let tried = set("new", mode, text);
    let state = world.engine.state();
    let old = Rules::of(&state.read());
    let found = check(vec![tried.clone()], Some((&state, world.clock.now()))).unwrap();
    let found: Vec<&str> = found.iter().map(|warning| warning.doubt.code()).collect();
    assert_eq!(found, codes, "{held:?} {text}");

    let said = checked(&world, &tried).unwrap();
    let new = proposed(&state.read(), vec![tried.clone()], &[]).unwrap();
    let foretold = compared(&world, &old, &new);
    let span = (world.clock.now().plus(-DAY), world.clock.now());
    let again = simulate(&mut world.engine, &new, span.0, span.1).unwrap();

    let order = Order::AdoptPolicy { name: tried.name, mode, text: tried.text };
    let Ok(done) = give(&mut world, "root", &order) else { panic!("{held:?} {text}") };
    assert_eq!(done.warnings, said, "{held:?} {text}");
    // A set that is watched decides nothing yet; what was said of it holds when it does.
    let order =
        Order::AdoptPolicy { name: "new".to_owned(), mode: Mode::Enforce, text: text.to_owned() };
    assert!(give(&mut world, "root", &order).is_ok());
    let after = Rules::of(&state.read());
    assert_eq!(compared(&world, &old, &after), foretold, "{held:?} {text}");
    assert_eq!(
        simulate(&mut world.engine, &after, span.0, span.1).unwrap().answers.asks,
        again.answers.asks
    );
    let nobody = Rules::from_sets(&[set("nobody", Mode::Enforce, "")]).unwrap();
    let lost = |rules: &Rules| compared(&world, &Rules::default(), rules).changes();
    assert_eq!(lost(&after) == lost(&nobody), shut_out, "{held:?} {text}");
}

#[test]
fn what_is_said_of_a_set_is_what_adopting_it_does() {
    let base = shipped_set(BASE).unwrap();
    let on_trial = PolicySet { mode: Mode::Monitor, ..base.clone() };
    let none: &[PolicySet] = &[];
    for mode in [Mode::Enforce, Mode::Monitor] {
        // The first set of a contract that has none: whatever it does not permit is refused, whoever asks.
        check_one(none, FORBIDS, mode, &["nothing-permits"], true);
        check_one(none, PERMITS, mode, &[], false);
        check_one(none, "", mode, &["nothing-permits"], true);
        // `base` stays beside it where it holds, and permits nothing where it is watched.
        check_one(std::slice::from_ref(&base), FORBIDS, mode, &[], false);
        check_one(std::slice::from_ref(&on_trial), FORBIDS, mode, &["nothing-permits"], true);
        let nobody = "@id(\"a\") permit (principal == Person::\"nobody\", action, resource);";
        check_one(none, nobody, mode, &["unknown-name", "refuses-everyone"], true);
        let shut = "@id(\"a\") forbid (principal, action, resource);";
        check_one(std::slice::from_ref(&base), shut, mode, &["forbids-everything"], true);
    }
}

#[test]
fn what_cannot_be_adopted_is_no_valid_set() {
    let taken = set("other", Mode::Monitor, "@id(\"a\") forbid (principal, action, resource);");
    let mut world = holding(&[taken]);
    let faults = checked(&world, &set("new", Mode::Enforce, PERMITS)).unwrap_err();
    let order = Order::AdoptPolicy {
        name: "new".to_owned(),
        mode: Mode::Enforce,
        text: PERMITS.to_owned(),
    };
    let Err(NotDone::Refused(why)) = give(&mut world, "root", &order) else { panic!("adopted") };
    assert_eq!(faults, [why.message]);
}

#[test]
fn without_a_contract_base_stands_beside_a_set() {
    let tried = set("new", Mode::Enforce, FORBIDS);
    assert_eq!(check(vec![tried], None), Ok(Vec::new()));
    let own = set(BASE, Mode::Enforce, FORBIDS);
    let codes: Vec<_> =
        check(vec![own], None).unwrap().iter().map(|one| one.doubt.code()).collect();
    assert_eq!(codes, ["nothing-permits"]);
}

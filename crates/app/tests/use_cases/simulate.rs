//! What other rules would have done: today's change nothing, others what a hand computation says.

use crate::paper::*;
use crate::world::*;
use faregate_app::bulk;
use faregate_app::engine::Engine;
use faregate_app::rules::{BASE, Rules, shipped_set};
use faregate_app::simulate::{Answers, Outcome, Simulation, compare, simulate};
use faregate_core::amount::Ticks;
use faregate_core::event::{Fare, Mode, PolicySet, Reason, SessionId};
use faregate_core::when::DAY;
use std::panic::catch_unwind;

/// Everything on tokens but what somebody is forbidden.
pub(crate) fn forbidding(who: &str) -> PolicySet {
    let text = format!(
        "@id(\"no-{who}\") forbid (principal == Person::\"{who}\", action == Action::\"open-on-tokens\", resource);"
    );
    PolicySet { name: format!("no-{who}"), mode: Mode::Enforce, text }
}

fn rules(more: &[PolicySet]) -> Rules {
    let mut sets: Vec<PolicySet> = shipped_set(BASE).into_iter().collect();
    sets.extend(more.iter().cloned());
    Rules::from_sets(&sets).unwrap()
}

fn todays(engine: &Engine) -> Rules {
    Rules::of(&engine.state().read())
}

fn whole(engine: &mut Engine, rules: &Rules) -> Simulation {
    simulate(engine, rules, T0.plus(-DAY), T0.plus(30 * DAY)).unwrap()
}

/// Person, product, before, after and rule of what changed, and how often.
fn changes(found: &Answers) -> Vec<(String, String, &str, &str, String, u64)> {
    let row = |(change, count): (&faregate_app::simulate::Changed, &u64)| {
        let rule = change.rule.clone().unwrap_or_default();
        let (person, product) = (change.person.clone(), change.product.clone());
        (person, product, change.before.key(), change.after.key(), rule, *count)
    };
    found.changed.iter().map(row).collect()
}

/// Ana works for an hour on AutoCAD and thirty on Revit, Ben opens AutoCAD for three minutes and for an hour.
fn reported() -> World {
    reported_with(&[])
}

fn reported_with(more: &[Used]) -> World {
    let mut world = World::new(1_000);
    world.clock.set(T0.plus(40 * DAY));
    let uses = [
        used("ana", AUTOCAD, 60, 120),
        used("ana", REVIT, 90, 90 + 1_800),
        used("ben", AUTOCAD, 3_000, 3_003),
        used("ben", AUTOCAD, 3_100, 3_160),
        used("ana", AUTOCAD, 600, 630),
    ];
    import_all(&mut world.engine, &[&log(&[&uses[..], more].concat())]);
    world
}

/// Eve is unknown, Ben's bucket is empty after Ana, one launch is given up within its grace.
fn decided() -> World {
    let desk = World::new(20).start();
    let through = |key: &str, person: &str, product: &str, minute: i64, minutes: i64| {
        desk.clock.set(T0.plus(minute * MINUTE));
        let decision = desk.open(key, person, product).unwrap();
        if is_opened(&decision) {
            desk.clock.set(T0.plus((minute + minutes) * MINUTE));
            desk.close(SessionId(decision.seq)).unwrap();
        }
    };
    through("a", "ana", "revit", 0, 3);
    through("b", "ana", "revit", 10, 60);
    through("c", "eve", "revit", 80, 60);
    through("d", "ana", "revit", 90, 60);
    through("e", "ben", "autocad", 200, 10);
    through("f", "ben", "revit", 300, 10);
    desk.stop()
}

fn check_todays_rules_change_nothing(world: &mut World, rules: &Rules, asks: u64, spent: i64) {
    let found = whole(&mut world.engine, rules);
    assert_eq!(changes(&found.answers), []);
    let spent = tokens(spent);
    assert_eq!((found.answers.asks, found.before, found.after), (asks, spent, spent));
    // With tokens enough, that is what happened.
    assert_eq!((found.happened.otherwise, found.happened.charged), (0, spent));
    assert_eq!(found.departure(), None);
}

#[test]
fn todays_rules_change_nothing_of_reported_use() {
    let mut world = reported();
    let today = todays(&world.engine);
    // AutoCAD 7 twice, Revit 10 for each of two windows.
    check_todays_rules_change_nothing(&mut world, &today, 5, 34);
}

/// A log may end before the use does: it counts for as long as it was charged.
#[test]
fn todays_rules_change_nothing_of_use_that_goes_on() {
    let mut world =
        reported_with(&[used("ben", REVIT, 400, None), used("ana", AUTOCAD, 3_300, None)]);
    let today = todays(&world.engine);
    // Until minute 3,300 Ben's Revit is in its third window; Ana has just begun.
    check_todays_rules_change_nothing(&mut world, &today, 7, 34 + 30);
}

/// A session that runs still was charged, or was not, whenever somebody last heard of it.
#[test]
fn todays_rules_change_nothing_of_sessions_that_run() {
    for (beats, spent) in [(&[][..], 0), (&[6][..], 7), (&[700, 1_439, 1_441][..], 14)] {
        let desk = World::new(1_000).start();
        let id = SessionId(desk.open("k", "ana", "autocad").unwrap().seq);
        beats.iter().for_each(|minute| assert!(desk.beat(id, T0.plus(minute * MINUTE), true)));
        let mut world = desk.stop();
        let today = todays(&world.engine);
        check_todays_rules_change_nothing(&mut world, &today, 1, spent);
    }
}

#[test]
fn todays_rules_change_nothing_of_what_was_decided() {
    let mut world = decided();
    let today = todays(&world.engine);
    // Revit and AutoCAD once each; three were refused, or given up in time.
    check_todays_rules_change_nothing(&mut world, &today, 6, 17);
}

#[test]
fn a_simulation_books_nothing() {
    let mut world = reported();
    let (told, seq) = (world.store.told(), world.engine.state().read().seq());
    whole(&mut world.engine, &rules(&[forbidding("ana")]));
    assert_eq!((world.store.told(), world.engine.state().read().seq()), (told, seq));
}

#[test]
fn who_would_have_been_turned_away_and_what_it_would_have_cost() {
    let row = |person: &str, product: &str, count| {
        let (person, product) = (person.to_owned(), product.to_owned());
        (person, product, "tokens", "not-eligible", String::new(), count)
    };
    let ruled =
        |rule: &str, rows: Vec<(String, String, &'static str, &'static str, String, u64)>| {
            rows.into_iter()
                .map(|one| (one.0, one.1, one.2, one.3, rule.to_owned(), one.5))
                .collect::<Vec<_>>()
        };
    let mut world = reported();
    let found = whole(&mut world.engine, &rules(&[forbidding("ana")]));
    let expected = ruled("no-ana", vec![row("ana", "autocad", 2), row("ana", "revit", 1)]);
    assert_eq!(changes(&found.answers), expected);
    assert_eq!((found.before, found.after), (tokens(34), tokens(7)));
    let found = whole(&mut world.engine, &rules(&[forbidding("ben")]));
    assert_eq!(changes(&found.answers), ruled("no-ben", vec![row("ben", "autocad", 2)]));
    assert_eq!((found.before, found.after), (tokens(34), tokens(27)));

    // Without Ana, Ben could have had Revit as well: the tokens that she spent were his.
    let mut world = decided();
    let found = whole(&mut world.engine, &rules(&[forbidding("ana")]));
    let mut expected = ruled("no-ana", vec![row("ana", "revit", 3)]);
    expected.push((
        "ben".to_owned(),
        "revit".to_owned(),
        "bucket-exhausted",
        "tokens",
        String::new(),
        1,
    ));
    assert_eq!(changes(&found.answers), expected);
    assert_eq!((found.before, found.after), (tokens(17), tokens(17)));
}

#[test]
fn only_the_period_counts() {
    let mut world = reported();
    let forbidding = rules(&[forbidding("ana")]);
    let during = |from: i64, until: i64, world: &mut World| {
        let (from, until) = (T0.plus(from * MINUTE), T0.plus(until * MINUTE));
        let found = simulate(&mut world.engine, &forbidding, from, until).unwrap();
        (found.answers.asks, found.before, found.after)
    };
    assert_eq!(during(0, 60, &mut world), (0, Ticks::ZERO, Ticks::ZERO));
    assert_eq!(during(0, 61, &mut world), (1, tokens(7), Ticks::ZERO));
    assert_eq!(during(2_000, 4_000, &mut world), (2, tokens(7), tokens(7)));
    assert_eq!(during(10_000, 20_000, &mut world), (0, Ticks::ZERO, Ticks::ZERO));
}

/// Who used it on later days pays for it on earlier ones all the same.
#[test]
fn later_use_covers_nothing_of_the_period() {
    let mut world = reported_with(&[used("ana", REVIT, 9_000, 9_100)]);
    let today = todays(&world.engine);
    let found = simulate(&mut world.engine, &today, T0, T0.plus(DAY)).unwrap();
    assert_eq!(
        (found.before, found.after, found.happened.charged),
        (tokens(17), tokens(17), tokens(17))
    );
    let found =
        simulate(&mut world.engine, &rules(&[forbidding("ben")]), T0, T0.plus(DAY)).unwrap();
    assert_eq!((changes(&found.answers).len(), found.after), (0, tokens(17)));
}

/// Caps in force count in the period as they would have then, from nothing; as they hold in both runs, they change
/// nothing.
#[test]
fn caps_hold_in_a_simulation() {
    let mut world = reported();
    let cap = "[[cap]]\nkey = \"ten-a-day\"\nmeasure = \"tokens\"\nper = \"day\"\nlimit = 10\n";
    let document = bulk::read([("caps.toml", cap)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    let today = todays(&world.engine);
    let found = whole(&mut world.engine, &today);
    // Ana has spent 7 on AutoCAD when she asks for Revit; the window of her AutoCAD goes on.
    assert_eq!(changes(&found.answers), []);
    assert_eq!((found.before, found.after), (tokens(14), tokens(14)));
    assert_eq!((found.happened.otherwise, found.happened.charged), (1, tokens(34)));
    // Without the AutoCAD that she pays for first, the cap leaves room for Revit.
    let text =
        "@id(\"cad\") forbid (principal, action, resource == Product::\"autocad\");".to_owned();
    let no_autocad = PolicySet { name: "cad".to_owned(), mode: Mode::Enforce, text };
    let found = whole(&mut world.engine, &rules(&[no_autocad]));
    let revit =
        ("ana".to_owned(), "revit".to_owned(), "daily-cap-reached", "tokens", String::new(), 1);
    assert!(changes(&found.answers).contains(&revit), "{:?}", found.answers);
    assert_eq!((found.before, found.after), (tokens(14), tokens(20)));
}

#[test]
fn answers_of_today_are_compared_person_by_product() {
    let world = World::new(1_000);
    let shared = world.engine.state();
    let state = shared.read();
    let (old, new) = (Rules::of(&state), rules(&[forbidding("ben")]));
    assert_eq!(changes(&compare(&state, &old, &old, T0)), []);
    let found = compare(&state, &old, &new, T0);
    let (people, products) = (state.estate().people().len(), state.estate().products().len());
    assert_eq!(found.asks, (people * products) as u64);
    let lost = |(change, _): &(&faregate_app::simulate::Changed, &u64)| {
        change.before == Outcome::Through(Fare::Tokens)
            && change.after == Outcome::Refused(Reason::NotEligible)
            && change.person == "ben"
    };
    assert_eq!(found.changed.iter().filter(lost).count(), 2, "AutoCAD and Revit have a rate");
    assert!(found.changed.keys().all(|change| change.person == "ben"));
}

#[test]
fn a_planted_fault_is_caught() {
    // Rules that are not today's pass for them.
    for fault in [forbidding("ana"), forbidding("ben")] {
        let wrong = rules(&[fault]);
        let mut worlds = [(reported(), 5, 34), (decided(), 6, 17)];
        for (world, asks, spent) in &mut worlds {
            let world = std::panic::AssertUnwindSafe(world);
            let noticed = catch_unwind(|| {
                let world = world;
                check_todays_rules_change_nothing(world.0, &wrong, *asks, *spent);
            });
            assert!(noticed.is_err(), "{asks} asks");
        }
    }
}

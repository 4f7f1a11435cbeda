//! Orders about rules: policies that are adopted and retired, places that are reviewed.

use crate::given::{check, give, office, text};
use crate::world::*;
use faregate_app::orders::Order;
use faregate_core::estate::{Country, Evidence};
use faregate_core::event::{Ask, Circumstances, Event, Mode};

#[test]
fn policies_are_adopted_and_retired() {
    let adopt = |name: &str, mode: Mode, policies: &str| Order::AdoptPolicy {
        name: text(name),
        mode,
        text: text(policies),
    };
    let retire = |name: &str| Order::RetirePolicy { name: text(name) };
    let mild =
        "@id(\"mild\") forbid (principal in Group::\"x\", action in Action::\"open\", resource);";
    let shut = "@id(\"shut\") forbid (principal, action in Action::\"open\", resource);";
    let broken = "@id(\"b\") forbid (principal";
    check(
        &mut office(),
        &[
            (
                "root",
                adopt("a b", Mode::Enforce, mild),
                "invalid bad-name: `a b` is no name for a set of policies",
            ),
            (
                "root",
                adopt("", Mode::Enforce, mild),
                "invalid bad-name: `` is no name for a set of policies",
            ),
            (
                "root",
                adopt("x", Mode::Monitor, broken),
                "invalid invalid-policies: x:1:27: unexpected end of input",
            ),
            ("root", retire("x"), "unknown unknown: there is no policies `x`"),
            (
                "ana",
                adopt("x", Mode::Monitor, mild),
                "forbidden not-yours: only an administrator or a licence manager may do this",
            ),
            (
                "ana",
                retire("base"),
                "forbidden not-yours: only an administrator or a licence manager may do this",
            ),
        ],
    );
    let mut world = office();
    let watched = give(&mut world, "root", &adopt("mild", Mode::Monitor, mild)).unwrap();
    assert_eq!(watched.said, ["policies `mild` are watched, and turn nobody away, from now on"]);
    let held = give(&mut world, "root", &adopt("mild", Mode::Enforce, mild)).unwrap();
    assert_eq!(held.said, ["policies `mild` hold from now on"]);
    let everyone = give(&mut world, "root", &adopt("shut", Mode::Monitor, shut)).unwrap();
    let warning = "shut:1: `shut` refuses everyone: it forbids without a condition\n  help: say whom, what or when it is about";
    assert_eq!(everyone.warnings, [warning]);
    let gone = give(&mut world, "root", &retire("shut")).unwrap();
    assert_eq!(gone.said, ["policies `shut` hold no longer"]);
    assert_eq!(world.engine.state().read().policies().len(), 2);
}

#[test]
fn only_a_breach_is_reviewed() {
    let desk = office().start();
    let evidence = Evidence { country: Country::new("IN"), ..Evidence::default() };
    let mut request = request("k", "ana", "revit");
    request.ask =
        Ask { more: Circumstances { evidence, ..Circumstances::default() }, ..request.ask };
    let decision = desk.open_many(vec![request]).unwrap().remove(0).seq;
    let mut world = desk.stop();
    let review = |decision: u64, accepted: bool| Order::ReviewBreach {
        decision,
        accepted,
        why: text("a visit"),
    };
    let none = "unknown no-breach: decision 1 let nothing through outside of its territory";
    check(
        &mut world,
        &[
            ("root", review(decision, true), &format!("decision {decision} was accepted")),
            ("root", review(decision, false), &format!("decision {decision} was rejected")),
            ("root", review(1, true), none),
            (
                "root",
                review(9_999, true),
                "unknown no-breach: decision 9999 let nothing through outside of its territory",
            ),
            (
                "ana",
                review(decision, true),
                "forbidden not-yours: only an administrator or a licence manager may do this",
            ),
        ],
    );
}

/// What changed is in the directory: the journal says who did it, and nothing else.
#[test]
fn a_run_of_a_directory_plan_is_noted_as_an_order_alone() {
    let mut world = office();
    let note = |plan: &str| Order::NoteDirectoryRun { plan: text(plan), said: text("begins") };
    let plan = "0123456789abcdef".repeat(4);
    let before = world.store.told().entries.len();
    let done = give(&mut world, "root", &note(&plan)).unwrap();
    let entries = world.store.told().entries;
    let what = format!("directory plan {plan}: begins");
    let new: Vec<_> = entries[before..].iter().map(|entry| (entry.seq, &entry.event)).collect();
    assert_eq!(new, [(done.seq, &Event::Ordered { by: text("root"), what })]);
    let (short, high, other) = (&plan[1..], plan.to_uppercase(), plan.replace('0', "g"));
    let no_digest = |plan: &str| format!("invalid bad-digest: `{plan}` is no digest");
    check(
        &mut world,
        &[
            ("root", note(short), &no_digest(short)),
            ("root", note(&high), &no_digest(&high)),
            ("root", note(&other), &no_digest(&other)),
            (
                "ana",
                note(&plan),
                "forbidden not-yours: only an administrator or a licence manager may do this",
            ),
        ],
    );
}

//! On which fare somebody gets through: tables of what stands in the way of which.

use super::*;
use crate::access::{Forbidden, Policy, Question, Verdict};
use crate::estate::Standing;
use crate::estate::{AliasTerm, Offering, OfferingId, Seat};
use crate::event::PersonSet;
use crate::state::tests::T0;

/// Seat 0 is Anna's for Civil 3D, 1 is free for Civil 3D, 2 a free Collection of Civil 3D, Revit and `unrated`.
fn seats() -> World {
    let mut world = World::new();
    let covers = ["civil-3d", "revit", "unrated"].map(str::to_owned).to_vec();
    let collection = Offering { key: "collection".to_owned(), name: String::new(), covers };
    world.must(Event::OfferingsDefined(vec![collection]));
    let free = |offering| Seat {
        offering: OfferingId(offering),
        person: None,
        from: T0,
        until: T0.plus(90 * DAY),
    };
    world.must(Event::SeatsAdded(vec![free(0), free(1)]));
    world
}

/// Forbids these fares to everybody.
struct Forbids(&'static [(Fare, Reason, bool)]);

impl Policy for Forbids {
    fn judge(&self, _: &State, question: &Question<'_>) -> Verdict {
        let rule = self.0.iter().position(|(fare, ..)| *fare == question.fare);
        let Some((_, reason, is_final)) = rule.map(|rule| self.0[rule]) else {
            return Verdict::Permit;
        };
        let rule = rule.and_then(|rule| u32::try_from(rule).ok());
        Verdict::Forbid(Forbidden { reason, rule, is_final })
    }

    fn rule_name(&self, rule: u32) -> Option<&str> {
        ["first", "second"].get(usize::try_from(rule).unwrap()).copied()
    }
}

fn check_rules(rules: &'static [(Fare, Reason, bool)], name: &str, script: &str) -> World {
    let enforced = Forbids(rules);
    check_under(Policies { enforced: &enforced, on_trial: None }, seats(), name, script)
}

#[test]
fn the_cheapest_fare_comes_first() {
    check_in(
        seats(),
        "no seat is given to anybody at launch unless the contract says so",
        "0:00 open anna civil-3d => seat 0
         0:00 open ben civil-3d => 9 of bucket 1 from 0:00
         0:00 open ben unrated => not-on-tariff",
    );
    check_in(
        seats(),
        "an open window goes before a free seat, a free seat before tokens",
        "0:00 open ben civil-3d => 9 of bucket 1 from 0:00
         0:10 alive 1 => posted
         1:00 terms moves=5 => ok
         1:00 open ben civil-3d => 0 of bucket 1 from 0:00
         1:00 open anna civil-3d => seat 0
         1:00 open cleo civil-3d => free seat 1
         1:01 open cleo civil-3d => seat 1
         2:00 open cleo revit => free seat 2
         2:00 open cleo unrated => seat 2
         2:00 open ben unrated => no-free-seat
         2:00 open ben revit => 10 of bucket 1 from 2:00
         25:00 open ben civil-3d => 9 of bucket 1 from 25:00",
    );
    check_in(
        seats(),
        "a hold counts as an open window",
        "0:00 open ben civil-3d => 9 of bucket 1 from 0:00
         0:01 terms moves=5 => ok
         0:02 open ben civil-3d => 0 of bucket 1 from 0:00",
    );
}

#[test]
fn a_seat_moves_so_often_a_day() {
    check_in(
        seats(),
        "twice",
        "0:00 terms moves=2 => ok
         0:00 open ben unrated => free seat 2
         0:01 open cleo unrated => no-free-seat
         1:00 close 1 => closed
         1:00 seat 2 to nobody => ok
         2:00 open cleo unrated => free seat 2
         3:00 close 2 => closed
         3:00 seat 2 to nobody => ok
         3:01 open ben unrated => no-free-seat
         23:59 open ben unrated => no-free-seat
         24:00 open ben unrated => free seat 2",
    );
    check_in(
        seats(),
        "moves that somebody ordered count, setting free does not",
        "0:00 terms moves=1 => ok
         0:00 seat 2 to ben => ok
         0:00 seat 2 to cleo => seat 2 cannot be given to anybody now
         1:00 seat 2 to nobody => ok
         2:00 open cleo unrated => no-free-seat
         24:00 open cleo unrated => free seat 2
         2160:00 seat 2 to nobody => seat 2 cannot be given to anybody now",
    );
    check_in(
        seats(),
        "nobody gets a seat that its last holder still uses",
        "0:00 terms moves=9 => ok
         0:00 open ben unrated => free seat 2
         1:00 seat 2 to nobody => ok
         1:01 open cleo unrated => no-free-seat
         1:02 close 1 => closed
         1:03 open cleo unrated => free seat 2",
    );
}

#[test]
fn who_asks_for_one_fare_gets_no_other_unless_a_policy_sends_them_on() {
    check_in(
        seats(),
        "asked for",
        "0:00 open ben civil-3d fare=free-seat => no-free-seat
         0:00 terms moves=9 => ok
         0:00 open ben civil-3d fare=free-seat => free seat 1
         0:00 open cleo revit fare=tokens => 10 of bucket 0 from 0:00
         0:00 open cleo unrated fare=tokens => not-on-tariff
         0:00 open cleo daily fare=free-seat => no-free-seat
         0:00 open cleo civil-3d fare=seat => free seat 2
         0:00 open anna civil-3d fare=tokens => seat 0
         0:00 open anna civil-3d fare=seat => seat 0",
    );
    check_rules(
        &[(Fare::FreeSeat, Reason::NotEligible, false)],
        "sent on to tokens",
        "0:00 terms moves=9 => ok
         0:00 open ben revit fare=free-seat => 10 of bucket 1 from 0:00
         0:00 open ben unrated fare=free-seat => not-on-tariff",
    );
    check_rules(
        &[(Fare::FreeSeat, Reason::NotEligible, true)],
        "refused for good",
        "0:00 terms moves=9 => ok
         0:00 open ben revit fare=free-seat => not-eligible",
    );
    check_rules(
        &[(Fare::Tokens, Reason::NoFreeSeat, false)],
        "sent on to a seat",
        "0:00 terms moves=9 => ok
         0:00 open ben civil-3d fare=tokens => free seat 1",
    );
}

/// F10: a Civil 3D launch costs 9 tokens.
#[test]
fn tokens_come_first_while_they_are_worth_less_than_a_move() {
    check_in(
        seats(),
        "shadow price",
        "0:00 terms moves=9 cents=900 => ok
         0:00 worth 99 => ok
         0:00 open ben civil-3d => 9 of bucket 1 from 0:00
         0:00 worth 100 => ok
         0:01 open cleo civil-3d => free seat 1
         0:01 worth 1 => ok
         0:02 open cleo unrated => free seat 2
         0:03 open ben revit => 10 of bucket 1 from 0:03",
    );
    check_in(
        seats(),
        "nobody reckoned what a token is worth",
        "0:00 terms moves=9 cents=900 => ok
         0:00 open ben civil-3d => free seat 1",
    );
    let mut below = seats();
    let terms = BucketTerms { parent: Some(BucketId(1)), ..BucketTerms::default() };
    below.must(Event::BucketsSet(vec![BucketSet { key: "lab".into(), name: "lab".into(), terms }]));
    check_in(
        below,
        "cheap tokens that are not there lead to the seat",
        "0:00 terms moves=9 cents=900 => ok
         0:00 worth 1 => ok
         0:00 open ben civil-3d lab => free seat 1",
    );
}

#[test]
fn a_seat_is_used_on_so_many_workstations() {
    check_in(
        seats(),
        "one",
        "0:00 terms hosts=1 => ok
         0:00 open anna civil-3d host=a => seat 0
         0:01 open anna civil-3d host=a => seat 0
         0:02 open anna civil-3d host=b => seat-held-elsewhere
         0:03 close 1 => closed
         0:03 open anna civil-3d host=b => seat-held-elsewhere
         0:04 close 2 => closed
         0:04 open anna civil-3d host=b => seat 0",
    );
    check_in(
        seats(),
        "another seat of hers will do",
        "0:00 terms hosts=1 => ok
         0:00 seat 2 to anna => ok
         0:00 open anna civil-3d host=a => seat 0
         0:01 open anna civil-3d host=b => seat 2
         0:02 open anna civil-3d host=c => seat-held-elsewhere",
    );
    check_in(
        seats(),
        "two",
        "0:00 terms hosts=2 => ok
         0:00 open anna civil-3d host=a => seat 0
         0:01 open anna civil-3d host=b => seat 0
         0:02 open anna civil-3d host=c => seat-held-elsewhere",
    );
}

#[test]
fn policies_send_people_on_or_away() {
    check_rules(
        &[(Fare::Tokens, Reason::NoFreeSeat, false)],
        "only on a seat",
        "0:00 open ben civil-3d => no-free-seat
         0:00 terms moves=9 => ok
         0:00 open ben civil-3d => free seat 1",
    );
    check_rules(
        &[(Fare::FreeSeat, Reason::NotEligible, false)],
        "on to tokens",
        "0:00 terms moves=9 => ok
         0:00 open ben civil-3d => 9 of bucket 1 from 0:00
         0:00 open ben unrated => not-on-tariff",
    );
    check_rules(
        &[(Fare::FreeSeat, Reason::NotEligible, true)],
        "away at once",
        "0:00 open ben civil-3d => 9 of bucket 1 from 0:00
         0:00 terms moves=9 => ok
         0:00 open cleo civil-3d => not-eligible",
    );
    // What stood between the person and the fare that came nearest: the last in order of precedence.
    check_rules(
        &[
            (Fare::FreeSeat, Reason::NotEligible, false),
            (Fare::Tokens, Reason::OutsideSchedule, false),
        ],
        "both",
        "0:00 terms moves=9 => ok
         0:00 open ben civil-3d => outside-schedule
         0:00 worth 1 => ok
         0:00 terms cents=900 => ok
         0:00 open ben civil-3d => outside-schedule",
    );
}

#[test]
fn a_refusal_names_the_rule_that_made_it() {
    let mut world = seats();
    let rules = Forbids(&[
        (Fare::Seat, Reason::NotEligible, false),
        (Fare::Tokens, Reason::RegionNotAllowed, false),
    ]);
    let policies = Policies { enforced: &rules, on_trial: None };
    for (person, reason, rule) in
        [("anna", Reason::NotEligible, "first"), ("ben", Reason::RegionNotAllowed, "second")]
    {
        let event = world.open_under(policies, &asked(person, "civil-3d", &[]));
        let Event::Refused(refused) = event else { panic!("{event:?}") };
        assert_eq!((refused.reason, refused.basis.rule.as_deref()), (reason, Some(rule)));
        assert_eq!((refused.basis.rules, refused.basis.trial), (0, None));
    }
}

/// Nobody pays twice: whoever holds a covering seat goes on that or not at all.
#[test]
fn who_holds_a_seat_never_gets_tokens() {
    check_rules(
        &[(Fare::Seat, Reason::OutsideSchedule, false)],
        "when a policy forbids the seat",
        "0:00 terms moves=9 => ok
         0:00 open anna civil-3d => outside-schedule
         0:00 open anna civil-3d fare=tokens => outside-schedule
         0:00 open anna civil-3d fare=free-seat => outside-schedule
         0:00 open anna revit => free seat 2",
    );
    check_in(
        seats(),
        "a Collection covers what is in it",
        "0:00 seat 2 to ben => ok
         0:00 open ben revit => seat 2
         0:00 open ben civil-3d => seat 2
         0:00 open ben unrated => seat 2
         0:00 open ben daily => 4 of bucket 1 from 0:00
         1:00 seat 2 to nobody => ok
         1:00 open ben revit => 10 of bucket 1 from 1:00",
    );
    check_in(
        seats(),
        "a seat ends with its term",
        "0:00 seat 2 to ben => ok
         2159:59 open ben revit => seat 2
         2160:00 open ben revit => 10 of bucket 1 from 2160:00",
    );
}

#[test]
fn a_seat_that_comes_while_tokens_run_stops_further_units() {
    check_in(
        seats(),
        "from the next unit on",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         20:00 seat 2 to ben => ok
         32:55 alive 1 => nothing
         34:00 alive 1 => nothing
         57:10 alive 1 => nothing
         60:00 close 1 => closed
         60:00 left 1 => 30 and 0 held",
    );
    check_in(
        seats(),
        "and tokens go on when it is gone, not from before",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         20:00 seat 2 to ben => ok
         32:55 alive 1 => nothing
         33:10 alive 1 => nothing
         40:00 alive 1 => nothing
         40:05 seat 2 to nobody => ok
         40:05 due 1 => 40:05
         40:10 alive 1 => 10 paid from 40:05
         40:10 due 1 => 64:05",
    );
    check_in(
        seats(),
        "what was idle before the seat came is not charged after it",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:05 alive 1 => posted
         34:00 seat 2 to ben => ok
         35:00 alive 1 => nothing
         35:10 alive 1 => nothing
         36:00 seat 2 to nobody => ok
         37:00 alive 1 => 10 paid from 37:00",
    );
    check_in(
        seats(),
        "a unit that was begun before is paid",
        "9:00 open ben revit => 10 of bucket 1 from 9:00
         9:01 seat 2 to ben => ok
         9:02 open ben revit => seat 2
         9:05 alive 1 => posted
         9:06 close 1 => closed",
    );
}

#[test]
fn somebody_whose_contract_ended_opens_nothing() {
    let mut world = seats();
    let standing =
        Standing { contractor: true, until: Some(T0.plus(3_600)), ..Standing::default() };
    let (key, name) = ("cleo".to_owned(), "Cleo".to_owned());
    let bucket = BucketId(1);
    world.must(Event::PeopleSet(vec![PersonSet { key, name, bucket, standing }]));
    check_in(
        world,
        "until",
        "0:00 seat 2 to cleo => ok
         0:00 open cleo daily => 4 of bucket 1 from 0:00
         0:59 open cleo revit => seat 2
         1:00 open cleo revit => access-ended
         1:00 open cleo daily => access-ended
         1:00 alive 1 => posted
         26:00 alive 1 => 4 paid from 26:00",
    );
}

#[test]
fn one_name_belongs_to_two_people_in_different_years() {
    let mut world = seats();
    let term = |person, from: i64, until: i64| AliasTerm {
        alias: "Studio-7".to_owned(),
        person: PersonId(person),
        from: T0.plus(from * DAY),
        until: T0.plus(until * DAY),
    };
    world.must(Event::AliasesSet(vec![term(0, 0, 1), term(1, 1, 365)]));
    let clash = world.happen(&Event::AliasesSet(vec![term(2, 364, 400)]));
    assert_eq!(clash, Err(crate::state::Broken::Alias(PersonId(1))));
    check_in(
        world,
        "dated",
        "0:00 open studio-7 civil-3d => seat 0
         23:59 open STUDIO-7 civil-3d => seat 0
         24:00 open studio-7 civil-3d => 9 of bucket 1 from 24:00
         24:00 open ben civil-3d => 0 of bucket 1 from 24:00
         8759:59 open studio-7 daily => 4 of bucket 1 from 8759:59
         8760:00 open studio-7 daily => person-unknown",
    );
}

#[test]
fn rules_on_trial_are_watched_and_decide_nothing() {
    let on_trial = Forbids(&[(Fare::Tokens, Reason::NotEligible, false)]);
    let policies = Policies { enforced: &crate::access::Open, on_trial: Some(&on_trial) };
    let mut world = seats();
    let mut tried = |person: &str, product: &str| {
        let event = world.open_under(policies, &asked(person, product, &[]));
        let text = said(&event);
        match event {
            Event::Opened(opened) => (text, opened.basis.trial),
            Event::Refused(refused) => (text, refused.basis.trial),
            _ => unreachable!(),
        }
    };
    let refuses = Trial::Refuses(Reason::NotEligible, Some("first".to_owned()));
    let rows = [
        ("ben", "revit", "10 of bucket 1 from 0:00", Some(refuses.clone())),
        ("anna", "civil-3d", "seat 0", None),
        ("ben", "unrated", "not-on-tariff", Some(refuses)),
        ("nobody", "revit", "person-unknown", None),
    ];
    for (person, product, text, trial) in rows {
        assert_eq!(tried(person, product), (text.to_owned(), trial), "{person} {product}");
    }
    let enforced = Forbids(&[(Fare::Tokens, Reason::NotEligible, false)]);
    let policies = Policies { enforced: &enforced, on_trial: Some(&crate::access::Open) };
    let event = world.open_under(policies, &asked("cleo", "revit", &[]));
    let Event::Refused(refused) = event else { panic!("{event:?}") };
    assert_eq!(refused.basis.trial, Some(Trial::Opens(Fare::Tokens)));
}

#[test]
fn part_of_an_ending_pack_lives_on_once() {
    let mut world = World::new();
    world.buy("short", 700, 0, 10);
    check_in(
        world,
        "carry",
        "0:00 terms carry=10 => ok
         239:59 expire => nothing
         240:00 expire => pack 1: 70 carried, pack 1: 630 + 0/0/0
         240:00 expire => nothing
         960:00 expire => pack 2: 70 + 0/0/0",
    );
    let mut world = World::new();
    world.buy("short", 700, 0, 10);
    check_in(
        world,
        "more than all of it is all of it",
        "0:00 terms carry=101 => ok
         240:00 expire => pack 1: 700 carried",
    );
}

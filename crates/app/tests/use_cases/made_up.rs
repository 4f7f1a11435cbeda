//! Contracts made up by chance, with and without tokens, seats, caps and groups, over logs that were taken in and a
//! gate that was asked: what is tried of rules is held against them.

use crate::paper::*;
use crate::simulate::forbidding;
use crate::stores::Shared;
use crate::world::*;
use faregate_app::bulk;
use faregate_app::rules::{BASE, Rules, proposed, shipped_set};
use faregate_app::simulate::{Answers, Changed, Outcome, Simulation, compare, simulate};
use faregate_core::amount::Ticks;
use faregate_core::estate::Offering;
use faregate_core::event::{Ask, Event, Fare, Mode, PolicySet, SessionId};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::{DAY, Instant};
use proptest::prelude::*;

const PEOPLE: [&str; 6] = ["ana", "ben", "eve", "dan", "sam", "zoe"];

/// Ana, Ben and Eve are in groups, Eve has a seat and Vic is like her but for that; Dan is a contractor, Sam leaves, and
/// nobody knows Zoe.
const ESTATE: &str = r#"
[[group]]
key = "everybody"
[[group]]
key = "subscription-group"
dimension = "fare"
parents = ["everybody"]
[[group]]
key = "token-group"
dimension = "fare"
[[bucket]]
key = "north"
parent = "general"
[[person]]
key = "ana"
groups = ["subscription-group"]
[[person]]
key = "ben"
groups = ["token-group"]
[[person]]
key = "eve"
bucket = "north"
groups = ["subscription-group"]
[[person]]
key = "vic"
bucket = "north"
groups = ["subscription-group"]
[[person]]
key = "dan"
contractor = true
aliases = ["Dan@acme"]
[[person]]
key = "sam"
until = 2026-06-02
[[person]]
key = "tom"
[[person]]
key = "una"
groups = ["everybody"]
[[seat]]
offering = "aec"
person = "eve"
from = 2026-01-01
until = 2027-01-01
[[seat]]
offering = "aec"
from = 2026-01-01
until = 2027-01-01
"#;
const CAP: &str =
    "[[cap]]\nkey = \"ten\"\nmeasure = \"tokens\"\nper = \"day\"\neach = \"person\"\nlimit = 10\n";

#[derive(Clone, Debug)]
pub(crate) struct Made {
    tokens: i64,
    pub(crate) meter: Meter,
    has_cap: bool,
    seat_moves: u32,
    uses: Vec<Used>,
    /// Whom the gate is asked for, what, after how many minutes, and for how long.
    asks: Vec<(&'static str, &'static str, i64, i64)>,
    rules: Vec<PolicySet>,
}

pub(crate) fn made() -> impl Strategy<Value = Made> {
    let meters = vec![Meter::Window24h, Meter::CalendarDay, Meter::StartedHour];
    let who = || prop::sample::select(PEOPLE.to_vec());
    let features = prop::sample::select(vec![AUTOCAD, REVIT]);
    let one = (who(), features, 0..600_i64, 0..200_i64, prop::bool::weighted(0.9));
    let uses = prop::collection::vec(one, 0..12).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        let used = numbered.map(|(number, (user, feature, start, length, ends))| Used {
            host: format!("WS-{number}"),
            ..used(user, feature, start * 10, ends.then_some((start + length) * 10))
        });
        used.collect()
    });
    let products = prop::sample::select(vec!["autocad", "revit", "paint"]);
    let asks = prop::collection::vec((who(), products, 0..900_i64, 0..2_000_i64), 0..10);
    (
        prop::sample::select(vec![0_i64, 0, 15, 60, 100_000]),
        prop::sample::select(meters),
        any::<bool>(),
        0..3_u32,
        uses,
        asks,
        sets(),
    )
        .prop_map(|(tokens, meter, has_cap, seat_moves, uses, asks, rules)| Made {
            tokens,
            meter,
            has_cap,
            seat_moves,
            uses,
            asks,
            rules,
        })
}

/// Some of the sets that are worth a look, in force.
fn sets() -> impl Strategy<Value = Vec<PolicySet>> {
    let forbid = |name: &str, scope: &str, when: &str| {
        let text = format!("@id(\"{name}\") forbid ({scope}) when {{ {when} }};");
        PolicySet { name: name.to_owned(), mode: Mode::Enforce, text }
    };
    let all = "principal, action, resource";
    let tokens = "principal, action == Action::\"open-on-tokens\", resource";
    let seats = "principal, action == Action::\"open-on-seat\", resource";
    let free_seats = "principal, action == Action::\"take-free-seat\", resource";
    let sets = vec![
        shipped_set("subscription-and-token-groups").unwrap(),
        shipped_set("subscription-and-token-groups-strict").unwrap(),
        forbidding("ana"),
        forbidding("una"),
        forbid("above", all, "principal in Group::\"everybody\""),
        forbid("contractors", tokens, "principal.contractor"),
        forbid("leaving", all, "principal has until"),
        forbid("north", tokens, "principal.bucket == Bucket::\"north\""),
        forbid("seats", seats, "true"),
        forbid("free-seats", free_seats, "true"),
        forbid("revit", all, "resource == Product::\"revit\""),
    ];
    let some = prop::sample::subsequence(sets, 0..4);
    let with_base = (some, prop::bool::weighted(0.9)).prop_map(|(mut some, has_base)| {
        some.extend(shipped_set(BASE).filter(|_| has_base));
        some
    });
    with_base.no_shrink()
}

impl Made {
    pub(crate) fn world(&self) -> World {
        let mut world = World::over(Shared::default(), self.meter, self.tokens);
        let covers = vec!["autocad".to_owned()];
        let aec = Offering { key: "aec".to_owned(), name: "AEC".to_owned(), covers };
        world.engine.append(vec![Event::OfferingsDefined(vec![aec])]).unwrap();
        let moves = format!("[terms]\nseat_moves_a_day = {}\n", self.seat_moves);
        let cap = if self.has_cap { CAP } else { "" };
        let text = format!("{ESTATE}{cap}{moves}");
        let document = bulk::read([("estate.toml", text.as_str())].into_iter()).unwrap();
        bulk::import(&mut world.engine, "root", &document).unwrap();
        let retired = Event::PolicyRetired(BASE.to_owned());
        let adopted = self.rules.iter().cloned().map(Event::PolicyAdopted);
        world.engine.append(std::iter::once(retired).chain(adopted).collect()).unwrap();
        world = self.lived(world);
        world.clock.set(T0.plus(60 * DAY));
        if !self.uses.is_empty() {
            import_all(&mut world.engine, &[&log(&self.uses)]);
        }
        world
    }

    /// The gate was asked, one after the other.
    fn lived(&self, world: World) -> World {
        let desk = world.start();
        let mut minute = 0;
        for (number, (person, product, pause, length)) in self.asks.iter().enumerate() {
            minute += pause;
            desk.clock.set(T0.plus(minute * MINUTE));
            let decision = desk.open(&number.to_string(), person, product).unwrap();
            if is_opened(&decision) {
                minute += length;
                let id = SessionId(decision.seq);
                desk.beat(id, T0.plus(minute * MINUTE), true);
                // It may have ended by itself meanwhile.
                drop(desk.close(id));
            }
        }
        desk.stop()
    }
}

fn held(state: &State) -> Vec<PolicySet> {
    state.policies().values().cloned().collect()
}

/// A simulation of no change finds none, whether nothing is proposed or what is in force.
fn check_no_change(found: &Simulation) -> Result<(), String> {
    let same = found.answers.changed.is_empty() && found.before == found.after;
    if same { Ok(()) } else { Err(format!("{found:?}")) }
}

/// What a simulation would report whose baseline is what happened.
fn with_the_past_for_baseline(found: &Simulation) -> Simulation {
    let Simulation { mut answers, after, happened, .. } = found.clone();
    let (before, after_one) = (Outcome::Through(Fare::Tokens), Outcome::Through(Fare::Seat));
    let changed = Changed {
        person: "somebody".to_owned(),
        product: "something".to_owned(),
        before,
        after: after_one,
        rule: None,
    };
    answers.changed.extend((happened.otherwise > 0).then_some((changed, happened.otherwise)));
    Simulation { answers, before: happened.charged, after, happened }
}

/// Person by product through the gate: what `compare` must find, however it goes about it.
fn one_by_one(state: &State, old: &Rules, new: &Rules, now: Instant) -> Answers {
    let mut found = Answers::default();
    let outcome = |event: &Event| match event {
        Event::Opened(opened) => Outcome::Through(opened.route.fare()),
        Event::Refused(refused) => Outcome::Refused(refused.reason),
        other => panic!("{other:?}"),
    };
    for person in state.estate().people() {
        for product in state.estate().products() {
            let (person, product) = (person.key.clone(), product.key.clone());
            let ask = Ask { person, product, ..Ask::default() };
            let [before, after] =
                [old, new].map(|rules| gate::open(state, rules.policies(), &ask, now));
            found.asks += 1;
            let (was, will) = (outcome(&before), outcome(&after));
            let rule = match after {
                Event::Refused(refused) => refused.basis.rule,
                _ => None,
            };
            if was != will {
                let Ask { person, product, .. } = ask;
                let changed = Changed { person, product, before: was, after: will, rule };
                *found.changed.entry(changed).or_default() += 1;
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_is_no_change(made in made(), from in 0..10_i64, days in 1..12_i64) {
        let World { mut engine, .. } = made.world();
        let same = {
            let shared = engine.state();
            let state = shared.read();
            [proposed(&state, vec![], &[]).unwrap(), proposed(&state, held(&state), &[]).unwrap()]
        };
        let parts = [(T0.plus(-DAY), T0.plus(90 * DAY)), (T0.plus(from * DAY), T0.plus((from + days) * DAY))];
        for (from, until) in parts {
            for rules in &same {
                let found = simulate(&mut engine, rules, from, until).unwrap();
                prop_assert_eq!(check_no_change(&found), Ok(()));
            }
        }
    }

    #[test]
    fn answers_are_those_of_the_gate(made in made(), tried in sets(), day in 0..8_i64) {
        let World { engine, .. } = made.world();
        let shared = engine.state();
        let state = shared.read();
        let (old, new) = (Rules::of(&state), Rules::from_sets(&tried).unwrap());
        for now in [T0.plus(day * DAY), T0.plus(60 * DAY)] {
            prop_assert_eq!(compare(&state, &old, &new, now), one_by_one(&state, &old, &new, now));
        }
    }
}

/// A log in a store without tokens: every ask was let through then, and none would be on these budgets.
#[test]
fn a_baseline_of_what_happened_is_caught() {
    let made = Made {
        tokens: 0,
        meter: Meter::Window24h,
        has_cap: false,
        seat_moves: 0,
        uses: vec![used("ana", AUTOCAD, 60, 120), used("ben", REVIT, 90, 400)],
        asks: Vec::new(),
        rules: shipped_set(BASE).into_iter().collect(),
    };
    let World { mut engine, .. } = made.world();
    let today = Rules::of(&engine.state().read());
    let found = simulate(&mut engine, &today, T0, T0.plus(9 * DAY)).unwrap();
    assert_eq!(check_no_change(&found), Ok(()));
    assert_eq!((found.before, found.happened.charged), (Ticks::ZERO, tokens(17)));
    assert_eq!((found.answers.asks, found.happened.otherwise), (2, 2));
    let told = found.departure().unwrap();
    assert!(
        told.contains("2 of these asks ended otherwise") && told.contains("17 tokens"),
        "{told}"
    );
    assert!(check_no_change(&with_the_past_for_baseline(&found)).is_err());
}

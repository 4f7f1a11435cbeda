//! Plans of moves: drawn from use, approved by somebody else, carried out, taken back, and held against what came.

use crate::paper::*;
use crate::world::*;
use faregate_app::bulk;
use faregate_app::orders::{Done, NotDone, Order, OrderRefusal, Orderer, carry_out};
use faregate_app::planning::offered::Offered;
use faregate_app::planning::pool::{Drawing, size};
use faregate_app::planning::{Study, Terms, Verified, hold_against, mix, renew, study};
use faregate_core::amount::{Currency, Money};
use faregate_core::estate::{Offering, SeatId};
use faregate_core::event::Event;
use faregate_core::invariants::violations;
use faregate_core::moves::{MoveKind, MoveStep, PlanId, PlanStatus};
use faregate_core::tariff::{Meter, SeatPrice, TariffParts};
use faregate_core::when::DAY;

/// Days of use before the plan is drawn.
const KNOWN: i64 = 364;
const ESTATE: &str = r#"
[[person]]
key = "heavy"
[[person]]
key = "light"
[[person]]
key = "idle"
[[person]]
key = "gone"
until = 2026-08-01
[[person]]
key = "dan"
contractor = true
[[person]]
key = "kept"
[[seat]]
offering = "revit"
person = "idle"
from = 2026-01-01
until = 2029-01-01
[[seat]]
offering = "revit"
person = "gone"
from = 2026-01-01
until = 2029-01-01
"#;

/// Uses of Revit from nine to twelve on one in `every` of the working days from `first` on.
fn workdays(person: &str, every: i64, (first, end): (i64, i64)) -> Vec<Used> {
    let days = (first..end).filter(|day| day % 7 < 5 && day % every == 0);
    days.map(|day| used(person, REVIT, day * 1_440 + 540, day * 1_440 + 720)).collect()
}

fn everybody(span: (i64, i64)) -> Vec<Used> {
    let mut uses = Vec::new();
    for (person, every) in
        [("heavy", 1), ("dan", 1), ("kept", 1), ("light", 9), ("ana", 3), ("ben", 6)]
    {
        uses.extend(workdays(person, every, span));
    }
    uses.extend(workdays("idle", 1, (0, 3)));
    uses.sort_by_key(|one| one.opened);
    uses
}

/// An offering, and what a seat of it costs in a year.
fn offered(key: &str, covers: &[&str], dollars: i64) -> (Offering, SeatPrice) {
    let covers: Vec<String> = covers.iter().map(|key| (*key).to_owned()).collect();
    let price = SeatPrice {
        offering: key.to_owned(),
        name: key.to_owned(),
        per_year: Money { micros: dollars * 1_000_000, currency: Currency::USD },
        covers: covers.clone(),
        source: "test".to_owned(),
    };
    (Offering { key: key.to_owned(), name: key.to_owned(), covers }, price)
}

/// A company whose best user of Revit is on tokens, while two seats are idle.
fn company(days: i64) -> World {
    company_of(days, ESTATE)
}

fn company_of(days: i64, estate: &str) -> World {
    let mut world = World::new(1_000_000);
    let all = [offered("revit", &["revit"], 2_910), offered("aec", &["revit", "autocad"], 3_560)];
    let (offerings, seats) = all.into_iter().unzip();
    let priced = TariffParts { seats, ..tariff(Meter::Window24h) };
    let events = vec![Event::OfferingsDefined(offerings), Event::TariffAdopted(priced)];
    world.engine.append(events).unwrap();
    let document = bulk::read([("estate.toml", estate)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    world.clock.set(T0.plus(days * DAY));
    import_all(&mut world.engine, &[&log(&everybody((0, days)))]);
    world
}

fn studied(world: &mut World, keep: &[&str]) -> Study {
    let keep: Vec<String> = keep.iter().map(|name| (*name).to_owned()).collect();
    study(&mut world.engine, &Terms::default(), &keep).unwrap()
}

fn give(world: &mut World, by: &str, order: &Order) -> Result<Done, OrderRefusal> {
    match carry_out(&mut world.engine, &Orderer::new(by, true), order, false) {
        Ok(done) => Ok(done),
        Err(NotDone::Refused(refusal)) => Err(refusal),
        Err(NotDone::Failed(failure)) => panic!("{failure}"),
    }
}

/// Draws a plan as Ana; nobody called `kept` moves.
fn drawn(world: &mut World) -> PlanId {
    let found = studied(world, &["kept"]);
    let plan = found.draw(&world.engine.state().read(), &Terms::default(), "Autumn", "ana").plan;
    PlanId(give(world, "ana", &Order::DrawPlan(Box::new(plan))).unwrap().seq)
}

fn judged(plan: PlanId, approved: bool) -> Order {
    Order::JudgePlan { plan, approved, why: "as agreed".to_owned() }
}

fn stepped(plan: PlanId, moves: Option<&[u32]>, step: MoveStep) -> Order {
    Order::StepPlan { plan, moves: moves.map(<[u32]>::to_vec), step }
}

fn holder(world: &World, seat: u32) -> Option<String> {
    let shared = world.engine.state();
    let state = shared.read();
    let holder = state.estate().holder(SeatId(seat), state.at())?;
    state.estate().person(holder).map(|person| person.key.clone())
}

/// Who moves, and what becomes of them.
fn moves(world: &World, plan: PlanId) -> Vec<(String, MoveKind)> {
    let shared = world.engine.state();
    let state = shared.read();
    let record = &state.move_plans()[&plan];
    let name = |id| state.estate().person(id).unwrap().key.clone();
    let mut moves: Vec<_> =
        record.plan.moves.iter().map(|one| (name(one.person), one.kind)).collect();
    moves.sort();
    moves
}

#[test]
fn the_best_user_gets_the_seat_that_nobody_uses() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    let found = moves(&world, plan);
    assert!(found.contains(&("heavy".to_owned(), MoveKind::Assign)), "{found:?}");
    assert!(found.contains(&("gone".to_owned(), MoveKind::Release)), "{found:?}");
    let named = |name: &str| found.iter().any(|(person, _)| person == name);
    assert!(!named("dan"), "a contractor stays on tokens: {found:?}");
    assert!(!named("kept"), "they are on the list: {found:?}");
    assert!(!named("light"), "{found:?}");
}

#[test]
fn a_free_seat_that_covers_more_comes_before_a_bought_one() {
    let collection = |text: &str| text.replace("offering = \"revit\"", "offering = \"aec\"");
    let mut world = company_of(KNOWN, &collection(ESTATE));
    let plan = drawn(&mut world);
    let found = moves(&world, plan);
    assert!(found.contains(&("heavy".to_owned(), MoveKind::Assign)), "{found:?}");
    let shared = world.engine.state();
    let state = shared.read();
    let record = &state.move_plans()[&plan].plan;
    let heavy = state.estate().person_called("heavy").unwrap();
    let assigned = record.moves.iter().find(|one| one.person == heavy).unwrap();
    let key = |id| state.estate().offering(id).unwrap().key.clone();
    assert_eq!(key(assigned.offering), "aec");
    assert!(assigned.why.starts_with("a seat of aec that is paid for"), "{}", assigned.why);
}

#[test]
fn why_somebody_stays_is_said() {
    let mut world = company(KNOWN);
    let found = studied(&mut world, &["kept"]);
    let shared = world.engine.state();
    let state = shared.read();
    let why = |name: &str| {
        let id = state.estate().person_called(name).unwrap();
        let one = found.advice.people.iter().find(|one| one.person == id).unwrap();
        one.stays.map(|why| why.key())
    };
    let all = ["heavy", "dan", "kept", "light"].map(why);
    assert_eq!(all, [None, Some("contractor"), Some("kept"), Some("as-it-is")]);
}

#[test]
fn nothing_moves_before_somebody_else_approves() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    let code = |found: Result<Done, OrderRefusal>| found.unwrap_err().code;
    assert_eq!(code(give(&mut world, "ben", &stepped(plan, None, MoveStep::Done))), "not-approved");
    assert_eq!(code(give(&mut world, "ana", &judged(plan, true))), "own-plan");
    assert_eq!(holder(&world, 0).as_deref(), Some("idle"));
    give(&mut world, "ben", &judged(plan, false)).unwrap();
    assert_eq!(code(give(&mut world, "ben", &judged(plan, true))), "already-answered");
    assert_eq!(code(give(&mut world, "ben", &stepped(plan, None, MoveStep::Done))), "not-approved");
    assert_eq!(code(give(&mut world, "ben", &judged(PlanId(999), true))), "unknown");
}

#[test]
fn an_approved_plan_is_carried_out_and_taken_back() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    give(&mut world, "ben", &judged(plan, true)).unwrap();
    let before = [holder(&world, 0), holder(&world, 1)];
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    let after = [holder(&world, 0), holder(&world, 1)];
    assert!(after.contains(&Some("heavy".to_owned())), "{after:?}");
    assert!(!after.contains(&Some("gone".to_owned())), "{after:?}");
    let again = give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    assert!(again.said[0].starts_with("nothing of plan"), "{again:?}");
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Undone)).unwrap();
    assert_eq!(holder(&world, 0), before[0]);
    assert_eq!(holder(&world, 1), None, "who has left gets nothing back");
    let shared = world.engine.state();
    assert_eq!(shared.read().move_plans()[&plan].status(), PlanStatus::Approved);
    assert_eq!(violations(&shared.read()), []);
}

#[test]
fn a_move_that_is_not_there_or_was_made_is_refused_and_nothing_moves() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    give(&mut world, "ben", &judged(plan, true)).unwrap();
    let refused = |found: Result<Done, OrderRefusal>| found.unwrap_err().message;
    let nowhere = give(&mut world, "ben", &stepped(plan, Some(&[1, 99]), MoveStep::Done));
    assert!(refused(nowhere).contains("no move 99"));
    assert_eq!(holder(&world, 0).as_deref(), Some("idle"));
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    let twice = give(&mut world, "ben", &stepped(plan, Some(&[1]), MoveStep::Done));
    assert!(refused(twice).contains("cannot be done"));
}

#[test]
fn what_was_taken_back_is_not_made_again_by_itself() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    give(&mut world, "ben", &judged(plan, true)).unwrap();
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Undone)).unwrap();
    let before = [holder(&world, 0), holder(&world, 1)];
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    assert_eq!([holder(&world, 0), holder(&world, 1)], before);
    let all: Vec<u32> = (1..=moves(&world, plan).len() as u32).collect();
    give(&mut world, "ben", &stepped(plan, Some(&all), MoveStep::Done)).unwrap();
    assert_ne!([holder(&world, 0), holder(&world, 1)], before);
}

/// Whoever was to get a seat has left meanwhile: it is not taken from its holder, either.
#[test]
fn the_moves_of_a_seat_are_made_together_or_not_at_all() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    give(&mut world, "ben", &judged(plan, true)).unwrap();
    let leave = "[[person]]\nkey = \"heavy\"\nuntil = 2026-02-01\n";
    let document = bulk::read([("estate.toml", leave)].into_iter()).unwrap();
    bulk::import(&mut world.engine, "root", &document).unwrap();
    let seat = {
        let shared = world.engine.state();
        let state = shared.read();
        let heavy = state.estate().person_called("heavy").unwrap();
        let moves = &state.move_plans()[&plan].plan.moves;
        moves.iter().find(|one| one.person == heavy).unwrap().seat.unwrap().0
    };
    let before = holder(&world, seat);
    let done = give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    assert!(done.warnings.iter().any(|why| why.contains("they have left")), "{done:?}");
    assert!(before.is_some() && holder(&world, seat) == before, "{before:?}");
}

/// Dropping moves nothing, and picking up what was dropped moves nothing.
#[test]
fn a_dropped_move_moves_no_seat() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    give(&mut world, "ben", &judged(plan, true)).unwrap();
    let before = [holder(&world, 0), holder(&world, 1)];
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Dropped)).unwrap();
    let all: Vec<u32> = (1..=moves(&world, plan).len() as u32).collect();
    let made = give(&mut world, "ben", &stepped(plan, Some(&all), MoveStep::Done));
    assert_eq!(made.unwrap_err().code, "cannot-move");
    give(&mut world, "ben", &stepped(plan, Some(&all), MoveStep::Undone)).unwrap();
    assert_eq!([holder(&world, 0), holder(&world, 1)], before);
}

#[test]
fn a_plan_without_a_move_is_another_plan() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    let all = moves(&world, plan).len();
    let derived = Order::DerivePlan { parent: plan, without: vec![1], name: None };
    let other = PlanId(give(&mut world, "ben", &derived).unwrap().seq);
    assert!(moves(&world, other).len() < all);
    assert_eq!(moves(&world, plan).len(), all, "the first is as it was");
    let none = Order::DerivePlan { parent: plan, without: (1..=all as u32).collect(), name: None };
    assert_eq!(give(&mut world, "ben", &none).unwrap_err().code, "no-moves");
}

fn verified(world: &mut World, plan: PlanId) -> Verified {
    let record = world.engine.state().read().move_plans()[&plan].clone();
    hold_against(&mut world.engine, &record, plan).unwrap()
}

/// Two months later: whoever got the seat used it on every working day, each of which would have cost ten tokens.
#[test]
fn what_a_move_saved_is_what_its_use_would_have_cost() {
    let mut world = company(KNOWN);
    let plan = drawn(&mut world);
    give(&mut world, "ben", &judged(plan, true)).unwrap();
    give(&mut world, "ben", &stepped(plan, None, MoveStep::Done)).unwrap();
    let end = KNOWN + 56;
    world.clock.set(T0.plus(end * DAY));
    import_all(&mut world.engine, &[&log(&everybody((KNOWN, end)))]);
    let found = verified(&mut world, plan);
    let shared = world.engine.state();
    let state = shared.read();
    let heavy = state.estate().person_called("heavy").unwrap();
    let places = state.move_plans()[&plan].plan.moves.iter().position(|one| one.person == heavy);
    let place = u32::try_from(places.unwrap()).unwrap();
    let result = found.moves.iter().find(|one| one.place == place).unwrap();
    // The last two days are a weekend of which nobody told.
    assert_eq!(result.days, 54);
    assert_eq!(result.saved, 40 * 30 * 1_000_000, "40 working days at ten tokens of $3");
    assert!(!result.is_early);
    assert!(result.promised > 0);
    assert_eq!(found.brier, None, "a seat that was paid for says nothing of how sure one was");
}

#[test]
fn ten_days_of_use_say_nothing_of_anybody() {
    let mut world = company(10);
    let found = studied(&mut world, &[]);
    assert!(found.advice.gaps.iter().any(|gap| gap.contains("10 days of use are known")));
    let plan = found.draw(&world.engine.state().read(), &Terms::default(), "Early", "ana").plan;
    assert!(
        plan.moves.iter().all(|one| one.kind == MoveKind::Release),
        "only who has left: {plan:?}"
    );
}

#[test]
fn the_mix_of_everybody_is_proved_and_what_cannot_be_is_named() {
    let mut world = company(KNOWN);
    let found = studied(&mut world, &[]);
    let shared = world.engine.state();
    let state = shared.read();
    let asked = |text: &str| {
        let offered = Offered::read(text).unwrap();
        mix::mix(&state, &found, &offered, 0.15, mix::EFFORT)
    };
    let best = asked("").unwrap();
    assert_eq!(best.fault, None);
    assert_eq!(best.solution.certificate.gap(), 0.0);
    assert!(best.solution.held[0] >= 2, "heavy and kept: {:?}", best.solution.held);
    let contradiction =
        asked("[[minimum]]\nbucket = \"general\"\noffering = \"revit\"\npeople = 99");
    let said = contradiction.unwrap_err().to_string();
    assert!(said.contains("bucket `general` must have 99 people on seats"), "{said}");
    assert!(asked("budget = 10.0").unwrap_err().to_string().contains("the budget is 10"));
    assert!(asked("keep = [\"nobody\"]").unwrap_err().to_string().contains("no person `nobody`"));
}

#[test]
fn a_pool_is_sized_and_a_renewal_valued_from_what_was_charged() {
    let world = company(KNOWN);
    let shared = world.engine.state();
    let state = shared.read();
    let drawing = Drawing { years: 500, seed: 7, threads: 2 };
    let offered = Offered::read("stock_out = 12.0\npacks = [100]").unwrap();
    let pool = size(&state, &offered, drawing, state.at()).unwrap();
    let again = size(&state, &offered, Drawing { threads: 1, ..drawing }, state.at()).unwrap();
    assert_eq!(pool.years, again.years, "the same on any number of threads");
    assert!(pool.best.service_level >= 0.75, "12 of 15 are lost when a token is missing");
    assert_eq!(pool.purchase.sized.tokens % 100.0, 0.0);
    assert!((pool.years.mean() / pool.baseline - 1.0).abs() < 0.1);
    let found = renew::renew(&state, &pool, &offered, state.at()).unwrap();
    let best = found.deals[0].value;
    assert!(found.ranked.iter().all(|one| one.value <= best), "together they are worth more");
}

//! Orders about plans of moves: draw one, decide on it, carry it out, take it back.

use super::refusal::{Kind, OrderRefusal};
use super::{Decided, Orderer};
use faregate_core::estate::{OfferingId, PersonId, SeatId};
use faregate_core::event::Event;
use faregate_core::moves::{MoveKind, MovePlan, MoveStep, PlanId, PlanRecord, PlannedMove};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many moves a plan has at most.
const MOVES_MAX: usize = 100_000;

fn invalid(code: &'static str, message: String, help: &str) -> OrderRefusal {
    OrderRefusal::new(Kind::Invalid, code, message, help)
}

fn conflict(code: &'static str, message: String, help: &str) -> OrderRefusal {
    OrderRefusal::new(Kind::Conflict, code, message, help)
}

pub(super) fn draw(
    state: &State,
    orderer: &Orderer,
    plan: &MovePlan,
) -> Result<Decided, OrderRefusal> {
    if plan.name.trim().is_empty() {
        return Err(invalid("no-name", "a plan needs a name".to_owned(), "say which it is"));
    }
    is_somebody(state, orderer)?;
    if plan.moves.is_empty() {
        let message = "nobody has to move: the plan would be empty".to_owned();
        let help = "`faregate plan advice --all` says why everybody stays what they are";
        return Err(invalid("no-moves", message, help));
    }
    if plan.moves.len() > MOVES_MAX {
        let message =
            format!("a plan has at most {MOVES_MAX} moves, this one {}", plan.moves.len());
        return Err(invalid("too-many-moves", message, "draw it for fewer people"));
    }
    if let Some(parent) = plan.parent {
        record(state, parent)?;
    }
    let mut seen: BTreeSet<(PersonId, OfferingId)> = BTreeSet::new();
    for (number, one) in (1_u32..).zip(&plan.moves) {
        fits(state, one).map_err(|why| {
            let help = "draw the plan anew: `faregate plan draw`";
            invalid("bad-move", format!("move {number}: {why}"), help)
        })?;
        if !seen.insert((one.person, one.offering)) {
            let message = format!("move {number} is a second one of the same person and offering");
            return Err(invalid("bad-move", message, "leave one of them out"));
        }
    }
    let plan = MovePlan { by: orderer.name().to_owned(), ..plan.clone() };
    let said = vec![format!("plan `{}` was drawn, with {} moves", plan.name, plan.moves.len())];
    Ok(Decided { events: vec![Event::MovesPlanned(plan)], said, ..Decided::default() })
}

/// Whoever acts for somebody acts for a person that is known: a slip of the pen is nobody else's yes.
fn is_somebody(state: &State, orderer: &Orderer) -> Result<(), OrderRefusal> {
    let unknown = orderer.stands_for().filter(|name| state.estate().person_called(name).is_none());
    let Some(name) = unknown else { return Ok(()) };
    let message = format!("`{name}` is no person that Faregate knows");
    let help = "`faregate person list` names everybody";
    Err(OrderRefusal::new(Kind::Forbidden, "no-person", message, help))
}

/// Draws a plan that is another without some of its moves.
pub(super) fn derive(
    state: &State,
    orderer: &Orderer,
    parent: PlanId,
    without: &[u32],
    name: Option<&str>,
) -> Result<Decided, OrderRefusal> {
    let plan = &record(state, parent)?.plan;
    let count = plan.moves.len();
    let exists = |number: &&u32| usize::try_from(**number).is_ok_and(|n| (1..=count).contains(&n));
    if let Some(number) = without.iter().find(|number| !exists(number)) {
        let message = format!("there is no move {number} in plan {parent}");
        return Err(invalid("unknown", message, "`faregate plan show` numbers them"));
    }
    let without: BTreeSet<u32> = without.iter().copied().collect();
    let moves = (1_u32..).zip(&plan.moves).filter(|(number, _)| !without.contains(number));
    let moves = moves.map(|(_, one)| one.clone()).collect();
    let name = name.unwrap_or(&plan.name).to_owned();
    draw(state, orderer, &MovePlan { parent: Some(parent), name, moves, ..plan.clone() })
}

/// Whether a move names what there is.
fn fits(state: &State, one: &PlannedMove) -> Result<(), String> {
    let estate = state.estate();
    if estate.person(one.person).is_none() || estate.offering(one.offering).is_none() {
        return Err("it names somebody, or an offering, that is not there".to_owned());
    }
    match (one.kind, one.seat) {
        (MoveKind::Buy, None) => Ok(()),
        (MoveKind::Buy, Some(_)) => Err("a seat that is to be bought has no number yet".to_owned()),
        (_, None) => Err("it names no seat".to_owned()),
        (_, Some(seat)) => match estate.seat(seat) {
            Some(known) if known.offering == one.offering => Ok(()),
            Some(_) => Err(format!("seat {} is of another offering", seat.0)),
            None => Err(format!("there is no seat {}", seat.0)),
        },
    }
}

pub(super) fn judge(
    state: &State,
    orderer: &Orderer,
    id: PlanId,
    approved: bool,
    why: &str,
) -> Result<Decided, OrderRefusal> {
    let record = record(state, id)?;
    if let Some(verdict) = &record.verdict {
        let message = format!("`{}` decided on plan {id} already", verdict.by);
        return Err(conflict(
            "already-answered",
            message,
            "draw another plan with it as its parent",
        ));
    }
    is_somebody(state, orderer)?;
    // By whichever of their names: whoever drew it as `nora` is not somebody else as `n.ora`.
    let person = |name: &str| state.estate().person_called(name);
    let both = person(&record.plan.by).zip(person(orderer.name()));
    if record.plan.by == orderer.name() || both.is_some_and(|(one, other)| one == other) {
        return Err(OrderRefusal::new(
            Kind::Forbidden,
            "own-plan",
            "nobody decides on their own plan",
            "ask somebody else who may",
        ));
    }
    let by = orderer.name().to_owned();
    let event = Event::MovesJudged { plan: id, by, approved, why: why.to_owned() };
    let word = if approved { "approved" } else { "rejected" };
    let said = vec![format!("plan {id} is {word}")];
    Ok(Decided { events: vec![event], said, ..Decided::default() })
}

/// Takes a step of some moves, by their numbers from 1; of all that are due where none are named.
pub(super) fn step(
    state: &State,
    (id, numbers): (PlanId, Option<&[u32]>),
    step: MoveStep,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let record = record(state, id)?;
    if !record.verdict.as_ref().is_some_and(|verdict| verdict.approved) {
        let message = format!("plan {id} is {}, not approved", record.status().key());
        return Err(conflict(
            "not-approved",
            message,
            "somebody else than who drew it approves it",
        ));
    }
    let today = state.zone().date(now);
    let places = chosen(record, numbers, step, today)?;
    let mut desk = Desk { state, now, gone: BTreeSet::new(), taken: BTreeSet::new(), stock: None };
    let (mut events, mut made, mut decided) = (Vec::new(), Vec::new(), Decided::default());
    for (place, one) in desk.in_order(record, &places, step) {
        match desk.events(one, step) {
            Ok(found) => {
                events.extend(found);
                made.push(place);
            }
            // What was not asked for by its number can wait for another time.
            Err(why) if numbers.is_none() => {
                decided.warnings.push(format!("move {}: {why}", u64::from(place) + 1));
            }
            Err(why) => {
                let message = format!("move {}: {why}", u64::from(place) + 1);
                return Err(conflict("cannot-move", message, "leave it out, or see to it first"));
            }
        }
    }
    if made.is_empty() {
        decided.said.push(format!("nothing of plan {id} can be {} now", step.key()));
        return Ok(decided);
    }
    made.sort_unstable();
    let seats = events.len();
    decided.said.push(format!(
        "{} moves of plan {id} are {}, {seats} seats passed on",
        made.len(),
        step.key()
    ));
    decided.events = events;
    decided.events.push(Event::MovesStepped { plan: id, moves: made, step });
    if seats > 0 {
        let help = "`faregate directory plan` brings the company's directory in line";
        decided.said.push(help.to_owned());
    }
    Ok(decided)
}

fn record(state: &State, id: PlanId) -> Result<&PlanRecord, OrderRefusal> {
    state.move_plans().get(&id).ok_or_else(|| OrderRefusal::unknown("plan", &id.to_string()))
}

/// The places of the moves in question.
fn chosen(
    record: &PlanRecord,
    numbers: Option<&[u32]>,
    step: MoveStep,
    today: Date,
) -> Result<Vec<u32>, OrderRefusal> {
    let last = record.last_steps();
    let Some(numbers) = numbers else {
        let open = (0_u32..).zip(&record.plan.moves).zip(&last).filter(|((_, one), last)| {
            let last = last.map(|(last, _)| last);
            match step {
                // What was left out stays so, and what was taken back is due again.
                MoveStep::Done => {
                    one.on <= today && step.follows(last) && last != Some(MoveStep::Dropped)
                }
                MoveStep::Undone => last == Some(MoveStep::Done),
                MoveStep::Dropped => step.follows(last),
            }
        });
        return Ok(open.map(|((place, _), _)| place).collect());
    };
    let mut places: BTreeSet<u32> = BTreeSet::new();
    for number in numbers {
        let place = number.checked_sub(1);
        let one = place
            .and_then(|place| Some((place, record.plan.moves.get(usize::try_from(place).ok()?)?)));
        let Some((place, one)) = one else {
            let message = format!("there is no move {number} in the plan");
            return Err(invalid("unknown", message, "`faregate plan show` numbers them"));
        };
        let before =
            usize::try_from(place).ok().and_then(|place| last.get(place).copied().flatten());
        if !step.follows(before.map(|(last, _)| last)) {
            let message = format!("move {number} cannot be {} as it stands", step.key());
            return Err(conflict(
                "cannot-move",
                message,
                "`faregate plan show` says what was done",
            ));
        }
        if step == MoveStep::Done && one.on > today {
            let message = format!("move {number} is for {}", one.on);
            return Err(conflict("too-early", message, "its seat is paid for until then"));
        }
        places.insert(place);
    }
    Ok(places.into_iter().collect())
}

/// Seats as they pass on within one order.
struct Desk<'a> {
    state: &'a State,
    now: Instant,
    /// Seats that this order has freed.
    gone: BTreeSet<SeatId>,
    /// Seats that this order has given to somebody.
    taken: BTreeSet<SeatId>,
    /// Seats that were free when the first one was looked for, by offering.
    stock: Option<BTreeMap<OfferingId, VecDeque<SeatId>>>,
}

impl Desk<'_> {
    /// Seats are freed before they are given.
    fn in_order<'r>(
        &self,
        record: &'r PlanRecord,
        places: &[u32],
        step: MoveStep,
    ) -> Vec<(u32, &'r PlannedMove)> {
        let of =
            |place: &u32| Some((*place, record.plan.moves.get(usize::try_from(*place).ok()?)?));
        let mut moves: Vec<_> = places.iter().filter_map(of).collect();
        let frees = |kind: MoveKind| (kind == MoveKind::Release) == (step == MoveStep::Done);
        moves.sort_by_key(|(place, one)| (!frees(one.kind), *place));
        moves
    }

    fn events(&mut self, one: &PlannedMove, step: MoveStep) -> Result<Option<Event>, String> {
        match (step, one.kind) {
            (MoveStep::Dropped, _) => Ok(None),
            (MoveStep::Done, MoveKind::Release) => self.free(one.seat, one.person),
            (MoveStep::Done, MoveKind::Assign) => self.give(one.seat, one.person),
            (MoveStep::Done, MoveKind::Buy) => {
                let seat = self.bought(one.offering);
                self.give(Some(seat?), one.person)
            }
            (MoveStep::Undone, MoveKind::Release) => self.give(one.seat, one.person),
            (MoveStep::Undone, MoveKind::Assign) => self.free(one.seat, one.person),
            (MoveStep::Undone, MoveKind::Buy) => {
                let held = self.state.estate().seats_of(one.person, self.now);
                let of = |id: &SeatId| {
                    self.state.estate().seat(*id).is_some_and(|seat| seat.offering == one.offering)
                };
                self.free(held.into_iter().find(of), one.person)
            }
        }
    }

    /// Frees somebody's seat; where its term is over there is nothing to free.
    fn free(&mut self, seat: Option<SeatId>, person: PersonId) -> Result<Option<Event>, String> {
        let Some(id) = seat else { return Err("they hold no such seat".to_owned()) };
        let known = self.state.estate().seat(id);
        if known.is_none_or(|seat| seat.until <= self.now) {
            return Ok(None);
        }
        let person = self.state.estate().same_as(person);
        if self.state.estate().holder(id, self.now) != Some(person) || !self.gone.insert(id) {
            return Err(format!("seat {} is not theirs", id.0));
        }
        Ok(Some(Event::SeatMoved { seat: id, person: None }))
    }

    fn give(&mut self, seat: Option<SeatId>, person: PersonId) -> Result<Option<Event>, String> {
        let Some(id) = seat else { return Err("there is no seat".to_owned()) };
        let in_term = |seat: &&_| {
            let seat: &faregate_core::estate::Seat = seat;
            seat.from <= self.now && self.now < seat.until
        };
        if self.state.estate().seat(id).filter(in_term).is_none() {
            return Err(format!("the term of seat {} is over, or has not begun", id.0));
        }
        let is_free = self.state.estate().holder(id, self.now).is_none() || self.gone.contains(&id);
        if !is_free || !self.taken.insert(id) {
            return Err(format!("seat {} is somebody's", id.0));
        }
        Ok(Some(Event::SeatMoved { seat: id, person: Some(self.state.estate().same_as(person)) }))
    }

    /// A seat of an offering that is there by now and free.
    fn bought(&mut self, offering: OfferingId) -> Result<SeatId, String> {
        let estate = self.state.estate();
        let now = self.now;
        let stock = self.stock.get_or_insert_with(|| {
            let mut stock: BTreeMap<OfferingId, VecDeque<SeatId>> = BTreeMap::new();
            for (id, seat) in (0_u32..).map(SeatId).zip(estate.seats()) {
                if seat.from <= now && now < seat.until && estate.holder(id, now).is_none() {
                    stock.entry(seat.offering).or_default().push_back(id);
                }
            }
            stock
        });
        let free = stock.get_mut(&offering);
        let free = free.and_then(|free| {
            // A move before this one may have taken it by its number.
            while free.front().is_some_and(|id| self.taken.contains(id)) {
                free.pop_front();
            }
            free.pop_front()
        });
        free.ok_or_else(|| {
            let name = estate.offering(offering).map_or("?", |known| known.name.as_str());
            format!(
                "no seat of {name} is free: buy one and take it in first (`faregate estate apply`)"
            )
        })
    }
}

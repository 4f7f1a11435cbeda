//! Orders about plans of moves: draw one, decide on it, carry it out, take it back.

use super::refusal::{Kind, OrderRefusal};
use super::{Decided, Orderer};
use faregate_core::estate::{OfferingId, PersonId, SeatId};
use faregate_core::event::Event;
use faregate_core::moves::{MoveKind, MovePlan, MoveStep, PlanId, PlanRecord, PlannedMove};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A seat whose term ends sooner is none that was bought for somebody.
const LEFT_MIN: i64 = 30 * DAY;
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
    let mut seen: BTreeSet<(PersonId, OfferingId, Option<SeatId>)> = BTreeSet::new();
    for (number, one) in (1_u32..).zip(&plan.moves) {
        fits(state, one).map_err(|why| {
            let help = "draw the plan anew: `faregate plan draw`";
            invalid("bad-move", format!("move {number}: {why}"), help)
        })?;
        if !seen.insert((one.person, one.offering, one.seat)) {
            let message = format!("move {number} is a second one of the same person and seat");
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
    // A seat that nobody gets is not taken away: the moves of one seat go together.
    let places: BTreeSet<u32> = without.iter().map(|number| number - 1).collect();
    let without: BTreeSet<u32> =
        together(plan, places).into_iter().map(|place| place + 1).collect();
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
///
/// The moves of one seat go together, all or none: a seat that nobody gets is not taken away.
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
    let (mut desk, last) = (Desk::new(state, now), record.last_steps());
    let (mut events, mut made, mut decided) = (Vec::new(), Vec::new(), Decided::default());
    for group in groups(record, &places, step) {
        match desk.events((record, &last), &group, step) {
            Ok(found) => {
                events.extend(found);
                made.extend(group);
            }
            // What was not asked for by its number can wait for another time.
            Err((place, why)) if numbers.is_none() => {
                decided.warnings.push(format!("move {}: {why}", u64::from(place) + 1));
            }
            Err((place, why)) => {
                let message = format!("move {}: {why}", u64::from(place) + 1);
                return Err(conflict("cannot-move", message, "leave it out, or see to it first"));
            }
        }
    }
    decided.warnings.extend(waiting(record, step, today));
    if made.is_empty() {
        decided.said.push(format!("nothing of plan {id} can be {} now", step.key()));
        return Ok(decided);
    }
    made.sort_unstable();
    let (count, seats) = (made.len(), events.len());
    decided
        .said
        .push(format!("{count} moves of plan {id} are {}, seats moved {seats} times", step.key()));
    decided.events = events;
    decided.events.push(Event::MovesStepped { plan: id, moves: made, step });
    if seats > 0 {
        let help = "`faregate directory plan` brings the company's directory in line";
        decided.said.push(help.to_owned());
    }
    Ok(decided)
}

/// How many moves are for a day to come, and for which the first of them.
fn waiting(record: &PlanRecord, step: MoveStep, today: Date) -> Option<String> {
    let last = record.last_steps();
    let open =
        record.plan.moves.iter().zip(last).filter(|(one, last)| one.on > today && last.is_none());
    let days: Vec<Date> = open.map(|(one, _)| one.on).collect();
    let first = days.iter().min().filter(|_| step == MoveStep::Done)?;
    Some(format!("{} moves wait for their day, the first until {first}", days.len()))
}

/// Places with those of all moves of the same seats.
fn together(plan: &MovePlan, mut places: BTreeSet<u32>) -> BTreeSet<u32> {
    let seat = |place: u32| plan.moves.get(usize::try_from(place).ok()?)?.seat;
    let seats: BTreeSet<SeatId> = places.iter().filter_map(|place| seat(*place)).collect();
    let same = (0_u32..)
        .zip(&plan.moves)
        .filter(|(_, one)| one.seat.is_some_and(|id| seats.contains(&id)));
    places.extend(same.map(|(place, _)| place));
    places
}

/// Moves by seat, those that free it first; moves without a seat each by itself.
fn groups(record: &PlanRecord, places: &[u32], step: MoveStep) -> Vec<Vec<u32>> {
    let frees = |kind: MoveKind| (kind == MoveKind::Release) == (step == MoveStep::Done);
    let mut by_seat: BTreeMap<SeatId, Vec<u32>> = BTreeMap::new();
    let mut alone = Vec::new();
    for place in places {
        let one = usize::try_from(*place).ok().and_then(|place| record.plan.moves.get(place));
        match one.map(|one| (one.seat, frees(one.kind))) {
            Some((Some(seat), true)) => by_seat.entry(seat).or_default().insert(0, *place),
            Some((Some(seat), false)) => by_seat.entry(seat).or_default().push(*place),
            Some((None, _)) => alone.push(vec![*place]),
            None => {}
        }
    }
    // Whoever is to get a certain seat comes before those who get any.
    by_seat.into_values().chain(alone).collect()
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
                // What was taken back is made again only when it is named.
                MoveStep::Done => one.on <= today && last.is_none(),
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
    let fits = |place: &u32| {
        let before =
            usize::try_from(*place).ok().and_then(|place| last.get(place).copied().flatten());
        step.follows(before.map(|(last, _)| last))
    };
    Ok(together(&record.plan, places).into_iter().filter(fits).collect())
}

/// Seats as they pass on within one order.
struct Desk<'a> {
    state: &'a State,
    now: Instant,
    /// Who holds what this order has moved.
    holders: BTreeMap<SeatId, Option<PersonId>>,
    /// What a group of moves has changed of that, in case that it cannot be made as a whole.
    changed: Vec<(SeatId, Option<Option<PersonId>>)>,
    /// Seats that approved plans are to give to somebody.
    promised: BTreeSet<SeatId>,
    /// Seats that were free when the first one was looked for, by offering.
    stock: Option<BTreeMap<OfferingId, VecDeque<SeatId>>>,
}

impl<'a> Desk<'a> {
    fn new(state: &'a State, now: Instant) -> Self {
        let approved = state.move_plans().values();
        let approved = approved
            .filter(|record| record.verdict.as_ref().is_some_and(|verdict| verdict.approved));
        let promised = approved.flat_map(|record| {
            let open = record.plan.moves.iter().zip(record.last_steps());
            let open = open.filter(|(one, last)| one.kind == MoveKind::Assign && last.is_none());
            open.filter_map(|(one, _)| one.seat).collect::<Vec<_>>()
        });
        Self {
            state,
            now,
            holders: BTreeMap::new(),
            changed: Vec::new(),
            promised: promised.collect(),
            stock: None,
        }
    }

    /// What a group of moves comes down to; nothing of it counts when one of them cannot be.
    fn events(
        &mut self,
        (record, last): (&PlanRecord, &[Option<(MoveStep, Instant)>]),
        group: &[u32],
        step: MoveStep,
    ) -> Result<Vec<Event>, (u32, String)> {
        self.changed.clear();
        let mut events = Vec::new();
        for place in group {
            let at = usize::try_from(*place).unwrap_or(usize::MAX);
            let Some(one) = record.plan.moves.get(at) else { continue };
            let last = last.get(at).copied().flatten().map(|(last, _)| last);
            match self.event(one, step, last) {
                Ok(event) => events.extend(event),
                Err(why) => {
                    while let Some((seat, before)) = self.changed.pop() {
                        match before {
                            Some(holder) => self.holders.insert(seat, holder),
                            None => self.holders.remove(&seat),
                        };
                    }
                    return Err((*place, why));
                }
            }
        }
        Ok(events)
    }

    fn event(
        &mut self,
        one: &PlannedMove,
        step: MoveStep,
        last: Option<MoveStep>,
    ) -> Result<Option<Event>, String> {
        match (step, one.kind) {
            // What was left out had moved nothing.
            (MoveStep::Dropped, _) => Ok(None),
            (MoveStep::Undone, _) if last == Some(MoveStep::Dropped) => Ok(None),
            (MoveStep::Done, MoveKind::Release) => self.free(one.seat, one.person),
            (MoveStep::Done, MoveKind::Assign) => self.give(one.seat, one),
            (MoveStep::Done, MoveKind::Buy) => {
                // They have one by now, however they came by it.
                if self.held(one).is_some() {
                    return Ok(None);
                }
                let seat = self.bought(one.offering);
                self.give(Some(seat?), one)
            }
            // Who has left gets nothing back.
            (MoveStep::Undone, MoveKind::Release) if self.has_left(one.person) => Ok(None),
            (MoveStep::Undone, MoveKind::Release) => self.give(one.seat, one),
            (MoveStep::Undone, MoveKind::Assign) => self.free(one.seat, one.person),
            (MoveStep::Undone, MoveKind::Buy) => self.free(self.held(one), one.person),
        }
    }

    fn hold(&mut self, seat: SeatId, person: Option<PersonId>) {
        let before = self.holders.insert(seat, person);
        self.changed.push((seat, before));
    }

    fn holder(&self, seat: SeatId) -> Option<PersonId> {
        let moved = self.holders.get(&seat).copied();
        moved.unwrap_or_else(|| self.state.estate().holder(seat, self.now))
    }

    /// The seat of a move's offering that its person got last.
    fn held(&self, one: &PlannedMove) -> Option<SeatId> {
        let estate = self.state.estate();
        let held = estate.seats_of(estate.same_as(one.person), self.now);
        let of = |id: &SeatId| estate.seat(*id).is_some_and(|seat| seat.offering == one.offering);
        held.into_iter().rev().find(of)
    }

    /// Frees somebody's seat; where its term is over, or nobody holds it, there is nothing to free.
    fn free(&mut self, seat: Option<SeatId>, person: PersonId) -> Result<Option<Event>, String> {
        let Some(id) = seat else { return Err("they hold no such seat".to_owned()) };
        let known = self.state.estate().seat(id);
        if known.is_none_or(|seat| seat.until <= self.now) {
            return Ok(None);
        }
        match self.holder(id) {
            None => return Ok(None),
            Some(holder) if holder != self.state.estate().same_as(person) => {
                return Err(format!("seat {} is not theirs", id.0));
            }
            Some(_) => {}
        }
        self.hold(id, None);
        Ok(Some(Event::SeatMoved { seat: id, person: None }))
    }

    fn has_left(&self, person: PersonId) -> bool {
        let estate = self.state.estate();
        let standing = estate.standing(estate.same_as(person));
        standing.and_then(|known| known.until).is_some_and(|until| until <= self.now)
    }

    fn give(&mut self, seat: Option<SeatId>, one: &PlannedMove) -> Result<Option<Event>, String> {
        let estate = self.state.estate();
        let Some(id) = seat else { return Err("there is no seat".to_owned()) };
        let person = estate.same_as(one.person);
        if self.has_left(person) {
            return Err("they have left".to_owned());
        }
        if estate.standing(person).is_some_and(|known| known.contractor)
            && one.kind != MoveKind::Release
        {
            return Err("they are a contractor by now".to_owned());
        }
        let in_term =
            estate.seat(id).is_some_and(|seat| seat.from <= self.now && self.now < seat.until);
        if !in_term {
            return Err(format!("the term of seat {} is over, or has not begun", id.0));
        }
        if self.holder(id).is_some() {
            return Err(format!("seat {} is somebody's", id.0));
        }
        self.hold(id, Some(person));
        Ok(Some(Event::SeatMoved { seat: id, person: Some(person) }))
    }

    /// A seat of an offering that is there by now, free, promised to nobody, and will be for a while.
    fn bought(&mut self, offering: OfferingId) -> Result<SeatId, String> {
        let estate = self.state.estate();
        let (now, promised) = (self.now, &self.promised);
        let stock = self.stock.get_or_insert_with(|| {
            let mut stock: BTreeMap<OfferingId, VecDeque<SeatId>> = BTreeMap::new();
            for (id, seat) in (0_u32..).map(SeatId).zip(estate.seats()) {
                let lasts = seat.from <= now && now.plus(LEFT_MIN) < seat.until;
                if lasts && estate.holder(id, now).is_none() && !promised.contains(&id) {
                    stock.entry(seat.offering).or_default().push_back(id);
                }
            }
            stock
        });
        let free = stock.get_mut(&offering).and_then(VecDeque::pop_front);
        free.ok_or_else(|| {
            let name = estate.offering(offering).map_or("?", |known| known.name.as_str());
            format!(
                "no seat of {name} is free: buy one and take it in first (`faregate estate apply`)"
            )
        })
    }
}

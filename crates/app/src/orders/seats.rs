//! Orders about seats.

use super::Decided;
use super::refusal::{Kind, OrderRefusal};
use faregate_core::estate::SeatId;
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;

pub(super) fn move_seat(
    state: &State,
    seat: SeatId,
    person: Option<&str>,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let estate = state.estate();
    let known =
        estate.seat(seat).ok_or_else(|| OrderRefusal::unknown("seat", &seat.0.to_string()))?;
    let conflict =
        |code, message: String, help: &str| OrderRefusal::new(Kind::Conflict, code, message, help);
    if now < known.from || known.until <= now {
        let message = format!("seat {} is outside of its term", seat.0);
        return Err(conflict("seat-out-of-term", message, "choose another seat"));
    }
    let holder = estate.holder(seat, now).and_then(|id| estate.person(id));
    let to = match person {
        None => None,
        Some(name) => {
            let id = estate.person_known_as(name, now);
            Some(id.ok_or_else(|| OrderRefusal::unknown("person", name))?)
        }
    };
    match (holder, to) {
        (Some(holder), Some(_)) => {
            let message = format!("seat {} is held by `{}`", seat.0, holder.key);
            Err(conflict("seat-taken", message, "free it first: `faregate seat free`"))
        }
        (None, None) => {
            let message = format!("seat {} is free already", seat.0);
            Err(conflict("seat-free", message, "nothing to do"))
        }
        (holder, to) => {
            let event = Event::SeatMoved { seat, person: to };
            let taker = to.and_then(|id| estate.person(id)).map(|person| &person.name);
            let said = match (taker, holder) {
                (Some(name), _) => format!("seat {} is {name}'s from now on", seat.0),
                (None, Some(holder)) => format!("seat {} of {} is free now", seat.0, holder.name),
                (None, None) => String::new(),
            };
            Ok(Decided { events: vec![event], said: vec![said], warnings: running(state, seat) })
        }
    }
}

/// Sessions that run on a seat go on when it is freed: nobody is thrown out.
fn running(state: &State, seat: SeatId) -> Vec<String> {
    let count = state.sessions_on(seat).len();
    let sentence = format!("{count} sessions run on this seat and go on until they end");
    if count == 0 { Vec::new() } else { vec![sentence] }
}

//! Who holds which seat until when, and which of them nobody uses.

use crate::parts::{column, date, figure, last_day, section, sentence, table, text, whole};
use crate::{Asked, Unmade};
use faregate_app::engine::Engine;
use faregate_app::views::seats::SeatUse;
use faregate_core::estate::{Seat, SeatId};
use faregate_core::state::State;
use faregate_report::{Block, Cell, Kind, Section};
use std::collections::BTreeMap;

pub(crate) fn sections(engine: &mut Engine, asked: &Asked) -> Result<Vec<Section>, Unmade> {
    let mut used = SeatUse::default();
    while !used.read_on(engine)? {}
    let shared = engine.state();
    let state = shared.read();
    let held = (0..).map(SeatId).zip(state.estate().seats());
    let valid: Vec<_> =
        held.filter(|(_, seat)| seat.from <= asked.now && asked.now < seat.until).collect();
    let rows = valid.iter().map(|(id, seat)| row(&state, &used, (*id, seat), asked)).collect();
    let columns = vec![
        column("Offering", Kind::Text),
        column("Holder", Kind::Text),
        column("From", Kind::Date),
        column("Last day", Kind::Date),
        column("Last used", Kind::Date),
        column("State", Kind::Text),
    ];
    let said =
        "A seat is idle when its holder has not used it for 30 days, as our own gate saw it.";
    Ok(vec![
        section("Summary", vec![Block::Figures(figures(&state, &used, &valid, asked))]),
        section("Seats", vec![table("Seats in their terms", columns, rows, None), sentence(said)]),
    ])
}

fn standing(state: &State, used: &SeatUse, id: SeatId, asked: &Asked) -> &'static str {
    match state.estate().holder(id, asked.now) {
        None => "free",
        Some(_) if used.is_idle(state, id, asked.now) => "idle",
        Some(_) => "held",
    }
}

fn figures(
    state: &State,
    used: &SeatUse,
    valid: &[(SeatId, &Seat)],
    asked: &Asked,
) -> Vec<faregate_report::Figure> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (id, _) in valid {
        *counts.entry(standing(state, used, *id, asked)).or_default() += 1;
    }
    let count = |name: &str| whole(counts.get(name).copied().unwrap_or(0));
    vec![
        figure("Seats", whole(valid.len() as u64), Kind::Whole, "in their terms"),
        figure("In use", count("held"), Kind::Whole, "held, and used of late"),
        figure("Idle", count("idle"), Kind::Whole, "held, and not used for 30 days"),
        figure("Free", count("free"), Kind::Whole, "paid for, and held by nobody"),
    ]
}

fn row(state: &State, used: &SeatUse, (id, seat): (SeatId, &Seat), asked: &Asked) -> Vec<Cell> {
    let estate = state.estate();
    let offering = estate.offering(seat.offering).map_or("", |known| &known.name);
    let holder = estate.holder(id, asked.now).and_then(|person| estate.person(person));
    let last = used.last_used(state, id, asked.now);
    vec![
        text(offering),
        text(holder.map_or("", |person| &person.name)),
        date(state.zone().date(seat.from)),
        date(last_day(state, seat.until)),
        last.map_or(Cell::Empty, |at| date(state.zone().date(at))),
        text(standing(state, used, id, asked)),
    ]
}

//! Tokens paid although a seat covered the use.

use crate::Asked;
use crate::parts::{
    TOKENS, column, date, figure, money, money_kind, section, sentence, table, text, tokens, whole,
};
use faregate_app::reports;
use faregate_core::double_dip::Dip;
use faregate_core::event::DipCause;
use faregate_core::state::State;
use faregate_report::{Block, Cell, Kind, Section};

pub(crate) fn sections(state: &State, asked: &Asked) -> Vec<Section> {
    let found = reports::double_dips(state, asked.from, asked.to);
    let figures = vec![
        figure("Tokens", tokens(found.ticks), TOKENS, "paid twice"),
        figure("Cost", money(found.cost), money_kind(found.cost), ""),
        figure("Times", whole(found.rows.len() as u64), Kind::Whole, ""),
    ];
    let figures = figures.into_iter().filter(|one| one.value != Cell::Empty).collect();
    let row = |dip: &Dip| {
        let estate = state.estate();
        let person = estate.person(dip.person).map_or("", |known| &known.name);
        let product = estate.product(dip.product).map_or("", |known| &known.name);
        vec![
            date(dip.day),
            text(person),
            text(dip.alias.clone().unwrap_or_default()),
            text(product),
            text(cause(dip.cause)),
            tokens(dip.ticks),
            money(dip.cost.filter(|_| found.cost.is_some())),
        ]
    };
    let columns = vec![
        column("UTC day", Kind::Date),
        column("Person", Kind::Text),
        column("Charged under", Kind::Text),
        column("Product", Kind::Text),
        column("Cause", Kind::Text),
        column("Tokens", TOKENS),
        column("Cost", money_kind(found.cost)),
    ];
    let rows = found.rows.iter().map(row).collect();
    vec![section(
        "Double-dips",
        vec![
            Block::Figures(figures),
            table("Double-dips by day", columns, rows, None),
            sentence(
                "Each is to be looked at: the vendor gives tokens back where it charged in error.",
            ),
        ],
    )]
}

const fn cause(cause: DipCause) -> &'static str {
    match cause {
        DipCause::SecondIdentity => "signed in under a second identity",
        DipCause::SeatCameLater => "the seat came later that day",
        DipCause::SameIdentity => "the vendor charged the holder of the seat",
        DipCause::SecondChargeInWindow => "the vendor charged a running unit again",
    }
}

//! Every change of the tokens of a bucket, or of the whole contract.

use crate::parts::{TOKENS, column, date, figure, section, sentence, table, text, tokens, whole};
use crate::{Asked, Unmade};
use faregate_app::engine::Engine;
use faregate_app::reports;
use faregate_core::state::State;
use faregate_core::statement::{Scope, Statement};
use faregate_report::{Block, Cell, Kind, Section};

pub(crate) fn sections(engine: &mut Engine, asked: &Asked) -> Result<Vec<Section>, Unmade> {
    let scope = asked.bucket.map_or(Scope::Contract, Scope::Bucket);
    let found = reports::statements(engine, &[scope], asked.from, asked.to)?;
    let shared = engine.state();
    let state = shared.read();
    Ok(found.iter().map(|one| section("Statement", blocks(&state, one, asked))).collect())
}

fn blocks(state: &State, found: &Statement, asked: &Asked) -> Vec<Block> {
    let held = |held: faregate_core::amount::Ticks| format!("{held} of it held");
    let figures = vec![
        figure("Opening", tokens(found.opening.total), TOKENS, held(found.opening.held)),
        figure("Closing", tokens(found.closing.total), TOKENS, held(found.closing.held)),
    ];
    let edge = |on, cause: &str, balance| {
        vec![
            date(on),
            text(cause),
            Cell::Empty,
            tokens(balance),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
        ]
    };
    let mut rows = vec![edge(asked.from, "opening", found.opening.total)];
    rows.extend(found.lines.iter().map(|line| {
        vec![
            date(line.date),
            text(line.cause.key()),
            tokens(line.ticks),
            tokens(line.balance),
            whole(line.units),
            text(line.by.clone().unwrap_or_default()),
            text(reports::line_in_words(state, asked.sight, line)),
        ]
    }));
    rows.push(edge(asked.to, "closing", found.closing.total));
    let columns = vec![
        column("Date", Kind::Date),
        column("Cause", Kind::Text),
        column("Tokens", TOKENS),
        column("Balance", TOKENS),
        column("Units", Kind::Whole),
        column("By", Kind::Text),
        column("In words", Kind::Text),
    ];
    let adds_up = match found.adds_up() {
        true => "Opening and lines sum to the closing balance, to the tick.",
        false => "The lines do not sum to the balances: run `faregate doctor`.",
    };
    vec![Block::Figures(figures), table("Changes", columns, rows, None), sentence(adds_up)]
}

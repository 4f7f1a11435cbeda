//! `faregate leakage`: what went past the gate. Each row asks for a review; nothing blocks by itself.

use crate::cli::Leakage;
use crate::estate;
use crate::fault::Fault;
use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_app::reports::leakage::leakage;
use faregate_core::leakage::{Cause, Row, Settings};
use faregate_core::state::State;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Leakage, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let shared = engine.state();
    let (from, to) = estate::dates(&shared.read(), &args.span)?;
    let found = leakage(&mut engine, from, to, &Settings::default())?;
    let state = shared.read();
    // Seats of products that a licence server serves too are used without it, as they should be.
    let shown = |row: &&Row| args.all || row.cause != Cause::NamedUser;
    let rows: Vec<&Row> = found.rows.iter().filter(shown).collect();
    if as_json {
        let rows: Vec<Value> = rows.iter().map(|row| row_json(&state, row)).collect();
        return output::json(&json!({
            "from": from.to_string(), "to": to.to_string(), "rows": rows,
            "rows_left_out": found.rows_left_out, "words": found.words(),
        }));
    }
    let cells: Vec<Vec<String>> =
        rows.iter().take(args.limit).map(|row| cells(&state, row)).collect();
    let columns = [
        ("day", Align::Left),
        ("person", Align::Left),
        ("product", Align::Left),
        ("host", Align::Left),
        ("what", Align::Left),
        ("minutes", Align::Right),
        ("tokens", Align::Right),
        ("likely cause", Align::Left),
    ];
    output::table(&columns, &cells, "nothing went past the gate, as far as the sources tell");
    say!("{}", found.words());
    let more = rows.len().saturating_sub(cells.len());
    if more > 0 {
        aside!("{more} rows more: --limit shows them, --json all");
    }
    Ok(())
}

fn names(state: &State, row: &Row) -> (String, String) {
    let estate = state.estate();
    let person = estate.person(row.person).map_or(String::new(), |person| person.key.clone());
    let product = estate.product(row.product).map_or(String::new(), |product| product.key.clone());
    (person, product)
}

fn cells(state: &State, row: &Row) -> Vec<String> {
    let (person, product) = names(state, row);
    vec![
        row.day.to_string(),
        person,
        product,
        row.host.clone().unwrap_or_default(),
        row.kind.key().to_owned(),
        number(row.seconds as f64 / 60.0),
        number(row.ticks.tokens()),
        row.cause.words().to_owned(),
    ]
}

fn row_json(state: &State, row: &Row) -> Value {
    let (person, product) = names(state, row);
    let uses: Vec<Value> = row
        .evidence
        .uses
        .iter()
        .map(|one| {
            json!({
                "opened": one.opened.to_string(), "closed": one.closed.to_string(),
                "name": one.name, "host": one.host,
            })
        })
        .collect();
    let vendor: Vec<Value> = row
        .evidence
        .vendor
        .iter()
        .map(|(day, alias)| json!({ "day": day.to_string(), "alias": alias }))
        .collect();
    let money = row
        .money
        .map(|money| json!({ "amount": money.to_string(), "currency": money.currency.code() }));
    json!({
        "day": row.day.to_string(), "person": person, "product": product, "host": row.host,
        "kind": row.kind.key(), "seconds": row.seconds, "tokens": row.ticks.tokens(), "money": money,
        "cause": row.cause.key(), "decisions": row.evidence.decisions, "uses": uses, "vendor": vendor,
    })
}

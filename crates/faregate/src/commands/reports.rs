//! Statements, chargeback, double-dips: reports that read the journal.

use crate::cli::budgets::{Chargeback, Span, Statement};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_app::reports;
use faregate_core::amount::{Currency, Money};
use faregate_core::chargeback::{By, Part};
use faregate_core::event::DipCause;
use faregate_core::state::State;
use faregate_core::statement::{self, Scope};
use serde_json::{Value, json};
use std::path::Path;

fn worth(money: Money) -> String {
    format!("{money} {}", money.currency.code())
}

fn worth_json(money: Money) -> Value {
    json!({ "amount": money.to_string(), "currency": money.currency.code() })
}

pub(crate) fn statement(path: &Path, args: &Statement, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let (scope, from, to) = {
        let shared = engine.state();
        let state = shared.read();
        let scope = match &args.key {
            None => Scope::Contract,
            Some(key) => Scope::Bucket(state.estate().bucket_called(key).ok_or_else(|| {
                let help = "`faregate bucket list` names all of them";
                Fault::new(Code::Usage, format!("there is no bucket `{key}`"), help)
            })?),
        };
        let (from, to) = estate::dates(&state, &args.span)?;
        (scope, from, to)
    };
    let found = reports::statements(&mut engine, &[scope], from, to)?;
    let Some(found) = found.into_iter().next() else { return Ok(()) };
    if as_json {
        return output::json(&statement_json(&found));
    }
    let line = |line: &statement::Line| {
        vec![
            line.date.to_string(),
            line.cause.key().to_owned(),
            line.ticks.to_string(),
            line.balance.to_string(),
            line.words.clone(),
        ]
    };
    let edge = |date: String, cause: &str, balance: statement::Balance| {
        let held = balance.held;
        vec![
            date,
            cause.to_owned(),
            String::new(),
            balance.total.to_string(),
            format!("{held} of it held"),
        ]
    };
    let mut rows = vec![edge(from.to_string(), "opening", found.opening)];
    rows.extend(found.lines.iter().map(line));
    rows.push(edge(to.to_string(), "closing", found.closing));
    let columns = [
        ("date", Align::Left),
        ("cause", Align::Left),
        ("tokens", Align::Right),
        ("balance", Align::Right),
        ("", Align::Left),
    ];
    output::table(&columns, &rows, "nothing happened");
    if found.adds_up() {
        return Ok(());
    }
    let help = "run `faregate doctor`; the journal or this release is at fault";
    Err(Fault::new(Code::Findings, "the lines do not sum to the balances", help))
}

fn statement_json(found: &statement::Statement) -> Value {
    let balance = |balance: statement::Balance| json!({ "total": balance.total.tokens(), "held": balance.held.tokens() });
    let lines: Vec<Value> = found
        .lines
        .iter()
        .map(|line| {
            json!({
                "date": line.date.to_string(), "cause": line.cause.key(), "tokens": line.ticks.tokens(),
                "balance": line.balance.tokens(), "units": line.units, "by": line.by, "words": line.words,
            })
        })
        .collect();
    json!({
        "opening": balance(found.opening), "lines": lines, "closing": balance(found.closing),
        "adds_up": found.adds_up(),
    })
}

/// Our balance beside the vendor's last one.
pub(crate) fn reconciliation(path: &Path, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let Some(found) = reports::reconciliation(&mut engine)? else {
        if as_json {
            return output::json(&Value::Null);
        }
        say!(
            "the vendor has told no balance yet: `faregate pack balance TOKENS --at DATE` notes one"
        );
        return Ok(());
    };
    if as_json {
        let parts: Vec<Value> = found
            .parts
            .iter()
            .map(|part| {
                json!({
                    "cause": part.gap.key(), "tokens": part.ticks.tokens(), "count": part.count,
                    "words": part.words,
                })
            })
            .collect();
        return output::json(&json!({
            "at": found.at.to_string(), "ours": found.ours.tokens(), "theirs": found.theirs.tokens(),
            "difference": found.difference.tokens(), "parts": parts,
        }));
    }
    say!(
        "at {}: ours {}, the vendor's {}, a difference of {}",
        found.at,
        number(found.ours.tokens()),
        number(found.theirs.tokens()),
        number(found.difference.tokens())
    );
    let rows: Vec<Vec<String>> = found
        .parts
        .iter()
        .map(|part| {
            vec![part.gap.key().to_owned(), number(part.ticks.tokens()), part.words.clone()]
        })
        .collect();
    output::table(
        &[("cause", Align::Left), ("tokens", Align::Right), ("", Align::Left)],
        &rows,
        "nothing explains it",
    );
    Ok(())
}

pub(crate) fn chargeback(path: &Path, args: &Chargeback, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (from, to) = estate::dates(&state, &args.span)?;
    let by = match args.by.as_str() {
        "bucket" => By::Bucket,
        "product" => By::Product,
        "person" => By::Person,
        dimension => By::Group(known_dimension(&state, dimension)?),
    };
    let currency = args.currency.as_deref().map(|code| {
        Currency::new(&code.to_uppercase()).ok_or_else(|| {
            Fault::new(
                Code::Usage,
                format!("`{code}` is no currency"),
                "use three letters, such as EUR",
            )
        })
    });
    let found =
        reports::chargeback(&state, &by, from, to, currency.transpose()?).map_err(|why| {
            let help =
                "name exchange rates in an estate file ([[exchange_rate]]), or another --currency";
            Fault::new(Code::Usage, why.to_string(), help)
        })?;
    if as_json {
        return output::json(&json!({
            "by": args.by, "from": from.to_string(), "to": to.to_string(),
            "paid": part_json(&found.paid), "uncovered": part_json(&found.uncovered),
        }));
    }
    print_part(&args.by, &found.paid);
    if found.uncovered.total.charges > 0 {
        say!("no bucket could pay for this, and the vendor bills it:");
        print_part(&args.by, &found.uncovered);
    }
    aside!("{from} to {to}");
    Ok(())
}

fn known_dimension(state: &State, name: &str) -> Result<String, Fault> {
    let mut known: Vec<&str> =
        state.estate().groups().iter().filter_map(|group| group.dimension.as_deref()).collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&name) {
        return Ok(name.to_owned());
    }
    let all = [known, vec!["bucket", "product", "person"]].concat().join(", ");
    Err(Fault::new(
        Code::Usage,
        format!("no group is of the dimension `{name}`"),
        format!("use one of {all}"),
    ))
}

fn print_part(by: &str, part: &Part) {
    let rows = part.rows.iter().chain([&part.total]).map(|row| {
        let name = if row.key.is_empty() { "in none".to_owned() } else { row.name.clone() };
        vec![name, number(row.ticks.tokens()), row.charges.to_string(), worth(row.money)]
    });
    let columns = [
        (by, Align::Left),
        ("tokens", Align::Right),
        ("charges", Align::Right),
        ("money", Align::Right),
    ];
    output::table(&columns, &rows.collect::<Vec<_>>(), "nothing was charged");
}

fn part_json(part: &Part) -> Value {
    let row = |row: &faregate_core::chargeback::Row| {
        json!({
            "key": row.key, "name": row.name, "tokens": row.ticks.tokens(), "charges": row.charges,
            "money": worth_json(row.money),
        })
    };
    let rows: Vec<Value> = part.rows.iter().map(row).collect();
    json!({ "rows": rows, "total": row(&part.total) })
}

pub(crate) fn double_dips(path: &Path, span: &Span, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (from, to) = estate::dates(&state, span)?;
    let found = reports::double_dips(&state, from, to);
    let estate = state.estate();
    let cause = |cause: DipCause| match cause {
        DipCause::SecondIdentity => "second-identity",
        DipCause::SeatCameLater => "seat-came-later",
        DipCause::SameIdentity => "same-identity",
        DipCause::SecondChargeInWindow => "second-charge-in-window",
    };
    let person = |id| estate.person(id).map_or(String::new(), |person| person.key.clone());
    let product = |id| estate.product(id).map_or(String::new(), |product| product.key.clone());
    if as_json {
        let rows: Vec<Value> = found
            .rows
            .iter()
            .map(|dip| {
                json!({
                    "day": dip.day.to_string(), "person": person(dip.person), "alias": dip.alias,
                    "product": product(dip.product), "tokens": dip.ticks.tokens(),
                    "cost": dip.cost.map(worth_json), "cause": cause(dip.cause),
                })
            })
            .collect();
        return output::json(&json!({
            "rows": rows, "tokens": found.ticks.tokens(), "cost": found.cost.map(worth_json),
        }));
    }
    let rows: Vec<Vec<String>> = found
        .rows
        .iter()
        .map(|dip| {
            let cost = dip.cost.map_or("–".to_owned(), worth);
            let alias = dip.alias.clone().unwrap_or_default();
            let (who, what) = (person(dip.person), product(dip.product));
            let tokens = number(dip.ticks.tokens());
            vec![dip.day.to_string(), who, alias, what, tokens, cost, cause(dip.cause).to_owned()]
        })
        .collect();
    let columns = [
        ("day", Align::Left),
        ("person", Align::Left),
        ("charged to", Align::Left),
        ("product", Align::Left),
        ("tokens", Align::Right),
        ("cost", Align::Right),
        ("cause", Align::Left),
    ];
    output::table(&columns, &rows, "no tokens were paid twice");
    let cost = found.cost.map_or(String::new(), |cost| format!(", {}", worth(cost)));
    aside!("{} tokens were paid twice{cost}", number(found.ticks.tokens()));
    Ok(())
}

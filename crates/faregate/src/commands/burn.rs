//! `faregate burn`: what was spent.

use crate::aside;
use crate::cli::{Burn, By};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use faregate_core::amount::Money;
use faregate_core::burn::{Dimension, Row, Sum, burn};
use faregate_core::when::Date;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Burn, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let today = state.zone().date(state.at());
    let (first, last) = state.charges().span().unwrap_or((today, today));
    let from = args.from.as_deref().map(estate::date).transpose()?.unwrap_or(first);
    let to = args.to.as_deref().map(estate::date).transpose()?.unwrap_or(last.max(from));
    if to < from {
        let message = format!("the span ends on {to}, before it begins on {from}");
        return Err(Fault::new(Code::Usage, message, "swap --from and --to"));
    }
    let (dimension, name) = dimension(args.by);
    let found = burn(&state, dimension, from, to);
    let rows = &found.rows[..found.rows.len().min(args.limit.unwrap_or(usize::MAX))];
    if as_json {
        let rows: Vec<Value> = rows.iter().map(row_json).collect();
        let (from, to) = (from.to_string(), to.to_string());
        return output::json(
            &json!({ "by": name, "from": from, "to": to, "rows": rows, "total": sum_json(&found.total) }),
        );
    }
    print(name, from, to, rows, &found.total);
    Ok(())
}

fn dimension(by: By) -> (Dimension, &'static str) {
    match by {
        By::Day => (Dimension::Day, "day"),
        By::Product => (Dimension::Product, "product"),
        By::Person => (Dimension::Person, "person"),
        By::Bucket => (Dimension::Bucket, "bucket"),
    }
}

fn print(name: &str, from: Date, to: Date, rows: &[Row], total: &Sum) {
    let line = |name: &str, sum: &Sum| {
        vec![name.to_owned(), number(sum.ticks.tokens()), sum.charges.to_string(), money(sum)]
    };
    let mut lines: Vec<Vec<String>> = rows.iter().map(|row| line(&row.name, &row.sum)).collect();
    lines.push(line("total", total));
    let columns = [
        (name, Align::Left),
        ("tokens", Align::Right),
        ("charges", Align::Right),
        ("money", Align::Right),
    ];
    output::table(&columns, &lines, "nothing was charged");
    aside!("{from} to {to}");
}

fn money(sum: &Sum) -> String {
    sum.money().map_or("–".to_owned(), |money| format!("{} {}", money, money.currency.code()))
}

fn row_json(row: &Row) -> Value {
    let mut value = sum_json(&row.sum);
    value["key"] = row.key.clone().into();
    value["name"] = row.name.clone().into();
    value
}

fn sum_json(sum: &Sum) -> Value {
    let money = sum.money().map(
        |money: Money| json!({ "amount": money.to_string(), "currency": money.currency.code() }),
    );
    json!({ "tokens": sum.ticks.tokens(), "charges": sum.charges, "money": money })
}

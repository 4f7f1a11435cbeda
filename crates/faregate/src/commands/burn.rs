//! `faregate burn`: what was spent, how fast, and beside which plan.

use crate::cli::burn::{Action, Burn, By, Only, Plan, PlanKind, Table};
use crate::commands::orders::giving;
use crate::estate;
use crate::fault::{Code, Fault};
use crate::giving::refused;
use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_app::engine::Engine;
use faregate_app::reports;
use faregate_app::views::burn::{
    Narrowed, bucket_key, groups_of, pace_in_words, periods_in_words, table_in_words,
};
use faregate_core::amount::{Money, Ticks};
use faregate_core::burn::{self, Dimension, Pace, Periods, Row, Span, Sum, Usual, Velocity, burn};
use faregate_core::state::State;
use faregate_core::statement::Scope;
use faregate_core::when::{Date, Instant};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Burn, as_json: bool) -> Result<(), Fault> {
    match &args.action {
        None => table(path, &args.table, as_json),
        Some(Action::Periods(args)) => periods(path, &args.only, as_json),
        Some(Action::Pace { bucket }) => paces(path, bucket.as_deref(), as_json),
        Some(Action::Plan(args)) => plan(path, args, as_json),
    }
}

fn table(path: &Path, args: &Table, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let (dimension, name) = dimension(&mut engine, args)?;
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
    let narrowed = Narrowed { person: args.person.clone(), ..narrowed(&args.only) };
    let filter = narrowed.filter(&state, now(&state)).map_err(refused)?;
    let found = burn(&state, &dimension, &filter, from, to);
    let rows = &found.rows[..found.rows.len().min(args.limit.unwrap_or(usize::MAX))];
    if as_json {
        let rows: Vec<Value> = rows.iter().map(row_json).collect();
        let (from, to) = (from.to_string(), to.to_string());
        return output::json(
            &json!({ "by": name, "from": from, "to": to, "rows": rows, "total": sum_json(&found.total) }),
        );
    }
    print(name, from, to, rows, &found.total);
    // What is said of these rows has to be known to read them.
    if matches!(args.by, By::Group | By::Department | By::Site | By::Segment) {
        aside!("{}", table_in_words(&found, &dimension, &from.to_string(), &to.to_string()));
    }
    Ok(())
}

/// The clock's time, unless the books are ahead of it.
fn now(state: &State) -> Instant {
    crate::ambient::now().max(state.at())
}

fn narrowed(only: &Only) -> Narrowed {
    let Only { product, bucket, group } = only;
    let (product, bucket, group) = (product.clone(), bucket.clone(), group.clone());
    Narrowed { product, bucket, group, person: None }
}

fn dimension(engine: &mut Engine, args: &Table) -> Result<(Dimension, &'static str), Fault> {
    let groups =
        |engine: &Engine, name: &str| groups_of(&engine.state().read(), name).map_err(refused);
    Ok(match args.by {
        By::Day => (Dimension::Day, "day"),
        By::Weekday => (Dimension::Weekday, "weekday"),
        By::Hour => (Dimension::Hour, "hour"),
        By::WeekHour => (Dimension::WeekHour, "week-hour"),
        By::Product => (Dimension::Product, "product"),
        By::Person => (Dimension::Person, "person"),
        By::Bucket => (Dimension::Bucket, "bucket"),
        By::Project => (Dimension::Project, "project"),
        By::Department => (groups(engine, "department")?, "department"),
        By::Group => {
            let named = args.dimension.as_deref().ok_or_else(|| {
                let help = "say which groups, for example --dimension department";
                Fault::new(Code::Usage, "groups are of many dimensions", help)
            })?;
            (groups(engine, named)?, "group")
        }
        By::Site => (Dimension::Site(reports::sites(engine)?), "site"),
        By::Segment => (Dimension::Segment, "segment"),
        By::Source => (Dimension::Source, "source"),
    })
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

fn periods(path: &Path, only: &Only, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let now = now(&state);
    let filter = narrowed(only).filter(&state, now).map_err(refused)?;
    let found = burn::periods(&state, &filter, now);
    if as_json {
        return output::json(&periods_json(&found));
    }
    let amount = |sum: &Sum| number(sum.ticks.tokens());
    let usual = |usual: &Option<Usual>| {
        usual.as_ref().map_or("–".to_owned(), |usual| {
            let (mean, low, high) = (&usual.mean, &usual.low, &usual.high);
            format!("{} ({} to {})", amount(mean), amount(low), amount(high))
        })
    };
    let span = |one: &Span| {
        let is_today = one.key == "today";
        let known = if is_today { usual(&found.usual) } else { String::new() };
        vec![one.key.to_owned(), amount(&one.sum), money(&one.sum), amount(&one.before), known]
    };
    let speed = |one: &Velocity| {
        let name = format!("a {} now", one.key);
        vec![name, amount(&one.sum), money(&one.sum), String::new(), usual(&one.usual)]
    };
    let mut rows = vec![span(&found.today)];
    rows.extend(found.spans.iter().map(span));
    rows.extend(found.velocity.iter().map(speed));
    let columns = [
        ("period", Align::Left),
        ("tokens", Align::Right),
        ("money", Align::Right),
        ("before", Align::Right),
        ("usual", Align::Right),
    ];
    output::table(&columns, &rows, "nothing was charged");
    aside!("{}", periods_in_words(&found));
    Ok(())
}

fn periods_json(found: &Periods) -> Value {
    let usual = |usual: &Option<Usual>| {
        usual.as_ref().map(|usual| {
            json!({
                "mean": sum_json(&usual.mean), "low": sum_json(&usual.low),
                "high": sum_json(&usual.high), "days": usual.days,
            })
        })
    };
    let span = |one: &Span| {
        json!({
            "key": one.key, "from": one.from.to_string(), "to": one.to.to_string(),
            "amount": sum_json(&one.sum), "before": sum_json(&one.before),
        })
    };
    let speed = |one: &Velocity| {
        json!({
            "key": one.key, "seconds": one.seconds, "amount": sum_json(&one.sum),
            "usual": usual(&one.usual),
        })
    };
    let spans: Vec<Value> = found.spans.iter().map(span).collect();
    let velocity: Vec<Value> = found.velocity.iter().map(speed).collect();
    json!({
        "as_of": found.as_of.to_string(), "today": span(&found.today), "usual": usual(&found.usual),
        "spans": spans, "velocity": velocity, "text": periods_in_words(found),
    })
}

fn paces(path: &Path, bucket: Option<&str>, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let key = bucket.map(|key| {
        state.estate().bucket_called(key).map(Scope::Bucket).ok_or_else(|| {
            let help = "`faregate bucket list` names all of them";
            Fault::new(Code::Usage, format!("there is no bucket `{key}`"), help)
        })
    });
    let only = key.transpose()?;
    let found = burn::paces(&state, |scope| only.is_none_or(|only| only == scope), now(&state));
    if as_json {
        let rows: Vec<Value> = found.iter().map(|pace| pace_json(&state, pace)).collect();
        return output::json(&rows);
    }
    let amount = |ticks: Ticks| number(ticks.tokens());
    let row = |pace: &Pace| {
        vec![
            bucket_key(&state, pace.scope).unwrap_or_else(|| "(the pool)".to_owned()),
            format!("{} to {}", pace.from, pace.until.plus(-1)),
            amount(pace.used),
            amount(pace.allotted),
            pace.plan.to_owned(),
            amount(pace.planned),
            pace.ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
            format!("{:+.1}", pace.days_ahead),
        ]
    };
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    let columns = [
        ("bucket", Align::Left),
        ("period", Align::Left),
        ("used", Align::Right),
        ("of", Align::Right),
        ("plan", Align::Left),
        ("planned", Align::Right),
        ("pace", Align::Right),
        ("days ahead", Align::Right),
    ];
    output::table(&columns, &rows, "no pack is valid now, and no bucket has dates of its own");
    let told = found.iter().filter(|pace| only.is_some() || pace.instead.is_some());
    told.for_each(|pace| say!("{}", pace_in_words(&state, pace)));
    Ok(())
}

fn pace_json(state: &State, pace: &Pace) -> Value {
    json!({
        "bucket": bucket_key(state, pace.scope), "from": pace.from.to_string(),
        "to": pace.until.plus(-1).to_string(), "allotted": pace.allotted.tokens(),
        "used": pace.used.tokens(), "plan": pace.plan, "instead": pace.instead,
        "planned": pace.planned.tokens(), "straight": pace.straight.tokens(),
        "seasonal": pace.seasonal.map(Ticks::tokens), "curve": pace.curve.map(Ticks::tokens),
        "pace": pace.ratio, "days_ahead": pace.days_ahead, "text": pace_in_words(state, pace),
    })
}

fn plan(path: &Path, args: &Plan, as_json: bool) -> Result<(), Fault> {
    let kind = match args.plan {
        PlanKind::Straight => "straight",
        PlanKind::Seasonal => "seasonal",
        PlanKind::Curve => "curve",
    };
    let points =
        args.point.iter().map(|text| point(text)).collect::<Result<Vec<Value>, Fault>>()?;
    let order =
        json!({ "order": "set-plan", "bucket": args.bucket, "plan": kind, "curve": points });
    giving(path, &args.giver, as_json).give(order)
}

/// A point as it is typed: `2026-06-30=0.4`.
fn point(text: &str) -> Result<Value, Fault> {
    let read = text.split_once('=').and_then(|(date, share)| {
        let share: f64 = share.trim().parse().ok().filter(|share: &f64| share.is_finite())?;
        Some(json!({ "date": date.trim(), "share": share }))
    });
    read.ok_or_else(|| {
        let message = format!("`{text}` is no point of a curve");
        Fault::new(Code::Usage, message, "write a date and a share, for example 2026-06-30=0.4")
    })
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

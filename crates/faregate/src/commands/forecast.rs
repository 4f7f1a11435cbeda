//! `faregate forecast` and `faregate occasion …`: what will be burned, and what is known of days to come.

use crate::ambient::WallClock;
use crate::cli::monitor::{Forecast, Occasion, SetOccasion};
use crate::commands::orders;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{aside, estate, say};
use faregate_api::routes::{forecasts as wire, occasions};
use faregate_app::alerts::outlook::Whose;
use faregate_app::forecasts;
use faregate_app::ports::Clock;
use faregate_core::forecast::Change;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use serde_json::json;
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Forecast, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let now = WallClock.now().max(state.at());
    let key = subject(args.bucket.as_deref(), args.product.as_deref());
    let whose = forecasts::whose(&state, &key).ok_or_else(|| unknown(&key))?;
    let to = args.to.as_deref().map(estate::date).transpose()?;
    let changes = changes(args, &state)?;
    if !changes.is_empty() {
        return what_if(&state, &whose, &changes, to, (now, as_json));
    }
    let name = whose.subject.clone();
    let found = forecasts::expected(&state, whose, to, now);
    let told = found.map_or_else(|| wire::nothing(&name), |found| wire::shown(&found));
    if as_json {
        return output::json(&told);
    }
    let rows = [
        ("days shown", &told.total),
        ("end of the month", &told.month_end),
        ("rest of the term", &told.term_end),
    ];
    let row = |(name, estimate): &(&str, &Option<wire::Estimate>)| {
        let estimate = estimate.as_ref()?;
        let range =
            |range: &wire::Range| format!("{} to {}", number(range.low), number(range.high));
        let (half, four) = (range(&estimate.half), range(&estimate.four_in_five));
        let nineteen = range(&estimate.nineteen_in_twenty);
        Some(vec![(*name).to_owned(), number(estimate.expected), half, four, nineteen])
    };
    let rows: Vec<Vec<String>> = rows.iter().filter_map(row).collect();
    let columns = [
        ("tokens until", Align::Left),
        ("expected", Align::Right),
        ("1 in 2", Align::Right),
        ("4 in 5", Align::Right),
        ("19 in 20", Align::Right),
    ];
    output::table(&columns, &rows, "nothing was used yet, so nothing can be said");
    aside!("{}", told.text);
    for past in &told.past {
        let error =
            past.error.map_or("unknown".to_owned(), |error| format!("{:.0} %", error * 100.0));
        let held = past.four_in_five_held * 100.0;
        aside!(
            "{} past forecasts of {}: mean error {error}; the band of 4 in 5 held {held:.0} %",
            past.count,
            past.span
        );
    }
    Ok(())
}

fn what_if(
    state: &State,
    whose: &Whose,
    changes: &[Change],
    to: Option<Date>,
    (now, as_json): (Instant, bool),
) -> Result<(), Fault> {
    let to = to.unwrap_or_else(|| state.zone().date(now).plus(364));
    let found = forecasts::with_changes(state, whose, changes, to, now).ok_or_else(|| {
        let help = "take in some use first";
        Fault::new(Code::Refused, "nothing was used yet, so nothing can be said", help)
    })?;
    let told = wire::changed(&found, &whose.subject.name);
    if as_json {
        return output::json(&told);
    }
    say!("{}", told.text);
    let day = |day: Option<String>| day.unwrap_or_else(|| "not within it".to_owned());
    if told.used_up_before.is_some() || told.used_up_after.is_some() {
        let (before, after) = (day(told.used_up_before), day(told.used_up_after));
        say!("what is left is used up: {before} without the changes, {after} with them");
    }
    told.warnings.iter().for_each(|warning| aside!("warning: {warning}"));
    Ok(())
}

fn subject(bucket: Option<&str>, product: Option<&str>) -> String {
    match (bucket, product) {
        (Some(key), _) => format!("bucket:{key}"),
        (None, Some(key)) => format!("product:{key}"),
        (None, None) => "contract".to_owned(),
    }
}

fn unknown(what: &str) -> Fault {
    let help =
        "`faregate bucket list` names the buckets, `faregate burn --by product` the products";
    Fault::new(Code::Usage, format!("there is no {}", what.replace(':', " ")), help)
}

fn changes(args: &Forecast, state: &State) -> Result<Vec<Change>, Fault> {
    let product = |key: &str| {
        state.estate().product_called(key).ok_or_else(|| unknown(&format!("product {key}")))
    };
    let mut changes = Vec::new();
    for text in &args.people {
        let (key, count, from) = change(text)?;
        changes.push(Change::People { product: product(key)?, count, from });
    }
    for text in &args.scale {
        let (key, factor, from) = change(text)?;
        let bucket = state.estate().bucket_called(key);
        let bucket = bucket.ok_or_else(|| unknown(&format!("bucket {key}")))?;
        changes.push(Change::Bucket { bucket, factor, from });
    }
    for text in &args.rate {
        let (key, factor, from) = change(text)?;
        changes.push(Change::Rate { product: product(key)?, factor, from });
    }
    Ok(changes)
}

/// `KEY=NUMBER@DATE`.
fn change(text: &str) -> Result<(&str, f64, Date), Fault> {
    let wrong = || {
        let help = "write KEY=NUMBER@DATE, for example revit=20@2027-03-01";
        Fault::new(Code::Usage, format!("`{text}` is no change"), help)
    };
    let (key, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (count, date) = rest.split_once('@').ok_or_else(wrong)?;
    let count = count.parse::<f64>().ok().filter(|count| count.is_finite()).ok_or_else(wrong)?;
    Ok((key, count, estate::date(date)?))
}

pub(crate) fn run_occasion(path: &Path, action: &Occasion, as_json: bool) -> Result<(), Fault> {
    match action {
        Occasion::List => list(path, as_json),
        Occasion::Set(args) => set(path, args, as_json),
        Occasion::Remove { key, giver } => {
            orders::give(path, json!({ "order": "remove-occasion", "key": key }), giver, as_json)
        }
    }
}

fn list(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let rows = occasions::all(&shared.read()).rows;
    if as_json {
        return output::json(&rows);
    }
    let row = |one: &occasions::Occasion| {
        let effect = match (one.times, one.tokens_a_day) {
            (Some(times), _) => format!("{times} times as much"),
            (None, Some(tokens)) => format!("{} tokens a day more", tokens.0),
            (None, None) => "holiday".to_owned(),
        };
        let (from, to) = (one.from.clone(), one.to.clone());
        vec![one.key.clone(), one.name.clone(), one.subject.clone(), from, to, effect]
    };
    let names = ["occasion", "name", "of", "from", "to", "what"];
    let columns = names.map(|name| (name, Align::Left));
    let none = "nothing is known of days to come: forecasts learn holidays from the past";
    output::table(&columns, &rows.iter().map(row).collect::<Vec<_>>(), none);
    Ok(())
}

fn set(path: &Path, args: &SetOccasion, as_json: bool) -> Result<(), Fault> {
    let SetOccasion { key, name, from, to, bucket, product, times, tokens_a_day, giver } = args;
    let tokens = tokens_a_day.as_deref().map(orders::tokens).transpose()?;
    let order = json!({
        "order": "set-occasion", "key": key, "name": name.as_ref().unwrap_or(key),
        "subject": subject(bucket.as_deref(), product.as_deref()),
        "from": from, "to": to.as_ref().unwrap_or(from), "times": times, "tokens_a_day": tokens,
    });
    orders::give(path, order, giver, as_json)
}

//! `faregate bucket …` and `pack …`: what they print. What they order is in `orders`.

use crate::cli::budgets::{Bucket, Pack, Wall};
use crate::commands::{bulk, orders, reports};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_app::views::buckets::{BucketFigures, buckets};
use faregate_core::budget::wall;
use faregate_core::estate::{BucketId, Leftover, Period, PersonId};
use faregate_core::ledger::PackKind;
use faregate_core::state::State;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run_bucket(path: &Path, action: &Bucket, as_json: bool) -> Result<(), Fault> {
    match action {
        Bucket::List => list(path, None, as_json),
        Bucket::Show { key } => list(path, Some(key), as_json),
        Bucket::Set(args) => bulk::set_bucket(path, args, as_json),
        Bucket::Transfer(args) => orders::transfer(path, args, as_json),
        Bucket::Statement(args) => reports::statement(path, args, as_json),
        Bucket::Wall(args) => print_wall(path, args, as_json),
        Bucket::Import(args) => bulk::import(path, "buckets", args, as_json),
    }
}

pub(crate) fn run_pack(path: &Path, action: &Pack, as_json: bool) -> Result<(), Fault> {
    match action {
        Pack::List => packs(path, as_json),
        Pack::Buy(args) => orders::buy(path, args, as_json),
        Pack::Correct(args) => orders::correct(path, args, as_json),
        Pack::Balance(args) if args.tokens.is_some() => {
            orders::balance(path, args, as_json)?;
            // A program that notes a balance asks for the comparison by itself: one command, one line of JSON.
            if as_json || args.giver.trial.dry_run {
                return Ok(());
            }
            reports::reconciliation(path, false)
        }
        Pack::Balance(_) => reports::reconciliation(path, as_json),
    }
}

fn list(path: &Path, only: Option<&str>, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let one = match only {
        Some(key) => Some(state.estate().bucket_called(key).ok_or_else(|| {
            Fault::new(
                Code::Usage,
                format!("there is no bucket `{key}`"),
                "`faregate bucket list` names all of them",
            )
        })?),
        None => None,
    };
    let all = buckets(&state, |_| true);
    let mut shown: Vec<&BucketFigures> =
        all.iter().filter(|figures| one.is_none_or(|id| id == figures.id)).collect();
    shown.sort_by_key(|figures| lineage(&state, figures.id));
    if as_json {
        let rows: Vec<Value> = shown.iter().map(|figures| bucket_json(&state, figures)).collect();
        return match (only, rows.first()) {
            (Some(_), Some(row)) => output::json(row),
            _ => output::json(&rows),
        };
    }
    let mut rows: Vec<Vec<String>> =
        shown.iter().map(|figures| bucket_row(&state, figures)).collect();
    if let (Some(_), Some(key)) = (only, rows.first_mut().and_then(|row| row.first_mut())) {
        // Alone it stands below nothing.
        *key = key.trim_start().to_owned();
    }
    let columns = [
        ("bucket", Align::Left),
        ("allocated", Align::Right),
        ("spent", Align::Right),
        ("held", Align::Right),
        ("available", Align::Right),
        ("with below", Align::Right),
        ("owners", Align::Left),
        ("period", Align::Left),
        ("then", Align::Left),
    ];
    output::table(&columns, &rows, "there are no buckets");
    if only.is_none() {
        let unallocated = number(state.free_tokens(None).tokens());
        aside!("{unallocated} tokens are in no bucket");
    }
    Ok(())
}

/// The keys from the top of the tree down to a bucket, to sort by.
fn lineage(state: &State, id: BucketId) -> Vec<String> {
    let key = |id: &BucketId| state.estate().bucket(*id).map_or(String::new(), |b| b.key.clone());
    let mut above: Vec<String> = state.estate().buckets_above(id).iter().map(key).collect();
    above.reverse();
    above.push(key(&id));
    above
}

fn bucket_row(state: &State, figures: &BucketFigures) -> Vec<String> {
    let (estate, own) = (state.estate(), figures.own);
    let terms = estate.bucket_terms(figures.id);
    let depth = estate.buckets_above(figures.id).len();
    let key = estate.bucket(figures.id).map_or("", |bucket| bucket.key.as_str());
    let amount = |ticks: faregate_core::amount::Ticks| number(ticks.tokens());
    vec![
        format!("{}{key}", "  ".repeat(depth)),
        amount(own.allocated),
        amount(own.spent),
        amount(own.held),
        amount(own.available),
        amount(figures.with_below.available),
        people(state, &estate.deciders(figures.id)).join(", "),
        period(terms.period),
        leftover(terms.leftover).to_owned(),
    ]
}

fn bucket_json(state: &State, figures: &BucketFigures) -> Value {
    let (estate, own, id) = (state.estate(), figures.own, figures.id);
    let terms = estate.bucket_terms(id);
    let known = estate.bucket(id);
    let parent = terms.parent.and_then(|parent| estate.bucket(parent)).map(|b| b.key.clone());
    json!({
        "key": known.map(|bucket| &bucket.key), "name": known.map(|bucket| &bucket.name),
        "parent": parent, "owners": people(state, &terms.owners), "period": period(terms.period),
        "leftover": leftover(terms.leftover), "lends": terms.lends,
        "allocated": own.allocated.tokens(), "spent": own.spent.tokens(), "held": own.held.tokens(),
        "available": own.available.tokens(), "available_with_below": figures.with_below.available.tokens(),
    })
}

pub(crate) fn people(state: &State, ids: &[PersonId]) -> Vec<String> {
    let known = ids.iter().filter_map(|id| state.estate().person(*id));
    known.map(|person| person.key.clone()).collect()
}

fn period(period: Period) -> String {
    match period {
        Period::Open => "open".to_owned(),
        Period::Months(1) => "month".to_owned(),
        Period::Months(3) => "quarter".to_owned(),
        Period::Months(12) => "year".to_owned(),
        Period::Months(count) => format!("{count} months"),
        Period::Dates(from, until) => format!("{from}..{}", until.plus(-1)),
    }
}

fn leftover(leftover: Leftover) -> &'static str {
    match leftover {
        Leftover::Return => "return",
        Leftover::Carry => "carry",
        Leftover::Expire => "expire",
    }
}

fn print_wall(path: &Path, args: &Wall, as_json: bool) -> Result<(), Fault> {
    let fair = |share: f64| share.is_finite() && share >= 0.0;
    if !fair(args.cv) || !fair(args.z) {
        let help = "give --cv and --z as numbers of 0 or more";
        return Err(Fault::new(Code::Usage, "a deviation cannot be negative", help));
    }
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let all = buckets(&state, |_| true);
    let mut named: Vec<(String, f64)> = Vec::new();
    for figures in &all {
        let Some(bucket) = state.estate().bucket(figures.id) else { continue };
        let tokens = figures.own.allocated.tokens();
        let wanted = args.keys.contains(&bucket.key) || (args.keys.is_empty() && tokens > 0.0);
        if wanted {
            named.push((bucket.key.clone(), tokens));
        }
    }
    if let Some(unknown) = args.keys.iter().find(|key| state.estate().bucket_called(key).is_none())
    {
        return Err(Fault::new(
            Code::Usage,
            format!("there is no bucket `{unknown}`"),
            "`faregate bucket list` names all of them",
        ));
    }
    let means: Vec<f64> = named.iter().map(|(_, tokens)| *tokens).collect();
    let (separate, pooled) = wall(&means, args.cv, args.z);
    if as_json {
        let buckets: Vec<Value> =
            named.iter().map(|(key, tokens)| json!({ "key": key, "tokens": tokens })).collect();
        return output::json(&json!({
            "buckets": buckets, "cv": args.cv, "z": args.z, "separate": separate, "pooled": pooled,
            "wall": separate - pooled,
        }));
    }
    let rows: Vec<Vec<String>> = named
        .iter()
        .map(|(key, tokens)| vec![key.clone(), number(*tokens), number(args.z * args.cv * tokens)])
        .collect();
    let columns = [("bucket", Align::Left), ("tokens", Align::Right), ("safety", Align::Right)];
    output::table(&columns, &rows, "no bucket has tokens");
    say!(
        "apart they need {} tokens of safety, together {}: the walls cost {}",
        number(separate),
        number(pooled),
        number(separate - pooled)
    );
    aside!(
        "assumed: demands vary by {} of their mean, independently; {} standard deviations",
        args.cv,
        args.z
    );
    Ok(())
}

fn packs(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let kind = |kind: PackKind| match kind {
        PackKind::Flex => "flex",
        PackKind::ContractYear => "contract-year",
        PackKind::MultiYear => "multi-year",
    };
    let date = |at| state.zone().date(at);
    let packs = state.ledger().packs().iter().enumerate();
    if as_json {
        let rows: Vec<Value> = packs
            .map(|(index, pack)| {
                let price = pack.price.map(|price| json!({ "amount": price.to_string(), "currency": price.currency.code() }));
                json!({
                    "pack": index + 1, "name": pack.name, "kind": kind(pack.kind),
                    "bought": pack.bought.tokens(), "remaining": pack.remaining.tokens(),
                    "from": date(pack.from).to_string(),
                    "until": date(pack.until.plus(-1)).to_string(), "price": price,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<Vec<String>> = packs
        .map(|(index, pack)| {
            let price = pack
                .price
                .map_or("–".to_owned(), |price| format!("{price} {}", price.currency.code()));
            vec![
                (index + 1).to_string(),
                pack.name.clone(),
                kind(pack.kind).to_owned(),
                number(pack.bought.tokens()),
                number(pack.remaining.tokens()),
                date(pack.from).to_string(),
                date(pack.until.plus(-1)).to_string(),
                price,
            ]
        })
        .collect();
    let columns = [
        ("pack", Align::Right),
        ("name", Align::Left),
        ("kind", Align::Left),
        ("bought", Align::Right),
        ("left", Align::Right),
        ("from", Align::Left),
        ("until", Align::Left),
        ("a token", Align::Right),
    ];
    output::table(&columns, &rows, "there are no packs: `faregate pack buy` takes one in");
    Ok(())
}

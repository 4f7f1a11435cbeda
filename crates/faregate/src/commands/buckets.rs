//! `faregate bucket …`, `pack …` and `request …`: what they print. What they order is in `orders`.

use crate::cli::budgets::{Bucket, Pack, Request, Wall};
use crate::commands::{bulk, orders, reports};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_app::views::buckets::{BucketFigures, buckets};
use faregate_core::budget::{Progress, RequestId, Requested, approvals_needed, wall};
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

pub(crate) fn run_request(path: &Path, action: &Request, as_json: bool) -> Result<(), Fault> {
    match action {
        Request::List { all } => requests(path, *all, None, as_json),
        Request::Show { id } => requests(path, true, Some(request_id(id)?), as_json),
        Request::Make(args) => orders::request(path, args, as_json),
        Request::Approve(args) => {
            let asked = asked(path, &args.id)?;
            orders::approve(path, args, asked, as_json)
        }
        Request::Decline(args) => {
            asked(path, &args.id)?;
            orders::decline(path, args, as_json)
        }
    }
}

/// How many tokens a request asks for.
fn asked(path: &Path, id: &str) -> Result<f64, Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let known = state.requests().get(&request_id(id)?);
    Ok(known.ok_or_else(|| no_request(id))?.request.ticks.tokens())
}

fn request_id(text: &str) -> Result<RequestId, Fault> {
    text.parse().map_err(|_| no_request(text))
}

fn no_request(id: &str) -> Fault {
    let help = "`faregate request list --all` names all of them; ids look like r42";
    Fault::new(Code::Usage, format!("there is no request `{id}`"), help)
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

fn people(state: &State, ids: &[PersonId]) -> Vec<String> {
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

fn requests(path: &Path, all: bool, only: Option<RequestId>, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let wanted = |(id, known): &(&RequestId, &Requested)| {
        only.is_none_or(|one| one == **id) && (all || known.progress == Progress::Waiting)
    };
    let found: Vec<(&RequestId, &Requested)> = state.requests().iter().filter(wanted).collect();
    if let (Some(id), true) = (only, found.is_empty()) {
        return Err(no_request(&id.to_string()));
    }
    if as_json {
        let rows: Vec<Value> =
            found.iter().map(|(id, known)| request_json(&state, **id, known)).collect();
        return match (only, rows.first()) {
            (Some(_), Some(row)) => output::json(row),
            _ => output::json(&rows),
        };
    }
    let rows: Vec<Vec<String>> =
        found.iter().map(|(id, known)| request_row(&state, **id, known)).collect();
    let columns = [
        ("request", Align::Left),
        ("tokens", Align::Right),
        ("for", Align::Left),
        ("of", Align::Left),
        ("by", Align::Left),
        ("why", Align::Left),
        ("state", Align::Left),
        ("can answer", Align::Left),
    ];
    let none = if all { "nobody has asked for tokens" } else { "no requests wait for an answer" };
    output::table(&columns, &rows, none);
    Ok(())
}

fn progress(known: &Requested) -> String {
    match known.progress {
        Progress::Waiting => format!("waits until {}", known.request.expires),
        Progress::Approved(ticks) => format!("approved: {ticks}"),
        Progress::Declined => "declined".to_owned(),
        Progress::Expired => "expired".to_owned(),
        Progress::Returned => "returned".to_owned(),
    }
}

/// Those who can answer a request: whoever decides, the asker and those who said yes already aside.
fn can_answer(state: &State, known: &Requested) -> Vec<String> {
    let said = |id: &PersonId| known.approvals.iter().any(|(earlier, _)| earlier == id);
    let mut deciders = state.deciders(known.request.from);
    deciders.retain(|id| *id != known.request.by && !said(id));
    people(state, &deciders)
}

fn bucket_name(state: &State, id: Option<BucketId>) -> String {
    let known = id.and_then(|id| state.estate().bucket(id));
    known.map_or("the pool".to_owned(), |bucket| bucket.key.clone())
}

fn request_row(state: &State, id: RequestId, known: &Requested) -> Vec<String> {
    let asked = &known.request;
    let waits = known.progress == Progress::Waiting;
    vec![
        id.to_string(),
        number(asked.ticks.tokens()),
        bucket_name(state, Some(asked.bucket)),
        bucket_name(state, asked.from),
        people(state, &[asked.by]).join(""),
        asked.why.clone(),
        progress(known),
        if waits { can_answer(state, known).join(", ") } else { String::new() },
    ]
}

fn request_json(state: &State, id: RequestId, known: &Requested) -> Value {
    let asked = &known.request;
    let approvals: Vec<Value> = known
        .approvals
        .iter()
        .map(
            |(by, ticks)| json!({ "by": people(state, &[*by]).join(""), "tokens": ticks.tokens() }),
        )
        .collect();
    json!({
        "id": id.to_string(), "tokens": asked.ticks.tokens(), "bucket": bucket_name(state, Some(asked.bucket)),
        "from": asked.from.map(|from| bucket_name(state, Some(from))), "by": people(state, &[asked.by]).join(""),
        "why": asked.why, "at": known.at.to_string(), "expires": asked.expires.to_string(),
        "due": asked.loan.map(|loan| loan.due.to_string()), "state": progress(known),
        "approvals": approvals, "approvals_needed": approvals_needed(state, known),
        "can_answer": can_answer(state, known), "owing": known.owing.tokens(),
    })
}

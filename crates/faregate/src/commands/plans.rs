//! `faregate plan …`: who is best off with what, plans of moves, and what they saved.

use crate::cli::plans::{Judge, Plan, Step, Terms};
use crate::commands::{buying, orders};
use crate::fault::{Code, Fault};
use crate::giving;
use crate::output::{self, Align};
use crate::serving::Serving;
use crate::{ambient, aside, estate, say};
use faregate_api::routes::plans::{self as wire, PlanMove, recommendations, verification};
use faregate_app::orders::{Order, Orderer, carry_out};
use faregate_app::planning::{self, Study, Unready, hold_against, study};
use faregate_app::views::grouped;
use faregate_core::amount::{Money, parse_micros};
use faregate_core::moves::{PlanId, PlanRecord};
use faregate_core::state::State;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, action: &Plan, as_json: bool) -> Result<(), Fault> {
    match action {
        Plan::Advice { terms, all, person } => {
            advice(path, terms, (*all, person.as_deref()), as_json)
        }
        Plan::Mix(offer) => buying::run_mix(path, offer, as_json),
        Plan::Draw { name, terms, giver } => {
            let giving = orders::giving(path, giver, as_json);
            draw(path, (name, terms), &giving)
        }
        Plan::List => list(path, as_json),
        Plan::Show { id, csv: true, .. } if !as_json => csv(path, id),
        Plan::Show { id, seats: true, .. } if !as_json => seats(path, id),
        Plan::Show { id, .. } => show(path, id, as_json),
        Plan::Compare { one, other } => compare(path, (one, other), as_json),
        Plan::Derive { id, without, name, giver } => {
            let order =
                json!({ "order": "derive-plan", "plan": id, "without": without, "name": name });
            let giving = orders::giving(path, giver, as_json);
            let giving::Outcome { id, said, warnings } = giving.book(order)?;
            outcome(&giving, (id, &said), &warnings)
        }
        Plan::Approve(judge) => decide(path, judge, true, as_json),
        Plan::Reject(judge) => decide(path, judge, false, as_json),
        Plan::CarryOut(step) => take(path, step, "done", as_json),
        Plan::TakeBack(step) => take(path, step, "undone", as_json),
        Plan::Drop(step) => take(path, step, "dropped", as_json),
        Plan::Verify { id } => verify(path, id, as_json),
    }
}

fn decide(path: &Path, judge: &Judge, approve: bool, as_json: bool) -> Result<(), Fault> {
    let Judge { id, why, giver } = judge;
    let order = json!({ "order": "judge-plan", "plan": id, "approve": approve, "why": why });
    orders::give(path, order, giver, as_json)
}

fn take(path: &Path, step: &Step, what: &str, as_json: bool) -> Result<(), Fault> {
    let Step { id, moves, giver } = step;
    let order = json!({ "order": "step-plan", "plan": id, "moves": moves, "step": what });
    orders::give(path, order, giver, as_json)
}

/// The terms as they were typed, with the price in the tariff's currency.
pub(super) fn terms(state: &State, typed: &Terms) -> Result<planning::Terms, Fault> {
    let mut terms = planning::Terms::by_rule(typed.rule.key()).unwrap_or_default();
    let share = |name: &str, value: f64| match (0.0..=1.0).contains(&value) {
        true => Ok(value),
        false => {
            let message = format!("`{value}` is no {name}");
            Err(Fault::new(Code::Usage, message, "a probability is 0 to 1, a discount 0 to 100"))
        }
    };
    if let Some(probability) = typed.probability {
        share("probability", probability)?;
    }
    if let Some(cost) = typed.switching_cost.filter(|cost| !(0.0..f64::INFINITY).contains(cost)) {
        let message = format!("a move cannot cost `{cost}`");
        return Err(Fault::new(Code::Usage, message, "give 0 or more"));
    }
    terms.require(typed.probability, typed.switching_cost);
    terms.seat_discount = share("discount", typed.seat_discount / 100.0)?;
    terms.token_price = price(state, typed.token_price.as_deref())?;
    (terms.days, terms.may_buy) = (typed.days, !typed.no_buying);
    Ok(terms)
}

/// A price of a token in the currency of the tariff.
pub(super) fn price(state: &State, typed: Option<&str>) -> Result<Option<Money>, Fault> {
    let Some(typed) = typed else { return Ok(None) };
    let listed =
        state.tariff().and_then(|(_, tariff)| tariff.token_price(state.at(), state.zone()));
    let currency = listed.map_or(faregate_core::amount::Currency::USD, |price| price.currency);
    let micros = parse_micros(typed).ok().filter(|micros| *micros > 0);
    let micros = micros.ok_or_else(|| {
        let message = format!("`{typed}` is no price of a token");
        Fault::new(Code::Usage, message, "write it as 2.85")
    })?;
    Ok(Some(Money { micros, currency }))
}

pub(super) fn unready(why: Unready) -> Fault {
    let message = why.to_string();
    let help = match why {
        Unready::Failed(failure) => return failure.into(),
        Unready::NoPrice => "adopt a tariff with prices, or give --token-price",
        Unready::NoUse(_) => "take in a log or an export of use first: `faregate import`",
        Unready::TooShort(_) => "wait, or take in older use: `faregate import`",
        Unready::NoPerson(_) => "`faregate person list` names everybody",
        Unready::NoMove(_) => "`faregate plan carry-out` makes its moves",
    };
    Fault::new(Code::Refused, message, help)
}

fn advice(
    path: &Path,
    typed: &Terms,
    (all, wanted): (bool, Option<&str>),
    as_json: bool,
) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let terms = terms(&engine.state().read(), typed)?;
    let found = study(&mut engine, &terms, &typed.keep).map_err(unready)?;
    let shared = engine.state();
    let state = shared.read();
    let wanted = wanted.map(str::to_lowercase);
    let is_wanted = |one: &recommendations::Recommendation| {
        let has =
            |text: &str| wanted.as_ref().is_none_or(|part| text.to_lowercase().contains(part));
        (all || wanted.is_some() || one.stays.is_none()) && (has(&one.person) || has(&one.name))
    };
    let rows = found
        .advice
        .people
        .iter()
        .map(|one| recommendations::shown(&state, found.market.currency, one));
    let rows: Vec<_> = rows.filter(is_wanted).collect();
    if as_json {
        return output::json(&json!({
            "known_from": found.habits.first.to_string(), "known_to": found.habits.last.to_string(),
            "gaps": found.advice.gaps, "rows": rows,
        }));
    }
    let row = |one: &recommendations::Recommendation| {
        vec![
            one.person.clone(),
            one.offering.clone().unwrap_or_default(),
            one.seat.map_or_else(|| "tokens".to_owned(), |seat| format!("seat {seat}")),
            one.stays.map_or_else(|| format!("to {}", one.advice), |why| format!("stays: {why}")),
            format!("{:.0}", one.days),
            one.break_even.map_or_else(|| "–".to_owned(), |days| format!("{days:.0}")),
            format!("{:.2}", one.p_saves),
            units(&one.saving.amount),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(row).collect();
    let saving = format!("saving {}", found.market.currency.code());
    let columns = [
        ("person", Align::Left),
        ("offering", Align::Left),
        ("has", Align::Left),
        ("advice", Align::Left),
        ("days a year", Align::Right),
        ("break-even", Align::Right),
        ("P(saves)", Align::Right),
        (saving.as_str(), Align::Right),
    ];
    output::table(&columns, &rows, "nobody has to be moved");
    told(&found);
    Ok(())
}

/// What was looked at, and what is left out.
fn told(found: &Study) {
    let (first, last, days) = (found.habits.first, found.habits.last, found.habits.days());
    aside!("{days} days of use were looked at, {first} to {last}");
    found.advice.gaps.iter().for_each(|gap| aside!("note: {gap}"));
}

/// Whole units of a decimal amount, grouped.
pub(super) fn units(amount: &str) -> String {
    amount.parse::<f64>().map_or_else(|_| amount.to_owned(), |value| grouped(value.round()))
}

/// Draws a plan, in the store or through the server that uses it.
fn draw(
    path: &Path,
    (name, typed): (&str, &Terms),
    giving: &giving::Giving<'_>,
) -> Result<(), Fault> {
    match estate::open(path) {
        Ok((_directory, mut engine)) => {
            let terms = terms(&engine.state().read(), typed)?;
            let found = study(&mut engine, &terms, &typed.keep).map_err(unready)?;
            let orderer = Orderer::new(ambient::account(), true).on_behalf_of(giving.on_behalf_of);
            let drawn = found.draw(&engine.state().read(), &terms, name, orderer.name());
            let order = Order::DrawPlan(Box::new(drawn.plan));
            let done =
                carry_out(&mut engine, &orderer, &order, giving.dry_run).map_err(giving::fault)?;
            let id = (!giving.dry_run).then(|| PlanId(done.seq).to_string());
            outcome(giving, (id, &done.said), &drawn.gaps)
        }
        Err(fault) => match Serving::find(path) {
            Some(serving) if fault.is_in_use() => {
                let question = if giving.dry_run { "?dry_run=true" } else { "" };
                let body = json!({ "name": name, "terms": body(path, typed)? });
                let answer =
                    serving.post(&format!("/v1/plans{question}"), Some(&giving.name()), &body)?;
                let done = &answer["done"];
                let id = done["id"].as_str().map(str::to_owned);
                let said: Vec<String> = texts(&done["said"]);
                outcome(giving, (id, &said), &texts(&answer["gaps"]))
            }
            _ => Err(fault.helped_if_in_use(giving::WAIT)),
        },
    }
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The terms as the API takes them.
fn body(path: &Path, typed: &Terms) -> Result<Value, Fault> {
    let price = price(&estate::read(path)?.state().read(), typed.token_price.as_deref())?;
    let price = price
        .map(|price| json!({ "amount": price.to_string(), "currency": price.currency.code() }));
    Ok(json!({
        "rule": typed.rule.key(), "probability": typed.probability,
        "switching_cost": typed.switching_cost, "token_price": price,
        "seat_discount": typed.seat_discount / 100.0, "days": typed.days,
        "no_buying": typed.no_buying, "keep": typed.keep,
    }))
}

fn outcome(
    giving: &giving::Giving<'_>,
    (id, said): (Option<String>, &[String]),
    gaps: &[String],
) -> Result<(), Fault> {
    if giving.as_json {
        return output::json(&json!({
            "dry_run": giving.dry_run, "id": id, "said": said, "gaps": gaps,
        }));
    }
    let prefix = if giving.dry_run { "would: " } else { "" };
    said.iter().for_each(|sentence| say!("{prefix}{sentence}"));
    if let Some(id) = id {
        say!("it is plan {id}: `faregate plan show {id}`");
    }
    gaps.iter().for_each(|gap| aside!("note: {gap}"));
    Ok(())
}

fn list(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let heads: Vec<wire::PlanHead> =
        state.move_plans().iter().rev().map(|(id, record)| wire::head(*id, record)).collect();
    if as_json {
        return output::json(&json!({ "rows": heads }));
    }
    let row = |one: &wire::PlanHead| {
        vec![
            one.id.clone(),
            one.name.clone(),
            one.status.to_owned(),
            one.by.clone(),
            format!("{} of {}", one.made, one.moves),
            format!("{} {}", units(&one.saving.amount), one.saving.currency),
        ]
    };
    let rows: Vec<Vec<String>> = heads.iter().map(row).collect();
    let columns = [
        ("id", Align::Left),
        ("name", Align::Left),
        ("status", Align::Left),
        ("drawn by", Align::Left),
        ("moves made", Align::Right),
        ("saving a year", Align::Right),
    ];
    output::table(&columns, &rows, "no plan was drawn yet: `faregate plan draw`");
    Ok(())
}

pub(super) fn called<'a>(state: &'a State, id: &str) -> Result<(PlanId, &'a PlanRecord), Fault> {
    let known = id.parse::<PlanId>().ok();
    let found = known.and_then(|id| Some((id, state.move_plans().get(&id)?)));
    found.ok_or_else(|| {
        let help = "`faregate plan list` names them";
        Fault::new(Code::Usage, format!("there is no plan `{id}`"), help)
    })
}

const MOVE_COLUMNS: [(&str, Align); 10] = [
    ("no", Align::Right),
    ("person", Align::Left),
    ("move", Align::Left),
    ("offering", Align::Left),
    ("seat", Align::Right),
    ("on", Align::Left),
    ("saving", Align::Right),
    ("P(saves)", Align::Right),
    ("done", Align::Left),
    ("why", Align::Left),
];

fn cells(one: &PlanMove) -> Vec<String> {
    vec![
        one.number.to_string(),
        one.person.clone(),
        one.kind.to_owned(),
        one.offering.clone(),
        one.seat.map(|seat| seat.to_string()).unwrap_or_default(),
        one.on.clone(),
        units(&one.saving.amount),
        one.p_saves.map(|p| format!("{p:.2}")).unwrap_or_default(),
        one.step.unwrap_or_default().to_owned(),
        one.why.clone(),
    ]
}

fn show(path: &Path, id: &str, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (id, record) = called(&state, id)?;
    let head = wire::head(id, record);
    let moves: Vec<PlanMove> = wire::moves(&state, record).collect();
    if as_json {
        return output::json(&json!({ "plan": head, "rows": moves }));
    }
    let wire::PlanHead { name, status, by, drawn, saving, basis, .. } = &head;
    say!("plan {id} `{name}`, {status}, drawn by {by} at {drawn}");
    say!("from the use of {} to {}: {basis}", head.known_from, head.known_to);
    if let (Some(by), Some(why)) = (&head.judged_by, &head.why) {
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        say!("decided by {by}{why}");
    }
    let rows: Vec<Vec<String>> = moves.iter().map(cells).collect();
    output::table(&MOVE_COLUMNS, &rows, "it has no moves");
    say!("it is to save {} {} a year", units(&saving.amount), saving.currency);
    Ok(())
}

/// The moves as whoever assigns products by hand wants them.
fn csv(path: &Path, id: &str) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (_, record) = called(&state, id)?;
    let moves: Vec<PlanMove> = wire::moves(&state, record).collect();
    let mut lines = vec![
        ["number", "move", "email", "person", "offering", "on", "why"].map(str::to_owned).to_vec(),
    ];
    for (one, planned) in moves.iter().zip(&record.plan.moves) {
        let names = state.estate().names_of(planned.person, state.at());
        let mail = names.into_iter().find(|name| name.contains('@')).unwrap_or_default();
        let PlanMove { number, kind, person, offering, on, why, .. } = one;
        let texts = [kind, mail.as_str(), person, offering, on, why];
        let mut line = vec![number.to_string()];
        line.extend(texts.map(|text| faregate_core::csv::guarded(text).into_owned()));
        lines.push(line);
    }
    print_lines(&lines);
    Ok(())
}

/// The moves as `faregate what-if --seats` takes them: who gains and loses what, and from when.
fn seats(path: &Path, id: &str) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (_, record) = called(&state, id)?;
    let mut lines = vec![["person", "offering", "change", "from"].map(str::to_owned).to_vec()];
    lines.extend(wire::moves(&state, record).map(|one| {
        let change = if one.kind == "release" { "loses" } else { "gains" };
        vec![one.person, one.offering, change.to_owned(), one.on]
    }));
    print_lines(&lines);
    Ok(())
}

fn print_lines(lines: &[Vec<String>]) {
    for line in lines {
        let quoted = line.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        output::text_as_is(&(quoted.collect::<Vec<_>>().join(",") + "\r\n"));
    }
}

fn compare(path: &Path, (one, other): (&str, &str), as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let ((first, a), (second, b)) = (called(&state, one)?, called(&state, other)?);
    let is_same = |one: &PlanMove, two: &PlanMove| {
        (&one.person, one.kind, &one.offering) == (&two.person, two.kind, &two.offering)
    };
    let (of_a, of_b): (Vec<PlanMove>, Vec<PlanMove>) =
        (wire::moves(&state, a).collect(), wire::moves(&state, b).collect());
    let only = |these: &[PlanMove], those: &[PlanMove]| -> Vec<PlanMove> {
        let lacks = |one: &&PlanMove| !those.iter().any(|two| is_same(one, two));
        these.iter().filter(lacks).cloned().collect()
    };
    let (only_a, only_b) = (only(&of_a, &of_b), only(&of_b, &of_a));
    let (head_a, head_b) = (wire::head(first, a), wire::head(second, b));
    if as_json {
        return output::json(&json!({
            "one": head_a, "other": head_b, "only_in_one": only_a, "only_in_other": only_b,
        }));
    }
    let both = of_a.len() - only_a.len();
    say!("{both} moves are in both plans");
    for (head, moves) in [(head_a, only_a), (head_b, only_b)] {
        let (amount, code) = (units(&head.saving.amount), &head.saving.currency);
        say!("plan {} saves {amount} {code} a year; {} moves only in it", head.id, moves.len());
        if !moves.is_empty() {
            let rows: Vec<Vec<String>> = moves.iter().map(cells).collect();
            output::table(&MOVE_COLUMNS, &rows, "");
        }
    }
    Ok(())
}

fn verify(path: &Path, id: &str, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let (id, record) = {
        let shared = engine.state();
        let state = shared.read();
        let (id, record) = called(&state, id)?;
        (id, record.clone())
    };
    let found = hold_against(&mut engine, &record, id).map_err(unready)?;
    let shared = engine.state();
    let told = verification::shown(&shared.read(), id, &record, &found);
    if as_json {
        return output::json(&told);
    }
    let row = |one: &verification::MoveVerified| {
        vec![
            one.number.to_string(),
            one.person.clone(),
            one.days.to_string(),
            units(&one.promised.amount),
            units(&one.saved.amount),
            if one.is_early { "too early to say".to_owned() } else { String::new() },
        ]
    };
    let rows: Vec<Vec<String>> = told.rows.iter().map(row).collect();
    let columns = [
        ("no", Align::Right),
        ("person", Align::Left),
        ("days", Align::Right),
        ("promised", Align::Right),
        ("saved", Align::Right),
        ("", Align::Left),
    ];
    output::table(&columns, &rows, "its moves were made less than a day ago");
    let (promised, saved) = (units(&told.promised.amount), units(&told.saved.amount));
    say!("promised so far {promised} {}, saved {saved}", told.promised.currency);
    for one in &told.calibration {
        let (said, came) = (one.said * 100.0, one.came * 100.0);
        aside!("of {} moves said to save with {said:.0} %, {came:.0} % did", one.moves);
    }
    Ok(())
}

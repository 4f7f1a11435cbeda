//! `faregate findings`: what looks unusual. Each asks for a review; nothing blocks by itself.

use crate::cli::findings::{Findings, Judge, Since, Verdict, Which};
use crate::commands::orders;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{ambient, aside, estate};
use faregate_app::anomalies::{self, DAYS, silences};
use faregate_app::engine::Engine;
use faregate_app::sources::{Histories, assess};
use faregate_core::anomaly::{Class, Finding, Row};
use faregate_core::state::State;
use faregate_core::when::Date;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Findings, as_json: bool) -> Result<(), Fault> {
    match &args.action {
        None => list(path, &args.which, as_json),
        Some(Judge::Judge { id, verdict, why, since, giver }) => {
            let (class, subject) = called(path, id, since)?;
            let said = (*verdict == Verdict::Confirm, why.as_str());
            orders::judge_finding(path, (id, class.key(), &subject), said, giver, as_json)
        }
    }
}

fn found(engine: &mut Engine, since: &Since) -> Result<Vec<Finding>, Fault> {
    let shared = engine.state();
    let (zone, now) = (shared.read().zone().clone(), ambient::now());
    let to = zone.date(now);
    let from = since.since.as_deref().map(estate::date).transpose()?;
    let from = from.unwrap_or_else(|| to.plus(1 - DAYS));
    is_before(from, to)?;
    let mut histories = Histories::default();
    while !histories.read_on(engine)? {}
    let silent = silences(&assess(&[], &histories, &zone, now));
    Ok(anomalies::findings(engine, from, to, &silent)?)
}

fn is_before(from: Date, to: Date) -> Result<(), Fault> {
    if from <= to {
        return Ok(());
    }
    let message = format!("{from} is in the future");
    Err(Fault::new(Code::Usage, message, "give a date before today with --since"))
}

fn list(path: &Path, which: &Which, as_json: bool) -> Result<(), Fault> {
    let class = which.class.as_deref().map(class_called).transpose()?;
    let mut engine = estate::read(path)?;
    let mut found = found(&mut engine, &which.since)?;
    found.retain(|one| class.is_none_or(|class| one.class == class));
    let shared = engine.state();
    let state = shared.read();
    if as_json {
        let rows: Vec<Value> = found.iter().map(|one| finding_json(&state, one)).collect();
        return output::json(&json!({ "rows": rows }));
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            vec![
                format!("{:016x}", one.id),
                one.class.key().to_owned(),
                number(one.cost.tokens()),
                number(one.monthly.tokens()),
                one.words.clone(),
            ]
        })
        .collect();
    let columns = [
        ("id", Align::Left),
        ("class", Align::Left),
        ("tokens", Align::Right),
        ("a month", Align::Right),
        ("review", Align::Left),
    ];
    output::table(&columns, &rows, "nothing looks unusual");
    if !rows.is_empty() {
        aside!(
            "--json prints the evidence; `faregate findings judge ID dismiss --why …` drops one"
        );
    }
    Ok(())
}

fn class_called(key: &str) -> Result<Class, Fault> {
    Class::from_key(key).ok_or_else(|| {
        let all = Class::ALL.map(Class::key).join(", ");
        let message = format!("`{key}` is no class of findings");
        Fault::new(Code::Usage, message, format!("classes are {all}"))
    })
}

/// The class and subject of a finding, of those that are there and those that were judged before.
fn called(path: &Path, id: &str, since: &Since) -> Result<(Class, String), Fault> {
    let mut engine = estate::read(path)?;
    let unknown = || {
        let message = format!("there is no finding `{id}`");
        let help = "`faregate findings` lists them; --since looks further back";
        Fault::new(Code::Usage, message, help)
    };
    let number = u64::from_str_radix(id, 16).map_err(|_| unknown())?;
    let found = found(&mut engine, since)?;
    let shared = engine.state();
    let state = shared.read();
    let here = found.iter().find(|one| one.id == number);
    let here = here.map(|one| (one.class, one.subject.clone()));
    let judged = || state.judgements().of(number).map(|one| (one.class, one.subject.clone()));
    here.or_else(judged).ok_or_else(unknown)
}

fn finding_json(state: &State, one: &Finding) -> Value {
    let estate = state.estate();
    let person = |id| estate.person(id).map(|known| known.key.clone());
    let product = |id| estate.product(id).map(|known| known.key.clone());
    let row = |row: &Row| {
        json!({
            "person": row.person.and_then(person), "product": row.product.and_then(product),
            "place": row.place, "from": row.from.to_string(), "until": row.until.to_string(),
            "tokens": row.ticks.tokens(),
        })
    };
    let people: Vec<String> = one.people.iter().filter_map(|id| person(*id)).collect();
    let facts: Vec<Value> =
        one.facts.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "id": format!("{:016x}", one.id), "class": one.class.key(), "subject": one.subject,
        "from": one.from.to_string(), "until": one.until.to_string(), "text": one.words,
        "remedy": one.class.remedy(), "facts": facts, "rows": one.rows.iter().map(row).collect::<Vec<_>>(),
        "people": people, "product": one.product.and_then(product), "tokens": one.cost.tokens(),
        "tokens_monthly": one.monthly.tokens(), "strength": one.strength,
    })
}

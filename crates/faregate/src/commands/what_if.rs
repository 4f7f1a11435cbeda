//! `faregate what-if`: a past period, replayed under another tariff, plan, set of rules, layout or price.

use super::{bulk, policy};
use crate::ambient::WallClock;
use crate::cli::what_if::WhatIf;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{aside, estate};
use faregate_app::bulk::{Document, NotApplied, read_dated};
use faregate_app::engine::Engine;
use faregate_app::replay::seats::{read_seats, seats};
use faregate_app::replay::{
    Change, NotReplayed, Row, SeatChange, SeatRow, Summary, seats_cost, what_if,
};
use faregate_core::amount::{Currency, Money, Ticks, parse_micros};
use faregate_core::event::PolicySet;
use faregate_core::state::State;
use faregate_core::when::Date;
use faregate_store::directory::DataDirectory;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// So many caveats are printed; all of them with --json.
const CAVEATS_SHOWN: usize = 10;

pub(crate) fn run(path: &Path, args: &WhatIf, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let change = {
        let shared = engine.state();
        let state = shared.read();
        change(&state, args)?
    };
    if let Some(into) = &args.into {
        refuse_used(into)?;
    }
    let summary = match &args.into {
        None => what_if(&mut engine, &change, None).map_err(fault)?.summary,
        Some(into) => keep(&mut engine, &change, into)?,
    };
    if as_json {
        return output::json(&told(&summary, args));
    }
    say(&summary, args.limit);
    if let Some(into) = &args.into {
        aside!("kept in `{0}`: every command works on it with --data {0}", into.display());
    }
    Ok(())
}

fn change(state: &State, args: &WhatIf) -> Result<Change, Fault> {
    let policies = (!args.policies.is_empty()).then(|| policies(state, &args.policies));
    Ok(Change {
        tariff: args.tariff.as_deref().map(estate::tariff).transpose()?,
        token_price: args.token_price.as_deref().map(|text| price(state, text)).transpose()?,
        seats: args.seats.as_deref().map_or_else(|| Ok(Vec::new()), |file| seated(state, file))?,
        policies: policies.transpose()?,
        buckets: (!args.estate.is_empty()).then(|| layout(&args.estate)).transpose()?,
        period: period(state, args)?,
    })
}

/// One end of the period may be left open: then it is where use is known from, or up to.
fn period(state: &State, args: &WhatIf) -> Result<Option<(Date, Date)>, Fault> {
    let from = args.from.as_deref().map(estate::date).transpose()?;
    let until = args.until.as_deref().map(estate::date).transpose()?;
    if from.is_none() && until.is_none() {
        return Ok(None);
    }
    let charged = state.charges().span();
    let today = state.zone().date(crate::ambient::now());
    let from = from.or(charged.map(|(first, _)| first)).unwrap_or(today);
    let until = until.or(charged.map(|(_, last)| last)).unwrap_or(today);
    if until < from {
        let message = format!("the period ends on {until}, before it begins on {from}");
        return Err(Fault::new(Code::Usage, message, "swap --from and --until"));
    }
    Ok(Some((from, until)))
}

fn price(state: &State, text: &str) -> Result<Money, Fault> {
    let micros = parse_micros(text).ok().filter(|micros| *micros >= 0);
    let micros = micros.ok_or_else(|| {
        let help = "write a number of 0 or more with at most six decimals, such as 2.5";
        Fault::new(Code::Usage, format!("`{text}` is no price"), help)
    })?;
    let known = state.tariff().and_then(|(_, tariff)| tariff.parts().prices.first());
    let currency = known.map_or(Currency::USD, |price| price.per_token.currency);
    Ok(Money { micros, currency })
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |why| Fault::new(Code::Input, format!("{}: {why}", file.display()), "name a file");
    std::fs::read(file).map_err(failed)
}

fn seated(state: &State, file: &Path) -> Result<Vec<SeatChange>, Fault> {
    let read = read_seats(&file.display().to_string(), &bytes_of(file)?);
    let named = read.and_then(|rows| seats(state, &rows));
    named.map_err(|faults| bulk::fault(NotApplied::Faulty(faults), false))
}

/// All sets that would hold.
fn policies(state: &State, names: &[String]) -> Result<Vec<PolicySet>, Fault> {
    let mut sets = state.policies().clone();
    for name in names {
        let set = policy::set_called(state, name)?;
        sets.insert(set.name.clone(), set);
    }
    Ok(sets.into_values().collect())
}

fn layout(paths: &[PathBuf]) -> Result<Document, Fault> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(files_in(path)?);
        } else {
            files.push(path.clone());
        }
    }
    let read = files.iter().map(|file| {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok((name.unwrap_or_default(), bytes_of(file)?))
    });
    let read = read.collect::<Result<Vec<(String, Vec<u8>)>, Fault>>()?;
    let files = read.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    read_dated(files, None).map_err(|why| bulk::fault(why, false))
}

/// The estate files of a directory, by name.
fn files_in(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let failed = |why: std::io::Error| {
        Fault::new(Code::Input, format!("{}: {why}", path.display()), "name a directory")
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let is_one = file.extension().is_some_and(|end| end == "toml" || end == "csv");
        files.extend(Some(file).filter(|_| is_one));
    }
    files.sort();
    Ok(files)
}

fn refuse_used(into: &Path) -> Result<(), Fault> {
    let is_free = match std::fs::read_dir(into) {
        Ok(mut entries) => entries.next().is_none(),
        Err(why) => why.kind() == std::io::ErrorKind::NotFound,
    };
    if is_free {
        return Ok(());
    }
    let message = format!("`{}` is there already, and not empty", into.display());
    Err(Fault::new(Code::Data, message, "name another directory with --into"))
}

/// Replays into a directory of its own; nothing is left of one that fails.
fn keep(engine: &mut Engine, change: &Change, into: &Path) -> Result<Summary, Fault> {
    let was_there = into.exists();
    let (directory, mut store) = DataDirectory::create(into)?;
    let done = what_if(engine, change, Some(&mut store)).map_err(fault);
    let done = done.and_then(|found| {
        // What was written is read back before anybody counts on it.
        let loaded = Engine::load(Box::new(store), Arc::new(WallClock))?;
        debug_assert_eq!(loaded.state().read().seq(), found.state.seq());
        Ok(found.summary)
    });
    drop(directory);
    if done.is_err() && !was_there {
        drop(std::fs::remove_dir_all(into));
    }
    done
}

fn fault(why: NotReplayed) -> Fault {
    let message = why.to_string();
    match why {
        NotReplayed::NothingKnown => {
            Fault::new(Code::Input, message, "take in use first: `faregate import FILE`")
        }
        NotReplayed::OutsideKnown { known: (first, last), .. } => {
            let help = format!("ask for dates from {first} to {last}");
            Fault::new(Code::Usage, message, help)
        }
        NotReplayed::NoSeat { .. } => {
            Fault::new(Code::Estate, message, "`faregate seat list` says who holds what")
        }
        NotReplayed::NoTariff | NotReplayed::Tariff(_) => {
            Fault::new(Code::Tariff, message, "name a tariff that can be used")
        }
        NotReplayed::Policies(_) => {
            Fault::new(Code::Policy, message, "correct the policies; nothing was changed")
        }
        NotReplayed::Layout(faults) => bulk::fault(NotApplied::Faulty(faults), false),
        NotReplayed::Failed(failure) => failure.into(),
    }
}

fn worth(money: Option<Money>) -> String {
    money.map_or_else(String::new, |money| format!("{money} {}", money.currency.code()))
}

fn say(summary: &Summary, limit: usize) {
    let line = |of: &str, row: &Row| {
        let [was, will] = [row.before, row.after];
        let change = will.ticks.minus(was.ticks).unwrap_or_default();
        let tokens = [was.ticks, will.ticks, change].map(|ticks| number(ticks.tokens()));
        let [before, after, change] = tokens;
        let money = [was.money, will.money].map(worth);
        let [was, will] = money;
        vec![of.to_owned(), row.key.clone(), before, after, change, was, will]
    };
    let mut rows = vec![line("all", &summary.total)];
    let kinds =
        [("product", &summary.products), ("bucket", &summary.buckets), ("person", &summary.people)];
    for (of, all) in kinds {
        rows.extend(all.iter().take(limit).map(|row| line(of, row)));
    }
    let columns = [
        ("of", Align::Left),
        ("key", Align::Left),
        ("tokens", Align::Right),
        ("then", Align::Right),
        ("change", Align::Right),
        ("money", Align::Right),
        ("then", Align::Right),
    ];
    output::table(&columns, &rows, "nothing was used");
    aside!("{} to {}: {}", summary.from, summary.to, summary.basis());
    say_more(summary);
}

/// What is not in the table, as far as there is any.
fn say_more(summary: &Summary) {
    let Summary { uncovered: (before, after), refused, .. } = summary;
    if *before != Ticks::ZERO || *after != Ticks::ZERO {
        let [before, after] = [before, after].map(|ticks| number(ticks.tokens()));
        aside!("tokens that no bucket could pay: {after} instead of {before}");
    }
    if *refused != (0, 0) {
        aside!("turned away: {} times instead of {}", refused.1, refused.0);
    }
    for SeatRow { key, days, before, after, .. } in &summary.seats {
        let money = match (before, after) {
            (None, None) => String::new(),
            _ => format!(", {} instead of {}", worth(*after), worth(*before)),
        };
        aside!("seats of {key}: {} days instead of {}{money}", days.1, days.0);
    }
    for (what, why, found) in &summary.uncounted {
        let hours = number(found.seconds as f64 / 3_600.0);
        aside!("not charged: `{what}`, {} uses, {hours} hours: {why}", found.uses);
    }
    let more = summary.caveats.len().saturating_sub(CAVEATS_SHOWN);
    summary.caveats.iter().take(CAVEATS_SHOWN).for_each(|caveat| aside!("note: {caveat}"));
    if more > 0 {
        aside!("note: and {more} more; --json tells all of them");
    }
}

fn money_json(money: Option<Money>) -> Value {
    money.map_or(
        Value::Null,
        |money| json!({ "amount": money.to_string(), "currency": money.currency.code() }),
    )
}

fn row_json(row: &Row) -> Value {
    json!({
        "key": row.key, "name": row.name,
        "tokens_before": row.before.ticks.tokens(), "tokens_after": row.after.ticks.tokens(),
        "money_before": money_json(row.before.money), "money_after": money_json(row.after.money),
    })
}

fn told(summary: &Summary, args: &WhatIf) -> Value {
    let rows = |rows: &[Row]| rows.iter().take(args.limit).map(row_json).collect::<Vec<Value>>();
    let seat = |row: &SeatRow| {
        json!({
            "key": row.key, "name": row.name, "days_before": row.days.0, "days_after": row.days.1,
            "money_before": money_json(row.before), "money_after": money_json(row.after),
        })
    };
    let seats = summary.seats.iter().map(seat).collect::<Vec<Value>>();
    let uncounted = summary.uncounted.iter().map(|(what, why, found)| {
        json!({ "key": what, "why": why, "uses": found.uses, "seconds": found.seconds })
    });
    json!({
        "from": summary.from.to_string(), "to": summary.to.to_string(),
        "known_from": summary.known.0.to_string(), "known_to": summary.known.1.to_string(),
        "total": row_json(&summary.total), "products": rows(&summary.products),
        "buckets": rows(&summary.buckets), "people": rows(&summary.people),
        "people_changed": summary.people_changed,
        "uncovered_before": summary.uncovered.0.tokens(),
        "uncovered_after": summary.uncovered.1.tokens(),
        "refused_before": summary.refused.0, "refused_after": summary.refused.1,
        "seats": seats,
        "seats_before": money_json(seats_cost(&summary.seats, |row| row.before)),
        "seats_after": money_json(seats_cost(&summary.seats, |row| row.after)),
        "uncounted": uncounted.collect::<Vec<Value>>(), "caveats": summary.caveats,
        "basis": summary.basis(), "data": args.into,
    })
}

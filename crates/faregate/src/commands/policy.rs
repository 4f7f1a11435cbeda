//! `faregate policy …`: reading, checking, trying and adopting policies.

use crate::cli::budgets::Giver;
use crate::cli::rules::{Adopt, Mode, Policy, PolicyChange, Simulate};
use crate::commands::orders;
use crate::fault::{Code, Fault};
use crate::giving::refused;
use crate::output::{self, Align, number};
use crate::{aside, estate, say};
use faregate_app::rules::{self, Rules, Warning, shipped, test_cases};
use faregate_app::simulate::{Answers, BASIS, Changed, Outcome, Simulation, compare, simulate};
use faregate_core::amount::Money;
use faregate_core::event::{self, PolicySet};
use faregate_core::state::State;
use faregate_store::directory::DataDirectory;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(path: &Path, action: Policy, as_json: bool) -> Result<ExitCode, Fault> {
    let done = match action {
        Policy::List => list(path, as_json),
        Policy::Show { name } => show(path, &name, as_json),
        Policy::Check { sets } => return check(path, &sets, as_json),
        Policy::Test { sets, cases } => return test(&sets, cases.as_deref(), as_json),
        Policy::Diff(change) => diff(path, &change, as_json),
        Policy::Simulate(args) => run_simulation(path, &args, as_json),
        Policy::Adopt(args) => adopt(path, &args, as_json),
        Policy::Retire { name, giver } => retire(path, &name, &giver, as_json),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Policies from a file, or a shipped set; with the name that they get, and the cases beside them.
struct Source {
    set: PolicySet,
    cases: Option<String>,
}

/// A set that holds already goes by its name, so that one that was watched can be put in force.
fn source_or_held(state: &State, name: &str) -> Result<Source, Fault> {
    let is_file = Path::new(name).extension().is_some();
    match state.policies().get(name).filter(|_| !is_file) {
        Some(held) if shipped().all(|(shipped, ..)| shipped != name) => {
            Ok(Source { set: held.clone(), cases: None })
        }
        _ => source(name),
    }
}

/// A set that holds, a shipped one, or one from a file.
pub(super) fn set_called(state: &State, name: &str) -> Result<PolicySet, Fault> {
    source_or_held(state, name).map(|source| source.set)
}

fn source(name: &str) -> Result<Source, Fault> {
    if let Some((shipped, text, cases)) = shipped().find(|(shipped, ..)| *shipped == name) {
        let set =
            PolicySet { name: shipped.to_owned(), text: text.to_owned(), ..PolicySet::default() };
        return Ok(Source { set, cases: Some(cases.to_owned()) });
    }
    let path = Path::new(name);
    let text = std::fs::read_to_string(path).map_err(|why| {
        let names: Vec<&str> = shipped().map(|(name, ..)| name).collect();
        let help = format!("name a file, or a shipped set: {}", names.join(", "));
        Fault::new(Code::Input, format!("policies `{name}`: {why}"), help)
    })?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let cases = std::fs::read_to_string(path.with_file_name(format!("{stem}.tests.toml"))).ok();
    Ok(Source { set: PolicySet { name: stem, text, ..PolicySet::default() }, cases })
}

fn list(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    if as_json {
        let sets: Vec<Value> = state
            .policies()
            .values()
            .map(|set| json!({ "name": set.name, "mode": mode(set), "text": set.text }))
            .collect();
        return output::json(&sets);
    }
    let rows: Vec<Vec<String>> = state
        .policies()
        .values()
        .map(|set| vec![set.name.clone(), mode(set).to_owned(), policies_in(set).to_string()])
        .collect();
    let columns = [("policies", Align::Left), ("mode", Align::Left), ("rules", Align::Right)];
    output::table(&columns, &rows, "no policies hold: everything is permitted");
    Ok(())
}

const fn mode(set: &PolicySet) -> &'static str {
    match set.mode {
        event::Mode::Enforce => "enforce",
        event::Mode::Monitor => "monitor",
    }
}

fn policies_in(set: &PolicySet) -> usize {
    rules::count(set).unwrap_or(0)
}

/// A set as it holds, or else as it is shipped; without a store there are the shipped ones.
fn show(path: &Path, name: &str, as_json: bool) -> Result<(), Fault> {
    let held = if DataDirectory::exists(path) {
        estate::read(path)?.state().read().policies().get(name).cloned()
    } else {
        None
    };
    let (set, holds) = match held {
        Some(set) => (set, true),
        None => (source(name)?.set, false),
    };
    if as_json {
        let mode = holds.then(|| mode(&set));
        return output::json(&json!({ "name": set.name, "mode": mode, "text": set.text }));
    }
    output::text_as_is(&set.text);
    Ok(())
}

/// Without a store the sets are checked beside the shipped `base`, with one as if they were adopted there.
fn check(path: &Path, names: &[String], as_json: bool) -> Result<ExitCode, Fault> {
    let sets = names.iter().map(|name| Ok(source(name)?.set));
    let sets = sets.collect::<Result<Vec<PolicySet>, Fault>>()?;
    let contract =
        if DataDirectory::exists(path) { Some(estate::read(path)?.state()) } else { None };
    let now = crate::ambient::now();
    match rules::check(sets, contract.as_ref().map(|contract| (contract, now))) {
        Ok(warnings) if as_json => {
            let warnings: Vec<Value> = warnings.iter().map(warned).collect();
            output::json(&json!({ "valid": true, "faults": [], "warnings": warnings }))?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(warnings) => {
            say!("valid: {}", names.join(", "));
            let coded = warnings.iter().map(|warning| (warning.doubt.code(), warning));
            coded.for_each(|(code, warning)| aside!("warning[{code}]: {warning}"));
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            let help = "correct the policies; nothing was changed";
            Err(Fault::new(Code::Policy, faults.join("\n"), help))
        }
    }
}

fn warned(warning: &Warning) -> Value {
    let Warning { doubt, set, line, message, help } = warning;
    let (set, line) =
        (Some(set).filter(|set| !set.is_empty()), Some(*line).filter(|line| *line > 0));
    json!({
        "code": doubt.code(), "shuts_out_everyone": doubt.shuts_out_everyone(), "set": set,
        "line": line, "message": message, "help": help,
    })
}

fn test(names: &[String], cases: Option<&Path>, as_json: bool) -> Result<ExitCode, Fault> {
    let all: Vec<String> = shipped().map(|(name, ..)| name.to_owned()).collect();
    let names = if names.is_empty() { &all } else { names };
    let (mut passed, mut failures) = (0, Vec::new());
    for name in names {
        let Source { set, cases: beside } = source(name)?;
        let given = cases.map(cases_of).transpose()?;
        let text = given.or(beside).ok_or_else(|| {
            let help =
                format!("write `{}.tests.toml` beside it, or name a file with --cases", set.name);
            Fault::new(Code::Input, format!("policies `{name}` have no cases"), help)
        })?;
        let (good, bad) = test_cases(&set, &text);
        passed += good;
        failures.extend(bad.into_iter().map(|why| format!("{name}: {why}")));
    }
    if as_json {
        output::json(&json!({ "passed": passed, "failures": failures }))?;
    } else {
        say!("{passed} cases passed, {} failed", failures.len());
    }
    if failures.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let help = "a case says what the policies shall do: correct whichever is wrong";
    Err(Fault::new(Code::Policy, failures.join("\n"), help))
}

fn cases_of(file: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(|why| {
        let help = "check the path and that this user may read it";
        Fault::new(Code::Input, format!("cases `{}`: {why}", file.display()), help)
    })
}

/// The rules that would decide after a change.
fn changed(state: &State, change: &PolicyChange) -> Result<Rules, Fault> {
    let tried = change.sets.iter().map(|name| Ok(source_or_held(state, name)?.set));
    let tried = tried.collect::<Result<Vec<PolicySet>, Fault>>()?;
    rules::proposed(state, tried, &change.without).map_err(refused)
}

fn diff(path: &Path, change: &PolicyChange, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let new = changed(&state, change)?;
    let now = crate::ambient::now();
    let found = compare(&state, &Rules::of(&state), &new, now);
    let rows = shown(&found, usize::MAX);
    if as_json {
        return output::json(&json!({ "asks": found.asks, "changed": values(&rows) }));
    }
    table(&rows);
    aside!("{} of {} answers would change", found.changes(), found.asks);
    Ok(())
}

fn run_simulation(path: &Path, args: &Simulate, as_json: bool) -> Result<(), Fault> {
    let mut engine = estate::read(path)?;
    let (new, from, until, price) = {
        let shared = engine.state();
        let state = shared.read();
        let (from, until) = estate::span(&state, &args.span)?;
        let price = state.tariff().and_then(|(_, tariff)| tariff.token_price(from, state.zone()));
        (changed(&state, &args.change)?, from, until, price)
    };
    let found = simulate(&mut engine, &new, from, until)?;
    let rows = shown(&found.answers, args.limit);
    if as_json {
        return output::json(&json!({
            "asks": found.answers.asks, "tokens_before": found.before.tokens(),
            "tokens_after": found.after.tokens(), "changed": values(&rows),
            "happened_otherwise": found.happened.otherwise,
            "tokens_charged": found.happened.charged.tokens(), "basis": BASIS,
        }));
    }
    table(&rows);
    tell_simulation(&found, price);
    Ok(())
}

fn tell_simulation(found: &Simulation, price: Option<Money>) {
    let difference = found.after.minus(found.before).unwrap_or_default();
    let money = price.map(|price| price.for_tokens(difference));
    let money =
        money.map_or(String::new(), |money| format!(" ({money} {})", money.currency.code()));
    aside!(
        "{} asks decided under both, {} otherwise; {} tokens instead of {}, {}{money}",
        found.answers.asks,
        found.answers.changes(),
        number(found.after.tokens()),
        number(found.before.tokens()),
        number(difference.tokens()),
    );
    aside!("{BASIS}");
    found.departure().into_iter().for_each(|told| aside!("{told}"));
}

/// What would change, as many as are asked for: who is let through or turned away matters more than why.
fn shown(found: &Answers, limit: usize) -> Vec<(&Changed, u64)> {
    let mut changed: Vec<(&Changed, u64)> =
        found.changed.iter().map(|(change, count)| (change, *count)).collect();
    let refused = |outcome: Outcome| matches!(outcome, Outcome::Refused(_));
    changed.sort_by_key(|(change, count)| {
        (refused(change.before) && refused(change.after), std::cmp::Reverse(*count))
    });
    changed.truncate(limit);
    changed
}

fn table(changed: &[(&Changed, u64)]) {
    let row = |(change, count): &(&Changed, u64)| {
        let Changed { person, product, before, after, rule } = change;
        let rule = rule.clone().unwrap_or_default();
        let outcomes = [before, after].map(|outcome| outcome.key().to_owned());
        let [before, after] = outcomes;
        vec![person.clone(), product.clone(), before, after, rule, count.to_string()]
    };
    let rows: Vec<Vec<String>> = changed.iter().map(row).collect();
    let columns = [
        ("person", Align::Left),
        ("product", Align::Left),
        ("now", Align::Left),
        ("then", Align::Left),
        ("rule", Align::Left),
        ("times", Align::Right),
    ];
    output::table(&columns, &rows, "no answer would change");
}

fn values(changed: &[(&Changed, u64)]) -> Vec<Value> {
    changed.iter().map(|(change, count)| row(change, *count)).collect()
}

fn row(change: &Changed, count: u64) -> Value {
    let Changed { person, product, before, after, rule } = change;
    let key = |outcome: &Outcome| outcome.key();
    json!({
        "person": person, "product": product, "before": key(before), "after": key(after),
        "rule": rule, "times": count,
    })
}

fn adopt(path: &Path, args: &Adopt, as_json: bool) -> Result<(), Fault> {
    let set = {
        let engine = estate::read(path)?;
        let shared = engine.state();
        source_or_held(&shared.read(), &args.set)?.set
    };
    let name = args.name.as_deref().unwrap_or(&set.name);
    let mode = match args.mode {
        Mode::Monitor => "monitor",
        Mode::Enforce => "enforce",
    };
    orders::adopt(path, (name, mode, &set.text), &args.giver, as_json)
}

/// Sets that only forbid refuse everyone once nothing is left that permits: that is said, and not refused.
fn retire(path: &Path, name: &str, giver: &Giver, as_json: bool) -> Result<(), Fault> {
    let (lost, asks) = {
        let engine = estate::read(path)?;
        let shared = engine.state();
        let state = shared.read();
        let without = PolicyChange { sets: Vec::new(), without: vec![name.to_owned()] };
        let left = changed(&state, &without)?;
        let found = compare(&state, &Rules::of(&state), &left, crate::ambient::now());
        let is_lost = |change: &Changed| {
            matches!((change.before, change.after), (Outcome::Through(_), Outcome::Refused(_)))
        };
        let lost = found.changed.iter().filter(|(change, _)| is_lost(change));
        (lost.map(|(_, count)| count).sum::<u64>(), found.asks)
    };
    orders::retire(path, name, giver, as_json)?;
    if lost > 0 {
        aside!(
            "warning: without these policies, {lost} of {asks} answers are refusals that were none"
        );
    }
    Ok(())
}

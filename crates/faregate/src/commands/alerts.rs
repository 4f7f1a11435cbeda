//! `faregate alert …`: what is watched, what was raised, and what to do about it.

use crate::cli::budgets::{Giver, Span};
use crate::cli::monitor::Alert;
use crate::commands::orders;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::{aside, estate, say};
use faregate_api::routes::alert_rules::{self, AlertRule, TriedRule};
use faregate_api::routes::alerts;
use faregate_app::alerts::unusual::found;
use faregate_app::alerts::written::Written;
use faregate_app::alerts::{STANDARD, trial};
use faregate_app::anomalies;
use faregate_core::alert::{AlertId, Rule, Watch};
use faregate_core::when::Date;
use serde_json::json;
use std::path::Path;

pub(crate) fn run(path: &Path, action: &Alert, as_json: bool) -> Result<(), Fault> {
    match action {
        Alert::List { all, rule } => list(path, *all, rule.as_deref(), as_json),
        Alert::Show { id } => show(path, id, as_json),
        Alert::Ack { id, note, giver } => {
            let order = json!({ "order": "acknowledge-alert", "alert": id, "note": note });
            orders::give(path, order, giver, as_json)
        }
        Alert::Step { id, step, note, giver } => {
            let order =
                json!({ "order": "do-alert-step", "alert": id, "step": step, "note": note });
            orders::give(path, order, giver, as_json)
        }
        Alert::Rules => rules(path, as_json),
        Alert::Standard { channel } => standard(channel, as_json),
        Alert::Try { file, span } => try_out(path, file, span, as_json),
        Alert::Set { file, anyway, giver } => set(path, file, *anyway, giver, as_json),
        Alert::Remove { key, giver } => {
            orders::give(path, json!({ "order": "remove-alert-rule", "key": key }), giver, as_json)
        }
        Alert::Mute { key, until, giver } => {
            let order = json!({ "order": "mute-alert-rule", "key": key, "until": until });
            orders::give(path, order, giver, as_json)
        }
        Alert::Unmute { key, giver } => {
            let order = json!({ "order": "mute-alert-rule", "key": key, "until": null });
            orders::give(path, order, giver, as_json)
        }
    }
}

fn list(path: &Path, all: bool, rule: Option<&str>, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let is_asked = |known: &faregate_core::alert::Alert| {
        (all || known.ended().is_none()) && rule.is_none_or(|rule| rule == known.rule)
    };
    let known = state.monitor().alerts().iter().rev().filter(|(_, known)| is_asked(known));
    let rows: Vec<alerts::Alert> =
        known.map(|(id, known)| alerts::shown(&state, *id, known)).collect();
    if as_json {
        return output::json(&rows);
    }
    let row = |one: &alerts::Alert| {
        let stage = match (&one.ended, one.acknowledged) {
            (Some(_), _) => "over",
            (None, true) => "taken on",
            (None, false) => "open",
        };
        let (severity, since) = (one.severity.to_owned(), one.at.clone());
        vec![one.id.clone(), severity, stage.to_owned(), since, one.rule.clone(), one.said.clone()]
    };
    let names = ["alert", "severity", "state", "since", "rule", "what"];
    let columns = names.map(|name| (name, Align::Left));
    let none = "no alert is open; `faregate alert rules` says what is watched";
    output::table(&columns, &rows.iter().map(row).collect::<Vec<_>>(), none);
    Ok(())
}

fn show(path: &Path, id: &str, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let unknown = || {
        let help = "`faregate alert list --all` names all of them";
        Fault::new(Code::Usage, format!("there is no alert `{id}`"), help)
    };
    let asked: AlertId = id.parse().map_err(|()| unknown())?;
    let known = state.monitor().alerts().get(&asked).ok_or_else(unknown)?;
    let alert = alerts::shown(&state, asked, known);
    if as_json {
        return output::json(&alert);
    }
    say!("{} {}: {}", alert.id, alert.severity, alert.name);
    say!("{}", alert.said);
    say!("since {}, of rule {}", alert.at, alert.rule);
    alert.facts.iter().for_each(|fact| say!("  {}: {}", fact.label, fact.value));
    for (number, step) in (1..).zip(&alert.steps) {
        let done = if step.done { "done" } else { step.deed };
        say!("{number}. [{done}] {}", step.text);
    }
    for one in &alert.handled {
        let what = one.step.map_or(one.what.to_owned(), |step| format!("step {step} done"));
        say!("{} {what}: {}", one.at, one.said);
    }
    Ok(())
}

fn rules(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let known = state.monitor().rules().iter();
    let rows: Vec<AlertRule> =
        known.map(|(key, known)| alert_rules::shown(&state, key, known)).collect();
    if as_json {
        return output::json(&rows);
    }
    let row = |one: &AlertRule| {
        let muted = one.muted_until.as_ref().map(|until| format!("muted until {until}"));
        let told = muted.unwrap_or_else(|| one.channels.join(", "));
        let watches = one.error.clone().unwrap_or_else(|| one.watches.clone());
        vec![one.key.clone(), one.severity.to_owned(), watches, told, one.open.to_string()]
    };
    let left = ["rule", "severity", "watches", "tells"].map(|name| (name, Align::Left));
    let columns: Vec<_> = left.into_iter().chain([("open", Align::Right)]).collect();
    let none = "nothing is watched: begin with `faregate alert standard`";
    output::table(&columns, &rows.iter().map(row).collect::<Vec<_>>(), none);
    Ok(())
}

/// The standard rules, telling these channels.
fn standard(channels: &[String], as_json: bool) -> Result<(), Fault> {
    let text = if channels.is_empty() {
        STANDARD.to_owned()
    } else {
        let list = json!(channels).to_string();
        let line = |line: &str| match line == "[[rule]]" {
            true => format!("[[rule]]\nchannels = {list}"),
            false => line.to_owned(),
        };
        STANDARD.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
    };
    if as_json {
        return output::json(&json!({ "text": text }));
    }
    output::text_as_is(&text);
    Ok(())
}

fn read(file: &Path) -> Result<String, Fault> {
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|why| {
        let help = "name a file of rules, or - for what is piped in; `faregate alert standard` prints some";
        Fault::new(Code::Input, format!("rules `{}`: {why}", file.display()), help)
    })
}

fn meant(file: &Path, text: &str) -> Result<Vec<(Written, Rule)>, Fault> {
    trial::read(text).map_err(|why| {
        let help = "docs/reference/alert-rules.md says what can be written";
        Fault::new(Code::Input, format!("{}: {why}", file.display()), help)
    })
}

fn try_out(path: &Path, file: &Path, span: &Span, as_json: bool) -> Result<(), Fault> {
    let rules = meant(file, &read(file)?)?;
    let tried = tried(path, rules, span)?;
    if as_json {
        return output::json(&tried);
    }
    tried.iter().for_each(|one| say!("{}: {}", one.key, one.said));
    Ok(())
}

/// History through rules; the last year when nobody says.
fn tried(path: &Path, rules: Vec<(Written, Rule)>, span: &Span) -> Result<Vec<TriedRule>, Fault> {
    let mut engine = estate::read(path)?;
    let now = engine.now()?;
    let shared = engine.state();
    let to = match &span.to {
        Some(to) => estate::date(to)?,
        None => shared.read().zone().date(now),
    };
    let from = span.from.as_deref().map_or(Ok(to.plus(-365)), estate::date)?;
    let rules: Vec<Rule> = rules.into_iter().map(|(_, rule)| rule).collect();
    let asks = rules.iter().any(|rule| matches!(rule.watch, Watch::Findings { .. }));
    let unusual = if asks { anomalies::findings(&mut engine, from, to, &[])? } else { Vec::new() };
    let state = shared.read();
    if let Some(why) = rules.iter().find_map(|rule| trial::misfit(rule, state.estate())) {
        return Err(Fault::new(Code::Usage, why, "look for a slip of the pen"));
    }
    let unusual = unusual.iter().map(|one| found(&state, one)).collect();
    let span: (Date, Date) = (from, to);
    let tried = trial::tried(&rules, &state, &unusual, span, now);
    Ok(rules.iter().zip(tried).map(|(rule, tried)| alert_rules::row(rule, tried)).collect())
}

fn set(path: &Path, file: &Path, anyway: bool, giver: &Giver, as_json: bool) -> Result<(), Fault> {
    let text = read(file)?;
    let rules = meant(file, &text)?;
    for one in tried(path, rules, &Span { from: None, to: None })? {
        aside!("{}: {}", one.key, one.said);
    }
    let order = json!({ "order": "set-alert-rules", "text": text, "anyway": anyway });
    orders::give(path, order, giver, as_json)
}

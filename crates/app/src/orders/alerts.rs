//! Orders about alerts: rules set and removed, alerts taken on, steps of runbooks done.

use super::{Decided, Kind, OrderRefusal, Orderer, budgets};
use crate::alerts::outlook;
use crate::alerts::runbook::{self, filled};
use crate::alerts::trial::{crossed_by_everyone, misfit, read};
use crate::alerts::written::Written;
use faregate_core::alert::{Alert, AlertId, Deed, Findings, Handling, Scene, Step, Subject, Usual};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;

/// What somebody does about an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertDeed {
    /// They take care of it.
    Acknowledge,
    /// They do a step of its runbook.
    Step(u16),
}

/// So many rules a contract has at most.
const RULES_MAX: usize = 500;

pub(super) fn set(
    state: &State,
    text: &str,
    anyway: bool,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let invalid =
        |code, message: String, help: &str| OrderRefusal::new(Kind::Invalid, code, message, help);
    let help = "the rules that were there stay; `faregate alert standard` prints examples";
    let rules = read(text).map_err(|why| invalid("invalid-alert-rule", why, help))?;
    let known = state.monitor().rules();
    let new = rules.iter().filter(|(written, _)| !known.contains_key(&written.key)).count();
    if known.len() + new > RULES_MAX {
        let message = format!("that would be more than {RULES_MAX} rules");
        return Err(invalid("too-many-rules", message, "remove some first"));
    }
    let mut decided = Decided::default();
    for (written, rule) in rules {
        let key = written.key.clone();
        if let Some(why) = misfit(&rule, state.estate()) {
            return Err(invalid("unknown", format!("rule `{key}`: {why}"), help));
        }
        if let Some((crossed, all)) = crossed_by_everyone(&rule, state, now).filter(|_| !anyway) {
            let message = format!("rule `{key}` would fire for {crossed} of {all} at once");
            let help = "choose another limit or a narrower scope, or set it anyway";
            return Err(OrderRefusal::new(Kind::Conflict, "fires-for-everyone", message, help));
        }
        let text = written.text();
        if known.get(&key).is_some_and(|known| known.text == text) {
            decided.said.push(format!("rule `{key}` holds already"));
            continue;
        }
        if rule.channels.is_empty() {
            decided
                .warnings
                .push(format!("rule `{key}` names no channel: it is seen on the page only"));
        }
        decided.said.push(format!("rule `{key}` is watched from now on"));
        decided.events.push(Event::AlertRuleSet { key, text });
    }
    Ok(decided)
}

pub(super) fn remove(state: &State, key: &str) -> Result<Decided, OrderRefusal> {
    rule(state, key)?;
    Ok(Decided {
        events: vec![Event::AlertRuleRemoved(key.to_owned())],
        said: vec![format!("rule `{key}` is watched no longer; its open alerts end")],
        ..Decided::default()
    })
}

pub(super) fn mute(
    state: &State,
    key: &str,
    until: Option<Instant>,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    rule(state, key)?;
    if until.is_some_and(|until| until <= now) {
        let message = "a rule is muted until a time to come";
        return Err(OrderRefusal::new(Kind::Invalid, "bad-date", message, "choose another time"));
    }
    let said = match until {
        Some(until) => format!("nobody is told of rule `{key}` until {until}"),
        None => format!("people are told of rule `{key}` again"),
    };
    let events = vec![Event::AlertRuleMuted { key: key.to_owned(), until }];
    Ok(Decided { events, said: vec![said], ..Decided::default() })
}

pub(super) fn handle(
    state: &State,
    orderer: &Orderer,
    (id, deed): (AlertId, &AlertDeed),
    note: &str,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let alert = state.monitor().alerts().get(&id);
    let alert = alert.ok_or_else(|| OrderRefusal::unknown("alert", &id.to_string()))?;
    if alert.ended().is_some() {
        let message = format!("alert {id} is over");
        return Err(OrderRefusal::new(
            Kind::Conflict,
            "alert-over",
            message,
            "nothing is left to do",
        ));
    }
    let handled = |what| Event::AlertHandled { alert: id, what };
    match deed {
        AlertDeed::Acknowledge => {
            let event = handled(Handling::Acknowledged { note: note.to_owned() });
            let said = vec![format!("alert {id} is taken on by {}", orderer.words())];
            Ok(Decided { events: vec![event], said, ..Decided::default() })
        }
        AlertDeed::Step(place) => {
            let done = step(state, orderer, (id, alert), *place, note, now)?;
            let Done { mut events, said, channels } = done;
            let what = Handling::StepDone { step: *place, said: said.join("\n"), channels };
            events.push(handled(what));
            Ok(Decided { events, said, ..Decided::default() })
        }
    }
}

/// What a step came to.
struct Done {
    events: Vec<Event>,
    said: Vec<String>,
    channels: Vec<String>,
}

fn step(
    state: &State,
    orderer: &Orderer,
    (id, alert): (AlertId, &Alert),
    place: u16,
    note: &str,
    now: Instant,
) -> Result<Done, OrderRefusal> {
    let number = usize::from(place);
    if number >= alert.steps.len() {
        let message = format!("alert {id} has no step {}", number + 1);
        return Err(OrderRefusal::new(Kind::Unknown, "no-step", message, "count from 1"));
    }
    // The rule may have been changed since, or removed: then its steps are words only.
    let rule = state.monitor().rules().get(&alert.rule);
    let rule = rule.and_then(|known| Written::one(&known.text).ok()?.rule().ok());
    let step = rule.and_then(|rule| rule.steps.into_iter().nth(number));
    let Step { text, deed } =
        step.unwrap_or_else(|| Step { text: String::new(), deed: Deed::Manual });
    may_do(state, orderer, &deed, now)?;
    let (views, usual, findings) =
        (outlook::of_contract(state, now), Usual::new(), Findings::new());
    let scene = Scene {
        state,
        now,
        views: &views,
        usual: &usual,
        findings: &findings,
        sources: &[],
        agents: None,
    };
    let facts = runbook::facts(&scene, &subject(alert));
    let plain = |said: Vec<String>| Done { events: Vec::new(), said, channels: Vec::new() };
    match deed {
        Deed::Manual if note.trim().is_empty() => {
            Ok(plain(vec![format!("done: {}", filled(&text, &facts))]))
        }
        Deed::Manual => Ok(plain(vec![note.to_owned()])),
        Deed::ReviewPeople => {
            let people = runbook::people_for_seats(state, now);
            let nobody = vec![
                "nobody would be cheaper on a seat at the pace of the last 90 days".to_owned(),
            ];
            Ok(plain(if people.is_empty() { nobody } else { people }))
        }
        Deed::SizeTopUp => Ok(plain(runbook::top_up(&scene))),
        Deed::RequestPurchase { channels } => {
            let said = vec![runbook::purchase_request(&scene, &facts)];
            let channels = if channels.is_empty() { alert.channels.clone() } else { channels };
            Ok(Done { events: Vec::new(), said, channels })
        }
        Deed::TopUpBucket { ticks } => {
            let Some(key) = alert.crossing.subject.strip_prefix("bucket:") else {
                let message = "the alert is not about a bucket".to_owned();
                return Err(OrderRefusal::new(
                    Kind::Conflict,
                    "no-bucket",
                    message,
                    "move tokens yourself",
                ));
            };
            let why = format!("runbook of alert {id}");
            let moved = budgets::transfer(state, orderer, None, Some(key), ticks, &why, now)?;
            Ok(Done { events: moved.events, said: moved.said, channels: Vec::new() })
        }
        Deed::Mute { seconds } => {
            let muted = mute(state, &alert.rule, Some(now.plus(seconds)), now)?;
            Ok(Done { events: muted.events, said: muted.said, channels: Vec::new() })
        }
    }
}

/// Whether somebody may do what a step does: what shows or changes more than a bucket is for those who see all.
fn may_do(state: &State, orderer: &Orderer, deed: &Deed, now: Instant) -> Result<(), OrderRefusal> {
    let is_own = matches!(deed, Deed::Manual | Deed::TopUpBucket { .. });
    let person = state.estate().person_known_as(orderer.name(), now);
    let owns_all = person.is_some_and(|person| state.terms().owners.contains(&person));
    match is_own || orderer.runs_faregate() || owns_all {
        true => Ok(()),
        false => Err(OrderRefusal::forbidden("this step is for those who see the whole contract")),
    }
}

/// About whom or what an alert is.
fn subject(alert: &Alert) -> Subject {
    let (kind, id) =
        alert.crossing.subject.split_once(':').unwrap_or((&alert.crossing.subject, ""));
    let kind = if kind == "bucket" { "bucket" } else { "contract" };
    Subject::of(kind, if kind == "bucket" { id } else { "" }, &alert.crossing.name)
}

fn rule<'a>(
    state: &'a State,
    key: &str,
) -> Result<&'a faregate_core::state::WrittenRule, OrderRefusal> {
    state.monitor().rules().get(key).ok_or_else(|| OrderRefusal::unknown("alert rule", key))
}

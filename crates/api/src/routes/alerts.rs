//! `/v1/alerts`: what was raised, about whom, what was done about it.

use crate::Server;
use crate::authority::{Authorized, ReadOwn};
use crate::extract::Params;
use crate::paging::page;
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use faregate_app::alerts::written::Written;
use faregate_core::alert::{self, AlertId, Deed, Handling};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Those that are not over.
    #[default]
    Open,
    /// Those that are over as well.
    All,
}

/// Which alerts, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those that are not over, or all.
    #[serde(default)]
    #[param(inline)]
    state: Stage,
    /// Only of the rule with this key.
    rule: Option<String>,
    /// Rows on a page: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    #[param(pattern = "^[0-9]{1,19}$")]
    cursor: Option<String>,
}

/// A label and its value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertFact)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value, in words.
    pub value: String,
}

/// A step of a runbook.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunbookStep {
    /// What to do, with what was true when the alert was raised.
    pub text: String,
    /// What its button does: `manual`, `review-people`, `size-top-up`, `request-purchase`, `top-up-bucket` or `mute`.
    #[serde(rename = "do")]
    pub deed: &'static str,
    /// Whether somebody has done it.
    pub done: bool,
}

/// What was done about an alert, or what time did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Handled {
    /// When.
    pub at: String,
    /// `acknowledged`, `step-done`, `escalated` or `ended`.
    pub what: &'static str,
    /// Number of the step, counted from 1.
    pub step: Option<u16>,
    /// In words.
    pub said: String,
    /// Names of the channels that were told.
    pub channels: Vec<String>,
}

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    /// Its id: `a42`, or `a42-1` when it was raised together with others.
    pub id: String,
    /// Key of the rule.
    pub rule: String,
    /// Name of the rule when it was raised.
    pub name: String,
    /// `info`, `warning` or `critical`.
    pub severity: &'static str,
    /// About whom or what: `contract`, `bucket:KEY`, `product:KEY`, `finding:ID`.
    pub subject: String,
    /// Its name.
    pub subject_name: String,
    /// What happened, in a sentence.
    pub said: String,
    /// The value; in tokens, a share, or a chance, as the rule watches.
    pub value: f64,
    /// The limit, in the same unit.
    pub limit: f64,
    /// When it was raised.
    pub at: String,
    /// When it ended; `null` while it has not.
    pub ended: Option<String>,
    /// Whether somebody takes care of it.
    pub acknowledged: bool,
    /// Names of the channels that were told; none while the rule was muted.
    pub channels: Vec<String>,
    /// What was good to know when it was raised.
    pub facts: Vec<Fact>,
    /// The runbook.
    pub steps: Vec<RunbookStep>,
    /// What was done about it, in order.
    pub handled: Vec<Handled>,
}

/// A page of alerts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alerts {
    /// The latest first.
    pub rows: Vec<Alert>,
    /// How many that the caller sees are not over, by severity: info, warning, critical.
    pub open: [usize; 3],
    /// Cursor of the next page; `null` at the end.
    pub next: Option<String>,
}

/// Alerts, the latest first: all, or those about what the caller may see.
#[utoipa::path(
    get, path = "/v1/alerts", operation_id = "list_alerts", tag = "alerts", params(Which),
    responses((status = 200, body = Alerts), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Params(which): Params<Which>,
) -> Result<Json<Alerts>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let sight = who.sight(&state, now);
    let seen = state.monitor().alerts().iter().rev();
    let seen = seen.filter(|(_, known)| sight.alert(&state, known));
    let open = seen.clone().filter(|(_, known)| known.ended().is_none());
    let mut counts = [0; 3];
    for (_, known) in open {
        counts[known.severity as usize] += 1;
    }
    let is_asked = |known: &alert::Alert| {
        (which.state == Stage::All || known.ended().is_none())
            && which.rule.as_ref().is_none_or(|rule| *rule == known.rule)
    };
    let rows = seen.filter(|(_, known)| is_asked(known));
    let rows = rows.map(|(id, known)| (place(*id), shown(&state, *id, known)));
    let page = page(rows, which.limit, which.cursor.as_deref())?;
    Ok(Json(Alerts { rows: page.rows, open: counts, next: page.next }))
}

/// One alert.
#[utoipa::path(
    get, path = "/v1/alerts/{id}", operation_id = "one_alert", tag = "alerts",
    params(("id" = String, Path, description = "id of the alert: `a42`")),
    responses((status = 200, body = Alert), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn one(
    who: Authorized<ReadOwn>,
    State(server): State<Server>,
    Path(id): Path<String>,
) -> Result<Json<Alert>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let asked = id.parse::<AlertId>().map_err(|()| Problem::unknown("alert", &id))?;
    let known = who.sight(&state, now).alert_with(&state, asked)?;
    Ok(Json(shown(&state, asked, known)))
}

/// Where an alert stands in the list, the latest first.
fn place(id: AlertId) -> u64 {
    // So many entries no journal has; so many are raised together at most.
    (u64::MAX >> 1) - (id.seq << 12) - u64::from(id.place)
}

/// An alert as it is on the wire.
#[must_use]
pub fn shown(state: &state::State, id: AlertId, known: &alert::Alert) -> Alert {
    let thousandths = |value: i64| value as f64 / 1e3;
    let facts = known.crossing.facts.iter();
    Alert {
        id: id.to_string(),
        rule: known.rule.clone(),
        name: known.name.clone(),
        severity: known.severity.key(),
        subject: known.crossing.subject.clone(),
        subject_name: known.crossing.name.clone(),
        said: known.crossing.said.clone(),
        value: thousandths(known.crossing.value),
        limit: thousandths(known.crossing.limit),
        at: known.at.to_string(),
        ended: known.ended().map(|at| at.to_string()),
        acknowledged: known.is_acknowledged(),
        channels: known.channels.clone(),
        facts: facts
            .map(|(label, value)| Fact { label: label.clone(), value: value.clone() })
            .collect(),
        steps: steps(state, known),
        handled: known.handled.iter().map(|(at, what)| handled(at.to_string(), what)).collect(),
    }
}

fn steps(state: &state::State, known: &alert::Alert) -> Vec<RunbookStep> {
    let rule = state.monitor().rules().get(&known.rule);
    let rule = rule.and_then(|rule| Written::one(&rule.text).ok()?.rule().ok());
    let deed = |place: usize| {
        let step = rule.as_ref().and_then(|rule| rule.steps.get(place));
        step.map_or(Deed::Manual.key(), |step| step.deed.key())
    };
    let is_done = |place: usize| {
        let does = |(_, what): &(_, Handling)| matches!(what, Handling::StepDone { step, .. } if usize::from(*step) == place);
        known.handled.iter().any(does)
    };
    let steps = known.steps.iter().enumerate();
    let step = |(place, text): (usize, &String)| RunbookStep {
        text: text.clone(),
        deed: deed(place),
        done: is_done(place),
    };
    steps.map(step).collect()
}

fn handled(at: String, what: &Handling) -> Handled {
    let (what, step, said, channels) = match what {
        Handling::Acknowledged { note } => ("acknowledged", None, note.clone(), Vec::new()),
        Handling::StepDone { step, said, channels } => {
            ("step-done", Some(step.saturating_add(1)), said.clone(), channels.clone())
        }
        Handling::Escalated { channels, .. } => {
            ("escalated", None, "nobody had taken it on".to_owned(), channels.clone())
        }
        Handling::Ended { said } => ("ended", None, said.clone(), Vec::new()),
    };
    Handled { at, what, step, said, channels }
}

//! `/v1/alert-rules`: what is watched, and what history says of rules before they are saved.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Sent;
use crate::problem::Problem;
use crate::routes::{DAYS_MAX, span};
use crate::wire::order::POLICIES_MAX;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::alerts::unusual::found;
use faregate_app::alerts::words::watched;
use faregate_app::alerts::written::Written;
use faregate_app::alerts::{STANDARD, trial};
use faregate_app::anomalies;
use faregate_core::alert::past::Firing;
use faregate_core::alert::{Rule, Watch};
use faregate_core::state;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many alerts that there would have been are listed.
const FIRINGS_MAX: usize = 100;

/// An alert rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertRule {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// `info`, `warning` or `critical`.
    pub severity: &'static str,
    /// What it watches, in words.
    pub watches: String,
    /// Names of the channels that are told.
    pub channels: Vec<String>,
    /// Until when nobody is told.
    pub muted_until: Option<String>,
    /// How many of its alerts are not over.
    pub open: usize,
    /// The rule as it was written, in TOML.
    pub text: String,
    /// Why it is not watched; `null` when it is.
    pub error: Option<String>,
}

/// All alert rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertRules {
    /// By key.
    pub rows: Vec<AlertRule>,
    /// The rules that come with Faregate, in TOML.
    pub standard: String,
}

/// Rules to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The rules, in TOML.
    #[schema(max_length = 262_144)]
    text: String,
    /// First date; a year before the last by default.
    #[schema(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[schema(format = Date)]
    to: Option<String>,
}

/// An alert that there would have been.
#[derive(Debug, Serialize, ToSchema)]
pub struct WouldHaveFired {
    /// About whom or what.
    pub subject: String,
    /// Its name.
    pub subject_name: String,
    /// When it would have been raised.
    pub at: String,
    /// When it would have ended; `null`: not before the end.
    pub until: Option<String>,
    /// The value then.
    pub value: f64,
    /// The limit then.
    pub limit: f64,
}

/// What a rule would have said.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedRule {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it watches, in words.
    pub watches: String,
    /// How many alerts there would have been; `null` where history cannot tell.
    pub count: Option<usize>,
    /// In a sentence.
    pub said: String,
    /// The latest of them, at most 100.
    pub firings: Vec<WouldHaveFired>,
}

/// What rules would have said.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialResult {
    /// In the order of the rules.
    pub rows: Vec<TriedRule>,
}

/// All alert rules, by key.
#[utoipa::path(
    get, path = "/v1/alert-rules", operation_id = "list_alert_rules", tag = "alerts",
    responses((status = 200, body = AlertRules), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<ReadEstate>, State(server): State<Server>) -> Json<AlertRules> {
    let state = server.gate.state().read();
    let rows = state.monitor().rules().iter().map(|(key, known)| shown(&state, key, known));
    Json(AlertRules { rows: rows.collect(), standard: STANDARD.to_owned() })
}

/// A rule as it is on the wire.
#[must_use]
pub fn shown(state: &state::State, key: &str, known: &state::WrittenRule) -> AlertRule {
    let read = Written::one(&known.text).and_then(|written| written.rule());
    let error = read.as_ref().err().cloned();
    let rule = read.ok();
    let of = |text: fn(&Rule) -> String| rule.as_ref().map_or(String::new(), text);
    AlertRule {
        key: key.to_owned(),
        name: rule.as_ref().map_or(key.to_owned(), |rule| rule.name.clone()),
        owner: of(|rule| rule.owner.clone()),
        severity: rule.as_ref().map_or("info", |rule| rule.severity.key()),
        watches: of(watched),
        channels: rule.as_ref().map_or(Vec::new(), |rule| rule.channels.clone()),
        muted_until: known.muted_until.map(|until| until.to_string()),
        open: state.monitor().open_of(key).len(),
        text: known.text.clone(),
        error,
    }
}

/// Sends history through rules: how often they would have fired, and when. Nothing is saved.
#[utoipa::path(
    post, path = "/v1/alert-rules/trial", operation_id = "try_alert_rules", tag = "alerts", request_body = Trial,
    responses(
        (status = 200, body = TrialResult), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, description = "a rule cannot be read", body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn try_out(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Sent(Trial { text, from, to }): Sent<Trial>,
) -> Result<Json<TrialResult>, Problem> {
    if text.len() > POLICIES_MAX {
        return Err(unreadable("the text is too long".to_owned()));
    }
    let rules = trial::read(&text).map_err(unreadable)?;
    let rules: Vec<Rule> = rules.into_iter().map(|(_, rule)| rule).collect();
    let now = server.gate.now();
    let (from, to) = {
        let state = server.gate.state().read();
        if let Some(why) = rules.iter().find_map(|rule| trial::misfit(rule, state.estate())) {
            return Err(unreadable(why));
        }
        let (_, to) = span(&state, now, None, to.as_deref(), DAYS_MAX)?;
        let from = from.unwrap_or_else(|| to.plus(-365).to_string());
        span(&state, now, Some(&from), Some(&to.to_string()), DAYS_MAX)?
    };
    let asks_findings = rules.iter().any(|rule| matches!(rule.watch, Watch::Findings { .. }));
    let tried = server.report(move |engine| {
        let unusual = match asks_findings {
            true => anomalies::findings(engine, from, to, &[])?,
            false => Vec::new(),
        };
        let shared = engine.state();
        let state = shared.read();
        let unusual = unusual.iter().map(|one| found(&state, one)).collect();
        let tried = trial::tried(&rules, &state, &unusual, (from, to), now);
        Ok(rules.into_iter().zip(tried).collect::<Vec<_>>())
    });
    let rows = tried.await?.into_iter().map(|(rule, tried)| row(&rule, tried)).collect();
    Ok(Json(TrialResult { rows }))
}

fn unreadable(why: String) -> Problem {
    let help = "see `standard` of GET /v1/alert-rules for rules that can be read";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-alert-rule", why, help)
}

/// What a rule would have said, as it is on the wire.
#[must_use]
pub fn row(rule: &Rule, tried: trial::Tried) -> TriedRule {
    let firings = tried.firings.unwrap_or_default();
    let shown = |one: &Firing| WouldHaveFired {
        subject: one.subject.key(),
        subject_name: one.subject.name.clone(),
        at: one.at.to_string(),
        until: one.until.map(|at| at.to_string()),
        value: one.value,
        limit: one.limit,
    };
    let is_told = !tried.said.starts_with("history cannot tell");
    TriedRule {
        key: tried.key,
        name: tried.name,
        watches: watched(rule),
        count: is_told.then_some(firings.len()),
        said: tried.said,
        firings: firings.iter().rev().take(FIRINGS_MAX).map(shown).collect(),
    }
}

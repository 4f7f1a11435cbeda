//! `/v1/channels`: where people are told, and whether it works.

pub mod test;

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::channels::KnownChannel;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::engine::Failure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A channel, without anything secret.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// What it is: `mail`, `webhook`, `slack`, `teams`, `servicenow`, `jira` or `pagerduty`.
    pub kind: String,
    /// Where it leads: who gets the mails, a host, or where its secret address is.
    pub leads_to: String,
    /// How it stands: `untried`, `well`, `failing` or `off`.
    pub state: String,
    /// Why, in words.
    pub why: String,
    /// Whether it is in its quiet hours.
    pub quiet_now: bool,
    /// How many notices are to be sent.
    pub waiting: u64,
    /// How many were given up.
    pub given_up: u64,
    /// When its receiver last took one.
    pub last_sent: Option<String>,
    /// When one last failed, if none was taken since.
    pub last_failure: Option<String>,
}

/// All channels.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Channels {
    /// In the order of their names.
    pub channels: Vec<Channel>,
}

/// Where people are told, and whether it works.
#[utoipa::path(
    get, path = "/v1/channels", operation_id = "list_channels", tag = "notices",
    responses(
        (status = 200, body = Channels), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Result<Json<Channels>, Problem> {
    let known = server.ask_channels(|channels| channels.list()).await?.map_err(Failure::from)?;
    Ok(Json(Channels::of(&known)))
}

impl Channels {
    /// Channels as they are told.
    #[must_use]
    pub fn of(known: &[KnownChannel]) -> Self {
        Self { channels: known.iter().map(shown).collect() }
    }
}

fn shown(known: &KnownChannel) -> Channel {
    let tally = &known.tally;
    let (state, why) = match (&tally.off, &tally.last_failure, tally.last_sent) {
        (Some((at, words)), ..) => ("off", format!("switched off on {at}: {words}")),
        (None, Some((_, words)), _) => ("failing", words.clone()),
        (None, None, Some(at)) => ("well", format!("its receiver took a notice on {at}")),
        (None, None, None) => ("untried", "nothing was sent on it yet".to_owned()),
    };
    Channel {
        name: known.name.clone(),
        kind: known.kind.to_owned(),
        leads_to: known.leads_to.clone(),
        state: state.to_owned(),
        why,
        quiet_now: known.is_quiet,
        waiting: tally.waiting,
        given_up: tally.given_up,
        last_sent: tally.last_sent.map(|at| at.to_string()),
        last_failure: tally.last_failure.as_ref().map(|(at, _)| at.to_string()),
    }
}

//! `/v1/deliveries`: what was sent, what waits to be, and what was given up.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::extract::Params;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::engine::Failure;
use faregate_app::outbox::{self, Filter, Standing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// So many are listed at most.
const LIMIT_MAX: usize = 1_000;

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// On this channel only.
    channel: Option<String>,
    /// Standing like this only: `waiting`, `sent` or `given-up`.
    state: Option<String>,
    /// So many at most; 100 by default.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
}

/// A notice on its way, or arrived.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Its id, which the receiver sees too.
    pub id: String,
    /// Name of the channel.
    pub channel: String,
    /// How it stands: `waiting`, `sent` or `given-up`.
    pub state: String,
    /// What sort of notice it is: `raised`, `cleared`, `escalated`, `reminder`, `digest` or `test`.
    pub kind: String,
    /// How much it matters: `info`, `warning` or `critical`.
    pub severity: String,
    /// What it says, in a line.
    pub title: String,
    /// What it is about: the alert's id.
    pub about: String,
    /// When it became true.
    pub at: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next, while it waits.
    pub due: Option<String>,
    /// When something last became of it.
    pub touched: String,
    /// Whether quiet hours hold it, or held it.
    pub held: bool,
    /// Why it failed last.
    pub why: Option<String>,
}

/// Deliveries.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Deliveries {
    /// The newest first.
    pub deliveries: Vec<Delivery>,
}

/// What was sent on channels, what waits to be, and what was given up.
#[utoipa::path(
    get, path = "/v1/deliveries", operation_id = "list_deliveries", tag = "notices", params(Which),
    responses(
        (status = 200, body = Deliveries), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
    Params(Which { channel, state, limit }): Params<Which>,
) -> Result<Json<Deliveries>, Problem> {
    let standing = state.as_deref().map(standing).transpose()?;
    let limit = limit.unwrap_or(100).clamp(1, LIMIT_MAX);
    let filter = Filter { channel, standing, limit };
    let found = server.ask_channels(move |channels| channels.deliveries(&filter)).await?;
    Ok(Json(Deliveries::of(&found.map_err(Failure::from)?)))
}

fn standing(word: &str) -> Result<Standing, Problem> {
    Standing::from_key(word).ok_or_else(|| {
        let (status, help) =
            (StatusCode::UNPROCESSABLE_ENTITY, "ask for `waiting`, `sent` or `given-up`");
        Problem::new(status, "out-of-range", format!("no delivery stands as `{word}`"), help)
    })
}

impl Deliveries {
    /// Deliveries as they are told.
    #[must_use]
    pub fn of(found: &[outbox::Delivery]) -> Self {
        Self { deliveries: found.iter().map(shown).collect() }
    }
}

fn shown(one: &outbox::Delivery) -> Delivery {
    let (draft, notice) = (&one.draft, &one.draft.notice);
    let waits = one.standing == Standing::Waiting;
    Delivery {
        id: draft.id.clone(),
        channel: draft.channel.clone(),
        state: one.standing.key().to_owned(),
        kind: notice.kind.key().to_owned(),
        severity: notice.severity.key().to_owned(),
        title: notice.title.clone(),
        about: notice.about.clone(),
        at: notice.at.to_string(),
        tries: one.tries,
        due: waits.then(|| draft.due.to_string()),
        touched: one.touched.to_string(),
        held: one.is_held,
        why: one.words.clone(),
    }
}

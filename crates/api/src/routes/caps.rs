//! `/v1/caps`: how much may be used, and how much was.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::problem::Problem;
use crate::wire::order::RuleMode;
use axum::Json;
use axum::extract::State;
use faregate_core::amount::Ticks;
use faregate_core::caps::{self, Each, Measure, Span, Then, Used};
use faregate_core::estate::{PersonId, Place};
use faregate_core::state;
use faregate_core::when::Instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// For whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// Any name of the person whose use is counted.
    person: Option<String>,
}

/// A cap.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cap {
    /// Key.
    pub key: String,
    /// Key of the person whose use alone counts.
    pub person: Option<String>,
    /// Key of the group whose members' use alone counts.
    pub group: Option<String>,
    /// Key of the product whose use alone counts.
    pub product: Option<String>,
    /// Key of the bucket whose payments alone count.
    pub bucket: Option<String>,
    /// For whom it is counted: `person`, `room` or `together`.
    pub each: &'static str,
    /// What is counted: `tokens`, `opens`, `running` or `people`.
    pub measure: &'static str,
    /// Over which time: `seconds`, `day`, `week` or `month`.
    pub span: &'static str,
    /// How many seconds, where the span is some.
    pub seconds: Option<i64>,
    /// The most there may be: tokens, or a number.
    pub limit: f64,
    /// What happens beyond: `refuse` or `confirm`.
    pub then: &'static str,
    /// Whether it decides or is only watched.
    pub mode: RuleMode,
    /// What counts now for the person who was asked for; `null` without one, where the cap does not count for
    /// them, and for rooms.
    pub counted: Option<f64>,
}

/// All caps.
#[derive(Debug, Serialize, ToSchema)]
pub struct Caps {
    /// In the order they are looked at.
    pub rows: Vec<Cap>,
}

/// All caps, and what counts now for a person.
#[utoipa::path(
    get, path = "/v1/caps", operation_id = "list_caps", tag = "rules", params(Whose),
    responses(
        (status = 200, body = Caps), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(Whose { person }): Params<Whose>,
) -> Result<Json<Caps>, Problem> {
    let (state, now) = (server.gate.state().read(), server.gate.now());
    let known = |name: String| {
        let id = state.estate().person_known_as(&name, now);
        id.ok_or_else(|| Problem::unknown("person", &name))
    };
    let person = person.map(known).transpose()?;
    Ok(Json(Caps { rows: about(&state, person, now) }))
}

/// All caps, and what counts now for a person.
pub(crate) fn about(state: &state::State, person: Option<PersonId>, now: Instant) -> Vec<Cap> {
    let caps = state.counts().caps().iter().enumerate();
    let rows = caps.map(|(index, cap)| {
        let counted = person.and_then(|person| counted(state, index, cap, person, now));
        shown(state, cap, counted)
    });
    rows.collect()
}

/// What the cap counts for a use of the person's that it is about.
fn counted(
    state: &state::State,
    index: usize,
    cap: &caps::Cap,
    person: PersonId,
    at: Instant,
) -> Option<i64> {
    let product = cap.product.unwrap_or_default();
    let bucket = Some(cap.bucket.unwrap_or_else(|| state.payer(person)));
    let used = Used { person, product, bucket, place: Place::default(), at };
    state.counts().counted(index, cap, state.estate(), state.zone(), &used)
}

fn shown(state: &state::State, cap: &caps::Cap, counted: Option<i64>) -> Cap {
    let estate = state.estate();
    let amount = |count: i64| match cap.measure {
        Measure::Tokens => Ticks(count).tokens(),
        Measure::Opens | Measure::Running | Measure::People => count as f64,
    };
    let (span, seconds) = match cap.span {
        Span::Seconds(seconds) => ("seconds", Some(seconds)),
        Span::Day => ("day", None),
        Span::Week => ("week", None),
        Span::Month => ("month", None),
    };
    Cap {
        key: cap.key.clone(),
        person: cap.person.and_then(|id| estate.person(id)).map(|person| person.key.clone()),
        group: cap.group.and_then(|id| estate.group(id)).map(|group| group.key.clone()),
        product: cap.product.and_then(|id| estate.product(id)).map(|product| product.key.clone()),
        bucket: cap.bucket.and_then(|id| estate.bucket(id)).map(|bucket| bucket.key.clone()),
        each: match cap.each {
            Each::Person => "person",
            Each::Room => "room",
            Each::Together => "together",
        },
        measure: match cap.measure {
            Measure::Tokens => "tokens",
            Measure::Opens => "opens",
            Measure::Running => "running",
            Measure::People => "people",
        },
        span,
        seconds,
        limit: amount(cap.limit),
        then: match cap.then {
            Then::Refuse => "refuse",
            Then::Confirm => "confirm",
        },
        mode: cap.mode.into(),
        counted: counted.map(amount),
    }
}

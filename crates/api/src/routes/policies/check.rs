//! `/v1/policies/check`: whether policies can be adopted.

use super::trying::{TriedSet, sets};
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Sent;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::rules::{self, Warning};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Policies to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checking {
    /// The sets. They are judged as if they were adopted: beside the sets that hold, or instead of those of their names.
    #[schema(max_items = 64)]
    sets: Vec<TriedSet>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyCheck {
    /// Whether they can be adopted.
    pub valid: bool,
    /// All that is wrong with them, each with its place and what to do about it.
    pub faults: Vec<String>,
    /// What is allowed, and probably not meant; among it names that nothing bears.
    pub warnings: Vec<PolicyWarning>,
}

/// What is allowed, and probably not meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyWarning {
    /// What it is about. `nothing-permits`, `forbids-everything` and `refuses-everyone`: nobody at all would get through.
    /// `locked-out`: people would be forbidden the seats that they hold. `unknown-name`: nothing bears a name. `odd`: the
    /// language's own doubts.
    pub code: &'static str,
    /// Whether nobody at all would get through.
    pub shuts_out_everyone: bool,
    /// The set, unless all sets together are meant.
    pub set: Option<String>,
    /// Line in its text, counted from 1.
    pub line: Option<usize>,
    /// What is noticed.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl From<Warning> for PolicyWarning {
    fn from(warning: Warning) -> Self {
        let Warning { doubt, set, line, message, help } = warning;
        Self {
            code: doubt.code(),
            shuts_out_everyone: doubt.shuts_out_everyone(),
            set: Some(set).filter(|set| !set.is_empty()),
            line: Some(line).filter(|line| *line > 0),
            message,
            help,
        }
    }
}

/// Whether policies can be adopted, and what their author should know. Changes nothing.
#[utoipa::path(
    post, path = "/v1/policies/check", operation_id = "check_policies", tag = "rules", request_body = Checking,
    responses(
        (status = 200, body = PolicyCheck), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn check(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Sent(Checking { sets: sent }): Sent<Checking>,
) -> Result<Json<PolicyCheck>, Problem> {
    let (sets, gate) = (sets(sent)?, server.gate.clone());
    let check = move || rules::check(sets, Some((gate.state(), gate.now())));
    let checked = match server.reckon(check).await? {
        Ok(warnings) => {
            let warnings = warnings.into_iter().map(PolicyWarning::from).collect();
            PolicyCheck { valid: true, faults: Vec::new(), warnings }
        }
        Err(faults) => PolicyCheck { valid: false, faults, warnings: Vec::new() },
    };
    Ok(Json(checked))
}

//! What the three ways to try policies share: the sets in a body, and the rows that say what would change.

use crate::problem::Problem;
use crate::wire::order::POLICIES_MAX;
use axum::http::StatusCode;
use faregate_app::simulate::{Answers, Changed};
use faregate_core::event::{Mode, PolicySet};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use utoipa::{IntoParams, ToSchema};

/// So many sets in one body.
const SETS_MAX: usize = 64;
/// Rows when nothing is said, and at most.
const ROWS: usize = 100;

/// A set of policies to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedSet {
    /// Its name; it stands in for the set of that name that holds.
    #[schema(max_length = 256)]
    pub(crate) name: String,
    /// The policies, in Cedar.
    #[schema(max_length = 262_144)]
    pub(crate) text: String,
}

/// How many rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Rows {
    /// At most this many rows, the most frequent first: 100 by default, 1,000 at most.
    #[param(maximum = 4_294_967_295_i64)]
    limit: Option<u32>,
}

/// Asks of one person for one product that would end otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedAnswer {
    /// The person, as they asked.
    pub person: String,
    /// Key of the product.
    pub product: String,
    /// How they end under the rules in force: a fare, or the code of a refusal.
    pub before: &'static str,
    /// How they would end under the others.
    pub after: &'static str,
    /// The policy or cap that would turn them away.
    pub rule: Option<String>,
    /// How often.
    pub times: u64,
}

/// The sets, when there are not too many and none is too long.
pub(crate) fn sets(sent: Vec<TriedSet>) -> Result<Vec<PolicySet>, Problem> {
    let long = sent.iter().any(|set| set.name.len() > 256 || set.text.len() > POLICIES_MAX);
    if long || sent.len() > SETS_MAX {
        let detail = "too many sets of policies, or too long ones";
        let help = format!("send up to {SETS_MAX} sets of up to {POLICIES_MAX} bytes");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-long", detail, help));
    }
    let set = |TriedSet { name, text }: TriedSet| PolicySet { name, mode: Mode::Enforce, text };
    Ok(sent.into_iter().map(set).collect())
}

/// What would change, the most frequent first; and how often anything would.
pub(crate) fn changes(found: &Answers, rows: &Rows) -> (Vec<ChangedAnswer>, u64) {
    let mut all: Vec<(&Changed, &u64)> = found.changed.iter().collect();
    all.sort_by_key(|(_, times)| Reverse(**times));
    all.truncate(crate::paging::rows_of(rows.limit, ROWS).clamp(1, crate::paging::ROWS_MAX));
    let shown = all.into_iter().map(|(changed, times)| ChangedAnswer {
        person: changed.person.clone(),
        product: changed.product.clone(),
        before: changed.before.key(),
        after: changed.after.key(),
        rule: changed.rule.clone(),
        times: *times,
    });
    (shown.collect(), found.changes())
}

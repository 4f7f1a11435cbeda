//! `/v1/reconciliation`: our balance beside the vendor's, and what the difference is made of.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::problem::Problem;
use crate::sources::Stale;
use crate::wire::Tokens;
use axum::Json;
use axum::extract::State;
use faregate_app::reports;
use faregate_app::sources::Figure;
use faregate_app::views::grouped;
use faregate_core::statement::Reconciliation;
use serde::Serialize;
use utoipa::ToSchema;

/// One part of the difference.
#[derive(Debug, Serialize, ToSchema)]
pub struct Discrepancy {
    /// What makes it, for example `booked-since`, `uncovered`, `double-dips`, `unexplained`.
    pub cause: &'static str,
    /// By how much it makes ours greater than theirs; negative when ours is smaller.
    pub tokens: Tokens,
    /// In how many sessions, charges or packs, where they are counted.
    pub count: u64,
    /// In words.
    pub words: String,
}

/// Our balance beside the vendor's: ours less theirs is the sum of the parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    /// As of when the vendor says it.
    pub at: String,
    /// What the journal said then.
    pub ours: Tokens,
    /// What the vendor says.
    pub theirs: Tokens,
    /// Ours less theirs.
    pub difference: Tokens,
    /// What it is made of; parts of nothing are left out.
    pub parts: Vec<Discrepancy>,
}

/// How we stand with the vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reconciled {
    /// Both balances; `null` before the vendor told one.
    pub balance: Option<Compared>,
    /// Sources that have ended: what they would tell is not in it.
    pub stale: Vec<Stale>,
    /// All of it in words.
    pub text: String,
}

/// Ours beside the vendor's last balance, by cause. It reads the journal from its beginning.
#[utoipa::path(
    get, path = "/v1/reconciliation", operation_id = "reconciliation", tag = "burn",
    responses(
        (status = 200, body = Reconciled), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn reconciliation(
    _: Authorized<ReadBurn>,
    State(server): State<Server>,
) -> Result<Json<Reconciled>, Problem> {
    let stale = server.stale(Figure::Reconciliation, None).await?;
    let found = server.report(reports::reconciliation).await?;
    let text = found.as_ref().map_or_else(
        || "The vendor has told no balance yet: the order `vendor-balance` notes one.".to_owned(),
        in_words,
    );
    Ok(Json(Reconciled { balance: found.map(Compared::from), stale, text }))
}

impl From<Reconciliation> for Compared {
    fn from(found: Reconciliation) -> Self {
        let parts = found.parts.into_iter().map(|part| Discrepancy {
            cause: part.gap.key(),
            tokens: part.ticks.into(),
            count: part.count,
            words: part.words,
        });
        Self {
            at: found.at.to_string(),
            ours: found.ours.into(),
            theirs: found.theirs.into(),
            difference: found.difference.into(),
            parts: parts.collect(),
        }
    }
}

fn in_words(found: &Reconciliation) -> String {
    let Reconciliation { at, ours, theirs, difference, .. } = found;
    let [ours, theirs, difference] =
        [ours, theirs, difference].map(|ticks| grouped(ticks.tokens()));
    format!("At {at} we count {ours} tokens and the vendor {theirs}: a difference of {difference}.")
}

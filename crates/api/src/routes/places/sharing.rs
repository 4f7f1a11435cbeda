//! `/v1/places/sharing`: how regions share a pool over the day.

use super::found;
use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Params;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_core::compliance::{RegionUse, Sharing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// First date; 29 days before the last by default.
    #[param(format = Date)]
    from: Option<String>,
    /// Last date; today by default.
    #[param(format = Date)]
    to: Option<String>,
}

/// Use of one region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionShare {
    /// Key of the region, code of a country outside of all regions, or `unknown`.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Seconds of use in each of the 24 hours of the day, UTC.
    pub seconds: Vec<i64>,
    /// The most sessions at once.
    pub peak: u32,
    /// When that was first so.
    pub peak_at: String,
    /// How many of its sessions run at the peak of all regions together.
    pub at_the_peak_of_all: u32,
}

/// How regions share.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionsShared {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// By key.
    pub regions: Vec<RegionShare>,
    /// The most sessions at once over all regions: what one shared pool has to serve.
    pub peak_of_sum: u32,
    /// When that was first so; `null` without use.
    pub peak_at: Option<String>,
    /// The sum of the regions' own peaks: what pools of their own have to serve.
    pub sum_of_peaks: u32,
    /// All of it in words.
    pub text: String,
}

/// Following the sun: which regions use what when, and how far one pool serves them all. It reads the journal.
#[utoipa::path(
    get, path = "/v1/places/sharing", operation_id = "place_sharing", tag = "estate", params(Days),
    responses(
        (status = 200, body = RegionsShared), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, description = "too many reports wait", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn show(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Params(days): Params<Days>,
) -> Result<Json<RegionsShared>, Problem> {
    let found = found(&server, days.from.as_deref(), days.to.as_deref()).await?;
    let Sharing { regions, peak_of_sum, peak_at, sum_of_peaks, words } = found.report.sharing;
    Ok(Json(RegionsShared {
        from: found.from.to_string(),
        to: found.to.to_string(),
        peak_at: (peak_of_sum > 0).then(|| peak_at.to_string()),
        regions: regions.into_iter().map(RegionShare::from).collect(),
        peak_of_sum,
        sum_of_peaks,
        text: words,
    }))
}

impl From<RegionUse> for RegionShare {
    fn from(used: RegionUse) -> Self {
        Self {
            region: used.region,
            name: used.name,
            seconds: used.seconds.to_vec(),
            peak: used.peak,
            peak_at: used.peak_at.to_string(),
            at_the_peak_of_all: used.at_the_peak_of_all,
        }
    }
}

//! `/v1/places`: where what is used, use outside of territories, and how regions share a pool.

pub mod breaches;
pub mod sharing;
pub mod used;

use crate::Server;
use crate::problem::Problem;
use crate::routes::{DAYS_ANY, span};
use faregate_app::reports;
use faregate_core::compliance::Compliance;
use faregate_core::estate::{Domain, Estate};
use faregate_core::when::Date;

/// What the journal says of places, and of which dates.
pub(crate) struct Found {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) report: Compliance,
}

/// Reads the journal for what was used where.
pub(crate) async fn found(
    server: &Server,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Found, Problem> {
    let (from, to) = {
        let (state, now) = (server.gate.state().read(), server.gate.now());
        span(&state, now, from, to, DAYS_ANY)?
    };
    let report = server.report(move |engine| reports::compliance(engine, from, to)).await?;
    Ok(Found { from, to, report })
}

/// What something is of: its kind and its key, or number.
pub(crate) fn domain(estate: &Estate, domain: Domain) -> (&'static str, Option<String>) {
    match domain {
        Domain::Pool => ("pool", None),
        Domain::Bucket(id) => ("bucket", estate.bucket(id).map(|bucket| bucket.key.clone())),
        Domain::Offering(id) => {
            ("offering", estate.offering(id).map(|offering| offering.key.clone()))
        }
        Domain::Seat(id) => ("seat", Some(id.0.to_string())),
    }
}

//! `/v1/sites`: where people sit, and where what may be used.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::problem::Problem;
use crate::routes::places::domain;
use crate::wire::decision::breach_key;
use axum::Json;
use axum::extract::State;
use faregate_core::estate;
use faregate_core::state;
use faregate_core::when::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// Addresses of a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Network {
    /// The block, for example `10.20.0.0/16`.
    pub cidr: String,
    /// The room they are in, when they are all in one.
    pub room: Option<String>,
    /// Whether people elsewhere come in through them.
    pub vpn: bool,
}

/// An office, or another place with networks of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Site {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Code of its country.
    pub country: String,
    /// Its IANA zone.
    pub zone: String,
    /// Its addresses.
    pub networks: Vec<Network>,
}

/// Countries that contracts name together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Region {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Codes of its countries.
    pub countries: Vec<String>,
}

/// Where a pool or a seat may be used.
#[derive(Debug, Serialize, ToSchema)]
pub struct Territory {
    /// `pool`, `bucket`, `offering` or `seat`.
    pub of: &'static str,
    /// Key of the bucket or offering, or number of the seat.
    pub key: Option<String>,
    /// Keys of regions, or codes of countries.
    pub allowed: Vec<String>,
    /// Since when.
    pub from: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// What is done about use elsewhere: `report`, `quarantine` or `refuse`.
    pub breach: &'static str,
    /// What is done about use of which nobody can tell where it is: one of the same three.
    pub unknown: &'static str,
}

/// Places, and what holds there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sites {
    /// Sites.
    pub sites: Vec<Site>,
    /// Regions.
    pub regions: Vec<Region>,
    /// Territories.
    pub territories: Vec<Territory>,
}

/// Sites with their networks, regions and territories.
#[utoipa::path(
    get, path = "/v1/sites", operation_id = "list_sites", tag = "estate",
    responses((status = 200, body = Sites), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn list(_: Authorized<ReadEstate>, State(server): State<Server>) -> Json<Sites> {
    let state = server.gate.state().read();
    let estate = state.estate();
    Json(Sites {
        sites: estate.sites().iter().map(site).collect(),
        regions: estate.regions().iter().map(region).collect(),
        territories: estate.territories().iter().map(|one| territory(&state, one)).collect(),
    })
}

fn site(site: &estate::Site) -> Site {
    let networks = site.networks.iter().map(|network| Network {
        cidr: network.cidr.to_string(),
        room: network.room.clone(),
        vpn: network.vpn,
    });
    Site {
        key: site.key.clone(),
        name: site.name.clone(),
        country: site.country.code().to_owned(),
        zone: site.zone.name().to_owned(),
        networks: networks.collect(),
    }
}

fn region(region: &estate::Region) -> Region {
    let countries = region.countries.iter().map(|country| country.code().to_owned()).collect();
    Region { key: region.key.clone(), name: region.name.clone(), countries }
}

/// A territory in force, named.
pub(crate) fn territory(state: &state::State, territory: &estate::Territory) -> Territory {
    let (of, key) = domain(state.estate(), territory.domain);
    let (from, until) = (territory.from, territory.until);
    Territory {
        of,
        key,
        allowed: territory.allowed.clone(),
        from: (from > Instant(i64::MIN)).then(|| from.to_string()),
        until: (until < Instant(i64::MAX)).then(|| until.to_string()),
        breach: breach_key(territory.breach),
        unknown: breach_key(territory.unknown),
    }
}

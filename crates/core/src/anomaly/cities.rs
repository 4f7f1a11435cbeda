//! How far two places are apart.
//!
//! Sites have no coordinates of their own. A site lies near the city that its time zone is named after, and a country
//! is where the cities of its zones are; between two places counts the shortest way there is. So two sites in one zone
//! are never far apart, and nothing is found between them.

use crate::estate::{Country, Estate, Place, Trust};
use std::sync::LazyLock;

/// Country, latitude, longitude and name of each zone, from `zone.tab` of the IANA time zone data base (public domain).
const TABLE: &str = include_str!("cities.txt");

/// Radius of the earth, in kilometres.
const RADIUS: f64 = 6_371.0;

/// The city that a time zone is named after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct City {
    /// Where it lies.
    pub country: Country,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The zone's name.
    pub zone: &'static str,
}

static CITIES: LazyLock<Vec<City>> = LazyLock::new(|| TABLE.lines().filter_map(city).collect());

fn city(line: &'static str) -> Option<City> {
    let mut words = line.split(' ');
    let country = Country::new(words.next()?)?;
    let mut degrees = || words.next()?.parse().ok();
    let (latitude, longitude) = (degrees()?, degrees()?);
    Some(City { country, latitude, longitude, zone: words.next()? })
}

/// The shortest way between two cities, in kilometres, on a sphere.
#[must_use]
pub fn kilometres(a: &City, b: &City) -> f64 {
    let radians = |degrees: f64| degrees.to_radians();
    let (north, east) = (a.latitude - b.latitude, a.longitude - b.longitude);
    let half = |degrees: f64| (radians(degrees) / 2.0).sin().powi(2);
    let chord = half(north) + radians(a.latitude).cos() * radians(b.latitude).cos() * half(east);
    2.0 * RADIUS * chord.clamp(0.0, 1.0).sqrt().asin()
}

/// Where a place may be: the city of its site's zone, or those of its country. `None` when nothing that can be
/// trusted says where somebody sits: a VPN's egress, what the workstation says of itself, or nothing at all.
pub(super) fn around(estate: &Estate, place: Place) -> Option<Vec<&'static City>> {
    let zone = match place.trust {
        Trust::Network => estate.site(place.site?)?.zone.name(),
        Trust::Geo => "",
        Trust::Vpn | Trust::Reported | Trust::Unknown => return None,
    };
    let named: Vec<&City> = CITIES.iter().filter(|city| city.zone == zone).collect();
    let country = place.country;
    let of_country = || CITIES.iter().filter(|city| Some(city.country) == country).collect();
    let cities: Vec<&City> = if named.is_empty() { of_country() } else { named };
    (!cities.is_empty()).then_some(cities)
}

/// The shortest way between two places.
pub(super) fn apart(some: &[&City], others: &[&City]) -> f64 {
    let ways = some.iter().flat_map(|a| others.iter().map(|b| kilometres(a, b)));
    ways.fold(f64::INFINITY, f64::min)
}

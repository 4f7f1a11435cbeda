//! `faregate place use`: use by place, and by what paid or which product.

use crate::cli::estate::{PlaceUse, UseBy, UseOver};
use crate::fault::Fault;
use crate::output::{self, Align};
use faregate_app::engine::Engine;
use faregate_core::compliance::{By, Compliance, Of, Over, Row, Used};
use faregate_core::estate::{Country, Domain, Estate};
use serde_json::{Value, json};

pub(super) fn print(
    engine: &Engine,
    found: &Compliance,
    which: &PlaceUse,
    as_json: bool,
) -> Result<(), Fault> {
    let shared = engine.state();
    let state = shared.read();
    let (by, over) = (which.by.into(), which.over.into());
    let rows = found.rows(by, over);
    let rows = rows.into_iter().map(|(row, used)| Line::new(state.estate(), by, row, used));
    if as_json {
        return output::json(&rows.map(Line::json).collect::<Vec<_>>());
    }
    let mut columns = vec![("country", Align::Left), ("site", Align::Left)];
    if over == Over::Month {
        columns.insert(0, ("month", Align::Left));
    }
    if by != By::Place {
        columns.push(("of", Align::Left));
    }
    columns.extend(["opened", "refused", "breaches"].map(|name| (name, Align::Right)));
    let rows: Vec<Vec<String>> = rows.map(Line::cells).collect();
    output::table(&columns, &rows, "no sessions ran through the gate in this period");
    Ok(())
}

/// A row in words.
struct Line {
    month: Option<String>,
    country: String,
    site: String,
    /// Nothing, where use is divided by nothing more.
    of: Option<String>,
    used: Used,
}

impl Line {
    fn new(estate: &Estate, by: By, row: Row, used: Used) -> Self {
        let month = row.month.map(|month| {
            let (year, month, _) = month.ymd();
            format!("{year}-{month:02}")
        });
        let site = row.site.and_then(|id| estate.site(id)).map(|site| site.key.clone());
        Self {
            month,
            country: row.country.as_ref().map_or("unknown", Country::code).to_owned(),
            site: site.unwrap_or_default(),
            of: (by != By::Place).then(|| of(estate, by, row.of)),
            used,
        }
    }

    fn json(self) -> Value {
        let Self { month, country, site, of, used } = self;
        json!({
            "month": month, "country": country, "site": site, "of": of, "opened": used.opened,
            "refused": used.refused, "breaches": used.breaches,
        })
    }

    fn cells(self) -> Vec<String> {
        let Self { month, country, site, of, used } = self;
        let counts = [used.opened, used.refused, used.breaches].map(|count| count.to_string());
        month.into_iter().chain([country, site]).chain(of).chain(counts).collect()
    }
}

fn of(estate: &Estate, by: By, of: Option<Of>) -> String {
    match of {
        None if by == By::Payer => "refused".to_owned(),
        None => "unknown".to_owned(),
        Some(Of::Product(id)) => estate.product(id).map_or(String::new(), |one| one.key.clone()),
        Some(Of::Payer(Domain::Pool)) => "pool".to_owned(),
        Some(Of::Payer(Domain::Bucket(id))) => {
            estate.bucket(id).map_or(String::new(), |one| one.key.clone())
        }
        Some(Of::Payer(Domain::Offering(id))) => {
            estate.offering(id).map_or(String::new(), |one| one.key.clone())
        }
        Some(Of::Payer(Domain::Seat(id))) => format!("seat {}", id.0),
    }
}

impl From<UseBy> for By {
    fn from(by: UseBy) -> Self {
        match by {
            UseBy::Payer => Self::Payer,
            UseBy::Product => Self::Product,
            UseBy::Place => Self::Place,
        }
    }
}

impl From<UseOver> for Over {
    fn from(over: UseOver) -> Self {
        match over {
            UseOver::Month => Self::Month,
            UseOver::Period => Self::Period,
        }
    }
}

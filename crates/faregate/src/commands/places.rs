//! `faregate place …`: where licences were used, and where they may be.

use crate::cli::estate::{Place, PlaceUse};
use crate::commands::orders;
use crate::fault::Fault;
use crate::output::{self, Align, number};
use crate::{aside, estate, say};
use faregate_app::engine::Engine;
use faregate_app::reports;
use faregate_core::compliance::{Compliance, Evident};
use faregate_core::state::State;
use serde_json::{Value, json};
use std::path::Path;

mod used;

pub(crate) fn run(path: &Path, action: &Place, as_json: bool) -> Result<(), Fault> {
    let span = match action {
        Place::Review { decision, accept, reject: _, why, giver } => {
            return orders::review(path, (*decision, *accept, why), giver, as_json);
        }
        Place::Use(PlaceUse { span, .. }) | Place::Breaches(span) | Place::FollowTheSun(span) => {
            span
        }
    };
    let mut engine = estate::read(path)?;
    let (from, to) = {
        let shared = engine.state();
        let state = shared.read();
        estate::dates(&state, span)?
    };
    let found = reports::compliance(&mut engine, from, to)?;
    match action {
        Place::Breaches(_) => breaches(&engine, &found, as_json),
        Place::Use(which) => used::print(&engine, &found, which, as_json),
        _ => follow_the_sun(&found, as_json),
    }
}

fn where_from(state: &State, one: &Evident) -> String {
    let site = one.place.site.and_then(|id| state.estate().site(id)).map(|site| site.key.clone());
    let country = one.place.country.map(|country| country.code().to_owned());
    let place = site.or(country).unwrap_or("unknown".to_owned());
    let address = one.evidence.address.map(|address| format!(", {address}")).unwrap_or_default();
    format!("{place} ({}{address})", one.place.trust.key())
}

fn reviewed(one: &Evident) -> String {
    match &one.review {
        None => String::new(),
        Some((true, why)) => format!("accepted: {why}"),
        Some((false, why)) => format!("rejected: {why}"),
    }
}

fn breaches(engine: &Engine, found: &Compliance, as_json: bool) -> Result<(), Fault> {
    let shared = engine.state();
    let state = shared.read();
    if as_json {
        let rows: Vec<Value> = found
            .breaches
            .iter()
            .map(|one| {
                json!({
                    "decision": one.decision, "at": one.at.to_string(), "person": one.person,
                    "product": one.product, "host": one.host, "from": where_from(&state, one),
                    "allowed": one.territory.as_ref().map(|territory| &territory.allowed),
                    "done": one.done.key(), "review": reviewed(one),
                })
            })
            .collect();
        return output::json(&json!({ "rows": rows, "waiting": found.waiting().count() }));
    }
    let rows: Vec<Vec<String>> = found
        .breaches
        .iter()
        .map(|one| {
            let allowed = one.territory.as_ref().map(|territory| territory.allowed.join(", "));
            vec![
                one.decision.to_string(),
                one.at.to_string(),
                one.person.clone(),
                one.product.clone(),
                where_from(&state, one),
                allowed.unwrap_or_default(),
                one.done.key().to_owned(),
                reviewed(one),
            ]
        })
        .collect();
    let columns = ["decision", "at", "person", "product", "from", "allowed in", "done", "review"];
    output::table(
        &columns.map(|name| (name, Align::Left)),
        &rows,
        "nothing was used outside of its territory",
    );
    aside!("{} breaches, {} wait for a review", rows.len(), found.waiting().count());
    Ok(())
}

fn follow_the_sun(found: &Compliance, as_json: bool) -> Result<(), Fault> {
    let sharing = &found.sharing;
    if as_json {
        let regions: Vec<Value> = sharing
            .regions
            .iter()
            .map(|region| json!({ "region": region.region, "name": region.name, "peak": region.peak, "seconds": region.seconds }))
            .collect();
        return output::json(&json!({
            "regions": regions, "peak_of_sum": sharing.peak_of_sum,
            "sum_of_peaks": sharing.sum_of_peaks, "words": sharing.words,
        }));
    }
    let hours: Vec<String> = (0..24).map(|hour| format!("{hour:02}")).collect();
    let mut columns = vec![("region", Align::Left), ("peak", Align::Right)];
    columns.extend(hours.iter().map(|hour| (hour.as_str(), Align::Right)));
    let rows: Vec<Vec<String>> = sharing
        .regions
        .iter()
        .map(|region| {
            let mut row = vec![region.name.clone(), region.peak.to_string()];
            row.extend(region.seconds.iter().map(|seconds| number(*seconds as f64 / 3_600.0)));
            row
        })
        .collect();
    output::table(&columns, &rows, "no regions were in use");
    say!("{}", sharing.words);
    aside!("hours of use by hour of the day in UTC");
    Ok(())
}

//! `faregate person …`, `group …`, `seat …` and `site …`: what they print. What they change is in `bulk`.

use crate::cli::estate::{Group, Person, Seat, Site};
use crate::commands::{bulk, merge, orders};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{aside, say};
use faregate_core::burn;
use faregate_core::estate::{Breach, Domain, PersonId, SeatId};
use faregate_core::state::State;
use faregate_core::when::Instant;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run_person(path: &Path, action: &Person, as_json: bool) -> Result<(), Fault> {
    match action {
        Person::List { search, limit } => list(path, search.as_deref(), *limit, as_json),
        Person::Show { alias } => show(path, alias, as_json),
        Person::Set(args) => bulk::set_person(path, args, as_json),
        Person::Alias(args) => bulk::add_alias(path, args, as_json),
        Person::Merge(args) => merge::merge(path, args, as_json),
        Person::Unmerge(args) => merge::unmerge(path, args, as_json),
        Person::Import(args) => bulk::import_people(path, args, as_json),
    }
}

pub(crate) fn run_group(path: &Path, action: &Group, as_json: bool) -> Result<(), Fault> {
    match action {
        Group::List => groups(path, as_json),
        Group::Set(args) => bulk::set_group(path, args, as_json),
        Group::Import(args) => bulk::import(path, "groups", args, as_json),
    }
}

pub(crate) fn run_seat(path: &Path, action: &Seat, as_json: bool) -> Result<(), Fault> {
    match action {
        Seat::List { free } => seats(path, *free, as_json),
        Seat::Assign { seat, person, giver } => {
            orders::move_seat(path, *seat, Some(person), giver, as_json)
        }
        Seat::Free { seat, giver } => orders::move_seat(path, *seat, None, giver, as_json),
        Seat::Import(args) => bulk::import(path, "seats", args, as_json),
    }
}

pub(crate) fn run_site(path: &Path, action: &Site, as_json: bool) -> Result<(), Fault> {
    match action {
        Site::List => sites(path, as_json),
        Site::Import(args) => bulk::import(path, "sites", args, as_json),
    }
}

fn groups_of(state: &State, id: PersonId) -> Vec<String> {
    let groups = state.estate().standing(id).map(|standing| standing.groups.clone());
    let known = groups.unwrap_or_default();
    known.iter().filter_map(|id| state.estate().group(*id)).map(|group| group.key.clone()).collect()
}

fn bucket_of(state: &State, id: PersonId) -> String {
    state.estate().bucket(state.payer(id)).map_or(String::new(), |bucket| bucket.key.clone())
}

fn list(path: &Path, search: Option<&str>, limit: usize, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let wanted = search.map(str::to_lowercase);
    let has =
        |text: &str| wanted.as_ref().is_none_or(|wanted| text.to_lowercase().contains(wanted));
    let estate = state.estate();
    let found = estate
        .everybody()
        .filter(|(id, person)| has(&person.name) || estate.undated_names(*id).any(has));
    let found: Vec<_> = found.collect();
    let shown = found.iter().take(limit);
    if as_json {
        let rows: Vec<Value> = shown
            .map(|(id, person)| {
                json!({
                    "key": person.key, "name": person.name, "bucket": bucket_of(&state, *id),
                    "groups": groups_of(&state, *id),
                })
            })
            .collect();
        return output::json(&json!({ "rows": rows, "total": found.len() }));
    }
    let rows: Vec<Vec<String>> = shown
        .map(|(id, person)| {
            let groups = groups_of(&state, *id).join(", ");
            vec![person.key.clone(), person.name.clone(), bucket_of(&state, *id), groups]
        })
        .collect();
    let columns = [
        ("person", Align::Left),
        ("name", Align::Left),
        ("bucket", Align::Left),
        ("groups", Align::Left),
    ];
    output::table(&columns, &rows, "nobody was found");
    if !rows.is_empty() {
        aside!("{} of {} people", rows.len(), found.len());
    }
    Ok(())
}

fn show(path: &Path, alias: &str, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (estate, now) = (state.estate(), crate::ambient::now());
    let id = estate.person_known_as(alias, now).or_else(|| estate.person_called(alias));
    let unknown = || {
        let help = "`faregate person list --search TEXT` looks for one";
        Fault::new(Code::Usage, format!("nobody is called `{alias}`"), help)
    };
    let id = id.ok_or_else(unknown)?;
    let person = estate.person(id).ok_or_else(unknown)?;
    let names = estate.names_of(id, now);
    let seats: Vec<String> =
        estate.seats_of(id, now).into_iter().map(|seat| seat_name(&state, seat)).collect();
    let standing = estate.standing(id).cloned().unwrap_or_default();
    let until = standing.until.map(|until| state.zone().date(until.plus(-1)).to_string());
    let today = state.zone().date(now);
    let theirs = burn::Filter { person: Some(id), ..burn::Filter::default() };
    let found = burn::burn(&state, &burn::Dimension::Person, &theirs, today.month_start(), today);
    let month = found.total.ticks.tokens();
    if as_json {
        return output::json(&json!({
            "key": person.key, "name": person.name, "names": names, "bucket": bucket_of(&state, id),
            "groups": groups_of(&state, id), "seats": seats, "contractor": standing.contractor,
            "until": until, "tokens_this_month": month,
        }));
    }
    say!("{} ({})", person.name, person.key);
    say!("  names    {}", names.join(", "));
    say!("  bucket   {}", bucket_of(&state, id));
    let listed =
        |words: &[String]| if words.is_empty() { "–".to_owned() } else { words.join(", ") };
    say!("  groups   {}", listed(&groups_of(&state, id)));
    say!("  seats    {}", listed(&seats));
    if standing.contractor {
        say!(
            "  contract {}",
            until.map_or("without an end".to_owned(), |until| format!("until {until}"))
        );
    }
    say!("  tokens   {} this month", number(month));
    Ok(())
}

fn groups(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let estate = state.estate();
    let mut members = vec![0_u64; estate.groups().len()];
    for id in (0u32..).map(PersonId).take(estate.people().len()) {
        for group in estate.groups_of(id) {
            members.get_mut(group.index()).into_iter().for_each(|count| *count += 1);
        }
    }
    let parents = |group: &faregate_core::estate::Group| {
        let keys = group.parents.iter().filter_map(|id| estate.group(*id));
        keys.map(|group| group.key.clone()).collect::<Vec<_>>()
    };
    let all = estate.groups().iter().zip(&members);
    if as_json {
        let rows: Vec<Value> = all
            .map(|(group, members)| {
                json!({
                    "key": group.key, "name": group.name, "dimension": group.dimension,
                    "parents": parents(group), "members": members,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<Vec<String>> = all
        .map(|(group, members)| {
            let dimension = group.dimension.clone().unwrap_or_default();
            vec![
                group.key.clone(),
                group.name.clone(),
                dimension,
                parents(group).join(", "),
                members.to_string(),
            ]
        })
        .collect();
    let columns = [
        ("group", Align::Left),
        ("name", Align::Left),
        ("dimension", Align::Left),
        ("within", Align::Left),
        ("people", Align::Right),
    ];
    output::table(&columns, &rows, "there are no groups: `faregate group import` takes them in");
    Ok(())
}

fn seat_name(state: &State, id: SeatId) -> String {
    let offering = state.estate().seat(id).and_then(|seat| state.estate().offering(seat.offering));
    offering.map_or(String::new(), |offering| offering.name.clone())
}

fn seats(path: &Path, only_free: bool, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let (estate, now) = (state.estate(), crate::ambient::now());
    let holder = |id: SeatId| {
        estate.holder(id, now).and_then(|id| estate.person(id)).map(|person| person.key.clone())
    };
    let all = (0u32..).map(SeatId).zip(estate.seats());
    let in_term = |at: Instant, from: Instant, until: Instant| from <= at && at < until;
    let shown = all.filter(|(id, seat)| {
        !only_free || (in_term(now, seat.from, seat.until) && holder(*id).is_none())
    });
    let date = |at: Instant| state.zone().date(at).to_string();
    let row = |(id, seat): (SeatId, &faregate_core::estate::Seat)| {
        let last = date(seat.until.plus(-1));
        (
            id.0,
            seat_name(&state, id),
            holder(id),
            date(seat.from),
            last,
            state.sessions_on(id).len(),
        )
    };
    let rows: Vec<_> = shown.map(row).collect();
    if as_json {
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|(seat, offering, person, from, until, running)| {
                json!({
                    "seat": seat, "offering": offering, "person": person, "from": from,
                    "until": until, "sessions": running,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(seat, offering, person, from, until, running)| {
            let person = person.unwrap_or("free".to_owned());
            vec![seat.to_string(), offering, person, from, until, running.to_string()]
        })
        .collect();
    let none = if only_free {
        "no seat is free"
    } else {
        "there are no seats: `faregate seat import` takes them in"
    };
    let columns = [
        ("seat", Align::Right),
        ("offering", Align::Left),
        ("person", Align::Left),
        ("from", Align::Left),
        ("until", Align::Left),
        ("sessions", Align::Right),
    ];
    output::table(&columns, &rows, none);
    Ok(())
}

fn domain(state: &State, domain: Domain) -> String {
    let estate = state.estate();
    match domain {
        Domain::Pool => "pool".to_owned(),
        Domain::Bucket(id) => {
            format!("bucket:{}", estate.bucket(id).map_or("", |b| b.key.as_str()))
        }
        Domain::Offering(id) => {
            format!("offering:{}", estate.offering(id).map_or("", |o| o.key.as_str()))
        }
        Domain::Seat(id) => format!("seat:{}", id.0),
    }
}

fn breach(breach: Breach) -> &'static str {
    match breach {
        Breach::Report => "report",
        Breach::Quarantine => "quarantine",
        Breach::Refuse => "refuse",
    }
}

fn sites(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let estate = state.estate();
    let region = |country| estate.region_of(country).map(|region| region.key.clone());
    let networks = |site: &faregate_core::estate::Site| {
        let one = |network: &faregate_core::estate::Network| {
            let room = network.room.as_ref().map(|room| format!(" ({room})")).unwrap_or_default();
            let vpn = if network.vpn { " (VPN)" } else { "" };
            format!("{}{room}{vpn}", network.cidr)
        };
        site.networks.iter().map(one).collect::<Vec<_>>()
    };
    if as_json {
        let sites: Vec<Value> = estate
            .sites()
            .iter()
            .map(|site| {
                json!({
                    "key": site.key, "name": site.name, "country": site.country.code(),
                    "region": region(site.country), "zone": site.zone.name(), "networks": networks(site),
                })
            })
            .collect();
        let territories: Vec<Value> = estate
            .territories()
            .iter()
            .map(|territory| {
                json!({
                    "of": domain(&state, territory.domain), "allowed": territory.allowed,
                    "breach": breach(territory.breach),
                })
            })
            .collect();
        return output::json(&json!({ "sites": sites, "territories": territories }));
    }
    let rows: Vec<Vec<String>> = estate
        .sites()
        .iter()
        .map(|site| {
            let region = region(site.country).unwrap_or_default();
            vec![
                site.key.clone(),
                site.country.code().to_owned(),
                region,
                site.zone.name().to_owned(),
                networks(site).join(", "),
            ]
        })
        .collect();
    let columns = [
        ("site", Align::Left),
        ("country", Align::Left),
        ("region", Align::Left),
        ("zone", Align::Left),
        ("networks", Align::Left),
    ];
    output::table(&columns, &rows, "there are no sites: `faregate site import` takes them in");
    for territory in estate.territories() {
        let (of, done) = (domain(&state, territory.domain), breach(territory.breach));
        say!("{of} may be used in {}; elsewhere: {done}", territory.allowed.join(", "));
    }
    Ok(())
}

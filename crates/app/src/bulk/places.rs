//! Sites, regions, territories. A territory's key is what it is of, and since when.

use super::change::Fields;
use super::draft::{Draft, hint, listed};
use super::export::{self, when};
use faregate_core::estate::{
    Breach, Cidr, Country, Domain, Network, Region, SeatId, Site, Territory, folded,
};
use faregate_core::event::Event;
use faregate_core::when::Instant;
use faregate_ingest::estate::rows::{self, Of, Said};
use faregate_ingest::estate::{Kind, Row, Source, country, nearest, words};
use rustc_hash::FxHashMap;

pub(super) fn sites(draft: &mut Draft<'_>) {
    let rows = draft.once(&draft.document.sites, "site", |site| site.key.clone());
    let wanted: Vec<(&Source, Site)> =
        rows.into_iter().filter_map(|row| Some((&row.source, site(draft, row)?))).collect();
    refuse_shared(draft, &wanted);
    let mut set = Vec::new();
    for (_, after) in &wanted {
        let before = draft.estate().site_called(&after.key).and_then(|id| draft.estate().site(id));
        let mut fields = Fields::default();
        fields.add("name", before.map(|b| &b.name), &after.name, Clone::clone);
        fields.add("country", before.map(|b| &b.country), &after.country, |c| c.code().to_owned());
        fields.add("zone", before.map(|b| &b.zone), &after.zone, |zone| zone.name().to_owned());
        let networks = |all: &Vec<Network>| {
            let all: Vec<String> = all.iter().map(words::write_network).collect();
            listed(all.iter().map(String::as_str))
        };
        fields.add("networks", before.map(|b| &b.networks), &after.networks, networks);
        if draft.change(Kind::Site, &after.key, before.is_none(), fields) {
            set.push(after.clone());
        }
    }
    let leaving = leaving(draft, &set);
    draft.book(leaving, Event::SitesSet);
    draft.book(set, Event::SitesSet);
}

fn site(draft: &mut Draft<'_>, row: &Row<rows::Site>) -> Option<Site> {
    let rows::Site { key, name, country, zone, networks } = row.value.clone();
    let before = draft.estate().site_called(&key).and_then(|id| draft.estate().site(id)).cloned();
    let Some(land) = country.or(before.as_ref().map(|before| before.country)) else {
        let message = format!("nothing says in which country `{key}` lies");
        draft.fault(&row.source, message, "write its `country`");
        return None;
    };
    let before = before.unwrap_or_else(|| Site {
        name: key.clone(),
        key,
        country: land,
        zone: draft.zone().clone(),
        networks: Vec::new(),
    });
    Some(Site {
        name: name.unwrap_or(before.name),
        key: before.key,
        country: land,
        zone: zone.unwrap_or(before.zone),
        networks: networks.unwrap_or(before.networks),
    })
}

/// A network is one site's. A smaller one within it may be another's: the smallest decides.
fn refuse_shared(draft: &mut Draft<'_>, wanted: &[(&Source, Site)]) {
    let mut owners: FxHashMap<Cidr, String> = FxHashMap::default();
    let replaced: Vec<String> = wanted.iter().map(|(_, site)| folded(&site.key)).collect();
    for site in draft.estate().sites().iter().filter(|site| !replaced.contains(&folded(&site.key)))
    {
        owners.extend(site.networks.iter().map(|network| (network.cidr, site.key.clone())));
    }
    for (source, site) in wanted {
        for network in &site.networks {
            if let Some(other) = owners.insert(network.cidr, site.key.clone()) {
                let cidr = network.cidr;
                let message = format!("`{cidr}` is a network of site `{other}` already");
                draft.fault(source, message, "keep it at one of the two, or divide it");
            }
        }
    }
}

/// The sites that lose a network to another one of the import, without it: they go first, so that no network
/// is two sites' in between.
fn leaving(draft: &Draft<'_>, set: &[Site]) -> Vec<Site> {
    let mut owners: FxHashMap<Cidr, &str> = FxHashMap::default();
    for site in set {
        owners.extend(site.networks.iter().map(|network| (network.cidr, site.key.as_str())));
    }
    let there = draft.estate().sites().iter();
    let reduced = there.filter_map(|site| {
        let stays =
            |network: &&Network| owners.get(&network.cidr).is_none_or(|key| *key == site.key);
        let networks: Vec<Network> = site.networks.iter().filter(stays).cloned().collect();
        (networks.len() < site.networks.len()).then(|| Site { networks, ..site.clone() })
    });
    reduced.collect()
}

/// Plans regions; returns all of them, as they will be.
pub(super) fn regions(draft: &mut Draft<'_>) -> Vec<Region> {
    let rows = draft.once(&draft.document.regions, "region", |region| region.key.clone());
    let mut all = draft.estate().regions().to_vec();
    let mut is_changed = false;
    for row in rows {
        let rows::Region { key, name, countries } = &row.value;
        let place = all.iter().position(|known| folded(&known.key) == folded(key));
        let before = place.and_then(|place| all.get(place)).cloned();
        let (name_there, there) = before
            .as_ref()
            .map_or((key.clone(), Vec::new()), |b| (b.name.clone(), b.countries.clone()));
        let after = Region {
            key: before.as_ref().map_or(key, |before| &before.key).clone(),
            name: name.clone().unwrap_or(name_there),
            countries: countries.clone().unwrap_or(there),
        };
        let mut fields = Fields::default();
        fields.add("name", before.as_ref().map(|b| &b.name), &after.name, Clone::clone);
        let codes = |all: &Vec<Country>| listed(all.iter().map(Country::code));
        fields.add("countries", before.as_ref().map(|b| &b.countries), &after.countries, codes);
        is_changed |= draft.change(Kind::Region, &after.key, before.is_none(), fields);
        match place.and_then(|place| all.get_mut(place)) {
            Some(slot) => *slot = after,
            None => all.push(after),
        }
    }
    if is_changed {
        refuse_two_regions(draft, &all);
        draft.book(all.clone(), Event::RegionsSet);
    }
    all
}

fn refuse_two_regions(draft: &mut Draft<'_>, all: &[Region]) {
    let mut of: FxHashMap<Country, &str> = FxHashMap::default();
    for region in all {
        for country in &region.countries {
            let Some(other) = of.insert(*country, &region.key) else { continue };
            let document = draft.document;
            let is_it = |row: &&Row<rows::Region>| {
                [&region.key, other].iter().any(|key| folded(key) == folded(&row.value.key))
            };
            let Some(row) = document.regions.iter().rev().find(is_it) else { continue };
            let (code, key) = (country.code(), &region.key);
            let message = format!("`{code}` would lie in two regions, `{other}` and `{key}`");
            draft.fault(&row.source, message, "keep it in one of the two");
        }
    }
}

/// Plans territories; `seats_added` seats come before them.
pub(super) fn territories(draft: &mut Draft<'_>, regions: &[Region], seats_added: u32) {
    let mut all = draft.estate().territories().to_vec();
    let document = draft.document;
    let (mut is_changed, mut seen) = (false, FxHashMap::default());
    for row in &document.territories {
        let Some(after) = territory(draft, row, regions, seats_added, &all) else { continue };
        let key = (after.domain, after.from);
        let name = format!("{} from {}", row.value.of, when(draft.zone(), after.from));
        if let Some(first) = seen.insert(key, &row.source) {
            let message = format!("`{name}` has a row in {}:{} already", first.file, first.line);
            draft.fault(&row.source, message, "keep one of the two");
            continue;
        }
        let place = all.iter().position(|known| (known.domain, known.from) == key);
        let before = place.and_then(|place| all.get(place)).cloned();
        let fields = fields(draft, before.as_ref(), &after);
        is_changed |= draft.change(Kind::Territory, &name, before.is_none(), fields);
        match place.and_then(|place| all.get_mut(place)) {
            Some(slot) => *slot = after,
            None => all.push(after),
        }
    }
    refuse_overlaps(draft, &all, &seen);
    if is_changed {
        draft.book(all, Event::TerritoriesSet);
    }
}

fn territory(
    draft: &mut Draft<'_>,
    row: &Row<rows::Territory>,
    regions: &[Region],
    seats_added: u32,
    there: &[Territory],
) -> Option<Territory> {
    let rows::Territory { of, allowed, from, until, breach, unknown } = &row.value;
    let domain = domain(draft, &row.source, of, seats_added)?;
    let from = from.map_or(Instant(i64::MIN), |from| draft.instant(from));
    let before = there.iter().find(|known| (known.domain, known.from) == (domain, from));
    let Some(allowed) = allowed.as_ref().or(before.map(|before| &before.allowed)) else {
        let message = format!("nothing says where `{of}` may be used");
        draft.fault(
            &row.source,
            message,
            "write `allowed`: keys of regions, or codes of countries",
        );
        return None;
    };
    for name in allowed {
        let is_region = regions.iter().any(|region| folded(&region.key) == folded(name));
        if !is_region && country(name).is_none() {
            let near = nearest(&folded(name), regions.iter().map(|region| region.key.as_str()));
            let message = format!("`{name}` is neither a region nor a country");
            draft.fault(&row.source, message, hint(near, "add a region of this key"));
        }
    }
    let until_there = before.map_or(Instant(i64::MAX), |before| before.until);
    let until = match until {
        Said::Nothing => until_there,
        Said::Cleared => Instant(i64::MAX),
        Said::Value(until) => draft.instant(*until),
    };
    if until <= from {
        let message = format!("the territory of `{of}` would end before it begins");
        draft.fault(&row.source, message, "put `until` after `from`");
        return None;
    }
    let breach = breach.unwrap_or(before.map_or(Breach::Report, |before| before.breach));
    let unknown = unknown.unwrap_or(before.map_or(Breach::Report, |before| before.unknown));
    Some(Territory { domain, allowed: allowed.clone(), from, until, breach, unknown })
}

fn domain(draft: &mut Draft<'_>, at: &Source, of: &Of, seats_added: u32) -> Option<Domain> {
    match of {
        Of::Pool => Some(Domain::Pool),
        Of::Bucket(key) => draft.bucket(at, key).map(Domain::Bucket),
        Of::Offering(key) => {
            let found = draft.estate().offering_called(key);
            if found.is_none() {
                let known = draft.estate().offerings().iter().map(|offering| offering.key.as_str());
                let help = hint(nearest(key, known), "adopt a tariff that sells it");
                draft.fault(at, format!("there is no offering `{key}`"), help);
            }
            found.map(Domain::Offering)
        }
        Of::Seat(number) => {
            let seats = u32::try_from(draft.estate().seats().len()).unwrap_or(u32::MAX);
            if *number >= seats.saturating_add(seats_added) {
                let message = format!("there is no seat {number}");
                draft.fault(at, message, "write the number of a seat, counted from 0");
                return None;
            }
            Some(Domain::Seat(SeatId(*number)))
        }
    }
}

fn fields(draft: &Draft<'_>, before: Option<&Territory>, after: &Territory) -> Fields {
    let zone = draft.zone();
    let mut fields = Fields::default();
    let allowed = |all: &Vec<String>| listed(all.iter().map(String::as_str));
    fields.add("allowed", before.map(|b| &b.allowed), &after.allowed, allowed);
    fields.add("until", before.map(|b| &b.until), &after.until, |at| when(zone, *at));
    let breach = |breach: &Breach| export::breach_word(*breach).to_owned();
    fields.add("breach", before.map(|b| &b.breach), &after.breach, breach);
    fields.add("unknown", before.map(|b| &b.unknown), &after.unknown, breach);
    fields
}

/// Territories of one thing follow one another in time.
fn refuse_overlaps(
    draft: &mut Draft<'_>,
    all: &[Territory],
    rows: &FxHashMap<(Domain, Instant), &Source>,
) {
    let mut sorted: Vec<&Territory> = all.iter().collect();
    sorted.sort_by_key(|territory| (territory.domain, territory.from));
    let pairs = sorted.iter().zip(sorted.iter().skip(1));
    for (one, next) in
        pairs.filter(|(one, next)| one.domain == next.domain && next.from < one.until)
    {
        let source = [next, one].into_iter().find_map(|t| rows.get(&(t.domain, t.from)));
        if let Some(source) = source {
            let begins = when(draft.zone(), next.from);
            let message =
                format!("another territory of the same begins {begins}, before this one ends");
            draft.fault(source, message, "end one with `until` where the other begins with `from`");
        }
    }
}

//! What the estate to show does not have, and detectors are scored on: people at two places at once, days that burn
//! far too much, levels that change. Planted on top of an estate, so that the estate itself stays as it is.

use crate::chance::{Chance, Stream};
use crate::demo::{DemoEstate, UseRecord};
use crate::habits::Persona;
use crate::sites::{SITES, site_of};
use crate::truth::Anomaly;
use faregate_core::estate::{Country, PersonId, Place, SiteId, Trust};
use faregate_core::when::{Date, HOUR, Instant};
use std::collections::BTreeSet;

/// One of so many accounts is at two places at once, and one travels as people do.
const PEOPLE_PER_TRAVELLER: usize = 100;
/// Sessions that come in through a VPN, whose egress is some office's.
const ON_VPN: f64 = 0.15;
/// The longest way between two offices takes less.
const ON_THE_WAY: i64 = 18 * HOUR - 60;
/// Days before which nothing is known well enough to plant something.
const QUIET_START: usize = 90;
/// From day to day, what is planted is so far apart.
const APART: usize = 12;

/// Adds accounts that are at two offices faster than one flies, and others that fly; returns where each session was.
///
/// Who is where is known by the office of their desk, since workstations stay where they are.
pub fn with_travellers(seed: u64, estate: &mut DemoEstate) -> Vec<Place> {
    let mut chance = Chance::new(seed, Stream::Travel, 0);
    let personas = estate.truth.personas.iter().enumerate();
    let mut regulars: Vec<usize> = personas
        .filter(|(_, persona)| matches!(persona, Persona::Power | Persona::Regular))
        .map(|(number, _)| number)
        .collect();
    chance.shuffle(&mut regulars);
    let count = (estate.truth.personas.len() / PEOPLE_PER_TRAVELLER).max(1);
    let mut located: Vec<(UseRecord, Place)> = Vec::new();
    for session in estate.sessions.drain(..) {
        let vpn = chance.is(ON_VPN).then(|| chance.below(SITES.len()));
        let place = match vpn {
            Some(egress) => place(egress, Trust::Vpn),
            None => place(site_of(session.person), Trust::Network),
        };
        located.push((session, place));
    }
    for (number, &person) in regulars.iter().take(count * 2).enumerate() {
        let Ok(person) = u32::try_from(person).map(PersonId) else { continue };
        let hours = if number % 2 == 0 { (0.3, 2.0) } else { (18.0, 30.0) };
        let days = visit(person, hours, &mut located, &mut chance);
        if number % 2 == 0 && days > 0 {
            estate.truth.anomalies.push(Anomaly::ImpossibleTravel { person, days });
        }
    }
    located.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (sessions, places) = located.into_iter().unzip();
    estate.sessions = sessions;
    places
}

/// So many hours after the first session of some days, opens the same at an office far away; returns on how many days.
fn visit(
    person: PersonId,
    hours: (f64, f64),
    located: &mut Vec<(UseRecord, Place)>,
    chance: &mut Chance,
) -> u32 {
    let far = (site_of(person) + 3) % SITES.len();
    let mut seen = BTreeSet::new();
    let at_desk =
        |(one, place): &(UseRecord, Place)| one.person == person && place.trust == Trust::Network;
    let mut firsts: Vec<UseRecord> =
        located.iter().filter(|one| at_desk(one)).map(|(one, _)| one.clone()).collect();
    firsts.retain(|one| seen.insert(one.opened.0.div_euclid(24 * HOUR)));
    chance.shuffle(&mut firsts);
    firsts.truncate(5 + chance.below(8));
    for first in &firsts {
        let opened = first.opened.plus((chance.between(hours.0, hours.1) * HOUR as f64) as i64);
        let closed = opened.plus(HOUR + chance.below(3_600) as i64);
        let code = SITES.get(far).map_or("", |site| site.code);
        let host = format!("{code}-HD-{:04}", person.0 + 1).into();
        if opened.since(first.opened) > ON_THE_WAY {
            // Whoever flies is nowhere else meanwhile.
            let elsewhere = |one: &UseRecord| {
                one.person == person && one.opened.since(opened).abs() < ON_THE_WAY
            };
            located.retain(|(one, _)| !elsewhere(one));
        }
        let session = UseRecord { opened, closed, host, ..first.clone() };
        located.push((session, place(far, Trust::Network)));
    }
    u32::try_from(firsts.len()).unwrap_or(0)
}

fn place(site: usize, trust: Trust) -> Place {
    let country = SITES.get(site).and_then(|site| Country::new(site.country));
    let site = u16::try_from(site).ok().map(SiteId);
    Place { site, network: Some(0), country, trust }
}

/// Makes some days of a series burn far more than such days do: by five to eight times what days usually differ, of
/// their square roots.
pub fn with_spikes(seed: u64, days: &mut [(Date, f64)]) -> Vec<Anomaly> {
    let mut chance = Chance::new(seed, Stream::Series, 0);
    let usual = usual_distance(days);
    let mut planted = Vec::new();
    let mut day = QUIET_START + chance.below(APART);
    while let Some((date, tokens)) = days.get_mut(day) {
        if date.weekday() < 5 {
            let root = tokens.max(0.0).sqrt() + usual * chance.between(5.0, 8.0);
            *tokens = root.powi(2);
            planted.push(Anomaly::Spike { date: *date });
        }
        day += APART + chance.below(60);
    }
    planted
}

/// Makes a series change its level once, by half as much again or more, up or down.
pub fn with_shift(seed: u64, days: &mut [(Date, f64)]) -> Option<Anomaly> {
    let mut chance = Chance::new(seed, Stream::Series, 1);
    let span = days.len().checked_sub(QUIET_START + 40)?;
    let day = QUIET_START + chance.below(span);
    let ratio = chance.between(1.6, 2.4);
    let ratio = if chance.is(0.5) { ratio } else { 1.0 / ratio };
    for (_, tokens) in days.iter_mut().skip(day) {
        *tokens *= ratio;
    }
    days.get(day).map(|(date, _)| Anomaly::LevelShift { date: *date })
}

/// How far the roots of working days usually are from those of the same weekday a week before and after: 1.4826 times
/// the median distance.
fn usual_distance(days: &[(Date, f64)]) -> f64 {
    let root = |place: usize| days.get(place).map(|(_, tokens)| tokens.max(0.0).sqrt());
    let working =
        (7..days.len()).filter(|place| days.get(*place).is_some_and(|(d, _)| d.weekday() < 5));
    let distance =
        |place: usize| Some((root(place)? - (root(place - 7)? + root(place + 7)?) / 2.0).abs());
    let mut distances: Vec<f64> = working.filter_map(distance).collect();
    distances.sort_unstable_by(f64::total_cmp);
    // Half the variance of the two others comes on top of its own.
    distances.get(distances.len() / 2).map_or(0.0, |middle| middle * 1.4826 / 1.5_f64.sqrt())
}

/// A moment at which all histories may end, so that seeds alone make estates.
#[must_use]
pub const fn some_day() -> Instant {
    // 2026-11-22T12:00:00Z
    Instant(1_795_348_800)
}

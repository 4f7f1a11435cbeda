//! Asking the rule book: may this person open this product, where and when?
//!
//! Places and hours are asked about only where a policy in force speaks of them: one that does has to name them.

use crate::rules::Rules;
use core::net::IpAddr;
use faregate_core::access::{Question, Verdict};
use faregate_core::estate::{
    Cidr, Evidence, Network, PersonId, Place, ProductId, Site, SiteId, Trust,
};
use faregate_core::event::{Ask, Circumstances, Fare, Mode};
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant};
use std::collections::BTreeSet;

const HOUR: i64 = 3_600;
const HOURS_ASKED: i64 = 7 * 24;

/// Origin where somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// Nobody knows.
    Anywhere,
    /// One of a site's networks.
    Network(Cidr),
    /// A machine, by its name.
    Host(String),
}

/// What is asked with every question from one spot.
struct Origin {
    spot: Spot,
    place: Place,
    ask: Ask,
}

/// The questions that the policies in force call for.
pub(super) struct Asking<'a> {
    state: &'a State,
    rules: &'a Rules,
    spots: Vec<Origin>,
    /// Now, and where policies speak of time, every hour of a week and every beginning and end of a schedule.
    times: Vec<Instant>,
}

/// What came of asking about one person and product.
pub(super) struct Answer {
    /// The spots, by their numbers, from which they may at some time.
    pub(super) from: BTreeSet<usize>,
    /// Whether they may at some times only, from the first of those.
    pub(super) at_times_only: bool,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        state: &'a State,
        rules: &'a Rules,
        hosts: &BTreeSet<String>,
        now: Instant,
    ) -> Self {
        let in_force = state.policies().values().filter(|set| set.mode == Mode::Enforce);
        let text: String = in_force.map(|set| set.text.as_str()).collect();
        let speaks_of = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let mut spots = vec![Origin::of(Spot::Anywhere, Place::default())];
        if speaks_of(&["site", "country", "region", "address", "trust"]) {
            spots.extend(networks(state));
        }
        if speaks_of(&["host"]) {
            let named = hosts.iter().map(|host| Spot::Host(host.clone()));
            spots.extend(named.map(|spot| Origin::of(spot, Place::default())));
        }
        let timed = speaks_of(&["now", "weekday", "minute", "during"]);
        let times = if timed { times(state, now) } else { vec![now] };
        Self { state, rules, spots, times }
    }

    pub(super) fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.spots.iter().map(|from| &from.spot)
    }

    /// What the policies answer about one person and product, whatever their tokens and seats are at the moment.
    pub(super) fn answer(&self, person: PersonId, product: ProductId) -> Answer {
        let mut from = BTreeSet::new();
        let numbered = || (0_usize..).zip(&self.spots);
        for (number, spot) in numbered() {
            if self.times.iter().any(|at| self.may(person, product, spot, *at)) {
                from.insert(number);
            }
        }
        let first = numbered().find(|(number, _)| from.contains(number));
        let always = |spot| self.times.iter().all(|at| self.may(person, product, spot, *at));
        let at_times_only = first.is_some_and(|(_, spot)| !always(spot));
        Answer { from, at_times_only }
    }

    /// Whether there is a fare that policies permit: that of their seat, for whoever holds one; any other, else.
    fn may(&self, person: PersonId, product: ProductId, from: &Origin, at: Instant) -> bool {
        let estate = self.state.estate();
        let ended = estate.standing(person).and_then(|standing| standing.until);
        if ended.is_some_and(|until| until <= at) {
            return false;
        }
        let fares: &[Fare] = if estate.covering_seat(person, product, at).is_some() {
            &[Fare::Seat]
        } else if self.state.terms().seat_moves_a_day > 0 {
            &[Fare::Tokens, Fare::FreeSeat]
        } else {
            &[Fare::Tokens]
        };
        let (bucket, place, ask) = (self.state.payer(person), from.place, &from.ask);
        let policy = self.rules.policies().enforced;
        fares.iter().any(|fare| {
            let question = Question { person, product, fare: *fare, bucket, place, ask, at };
            policy.judge(self.state, &question) == Verdict::Permit
        })
    }
}

impl Origin {
    fn of(spot: Spot, place: Place) -> Self {
        let address = match &spot {
            Spot::Network(cidr) => first_address(cidr),
            Spot::Anywhere | Spot::Host(_) => None,
        };
        let host = match &spot {
            Spot::Host(host) => host.clone(),
            Spot::Anywhere | Spot::Network(_) => String::new(),
        };
        let evidence = Evidence { address, ..Evidence::default() };
        let more = Circumstances { evidence, ..Circumstances::default() };
        Self { spot, place, ask: Ask { host, more, ..Ask::default() } }
    }
}

fn networks(state: &State) -> Vec<Origin> {
    let sites = (0_u16..).map(SiteId).zip(state.estate().sites());
    let of_site = |(id, site): (SiteId, &Site)| {
        let country = site.country;
        let numbered = (0_u16..).zip(site.networks.clone());
        let from = move |(number, network): (u16, Network)| {
            let trust = if network.vpn { Trust::Vpn } else { Trust::Network };
            let (site, network_id, country) = (Some(id), Some(number), Some(country));
            let place = Place { site, network: network_id, country, trust };
            Origin::of(Spot::Network(network.cidr), place)
        };
        numbered.map(from).collect::<Vec<_>>()
    };
    sites.flat_map(of_site).collect()
}

fn first_address(cidr: &Cidr) -> Option<IpAddr> {
    cidr.to_string().split('/').next()?.parse().ok()
}

/// Now, each full hour of the week to come, and each beginning and end of a schedule in it.
fn times(state: &State, now: Instant) -> Vec<Instant> {
    let hour = now.0.div_euclid(HOUR) * HOUR;
    let mut all: BTreeSet<Instant> =
        (1..=HOURS_ASKED).map(|count| Instant(hour + count * HOUR)).collect();
    for schedule in state.estate().schedules() {
        let today = schedule.zone.date(now);
        for date in (0..8).map(|days| today.plus(days)) {
            let start = schedule.zone.start_of(date);
            for hours in &schedule.hours {
                let minutes = [hours.from_minute, hours.until_minute];
                all.extend(minutes.map(|minute| start.plus(i64::from(minute) * 60)));
            }
        }
    }
    let week = now..now.plus(7 * DAY);
    std::iter::once(now).chain(all.into_iter().filter(|at| week.contains(at))).collect()
}

//! Where a request comes from, and why we think so: sites by their networks, VPN egresses, an address data
//! base that the operator brings, what the workstation says of itself; in this order of trust.

use super::{BucketId, Estate, OfferingId, SeatId, SiteId, folded, lookup, next};
use crate::when::{Instant, Zone};
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;
use rustc_hash::FxHashMap;

/// A country, as ISO 3166-1 alpha-2 in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The country of two letters, whatever their case; `None` for anything else.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.trim().as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(letters.map(|l| l.to_ascii_uppercase())))
    }

    /// Its two capitals.
    #[must_use]
    pub fn code(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("??")
    }
}

/// A block of addresses, for example `10.20.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    bits: u128,
    length: u8,
    v6: bool,
}

/// Text that is no block of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCidr(pub String);

impl fmt::Display for BadCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no block of addresses such as 10.20.0.0/16", self.0)
    }
}

impl Cidr {
    /// The block of the first `length` bits of an address; `None` when it has fewer bits, or more of them set.
    #[must_use]
    pub fn new(address: IpAddr, length: u8) -> Option<Self> {
        let (bits, v6) = numbered(address);
        let widest = if v6 { 128 } else { 32 };
        // Of an IPv4 address mapped into IPv6, the first 96 bits say no more than that.
        let is_mapped = address.is_ipv6() && !v6;
        let length = if is_mapped { length.checked_sub(96)? } else { length };
        let block = Self { bits: masked(bits, length, widest), length, v6 };
        (length <= widest && block.bits == bits).then_some(block)
    }

    /// Whether the address lies in the block.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, v6) = numbered(address);
        v6 == self.v6 && masked(bits, self.length, if v6 { 128 } else { 32 }) == self.bits
    }

    /// Whether the two blocks have addresses in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let (wide, narrow) =
            if self.length <= other.length { (self, other) } else { (other, self) };
        wide.v6 == narrow.v6
            && masked(narrow.bits, wide.length, if wide.v6 { 128 } else { 32 }) == wide.bits
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u32::try_from(self.bits) {
            Ok(bits) if !self.v6 => {
                write!(f, "{}/{}", core::net::Ipv4Addr::from(bits), self.length)
            }
            _ => write!(f, "{}/{}", core::net::Ipv6Addr::from(self.bits), self.length),
        }
    }
}

impl FromStr for Cidr {
    type Err = BadCidr;

    /// Reads `address/length`, or an address alone.
    fn from_str(text: &str) -> Result<Self, BadCidr> {
        let bad = || BadCidr(text.to_owned());
        let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
        let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        if length.is_some_and(|length| length.starts_with('+')) {
            return Err(bad());
        }
        let length = length.map_or(Ok(widest), str::parse).map_err(|_| bad())?;
        Self::new(address, length).ok_or_else(bad)
    }
}

/// An address as a number; an IPv4 address mapped into IPv6 is the IPv4 address.
fn numbered(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), false),
        IpAddr::V6(v6) => (u128::from(v6), true),
    }
}

fn masked(bits: u128, length: u8, widest: u8) -> u128 {
    let drop = u32::from(widest.saturating_sub(length));
    bits.checked_shr(drop).and_then(|kept| kept.checked_shl(drop)).unwrap_or(0)
}

/// Addresses of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Which.
    pub cidr: Cidr,
    /// The room they are in, when they are all in one.
    pub room: Option<String>,
    /// Whether people elsewhere come in through them.
    pub vpn: bool,
}

/// An office, or another place with networks of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Where it lies.
    pub country: Country,
    /// Its zone.
    pub zone: Zone,
    /// Its addresses.
    pub networks: Vec<Network>,
}

/// Countries that contracts name together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Its countries; a country lies in one region.
    pub countries: Vec<Country>,
}

/// What speaks for where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The address that it came from.
    pub address: Option<IpAddr>,
    /// The country that the operator's address data base gives for it.
    pub country: Option<Country>,
    /// The key of the site that the workstation reports.
    pub site: Option<String>,
}

/// Why we think so, the most trusted first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// The address is one of a site's.
    Network,
    /// The address is a VPN's egress: where the person sits is not known.
    Vpn,
    /// The operator's address data base says so.
    Geo,
    /// The workstation says so.
    Reported,
    /// Nothing speaks for any place.
    #[default]
    Unknown,
}

impl Trust {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Vpn => "vpn",
            Self::Geo => "geo",
            Self::Reported => "reported",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a request comes from, as far as we know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The site.
    pub site: Option<SiteId>,
    /// Which of the site's networks, counted from 0.
    pub network: Option<u16>,
    /// The country.
    pub country: Option<Country>,
    /// Why we think so.
    pub trust: Trust,
}

/// What a territory is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// The tokens of the contract.
    Pool,
    /// The tokens of one bucket.
    Bucket(BucketId),
    /// All seats of an offering.
    Offering(OfferingId),
    /// One seat.
    Seat(SeatId),
}

/// What is done about use outside of a territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// It is let through and reported.
    Report,
    /// It is let through, and waits on a list until somebody has accepted or rejected it.
    Quarantine,
    /// It is refused.
    Refuse,
}

/// Where a pool or a seat may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Territory {
    /// Of what.
    pub domain: Domain,
    /// Keys of regions, or codes of countries.
    pub allowed: Vec<String>,
    /// First instant of its term.
    pub from: Instant,
    /// First instant after.
    pub until: Instant,
    /// What is done about use elsewhere.
    pub breach: Breach,
    /// What is done about use from nobody knows where.
    pub unknown: Breach,
}

/// Which network of which site the blocks of one length are, by their bits.
type Blocks = FxHashMap<u128, (SiteId, u16)>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    sites: Vec<Site>,
    by_key: FxHashMap<String, SiteId>,
    regions: Vec<Region>,
    /// Networks by their length, the longest first: looked up by the bits of an address.
    by_length: Vec<((bool, u8), Blocks)>,
    territories: Vec<Territory>,
}

impl Estate {
    /// Adds a site, or changes the one that has the key.
    ///
    /// # Errors
    /// The site, when one of its networks is another site's as well, or its own twice.
    pub fn set_site(&mut self, site: Site) -> Result<SiteId, SiteId> {
        let places = &mut self.places;
        let key = folded(&site.key);
        let known = places.by_key.get(&key).copied();
        let id = known.unwrap_or_else(|| SiteId(next(places.sites.len())));
        let taken = |network: &Network| {
            let others = (0u16..).zip(&places.sites).filter(|(other, _)| *other != id.0);
            let mut networks = others.flat_map(|(_, other)| &other.networks);
            networks.any(|other| other.cidr == network.cidr)
        };
        let twice = |(number, network): (usize, &Network)| {
            site.networks.iter().take(number).any(|earlier| earlier.cidr == network.cidr)
        };
        if site.networks.iter().any(taken) || site.networks.iter().enumerate().any(twice) {
            return Err(id);
        }
        places.by_key.insert(key, id);
        match places.sites.get_mut(id.index()) {
            Some(slot) => *slot = site,
            None => places.sites.push(site),
        }
        places.index();
        Ok(id)
    }

    /// Says which regions there are.
    pub fn set_regions(&mut self, regions: Vec<Region>) {
        self.places.regions = regions;
    }

    /// Says where what may be used, from now on.
    pub fn set_territories(&mut self, territories: Vec<Territory>) {
        self.places.territories = territories;
    }

    /// Where evidence places a request: the most trusted of it decides.
    #[must_use]
    pub fn locate(&self, evidence: &Evidence) -> Place {
        let by_address = evidence.address.and_then(|address| self.places.network(address));
        if let Some((site, network)) = by_address {
            let known = self.site(site);
            let vpn =
                known.and_then(|s| s.networks.get(usize::from(network))).is_some_and(|n| n.vpn);
            let trust = if vpn { Trust::Vpn } else { Trust::Network };
            let country = known.map(|site| site.country);
            return Place { site: Some(site), network: Some(network), country, trust };
        }
        if evidence.country.is_some() {
            return Place { country: evidence.country, trust: Trust::Geo, ..Place::default() };
        }
        let reported = evidence.site.as_deref().and_then(|key| self.site_called(key));
        reported.map_or_else(Place::default, |site| Place {
            site: Some(site),
            network: None,
            country: self.site(site).map(|site| site.country),
            trust: Trust::Reported,
        })
    }

    /// The region of a country.
    #[must_use]
    pub fn region_of(&self, country: Country) -> Option<&Region> {
        self.places.regions.iter().find(|region| region.countries.contains(&country))
    }

    /// The room that a place is, when its network is one room's.
    #[must_use]
    pub fn room(&self, place: Place) -> Option<&str> {
        let networks = &self.site(place.site?)?.networks;
        networks.get(usize::from(place.network?))?.room.as_deref()
    }

    /// The first of the site's networks that are one room with that of the place.
    #[must_use]
    pub fn room_network(&self, place: Place) -> Option<(SiteId, u16)> {
        let (site, room) = (place.site?, self.room(place)?);
        let mut networks = (0u16..).zip(&self.site(site)?.networks);
        let first = networks.find(|(_, network)| network.room.as_deref() == Some(room))?;
        Some((site, first.0))
    }

    /// What is done about use at a place that lies outside of a territory, of these domains at this instant.
    #[must_use]
    pub fn breach(&self, domains: &[Domain], place: Place, at: Instant) -> Option<Breach> {
        self.outside(domains, place, at).map(|(_, breach)| breach)
    }

    /// The territory that a place lies outside of, of these domains at this instant, and what is done about it.
    /// Of several, it is the first of those that forbid most. An unknown place lies outside of every territory;
    /// each says by itself what is done about that.
    #[must_use]
    pub fn outside(
        &self,
        domains: &[Domain],
        place: Place,
        at: Instant,
    ) -> Option<(&Territory, Breach)> {
        let territories = self.places.territories.iter();
        let ours =
            territories.filter(|t| domains.contains(&t.domain) && t.from <= at && at < t.until);
        let outside = ours.filter(|territory| !self.is_within(territory, place));
        let is_unknown = place.country.is_none();
        let done = |territory: &Territory| match is_unknown {
            true => territory.unknown,
            false => territory.breach,
        };
        // Of those that are equal, `min_by_key` takes the first.
        let found = outside.min_by_key(|territory| match done(territory) {
            Breach::Refuse => 0,
            Breach::Quarantine => 1,
            Breach::Report => 2,
        })?;
        Some((found, done(found)))
    }

    fn is_within(&self, territory: &Territory, place: Place) -> bool {
        let Some(country) = place.country else { return false };
        let region = self.region_of(country).map(|region| folded(&region.key));
        territory.allowed.iter().map(|name| folded(name)).any(|name| {
            Country::new(&name) == Some(country) || region.as_deref() == Some(name.as_str())
        })
    }

    /// The site with this key.
    #[must_use]
    pub fn site_called(&self, key: &str) -> Option<SiteId> {
        lookup(&self.places.by_key, key)
    }

    /// The site with this id.
    #[must_use]
    pub fn site(&self, id: SiteId) -> Option<&Site> {
        self.places.sites.get(id.index())
    }

    /// All sites, in id order.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.places.sites
    }

    /// All regions.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.places.regions
    }

    /// All territories.
    #[must_use]
    pub fn territories(&self) -> &[Territory] {
        &self.places.territories
    }
}

impl Places {
    fn network(&self, address: IpAddr) -> Option<(SiteId, u16)> {
        let (bits, v6) = numbered(address);
        let widest = if v6 { 128 } else { 32 };
        let ours = self.by_length.iter().filter(|((six, _), _)| *six == v6);
        ours.into_iter()
            .find_map(|((_, length), blocks)| blocks.get(&masked(bits, *length, widest)))
            .copied()
    }

    fn index(&mut self) {
        let mut blocks: FxHashMap<(bool, u8), Blocks> = FxHashMap::default();
        for (site, known) in (0u16..).zip(&self.sites) {
            for (network, known) in (0u16..).zip(&known.networks) {
                let of_length = blocks.entry((known.cidr.v6, known.cidr.length)).or_default();
                of_length.insert(known.cidr.bits, (SiteId(site), network));
            }
        }
        self.by_length = blocks.into_iter().collect();
        self.by_length.sort_by_key(|((_, length), _)| core::cmp::Reverse(*length));
    }
}

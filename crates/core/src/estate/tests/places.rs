//! Where requests come from: tables of addresses, of evidence, of territories.

use super::*;
use crate::when::Zone;
use core::net::IpAddr;

/// What text is read as; then what lies within.
#[test]
fn blocks_of_addresses_are_read_and_shown() {
    let rows = [
        ("10.20.0.0/16", Some("10.20.0.0/16")),
        (" 10.20.0.0/16", Some("10.20.0.0/16")),
        ("0.0.0.0/0", Some("0.0.0.0/0")),
        ("192.0.2.7", Some("192.0.2.7/32")),
        ("192.0.2.7/32", Some("192.0.2.7/32")),
        ("2001:db8::/32", Some("2001:db8::/32")),
        ("2001:DB8:0::1", Some("2001:db8::1/128")),
        ("::/0", Some("::/0")),
        ("::ffff:10.20.0.0/112", Some("10.20.0.0/16")),
        ("::ffff:10.20.30.40", Some("10.20.30.40/32")),
        ("::ffff:0.0.0.0/96", Some("0.0.0.0/0")),
        ("::ffff:0.0.0.0/95", None),
        ("10.20.0.1/16", None),
        ("10.20.0.0/33", None),
        ("2001:db8::/129", None),
        ("2001:db8::1/32", None),
        ("10.20.0.0/", None),
        ("10.20.0.0/+8", None),
        ("10.20.0.0/-1", None),
        ("10.20.0.0/8/8", None),
        ("10.20.0.0/x", None),
        ("10.20/16", None),
        ("office", None),
        ("", None),
    ];
    for (text, shown) in rows {
        let read = text.parse::<Cidr>();
        assert_eq!(read.clone().ok().map(|block| block.to_string()).as_deref(), shown, "`{text}`");
        if let Err(bad) = read {
            assert_eq!(bad, BadCidr(text.to_owned()));
            assert!(bad.to_string().contains(&format!("`{text}`")));
        }
    }
}

#[test]
fn blocks_contain_and_overlap() {
    let rows = [
        ("10.0.0.0/8", "10.255.255.255", true),
        ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("0.0.0.0/0", "255.255.255.255", true),
        ("0.0.0.0/0", "::1", false),
        ("::/0", "10.0.0.1", false),
        ("::/0", "ffff::", true),
        ("2001:db8::/32", "2001:db8:ffff::", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("192.0.2.7/32", "192.0.2.8", false),
    ];
    for (block, address, expected) in rows {
        let (cidr, address): (Cidr, IpAddr) = (block.parse().unwrap(), address.parse().unwrap());
        assert_eq!(cidr.contains(address), expected, "{block} {address}");
    }
    let rows = [
        ("10.0.0.0/8", "10.20.0.0/16", true),
        ("10.0.0.0/16", "10.20.0.0/16", false),
        ("10.20.0.0/16", "10.20.0.0/16", true),
        ("0.0.0.0/0", "10.20.0.0/16", true),
        ("::/0", "10.20.0.0/16", false),
        ("2001:db8::/32", "2001:db8:1::/48", true),
        ("::ffff:10.0.0.0/104", "10.20.0.0/16", true),
    ];
    for (one, other, expected) in rows {
        let (first, second): (Cidr, Cidr) = (one.parse().unwrap(), other.parse().unwrap());
        assert_eq!(first.overlaps(&second), expected, "{one} {other}");
        assert_eq!(second.overlaps(&first), expected, "{other} {one}");
    }
}

#[test]
fn countries_are_two_letters() {
    for (text, code) in [
        ("es", Some("ES")),
        (" De ", Some("DE")),
        ("ESP", None),
        ("e1", None),
        ("ñ", None),
        ("", None),
    ] {
        assert_eq!(Country::new(text).as_ref().map(Country::code), code, "`{text}`");
    }
}

fn country(code: &str) -> Country {
    Country::new(code).unwrap()
}

/// Blocks, each with the room that it is in; `vpn` stands for a VPN's egress.
fn site(key: &str, code: &str, networks: &[(&str, &str)]) -> Site {
    let network = |(cidr, room): &(&str, &str)| Network {
        cidr: cidr.parse().unwrap(),
        room: (!room.is_empty() && *room != "vpn").then(|| (*room).to_owned()),
        vpn: *room == "vpn",
    };
    Site {
        key: key.to_owned(),
        name: key.to_owned(),
        country: country(code),
        zone: Zone::utc(),
        networks: networks.iter().map(network).collect(),
    }
}

fn world() -> Estate {
    let mut estate = Estate::default();
    let sites = [
        site("madrid", "ES", &[("10.1.0.0/16", ""), ("10.1.7.0/24", "lab"), ("2001:db8::/32", "")]),
        site("lima", "PE", &[("10.0.0.0/8", ""), ("10.2.0.0/16", "vpn"), ("10.1.7.9/32", "desk")]),
    ];
    for site in sites {
        estate.set_site(site).unwrap();
    }
    let region = |key: &str, codes: &[&str]| Region {
        key: key.to_owned(),
        name: key.to_owned(),
        countries: codes.iter().map(|code| country(code)).collect(),
    };
    estate.set_regions(vec![region("EMEA", &["ES", "DE"]), region("latam", &["PE"])]);
    estate
}

/// Address, country of the data base, site that the workstation reports: which place, on what trust?
#[test]
fn the_most_trusted_evidence_decides() {
    let rows = [
        (("10.1.2.3", "", ""), "madrid 0 ES network"),
        (("10.1.7.8", "", ""), "madrid 1 ES network"),
        (("10.1.7.9", "", ""), "lima 2 PE network"),
        (("10.9.9.9", "", ""), "lima 0 PE network"),
        (("::ffff:10.1.7.8", "", ""), "madrid 1 ES network"),
        (("2001:db8::7", "", ""), "madrid 2 ES network"),
        (("10.2.0.1", "DE", "madrid"), "lima 1 PE vpn"),
        (("10.1.2.3", "DE", "lima"), "madrid 0 ES network"),
        (("192.0.2.1", "DE", "lima"), "- - DE geo"),
        (("192.0.2.1", "", "Lima"), "lima - PE reported"),
        (("", "DE", ""), "- - DE geo"),
        (("", "", "lima"), "lima - PE reported"),
        (("", "", "paris"), "- - - unknown"),
        (("192.0.2.1", "", ""), "- - - unknown"),
        (("", "", ""), "- - - unknown"),
    ];
    let estate = world();
    for ((address, code, reported), expected) in rows {
        let evidence = Evidence {
            address: address.parse().ok(),
            country: Country::new(code),
            site: (!reported.is_empty()).then(|| reported.to_owned()),
        };
        let place = estate.locate(&evidence);
        let key = place.site.and_then(|id| estate.site(id)).map_or("-", |site| &site.key);
        let network = place.network.map_or("-".to_owned(), |number| number.to_string());
        let code = place.country.as_ref().map_or("-", Country::code);
        let found = format!("{key} {network} {code} {}", place.trust.key());
        assert_eq!(found, expected, "{evidence:?}");
    }
    assert!([Trust::Network, Trust::Vpn, Trust::Geo, Trust::Reported, Trust::Unknown].is_sorted());
}

#[test]
fn a_room_is_all_of_its_networks() {
    let mut estate = world();
    estate
        .set_site(site(
            "school",
            "DE",
            &[("10.5.0.0/24", "a"), ("10.6.0.0/24", ""), ("10.7.0.0/24", "a")],
        ))
        .unwrap();
    let at = |address: &str| {
        let evidence = Evidence { address: address.parse().ok(), ..Evidence::default() };
        let place = estate.locate(&evidence);
        (estate.room(place).map(str::to_owned), estate.room_network(place))
    };
    let room = Some("a".to_owned());
    assert_eq!(at("10.5.0.1"), (room.clone(), Some((SiteId(2), 0))));
    assert_eq!(at("10.7.0.1"), (room, Some((SiteId(2), 0))));
    assert_eq!(at("10.6.0.1"), (None, None));
    assert_eq!(at("192.0.2.1"), (None, None));
}

#[test]
fn a_network_is_one_sites_and_once() {
    let mut estate = world();
    let before = estate.clone();
    let refused = [
        site("paris", "FR", &[("10.8.0.0/16", ""), ("10.1.0.0/16", "")]),
        site("paris", "FR", &[("10.8.0.0/16", ""), ("10.8.0.0/16", "x")]),
        site("paris", "FR", &[("::ffff:10.1.0.0/112", "")]),
    ];
    for site in refused {
        assert_eq!(estate.set_site(site), Err(SiteId(2)));
        assert_eq!(estate, before);
    }
    // A site that is said again lets go of what it does not name.
    assert_eq!(estate.set_site(site("LIMA", "PE", &[("10.3.0.0/16", "")])), Ok(SiteId(1)));
    let evidence = Evidence { address: "10.9.9.9".parse().ok(), ..Evidence::default() };
    assert_eq!(estate.locate(&evidence).trust, Trust::Unknown);
    assert_eq!(estate.set_site(site("paris", "FR", &[("10.0.0.0/8", "")])), Ok(SiteId(2)));
}

#[test]
fn territories_are_dated_and_what_forbids_most_comes_first() {
    let mut estate = world();
    let territory = |domain, allowed: &[&str], from, until, breach| Territory {
        domain,
        allowed: allowed.iter().map(|name| (*name).to_owned()).collect(),
        from: Instant(from),
        until: Instant(until),
        breach,
        unknown: Breach::Report,
    };
    let (pool, lab) = (Domain::Pool, Domain::Bucket(BucketId(2)));
    estate.set_territories(vec![
        territory(pool, &["emea", "PE"], 0, 100, Breach::Report),
        territory(pool, &["ES"], 100, 200, Breach::Quarantine),
        territory(lab, &["es"], 100, 200, Breach::Refuse),
        territory(Domain::Seat(SeatId(1)), &["LATAM"], 0, 200, Breach::Refuse),
        territory(Domain::Offering(OfferingId(1)), &[], 0, 200, Breach::Quarantine),
    ]);
    let seat = [Domain::Seat(SeatId(1)), Domain::Offering(OfferingId(2))];
    let offered = [Domain::Seat(SeatId(2)), Domain::Offering(OfferingId(1))];
    let rows: [(&[Domain], &str, i64, Option<Breach>); 17] = [
        (&[pool], "ES", 0, None),
        (&[pool], "DE", 99, None),
        (&[pool], "PE", 99, None),
        (&[pool], "FR", 99, Some(Breach::Report)),
        (&[pool], "DE", 100, Some(Breach::Quarantine)),
        (&[pool], "DE", 200, None),
        (&[pool, lab], "DE", 100, Some(Breach::Refuse)),
        (&[lab, pool], "DE", 199, Some(Breach::Refuse)),
        (&[pool, lab], "ES", 100, None),
        (&[pool, lab], "DE", 99, None),
        (&[Domain::Bucket(BucketId(1))], "FR", 100, None),
        // Nobody knows where that is: reported, never refused for that alone.
        (&[pool, lab], "", 100, Some(Breach::Report)),
        (&[pool], "", 200, None),
        (&seat, "PE", 100, None),
        (&seat, "ES", 100, Some(Breach::Refuse)),
        (&seat, "", 100, Some(Breach::Report)),
        (&offered, "ES", 100, Some(Breach::Quarantine)),
    ];
    for (domains, code, at, expected) in rows {
        let place = Place { country: Country::new(code), ..Place::default() };
        let found = estate.breach(domains, place, Instant(at));
        assert_eq!(found, expected, "{domains:?} {code} {at}");
    }
    // Each territory says by itself what is done where nobody knows the place.
    let mut strict = estate.territories().to_vec();
    (strict[1].unknown, strict[2].unknown) = (Breach::Quarantine, Breach::Refuse);
    estate.set_territories(strict);
    type Outside = Option<(usize, Breach)>;
    let rows: [(&[Domain], &str, i64, Outside); 6] = [
        (&[pool], "", 99, Some((0, Breach::Report))),
        (&[pool], "", 100, Some((1, Breach::Quarantine))),
        (&[pool, lab], "", 100, Some((2, Breach::Refuse))),
        (&[pool, lab], "", 200, None),
        (&[pool, lab], "ES", 100, None),
        (&seat, "", 100, Some((3, Breach::Report))),
    ];
    for (domains, code, at, expected) in rows {
        let place = Place { country: Country::new(code), ..Place::default() };
        let found = estate.outside(domains, place, Instant(at));
        let expected = expected.map(|(one, done)| (&estate.territories()[one], done));
        assert_eq!(found, expected, "{domains:?} {code} {at}");
    }
    assert_eq!(estate.region_of(country("PE")).unwrap().key, "latam");
    assert_eq!(estate.region_of(country("FR")), None);
}

#[test]
fn a_schedule_goes_on_at_its_hours_in_its_zone() {
    let hours = |weekdays, from: u16, until: u16| Hours {
        weekdays,
        from_minute: from * 60,
        until_minute: until * 60,
    };
    let schedule = Schedule {
        key: "office".to_owned(),
        zone: Zone::named("Europe/Madrid").unwrap(),
        // Monday to Friday, and Saturday morning.
        hours: vec![hours(0b001_1111, 8, 18), hours(0b010_0000, 9, 12)],
        except: vec!["2026-06-04".parse().unwrap()],
        from: Some("2026-06-01".parse().unwrap()),
        until: Some("2026-07-01".parse().unwrap()),
    };
    let rows = [
        ("2026-05-29T10:00:00Z", false),
        ("2026-06-01T05:59:59Z", false),
        ("2026-06-01T06:00:00Z", true),
        ("2026-06-01T15:59:59Z", true),
        ("2026-06-01T16:00:00Z", false),
        ("2026-06-04T10:00:00Z", false),
        ("2026-06-06T07:00:00Z", true),
        ("2026-06-06T10:00:00Z", false),
        ("2026-06-07T08:00:00Z", false),
        ("2026-06-30T10:00:00Z", true),
        ("2026-07-01T10:00:00Z", false),
    ];
    for (at, expected) in rows {
        assert_eq!(schedule.includes(at.parse().unwrap()), expected, "{at}");
    }
    let mut estate = Estate::default();
    let always = Schedule { from: None, until: None, ..schedule.clone() };
    assert_eq!(estate.set_schedule(schedule), ScheduleId(0));
    assert_eq!(estate.set_schedule(Schedule { key: "OFFICE".to_owned(), ..always }), ScheduleId(0));
    assert!(estate.schedules()[0].includes("2026-07-01T10:00:00Z".parse().unwrap()));
    assert_eq!(estate.schedule_called("Office"), Some(ScheduleId(0)));
}

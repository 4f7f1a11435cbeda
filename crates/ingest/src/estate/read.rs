//! From a row of text to what it says, one function a kind.

use super::countries::country;
use super::raw::Raw;
use super::rows::{
    Alias, Bucket, Cap, ExchangeRate, Group, Person, Region, Said, Schedule, Seat, Site, Terms,
    Territory, When,
};
use super::words;
use super::{Document, Kind};
use faregate_core::amount::{Currency, Money};
use faregate_core::caps::{Each, Measure, Then};
use faregate_core::estate::{Breach, Leftover};
use faregate_core::event::Mode;
use faregate_core::when::{Date, Zone};

const WHEN: &str = "write a date such as 2026-01-31, or an instant such as 2026-01-31T09:00:00Z";
const DATE: &str = "write a date such as 2026-01-31";
const FLAG: &str = "write yes or no";
const AMOUNT: &str = "write a number of 0 or more with at most six decimals, such as 1200 or 2.5";
const WHOLE: &str = "write a whole number of 0 or more";
const ZONE: &str = "write an IANA name such as Europe/Madrid";
const COUNTRY: &str = "write two letters of ISO 3166 such as ES";

/// Reads a row into the document.
pub(super) fn row(raw: &mut Raw<'_>, document: &mut Document) {
    match raw.kind {
        Kind::Group => keep(raw, group, &mut document.groups),
        Kind::Person => keep(raw, person, &mut document.people),
        Kind::Alias => keep(raw, alias, &mut document.aliases),
        Kind::Seat => keep(raw, seat, &mut document.seats),
        Kind::Site => keep(raw, site, &mut document.sites),
        Kind::Region => keep(raw, region, &mut document.regions),
        Kind::Territory => keep(raw, territory, &mut document.territories),
        Kind::Schedule => keep(raw, schedule, &mut document.schedules),
        Kind::Bucket => keep(raw, bucket, &mut document.buckets),
        Kind::Cap => keep(raw, cap, &mut document.caps),
        Kind::Terms => keep(raw, terms, &mut document.terms),
        Kind::ExchangeRate => keep(raw, exchange_rate, &mut document.exchange_rates),
    }
}

fn keep<T>(
    raw: &mut Raw<'_>,
    read: impl Fn(&mut Raw<'_>) -> Option<T>,
    rows: &mut Vec<super::Row<T>>,
) {
    if let Some(value) = read(raw) {
        rows.push(raw.row(value));
    }
}

fn group(raw: &mut Raw<'_>) -> Option<Group> {
    Some(Group {
        key: raw.required("key")?,
        name: raw.text("name"),
        dimension: raw.said("dimension"),
        parents: raw.list("parents"),
    })
}

fn person(raw: &mut Raw<'_>) -> Option<Person> {
    let (email, number) = (raw.text("email"), raw.text("employee_id"));
    let Some(key) = raw.text("key").or_else(|| email.clone()).or_else(|| number.clone()) else {
        let message = "nothing says who this is".to_owned();
        return raw.fault("key", message, "write a `key`, an `email` or an `employee_id`");
    };
    let mut aliases = raw.list("aliases").unwrap_or_default();
    aliases.extend([email, number].into_iter().flatten());
    aliases.retain(|alias| *alias != key);
    Some(Person {
        name: person_name(raw),
        key,
        bucket: raw.text("bucket"),
        groups: raw.list("groups"),
        department: raw.said("department"),
        cost_centre: raw.said("cost_centre"),
        contractor: raw.read("contractor", words::flag, FLAG),
        until: person_end(raw),
        aliases,
        manager: raw.text("manager"),
    })
}

fn person_name(raw: &mut Raw<'_>) -> Option<String> {
    let parts = [raw.text("first_name"), raw.text("last_name")];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    raw.text("name").or_else(|| Some(joined).filter(|name| !name.is_empty()))
}

/// A staff list names the last day of work; what counts is the first instant after it.
fn person_end(raw: &mut Raw<'_>) -> Said<When> {
    let until = raw.said_as("until", words::when, WHEN);
    let last_day = raw.said_as("last_day", words::date, DATE);
    match (until, last_day) {
        (Said::Nothing, Said::Value(date)) => Said::Value(When::Date(date.plus(1))),
        (Said::Nothing, Said::Cleared) => Said::Cleared,
        (until, Said::Nothing) => until,
        _ => {
            let message = "both `until` and `last_day` are said".to_owned();
            raw.fault::<()>("last_day", message, "keep one of the two");
            Said::Nothing
        }
    }
}

fn alias(raw: &mut Raw<'_>) -> Option<Alias> {
    let (alias, person) = (raw.required("alias"), raw.required("person"));
    let from = raw.read("from", words::when, WHEN);
    let until = raw.read("until", words::when, WHEN);
    Some(Alias { alias: alias?, person: person?, from, until })
}

fn seat(raw: &mut Raw<'_>) -> Option<Seat> {
    let offering = raw.required("offering");
    let person = raw.text("person").filter(|person| !person.eq_ignore_ascii_case("free"));
    let from = raw.required_as("from", words::when, WHEN);
    let until = raw.required_as("until", words::when, WHEN);
    const COUNT: &str = "write a whole number from 1 to 100000";
    let some = |text: &str| text.parse().ok().filter(|n| (1..=100_000).contains(n));
    let count = raw.read("count", some, COUNT).unwrap_or(1);
    Some(Seat { offering: offering?, person, from: from?, until: until?, count })
}

fn site(raw: &mut Raw<'_>) -> Option<Site> {
    const NETWORK: &str =
        "write a block such as 10.20.0.0/16, then `vpn` or `room:Lab 2` where it applies";
    Some(Site {
        key: raw.required("key")?,
        name: raw.text("name"),
        country: raw.read("country", country, COUNTRY),
        zone: raw.read("zone", zone, ZONE),
        networks: raw.list_as("networks", words::network, NETWORK),
    })
}

fn zone(name: &str) -> Option<Zone> {
    Zone::named(name).ok()
}

fn region(raw: &mut Raw<'_>) -> Option<Region> {
    Some(Region {
        key: raw.required("key")?,
        name: raw.text("name"),
        countries: raw.list_as("countries", country, COUNTRY),
    })
}

fn territory(raw: &mut Raw<'_>) -> Option<Territory> {
    const OF: &str = "write pool, bucket:KEY, offering:KEY or seat:N";
    const BREACH: &str = "write report, quarantine or refuse";
    let breach = |text: &str| match text.to_lowercase().as_str() {
        "report" => Some(Breach::Report),
        "quarantine" => Some(Breach::Quarantine),
        "refuse" => Some(Breach::Refuse),
        _ => None,
    };
    Some(Territory {
        of: raw.required_as("of", words::of, OF)?,
        allowed: raw.list("allowed"),
        from: raw.read("from", words::when, WHEN),
        until: raw.said_as("until", words::when, WHEN),
        breach: raw.read("breach", breach, BREACH),
        unknown: raw.read("unknown", breach, BREACH),
    })
}

fn schedule(raw: &mut Raw<'_>) -> Option<Schedule> {
    const DAYS: &str = "write days such as mon-fri, or mon,wed,fri";
    const HOURS: &str = "write hours such as 08:00-18:00, or mon-fri 08:00-18:00; a night goes in two parts, 22:00-24:00 and 00:00-06:00";
    let days = raw.list_as("days", words::days, DAYS);
    let all =
        days.map_or(words::EVERY_DAY, |days| days.into_iter().fold(0, |all, some| all | some));
    Some(Schedule {
        key: raw.required("key")?,
        zone: raw.read("zone", zone, ZONE),
        hours: raw.list_as("hours", |text| words::hours(text, all), HOURS),
        except: raw.list_as("except", words::date, DATE),
        from: raw.said_as("from", words::date, DATE),
        until: raw.said_as("until", words::date, DATE),
    })
}

fn bucket(raw: &mut Raw<'_>) -> Option<Bucket> {
    const PERIOD: &str =
        "write open, month, quarter, year, or dates such as 2026-01-01..2026-07-01";
    let leftover = |text: &str| match text.to_lowercase().as_str() {
        "return" => Some(Leftover::Return),
        "carry" => Some(Leftover::Carry),
        "expire" => Some(Leftover::Expire),
        _ => None,
    };
    Some(Bucket {
        key: raw.required("key")?,
        name: raw.text("name"),
        parent: raw.said("parent"),
        owners: raw.list("owners"),
        period: raw.read("period", words::period, PERIOD),
        leftover: raw.read("leftover", leftover, "write return, carry or expire"),
        lends: raw.read("lends", words::flag, FLAG),
        tokens: raw.read("tokens", words::tokens, AMOUNT),
    })
}

fn cap(raw: &mut Raw<'_>) -> Option<Cap> {
    const PER: &str = "write day, week, month, now, or a length such as 24h or 10m";
    Some(Cap {
        key: raw.required("key")?,
        person: raw.said("person"),
        group: raw.said("group"),
        product: raw.said("product"),
        bucket: raw.said("bucket"),
        each: raw.read("each", each, "write person, room or together"),
        measure: raw.read("measure", measure, "write tokens, opens, running or people"),
        per: raw.read("per", words::per, PER),
        limit: raw.read("limit", words::micros, AMOUNT),
        then: raw.read("then", then, "write refuse or confirm"),
        mode: raw.read("mode", mode, "write enforce or monitor"),
    })
}

fn each(text: &str) -> Option<Each> {
    match text.to_lowercase().as_str() {
        "person" => Some(Each::Person),
        "room" => Some(Each::Room),
        "together" | "all" => Some(Each::Together),
        _ => None,
    }
}

fn measure(text: &str) -> Option<Measure> {
    match text.to_lowercase().as_str() {
        "tokens" => Some(Measure::Tokens),
        "opens" => Some(Measure::Opens),
        "running" => Some(Measure::Running),
        "people" => Some(Measure::People),
        _ => None,
    }
}

fn then(text: &str) -> Option<Then> {
    match text.to_lowercase().as_str() {
        "refuse" => Some(Then::Refuse),
        "confirm" => Some(Then::Confirm),
        _ => None,
    }
}

fn mode(text: &str) -> Option<Mode> {
    match text.to_lowercase().as_str() {
        "enforce" => Some(Mode::Enforce),
        "monitor" => Some(Mode::Monitor),
        _ => None,
    }
}

fn terms(raw: &mut Raw<'_>) -> Option<Terms> {
    const PERCENT: &str = "write a number from 0 to 100, such as 10 or 2.5";
    // A century of days still fits an instant.
    let days = |text: &str| text.parse::<u32>().ok().filter(|days| *days <= 36_500);
    Some(Terms {
        owners: raw.list("owners"),
        large: raw.said_as("large", words::tokens, AMOUNT),
        request_days: raw.read(
            "request_days",
            |text| days(text).filter(|n| *n > 0),
            "write days, 1 or more",
        ),
        seat_moves_a_day: raw.read("seat_moves_a_day", |text| text.parse().ok(), WHOLE),
        seat_hosts_max: raw.said_as("seat_hosts_max", |text| text.parse().ok(), WHOLE),
        seat_move_cost: raw.said_as(
            "seat_move_cost",
            words::money,
            "write an amount such as 12.50 EUR",
        ),
        carry_percent: raw.said_as("carry_percent", millionths, PERCENT),
        carry_days: raw.read("carry_days", days, WHOLE),
    })
}

/// Percent, at most 100, as millionths.
fn millionths(text: &str) -> Option<u32> {
    let micros = words::micros(text).filter(|micros| micros.rem_euclid(100) == 0)?;
    u32::try_from(micros.div_euclid(100)).ok().filter(|part| *part <= 1_000_000)
}

fn exchange_rate(raw: &mut Raw<'_>) -> Option<ExchangeRate> {
    const CODE: &str = "write three capital letters such as EUR";
    let of = raw.required_as("of", Currency::new, CODE);
    let micros = raw.required_as(
        "price",
        |text| words::micros(text).filter(|price| *price > 0),
        "write a number above 0 such as 1.0842",
    );
    let currency = raw.required_as("currency", Currency::new, CODE);
    let from: Option<Date> = raw.required_as("from", words::date, DATE);
    let (of, price) = (of?, Money { micros: micros?, currency: currency? });
    if of == price.currency {
        let message = format!("`{}` is converted to itself", of.code());
        return raw.fault("of", message, "write two different currencies");
    }
    Some(ExchangeRate { of, price, from: from? })
}

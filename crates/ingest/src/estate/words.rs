//! The small languages within a cell: days and hours, spans, periods, networks, amounts. Each is read here and
//! written here, so that what an export writes is what an import reads.

use super::rows::{Of, Per, When};
use faregate_core::amount::{Currency, Money, Ticks, parse_micros};
use faregate_core::caps::Span;
use faregate_core::estate::{Hours, Network, Period};
use faregate_core::when::{Date, Instant};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// All days of the week.
pub(super) const EVERY_DAY: u8 = 0b111_1111;

/// A date such as `2026-01-31`.
pub(super) fn date(text: &str) -> Option<Date> {
    // The calendar library would take a whole timestamp for its date.
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// A date, or an instant such as `2026-01-31T09:00:00Z`.
pub(super) fn when(text: &str) -> Option<When> {
    let instant = || text.parse::<Instant>().ok().map(When::Instant);
    date(text).map(When::Date).or_else(instant)
}

/// `yes`, `no` and what else people write for it.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" | "contractor" | "external" => Some(true),
        "no" | "n" | "false" | "0" | "employee" | "permanent" | "internal" => Some(false),
        _ => None,
    }
}

/// Tokens, 0 or more.
pub(super) fn tokens(text: &str) -> Option<Ticks> {
    Ticks::from_micro_tokens(micros(text)?)
}

/// A decimal number of at least 0, in millionths.
pub(super) fn micros(text: &str) -> Option<i64> {
    parse_micros(text).ok().filter(|micros| *micros >= 0)
}

/// `12.50 EUR`.
pub(super) fn money(text: &str) -> Option<Money> {
    let (amount, code) = text.split_once(' ')?;
    Some(Money { micros: micros(amount)?, currency: Currency::new(code.trim())? })
}

/// Days of the week, as bits: `mon-fri`, `sat`, `mon,wed,fri`, `daily`.
pub(super) fn days(text: &str) -> Option<u8> {
    if matches!(text.to_lowercase().as_str(), "daily" | "all" | "every day") {
        return Some(EVERY_DAY);
    }
    let parts = text.split([',', ' ', '+', '|']).filter(|part| !part.is_empty());
    let mut bits = parts.map(|part| match part.split_once('-') {
        Some((first, last)) => day_range(day(first)?, day(last)?),
        None => Some(1_u8.checked_shl(day(part)?).unwrap_or(0)),
    });
    let all = bits.try_fold(0, |all, bits| Some(all | bits?))?;
    (all != 0).then_some(all)
}

fn day(text: &str) -> Option<u32> {
    let text = text.trim().to_lowercase();
    let place = DAYS.iter().position(|day| {
        text.strip_prefix(day).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase()))
    })?;
    u32::try_from(place).ok()
}

/// From one day to another, around the end of the week where need be.
fn day_range(first: u32, last: u32) -> Option<u8> {
    let within = |day: &u32| {
        if first <= last { first <= *day && *day <= last } else { first <= *day || *day <= last }
    };
    (0..7).filter(within).try_fold(0, |all: u8, day| Some(all | 1_u8.checked_shl(day)?))
}

/// `08:00-18:00`, with days before it where they differ: `mon-fri 08:00-18:00`.
pub(super) fn hours(text: &str, weekdays: u8) -> Option<Hours> {
    let (before, span) = text.rsplit_once(' ').map_or(("", text), |(b, span)| (b.trim(), span));
    let weekdays = if before.is_empty() { weekdays } else { days(before)? };
    let (from, until) = span.split_once('-')?;
    let (from_minute, until_minute) = (minute(from)?, minute(until)?);
    (from_minute < until_minute).then_some(Hours { weekdays, from_minute, until_minute })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && total <= 1_440).then_some(total)
}

/// Hours as [`hours`] reads them, with their days.
#[must_use]
pub fn write_hours(hours: &Hours) -> String {
    let on = (0_u32..)
        .zip(DAYS)
        .filter(|(day, _)| hours.weekdays.checked_shr(*day).unwrap_or(0) & 1 == 1);
    let names: Vec<&str> = on.map(|(_, name)| name).collect();
    let clock = |minute: u16| format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60));
    format!("{} {}-{}", names.join(","), clock(hours.from_minute), clock(hours.until_minute))
}

/// `day`, `week`, `month`, `now`, or a length such as `24h`, `10m`, `7d`, `90s`.
pub(super) fn per(text: &str) -> Option<Per> {
    Some(match text.to_lowercase().as_str() {
        "now" | "at once" => Per::Now,
        "day" => Per::Span(Span::Day),
        "week" => Per::Span(Span::Week),
        "month" => Per::Span(Span::Month),
        other => Per::Span(Span::Seconds(length(other)?)),
    })
}

fn length(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    // Ten years: far beyond any rule, far below where arithmetic on instants ends.
    number.checked_mul(seconds).filter(|seconds| (1..=315_360_000).contains(seconds))
}

/// A span as [`per`] reads it.
#[must_use]
pub fn write_span(span: Span) -> String {
    match span {
        Span::Day => "day".to_owned(),
        Span::Week => "week".to_owned(),
        Span::Month => "month".to_owned(),
        Span::Seconds(seconds) => match (seconds.rem_euclid(3_600), seconds.rem_euclid(60)) {
            (0, _) => format!("{}h", seconds.div_euclid(3_600)),
            (_, 0) => format!("{}m", seconds.div_euclid(60)),
            _ => format!("{seconds}s"),
        },
    }
}

/// `open`, `month`, `quarter`, `year`, so many `months:N`, or `2026-01-01..2026-07-01`.
pub(super) fn period(text: &str) -> Option<Period> {
    let text = text.to_lowercase();
    if let Some((from, until)) = text.split_once("..") {
        let (from, until) = (date(from.trim())?, date(until.trim())?);
        return (from < until).then_some(Period::Dates(from, until));
    }
    let months = match text.as_str() {
        "open" => return Some(Period::Open),
        "month" => 1,
        "quarter" => 3,
        "year" => 12,
        other => other.strip_prefix("months:")?.parse().ok().filter(|n| (1..=12).contains(n))?,
    };
    Some(Period::Months(months))
}

/// A period as [`period`] reads it.
#[must_use]
pub fn write_period(period: Period) -> String {
    match period {
        Period::Open => "open".to_owned(),
        Period::Months(1) => "month".to_owned(),
        Period::Months(3) => "quarter".to_owned(),
        Period::Months(12) => "year".to_owned(),
        Period::Months(months) => format!("months:{months}"),
        Period::Dates(from, until) => format!("{from}..{until}"),
    }
}

/// `10.20.0.0/16`, then `vpn` and `room:Lab 2` where they apply.
pub(super) fn network(text: &str) -> Option<Network> {
    let (cidr, rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut network = Network { cidr: cidr.parse().ok()?, room: None, vpn: false };
    let mut rest = rest.trim();
    if let Some(after) =
        rest.strip_prefix("vpn").filter(|after| after.is_empty() || after.starts_with(' '))
    {
        network.vpn = true;
        rest = after.trim();
    }
    if let Some(room) = rest.strip_prefix("room:") {
        network.room = Some(room.trim().to_owned()).filter(|room| !room.is_empty());
        return network.room.is_some().then_some(network);
    }
    rest.is_empty().then_some(network)
}

/// A network as [`network`] reads it.
#[must_use]
pub fn write_network(network: &Network) -> String {
    let vpn = if network.vpn { " vpn" } else { "" };
    let room = network.room.as_ref().map_or_else(String::new, |room| format!(" room:{room}"));
    format!("{}{vpn}{room}", network.cidr)
}

/// `pool`, `bucket:KEY`, `offering:KEY`, `seat:N`.
pub(super) fn of(text: &str) -> Option<Of> {
    if text.eq_ignore_ascii_case("pool") {
        return Some(Of::Pool);
    }
    let (what, key) = text.split_once(':')?;
    let key = Some(key.trim()).filter(|key| !key.is_empty())?;
    match what.trim().to_lowercase().as_str() {
        "bucket" => Some(Of::Bucket(key.to_owned())),
        "offering" => Some(Of::Offering(key.to_owned())),
        "seat" => key.parse().ok().map(Of::Seat),
        _ => None,
    }
}

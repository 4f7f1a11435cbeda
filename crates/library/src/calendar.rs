//! Dates to keep, as RFC 5545 has calendars: days on which packs expire and terms of seats end.

use crate::parts::last_day;
use faregate_app::views::grouped;
use faregate_core::estate::OfferingId;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use std::collections::BTreeMap;

/// Octets of a line at most, its end not counted.
const OCTETS: usize = 75;
/// Days before at which a reminder comes: the vendor's own comes 90 days before.
const REMINDERS: [u32; 3] = [90, 60, 30];

/// What happens on a day.
struct Dated {
    /// The same in every calendar of this contract, so that an event that was imported twice is there once.
    id: String,
    on: Date,
    title: String,
    said: String,
}

/// All that is still to come.
pub(crate) fn calendar(state: &State, now: Instant) -> String {
    let name = if state.name().is_empty() { "Faregate" } else { state.name() };
    let contract: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Faregate//Dates to keep//EN".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(&format!("{name}: licences"))),
    ];
    for one in packs(state, now).chain(seats(state, now)) {
        lines.extend(event(&one, &contract, state.at()));
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

fn packs(state: &State, now: Instant) -> impl Iterator<Item = Dated> {
    let packs = state.ledger().packs().iter().enumerate();
    packs.filter(move |(_, pack)| now < pack.until && pack.remaining.is_positive()).map(
        |(number, pack)| Dated {
            id: format!("pack-{number}"),
            on: last_day(state, pack.until),
            title: format!("{} expires", pack.name),
            said: format!(
                "Last day of {}. {} of {} tokens are left now; what is left then is lost, unless the contract \
                 carries it forward.",
                pack.name,
                grouped(pack.remaining.tokens()),
                grouped(pack.bought.tokens()),
            ),
        },
    )
}

/// Seats of one offering whose terms end on one day are one event.
fn seats(state: &State, now: Instant) -> impl Iterator<Item = Dated> {
    let mut ends: BTreeMap<(Date, OfferingId), u64> = BTreeMap::new();
    for seat in state.estate().seats().iter().filter(|seat| now < seat.until) {
        *ends.entry((last_day(state, seat.until), seat.offering)).or_default() += 1;
    }
    ends.into_iter().map(|((on, id), count)| {
        let known = state.estate().offering(id);
        let (key, name) = known.map_or(("", ""), |known| (&known.key, &known.name));
        let seats = if count == 1 { "1 seat".to_owned() } else { format!("{count} seats") };
        Dated {
            id: format!("seats-{key}-{on}"),
            on,
            title: format!("{seats} of {name}: the term ends"),
            said: format!("Renew, or let run out, {seats} of {name}: `faregate plan advice` says who is worth one."),
        }
    })
}

/// `at` is when the books last changed: the same books give the same calendar.
fn event(one: &Dated, contract: &str, at: Instant) -> Vec<String> {
    let day = |date: Date| date.to_string().replace('-', "");
    let stamp = at.to_string().replace(['-', ':'], "");
    let mut lines = vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{contract}.faregate", escaped(&one.id)),
        format!("DTSTAMP:{stamp}"),
        format!("DTSTART;VALUE=DATE:{}", day(one.on)),
        format!("DTEND;VALUE=DATE:{}", day(one.on.plus(1))),
        format!("SUMMARY:{}", escaped(&one.title)),
        format!("DESCRIPTION:{}", escaped(&one.said)),
        "TRANSP:TRANSPARENT".to_owned(),
    ];
    for days in REMINDERS {
        lines.extend([
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("TRIGGER:-P{days}D"),
            format!("DESCRIPTION:{}", escaped(&one.title)),
            "END:VALARM".to_owned(),
        ]);
    }
    lines.push("END:VEVENT".to_owned());
    lines
}

/// Text as values have it: what has a meaning is escaped, and what cannot be written is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line, cut where it is too long; a character is never cut.
fn folded(line: &str) -> String {
    let (mut folded, mut octets) = (String::new(), 0);
    for c in line.chars() {
        if octets + c.len_utf8() > OCTETS {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(c);
        octets += c.len_utf8();
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_between_characters() {
        let line = format!("SUMMARY:{}", "ä€x".repeat(60));
        let folded = folded(&line);
        assert!(folded.split("\r\n").all(|part| part.len() <= OCTETS), "{folded}");
        assert_eq!(folded.replace("\r\n ", ""), line);
    }

    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\r\u{7}"), "a\\,b\\;c\\\\d\\ne");
    }
}

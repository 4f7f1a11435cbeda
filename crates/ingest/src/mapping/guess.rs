//! What a column might be, by its name and by its values.

use crate::sheet::date::{self, Order};
use crate::sheet::number;

/// One column of a sample.
pub(super) struct Column<'s> {
    pub(super) header: &'s str,
    /// Its values that say something, with their lines.
    pub(super) values: Vec<(u64, &'s str)>,
}

/// What a column is taken for: how sure that is, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Guess {
    pub(super) rank: u8,
    pub(super) why: &'static str,
}

/// Words of headers, by what a map calls them. A later word is a weaker hint.
const WORDS: &[(&str, &[&str])] = &[
    (
        "who",
        &[
            "email",
            "mail",
            "user",
            "username",
            "login",
            "upn",
            "account",
            "person",
            "employee",
            "benutzer",
            "anwender",
            "mitarbeiter",
            "utilisateur",
            "usuario",
            "name",
        ],
    ),
    (
        "product",
        &[
            "product",
            "application",
            "app",
            "software",
            "produkt",
            "anwendung",
            "produit",
            "producto",
            "program",
            "programm",
            "feature",
            "title",
        ],
    ),
    (
        "opened",
        &[
            "opened", "start", "begin", "began", "started", "checkout", "from", "von", "beginn",
            "inicio",
        ],
    ),
    (
        "closed",
        &[
            "closed", "end", "ended", "stop", "finish", "checkin", "until", "to", "bis", "ende",
            "fin",
        ],
    ),
    ("day", &["day", "date", "tag", "datum", "jour", "fecha"]),
    ("duration", &["duration", "minutes", "mins", "hours", "seconds", "secs", "elapsed", "dauer"]),
    ("tokens", &["tokens", "token", "credits"]),
    ("quantity", &["quantity", "count", "results", "menge"]),
    (
        "host",
        &["host", "hostname", "machine", "computer", "workstation", "device", "rechner", "pc"],
    ),
    ("site", &["site", "location", "office", "region", "standort", "country"]),
    ("bucket", &["bucket", "department", "cost", "project", "abteilung"]),
    ("version", &["version", "release"]),
];

impl Column<'_> {
    /// How well the column fits what a map calls so.
    pub(super) fn fits(&self, key: &str) -> Option<Guess> {
        let words = WORDS.iter().find(|(one, _)| *one == key).map_or(&[][..], |(_, words)| words);
        let named = self.named(words);
        let guess = |rank: u8, why| Some(Guess { rank, why });
        match (key, named) {
            ("who", _) if self.all(|value| value.contains('@')) => {
                guess(200, "its values are e-mail addresses")
            }
            ("opened" | "closed", Some(rank)) if self.has_times() => {
                guess(rank, "by its name; its values are times")
            }
            ("opened", None) if self.has_times() => guess(1, "its values are times"),
            ("opened" | "closed", _) => None,
            ("day", Some(rank)) if self.is_date() => {
                guess(rank, "by its name; its values are days")
            }
            ("day", None) if self.is_date() => guess(1, "its values are days"),
            ("day", _) => None,
            ("duration" | "tokens" | "quantity", Some(rank)) if self.is_number() => {
                guess(rank, "by its name; its values are amounts")
            }
            ("duration" | "tokens" | "quantity", _) => None,
            (_, Some(_)) if self.is_date() => None,
            (_, Some(rank)) => guess(rank, "by its name"),
            (_, None) => None,
        }
    }

    /// The rank of the best word of the header among these.
    fn named(&self, words: &[&str]) -> Option<u8> {
        let header = split(self.header);
        let place = words.iter().position(|word| header.iter().any(|part| part == word))?;
        Some(100_u8.saturating_sub(u8::try_from(place).unwrap_or(u8::MAX)))
    }

    fn all(&self, good: impl Fn(&str) -> bool) -> bool {
        !self.values.is_empty() && self.values.iter().all(|(_, value)| good(value))
    }

    pub(super) fn is_date(&self) -> bool {
        self.epoch().is_some() || self.all(|value| written(value).is_some())
    }

    pub(super) fn has_times(&self) -> bool {
        let has_time = |value: &str| written(value).is_some_and(|written| written.second.is_some());
        self.epoch().is_some() || self.all(has_time)
    }

    /// Whether its times name no zone.
    pub(super) fn needs_zone(&self) -> bool {
        let is_open = |value: &str| written(value).is_some_and(|written| written.offset.is_none());
        self.epoch().is_none() && self.values.iter().any(|(_, value)| is_open(value))
    }

    /// `epoch` or `epoch-ms`, where all values are numbers of that length.
    pub(super) fn epoch(&self) -> Option<&'static str> {
        let digits = |count: usize| {
            self.all(|value| {
                value.len() == count && value.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        match (digits(10), digits(13)) {
            (true, _) => Some("epoch"),
            (_, true) => Some("epoch-ms"),
            _ => None,
        }
    }

    fn is_number(&self) -> bool {
        self.all(|value| !matches!(number::read(value, None), Err(number::BadNumber::Unreadable)))
    }

    /// What a number of the column `duration` counts, by its name.
    pub(super) fn unit(&self) -> Option<&'static str> {
        let header = split(self.header);
        let has = |words: &[&str]| header.iter().any(|part| words.contains(&part.as_str()));
        if has(&["seconds", "secs", "sec", "sekunden"]) {
            Some("seconds")
        } else if has(&["hours", "hrs", "hour", "stunden"]) {
            Some("hours")
        } else if has(&["minutes", "mins", "min", "minuten"]) {
            Some("minutes")
        } else {
            None
        }
    }

    /// The values, where they are few words that sort rows.
    pub(super) fn choices(&self) -> Option<Vec<&str>> {
        const MOST: usize = 6;
        let mut choices: Vec<&str> = Vec::new();
        for (_, value) in &self.values {
            if !choices.contains(value) {
                choices.push(value);
            }
            if choices.len() > MOST {
                return None;
            }
        }
        let few = choices.len() > 1 && self.values.len() >= choices.len().saturating_mul(2);
        let is_word = |value: &str| {
            value.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '-' | '_'))
        };
        (few && self.all(is_word)).then_some(choices)
    }
}

/// A date in either order, to see what else it says.
fn written(value: &str) -> Option<date::Written> {
    let read = |order| date::read(value, Some(order)).ok();
    // A number alone might be a day of a spreadsheet, and is more often a number.
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && !value.contains('-') && value.matches('.').count() < 2 && value.len() != 8 {
        return None;
    }
    read(Order::Dmy).or_else(|| read(Order::Mdy))
}

/// The words of a header: `userEmail`, `user_email` and `User e-mail` alike.
fn split(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in header.replace("e-mail", "email").replace("E-mail", "email").chars() {
        let starts = letter.is_uppercase() && was_small;
        was_small = letter.is_lowercase();
        if !letter.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

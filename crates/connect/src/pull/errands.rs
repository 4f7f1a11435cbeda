//! What a pull has to fetch, and how far each errand has come: plain data that survives a kill.

use super::Freshness;
use super::state::Fault;
use faregate_core::when::{Date, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A month is asked for again until so many days after its end: the vendor corrects what it reported.
const SETTLED_DAYS: i32 = 45;
/// How often the vendor may fail at an errand before it is given up.
pub(super) const FAILURES_MAX: u32 = 3;

/// How far a pull has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// What the errands are of.
    pub(super) of: String,
    /// Up to when the vendor had use when the pull began.
    pub(super) freshness: Freshness,
    /// In the order in which they are asked for.
    pub(super) errands: Vec<Errand>,
}

/// One thing to fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Errand {
    /// What it is, which is also how its file is labelled.
    pub(super) what: String,
    /// Where it is simply read, for what needs no export or query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    /// The first day, and the first day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) period: Option<(String, String)>,
    /// What the vendor's data was like when this was planned; the same again need not be fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<String>,
    /// How often the vendor failed at it.
    #[serde(default)]
    pub(super) failures: u32,
    pub(super) stage: Stage,
}

/// How far an errand has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Stage {
    /// Nothing was done.
    Wanted,
    /// We are about to ask, under this name; whether the vendor heard of it is not known.
    Asking { name: String, since: i64 },
    /// The vendor works on it.
    Asked { name: String, ticket: String, since: i64 },
    /// It is ready, and coming in.
    Fetching {
        name: String,
        ticket: String,
        since: i64,
        /// How many of its files are here.
        piece: usize,
        /// How many there are, once that is known.
        pieces: Option<usize>,
        /// How much of the next one is safely on the disk.
        bytes: u64,
        /// How many rows of it, when it comes in pages.
        rows: u64,
        /// Which version of the file it is, as the server tells them apart.
        version: Option<String>,
    },
    /// Its files are here; the export is still to be deleted at the vendor's.
    Dismissing { ticket: String },
    /// Its files are here.
    Landed,
    /// The vendor fails at it.
    GivenUp { words: String },
}

impl Errand {
    pub(super) fn new(what: impl Into<String>, period: Option<(Date, Date)>) -> Self {
        Self {
            what: what.into(),
            path: None,
            period: period.map(|(from, until)| (from.to_string(), until.to_string())),
            mark: None,
            failures: 0,
            stage: Stage::Wanted,
        }
    }

    /// Something that is simply read.
    pub(super) fn document(what: &str, path: String) -> Self {
        Self { path: Some(path), ..Self::new(what, None) }
    }

    pub(super) fn marked(self, mark: Option<String>) -> Self {
        Self { mark, ..self }
    }

    /// What tells it from the others of its source.
    pub(super) fn key(&self) -> String {
        let from = self.period.as_ref().map(|(from, _)| format!(" {from}"));
        format!("{}{}", self.what, from.unwrap_or_default())
    }

    /// Under which name to ask for it: one that was not used before, and that a file can have.
    pub(super) fn name(&self, source: &str, now: Instant) -> String {
        let from = self.period.as_ref().map(|(from, _)| format!("_{from}"));
        let stamp: String = now.to_string().chars().filter(|c| !"-:".contains(*c)).collect();
        let again = if self.failures > 0 { format!("-{}", self.failures) } else { String::new() };
        format!("{source}_{}{}_{stamp}{again}", self.what, from.unwrap_or_default())
    }

    /// The vendor failed at it: it is asked for anew, or given up.
    pub(super) fn fail(&mut self, words: &str) {
        self.failures += 1;
        self.stage = match self.failures < FAILURES_MAX {
            true => Stage::Wanted,
            false => Stage::GivenUp { words: words.to_owned() },
        };
    }

    /// Its result can be fetched.
    pub(super) fn fetch(&mut self, name: String, ticket: String, since: i64) {
        let (piece, pieces, bytes, rows, version) = (0, None, 0, 0, None);
        self.stage = Stage::Fetching { name, ticket, since, piece, pieces, bytes, rows, version };
    }

    pub(super) fn fault(&self) -> Option<Fault> {
        let Stage::GivenUp { words } = &self.stage else { return None };
        let (what, period) = (self.what.clone(), self.period.clone());
        Some(Fault { what, period, words: words.clone() })
    }

    /// Whether there is nothing left to do for it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Landed | Stage::GivenUp { .. })
    }

    /// Whether the vendor has it in hand.
    pub(super) fn is_outstanding(&self) -> bool {
        matches!(self.stage, Stage::Asked { .. })
    }
}

/// What was pulled before, by the keys of errands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Taken {
    /// What the errands were of.
    of: String,
    errands: BTreeMap<String, Once>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Once {
    /// The day on which it came.
    on: String,
    mark: Option<String>,
}

impl Taken {
    /// What was taken of this; nothing, when what was taken is of something else.
    pub(super) fn of(self, identity: &str) -> Self {
        if self.of == identity {
            return self;
        }
        Self { of: identity.to_owned(), errands: BTreeMap::new() }
    }

    pub(super) fn note(&mut self, errand: &Errand, today: Date) {
        let once = Once { on: today.to_string(), mark: errand.mark.clone() };
        self.errands.insert(errand.key(), once);
    }

    /// Forgets what has gone, by its key and mark; whether there was any.
    pub(super) fn forget(&mut self, has_gone: impl Fn(&str, &str) -> bool) -> bool {
        let before = self.errands.len();
        self.errands.retain(|key, once| !has_gone(key, once.mark.as_deref().unwrap_or_default()));
        self.errands.len() < before
    }

    /// What the data was like when this was last fetched.
    pub(super) fn mark(&self, key: &str) -> Option<&str> {
        self.errands.get(key)?.mark.as_deref()
    }

    /// Whether there is nothing new to expect of an errand: its month was over for long when it came, or
    /// the vendor's data is what it was.
    pub(super) fn covers(&self, errand: &Errand) -> bool {
        let Some(once) = self.errands.get(&errand.key()) else { return false };
        let until = errand.period.as_ref().and_then(|(_, until)| until.parse::<Date>().ok());
        let on: Option<Date> = once.on.parse().ok();
        let is_settled = on.zip(until).is_some_and(|(on, until)| on.0 - until.0 >= SETTLED_DAYS);
        is_settled || (errand.mark.is_some() && errand.mark == once.mark)
    }
}

/// The months from a day to another, each as its first day and the first day after. They are whole, so
/// that each is the same month from pull to pull.
pub(super) fn months(from: Date, through: Date) -> Vec<(Date, Date)> {
    let mut months = Vec::new();
    let mut start = from.month_start();
    while start <= through {
        months.push((start, start.next_month_start()));
        start = start.next_month_start();
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn month(start: &str) -> Errand {
        let start = day(start);
        Errand::new("usage", Some((start, start.next_month_start())))
    }

    #[test]
    fn months_are_whole_and_leave_no_gap() {
        let text = |months: Vec<(Date, Date)>| {
            months.iter().map(|(a, b)| format!("{a}/{b}")).collect::<Vec<_>>()
        };
        assert_eq!(
            text(months(day("2023-12-31"), day("2024-02-01"))),
            ["2023-12-01/2024-01-01", "2024-01-01/2024-02-01", "2024-02-01/2024-03-01"]
        );
        assert!(months(day("2024-03-01"), day("2024-02-29")).is_empty());
    }

    #[test]
    fn a_month_is_fetched_until_it_is_settled_or_nothing_changed() {
        let mut taken = Taken::default();
        let check = |taken: &Taken, mark: Option<&str>| {
            taken.covers(&month("2024-01-01").marked(mark.map(str::to_owned)))
        };
        assert!(!check(&taken, Some("a")), "never fetched");
        taken.note(&month("2024-01-01").marked(Some("a".to_owned())), day("2024-01-20"));
        assert!(check(&taken, Some("a")), "nothing changed");
        assert!(!check(&taken, Some("b")), "the vendor has more");
        taken.note(&month("2024-01-01"), day("2024-03-16"));
        assert!(!check(&taken, None), "44 days after its end");
        taken.note(&month("2024-01-01"), day("2024-03-17"));
        assert!(check(&taken, None) && check(&taken, Some("c")), "45 days after its end");
        assert!(!taken.covers(&month("2024-02-01")), "another month");
    }

    #[test]
    fn an_errand_that_fails_is_asked_for_anew_and_then_given_up() {
        let mut errand = month("2024-01-01");
        let at = Instant(1_700_000_000);
        assert_eq!(errand.name("eba", at), "eba_usage_2024-01-01_20231114T221320Z");
        errand.fail("too large");
        assert_eq!((errand.stage.clone(), errand.fault()), (Stage::Wanted, None));
        assert_eq!(errand.name("eba", at), "eba_usage_2024-01-01_20231114T221320Z-1");
        errand.fail("too large");
        errand.fail("too large");
        assert_eq!(errand.fault().unwrap().words, "too large");
    }
}

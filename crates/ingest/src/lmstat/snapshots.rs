//! A series of polls as a source of use.
//!
//! Each poll says who holds what at one moment; the series says from when, which `lmstat` prints itself, and until
//! when somebody was last seen. It knows less than the debug log: a use between two polls is never seen, and one that
//! ended is known to have lasted until the last poll that saw it, not longer.
//!
//! **Not known is not ended.** A use ends when a poll knows who holds the feature and the use is not among them. Where
//! the server did not answer, a daemon was down, the output was cut, or a row of the feature could not be read, what
//! is missing stays as it was.
//!
//! **One use, two rows.** As in the debug log, `adskflex` shows a session as a package and as a component. A package
//! is no use of its own when the same user holds, on the same host and since the same minute, a component.
//!
//! A licence that lingers counts as in use: it may be lent to a laptop, and its row does not say which of the two.

use super::{Feature, Holder, Holding, Status};
use crate::features::{Code, Form};
use core::fmt;
use faregate_core::when::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// One use as a series of polls tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The feature's code.
    pub feature: String,
    /// The user.
    pub user: String,
    /// The workstation.
    pub host: String,
    /// The server, its port and the number of the licence.
    pub handle: String,
    /// Since when, as the server says, to the minute.
    pub opened: Instant,
    /// The last poll that saw it in use; never before `opened`.
    pub seen: Instant,
    /// How many licences at most.
    pub licences: u32,
    /// The first poll that knew it to be over; `None` while it may go on.
    pub gone: Option<Instant>,
}

/// A poll that is not later than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLater {
    /// When it was.
    pub polled: Instant,
    /// When the one before was.
    pub before: Instant,
}

impl fmt::Display for NotLater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { polled, before } = self;
        write!(f, "a poll of {polled} after one of {before}; give the polls in the order of time")
    }
}

impl core::error::Error for NotLater {}

/// Polls of one server, in the order of time.
///
/// ```
/// use faregate_core::when::{Instant, Zone};
/// use faregate_ingest::lmstat::{Reader, Snapshots};
///
/// let poll = |at: &str, rows: &str| {
///     let polled = at.parse::<Instant>().unwrap();
///     let mut reader = Reader::new(polled, Zone::utc());
///     let in_use = rows.lines().count();
///     let head = format!("Users of f:  (Total of 9 licenses issued;  Total of {in_use} licenses in use)\n");
///     reader.feed(format!("{head}{rows}").as_bytes());
///     (polled, reader.finish())
/// };
/// let mut snapshots = Snapshots::default();
/// let row = "  jo ws1 ws1 (v1.0) (srv/27000 101), start Mon 1/5 9:02\n";
/// let (polled, status) = poll("2026-01-05T09:10:00Z", row);
/// assert_eq!(snapshots.poll(polled, &status).unwrap(), []);
/// let (polled, status) = poll("2026-01-05T09:20:00Z", "");
/// let ended = snapshots.poll(polled, &status).unwrap();
/// assert_eq!(ended[0].opened.to_string(), "2026-01-05T09:02:00Z");
/// assert_eq!(ended[0].seen.to_string(), "2026-01-05T09:10:00Z");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Snapshots {
    open: BTreeMap<Key, Seen>,
    last: Option<Instant>,
    unknown_polls: u64,
    /// How much of what may go on the last poll did not show.
    hidden: usize,
}

/// What makes a row the same one in the next poll. Handles are given out again, so the beginning belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    feature: String,
    user: String,
    host: String,
    handle: String,
    since: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    seen: Instant,
    licences: u32,
    /// A package whose component is the use.
    covered: bool,
}

impl Snapshots {
    /// Takes the next poll and returns what it knows to be over, in the order of features, users and hosts.
    ///
    /// # Errors
    /// [`NotLater`]; then the poll changes nothing.
    pub fn poll(&mut self, polled: Instant, status: &Status) -> Result<Vec<Use>, NotLater> {
        if let Some(before) = self.last.filter(|before| polled <= *before) {
            return Err(NotLater { polled, before });
        }
        self.last = Some(polled);
        if !status.is_complete() {
            self.unknown_polls = self.unknown_polls.saturating_add(1);
        }
        let mut present = BTreeSet::new();
        for feature in &status.features {
            for holder in &feature.holders {
                let key = Key::of(feature, holder);
                self.see(&key, holder, polled);
                present.insert(key);
            }
        }
        self.cover(&present);
        let ended = self.end(polled, status, &present);
        self.hidden = self.open.keys().filter(|key| !present.contains(*key)).count();
        Ok(ended)
    }

    /// What may still go on: everything that was seen and is not known to be over.
    #[must_use]
    pub fn open(&self) -> Vec<Use> {
        let shown = self.open.iter().filter(|(_, seen)| !seen.covered);
        shown.map(|(key, seen)| key.used(*seen, None)).collect()
    }

    /// Whether the last poll showed everything that may go on, so that a series could be read on from it alone.
    #[must_use]
    pub fn shows_all(&self) -> bool {
        self.hidden == 0
    }

    /// How many polls left something open: the server, a daemon or some row could not be read.
    #[must_use]
    pub fn unknown_polls(&self) -> u64 {
        self.unknown_polls
    }

    fn see(&mut self, key: &Key, holder: &Holder, polled: Instant) {
        // A server whose clock is ahead of ours says that a use begins after the poll that sees it.
        let now = polled.max(key.since);
        let first = Seen { seen: now, licences: holder.licences, covered: false };
        let seen = self.open.entry(key.clone()).or_insert(first);
        seen.seen = seen.seen.max(now);
        seen.licences = seen.licences.max(holder.licences);
    }

    /// Finds the packages of this poll whose component is in it too. One component covers one package.
    fn cover(&mut self, present: &BTreeSet<Key>) {
        let form = |key: &Key| Code::parse(&key.feature).map(|code| code.form);
        let mut components: BTreeMap<(&str, &str, Instant), Vec<&str>> = BTreeMap::new();
        for key in present.iter().filter(|key| form(key) == Some(Form::Component)) {
            components.entry(key.place()).or_default().push(&key.feature);
        }
        let is_package = |key: &&Key| !matches!(form(key), None | Some(Form::Component));
        let mut packages: Vec<&Key> = present.iter().filter(is_package).collect();
        // Those of the component's own product choose first, collections take what is left.
        packages.sort_by_key(|package| {
            let others = components.get(&package.place());
            !others.is_some_and(|all| all.iter().any(|one| same_product(&package.feature, one)))
        });
        for package in packages {
            let Some(left) = components.get_mut(&package.place()) else { continue };
            let own = left.iter().position(|one| same_product(&package.feature, one));
            let Some(taken) = own.or(left.len().checked_sub(1)) else { continue };
            left.swap_remove(taken);
            if let Some(seen) = self.open.get_mut(package) {
                seen.covered = true;
            }
        }
    }

    fn end(&mut self, polled: Instant, status: &Status, present: &BTreeSet<Key>) -> Vec<Use> {
        let mut known = BTreeMap::new();
        let mut is_over = |key: &Key| {
            let feature = key.feature.as_str();
            let is_known = *known
                .entry(feature.to_owned())
                .or_insert_with(|| matches!(status.holders(feature), Holding::Known(_)));
            is_known && !present.contains(key)
        };
        let mut ended = Vec::new();
        self.open.retain(|key, seen| {
            let over = is_over(key);
            if over && !seen.covered {
                ended.push(key.used(*seen, Some(polled)));
            }
            !over
        });
        ended
    }
}

impl Key {
    fn of(feature: &Feature, holder: &Holder) -> Self {
        Self {
            feature: feature.code.clone(),
            user: holder.user.clone(),
            host: holder.host.clone(),
            handle: holder.handle.clone(),
            since: holder.since,
        }
    }

    /// Who holds it where since when.
    fn place(&self) -> (&str, &str, Instant) {
        (&self.user, &self.host, self.since)
    }

    fn used(&self, seen: Seen, gone: Option<Instant>) -> Use {
        Use {
            feature: self.feature.clone(),
            user: self.user.clone(),
            host: self.host.clone(),
            handle: self.handle.clone(),
            opened: self.since,
            seen: seen.seen,
            licences: seen.licences,
            gone,
        }
    }
}

fn same_product(one: &str, other: &str) -> bool {
    let product = |code| Code::parse(code).map(|code| code.product);
    product(one).is_some() && product(one) == product(other)
}

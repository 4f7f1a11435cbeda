//! What an import would change, for people to read before they say yes.

use faregate_core::event::Event;
use faregate_ingest::estate::Kind;
use std::collections::BTreeMap;

/// What becomes of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// It is new.
    Added,
    /// Something of it changes.
    Changed,
    /// It is as the row says already.
    Same,
}

impl Verb {
    /// Its word: `added`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Same => "same",
        }
    }
}

/// What becomes of the thing that a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// What becomes of it.
    pub verb: Verb,
    /// What changes: column, before, after. Before is empty for what is new.
    pub fields: Vec<(&'static str, String, String)>,
}

/// How many things of one kind are added, changed and left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// New ones.
    pub added: u64,
    /// Changed ones.
    pub changed: u64,
    /// Those that are as their rows say.
    pub same: u64,
}

/// What an import comes down to, on the state that it was made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Number of the state's last event: the plan holds for no other state.
    pub seq: u64,
    /// The events that carry it out, in an order that the core accepts.
    pub events: Vec<Event>,
    /// What becomes of each row's thing.
    pub changes: Vec<Change>,
    /// What the reader should know besides.
    pub notes: Vec<String>,
}

impl Plan {
    /// How many of each kind.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Kind, Count> {
        let mut counts: BTreeMap<Kind, Count> = BTreeMap::new();
        for change in &self.changes {
            let count = counts.entry(change.kind).or_default();
            let one = match change.verb {
                Verb::Added => &mut count.added,
                Verb::Changed => &mut count.changed,
                Verb::Same => &mut count.same,
            };
            *one += 1;
        }
        counts
    }

    /// The counts in one line: `group: 2 added, 1 same; person: 40 added`.
    #[must_use]
    pub fn summary(&self) -> String {
        let told = self.counts().into_iter().map(|(kind, count)| {
            let parts = [(count.added, "added"), (count.changed, "changed"), (count.same, "same")];
            let parts = parts.iter().filter(|(number, _)| *number > 0);
            let parts: Vec<String> = parts.map(|(n, verb)| format!("{n} {verb}")).collect();
            format!("{}: {}", kind.key(), parts.join(", "))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { "no rows".to_owned() } else { told.join("; ") }
    }
}

impl core::fmt::Display for Change {
    /// `changed person ana: bucket general -> design`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {} {}", self.verb.key(), self.kind.key(), self.key)?;
        for (place, (name, before, after)) in self.fields.iter().enumerate() {
            let mark = if place == 0 { ": " } else { ", " };
            let after = if after.is_empty() { "-" } else { after };
            match before.as_str() {
                "" => write!(f, "{mark}{name} {after}")?,
                before => write!(f, "{mark}{name} {before} -> {after}")?,
            }
        }
        Ok(())
    }
}

impl core::fmt::Display for Plan {
    /// Every change on a line, then the notes, then the counts.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for change in self.changes.iter().filter(|change| change.verb != Verb::Same) {
            writeln!(f, "{change}")?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        write!(f, "{}", self.summary())
    }
}

/// Collects what changes of one thing.
#[derive(Default)]
pub(super) struct Fields(Vec<(&'static str, String, String)>);

impl Fields {
    /// Compares one column; `before` is `None` for what is new.
    pub(super) fn add<T: PartialEq>(
        &mut self,
        name: &'static str,
        before: Option<&T>,
        after: &T,
        show: impl Fn(&T) -> String,
    ) {
        if before == Some(after) {
            return;
        }
        let (before, after) = (before.map_or_else(String::new, &show), show(after));
        if before != after {
            self.0.push((name, before, after));
        }
    }

    /// The change; a thing that is not new and has no changed field is the same.
    pub(super) fn change(self, kind: Kind, key: &str, is_new: bool) -> Change {
        let verb = match (is_new, self.0.is_empty()) {
            (true, _) => Verb::Added,
            (false, false) => Verb::Changed,
            (false, true) => Verb::Same,
        };
        Change { kind, key: key.to_owned(), verb, fields: self.0 }
    }
}

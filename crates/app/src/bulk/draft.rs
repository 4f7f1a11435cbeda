//! A plan in the making: what is there, what the rows add to it, what is wrong with them.

use super::change::{Change, Fields, Plan, Verb};
use super::groups::Named;
use faregate_core::estate::{BucketId, Estate, GroupId, PersonId, folded};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::{Instant, Zone};
use faregate_ingest::estate::rows::When;
use faregate_ingest::estate::{Document, Fault, Faults, Kind, Row, Source, nearest};
use rustc_hash::FxHashMap;

/// A plan in the making.
pub(super) struct Draft<'a> {
    pub(super) state: &'a State,
    pub(super) document: &'a Document,
    pub(super) now: Instant,
    pub(super) faults: Faults,
    pub(super) notes: Vec<String>,
    changes: Vec<Change>,
    events: Vec<Event>,
    /// Ids that new things will get, by folded key.
    pub(super) groups: FxHashMap<String, GroupId>,
    pub(super) buckets: FxHashMap<String, BucketId>,
    pub(super) people: FxHashMap<String, PersonId>,
    /// Keys of new groups and buckets, in the order of their ids.
    pub(super) group_keys: Vec<String>,
    pub(super) bucket_keys: Vec<String>,
    /// Dimensions of the groups that rows are about.
    pub(super) dimensions: FxHashMap<GroupId, Option<String>>,
    /// Departments and cost centres by name.
    pub(super) named: Named,
}

impl<'a> Draft<'a> {
    pub(super) fn new(state: &'a State, now: Instant, document: &'a Document) -> Self {
        Self {
            state,
            document,
            now,
            faults: Faults::default(),
            notes: Vec::new(),
            changes: Vec::new(),
            events: Vec::new(),
            groups: FxHashMap::default(),
            buckets: FxHashMap::default(),
            people: FxHashMap::default(),
            group_keys: Vec::new(),
            bucket_keys: Vec::new(),
            dimensions: FxHashMap::default(),
            named: Named::default(),
        }
    }

    pub(super) fn estate(&self) -> &'a Estate {
        self.state.estate()
    }

    pub(super) fn zone(&self) -> &'a Zone {
        self.state.zone()
    }

    pub(super) fn instant(&self, when: When) -> Instant {
        when.instant(self.zone())
    }

    /// Adds an event, unless it is about nothing.
    pub(super) fn book<T>(&mut self, what: Vec<T>, event: impl Fn(Vec<T>) -> Event) {
        if !what.is_empty() {
            self.events.push(event(what));
        }
    }

    /// Adds one event.
    pub(super) fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Notes what becomes of a thing; returns whether anything does.
    pub(super) fn change(&mut self, kind: Kind, key: &str, is_new: bool, fields: Fields) -> bool {
        let change = fields.change(kind, key, is_new);
        let is_something = change.verb != Verb::Same;
        self.changes.push(change);
        is_something
    }

    pub(super) fn fault(&mut self, at: &Source, message: String, help: impl Into<String>) {
        self.faults.add(at, message, help);
    }

    /// The rows without those whose key an earlier row has.
    pub(super) fn once<T>(
        &mut self,
        rows: &'a [Row<T>],
        what: &str,
        key: impl Fn(&T) -> String,
    ) -> Vec<&'a Row<T>> {
        let mut seen: FxHashMap<String, &Source> = FxHashMap::default();
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let key = key(&row.value);
            if let Some(first) = seen.get(&folded(&key)) {
                let message =
                    format!("{what} `{key}` has a row in {}:{} already", first.file, first.line);
                self.faults.add(&row.source, message, "keep one of the two");
                continue;
            }
            seen.insert(folded(&key), &row.source);
            kept.push(row);
        }
        kept
    }

    /// The group of a key, there or to be.
    pub(super) fn group(&mut self, at: &Source, key: &str) -> Option<GroupId> {
        let known = self.groups.get(&folded(key)).copied();
        let found = known.or_else(|| self.estate().group_called(key));
        if found.is_none() {
            let known = self.estate().groups().iter().map(|group| group.key.as_str());
            let near = nearest(&folded(key), known.chain(self.groups.keys().map(String::as_str)));
            let help = hint(near, "add a group of this key");
            self.faults.add(at, format!("there is no group `{key}`"), help);
        }
        found
    }

    /// The bucket of a key, there or to be.
    pub(super) fn bucket(&mut self, at: &Source, key: &str) -> Option<BucketId> {
        let known = self.buckets.get(&folded(key)).copied();
        let found = known.or_else(|| self.estate().bucket_called(key));
        if found.is_none() {
            let known = self.estate().buckets().iter().map(|bucket| bucket.key.as_str());
            let near = nearest(&folded(key), known.chain(self.buckets.keys().map(String::as_str)));
            let help = hint(near, "add a bucket of this key");
            self.faults.add(at, format!("there is no bucket `{key}`"), help);
        }
        found
    }

    /// The person of a key or another name, there or to be.
    pub(super) fn person(&mut self, at: &Source, key: &str) -> Option<PersonId> {
        let known = self.people.get(&folded(key)).copied();
        let found = known.or_else(|| self.known_person(key));
        if found.is_none() {
            let help = "add a person of this key, or write one of the names of somebody";
            self.faults.add(at, format!("there is no person `{key}`"), help);
        }
        found
    }

    /// Whoever has the name now, or had it last.
    pub(super) fn known_person(&self, name: &str) -> Option<PersonId> {
        let now = self.estate().person_known_as(name, self.now);
        now.or_else(|| self.estate().person_called(name))
    }

    /// The key of a group, there or to be.
    pub(super) fn group_key(&self, id: GroupId) -> &str {
        let there = self.estate().groups();
        let new = || self.group_keys.get(id.index().checked_sub(there.len())?);
        there.get(id.index()).map(|group| &group.key).or_else(new).map_or("?", String::as_str)
    }

    /// The key of a bucket, there or to be.
    pub(super) fn bucket_key(&self, id: BucketId) -> &str {
        let there = self.estate().buckets();
        let new = || self.bucket_keys.get(id.index().checked_sub(there.len())?);
        there.get(id.index()).map(|bucket| &bucket.key).or_else(new).map_or("?", String::as_str)
    }

    /// The key of a person, there or to be.
    pub(super) fn person_key(&self, id: PersonId) -> &str {
        let there = self.estate().person(id).map(|person| person.key.as_str());
        let new = || self.people.iter().find(|(_, new)| **new == id).map(|(key, _)| key.as_str());
        there.or_else(new).unwrap_or("?")
    }

    pub(super) fn finish(self) -> Result<Plan, Vec<Fault>> {
        let Self { state, faults, notes, mut changes, events, .. } = self;
        changes.sort_by_key(|change| change.kind);
        faults.or(Plan { seq: state.seq(), events, changes, notes })
    }
}

/// A remedy that names what was probably meant.
pub(super) fn hint(near: Option<&str>, otherwise: &str) -> String {
    near.map_or_else(
        || otherwise.to_owned(),
        |near| format!("did you mean `{near}`? Else {otherwise}"),
    )
}

/// Ids from the next one on; `None` when there are no more.
pub(super) fn next_id<N: TryFrom<usize>>(there: usize, more: usize) -> Option<N> {
    N::try_from(there.checked_add(more)?).ok()
}

/// A list as a cell shows it.
pub(super) fn listed<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("|")
}

//! People, and the names without a term that their rows give them.

use super::change::Fields;
use super::draft::{Draft, listed, next_id};
use super::groups::{self, COST_CENTRE, DEPARTMENT};
use faregate_core::estate::{AliasTerm, GENERAL, GroupId, Person, PersonId, Standing, folded};
use faregate_core::event::{Event, PersonSet};
use faregate_core::when::Instant;
use faregate_ingest::estate::rows::{self, Said};
use faregate_ingest::estate::{Kind, Row, Source};
use rustc_hash::FxHashMap;

/// What to do where a name is another person's because nobody knew better: an import moves no use.
pub(super) const ONE_PERSON: &str =
    "if both are one person, `faregate person merge` shows what would change";

/// A person as a row wants them.
struct Wanted {
    id: PersonId,
    is_new: bool,
    set: PersonSet,
    /// Names that they do not have yet.
    aliases: Vec<String>,
}

/// Plans people; returns further names of those who are there already, for the event of names.
pub(super) fn plan(draft: &mut Draft<'_>) -> Vec<AliasTerm> {
    let rows = recognised(draft);
    claim(draft, &rows);
    let (mut added, mut set, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (row, known) in rows {
        let Some(wanted) = wanted(draft, row, known) else { continue };
        let Wanted { id, is_new, set: person, aliases } = wanted;
        let changes = note(draft, known, &person, &aliases);
        if is_new {
            let Person { key, name, .. } = of(&person);
            added.push(Person { key, name, bucket: person.bucket, aliases });
        } else {
            let forever = (Instant(i64::MIN), Instant(i64::MAX));
            let term = |alias| AliasTerm { alias, person: id, from: forever.0, until: forever.1 };
            names.extend(aliases.into_iter().map(term));
        }
        if (is_new && person.standing != Standing::default()) || (!is_new && changes) {
            set.push(person);
        }
    }
    note_managers(draft);
    draft.book(added, Event::PeopleAdded);
    draft.book(set, Event::PeopleSet);
    names
}

fn of(set: &PersonSet) -> Person {
    let (key, name) = (set.key.clone(), set.name.clone());
    Person { key, name, bucket: set.bucket, aliases: Vec::new() }
}

type Recognised<'a> = Vec<(&'a Row<rows::Person>, Option<PersonId>)>;

/// The rows, one a person, with the person where there is one; new ones get their ids.
fn recognised<'a>(draft: &mut Draft<'a>) -> Recognised<'a> {
    let rows = draft.once(&draft.document.people, "person", |person| person.key.clone());
    let mut seen: FxHashMap<PersonId, &Source> = FxHashMap::default();
    let mut kept = Vec::with_capacity(rows.len());
    let mut new_count = 0;
    for row in rows {
        let key = &row.value.key;
        let known = draft.known_person(key);
        let first = known.and_then(|id| seen.insert(id, &row.source));
        if let Some(first) = first {
            let message = format!("`{key}` is the person of {}:{}", first.file, first.line);
            draft.fault(&row.source, message, "keep one of the two rows");
            continue;
        }
        if known.is_none() {
            let there = draft.estate().people().len();
            let Some(id) = next_id(there, new_count) else { continue };
            new_count += 1;
            draft.people.insert(folded(key), PersonId(id));
        }
        kept.push((row, known));
    }
    kept
}

/// Every name is one person's only: among rows, and among what is there.
fn claim(draft: &mut Draft<'_>, rows: &Recognised<'_>) {
    for (row, known) in rows {
        let rows::Person { key, aliases, .. } = &row.value;
        let Some(id) = known.or_else(|| draft.people.get(&folded(key)).copied()) else { continue };
        for alias in aliases {
            let there = draft.estate().person_called(alias);
            let owner = there.or_else(|| draft.people.get(&folded(alias)).copied());
            match owner.filter(|owner| *owner != id) {
                None => {
                    draft.people.insert(folded(alias), id);
                }
                Some(owner) => {
                    let whose = name_of(draft, owner);
                    let message = format!("`{alias}` is a name of `{whose}` already");
                    let help = format!(
                        "take it out of this row, or write `{whose}` as the row's key; {ONE_PERSON}"
                    );
                    draft.fault(&row.source, message, help);
                }
            }
        }
    }
}

fn name_of(draft: &Draft<'_>, id: PersonId) -> String {
    let there = draft.estate().person(id).map(|person| person.key.clone());
    there.unwrap_or_else(|| "somebody else of this import".to_owned())
}

fn wanted(
    draft: &mut Draft<'_>,
    row: &Row<rows::Person>,
    known: Option<PersonId>,
) -> Option<Wanted> {
    let said = &row.value;
    let id = known.or_else(|| draft.people.get(&folded(&said.key)).copied())?;
    let estate = draft.estate();
    let before = known.and_then(|id| estate.person(id));
    let mut set = PersonSet {
        key: before.map_or(&said.key, |before| &before.key).clone(),
        name: before.map_or(&said.key, |before| &before.name).clone(),
        bucket: before.map_or(GENERAL, |before| before.bucket),
        standing: known.and_then(|id| estate.standing(id)).cloned().unwrap_or_default(),
    };
    set.name = said.name.clone().unwrap_or(set.name);
    if let Some(key) = &said.bucket {
        set.bucket = draft.bucket(&row.source, key)?;
    }
    set.standing.groups = standing_groups(draft, row, core::mem::take(&mut set.standing.groups));
    set.standing.contractor = said.contractor.unwrap_or(set.standing.contractor);
    let until = match said.until {
        Said::Nothing => Said::Nothing,
        Said::Cleared => Said::Cleared,
        Said::Value(when) => Said::Value(draft.instant(when)),
    };
    set.standing.until = until.over(set.standing.until);
    let mut aliases: Vec<String> = Vec::new();
    for alias in &said.aliases {
        let is_there =
            draft.estate().person_called(alias).is_some() || folded(alias) == folded(&set.key);
        if !is_there && !aliases.iter().any(|other| folded(other) == folded(alias)) {
            aliases.push(alias.clone());
        }
    }
    Some(Wanted { id, is_new: before.is_none(), set, aliases })
}

/// The groups that a person is put into: those said, else those there; a department replaces the one there.
fn standing_groups(
    draft: &mut Draft<'_>,
    row: &Row<rows::Person>,
    there: Vec<GroupId>,
) -> Vec<GroupId> {
    let said = &row.value;
    let mut groups = match &said.groups {
        None => there,
        Some(keys) => keys.iter().filter_map(|key| draft.group(&row.source, key)).collect(),
    };
    for (dimension, name) in [(DEPARTMENT, &said.department), (COST_CENTRE, &said.cost_centre)] {
        if *name == Said::Nothing {
            continue;
        }
        groups.retain(|id| dimension_of(draft, *id) != Some(dimension));
        let id = name.value().and_then(|name| draft.named.get(&(dimension, folded(name))));
        groups.extend(id.copied());
    }
    let mut seen = Vec::with_capacity(groups.len());
    groups.retain(|id| {
        !seen.contains(id) && {
            seen.push(*id);
            true
        }
    });
    if let Some(second) = groups::excluded(draft, &groups) {
        let dimension = dimension_of(draft, second).unwrap_or_default().to_owned();
        let message =
            format!("`{}` would be in two groups of the dimension `{dimension}`", said.key);
        draft.fault(&row.source, message, "keep one of them in `groups`");
    }
    groups
}

fn dimension_of<'d>(draft: &'d Draft<'_>, id: GroupId) -> Option<&'d str> {
    let there = || draft.estate().group(id).and_then(|group| group.dimension.as_ref());
    draft.dimensions.get(&id).map_or_else(there, Option::as_ref).map(String::as_str)
}

/// Notes what becomes of a person; returns whether what the event of people says of them changes.
fn note(
    draft: &mut Draft<'_>,
    known: Option<PersonId>,
    set: &PersonSet,
    aliases: &[String],
) -> bool {
    let estate = draft.estate();
    let before = known.and_then(|id| estate.person(id));
    let fresh = Standing::default();
    let standing = known.map(|id| estate.standing(id).unwrap_or(&fresh));
    let mut fields = Fields::default();
    fields.add("name", before.map(|b| &b.name), &set.name, Clone::clone);
    let bucket = |id: &_| draft.bucket_key(*id).to_owned();
    fields.add("bucket", before.map(|b| &b.bucket), &set.bucket, bucket);
    let groups = |ids: &Vec<GroupId>| listed(ids.iter().map(|id| draft.group_key(*id)));
    fields.add("groups", standing.map(|s| &s.groups), &set.standing.groups, groups);
    let flag = |yes: &bool| if *yes { "yes".to_owned() } else { String::new() };
    fields.add("contractor", standing.map(|s| &s.contractor), &set.standing.contractor, flag);
    let until = |until: &Option<Instant>| {
        until.map_or_else(String::new, |at| super::export::when(draft.zone(), at))
    };
    fields.add("until", standing.map(|s| &s.until), &set.standing.until, until);
    let is_same = before.is_some_and(|b| b.name == set.name && b.bucket == set.bucket)
        && standing == Some(&set.standing);
    if !aliases.is_empty() {
        let (none, more) = (Vec::new(), aliases.to_vec());
        fields.add("aliases", Some(&none), &more, |all: &Vec<String>| {
            listed(all.iter().map(String::as_str))
        });
    }
    draft.change(Kind::Person, &set.key, before.is_none(), fields);
    !is_same
}

fn note_managers(draft: &mut Draft<'_>) {
    let count = draft.document.people.iter().filter(|row| row.value.manager.is_some()).count();
    if count > 0 {
        let note = format!("the managers of {count} people are not kept: owners of buckets decide");
        draft.notes.push(note);
    }
}

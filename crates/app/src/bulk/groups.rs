//! Groups: those of rows, and those that people's departments and cost centres come down to.

use super::change::Fields;
use super::draft::{Draft, listed, next_id};
use super::tree;
use faregate_core::estate::{Group, GroupId, folded};
use faregate_core::event::Event;
use faregate_ingest::estate::rows::{self, Said};
use faregate_ingest::estate::{Kind, Row, Source};
use rustc_hash::FxHashMap;

/// The dimension of departments.
pub(super) const DEPARTMENT: &str = "department";
/// The dimension of cost centres.
pub(super) const COST_CENTRE: &str = "cost-centre";

/// Which group a department or cost centre is, by dimension and folded name.
pub(super) type Named = FxHashMap<(&'static str, String), GroupId>;

pub(super) fn plan(draft: &mut Draft<'_>) {
    let rows = draft.once(&draft.document.groups, "group", |group| group.key.clone());
    let mut set = Vec::new();
    let mut redimensioned = Vec::new();
    for row in in_order(draft, &rows) {
        let known = draft.estate().group_called(&row.value.key);
        let Some((id, group)) = group(draft, row, known) else { continue };
        let before = known.and_then(|id| draft.estate().group(id));
        if before.is_some_and(|before| before.dimension != group.dimension) {
            redimensioned.push((id, row));
        }
        let key = before.map_or(&group.key, |before| &before.key);
        let fields = fields(draft, before, &group);
        if draft.change(Kind::Group, key, before.is_none(), fields) {
            set.push(group);
        }
    }
    refuse_clashes(draft, &redimensioned);
    let more = of_people(draft, &set);
    set.extend(more);
    draft.book(set, Event::GroupsSet);
}

fn in_order<'a>(draft: &mut Draft<'a>, rows: &[&'a Row<rows::Group>]) -> Vec<&'a Row<rows::Group>> {
    let keys: Vec<String> = rows.iter().map(|row| folded(&row.value.key)).collect();
    let said: FxHashMap<&str, &Vec<String>> = rows
        .iter()
        .zip(&keys)
        .filter_map(|(row, key)| Some((key.as_str(), row.value.parents.as_ref()?)))
        .collect();
    let estate = draft.estate();
    let there = |key: &str| {
        let group = estate.group_called(key).and_then(|id| estate.group(id));
        let parents = group.map_or(&[][..], |group| &group.parents);
        parents.iter().filter_map(|id| estate.group(*id)).map(|group| folded(&group.key)).collect()
    };
    let (order, knots) = tree::order(&keys, |key| match said.get(key) {
        Some(parents) => parents.iter().map(|parent| folded(parent)).collect(),
        None => there(key),
    });
    for (place, message, help) in knots.into_iter().map(|knot| knot.told("group")) {
        if let Some(row) = rows.get(place) {
            draft.fault(&row.source, message, help);
        }
    }
    // Ids in the order of the event, so that a row can name one that is still to come as its parent.
    let sorted: Vec<_> = order.into_iter().filter_map(|place| rows.get(place).copied()).collect();
    let new = sorted.iter().filter(|row| estate.group_called(&row.value.key).is_none());
    for row in new {
        give_id(draft, &row.value.key);
    }
    sorted
}

fn give_id(draft: &mut Draft<'_>, key: &str) -> Option<GroupId> {
    let id = GroupId(next_id(draft.estate().groups().len(), draft.group_keys.len())?);
    draft.group_keys.push(key.to_owned());
    draft.groups.insert(folded(key), id);
    Some(id)
}

/// The group as a row wants it.
fn group(
    draft: &mut Draft<'_>,
    row: &Row<rows::Group>,
    known: Option<GroupId>,
) -> Option<(GroupId, Group)> {
    let before = known.and_then(|id| draft.estate().group(id)).cloned();
    let rows::Group { key, name, dimension, parents } = row.value.clone();
    let id = known.or_else(|| draft.groups.get(&folded(&key)).copied())?;
    let mut group = before.unwrap_or_else(|| Group {
        name: key.clone(),
        key,
        dimension: None,
        parents: Vec::new(),
    });
    group.name = name.unwrap_or(group.name);
    group.dimension = dimension.over(group.dimension);
    if let Some(parents) = parents {
        let found = parents.iter().filter_map(|key| draft.group(&row.source, key));
        group.parents = found.collect();
        group.parents.sort_unstable();
        group.parents.dedup();
    }
    draft.dimensions.insert(id, group.dimension.clone());
    Some((id, group))
}

fn fields(draft: &Draft<'_>, before: Option<&Group>, after: &Group) -> Fields {
    let mut fields = Fields::default();
    fields.add("name", before.map(|b| &b.name), &after.name, Clone::clone);
    let text = |dimension: &Option<String>| dimension.clone().unwrap_or_default();
    fields.add("dimension", before.map(|b| &b.dimension), &after.dimension, text);
    let parents = |parents: &Vec<GroupId>| listed(parents.iter().map(|id| draft.group_key(*id)));
    fields.add("parents", before.map(|b| &b.parents), &after.parents, parents);
    fields
}

/// A group that joins a dimension excludes others from then on: nobody may be in two of them already.
fn refuse_clashes(draft: &mut Draft<'_>, changed: &[(GroupId, &Row<rows::Group>)]) {
    if changed.is_empty() {
        return;
    }
    let estate = draft.estate();
    for (id, person) in estate.everybody() {
        let Some(standing) = estate.standing(id) else { continue };
        let Some(second) = excluded(draft, &standing.groups) else { continue };
        let ours = |(id, _): &&(GroupId, &Row<rows::Group>)| standing.groups.contains(id);
        if let Some((_, row)) = changed.iter().find(ours) {
            let other = estate.group(second).map_or("?", |group| group.key.as_str());
            let message =
                format!("`{}` is in a second group of the dimension, `{other}`", person.key);
            draft.faults.add(&row.source, message, "take them out of one of the two first");
        }
    }
}

/// The second of two groups of one dimension, as dimensions will be.
pub(super) fn excluded(draft: &Draft<'_>, groups: &[GroupId]) -> Option<GroupId> {
    let mut seen: Vec<(&str, GroupId)> = Vec::new();
    for &id in groups {
        let there = || draft.estate().group(id).and_then(|group| group.dimension.as_ref());
        let dimension = draft.dimensions.get(&id).map_or_else(there, Option::as_ref);
        let Some(dimension) = dimension else { continue };
        if seen.iter().any(|(known, other)| known == dimension && *other != id) {
            return Some(id);
        }
        seen.push((dimension, id));
    }
    None
}

/// The groups that people's departments and cost centres name and that are not there yet.
fn of_people(draft: &mut Draft<'_>, set: &[Group]) -> Vec<Group> {
    let document = draft.document;
    draft.named = named(draft, set);
    let mut new = Vec::new();
    for row in &document.people {
        let said = [(DEPARTMENT, &row.value.department), (COST_CENTRE, &row.value.cost_centre)];
        for (dimension, name) in said {
            let Said::Value(name) = name else { continue };
            if !draft.named.contains_key(&(dimension, folded(name))) {
                new.extend(new_of(draft, &row.source, dimension, name));
            }
        }
    }
    new
}

/// The groups of both dimensions by key and by name, as rows will have them.
fn named(draft: &Draft<'_>, set: &[Group]) -> Named {
    let estate = draft.estate();
    let there = (0u32..).map(GroupId).zip(estate.groups());
    let of_rows = set.iter().filter_map(|group| {
        let id = estate.group_called(&group.key).or(draft.groups.get(&folded(&group.key)).copied());
        Some((id?, group))
    });
    let mut named = Named::default();
    for (id, group) in there.chain(of_rows) {
        let dimension = draft.dimensions.get(&id).unwrap_or(&group.dimension).as_deref();
        let ours = [DEPARTMENT, COST_CENTRE].into_iter().find(|ours| dimension == Some(ours));
        for name in [&group.key, &group.name] {
            named.extend(ours.map(|ours| ((ours, folded(name)), id)));
        }
    }
    named
}

fn new_of(
    draft: &mut Draft<'_>,
    at: &Source,
    dimension: &'static str,
    name: &str,
) -> Option<Group> {
    let slug = slug(name);
    let taken =
        |key: &str| draft.groups.contains_key(key) || draft.estate().group_called(key).is_some();
    let longer = format!("{dimension}-{slug}");
    let key = [slug, longer].into_iter().find(|key| !key.is_empty() && !taken(key));
    let Some(key) = key else {
        let message = format!("no key is free for the {dimension} `{name}`");
        draft.fault(at, message, "add a group of this dimension and name by hand");
        return None;
    };
    let id = give_id(draft, &key)?;
    draft.named.insert((dimension, folded(name)), id);
    let (name, dimension) = (name.to_owned(), Some(dimension.to_owned()));
    let group = Group { key, name, dimension, parents: Vec::new() };
    draft.dimensions.insert(id, group.dimension.clone());
    let fields = fields(draft, None, &group);
    draft.change(Kind::Group, &group.key, true, fields);
    Some(group)
}

/// A name as a key: `R&D Madrid` as `r-d-madrid`.
fn slug(name: &str) -> String {
    let letters = name.to_lowercase();
    let parts = letters.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

//! Dated names: one person's at a time.

use super::change::Fields;
use super::draft::Draft;
use super::export::when;
use super::people::ONE_PERSON;
use faregate_core::estate::{AliasTerm, PersonId, folded};
use faregate_core::event::Event;
use faregate_core::when::Instant;
use faregate_ingest::estate::rows;
use faregate_ingest::estate::{Kind, Row};
use rustc_hash::FxHashMap;

/// Terms of a name, with whose it is.
type Terms = FxHashMap<String, Vec<AliasTerm>>;

/// Plans dated names, after `more` that people's rows brought.
pub(super) fn plan(draft: &mut Draft<'_>, more: Vec<AliasTerm>) {
    let mut terms = Terms::default();
    let mut set = more;
    if !draft.document.aliases.is_empty() {
        let there = draft.estate().alias_terms();
        for term in there.into_iter().chain(set.iter().cloned()) {
            terms.entry(folded(&term.alias)).or_default().push(term);
        }
    }
    let document = draft.document;
    for row in &document.aliases {
        if let Some(term) = wanted(draft, row) {
            set.extend(judged(draft, row, &mut terms, term));
        }
    }
    draft.book(set, Event::AliasesSet);
}

fn wanted(draft: &mut Draft<'_>, row: &Row<rows::Alias>) -> Option<AliasTerm> {
    let rows::Alias { alias, person, from, until } = &row.value;
    let person = draft.person(&row.source, person)?;
    let from = from.map_or(Instant(i64::MIN), |from| draft.instant(from));
    let until = until.map_or(Instant(i64::MAX), |until| draft.instant(until));
    if until <= from {
        let message = format!("the name `{alias}` would end before it begins");
        draft.fault(&row.source, message, "put `until` after `from`");
        return None;
    }
    Some(AliasTerm { alias: alias.clone(), person, from, until })
}

/// The term, when it is new or changed and contradicts no other.
fn judged(
    draft: &mut Draft<'_>,
    row: &Row<rows::Alias>,
    terms: &mut Terms,
    term: AliasTerm,
) -> Option<AliasTerm> {
    let estate = draft.estate();
    // Who was merged into them keeps their names, so that they have them again if that is taken back.
    let is_theirs = |id: PersonId| estate.same_as(id) == term.person;
    if estate.identity_keyed(&term.alias).is_some_and(|id| id != term.person && is_theirs(id)) {
        return None;
    }
    let undated = undated_owner(draft, &term.alias);
    let known = terms.entry(folded(&term.alias)).or_default();
    let overlaps = |other: &&AliasTerm| {
        !is_theirs(other.person) && other.from < term.until && term.from < other.until
    };
    let other = known.iter().find(overlaps).map(|other| other.person);
    if let Some(owner) = undated.filter(|owner| *owner != term.person).or(other) {
        let whose = draft.estate().person(owner).map_or("somebody else", |person| &person.key);
        let message = format!("`{}` is a name of `{whose}` at that time", term.alias);
        let help = format!("end one term where the other begins; {ONE_PERSON}");
        draft.fault(&row.source, message, help);
        return None;
    }
    let same = known.iter().position(|other| is_theirs(other.person) && other.from == term.from);
    let whose = same.and_then(|place| known.get(place)).map_or(term.person, |one| one.person);
    let term = AliasTerm { person: whose, ..term };
    let before = same.and_then(|place| known.get(place)).map(|before| before.until);
    let zone = draft.zone();
    let mut fields = Fields::default();
    fields.add("until", before.as_ref(), &term.until, |at| when(zone, *at));
    let clashes = known.iter().find(|other| {
        other.from != term.from && other.from < term.until && term.from < other.until
    });
    if clashes.is_some() {
        let message = format!("`{}` has another term of the same person then", term.alias);
        draft.fault(&row.source, message, "end one term where the other begins");
        return None;
    }
    match same.and_then(|place| known.get_mut(place)) {
        Some(place) => *place = term.clone(),
        None => known.push(term.clone()),
    }
    draft.change(Kind::Alias, &term.alias, before.is_none(), fields).then_some(term)
}

/// Whose key or name without a term this is, there or to be.
fn undated_owner(draft: &Draft<'_>, alias: &str) -> Option<PersonId> {
    let there = draft.estate().person_called(alias).filter(|id| {
        let person = draft.estate().person(*id);
        person.is_some_and(|person| {
            person.aliases.iter().chain([&person.key]).any(|name| folded(name) == folded(alias))
        })
    });
    there.or_else(|| draft.people.get(&folded(alias)).copied())
}

//! People by the names that a licence server knows, and groups of those who may open the same.

use super::plan::Unsaid;
use faregate_core::estate::{Estate, PersonId, folded};
use faregate_core::when::Instant;
use faregate_ingest::options::Name;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Longer names of groups are shortened to a digest.
const NAME_BYTES: usize = 40;

/// The names of people that can stand in an options file.
pub(super) struct Known {
    names: BTreeMap<PersonId, BTreeSet<Name>>,
}

impl Known {
    /// Every name of everybody, but for e-mail addresses: `@` parts user and host in every line of the server.
    pub(super) fn of(estate: &Estate, now: Instant, unsaid: &mut Vec<Unsaid>) -> Self {
        let mut all: BTreeMap<PersonId, BTreeMap<String, String>> = BTreeMap::new();
        let mut add = |person, name: &str| {
            let known: &mut BTreeMap<_, _> = all.entry(person).or_default();
            if !name.contains('@') {
                known.entry(folded(name)).or_insert_with(|| name.to_owned());
            }
        };
        for (id, _) in estate.everybody() {
            estate.undated_names(id).for_each(|name| add(id, name));
        }
        for term in estate.alias_terms() {
            if term.from <= now && now < term.until {
                add(estate.same_as(term.person), &term.alias);
            }
        }
        let mut names = BTreeMap::new();
        for (person, known) in all {
            let good: &mut BTreeSet<Name> = names.entry(person).or_default();
            for name in known.into_values() {
                match Name::new(&name) {
                    Ok(name) => drop(good.insert(name)),
                    Err(bad) => unsaid.push(Unsaid::new(
                        format!(
                            "a name of {} cannot stand in the file: {bad}",
                            key(estate, person)
                        ),
                        bad.help(),
                    )),
                }
            }
        }
        Self { names }
    }

    /// The names of these people, all together.
    pub(super) fn members<'p>(
        &self,
        people: impl IntoIterator<Item = &'p PersonId>,
    ) -> BTreeSet<Name> {
        people.into_iter().filter_map(|person| self.names.get(person)).flatten().cloned().collect()
    }

    pub(super) fn is_nameless(&self, person: PersonId) -> bool {
        self.names.get(&person).is_none_or(BTreeSet::is_empty)
    }
}

pub(super) fn key(estate: &Estate, person: PersonId) -> String {
    estate.person(person).map_or_else(String::new, |person| format!("`{}`", person.key))
}

/// What people may open, by the keys of the products: who may open the same is one group.
pub(super) type Rights = BTreeSet<String>;

/// The name of a group of people with these rights: the same for the same rights, whoever has them, so that only
/// the lines of groups change when people come and go.
pub(super) fn name_of(rights: &Rights, all: &Rights) -> Option<Name> {
    let plain = |key: &String| {
        key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    // No key has `_`, so that different rights have different names.
    let listed = rights.iter().fold("faregate".to_owned(), |name, key| format!("{name}_{key}"));
    let text = if rights.is_empty() {
        "faregate-none".to_owned()
    } else if rights == all {
        "faregate-all".to_owned()
    } else if listed.len() <= NAME_BYTES && rights.iter().all(plain) {
        listed
    } else {
        let text: String = rights.iter().map(|key| format!("{key}\n")).collect();
        let hash = Sha256::digest(text.as_bytes());
        let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("faregate-{}-products-{hash}", rights.len())
    };
    Name::new(&text).ok()
}

//! Who is to be in a group of the company's directory, as the estate has it.
//!
//! The vendor assigns products by such groups, so whoever may use a seat has to be in one. Nobody is left
//! out silently: whom the directory cannot be told of, since no address or more than one is known, is named.

use faregate_core::estate::{Estate, Person, PersonId, SeatId};
use faregate_core::when::Instant;
use std::collections::BTreeSet;

/// Who is to be in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembersOf<'a> {
    /// Whoever holds a seat of the offering with this key.
    Offering(&'a str),
    /// Whoever holds a seat that covers the product with this key.
    Product(&'a str),
    /// Whoever is in the group with this key, or in one below it.
    Group(&'a str),
}

/// Somebody who is to be in a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Their e-mail address.
    pub email: String,
    /// Their name; empty when only an address is known.
    pub name: String,
}

/// Who is to be in a group, and of whom it cannot be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// By address.
    pub members: BTreeSet<Member>,
    /// By key.
    pub unsaid: BTreeSet<(String, Unsaid)>,
}

/// Why the directory cannot be told of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsaid {
    /// None of their names is an address.
    NoAddress,
    /// Several are, and none of them is their key.
    SeveralAddresses,
}

impl Unsaid {
    /// As a sentence's end: "cannot be said, since …".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoAddress => "none of their names is an e-mail address",
            Self::SeveralAddresses => {
                "several of their names are e-mail addresses, and their key is none"
            }
        }
    }
}

/// The estate has nothing of this key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} `{key}`")]
pub struct NoSuch {
    /// What was looked for.
    pub what: &'static str,
    /// Its key.
    pub key: String,
}

/// Who is to be in a group at an instant. Whoever may open nothing any more is in none.
///
/// # Errors
/// [`NoSuch`].
pub fn membership(estate: &Estate, of: MembersOf<'_>, now: Instant) -> Result<Membership, NoSuch> {
    let mut found = Membership::default();
    for id in people(estate, of, now)? {
        let gone =
            estate.standing(id).and_then(|standing| standing.until).is_some_and(|at| at <= now);
        let Some(person) = estate.person(id).filter(|_| !gone) else { continue };
        match address(person, &estate.names_of(id, now)) {
            Ok(email) => drop(found.members.insert(Member { name: shown(person), email })),
            Err(why) => drop(found.unsaid.insert((person.key.clone(), why))),
        }
    }
    Ok(found)
}

fn people(estate: &Estate, of: MembersOf<'_>, now: Instant) -> Result<BTreeSet<PersonId>, NoSuch> {
    let none = |what, key: &str| NoSuch { what, key: key.to_owned() };
    let seats = || (0..).map(SeatId).zip(estate.seats());
    Ok(match of {
        MembersOf::Offering(key) => {
            let wanted = estate.offering_called(key).ok_or_else(|| none("offering", key))?;
            let of = seats().filter(|(_, seat)| seat.offering == wanted);
            of.filter_map(|(id, _)| estate.holder(id, now)).collect()
        }
        MembersOf::Product(key) => {
            let wanted = estate.product_called(key).ok_or_else(|| none("product", key))?;
            let of = seats().filter(|(id, _)| estate.covers(*id, wanted));
            of.filter_map(|(id, _)| estate.holder(id, now)).collect()
        }
        MembersOf::Group(key) => {
            let wanted = estate.group_called(key).ok_or_else(|| none("group", key))?;
            let all = estate.everybody().map(|(id, _)| id);
            all.filter(|id| estate.groups_of(*id).contains(&wanted)).collect()
        }
    })
}

/// A person's one address: their key when it is one, else the only one among their names.
fn address(person: &Person, names: &[String]) -> Result<String, Unsaid> {
    if is_address(&person.key) {
        return Ok(person.key.clone());
    }
    let mut addresses = names.iter().filter(|name| is_address(name));
    match (addresses.next(), addresses.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => Err(Unsaid::NoAddress),
        (Some(_), Some(_)) => Err(Unsaid::SeveralAddresses),
    }
}

/// Whether a name is an address: a login at a machine (`ana@ws-1`) is none.
fn is_address(name: &str) -> bool {
    let has_space = name.contains(|c: char| c.is_whitespace() || c.is_control());
    let parts = name.split_once('@').filter(|_| !has_space);
    parts.is_some_and(|(local, domain)| {
        let labels = domain.split('.');
        !local.is_empty()
            && !domain.contains('@')
            && labels.clone().count() > 1
            && labels.clone().all(|label| !label.is_empty())
    })
}

fn shown(person: &Person) -> String {
    let says_more = person.name != person.key && !is_address(&person.name);
    if says_more { person.name.trim().to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests;

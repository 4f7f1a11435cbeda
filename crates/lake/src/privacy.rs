//! Whom the lake must not name: those who were erased, and whoever used something longer ago than is agreed.
//!
//! What is hidden is written down beside the tables, so that a lake made anew hides it as well. Several processes may
//! hide at once: each writes all that is hidden into a file of the next number, and nobody's is written over, so who
//! comes second reads first what the other hid. A pseudonym follows
//! from a name and a key that lies elsewhere: the same name has the same one, and without the key nobody can tell.
//! The journal and its store are another matter: they keep what they were told.

use crate::fault::LakeError;
use crate::place::Place;
use crate::project::names_of;
use crate::rows::{Cell, Rows};
use faregate_core::estate::{Estate, PersonId, folded};
use faregate_core::when::{Date, Instant};
use hmac::{Hmac, KeyInit, Mac};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The directory beside the tables whose newest file says what is hidden.
const HIDDEN: &str = "hidden";

/// What earlier releases wrote; it counts until there is a newer one.
const HIDDEN_FIRST: &str = "hidden.json";

/// How often what is to be hidden is written again after somebody else hid something.
const WRITES_MAX: usize = 20;

/// Numbers below this are pseudonyms of names.
pub(crate) const PSEUDONYMS_BELOW: i32 = -(1 << 30);

/// What a hidden name begins with, so that nobody takes it for a name.
const MARK: char = '~';

/// Whom the lake must not name.
#[derive(Clone, Debug, Default)]
pub struct Privacy {
    key: [u8; 32],
    months: Option<u32>,
    hidden: Hidden,
    /// Of the file that says what is hidden; 0 before there is one.
    number: u64,
}

/// What is hidden already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hidden {
    /// Ids of people who were erased.
    people: BTreeSet<u32>,
    /// Numbers of their names and of hosts that only they used.
    names: BTreeSet<i32>,
    /// Numbers of names that no row names any more.
    unused: BTreeSet<i32>,
    /// Whether rows of some month name pseudonyms instead of people.
    forgot: bool,
}

impl Privacy {
    /// What is hidden in the lake of a place. `key` makes pseudonyms; people are named for so many `months`, or
    /// for ever.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] when what is hidden cannot be read: nothing may be written then.
    pub async fn load(
        place: &Place,
        key: [u8; 32],
        months: Option<u32>,
    ) -> Result<Self, LakeError> {
        let first = place.read(HIDDEN_FIRST).await?;
        let hidden = first.map_or_else(|| Ok(Hidden::default()), |text| parsed(&text))?;
        let mut privacy = Self { key, months, hidden, number: 0 };
        privacy.refresh(place).await?;
        Ok(privacy)
    }

    /// Sees what others have hidden since; tells whether there was anything.
    pub(crate) async fn refresh(&mut self, place: &Place) -> Result<bool, LakeError> {
        let Some((number, text)) = place.newest(HIDDEN, self.number).await? else {
            return Ok(false);
        };
        (self.hidden, self.number) = (parsed(&text)?, number);
        Ok(true)
    }

    /// Which telling of what is hidden this is: another number, something else is hidden.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Numbers of names that no row names any more.
    pub(crate) fn unused(&self) -> &BTreeSet<i32> {
        &self.hidden.unused
    }

    /// Whether anything is hidden.
    pub(crate) fn hides(&self) -> bool {
        self.hidden != Hidden::default()
    }

    /// Who was erased, all their identities of now among them.
    pub(crate) fn erased(&self, estate: &Estate) -> BTreeSet<PersonId> {
        let people = self.hidden.people.iter().map(|id| estate.same_as(PersonId(*id)));
        people.flat_map(|person| estate.identities(person)).collect()
    }

    /// The names, folded, that people who were erased have by now, or ever had.
    pub(crate) fn erased_names(&self, estate: &Estate) -> BTreeSet<String> {
        let people: BTreeSet<PersonId> =
            self.hidden.people.iter().map(|id| estate.same_as(PersonId(*id))).collect();
        let names = people.into_iter().flat_map(|person| names_of(estate, person));
        names.map(|name| folded(&name)).collect()
    }

    /// Hides people and names for ever.
    pub(crate) async fn erase(
        &mut self,
        place: &Place,
        people: impl IntoIterator<Item = PersonId>,
        names: impl IntoIterator<Item = i32>,
    ) -> Result<(), LakeError> {
        let people: BTreeSet<u32> = people.into_iter().map(|person| person.0).collect();
        let names: BTreeSet<i32> = names.into_iter().collect();
        self.keep(place, &|hidden| {
            hidden.people.extend(&people);
            hidden.names.extend(&names);
        })
        .await
    }

    /// Notes which names no row names any more, once months were forgotten.
    pub(crate) async fn note_forgotten(
        &mut self,
        place: &Place,
        unused: BTreeSet<i32>,
    ) -> Result<(), LakeError> {
        self.keep(place, &|hidden| {
            hidden.unused.clone_from(&unused);
            hidden.forgot = true;
        })
        .await
    }

    /// Writes down a change of whatever is hidden now, by whomever.
    async fn keep(
        &mut self,
        place: &Place,
        change: &(dyn Fn(&mut Hidden) + Sync),
    ) -> Result<(), LakeError> {
        let failed = |error: serde_json::Error| LakeError::Damaged(error.to_string());
        for _ in 0..WRITES_MAX {
            self.refresh(place).await?;
            let mut hidden = self.hidden.clone();
            change(&mut hidden);
            if hidden == self.hidden {
                return Ok(());
            }
            let (next, text) =
                (self.number + 1, serde_json::to_vec_pretty(&hidden).map_err(failed)?);
            if place.add(HIDDEN, next, text).await? {
                (self.hidden, self.number) = (hidden, next);
                return Ok(());
            }
        }
        Err(LakeError::Busy(HIDDEN))
    }

    /// The first month whose people are named; none before any retention was agreed.
    pub(crate) fn named_from(&self, today: Date) -> Option<Date> {
        let months = self.months?;
        let first = (0..months).fold(today.month_start(), |month, _| month.plus(-1).month_start());
        Some(first)
    }

    /// Adds a name to the names, or what stands for it.
    pub(crate) fn push_name(&self, rows: &mut Rows, id: i32, text: &str) -> Result<(), LakeError> {
        rows.push(&[Cell::Int(id), Cell::Text(&self.name(id, text))])
    }

    /// A name, or what stands for it.
    pub(crate) fn name(&self, id: i32, text: &str) -> String {
        let is_hidden = self.hidden.names.contains(&id) || self.hidden.unused.contains(&id);
        let is_pseudonym = text.starts_with(MARK);
        if is_hidden && !is_pseudonym { self.pseudonym(text) } else { text.to_owned() }
    }

    /// What to call a person who is not to be named: they were erased, or have been gone for long.
    pub(crate) fn person(&self, id: PersonId, estate: &Estate, today: Date) -> Option<String> {
        let until = estate.standing(id).and_then(|standing| standing.until);
        let is_past = |until: Instant| {
            let date = faregate_core::when::Zone::utc().date(until);
            self.named_from(today).is_some_and(|first| date < first)
        };
        let is_hidden = self.hidden.people.contains(&id.0) || until.is_some_and(is_past);
        is_hidden.then(|| self.pseudonym(estate.person(id).map_or("", |person| &person.key)))
    }

    /// Whether rows of some month name pseudonyms instead of people.
    pub(crate) fn forgot(&self) -> bool {
        self.hidden.forgot
    }

    /// What stands for a name: the same for the same name, whatever its case.
    pub(crate) fn pseudonym(&self, text: &str) -> String {
        let digest = self.digest("name", faregate_core::estate::folded(text).as_bytes());
        let digits: String = digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        format!("{MARK}{digits}")
    }

    /// The id that stands for a person's in months that name nobody: below zero, another one for each person.
    pub(crate) fn person_id(&self, id: i32) -> i32 {
        // Those of 32 bits that are not of 31 go round again: it stays a permutation of 31 bits.
        let mut value = u64::from(id.unsigned_abs());
        loop {
            value = self.permuted("person", value, 16);
            if let Ok(value) = i32::try_from(value) {
                return -1 - value;
            }
        }
    }

    /// Whose the ids are that stand for people's in months that name nobody.
    pub(crate) fn people_forgotten(&self, estate: &Estate) -> FxHashMap<i32, PersonId> {
        let people = (0..).zip(estate.people()).filter(|_| self.forgot());
        people.map(|(id, _)| (self.person_id(id), PersonId(id.unsigned_abs()))).collect()
    }

    /// The number that stands for a name's in months that name nobody.
    pub(crate) fn name_id(&self, id: i32) -> i32 {
        let is_of_gate = id < 0;
        let place = u64::from(if is_of_gate { !id } else { id }.unsigned_abs());
        let value = self.permuted("name", (place * 2 + u64::from(is_of_gate)) & MASK_30, 15);
        PSEUDONYMS_BELOW - 1 - i32::try_from(value).unwrap_or_default()
    }

    /// A permutation of numbers of twice so many bits, by the key: four rounds of Feistel.
    fn permuted(&self, kind: &str, value: u64, half_bits: u32) -> u64 {
        let mask = (1 << half_bits) - 1;
        let (mut left, mut right) = (value >> half_bits & mask, value & mask);
        for round in 0..4u8 {
            let mut said = vec![round];
            said.extend(right.to_be_bytes());
            let digest = self.digest(kind, &said);
            let mixed = digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            (left, right) = (right, left ^ (mixed & mask));
        }
        left << half_bits | right
    }

    fn digest(&self, kind: &str, content: &[u8]) -> [u8; 32] {
        // A key of any length will do, so that there is nothing to fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return [0; 32] };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(content);
        mac.finalize().into_bytes().into()
    }
}

fn parsed(text: &[u8]) -> Result<Hidden, LakeError> {
    let damaged = |error| LakeError::Damaged(format!("`{HIDDEN}`: {error}"));
    serde_json::from_slice(text).map_err(damaged)
}

/// Numbers of 30 bits: half a billion names of the store, and as many of the gate.
const MASK_30: u64 = (1 << 30) - 1;

/// Whether a number is that of a name that only our gate heard.
pub(crate) fn is_of_gate(id: i32) -> bool {
    (PSEUDONYMS_BELOW..0).contains(&id)
}

/// Whether a number stands for that of a name.
pub(crate) fn is_pseudonym(id: i32) -> bool {
    id < PSEUDONYMS_BELOW
}

/// Names content, in 32 characters.
pub(crate) fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn privacy(key: u8) -> Privacy {
        Privacy { key: [key; 32], ..Privacy::default() }
    }

    /// No two numbers get the same one, none stays in the range of those that name somebody.
    #[test]
    fn numbers_that_stand_for_others_are_all_different() {
        let privacy = privacy(7);
        let ids = (0..5_000).chain(i32::MAX - 5_000..i32::MAX);
        let people: Vec<i32> = ids.map(|id| privacy.person_id(id)).collect();
        assert!(people.iter().all(|id| *id < 0));
        assert_eq!(people.iter().collect::<BTreeSet<_>>().len(), people.len());
        let names: Vec<i32> = (-5_000..5_000).map(|id| privacy.name_id(id)).collect();
        assert!(names.iter().all(|id| is_pseudonym(*id) && !is_of_gate(*id)));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn without_the_key_nobody_can_tell() {
        let (ours, other) = (privacy(1), privacy(2));
        assert_eq!(ours.pseudonym("Ana.Lopez"), ours.pseudonym("ana.lopez"));
        assert_ne!(ours.pseudonym("ana"), ours.pseudonym("ben"));
        assert_ne!(ours.pseudonym("ana"), other.pseudonym("ana"));
        assert_ne!(ours.person_id(3), other.person_id(3));
        assert_ne!(ours.name_id(3), other.name_id(3));
    }

    #[test]
    fn people_are_named_for_so_many_months() {
        let date = |year, month, day| Date::from_ymd(year, month, day).unwrap();
        let today = date(2026, 3, 31);
        let check = |months, first| {
            let privacy = Privacy { months, ..privacy(1) };
            assert_eq!(privacy.named_from(today), first);
        };
        check(None, None);
        check(Some(0), Some(date(2026, 3, 1)));
        check(Some(1), Some(date(2026, 2, 1)));
        check(Some(14), Some(date(2025, 1, 1)));
    }
}

//! The vendor's hash of an id: the only name of somebody where personal data are off, and beside another where they
//! are on.
//!
//! One charge is told under the hash by one export and under an e-mail by another. It is one charge: a row goes by
//! the name under which it is on record already. What rows show of whose hash it is moves nothing; it is said, with
//! the command that shows what would change.

use super::{Record, product};
use core::fmt;
use faregate_core::amount::Ticks;
use faregate_core::charges::Pair;
use faregate_core::double_dip::bounds;
use faregate_core::estate::{PersonId, folded};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date};
use faregate_ingest::features::FeatureTable;
use faregate_ingest::vendor::VendorRow;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody whom a report calls by a name and by a hash that are not known to be one person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BothNames {
    /// The name, as written.
    pub name: String,
    /// The hash, as written.
    pub hashed: String,
    /// How many rows show both.
    pub rows: u64,
    /// Which of the two is known.
    pub known: WhichKnown,
}

/// Which of a name and a hash are known: what asks for more comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhichKnown {
    /// Both, as two people.
    Apart,
    /// The hash only.
    Hash,
    /// The name only.
    Name,
}

impl fmt::Display for BothNames {
    /// What the rows show, and what to do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, hashed, rows, known } = self;
        let by = if *rows == 1 { "one row".to_owned() } else { format!("{rows} rows") };
        write!(f, "`{name}` and `{hashed}` are one person by {by}")?;
        match known {
            WhichKnown::Apart => {
                write!(f, ": `faregate person merge {name} {hashed}` shows what would change")
            }
            WhichKnown::Name => {
                write!(f, ": `faregate person alias {name} {hashed}` makes it known")
            }
            WhichKnown::Hash => {
                write!(f, ": `faregate person alias {hashed} {name}` makes it known")
            }
        }
    }
}

/// By which name each row of a report goes.
pub(super) struct Naming<'a> {
    state: &'a State,
    features: &'a FeatureTable,
    record: &'a Record<'a>,
    /// All hashes of the report, folded.
    hashes: BTreeSet<String>,
    /// Names on record that rows under a hash alone were found to be.
    taken: BTreeMap<(Date, Pair, Ticks), Vec<String>>,
    both: BTreeMap<(String, String), BothNames>,
}

impl<'a> Naming<'a> {
    pub(super) fn of(
        state: &'a State,
        features: &'a FeatureTable,
        record: &'a Record<'a>,
        rows: &[VendorRow],
    ) -> Self {
        let hashes = rows.iter().filter_map(|row| row.hashed.as_deref()).map(folded).collect();
        let (taken, both) = Default::default();
        Self { state, features, record, hashes, taken, both }
    }

    /// A row with the name under which its charge is on record; where it is on none, with the first of its name and
    /// its hash that is known.
    pub(super) fn named<'r>(&mut self, row: &'r VendorRow) -> Cow<'r, VendorRow> {
        let Some(hash) = &row.hashed else { return Cow::Borrowed(row) };
        let who = match folded(hash) == folded(&row.who) {
            true => self.known_otherwise(row),
            false => self.of_both(row, hash),
        };
        match who {
            Some(who) => Cow::Owned(VendorRow { who, ..row.clone() }),
            None => Cow::Borrowed(row),
        }
    }

    /// Everybody that the rows so far call by two names which are not known to be one's, in order of what is known.
    pub(super) fn both_names(self) -> Vec<BothNames> {
        let mut all: Vec<BothNames> = self.both.into_values().collect();
        all.sort_by_key(|both| both.known);
        all
    }

    fn person(&self, name: &str, day: Date) -> Option<PersonId> {
        self.state.estate().person_known_as(name, bounds(day).0.plus(DAY / 2))
    }

    /// The hash, for a row that shows a name too and goes by the hash all the same.
    fn of_both(&mut self, row: &VendorRow, hash: &str) -> Option<String> {
        let (named, hashed) = (self.person(&row.who, row.day), self.person(hash, row.day));
        let known = match (named, hashed) {
            (Some(named), Some(hashed)) if named != hashed => Some(WhichKnown::Apart),
            (Some(_), None) => Some(WhichKnown::Name),
            (None, Some(_)) => Some(WhichKnown::Hash),
            _ => None,
        };
        if let Some(known) = known {
            self.note(row, hash, known);
        }
        let is_told = |person: Option<PersonId>, name: &str| {
            person.is_some_and(|person| self.is_on_record(row, person, name))
        };
        let goes_by_hash =
            !is_told(named, &row.who) && (is_told(hashed, hash) || known == Some(WhichKnown::Hash));
        goes_by_hash.then(|| hash.to_owned())
    }

    fn note(&mut self, row: &VendorRow, hash: &str, known: WhichKnown) {
        let both = self.both.entry((folded(&row.who), folded(hash))).or_insert_with(|| BothNames {
            name: row.who.clone(),
            hashed: hash.to_owned(),
            rows: 0,
            known,
        });
        both.rows += 1;
        // A name with a term is somebody's on some days only.
        both.known = both.known.min(known);
    }

    fn is_on_record(&self, row: &VendorRow, person: PersonId, name: &str) -> bool {
        let Some(product) = product(self.state, self.features, &row.product) else { return false };
        let told = self.record.of((person, product), row.day);
        told.iter().any(|one| folded(&one.alias) == folded(name))
    }

    /// The other name under which what a hash alone is charged is on record: an equal row of the same person, once
    /// for each. Equal rows under the hash itself come first, so that the same export finds its own again.
    fn known_otherwise(&mut self, row: &VendorRow) -> Option<String> {
        let person = self.person(&row.who, row.day)?;
        let pair = (person, product(self.state, self.features, &row.product)?);
        let taken = self.taken.entry((row.day, pair, row.tokens)).or_default();
        let mut left = taken.clone();
        let is_own = |name: &str| folded(name) == folded(&row.who);
        let told = self.record.of(pair, row.day).iter();
        let equal: Vec<&str> =
            told.filter(|one| one.ticks == row.tokens).map(|one| one.alias.as_str()).collect();
        let own = equal.iter().filter(|name| is_own(name));
        let others = equal.iter().filter(|name| !self.hashes.contains(&folded(name)));
        let free =
            own.chain(others).find(|name| match left.iter().position(|one| one == **name) {
                Some(place) => {
                    left.swap_remove(place);
                    false
                }
                None => true,
            })?;
        taken.push((*free).to_owned());
        (!is_own(free)).then(|| (*free).to_owned())
    }
}

//! Who holds what at the licence server, as it says itself: people and products instead of names and codes, compared
//! with what the gate let through and what the log says, and watched over time.
//!
//! It is a second source beside the log, and never a charge: it sees whoever holds at the moment of polling and
//! nobody else. Where the server does not answer, or not in full, nothing is concluded: not seen is not checked in.

mod watch;

pub use watch::{Seen, Watch};

use faregate_core::estate::{PersonId, ProductId, folded};
use faregate_core::event::{OpenUse, SessionId};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::lmstat::{Holding, Status};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds within which a launch need not have come to the licence server yet, nor a check-out to the log.
const GRACE: i64 = 300;

/// What one poll says, in the words of the estate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// When the server was polled.
    pub at: Instant,
    /// Who holds what, package and component of one session together.
    pub held: Vec<Held>,
    /// What it is known of who holds it, all of them: keys of products, codes where nobody knows the product.
    pub known: BTreeSet<String>,
    /// Why not all is known; empty where it is.
    pub unknown: Vec<String>,
}

/// Somebody holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who, where the name is somebody's.
    pub person: Option<PersonId>,
    /// The name that they are signed in with.
    pub user: String,
    /// Their machine.
    pub host: String,
    /// What, where the code is known.
    pub product: Option<ProductId>,
    /// The key of the product, or the code where nobody knows the product.
    pub what: String,
    /// The codes.
    pub codes: BTreeSet<String>,
    /// How many licences; of package and component, one.
    pub licences: u32,
    /// Since when, to the minute.
    pub since: Instant,
}

/// In what the licence server differs from the gate, or from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub kind: Kind,
    /// Who.
    pub person: Option<PersonId>,
    /// The name that they go by there.
    pub user: String,
    /// On which machine.
    pub host: String,
    /// What: the key of a product, or a code.
    pub what: String,
    /// Since when.
    pub since: Instant,
    /// The session at the gate, where there is one.
    pub session: Option<SessionId>,
}

/// How the licence server can differ from the gate, and from the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is held, and nobody asked the gate.
    HeldWithoutAsking,
    /// The gate let it through, and nobody holds it.
    AskedNotHeld,
    /// It is held, and no log says so.
    HeldNotInLog,
    /// A log says that it is held, and nobody holds it.
    InLogNotHeld,
}

impl Kind {
    /// Stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::HeldWithoutAsking => "held-without-asking",
            Self::AskedNotHeld => "asked-not-held",
            Self::HeldNotInLog => "held-not-in-log",
            Self::InLogNotHeld => "in-log-not-held",
        }
    }
}

/// A poll in the words of the estate.
#[must_use]
pub fn snapshot(state: &State, table: &FeatureTable, status: &Status, at: Instant) -> Snapshot {
    let mut held: BTreeMap<(String, String, String), Held> = BTreeMap::new();
    let (mut known, mut doubted) = (BTreeSet::new(), BTreeSet::new());
    let mut unknown = status.unknown.clone();
    for feature in &status.features {
        let code = feature.code.as_str();
        let product = product_of(state, table, code);
        let key = product.and_then(|product| state.estate().product(product));
        let what = key.map_or_else(|| code.to_owned(), |product| product.key.clone());
        match status.holders(code) {
            Holding::Known(_) => drop(known.insert(what.clone())),
            Holding::Unknown(_, why) => {
                doubted.insert(what.clone());
                if status.unknown.is_empty() {
                    unknown.push(format!("`{code}`: {why}"));
                }
            }
        }
        for holder in &feature.holders {
            let place = (folded(&holder.user), folded(&holder.host), what.clone());
            let entry = held.entry(place).or_insert_with(|| Held {
                person: state.estate().person_known_as(&holder.user, at),
                user: holder.user.clone(),
                host: holder.host.clone(),
                product,
                what: what.clone(),
                codes: BTreeSet::new(),
                licences: 0,
                since: holder.since,
            });
            entry.codes.insert(code.to_owned());
            entry.licences = entry.licences.max(holder.licences);
            entry.since = entry.since.min(holder.since);
        }
    }
    // Of a product of several codes, all of them have to be known.
    known.retain(|what| !doubted.contains(what));
    Snapshot { at, held: held.into_values().collect(), known, unknown }
}

fn product_of(state: &State, table: &FeatureTable, code: &str) -> Option<ProductId> {
    let family = || state.estate().product_called(table.look_up(code)?.family);
    state.product_of_feature(code).or_else(family)
}

/// In what a poll differs from the open sessions of the gate, and from those of the log, if there ever was one.
#[must_use]
pub fn compare(state: &State, poll: &Snapshot) -> Vec<Difference> {
    let mut found = Vec::new();
    if asked_ever(state) {
        let asked: BTreeSet<_> =
            state.sessions().values().map(|session| (session.person, session.product)).collect();
        found.extend(held_beside(poll, &asked, Kind::HeldWithoutAsking, 0));
        let sessions = state.sessions().iter().map(|(id, session)| {
            (Some(*id), session.person, session.product, session.host.as_str(), session.opened)
        });
        found.extend(not_held(state, poll, sessions, Kind::AskedNotHeld));
    }
    if logged_ever(state) {
        let open = || state.elsewhere().filter_map(|open| Some((open.product?, open)));
        let who = |open: &OpenUse| state.estate().same_as(open.person);
        let logged: BTreeSet<_> = open().map(|(product, open)| (who(open), product)).collect();
        found.extend(held_beside(poll, &logged, Kind::HeldNotInLog, GRACE));
        let uses = open()
            .map(|(product, open)| (None, who(open), product, open.host.as_str(), open.opened));
        found.extend(not_held(state, poll, uses, Kind::InLogNotHeld));
    }
    found.sort_by(|one, other| {
        (one.kind, &one.user, &one.what).cmp(&(other.kind, &other.user, &other.what))
    });
    found
}

/// Whether the gate was ever asked; where it never was, nobody is missing there.
#[must_use]
pub fn asked_ever(state: &State) -> bool {
    state.tally().opened > 0 || state.tally().refused > 0
}

/// Whether a log was ever taken in.
#[must_use]
pub fn logged_ever(state: &State) -> bool {
    state.tally().imported > 0 || state.elsewhere().next().is_some()
}

fn held_beside<'a>(
    poll: &'a Snapshot,
    known: &'a BTreeSet<(PersonId, ProductId)>,
    kind: Kind,
    grace: i64,
) -> impl Iterator<Item = Difference> + 'a {
    let is_new = move |held: &Held| grace > 0 && held.since.plus(grace) > poll.at;
    let is_known =
        |held: &Held| held.person.zip(held.product).is_some_and(|pair| known.contains(&pair));
    poll.held.iter().filter(move |held| !(is_known(held) || is_new(held))).map(move |held| {
        Difference {
            kind,
            person: held.person,
            user: held.user.clone(),
            host: held.host.clone(),
            what: held.what.clone(),
            since: held.since,
            session: None,
        }
    })
}

type Running<'a> = (Option<SessionId>, PersonId, ProductId, &'a str, Instant);

/// Those that run and that nobody holds, of products of which all holders are known.
fn not_held<'a>(
    state: &'a State,
    poll: &'a Snapshot,
    running: impl Iterator<Item = Running<'a>> + 'a,
    kind: Kind,
) -> impl Iterator<Item = Difference> + 'a {
    let held: BTreeSet<_> =
        poll.held.iter().filter_map(|held| held.person.zip(held.product)).collect();
    running.filter_map(move |(session, person, product, host, since)| {
        let what = state.estate().product(product)?.key.clone();
        let is_missing = poll.known.contains(&what)
            && !held.contains(&(person, product))
            && since.plus(GRACE) <= poll.at;
        let user = state.estate().person(person)?.key.clone();
        let host = host.to_owned();
        let person = Some(person);
        is_missing.then_some(Difference { kind, person, user, host, what, since, session })
    })
}

//! What was counted as plain data, to be written down and read back.

use super::{Cap, Counts, Subject, Tape};
use crate::estate::{PersonId, SiteId};
use crate::event::SessionId;
use crate::when::Instant;

/// Counts as plain data, for a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountsData {
    /// All caps.
    pub caps: Vec<Cap>,
    /// Cap, subject, and the tape of it.
    pub tapes: Vec<(u32, SubjectData, TapeData)>,
    /// Sessions that count for caps on what goes on at once.
    pub running: Vec<(SessionId, Vec<(u32, SubjectData)>)>,
}

/// Amounts by when, oldest first, and by whom.
pub type TapeData = Vec<(Instant, i64, PersonId)>;

/// A subject as plain data: a person, a site and its network, or nothing for all together.
pub type SubjectData = (Option<PersonId>, Option<SiteId>, u16);

impl Subject {
    fn data(self) -> SubjectData {
        match self {
            Self::Person(person) => (Some(person), None, 0),
            Self::Room(site, network) => (None, Some(site), network),
            Self::All => (None, None, 0),
        }
    }

    fn of(data: SubjectData) -> Self {
        match data {
            (Some(person), ..) => Self::Person(person),
            (None, Some(site), network) => Self::Room(site, network),
            (None, None, _) => Self::All,
        }
    }
}

impl Counts {
    /// All of it as plain data, in a fixed order.
    #[must_use]
    pub fn data(&self) -> CountsData {
        let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let mut tapes: Vec<_> = self
            .tapes
            .iter()
            .enumerate()
            .flat_map(|(index, tapes)| {
                tapes.iter().map(move |(subject, tape)| (index, subject, tape))
            })
            .map(|(index, subject, tape)| (number(index), subject.data(), tape.data()))
            .collect();
        tapes.sort_unstable();
        let mut running: Vec<_> = self
            .running
            .iter()
            .map(|(id, keys)| {
                (*id, keys.iter().map(|(cap, subject)| (number(*cap), subject.data())).collect())
            })
            .collect();
        running.sort_unstable();
        CountsData { caps: self.caps.clone(), tapes, running }
    }

    /// Rebuilds what [`Counts::data`] gave.
    #[must_use]
    pub fn restored(data: CountsData) -> Self {
        let mut counts = Self::default();
        let _ = counts.set(data.caps);
        for (cap, subject, entries) in data.tapes {
            let known = counts.caps.get(index_of(cap)).zip(counts.tapes.get_mut(index_of(cap)));
            if let Some((cap, tapes)) = known {
                tapes.insert(Subject::of(subject), Tape::of(cap, entries));
            }
        }
        for (id, keys) in data.running {
            for (cap, subject) in keys {
                counts.begin(id, (index_of(cap), Subject::of(subject)));
            }
        }
        counts
    }
}

fn index_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

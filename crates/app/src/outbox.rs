//! Notices on their way: what is to be sent on which channel, how often it was tried, and what became of it.
//!
//! The journal is the truth. Deliveries are expanded from its entries by a cursor: [`Outbox::expand`] adds the deliveries
//! of the entries read and moves the cursor, in one transaction, so that no entry is passed over or expanded twice.
//! A delivery is sent and then settled. Whoever is killed in between sends it once more, under the same id, by which a
//! receiver knows it again.
//!
//! Nothing here sends, waits or asks for the time; a failure's consequence is [`next_try`], a pure function.

mod memory;

pub use memory::MemoryOutbox;

use crate::notice::Notice;
use crate::ports::StoreError;
use faregate_core::when::{DAY, HOUR, Instant};

/// The wait after the first failure, in seconds; it doubles each time.
const AWAY_FIRST: i64 = 5;
/// The longest wait, in seconds.
const AWAY_LONGEST: i64 = 6 * HOUR;
/// How often a receiver is tried that is away: for between two and four days.
const AWAY_TRIES_MAX: u32 = 24;
/// The wait after the first refusal, in seconds.
const REFUSED_FIRST: i64 = 60;
/// How often what was refused is tried: somebody may be about to put the receiver right.
const REFUSED_TRIES_MAX: u32 = 3;
/// The longest wait that a receiver may ask for, in seconds.
const ASKED_LONGEST: i64 = DAY;

/// A notice to be sent on a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The delivery's id, the same however often it is made.
    pub id: String,
    /// The journal's entry that it comes from; 0 when it comes from none.
    pub seq: u64,
    /// Name of the channel.
    pub channel: String,
    /// What to say.
    pub notice: Notice,
    /// When to send it.
    pub due: Instant,
}

impl Draft {
    /// A notice of an entry, on a channel: its id is made of the notice's and the channel's names.
    #[must_use]
    pub fn new(seq: u64, channel: &str, notice: Notice, due: Instant) -> Self {
        let (id, channel) = (format!("{}-{channel}", notice.id), channel.to_owned());
        Self { id, seq, channel, notice, due }
    }
}

/// A delivery, and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What to send, where and when next.
    pub draft: Draft,
    /// How it stands.
    pub standing: Standing,
    /// How often it was tried.
    pub tries: u32,
    /// Whether quiet hours hold it, or held it.
    pub is_held: bool,
    /// When something last became of it.
    pub touched: Instant,
    /// Why it failed last; of one that was given up, why.
    pub words: Option<String>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is to be sent, or sent again.
    Waiting,
    /// The receiver has it.
    Sent,
    /// It is not tried any more.
    GivenUp,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::GivenUp];

    /// The name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given-up",
        }
    }

    /// The standing with this name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.key() == key)
    }
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Sent,
    /// It failed, and is tried again then.
    Again {
        /// When.
        due: Instant,
        /// Why it failed.
        words: String,
    },
    /// Quiet hours hold it until then; that is no failure.
    Held {
        /// The end of the quiet hours.
        until: Instant,
    },
    /// It is not tried any more.
    GivenUp {
        /// Why.
        words: String,
    },
}

/// How a channel's deliveries stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many are to be sent.
    pub waiting: u64,
    /// How many were given up, of those that are remembered.
    pub given_up: u64,
    /// When the receiver last took one.
    pub last_sent: Option<Instant>,
    /// When one last failed, and why; nothing once one was sent after it.
    pub last_failure: Option<(Instant, String)>,
    /// When the channel was switched off, and why: its receiver said that it is gone.
    pub off: Option<(Instant, String)>,
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this channel only.
    pub channel: Option<String>,
    /// Standing like this only.
    pub standing: Option<Standing>,
    /// So many at most.
    pub limit: usize,
}

/// Keeps deliveries, and up to where the journal was expanded. Each call is a transaction of its own.
pub trait Outbox: Send {
    /// Up to which entry the journal was expanded, when it ends with entry `end` now.
    ///
    /// An outbox that never began does so here: what happened before is told to nobody. One that is ahead of the journal
    /// saw entries that a backup, brought back, does not have: it goes back to `end`, and forgets their deliveries.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin(&mut self, end: u64) -> Result<u64, StoreError>;

    /// Adds the deliveries of the entries after `after` up to `to`, and moves the cursor there. Deliveries whose ids are
    /// known stay as they are. With `after` and `to` alike, the cursor stays: for what comes from no entry.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when the cursor is not at `after`: somebody else expanded meanwhile; nothing was added.
    fn expand(&mut self, after: u64, to: u64, drafts: &[Draft]) -> Result<(), StoreError>;

    /// Whether a delivery is known.
    ///
    /// # Errors
    /// [`StoreError`].
    fn knows(&mut self, id: &str) -> Result<bool, StoreError>;

    /// The deliveries of a channel that are due, the earliest due first, and so many at most. None while an earlier one
    /// about the same thing waits: the end of an alert is not told before its beginning.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one cannot be read.
    fn due(
        &mut self,
        channel: &str,
        now: Instant,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Notes what became of a delivery that waits; of any other, and of an unknown one, nothing is noted.
    ///
    /// # Errors
    /// [`StoreError`].
    fn settle(&mut self, id: &str, outcome: &Outcome, now: Instant) -> Result<(), StoreError>;

    /// Switches a channel off for these words, or on again.
    ///
    /// # Errors
    /// [`StoreError`].
    fn switch(&mut self, channel: &str, off: Option<&str>, now: Instant) -> Result<(), StoreError>;

    /// How a channel's deliveries stand together.
    ///
    /// # Errors
    /// [`StoreError`].
    fn tally(&mut self, channel: &str) -> Result<Tally, StoreError>;

    /// Deliveries, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one cannot be read.
    fn list(&mut self, filter: &Filter) -> Result<Vec<Delivery>, StoreError>;

    /// Forgets deliveries that do not wait, and of which nothing became since `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn forget(&mut self, before: Instant) -> Result<(), StoreError>;
}

/// Why a receiver did not take a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is away, busy or broken; it may have asked to wait for so many seconds.
    Away(Option<i64>),
    /// It does not want it, or something has to be put right first.
    Refused,
    /// It is gone, and wants nothing ever again.
    Gone,
}

/// In how many seconds to try again after so many tries, counted from 1; `None`: never. `chance` is any number.
///
/// Waits double, and lie anywhere in their upper half, so that not everybody comes back at once. A receiver that asks to
/// wait for longer is obeyed, up to a day.
///
/// ```
/// use faregate_app::outbox::{Failure, next_try};
///
/// assert!((3..=5).contains(&next_try(1, Failure::Away(None), 7).unwrap()));
/// assert!(next_try(1, Failure::Away(Some(600)), 7).unwrap() >= 600);
/// assert_eq!(next_try(3, Failure::Refused, 7), None);
/// ```
#[must_use]
pub fn next_try(tries: u32, failure: Failure, chance: u64) -> Option<i64> {
    let (first, tries_max, asked) = match failure {
        Failure::Away(asked) => (AWAY_FIRST, AWAY_TRIES_MAX, asked),
        Failure::Refused => (REFUSED_FIRST, REFUSED_TRIES_MAX, None),
        Failure::Gone => return None,
    };
    if tries >= tries_max {
        return None;
    }
    let most = (first << tries.saturating_sub(1).min(16)).min(AWAY_LONGEST);
    let jitter = i64::try_from(chance % (most.unsigned_abs() / 2 + 1)).unwrap_or(0);
    let asked = asked.map_or(0, |asked| asked.clamp(0, ASKED_LONGEST).saturating_add(jitter / 4));
    Some((most - jitter).max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_within_their_upper_half() {
        for (tries, most) in [(1, 5), (2, 10), (3, 20), (12, 10_240), (13, 20_480), (23, 21_600)] {
            for chance in [0, 1, 2, 7, 1_000_003, u64::MAX] {
                let wait = next_try(tries, Failure::Away(None), chance).unwrap();
                assert!((most - most / 2..=most).contains(&wait), "{tries}: {wait} of {most}");
            }
        }
        let waits: Vec<_> = (0..9).map(|chance| next_try(8, Failure::Away(None), chance)).collect();
        assert!(waits.windows(2).all(|two| two[0] != two[1]), "no jitter: {waits:?}");
    }

    #[test]
    fn nothing_is_tried_for_ever() {
        let all = |failure, chance| {
            let waits = (1..).map_while(move |tries| next_try(tries, failure, chance));
            waits.fold((0, 0), |(count, sum), wait| (count + 1, sum + wait))
        };
        for chance in [0, 12_345, u64::MAX] {
            let (tries, seconds) = all(Failure::Away(None), chance);
            assert_eq!(tries, 23);
            assert!((DAY..4 * DAY).contains(&seconds), "{seconds}");
            assert_eq!(all(Failure::Refused, chance).0, 2);
            assert_eq!(all(Failure::Gone, chance).0, 0);
        }
    }

    #[test]
    fn a_receiver_that_asks_to_wait_is_obeyed_up_to_a_day() {
        for (asked, least, most) in
            [(0, 3, 5), (-9, 3, 5), (600, 600, 601), (i64::MAX, DAY, DAY + 1)]
        {
            let wait = next_try(1, Failure::Away(Some(asked)), 2).unwrap();
            assert!((least..=most).contains(&wait), "{asked}: {wait}");
        }
    }
}

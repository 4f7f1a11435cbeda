//! Caps: how much a person, a group, a product, a bucket or a room may use in a span of time.
//!
//! Counts are projections of the journal, kept by [`Counts`] as events are applied; a cap reads its count and
//! the gate says no, or asks for a confirmation. A cap on trial is only watched.

use crate::amount::Ticks;
use crate::estate::{BucketId, Estate, GroupId, PersonId, Place, ProductId, SiteId};
use crate::event::{Mode, Reason, SessionId};
use crate::state::Session;
use crate::when::{Date, Instant, Zone};
use rustc_hash::FxHashMap;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Tokens, in ticks.
    Tokens,
    /// Launches that were let through.
    Opens,
    /// Sessions going on at once.
    Running,
    /// Different people who opened something.
    People,
}

/// Over which time it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// The last so many seconds.
    Seconds(i64),
    /// The calendar day, in the contract's zone.
    Day,
    /// The calendar week from Monday.
    Week,
    /// The calendar month.
    Month,
}

/// For whom it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Each {
    /// For each person on their own.
    Person,
    /// For each room on its own; what comes from no room is not counted.
    Room,
    /// For all together.
    Together,
}

/// What happens when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Then {
    /// The launch is refused.
    Refuse,
    /// Somebody has to confirm it.
    Confirm,
}

/// A cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Stable kebab-case key.
    pub key: String,
    /// Only this person's use.
    pub person: Option<PersonId>,
    /// Only use by members of this group.
    pub group: Option<GroupId>,
    /// Only use of this product.
    pub product: Option<ProductId>,
    /// Only use that this bucket pays for.
    pub bucket: Option<BucketId>,
    /// For whom it is counted.
    pub each: Each,
    /// What is counted.
    pub measure: Measure,
    /// Over which time.
    pub span: Span,
    /// The most there may be: ticks, or a number.
    pub limit: i64,
    /// What happens beyond.
    pub then: Then,
    /// Whether it decides.
    pub mode: Mode,
}

/// One use, as caps look at it.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Who.
    pub person: PersonId,
    /// What.
    pub product: ProductId,
    /// Who pays; `None` on a seat.
    pub bucket: Option<BucketId>,
    /// From where.
    pub place: Place,
    /// When.
    pub at: Instant,
}

impl Cap {
    /// Whether the use counts for this cap.
    fn includes(&self, estate: &Estate, used: &Used) -> bool {
        self.person.is_none_or(|person| person == used.person)
            && self.product.is_none_or(|product| product == used.product)
            && self.bucket.is_none_or(|bucket| Some(bucket) == used.bucket)
            && self.group.is_none_or(|group| estate.groups_of(used.person).contains(&group))
    }

    fn subject(&self, estate: &Estate, used: &Used) -> Option<Subject> {
        match self.each {
            Each::Person => Some(Subject::Person(used.person)),
            Each::Together => Some(Subject::All),
            Each::Room => {
                let (site, network) = estate.room_network(used.place)?;
                Some(Subject::Room(site, network))
            }
        }
    }

    /// Why a launch is refused when the cap is reached.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match (self.then, self.measure, self.span) {
            (Then::Confirm, ..) => Reason::ConfirmationNeeded,
            (_, Measure::Running, _) => Reason::ConcurrentCapReached,
            (.., Span::Seconds(_)) => Reason::WindowCapReached,
            (.., Span::Day) => Reason::DailyCapReached,
            (.., Span::Week | Span::Month) => Reason::MonthlyCapReached,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Subject {
    Person(PersonId),
    Room(SiteId, u16),
    All,
}

fn period_start(span: Span, zone: &Zone, at: Instant) -> Instant {
    let date = zone.date(at);
    let first: Date = match span {
        Span::Seconds(_) => return at,
        Span::Day => date,
        Span::Week => date.plus(i32::from(date.weekday()).saturating_neg()),
        Span::Month => date.month_start(),
    };
    zone.start_of(first)
}

/// All caps and what was counted for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    caps: Vec<Cap>,
    tapes: Vec<FxHashMap<Subject, Tape>>,
    /// For caps on what goes on at once: which sessions count for which cap and subject.
    running: FxHashMap<SessionId, Vec<(usize, Subject)>>,
    now_running: FxHashMap<(usize, Subject), i64>,
}

/// A cap that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached<'a> {
    /// Which.
    pub cap: &'a Cap,
    /// What was counted before this launch.
    pub counted: i64,
}

impl Counts {
    /// All caps.
    #[must_use]
    pub fn caps(&self) -> &[Cap] {
        &self.caps
    }

    /// Whether any cap is only watched.
    #[must_use]
    pub fn any_on_trial(&self) -> bool {
        self.caps.iter().any(|cap| cap.mode == Mode::Monitor)
    }

    /// Replaces all caps. What was counted for a cap that stays as it is stays too; a new cap on what goes on
    /// at once counts what goes on, as far as the place of it does not matter.
    pub(crate) fn change<'a>(
        &mut self,
        caps: Vec<Cap>,
        estate: &Estate,
        sessions: impl Iterator<Item = (SessionId, &'a Session)>,
    ) {
        let known = self.set(caps);
        let mut running = Vec::new();
        for (id, session) in sessions {
            let Session { person, product, opened: at, .. } = *session;
            let bucket = session.bucket();
            let used = Used { person, product, bucket, place: Place::default(), at };
            for (index, cap) in self.caps.iter().enumerate() {
                let is_new = known.get(index).is_none_or(Option::is_none);
                let counts = is_new && cap.measure == Measure::Running;
                let subject = cap.subject(estate, &used).filter(|_| cap.includes(estate, &used));
                running.extend(subject.filter(|_| counts).map(|subject| (id, (index, subject))));
            }
        }
        for (id, key) in running {
            self.begin(id, key);
        }
    }

    fn begin(&mut self, id: SessionId, key: (usize, Subject)) {
        self.running.entry(id).or_default().push(key);
        let count = self.now_running.entry(key).or_default();
        *count = count.saturating_add(1);
    }

    /// Replaces all caps; tells which of those before each one is.
    fn set(&mut self, caps: Vec<Cap>) -> Vec<Option<usize>> {
        let place =
            |cap: &Cap| self.caps.iter().position(|known| known.key == cap.key && same(known, cap));
        let places: Vec<Option<usize>> = caps.iter().map(place).collect();
        let tapes = places.iter().map(|place| place.and_then(|at| self.tapes.get(at)).cloned());
        let tapes: Vec<_> = tapes.map(Option::unwrap_or_default).collect();
        let new_place = |old: usize| places.iter().position(|place| *place == Some(old));
        for entries in self.running.values_mut() {
            entries.retain_mut(|(cap, _)| match new_place(*cap) {
                Some(new) => {
                    *cap = new;
                    true
                }
                None => false,
            });
        }
        self.running.retain(|_, entries| !entries.is_empty());
        self.now_running.clear();
        for key in self.running.values().flatten() {
            let count = self.now_running.entry(*key).or_default();
            *count = count.saturating_add(1);
        }
        (self.caps, self.tapes) = (caps, tapes);
        places
    }

    /// The cap, of those that `decides` picks, that one more launch of so many ticks would go beyond. Of
    /// several, it is the first with the most fundamental [`Cap::reason`].
    #[must_use]
    pub fn reached(
        &self,
        estate: &Estate,
        zone: &Zone,
        used: &Used,
        ticks: Ticks,
        decides: impl Fn(&Cap) -> bool,
    ) -> Option<Reached<'_>> {
        let ours = self.caps.iter().enumerate().filter(|(_, cap)| decides(cap));
        let reached = ours.filter_map(|(index, cap)| {
            let counted = self.counted(index, cap, estate, zone, used)?;
            let more = if cap.measure == Measure::Tokens { ticks.0 } else { 1 };
            let nothing_more = cap.measure == Measure::Tokens && more == 0;
            let beyond = counted.saturating_add(more) > cap.limit && !nothing_more;
            beyond.then_some(Reached { cap, counted })
        });
        reached.min_by_key(|reached| reached.cap.reason())
    }

    /// What a cap has counted so far for whoever this use belongs to; `None` when it does not count for it.
    #[must_use]
    pub fn counted(
        &self,
        index: usize,
        cap: &Cap,
        estate: &Estate,
        zone: &Zone,
        used: &Used,
    ) -> Option<i64> {
        if !cap.includes(estate, used) {
            return None;
        }
        let subject = cap.subject(estate, used)?;
        if cap.measure == Measure::Running {
            return Some(self.now_running.get(&(index, subject)).copied().unwrap_or(0));
        }
        let tape = self.tapes.get(index)?.get(&subject);
        Some(tape.map_or(0, |tape| tape.count(cap, zone, used.at, used.person)))
    }

    /// Counts a launch that was let through, and its tokens.
    pub(crate) fn opened(
        &mut self,
        estate: &Estate,
        zone: &Zone,
        id: SessionId,
        used: &Used,
        ticks: Ticks,
    ) {
        if self.caps.is_empty() {
            return;
        }
        let mut runs = Vec::new();
        for (index, cap) in self.caps.iter().enumerate() {
            let subject = cap.subject(estate, used).filter(|_| cap.includes(estate, used));
            let Some(subject) = subject else { continue };
            let amount = match cap.measure {
                Measure::Running => {
                    runs.push((index, subject));
                    continue;
                }
                Measure::Tokens => ticks.0,
                Measure::Opens | Measure::People => 1,
            };
            if let Some(tapes) = self.tapes.get_mut(index).filter(|_| amount != 0) {
                tapes.entry(subject).or_insert_with(|| Tape::new(cap)).add(
                    cap,
                    zone,
                    used.at,
                    amount,
                    used.person,
                );
            }
        }
        for key in runs {
            self.begin(id, key);
        }
    }

    /// Counts a session that ended.
    pub(crate) fn closed(&mut self, id: SessionId) {
        for key in self.running.remove(&id).unwrap_or_default() {
            if let Some(count) = self.now_running.get_mut(&key) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.now_running.remove(&key);
                }
            }
        }
    }

    /// Counts tokens that were charged, or given back, without a launch.
    pub(crate) fn spent(&mut self, estate: &Estate, zone: &Zone, used: &Used, ticks: Ticks) {
        for (index, cap) in self.caps.iter().enumerate() {
            if cap.measure != Measure::Tokens || !cap.includes(estate, used) {
                continue;
            }
            // No charge knows of a room: only launches do. What a launch gives back stays counted for its room.
            let subject = cap.subject(estate, used).filter(|_| cap.each != Each::Room);
            if let Some((tapes, subject)) = self.tapes.get_mut(index).zip(subject) {
                tapes.entry(subject).or_insert_with(|| Tape::new(cap)).add(
                    cap,
                    zone,
                    used.at,
                    ticks.0,
                    used.person,
                );
            }
        }
    }
}

/// Whether two versions of a cap count the same.
fn same(one: &Cap, other: &Cap) -> bool {
    let counted = |cap: &Cap| {
        (cap.person, cap.group, cap.product, cap.bucket, cap.each, cap.measure, cap.span)
    };
    counted(one) == counted(other)
}

mod data;
mod tape;
pub use data::{CountsData, SubjectData, TapeData};
use tape::Tape;
#[cfg(test)]
mod tests;

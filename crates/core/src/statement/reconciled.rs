//! Our balance beside the vendor's, and what the difference is made of.

use super::lines::{Charged, charged};
use crate::amount::Ticks;
use crate::event::{Event, Finding, Outcome};
use crate::ledger::Account;
use crate::state::{Broken, State};
use crate::when::{DAY, Instant};

/// Packs that ended longer ago than this are not looked at for a difference, in seconds.
const EXPIRY_BACK_SECONDS: i64 = 92 * DAY;

/// What can make our balance differ from the vendor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    /// Use from before that was booked since: a late log.
    BookedSince,
    /// Use that no bucket could pay for and the vendor bills all the same.
    Uncovered,
    /// Tokens that are reserved here, and charged at launch there.
    OpenHolds,
    /// What the vendor charged although a seat covers it.
    DoubleDips,
    /// Corrections that were booked earlier.
    Corrections,
    /// Packs whose end is booked here, and not there yet.
    ExpiredHere,
    /// Sessions kept and not charged, since nobody knows what they cost: a count, no amount.
    Quarantined,
    /// What none of these explains.
    Unexplained,
}

impl Gap {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::BookedSince => "booked-since",
            Self::Uncovered => "uncovered",
            Self::OpenHolds => "open-holds",
            Self::DoubleDips => "double-dips",
            Self::Corrections => "corrections",
            Self::ExpiredHere => "expired-here",
            Self::Quarantined => "quarantined",
            Self::Unexplained => "unexplained",
        }
    }
}

/// One part of the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// What makes it.
    pub gap: Gap,
    /// By how much it makes ours greater than theirs; negative when ours is smaller.
    pub ticks: Ticks,
    /// In how many sessions, charges or packs, where they are counted.
    pub count: u64,
    /// In words.
    pub words: String,
}

/// Our balance beside the vendor's: ours − theirs = Σ parts, to the tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// As of when the vendor says it.
    pub at: Instant,
    /// What the journal said then: unallocated, available and held tokens.
    pub ours: Ticks,
    /// What the vendor says.
    pub theirs: Ticks,
    /// Ours less theirs.
    pub difference: Ticks,
    /// What it is made of, [`Gap::Unexplained`] last; parts of nothing are left out.
    pub parts: Vec<Discrepancy>,
}

/// The journal, read for a reconciliation.
#[derive(Clone, Debug)]
pub struct Reconciling {
    state: State,
    at: Instant,
    theirs: Ticks,
    then: Option<Then>,
    since: Ticks,
    expired: Vec<(Instant, Ticks)>,
}

/// What was true at the instant, put right by what was learned since.
#[derive(Clone, Copy, Debug)]
struct Then {
    ours: Ticks,
    held: Ticks,
    uncovered: Ticks,
    corrected: Ticks,
    quarantined: u64,
}

impl Then {
    fn of(state: &State) -> Self {
        let ledger = state.ledger();
        Self {
            ours: state.tokens_left(),
            held: ledger.held(),
            uncovered: ledger.balance(Account::Uncovered).negated(),
            corrected: ledger.balance(Account::Corrected).negated(),
            quarantined: state.tally().quarantined,
        }
    }
}

impl Reconciling {
    /// Begins with a state from before `at`, as of which the vendor says `theirs`.
    #[must_use]
    pub fn new(state: State, at: Instant, theirs: Ticks) -> Self {
        Self { state, at, theirs, then: None, since: Ticks::ZERO, expired: Vec::new() }
    }

    /// Takes the next event of the journal, up to its end: late use counts.
    ///
    /// # Errors
    /// [`Broken`] when the journal contradicts itself.
    pub fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
        if at <= self.at {
            if let Event::PackExpired { breakage, .. } = event {
                self.expired.push((at, breakage.total()));
            }
            return self.state.apply(seq, at, event);
        }
        let mut then = self.then.unwrap_or_else(|| Then::of(&self.state));
        self.learn(&mut then, event);
        self.then = Some(then);
        self.state.apply(seq, at, event)
    }

    fn learn(&mut self, then: &mut Then, event: &Event) {
        if let Some((_, hold)) = self.state.hold_ended_by(event) {
            // Posted, it was as good as charged then; given back, it was nothing.
            let back = !matches!(
                event,
                Event::HoldEnded { outcome: Outcome::Posted, .. }
                    | Event::Closed { hold: Some(Outcome::Posted), .. }
            );
            if hold.start <= self.at && back {
                then.held = then.held.minus(hold.ticks).unwrap_or(then.held);
            }
            return;
        }
        let Some(Charged { charges, booked }) = charged(&self.state, event) else { return };
        for charge in charges.iter().filter(|charge| charge.at <= self.at) {
            let slot = if charge.paid { &mut self.since } else { &mut then.uncovered };
            let ticks = if booked { charge.ticks } else { charge.ticks.negated() };
            *slot = slot.plus(ticks).unwrap_or(*slot);
        }
    }

    /// The reconciliation.
    #[must_use]
    pub fn finish(self) -> Reconciliation {
        let then = self.then.unwrap_or_else(|| Then::of(&self.state));
        let dips = self.state.vendor().charges.iter().filter(|charge| {
            let end = i64::from(charge.day.0).saturating_add(1).saturating_mul(DAY);
            matches!(charge.finding, Finding::DoubleDip(_)) && end <= self.at.0
        });
        let (dip_count, dip_ticks) = dips.fold((0u64, Ticks::ZERO), |(count, sum), charge| {
            (count.saturating_add(1), sum.plus(charge.ticks).unwrap_or(sum))
        });
        let words = |words: &str| words.to_owned();
        let mut parts = vec![
            part(Gap::BookedSince, self.since, 0, words("used before, booked here since")),
            part(Gap::Uncovered, then.uncovered, 0, words("used, and no bucket could pay for it")),
            part(Gap::OpenHolds, then.held, 0, words("reserved here, charged at launch there")),
            part(
                Gap::DoubleDips,
                dip_ticks,
                dip_count,
                words("charged there although a seat covers it"),
            ),
            part(Gap::Corrections, then.corrected, 0, words("corrected here earlier")),
        ];
        let difference = then.ours.minus(self.theirs).unwrap_or_default();
        let explained: Ticks = parts.iter().map(|part| part.ticks).sum();
        let rest = difference.minus(explained).unwrap_or_default();
        let (expired, packs) = expired_here(&self.expired, self.at, rest);
        parts.push(part(
            Gap::ExpiredHere,
            expired,
            packs,
            words("ended here, not booked there yet"),
        ));
        parts.retain(|part| part.ticks != Ticks::ZERO);
        if then.quarantined > 0 {
            let said = format!("{} sessions are kept and not charged", then.quarantined);
            parts.push(part(Gap::Quarantined, Ticks::ZERO, then.quarantined, said));
        }
        let rest = rest.minus(expired).unwrap_or_default();
        if rest != Ticks::ZERO {
            parts.push(part(Gap::Unexplained, rest, 0, words("none of these explains it")));
        }
        let (ours, theirs, at) = (then.ours, self.theirs, self.at);
        Reconciliation { at, ours, theirs, difference, parts }
    }
}

fn part(gap: Gap, ticks: Ticks, count: u64, words: String) -> Discrepancy {
    Discrepancy { gap, ticks, count, words }
}

/// Whether the vendor has booked the end of a pack cannot be seen; it is taken to have not only where that
/// makes the rest smaller, the latest pack first.
fn expired_here(expired: &[(Instant, Ticks)], at: Instant, rest: Ticks) -> (Ticks, u64) {
    let lately = expired.iter().rev().filter(|(when, _)| at.since(*when) <= EXPIRY_BACK_SECONDS);
    let none = (Ticks::ZERO, 0u64);
    lately.fold(none, |(sum, count), (_, ticks)| {
        let taken = sum.minus(*ticks).unwrap_or(sum);
        let left = |sum: Ticks| rest.0.saturating_sub(sum.0).unsigned_abs();
        if left(taken) < left(sum) { (taken, count.saturating_add(1)) } else { (sum, count) }
    })
}

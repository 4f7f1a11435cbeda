//! Who may have how many tokens: requests and their answers, transfers, loans, the ends of periods.
//!
//! Like `gate`, everything here reads a [`State`] and returns the next [`Event`]s, or says why not; nothing is
//! changed. No transfer can reach tokens that are held: holds lie in an account of their own.

use crate::amount::{Money, Ticks};
use crate::estate::{BucketId, Leftover, PersonId};
use crate::event::{Event, Move, MoveCause, TokenRequest};
use crate::ledger::Account;
use crate::state::State;
use crate::when::{DAY, Date, Instant};
use core::fmt;

/// A request is named by the journal's sequence number of its making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    /// `r` and the number: `r42`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

impl core::str::FromStr for RequestId {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix('r').unwrap_or(text).parse().map(Self)
    }
}

/// What is agreed of the contract as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Those who decide where no bucket's owner does.
    pub owners: Vec<PersonId>,
    /// A request for this much or more needs two who say yes.
    pub large: Option<Ticks>,
    /// A request nobody answers ends after so many seconds.
    pub request_seconds: i64,
    /// How often a seat may be given to somebody on a day; none at launch when it is 0.
    pub seat_moves_a_day: u32,
    /// On how many workstations at once a seat may be used; no limit when it is `None`.
    pub seat_hosts_max: Option<u32>,
    /// What giving a free seat to somebody at launch is reckoned to cost: tokens worth less are spent instead.
    pub seat_move_cost: Option<Money>,
    /// The part of an ending pack that lives on, in millionths, and for how many seconds.
    pub carry: Option<(u32, i64)>,
}

/// A week.
const REQUEST_SECONDS: i64 = 7 * DAY;

impl Default for Terms {
    fn default() -> Self {
        Self {
            owners: Vec::new(),
            large: None,
            request_seconds: REQUEST_SECONDS,
            seat_moves_a_day: 0,
            seat_hosts_max: None,
            seat_move_cost: None,
            carry: None,
        }
    }
}

/// When a loan is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanTerms {
    /// The first instant at which it is due.
    pub due: Instant,
}

/// What somebody who decides says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, to so many.
    Approve(Ticks),
    /// No.
    Decline,
}

/// What has become of a request so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It waits for an answer.
    Waiting,
    /// Tokens moved.
    Approved(Ticks),
    /// Somebody said no.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// Tokens moved, and came back.
    Returned,
}

/// A request, and what was said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// What is asked.
    pub request: TokenRequest,
    /// When it was made.
    pub at: Instant,
    /// Who said yes so far, and to how many.
    pub approvals: Vec<(PersonId, Ticks)>,
    /// What has become of it.
    pub progress: Progress,
    /// Of a loan: how much was not given back yet.
    pub owing: Ticks,
    /// How many had to say yes when its tokens moved; 0 before that.
    pub needed: u32,
}

/// Why tokens do not move. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmoved {
    /// There is no such request.
    NoRequest(RequestId),
    /// The request was answered already, or has expired.
    NotWaiting(RequestId),
    /// Nobody decides on their own request.
    OwnRequest,
    /// They do not decide on that bucket.
    NotDecider(PersonId),
    /// They have said yes already; a second person has to.
    SaidAlready,
    /// Fewer than that are free there.
    TooMany {
        /// Where; `None`: in the unallocated part of the pool.
        bucket: Option<BucketId>,
        /// How many are free.
        free: Ticks,
    },
    /// The amount is not above zero.
    NoAmount,
    /// The two are the same.
    SameBucket,
    /// There is no such bucket.
    NoBucket(BucketId),
    /// The bucket above does not lend.
    NoLoans,
    /// A loan must be due later than now.
    DueNow,
    /// Fewer than that were asked for.
    MoreThanAsked(Ticks),
    /// They have as many requests waiting as anybody may.
    TooManyWaiting,
}

/// How many requests of one person may wait at a time.
pub const WAITING_MAX: usize = 20;

impl State {
    /// Free tokens of a bucket, or of the unallocated part of the pool.
    #[must_use]
    pub fn free_tokens(&self, bucket: Option<BucketId>) -> Ticks {
        let account = bucket.map_or(Account::Unallocated, Account::Available);
        self.ledger().balance(account)
    }

    /// Those who decide on giving tokens of a bucket, or of the unallocated part of the pool.
    #[must_use]
    pub fn deciders(&self, from: Option<BucketId>) -> Vec<PersonId> {
        let owners = from.map_or_else(Vec::new, |bucket| self.estate().deciders(bucket));
        if owners.is_empty() { self.terms().owners.clone() } else { owners }
    }
}

/// Moves tokens on somebody's order: [`Event::TokensMoved`].
///
/// # Errors
/// [`Unmoved`] when they are not there, or the order makes no sense.
pub fn transfer(
    state: &State,
    from: Option<BucketId>,
    to: Option<BucketId>,
    ticks: Ticks,
    why: &str,
) -> Result<Event, Unmoved> {
    let order = Move { from, to, ticks, cause: MoveCause::Order, why: why.to_owned() };
    can_move(state, &order)?;
    Ok(Event::TokensMoved(order))
}

fn can_move(state: &State, order: &Move) -> Result<(), Unmoved> {
    if !order.ticks.is_positive() {
        return Err(Unmoved::NoAmount);
    }
    if order.from == order.to {
        return Err(Unmoved::SameBucket);
    }
    let unknown = |bucket: &BucketId| state.estate().bucket(*bucket).is_none();
    if let Some(bucket) = [order.from, order.to].into_iter().flatten().find(unknown) {
        return Err(Unmoved::NoBucket(bucket));
    }
    let free = state.free_tokens(order.from);
    if free < order.ticks { Err(Unmoved::TooMany { bucket: order.from, free }) } else { Ok(()) }
}

/// Asks for tokens for a bucket, of the bucket above or of the unallocated part: [`Event::TokensRequested`].
///
/// # Errors
/// [`Unmoved`] when such a request can never be approved.
pub fn request(
    state: &State,
    by: PersonId,
    bucket: BucketId,
    ticks: Ticks,
    why: &str,
    loan: Option<LoanTerms>,
    now: Instant,
) -> Result<Event, Unmoved> {
    if !ticks.is_positive() {
        return Err(Unmoved::NoAmount);
    }
    if state.estate().bucket(bucket).is_none() {
        return Err(Unmoved::NoBucket(bucket));
    }
    let from = state.estate().parent(bucket);
    // The vendor's corrections count: what was never there cannot be given.
    let bought: Ticks = state.ledger().packs().iter().map(|pack| pack.bought).sum();
    if ticks > bought {
        return Err(Unmoved::TooMany { bucket: from, free: state.free_tokens(from) });
    }
    if state.requests_waiting(by, now) >= WAITING_MAX {
        return Err(Unmoved::TooManyWaiting);
    }
    if let Some(loan) = loan {
        if loan.due <= now {
            return Err(Unmoved::DueNow);
        }
        if from.is_some_and(|lender| !state.estate().bucket_terms(lender).lends) {
            return Err(Unmoved::NoLoans);
        }
    }
    let expires = now.plus(state.terms().request_seconds);
    let why = why.to_owned();
    Ok(Event::TokensRequested(TokenRequest { by, bucket, from, ticks, why, expires, loan }))
}

/// Answers a request: [`Event::RequestAnswered`], and [`Event::TokensMoved`] when that was the last yes needed.
///
/// The smallest amount that anybody approved moves.
///
/// # Errors
/// [`Unmoved`] when they may not answer it, or the tokens are not there.
pub fn answer(
    state: &State,
    id: RequestId,
    by: PersonId,
    answer: Answer,
    comment: &str,
    now: Instant,
) -> Result<Vec<Event>, Unmoved> {
    let requested = state.requests().get(&id).ok_or(Unmoved::NoRequest(id))?;
    let TokenRequest { by: asker, bucket, from, expires, ref why, .. } = requested.request;
    if requested.progress != Progress::Waiting || expires <= now {
        return Err(Unmoved::NotWaiting(id));
    }
    if asker == by {
        return Err(Unmoved::OwnRequest);
    }
    if !state.deciders(from).contains(&by) {
        return Err(Unmoved::NotDecider(by));
    }
    let comment = comment.to_owned();
    let mut events = vec![Event::RequestAnswered { request: id, by, answer, comment }];
    let Answer::Approve(ticks) = answer else { return Ok(events) };
    if requested.approvals.iter().any(|(earlier, _)| *earlier == by) {
        return Err(Unmoved::SaidAlready);
    }
    if ticks > requested.request.ticks {
        return Err(Unmoved::MoreThanAsked(requested.request.ticks));
    }
    let smallest = least_approved(requested).map_or(ticks, |least| least.at_most(ticks));
    let cause = MoveCause::Request(id);
    let order = Move { from, to: Some(bucket), ticks: smallest, cause, why: why.clone() };
    can_move(state, &order)?;
    if requested.approvals.len().saturating_add(1) >= needed(state.terms(), requested, smallest) {
        events.push(Event::TokensMoved(order));
    }
    Ok(events)
}

/// How many have to say yes: two, when much is asked for; of one whose tokens moved, how many had to.
#[must_use]
pub fn approvals_needed(state: &State, requested: &Requested) -> usize {
    match usize::try_from(requested.needed) {
        Ok(needed) if needed > 0 => needed,
        _ => needed(state.terms(), requested, least_approved(requested).unwrap_or(Ticks::ZERO)),
    }
}

/// As many as these terms ask for, when so much moves.
pub(crate) fn needed(terms: &Terms, requested: &Requested, moved: Ticks) -> usize {
    let most = requested.request.ticks.max(moved);
    if terms.large.is_some_and(|large| most >= large) { 2 } else { 1 }
}

fn least_approved(requested: &Requested) -> Option<Ticks> {
    requested.approvals.iter().map(|(_, ticks)| *ticks).min()
}

/// What is due by itself: requests nobody answered, loans to be returned, periods that ended.
///
/// Apply the event and ask again, until there is none.
#[must_use]
pub fn due(state: &State, now: Instant) -> Option<Event> {
    // Of several that are due, the oldest request comes first.
    let unanswered = state.requests.expired(now).min();
    if let Some(id) = unanswered {
        return Some(Event::RequestExpired(id));
    }
    let mut lent: Vec<RequestId> = state.requests.to_be_returned(now).collect();
    lent.sort_unstable();
    let returned =
        lent.into_iter().find_map(|id| returned(state, id, state.requests().get(&id)?, now));
    returned.or_else(|| period_end(state, now))
}

/// What a borrower can give back of a loan that is due.
fn returned(state: &State, id: RequestId, requested: &Requested, now: Instant) -> Option<Event> {
    let loan = requested.request.loan.filter(|loan| loan.due <= now)?;
    let borrower = requested.request.bucket;
    let ticks = requested.owing.at_most(state.free_tokens(Some(borrower)));
    let why = format!("loan {id} was due {}", loan.due);
    let cause = MoveCause::LoanReturned(id);
    let order = Move { from: Some(borrower), to: requested.request.from, ticks, cause, why };
    ticks.is_positive().then_some(Event::TokensMoved(order))
}

/// The next step of ending a period: what is left moves, then the period is marked as ended.
fn period_end(state: &State, now: Instant) -> Option<Event> {
    let today = state.zone().date(now);
    // Only buckets with a period are in this list; few of them are over on any day.
    let ended = state.period_ends().keys();
    let over = ended.filter_map(|bucket| {
        let until = period_over(state, *bucket, today)?;
        Some((state.estate().buckets_above(*bucket).len(), *bucket, until))
    });
    // Those below come first, so that what they return is dealt with by those above.
    let (_, bucket, until) =
        over.min_by_key(|(depth, bucket, _)| (core::cmp::Reverse(*depth), *bucket))?;
    let terms = state.estate().bucket_terms(bucket);
    let to = match terms.leftover {
        Leftover::Carry => None,
        Leftover::Return => Some(terms.parent),
        Leftover::Expire => Some(None),
    };
    let ticks = state.free_tokens(Some(bucket));
    let moved = to.filter(|_| ticks.is_positive()).map(|to| {
        let why = format!("the period ended before {until}");
        Event::TokensMoved(Move { from: Some(bucket), to, ticks, cause: MoveCause::PeriodEnd, why })
    });
    Some(moved.unwrap_or(Event::PeriodEnded { bucket, until }))
}

/// The end of the bucket's last period that is over and was not dealt with yet.
fn period_over(state: &State, bucket: BucketId, today: Date) -> Option<Date> {
    let period = state.estate().bucket_terms(bucket).period;
    let (start, end) = period.around(today)?;
    let over = if end <= today { end } else { start };
    let dealt_with = state.period_ends().get(&bucket).copied();
    let is_new = dealt_with.is_some_and(|last| last < over);
    (over <= today && is_new).then_some(over)
}

/// What separate budgets cost beside a shared one (F16): the safety stock that each needs on its own, and
/// what all would need together, in tokens.
///
/// Each budget is a demand's mean in tokens, with a coefficient of variation `cv`; the service level is `z`
/// standard deviations. Demands are taken as independent.
#[must_use]
pub fn wall(budgets: &[f64], cv: f64, z: f64) -> (f64, f64) {
    let separate = budgets.iter().map(|mean| z * cv * mean).sum();
    let variance: f64 = budgets.iter().map(|mean| (cv * mean).powi(2)).sum();
    (separate, z * variance.sqrt())
}

#[cfg(test)]
mod tests;

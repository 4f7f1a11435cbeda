//! What an event is called on a statement: its cause, the other side, who stands behind it.

use super::{Cause, Line, Party, Scope};
use crate::amount::Ticks;
use crate::budget::{Answer, RequestId};
use crate::estate::{BucketId, Leftover, PersonId, ProductId};
use crate::event::{Charge, Event, Move, MoveCause, Outcome, TokenRequest};
use crate::state::State;
use crate::when::{Date, Instant};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// An order, and when it was given: what follows in the same commit carries it out.
#[derive(Clone, Debug)]
pub(super) struct Order {
    at: Instant,
    by: String,
}

/// The order that stands after an event: another one, or the same while its commit goes on.
pub(super) fn order(standing: Option<Order>, at: Instant, event: &Event) -> Option<Order> {
    match event {
        Event::Ordered { by, .. } => Some(Order { at, by: by.clone() }),
        Event::Opened(_) | Event::Refused(_) | Event::Closed { .. } | Event::UnitCharged(_) => None,
        _ => standing.filter(|order| order.at == at),
    }
}

/// What an event means for one scope, before it is applied.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) cause: Cause,
    pub(super) party: Option<Party>,
    pub(super) ticks: Ticks,
    pub(super) units: u64,
    pub(super) used: Option<(Date, Date)>,
    pub(super) by: Option<String>,
    pub(super) words: String,
}

impl Part {
    fn new(cause: Cause, party: Option<Party>, words: String) -> Self {
        let (ticks, units, used, by) = (Ticks::ZERO, 0, None, None);
        Self { cause, party, ticks, units, used, by, words }
    }
}

/// Labels fitted to what the ledger says changed: the ledger is right, whatever the labels claim.
pub(super) fn settled(mut parts: Vec<Part>, change: Ticks) -> Vec<Part> {
    if let [only] = parts.as_mut_slice() {
        only.ticks = change;
    }
    let claimed: Ticks = parts.iter().map(|part| part.ticks).sum();
    let rest = change.minus(claimed).unwrap_or_default();
    if rest != Ticks::ZERO {
        let words = "no event explains this change".to_owned();
        parts.push(Part { ticks: rest, ..Part::new(Cause::Unexplained, None, words) });
    }
    parts.retain(|part| part.ticks != Ticks::ZERO || part.cause.is_said_only());
    parts
}

/// The labels of an event that is no use, for a scope. What does not touch the scope is dropped by [`settled`].
pub(super) fn parts(
    state: &State,
    scope: Scope,
    event: &Event,
    order: Option<&Order>,
) -> Vec<Part> {
    let by = || order.map(|order| order.by.clone());
    match event {
        Event::PackBought { name, .. } | Event::PackAdded { name, .. } => {
            let words = format!("pack `{name}` came in");
            vec![Part { by: by(), ..Part::new(Cause::Bought, Some(Party::Vendor), words) }]
        }
        Event::Allocated { bucket, .. } => {
            let party = other_side(scope, None, Some(*bucket));
            vec![Part { by: by(), ..Part::new(Cause::Allocated, party, String::new()) }]
        }
        Event::TokensMoved(order) => vec![moved(state, scope, order, by())],
        Event::PackExpired { pack, .. } => {
            let words = format!("the term of pack `{}` ended", pack_name(state, *pack));
            vec![Part::new(Cause::Breakage, Some(Party::Vendor), words)]
        }
        Event::CarriedForward { pack, ticks, until } if !matches!(scope, Scope::Bucket(_)) => {
            let name = pack_name(state, *pack);
            let words = format!("{ticks} tokens of pack `{name}` live on until {until}");
            vec![Part::new(Cause::Carried, Some(Party::Vendor), words)]
        }
        Event::Corrected { why, .. } => {
            let correction = Part::new(Cause::Correction, Some(Party::Vendor), why.clone());
            vec![Part { by: by(), ..correction }]
        }
        Event::PeriodEnded { bucket, until } => stayed(state, scope, *bucket, *until),
        Event::TokensRequested(asked) => {
            let words = format!("{} tokens asked: {}", asked.ticks, asked.why);
            step(state, scope, asked, Cause::Asked, Some(asked.by), words)
        }
        Event::RequestAnswered { request, by, answer, comment } => {
            let said = match answer {
                Answer::Approve(ticks) => format!("yes to {ticks} tokens of request {request}"),
                Answer::Decline => format!("no to request {request}"),
            };
            let words = if comment.is_empty() { said } else { format!("{said}: {comment}") };
            let known = state.requests().get(request);
            let parts = known
                .map(|known| step(state, scope, &known.request, Cause::Answered, Some(*by), words));
            parts.unwrap_or_default()
        }
        Event::RequestExpired(request) => {
            let words = format!("nobody answered request {request}");
            let known = state.requests().get(request);
            let parts = known
                .map(|known| step(state, scope, &known.request, Cause::Unanswered, None, words));
            parts.unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// A step of a request, on the statements of who asks and of who would give.
fn step(
    state: &State,
    scope: Scope,
    asked: &TokenRequest,
    cause: Cause,
    by: Option<PersonId>,
    words: String,
) -> Vec<Part> {
    let Some(party) = other_side(scope, asked.from, Some(asked.bucket)) else { return Vec::new() };
    let by = by.and_then(|id| state.estate().person(id)).map(|person| person.name.clone());
    vec![Part { by, ..Part::new(cause, Some(party), words) }]
}

fn moved(state: &State, scope: Scope, order: &Move, by: Option<String>) -> Part {
    let comes = match order.to {
        Some(to) => scope == Scope::Bucket(to),
        None => scope == Scope::Unallocated,
    };
    let (cause, by) = match order.cause {
        MoveCause::Order if comes => (Cause::TransferredIn, by),
        MoveCause::Order => (Cause::TransferredOut, by),
        MoveCause::Request(id) => {
            let is_loan =
                state.requests().get(&id).is_some_and(|asked| asked.request.loan.is_some());
            (if is_loan { Cause::Loan } else { Cause::Request }, approvers(state, id))
        }
        MoveCause::LoanReturned(_) => (Cause::LoanReturned, by),
        MoveCause::PeriodEnd => (Cause::PeriodEnd, None),
    };
    let party = other_side(scope, order.from, order.to);
    Part { by, ..Part::new(cause, party, order.why.clone()) }
}

fn approvers(state: &State, id: RequestId) -> Option<String> {
    let approvals = &state.requests().get(&id)?.approvals;
    let named = approvals.iter().filter_map(|(person, _)| state.estate().person(*person));
    let names: Vec<&str> = named.map(|person| person.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(" and "))
}

fn other_side(scope: Scope, from: Option<BucketId>, to: Option<BucketId>) -> Option<Party> {
    let party = |side: Option<BucketId>| side.map_or(Party::Unallocated, Party::Bucket);
    let is_ours = |side: Option<BucketId>| match scope {
        Scope::Contract => false,
        Scope::Unallocated => side.is_none(),
        Scope::Bucket(id) => side == Some(id),
    };
    if is_ours(from) { Some(party(to)) } else { is_ours(to).then(|| party(from)) }
}

fn stayed(state: &State, scope: Scope, bucket: BucketId, until: Date) -> Vec<Part> {
    let carries = state.estate().bucket_terms(bucket).leftover == Leftover::Carry;
    if scope != Scope::Bucket(bucket) || !carries {
        return Vec::new();
    }
    let left = state.free_tokens(Some(bucket));
    let words = format!("the period ended before {until}; {left} tokens stay");
    vec![Part::new(Cause::Carried, None, words)]
}

fn pack_name(state: &State, pack: u32) -> String {
    let place = usize::try_from(pack).unwrap_or(usize::MAX);
    state.ledger().packs().get(place).map_or_else(String::new, |pack| pack.name.clone())
}

/// The charges that an event books or takes back, paid and not paid.
pub(super) struct Charged<'a> {
    pub(super) charges: Cow<'a, [Charge]>,
    /// Whether they are booked, not taken back.
    pub(super) booked: bool,
}

/// What an event charges or takes back, before it is applied.
pub(super) fn charged<'a>(state: &State, event: &'a Event) -> Option<Charged<'a>> {
    let posted = || {
        let (pair, hold) = state.hold_ended_by(event)?;
        Some(Charged { charges: Cow::Owned(vec![hold.charge(pair)]), booked: true })
    };
    match event {
        Event::UnitCharged(charge) => {
            Some(Charged { charges: core::slice::from_ref(charge).into(), booked: true })
        }
        Event::UsageCharged(charges) => {
            Some(Charged { charges: charges.as_slice().into(), booked: true })
        }
        Event::HoldEnded { outcome: Outcome::Posted, .. }
        | Event::Closed { hold: Some(Outcome::Posted), .. } => posted(),
        Event::UsageReversed(units) => {
            let charges = units.iter().filter_map(|unit| state.charges().get(*unit));
            Some(Charged { charges: charges.collect(), booked: false })
        }
        _ => None,
    }
}

/// Use by product: what was paid from the scope.
pub(super) fn used(state: &State, scope: Scope, charged: &Charged<'_>) -> Vec<Part> {
    let Charged { charges, booked } = charged;
    let cause = if *booked { Cause::Consumed } else { Cause::Reversed };
    let mut by_product: BTreeMap<ProductId, Part> = BTreeMap::new();
    for charge in charges.iter().filter(|c| c.paid && scope.is_paid_from(c.bucket)) {
        let part = by_product.entry(charge.product).or_insert_with(|| {
            Part::new(cause, Some(Party::Product(charge.product)), String::new())
        });
        let ticks = if *booked { charge.ticks.negated() } else { charge.ticks };
        part.ticks = part.ticks.plus(ticks).unwrap_or(part.ticks);
        part.units = part.units.saturating_add(1);
        let date = state.zone().date(charge.at);
        part.used = span(part.used, Some((date, date)));
    }
    by_product.into_values().collect()
}

/// The dates that span both.
pub(super) fn span(a: Option<(Date, Date)>, b: Option<(Date, Date)>) -> Option<(Date, Date)> {
    match (a, b) {
        (Some((from, to)), Some((first, last))) => Some((from.min(first), to.max(last))),
        _ => a.or(b),
    }
}

/// A line in words, its reason included.
pub(super) fn in_words(state: &State, line: &Line) -> String {
    let name = line.party.map(|party| party_name(state, party)).unwrap_or_default();
    let amount = if line.ticks.0 < 0 { line.ticks.negated() } else { line.ticks };
    let said = match line.cause {
        Cause::Consumed | Cause::Reversed => return use_in_words(line, &name, amount),
        Cause::Bought | Cause::Breakage | Cause::Unexplained => String::new(),
        cause if cause.is_said_only() => String::new(),
        Cause::Correction => format!("{} tokens by the vendor's count", line.ticks),
        _ if line.ticks.0 < 0 => format!("{amount} tokens to {name}"),
        _ => format!("{amount} tokens from {name}"),
    };
    let by = line.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    match (said.is_empty(), line.words.is_empty()) {
        (true, _) => format!("{}{by}", line.words),
        (_, true) => format!("{said}{by}"),
        _ => format!("{said}{by}: {}", line.words),
    }
}

fn use_in_words(line: &Line, product: &str, amount: Ticks) -> String {
    let units = if line.units == 1 { "unit" } else { "units" };
    let back = if line.cause == Cause::Reversed { " taken back" } else { "" };
    let late = match line.used {
        Some((from, to)) if (from, to) != (line.date, line.date) => {
            if from == to {
                format!(", used {from}")
            } else {
                format!(", used {from} to {to}")
            }
        }
        _ => String::new(),
    };
    format!("{} {units} of {product}{back}, {amount} tokens{late}", line.units)
}

/// The name of the other side of a line.
pub(super) fn party_name(state: &State, party: Party) -> String {
    let estate = state.estate();
    let name = match party {
        Party::Vendor => Some("the vendor"),
        Party::Unallocated => Some("the unallocated part of the pool"),
        Party::Bucket(id) => estate.bucket(id).map(|bucket| bucket.name.as_str()),
        Party::Product(id) => estate.product(id).map(|product| product.name.as_str()),
    };
    name.unwrap_or_default().to_owned()
}

//! Orders about tokens.

use super::refusal::{Kind, OrderRefusal, bucket_name};
use super::{Decided, Order, Orderer};
use faregate_core::amount::Ticks;
use faregate_core::budget::{self, Answer, LoanTerms, RequestId, approvals_needed};
use faregate_core::burn::{CURVE_POINTS_MAX, Plan, check_curve};
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;

pub(super) fn transfer(
    state: &State,
    orderer: &Orderer,
    from: Option<&str>,
    to: Option<&str>,
    ticks: Ticks,
    why: &str,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let (from, to) = (bucket(state, from)?, bucket(state, to)?);
    if !orderer.runs_faregate() {
        let person = person(state, orderer, now)?;
        may_move(state, person, from, to, ticks)?;
    }
    let event = budget::transfer(state, from, to, ticks, why)
        .map_err(|unmoved| OrderRefusal::unmoved(state, &unmoved))?;
    let (giver, taker) = (bucket_name(state, from), bucket_name(state, to));
    let said = vec![format!("{ticks} tokens moved from {giver} to {taker}")];
    Ok(Decided { events: vec![event], said, warnings: Vec::new() })
}

/// Whoever decides on the giving bucket may move its tokens by themselves: not to their own advantage, and not
/// so many that two people have to agree.
fn may_move(
    state: &State,
    person: PersonId,
    from: Option<BucketId>,
    to: Option<BucketId>,
    ticks: Ticks,
) -> Result<(), OrderRefusal> {
    if !state.deciders(from).contains(&person) {
        let message = "only those who decide on the giving bucket may move its tokens";
        return Err(OrderRefusal::forbidden(message));
    }
    let is_own = |bucket: BucketId| {
        state.payer(person) == bucket
            || state.estate().bucket_terms(bucket).owners.contains(&person)
    };
    if let Some(own) = to.filter(|bucket| is_own(*bucket)) {
        let message = format!("{} is the orderer's own", bucket_name(state, Some(own)));
        let help = "ask instead: somebody else who decides on the giving bucket says yes";
        return Err(OrderRefusal::new(Kind::Forbidden, "own-bucket", message, help));
    }
    match state.terms().large.filter(|large| ticks >= *large) {
        None => Ok(()),
        Some(large) => {
            let message = format!("{large} tokens or more are not moved by one person alone");
            let help = "ask instead: a request needs two who say yes";
            Err(OrderRefusal::new(Kind::Forbidden, "needs-two", message, help))
        }
    }
}

pub(super) fn request(
    state: &State,
    orderer: &Orderer,
    key: Option<&str>,
    ticks: Ticks,
    why: &str,
    due: Option<Instant>,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let by = person(state, orderer, now)?;
    let bucket = bucket(state, key)?.unwrap_or_else(|| state.payer(by));
    let is_theirs = bucket == state.payer(by)
        || state.estate().deciders(bucket).contains(&by)
        || orderer.runs_faregate();
    if !is_theirs {
        let message = "tokens can be asked for one's own bucket, or for one that one owns";
        return Err(OrderRefusal::forbidden(message));
    }
    let loan = due.map(|due| LoanTerms { due });
    let event = budget::request(state, by, bucket, ticks, why, loan, now)
        .map_err(|unmoved| OrderRefusal::unmoved(state, &unmoved))?;
    let from = state.estate().parent(bucket);
    let names = |people: Vec<PersonId>| {
        let keys = people.iter().filter_map(|id| state.estate().person(*id));
        keys.map(|person| person.key.clone()).collect::<Vec<_>>().join(", ")
    };
    let deciders: Vec<PersonId> =
        state.deciders(from).into_iter().filter(|decider| *decider != by).collect();
    let asked = format!("{ticks} tokens asked of {}", bucket_name(state, from));
    let (said, warnings) = if deciders.is_empty() {
        let nobody = "nobody decides on this: name owners of the bucket above, or of the contract";
        (asked, vec![nobody.to_owned()])
    } else {
        (format!("{asked}; {} can say yes", names(deciders)), Vec::new())
    };
    Ok(Decided { events: vec![event], said: vec![said], warnings })
}

pub(super) fn answer(
    state: &State,
    orderer: &Orderer,
    request: RequestId,
    approved: Option<Ticks>,
    comment: &str,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let by = person(state, orderer, now)?;
    let answer = approved.map_or(Answer::Decline, Answer::Approve);
    let events = budget::answer(state, request, by, answer, comment, now)
        .map_err(|unmoved| OrderRefusal::unmoved(state, &unmoved))?;
    let moved = events.iter().find_map(|event| match event {
        Event::TokensMoved(order) => Some(order.ticks),
        _ => None,
    });
    let said = match (approved, moved) {
        (None, _) => format!("request {request} was declined"),
        (Some(_), Some(ticks)) => format!("request {request} was approved: {ticks} tokens moved"),
        (Some(_), None) => {
            let needed =
                state.requests().get(&request).map_or(2, |known| approvals_needed(state, known));
            format!("noted; request {request} needs {needed} people to say yes")
        }
    };
    Ok(Decided { events, said: vec![said], warnings: Vec::new() })
}

/// Whoever decides on a bucket says how its allotment is to be used up; the contract's owners, of the pool.
pub(super) fn set_plan(
    state: &State,
    orderer: &Orderer,
    key: Option<&str>,
    plan: &Plan,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let bucket = bucket(state, key)?;
    if !orderer.runs_faregate() {
        let by = person(state, orderer, now)?;
        if !state.deciders(bucket).contains(&by) {
            let message = "only those who decide on a bucket may say how it is to be used up";
            return Err(OrderRefusal::forbidden(message));
        }
    }
    if let Plan::Curve(points) = plan {
        check_curve(points).map_err(|bad| {
            let help = format!(
                "give 1 to {CURVE_POINTS_MAX} dates in their order, each with a share from 0 to 1, no smaller than the one before"
            );
            invalid("bad-curve", &bad.to_string(), &help)
        })?;
    }
    let whose = key.map_or_else(|| "the pool".to_owned(), |key| format!("bucket `{key}`"));
    let said = vec![format!("{whose} is used up by a {} plan from now on", plan.key())];
    let events = vec![Event::PlanSet { bucket, plan: plan.clone() }];
    Ok(Decided { events, said, warnings: Vec::new() })
}

/// Packs, and what the vendor says of them.
pub(super) fn pack(state: &State, order: &Order, now: Instant) -> Result<Decided, OrderRefusal> {
    match order {
        Order::Buy { name, kind, ticks, from, until, price } => {
            if !ticks.is_positive() {
                return Err(invalid(
                    "no-amount",
                    "the amount must be above zero",
                    "give a positive number of tokens",
                ));
            }
            if until <= from {
                return Err(invalid(
                    "ends-before-it-begins",
                    "the pack ends before it begins",
                    "swap the two dates",
                ));
            }
            let warnings = if *until <= now {
                vec!["the pack's term is over already: its tokens expire at once".to_owned()]
            } else {
                Vec::new()
            };
            let (name, kind, ticks) = (name.clone(), *kind, *ticks);
            let said = vec![format!("pack `{name}` of {ticks} tokens came in, unallocated")];
            let event =
                Event::PackAdded { name, kind, ticks, from: *from, until: *until, price: *price };
            Ok(Decided { events: vec![event], said, warnings })
        }
        Order::Correct { pack, bucket: key, ticks, why } => {
            let index = pack.checked_sub(1);
            let known = index.and_then(|index| state.ledger().packs().get(index as usize));
            let (index, known) =
                index.zip(known).ok_or_else(|| OrderRefusal::unknown("pack", &pack.to_string()))?;
            let bucket = bucket(state, key.as_deref())?;
            let loses = ticks.negated();
            let free = state.free_tokens(bucket).at_most(known.remaining);
            if *ticks == Ticks::ZERO || why.trim().is_empty() {
                return Err(invalid(
                    "no-reason",
                    "a correction needs an amount and a reason",
                    "say how many tokens, and why",
                ));
            }
            if loses.is_positive() && free < loses {
                let message = format!("only {free} tokens can be taken from there");
                return Err(OrderRefusal::new(
                    Kind::Conflict,
                    "too-few-tokens",
                    message,
                    "name the bucket that has them",
                ));
            }
            let said = vec![format!("pack {pack} holds {ticks} tokens more: {why}")];
            let event = Event::Corrected { pack: index, bucket, ticks: *ticks, why: why.clone() };
            Ok(Decided { events: vec![event], said, warnings: Vec::new() })
        }
        Order::VendorBalance { at, ticks } => {
            let said = vec![format!("the vendor said {ticks} tokens were left at {at}")];
            let event = Event::VendorBalance { at: *at, ticks: *ticks };
            Ok(Decided { events: vec![event], said, warnings: Vec::new() })
        }
        _ => Ok(Decided::default()),
    }
}

fn invalid(code: &'static str, message: &str, help: &str) -> OrderRefusal {
    OrderRefusal::new(Kind::Invalid, code, message, help)
}

fn bucket(state: &State, key: Option<&str>) -> Result<Option<BucketId>, OrderRefusal> {
    let Some(key) = key else { return Ok(None) };
    let known = state.estate().bucket_called(key);
    known.map(Some).ok_or_else(|| OrderRefusal::unknown("bucket", key))
}

/// The person that an orderer is: their name is one of the person's.
fn person(state: &State, orderer: &Orderer, now: Instant) -> Result<PersonId, OrderRefusal> {
    state.estate().person_known_as(orderer.name(), now).ok_or_else(|| {
        let message = format!("`{}` is no person that Faregate knows", orderer.name());
        let help =
            "requests and their answers are people's: use a key that bears a person's name (--as)";
        OrderRefusal::new(Kind::Forbidden, "no-person", message, help)
    })
}

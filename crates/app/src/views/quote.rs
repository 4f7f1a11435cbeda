//! What would happen if somebody opened a product now, and what else they could do. Books nothing.

use super::seats::{SeatUse, hosts, idle_seats};
use crate::gate::Answer;
use crate::rules::Rules;
use faregate_core::access::{Question, Verdict};
use faregate_core::amount::{Money, Ticks};
use faregate_core::estate::{BucketId, OfferingId, PersonId, ProductId};
use faregate_core::event::{Ask, Event, Fare, Reason, Route};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::tariff::Meter;
use faregate_core::when::Instant;
use std::sync::{Mutex, PoisonError};

/// What would happen.
#[derive(Clone, Debug)]
pub struct Quote {
    /// What the gate would answer.
    pub answer: Answer,
    /// What a unit of the product costs on tokens, and what is counted.
    pub unit: Option<(Ticks, Meter)>,
    /// Tokens that would be reserved.
    pub tokens: Ticks,
    /// What they are worth at today's price.
    pub money: Option<Money>,
    /// The bucket that would pay, and what is free in it afterwards.
    pub bucket: Option<(BucketId, Ticks)>,
    /// What else the person could do.
    pub alternatives: Vec<Alternative>,
}

/// What somebody could do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// Take a seat that nobody holds.
    FreeSeat(OfferingId),
    /// Close the product where their own seat is in use.
    OwnSeatInUse(Vec<String>),
    /// Ask colleagues for a seat that they do not use.
    IdleSeats(usize),
    /// Ask those who decide for more tokens in the bucket.
    AskForTokens {
        /// For which bucket.
        bucket: BucketId,
        /// Who decides.
        deciders: Vec<PersonId>,
    },
}

/// The policies in force, read anew only when rules changed, for whoever asks without deciding.
#[derive(Default)]
pub struct KnownRules(Mutex<Rules>);

impl KnownRules {
    /// The policies that hold in a state.
    #[must_use]
    pub fn of(&self, state: &State) -> Rules {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.hold_in(state) {
            *known = Rules::of(state);
        }
        known.clone()
    }
}

/// What would happen if this were asked now.
#[must_use]
pub fn quote(state: &State, rules: &Rules, used: &SeatUse, ask: &Ask, now: Instant) -> Quote {
    let answer = match gate::open(state, rules.policies(), ask, now) {
        Event::Refused(refused) => Answer::Refused(refused),
        Event::Opened(opened) => Answer::Opened(opened),
        // The gate answers with nothing else.
        _ => Answer::Refused(faregate_core::event::Refused {
            ask: ask.clone(),
            reason: Reason::NotEligible,
            tariff: 0,
            basis: faregate_core::event::Basis::default(),
        }),
    };
    let estate = state.estate();
    let product = estate.product_called(&ask.product);
    let person = estate.person_known_as(&ask.person, now);
    let rate = product.and_then(|product| state.rate(product, now));
    let (tokens, bucket) = match &answer {
        Answer::Opened(opened) => match opened.route {
            Route::Tokens { bucket, ticks, .. } => (ticks, Some(bucket)),
            Route::Seat(_) | Route::FreeSeat(_) => (Ticks::ZERO, None),
        },
        Answer::Refused(_) => (Ticks::ZERO, payer(state, ask, person)),
    };
    let price = state.tariff().and_then(|(_, tariff)| tariff.token_price(now, state.zone()));
    let left =
        |bucket| state.free_tokens(Some(bucket)).minus(tokens).unwrap_or_default().max(Ticks::ZERO);
    let alternatives = match (&answer, person.zip(product)) {
        (Answer::Refused(refused), Some(pair)) => {
            alternatives(state, rules, used, ask, pair, bucket, refused.reason, now)
        }
        _ => Vec::new(),
    };
    Quote {
        unit: rate.map(|rate| (rate.ticks, rate.meter)),
        money: price.map(|price| price.for_tokens(tokens)),
        bucket: bucket.map(|bucket| (bucket, left(bucket))),
        tokens,
        alternatives,
        answer,
    }
}

fn payer(state: &State, ask: &Ask, person: Option<PersonId>) -> Option<BucketId> {
    match &ask.bucket {
        Some(key) => state.estate().bucket_called(key),
        None => person.map(|person| state.payer(person)),
    }
}

#[expect(clippy::too_many_arguments, reason = "each is one fact of the refusal, and used once")]
fn alternatives(
    state: &State,
    rules: &Rules,
    used: &SeatUse,
    ask: &Ask,
    (person, product): (PersonId, ProductId),
    bucket: Option<BucketId>,
    reason: Reason,
    now: Instant,
) -> Vec<Alternative> {
    let mut found = Vec::new();
    let estate = state.estate();
    let own = estate.covering_seat(person, product, now);
    let elsewhere: Vec<String> = own
        .map(|seat| hosts(state, seat))
        .into_iter()
        .flatten()
        .filter(|host| *host != ask.host)
        .collect();
    if !elsewhere.is_empty() {
        found.push(Alternative::OwnSeatInUse(elsewhere));
    }
    let bucket = bucket.unwrap_or_else(|| state.payer(person));
    let place = estate.locate(&ask.more.evidence);
    let question = Question { person, product, fare: Fare::FreeSeat, bucket, place, ask, at: now };
    let permitted = rules.policies().enforced.judge(state, &question) == Verdict::Permit;
    let free = own.map_or_else(|| estate.free_seat(product, now, |_| true), |_| None);
    if let Some(seat) = free.filter(|_| permitted).and_then(|id| estate.seat(id)) {
        found.push(Alternative::FreeSeat(seat.offering));
    }
    let idle = idle_seats(state, used, (person, product), now);
    if idle > 0 && own.is_none() {
        found.push(Alternative::IdleSeats(idle));
    }
    if matches!(reason, Reason::BucketExhausted) {
        let mut deciders = state.deciders(estate.parent(bucket));
        deciders.retain(|decider| *decider != person);
        found.push(Alternative::AskForTokens { bucket, deciders });
    }
    found
}

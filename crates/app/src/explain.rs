//! Why a decision was made: recomputed from the journal, never from memory.

use crate::engine::{Engine, Failure, replayed};
use crate::rules::Rules;
use faregate_core::amount::Ticks;
use faregate_core::event::{Ask, Event};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::when::Instant;

/// A decision and everything that it stood on.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Its place in the journal.
    pub seq: u64,
    /// When it was made.
    pub at: Instant,
    /// What was decided.
    pub decided: Event,
    /// What the core decides today, given the journal up to then.
    pub recomputed: Event,
    /// The facts that mattered, in the order in which they were looked at.
    pub facts: Vec<Fact>,
}

/// One fact, named and put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What was looked at, in kebab-case.
    pub name: &'static str,
    /// What was found.
    pub found: String,
}

impl Explanation {
    /// Whether recomputing gives what was decided.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.decided == self.recomputed
    }
}

/// Explains the decision at a place of the journal; `None` when there is none.
///
/// # Errors
/// [`Failure`] when the journal cannot be read.
pub fn explain(engine: &mut Engine, seq: u64) -> Result<Option<Explanation>, Failure> {
    let Some(entry) = engine.store.entry(seq)? else { return Ok(None) };
    let ask = match &entry.event {
        Event::Opened(opened) => opened.ask.clone(),
        Event::Refused(refused) => refused.ask.clone(),
        _ => return Ok(None),
    };
    let (state, _) = replayed(&mut *engine.store, State::default(), seq.saturating_sub(1))?;
    let rules = Rules::of(&state);
    let recomputed = gate::open(&state, rules.policies(), &ask, entry.at);
    let facts = facts(&state, &ask, entry.at);
    Ok(Some(Explanation { seq, at: entry.at, decided: entry.event, recomputed, facts }))
}

/// Finds the decision that answered a request.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn find_request(engine: &mut Engine, key: &str) -> Result<Option<u64>, Failure> {
    Ok(engine.store.request(key)?.map(|request| request.seq))
}

fn facts(state: &State, ask: &Ask, at: Instant) -> Vec<Fact> {
    let estate = state.estate();
    let mut facts = Vec::new();
    let mut add = |name, found: String| facts.push(Fact { name, found });
    if let Some((number, tariff)) = state.tariff() {
        add("tariff", format!("`{}`, adopted as number {}", tariff.parts().name, number + 1));
    }
    let product = estate.product_called(&ask.product);
    add(
        "product",
        product.and_then(|id| estate.product(id)).map_or("unknown".to_owned(), |p| p.name.clone()),
    );
    let person = estate.person_known_as(&ask.person, at);
    add(
        "person",
        person.and_then(|id| estate.person(id)).map_or("unknown".to_owned(), |p| p.name.clone()),
    );
    let (Some(product), Some(person)) = (product, person) else { return facts };
    let seat = estate.covering_seat(person, product, at).and_then(|id| estate.seat(id));
    let offering = seat.and_then(|seat| estate.offering(seat.offering));
    add(
        "seat",
        offering.map_or("none covers the product".to_owned(), |o| format!("holds `{}`", o.name)),
    );
    let rate = state.rate(product, at);
    add(
        "rate",
        rate.map_or("none in force".to_owned(), |r| {
            format!("{} tokens a {}", r.ticks, r.meter.key())
        }),
    );
    let covered =
        state.charges().covered_until((person, product), state.zone()).filter(|end| at < *end);
    add("unit", covered.map_or("none running".to_owned(), |end| format!("paid until {end}")));
    let chosen = ask.bucket.as_deref().map(|key| estate.bucket_called(key));
    let bucket = chosen.unwrap_or(Some(state.payer(person)));
    let available = |id| state.ledger().bucket(id).map_or(Ticks::ZERO, |balance| balance.available);
    let named = bucket.and_then(|id| Some((estate.bucket(id)?, available(id))));
    add(
        "bucket",
        named.map_or("unknown".to_owned(), |(b, left)| {
            format!("`{}` with {left} tokens available", b.name)
        }),
    );
    facts
}

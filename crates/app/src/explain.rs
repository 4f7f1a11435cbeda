//! Why a decision was made: recomputed from the journal, never from memory.

use crate::engine::{Engine, Failure, replayed};
use crate::rules::Rules;
use faregate_core::access::Question;
use faregate_core::amount::Ticks;
use faregate_core::caps::{Measure, Used};
use faregate_core::charges::Pair;
use faregate_core::estate::{Breach, BucketId, Domain, PersonId};
use faregate_core::event::{Ask, Event, Fare};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_policy::{Effect, Finding, Ruling};

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
    let facts = facts(&state, &rules, &ask, entry.at);
    Ok(Some(Explanation { seq, at: entry.at, decided: entry.event, recomputed, facts }))
}

/// Finds the decision that answered a request.
///
/// # Errors
/// [`Failure`] when the store cannot be read.
pub fn find_request(engine: &mut Engine, key: &str) -> Result<Option<u64>, Failure> {
    Ok(engine.store.request(key)?.map(|request| request.seq))
}

fn facts(state: &State, rules: &Rules, ask: &Ask, at: Instant) -> Vec<Fact> {
    let looking = Looking { state, rules, ask, at };
    let mut facts = Vec::new();
    looking.who_and_what(&mut facts);
    let estate = state.estate();
    let pair = estate.person_known_as(&ask.person, at).zip(estate.product_called(&ask.product));
    let Some(pair) = pair else { return facts };
    looking.seat_and_unit(pair, &mut facts);
    looking.territory(pair, &mut facts);
    looking.policies(pair, &mut facts);
    looking.caps(pair, &mut facts);
    looking.bucket(pair.0, &mut facts);
    facts
}

/// What a decision looked at.
struct Looking<'a> {
    state: &'a State,
    rules: &'a Rules,
    ask: &'a Ask,
    at: Instant,
}

fn fact(name: &'static str, found: impl Into<String>) -> Fact {
    Fact { name, found: found.into() }
}

impl Looking<'_> {
    fn who_and_what(&self, facts: &mut Vec<Fact>) {
        let (state, estate) = (self.state, self.state.estate());
        if let Some((number, tariff)) = state.tariff() {
            let adopted = format!("`{}`, adopted as number {}", tariff.parts().name, number + 1);
            facts.push(fact("tariff", adopted));
        }
        facts.push(fact(
            "rules",
            format!("after {} changes of policies, caps and terms", state.rules()),
        ));
        let product = estate.product_called(&self.ask.product).and_then(|id| estate.product(id));
        facts.push(fact("product", product.map_or("unknown", |product| &product.name)));
        let id = estate.person_known_as(&self.ask.person, self.at);
        let person = id.and_then(|id| estate.person(id));
        facts.push(fact("person", person.map_or("unknown", |person| &person.name)));
        let until = id.and_then(|id| estate.standing(id)).and_then(|standing| standing.until);
        facts.extend(until.map(|until| fact("access", format!("until {until}"))));
        let groups = id.map(|id| estate.groups_of(id)).unwrap_or_default();
        let keys: Vec<&str> = groups
            .iter()
            .filter_map(|id| estate.group(*id))
            .map(|group| group.key.as_str())
            .collect();
        if !keys.is_empty() {
            facts.push(fact("groups", keys.join(", ")));
        }
        facts.push(fact("place", self.place()));
    }

    fn place(&self) -> String {
        let estate = self.state.estate();
        let place = estate.locate(&self.ask.more.evidence);
        let site = place.site.and_then(|id| estate.site(id)).map(|site| site.name.as_str());
        let country = place.country.as_ref().map(|country| country.code());
        match (site, country) {
            (Some(site), Some(country)) => format!("{site}, {country} ({})", place.trust.key()),
            (None, Some(country)) => format!("{country} ({})", place.trust.key()),
            _ => "unknown".to_owned(),
        }
    }

    fn seat_and_unit(&self, pair: Pair, facts: &mut Vec<Fact>) {
        let (state, estate, at) = (self.state, self.state.estate(), self.at);
        let seat = estate.covering_seat(pair.0, pair.1, at).and_then(|id| estate.seat(id));
        let offering = seat.and_then(|seat| estate.offering(seat.offering));
        let held = offering.map(|offering| format!("holds `{}`", offering.name));
        facts.push(fact("seat", held.unwrap_or("none covers the product".to_owned())));
        let rate = state.rate(pair.1, at);
        let rate = rate.map(|rate| format!("{} tokens a {}", rate.ticks, rate.meter.key()));
        facts.push(fact("rate", rate.unwrap_or("none in force".to_owned())));
        let covered = state.charges().covered_until(pair, state.zone()).filter(|end| at < *end);
        let covered = covered.map(|end| format!("paid until {end}"));
        facts.push(fact("unit", covered.unwrap_or("none running".to_owned())));
    }

    /// The territory that the place lies outside of, for what the person would have used.
    fn territory(&self, (person, product): Pair, facts: &mut Vec<Fact>) {
        let (estate, at) = (self.state.estate(), self.at);
        let seats: Vec<_> = estate.covering_seats(person, product, at).collect();
        let of_seat = |seat| {
            let offering = estate.seat(seat).map(|known| Domain::Offering(known.offering));
            core::iter::once(Domain::Seat(seat)).chain(offering)
        };
        let of_tokens = || {
            let bucket = self.payer(person);
            let above = bucket.map(|id| estate.buckets_above(id)).unwrap_or_default();
            bucket.into_iter().chain(above).map(Domain::Bucket).chain([Domain::Pool])
        };
        let domains: Vec<Domain> = match seats.is_empty() {
            true => of_tokens().collect(),
            false => seats.into_iter().flat_map(of_seat).collect(),
        };
        let place = estate.locate(&self.ask.more.evidence);
        let Some((territory, done)) = estate.outside(&domains, place, at) else { return };
        let done = match done {
            Breach::Report => "let through and reported",
            Breach::Quarantine => "let through, to be looked at",
            Breach::Refuse => "refused",
        };
        let (of, allowed) = (self.named(territory.domain), territory.allowed.join(", "));
        let elsewhere = if place.country.is_none() { "an unknown place" } else { "this place" };
        facts.push(fact(
            "territory",
            format!("{of} may be used in {allowed}; {elsewhere} is {done}"),
        ));
    }

    fn named(&self, domain: Domain) -> String {
        let estate = self.state.estate();
        match domain {
            Domain::Pool => "the pool".to_owned(),
            Domain::Bucket(id) => {
                format!("bucket `{}`", estate.bucket(id).map_or("?", |bucket| &bucket.name))
            }
            Domain::Offering(id) => {
                format!("`{}`", estate.offering(id).map_or("?", |offering| &offering.name))
            }
            Domain::Seat(id) => format!("seat {}", id.0),
        }
    }

    /// Each policy whose scope matches, on each fare that comes into question.
    fn policies(&self, (person, product): Pair, facts: &mut Vec<Fact>) {
        let (state, ask, at) = (self.state, self.ask, self.at);
        let place = state.estate().locate(&ask.more.evidence);
        let bucket = self.payer(person).unwrap_or_default();
        let fares: &[Fare] = match state.estate().covering_seat(person, product, at) {
            Some(_) => &[Fare::Seat],
            None if state.terms().seat_moves_a_day == 0 => &[Fare::Tokens],
            None => &[Fare::FreeSeat, Fare::Tokens],
        };
        for &fare in fares {
            let question = Question { person, product, fare, bucket, place, ask, at };
            let rulings = self.rules.rulings(state, &question);
            facts.extend(rulings.iter().map(|ruling| fact("policy", worded(ruling, fare))));
        }
    }

    fn caps(&self, (person, product): Pair, facts: &mut Vec<Fact>) {
        let (state, at) = (self.state, self.at);
        let place = state.estate().locate(&self.ask.more.evidence);
        let covered = state.estate().covering_seat(person, product, at).is_some();
        let bucket = if covered { None } else { self.payer(person) };
        let used = Used { person, product, bucket, place, at };
        for (index, cap) in state.counts().caps().iter().enumerate() {
            let counted = state.counts().counted(index, cap, state.estate(), state.zone(), &used);
            let Some(counted) = counted else { continue };
            let (counted, limit) = match cap.measure {
                Measure::Tokens => (Ticks(counted).to_string(), Ticks(cap.limit).to_string()),
                _ => (counted.to_string(), cap.limit.to_string()),
            };
            facts.push(fact("cap", format!("`{}` stood at {counted} of {limit}", cap.key)));
        }
    }

    fn payer(&self, person: PersonId) -> Option<BucketId> {
        let chosen = self.ask.bucket.as_deref().map(|key| self.state.estate().bucket_called(key));
        chosen.unwrap_or_else(|| Some(self.state.payer(person)))
    }

    fn bucket(&self, person: PersonId, facts: &mut Vec<Fact>) {
        let (state, bucket) = (self.state, self.payer(person));
        let available =
            |id| state.ledger().bucket(id).map_or(Ticks::ZERO, |balance| balance.available);
        let named = bucket.and_then(|id| Some((state.estate().bucket(id)?, available(id))));
        let found = named.map(|(b, left)| format!("`{}` with {left} tokens available", b.name));
        facts.push(fact("bucket", found.unwrap_or("unknown".to_owned())));
    }
}

fn worded(ruling: &Ruling<'_>, fare: Fare) -> String {
    let effect = match ruling.effect {
        Effect::Permit => "permits",
        Effect::Forbid => "forbids",
    };
    let finding = match ruling.finding {
        Finding::Held => "it applies",
        Finding::Failed => "its condition is not met",
        Finding::Errored => "its condition has no value, so it is left out",
    };
    let place = format!("`{}` ({}, line {})", ruling.id, ruling.set, ruling.line);
    format!("{place} {effect} {}: {finding}", fare.key())
}

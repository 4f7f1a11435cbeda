//! What is best for each person, and why nobody else is moved.

use super::Terms;
use super::compliance::{Bar, Bars};
use super::habits::{Habits, Use};
use super::market::{Market, Priced};
use faregate_core::estate::{OfferingId, PersonId, SeatId};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};
use faregate_plan::crossover::{self, Need, Offer, Recommendation, Situation, Verdict};

/// Fewer days known say nothing of anybody.
pub(super) const DAYS_MIN: usize = 28;

/// A seat that somebody holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Which.
    pub seat: SeatId,
    /// Of what.
    pub offering: OfferingId,
    /// First date after its term.
    pub until: Date,
}

/// Why somebody stays what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standstill {
    /// It is best as it is: the level lies within the band, or nothing would be saved.
    AsItIs,
    /// A move would save, but not surely enough.
    Unsure,
    /// A move would save less than it costs.
    NotWorthIt,
    /// Something stands against it.
    Barred(Bar),
    /// Too little is known of them.
    TooLittleKnown,
}

impl Standstill {
    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::AsItIs => "as-it-is",
            Self::Unsure => "unsure",
            Self::NotWorthIt => "not-worth-it",
            Self::Barred(bar) => bar.key(),
            Self::TooLittleKnown => "too-little-known",
        }
    }
}

/// What is said of one person and one offering.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonAdvice {
    /// Who.
    pub person: PersonId,
    /// The seat in question, where they hold it.
    pub holds: Option<Holding>,
    /// The offering in question; `None`: none is of use to them.
    pub offering: Option<OfferingId>,
    /// What it costs in a year, in units of money.
    pub seat: f64,
    /// Its figures, with the verdict of the rule alone.
    pub found: Recommendation,
    /// What the use that the offering covers is expected to cost on tokens in a year, in units of money.
    pub on_tokens: f64,
    /// What stands against a move; `None`: the verdict is to be followed.
    pub stays: Option<Standstill>,
    /// Days since they used any of it last.
    pub idle_days: Option<usize>,
    /// Whether they may open nothing any more.
    pub has_left: bool,
}

/// What is said of everybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// By person, then offering.
    pub people: Vec<PersonAdvice>,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// Looks at everybody who used anything or holds a seat.
#[must_use]
pub fn advise(
    state: &State,
    (habits, market, bars): (&Habits, &Market, &Bars),
    terms: &Terms,
    now: Instant,
) -> Advice {
    let mut gaps = market.gaps.clone();
    let days = habits.days();
    if days < DAYS_MIN {
        gaps.push(format!(
            "only {days} days of use are known: nobody is moved before {DAYS_MIN} days are"
        ));
    } else if days < 330 {
        gaps.push(format!(
            "{days} days of use are known, not a year: holidays and seasons to come are taken as usual ones"
        ));
    }
    let desk = Adviser { state, habits, market, bars, terms, now };
    let mut everybody: Vec<PersonId> = habits.people().collect();
    everybody.extend(state.estate().seats().iter().filter_map(|seat| seat.person));
    everybody.extend(state.estate().seat_moves().into_iter().filter_map(|(_, _, person)| person));
    everybody.iter_mut().for_each(|person| *person = state.estate().same_as(*person));
    everybody.sort_unstable();
    everybody.dedup();
    Advice { people: everybody.into_iter().flat_map(|person| desk.person(person)).collect(), gaps }
}

/// All that advice is given by.
pub(super) struct Adviser<'a> {
    pub(super) state: &'a State,
    pub(super) habits: &'a Habits,
    pub(super) market: &'a Market,
    pub(super) bars: &'a Bars,
    pub(super) terms: &'a Terms,
    pub(super) now: Instant,
}

impl Adviser<'_> {
    /// The figures of somebody without a seat for a seat of one offering, be it the best for them or not; `None`
    /// where it covers nothing that they used, or where something stands against it.
    pub(super) fn with_seat(&self, person: PersonId, id: OfferingId) -> Option<PersonAdvice> {
        let offering = self.market.offering(id)?;
        let used = self.of(person, offering);
        let is_barred = || self.bars.to_seat(self.state, person, id, self.now).is_some();
        if used.active == 0 || is_barred() {
            return None;
        }
        Some(self.advice(person, offering, used, None))
    }

    /// One line for each seat held, and one for the seat that would be best where none is.
    fn person(&self, person: PersonId) -> Vec<PersonAdvice> {
        let held = self.held(person);
        if held.is_empty() {
            return vec![self.wanting(person)];
        }
        held.into_iter().filter_map(|holding| self.holding(person, holding)).collect()
    }

    fn held(&self, person: PersonId) -> Vec<Holding> {
        let estate = self.state.estate();
        let seats = estate.seats_of(person, self.now).into_iter();
        let holding = |id: SeatId| {
            let seat = estate.seat(id)?;
            let until = self.state.zone().date(seat.until);
            Some(Holding { seat: id, offering: seat.offering, until })
        };
        seats.filter_map(holding).collect()
    }

    fn until(&self, person: PersonId) -> Option<Date> {
        let until = self.state.estate().standing(person)?.until?;
        Some(self.state.zone().date(until))
    }

    fn has_left(&self, person: PersonId) -> bool {
        let standing = self.state.estate().standing(person);
        standing.and_then(|known| known.until).is_some_and(|until| until <= self.now)
    }

    fn of(&self, person: PersonId, offering: &Priced) -> Use {
        let covers = |product| offering.covers.contains(&product);
        self.habits.of(self.market, person, self.until(person), covers)
    }

    fn holding(&self, person: PersonId, holding: Holding) -> Option<PersonAdvice> {
        let offering = self.market.offering(holding.offering)?;
        let used = self.of(person, offering);
        let mut advice = self.advice(person, offering, used, Some(holding));
        let bar = self.bars.to_tokens(person, &offering.covers).map(Standstill::Barred);
        advice.stays =
            if advice.has_left { None } else { bar.or_else(|| self.standstill(&advice)) };
        Some(advice)
    }

    /// The offering that is best for somebody without a seat: the one of the cheapest set that displaces most.
    fn wanting(&self, person: PersonId) -> PersonAdvice {
        let best = self.best(person);
        let Some((offering, used)) = best else { return self.on_tokens(person) };
        let mut advice = self.advice(person, offering, used, None);
        let bar = self.bars.to_seat(self.state, person, offering.id, self.now);
        advice.stays = match self.standstill(&advice) {
            None => bar.map(Standstill::Barred),
            why => why,
        };
        if advice.has_left {
            advice.stays = Some(Standstill::AsItIs);
        }
        advice
    }

    fn best(&self, person: PersonId) -> Option<(&Priced, Use)> {
        let until = self.until(person);
        let products = self.habits.products(person);
        let rated = products.iter().map(|product| {
            let used = self.habits.of(self.market, person, until, |one| one == *product);
            Need { product: product.index(), on_tokens: used.cost(), has_rate: true }
        });
        let unrated = self.bars.unrated(person).into_iter();
        let unrated =
            unrated.map(|one| Need { product: one.index(), on_tokens: 0.0, has_rate: false });
        let needs: Vec<Need> = rated.chain(unrated).collect();
        let offers: Vec<Offer> = self
            .market
            .offerings
            .iter()
            .map(|one| Offer {
                per_year: one.per_year,
                covers: one.covers.iter().map(|product| product.index()).collect(),
            })
            .collect();
        let chosen =
            crossover::cheapest(&needs, &offers).map_or_else(Vec::new, |choice| choice.offers);
        let with_use = |place: usize| {
            let offering = self.market.offerings.get(place)?;
            Some((offering, self.of(person, offering)))
        };
        // Where tokens are best, the figures shown are those of the seat that comes nearest.
        let all: Vec<usize> = if chosen.is_empty() { (0..offers.len()).collect() } else { chosen };
        let gain = |(offering, used): &(&Priced, Use)| used.cost() - offering.per_year;
        let candidates = all.into_iter().filter_map(with_use).filter(|(_, used)| used.active > 0);
        candidates.max_by(|a, b| gain(a).total_cmp(&gain(b)))
    }

    fn advice(
        &self,
        person: PersonId,
        offering: &Priced,
        used: Use,
        holds: Option<Holding>,
    ) -> PersonAdvice {
        let seat = offering.per_year;
        let at = Situation { on_seat: holds.is_some(), seat, day: used.day, months: 12.0 };
        let known = self.state.estate().offering(offering.id);
        let rule = self.terms.rule_of(known.map_or("", |known| known.key.as_str()));
        PersonAdvice {
            person,
            holds,
            offering: Some(offering.id),
            seat,
            found: crossover::recommend(&used.outlook, at, rule),
            on_tokens: used.cost(),
            stays: None,
            idle_days: self.habits.idle_days(person, &offering.covers),
            has_left: self.has_left(person),
        }
    }

    /// Somebody for whom no offering is of any use.
    fn on_tokens(&self, person: PersonId) -> PersonAdvice {
        let used = self.habits.of(self.market, person, self.until(person), |_| true);
        let at = Situation { on_seat: false, seat: f64::INFINITY, day: used.day, months: 12.0 };
        PersonAdvice {
            person,
            holds: None,
            offering: None,
            seat: 0.0,
            found: crossover::recommend(&used.outlook, at, &self.terms.rule),
            on_tokens: used.cost(),
            stays: Some(Standstill::AsItIs),
            idle_days: self.habits.idle_days(person, &self.habits.products(person)),
            has_left: self.has_left(person),
        }
    }

    fn standstill(&self, advice: &PersonAdvice) -> Option<Standstill> {
        if self.habits.days() < DAYS_MIN {
            return Some(Standstill::TooLittleKnown);
        }
        match advice.found.verdict {
            Verdict::ToSeat | Verdict::ToTokens => None,
            Verdict::WithinBand => Some(Standstill::AsItIs),
            Verdict::Unsure => Some(Standstill::Unsure),
            Verdict::NotWorthIt => Some(Standstill::NotWorthIt),
        }
    }
}

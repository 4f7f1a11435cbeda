//! Who should be on a seat and who on tokens: from the use of a year to a plan of moves, and from the moves that were
//! made to what they really saved.
//!
//! The mathematics is in `faregate-plan`, which knows no names; [`habits`] makes its numbers of the store's use,
//! [`advise`] asks it about everybody and says why nobody else is moved, [`draw`] makes a plan of the answers, and
//! [`verify`] holds a plan against what came. Nothing here moves a seat: `orders::carry_out` does.

mod advice;
mod compliance;
mod draw;
mod habits;
mod market;
pub mod mix;
pub mod offered;
pub mod pool;
pub mod renew;
mod verify;
mod words;

pub use advice::{Advice, Holding, PersonAdvice, Standstill, advise};
pub use compliance::{Bar, Bars, bars};
pub use draw::{Drawn, draw};
pub use habits::{Habits, habits};
pub use market::{Market, Priced};
pub use verify::{Calibrated, MoveResult, Verified, verify};

use crate::anomalies;
use crate::engine::{Engine, Failure};
use crate::replay::uses::shadow_units;
use faregate_core::amount::Money;
use faregate_core::estate::PersonId;
use faregate_core::moves::{MoveStep, PlanId, PlanRecord};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_plan::crossover::Rule;
use std::collections::BTreeMap;

/// What a plan is drawn by.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// When to move somebody.
    pub rule: Rule,
    /// Rules of offerings that have their own, by key.
    pub rules: BTreeMap<String, Rule>,
    /// The name of the rule, for the record.
    pub rule_name: String,
    /// The price of a token, where it is not the tariff's.
    pub token_price: Option<Money>,
    /// Off the list price of seats, 0 to 1.
    pub seat_discount: f64,
    /// Days of history that are looked at.
    pub days: i32,
    /// Whether seats may be bought: otherwise only those that are there are handed on.
    pub may_buy: bool,
}

/// The margins of guide 004's table: tokens below this share of the break-even. 750 of 1,940 hours of Revit and Civil 3D,
/// 600 of 1,720 of Inventor, 200 of 397 of Maya.
const MARGINS: [(&str, f64); 4] =
    [("revit", 0.387), ("civil-3d", 0.387), ("inventor", 0.349), ("maya", 0.504)];
/// The guide gives no margin for other products: the mean of those it gives.
const MARGIN: f64 = 0.407;

impl Terms {
    /// Terms by the rule of this name: `crossover`, `guide-000` or `guide-004`.
    #[must_use]
    pub fn by_rule(name: &str) -> Option<Self> {
        let (rule, rules) = match name {
            "crossover" => (Rule::default(), BTreeMap::new()),
            "guide-000" => (Rule::guide_000(), BTreeMap::new()),
            "guide-004" => {
                let of = |(key, margin): (&str, f64)| (key.to_owned(), Rule::guide_004(margin));
                (Rule::guide_004(MARGIN), MARGINS.map(of).into_iter().collect())
            }
            _ => return None,
        };
        Some(Self { rule, rules, rule_name: name.to_owned(), ..Self::default() })
    }

    /// Asks of every rule that a move saves with this probability, and more than this, where they are given.
    pub fn require(&mut self, probability: Option<f64>, switching_cost: Option<f64>) {
        for rule in self.rules.values_mut().chain([&mut self.rule]) {
            rule.probability = probability.unwrap_or(rule.probability);
            rule.switching_cost = switching_cost.unwrap_or(rule.switching_cost);
        }
    }

    /// The rule for an offering.
    #[must_use]
    pub fn rule_of(&self, offering: &str) -> &Rule {
        self.rules.get(offering).unwrap_or(&self.rule)
    }
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum Unready {
    /// There is no tariff with a price of a token.
    #[error("there is no price of a token: seats and tokens cannot be compared")]
    NoPrice,
    /// Nobody used anything.
    #[error("no use is known in the last {0} days")]
    NoUse(i32),
    /// Charges are known of too few days.
    #[error("charges of {0} days are known, and nothing can be said with fewer than {min}", min = pool::DAYS_MIN)]
    TooShort(usize),
    /// Somebody on the list of those who stay is not known.
    #[error("there is no person `{0}`")]
    NoPerson(String),
    /// No move of the plan was made.
    #[error("no move of plan {0} was made yet: there is nothing to hold against it")]
    NoMove(PlanId),
    /// The store or the clock failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// All that a plan is drawn from.
#[derive(Clone, Debug)]
pub struct Study {
    /// What people did.
    pub habits: Habits,
    /// What things cost.
    pub market: Market,
    /// What stands against moves.
    pub bars: Bars,
    /// What is best for each of them.
    pub advice: Advice,
    /// When.
    pub now: Instant,
}

/// Reads what people used and asks about everybody; `keep` are names of people who are not to be moved.
///
/// It reads all use that is known, and runs on a reader's own store, never on the thread that decides.
///
/// # Errors
/// [`Unready`].
pub fn study(engine: &mut Engine, terms: &Terms, keep: &[String]) -> Result<Study, Unready> {
    let now = engine.now()?;
    let shared = engine.state();
    let state = shared.read();
    let kept: Result<Vec<PersonId>, Unready> = keep.iter().map(|name| kept(&state, name)).collect();
    let market = Market::of(&state, terms, now).ok_or(Unready::NoPrice)?;
    let (_, tariff) = state.tariff().ok_or(Unready::NoPrice)?;
    let today = state.zone().date(now);
    let asked = today.plus(-terms.days);
    let from = state.zone().start_of(asked);
    let shadow =
        shadow_units(&state, &mut *engine.store, tariff, from, state.zone().start_of(today))?;
    let (known, last) = shadow.known().ok_or(Unready::NoUse(terms.days))?;
    let (first, last) = (asked.max(known), last.min(today.plus(-1)));
    if first > last {
        return Err(Unready::NoUse(terms.days));
    }
    let findings_from = today.plus(1 - anomalies::DAYS);
    drop(state);
    let findings = anomalies::findings(engine, findings_from, today, &[])?;
    let state = shared.read();
    let bars = bars(&state, &mut *engine.store, &shadow, &findings, kept?, now)?;
    let habits = habits(&state, &shadow, first, last);
    let advice = advise(&state, (&habits, &market, &bars), terms, now);
    Ok(Study { habits, market, bars, advice, now })
}

fn kept(state: &State, name: &str) -> Result<PersonId, Unready> {
    let person = state.estate().person_called(name);
    person.ok_or_else(|| Unready::NoPerson(name.to_owned()))
}

impl Study {
    /// A plan of the moves that were found best.
    #[must_use]
    pub fn draw(&self, state: &State, terms: &Terms, name: &str, by: &str) -> Drawn {
        let read = (&self.habits, &self.market, &self.bars);
        draw(state, read, &self.advice, terms, (name, by, None), self.now)
    }
}

/// Holds a plan against the use since its moves were made.
///
/// # Errors
/// [`Unready`].
pub fn hold_against(
    engine: &mut Engine,
    record: &PlanRecord,
    id: PlanId,
) -> Result<Verified, Unready> {
    let now = engine.now()?;
    let shared = engine.state();
    let state = shared.read();
    let market = Market::of(&state, &Terms::default(), now).ok_or(Unready::NoPrice)?;
    let market = market.at(record.plan.token_price);
    let (_, tariff) = state.tariff().ok_or(Unready::NoPrice)?;
    let made = record.steps.iter().filter(|step| step.step == MoveStep::Done);
    let first = made.map(|step| step.at).min().ok_or(Unready::NoMove(id))?;
    let shadow = shadow_units(&state, &mut *engine.store, tariff, first, now)?;
    Ok(verify(&state, record, &market, &shadow, now))
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            rule: Rule::default(),
            rules: BTreeMap::new(),
            rule_name: "crossover".to_owned(),
            token_price: None,
            seat_discount: 0.0,
            days: 365,
            may_buy: true,
        }
    }
}

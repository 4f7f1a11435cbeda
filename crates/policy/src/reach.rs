//! Who gets through at all: what is obvious from the text, and what a sample of a state says.

use crate::book::RuleBook;
use crate::expr::Expr;
use crate::fault::{Doubt, Warning};
use crate::load::{Body, Rule};
use crate::value::Constant;
use faregate_core::access::{Policy, Question, Verdict};
use faregate_core::estate::{PersonId, Place, ProductId};
use faregate_core::event::{Ask, Fare};
use faregate_core::state::State;
use faregate_core::when::Instant;

/// What the text alone tells: that nobody can ever get through.
pub(crate) fn obvious(book: &RuleBook) -> Vec<Warning> {
    if !book.has_sets {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    if book.rules.iter().all(|rule| rule.forbids || never(rule)) {
        warnings.push(Warning {
            doubt: Doubt::NothingPermits,
            set: String::new(),
            line: 0,
            message: "these policies refuse everyone: none of them permits anything".to_owned(),
            help: "adopt the set `base`, which permits everything that no policy forbids"
                .to_owned(),
        });
    }
    let sweeping = book.rules.iter().filter(|rule| rule.forbids && always(rule));
    warnings.extend(sweeping.map(|rule| Warning {
        doubt: Doubt::ForbidsEverything,
        set: rule.set.clone(),
        line: rule.line,
        message: format!("`{}` refuses everyone: it forbids without a condition", rule.notes.id),
        help: "say whom, what or when it is about".to_owned(),
    }));
    warnings
}

fn always(rule: &Rule) -> bool {
    let scope = &rule.scope;
    let everything = scope.fares == 0b111 && scope.who.is_none() && scope.what.is_none();
    everything && matches!(rule.body, Body::Compiled(Expr::Constant(Constant::Bool(true))))
}

fn never(rule: &Rule) -> bool {
    let scope = &rule.scope;
    let nothing = scope.fares == 0
        || scope.who.as_ref().is_some_and(Vec::is_empty)
        || scope.what.as_ref().is_some_and(Vec::is_empty);
    nothing || matches!(rule.body, Body::Compiled(Expr::Constant(Constant::Bool(false))))
}

/// How many get through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Questions that were asked: person × product × fare.
    pub asked: u64,
    /// Of those, permitted.
    pub permitted: u64,
    /// People who were asked about.
    pub people: u64,
    /// Of those, people who get through to no product on any fare.
    pub shut_out: u64,
}

impl RuleBook {
    /// Asks about every product and fare for people spread evenly over the state, at most `people_max` of them,
    /// each from nowhere in particular and on the bucket that pays for them.
    #[must_use]
    pub fn reach(&self, state: &State, at: Instant, people_max: usize) -> Reach {
        let estate = state.estate();
        let people = estate.people().len();
        let step = people.div_ceil(people_max.max(1)).max(1);
        let ask = Ask::default();
        let mut reach = Reach::default();
        for person in (0..people).step_by(step).filter_map(|id| u32::try_from(id).ok()) {
            let person = estate.same_as(PersonId(person));
            let permitted = self.permitted(state, person, &ask, at);
            let products = u64::try_from(estate.products().len()).unwrap_or(u64::MAX);
            reach.people = reach.people.saturating_add(1);
            reach.asked = reach.asked.saturating_add(products.saturating_mul(3));
            reach.permitted = reach.permitted.saturating_add(permitted);
            reach.shut_out = reach.shut_out.saturating_add(u64::from(permitted == 0));
        }
        reach
    }

    /// On how many products and fares a person gets through.
    fn permitted(&self, state: &State, person: PersonId, ask: &Ask, at: Instant) -> u64 {
        let (place, bucket) = (Place::default(), state.payer(person));
        let products = (0..state.estate().products().len()).filter_map(|id| u16::try_from(id).ok());
        let questions = products.flat_map(|product| {
            [Fare::Seat, Fare::FreeSeat, Fare::Tokens].map(|fare| Question {
                person,
                product: ProductId(product),
                fare,
                bucket,
                place,
                ask,
                at,
            })
        });
        let through = questions.filter(|asked| self.judge(state, asked) == Verdict::Permit);
        u64::try_from(through.count()).unwrap_or(u64::MAX)
    }
}

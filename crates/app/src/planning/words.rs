//! The reason of a move, in a sentence.

use super::Terms;
use super::advice::PersonAdvice;
use super::market::Market;
use crate::views::grouped;
use faregate_core::estate::OfferingId;
use faregate_core::state::State;
use faregate_plan::crossover::Band;

fn offering(state: &State, one: &PersonAdvice) -> String {
    let id = one.holds.map(|holding| holding.offering).or(one.offering);
    let known = id.and_then(|id| state.estate().offering(id));
    known.map_or_else(|| "?".to_owned(), |offering| offering.name.clone())
}

fn money(market: &Market, units: f64) -> String {
    format!("{} {}", grouped(units.round()), market.currency.code())
}

pub(super) fn bought(state: &State, market: &Market, one: &PersonAdvice) -> String {
    format!(
        "{} on {:.0} days a year costs {} on tokens; a seat for {} is worth it from {:.0} days on",
        offering(state, one),
        one.found.days,
        money(market, one.on_tokens),
        money(market, one.seat),
        one.found.break_even,
    )
}

pub(super) fn assigned(state: &State, market: &Market, one: &PersonAdvice, before: f64) -> String {
    let instead = match before > 0.0 {
        true => format!("; it displaces {} where it is", money(market, before)),
        false => "; it is free".to_owned(),
    };
    format!(
        "a seat of {} that is paid for displaces tokens for {} a year{instead}",
        offering(state, one),
        money(market, one.on_tokens),
    )
}

pub(super) fn displaced(state: &State, one: &PersonAdvice) -> String {
    format!(
        "{} on {:.0} days a year: somebody else displaces more tokens with this seat",
        offering(state, one),
        one.found.days,
    )
}

pub(super) fn ended(state: &State, market: &Market, one: &PersonAdvice) -> String {
    let idle = match one.idle_days {
        None => ", never used in the days that are known".to_owned(),
        Some(days) if days >= 60 => format!(", last used {days} days ago"),
        Some(_) => String::new(),
    };
    format!(
        "{} on {:.0} days a year costs {} on tokens, the seat {}{idle}: let its term run out",
        offering(state, one),
        one.found.days,
        money(market, one.on_tokens),
        money(market, one.seat),
    )
}

pub(super) fn left(state: &State, id: OfferingId) -> String {
    let name = state.estate().offering(id).map_or("?", |known| known.name.as_str());
    format!("they have left; the seat of {name} is free for somebody else")
}

/// By which rule, at which prices.
pub(super) fn basis(state: &State, market: &Market, terms: &Terms) -> String {
    let tariff = state.tariff().map_or("?", |(_, tariff)| tariff.parts().name.as_str());
    let band = match terms.rule.band {
        Band::OfBreakEven { up, down } => {
            format!("up above {up:.3} of the break-even, down below {down:.3}")
        }
        Band::DaysAMonth { up, down } => {
            format!("up above {up} days of use a month, down below {down}")
        }
    };
    let discount = match terms.seat_discount > 0.0 {
        true => format!(", seats {:.1} % off the list", terms.seat_discount * 100.0),
        false => String::new(),
    };
    format!(
        "rule {} ({band}, P ≥ {:.2}, a move costs {:.0}), tariff {tariff} at {} {} a token{discount}",
        terms.rule_name,
        terms.rule.probability,
        terms.rule.switching_cost,
        market.token,
        market.currency.code(),
    )
}

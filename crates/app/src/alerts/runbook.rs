//! Runbooks: what is true when somebody reads a step, and what its button does.

use crate::views::grouped;
use faregate_core::alert::{Scene, Scope, Subject, given_and_left, spent};
use faregate_core::amount::Ticks;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant};
use std::collections::BTreeMap;

/// What a step may be filled in with.
pub const PLACEHOLDERS: [&str; 9] =
    ["subject", "left", "given", "share", "today", "yesterday", "daily", "runs-out", "pack-end"];
/// So many days say what a day takes.
const DAILY_DAYS: i32 = 28;
/// So many people are named.
const PEOPLE_MAX: usize = 10;
/// So many days of use stand for a year.
const REVIEW_DAYS: i64 = 90;

/// What is true of a subject, by placeholder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<&'static str, String>);

impl Facts {
    /// Labels and values, for a notice.
    #[must_use]
    pub fn told(&self) -> Vec<(String, String)> {
        let label = |key: &str| match key {
            "left" => "Tokens left",
            "given" => "Tokens given",
            "share" => "Share left",
            "today" => "Used today",
            "yesterday" => "Used yesterday",
            "daily" => "A day on average",
            "runs-out" => "Expected to run out",
            "pack-end" => "Next pack ends",
            _ => "Subject",
        };
        let shown = PLACEHOLDERS.iter().filter(|key| **key != "subject");
        shown.filter_map(|key| Some((label(key).to_owned(), self.get(key)?.to_owned()))).collect()
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

/// What is true of a subject now.
#[must_use]
pub fn facts(scene: &Scene<'_>, subject: &Subject) -> Facts {
    let (state, today) = (scene.state, scene.today());
    let mut facts = BTreeMap::from([("subject", subject.name.clone())]);
    let scope = subject.scope();
    let tokens = |from: i32, to: i32| -> f64 {
        spent(state, &scope, today.plus(from), today.plus(to)).values().sum()
    };
    facts.insert("today", grouped(tokens(0, 0)));
    facts.insert("yesterday", grouped(tokens(-1, -1)));
    facts.insert("daily", grouped(tokens(-DAILY_DAYS, -1) / f64::from(DAILY_DAYS)));
    if let Some((_, given, left)) = given_and_left(scene, &scope).into_iter().next() {
        facts.insert("given", grouped(given));
        facts.insert("left", grouped(left));
        facts.insert("share", format!("{:.0} %", left / given * 100.0));
    }
    if let Some(view) = scene.views.get(&subject.key()) {
        let date = view.runs_out_on.map(|date| date.to_string());
        facts.insert("runs-out", date.unwrap_or_else(|| "after the end of the term".to_owned()));
    }
    let valid = state.ledger().packs().iter().filter(|pack| pack.remaining.is_positive());
    let end = valid.map(|pack| pack.until).filter(|until| scene.now < *until).min();
    let end = end.map(|until| state.zone().date(until.plus(-1)).to_string());
    facts.insert("pack-end", end.unwrap_or_else(|| "no day".to_owned()));
    Facts(facts)
}

/// A step's text with what is true; a placeholder that says nothing here stays as it is.
#[must_use]
pub fn filled(text: &str, facts: &Facts) -> String {
    let with = |text: String, (key, value): (&&'static str, &String)| {
        text.replace(&format!("{{{key}}}"), value)
    };
    facts.0.iter().fold(text.to_owned(), with)
}

/// The first placeholder in a text that nobody fills in.
#[must_use]
pub fn unknown_placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, later) = after.split_once('}')?;
        if !PLACEHOLDERS.contains(&name) {
            return Some(name);
        }
        rest = later;
    }
    None
}

/// Those whose tokens of the last 90 days, held up to a year, cost more than a seat that covers what they used:
/// the most expensive first, as sentences (F4 on a year's pace; the plan looks closer).
#[must_use]
pub fn people_for_seats(state: &State, now: Instant) -> Vec<String> {
    let Some((_, tariff)) = state.tariff() else { return Vec::new() };
    let Some(price) = tariff.token_price(now, state.zone()) else { return Vec::new() };
    let mut spent: BTreeMap<PersonId, BTreeMap<ProductId, Ticks>> = BTreeMap::new();
    for charge in state.charges().since(now.plus(-REVIEW_DAYS * DAY)) {
        let person = state.estate().same_as(charge.person);
        let slot = spent.entry(person).or_default().entry(charge.product).or_default();
        *slot = slot.plus(charge.ticks).unwrap_or(*slot);
    }
    let yearly = 365.0 / REVIEW_DAYS as f64;
    let mut found: Vec<(f64, String)> = Vec::new();
    for (person, products) in spent {
        let keys = products.keys().filter_map(|id| state.estate().product(*id)).map(|one| &one.key);
        let keys: Vec<&String> = keys.collect();
        let fits = |seat: &&faregate_core::tariff::SeatPrice| {
            seat.per_year.currency == price.currency
                && keys.iter().all(|key| seat.covers.contains(key))
        };
        let seat = tariff.parts().seats.iter().filter(fits).min_by_key(|seat| seat.per_year.micros);
        let Some(seat) = seat else { continue };
        let tokens = products.values().copied().sum::<Ticks>().tokens() * yearly;
        let (on_tokens, on_seat) =
            (tokens * price.micros as f64 / 1e6, seat.per_year.micros as f64 / 1e6);
        if on_tokens <= on_seat {
            continue;
        }
        let name = state.estate().person(person).map_or("?", |one| one.name.as_str());
        let currency = price.currency.code();
        found.push((
            on_tokens - on_seat,
            format!(
                "{name}: {} tokens a year at this pace cost {currency} {}, a seat of {} costs {currency} {}",
                grouped(tokens),
                grouped(on_tokens),
                seat.name,
                grouped(on_seat)
            ),
        ));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(PEOPLE_MAX).map(|(_, words)| words).collect()
}

/// How many tokens to buy so that they last to the end of the term, by how sure one wants to be (F12: the more a
/// lack costs beside a purchase later, the surer).
#[must_use]
pub fn top_up(scene: &Scene<'_>) -> Vec<String> {
    let term = scene.views.get("contract").and_then(|view| view.term);
    let left = given_and_left(scene, &Scope::Contract).into_iter().next();
    let Some((term, (_, _, left))) = term.zip(left) else {
        return vec!["there is too little history, or no pack, to say how many".to_owned()];
    };
    let buy = |sure: &str, need: f64| {
        let lack = (need - left).max(0.0).ceil();
        format!("to last until {} {sure}, buy {} tokens", term.last, grouped(lack))
    };
    vec![
        format!(
            "{} tokens are left; {} are expected to be used until {}",
            grouped(left),
            grouped(term.expected),
            term.last
        ),
        buy("in one case of two", term.expected),
        buy("in nine cases of ten", term.nine_in_ten),
        buy("in 39 cases of 40", term.thirty_nine_in_forty),
    ]
}

/// A purchase request, filled in for procurement.
#[must_use]
pub fn purchase_request(scene: &Scene<'_>, facts: &Facts) -> String {
    let mut lines = vec![format!("Purchase request for contract {}", scene.state.name())];
    lines.extend(facts.told().into_iter().map(|(label, value)| format!("{label}: {value}")));
    lines.extend(top_up(scene));
    let price = scene
        .state
        .tariff()
        .and_then(|(_, tariff)| tariff.token_price(scene.now, scene.state.zone()));
    lines.extend(price.map(|price| {
        format!("Last price of a token: {} {:.2}", price.currency.code(), price.micros as f64 / 1e6)
    }));
    lines.join("\n")
}

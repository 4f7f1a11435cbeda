//! `faregate quote`, `caps` and `refusals`: what the gate would answer, and why it might not.

use crate::atlas::MmdbAtlas;
use crate::cli::rules::{Fare, Quote};
use crate::estate;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::say;
use faregate_app::ports::Atlas;
use faregate_app::rules::Rules;
use faregate_core::amount::{Money, Ticks};
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::estate::{Country, Evidence};
use faregate_core::event::{self, Ask, Circumstances, Event, Mode, Reason, Route};
use faregate_core::gate;
use faregate_core::state::State;
use faregate_core::when::Instant;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Quote, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let now = match &args.at {
        Some(text) => text.parse::<Instant>().map_err(|why| {
            Fault::new(Code::Usage, why.to_string(), "write it as 2026-11-22T09:00:00Z")
        })?,
        None => crate::ambient::now(),
    };
    let rules = Rules::of(&state);
    let answer = gate::open(&state, rules.policies(), &ask(args, country(args)?), now);
    let told = Told::of(&state, &rules, &answer, now);
    if as_json {
        return output::json(&told.json());
    }
    told.print();
    Ok(())
}

/// What the operator's data base says of the address.
fn country(args: &Quote) -> Result<Option<Country>, Fault> {
    let Some((path, address)) = args.atlas.as_deref().zip(args.address) else { return Ok(None) };
    Ok(MmdbAtlas::open(path)?.country(address))
}

fn ask(args: &Quote, country: Option<Country>) -> Ask {
    let Quote { person, product, bucket, host, address, site, fare, at: _, atlas: _ } = args;
    let fare = fare.map(|fare| match fare {
        Fare::Seat => event::Fare::Seat,
        Fare::Tokens => event::Fare::Tokens,
    });
    let evidence = Evidence { address: *address, country, site: site.clone() };
    Ask {
        person: person.clone(),
        product: product.clone(),
        host: host.clone(),
        bucket: bucket.clone(),
        more: Circumstances { version: None, evidence, fare, confirmed: false, agent: None },
    }
}

/// An answer, in the words of the page.
struct Told {
    route: &'static str,
    sentence: String,
    tokens: Ticks,
    money: Option<Money>,
    reason: Option<Reason>,
    rule: Option<String>,
    say: Option<String>,
    trial: Option<String>,
}

impl Told {
    fn of(state: &State, rules: &Rules, answer: &Event, now: Instant) -> Self {
        let price = state.tariff().and_then(|(_, tariff)| tariff.token_price(now, state.zone()));
        let mut told = Self {
            route: "refused",
            sentence: String::new(),
            tokens: Ticks::ZERO,
            money: None,
            reason: None,
            rule: None,
            say: None,
            trial: None,
        };
        let basis = match answer {
            Event::Opened(opened) => {
                told.route = opened.route.fare().key();
                told.through(state, opened.route, price);
                &opened.basis
            }
            Event::Refused(refused) => {
                told.sentence = refused.reason.sentence().to_owned();
                told.reason = Some(refused.reason);
                &refused.basis
            }
            _ => return told,
        };
        told.rule.clone_from(&basis.rule);
        told.say = basis.rule.as_deref().and_then(|rule| rules.sentence(rule)).map(str::to_owned);
        told.trial = basis.trial.as_ref().map(|trial| match trial {
            event::Trial::Opens(fare) => format!("through on {}", fare.key()),
            event::Trial::Refuses(reason, rule) => {
                let rule = rule.as_ref().map(|rule| format!(" by `{rule}`")).unwrap_or_default();
                format!("refused: {}{rule}", reason.code())
            }
        });
        told
    }

    fn through(&mut self, state: &State, route: Route, price: Option<Money>) {
        let offering = |seat| {
            let seat = state.estate().seat(seat);
            let offering = seat.and_then(|seat| state.estate().offering(seat.offering));
            offering.map_or(String::new(), |offering| offering.name.clone())
        };
        self.sentence = match route {
            Route::Seat(seat) => format!("on their seat: {}", offering(seat)),
            Route::FreeSeat(seat) => {
                format!("on a free seat, which becomes theirs: {}", offering(seat))
            }
            Route::Tokens { ticks, unit_start, .. } if ticks == Ticks::ZERO => {
                format!("within the unit that was paid from {unit_start}: no tokens")
            }
            Route::Tokens { bucket, ticks, .. } => {
                self.tokens = ticks;
                self.money = price.map(|price| price.for_tokens(ticks));
                let name = state.estate().bucket(bucket).map_or("", |bucket| bucket.name.as_str());
                let left = state.free_tokens(Some(bucket)).minus(ticks).unwrap_or_default();
                let money =
                    self.money.map(|money| format!(" (about {money} {})", money.currency.code()));
                format!(
                    "on {ticks} tokens{} of {name}, which has {left} left then",
                    money.unwrap_or_default()
                )
            }
        };
    }

    fn print(&self) {
        say!("{}: {}", self.route, self.sentence);
        if let Some(reason) = self.reason {
            say!("  reason   {}", reason.code());
            self.rule.iter().for_each(|rule| say!("  rule     {rule}"));
            self.say.iter().for_each(|say| say!("           {say}"));
            reason.remedies().iter().for_each(|remedy| say!("  remedy   {remedy}"));
        }
        self.trial.iter().for_each(|trial| say!("  on trial {trial}"));
    }

    fn json(&self) -> Value {
        let refusal = self.reason.map(|reason| {
            json!({
                "code": reason.code(), "detail": reason.sentence(), "transient": reason.is_transient(),
                "remedies": reason.remedies(), "rule": self.rule, "say": self.say,
            })
        });
        let money = self
            .money
            .map(|money| json!({ "amount": money.to_string(), "currency": money.currency.code() }));
        json!({
            "route": self.route, "detail": self.sentence, "tokens": self.tokens.tokens(),
            "money": money, "refusal": refusal, "trial": self.trial,
        })
    }
}

pub(crate) fn refusals(as_json: bool) -> Result<(), Fault> {
    if as_json {
        let rows = Reason::ALL.map(|reason| {
            json!({
                "code": reason.code(), "detail": reason.sentence(),
                "transient": reason.is_transient(), "remedies": reason.remedies(),
            })
        });
        return output::json(&rows);
    }
    for reason in Reason::ALL {
        let passing = if reason.is_transient() { " (may pass)" } else { "" };
        say!("{}: {}{passing}", reason.code(), reason.sentence());
        reason.remedies().iter().for_each(|remedy| say!("  {remedy}"));
    }
    Ok(())
}

pub(crate) fn caps(path: &Path, as_json: bool) -> Result<(), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let rows: Vec<[String; 7]> =
        state.counts().caps().iter().map(|cap| cap_row(&state, cap)).collect();
    if as_json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|[key, of, each, limit, span, then, mode]| {
                json!({
                    "key": key, "of": of, "each": each, "limit": limit, "per": span, "then": then,
                    "mode": mode,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let columns =
        ["cap", "of", "each", "limit", "per", "then", "mode"].map(|name| (name, Align::Left));
    let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
    output::table(&columns, &rows, "there are no caps: `faregate estate apply` takes them in");
    Ok(())
}

fn cap_row(state: &State, cap: &Cap) -> [String; 7] {
    let estate = state.estate();
    let of = [
        cap.person.and_then(|id| estate.person(id)).map(|p| format!("person {}", p.key)),
        cap.group.and_then(|id| estate.group(id)).map(|g| format!("group {}", g.key)),
        cap.product.and_then(|id| estate.product(id)).map(|p| format!("product {}", p.key)),
        cap.bucket.and_then(|id| estate.bucket(id)).map(|b| format!("bucket {}", b.key)),
    ];
    let of: Vec<String> = of.into_iter().flatten().collect();
    let of = if of.is_empty() { "everything".to_owned() } else { of.join(", ") };
    let limit = match cap.measure {
        Measure::Tokens => format!("{} tokens", Ticks(cap.limit)),
        Measure::Opens => format!("{} launches", cap.limit),
        Measure::Running => format!("{} at once", cap.limit),
        Measure::People => format!("{} people", cap.limit),
    };
    let each = match cap.each {
        Each::Person => "person",
        Each::Room => "room",
        Each::Together => "together",
    };
    let span = match (cap.measure, cap.span) {
        (Measure::Running, _) => "now".to_owned(),
        (_, Span::Seconds(seconds)) if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        (_, Span::Seconds(seconds)) => format!("{} min", seconds / 60),
        (_, Span::Day) => "day".to_owned(),
        (_, Span::Week) => "week".to_owned(),
        (_, Span::Month) => "month".to_owned(),
    };
    let then = if cap.then == Then::Refuse { "refuse" } else { "confirm" };
    let mode = if cap.mode == Mode::Enforce { "enforce" } else { "monitor" };
    [cap.key.clone(), of, each.to_owned(), limit, span, then.to_owned(), mode.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables of `docs/reference/refusals.md`.
    fn page() -> String {
        let head = "| code | what it says | may pass by itself | what to do |\n|---|---|---|---|\n";
        let row = |reason: Reason| {
            let passing = if reason.is_transient() { "yes" } else { "no" };
            let remedies = reason.remedies().join("; ");
            format!("| `{}` | {} | {passing} | {remedies} |\n", reason.code(), reason.sentence())
        };
        head.to_owned() + &Reason::ALL.map(row).concat()
    }

    #[test]
    fn the_reference_lists_every_refusal() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/refusals.md");
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found.contains(&page()),
            "docs/reference/refusals.md lacks this table:\n{}",
            page()
        );
    }
}

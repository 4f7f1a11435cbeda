//! `faregate size`, `faregate renew` and `faregate plan mix`: how many tokens, on which terms, beside how many seats.

mod brief;

use super::plans::unready;
use crate::cli::buying::{Offer, Renew, Size};
use crate::fault::{Code, Fault};
use crate::output::{self, Align, number};
use crate::{ambient, aside, estate, say};
use faregate_api::routes::{portfolio, renewal, sizing};
use faregate_app::planning::mix::{EFFORT, Unmixed, mix};
use faregate_app::planning::offered::{Misread, Offered};
use faregate_app::planning::pool::{Drawing, SizedPool, Unsized, size};
use faregate_app::planning::renew::renew;
use faregate_app::planning::{Terms, study};
use faregate_core::state::State;
use faregate_core::when::Instant;
use std::path::Path;

const HELP: &str = "docs/reference/offer-files.md tells what can be written";

fn offered(offer: &Offer) -> Result<Offered, Fault> {
    let Some(path) = &offer.offer else { return Ok(Offered::default()) };
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|why| {
        Fault::new(Code::Usage, format!("{shown}: {why}"), "name a file that can be read")
    })?;
    Offered::read(&text).map_err(|why| misread(offer, &why))
}

/// What is wrong with an offer, with its file and line.
fn misread(offer: &Offer, why: &Misread) -> Fault {
    let file = offer.offer.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let message = match why.line_and_what() {
        (Some(line), what) => format!("{file}:{line}: {what}"),
        (None, what) if file.is_empty() => what.to_string(),
        (None, what) => format!("{file}: {what}"),
    };
    Fault::new(Code::Usage, message, HELP)
}

fn unsized_pool(offer: &Offer, why: Unsized) -> Fault {
    match why {
        Unsized::Unready(why) => unready(why),
        Unsized::Misread(why) => misread(offer, &why),
    }
}

fn drawing(args: &Size) -> Drawing {
    let years = usize::try_from(args.years).unwrap_or(usize::MAX);
    Drawing { years, seed: args.seed, threads: ambient::cores() }
}

fn sized(state: &State, args: &Size, offered: &Offered, now: Instant) -> Result<SizedPool, Fault> {
    size(state, offered, drawing(args), now).map_err(|why| unsized_pool(&args.offer, why))
}

pub(crate) fn run_size(path: &Path, args: &Size, as_json: bool) -> Result<(), Fault> {
    let offered = offered(&args.offer)?;
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let now = ambient::now().max(state.at());
    let told = sizing::shown(&sized(&state, args, &offered, now)?);
    if as_json {
        return output::json(&told);
    }
    quantities(&told);
    let code = &told.currency;
    let packs = told.purchase.packs.iter().map(|pack| format!("{} × {}", pack.count, pack.size));
    let packs: Vec<String> = packs.collect();
    if !packs.is_empty() {
        say!("in packs: {} at {} {code} a token", packs.join(" + "), told.purchase.price);
    }
    let within = |share: f64| {
        let found = told.quantiles.iter().find(|one| (one.share - share).abs() < 1e-9);
        found.map_or_else(String::new, |one| number(one.tokens.round()))
    };
    say!(
        "of {} drawn years half need up to {} tokens, 9 in 10 up to {}, 99 in 100 up to {}",
        number(told.years as f64),
        within(0.50),
        within(0.90),
        within(0.99)
    );
    say!("order a top-up when {} tokens are left", number(told.reorder_at.round()));
    if let Some(walls) = &told.walls {
        say!(
            "hard walls between buckets cost {} {code} a year beyond one pool",
            number(walls.price.round())
        );
    }
    if let Some(carried) = &told.carry_forward {
        say!(
            "the right to carry tokens forward is worth {} {code} a year",
            number(carried.value.round())
        );
    }
    aside!("charges of {} people, {} to {}", told.people, told.known_from, told.known_to);
    told.gaps.iter().for_each(|gap| aside!("note: {gap}"));
    Ok(())
}

/// Quantities beside each other: what costs least, what can be bought, what the guide says.
fn quantities(told: &sizing::Sizing) {
    let code = &told.currency;
    let row = |name: String, one: &sizing::Quantity| {
        vec![
            name,
            number(one.tokens.round()),
            format!("{:.1} %", one.service_level * 100.0),
            number(one.expected_waste.round()),
            number(one.expected_short.round()),
            number(one.expected_cost.round()),
        ]
    };
    let mut rows = vec![row("costs least".to_owned(), &told.best)];
    rows.push(row("in packs".to_owned(), &told.purchase.quantity));
    rows.extend(
        told.guide
            .iter()
            .map(|one| row(format!("used × {:.2} (the guide)", one.factor), &one.quantity)),
    );
    rows.extend(
        told.carry_forward.iter().map(|one| row("with carry-forward".to_owned(), &one.quantity)),
    );
    let cost = format!("cost {code}");
    let columns = [
        ("buy", Align::Left),
        ("tokens", Align::Right),
        ("lasts", Align::Right),
        ("left over", Align::Right),
        ("missing", Align::Right),
        (cost.as_str(), Align::Right),
    ];
    output::table(&columns, &rows, "");
}

pub(crate) fn run_renew(path: &Path, args: &Renew, as_json: bool) -> Result<(), Fault> {
    let offered = offered(&args.size.offer)?;
    let engine = estate::read(path)?;
    let shared = engine.state();
    let state = shared.read();
    let now = ambient::now().max(state.at());
    let pool = sized(&state, &args.size, &offered, now)?;
    let found = renew(&state, &pool, &offered, now);
    let found = found.map_err(|why| unsized_pool(&args.size.offer, why))?;
    let told = renewal::shown(&pool, &found);
    for file in &args.brief {
        let today = state.zone().date(now);
        brief::write(file, &told, &sizing::shown(&pool), (state.name(), today))?;
        aside!("the brief is in {}", file.display());
    }
    if as_json {
        return output::json(&told);
    }
    let code = &told.currency;
    let proposal = &told.proposal;
    say!(
        "the vendor's {} tokens and {:.0} % growth make {}; we expect {}: {:.1} % of years need fewer, {} tokens are wasted, \
         only a discount of {:.1} % pays for them",
        number(proposal.last_year.round()),
        proposal.growth * 100.0,
        number(proposal.tokens.round()),
        number(proposal.expected.round()),
        proposal.probability_below * 100.0,
        number(proposal.expected_waste.round()),
        proposal.least_discount * 100.0
    );
    let rows = told.levers.iter().map(|one| {
        vec![
            one.number.to_string(),
            one.text.clone(),
            number(one.value.round()),
            one.priority.to_owned(),
            one.least_discount.map(|least| format!("{:.1} %", least * 100.0)).unwrap_or_default(),
        ]
    });
    let value = format!("{code} a year");
    let columns = [
        ("no", Align::Right),
        ("lever", Align::Left),
        (value.as_str(), Align::Right),
        ("guide's priority", Align::Left),
        ("worth it from", Align::Right),
    ];
    output::table(&columns, &rows.collect::<Vec<_>>(), "no lever was asked about");
    for deal in told.deals.iter().take(3) {
        let numbers: Vec<String> = deal.levers.iter().map(usize::to_string).collect();
        let (value, tokens) = (number(deal.value.round()), number(deal.tokens.round()));
        say!(
            "levers {} together: {value} {code} a year, with {tokens} tokens bought",
            numbers.join(", ")
        );
    }
    told.gaps.iter().for_each(|gap| aside!("note: {gap}"));
    Ok(())
}

pub(crate) fn run_mix(path: &Path, args: &Offer, as_json: bool) -> Result<(), Fault> {
    let offered = offered(args)?;
    let mut engine = estate::read(path)?;
    let study = study(&mut engine, &Terms::default(), &offered.keep).map_err(unready)?;
    let shared = engine.state();
    let state = shared.read();
    let found = mix(&state, &study, &offered, portfolio::SPREAD, EFFORT);
    let found = found.map_err(|why| match why {
        Unmixed::Unready(why) => unready(why),
        Unmixed::Misread(why) => misread(args, &why),
        Unmixed::Contradiction(message) => Fault::new(Code::Refused, message, "relax one of them"),
    })?;
    let known = (study.habits.first.to_string(), study.habits.last.to_string());
    let told = portfolio::shown(&state, (known, study.market.currency), &found);
    if as_json {
        return output::json(&told);
    }
    let rows = told.offerings.iter().filter(|one| one.now > 0 || one.seats > 0);
    let rows = rows.map(|one| vec![one.name.clone(), one.now.to_string(), one.seats.to_string()]);
    let columns = [("offering", Align::Left), ("seats now", Align::Right), ("best", Align::Right)];
    output::table(&columns, &rows.collect::<Vec<_>>(), "no seat is worth its price");
    let units = super::plans::units;
    let code = &told.cost.currency;
    say!(
        "{} {code} a year for {} people: {} for seats, {} for {} tokens",
        units(&told.cost.amount),
        told.people,
        units(&told.seats.amount),
        units(&told.tokens_cost.amount),
        number(told.tokens as f64)
    );
    let checked = if told.is_checked { "checked" } else { "the check failed" };
    say!(
        "no mix costs less than {} {code}: a gap of {:.4} % ({checked})",
        units(&told.lower_bound.amount),
        told.gap * 100.0
    );
    for point in &told.alternatives {
        say!(
            "with {:.0} % more tokens: {} {code}, {} seats, the tokens last in {:.0} % of years",
            point.buffer * 100.0,
            units(&point.cost.amount),
            point.seats,
            point.service * 100.0
        );
    }
    for one in &told.marginals {
        aside!("{}: {} {code}", one.text, units(&one.value.amount));
    }
    told.gaps.iter().for_each(|gap| aside!("note: {gap}"));
    Ok(())
}

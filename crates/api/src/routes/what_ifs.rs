//! `/v1/what-ifs`: a past period, replayed under another tariff, price, plan, set of rules or layout.

use crate::Server;
use crate::authority::{Authorized, ReadEstate};
use crate::extract::Sent;
use crate::problem::Problem;
use crate::routes::estate::{EstateFile, not_taken};
use crate::routes::policies::trying::{TriedSet, sets};
use crate::wire::{Money, Tokens};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use faregate_app::bulk::{self, NotApplied};
use faregate_app::replay::seats::{NamedSeat, named_rows, seats};
use faregate_app::replay::{self, Change, NotReplayed, Summary, seats_cost, what_if};
use faregate_core::amount::{self, Currency, parse_micros};
use faregate_core::state;
use faregate_core::when::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Seats that change hands in one body.
const SEATS_MAX: usize = 100_000;

/// What is changed of a past period; nothing where nothing is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaying {
    /// First date; the first of which use is known by default.
    #[schema(format = Date)]
    from: Option<String>,
    /// Last date; the last of which use is known by default.
    #[schema(format = Date)]
    to: Option<String>,
    /// A tariff, in the form of a tariff file (TOML).
    #[schema(max_length = 1_048_576)]
    tariff: Option<String>,
    /// Price of a token: decimal digits, in the currency that it has.
    #[schema(max_length = 32)]
    token_price: Option<String>,
    /// Who gains or loses a seat.
    #[serde(default)]
    #[schema(max_items = 100_000)]
    seats: Vec<ReplayedSeat>,
    /// Sets of policies that would hold, instead of those of their names or beside the others.
    #[serde(default)]
    #[schema(max_items = 64)]
    policies: Vec<TriedSet>,
    /// Who belongs where and which bucket gets what, in the form of estate files.
    #[serde(default)]
    #[schema(max_items = 64)]
    estate: Vec<EstateFile>,
}

/// A seat that somebody would have had, or would not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayedSeat {
    /// Any name of the person.
    #[schema(max_length = 256)]
    person: String,
    /// Key of the offering.
    #[schema(max_length = 256)]
    offering: String,
    /// First date; that of the period by default.
    #[schema(format = Date)]
    from: Option<String>,
    /// Whether they gain it; else they lose one.
    gains: bool,
}

/// What something cost, and would have.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedRow {
    /// Key of the product, bucket or person; `total` for all of it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens that were charged.
    pub tokens_before: Tokens,
    /// Tokens that would have been.
    pub tokens_after: Tokens,
    /// What they cost; `null` for people, and where nothing says it.
    pub money_before: Option<Money>,
    /// What they would have cost.
    pub money_after: Option<Money>,
}

/// What seats of an offering cost over the period, pro rata of the yearly price.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedSeats {
    /// Key of the offering.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Days of a seat.
    pub days_before: i64,
    /// Days of a seat there would have been.
    pub days_after: i64,
    /// What they cost; `null` without a price.
    pub money_before: Option<Money>,
    /// What they would have cost.
    pub money_after: Option<Money>,
}

/// Use that would not have been charged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Uncharged {
    /// Key of the product, or a feature code.
    pub key: String,
    /// Why, in words.
    pub why: &'static str,
    /// How many uses.
    pub uses: u64,
    /// How many seconds.
    pub seconds: u64,
}

/// What a past period would have come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedPeriod {
    /// First date.
    #[schema(format = Date)]
    pub from: String,
    /// Last date.
    #[schema(format = Date)]
    pub to: String,
    /// The first UTC day on which any use is known to have begun.
    #[schema(format = Date)]
    pub known_from: String,
    /// The last.
    #[schema(format = Date)]
    pub known_to: String,
    /// All of it.
    pub total: ReplayedRow,
    /// By product, the largest change first.
    pub products: Vec<ReplayedRow>,
    /// By bucket, the largest change first.
    pub buckets: Vec<ReplayedRow>,
    /// The people whose tokens change most: 20 at most.
    pub people: Vec<ReplayedRow>,
    /// How many people's tokens change.
    pub people_changed: u64,
    /// Tokens that no bucket could pay.
    pub uncovered_before: Tokens,
    /// Tokens that no bucket could have paid.
    pub uncovered_after: Tokens,
    /// How often somebody was turned away.
    pub refused_before: u64,
    /// How often somebody would have been.
    pub refused_after: u64,
    /// What seats cost.
    pub seats: Vec<ReplayedSeats>,
    /// All seats; `null` without a price, or in several currencies.
    pub seats_before: Option<Money>,
    /// What they would have cost.
    pub seats_after: Option<Money>,
    /// Use that would not have been charged.
    pub uncharged: Vec<Uncharged>,
    /// What could not be taken over.
    pub caveats: Vec<String>,
    /// On what all of it stands, in words.
    pub basis: &'static str,
}

/// Replays a past period under a change, on a copy: books nothing. One at a time, and it may take a minute; whoever asks
/// meanwhile is told to come back.
#[utoipa::path(
    post, path = "/v1/what-ifs", operation_id = "replay_what_if", tag = "burn", request_body = Replaying,
    responses(
        (status = 200, body = ReplayedPeriod), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, description = "no use is known, or none of that period", body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, description = "the tariff, the seats, the policies or the files have faults", body = Problem),
        (status = 429, description = "another what-if is being replayed", body = Problem), (status = 503, body = Problem)
    ),
    security(("key" = []), ("cookie" = []))
)]
pub async fn run(
    _: Authorized<ReadEstate>,
    State(server): State<Server>,
    Sent(body): Sent<Replaying>,
) -> Result<Json<ReplayedPeriod>, Problem> {
    let place = server.what_ifs.clone().try_acquire_owned().map_err(|_| busy())?;
    let change = body.change(&server.gate.state().read())?;
    let read = move |engine: &mut faregate_app::engine::Engine| {
        let found = what_if(engine, &change, None).map(|found| found.summary);
        drop(place);
        Ok(found)
    };
    let found = server.report(read).await?;
    found.map(|summary| Json(shown(&summary))).map_err(not_replayed)
}

fn busy() -> Problem {
    let detail = "another what-if is being replayed";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", detail, "ask again when it is done")
}

fn faulty(code: &'static str, detail: impl Into<String>) -> Problem {
    let help = "correct it and send it again; nothing was changed";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.into(), help)
}

fn not_replayed(why: NotReplayed) -> Problem {
    let detail = why.to_string();
    match why {
        NotReplayed::NothingKnown => {
            Problem::new(StatusCode::CONFLICT, "nothing-known", detail, "take in use first")
        }
        NotReplayed::OutsideKnown { known: (first, last), .. } => {
            let help = format!("ask for dates from {first} to {last}");
            Problem::new(StatusCode::CONFLICT, "outside-known", detail, help)
        }
        NotReplayed::NoSeat { .. } => faulty("no-seat", detail),
        NotReplayed::NoTariff | NotReplayed::Tariff(_) => faulty("bad-tariff", detail),
        NotReplayed::Policies(_) => faulty("invalid-policies", detail),
        NotReplayed::Layout(faults) => not_taken(NotApplied::Faulty(faults)),
        NotReplayed::Failed(failure) => failure.into(),
    }
}

impl Replaying {
    fn change(self, state: &state::State) -> Result<Change, Problem> {
        let tariff = self.tariff.as_deref().map(replay::tariff_of).transpose();
        let tried = sets(self.policies)?;
        let mut policies = state.policies().clone();
        let has_policies = !tried.is_empty();
        policies.extend(tried.into_iter().map(|set| (set.name.clone(), set)));
        let texts = self.estate.iter().map(EstateFile::named);
        let buckets = (!self.estate.is_empty()).then(|| bulk::read_dated(texts, None));
        Ok(Change {
            tariff: tariff.map_err(|why| faulty("bad-tariff", why))?,
            token_price: self.token_price.map(|text| price(state, &text)).transpose()?,
            seats: reseated(state, self.seats)?,
            policies: has_policies.then(|| policies.into_values().collect()),
            buckets: buckets.transpose().map_err(not_taken)?,
            period: period(state, self.from.as_deref(), self.to.as_deref())?,
        })
    }
}

fn price(state: &state::State, text: &str) -> Result<amount::Money, Problem> {
    let micros = parse_micros(text).ok().filter(|micros| *micros >= 0);
    let micros = micros.ok_or_else(|| faulty("bad-amount", format!("`{text}` is no price")))?;
    let known = state.tariff().and_then(|(_, tariff)| tariff.parts().prices.first());
    let currency = known.map_or(Currency::USD, |price| price.per_token.currency);
    Ok(amount::Money { micros, currency })
}

fn reseated(
    state: &state::State,
    sent: Vec<ReplayedSeat>,
) -> Result<Vec<replay::SeatChange>, Problem> {
    if sent.len() > SEATS_MAX {
        return Err(faulty("too-long", format!("more than {SEATS_MAX} seats change")));
    }
    let named = sent.into_iter().map(|ReplayedSeat { person, offering, from, gains }| {
        let from = from.as_deref().map(date).transpose()?;
        Ok(NamedSeat { person, offering, from, gains })
    });
    let named = named.collect::<Result<Vec<NamedSeat>, Problem>>()?;
    seats(state, &named_rows("seats", named))
        .map_err(|faults| not_taken(NotApplied::Faulty(faults)))
}

fn date(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|why: faregate_core::when::BadTime| {
        Problem::bad_request("bad-date", why.to_string(), "write dates as YYYY-MM-DD")
    })
}

/// One end may be left open: then it is where use is known from, or up to.
fn period(
    state: &state::State,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Option<(Date, Date)>, Problem> {
    let (from, to) = (from.map(date).transpose()?, to.map(date).transpose()?);
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let charged = state.charges().span();
    let today = state.zone().date(state.at());
    let from = from.or(charged.map(|(first, _)| first)).unwrap_or(today);
    let to = to.or(charged.map(|(_, last)| last)).unwrap_or(today);
    if to < from {
        let detail = format!("the span ends on {to}, before it begins on {from}");
        return Err(Problem::bad_request("bad-span", detail, "swap from and to"));
    }
    Ok(Some((from, to)))
}

fn shown(summary: &Summary) -> ReplayedPeriod {
    let row = |row: &replay::Row| ReplayedRow {
        key: row.key.clone(),
        name: row.name.clone(),
        tokens_before: row.before.ticks.into(),
        tokens_after: row.after.ticks.into(),
        money_before: row.before.money.map(Money::from),
        money_after: row.after.money.map(Money::from),
    };
    let seat = |row: &replay::SeatRow| ReplayedSeats {
        key: row.key.clone(),
        name: row.name.clone(),
        days_before: row.days.0,
        days_after: row.days.1,
        money_before: row.before.map(Money::from),
        money_after: row.after.map(Money::from),
    };
    let uncharged = summary.uncounted.iter().map(|(key, why, found)| Uncharged {
        key: key.clone(),
        why,
        uses: found.uses,
        seconds: found.seconds,
    });
    let seats_sum = |of| seats_cost(&summary.seats, of).map(Money::from);
    ReplayedPeriod {
        from: summary.from.to_string(),
        to: summary.to.to_string(),
        known_from: summary.known.0.to_string(),
        known_to: summary.known.1.to_string(),
        total: row(&summary.total),
        products: summary.products.iter().map(row).collect(),
        buckets: summary.buckets.iter().map(row).collect(),
        people: summary.people.iter().map(row).collect(),
        people_changed: summary.people_changed,
        uncovered_before: summary.uncovered.0.into(),
        uncovered_after: summary.uncovered.1.into(),
        refused_before: summary.refused.0,
        refused_after: summary.refused.1,
        seats: summary.seats.iter().map(seat).collect(),
        seats_before: seats_sum(|row| row.before),
        seats_after: seats_sum(|row| row.after),
        uncharged: uncharged.collect(),
        caveats: summary.caveats.clone(),
        basis: summary.basis(),
    }
}

//! What the pages and reports show: numbers with the words for them. Reads the state, changes nothing.

use crate::liveness::Liveness;
use faregate_core::amount::{Money, Ticks};
use faregate_core::burn::{Sum, total};
use faregate_core::charges::PairUse;
use faregate_core::estate::PersonId;
use faregate_core::event::{OpenUse, Route, SessionId, Source};
use faregate_core::forecast::{MonthEnd, month_end};
use faregate_core::ledger::Account;
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};

pub mod buckets;
pub mod burn;
pub mod quote;
pub mod seats;

/// The first screen.
#[derive(Clone, Debug)]
pub struct Summary {
    /// When it was true.
    pub as_of: Instant,
    /// The journal's last entry that it includes.
    pub seq: u64,
    /// Tokens ever bought.
    pub purchased: Ticks,
    /// Tokens neither spent nor expired.
    pub left: Ticks,
    /// Of those, reserved by holds.
    pub held: Ticks,
    /// Use that nothing covered.
    pub uncovered: Ticks,
    /// Spent today.
    pub today: Sum,
    /// Spent yesterday.
    pub yesterday: Sum,
    /// Spent this month.
    pub month: Sum,
    /// Where the month will end.
    pub month_end: MonthEnd,
    /// Price of a token now.
    pub price: Option<Money>,
    /// First and last date with charges.
    pub usage: Option<(Date, Date)>,
    /// Sessions going on now, from all sources.
    pub open_sessions: u64,
    /// Sessions that a log shows without an end, and not of the last day: nobody knows whether they go on.
    pub unclosed_sessions: u64,
    /// Imported sessions kept but not charged: unknown product, or no rate for it.
    pub quarantined_sessions: u64,
    /// All of it in a sentence or two.
    pub text: String,
}

/// Computes the first screen.
#[must_use]
pub fn summary(state: &State, now: Instant) -> Summary {
    let ledger = state.ledger();
    let today = state.zone().date(now);
    let unclosed = state.elsewhere().filter(|open| is_unclosed(state, open, now)).count() as u64;
    let logged = state.elsewhere().count() as u64 - unclosed;
    let mut summary = Summary {
        as_of: now,
        seq: state.seq(),
        purchased: ledger.balance(Account::Purchased).negated(),
        left: state.tokens_left(),
        held: ledger.held(),
        uncovered: ledger.balance(Account::Uncovered).negated(),
        today: total(state, today, today),
        yesterday: total(state, today.plus(-1), today.plus(-1)),
        month: total(state, today.month_start(), today),
        month_end: month_end(state, now),
        price: state.tariff().and_then(|(_, tariff)| tariff.token_price(now, state.zone())),
        usage: state.charges().span(),
        open_sessions: state.sessions().len() as u64 + logged,
        unclosed_sessions: unclosed,
        quarantined_sessions: state.tally().quarantined,
        text: String::new(),
    };
    summary.text = in_words(&summary);
    summary
}

fn in_words(summary: &Summary) -> String {
    let whole = |ticks: Ticks| grouped(ticks.tokens());
    let balance = if summary.purchased.is_positive() {
        format!("{} of {} tokens are left.", whole(summary.left), whole(summary.purchased))
    } else {
        "No tokens have been entered.".to_owned()
    };
    let burn = format!(
        "{} were used today, {} yesterday and {} this month; the month is projected to end at {}.",
        whole(summary.today.ticks),
        whole(summary.yesterday.ticks),
        whole(summary.month.ticks),
        grouped(summary.month_end.tokens),
    );
    let open = match summary.open_sessions {
        1 => "1 session is open now.".to_owned(),
        count => format!("{count} sessions are open now."),
    };
    let unclosed = match summary.unclosed_sessions {
        0 => String::new(),
        1 => " 1 more is not closed in its log.".to_owned(),
        count => format!(" {count} more are not closed in their logs."),
    };
    format!("{balance} {burn} {open}{unclosed}")
}

/// A whole number with thousands grouped: `41,230`.
#[must_use]
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if value < -0.5 { format!("-{grouped}") } else { grouped }
}

/// A session that goes on now.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// Its id: `s42` for our own, `x…` for one that a log shows.
    pub id: String,
    /// Key of the person.
    pub person: String,
    /// Name of the person.
    pub person_name: String,
    /// Key of the product; the feature's family is unknown when empty.
    pub product: String,
    /// Name of the product.
    pub product_name: String,
    /// Workstation.
    pub host: String,
    /// Since when.
    pub opened: Instant,
    /// Last heard of.
    pub last_seen: Instant,
    /// `seat`, `tokens`, or `log` when only a log tells of it.
    pub route: &'static str,
    /// Key and name of the bucket that pays.
    pub bucket: Option<(String, String)>,
    /// What the running unit cost.
    pub tokens: Ticks,
    /// Whether a log shows it without an end, and not of the last day: nobody knows whether it goes on.
    pub unclosed: bool,
}

/// All sessions without an end, the latest first.
#[must_use]
pub fn open_sessions(state: &State, liveness: &Liveness, now: Instant) -> Vec<OpenSession> {
    sessions_of(state, liveness, now, |_| true)
}

/// The sessions without an end of the people that `of` lets through, the latest first.
#[must_use]
pub fn sessions_of(
    state: &State,
    liveness: &Liveness,
    now: Instant,
    of: impl Fn(PersonId) -> bool,
) -> Vec<OpenSession> {
    let ours = state.sessions().iter().filter(|(_, session)| of(session.person));
    let own = ours.map(|(id, session)| own_session(state, liveness, *id, session));
    let who = |open: &OpenUse| state.estate().same_as(open.person);
    let logged = state.elsewhere().filter(|open| of(who(open))).map(|open| OpenSession {
        id: format!("x{:016x}", open.identity),
        last_seen: last_logged(state, open),
        unclosed: is_unclosed(state, open, now),
        route: "log",
        host: open.host.clone(),
        opened: open.opened,
        ..named(state, who(open), open.product)
    });
    let mut all: Vec<OpenSession> = own.chain(logged).collect();
    all.sort_by(|a, b| b.opened.cmp(&a.opened).then_with(|| b.id.cmp(&a.id)));
    all
}

/// What a person's use has cost since a date, whoever paid.
#[must_use]
pub fn spent_since(state: &State, person: PersonId, from: Date) -> Ticks {
    let start = state.zone().start_of(from);
    let products = (0u16..).map(faregate_core::estate::ProductId);
    let each = products.take(state.estate().products().len()).map(|product| {
        let charges = state.charges().of_pair((person, product)).rev();
        charges.take_while(|charge| charge.at >= start).map(|charge| charge.ticks).sum::<Ticks>()
    });
    each.sum()
}

/// Whether a log is silent on a use for a day: it was never closed there, or the log ended.
fn is_unclosed(state: &State, open: &OpenUse, now: Instant) -> bool {
    last_logged(state, open).plus(DAY) < now
}

/// The latest instant at which a log is known to show a use: its opening, or the start of the last unit charged
/// without a gap since.
fn last_logged(state: &State, open: &OpenUse) -> Instant {
    let Some(product) = open.product else { return open.opened };
    let person = state.estate().same_as(open.person);
    let units = state.charges().of_pair((person, product));
    let logged = units.filter(|charge| charge.source == Source::Log);
    let (last, _) = logged.fold((open.opened, open.opened), |(last, end), charge| {
        let goes_on = charge.at <= end;
        let unit_end = charge.meter.unit_end(charge.at, state.zone());
        if goes_on { (last.max(charge.at), end.max(unit_end)) } else { (last, end) }
    });
    last
}

fn own_session(
    state: &State,
    liveness: &Liveness,
    id: SessionId,
    session: &faregate_core::state::Session,
) -> OpenSession {
    let (route, bucket) = match session.route {
        Route::Seat(_) | Route::FreeSeat(_) => ("seat", None),
        Route::Tokens { bucket, .. } => ("tokens", state.estate().bucket(bucket)),
    };
    let pair = (session.person, session.product);
    let held = state.charges().pair(pair).and_then(PairUse::first_to_end).map(|hold| hold.ticks);
    let charged = state.charges().of_pair(pair).next_back().map(|charge| charge.ticks);
    let tokens = if route == "tokens" { held.or(charged).unwrap_or_default() } else { Ticks::ZERO };
    OpenSession {
        id: id.to_string(),
        host: session.host.clone(),
        opened: session.opened,
        last_seen: liveness.last_heard(id).unwrap_or(session.opened),
        route,
        bucket: bucket.map(|bucket| (bucket.key.clone(), bucket.name.clone())),
        tokens,
        ..named(state, session.person, Some(session.product))
    }
}

fn named(
    state: &State,
    person: PersonId,
    product: Option<faregate_core::estate::ProductId>,
) -> OpenSession {
    let person = state.estate().person(person);
    let product = product.and_then(|id| state.estate().product(id));
    OpenSession {
        id: String::new(),
        person: person.map(|person| person.key.clone()).unwrap_or_default(),
        person_name: person.map(|person| person.name.clone()).unwrap_or_default(),
        product: product.map(|product| product.key.clone()).unwrap_or_default(),
        product_name: product
            .map_or_else(|| "Unknown product".to_owned(), |product| product.name.clone()),
        host: String::new(),
        opened: Instant(0),
        last_seen: Instant(0),
        route: "log",
        bucket: None,
        tokens: Ticks::ZERO,
        unclosed: false,
    }
}

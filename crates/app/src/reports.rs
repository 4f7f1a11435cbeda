//! Reports that read the whole journal or the state: statements, reconciliation, chargeback, compliance,
//! double-dips, what a token is worth. The arithmetic is the core's; this puts the reading in order.

use crate::engine::{Engine, Failure};
use crate::ports::{Entry, Store};
use crate::sight::Sight;
use faregate_core::amount::{Currency, Money, Ticks};
use faregate_core::burn::Sites;
use faregate_core::chargeback::{self, By, Chargeback, NoSum};
use faregate_core::compliance::{self, Compliance};
use faregate_core::double_dip::{self, Dips};
use faregate_core::shadow;
use faregate_core::state::{Broken, State};
use faregate_core::statement::{
    self, Cause, Line, Party, Reconciliation, Reconciling, Scope, Statement,
};
use faregate_core::when::{Date, Instant};

pub mod leakage;

/// The statements of some scopes from one date to another, both included, in the contract's zone.
///
/// # Errors
/// [`Failure`] when the journal cannot be read or contradicts itself.
pub fn statements(
    engine: &mut Engine,
    scopes: &[Scope],
    from: Date,
    to: Date,
) -> Result<Vec<Statement>, Failure> {
    let (from, until) = period(engine, from, to);
    let mut fold = statement::Fold::new(State::default(), scopes, from, until);
    read(&mut *engine.store, |entry| {
        fold.apply(entry.seq, entry.at, &entry.event).map(|()| entry.at < until)
    })?;
    Ok(fold.finish())
}

/// Whether a caller sees who is on the other side of a line.
#[must_use]
pub fn sees_party(state: &State, sight: Sight, line: &Line) -> bool {
    !matches!(line.party, Some(Party::Bucket(id)) if !sight.bucket(state, id))
}

/// The words of a line; where the caller does not see its other side, its name and reason stay out.
#[must_use]
pub fn line_in_words(state: &State, sight: Sight, line: &Line) -> String {
    if sees_party(state, sight, line) {
        return line.words.clone();
    }
    let away = line.ticks.0 < 0;
    let amount = if away { line.ticks.negated() } else { line.ticks };
    let way = if away { "to" } else { "from" };
    let back = if line.cause == Cause::LoanReturned { "given back: " } else { "" };
    format!("{back}{amount} tokens {way} another bucket")
}

/// Our balance beside the last one that the vendor told; `None` when it has told none.
///
/// # Errors
/// [`Failure`] when the journal cannot be read or contradicts itself.
pub fn reconciliation(engine: &mut Engine) -> Result<Option<Reconciliation>, Failure> {
    let Some((at, theirs)) = engine.state().read().vendor().balance else { return Ok(None) };
    reconciled(engine, at, theirs).map(Some)
}

/// Our balance at an instant beside what the vendor says it was.
///
/// # Errors
/// [`Failure`] when the journal cannot be read or contradicts itself.
pub fn reconciled(
    engine: &mut Engine,
    at: Instant,
    theirs: Ticks,
) -> Result<Reconciliation, Failure> {
    let mut reconciling = Reconciling::new(State::default(), at, theirs);
    read(&mut *engine.store, |entry| {
        reconciling.apply(entry.seq, entry.at, &entry.event).map(|()| true)
    })?;
    Ok(reconciling.finish())
}

/// Where people opened products on tokens, as the whole journal tells it.
///
/// # Errors
/// [`Failure`] when the journal cannot be read.
pub fn sites(engine: &mut Engine) -> Result<Sites, Failure> {
    let mut sites = Sites::default();
    read(&mut *engine.store, |entry| {
        sites.note(entry.at, &entry.event);
        Ok(true)
    })?;
    Ok(sites.of_people(&engine.state().read()))
}

/// Use by place, breaches and sharing from one date to another, both included, in the contract's zone.
///
/// # Errors
/// [`Failure`] when the journal cannot be read or contradicts itself.
pub fn compliance(engine: &mut Engine, from: Date, to: Date) -> Result<Compliance, Failure> {
    let (from, until) = period(engine, from, to);
    let mut fold = compliance::Fold::new(State::default(), from, until);
    read(&mut *engine.store, |entry| fold.apply(entry.seq, entry.at, &entry.event).map(|()| true))?;
    Ok(fold.finish())
}

/// The cost of what was used from one date to another, both included, in `currency` or in that of the tariff's
/// token price on the last date.
///
/// # Errors
/// [`NoSum`] when a price or an exchange rate is missing: there is no sum across currencies.
pub fn chargeback(
    state: &State,
    by: &By,
    from: Date,
    to: Date,
    currency: Option<Currency>,
) -> Result<Chargeback, NoSum> {
    let currency = currency.unwrap_or_else(|| usual_currency(state, to));
    chargeback::chargeback(state, by, from, to, currency)
}

/// The currency of the tariff's token price on a date.
#[must_use]
pub fn usual_currency(state: &State, on: Date) -> Currency {
    let price = state
        .tariff()
        .and_then(|(_, one)| one.token_price(state.zone().start_of(on), state.zone()));
    price.map_or(Currency::USD, |price| price.currency)
}

/// What was paid twice on the UTC days from one date to another, both included.
#[must_use]
pub fn double_dips(state: &State, from: Date, to: Date) -> Dips {
    double_dip::report(state, from, to)
}

/// What a token is worth now (F10), to be journalled once a day as `Event::ShadowPriced`.
#[must_use]
pub fn shadow_price(state: &State, now: Instant) -> Option<Money> {
    shadow::price(state, now)
}

fn period(engine: &Engine, from: Date, to: Date) -> (Instant, Instant) {
    let shared = engine.state();
    let state = shared.read();
    (state.zone().start_of(from), state.zone().start_of(to.plus(1)))
}

/// Reads the journal for as long as `take` says so.
fn read(
    store: &mut dyn Store,
    mut take: impl FnMut(&Entry) -> Result<bool, Broken>,
) -> Result<(), Failure> {
    let mut outcome = Ok(());
    store.replay(0, &mut |entry| match take(&entry) {
        Ok(goes_on) => goes_on,
        Err(broken) => {
            outcome = Err(broken);
            false
        }
    })?;
    Ok(outcome?)
}

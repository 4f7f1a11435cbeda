//! Statements of account: what a bucket had, what came and went and why, and what is left.
//!
//! Right by construction: a [`Fold`] applies the journal event by event, takes the change of the balance from
//! the ledger itself, and only its label from the event. A change that no label explains is a line of its own,
//! [`Cause::Unexplained`]; there is none as long as every event that moves tokens has its arm in `lines`.
//! To add a cause: a variant of [`Cause`], its key and words, its arm in `lines`.

use crate::amount::Ticks;
use crate::estate::{BucketId, ProductId};
use crate::event::Event;
use crate::ledger::Account;
use crate::state::{Broken, State};
use crate::when::{Date, Instant};
use std::collections::BTreeMap;

mod lines;
mod reconciled;
pub use reconciled::{Discrepancy, Gap, Reconciliation, Reconciling};

/// Whose statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole contract: the unallocated part of the pool and all buckets.
    Contract,
    /// The part of the pool that no bucket was given.
    Unallocated,
    /// One bucket.
    Bucket(BucketId),
}

/// What there is at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Not spent and not lost, the part that is held included: holding moves no tokens away.
    pub total: Ticks,
    /// Of those, reserved by holds.
    pub held: Ticks,
}

impl Scope {
    /// What it has in a state; zero for a bucket that was never opened.
    #[must_use]
    pub fn balance(self, state: &State) -> Balance {
        let ledger = state.ledger();
        let buckets = ledger.buckets().iter();
        match self {
            Self::Unallocated => {
                Balance { total: ledger.balance(Account::Unallocated), held: Ticks::ZERO }
            }
            Self::Bucket(id) => {
                let held = ledger.balance(Account::Held(id));
                Balance {
                    total: ledger.balance(Account::Available(id)).plus(held).unwrap_or(held),
                    held,
                }
            }
            Self::Contract => {
                let available: Ticks = buckets.map(|bucket| bucket.available).sum();
                let held = ledger.held();
                let parts = [ledger.balance(Account::Unallocated), available, held];
                Balance { total: parts.into_iter().sum(), held }
            }
        }
    }

    fn is_paid_from(self, bucket: BucketId) -> bool {
        match self {
            Self::Contract => true,
            Self::Unallocated => false,
            Self::Bucket(id) => id == bucket,
        }
    }
}

/// Why a balance changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A pack came in.
    Bought,
    /// Unallocated tokens were given to a bucket.
    Allocated,
    /// Somebody who may ordered tokens to come here.
    TransferredIn,
    /// Somebody who may ordered tokens to go.
    TransferredOut,
    /// A request was approved.
    Request,
    /// A request for a loan was approved.
    Loan,
    /// A loan came back.
    LoanReturned,
    /// A period ended.
    PeriodEnd,
    /// Use was charged.
    Consumed,
    /// Charges were taken back.
    Reversed,
    /// A pack's term ended.
    Breakage,
    /// The vendor's count was taken over.
    Correction,
    /// What was left lived on: moves nothing, is said all the same.
    Carried,
    /// Somebody asked for tokens: moves nothing yet.
    Asked,
    /// Somebody said yes or no to a request; what moves has a line of its own.
    Answered,
    /// Nobody answered a request in time.
    Unanswered,
    /// Nothing that we know of: a fault.
    Unexplained,
}

impl Cause {
    /// Whether it moves nothing and stands on the statement all the same.
    #[must_use]
    pub const fn is_said_only(self) -> bool {
        matches!(self, Self::Carried | Self::Asked | Self::Answered | Self::Unanswered)
    }

    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::Allocated => "allocated",
            Self::TransferredIn => "transferred-in",
            Self::TransferredOut => "transferred-out",
            Self::Request => "request",
            Self::Loan => "loan",
            Self::LoanReturned => "loan-returned",
            Self::PeriodEnd => "period-end",
            Self::Consumed => "consumed",
            Self::Reversed => "reversed",
            Self::Breakage => "breakage",
            Self::Correction => "correction",
            Self::Carried => "carried",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Unanswered => "unanswered",
            Self::Unexplained => "unexplained",
        }
    }
}

/// Who is on the other side of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The vendor.
    Vendor,
    /// The unallocated part of the pool.
    Unallocated,
    /// A bucket.
    Bucket(BucketId),
    /// The use of a product.
    Product(ProductId),
}

/// A change of the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The date on which it was booked, in the contract's zone.
    pub date: Date,
    /// Why.
    pub cause: Cause,
    /// Who is on the other side.
    pub party: Option<Party>,
    /// How much came; negative when it went. Zero where [`Cause::is_said_only`].
    pub ticks: Ticks,
    /// What there was then, held tokens included.
    pub balance: Ticks,
    /// Of use: how many units.
    pub units: u64,
    /// Of use: the first and the last date on which these units began.
    pub used: Option<(Date, Date)>,
    /// Who ordered or approved it, by name.
    pub by: Option<String>,
    /// All of it in words.
    pub words: String,
}

/// What one bucket, the unallocated part of the pool or the whole contract had in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whose.
    pub scope: Scope,
    /// First instant of the period.
    pub from: Instant,
    /// First instant after.
    pub until: Instant,
    /// What there was before the first event of the period.
    pub opening: Balance,
    /// What changed, by date; within a date, use comes last, a line a product.
    pub lines: Vec<Line>,
    /// What there was after the last.
    pub closing: Balance,
}

impl Statement {
    /// Whether opening + Σ lines = closing, to the tick.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let changes: i128 = self.lines.iter().map(|line| i128::from(line.ticks.0)).sum();
        let closing = i128::from(self.opening.total.0).saturating_add(changes);
        closing == i128::from(self.closing.total.0)
    }
}

/// The journal, read for statements. Dates are those of booking: late use stands where it was booked, and
/// says when it was.
#[derive(Clone, Debug)]
pub struct Fold {
    state: State,
    from: Instant,
    until: Instant,
    drawn: Vec<Drawn>,
    order: Option<lines::Order>,
}

/// One statement on its way.
#[derive(Clone, Debug)]
struct Drawn {
    scope: Scope,
    opening: Option<Balance>,
    lines: Vec<Line>,
    /// Where the line of a date's use of a product is.
    use_lines: BTreeMap<(Date, Cause, Option<Party>), usize>,
}

impl Fold {
    /// Begins with a state: the journal's beginning, or a snapshot from before the period.
    #[must_use]
    pub fn new(state: State, scopes: &[Scope], from: Instant, until: Instant) -> Self {
        let drawn = |scope: &Scope| Drawn {
            scope: *scope,
            opening: None,
            lines: Vec::new(),
            use_lines: BTreeMap::new(),
        };
        Self { state, from, until, drawn: scopes.iter().map(drawn).collect(), order: None }
    }

    /// Takes the next event of the journal; those after the period change nothing.
    ///
    /// # Errors
    /// [`Broken`] when the journal contradicts itself.
    pub fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
        if at >= self.until {
            return Ok(());
        }
        if at < self.from {
            return self.state.apply(seq, at, event);
        }
        self.order = lines::order(self.order.take(), at, event);
        let date = self.state.zone().date(at);
        let charged = lines::charged(&self.state, event);
        let labelled = |drawn: &Drawn| {
            let parts = match &charged {
                Some(charged) => lines::used(&self.state, drawn.scope, charged),
                None => lines::parts(&self.state, drawn.scope, event, self.order.as_ref()),
            };
            (drawn.scope.balance(&self.state), parts)
        };
        let before: Vec<_> = self.drawn.iter().map(labelled).collect();
        self.state.apply(seq, at, event)?;
        for (drawn, (balance, parts)) in self.drawn.iter_mut().zip(before) {
            let after = drawn.scope.balance(&self.state);
            drawn.opening.get_or_insert(balance);
            let change = after.total.minus(balance.total).unwrap_or_default();
            let settled = lines::settled(parts, change);
            settled.into_iter().for_each(|part| drawn.add(date, part));
        }
        Ok(())
    }

    /// The state after the last event taken.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The statements, in the order of the scopes.
    #[must_use]
    pub fn finish(self) -> Vec<Statement> {
        let Self { state, from, until, drawn, .. } = self;
        let finished = drawn.into_iter().map(|drawn| {
            let closing = drawn.scope.balance(&state);
            let opening = drawn.opening.unwrap_or(closing);
            let mut lines = drawn.lines;
            lines.sort_by_key(|line| (line.date, line.units > 0));
            let mut balance = opening.total;
            for line in &mut lines {
                balance = balance.plus(line.ticks).unwrap_or(balance);
                line.balance = balance;
                line.words = lines::in_words(&state, line);
            }
            Statement { scope: drawn.scope, from, until, opening, lines, closing }
        });
        finished.collect()
    }
}

impl Drawn {
    fn add(&mut self, date: Date, part: lines::Part) {
        let lines::Part { cause, party, ticks, units, used, by, words } = part;
        let key = (date, cause, party);
        let known = self.use_lines.get(&key).filter(|_| units > 0);
        if let Some(line) = known.and_then(|place| self.lines.get_mut(*place)) {
            line.ticks = line.ticks.plus(ticks).unwrap_or(line.ticks);
            line.units = line.units.saturating_add(units);
            line.used = lines::span(line.used, used);
            return;
        }
        if units > 0 {
            self.use_lines.insert(key, self.lines.len());
        }
        let balance = Ticks::ZERO;
        self.lines.push(Line { date, cause, party, ticks, balance, units, used, by, words });
    }
}

#[cfg(test)]
mod tests;

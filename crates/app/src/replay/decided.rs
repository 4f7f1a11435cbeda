//! The period's use, asked for anew at the gate.

use super::NotReplayed;
use super::books::Books;
use crate::engine::Failure;
use crate::ports::{GateUse, Store};
use crate::rules::Rules;
use crate::simulate::{Bookkeeping, World, each_day};
use faregate_core::event::Event;
use faregate_core::state::State;
use faregate_core::when::Instant;

/// Books what the gate decides under other policies.
pub(super) fn book(
    store: &mut dyn Store,
    rules: &Rules,
    books: &mut Books<'_, '_>,
) -> Result<(), NotReplayed> {
    let (actual, span) = (books.actual, books.span);
    let mut world = World::new(&mut *books, rules, actual.at());
    each_day(store, actual, (span.start, span.end), &mut |asks| {
        for past in asks {
            // What ends before it was booked before; what was agreed before it holds.
            world.close_until(past.at)?;
            world.books.advance(past.at)?;
            world.ask(&past)?;
            world.books.counts.sessions += 1;
            world.books.counts.first = world.books.counts.first.or(Some(past.at));
            world.books.counts.last = world.books.counts.last.max(Some(past.at));
        }
        Ok(())
    })?;
    // What goes on past the end of the period owes the units that begin in it.
    world.close_until(Instant(i64::MAX))?;
    Ok(())
}

impl Bookkeeping for &mut Books<'_, '_> {
    fn state(&self) -> &State {
        &self.state
    }

    fn book(&mut self, at: Instant, event: Event) -> Result<u64, Failure> {
        self.apply(at, event)
    }

    fn note(&mut self, one: GateUse) {
        self.used(one);
    }
}

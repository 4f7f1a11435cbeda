//! Imports of reported use, beside what the reference derives.

use super::{Caught, Harness, ids};
use crate::model::{self, Pair};
use crate::subject::Subject;
use faregate_core::event::{Charge, Event, Source, Unit};
use faregate_core::rating::Rating;
use faregate_core::usage::Interval;
use faregate_core::when::Instant;

impl<S: Subject> Harness<S> {
    /// Takes the last batch in: what is known already adds nothing.
    pub(super) fn import(&mut self) -> Result<(), Caught> {
        let mut new = self.last_import.clone();
        new.sort_unstable();
        new.dedup();
        new.retain(|one| !self.uses.contains(one));
        let Some(from) = new.iter().map(|(_, open, _)| *open).min() else { return Ok(()) };
        self.uses.extend(&new);
        let mut known = self.uses.clone();
        let running = self.subject.state().sessions().iter().filter_map(|(id, session)| {
            let (person, product) = session.metered_pair()?;
            Some(((person.0, product.0), session.opened.0, *self.seen.get(&id.0)?))
        });
        known.extend(running);
        known.retain(|(pair, _, close)| *close >= from && new.iter().any(|(of, ..)| of == pair));
        known.sort_by_key(|(_, open, close)| (*open, *close));
        let state = self.subject.state();
        let mut rating = Rating::new(state, Instant(from), Source::Log);
        new.iter().for_each(|(pair, ..)| rating.touch(state, ids(*pair)));
        for (pair, open, close) in &known {
            let whole = Interval { start: Instant(*open), end: Instant(*close) };
            let _ = rating.session(state, ids(*pair), whole);
        }
        let ready = rating.take_ready();
        let (surplus, missing) = rating.finish(state);
        self.compare_import(from, &known, (&surplus, &ready, &missing))?;
        self.book_charges(ready)?;
        for charge in surplus.iter().filter_map(|unit| self.subject.state().charges().get(*unit)) {
            let found = self.model.reverse((charge.person.0, charge.product.0), charge.at.0);
            assert!(found, "compared above");
        }
        self.book(Event::UsageReversed(surplus))?;
        self.book_charges(missing)
    }

    fn book_charges(&mut self, charges: Vec<Charge>) -> Result<(), Caught> {
        for charge in &charges {
            let pair = (charge.person.0, charge.product.0);
            self.model.charge(pair, model::home(pair.0), charge.at.0);
        }
        self.book(Event::UsageCharged(charges))
    }

    /// What an import takes back and books is what the reference derives.
    fn compare_import(
        &self,
        from: i64,
        known: &[(Pair, i64, i64)],
        (surplus, ready, missing): (&[Unit], &[Charge], &[Charge]),
    ) -> Result<(), Caught> {
        let mut pairs: Vec<Pair> = known.iter().map(|(pair, ..)| *pair).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let charges = self.subject.state().charges();
        for pair in pairs.into_iter().filter(|pair| model::rate(pair.1).is_some()) {
            let of = |charge: &Charge| (charge.person.0, charge.product.0) == pair;
            let starts = |charges: Vec<Charge>| -> Vec<i64> {
                let mut starts: Vec<i64> = charges.iter().map(|charge| charge.at.0).collect();
                starts.sort_unstable();
                starts
            };
            let reversed =
                surplus.iter().filter_map(|unit| charges.get(*unit)).filter(of).collect();
            let booked = ready.iter().chain(missing).copied().filter(of).collect();
            let found = (starts(reversed), starts(booked));
            let own = known.iter().filter(|(other, ..)| *other == pair);
            let uses: Vec<(i64, i64)> = own.map(|(_, open, close)| (*open, *close)).collect();
            let expected = self.model.rerate(pair, from, &uses);
            if found != expected {
                let text = format!("import of {pair:?}: {found:?}, not {expected:?}");
                return Err(Caught::Model(text));
            }
        }
        Ok(())
    }
}

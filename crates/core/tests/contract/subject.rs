//! What the harness drives: the real state, or one with a fault planted between deciding and applying.
//!
//! A fault that the real state would refuse is written past it, into a checkpoint, as a careless edit of the
//! crate would have done it.

use faregate_core::amount::Ticks;
use faregate_core::budget::{self, Answer, RequestId, Unmoved};
use faregate_core::charges::{Hold, PairUse};
use faregate_core::estate::PersonId;
use faregate_core::event::{Event, Opened, Outcome, Reason, Refused, Route, SessionId};
use faregate_core::state::{Broken, Checkpoint, Session, State};
use faregate_core::tariff::Meter;
use faregate_core::when::Instant;

/// A state under test.
pub(crate) trait Subject: Default {
    fn state(&self) -> &State;

    fn state_mut(&mut self) -> &mut State;

    /// Applies an event.
    fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
        self.state_mut().apply(seq, at, event)
    }

    /// The limit of a cap, as it is understood.
    fn cap(limit: i64) -> i64 {
        limit
    }

    /// Decides on a request.
    fn answer(
        state: &State,
        id: RequestId,
        by: PersonId,
        answer: Answer,
        now: Instant,
    ) -> Result<Vec<Event>, Unmoved> {
        budget::answer(state, id, by, answer, "", now)
    }

    /// Reads a snapshot back.
    fn restore(checkpoint: Checkpoint) -> Result<State, Broken> {
        State::restore(checkpoint)
    }
}

/// Declares a subject around a state.
macro_rules! subject {
    ($(#[$doc:meta])* $name:ident { $($method:item)* }) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(crate) struct $name(State);

        impl Subject for $name {
            fn state(&self) -> &State {
                &self.0
            }

            fn state_mut(&mut self) -> &mut State {
                &mut self.0
            }

            $($method)*
        }
    };
}

mod agreed;
pub(crate) use agreed::{
    ApprovesOwnRequests, CapOffByOne, ForgetsASeatMoveAtRestore, IgnoresTheCoveringSeat,
    LendsForEver, MovesWhatIsNotFree, WritesDownOwnApprovals,
};

subject! {
    /// The crate as it is.
    Real {}
}

subject! {
    /// Ends the last session without releasing its hold.
    SkipsTheRelease {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let mut event = event.clone();
            if let Event::Closed { hold, .. } = &mut event {
                *hold = None;
            }
            self.0.apply(seq, at, &event)
        }
    }
}

subject! {
    /// Holds tokens for a second machine in a window that is paid.
    ChargesTheSecondMachine {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let mut twice = event.clone();
            if let Event::Opened(Opened { route: Route::Tokens { ticks, unit_start, .. }, .. }) =
                &mut twice
                && *ticks == Ticks::ZERO
            {
                (*ticks, *unit_start) = (Ticks(36_000_000_000), at);
            }
            self.0.apply(seq, at, &twice).or_else(|_| self.0.apply(seq, at, event))
        }
    }
}

subject! {
    /// Lets people through on a bucket that has not enough left.
    DropsTheFloorCheck {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            self.0.apply(seq, at, event)?;
            if let Event::Refused(Refused { ask, reason: Reason::BucketExhausted, .. }) = event {
                let estate = self.0.estate();
                let person = estate.person_called(&ask.person).expect("asked before");
                let product = estate.product_called(&ask.product).expect("asked before");
                let chosen = ask.bucket.as_deref().and_then(|key| estate.bucket_called(key));
                let bucket = chosen.unwrap_or(self.0.payer(person));
                let (ticks, meter) = (Ticks(36_000_000_000), Meter::Window24h);
                let (start, grace_end, lease) = (at, at.plus(300), None);
                let hold = Hold { bucket, ticks, meter, start, grace_end, lease };
                let route = Route::Tokens { bucket, ticks, meter, unit_start: at, grace_end: at };
                let mut written = self.0.checkpoint();
                let balance = &mut written.bucket_balances[bucket.index()];
                (balance.available.0, balance.held.0) =
                    (balance.available.0 - ticks.0, balance.held.0 + ticks.0);
                let busy = PairUse { hold: Some(hold), live: 1, ..PairUse::default() };
                written.pairs.push(((person, product), busy));
                let (host, device) = (String::new(), None);
                let session = Session { person, product, host, route, opened: at, device, lease };
                written.sessions.push((SessionId(seq), session));
                written.tally.held += 1;
                self.0 = State::restore(written)?;
            }
            Ok(())
        }
    }
}

subject! {
    /// Spends a hold twice.
    PostsAHoldTwice {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let hold = match event {
                Event::HoldEnded { person, product, outcome: Outcome::Posted } => {
                    self.0.charges().pair((*person, *product)).and_then(|known| known.hold)
                }
                _ => None,
            };
            self.0.apply(seq, at, event)?;
            if let Some(hold) = hold {
                let mut written = self.0.checkpoint();
                written.bucket_balances[hold.bucket.index()].held.0 -= hold.ticks.0;
                written.balances[2].0 += hold.ticks.0;
                written.tally.posted += 1;
                self.0 = State::restore(written)?;
            }
            Ok(())
        }
    }
}

subject! {
    /// Loses the last charge when a snapshot is read back.
    ForgetsAChargeAtRestore {
        fn restore(mut checkpoint: Checkpoint) -> Result<State, Broken> {
            checkpoint.charges.pop();
            State::restore(checkpoint)
        }
    }
}

subject! {
    /// Drops what is to be taken back when better data comes in.
    ForgetsReversals {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            match event {
                Event::UsageReversed(_) => self.0.apply(seq, at, &Event::UsageReversed(Vec::new())),
                _ => self.0.apply(seq, at, event),
            }
        }
    }
}

subject! {
    /// Gives a lease and holds nothing for it.
    HoldsNothingForALease {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let mut event = event.clone();
            if let Event::Opened(Opened { route: Route::Tokens { ticks, .. }, basis, .. }) =
                &mut event
                && basis.lease.is_some()
            {
                *ticks = Ticks::ZERO;
            }
            self.0.apply(seq, at, &event)
        }
    }
}

subject! {
    /// Spends tokens that nobody agreed to.
    SpendsUnasked {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let Event::Refused(Refused { ask, reason: Reason::TokensNotAgreed, basis, tariff }) =
                event
            else {
                return self.0.apply(seq, at, event);
            };
            let estate = self.0.estate();
            let person = estate.person_known_as(&ask.person, at).expect("asked before");
            let product = estate.product_called(&ask.product).expect("asked before");
            let chosen = ask.bucket.as_deref().and_then(|key| estate.bucket_called(key));
            let rate = self.0.rate(product, at).expect("it has a price");
            let route = Route::Tokens {
                bucket: chosen.unwrap_or(self.0.payer(person)),
                ticks: rate.ticks,
                meter: rate.meter,
                unit_start: at,
                grace_end: at.plus(300),
            };
            let (ask, basis, tariff) = (ask.clone(), basis.clone(), *tariff);
            let opened = Opened { ask, person, product, route, tariff, basis };
            self.0.apply(seq, at, &Event::Opened(opened))
        }
    }
}

subject! {
    /// Takes a lease's hold away when somebody who used it leaves.
    TakesTheLeaseAlong {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let mut event = event.clone();
            if let Event::Closed { session, hold: hold @ None, .. } = &mut event {
                let ending = self.0.sessions().get(session).filter(|one| one.lease.is_none());
                let pair = ending.and_then(Session::metered_pair);
                let known = pair.and_then(|pair| self.0.charges().pair(pair));
                if known.is_some_and(|known| known.running() == 1 && known.hold.is_some()) {
                    *hold = Some(Outcome::Voided);
                }
            }
            self.0.apply(seq, at, &event)
        }
    }
}

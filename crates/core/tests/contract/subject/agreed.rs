//! Faults in what is agreed: seats, caps, transfers, requests, loans.

use super::Subject;
use faregate_core::amount::Ticks;
use faregate_core::budget::{self, Answer, Progress, RequestId, Unmoved};
use faregate_core::estate::PersonId;
use faregate_core::event::{Event, Move, MoveCause, Opened, Route};
use faregate_core::state::{Broken, Checkpoint, State};
use faregate_core::tariff::Meter;
use faregate_core::when::Instant;

subject! {
    /// Lets people open on tokens what a seat of theirs covers.
    IgnoresTheCoveringSeat {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let mut paid = event.clone();
            if let Event::Opened(Opened { person, product, route, .. }) = &mut paid
                && matches!(route, Route::Seat(_))
            {
                let ticks = self.0.rate(*product, at).map_or(Ticks::ZERO, |rate| rate.ticks);
                let (bucket, meter) = (self.0.payer(*person), Meter::Window24h);
                let grace_end = at.plus(300);
                *route = Route::Tokens { bucket, ticks, meter, unit_start: at, grace_end };
            }
            self.0.apply(seq, at, &paid).or_else(|_| self.0.apply(seq, at, event))
        }
    }
}

subject! {
    /// Whoever asks may say yes.
    ApprovesOwnRequests {
        fn answer(
            state: &State,
            id: RequestId,
            by: PersonId,
            answer: Answer,
            now: Instant,
        ) -> Result<Vec<Event>, Unmoved> {
            let decided = budget::answer(state, id, by, answer, "", now);
            let comment = String::new();
            match decided {
                Err(Unmoved::OwnRequest) => {
                    Ok(vec![Event::RequestAnswered { request: id, by, answer, comment }])
                }
                decided => decided,
            }
        }
    }
}

subject! {
    /// Writes down as approved by the asker what somebody else approved.
    WritesDownOwnApprovals {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            self.0.apply(seq, at, event)?;
            if let Event::RequestAnswered { answer: Answer::Approve(_), .. } = event {
                let mut written = self.0.checkpoint();
                for (_, known) in &mut written.budgets.requests {
                    known.approvals.iter_mut().for_each(|(by, _)| *by = known.request.by);
                }
                self.0 = State::restore(written)?;
            }
            Ok(())
        }
    }
}

subject! {
    /// Moves tokens whether they are free or not.
    MovesWhatIsNotFree {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            let refused = self.0.apply(seq, at, event);
            let Event::TokensMoved(Move { from: Some(from), to: Some(to), ticks, .. }) = event
            else {
                return refused;
            };
            if matches!(refused, Err(Broken::Ledger(_))) {
                let mut written = self.0.checkpoint();
                written.bucket_balances[from.index()].available.0 -= ticks.0;
                written.bucket_balances[to.index()].available.0 += ticks.0;
                self.0 = State::restore(written)?;
                return Ok(());
            }
            refused
        }
    }
}

subject! {
    /// Lets one more through than a cap allows.
    CapOffByOne {
        fn cap(limit: i64) -> i64 {
            limit + 1
        }
    }
}

subject! {
    /// Loses the last move of a seat when a snapshot is read back.
    ForgetsASeatMoveAtRestore {
        fn restore(mut checkpoint: Checkpoint) -> Result<State, Broken> {
            checkpoint.surroundings.seat_moves.pop();
            State::restore(checkpoint)
        }
    }
}

subject! {
    /// Forgets that what was lent has to come back.
    LendsForEver {
        fn apply(&mut self, seq: u64, at: Instant, event: &Event) -> Result<(), Broken> {
            self.0.apply(seq, at, event)?;
            if matches!(event, Event::TokensMoved(order) if matches!(order.cause, MoveCause::Request(_))) {
                let mut written = self.0.checkpoint();
                for (_, known) in &mut written.budgets.requests {
                    if matches!(known.progress, Progress::Approved(_)) {
                        known.owing = Ticks::ZERO;
                    }
                }
                self.0 = State::restore(written)?;
            }
            Ok(())
        }
    }
}

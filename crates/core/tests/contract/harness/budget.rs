//! Seats and names that pass on, tokens that are asked for, beside the reference.

use super::setup::lower_bucket;
use super::{Caught, Harness};
use crate::model::{DAY, TOKEN};
use crate::subject::Subject;
use faregate_core::amount::Ticks;
use faregate_core::budget::{self, Answer, LoanTerms, Progress, RequestId};
use faregate_core::estate::{AliasTerm, BucketId, Period, PersonId, SeatId};
use faregate_core::event::{Event, Move, MoveCause, SessionId};
use faregate_core::state::State;
use faregate_core::when::{Date, Instant};

fn ticks(tokens: i64) -> Ticks {
    Ticks::from_tokens(tokens).unwrap()
}

impl<S: Subject> Harness<S> {
    /// An event that the reference has booked, or must be refused.
    fn book_if(&mut self, booked: bool, event: Event) -> Result<(), Caught> {
        if booked {
            return self.book(event);
        }
        self.must_be_refused(self.subject.state().seq() + 1, &event)
    }

    pub(super) fn move_seat(&mut self, seat: u32, person: Option<u32>) -> Result<(), Caught> {
        let moves = self.model.move_seat(usize::try_from(seat).unwrap(), person, self.now);
        let (seat, person) = (SeatId(seat), person.map(PersonId));
        self.book_if(moves, Event::SeatMoved { seat, person })
    }

    pub(super) fn seat_visits(&mut self, id: u64, seconds: i64) -> Result<(), Caught> {
        let person = self.subject.state().sessions()[&SessionId(id)].person.0;
        self.move_seat(1, None)?;
        self.move_seat(1, Some(person))?;
        for _ in 0..2 {
            self.now += seconds;
            self.alive(id)?;
        }
        self.now += 60;
        self.move_seat(1, None)?;
        self.now += 60;
        self.alive(id)
    }

    pub(super) fn name(&mut self, person: u32, hours: i64) -> Result<(), Caught> {
        let until = self.now + hours * 3_600;
        let is_free = self.model.name(person, self.now, until);
        let (alias, person) = ("Desk".to_owned(), PersonId(person));
        let (from, until) = (Instant(self.now), Instant(until));
        self.book_if(is_free, Event::AliasesSet(vec![AliasTerm { alias, person, from, until }]))
    }

    pub(super) fn transfer(
        &mut self,
        from: Option<u16>,
        to: Option<u16>,
        tokens: i64,
    ) -> Result<(), Caught> {
        let (giver, taker) = (from.map(BucketId), to.map(BucketId));
        let asked = budget::transfer(self.subject.state(), giver, taker, ticks(tokens), "");
        let moves = self.model.transfer(from, to, i128::from(tokens) * TOKEN);
        if asked.is_ok() != moves {
            return Err(Caught::Model(format!("transfer: {asked:?}, not {moves}")));
        }
        if from == to {
            return Ok(());
        }
        let (ticks, cause, why) = (ticks(tokens), MoveCause::Order, String::new());
        self.book_if(moves, Event::TokensMoved(Move { from: giver, to: taker, ticks, cause, why }))
    }

    pub(super) fn ask(
        &mut self,
        by: u32,
        bucket: u16,
        tokens: i64,
        loan_days: Option<i64>,
    ) -> Result<(), Caught> {
        let due = loan_days.map(|days| self.now + days * DAY);
        let loan = due.map(|due| LoanTerms { due: Instant(due) });
        let (id, now) = (self.subject.state().seq() + 1, Instant(self.now));
        let (who, to) = (PersonId(by), BucketId(bucket));
        let asked = budget::request(self.subject.state(), who, to, ticks(tokens), "", loan, now);
        let may = self.model.request(id, (by, bucket), i128::from(tokens) * TOKEN, self.now, due);
        match asked {
            Ok(asked) if may => self.book(asked),
            Err(_) if !may => Ok(()),
            other => Err(Caught::Model(format!("asked: {other:?}, not {may}"))),
        }
    }

    pub(super) fn answer(&mut self, index: usize, by: u32, yes: Option<i64>) -> Result<(), Caught> {
        let ids: Vec<u64> = self.model.requests.keys().copied().collect();
        let Some(id) = ids.get(index % ids.len().max(1)).copied() else { return Ok(()) };
        let what = yes.map_or(Answer::Decline, |tokens| Answer::Approve(ticks(tokens)));
        let (request, who) = (RequestId(id), PersonId(by));
        let answered = S::answer(self.subject.state(), request, who, what, Instant(self.now));
        let expected = yes.map(|tokens| i128::from(tokens) * TOKEN);
        let may = self.model.answer(id, by, expected, self.now);
        match answered {
            Ok(events) if may => events.into_iter().try_for_each(|event| self.book(event)),
            Err(_) if !may => Ok(()),
            other => Err(Caught::Model(format!("answer: {other:?}, not {may}"))),
        }
    }

    pub(super) fn correct(
        &mut self,
        pack: usize,
        bucket: Option<u16>,
        tokens: i64,
    ) -> Result<(), Caught> {
        let pack = pack % self.subject.state().ledger().packs().len();
        let fits = self.model.correct(pack, bucket, i128::from(tokens) * TOKEN);
        let (pack, bucket) = (u32::try_from(pack).unwrap(), bucket.map(BucketId));
        let (ticks, why) = (ticks(tokens), String::new());
        self.book_if(fits, Event::Corrected { pack, bucket, ticks, why })
    }

    pub(super) fn project(&mut self, days: i64) -> Result<(), Caught> {
        self.model.project(days, self.now);
        let today = Date(i32::try_from(self.now.div_euclid(DAY)).unwrap());
        let until = today.plus(i32::try_from(days).unwrap());
        self.book(lower_bucket(Period::Dates(today, until)))
    }

    pub(super) fn due(&mut self) -> Result<(), Caught> {
        self.model.due(self.now);
        let mut booked = 0;
        while let Some(event) = budget::due(self.subject.state(), Instant(self.now)) {
            self.book(event)?;
            booked += 1;
            if booked > 200 {
                return Err(Caught::Model("what is due never ends".to_owned()));
            }
        }
        Ok(())
    }

    /// No tokens are charged or held for use that began while a seat covered it.
    pub(super) fn check_seats(&self, state: &State) -> Result<(), Caught> {
        let charged = state.charges().iter().map(|c| ((c.person.0, c.product.0), c.at.0));
        let held = state
            .charges()
            .pairs()
            .filter_map(|(pair, known)| Some(((pair.0.0, pair.1.0), known.hold?.start.0)));
        match charged.chain(held).find(|(pair, at)| self.model.was_covered(*pair, *at)) {
            Some(paid) => Err(Caught::Model(format!("paid while a seat covers: {paid:?}"))),
            None => Ok(()),
        }
    }

    pub(super) fn check_requests(&self, state: &State) -> Result<(), Caught> {
        let name = |progress| match progress {
            Progress::Waiting => "waiting",
            Progress::Approved(_) => "approved",
            Progress::Declined => "declined",
            Progress::Expired => "expired",
            Progress::Returned => "returned",
        };
        let found = state
            .requests()
            .iter()
            .map(|(id, known)| (id.0, name(known.progress), i128::from(known.owing.0)));
        let expected = self.model.requests.iter();
        let expected = expected.map(|(id, known)| (*id, known.progress, known.owing));
        let (found, expected): (Vec<_>, Vec<_>) = (found.collect(), expected.collect());
        match found == expected {
            true => Ok(()),
            false => Err(Caught::Model(format!("requests {found:?}, not {expected:?}"))),
        }
    }
}

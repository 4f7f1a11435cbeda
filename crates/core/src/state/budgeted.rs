//! Booking what happens to tokens outside of use: packs, transfers, requests, periods, what the vendor says.

use super::{Broken, State};
use crate::amount::{Money, Ticks};
use crate::budget::{Answer, Progress, RequestId, Requested, needed};
use crate::burn::{Plan, check_curve};
use crate::estate::{BucketId, PersonId};
use crate::event::{Event, Move, MoveCause, TokenRequest};
use crate::ledger::{Pack, PackKind};
use crate::when::Instant;

impl State {
    /// Applies an event of this kind; `None` when it is of another.
    pub(super) fn apply_budget(
        &mut self,
        seq: u64,
        at: Instant,
        event: &Event,
    ) -> Option<Result<(), Broken>> {
        let done = match event {
            Event::PackBought { .. }
            | Event::PackAdded { .. }
            | Event::CarriedForward { .. }
            | Event::Corrected { .. }
            | Event::PackExpired { .. } => self.apply_pack(event),
            Event::Allocated { bucket, ticks } => {
                self.ledger.allocate(*bucket, *ticks).map_err(Broken::from)
            }
            Event::TokensMoved(order) => self.apply_move(order),
            Event::TokensRequested(request) => self.apply_request(RequestId(seq), at, request),
            Event::RequestAnswered { request, by, answer, .. } => {
                self.apply_answer(*request, *by, *answer)
            }
            Event::RequestExpired(request) => self.waiting(*request).map(drop).map(|()| {
                self.requests.change(*request, |known| known.progress = Progress::Expired);
            }),
            Event::PeriodEnded { bucket, until } => match self.estate.bucket(*bucket) {
                Some(_) => {
                    self.period_ends.insert(*bucket, *until);
                    Ok(())
                }
                None => Err(Broken::UnknownId),
            },
            Event::VendorBalance { at, ticks } => {
                self.vendor.balance = Some((*at, *ticks));
                Ok(())
            }
            Event::VendorReported(charges) => {
                crate::double_dip::take_over(&mut self.vendor.charges, charges);
                Ok(())
            }
            Event::ShadowPriced(price) => {
                self.shadow_price = Some(*price);
                Ok(())
            }
            Event::ExchangeRatesSet(rates) => {
                self.exchange_rates.clone_from(rates);
                Ok(())
            }
            Event::PlanSet { bucket, plan } => self.apply_plan(*bucket, plan),
            Event::BreachReviewed { decision, accepted, why } => {
                self.reviews.insert(*decision, (*accepted, why.clone()));
                Ok(())
            }
            _ => return None,
        };
        Some(done)
    }

    /// What is straight needs no saying, so that a snapshot read back equals what it was taken of.
    fn apply_plan(&mut self, bucket: Option<BucketId>, plan: &Plan) -> Result<(), Broken> {
        if bucket.is_some_and(|id| self.estate.bucket(id).is_none()) {
            return Err(Broken::UnknownId);
        }
        if let Plan::Curve(points) = plan {
            check_curve(points).map_err(Broken::Curve)?;
        }
        match plan {
            Plan::Straight => self.plans.remove(&bucket),
            Plan::Seasonal | Plan::Curve(_) => self.plans.insert(bucket, plan.clone()),
        };
        Ok(())
    }

    fn apply_pack(&mut self, event: &Event) -> Result<(), Broken> {
        let index = |pack: u32| usize::try_from(pack).unwrap_or(usize::MAX);
        match event {
            Event::PackBought { name, ticks, from, until } => {
                self.buy(name, PackKind::Flex, *ticks, (*from, *until), None)
            }
            Event::PackAdded { name, kind, ticks, from, until, price } => {
                self.buy(name, *kind, *ticks, (*from, *until), *price)
            }
            Event::CarriedForward { pack, ticks, until } => {
                Ok(self.ledger.carry(index(*pack), *ticks, *until)?)
            }
            Event::Corrected { pack, bucket, ticks, .. } => {
                Ok(self.ledger.correct(index(*pack), *bucket, *ticks)?)
            }
            Event::PackExpired { pack, breakage } => {
                Ok(self.ledger.expire(index(*pack), breakage)?)
            }
            _ => Ok(()),
        }
    }

    fn buy(
        &mut self,
        name: &str,
        kind: PackKind,
        bought: Ticks,
        (from, until): (Instant, Instant),
        price: Option<Money>,
    ) -> Result<(), Broken> {
        let (name, remaining, carried) = (name.to_owned(), bought, false);
        let pack = Pack { name, bought, remaining, from, until, kind, price, carried };
        Ok(self.ledger.buy(pack)?)
    }

    fn apply_request(
        &mut self,
        id: RequestId,
        at: Instant,
        request: &TokenRequest,
    ) -> Result<(), Broken> {
        let estate = &self.estate;
        let mut buckets = [Some(request.bucket), request.from].into_iter().flatten();
        let buckets_known = buckets.all(|bucket| estate.bucket(bucket).is_some());
        if estate.person(request.by).is_none() || !buckets_known {
            return Err(Broken::UnknownId);
        }
        let (approvals, progress, owing) = (Vec::new(), Progress::Waiting, Ticks::ZERO);
        let (request, needed) = (request.clone(), 0);
        let requested = Requested { request, at, approvals, progress, owing, needed };
        self.requests.insert(id, requested);
        Ok(())
    }

    fn apply_answer(&mut self, id: RequestId, by: PersonId, answer: Answer) -> Result<(), Broken> {
        let requested = self.waiting(id)?;
        let said_yes = requested.approvals.iter().any(|(earlier, _)| *earlier == by);
        match answer {
            _ if requested.request.by == by => return Err(Broken::Request(id)),
            Answer::Approve(_) if said_yes => return Err(Broken::Request(id)),
            Answer::Approve(_) | Answer::Decline => {}
        }
        self.requests.change(id, |requested| match answer {
            Answer::Approve(ticks) => requested.approvals.push((by, ticks)),
            Answer::Decline => requested.progress = Progress::Declined,
        });
        Ok(())
    }

    /// Checks that a move is what its request says, before anything is booked.
    fn check_move(&self, order: &Move) -> Result<(), Broken> {
        let (id, is_return) = match order.cause {
            MoveCause::Request(id) => (id, false),
            MoveCause::LoanReturned(id) => (id, true),
            MoveCause::Order | MoveCause::PeriodEnd => return Ok(()),
        };
        let requested = self.requests().get(&id).ok_or(Broken::Request(id))?;
        let (from, to) = (requested.request.from, Some(requested.request.bucket));
        let fits = match is_return {
            false => {
                requested.progress == Progress::Waiting && (from, to) == (order.from, order.to)
            }
            true => order.ticks <= requested.owing && (to, from) == (order.from, order.to),
        };
        if fits { Ok(()) } else { Err(Broken::Request(id)) }
    }

    fn apply_move(&mut self, order: &Move) -> Result<(), Broken> {
        self.check_move(order)?;
        self.ledger.transfer(order.from, order.to, order.ticks)?;
        match order.cause {
            MoveCause::Request(id) => {
                // What is agreed of the contract may change later; how many had to say yes does not.
                let needed = needed(&self.terms, self.waiting(id)?, order.ticks);
                self.requests.change(id, |requested| {
                    requested.progress = Progress::Approved(order.ticks);
                    requested.needed = u32::try_from(needed).unwrap_or(u32::MAX);
                    if requested.request.loan.is_some() {
                        requested.owing = order.ticks;
                    }
                });
            }
            MoveCause::LoanReturned(id) => {
                self.requests.change(id, |requested| {
                    requested.owing = requested.owing.minus(order.ticks).unwrap_or_default();
                    if requested.owing == Ticks::ZERO {
                        requested.progress = Progress::Returned;
                    }
                });
            }
            MoveCause::Order | MoveCause::PeriodEnd => {}
        }
        Ok(())
    }

    fn waiting(&self, id: RequestId) -> Result<&Requested, Broken> {
        let known = self.requests().get(&id);
        known.filter(|requested| requested.progress == Progress::Waiting).ok_or(Broken::Request(id))
    }
}

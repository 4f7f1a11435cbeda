//! Booking what happens to tokens outside of use: packs, transfers, requests, periods, what the vendor says.

use super::{Broken, State};
use crate::amount::Ticks;
use crate::budget::{Answer, Progress, RequestId, Requested};
use crate::event::{Event, Move, MoveCause};
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
            Event::TokensRequested(request) => {
                let id = RequestId(seq);
                let (approvals, progress) = (Vec::new(), Progress::Waiting);
                let owing = Ticks::ZERO;
                let requested =
                    Requested { request: request.clone(), at, approvals, progress, owing };
                self.requests.insert(id, requested);
                Ok(())
            }
            Event::RequestAnswered { request, by, answer, .. } => {
                self.waiting(*request).map(|requested| match answer {
                    Answer::Approve(ticks) => requested.approvals.push((*by, *ticks)),
                    Answer::Decline => requested.progress = Progress::Declined,
                })
            }
            Event::RequestExpired(request) => {
                self.waiting(*request).map(|requested| requested.progress = Progress::Expired)
            }
            Event::PeriodEnded { bucket, until } => {
                self.period_ends.insert(*bucket, *until);
                Ok(())
            }
            Event::VendorBalance { at, ticks } => {
                self.vendor.balance = Some((*at, *ticks));
                Ok(())
            }
            Event::VendorReported(charges) => {
                self.vendor.charges.extend(charges.iter().cloned());
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
            Event::BreachReviewed { decision, accepted, why } => {
                self.reviews.insert(*decision, (*accepted, why.clone()));
                Ok(())
            }
            _ => return None,
        };
        Some(done)
    }

    fn apply_pack(&mut self, event: &Event) -> Result<(), Broken> {
        let index = |pack: u32| usize::try_from(pack).unwrap_or(usize::MAX);
        match event {
            Event::PackBought { name, ticks, from, until } => {
                let (kind, price) = (PackKind::Flex, None);
                self.buy(Pack {
                    name: name.clone(),
                    bought: *ticks,
                    remaining: *ticks,
                    from: *from,
                    until: *until,
                    kind,
                    price,
                    carried: false,
                })
            }
            Event::PackAdded { name, kind, ticks, from, until, price } => {
                let (name, kind, price) = (name.clone(), *kind, *price);
                self.buy(Pack {
                    name,
                    bought: *ticks,
                    remaining: *ticks,
                    from: *from,
                    until: *until,
                    kind,
                    price,
                    carried: false,
                })
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

    fn buy(&mut self, pack: Pack) -> Result<(), Broken> {
        Ok(self.ledger.buy(pack)?)
    }

    fn apply_move(&mut self, order: &Move) -> Result<(), Broken> {
        let missing = |id: RequestId| Broken::Request(id);
        if let MoveCause::Request(id) = order.cause {
            self.waiting(id)?;
        }
        if let MoveCause::LoanReturned(id) = order.cause {
            let owing = self.requests.get(&id).map_or(Ticks::ZERO, |requested| requested.owing);
            owing.minus(order.ticks).filter(|left| left.0 >= 0).ok_or(missing(id))?;
        }
        self.ledger.transfer(order.from, order.to, order.ticks)?;
        match order.cause {
            MoveCause::Request(id) => {
                let requested = self.waiting(id)?;
                requested.progress = Progress::Approved(order.ticks);
                if requested.request.loan.is_some() {
                    requested.owing = order.ticks;
                }
            }
            MoveCause::LoanReturned(id) => {
                let requested = self.requests.get_mut(&id).ok_or(missing(id))?;
                requested.owing = requested.owing.minus(order.ticks).unwrap_or_default();
                if requested.owing == Ticks::ZERO {
                    requested.progress = Progress::Returned;
                }
            }
            MoveCause::Order | MoveCause::PeriodEnd => {}
        }
        Ok(())
    }

    fn waiting(&mut self, id: RequestId) -> Result<&mut Requested, Broken> {
        let known = self.requests.get_mut(&id);
        known.filter(|requested| requested.progress == Progress::Waiting).ok_or(Broken::Request(id))
    }
}

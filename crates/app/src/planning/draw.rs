//! A plan of moves: seats that are paid for go to those who displace most tokens with them (F8); then seats are bought
//! for those who are worth one, and the terms of those who are not are let run out.
//!
//! Within a term a seat costs nothing more, so that handing it on saves whatever it displaces; money is saved by
//! fewer seats only when a term ends, and the plan says when that is.

use super::advice::{Advice, Adviser, PersonAdvice, Standstill};
use super::compliance::Bars;
use super::habits::Habits;
use super::market::{Market, micros};
use super::{Terms, words};
use faregate_core::estate::{OfferingId, PersonId, Seat, SeatId};
use faregate_core::moves::{MoveKind, MovePlan, PlanId, PlannedMove};
use faregate_core::state::State;
use faregate_core::when::{DAY, Date, Instant};
use faregate_plan::reassign::assign;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, VecDeque};

/// A seat whose term ends sooner is not handed on.
const LEFT_MIN: i64 = 30 * DAY;
/// Whoever holds a seat keeps it unless somebody else displaces this share of its price more: F7's upper band.
const STICKS: f64 = 1.0 / 12.0;

/// A plan that nobody has booked yet, and what it leaves out.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The plan.
    pub plan: MovePlan,
    /// What it leaves out, in sentences.
    pub gaps: Vec<String>,
}

/// Draws a plan from advice.
#[must_use]
pub fn draw(
    state: &State,
    (habits, market, bars): (&Habits, &Market, &Bars),
    advice: &Advice,
    terms: &Terms,
    (name, by, parent): (&str, &str, Option<PlanId>),
    now: Instant,
) -> Drawn {
    let adviser = Adviser { state, habits, market, bars, terms, now };
    let desk = Desk { state, market, terms, adviser, now, today: state.zone().date(now) };
    let mut moves = desk.harvest();
    let handed = desk.hand_on(advice);
    let moved: FxHashSet<PersonId> = handed.iter().map(|one| one.person).collect();
    let (bought, ended): (Vec<_>, Vec<_>) = advice
        .people
        .iter()
        .filter(|one| one.stays.is_none() && !one.has_left && !moved.contains(&one.person))
        .partition(|one| one.holds.is_none());
    moves.extend(handed.iter().cloned());
    if terms.may_buy {
        moves.extend(bought.into_iter().filter_map(|one| desk.bought(one)));
    }
    moves.extend(ended.into_iter().filter_map(|one| desk.ended(one)));
    moves.sort_by_key(|one| (one.on, core::cmp::Reverse(one.saving()), one.person));
    let plan = MovePlan {
        parent,
        name: name.to_owned(),
        by: by.to_owned(),
        currency: market.currency,
        token_price: micros(market.token),
        known_from: habits.first,
        known_to: habits.last,
        basis: words::basis(state, market, terms),
        moves,
    };
    Drawn { plan, gaps: advice.gaps.clone() }
}

struct Desk<'a> {
    state: &'a State,
    market: &'a Market,
    terms: &'a Terms,
    adviser: Adviser<'a>,
    now: Instant,
    today: Date,
}

/// Somebody who may get a seat of one offering or another, or keep the one they hold.
struct Candidate<'a> {
    advised: &'a PersonAdvice,
    /// Their figures for a seat of each offering that can be handed on; `None`: it is not for them.
    with: Vec<Option<PersonAdvice>>,
}

/// Seats of one offering that can go to somebody else.
#[derive(Default)]
struct Stock {
    free: VecDeque<SeatId>,
    held: usize,
}

impl Desk<'_> {
    /// Seats of people who have left, priced or not: taken at once, whatever they are worth.
    fn harvest(&self) -> Vec<PlannedMove> {
        let estate = self.state.estate();
        let held = (0_u32..).map(SeatId).zip(estate.seats());
        let of = |(id, seat): (SeatId, &Seat)| {
            let person = estate.holder(id, self.now)?;
            let until = estate.standing(person)?.until?;
            (until <= self.now).then(|| PlannedMove {
                kind: MoveKind::Release,
                seat: Some(id),
                why: words::left(self.state, seat.offering),
                ..self.blank(person, seat.offering)
            })
        };
        held.filter_map(of).collect()
    }

    /// The best use of the seats that are paid for.
    fn hand_on(&self, advice: &Advice) -> Vec<PlannedMove> {
        let mut stock = self.stock(advice);
        let offerings: Vec<OfferingId> = stock.keys().copied().collect();
        let people: Vec<Candidate<'_>> = advice
            .people
            .iter()
            .filter(|one| self.takes_part(one))
            .map(|one| self.candidate(one, &offerings))
            .collect();
        let worths: Vec<Vec<f64>> = people
            .iter()
            .map(|one| one.with.iter().map(|with| self.worth(one.advised, with.as_ref())).collect())
            .collect();
        let counts: Vec<usize> =
            stock.values().map(|stock| stock.free.len() + stock.held).collect();
        let best = assign(&worths, &counts);
        let mut released: BTreeMap<OfferingId, VecDeque<(SeatId, f64)>> = BTreeMap::new();
        let (mut moves, mut takers) = (Vec::new(), Vec::new());
        for (one, place) in people.iter().zip(best.seats) {
            let to = place.and_then(|place| offerings.get(place)).copied();
            let from = one.advised.holds.map(|holding| holding.offering);
            if to == from {
                continue;
            }
            let with = place.and_then(|place| one.with.get(place)?.as_ref());
            takers.extend(with.zip(to));
            if let Some(holding) = one.advised.holds {
                let seats = released.entry(holding.offering).or_default();
                seats.push_back((holding.seat, one.advised.on_tokens));
                moves.push((one.advised, holding));
            }
        }
        // Whoever displaces most is served first: should a seat be missing, it is the least that is missed.
        takers.sort_by(|a, b| {
            b.0.on_tokens.total_cmp(&a.0.on_tokens).then(a.0.person.cmp(&b.0.person))
        });
        let mut planned = Vec::new();
        for (one, offering) in takers {
            let free = stock.get_mut(&offering).and_then(|stock| stock.free.pop_front());
            let taken = || released.get_mut(&offering).and_then(VecDeque::pop_front);
            let Some((seat, before)) = free.map(|seat| (seat, 0.0)).or_else(taken) else {
                continue;
            };
            planned.push(self.assigned(one, offering, (seat, before)));
        }
        // A seat that nobody takes is not taken away: it is paid for.
        let needed: FxHashSet<SeatId> = planned.iter().filter_map(|one| one.seat).collect();
        let gone = moves.into_iter().filter(|(_, holding)| needed.contains(&holding.seat));
        let mut all: Vec<PlannedMove> = gone
            .map(|(one, holding)| self.displaced(one, holding.seat, holding.offering))
            .collect();
        all.extend(planned);
        all
    }

    /// Seats that can be handed on, by offering: free ones, and those whose holders may lose them.
    fn stock(&self, advice: &Advice) -> BTreeMap<OfferingId, Stock> {
        let estate = self.state.estate();
        let mut stock: BTreeMap<OfferingId, Stock> = BTreeMap::new();
        let leaving: FxHashSet<SeatId> = advice
            .people
            .iter()
            .filter(|one| one.has_left)
            .filter_map(|one| Some(one.holds?.seat))
            .collect();
        for (number, seat) in (0_u32..).zip(estate.seats()) {
            let id = SeatId(number);
            let in_term = seat.from <= self.now && self.now.plus(LEFT_MIN) < seat.until;
            let is_free = estate.holder(id, self.now).is_none() || leaving.contains(&id);
            if in_term && is_free && self.market.offering(seat.offering).is_some() {
                stock.entry(seat.offering).or_default().free.push_back(id);
            }
        }
        for one in advice.people.iter().filter(|one| self.takes_part(one)) {
            if let Some(holding) = one.holds {
                stock.entry(holding.offering).or_default().held += 1;
            }
        }
        stock
    }

    /// Whether somebody's seat may go to another, or one may come to them.
    fn takes_part(&self, one: &PersonAdvice) -> bool {
        let is_barred =
            matches!(one.stays, Some(Standstill::Barred(_) | Standstill::TooLittleKnown));
        let lasts = one.holds.is_none_or(|holding| {
            let seat = self.state.estate().seat(holding.seat);
            seat.is_some_and(|seat| self.now.plus(LEFT_MIN) < seat.until)
        });
        // Of several seats each would be moved as if the others were not.
        let holds = self.state.estate().seats_of(one.person, self.now).len();
        !is_barred && !one.has_left && lasts && holds <= 1 && one.offering.is_some()
    }

    /// Holders are not offered another seat than theirs, which would want two moves at once.
    fn candidate<'a>(&self, one: &'a PersonAdvice, offerings: &[OfferingId]) -> Candidate<'a> {
        let with = |id: &OfferingId| match one.holds {
            Some(holding) => (holding.offering == *id).then(|| one.clone()),
            None => self.adviser.with_seat(one.person, *id),
        };
        Candidate { advised: one, with: offerings.iter().map(with).collect() }
    }

    /// What a seat is worth to somebody in a year: the tokens that it displaces, but no more than it would cost to
    /// buy them the seat that is best for them, with tokens for what that does not cover.
    fn worth(&self, advised: &PersonAdvice, with: Option<&PersonAdvice>) -> f64 {
        let Some(with) = with else { return 0.0 };
        let uncovered = (with.on_tokens - advised.on_tokens).max(0.0);
        let most = if self.terms.may_buy { advised.seat + uncovered } else { f64::INFINITY };
        let displaces = with.on_tokens.min(most);
        let known = with.offering.and_then(|id| self.state.estate().offering(id));
        let costs = self.terms.rule_of(known.map_or("", |known| &known.key)).switching_cost;
        match advised.holds {
            Some(_) => displaces + STICKS * advised.seat + costs + 0.01,
            None => displaces - costs,
        }
    }

    /// How much of a year a seat's term still goes on, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a term")]
    fn left(&self, seat: SeatId) -> f64 {
        let until = self.state.estate().seat(seat).map_or(self.now, |seat| seat.until);
        (until.since(self.now) as f64 / (365 * DAY) as f64).clamp(0.0, 1.0)
    }

    fn assigned(
        &self,
        one: &PersonAdvice,
        offering: OfferingId,
        (seat, before): (SeatId, f64),
    ) -> PlannedMove {
        PlannedMove {
            kind: MoveKind::Assign,
            seat: Some(seat),
            on: self.today,
            cost_now: micros(one.on_tokens * self.left(seat)),
            cost_then: 0,
            p_saves: permille(one.found.p_saves),
            days: days(one.found.days),
            why: words::assigned(self.state, self.market, one, before),
            ..self.blank(one.person, offering)
        }
    }

    /// Whoever has to give a paid seat to somebody with more use for it.
    fn displaced(&self, one: &PersonAdvice, seat: SeatId, offering: OfferingId) -> PlannedMove {
        PlannedMove {
            kind: MoveKind::Release,
            seat: Some(seat),
            on: self.today,
            cost_now: 0,
            cost_then: micros(one.on_tokens * self.left(seat)),
            // It costs; what it saves is in the move that the seat goes to.
            p_saves: 0,
            days: days(one.found.days),
            why: words::displaced(self.state, one),
            ..self.blank(one.person, offering)
        }
    }

    fn bought(&self, one: &PersonAdvice) -> Option<PlannedMove> {
        let offering = one.offering?;
        Some(PlannedMove {
            kind: MoveKind::Buy,
            on: self.today,
            cost_now: micros(one.on_tokens),
            cost_then: micros(one.seat),
            p_saves: permille(one.found.p_saves),
            days: days(one.found.days),
            why: words::bought(self.state, self.market, one),
            ..self.blank(one.person, offering)
        })
    }

    /// A seat whose term is let run out.
    fn ended(&self, one: &PersonAdvice) -> Option<PlannedMove> {
        let holding = one.holds?;
        Some(PlannedMove {
            kind: MoveKind::Release,
            seat: Some(holding.seat),
            on: holding.until.max(self.today),
            cost_now: micros(one.seat),
            cost_then: micros(one.on_tokens),
            p_saves: permille(one.found.p_saves),
            days: days(one.found.days),
            why: words::ended(self.state, self.market, one),
            ..self.blank(one.person, holding.offering)
        })
    }

    fn blank(&self, person: PersonId, offering: OfferingId) -> PlannedMove {
        PlannedMove { person, offering, on: self.today, ..PlannedMove::default() }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000")]
fn permille(share: f64) -> u16 {
    (share.clamp(0.0, 1.0) * 1_000.0).round() as u16
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days of a year")]
fn days(days: f64) -> u16 {
    days.clamp(0.0, 366.0).round() as u16
}

//! Who holds which seat when. A seat passes from hand to hand; who held it in the past stays on record.

use super::{Estate, PersonId, ProductId, Seat, SeatId, next};
use crate::when::{Date, Instant};
use rustc_hash::FxHashMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moves {
    /// The seats that a person has ever held.
    by_person: FxHashMap<PersonId, Vec<SeatId>>,
    /// Who held a seat from when on, after its first holder.
    later: FxHashMap<SeatId, Vec<(Instant, Option<PersonId>)>>,
}

impl Estate {
    /// Adds a seat.
    pub fn add_seat(&mut self, seat: Seat) -> SeatId {
        let id = SeatId(next(self.seats.len()));
        if let Some(person) = seat.person {
            self.moves.by_person.entry(person).or_default().push(id);
        }
        self.seats.push(seat);
        id
    }

    /// Gives a seat to somebody, or frees it, from `at` on.
    pub fn move_seat(&mut self, id: SeatId, person: Option<PersonId>, at: Instant) {
        self.moves.later.entry(id).or_default().push((at, person));
        if let Some(person) = person {
            let held = self.moves.by_person.entry(person).or_default();
            if !held.contains(&id) {
                held.push(id);
            }
        }
    }

    /// Who holds a seat at an instant; nobody outside of its term.
    #[must_use]
    pub fn holder(&self, id: SeatId, at: Instant) -> Option<PersonId> {
        let seat = self.seat(id).filter(|seat| seat.from <= at && at < seat.until)?;
        let moves = self.moves.later.get(&id);
        let last = moves.and_then(|moves| moves.iter().rev().find(|(from, _)| *from <= at));
        last.map_or(seat.person, |(_, person)| *person)
    }

    /// How often a seat was given to somebody on a day, `date` telling the day of an instant.
    #[must_use]
    pub fn moves_on(&self, id: SeatId, day: Date, date: impl Fn(Instant) -> Date) -> u32 {
        let moves = self.moves.later.get(&id).into_iter().flatten().rev();
        let today = moves.take_while(|(at, _)| date(*at) >= day);
        let given = today.filter(|(at, person)| date(*at) == day && person.is_some());
        u32::try_from(given.count()).unwrap_or(u32::MAX)
    }

    /// Every later holder of every seat, by seat: when, and who.
    #[must_use]
    pub fn seat_moves(&self) -> Vec<(SeatId, Instant, Option<PersonId>)> {
        let mut all: Vec<_> = self.moves.later.iter().collect();
        all.sort_unstable_by_key(|(seat, _)| **seat);
        let flat = all
            .into_iter()
            .flat_map(|(seat, moves)| moves.iter().map(move |(at, person)| (*seat, *at, *person)));
        flat.collect()
    }

    /// The person's seat that covers the product at this instant, if there is one.
    #[must_use]
    pub fn covering_seat(
        &self,
        person: PersonId,
        product: ProductId,
        at: Instant,
    ) -> Option<SeatId> {
        let held = self.moves.by_person.get(&person)?;
        let covers =
            |id: &SeatId| self.holder(*id, at) == Some(person) && self.covers(*id, product);
        held.iter().copied().find(covers)
    }

    /// The first seat that nobody holds at this instant, that covers the product and that `fits`.
    #[must_use]
    pub fn free_seat(
        &self,
        product: ProductId,
        at: Instant,
        fits: impl Fn(SeatId) -> bool,
    ) -> Option<SeatId> {
        let ids = (0..self.seats.len()).map(|index| SeatId(next(index)));
        let mut free = ids.filter(|id| {
            self.seat(*id).is_some_and(|seat| seat.from <= at && at < seat.until)
                && self.holder(*id, at).is_none()
                && self.covers(*id, product)
        });
        free.find(|id| fits(*id))
    }

    /// Whether a seat's offering lets its holder open a product.
    #[must_use]
    pub fn covers(&self, seat: SeatId, product: ProductId) -> bool {
        let offering = self.seat(seat).and_then(|seat| self.offering(seat.offering));
        let key = self.product(product).map(|product| &product.key);
        offering.zip(key).is_some_and(|(offering, key)| offering.covers.contains(key))
    }

    /// The seats that a person holds at an instant.
    #[must_use]
    pub fn seats_of(&self, person: PersonId, at: Instant) -> Vec<SeatId> {
        let ever = self.moves.by_person.get(&person).into_iter().flatten().copied();
        ever.filter(|id| self.holder(*id, at) == Some(person)).collect()
    }
}

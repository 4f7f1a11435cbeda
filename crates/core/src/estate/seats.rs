//! Who holds which seat when. A seat passes from hand to hand; who held it in the past stays on record.

use super::{Estate, OfferingId, PersonId, ProductId, Seat, SeatId, next};
use crate::usage::Interval;
use crate::when::{Date, Instant};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moves {
    /// The seats that a person has ever held, ascending: a snapshot read back looks at them in the same order.
    by_person: FxHashMap<PersonId, Vec<SeatId>>,
    /// Who held a seat from when on, after its first holder.
    later: FxHashMap<SeatId, Vec<(Instant, Option<PersonId>)>>,
    /// Seats whose last holder is nobody, by what they are of and when their term ends and begins: seats are
    /// bought by the dozen, so there are few terms, and those that are over need not be looked at.
    free: BTreeMap<Term, BTreeSet<SeatId>>,
    /// The offerings that cover a product, by its key.
    covering: FxHashMap<String, BTreeSet<OfferingId>>,
    /// When a seat passed on last; before that, who holds what now says nothing.
    last: Option<Instant>,
}

/// An offering, and the end and the beginning of a seat's term.
type Term = (OfferingId, Instant, Instant);

impl Estate {
    /// Adds a seat.
    pub fn add_seat(&mut self, seat: Seat) -> SeatId {
        let id = SeatId(next(self.seats.len()));
        match seat.person {
            Some(person) => self.moves.held_by(self.same_as(person), id),
            None => {
                self.moves.free.entry(term(&seat)).or_default().insert(id);
            }
        }
        self.seats.push(seat);
        id
    }

    /// Gives a seat to somebody, or frees it, from `at` on.
    pub fn move_seat(&mut self, id: SeatId, person: Option<PersonId>, at: Instant) {
        self.moves.later.entry(id).or_default().push((at, person));
        self.moves.last = self.moves.last.max(Some(at));
        let term = self.seat(id).map(term);
        match person {
            Some(person) => {
                self.moves.held_by(self.same_as(person), id);
                if let Some(term) = term {
                    self.moves.taken(term, id);
                }
            }
            None => {
                if let Some(term) = term {
                    self.moves.free.entry(term).or_default().insert(id);
                }
            }
        }
    }

    /// The same estate in which nobody ever held a seat, and there is none.
    #[must_use]
    pub fn without_seats(&self) -> Self {
        let moves = Moves { covering: self.moves.covering.clone(), ..Moves::default() };
        Self { seats: Vec::new(), moves, ..self.clone() }
    }

    /// Notes which products an offering covers.
    pub(super) fn index_offering(&mut self, id: OfferingId, covers: &[String]) {
        for key in covers {
            self.moves.covering.entry(key.clone()).or_default().insert(id);
        }
    }

    /// Who holds a seat at an instant; nobody outside of its term.
    #[must_use]
    pub fn holder(&self, id: SeatId, at: Instant) -> Option<PersonId> {
        let seat = self.seat(id).filter(|seat| seat.from <= at && at < seat.until)?;
        let moves = self.moves.later.get(&id);
        let last = moves.and_then(|moves| moves.iter().rev().find(|(from, _)| *from <= at));
        let holder = last.map_or(seat.person, |(_, person)| *person)?;
        Some(self.same_as(holder))
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

    /// The person's first seat that covers the product at this instant, if there is one.
    #[must_use]
    pub fn covering_seat(
        &self,
        person: PersonId,
        product: ProductId,
        at: Instant,
    ) -> Option<SeatId> {
        self.covering_seats(person, product, at).next()
    }

    /// All seats of a person that cover the product at this instant, in id order.
    pub fn covering_seats(
        &self,
        person: PersonId,
        product: ProductId,
        at: Instant,
    ) -> impl Iterator<Item = SeatId> + '_ {
        let covers =
            move |id: &SeatId| self.holder(*id, at) == Some(person) && self.covers(*id, product);
        self.seats_ever(person).iter().copied().filter(covers)
    }

    /// The first instant from `at` on at which no seat of the person covers the product.
    #[must_use]
    pub fn uncovered_from(&self, person: PersonId, product: ProductId, at: Instant) -> Instant {
        self.covered_spans(person, product).iter().fold(at, |at, span| {
            let is_within = span.start <= at && at < span.end;
            if is_within { span.end } else { at }
        })
    }

    /// The parts of a stretch of use in which no seat of the person covers the product, ascending.
    #[must_use]
    pub fn uncovered_parts(
        &self,
        person: PersonId,
        product: ProductId,
        stretch: Interval,
    ) -> Vec<Interval> {
        let mut parts = Vec::with_capacity(1);
        let mut start = stretch.start;
        for span in self.covered_spans(person, product) {
            let end = span.start.min(stretch.end);
            if start < end {
                parts.push(Interval { start, end });
            }
            start = start.max(span.end);
        }
        if start < stretch.end {
            parts.push(Interval { start, end: stretch.end });
        }
        parts
    }

    /// When seats of a person covered a product, and will as things stand, by start.
    fn covered_spans(&self, person: PersonId, product: ProductId) -> Vec<Interval> {
        let covering = self.seats_ever(person).iter().filter(|id| self.covers(**id, product));
        let mut spans: Vec<Interval> =
            covering.flat_map(|id| self.held_spans(*id, person)).collect();
        spans.sort_unstable();
        spans
    }

    /// When a person held a seat, and will as things stand.
    fn held_spans(&self, id: SeatId, person: PersonId) -> Vec<Interval> {
        let Some(seat) = self.seat(id) else { return Vec::new() };
        let later = self.moves.later.get(&id).map_or(&[][..], Vec::as_slice);
        let starts = core::iter::once((seat.from, seat.person)).chain(later.iter().copied());
        let ends = later.iter().map(|(at, _)| *at).chain([seat.until]);
        let is_theirs =
            |holder: Option<PersonId>| holder.map(|id| self.same_as(id)) == Some(person);
        let spans = starts.zip(ends).filter(|((_, holder), _)| is_theirs(*holder));
        let clipped = spans.map(|((start, _), end)| Interval { start, end: end.min(seat.until) });
        clipped.filter(|span| span.start < span.end).collect()
    }

    /// Notes anew who has ever held which seat: after who is who has changed.
    pub(super) fn index_holders(&mut self) {
        self.moves.by_person.clear();
        let first = (0..).map(SeatId).zip(&self.seats);
        let first = first.filter_map(|(id, seat)| Some((seat.person?, id)));
        let later = self.moves.later.iter().flat_map(|(id, moves)| {
            moves.iter().filter_map(move |(_, person)| Some(((*person)?, *id)))
        });
        let held: Vec<(PersonId, SeatId)> =
            first.chain(later).map(|(person, id)| (self.same_as(person), id)).collect();
        held.into_iter().for_each(|(person, id)| self.moves.held_by(person, id));
    }

    /// The seats that a person has ever held, ascending.
    #[must_use]
    pub fn seats_ever(&self, person: PersonId) -> &[SeatId] {
        self.moves.by_person.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The first seat that nobody holds at this instant, that covers the product and that `fits`.
    #[must_use]
    pub fn free_seat(
        &self,
        product: ProductId,
        at: Instant,
        fits: impl Fn(SeatId) -> bool,
    ) -> Option<SeatId> {
        // What was free before a seat passed on last is found by looking at all of them.
        if self.moves.last.is_some_and(|last| at < last) {
            return self.free_seat_then(product, at, fits);
        }
        let key = &self.product(product)?.key;
        let offerings = self.moves.covering.get(key).into_iter().flatten();
        let of = |offering: &OfferingId| {
            let last = (*offering, Instant(i64::MAX), Instant(i64::MAX));
            let terms = self.moves.free.range((*offering, at.plus(1), Instant(i64::MIN))..=last);
            terms.filter(|((_, _, from), _)| *from <= at).map(|(_, seats)| seats.iter().peekable())
        };
        let mut terms: Vec<_> = offerings.flat_map(of).collect();
        loop {
            let next = terms
                .iter_mut()
                .filter_map(|seats| Some((**seats.peek()?, seats)))
                .min_by_key(|(id, _)| *id);
            let (id, seats) = next?;
            if fits(id) {
                return Some(id);
            }
            seats.next();
        }
    }

    pub(super) fn free_seat_then(
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
        let ever = self.seats_ever(person).iter().copied();
        ever.filter(|id| self.holder(*id, at) == Some(person)).collect()
    }
}

fn term(seat: &Seat) -> Term {
    (seat.offering, seat.until, seat.from)
}

impl Moves {
    fn taken(&mut self, term: Term, id: SeatId) {
        if let Some(seats) = self.free.get_mut(&term) {
            seats.remove(&id);
            // No seat is no entry, so that a snapshot read back equals what it was taken of.
            if seats.is_empty() {
                self.free.remove(&term);
            }
        }
    }

    fn held_by(&mut self, person: PersonId, id: SeatId) {
        let held = self.by_person.entry(person).or_default();
        if let Err(place) = held.binary_search(&id) {
            held.insert(place, id);
        }
    }
}

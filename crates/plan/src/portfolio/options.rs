//! The ways in which one person can be served, those left out that another way is never worse than.
//!
//! A seat that covers nothing which another one of the set does not, and counts for no minimum, is left out:
//! without it the set costs no more. Of seats that do the same for this person the cheapest is kept.

use super::contradiction::{Contradiction, bit};
use super::frame::{Frame, places};
use super::problem::{Minimum, Person};

/// More ways than this are too many for one person.
const WAYS_MAX: usize = 1 << 14;
/// Lists of partial ways are thinned out from this length on.
const LONG: usize = 16;

/// One way: these offerings, the rest on tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) set: u64,
    /// What it costs whatever others do: seats of offerings that are not coupled, and switching.
    pub(super) money: i64,
    pub(super) tokens: i64,
}

/// An offering as one person sees it.
#[derive(Clone, Copy)]
struct Seat {
    place: usize,
    /// Of the products that the person uses.
    covers: u64,
    /// Minima of the department.
    counts: u64,
    price: i64,
    is_coupled: bool,
}

/// Room to work in, kept from one person to the next.
#[derive(Default)]
pub(super) struct Ways {
    /// What was found: tokens ascend.
    pub(super) found: Vec<Way>,
    uses: Vec<(usize, i64)>,
    singles: Vec<Option<Seat>>,
    wide: Vec<Seat>,
    partial: Vec<Way>,
    next: Vec<Way>,
    must: u64,
}

/// A set while it grows, with what it covers once and more than once.
#[derive(Clone, Copy, Default)]
struct Grown {
    set: u64,
    money: i64,
    once: u64,
    twice: u64,
    counts_once: u64,
    counts_twice: u64,
}

impl Grown {
    fn with(self, seat: &Seat) -> Self {
        Self {
            set: self.set | bit(seat.place),
            money: self.money.saturating_add(if seat.is_coupled { 0 } else { seat.price }),
            once: self.once | seat.covers,
            twice: self.twice | (self.once & seat.covers),
            counts_once: self.counts_once | seat.counts,
            counts_twice: self.counts_twice | (self.counts_once & seat.counts),
        }
    }

    fn needs(&self, seat: &Seat) -> bool {
        seat.covers & !self.twice != 0 || seat.counts & !self.counts_twice != 0
    }
}

impl Ways {
    /// All ways of a person that may be the best one at some prices.
    pub(super) fn find(
        &mut self,
        frame: &Frame,
        place: usize,
        person: &Person,
    ) -> Result<(), Contradiction> {
        self.found.clear();
        let used = self.read(frame, person);
        if let Some(kept) = person.keeps {
            self.found.push(self.way(frame, person, kept));
            return Ok(());
        }
        let minima = frame.minima_of(person);
        self.sort_seats(frame, person.may_hold & frame.all, used, minima);
        if !self.grow(0, Grown::default(), used) {
            return Err(Contradiction::TooManyWays { person: place, most: WAYS_MAX });
        }
        if person.switching > 0 {
            self.charge_switching(frame, person);
        }
        self.thin(frame, minima);
        Ok(())
    }

    /// Uses summed by product, and which must be covered.
    fn read(&mut self, frame: &Frame, person: &Person) -> u64 {
        self.uses.clear();
        for used in &person.uses {
            let product = usize::from(used.product);
            match self.uses.iter_mut().find(|(known, _)| *known == product) {
                Some((_, tokens)) => *tokens = tokens.saturating_add(used.tokens),
                None => self.uses.push((product, used.tokens)),
            }
        }
        let used = self.uses.iter().fold(0, |mask, (product, _)| mask | bit(*product));
        self.must = if person.may_use_tokens { used & !frame.on_flex } else { used };
        used
    }

    /// Exactly this set.
    fn way(&self, frame: &Frame, person: &Person, set: u64) -> Way {
        let covered = places(set)
            .filter_map(|place| frame.offerings.get(place))
            .fold(0, |all, o| all | o.covers);
        let open = self.uses.iter().filter(|(product, _)| covered & bit(*product) == 0);
        let switching = if set == person.present { 0 } else { person.switching };
        Way {
            set,
            money: frame.plain_price(set).saturating_add(switching),
            tokens: open.fold(0, |sum, (_, tokens)| sum.saturating_add(*tokens)),
        }
    }

    fn sort_seats(&mut self, frame: &Frame, may_hold: u64, used: u64, minima: &[(usize, Minimum)]) {
        self.wide.clear();
        self.singles.clear();
        self.singles.resize(self.uses.len(), None);
        for place in places(may_hold) {
            let Some(offering) = frame.offerings.get(place) else { continue };
            let covers = offering.covers & used;
            let counts = if minima.is_empty() { 0 } else { Frame::counts_for(minima, bit(place)) };
            if covers == 0 && counts == 0 {
                continue;
            }
            let is_coupled = frame.coupled & bit(place) != 0;
            let seat = Seat { place, covers, counts, price: offering.price, is_coupled };
            if covers.is_power_of_two() && counts == 0 && !is_coupled {
                let slots = self.uses.iter().zip(&mut self.singles);
                for (_, slot) in slots.filter(|((product, _), _)| covers == bit(*product)) {
                    if slot.is_none_or(|known| seat.price < known.price) {
                        *slot = Some(seat);
                    }
                }
                continue;
            }
            let same = |known: &&mut Seat| {
                !known.is_coupled && known.covers == covers && known.counts == counts
            };
            match self.wide.iter_mut().find(same) {
                Some(known) if !is_coupled => {
                    if seat.price < known.price {
                        *known = seat;
                    }
                }
                _ => self.wide.push(seat),
            }
        }
    }

    /// This set and all that grow from it; `false` when there are too many.
    fn grow(&mut self, from: usize, grown: Grown, used: u64) -> bool {
        self.complete(&grown, used);
        if self.found.len() > WAYS_MAX {
            return false;
        }
        for next in from..self.wide.len() {
            let Some(seat) = self.wide.get(next).copied() else { continue };
            let more = grown.with(&seat);
            let held = |other: &&Seat| more.set & bit(other.place) != 0;
            let is_lean = self.wide.iter().filter(held).all(|other| more.needs(other));
            if is_lean && !self.grow(next.saturating_add(1), more, used) {
                return false;
            }
        }
        true
    }

    /// What a set leaves open goes on tokens or on a seat of its own.
    fn complete(&mut self, grown: &Grown, used: u64) {
        let open = used & !grown.once;
        self.partial.clear();
        self.partial.push(Way { set: grown.set, money: grown.money, tokens: 0 });
        for ((product, tokens), single) in self.uses.iter().zip(&self.singles) {
            if open & bit(*product) == 0 {
                continue;
            }
            let must = self.must & bit(*product) != 0;
            self.next.clear();
            for way in &self.partial {
                if !must {
                    self.next.push(Way { tokens: way.tokens.saturating_add(*tokens), ..*way });
                }
                if let Some(seat) = single.filter(|_| must || *tokens > 0) {
                    let money = way.money.saturating_add(seat.price);
                    self.next.push(Way { set: way.set | bit(seat.place), money, ..*way });
                }
            }
            if self.next.len() > LONG {
                pareto(&mut self.next);
            }
            core::mem::swap(&mut self.partial, &mut self.next);
        }
        self.found.append(&mut self.partial);
    }

    /// Every way but the present one costs the switch.
    fn charge_switching(&mut self, frame: &Frame, person: &Person) {
        for way in self.found.iter_mut().filter(|way| way.set != person.present) {
            way.money = way.money.saturating_add(person.switching);
        }
        let covered = places(person.present)
            .filter_map(|place| frame.offerings.get(place))
            .fold(0, |all, offering| all | offering.covers);
        let is_allowed = person.present & !(person.may_hold & frame.all) == 0;
        if is_allowed
            && self.must & !covered == 0
            && self.found.iter().all(|way| way.set != person.present)
        {
            self.found.push(self.way(frame, person, person.present));
        }
    }

    fn thin(&mut self, frame: &Frame, minima: &[(usize, Minimum)]) {
        if frame.coupled == 0 && minima.is_empty() {
            return pareto(&mut self.found);
        }
        self.found.sort_unstable_by_key(|way| (way.tokens, way.money, way.set));
        self.next.clear();
        for way in &self.found {
            let counts = Frame::counts_for(minima, way.set);
            let beats = |known: &&Way| {
                let scarce = known.set & frame.coupled & !way.set == 0;
                let lacks = counts & !Frame::counts_for(minima, known.set);
                known.money <= way.money && scarce && lacks == 0
            };
            if self.next.iter().find(beats).is_none() {
                self.next.push(*way);
            }
        }
        core::mem::swap(&mut self.found, &mut self.next);
    }
}

/// Those that no other beats in both money and tokens: tokens ascend, money descends.
fn pareto(ways: &mut Vec<Way>) {
    ways.sort_unstable_by_key(|way| (way.tokens, way.money, way.set));
    let mut least = i64::MAX;
    ways.retain(|way| {
        let is_better = way.money < least;
        least = least.min(way.money);
        is_better
    });
}

/// All people's ways in one row.
pub(super) struct Columns {
    ways: Vec<Way>,
    ends: Vec<usize>,
}

impl Columns {
    pub(super) fn new(frame: &Frame, people: &[Person]) -> Result<Self, Contradiction> {
        let mut ways = Ways::default();
        let mut columns = Self {
            ways: Vec::with_capacity(people.len().saturating_mul(3)),
            ends: Vec::with_capacity(people.len()),
        };
        for (place, person) in people.iter().enumerate() {
            ways.find(frame, place, person)?;
            columns.ways.append(&mut ways.found);
            columns.ends.push(columns.ways.len());
        }
        Ok(columns)
    }

    /// Each person's ways.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[Way]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let ways = self.ways.get(begin..*end).unwrap_or_default();
            begin = *end;
            ways
        })
    }

    /// One person's ways.
    pub(super) fn of(&self, person: usize) -> &[Way] {
        let begin =
            person.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(person).and_then(|end| self.ways.get(begin..*end)).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.ways.len()
    }

    /// Where a person's ways begin in the row.
    pub(super) fn begins(&self) -> impl Iterator<Item = usize> {
        core::iter::once(0).chain(self.ends.iter().copied())
    }
}

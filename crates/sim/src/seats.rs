//! Who holds which seat. Some are idle, some are free, a few were assigned in the middle of the history.

use crate::calendar::Calendar;
use crate::catalogue::Catalogue;
use crate::chance::Chance;
use crate::people::Player;
use faregate_core::estate::{OfferingId, ProductId, Seat};
use faregate_core::when::{DAY, Instant};

/// Seats are bought for three years.
const TERM: i64 = 3 * 365 * DAY;
/// The share of seats that were assigned only during the history.
const RECENT: f64 = 0.12;
const FREE: f64 = 0.04;

/// A seat in the simulator's own terms: what it covers and when.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) offering: usize,
    pub(crate) covers: Vec<ProductId>,
    pub(crate) from: Instant,
    pub(crate) until: Instant,
}

impl Held {
    pub(crate) fn covers(&self, product: ProductId, at: Instant) -> bool {
        self.from <= at && at < self.until && self.covers.contains(&product)
    }

    pub(crate) fn seat(&self, player: Option<&Player>) -> Seat {
        Seat {
            offering: OfferingId(u16::try_from(self.offering).unwrap_or(0)),
            person: player.map(|player| player.id),
            from: self.from,
            until: self.until,
        }
    }
}

/// The seats of one person: by chance, or `certain`.
pub(crate) fn held_by(
    player: &Player,
    certain: bool,
    catalogue: &Catalogue,
    calendar: &Calendar,
    chance: &mut Chance,
) -> Vec<Held> {
    if !chance.is(player.persona.seat_chance()) && !certain {
        return Vec::new();
    }
    let mut held = Vec::new();
    if let Some(offering) = primary_offering(player, catalogue, chance) {
        held.push(term(offering, catalogue, calendar, chance));
    }
    if chance.is(0.25) {
        let extra = catalogue.single(catalogue.seats_only());
        held.extend(extra.map(|offering| term(offering, catalogue, calendar, chance)));
    }
    held
}

/// Seats that nobody holds, of the offerings that are held.
pub(crate) fn free(
    held: &[Held],
    catalogue: &Catalogue,
    calendar: &Calendar,
    chance: &mut Chance,
) -> Vec<Held> {
    let count = (held.len() as f64 * FREE).ceil() as usize;
    let drawn = (0..count).filter_map(|_| Some(held.get(chance.below(held.len()))?.offering));
    let offerings: Vec<usize> = drawn.collect();
    offerings.into_iter().map(|offering| term(offering, catalogue, calendar, chance)).collect()
}

/// The Collection for those whose products it covers, a seat of the primary product for others.
fn primary_offering(player: &Player, catalogue: &Catalogue, chance: &mut Chance) -> Option<usize> {
    let primary = player.primary?;
    let covered = |collection: &usize| {
        let others = player.secondary.iter().filter(|(p, _)| catalogue.covers(*collection, *p));
        catalogue.covers(*collection, primary) && chance.is(0.15 + 0.4 * others.count() as f64)
    };
    catalogue.collection().filter(covered).or_else(|| catalogue.single(primary))
}

fn term(offering: usize, catalogue: &Catalogue, calendar: &Calendar, chance: &mut Chance) -> Held {
    let span = calendar.now.since(calendar.from);
    // Days before now: within the history for a few, before its beginning for the others.
    let ago = if chance.is(RECENT) {
        (span as f64 * chance.between(0.1, 0.9)) as i64
    } else {
        let longest = (TERM - 40 * DAY).max(span + 10 * DAY);
        span + ((longest - span) as f64 * chance.unit()) as i64
    };
    let start = calendar.now.plus(-ago);
    let from = Instant(start.0 - start.0.rem_euclid(DAY));
    let covers = catalogue.rated().chain([catalogue.seats_only()]);
    let covers = covers.filter(|&product| catalogue.covers(offering, product)).collect();
    Held { offering, covers, from, until: from.plus(TERM.max(ago + 60 * DAY)) }
}

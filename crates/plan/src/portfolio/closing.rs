//! The last cents between a band's bound and the best mix.
//!
//! A way that is dearer at the band's price than a person's best by more than the gap is in no better mix
//! (fixing by reduced costs). What is left is few people with few ways: a dynamic program on whole tokens finds the
//! best combination, or shows that there is none. As in Pisinger, *A minimal algorithm for the multiple-choice
//! knapsack problem*, EJOR 83 (1995), it begins with those who are nearest to changing.

use super::options::Columns;
use super::problem::Tokens;
use super::separable::{Priced, at_price, fine, way_price};

/// People in the first attempt; each further one has four times as many.
const CORE: usize = 48;
/// States kept in all steps of one attempt.
const STATES_MAX: usize = 12_000_000;

/// The best mix so far.
pub(super) struct Gap {
    /// The band and its price.
    pub(super) priced: Priced,
    pub(super) cost: i64,
    /// Who takes another way than the cheapest at that price.
    pub(super) picks: Vec<(usize, usize)>,
}

/// Another way of a person than the cheapest, and how it differs.
#[derive(Clone, Copy)]
struct Swap {
    person: usize,
    way: usize,
    dearer: i64,
    tokens: i64,
}

/// One person's swaps.
struct Undecided {
    swaps: Vec<Swap>,
    nearest: i64,
}

/// A sum of swaps.
#[derive(Clone, Copy)]
struct State {
    tokens: i64,
    dearer: i64,
    before: u32,
    swap: Option<(usize, usize)>,
}

/// What is known of a band while it is closed.
struct Band<'a> {
    priced: Priced,
    tokens: &'a Tokens,
    /// What is used when all take their cheapest way.
    used: i64,
}

/// Looks for a better mix in a band; whether it is now certain that there is none.
pub(super) fn close(tokens: &Tokens, columns: &Columns, priced: Priced, gap: &mut Gap) -> bool {
    let Some(mut room) = room(&priced, gap.cost) else { return true };
    let (used, mut people) = undecided(columns, &priced, room);
    let band = Band { priced, tokens, used };
    let mut core = CORE;
    loop {
        people.retain_mut(|person| {
            person.swaps.retain(|swap| swap.dearer <= room);
            !person.swaps.is_empty()
        });
        let chosen = people.get(..core.min(people.len())).unwrap_or_default();
        let Some(found) = best(chosen, &band, room) else { return false };
        if let Some((cost, picks)) = found.filter(|(cost, _)| *cost < gap.cost) {
            *gap = Gap { priced, cost, picks };
            match self::room(&priced, cost) {
                Some(left) => room = left,
                None => return true,
            }
        }
        if core >= people.len() {
            return true;
        }
        core = core.saturating_mul(4);
    }
}

/// How much dearer than the bound a mix may be that is cheaper than the best by a micro-unit.
fn room(priced: &Priced, cost: i64) -> Option<i64> {
    let better = fine(i128::from(cost).saturating_sub(1));
    let room = better.saturating_sub(priced.bound);
    (room >= 0).then(|| i64::try_from(room).unwrap_or(i64::MAX))
}

/// What all use at this price, and the people who could take another way, the nearest first.
fn undecided(columns: &Columns, priced: &Priced, room: i64) -> (i64, Vec<Undecided>) {
    let mut used = 0_i64;
    let mut people = Vec::new();
    for (person, ways) in columns.iter().enumerate() {
        let Some((base, least)) = at_price(ways, priced.tau) else { continue };
        used = used.saturating_add(base.tokens);
        if ways.len() < 2 {
            continue;
        }
        let swap = |(way, other): (usize, &super::options::Way)| {
            let dearer = i64::try_from(way_price(other, priced.tau).saturating_sub(least)).ok()?;
            let tokens = other.tokens.saturating_sub(base.tokens);
            (dearer <= room && tokens != 0).then_some(Swap { person, way, dearer, tokens })
        };
        let mut each = ways.iter().enumerate().filter_map(swap).peekable();
        if each.peek().is_some() {
            let swaps: Vec<Swap> = each.collect();
            let nearest = swaps.iter().map(|swap| swap.dearer).min().unwrap_or(0);
            people.push(Undecided { swaps, nearest });
        }
    }
    people.sort_by_key(|person| person.nearest);
    (used, people)
}

type Found = Option<(i64, Vec<(usize, usize)>)>;

/// The cheapest combination within the room; `None` when there are too many to look at.
fn best(people: &[Undecided], band: &Band, room: i64) -> Option<Found> {
    let mut order: Vec<&Undecided> = people.iter().collect();
    let widest =
        |person: &Undecided| person.swaps.iter().map(|swap| swap.tokens.unsigned_abs()).max();
    order.sort_by_key(|person| core::cmp::Reverse(widest(person)));
    let (mut up, mut down) = reach(&order);
    let window = window(band, room);
    let mut layers = vec![vec![State { tokens: 0, dearer: 0, before: 0, swap: None }]];
    let mut kept = 1_usize;
    for person in order {
        let ends = |swaps: &[Swap]| {
            let all = swaps.iter().map(|swap| swap.tokens);
            (all.clone().max().unwrap_or(0).max(0), all.min().unwrap_or(0).min(0))
        };
        let (most, least) = ends(&person.swaps);
        up = up.saturating_sub(most);
        down = down.saturating_sub(least);
        let layer = next(
            layers.last()?,
            person,
            room,
            (window.0.saturating_sub(up), window.1.saturating_sub(down)),
        );
        kept = kept.saturating_add(layer.len());
        if kept > STATES_MAX {
            return None;
        }
        layers.push(layer);
    }
    Some(cheapest(&layers, band, room))
}

/// By how much all swaps together can raise and lower what is used.
fn reach(people: &[&Undecided]) -> (i64, i64) {
    people.iter().fold((0, 0), |(up, down), person| {
        let all = person.swaps.iter().map(|swap| swap.tokens);
        let (most, least) = (all.clone().max().unwrap_or(0).max(0), all.min().unwrap_or(0).min(0));
        (up.saturating_add(most), down.saturating_add(least))
    })
}

/// The changes of use at which buying alone does not exceed the room; rather too wide than too narrow.
fn window(band: &Band, room: i64) -> (i64, i64) {
    let Priced { tau, .. } = band.priced;
    let own = super::separable::used_price(
        band.tokens,
        super::solution::narrow(fine(i128::from(band.priced.band.price))),
    );
    let low = super::bands::usable(band.tokens, band.priced.band.least);
    let high = super::bands::usable(band.tokens, band.priced.band.most);
    let slack = i128::from(room)
        .saturating_add(fine(i128::from(band.priced.band.price)))
        .saturating_add(i128::from(own));
    let wide = |slope: i64| slack.checked_div(i128::from(slope)).map(super::solution::narrow);
    let (floor, top) = if tau > own {
        (wide(tau.saturating_sub(own)).map(|width| high.saturating_sub(width)), high)
    } else {
        let top = wide(own.saturating_sub(tau)).map_or(high, |width| low.saturating_add(width));
        (wide(tau).map(|width| low.saturating_sub(width)), top.saturating_add(2).min(high))
    };
    // A bound between the ends of its band says nothing of how little is used.
    let floor = floor.filter(|_| tau != own).unwrap_or(0).saturating_sub(2);
    (floor.saturating_sub(band.used), top.saturating_sub(band.used))
}

/// All sums with and without this person's swaps that can still end within the window.
fn next(states: &[State], person: &Undecided, room: i64, (low, high): (i64, i64)) -> Vec<State> {
    let mut grown: Vec<State> = Vec::with_capacity(states.len().saturating_mul(2));
    let numbered = || states.iter().zip(0_u32..);
    let fits = |state: &State| state.dearer <= room && (low..=high).contains(&state.tokens);
    grown.extend(
        numbered().map(|(state, before)| State { before, swap: None, ..*state }).filter(&fits),
    );
    for swap in &person.swaps {
        let with = |(state, before): (&State, u32)| State {
            tokens: state.tokens.saturating_add(swap.tokens),
            dearer: state.dearer.saturating_add(swap.dearer),
            before,
            swap: Some((swap.person, swap.way)),
        };
        grown.extend(numbered().map(with).filter(&fits));
    }
    // Runs that are sorted already are merged.
    grown.sort_by_key(|state| (state.tokens, state.dearer));
    grown.dedup_by_key(|state| state.tokens);
    grown
}

/// The best end of all, and the way there.
fn cheapest(layers: &[Vec<State>], band: &Band, room: i64) -> Found {
    let total = |state: &State| {
        let excess = band.priced.excess(band.tokens, band.used.saturating_add(state.tokens))?;
        Some(excess.saturating_add(i128::from(state.dearer))).filter(|all| *all <= i128::from(room))
    };
    let ends = layers.last()?.iter().filter_map(|state| Some((total(state)?, state)));
    let (above, end) = ends.min_by_key(|(above, _)| *above)?;
    let cost = super::solution::narrow(
        band.priced.bound.saturating_add(above).div_euclid(i128::from(super::certificate::FINE)),
    );
    let mut picks = Vec::new();
    let mut state = *end;
    for layer in layers.iter().rev().skip(1) {
        picks.extend(state.swap);
        let Some(before) = usize::try_from(state.before).ok().and_then(|place| layer.get(place))
        else {
            break;
        };
        state = *before;
    }
    Some((cost, picks))
}

//! Many people who open one product at once: a class, a script, a rumour.
//!
//! [`Pace`] knows how many openings are usual at each time of the day. Whether there is a burst is asked of a window
//! of ten minutes; so it is found while it goes on, of the sessions that run ([`bursts_now`]).

use super::measure::{count, tail};
use super::{About, Class, Draft, Search, Stretch, Thresholds, place_words};
use crate::amount::Ticks;
use crate::estate::{PersonId, ProductId};
use crate::when::{Date, Instant, Zone};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Ten minutes: the bins in which openings are counted.
const BIN_MINUTES: u16 = 10;
/// Of a day.
const BINS: usize = 144;
/// What is usual at a time of the day is told by so many bins before and after it as well.
const AROUND: usize = 3;
/// So many days of a kind, at least, tell what is usual.
const DAYS_MIN: usize = 4;
/// What openings vary, times Poisson's, at least: days differ by more than chance alone.
const DISPERSION: f64 = 1.6;
/// And at most: a class last week does not hide the one of today.
const DISPERSION_MAX: f64 = 2.5;
/// So many times a day it is looked in earnest: windows that overlap tell the same, and most of a day is too quiet for
/// ten people. The chance that counts is that of any of these looks.
const LOOKS: f64 = 20.0;

/// One opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// When.
    pub at: Instant,
    /// What.
    pub product: ProductId,
    /// By whom.
    pub person: PersonId,
}

/// Many openings at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// Of what.
    pub product: ProductId,
    /// The first of them.
    pub from: Instant,
    /// The last of them.
    pub until: Instant,
    /// Who, ascending.
    pub people: Vec<PersonId>,
    /// The most openings within one window that counts.
    pub most: usize,
    /// How many are usual in such a window.
    pub expected: f64,
    /// The chance of as many on a day, for the window that has the least.
    pub chance: f64,
    /// Where at least half of the openings were, and how many: filled in by whoever knows places ([`common_place`]).
    pub place: Option<(String, usize)>,
}

impl Burst {
    /// How far above its threshold it is: 1 is the threshold itself.
    #[must_use]
    pub fn strength(&self, thresholds: &Thresholds) -> f64 {
        // The chance falls fast; its logarithm grows as the number of people does.
        let unlikely = self.chance.max(1e-300).ln() / thresholds.burst_chance.ln();
        unlikely.min(count(self.most) / count(thresholds.burst_persons.max(1)))
    }
}

/// How many openings of a product are usual at a time of the day: on working days, and on weekends.
#[derive(Clone, Debug)]
pub struct Pace {
    zone: Zone,
    /// Days of the history: working days, and days of weekends.
    days: [usize; 2],
    kinds: FxHashMap<(ProductId, usize), Kind>,
    /// Openings of a product on a date, by bin.
    dates: FxHashMap<(ProductId, Date), Vec<(usize, usize)>>,
}

/// A product's openings on days of one kind, by bin: their sums, and the sums of their squares.
#[derive(Clone, Debug)]
struct Kind {
    sums: Vec<usize>,
    squares: Vec<usize>,
}

impl Pace {
    /// Of openings, from one date to another, both included, in a zone.
    #[must_use]
    pub fn new(openings: impl Iterator<Item = Opening>, zone: &Zone, from: Date, to: Date) -> Self {
        let mut cells: BTreeMap<(ProductId, Date, usize), usize> = BTreeMap::new();
        for opening in openings {
            let cell = (opening.product, zone.date(opening.at), bin(zone, opening.at));
            let known = cells.entry(cell).or_default();
            *known = known.saturating_add(1);
        }
        let mut days = [0_usize; 2];
        for date in (from.0..=to.0).map(Date) {
            if let Some(known) = days.get_mut(kind(date)) {
                *known = known.saturating_add(1);
            }
        }
        let mut pace = Self {
            zone: zone.clone(),
            days,
            kinds: FxHashMap::default(),
            dates: FxHashMap::default(),
        };
        for ((product, date, bin), number) in cells {
            let empty = || Kind { sums: vec![0; BINS], squares: vec![0; BINS] };
            let known = pace.kinds.entry((product, kind(date))).or_insert_with(empty);
            add(&mut known.sums, bin, number);
            add(&mut known.squares, bin, number.saturating_mul(number));
            pace.dates.entry((product, date)).or_default().push((bin, number));
        }
        pace
    }

    /// How many openings of a product are usual in ten minutes around an instant, other days than its own asked, and
    /// how much they vary, times Poisson's. `None` where too few days are known.
    #[must_use]
    pub fn usual(&self, product: ProductId, at: Instant) -> Option<(f64, f64)> {
        let date = self.zone.date(at);
        let days = self.days.get(kind(date)).copied().unwrap_or(0);
        let others = days.saturating_sub(1);
        if others < DAYS_MIN {
            return None;
        }
        let Some(known) = self.kinds.get(&(product, kind(date))) else {
            return Some((0.0, DISPERSION));
        };
        let mut known = known.clone();
        for (bin, number) in self.dates.get(&(product, date)).into_iter().flatten() {
            take(&mut known.sums, *bin, *number);
            take(&mut known.squares, *bin, number.saturating_mul(*number));
        }
        let bin = bin(&self.zone, at);
        let last = bin.saturating_add(AROUND).saturating_add(1).min(BINS);
        let near = known.sums.get(bin.saturating_sub(AROUND)..last).unwrap_or_default();
        let around = count(near.iter().sum()) / count(near.len().max(1));
        // A class that begins at the same minute every day fills one bin, of which the bins around tell little.
        let own = known.sums.get(bin.saturating_sub(1)..=bin).unwrap_or_default();
        let own = own.iter().copied().max().unwrap_or(0);
        let mean = around.max(count(own)) / count(others);
        Some((mean, known.dispersion(others)))
    }
}

impl Kind {
    /// Pearson's: the variance of a bin's days, of all bins together, over their mean.
    fn dispersion(&self, days: usize) -> f64 {
        let all: usize = self.sums.iter().sum();
        if all == 0 {
            return DISPERSION;
        }
        let days = count(days);
        let of_bin =
            |(sum, squares): (&usize, &usize)| count(*squares) - count(*sum).powi(2) / days;
        let variance: f64 = self.sums.iter().zip(&self.squares).map(of_bin).sum();
        (variance / (days - 1.0) / (count(all) / days)).clamp(DISPERSION, DISPERSION_MAX)
    }
}

fn add(bins: &mut [usize], bin: usize, number: usize) {
    if let Some(known) = bins.get_mut(bin) {
        *known = known.saturating_add(number);
    }
}

fn take(bins: &mut [usize], bin: usize, number: usize) {
    if let Some(known) = bins.get_mut(bin) {
        *known = known.saturating_sub(number);
    }
}

fn kind(date: Date) -> usize {
    usize::from(date.weekday() >= 5)
}

fn bin(zone: &Zone, at: Instant) -> usize {
    usize::from(zone.minute_of_day(at) / BIN_MINUTES)
}

/// The bursts that go on now, of openings within the last ten minutes: what is older is left out. It takes one look at
/// each opening, so it may be asked every second.
#[must_use]
pub fn bursts_now(
    pace: &Pace,
    openings: impl Iterator<Item = Opening>,
    now: Instant,
    thresholds: &Thresholds,
) -> Vec<Burst> {
    let from = now.plus(thresholds.burst_seconds.saturating_neg());
    let recent = openings.filter(|opening| from < opening.at && opening.at <= now);
    bursts(pace, recent, thresholds)
}

/// All bursts among openings, by product and time.
fn bursts(
    pace: &Pace,
    openings: impl Iterator<Item = Opening>,
    thresholds: &Thresholds,
) -> Vec<Burst> {
    let mut by_product: BTreeMap<ProductId, Vec<Opening>> = BTreeMap::new();
    for opening in openings {
        by_product.entry(opening.product).or_default().push(opening);
    }
    by_product.retain(|_, some| some.len() >= thresholds.burst_persons);
    let found = by_product.values_mut().flat_map(|openings| {
        openings.sort_unstable();
        bursts_of(pace, openings, thresholds)
    });
    found.collect()
}

/// Windows slide from opening to opening; those that count and touch are one burst.
fn bursts_of(pace: &Pace, openings: &[Opening], thresholds: &Thresholds) -> Vec<Burst> {
    let mut found: Vec<Burst> = Vec::new();
    let mut within: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut oldest = openings.iter().peekable();
    for last in openings {
        let opened = within.entry(last.person).or_default();
        *opened = opened.saturating_add(1);
        let start = last.at.plus(thresholds.burst_seconds.saturating_neg());
        while let Some(gone) = oldest.next_if(|one| one.at <= start) {
            if let Some(opened) = within.get_mut(&gone.person) {
                *opened = opened.saturating_sub(1);
            }
            within.retain(|person, opened| *person != gone.person || *opened > 0);
        }
        if within.len() < thresholds.burst_persons {
            continue;
        }
        let Some((expected, dispersion)) = pace.usual(last.product, last.at) else { continue };
        let chance = (tail(within.len(), expected, dispersion) * LOOKS).min(1.0);
        if chance < thresholds.burst_chance {
            let from = oldest.peek().map_or(last.at, |one| one.at);
            let people = within.keys().copied().collect();
            let (product, until, most) = (last.product, last.at, within.len());
            let place = None;
            join(&mut found, Burst { product, from, until, people, most, expected, chance, place });
        }
    }
    found
}

/// Adds a window to the burst that it touches, or as one of its own.
fn join(found: &mut Vec<Burst>, window: Burst) {
    match found.last_mut().filter(|last| window.from <= last.until) {
        Some(last) => {
            last.until = window.until;
            last.people.extend(window.people);
            last.people.sort_unstable();
            last.people.dedup();
            if window.chance < last.chance {
                (last.chance, last.expected) = (window.chance, window.expected);
            }
            last.most = last.most.max(window.most);
        }
        None => found.push(window),
    }
}

impl<'a> Search<'a> {
    /// Bursts, those that go on among them.
    pub(super) fn bursts(&mut self) {
        let scene = self.scene;
        let opening =
            |one: &Stretch| Opening { at: one.opened, product: one.product, person: one.person };
        let zone = scene.state.zone();
        // Days of which nobody told do not say that nothing is usual.
        let first = scene.stretches.first().map_or(scene.from, |one| one.opened.max(scene.from));
        let (from, to) = (zone.date(first), zone.date(scene.until.plus(-1)));
        let pace = Pace::new(scene.stretches.iter().map(opening), zone, from, to);
        let found = bursts(&pace, scene.stretches.iter().map(opening), self.thresholds);
        let drafts: Vec<Draft<'a>> = found.iter().map(|burst| self.burst(burst)).collect();
        self.drafts.extend(drafts);
    }

    fn burst(&self, burst: &Burst) -> Draft<'a> {
        let scene = &self.scene;
        let (product, span) = (burst.product, (burst.from, burst.until));
        let mut draft =
            Draft::new(Class::Burst, About::Product(product), scene.date(burst.from), span);
        let first = scene.stretches.partition_point(|one| one.opened < burst.from);
        let near = scene.stretches.iter().skip(first).take_while(|one| one.opened <= burst.until);
        let openings: Vec<&Stretch> = near.filter(|one| one.product == product).collect();
        draft.rows = openings.iter().map(|one| scene.row(one)).collect();
        draft.people = burst.people.iter().copied().collect();
        let costs = burst
            .people
            .iter()
            .map(|&person| self.costs.pair((person, product), burst.from, burst.until));
        draft.cost = costs.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        draft.strength = burst.strength(self.thresholds);
        let state = scene.state;
        let spots = openings.iter().map(|one| (scene.host(one), place_words(state, one.place)));
        let place = common_place(spots);
        draft.words = format!(
            "{} people opened {} within {} minutes{}, where {:.1} are usual.",
            burst.people.len(),
            scene.product(product),
            burst.until.since(burst.from).saturating_add(59) / 60,
            place
                .as_ref()
                .map_or(String::new(), |(place, here)| { format!(", {here} of them at {place}") }),
            burst.expected,
        );
        draft.fact("people", burst.people.len());
        draft.fact("people within ten minutes, at most", burst.most);
        draft.fact("usual within ten minutes", format!("{:.1}", burst.expected));
        draft.fact("chance of that on a day", format!("{:.1e}", burst.chance));
        if let Some((place, _)) = place {
            draft.fact("where", place);
        }
        if let Some(rate) = scene.state.rate(product, burst.until) {
            let all = i64::try_from(burst.people.len()).unwrap_or(i64::MAX);
            let all = rate.ticks.times(all).unwrap_or(rate.ticks);
            draft.fact("tokens, if each is charged a unit", all.tokens());
        }
        draft
    }
}

/// Where at least half of some openings were, and how many, of the workstation and the place of each: the room or
/// site that they share, or what the names of their workstations begin with up to the last dash.
#[must_use]
pub fn common_place<'a>(spots: impl Iterator<Item = (&'a str, String)>) -> Option<(String, usize)> {
    let mut places: BTreeMap<(bool, String), usize> = BTreeMap::new();
    let mut all = 0_usize;
    for (host, place) in spots {
        all = all.saturating_add(1);
        let prefix = host.rsplit_once('-').map(|(prefix, _)| (false, format!("{prefix}-…")));
        let place = (!place.is_empty()).then_some((true, place));
        for found in place.into_iter().chain(prefix) {
            let known = places.entry(found).or_default();
            *known = known.saturating_add(1);
        }
    }
    places.retain(|_, number| *number >= all.div_ceil(2));
    // A room says more than what a name begins with.
    let most = places.into_iter().max_by_key(|((is_place, _), number)| (*is_place, *number));
    most.map(|((_, words), number)| (words, number))
}

//! The live demo: what the simulated workstations do from now on, much faster than people.
//!
//! Sessions last minutes instead of hours and it is always a working day, so that something happens every
//! few seconds at any hour. Spending is kept near that of a real day all the same: most opens are by people
//! who hold a seat or whose charge window is open already, and new windows come at a bounded pace.
//!
//! The schedule is a state machine over the times it is given: it neither waits nor asks the gate.

use crate::chance::{Chance, Stream};
use crate::sites::{address_of, host_of};
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::state::State;
use faregate_core::when::{HOUR, Instant};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// Opens that no seat and no rate can satisfy.
const HOPELESS: f64 = 0.015;
/// Opens on a seat.
const ON_SEAT: f64 = 0.55;
/// Sessions whose workstation falls silent instead of closing.
const SILENT: f64 = 0.02;
/// New windows that may start at once, and then for every hundred people in an hour.
const NEW_WINDOWS: f64 = 10.0;
const NEW_WINDOWS_PER_HUNDRED: f64 = 1.0;

/// What a workstation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks to open a product.
    Open {
        /// Which workstation, from 0.
        workstation: usize,
        /// An alias of the person.
        person: String,
        /// Key of the product.
        product: String,
        /// Name of the workstation.
        host: String,
        /// The address that it asks from.
        address: std::net::IpAddr,
    },
    /// Says that its session is alive.
    Heartbeat {
        /// Which workstation.
        workstation: usize,
    },
    /// Closes its session.
    Close {
        /// Which workstation.
        workstation: usize,
    },
}

/// The simulated workstations. Each runs one session at a time.
#[derive(Clone, Debug)]
pub struct Workstations {
    chance: Chance,
    desks: Vec<Desk>,
    on_seat: Vec<Cast>,
    /// Pairs with a charge window that is probably open.
    paid: VecDeque<Cast>,
    /// Pairs that would start a new window.
    unpaid: Vec<Cast>,
    hopeless: Vec<Cast>,
    busy: FxHashSet<PersonId>,
    people: usize,
    new_windows: f64,
    seen: Instant,
}

/// A person and what they open.
#[derive(Clone, Debug)]
struct Cast {
    person: PersonId,
    alias: String,
    product: String,
}

#[derive(Clone, Debug)]
struct Desk {
    due: Instant,
    session: Option<Running>,
}

#[derive(Clone, Debug)]
struct Running {
    person: PersonId,
    closes: Instant,
    falls_silent: bool,
}

impl Workstations {
    /// A running session says that it is alive this often.
    pub const HEARTBEAT_SECONDS: i64 = 60;

    /// How many workstations keep about 20 to 40 sessions open for 400 people.
    #[must_use]
    pub fn count_for(people: usize) -> usize {
        (people * 13 / 100).clamp(6, 600)
    }

    /// Casts people of the estate for `count` workstations, which come to life within a minute after `now`.
    #[must_use]
    pub fn new(seed: u64, state: &State, now: Instant, count: usize) -> Self {
        let mut chance = Chance::new(seed, Stream::Workstations, 0);
        let wakes = |chance: &mut Chance| now.plus(chance.below(60) as i64);
        let desks = (0..count).map(|_| Desk { due: wakes(&mut chance), session: None }).collect();
        let (on_seat, hopeless) = by_seat(state, now);
        let (paid, mut unpaid) = by_window(state, now);
        chance.shuffle(&mut unpaid);
        Self {
            chance,
            desks,
            on_seat,
            paid: paid.into(),
            unpaid,
            hopeless,
            busy: FxHashSet::default(),
            people: state.estate().people().len(),
            new_windows: NEW_WINDOWS,
            seen: now,
        }
    }

    /// When something is to be done next; `None` without workstations.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.desks.iter().map(|desk| desk.due).min()
    }

    /// How many sessions are open, as far as the schedule knows.
    #[must_use]
    pub fn open(&self) -> usize {
        self.desks.iter().filter(|desk| desk.session.is_some()).count()
    }

    /// What is due by `now`, at most one thing for each workstation.
    ///
    /// After a pause nothing is made up for: the workstations go on from `now`.
    pub fn step(&mut self, now: Instant) -> Vec<Action> {
        let hours = now.since(self.seen).clamp(0, HOUR) as f64 / HOUR as f64;
        self.seen = self.seen.max(now);
        let pace = self.people as f64 / 100.0 * NEW_WINDOWS_PER_HUNDRED;
        self.new_windows = (self.new_windows + hours * pace).min(NEW_WINDOWS);
        let mut due: Vec<(Instant, usize)> = self.desks.iter().map(|d| d.due).zip(0..).collect();
        due.retain(|(at, _)| *at <= now);
        due.sort_unstable();
        due.into_iter().filter_map(|(_, workstation)| self.act(workstation, now)).collect()
    }

    /// Tells that the gate refused the workstation's last open: it tries something else later.
    pub fn turned_away(&mut self, workstation: usize, now: Instant) {
        self.leave(workstation, now);
    }

    fn act(&mut self, workstation: usize, now: Instant) -> Option<Action> {
        match self.desks.get(workstation)?.session.clone() {
            None => self.open_something(workstation, now),
            Some(running) if now < running.closes => {
                let next = now.plus(Self::HEARTBEAT_SECONDS).min(running.closes);
                self.desks.get_mut(workstation)?.due = next;
                Some(Action::Heartbeat { workstation })
            }
            Some(running) => {
                self.leave(workstation, now);
                (!running.falls_silent).then_some(Action::Close { workstation })
            }
        }
    }

    fn open_something(&mut self, workstation: usize, now: Instant) -> Option<Action> {
        let pause = now.plus(20 + self.chance.below(40) as i64);
        self.desks.get_mut(workstation)?.due = pause;
        let cast = self.choose().filter(|cast| !self.busy.contains(&cast.person))?;
        let closes = now.plus(self.duration());
        let falls_silent = self.chance.is(SILENT);
        let desk = self.desks.get_mut(workstation)?;
        desk.session = Some(Running { person: cast.person, closes, falls_silent });
        desk.due = now.plus(Self::HEARTBEAT_SECONDS).min(closes);
        self.busy.insert(cast.person);
        let host = host_of(cast.person, false);
        let address = address_of(cast.person);
        Some(Action::Open { workstation, person: cast.alias, product: cast.product, host, address })
    }

    fn leave(&mut self, workstation: usize, now: Instant) {
        let pause = now.plus((-180.0 * (1.0 - self.chance.unit()).ln()) as i64 + 5);
        if let Some(desk) = self.desks.get_mut(workstation) {
            desk.due = pause;
            if let Some(ended) = desk.session.take() {
                self.busy.remove(&ended.person);
            }
        }
    }

    /// Seconds: two of five are gone within the grace, the others stay for up to ten minutes.
    fn duration(&mut self) -> i64 {
        if self.chance.is(0.4) {
            self.chance.between(30.0, 240.0) as i64
        } else {
            self.chance.between(310.0, 600.0) as i64
        }
    }

    fn choose(&mut self) -> Option<Cast> {
        if self.chance.is(HOPELESS)
            && let Some(cast) = self.chance.pick(&self.hopeless)
        {
            return Some(cast.clone());
        }
        if self.new_windows >= 1.0
            && self.chance.is(0.15)
            && let Some(cast) = self.unpaid.pop()
        {
            self.new_windows -= 1.0;
            self.paid.push_back(cast.clone());
            self.retire();
            return Some(cast);
        }
        if !self.chance.is(ON_SEAT) && !self.paid.is_empty() {
            return self.paid.get(self.chance.below(self.paid.len())).cloned();
        }
        self.chance.pick(&self.on_seat).or(self.paid.front()).cloned()
    }

    /// Keeps the paid ones to about a day's worth, so that windows which ended are not opened again and again.
    fn retire(&mut self) {
        let day = self.people as f64 / 100.0 * NEW_WINDOWS_PER_HUNDRED * 24.0 + NEW_WINDOWS;
        if self.paid.len() > day as usize
            && let Some(oldest) = self.paid.pop_front()
        {
            self.unpaid.insert(0, oldest);
        }
    }
}

/// Pairs that a seat covers, and pairs that nothing can satisfy.
fn by_seat(state: &State, now: Instant) -> (Vec<Cast>, Vec<Cast>) {
    let estate = state.estate();
    let (mut on_seat, mut hopeless) = (Vec::new(), Vec::new());
    for person in ids(estate.people().len()) {
        for product in (0..).take(estate.products().len()).map(ProductId) {
            if estate.covering_seat(person, product, now).is_some() {
                on_seat.extend(cast(state, person, product));
            } else if state.rate(product, now).is_none() {
                hopeless.extend(cast(state, person, product));
            }
        }
    }
    (on_seat, hopeless)
}

/// Pairs that tokens pay for: those whose window will be open for a while, by its end, and the others.
///
/// Whoever was charged in the last two months would use the product again; before there is a history, anyone
/// may use anything.
fn by_window(state: &State, now: Instant) -> (Vec<Cast>, Vec<Cast>) {
    let mut known: Vec<(Instant, PersonId, ProductId)> = Vec::new();
    for &(person, product) in state.charges().pairs().map(|(pair, _)| pair) {
        let until = state.charges().covered_until((person, product), state.zone());
        known.extend(until.map(|until| (until, person, product)));
    }
    known.retain(|(until, ..)| *until > now.plus(-60 * 24 * HOUR));
    if known.is_empty() {
        let products = (0..).take(state.estate().products().len()).map(ProductId);
        let rated = products.filter(|&product| state.rate(product, now).is_some()).take(2);
        let pairs = rated.flat_map(|product| {
            ids(state.estate().people().len()).map(move |person| (now, person, product))
        });
        known.extend(pairs);
    }
    known.sort_unstable();
    known.retain(|&(_, person, product)| {
        state.estate().covering_seat(person, product, now).is_none()
    });
    let open_from = known.partition_point(|(until, ..)| *until <= now.plus(2 * HOUR));
    let unpaid = known.iter().take(open_from).filter_map(|&(_, p, q)| cast(state, p, q)).collect();
    let paid = known.iter().skip(open_from).filter_map(|&(_, p, q)| cast(state, p, q)).collect();
    (paid, unpaid)
}

fn cast(state: &State, person: PersonId, product: ProductId) -> Option<Cast> {
    let known = state.estate().person(person)?;
    // The second alias is the login, which is what a workstation knows.
    let alias = known.aliases.get(1).unwrap_or(&known.key).clone();
    Some(Cast { person, alias, product: state.estate().product(product)?.key.clone() })
}

fn ids(count: usize) -> impl Iterator<Item = PersonId> {
    (0..).take(count).map(PersonId)
}

//! Promises 15 and 5: laptops that take leases along never use more than was held for them, whatever their
//! clocks say, however late they come back, and however often they tell of it.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::gate::{Answer, Gate};
use faregate_app::import::agent::{AHEAD_MAX_SECONDS, LateUse, Outcome, take_in};
use faregate_app::ports::Clock;
use faregate_core::estate::{BucketId, Device, DeviceId};
use faregate_core::event::{AgentSaid, Cause, Event, Reason, SessionId};
use faregate_core::gate;
use faregate_core::ledger::Account;
use faregate_core::when::{DAY, Instant};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600;
/// Everything happens on the tens of minutes.
const STEP: i64 = 10 * MINUTE;
const STEPS: i64 = 12 * DAY / STEP;
const LAPTOPS: u64 = 16;
/// So each has two laptops.
const PEOPLE: u64 = LAPTOPS / 2;
/// What is in the bucket at first, and what comes each day: never enough.
const AT_FIRST: i64 = 40;
const A_DAY: i64 = 20;

/// What goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    /// The tokens of a lease are given back as soon as nothing is heard of it.
    EndsWhatIsSilent,
    /// Laptops give their leases back first and tell of the use later.
    ReturnsFirst,
    /// Laptops come back when nobody waits for them any more.
    ComesBackTooLate,
    /// What is told again is told of other days.
    ShiftsWhatItRepeats,
}

/// A lease as its laptop sees it, in true time.
#[derive(Clone, Copy)]
struct Lease {
    id: SessionId,
    until: Instant,
    /// When the laptop meets the network again.
    back: Instant,
    /// Whether the server was told that it is.
    is_returned: bool,
}

struct Laptop {
    number: u64,
    product: &'static str,
    /// How far its clock is off.
    skew: i64,
    lease: Option<Lease>,
    asleep_until: Instant,
    untold: Vec<LateUse>,
    /// A session with the server at hand, and since when.
    desk: Option<(SessionId, Instant)>,
}

/// What came of it.
#[derive(Default)]
struct Figures {
    leases: u64,
    refused: u64,
    uses: u64,
    told: Outcome,
    /// Tokens of use that nothing covered.
    overspent: i64,
    /// Charges beyond one a window, or windows without one.
    doubled: u64,
    /// Changes made by what was told again, weeks later.
    changed: usize,
}

struct Simulation<'a> {
    gate: &'a Gate,
    clock: &'a Hand,
    chance: Chance,
    flaw: Flaw,
    laptops: Vec<Laptop>,
    /// All that was ever told, by laptop.
    log: Vec<(u64, Vec<LateUse>)>,
    /// What can be true of it, by person and product.
    truth: BTreeMap<(u64, &'static str), Vec<(Instant, Instant)>>,
    /// From when until when each lease was given.
    spans: BTreeMap<SessionId, (Instant, Instant)>,
    figures: Figures,
}

impl<'a> Simulation<'a> {
    fn new(gate: &'a Gate, clock: &'a Hand, seed: u64, flaw: Flaw) -> Self {
        let mut chance = Chance(seed);
        let mut laptop = |number| Laptop {
            number,
            product: PRODUCTS[chance.place(2)],
            skew: (chance.below(13) as i64 - 6) * STEP,
            lease: None,
            asleep_until: T0,
            untold: Vec::new(),
            desk: None,
        };
        let laptops = (0..LAPTOPS).map(&mut laptop).collect();
        let enrolled = (0..LAPTOPS).map(|number| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_le_bytes());
            Event::DeviceEnrolled(Device { key, name: format!("laptop-{number}"), person: None })
        });
        let enrolled: Vec<Event> = enrolled.collect();
        gate.decided(|_, _| enrolled);
        let (log, truth, spans) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let figures = Figures::default();
        Self { gate, clock, chance, flaw, laptops, log, truth, spans, figures }
    }

    fn run(mut self) -> Figures {
        for step in 0..STEPS {
            if step % (DAY / STEP) == 0 {
                let more = Event::Allocated { bucket: BucketId(0), ticks: tokens(A_DAY) };
                self.gate.decided(|_, _| vec![more]);
            }
            for place in 0..self.laptops.len() {
                self.step(place);
            }
            self.gate.reconcile();
            if self.flaw == Flaw::EndsWhatIsSilent {
                self.end_silent();
            }
            self.clock.advance(STEP);
        }
        self.all_back();
        let state = self.gate.state().read();
        let uncovered = state.ledger().balance(Account::Uncovered).negated();
        self.figures.overspent = uncovered.0 / tokens(1).0;
        drop(state);
        self.figures.doubled = self.audit();
        self.repeat();
        self.figures
    }

    fn step(&mut self, place: usize) {
        self.stand_up(place);
        let now = self.clock.now();
        let one = &self.laptops[place];
        // Nobody sleeps on when the laptop is to come back.
        if now < one.asleep_until && one.lease.is_none_or(|lease| now < lease.back) {
            return;
        }
        match one.lease {
            None if self.chance.below(10) == 0 => self.ask(place),
            None => {}
            Some(lease) if lease.back <= now => self.come_back(place),
            Some(lease) if now < lease.until && self.chance.below(4) == 0 => {
                self.work(place, lease)
            }
            // It tells of what was done, and keeps the lease.
            Some(_) if self.chance.below(25) == 0 => self.tell(place, &[]),
            Some(lease) if now.plus(STEP) <= lease.until && self.chance.below(20) == 0 => {
                self.sit_down(place);
            }
            Some(_) if self.chance.below(12) == 0 => {
                let asleep = self.chance.below(40) as i64 * STEP;
                self.laptops[place].asleep_until = now.plus(asleep);
            }
            Some(_) => {}
        }
    }

    fn asked(&mut self, place: usize, lease: Option<u32>) -> (Instant, Answer, SessionId) {
        let now = self.clock.now();
        let Laptop { number, product, .. } = self.laptops[place];
        let key = format!("{number}-{now}-{}", lease.is_some());
        let mut wanted = request(&key, number % PEOPLE, product, None);
        let device = DeviceId(number as u32);
        let agreed = Some(tokens(PRICE));
        wanted.ask.more.agent = Some(AgentSaid { device, agreed, clock_wrong: false, lease });
        let decision = self.gate.asked(wanted).unwrap();
        (now, decision.answer, SessionId(decision.seq))
    }

    fn ask(&mut self, place: usize) {
        let hours = 1 + self.chance.below(30) as u32;
        let (from, answer, id) = self.asked(place, Some(hours * HOUR as u32));
        let until = match answer {
            Answer::Opened(opened) => opened.basis.lease.expect("a lease was asked for"),
            Answer::Refused(refused) => {
                let expected = [Reason::BucketExhausted, Reason::NoLease];
                assert!(expected.contains(&refused.reason), "{:?}", refused.reason);
                self.figures.refused += 1;
                return;
            }
        };
        assert!(until <= from.plus(DAY) && from < until);
        let away = match self.flaw {
            Flaw::ComesBackTooLate => until.since(from) + DAY + 2 * STEP,
            // In time, and with all that its clock puts off.
            _ => {
                let steps = (until.since(from) + DAY - 2 * HOUR) / STEP;
                STEP * (1 + self.chance.below(steps as u64) as i64)
            }
        };
        self.spans.insert(id, (from, until));
        self.laptops[place].lease =
            Some(Lease { id, until, back: from.plus(away), is_returned: false });
        self.figures.leases += 1;
    }

    /// Uses the product within the lease: the laptop counts true time, and dates it by its clock.
    fn work(&mut self, place: usize, lease: Lease) {
        let now = self.clock.now();
        let steps = self.chance.below(30) as i64;
        let end = match steps {
            // Within the grace.
            0 => now.plus(4 * MINUTE),
            _ => now.plus(steps * STEP).min(lease.until).min(lease.back),
        };
        let one = &mut self.laptops[place];
        let (opened, closed) = (now.plus(one.skew), end.plus(one.skew));
        let key = format!("{}-{now}", one.number);
        let person = format!("p{}", one.number % PEOPLE);
        let (product, host) = (one.product.to_owned(), format!("laptop-{}", one.number));
        let lease = Some(lease.id);
        one.untold.push(LateUse { key, person, product, host, opened, closed, lease });
        one.asleep_until = end;
        self.figures.uses += 1;
    }

    /// Opens the product with the server at hand while the lease is out, for a moment or for a step.
    fn sit_down(&mut self, place: usize) {
        let (now, answer, id) = self.asked(place, None);
        if !matches!(answer, Answer::Opened(_)) {
            assert_ne!(self.flaw, Flaw::None, "what is held or paid lets everybody in");
            return;
        }
        match self.chance.below(2) {
            0 => drop(self.gate.closed(id).unwrap()),
            _ => self.laptops[place].desk = Some((id, now)),
        }
    }

    fn stand_up(&mut self, place: usize) {
        let Some((id, since)) = self.laptops[place].desk.take() else { return };
        assert!(self.gate.heartbeat(id, true));
        self.gate.closed(id).unwrap();
        let Laptop { number, product, .. } = self.laptops[place];
        let uses = self.truth.entry((number % PEOPLE, product)).or_default();
        uses.push((since, self.clock.now()));
    }

    fn come_back(&mut self, place: usize) {
        // Before all was told, nothing is given back.
        let latest = self.clock.now().plus(AHEAD_MAX_SECONDS);
        if self.laptops[place].untold.iter().any(|one| one.opened > latest) {
            return;
        }
        let Some(lease) = self.laptops[place].lease.take() else { return };
        if self.flaw == Flaw::ReturnsFirst && !lease.is_returned {
            self.take_in(place, Vec::new(), &[lease.id]);
            let back = lease.back.plus(12 * HOUR);
            self.laptops[place].lease = Some(Lease { back, is_returned: true, ..lease });
            return;
        }
        self.tell(place, &[lease.id]);
        // The answer was lost on the way.
        if self.chance.below(2) == 0
            && let Some((_, last)) = self.log.last().cloned()
        {
            self.take_in(place, last, &[lease.id]);
        }
    }

    /// Tells of what was not told before, in any order, with some of what was.
    fn tell(&mut self, place: usize, returned: &[SessionId]) {
        let number = self.laptops[place].number;
        // Its clock may be ahead: what begins in the future is told when it is past.
        let latest = self.clock.now().plus(AHEAD_MAX_SECONDS);
        let untold = std::mem::take(&mut self.laptops[place].untold);
        let (mut uses, early): (Vec<LateUse>, _) =
            untold.into_iter().partition(|one| one.opened <= latest);
        self.laptops[place].untold = early;
        uses.iter().for_each(|one| self.note(number, one));
        let before = self.log.iter().filter(|(of, _)| *of == number).flat_map(|(_, uses)| uses);
        let before: Vec<LateUse> = before.cloned().collect();
        if !before.is_empty() {
            uses.push(before[self.chance.place(before.len())].clone());
        }
        let turned = self.chance.place(uses.len().max(1));
        uses.rotate_left(turned);
        self.take_in(place, uses.clone(), returned);
        self.log.push((number, uses));
    }

    fn take_in(&mut self, place: usize, uses: Vec<LateUse>, returned: &[SessionId]) {
        let device = DeviceId(self.laptops[place].number as u32);
        let returned = returned.to_vec();
        let outcome = self.gate.ran(move |engine| take_in(engine, device, uses, returned)).unwrap();
        let told = &mut self.figures.told;
        told.booked += outcome.booked;
        told.duplicates += outcome.duplicates;
        told.late += outcome.late;
        told.clamped += outcome.clamped;
    }

    /// What of a use can be true: what lies in its lease.
    fn note(&mut self, number: u64, one: &LateUse) {
        let lease = one.lease.expect("they use nothing without");
        let span = self.spans[&lease];
        let latest = self.clock.now().plus(AHEAD_MAX_SECONDS);
        let (start, end) = (one.opened.max(span.0), one.closed.min(span.1).min(latest));
        let product = self.laptops[number as usize].product;
        if end.since(start) >= 5 * MINUTE {
            self.truth.entry((number % PEOPLE, product)).or_default().push((start, end));
        }
    }

    /// Everybody comes home, and sleeps no more.
    fn all_back(&mut self) {
        for _ in 0..3 * DAY / STEP {
            for place in 0..self.laptops.len() {
                self.stand_up(place);
                let is_due = |lease: Lease| lease.back <= self.clock.now();
                if self.laptops[place].lease.is_some_and(is_due) {
                    self.come_back(place);
                }
            }
            self.gate.reconcile();
            self.clock.advance(STEP);
        }
        assert!(self.laptops.iter().all(|one| one.lease.is_none() && one.untold.is_empty()));
    }

    /// Gives the tokens of every lease back that is out and not used at the desk.
    fn end_silent(&self) {
        self.gate.decided(|state, now| {
            let leases = state.sessions().iter().filter(|(_, one)| one.lease.is_some());
            let silent = leases.filter(|(_, one)| one.opened < now);
            let one =
                silent.map(|(id, _)| gate::close(state, *id, now, Cause::Silent).unwrap()).next();
            one.into_iter().collect()
        });
    }

    /// Charges beside the windows that the use makes: how many differ.
    fn audit(&self) -> u64 {
        let state = self.gate.state().read();
        let mut differ = 0;
        for person in 0..PEOPLE {
            for product in PRODUCTS {
                let mut uses = self.truth.get(&(person, product)).cloned().unwrap_or_default();
                uses.sort_unstable();
                let (mut windows, mut covered) = (0u64, T0);
                for (start, end) in uses {
                    while start.max(covered) < end {
                        windows += 1;
                        covered = start.max(covered).plus(DAY);
                    }
                }
                let charged = state.charges().iter().filter(|charge| {
                    let of = state.estate().person(charge.person).unwrap();
                    let product_of = state.estate().product(charge.product).unwrap();
                    of.key == format!("p{person}") && product_of.key == product
                });
                differ += windows.abs_diff(charged.count() as u64);
            }
        }
        differ
    }

    /// The whole log again, weeks later, once from the end and once shuffled.
    fn repeat(&mut self) {
        self.clock.advance(21 * DAY);
        let charges = |gate: &Gate| {
            let state = gate.state().read();
            let mut all: Vec<_> = state.charges().iter().collect();
            all.sort_unstable_by_key(|charge| charge.unit());
            (state.seq(), all)
        };
        let before = charges(self.gate);
        let mut log = self.log.clone();
        log.reverse();
        for _ in 0..2 {
            for (number, mut uses) in log.clone() {
                if self.flaw == Flaw::ShiftsWhatItRepeats {
                    let moved = |one: &mut LateUse| {
                        one.lease = None;
                        (one.opened, one.closed) =
                            (one.opened.plus(9 * DAY), one.closed.plus(9 * DAY));
                    };
                    uses.iter_mut().for_each(moved);
                }
                let turned = self.chance.place(uses.len().max(1));
                uses.rotate_left(turned);
                self.take_in(number as usize, uses, &[]);
            }
            let turned = self.chance.place(log.len().max(1));
            log.rotate_left(turned);
        }
        let after = charges(self.gate);
        self.figures.changed =
            usize::from(before.0 != after.0) + before.1.len().abs_diff(after.1.len());
    }
}

fn simulated(backend: Backend, seed: u64, flaw: Flaw) -> Figures {
    let site = Site::new(backend, Fault::None, PEOPLE as u32, &[AT_FIRST]);
    let desk = site.start();
    let figures = Simulation::new(&desk.gate, &site.clock, seed, flaw).run();
    drop(desk.stop());
    if flaw == Flaw::None {
        assert_eq!(site.examined(), Vec::<String>::new());
    }
    figures
}

#[test]
fn leases_never_use_more_than_was_held_for_them() {
    for backend in BACKENDS {
        let mut sum = Figures::default();
        for seed in 0..if backend == Backend::Memory { 8 } else { 1 } {
            let Figures { leases, refused, uses, told, overspent, doubled, changed } =
                simulated(backend, seed, Flaw::None);
            assert_eq!((overspent, doubled, changed, told.late), (0, 0, 0, 0), "seed {seed}");
            (sum.leases, sum.refused, sum.uses) =
                (sum.leases + leases, sum.refused + refused, sum.uses + uses);
            sum.told.booked += told.booked;
            sum.told.duplicates += told.duplicates;
            sum.told.clamped += told.clamped;
        }
        let Outcome { booked, duplicates, clamped, .. } = sum.told;
        println!(
            "{backend:?}: {} leases, {} refused / {} uses, {booked} booked, {duplicates} told again, \
             {clamped} cut / overspend 0 / charges - windows = 0",
            sum.leases, sum.refused, sum.uses
        );
        assert!(sum.leases > 50 && sum.refused > 100 && clamped > 100, "nothing much happened");
    }
}

#[test]
fn a_lease_that_holds_nothing_overspends() {
    for flaw in [Flaw::EndsWhatIsSilent, Flaw::ReturnsFirst, Flaw::ComesBackTooLate] {
        let mut overspent = 0;
        for seed in 0..4 {
            let figures = simulated(Backend::Memory, seed, flaw);
            assert_eq!((figures.doubled, figures.changed), (0, 0), "{flaw:?}: booked once");
            assert!(figures.told.late > 0, "{flaw:?}: nothing was told too late");
            overspent += figures.overspent;
        }
        assert!(overspent > 0, "{flaw:?} went unnoticed");
    }
}

#[test]
fn what_is_told_again_of_other_days_is_noticed() {
    let figures = simulated(Backend::Memory, 1, Flaw::ShiftsWhatItRepeats);
    assert_ne!(figures.changed, 0);
}

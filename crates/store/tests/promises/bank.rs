//! Promise 3: all accounts sum to zero at every commit, and none is below its floor. Eight writers open,
//! close, move tokens, ask for them and get them; readers look at the shared state all the while.

use crate::desk::*;
use crate::planted::Fault;
use faregate_app::engine::SharedState;
use faregate_app::gate::Gate;
use faregate_app::ports::Clock;
use faregate_core::amount::Ticks;
use faregate_core::budget::{self, RequestId};
use faregate_core::estate::{BucketId, PersonId};
use faregate_core::event::{Event, Move, MoveCause, SessionId};
use faregate_core::invariants::violations;
use faregate_core::ledger::Account;
use std::sync::atomic::{AtomicUsize, Ordering};

const WRITERS: u64 = 8;
const READERS: usize = 2;
const BUCKETS: u16 = 8;
const PEOPLE: u64 = 120;

/// How much is done at least.
#[derive(Clone, Copy)]
struct Plan {
    writes_each: u64,
    reads_each: u64,
    /// Whether a job is carried out twice now and then, as by a queue that delivers it again.
    twice: bool,
}

const FULL: Plan = Plan { writes_each: 1_250, reads_each: 5_000, twice: false };
const SHORT: Plan = Plan { writes_each: 60, reads_each: 50, twice: false };

#[derive(Default)]
struct Outcome {
    reads: u64,
    writes: u64,
    /// What readers saw that must never be.
    violations: Vec<String>,
    /// What the books say, and those who were answered do not.
    differences: Vec<String>,
}

/// What a writer was told.
#[derive(Default)]
struct Told {
    opened: u64,
    refused: u64,
    /// Repeated requests that got another answer.
    flipped: u64,
    moved: Vec<(Option<BucketId>, Option<BucketId>, Ticks)>,
}

struct Writer<'a> {
    gate: Gate,
    clock: &'a Hand,
    chance: Chance,
    number: u64,
    plan: Plan,
    running: Vec<SessionId>,
    told: Told,
}

impl Writer<'_> {
    fn act(&mut self, turn: u64) {
        let step = self.chance.below(40) as i64;
        self.clock.advance(step);
        match self.chance.below(100) {
            0..50 => self.open(turn),
            50..70 => self.close(),
            70..85 => self.transfer(),
            85..90 => self.approve(),
            90..97 => self.beat(),
            _ => self.gate.reconcile(),
        }
    }

    fn open(&mut self, turn: u64) {
        let key = format!("{}-{turn}", self.number);
        let product = PRODUCTS[self.chance.place(PRODUCTS.len())];
        let (person, bucket) = (self.chance.below(PEOPLE), self.chance.below(BUCKETS.into()));
        let wanted = request(&key, person, product, Some(bucket));
        let Ok(decision) = self.gate.asked(wanted.clone()) else { return };
        if is_opened(&decision) {
            self.running.push(SessionId(decision.seq));
            self.told.opened += 1;
        } else {
            self.told.refused += 1;
        }
        if self.chance.below(4) == 0 {
            let again = self.gate.asked(wanted);
            self.told.flipped += u64::from(again.is_ok_and(|again| again.seq != decision.seq));
        }
    }

    fn close(&mut self) {
        if !self.running.is_empty() {
            let id = self.running.swap_remove(self.chance.place(self.running.len()));
            let _ = self.gate.closed(id);
        }
    }

    fn beat(&mut self) {
        for id in &self.running {
            let _ = self.gate.heartbeat(*id, true);
        }
    }

    /// A bucket, or now and then the unallocated part of the pool.
    fn account(&mut self) -> Option<BucketId> {
        let number = self.chance.below(u64::from(BUCKETS) + 1) as u16;
        (number < BUCKETS).then_some(BucketId(number))
    }

    fn transfer(&mut self) {
        let (from, to) = (self.account(), self.account());
        let ticks = tokens(1 + self.chance.below(30) as i64);
        let order =
            move |state: &_| budget::transfer(state, from, to, ticks, "bank").ok().into_iter();
        let events = self.gate.decided(move |state, _| order(state).collect());
        if self.plan.twice && self.chance.below(5) == 0 {
            self.gate.decided(move |state, _| order(state).collect());
        }
        self.note(&events);
    }

    fn approve(&mut self) {
        let bucket = BucketId(self.chance.below(BUCKETS.into()) as u16);
        let ticks = tokens(1 + self.chance.below(30) as i64);
        let number = self.gate.ran(move |engine| {
            let shared = engine.state();
            let asked = engine.now().ok().and_then(|now| {
                budget::request(&shared.read(), PersonId(1), bucket, ticks, "bank", None, now).ok()
            })?;
            engine.append(vec![asked]).ok()?;
            let number = shared.read().seq();
            Some(number)
        });
        let Some(number) = number.map(RequestId) else { return };
        let events = self.gate.decided(move |state, now| {
            let yes = budget::Answer::Approve(ticks);
            budget::answer(state, number, PersonId(0), yes, "", now).unwrap_or_default()
        });
        self.note(&events);
    }

    fn note(&mut self, events: &[Event]) {
        self.told.moved.extend(events.iter().filter_map(moved));
    }
}

fn moved(event: &Event) -> Option<(Option<BucketId>, Option<BucketId>, Ticks)> {
    match event {
        Event::TokensMoved(Move { from, to, ticks, .. }) => Some((*from, *to, *ticks)),
        _ => None,
    }
}

/// One writer less when dropped, also by a panic: readers would wait for ever.
struct Writing<'a>(&'a AtomicUsize);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Looks at the state, as often as it was told to and for as long as anybody writes: then each commit that it
/// catches once.
fn read(state: &SharedState, writing: &AtomicUsize, plan: Plan) -> (u64, Vec<String>) {
    let (mut reads, mut last, mut found) = (0, 0, Vec::new());
    while reads < plan.reads_each || writing.load(Ordering::SeqCst) > 0 {
        let state = state.read();
        if state.seq() == last && writing.load(Ordering::SeqCst) > 0 {
            drop(state);
            std::thread::yield_now();
            continue;
        }
        (reads, last) = (reads + 1, state.seq());
        found.extend(violations(&state).into_iter().map(|(rule, why)| format!("{rule}: {why}")));
        let bought = state.ledger().balance(Account::Purchased).negated();
        if bought != tokens(100_000_000) {
            found.push(format!("{bought} tokens were bought"));
        }
    }
    (reads, found)
}

fn bank(site: &Site, plan: Plan) -> Outcome {
    let desk = site.start();
    let writing = AtomicUsize::new(WRITERS as usize);
    let (told, seen) = std::thread::scope(|scope| {
        let write = |number| {
            let (gate, clock, writing) = (desk.gate.clone(), &site.clock, &writing);
            scope.spawn(move || {
                let (chance, running, told) = (Chance(number), Vec::new(), Told::default());
                let mut writer = Writer { gate, clock, chance, number, plan, running, told };
                let _done = Writing(writing);
                (0..plan.writes_each).for_each(|turn| writer.act(turn));
                writer.told
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        let state = desk.gate.state();
        let look = |_| scope.spawn(|| read(state, &writing, plan));
        let readers: Vec<_> = (0..READERS).map(look).collect();
        let told: Vec<Told> = writers.into_iter().map(|one| one.join().unwrap()).collect();
        (told, readers.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>())
    });
    let mut outcome = Outcome { writes: WRITERS * plan.writes_each, ..Outcome::default() };
    for (reads, violations) in seen {
        outcome.reads += reads;
        outcome.violations.extend(violations);
    }
    let live = desk.stop().state().read().checkpoint();
    outcome.differences = audit(site, told);
    if site.engine().state().read().checkpoint() != live {
        outcome.differences.push("a restart gives another state".to_owned());
    }
    outcome
}

/// The books against those who were answered.
fn audit(site: &Site, told: Vec<Told>) -> Vec<String> {
    let journal = site.journal();
    let count = |is: fn(&Event) -> bool| journal.iter().filter(|e| is(&e.event)).count() as u64;
    let mut booked: Vec<_> = journal.iter().filter_map(|entry| moved(&entry.event)).collect();
    let by_order = |event: &Event| matches!(event, Event::TokensMoved(order) if order.cause == MoveCause::Order);
    assert!(journal.iter().any(|entry| by_order(&entry.event)), "nothing was moved");
    let mut answered = Told::default();
    for one in told {
        answered.opened += one.opened;
        answered.refused += one.refused;
        answered.flipped += one.flipped;
        answered.moved.extend(one.moved);
    }
    booked.sort_unstable();
    answered.moved.sort_unstable();
    let mut found = site.examined();
    let mut compare = |what: &str, booked: u64, told: u64| {
        if booked != told {
            found.push(format!("{what}: {booked} booked, {told} told"));
        }
    };
    compare("opened", count(|event| matches!(event, Event::Opened(_))), answered.opened);
    compare("refused", count(|event| matches!(event, Event::Refused(_))), answered.refused);
    compare("flipped", 0, answered.flipped);
    compare("transfers", booked.len() as u64, answered.moved.len() as u64);
    if booked != answered.moved {
        found.push("other transfers were booked than told".to_owned());
    }
    found
}

fn site(backend: Backend, fault: Fault) -> Site {
    // One bucket is nearly empty from the start, and the pool is not.
    let buckets: Vec<i64> = (0..BUCKETS).map(|number| i64::from(number) * 400 + 15).collect();
    Site::new(backend, fault, PEOPLE as u32, &buckets)
}

#[test]
fn all_accounts_sum_to_zero_at_every_commit() {
    for backend in BACKENDS {
        let outcome = bank(&site(backend, Fault::None), FULL);
        let Outcome { reads, writes, violations, differences } = outcome;
        println!("{backend:?}: {reads} reads, {writes} writes / {} violations", violations.len());
        assert_eq!((violations, differences), (Vec::new(), Vec::new()));
        assert!(reads + writes >= 20_000);
    }
}

#[test]
fn the_bank_test_notices_what_is_planted() {
    for backend in BACKENDS {
        let lost = bank(&site(backend, Fault::AcknowledgesTooEarly), SHORT);
        assert_ne!(lost.differences, Vec::<String>::new(), "lost appends");
        let plan = Plan { twice: true, ..SHORT };
        let doubled = bank(&site(backend, Fault::None), plan);
        assert_ne!(doubled.differences, Vec::<String>::new(), "a job carried out twice");
        let site = site(backend, Fault::AddsATick);
        let mut engine = site.engine();
        let now = site.clock.now();
        engine.append(vec![Event::VendorBalance { at: now, ticks: Ticks::ZERO }]).unwrap();
        engine.keep_snapshot().unwrap();
        let ticked = bank(&site, SHORT);
        assert_ne!(ticked.violations, Vec::<String>::new(), "a tick too many");
    }
}

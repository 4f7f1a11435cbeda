use super::*;
use crate::budget::{self, Answer, LoanTerms, RequestId, Terms};
use crate::estate::{BucketTerms, Period, PersonId};
use crate::event::{
    BucketSet, Cause as End, Charge, DipCause, Finding, SessionId, Source, VendorCharge,
};
use crate::gate;
use crate::ledger::PackKind;
use crate::state::tests::{T0, World, tokens};
use crate::tariff::Meter;
use crate::when::DAY;
use proptest::prelude::*;

const ANNA: PersonId = PersonId(0);
const BEN: PersonId = PersonId(1);

/// A contract, and the journal of what happens to it from now on.
struct Book {
    first: State,
    world: World,
    journal: Vec<(u64, Instant, Event)>,
}

impl Book {
    fn new() -> Self {
        let mut world = World::new();
        let terms =
            Terms { owners: vec![ANNA], carry: Some((100_000, 90 * DAY)), ..Terms::default() };
        world.must(Event::TermsSet(terms));
        Self { first: world.state.clone(), world, journal: Vec::new() }
    }

    /// Books an event, unless the state refuses it.
    fn book(&mut self, event: Event) -> bool {
        let before = self.world.clone();
        if self.world.happen(&event).is_err() {
            self.world = before;
            return false;
        }
        self.journal.push((self.world.state.seq(), self.world.now, event));
        true
    }

    fn book_all(&mut self, events: Vec<Event>) {
        events.into_iter().for_each(|event| {
            self.book(event);
        });
    }

    /// Goes on to a minute from T0 and does what is due.
    fn pass(&mut self, seconds: i64) {
        self.world.now = self.world.now.plus(seconds);
        for _ in 0..50 {
            let state = &self.world.state;
            let due = gate::expiry(state, self.world.now);
            let due = due.or_else(|| budget::due(state, self.world.now));
            let Some(event) = due else { return };
            assert!(self.book(event.clone()), "{event:?}");
        }
    }

    fn ordered(&mut self, event: Option<Event>) {
        let Some(event) = event else { return };
        self.book(Event::Ordered { by: "cfo".to_owned(), what: "a transfer".to_owned() });
        self.book(event);
    }

    fn asked(&mut self, bucket: u16, whole: i64, loan: Option<LoanTerms>) {
        let (bucket, ticks) = (BucketId(bucket), tokens(whole));
        let now = self.world.now;
        let asked = budget::request(&self.world.state, BEN, bucket, ticks, "more", loan, now);
        if asked.is_ok_and(|event| self.book(event)) {
            let id = RequestId(self.world.state.seq());
            let yes = Answer::Approve(ticks);
            let answered = budget::answer(&self.world.state, id, ANNA, yes, "fine", now);
            self.book_all(answered.unwrap_or_default());
        }
    }

    fn charge(&self, at: Instant, person: u32, product: u16, whole: i64) -> Charge {
        let (person, product) = (PersonId(person), crate::estate::ProductId(product));
        let (bucket, ticks) = (self.world.state.payer(person), tokens(whole));
        let paid = self.world.state.ledger().can_cover(bucket, ticks, at).is_ok();
        let (meter, source) = (Meter::Window24h, Source::Log);
        Charge { at, ticks, person, product, bucket, meter, source, paid }
    }

    fn used(&mut self, at: Instant, person: u32, product: u16, whole: i64) {
        let charge = self.charge(at, person, product, whole);
        self.book(Event::UsageCharged(vec![charge]));
    }

    /// One event of use of several products, a part of it not covered.
    fn much_used(&mut self, at: Instant, person: u32, whole: i64) {
        let one = |product, whole| self.charge(at, person, product, whole);
        let unpaid = Charge { paid: false, ..one(2, 3) };
        self.book(Event::UsageCharged(vec![one(0, 1), one(4, whole), unpaid]));
    }

    /// Lets a bucket's allocation be for a month.
    fn agreed(&mut self, bucket: u16, a: i64) {
        let leftover = [
            crate::estate::Leftover::Return,
            crate::estate::Leftover::Carry,
            crate::estate::Leftover::Expire,
        ][(a % 3) as usize];
        let key = ["general", "design", "lab"][usize::from(bucket)].to_owned();
        let terms = BucketTerms { period: Period::Months(1), leftover, ..BucketTerms::default() };
        let name = key.clone();
        self.book(Event::BucketsSet(vec![BucketSet { key, name, terms }]));
    }

    fn statements(&self, from: Instant, until: Instant) -> Vec<Statement> {
        let mut fold = Fold::new(self.first.clone(), &scopes(), from, until);
        self.journal.iter().for_each(|(seq, at, event)| fold.apply(*seq, *at, event).unwrap());
        fold.finish()
    }

    fn balance_at(&self, scope: Scope, at: Instant) -> Balance {
        let mut state = self.first.clone();
        let before = self.journal.iter().take_while(|(_, when, _)| *when < at);
        before.for_each(|(seq, at, event)| state.apply(*seq, *at, event).unwrap());
        scope.balance(&state)
    }
}

fn scopes() -> Vec<Scope> {
    let buckets = (0..3).map(|id| Scope::Bucket(BucketId(id)));
    [Scope::Contract, Scope::Unallocated].into_iter().chain(buckets).collect()
}

/// Everything that is true of the statements of all scopes of one period.
fn sound(book: &Book, all: &[Statement]) -> Result<(), String> {
    for one in all {
        let scope = one.scope;
        let opening = book.balance_at(scope, one.from);
        let closing = book.balance_at(scope, one.until.max(one.from));
        if (one.opening, one.closing) != (opening, closing) {
            return Err(format!("{scope:?} does not begin or end with what there was"));
        }
        if !one.adds_up() {
            return Err(format!("{scope:?} does not add up"));
        }
        let last = one.lines.last().map_or(one.opening.total, |line| line.balance);
        if last != one.closing.total {
            return Err(format!("{scope:?} runs to {last}"));
        }
        if let Some(line) = one.lines.iter().find(|line| line.cause == Cause::Unexplained) {
            return Err(format!("{scope:?}: {line:?}"));
        }
    }
    let sum = |of: fn(&Statement) -> Ticks| -> Ticks { all.iter().skip(1).map(of).sum() };
    let pool = all.first().ok_or("none")?;
    let ends = [sum(|one| one.opening.total), sum(|one| one.closing.total)];
    if ends != [pool.opening.total, pool.closing.total] {
        return Err(format!("all together have {ends:?}"));
    }
    Ok(())
}

/// One thing that happens: what, and numbers to do it with.
type Deed = (u8, u8, i64, i64);

fn live(deeds: &[Deed]) -> Book {
    let mut book = Book::new();
    let mut running: Vec<SessionId> = Vec::new();
    for &(deed, who, a, b) in deeds {
        let bucket = u16::from(who % 3);
        let now = book.world.now;
        match deed {
            0 => {
                let (name, from, until) = ("extra".to_owned(), now, now.plus((1 + b) * DAY));
                let (kind, ticks, price) = (PackKind::MultiYear, tokens(a), None);
                book.book(Event::PackAdded { name, kind, ticks, from, until, price });
            }
            1 => {
                book.book(Event::Allocated { bucket: BucketId(bucket), ticks: tokens(a) });
            }
            2 => {
                let to = (b % 4 > 0).then_some(BucketId((bucket + 1) % 3));
                let from = Some(BucketId(bucket));
                let order = budget::transfer(&book.world.state, from, to, tokens(a % 20), "fair");
                book.ordered(order.ok());
            }
            3 => {
                let loan = (b % 2 == 0).then(|| LoanTerms { due: now.plus(b * 3_600 + 60) });
                book.asked(bucket, a, loan);
            }
            4 => {
                let (person, product) = (["anna", "ben", "cleo"], ["revit", "hourly", "daily"]);
                let ask = World::ask(person[usize::from(who % 3)], product[(a % 3) as usize], None);
                let policies = crate::access::Policies::default();
                let answer = gate::open(&book.world.state, policies, &ask, now);
                if matches!(answer, Event::Opened(_)) && book.book(answer) {
                    running.push(SessionId(book.world.state.seq()));
                }
            }
            5 if !running.is_empty() => {
                let id = running.remove(usize::from(who) % running.len());
                let seen = gate::Seen { previous: now, at: now };
                while let Some(event) = gate::owed(&book.world.state, id, seen) {
                    assert!(book.book(event));
                }
                let closed = gate::close(&book.world.state, id, now, End::Closed).unwrap();
                assert!(book.book(closed));
            }
            10 => book.much_used(now.plus(-b * 3_600), u32::from(who % 3), 1 + a % 5),
            6 => book.used(now.plus(-b * 3_600), u32::from(who % 3), (a % 2) as u16, 1 + a),
            7 => {
                let charges = book.world.state.charges().iter();
                let mut units: Vec<_> = charges.map(|charge| charge.unit()).collect();
                units.sort_unstable();
                units.truncate(1 + a as usize % 4);
                book.book(Event::UsageReversed(units));
            }
            8 => {
                let (bucket, ticks) = (Some(BucketId(bucket)), tokens(a - 20));
                let why = "the vendor counted again".to_owned();
                book.book(Event::Corrected { pack: 0, bucket, ticks, why });
            }
            9 => book.agreed(bucket, a),
            _ => book.pass(b * 7_200),
        }
    }
    book
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec((0..13_u8, any::<u8>(), 0..60_i64, 0..200_i64), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn statements_reconcile_to_the_tick(
        deeds in deeds(),
        from in 0..60_i64,
        days in 0..200_i64,
    ) {
        let book = live(&deeds);
        let from = T0.plus(from * DAY - DAY / 2);
        let all = book.statements(from, from.plus(days * DAY));
        prop_assert_eq!(sound(&book, &all), Ok(()));
    }
}

fn busy() -> Book {
    let mut book = Book::new();
    book.world.now = T0.plus(DAY + 9 * 3_600);
    let (from, to) = (Some(BucketId(0)), Some(BucketId(1)));
    let order = budget::transfer(&book.world.state, from, to, tokens(25), "the bridge");
    book.ordered(order.ok());
    book.pass(60);
    book.used(T0.plus(DAY + 3_600), 1, 0, 10);
    book.used(T0.plus(3_600), 1, 1, 5);
    book.used(T0.plus(DAY + 7_200), 1, 4, 100);
    book.asked(1, 30, Some(LoanTerms { due: T0.plus(3 * DAY) }));
    let ask = World::ask("ben", "hourly", None);
    let opened =
        gate::open(&book.world.state, crate::access::Policies::default(), &ask, book.world.now);
    book.book(opened);
    book
}

#[test]
fn a_statement_says_who_and_why() {
    let mut book = busy();
    book.pass(3 * DAY);
    let until = T0.plus(10 * DAY);
    let design = &book.statements(T0, until)[3];
    let lines: Vec<String> = design
        .lines
        .iter()
        .map(|line| {
            format!(
                "{} {} {} {} | {}",
                line.date,
                line.cause.key(),
                line.ticks,
                line.balance,
                line.words
            )
        })
        .collect();
    let request = book.world.state.requests().keys().next().unwrap();
    let expected = [
        "2026-06-02 transferred-in 25 65 | 25 tokens from general, by cfo: the bridge",
        "2026-06-02 asked 0 65 | 30 tokens asked: more, by ben",
        &format!("2026-06-02 answered 0 65 | yes to 30 tokens of request {request}: fine, by anna"),
        "2026-06-02 loan 30 95 | 30 tokens from the unallocated part of the pool, by anna: more",
        "2026-06-02 consumed -10 85 | 1 unit of revit, 10 tokens",
        "2026-06-02 consumed -5 80 | 1 unit of hourly, 5 tokens, used 2026-06-01",
        &format!(
            "2026-06-05 loan-returned -30 50 | 30 tokens to the unallocated part of the pool: \
             loan {request} was due 2026-06-04T00:00:00Z"
        ),
    ];
    assert_eq!(lines, expected);
    assert_eq!(design.closing, Balance { total: tokens(50), held: tokens(5) });
}

#[test]
fn a_period_begins_with_its_first_instant_and_ends_before_its_last() {
    let mut book = busy();
    book.pass(400 * DAY);
    let times: Vec<Instant> = book.journal.iter().map(|(_, at, _)| *at).collect();
    for from in &times {
        for until in times.iter().filter(|until| from <= until) {
            let all = book.statements(*from, *until);
            assert_eq!(sound(&book, &all), Ok(()), "{from} to {until}");
        }
    }
}

#[test]
fn what_no_label_explains_is_said() {
    let check = |parts: Vec<lines::Part>, change: i64, expected: &[(Cause, i64)]| {
        let settled = lines::settled(parts, tokens(change));
        let found: Vec<_> = settled.iter().map(|part| (part.cause, part.ticks)).collect();
        let expected = expected.iter().map(|(cause, whole)| (*cause, tokens(*whole)));
        assert_eq!(found, expected.collect::<Vec<_>>(), "{change}");
    };
    let book = busy();
    let at = T0.plus(9 * DAY);
    let of = |product, whole| Charge { paid: true, ..book.charge(at, 1, product, whole) };
    let event = Event::UsageCharged(vec![of(0, 2), of(4, 3)]);
    let charged = lines::charged(&book.world.state, &event).unwrap();
    let parts = || lines::used(&book.world.state, Scope::Contract, &charged);
    let two = [(Cause::Consumed, -2), (Cause::Consumed, -3)];
    check(parts(), -5, &two);
    check(parts(), -4, &[two[0], two[1], (Cause::Unexplained, 1)]);
    check(Vec::new(), -4, &[(Cause::Unexplained, -4)]);
    check(Vec::new(), 0, &[]);
    check(parts()[..1].to_vec(), -9, &[(Cause::Consumed, -9)]);
}

#[test]
fn planted_faults_are_caught() {
    let mut book = busy();
    book.pass(400 * DAY);
    let all = book.statements(T0.plus(-1), T0.plus(500 * DAY));
    assert_eq!(sound(&book, &all), Ok(()));
    let check = |fault: &str, plant: &dyn Fn(&mut Vec<Statement>)| {
        let mut all = all.clone();
        plant(&mut all);
        assert!(sound(&book, &all).is_err(), "{fault} was not noticed");
    };
    check("a line is lost", &|all| drop(all[3].lines.remove(0)));
    check("a sign is turned", &|all| all[3].lines[0].ticks = all[3].lines[0].ticks.negated());
    check("a tick is lost", &|all| all[3].lines[0].ticks.0 -= 1);
    check("held tokens are left out", &|all| {
        all[3].closing.total = all[3].closing.total.minus(tokens(1)).unwrap();
    });
    check("a cause is missing", &|all| all[0].lines[0].cause = Cause::Unexplained);
    check("a bucket is left out", &|all| drop(all.remove(3)));
    check("late use at its own date", &|all| all[3].opening.total = tokens(999));
}

/// The parts of the difference, as `gap ticks count`.
fn gaps(book: &Book, at: Instant, theirs: i64) -> Vec<String> {
    let mut reconciling = Reconciling::new(book.first.clone(), at, tokens(theirs));
    book.journal.iter().for_each(|(seq, at, event)| reconciling.apply(*seq, *at, event).unwrap());
    let found = reconciling.finish();
    let sum: Ticks = found.parts.iter().map(|part| part.ticks).sum();
    assert_eq!(sum, found.difference, "the parts are the whole");
    assert_eq!(found.ours.minus(found.theirs), Some(found.difference));
    let each =
        found.parts.iter().map(|part| format!("{} {} {}", part.gap.key(), part.ticks, part.count));
    each.collect()
}

#[test]
fn a_difference_is_listed_by_its_causes() {
    let mut book = busy();
    let at = book.world.now;
    // What comes after is no part of the difference.
    book.world.now = at.plus(DAY);
    book.used(at.plus(60), 2, 0, 10);
    // 1,000 bought; 15 used and paid, 100 not covered, 5 held.
    assert_eq!(gaps(&book, at, 985), ["uncovered 100 0", "open-holds 5 0", "unexplained -105 0"]);
    assert_eq!(gaps(&book, at, 880), ["uncovered 100 0", "open-holds 5 0"]);
    assert_eq!(gaps(&book, at, 870), ["uncovered 100 0", "open-holds 5 0", "unexplained 10 0"]);
    // The same at nine o'clock: all use was booked since, and the hold began later.
    let nine = T0.plus(DAY + 9 * 3_600);
    assert_eq!(gaps(&book, nine, 885), ["booked-since 15 0", "uncovered 100 0"]);
}

#[test]
fn holds_given_back_were_no_use() {
    let mut book = busy();
    let at = book.world.now;
    book.world.now = at.plus(60);
    let id = *book.world.state.sessions().keys().next().unwrap();
    let closed = gate::close(&book.world.state, id, book.world.now, End::Closed).unwrap();
    assert!(book.book(closed));
    assert_eq!(gaps(&book, at, 885), ["uncovered 100 0"]);
}

#[test]
fn packs_ended_here_and_corrections_and_double_dips_explain() {
    let mut book = Book::new();
    book.pass(370 * DAY);
    let at = book.world.now;
    // A tenth lived on; the vendor has not ended the pack.
    assert_eq!(gaps(&book, at, 1_000), ["expired-here -900 1"]);
    assert_eq!(gaps(&book, at, 100), Vec::<String>::new());
    let (why, bucket) = (String::new(), Some(BucketId(0)));
    assert!(book.book(Event::Corrected { pack: 1, bucket, ticks: tokens(-7), why }));
    let (day, alias, person) = (Date(20_606), "ana".to_owned(), ANNA);
    let finding = Finding::DoubleDip(DipCause::SameIdentity);
    let (product, ticks) = (crate::estate::ProductId(4), tokens(9));
    let charge = VendorCharge { day, alias, person, product, ticks, finding };
    book.book(Event::VendorReported(vec![charge]));
    assert_eq!(gaps(&book, at, 91), ["double-dips 9 1", "corrections -7 0"]);
}

//! Agents: leases taken along, what was done with them, told of later, twice, or never.

use crate::world::{Desk, MINUTE, T0, World, refusal, request, tokens};
use faregate_app::gate::Decision;
use faregate_app::import::agent::{Failure, LateUse, Outcome, take_in};
use faregate_core::estate::{BucketId, BucketTerms, Device, DeviceId, GENERAL};
use faregate_core::event::{AgentSaid, BucketSet, Event, Move, MoveCause, Reason, SessionId};
use faregate_core::ledger::Account;
use faregate_core::when::{DAY, Instant};

const HOUR: i64 = 3_600;
const LAPTOP: DeviceId = DeviceId(0);
const OTHER: DeviceId = DeviceId(1);

/// So many tokens, and two laptops that have been enrolled for a day.
fn desk(whole: i64) -> Desk {
    let mut world = World::new(whole);
    let device = |key| Device { key: [key; 32], name: format!("laptop-{key}"), person: None };
    world.engine.append([1, 2].map(|key| Event::DeviceEnrolled(device(key))).to_vec()).unwrap();
    world.clock.set(after(24, 0));
    world.start()
}

fn after(hours: i64, minutes: i64) -> Instant {
    T0.plus(hours * HOUR + minutes * MINUTE)
}

/// Asks for Revit from a laptop, with consent to its price.
fn asks(desk: &Desk, key: &str, person: &str, device: DeviceId, lease: Option<i64>) -> Decision {
    let mut asked = request(key, person, "revit");
    let lease = lease.map(|hours| u32::try_from(hours * HOUR).unwrap());
    let agreed = Some(tokens(10));
    asked.ask.more.agent = Some(AgentSaid { device, agreed, clock_wrong: false, lease });
    desk.open_many(vec![asked]).unwrap().remove(0)
}

fn leased(desk: &Desk, person: &str, device: DeviceId, hours: i64) -> SessionId {
    let decision = asks(desk, &format!("{person}-{hours}-{device:?}"), person, device, Some(hours));
    assert_eq!(refusal(&decision), None);
    SessionId(decision.seq)
}

fn used(person: &str, from: Instant, minutes: i64, lease: Option<SessionId>) -> LateUse {
    LateUse {
        key: format!("{person}-{from}"),
        person: person.to_owned(),
        product: "revit".to_owned(),
        host: "LAPTOP".to_owned(),
        opened: from,
        closed: from.plus(minutes * MINUTE),
        lease,
    }
}

fn tell(desk: &Desk, uses: &[LateUse], returned: &[SessionId]) -> Result<Outcome, Failure> {
    let (uses, returned) = (uses.to_vec(), returned.to_vec());
    let outcome = desk.run(move |engine| take_in(engine, LAPTOP, uses, returned));
    desk.state(|_| ());
    outcome
}

/// Spent, held, and used without being covered; in tokens.
fn balances(desk: &Desk) -> [i64; 3] {
    desk.state(|state| {
        let held = state.ledger().held();
        let of = |account| state.ledger().balance(account);
        [of(Account::Consumed), held, of(Account::Uncovered).negated()]
            .map(|ticks| ticks.0 / tokens(1).0)
    })
}

/// How many events there are, and what they come to.
fn told_of(desk: &Desk) -> (u64, Vec<Instant>, [i64; 3]) {
    (desk.state(|state| state.seq()), desk.charged(), balances(desk))
}

fn booked(booked: u64) -> Outcome {
    Outcome { booked, ..Outcome::default() }
}

#[test]
fn what_was_held_pays_for_what_was_done() {
    let desk = desk(10);
    let lease = leased(&desk, "ana", LAPTOP, 8);
    assert_eq!(balances(&desk), [0, 10, 0]);
    assert_eq!(refusal(&asks(&desk, "ben", "ben", OTHER, None)), Some(Reason::BucketExhausted));
    desk.clock.set(after(40, 0));
    let uses =
        [used("ana", after(26, 0), 90, Some(lease)), used("ana", after(30, 0), 60, Some(lease))];
    assert_eq!(tell(&desk, &uses, &[lease]).unwrap(), booked(2));
    assert_eq!((desk.charged(), balances(&desk)), (vec![after(26, 0)], [10, 0, 0]));
    desk.state(|state| assert_eq!(state.sessions().len(), 0));
}

#[test]
fn a_lease_that_was_not_used_costs_nothing() {
    let desk = desk(10);
    let lease = leased(&desk, "ana", LAPTOP, 8);
    let before = desk.state(|state| state.seq());
    assert_eq!(tell(&desk, &[], &[lease]).unwrap(), Outcome::default());
    assert_eq!(balances(&desk), [0, 0, 0]);
    assert!(desk.state(|state| state.seq()) > before, "a batch that only ends leases is one");
    let after_it = told_of(&desk);
    assert_eq!(tell(&desk, &[], &[lease, lease]).unwrap(), Outcome::default());
    assert_eq!(tell(&desk, &[], &[]).unwrap(), Outcome::default());
    assert_eq!(told_of(&desk), after_it);
}

/// The same in whole, in parts, in another order, after weeks.
#[test]
fn what_is_told_again_changes_nothing() {
    let desk = desk(40);
    let lease = leased(&desk, "ana", LAPTOP, 20);
    desk.clock.set(after(60, 0));
    let mut uses = vec![
        used("ana", after(30, 0), 60, Some(lease)),
        used("ana", after(25, 0), 60, Some(lease)),
        used("ana", after(26, 30), 2, Some(lease)),
        used("ben", after(50, 0), 60, None),
        used("ben", after(1, 0), 23 * 60, None),
    ];
    let first = tell(&desk, &uses, &[lease]).unwrap();
    assert_eq!(first, booked(5));
    let once = told_of(&desk);
    assert_eq!(once.1.len(), 3, "one window of Ana's, two of Ben's");
    for weeks in 0..5 {
        desk.clock.set(after(60, 0).plus(weeks * 7 * DAY));
        uses.rotate_left(2);
        for some in uses.chunks(2) {
            let again = tell(&desk, some, &[lease]).unwrap();
            assert_eq!((again.booked, again.duplicates), (0, some.len() as u64));
        }
        uses.reverse();
        assert_eq!(tell(&desk, &uses, &[]).unwrap().duplicates, 5);
        assert_eq!(told_of(&desk), once, "{weeks} weeks later");
    }
}

/// What comes in parts comes to the same, whatever the order.
#[test]
fn the_parts_come_to_the_whole() {
    let uses = |lease| {
        [(40, 60), (25, 60), (33, 4), (28, 120)]
            .map(|(hours, minutes)| used("ana", after(hours, 0), minutes, Some(lease)))
    };
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let desk = desk(10);
        let lease = leased(&desk, "ana", LAPTOP, 20);
        desk.clock.set(after(48, 0));
        for place in order {
            let outcome = tell(&desk, &uses(lease)[place..=place], &[]).unwrap();
            assert_eq!(outcome, booked(1), "{order:?}");
        }
        tell(&desk, &[], &[lease]).unwrap();
        assert_eq!(desk.charged(), [after(25, 0)], "{order:?}");
        assert_eq!(balances(&desk), [10, 0, 0], "{order:?}");
    }
}

/// One that is wrong holds nothing else up, and takes nothing from anybody.
#[test]
fn a_lease_of_another_device_or_none_counts_for_nothing() {
    for wrong in 0..4 {
        let desk = desk(60);
        let (own, theirs) = (leased(&desk, "ana", LAPTOP, 8), leased(&desk, "ben", OTHER, 8));
        let running = asks(&desk, "running", "ana", LAPTOP, None);
        let wrong = [theirs, SessionId(running.seq), SessionId(1), SessionId(9_999)][wrong];
        desk.clock.set(after(28, 0));
        let good = used("ana", after(25, 0), 60, Some(own));
        let use_of = used("ana", after(26, 0), 60, Some(wrong));
        let outcome = tell(&desk, &[good, use_of], &[own, wrong]).unwrap();
        assert_eq!(outcome, Outcome { late: 1, ..booked(2) }, "{wrong}");
        desk.state(|state| assert!(state.sessions().contains_key(&theirs), "still out"));
        assert_eq!(
            desk.charged(),
            [after(25, 0)],
            "one window of Ana's, whatever it was told under"
        );
    }
    let desk = desk(60);
    let own = leased(&desk, "ana", LAPTOP, 8);
    desk.clock.set(after(28, 0));
    let other = used("ben", after(26, 0), 60, Some(own));
    assert_eq!(tell(&desk, &[other], &[]).unwrap(), Outcome { late: 1, ..booked(1) });
    assert_eq!(balances(&desk), [10, 10, 0], "Ben's use is Ben's: Ana's lease holds what it held");
    let unknown = desk.run(|engine| take_in(engine, DeviceId(7), Vec::new(), Vec::new()));
    assert!(matches!(unknown, Err(Failure::NoDevice(DeviceId(7)))), "{unknown:?}");
}

/// Enrolled anew with the key that it has, it still has to tell of what was before.
#[test]
fn a_device_that_was_enrolled_anew_loses_nothing() {
    let desk = desk(60);
    desk.clock.set(after(50, 0));
    let again = desk.run(|engine| {
        let device = engine.state().read().estate().device(LAPTOP).unwrap().device.clone();
        engine.append(vec![Event::DeviceRevoked(LAPTOP), Event::DeviceEnrolled(device)]).unwrap();
        let (id, _) =
            engine.state().read().estate().devices().last().map(|(id, one)| (id, one.at)).unwrap();
        take_in(engine, id, vec![used("ana", after(10, 0), 60, None)], Vec::new())
    });
    assert_eq!(again.unwrap(), booked(1));
    assert_eq!(desk.charged(), [after(10, 0)]);
}

/// Nobody brought it back in time: its tokens went to somebody else. The vendor bills it all the same.
#[test]
fn use_that_is_told_too_late_is_booked_and_not_covered() {
    let desk = desk(10);
    let lease = leased(&desk, "ana", LAPTOP, 8);
    desk.reconcile(after(55, 59));
    assert_eq!(balances(&desk), [0, 10, 0], "it is waited for");
    desk.reconcile(after(56, 0));
    assert_eq!(balances(&desk), [0, 0, 0]);
    let ben = asks(&desk, "ben", "ben", OTHER, None);
    assert_eq!(refusal(&ben), None);
    let uses = [used("ana", after(26, 0), 60, Some(lease))];
    let outcome = tell(&desk, &uses, &[lease]).unwrap();
    assert_eq!(outcome, Outcome { late: 1, ..booked(1) });
    assert_eq!(balances(&desk), [10, 10, 10]);
    assert_eq!(tell(&desk, &uses, &[lease]).unwrap().late, 0, "once");
    assert_eq!(balances(&desk), [10, 10, 10]);
}

#[test]
fn times_that_cannot_be_true_are_cut() {
    let desk = desk(40);
    let lease = leased(&desk, "ana", LAPTOP, 8);
    desk.clock.set(after(40, 0));
    let cut = Outcome { clamped: 1, ..booked(1) };
    let under =
        |from, minutes| tell(&desk, &[used("ana", from, minutes, Some(lease))], &[]).unwrap();
    assert_eq!(under(after(23, 0), 120), cut, "before the lease");
    assert_eq!(desk.charged(), [after(24, 0)]);
    assert_eq!(under(after(31, 0), 9 * 60), cut, "past its end");
    let gone = Outcome { clamped: 1, ..Outcome::default() };
    assert_eq!(under(after(32, 0), 60), gone, "after its end");
    assert_eq!(under(after(20, 0), 60), gone, "before its opening");
    assert_eq!(under(after(26, 0), -60), gone, "backwards");
    let free = |from, minutes| tell(&desk, &[used("ben", from, minutes, None)], &[]).unwrap();
    assert_eq!(free(after(-9, 0), 60), gone, "before the laptop was enrolled");
    assert_eq!(free(after(-1, 0), 120), cut);
    assert_eq!(free(after(39, 0), 600), cut, "until after now");
    assert_eq!(free(after(40, 4), 0), booked(1), "its clock is a little ahead");
    assert_eq!(free(after(40, 6), 60), Outcome { early: 1, ..Outcome::default() });
    assert_eq!(desk.charged().len(), 3);
    assert_eq!(free(after(-1, 0), 120).duplicates, 1, "cut, it is known again");
    desk.clock.set(after(60, 0));
    assert_eq!(free(after(39, 0), 600).duplicates, 1, "also when more of it can be true");
    assert_eq!(free(after(40, 6), 60), booked(1), "told again when it is past");
}

/// Told of while it goes on being out: what it holds pays, and the unit covers what follows.
#[test]
fn a_lease_that_stays_out_goes_on_in_the_unit_that_is_paid() {
    let desk = desk(10);
    let lease = leased(&desk, "ana", LAPTOP, 20);
    desk.clock.set(after(30, 0));
    let short = used("ana", after(25, 0), 4, Some(lease));
    assert_eq!(tell(&desk, &[short], &[]).unwrap(), booked(1));
    assert_eq!(balances(&desk), [0, 10, 0], "a launch within the grace spends nothing");
    let long = used("ana", after(26, 0), 60, Some(lease));
    assert_eq!(tell(&desk, &[long], &[]).unwrap(), booked(1));
    assert_eq!(balances(&desk), [10, 0, 0]);
    desk.state(|state| assert_eq!(state.sessions().len(), 1));
    desk.clock.set(after(48, 0));
    let rest = used("ana", after(29, 0), 14 * 60, Some(lease));
    assert_eq!(tell(&desk, &[rest], &[lease]).unwrap(), booked(1));
    assert_eq!((desk.charged(), balances(&desk)), (vec![after(26, 0)], [10, 0, 0]));
}

/// The last tokens, held for a lease, taken over by a session at the desk that is within its grace.
#[test]
fn use_at_the_desk_and_under_the_lease_is_one_unit() {
    for returned in [false, true] {
        let desk = desk(10);
        let lease = leased(&desk, "ana", LAPTOP, 20);
        desk.clock.set(after(30, 0));
        let at_desk = asks(&desk, "desk", "ana", OTHER, None);
        let id = SessionId(at_desk.seq);
        assert_eq!(balances(&desk), [0, 10, 0]);
        let uses = [used("ana", after(26, 0), 60, Some(lease))];
        let back: &[SessionId] = if returned { &[lease] } else { &[] };
        assert_eq!(tell(&desk, &uses, back).unwrap(), booked(1));
        assert_eq!(balances(&desk), [10, 0, 0], "returned: {returned}");
        assert!(desk.beat(id, after(30, 6), true));
        desk.close(id).unwrap();
        assert_eq!((desk.charged(), balances(&desk)), (vec![after(26, 0)], [10, 0, 0]));
        tell(&desk, &[], &[lease]).unwrap();
        assert_eq!(balances(&desk), [10, 0, 0]);
    }
}

/// It is past and did not come back: whoever opens the product pays for themselves, and it keeps what it holds.
#[test]
fn a_lease_that_is_past_still_pays_for_what_was_done() {
    let desk = desk(20);
    let lease = leased(&desk, "ana", LAPTOP, 2);
    let second = leased(&desk, "ana", OTHER, 1);
    desk.clock.set(after(50, 0));
    let id = SessionId(asks(&desk, "desk", "ana", OTHER, None).seq);
    assert_eq!(balances(&desk), [0, 20, 0]);
    let uses = [used("ana", after(25, 0), 60, Some(lease))];
    assert_eq!(tell(&desk, &uses, &[]).unwrap(), booked(1));
    assert_eq!(balances(&desk), [10, 10, 0]);
    assert!(desk.beat(id, after(50, 6), true));
    assert_eq!((desk.charged().len(), balances(&desk)), (2, [20, 0, 0]));
    let again = desk.run(move |engine| {
        let late = LateUse { key: "x".to_owned(), ..used("ana", after(24, 10), 30, Some(second)) };
        take_in(engine, OTHER, vec![late], vec![second])
    });
    assert_eq!(again.unwrap(), Outcome { late: 1, ..booked(1) });
    assert_eq!((desk.charged().len(), balances(&desk)), (2, [20, 0, 0]));
}

/// Nothing is heard of a lease for hours, and that is as it should be.
#[test]
fn a_lease_is_not_silent() {
    let desk = desk(10);
    let lease = leased(&desk, "ana", LAPTOP, 8);
    desk.reconcile(after(31, 0));
    assert_eq!(balances(&desk), [0, 10, 0]);
    let World { engine, store, clock } = desk.stop();
    let desk = Desk::start(engine, store, clock);
    desk.reconcile(after(32, 0));
    assert_eq!(balances(&desk), [0, 10, 0], "nor after a restart");
    assert!(!desk.beat(lease, after(32, 0), true), "and it has no heartbeat");
    let ending = desk.close(lease).unwrap();
    assert!(!ending.already);
    assert_eq!((desk.charged(), balances(&desk)), (Vec::new(), [0, 0, 0]));
}

#[test]
fn another_device_s_key_is_another_request() {
    let desk = desk(40);
    let first = asks(&desk, "key", "ana", LAPTOP, None);
    assert!(asks(&desk, "key", "ana", LAPTOP, None).repeated);
    assert_eq!(first.bucket.as_deref(), Some("general"));
    let ask = |said: AgentSaid| {
        let mut asked = request("key", "ana", "revit");
        asked.ask.more.agent = Some(said);
        desk.open_many(vec![asked]).is_err()
    };
    let said = AgentSaid { device: LAPTOP, agreed: Some(tokens(10)), ..AgentSaid::default() };
    assert!(!ask(said));
    assert!(ask(AgentSaid { device: OTHER, ..said }));
    assert!(ask(AgentSaid { agreed: None, ..said }));
    assert!(!ask(AgentSaid { clock_wrong: true, ..said }), "set right meanwhile, it asks the same");
    assert!(ask(AgentSaid { lease: Some(60), ..said }));
    assert!(desk.open_many(vec![request("key", "ana", "revit")]).is_err());
}

/// The tokens were held in a bucket that the person chose: that one pays, not their own.
#[test]
fn a_lease_on_a_chosen_bucket_is_paid_from_it() {
    let desk = desk(10);
    let terms = BucketTerms { parent: Some(GENERAL), ..BucketTerms::default() };
    let (key, name) = ("lab".to_owned(), "Lab".to_owned());
    let (from, to, why) = (Some(GENERAL), Some(BucketId(1)), String::new());
    desk.append(vec![
        Event::BucketsSet(vec![BucketSet { key, name, terms }]),
        Event::TokensMoved(Move { from, to, ticks: tokens(10), cause: MoveCause::Order, why }),
    ])
    .unwrap();
    let mut asked = request("lab", "ana", "revit");
    asked.ask.bucket = Some("lab".to_owned());
    let agreed = Some(tokens(10));
    asked.ask.more.agent = Some(AgentSaid { agreed, lease: Some(3_600), ..AgentSaid::default() });
    let lease = SessionId(desk.open_many(vec![asked]).unwrap()[0].seq);
    assert_eq!(balances(&desk), [0, 10, 0]);
    desk.clock.set(after(25, 0));
    let uses = [used("ana", after(24, 10), 30, Some(lease))];
    assert_eq!(tell(&desk, &uses, &[lease]).unwrap(), booked(1));
    assert_eq!(balances(&desk), [10, 0, 0]);
    let buckets =
        desk.state(|state| state.charges().iter().map(|one| one.bucket).collect::<Vec<_>>());
    assert_eq!(buckets, [BucketId(1)]);
}

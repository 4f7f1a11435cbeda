use super::*;
use crate::event::{Event, Source, Unit};
use crate::invariants::{REGISTRY, violations};
use crate::ledger::{BucketBalance, Ledger};
use crate::state::tests::World;
use crate::state::{Checkpoint, State};
use crate::tariff::Meter;

fn charge(minute: i64, meter: Meter) -> Charge {
    Charge {
        at: Instant(minute * 60),
        ticks: Ticks(7),
        person: PersonId(0),
        product: ProductId(0),
        bucket: BucketId(0),
        meter,
        source: Source::Log,
        paid: true,
    }
}

/// Whether a unit at `minute` finds its place beside those on record.
fn check(name: &str, meter: Meter, on_record: &[i64], minute: i64, expected: Result<(), i64>) {
    let mut charges = Charges::default();
    let zone = Zone::utc();
    on_record.iter().for_each(|&at| charges.record(charge(at, meter), &zone).unwrap());
    let before = charges.clone();
    let new = charge(minute, meter);
    let in_the_way = charges.overlapping(&new, &zone).map(|clash| clash.at.0 / 60);
    let found = charges.record(new, &zone).map_err(|clash| clash.at.0 / 60);
    assert_eq!(found, expected, "{name}");
    assert_eq!(in_the_way, expected.err(), "{name}");
    if expected.is_err() {
        assert_eq!(charges, before, "{name}: a refusal was recorded");
    }
    let mut starts: Vec<i64> =
        charges.of_pair((PersonId(0), ProductId(0))).map(|one| one.at.0 / 60).collect();
    assert!(starts.is_sorted(), "{name}");
    starts.dedup();
    assert_eq!(starts.len(), on_record.len() + usize::from(expected.is_ok()), "{name}");
}

#[test]
fn units_of_a_pair_do_not_overlap() {
    use Meter::{CalendarDay, Minute, StartedHour, Window24h};
    check("first", Window24h, &[], 0, Ok(()));
    check("just after", Window24h, &[0], 1_440, Ok(()));
    check("within", Window24h, &[0], 1_439, Err(0));
    check("just before", Window24h, &[1_440], 0, Ok(()));
    check("runs into the next", Window24h, &[1_440], 1, Err(1_440));
    check("the same start", Window24h, &[5], 5, Err(5));
    check("between two", Window24h, &[0, 2_880], 1_440, Ok(()));
    check("too tight between two", Window24h, &[0, 2_879], 1_440, Err(2_879));
    check("the next day", CalendarDay, &[1_439], 1_440, Ok(()));
    check("the same day", CalendarDay, &[0], 1_439, Err(0));
    check("a new hour after a break", StartedHour, &[0], 20, Ok(()));
    check("the same hour", StartedHour, &[0], 0, Err(0));
    check("the same minute", Minute, &[3], 3, Err(3));
}

#[test]
fn pairs_are_apart() {
    let (mut charges, zone) = (Charges::default(), Zone::utc());
    charges.record(charge(0, Meter::Window24h), &zone).unwrap();
    let other = Charge { person: PersonId(1), ..charge(0, Meter::Window24h) };
    charges.record(other, &zone).unwrap();
    let other = Charge { product: ProductId(1), ..charge(0, Meter::Window24h) };
    charges.record(other, &zone).unwrap();
    assert_eq!(charges.iter().count(), 3);
}

#[test]
fn a_reversed_charge_leaves_no_trace() {
    let (mut charges, zone) = (Charges::default(), Zone::utc());
    let pair = (PersonId(0), ProductId(0));
    let first = charge(0, Meter::Window24h);
    charges.record(first, &zone).unwrap();
    assert_eq!(charges.covered_until(pair, &zone), Some(Instant(86_400)));
    assert_eq!(charges.span(), Some((Date(0), Date(0))));
    assert_eq!(charges.get(first.unit()), Some(first));
    assert_eq!(charges.reverse(Unit { at: Instant(1), ..first.unit() }, &zone), None);
    assert_eq!(charges.reverse(first.unit(), &zone), Some(first));
    assert_eq!(charges.reverse(first.unit(), &zone), None);
    assert_eq!(charges.get(first.unit()), None);
    assert_eq!((charges.covered_until(pair, &zone), charges.span()), (None, None));
    charges.record(charge(1, Meter::Window24h), &zone).unwrap();
    assert_eq!(charges.of_pair(pair).map(|one| one.at.0).collect::<Vec<_>>(), [60]);
}

#[test]
fn a_charge_comes_out_of_its_eight_bytes_as_it_went_in() {
    let (mut charges, zone) = (Charges::default(), Zone::utc());
    let kinds = Meter::ALL.into_iter().zip([true, false, true, false, true]);
    let all: Vec<Charge> = kinds
        .enumerate()
        .map(|(index, (meter, paid))| {
            let number = u16::try_from(index).unwrap();
            let at = Instant([-62_135_596_800, -1, 0, 1_780_300_800, 253_402_300_799][index]);
            let (bucket, product) = (BucketId(number), ProductId(number));
            Charge { at, meter, paid, bucket, product, ..charge(0, meter) }
        })
        .collect();
    all.iter().for_each(|one| charges.record(*one, &zone).unwrap());
    let mut found: Vec<Charge> = charges.iter().collect();
    found.sort_by_key(|one| one.product);
    assert_eq!(found, all);
}

#[test]
fn days_are_those_of_the_zone() {
    let (mut charges, zone) = (Charges::default(), Zone::named("Asia/Tokyo").unwrap());
    for minute in [899, 900, 2_880] {
        let product = ProductId(u16::try_from(minute).unwrap());
        charges.record(Charge { product, ..charge(minute, Meter::Window24h) }, &zone).unwrap();
    }
    let found: Vec<(Date, usize)> =
        charges.days(Date(0), Date(9)).map(|(date, cells)| (date, cells.len())).collect();
    assert_eq!(found, [(Date(0), 1), (Date(1), 1), (Date(2), 1)]);
    assert_eq!(charges.days(Date(1), Date(0)).count(), 0);
}

#[test]
fn what_began_since_then_is_told_and_nothing_before() {
    let (mut charges, zone) = (Charges::default(), Zone::utc());
    let of = |person: u32, minute: i64| Charge {
        person: PersonId(person),
        ..charge(minute, Meter::Minute)
    };
    let all = [of(0, -9), of(0, 3), of(0, 9), of(1, 5), of(2, 2), of(3, 8), of(3, 7)];
    all.iter().for_each(|one| charges.record(*one, &zone).unwrap());
    for minute in [i64::from(i32::MIN), -9, -8, 2, 3, 5, 6, 8, 9, 10, i64::from(i32::MAX)] {
        let from = Instant(minute * 60);
        let key = |one: &Charge| (one.person, core::cmp::Reverse(one.at));
        let mut found: Vec<Charge> = charges.since(from).collect();
        found.sort_by_key(|one| one.person);
        let mut expected: Vec<Charge> = charges.iter().filter(|one| one.at >= from).collect();
        expected.sort_by_key(key);
        assert_eq!(found, expected, "since minute {minute}");
    }
    assert_eq!(charges.since(Instant(9 * 60 + 1)).count(), 0, "begun a second before");
    for (from, until, expected) in [(3, 8, 3), (3, 9, 4), (8, 3, 0), (-9, 10, 7), (10, 99, 0)] {
        let found = charges.within(Instant(from * 60)..Instant(until * 60)).count();
        assert_eq!(found, expected, "from minute {from} until {until}");
    }
}

/// Spoils a sound state in one way and expects this invariant to notice.
fn check_noticed(name: &str, spoil: impl Fn(&mut State)) {
    let mut world = World::new();
    world.open(&World::ask("ben", "revit", None));
    let uncovered = Charge { paid: false, ..charge(0, Meter::Window24h) };
    world.must(Event::UsageCharged(vec![uncovered]));
    assert_eq!(violations(&world.state), [], "{name}: sound before");
    spoil(&mut world.state);
    let found: Vec<&str> = violations(&world.state).iter().map(|(name, _)| *name).collect();
    assert!(found.contains(&name), "{name} went unnoticed: {found:?}");
}

fn rebalanced(state: &mut State, change: impl Fn(&mut [Ticks; 6], &mut Vec<BucketBalance>)) {
    let Checkpoint { mut balances, mut bucket_balances, packs, .. } = state.checkpoint();
    change(&mut balances, &mut bucket_balances);
    state.ledger = Ledger::restored(balances, bucket_balances, packs);
}

#[test]
fn every_invariant_can_fail() {
    check_noticed("conservation", |state| rebalanced(state, |fixed, _| fixed[0].0 += 1));
    check_noticed("no-account-below-its-floor", |state| {
        rebalanced(state, |_, buckets| buckets[2].available.0 = -1);
    });
    check_noticed("packs-equal-balances", |state| rebalanced(state, |fixed, _| fixed[1].0 += 1));
    check_noticed("one-charge-per-person-product-unit", |state| {
        let units = state.charges.units.values_mut().next().unwrap();
        units.push(Packed::new(Instant(60), 0));
    });
    check_noticed("each-hold-resolved-once", |state| state.tally.voided += 1);
    check_noticed("each-hold-resolved-once", |state| {
        rebalanced(state, |_, buckets| buckets[1].held.0 = 0);
    });
    check_noticed("running-sessions-are-counted", |state| state.sessions.clear());
    check_noticed("running-sessions-are-counted", |state| {
        state.sessions.clear();
        state.charges.busy.values_mut().for_each(|known| known.live = 0);
    });
    check_noticed("consumed-equals-charges", |state| rebalanced(state, |fixed, _| fixed[2].0 += 1));
    check_noticed("consumed-equals-charges", |state| state.charges.kinds[0].paid = true);
    check_noticed("days-equal-charges", |state| {
        let day = state.charges.days.values_mut().next().unwrap();
        day.values_mut().next().unwrap().ticks.0 += 1;
    });
    assert_eq!(REGISTRY.len(), 17, "a new invariant needs its row here or in `invariants::tests`");
}

use super::*;
use crate::event::Source;
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
        charges.of_pair((PersonId(0), ProductId(0))).map(|(_, one)| one.at.0 / 60).collect();
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
fn a_reversed_charge_keeps_its_number_and_nothing_else() {
    let (mut charges, zone) = (Charges::default(), Zone::utc());
    let pair = (PersonId(0), ProductId(0));
    charges.record(charge(0, Meter::Window24h), &zone).unwrap();
    assert_eq!(charges.covered_until(pair, &zone), Some(Instant(86_400)));
    assert_eq!(charges.span(), Some((Date(0), Date(0))));
    assert_eq!(charges.reverse(0, &zone), Some(charge(0, Meter::Window24h)));
    assert_eq!(charges.reverse(0, &zone), None);
    assert_eq!(charges.reverse(9, &zone), None);
    assert_eq!((charges.covered_until(pair, &zone), charges.span()), (None, None));
    charges.record(charge(1, Meter::Window24h), &zone).unwrap();
    assert_eq!(charges.booked().1, [0]);
    assert_eq!(charges.of_pair(pair).map(|(number, _)| number).collect::<Vec<_>>(), [1]);
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

use super::*;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// What a wall clock that shows `local` (as if it were UTC) means in a zone.
fn check(name: &str, local: &str, expected: LocalTime) {
    assert_eq!(zone(name).resolve(at(local).0), expected, "{local} in {name}");
}

#[test]
fn wall_clocks_are_read_once_twice_or_not_at_all() {
    use LocalTime::{Once, Skipped, Twice};
    check("UTC", "2026-06-01T12:00:00Z", Once(at("2026-06-01T12:00:00Z")));
    check("Europe/Madrid", "2026-06-01T12:00:00Z", Once(at("2026-06-01T10:00:00Z")));
    let madrid = "Europe/Madrid";
    let fold = (at("2026-10-25T00:00:00Z"), at("2026-10-25T01:00:00Z"));
    check(madrid, "2026-10-25T01:59:59Z", Once(at("2026-10-24T23:59:59Z")));
    check(madrid, "2026-10-25T02:00:00Z", Twice(fold.0, fold.1));
    check(madrid, "2026-10-25T02:59:59Z", Twice(fold.0.plus(3_599), fold.1.plus(3_599)));
    check(madrid, "2026-10-25T03:00:00Z", Once(at("2026-10-25T02:00:00Z")));
    check(madrid, "2026-03-29T01:59:59Z", Once(at("2026-03-29T00:59:59Z")));
    check(madrid, "2026-03-29T02:00:00Z", Skipped(at("2026-03-29T01:00:00Z")));
    check(madrid, "2026-03-29T02:30:00Z", Skipped(at("2026-03-29T01:30:00Z")));
    check(madrid, "2026-03-29T03:00:00Z", Once(at("2026-03-29T01:00:00Z")));
    check("Asia/Kolkata", "2026-06-01T05:30:00Z", Once(at("2026-06-01T00:00:00Z")));
}

#[test]
fn days_last_23_24_or_25_hours() {
    let hours = |name: &str, day: &str| {
        let zone = zone(name);
        zone.start_of(date(day).plus(1)).since(zone.start_of(date(day))) as f64 / 3_600.0
    };
    assert_eq!(hours("Europe/Madrid", "2026-03-28"), 24.0);
    assert_eq!(hours("Europe/Madrid", "2026-03-29"), 23.0);
    assert_eq!(hours("Europe/Madrid", "2026-10-25"), 25.0);
    assert_eq!(hours("Australia/Lord_Howe", "2026-04-05"), 24.5);
    assert_eq!(hours("Pacific/Apia", "2011-12-30"), 0.0);
    assert_eq!(hours("UTC", "2026-10-25"), 24.0);
}

#[test]
fn a_day_starts_after_a_skipped_midnight_and_with_the_first_of_two() {
    let start = |name: &str, day: &str| zone(name).start_of(date(day));
    assert_eq!(start("America/Sao_Paulo", "2018-11-04"), at("2018-11-04T03:00:00Z"));
    assert_eq!(start("America/Havana", "2026-11-01"), at("2026-11-01T04:00:00Z"));
    assert_eq!(start("Asia/Tokyo", "2026-01-01"), at("2025-12-31T15:00:00Z"));
    for name in ["America/Sao_Paulo", "America/Havana", "Asia/Tokyo", "Africa/Cairo"] {
        let zone = zone(name);
        for offset in 0..800 {
            let day = date("2018-01-01").plus(offset);
            let start = zone.start_of(day);
            assert_eq!(zone.date(start), day, "{name}");
            assert!(zone.date(start.plus(-1)) < day, "{name}: {day} started before");
        }
    }
}

#[test]
fn the_next_date_is_always_ahead_even_where_the_clock_goes_back_over_midnight() {
    // St. John's set its clocks from 00:01 back to 23:01 of the day before.
    let st_johns = zone("America/St_Johns");
    let midnight = at("2010-11-07T02:30:00Z");
    assert_eq!(st_johns.next_date(midnight.plus(-1)), midnight);
    let again = midnight.plus(1_800);
    assert_eq!(st_johns.date(again), date("2010-11-06"));
    assert_eq!(st_johns.next_date(again), midnight.plus(3_600));
    for name in ["America/St_Johns", "America/Havana", "Pacific/Apia", "Europe/Madrid"] {
        let zone = zone(name);
        for hour in 0..24 * 400 {
            let instant = at("2010-10-01T00:10:00Z").plus(hour * 3_600);
            let next = zone.next_date(instant);
            assert!(next > instant && zone.date(next) > zone.date(instant), "{name}: {instant}");
        }
    }
}

#[test]
fn months_and_weekdays() {
    let months = |day: &str| {
        let day = date(day);
        (day.month_start().to_string(), day.next_month_start().to_string())
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(months("2026-06-15"), pair("2026-06-01", "2026-07-01"));
    assert_eq!(months("2026-06-01"), pair("2026-06-01", "2026-07-01"));
    assert_eq!(months("2026-12-31"), pair("2026-12-01", "2027-01-01"));
    assert_eq!(months("2028-02-29"), pair("2028-02-01", "2028-03-01"));
    assert_eq!(date("1970-01-01").weekday(), 3);
    assert_eq!(date("2026-06-01").weekday(), 0);
    assert_eq!(date("1969-12-28").weekday(), 6);
    assert_eq!(Date::from_ymd(2026, 2, 29), None);
    assert_eq!(date("2026-11-22").ymd(), (2026, 11, 22));
}

#[test]
fn times_are_read_and_written_exactly() {
    assert_eq!(at("2026-11-22T06:45:00Z"), Instant(1_795_329_900));
    assert_eq!(at("2026-11-22T07:45:00.999+01:00"), Instant(1_795_329_900));
    assert_eq!(Instant(1_795_329_900).to_string(), "2026-11-22T06:45:00Z");
    assert_eq!(Instant(i64::MAX).to_string(), format!("@{}", i64::MAX));
    for bad in ["", "2026-11-22", "yesterday", "2026-13-01T00:00:00Z"] {
        let bad_time = bad.parse::<Instant>().unwrap_err();
        assert_eq!(bad_time.to_string(), format!("`{bad}` is not a date or time"));
    }
    assert!("2026-02-30".parse::<Date>().is_err());
    assert_eq!(Zone::named("Mars/Olympus"), Err(UnknownZone("Mars/Olympus".to_owned())));
    assert_eq!(zone("europe/madrid").name(), "Europe/Madrid");
}

#[test]
fn nothing_overflows_at_the_ends_of_time() {
    let madrid = zone("Europe/Madrid");
    for end in [i64::MIN, i64::MIN / 2, i64::MAX / 2, i64::MAX] {
        let _ = (madrid.date(Instant(end)), madrid.resolve(end), madrid.offset_at(Instant(end)));
        let _ = (Instant(end).plus(i64::MAX), Instant(end).since(Instant(i64::MIN)));
    }
    for end in [i32::MIN, i32::MAX] {
        let _ = (Date(end).ymd(), Date(end).month_start(), Date(end).weekday());
        let _ = (Date(end).next_month_start(), madrid.start_of(Date(end)), Date(end).to_string());
    }
}

#[test]
fn the_first_and_the_last_date_are_themselves() {
    for text in ["-009999-01-01", "0000-02-29", "1969-12-31", "9909-12-08", "9999-12-31"] {
        assert_eq!(date(text).to_string(), text);
    }
}

use super::*;
use proptest::prelude::*;

/// A day and time as `2026-01-31 32400 +3600`.
fn tell(written: Written) -> String {
    let second = written.second.map_or(String::new(), |second| format!(" {second}"));
    let offset = written.offset.map_or(String::new(), |offset| format!(" {offset:+}"));
    format!("{}{second}{offset}", written.date)
}

fn check(text: &str, order: Option<Order>, expected: Result<&str, BadDate>) {
    let found = read(text, order).map(tell);
    assert_eq!(found.as_deref().map_err(|why| *why), expected, "{text} {order:?}");
}

#[test]
fn a_day_that_says_what_it_means_needs_no_column() {
    for (text, told) in [
        ("2026-01-31", "2026-01-31"),
        ("2026-1-31", "2026-01-31"),
        ("2026/01/31", "2026-01-31"),
        ("20260131", "2026-01-31"),
        ("31/01/2026", "2026-01-31"),
        ("1/31/2026", "2026-01-31"),
        ("31.01.2026", "2026-01-31"),
        ("2/2/2026", "2026-02-02"),
        ("31 Jan 2026", "2026-01-31"),
        ("31-JAN-2026", "2026-01-31"),
        ("31. January 2026", "2026-01-31"),
        ("Jan 31, 2026", "2026-01-31"),
        ("2016-01-01 00:00:00", "2016-01-01 0"),
        ("2026-01-31T09:00", "2026-01-31 32400"),
        ("2026-01-31T09:00:00.123Z", "2026-01-31 32400 +0"),
        ("2026-01-31 09:00:00 +05:30", "2026-01-31 32400 +19800"),
        ("2026-01-31 09:00:00 -8:00", "2026-01-31 32400 -28800"),
        ("2026-01-31T09:00:00-0800", "2026-01-31 32400 -28800"),
        ("2026-01-31 09:00 UTC", "2026-01-31 32400 +0"),
        ("1/31/2026 12:05 AM", "2026-01-31 300"),
        ("1/31/2026 12:05:09 PM", "2026-01-31 43509"),
        ("1/31/2026, 9:00:00 pm", "2026-01-31 75600"),
        ("2026-01-31T23:59:60Z", "2026-01-31 86399 +0"),
        ("46053", "2026-01-31 0"),
        ("46053.375", "2026-01-31 32400"),
        (" 2026-01-31 ", "2026-01-31"),
    ] {
        check(text, None, Ok(told));
    }
}

#[test]
fn a_day_of_two_readings_is_asked_about() {
    for text in ["1/2/2026", "01.02.2026", "01-02-2026", "1/2/2026 09:00"] {
        check(text, None, Err(BadDate::Ambiguous));
    }
    check("1/2/2026", Some(Order::Dmy), Ok("2026-02-01"));
    check("1/2/2026", Some(Order::Mdy), Ok("2026-01-02"));
    check("1/31/2026", Some(Order::Dmy), Err(BadDate::OtherOrder));
    check("31/1/2026", Some(Order::Mdy), Err(BadDate::OtherOrder));
}

#[test]
fn what_is_no_day_says_why() {
    for (text, why) in [
        ("", BadDate::Unreadable),
        ("soon", BadDate::Unreadable),
        ("2026-02-30", BadDate::Unreadable),
        ("31/02/2026", BadDate::Unreadable),
        ("2026-13-01", BadDate::Unreadable),
        ("2026-01", BadDate::Unreadable),
        ("2026-01-31x", BadDate::Unreadable),
        ("2026-01-31 24:00", BadDate::Unreadable),
        ("2026-01-31 09:60", BadDate::Unreadable),
        ("2026-01-31 13:00 PM", BadDate::Unreadable),
        ("2026-01-31 0:30 AM", BadDate::Unreadable),
        ("2026-01-31 09:00 +15:00", BadDate::Unreadable),
        ("2026-01-31 09:00 CET", BadDate::Unreadable),
        ("1/31/26", BadDate::ShortYear),
        ("31.01.26", BadDate::ShortYear),
        ("1900-01-01", BadDate::Unbelievable),
        ("9999-12-31", BadDate::Unbelievable),
        ("99999", BadDate::Unbelievable),
        ("1769850000", BadDate::Unreadable),
    ] {
        check(text, None, Err(why));
    }
}

#[test]
fn a_column_is_decided_by_what_can_only_be_read_one_way() {
    let decide = |values: &[&str]| {
        let mut evidence = Evidence::default();
        values.iter().zip(2..).for_each(|(value, line)| evidence.see(line, value));
        evidence.decide()
    };
    assert_eq!(decide(&["2026-01-02", "3/3/2026", "", "soon", "2 Jan 2026", "2026/1/2"]), Ok(None));
    assert_eq!(decide(&["1/2/2026", "13/2/2026"]), Ok(Some(Order::Dmy)));
    assert_eq!(decide(&["1/2/2026", "2/13/2026"]), Ok(Some(Order::Mdy)));
    let ambiguous = Unclear::Ambiguous { line: 3, value: "1/2/2026".to_owned() };
    assert_eq!(decide(&["3/3/2026", "1/2/2026", "4/5/2026"]), Err(ambiguous));
    let mixed = Unclear::Mixed {
        days_first: (2, "13/2/2026".to_owned()),
        months_first: (3, "2/13/2026".to_owned()),
    };
    assert_eq!(decide(&["13/2/2026", "2/13/2026"]), Err(mixed));
}

/// A slip of somebody's decides nothing of what others wrote.
#[test]
fn what_is_no_day_is_no_evidence() {
    let decide = |value: &str| {
        let mut evidence = Evidence::default();
        evidence.see(2, value);
        evidence.see(3, "1/2/2026");
        evidence.decide()
    };
    let asked = Unclear::Ambiguous { line: 3, value: "1/2/2026".to_owned() };
    for value in ["13/13/2026", "99/99/9999", "30/2/2026", "2/30/2026", "0/5/2026", "31/0/2026"] {
        assert_eq!(decide(value), Err(asked.clone()), "{value}");
    }
    // What stands for `never` is a day all the same.
    assert_eq!(decide("31/12/9999"), Ok(Some(Order::Dmy)));
    assert_eq!(decide("29/2/2024"), Ok(Some(Order::Dmy)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(day in 3_653_i32..47_846, second in 0_u32..86_400, offset in -12_i32..=14) {
        let date = Date(day);
        let (year, month, of_month) = date.ymd();
        let clock = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
        let sign = if offset < 0 { '-' } else { '+' };
        let wanted = Written { date, second: Some(second), offset: Some(offset * 3_600) };
        let hours = offset.abs();
        prop_assert_eq!(read(&format!("{date}T{clock}{sign}{hours:02}:00"), None), Ok(wanted));
        let wanted = Written { offset: None, ..wanted };
        prop_assert_eq!(read(&format!("{of_month}/{month}/{year} {clock}"), Some(Order::Dmy)), Ok(wanted));
        prop_assert_eq!(read(&format!("{month:02}-{of_month:02}-{year} {clock}"), Some(Order::Mdy)), Ok(wanted));
        let serial = f64::from(day + 25_569) + f64::from(second) / 86_400.0;
        prop_assert_eq!(read(&format!("{serial:.9}"), None), Ok(wanted));
    }

    #[test]
    fn any_text_is_a_day_or_none(text in "[-0-9/.: TZAPMJan+]{0,24}") {
        if let Ok(written) = read(&text, None) {
            for order in [Order::Dmy, Order::Mdy] {
                let again = read(&text, Some(order));
                prop_assert!(again.is_err() || again == Ok(written));
            }
        }
    }
}

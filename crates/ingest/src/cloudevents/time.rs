//! Times as RFC 3339 writes them, which are read for every event.

use faregate_core::when::{DAY, Date, Instant};

/// `2026-01-05T09:00:00.25+01:00`, to the second; `None` for anything else, as for a time without an offset.
pub(super) fn instant(text: &str) -> Option<Instant> {
    let (date, rest) = text.as_bytes().split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let year = two(*y1, *y2)?.wrapping_mul(100).wrapping_add(two(*y3, *y4)?);
    let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
    let date = Date::from_ymd(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
    let [b'T' | b't' | b' ', h1, h2, b':', n1, n2, b':', s1, s2, rest @ ..] = rest else {
        return None;
    };
    let (hour, minute, second) = (two(*h1, *h2)?, two(*n1, *n2)?, two(*s1, *s2)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Second 60 is a leap second; it counts as the last of its minute.
    let local = minutes(hour, minute).saturating_mul(60).saturating_add(i64::from(second.min(59)));
    let offset = offset(without_fraction(rest)?)?;
    Some(Instant(i64::from(date.0).saturating_mul(DAY)).plus(local).plus(offset.saturating_neg()))
}

fn without_fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(digits) = rest.strip_prefix(b".") else { return Some(rest) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 { None } else { digits.get(count..) }
}

/// Seconds east of Greenwich.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let [h1, h2, b':', m1, m2] = digits else { return None };
    let (hours, rest) = (two(*h1, *h2)?, two(*m1, *m2)?);
    (hours <= 23 && rest <= 59)
        .then(|| minutes(hours, rest).saturating_mul(60).saturating_mul(sign))
}

fn minutes(hours: i16, minutes: i16) -> i64 {
    i64::from(hours).saturating_mul(60).saturating_add(i64::from(minutes))
}

fn two(tens: u8, ones: u8) -> Option<i16> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| i16::from(tens).wrapping_mul(10).wrapping_add(i16::from(ones)))
}

//! The time behind a day: `09:00`, `T09:00:00.123Z`, ` 9:00 PM -8:00`, `.375` of a spreadsheet.

/// The second of the day and the offset in seconds; both may be missing. `None` where the text is neither.
pub(super) fn read(text: &str) -> Option<(Option<u32>, Option<i32>)> {
    if text.is_empty() {
        return Some((None, None));
    }
    if text.starts_with('.') {
        return Some((Some(fraction(text)?), None));
    }
    let text = text.strip_prefix(['T', 't', ' ', ',']).unwrap_or(text).trim_start();
    if text.is_empty() {
        return Some((None, None));
    }
    let (second, rest) = time(text)?;
    let (second, rest) = half_of_day(second, rest.trim_start())?;
    Some((Some(second), offset(rest.trim())?))
}

fn time(text: &str) -> Option<(u32, &str)> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(':')?)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest)?,
        None => (0, rest),
    };
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(rest) => rest.trim_start_matches(|letter: char| letter.is_ascii_digit()),
        None => rest,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = hour.checked_mul(60)?.checked_add(minute)?;
    Some((minutes.checked_mul(60)?.checked_add(second.min(59))?, rest))
}

/// One or two digits.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, rest))
}

fn half_of_day(second: u32, rest: &str) -> Option<(u32, &str)> {
    const NOON: u32 = 43_200;
    let is = |half: &str| rest.get(..2).is_some_and(|word| word.eq_ignore_ascii_case(half));
    let (am, pm) = (is("am"), is("pm"));
    if !am && !pm {
        return Some((second, rest));
    }
    // The clock of twelve hours has no hour 0 and none after 12.
    let in_half = (3_600..46_800).contains(&second).then(|| second.checked_rem(NOON))??;
    let second = if pm { in_half.checked_add(NOON)? } else { in_half };
    Some((second, rest.get(2..)?.trim_start()))
}

/// `Z`, `UTC`, `+05:30`, `-8:00`, `+0530`, `-8`; nothing is `None`.
pub(crate) fn offset(text: &str) -> Option<Option<i32>> {
    let text = match text {
        "" => return Some(None),
        _ if ["z", "utc", "gmt"].iter().any(|zero| text.eq_ignore_ascii_case(zero)) => {
            return Some(Some(0));
        }
        _ => text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text),
    };
    let (sign, rest) = match text.strip_prefix('-').or_else(|| text.strip_prefix('−')) {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, rest) = number(rest)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { number(rest)? };
    let seconds = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?;
    let good = rest.is_empty() && hours <= 14 && minutes <= 59;
    good.then(|| i32::try_from(seconds).ok()?.checked_mul(sign)).flatten().map(Some)
}

/// The part of a day behind a spreadsheet's number, to the nearest second.
fn fraction(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('.')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.get(..12).unwrap_or(digits);
    let part: u64 = digits.parse().ok()?;
    let whole = 10_u64.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let second =
        part.checked_mul(86_400)?.checked_add(whole.checked_div(2)?)?.checked_div(whole)?;
    u32::try_from(second.min(86_399)).ok()
}

//! Dates without a year: `Fri 10/20 16:44`.

use faregate_core::when::{DAY, Date, Instant, LocalTime, Zone};

/// A row may be so many days later than the poll: clocks differ, and so do zones.
const AHEAD_DAYS: i32 = 1;
/// A date has the same weekday at least once in so many years, leap days too.
const YEARS: i16 = 41;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The moment of polling.
#[derive(Clone, Debug)]
pub(super) struct Poll {
    pub(super) zone: Zone,
    pub(super) today: Date,
}

impl Poll {
    pub(super) fn new(at: Instant, zone: Zone) -> Self {
        Self { today: zone.date(at), zone }
    }

    /// The instant that a row means: `Fri 10/20 16:44`, or with a year, which newer versions may write.
    pub(super) fn instant(&self, text: &str) -> Option<Instant> {
        let mut words = text.split_ascii_whitespace();
        let weekday = WEEKDAYS.iter().position(|day| Some(*day) == words.clone().next())?;
        words.next();
        let date = self.date(words.next()?, weekday)?;
        let second = time(words.next()?)?;
        if words.next().is_some() {
            return None;
        }
        let local = i64::from(date.0).saturating_mul(DAY).saturating_add(second);
        Some(match self.zone.resolve(local) {
            LocalTime::Once(at) | LocalTime::Skipped(at) | LocalTime::Twice(at, _) => at,
        })
    }

    fn date(&self, text: &str, weekday: usize) -> Option<Date> {
        let mut parts = text.split('/');
        let month: i8 = digits(parts.next()?)?;
        let day: i8 = digits(parts.next()?)?;
        let year: Option<&str> = parts.next();
        if parts.next().is_some() {
            return None;
        }
        let latest = self.today.plus(AHEAD_DAYS);
        let (this, _, _) = latest.ymd();
        let fits = |date: &Date| usize::from(date.weekday()) == weekday;
        if let Some(year) = year {
            return Date::from_ymd(digits(year)?, month, day).filter(fits);
        }
        let years = (0..YEARS).map(|back| this.saturating_sub(back));
        let mut dates = years.filter_map(|year| Date::from_ymd(year, month, day));
        dates.find(|date| *date <= latest && fits(date))
    }
}

/// The moment of polling that the output says itself: `Flexible License Manager status on Fri 10/20/2017 17:02`.
pub(super) fn polled(line: &str, zone: &Zone) -> Option<Instant> {
    let (_, date) = line.split_once("License Manager status on ")?;
    // With the year, it does not matter which day is today.
    let has_year = date.matches('/').count() == 2;
    has_year.then(|| Poll { zone: zone.clone(), today: Date(0) }.instant(date.trim()))?
}

/// Seconds since midnight of `16:44` or `16:44:07`.
fn time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hour: i64 = digits(parts.next()?)?;
    let minute: i64 = digits(parts.next()?)?;
    let second: i64 = parts.next().map_or(Some(0), digits)?;
    let fits = hour <= 23 && minute <= 59 && second <= 59 && parts.next().is_none();
    let seconds = hour.saturating_mul(3_600).saturating_add(minute.saturating_mul(60));
    fits.then(|| seconds.saturating_add(second))
}

/// A number of digits only.
pub(super) fn digits<T: core::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

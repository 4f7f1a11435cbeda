//! The days of the history, and how busy each is at each site.

use crate::sites::{SITES, Site};
use faregate_core::when::{Date, HOUR, Instant, LocalTime, Zone};

/// From Monday on.
const WEEKDAYS: [f64; 7] = [1.0, 1.02, 1.02, 1.0, 0.86, 0.05, 0.03];
const HOLIDAY: f64 = 0.04;
/// 22 December to 3 January.
const YEAR_END: f64 = 0.25;
const AUGUST: f64 = 0.72;

/// The history: its first and last instant, and its days.
pub(crate) struct Calendar {
    pub(crate) from: Instant,
    pub(crate) now: Instant,
    pub(crate) days: usize,
    /// Number of each day's month, counted from the first.
    pub(crate) months: Vec<usize>,
    sites: Vec<Vec<SiteDay>>,
}

/// One day at one site.
#[derive(Clone, Copy)]
pub(crate) struct SiteDay {
    /// The instant to which local hours are added. Right for office hours also when clocks change that night.
    pub(crate) midnight: Instant,
    /// How likely use is, relative to a usual Monday.
    pub(crate) factor: f64,
}

impl Calendar {
    /// The `months` months before `now`, in whole days of the contract's zone.
    pub(crate) fn new(zone: &Zone, now: Instant, months: u32) -> Self {
        let today = zone.date(now);
        let first = months_before(today, months);
        let dates: Vec<Date> = (first.0..=today.0).map(Date).collect();
        let sites = SITES.iter().map(|site| site_days(site, &dates)).collect();
        let months = numbered_months(&dates);
        Self { from: zone.start_of(first), now, days: dates.len(), months, sites }
    }

    pub(crate) fn day(&self, site: usize, day: usize) -> Option<SiteDay> {
        self.sites.get(site)?.get(day).copied()
    }
}

impl SiteDay {
    /// The instant of a local hour; 26.5 is half past two in the next night.
    pub(crate) fn at(self, hours: f64) -> Instant {
        self.midnight.plus((hours * HOUR as f64) as i64)
    }
}

/// The same day of an earlier month, or its 28th at most.
pub(crate) fn months_before(date: Date, months: u32) -> Date {
    let (year, month, day) = date.ymd();
    let count = i32::from(year) * 12 + i32::from(month) - 1 - i32::try_from(months).unwrap_or(0);
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    let day = if months == 0 { day } else { day.min(28) };
    let made = i16::try_from(year).ok().zip(i8::try_from(month).ok());
    made.and_then(|(year, month)| Date::from_ymd(year, month, day)).unwrap_or(date)
}

fn site_days(site: &Site, dates: &[Date]) -> Vec<SiteDay> {
    let zone = Zone::named(site.zone).unwrap_or_else(|_| Zone::utc());
    let day =
        |&date: &Date| SiteDay { midnight: midnight(&zone, date), factor: factor(site, date) };
    dates.iter().map(day).collect()
}

/// Twelve hours before local noon.
fn midnight(zone: &Zone, date: Date) -> Instant {
    let noon = match zone.resolve(i64::from(date.0) * 24 * HOUR + 12 * HOUR) {
        LocalTime::Once(at) | LocalTime::Twice(at, _) | LocalTime::Skipped(at) => at,
    };
    noon.plus(-12 * HOUR)
}

fn factor(site: &Site, date: Date) -> f64 {
    let (_, month, day) = date.ymd();
    let weekday = WEEKDAYS.get(usize::from(date.weekday())).copied().unwrap_or(1.0);
    let holiday = if site.is_holiday(date) { HOLIDAY } else { 1.0 };
    let season = match (month, day) {
        (12, 22..) | (1, ..=3) => YEAR_END,
        (8, _) => AUGUST,
        _ => 1.0,
    };
    weekday * holiday * season
}

fn numbered_months(dates: &[Date]) -> Vec<usize> {
    let mut number = 0;
    let mut numbered = Vec::with_capacity(dates.len());
    for date in dates {
        number += usize::from(date.ymd().2 == 1);
        numbered.push(number);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_day_is_busier_than_its_exceptions() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let madrid = |text| factor(&SITES[0], date(text));
        assert_eq!(madrid("2026-11-24"), 1.02);
        assert_eq!(madrid("2026-11-22"), 0.03);
        assert_eq!(madrid("2026-10-12"), 0.04);
        assert_eq!(madrid("2026-08-04"), 0.72 * 1.02);
        assert_eq!(madrid("2026-12-28"), 0.25);
    }

    #[test]
    fn office_hours_are_local_on_the_day_the_clocks_change() {
        let zone = Zone::named("Europe/Madrid").unwrap();
        let changed = "2026-10-25".parse::<Date>().unwrap();
        let at = midnight(&zone, changed).plus(9 * HOUR);
        assert_eq!(at, "2026-10-25T08:00:00Z".parse().unwrap());
    }

    #[test]
    fn months_before_stay_in_the_calendar() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(months_before(date("2026-11-22"), 12), date("2025-11-22"));
        assert_eq!(months_before(date("2026-03-31"), 1), date("2026-02-28"));
        assert_eq!(months_before(date("2026-03-31"), 0), date("2026-03-31"));
    }
}

//! The five offices: where a person sits, when their day begins, and which days are holidays there.

use crate::chance::mix;
use faregate_core::estate::PersonId;
use faregate_core::when::Date;
use std::net::IpAddr;

/// An office.
pub(crate) struct Site {
    /// Three letters, the start of its workstations' names.
    pub(crate) code: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) city: &'static str,
    /// ISO 3166-1 alpha-2.
    pub(crate) country: &'static str,
    /// Share of all people, in per cent.
    share: u64,
    holidays: &'static [Holiday],
}

/// When a holiday falls.
#[derive(Clone, Copy)]
enum Holiday {
    /// Every year on this month and day.
    On(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i32),
    /// The n-th such weekday (Monday = 0) of a month; the last one for 0.
    Nth(i8, u8, i32),
}

use Holiday::{Easter, Nth, On};

pub(crate) const SITES: [Site; 5] = [
    Site {
        code: "MAD",
        zone: "Europe/Madrid",
        city: "Madrid",
        country: "ES",
        share: 44,
        holidays: &[
            On(1, 1),
            On(1, 6),
            Easter(-3),
            Easter(-2),
            On(5, 1),
            On(8, 15),
            On(10, 12),
            On(11, 1),
            On(12, 6),
            On(12, 8),
            On(12, 25),
        ],
    },
    Site {
        code: "LON",
        zone: "Europe/London",
        city: "London",
        country: "GB",
        share: 22,
        holidays: &[
            On(1, 1),
            Easter(-2),
            Easter(1),
            Nth(5, 0, 1),
            Nth(5, 0, 0),
            Nth(8, 0, 0),
            On(12, 25),
            On(12, 26),
        ],
    },
    Site {
        code: "WAW",
        zone: "Europe/Warsaw",
        city: "Warsaw",
        country: "PL",
        share: 16,
        holidays: &[
            On(1, 1),
            On(1, 6),
            Easter(1),
            On(5, 1),
            On(5, 3),
            Easter(60),
            On(8, 15),
            On(11, 1),
            On(11, 11),
            On(12, 25),
            On(12, 26),
        ],
    },
    Site {
        code: "NYC",
        zone: "America/New_York",
        city: "New York",
        country: "US",
        share: 11,
        holidays: &[
            On(1, 1),
            Nth(1, 0, 3),
            Nth(5, 0, 0),
            On(6, 19),
            On(7, 4),
            Nth(9, 0, 1),
            Nth(11, 3, 4),
            On(12, 25),
        ],
    },
    Site {
        code: "SIN",
        zone: "Asia/Singapore",
        city: "Singapore",
        country: "SG",
        share: 7,
        holidays: &[On(1, 1), Easter(-2), On(5, 1), On(8, 9), On(12, 25)],
    },
];

/// A person's office, the same whatever the seed, so that their workstation is known from their id alone.
pub(crate) fn site_of(person: PersonId) -> usize {
    let mut left = mix(u64::from(person.0).wrapping_add(0x51_7e)) % 100;
    for (index, site) in SITES.iter().enumerate() {
        if left < site.share {
            return index;
        }
        left -= site.share;
    }
    0
}

/// The name of a person's workstation, or of their notebook.
pub(crate) fn host_of(person: PersonId, notebook: bool) -> String {
    let code = SITES.get(site_of(person)).map_or("MAD", |site| site.code);
    let kind = if notebook { "NB" } else { "WS" };
    format!("{code}-{kind}-{:04}", person.0.saturating_add(1))
}

/// The second part of the addresses of an office, counted from 0: `10.N.0.0/16`.
pub(crate) fn address_block(site: usize) -> usize {
    site + 1
}

/// The address of a person's workstation.
pub(crate) fn address_of(person: PersonId) -> IpAddr {
    let site = u8::try_from(address_block(site_of(person))).unwrap_or(1);
    // The block of the training room is left out.
    let [_, _, high, low] = (person.0 % (240 * 256)).to_be_bytes();
    IpAddr::from([10, site, high, low])
}

impl Site {
    pub(crate) fn is_holiday(&self, date: Date) -> bool {
        let (year, month, day) = date.ymd();
        self.holidays.iter().any(|holiday| match *holiday {
            On(m, d) => (m, d) == (month, day),
            Easter(after) => easter(year).is_some_and(|sunday| sunday.plus(after) == date),
            Nth(m, weekday, n) => m == month && date.weekday() == weekday && is_nth(date, n),
        })
    }
}

fn is_nth(date: Date, n: i32) -> bool {
    let (_, month, day) = date.ymd();
    if n == 0 { date.plus(7).ymd().1 != month } else { (i32::from(day) + 6) / 7 == n }
}

/// Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::from_ymd(year, i8::try_from(sum / 31).ok()?, i8::try_from(sum % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_fall_where_calendars_put_them() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(easter(2026), Some(date("2026-04-05")));
        assert_eq!(easter(2027), Some(date("2027-03-28")));
        for (site, day) in
            [(0, "2026-04-02"), (1, "2026-08-31"), (2, "2026-06-04"), (3, "2026-11-26")]
        {
            assert!(SITES[site].is_holiday(date(day)), "{day}");
        }
        assert!(!SITES[0].is_holiday(date("2026-11-23")));
    }

    #[test]
    fn shares_of_the_sites_are_whole() {
        assert_eq!(SITES.iter().map(|site| site.share).sum::<u64>(), 100);
        let madrid = (0..10_000).filter(|&n| site_of(PersonId(n)) == 0).count();
        assert!((4_200..4_600).contains(&madrid), "{madrid}");
    }
}

//! Quiet hours: when a channel is left in peace.

use faregate_core::when::{DAY, Instant, LocalTime, Zone};

/// When a channel is left in peace, by the contract's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quiet {
    /// From a minute of the day, that one included, until another; over midnight when that is the earlier one.
    pub hours: Option<(u16, u16)>,
    /// Whole days, Monday first.
    pub days: [bool; 7],
}

impl Quiet {
    /// When what is told now may be sent: now, or at the end of the quiet hours.
    #[must_use]
    pub fn over_at(&self, now: Instant, zone: &Zone) -> Instant {
        let mut at = now;
        // A week of quiet days, and the hours between them, end nowhere: then it is sent after all.
        for _ in 0..16 {
            match self.end(at, zone) {
                None => return at,
                Some(end) => at = end,
            }
        }
        now
    }

    /// The end of the quiet day or hours at an instant.
    fn end(&self, at: Instant, zone: &Zone) -> Option<Instant> {
        let date = zone.date(at);
        if self.days.get(usize::from(date.weekday())) == Some(&true) {
            return Some(zone.next_date(at));
        }
        let (from, until) = self.hours?;
        let minute = zone.minute_of_day(at);
        let is_quiet = if from <= until {
            (from..until).contains(&minute)
        } else {
            minute >= from || minute < until
        };
        let end_date = if minute < until { date } else { date.plus(1) };
        let local = i64::from(end_date.0) * DAY + i64::from(until) * 60;
        // Where the clock is set back over the end, the second end is the one to come.
        let end = match zone.resolve(local) {
            LocalTime::Twice(first, second) if first <= at => second,
            LocalTime::Once(end) | LocalTime::Twice(end, _) | LocalTime::Skipped(end) => end,
        };
        is_quiet.then_some(end.max(at.plus(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(quiet: &Quiet, at: &str, expected: &str) {
        let zone = Zone::named("Europe/Madrid").unwrap();
        assert_eq!(quiet.over_at(at.parse().unwrap(), &zone).to_string(), expected, "{at}");
    }

    #[test]
    fn hours_end_where_they_say_also_over_midnight() {
        let night = Quiet { hours: Some((19 * 60, 7 * 60)), days: [false; 7] };
        check(&night, "2026-11-23T17:59:59Z", "2026-11-23T17:59:59Z");
        check(&night, "2026-11-23T18:00:00Z", "2026-11-24T06:00:00Z");
        check(&night, "2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z");
        check(&night, "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z");
        // Summer time ends in that night, and begins in this one.
        check(&night, "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z");
        check(&night, "2026-03-28T20:00:00Z", "2026-03-29T05:00:00Z");
        let noon = Quiet { hours: Some((12 * 60, 13 * 60)), days: [false; 7] };
        check(&noon, "2026-11-23T11:30:00Z", "2026-11-23T12:00:00Z");
        check(&noon, "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z");
    }

    #[test]
    fn days_and_hours_join() {
        let weekend = [false, false, false, false, false, true, true];
        let both = Quiet { hours: Some((19 * 60, 7 * 60)), days: weekend };
        // Friday evening to Monday morning.
        check(&both, "2026-11-20T20:00:00Z", "2026-11-23T06:00:00Z");
        let days = Quiet { hours: None, days: weekend };
        check(&days, "2026-11-21T12:00:00Z", "2026-11-22T23:00:00Z");
        let always = Quiet { hours: None, days: [true; 7] };
        check(&always, "2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z");
        check(&Quiet::default(), "2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z");
    }
}

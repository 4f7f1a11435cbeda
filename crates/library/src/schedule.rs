//! Reports that are sent by the clock: which one, how often, when, and to whom.
//!
//! Pure: whoever keeps schedules asks what is [`Schedule::due`], and has it made.

use crate::{Asked, Format, Report};
use faregate_app::access::Role;
use faregate_app::sight::Sight;
use faregate_core::amount::Currency;
use faregate_core::state::State;
use faregate_core::when::{Date, Instant, Zone};

/// Begins the names of notices that a report goes with.
const PREFIX: &str = "report-";
/// So many people get a report at most.
pub const TO_MAX: usize = 50;
/// The longest key, and the longest address.
const KEY_MAX: usize = 60;
const ADDRESS_MAX: usize = 254;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Each day, of the day before.
    Day,
    /// Each Monday, of the week before.
    Week,
    /// On the first of each month, of the month before.
    Month,
}

impl Cadence {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its word: `daily`, `weekly` or `monthly`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Week => "weekly",
            Self::Month => "monthly",
        }
    }

    /// The cadence with this word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cadence| cadence.key() == key)
    }
}

/// A report that is sent by the clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its name: small letters, digits and `-`.
    pub key: String,
    /// Which report.
    pub report: Report,
    /// As what; one of its formats.
    pub format: Format,
    /// Key of a bucket: only what is its.
    pub bucket: Option<String>,
    /// Money in this currency, where it can be converted.
    pub currency: Option<Currency>,
    /// How often.
    pub every: Cadence,
    /// At which minute of the day.
    pub minute: u16,
    /// In which zone days and minutes are counted.
    pub zone: Zone,
    /// Name of the mail channel on which it goes.
    pub channel: String,
    /// E-mail addresses of those who get it.
    pub to: Vec<String>,
    /// Who asked for it: what they see is what is in it.
    pub by: String,
    /// As what they asked.
    pub role: Role,
}

impl Schedule {
    /// What is wrong with it, in words; `None`: nothing.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.key.is_empty() || self.key.len() > KEY_MAX || !self.key.chars().all(fits) {
            return Some(format!("`{}` is no key: use small letters, digits and `-`", self.key));
        }
        let format = self.report.written_as(Some(self.format.key())).map(drop);
        let bucket = self.bucket.as_ref().map_or(Ok(()), |_| self.report.takes_bucket());
        if let Err(why) = format.and(bucket) {
            return Some(why.to_string());
        }
        if self.minute >= 24 * 60 {
            return Some("there is no such minute of a day".to_owned());
        }
        if self.to.is_empty() || self.to.len() > TO_MAX {
            return Some(format!("a report goes to 1 to {TO_MAX} addresses"));
        }
        let bad = self.to.iter().find(|address| !is_address(address));
        bad.map(|address| format!("`{address}` is no e-mail address"))
    }

    /// The date whose report is due at an instant: the latest whose moment has come, unless its time is over.
    ///
    /// A server that was away sends it later: a day's until the day ends, a week's and a month's for six days.
    #[must_use]
    pub fn due(&self, now: Instant) -> Option<Date> {
        let today = self.zone.date(now);
        let has_come = |date: Date| date < today || self.zone.minute_of_day(now) >= self.minute;
        let fits = |date: Date| match self.every {
            Cadence::Day => date == today,
            Cadence::Week => date.weekday() == 0,
            Cadence::Month => date.ymd().2 == 1,
        };
        (0..7).map(|back| today.plus(-back)).find(|date| fits(*date) && has_come(*date))
    }

    /// The days that a report of a date looks back on: those that are over.
    #[must_use]
    pub fn period(&self, date: Date) -> (Date, Date) {
        let last = date.plus(-1);
        match self.every {
            Cadence::Day => (last, last),
            Cadence::Week => (date.plus(-7), last),
            Cadence::Month => (last.month_start(), last),
        }
    }

    /// The name of the notice that goes with the report of a date: the same however often it is made, so that nobody
    /// gets it twice. `once` tells apart what somebody sends beside the clock.
    #[must_use]
    pub fn notice(&self, date: Date, once: Option<Instant>) -> String {
        let once = once.map_or_else(String::new, |at| format!(".{}", at.0));
        format!("{PREFIX}{}{once}.{date}", self.key)
    }

    /// The key of a schedule and the date of the report that a notice goes with; `None`: it goes with none.
    #[must_use]
    pub fn of_notice(id: &str) -> Option<(&str, Date)> {
        let (rest, date) = id.strip_prefix(PREFIX)?.rsplit_once('.')?;
        Some((rest.split('.').next()?, date.parse().ok()?))
    }

    /// What is asked of the library for a date; `None` when its bucket is nobody's, or not theirs who asked for it.
    #[must_use]
    pub fn asked(&self, state: &State, date: Date, now: Instant) -> Option<Asked> {
        let sight = Sight::of(self.role, &self.by, state, now);
        let sees = |id: &_| match self.report {
            Report::Statement => sight.bucket(state, *id),
            _ => sight.uses_of(state, *id),
        };
        let bucket = match &self.bucket {
            None => None,
            Some(key) => Some(state.estate().bucket_called(key).filter(sees)?),
        };
        let today = state.zone().date(now);
        let (from, to) = match self.report.is_of_period() {
            true => self.period(date),
            false => (today, today),
        };
        let (report, format, currency) = (self.report, self.format, self.currency);
        Some(Asked { report, format, from, to, bucket, currency, sight, now })
    }
}

/// Whether a text is an address that a mail server may be handed: a name, one `@`, a domain, and nothing that ends a
/// line or begins another address.
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._%+-'".contains(c);
    let domain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let parts = text.split_once('@');
    text.len() <= ADDRESS_MAX
        && parts.is_some_and(|(name, host)| {
            !name.is_empty()
                && name.chars().all(plain)
                && !host.is_empty()
                && host.chars().all(domain)
                && !host.starts_with(['.', '-'])
                && !host.ends_with(['.', '-'])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly() -> Schedule {
        Schedule {
            key: "burn-for-ana".to_owned(),
            report: Report::Burn,
            format: Format::Xlsx,
            bucket: None,
            currency: None,
            every: Cadence::Week,
            minute: 7 * 60,
            zone: Zone::named("Europe/Madrid").unwrap(),
            channel: "mail".to_owned(),
            to: vec!["ana@acme.example".to_owned()],
            by: "ana".to_owned(),
            role: Role::Viewer,
        }
    }

    #[track_caller]
    fn check(every: Cadence, now: &str, expected: Option<(&str, &str, &str)>) {
        let schedule = Schedule { every, ..weekly() };
        let due = schedule.due(now.parse().unwrap()).map(|date| {
            let (from, to) = schedule.period(date);
            (date.to_string(), from.to_string(), to.to_string())
        });
        let due = due.as_ref().map(|(date, from, to)| (date.as_str(), from.as_str(), to.as_str()));
        assert_eq!(due, expected, "{now}");
    }

    /// Seven in Madrid is six in Greenwich in winter, and five in summer.
    #[test]
    fn reports_are_due_by_their_own_clock_and_look_back() {
        check(Cadence::Day, "2026-11-23T05:59:59Z", None);
        let monday = Some(("2026-11-23", "2026-11-22", "2026-11-22"));
        check(Cadence::Day, "2026-11-23T06:00:00Z", monday);
        check(
            Cadence::Day,
            "2026-07-01T05:00:00Z",
            Some(("2026-07-01", "2026-06-30", "2026-06-30")),
        );
        check(Cadence::Week, "2026-11-23T05:59:59Z", None);
        let week = Some(("2026-11-23", "2026-11-16", "2026-11-22"));
        check(Cadence::Week, "2026-11-23T06:00:00Z", week);
        check(Cadence::Week, "2026-11-29T22:00:00Z", week);
        check(Cadence::Month, "2026-12-01T05:00:00Z", None);
        let month = Some(("2026-12-01", "2026-11-01", "2026-11-30"));
        check(Cadence::Month, "2026-12-01T06:00:00Z", month);
        check(Cadence::Month, "2026-12-08T06:00:00Z", None);
    }

    #[test]
    fn a_notice_names_its_schedule_and_its_date() {
        let (schedule, date) = (weekly(), "2026-11-23".parse().unwrap());
        for once in [None, Some(Instant(1_790_000_000))] {
            let id = schedule.notice(date, once);
            assert_eq!(Schedule::of_notice(&id), Some(("burn-for-ana", date)), "{id}");
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            assert!(id.chars().all(plain), "{id}");
        }
        assert_ne!(schedule.notice(date, None), schedule.notice(date, Some(Instant(0))));
        for other in ["812", "digest-weekly-2026-11-23", "report-x", "report-x.y", "report-"] {
            assert_eq!(Schedule::of_notice(other), None, "{other}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        assert_eq!(weekly().fault(), None);
        let to = |address: &str| Schedule { to: vec![address.to_owned()], ..weekly() };
        let faulty = [
            Schedule { key: "Burn".to_owned(), ..weekly() },
            Schedule { key: "a.b".to_owned(), ..weekly() },
            Schedule { key: String::new(), ..weekly() },
            Schedule { format: Format::Ics, ..weekly() },
            Schedule { report: Report::Seats, bucket: Some("x".to_owned()), ..weekly() },
            Schedule { minute: 1_440, ..weekly() },
            Schedule { to: Vec::new(), ..weekly() },
            Schedule { to: vec!["a@b.example".to_owned(); TO_MAX + 1], ..weekly() },
            to("ana"),
            to("@acme.example"),
            to("ana@"),
            to("ana@acme.example\r\nBcc: x@evil.example"),
            to("ana@acme.example, x@evil.example"),
            to("Ana <ana@acme.example>"),
            to("ana@acme.example."),
        ];
        for schedule in faulty {
            assert!(schedule.fault().is_some(), "{schedule:?}");
        }
    }
}

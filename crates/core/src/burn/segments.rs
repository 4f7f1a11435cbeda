//! Which persona somebody's use makes them, where nobody said.

use crate::estate::PersonId;
use crate::state::State;
use crate::when::Date;
use rustc_hash::FxHashMap;

/// The last so many days decide, the day that is asked about included.
pub const SEGMENT_DAYS: u8 = 90;

/// What the share of working days on which a person began a unit makes them.
///
/// The bounds lie halfway between the personas' means of a generated estate: power users have a chance of use of
/// 0.91 a working day, regular ones 0.60, occasional ones 0.10. Working days are Monday to Friday without the
/// holidays that schedules except. Use on a seat costs nothing and is not seen here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// On three working days of four, or more.
    Power,
    /// On 35 of a hundred, or more.
    Regular,
    /// On any day at all.
    Occasional,
    /// On none.
    #[default]
    Idle,
}

impl Segment {
    /// Of somebody who began units on `used` of `working` working days, and on any day at all or not.
    #[must_use]
    pub fn of(used: u32, working: u32, any: bool) -> Self {
        let hundredfold = u64::from(used).saturating_mul(100);
        let at_least =
            |percent: u64| used > 0 && hundredfold >= percent.saturating_mul(working.into());
        match any {
            _ if at_least(75) => Self::Power,
            _ if at_least(35) => Self::Regular,
            true => Self::Occasional,
            false => Self::Idle,
        }
    }

    /// Stable name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Regular => "regular",
            Self::Occasional => "occasional",
            Self::Idle => "idle",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Power => "Power users",
            Self::Regular => "Regular users",
            Self::Occasional => "Occasional users",
            Self::Idle => "Idle in the last 90 days",
        }
    }
}

/// Everybody's.
#[derive(Clone, Debug, Default)]
pub(super) struct Segments(FxHashMap<PersonId, Segment>);

impl Segments {
    /// As of the end of a date.
    pub(super) fn of(state: &State, to: Date) -> Self {
        let (zone, first) =
            (state.zone(), to.plus(1).plus(i32::from(SEGMENT_DAYS).saturating_neg()));
        // One bit a day: 90 of 128.
        let mut days: FxHashMap<PersonId, u128> = FxHashMap::default();
        for charge in state.charges().within(zone.start_of(first)..zone.start_of(to.plus(1))) {
            let place = zone.date(charge.at).0.saturating_sub(first.0);
            let bit = u32::try_from(place).ok().and_then(|place| 1u128.checked_shl(place));
            *days.entry(charge.person).or_default() |= bit.unwrap_or(0);
        }
        let is_working = |place: &u8| {
            let date = first.plus(i32::from(*place));
            date.weekday() < 5 && !state.estate().is_holiday(date)
        };
        let working: u128 =
            (0..SEGMENT_DAYS).filter(is_working).fold(0, |bits, place| bits | 1u128 << place);
        let segment = |bits: u128| {
            Segment::of((bits & working).count_ones(), working.count_ones(), bits != 0)
        };
        Self(days.into_iter().map(|(person, bits)| (person, segment(bits))).collect())
    }

    pub(super) fn of_person(&self, person: PersonId) -> Segment {
        self.0.get(&person).copied().unwrap_or_default()
    }
}

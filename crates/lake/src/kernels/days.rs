//! Distinct days of one month, as bits.

/// A day that is not of the month at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session of day {day} lies among those of the month that begins on day {first}")]
pub struct ForeignDay {
    /// The day, counted since 1970.
    pub day: i32,
    /// The first day of the month, counted since 1970.
    pub first: i32,
}

/// Some days of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaySet(u32);

impl DaySet {
    /// The days of a run of rows; each must be within 31 days from `first` (see [`all_within`]).
    #[must_use]
    pub fn of(days: &[i32], first: i32) -> Self {
        let bit = |day: &i32| 1_u32.unbounded_shl(day.wrapping_sub(first).cast_unsigned());
        Self(days.iter().fold(0, |set, day| set | bit(day)))
    }

    /// The days of either.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// How many days.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The days, counted from the first of the month, which is 0.
    pub fn offsets(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let offset = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (offset < u32::BITS).then_some(offset as usize)
        })
    }
}

/// Checks that all days lie within the 31 from the first of a month.
///
/// # Errors
/// [`ForeignDay`] names one that does not.
pub fn all_within(days: &[i32], first: i32) -> Result<(), ForeignDay> {
    let offset = |day: i32| day.wrapping_sub(first).cast_unsigned();
    let furthest = days.iter().fold(0, |most, day| most.max(offset(*day)));
    if furthest < 31 {
        return Ok(());
    }
    let day = days.iter().copied().find(|day| offset(*day) >= 31).unwrap_or(first);
    Err(ForeignDay { day, first })
}

//! How busy days are: what makes use on a Sunday in August say something else than on a Tuesday in May.

/// A working day of which nothing is known yet: holidays and leave take about so much of a year's working days.
const UNKNOWN: f64 = 0.93;
/// After a year the same weekday comes back.
const YEAR: usize = 364;
const WEEK: usize = 7;

/// How likely use is on each day beside a usual working day, of the days that are known and of those to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    known: Vec<f64>,
    /// A week's days, on average, the day of the first known day first.
    week: [f64; WEEK],
}

impl Exposure {
    /// Learns from how many people were active on each known day.
    ///
    /// A usual working day is the median of the week's three busiest weekdays; of busier days the exposure is 1.
    #[must_use]
    pub fn learn(active: &[f64]) -> Self {
        let means: [f64; WEEK] =
            core::array::from_fn(|weekday| mean(active.iter().skip(weekday).step_by(WEEK)));
        let mut busiest: Vec<usize> = (0..WEEK).collect();
        let by_mean = |day: &usize| means.get(*day).copied().unwrap_or(0.0);
        busiest.sort_by(|a, b| by_mean(b).total_cmp(&by_mean(a)));
        busiest.truncate(3);
        let mut usual: Vec<f64> = (0..WEEK)
            .filter(|weekday| busiest.contains(weekday))
            .flat_map(|weekday| active.iter().skip(weekday).step_by(WEEK).copied())
            .collect();
        usual.sort_by(f64::total_cmp);
        let usual = usual.get(usual.len().div_euclid(2)).copied().unwrap_or(0.0).max(1.0);
        let known: Vec<f64> =
            active.iter().map(|people| (people / usual).clamp(0.0, 1.0)).collect();
        let week = core::array::from_fn(|weekday| {
            let mut days: Vec<f64> = known.iter().skip(weekday).step_by(WEEK).copied().collect();
            days.sort_by(f64::total_cmp);
            days.get(days.len().div_euclid(2)).copied().unwrap_or(0.0)
        });
        Self { known, week }
    }

    /// The exposure of a day, counted from the first known day: what was seen, what was seen a year before, or what such
    /// a weekday is on average.
    #[must_use]
    pub fn of(&self, day: usize) -> f64 {
        let mut seen = day;
        while let Some(earlier) = seen.checked_sub(YEAR).filter(|_| seen >= self.known.len()) {
            seen = earlier;
        }
        let usual = || self.week.get(day.rem_euclid(WEEK)).map_or(0.0, |weekday| weekday * UNKNOWN);
        self.known.get(seen).copied().unwrap_or_else(usual)
    }

    /// The exposure of a span of days, in usual working days.
    #[must_use]
    pub fn within(&self, days: core::ops::Range<usize>) -> f64 {
        days.map(|day| self.of(day)).sum()
    }
}

fn mean<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weeks from a Monday on, quiet in the fifth.
    fn weeks(count: usize) -> Vec<f64> {
        let day = |n: usize| match (n / 7, n % 7) {
            (_, 5 | 6) => 2.0,
            (4, _) => 30.0,
            _ => 100.0,
        };
        (0..count * 7).map(day).collect()
    }

    #[test]
    fn days_are_measured_by_a_usual_working_day() {
        let found = Exposure::learn(&weeks(10));
        assert_eq!([0, 5, 28].map(|day| found.of(day)), [1.0, 0.02, 0.3]);
        assert!((found.within(0..7) - 5.04).abs() < 1e-9);
    }

    #[test]
    fn days_to_come_are_as_a_year_ago_or_as_such_a_weekday() {
        let short = Exposure::learn(&weeks(10));
        assert_eq!(short.of(70 + 28), UNKNOWN);
        let long = Exposure::learn(&weeks(60));
        assert_eq!(long.of(60 * 7), 1.0);
        assert_eq!(
            long.of(364 + 28 + 364),
            1.0,
            "the known day, not the same week of the year before"
        );
        assert_eq!(long.of(2 * 364 + 28), 1.0);
    }

    #[test]
    fn nothing_known_is_nothing_expected() {
        let nothing = Exposure::learn(&[]);
        assert_eq!(nothing.within(0..100), 0.0);
    }
}

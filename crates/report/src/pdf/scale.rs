//! The scale of an axis: round numbers that cover what is shown.

/// An axis from `low` to `high`, with a mark every `step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

impl Scale {
    /// One that holds all values, and zero when `zero` or when the values are near it.
    pub(super) fn over(values: impl Iterator<Item = f64>, zero: bool) -> Self {
        let mut ends = values.fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        if let Some((low, high)) = &mut ends
            && (zero || (*low > 0.0 && *low < *high * 0.6) || (*high < 0.0 && *high > *low * 0.6))
        {
            (*low, *high) = (low.min(0.0), high.max(0.0));
        }
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        // A flat line, too, has an axis.
        let spread = if high > low { high - low } else { low.abs().max(1.0) };
        let step = round_step(spread / 4.0);
        let low = (low / step).floor() * step;
        let high = ((high / step).ceil() * step).max(low + step);
        Self { low, high, step }
    }

    /// The marks, from below.
    pub(super) fn marks(&self) -> Vec<f64> {
        let mut marks = Vec::new();
        for number in 0_u8..=12 {
            let mark = self.low + f64::from(number) * self.step;
            if mark > self.high + self.step / 2.0 {
                break;
            }
            marks.push(mark);
        }
        marks
    }

    /// How far up a value is, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a place on a page")]
        let share = ((value - self.low) / (self.high - self.low)) as f32;
        share.clamp(0.0, 1.0)
    }

    /// How many digits after the mark tell its marks apart.
    pub(super) fn digits(&self) -> usize {
        (0..9_i32).position(|digits| self.step * 10_f64.powi(digits) >= 0.999).unwrap_or(9)
    }
}

/// The next of 1, 2, 2.5 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let unit = 10_f64.powf(least.abs().max(f64::MIN_POSITIVE).log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * unit >= least * 0.999);
    times.unwrap_or(10.0) * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_cover_the_values() {
        for (values, zero, expected) in [
            (vec![0.0, 97.0], false, (0.0, 100.0, 50.0)),
            (vec![1_210.0, 1_930.0], false, (1_200.0, 2_000.0, 200.0)),
            (vec![300.0, 1_930.0], false, (0.0, 2_000.0, 500.0)),
            (vec![5.0, 5.0], false, (4.0, 6.0, 2.0)),
            (vec![-3.0, 8.0], true, (-5.0, 10.0, 5.0)),
            (vec![], true, (0.0, 1.0, 0.5)),
        ] {
            let scale = Scale::over(values.iter().copied(), zero);
            assert!(values.iter().all(|value| (scale.low..=scale.high).contains(value)));
            assert_eq!((scale.low, scale.high, scale.step), expected, "over {values:?}");
        }
    }

    #[test]
    fn marks_are_told_apart() {
        let scale = Scale::over([0.0, 0.2].into_iter(), true);
        assert_eq!((scale.digits(), scale.marks().len()), (2, 5));
    }
}

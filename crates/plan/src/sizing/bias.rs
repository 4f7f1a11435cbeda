//! F15: people who were picked for low use will use more.
//!
//! Whoever is chosen because last year was low was partly low by chance, and returns to their usual level:
//! regression to the mean (Galton 1886). On estates with known truth the factor is about 1.15.
//! An observed factor f with the standard error e is drawn towards it as the mean of a normal with a normal prior:
//! (1.15/0.10² + f/e²) / (1/0.10² + 1/e²) (Gelman et al., Bayesian Data Analysis, 3rd ed., §2.5).

use super::{Invalid, positive};

/// The factor before anything was observed, and how sure that is.
pub const PRIOR: (f64, f64) = (1.15, 0.10);

/// A factor on the baseline, and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// Of the baseline.
    pub mean: f64,
    /// Of the mean.
    pub deviation: f64,
}

/// The factor to multiply the baseline with, given last year's observed factor and its standard error.
///
/// ```
/// use faregate_plan::sizing::bias::correction;
///
/// assert_eq!(correction(None)?.mean, 1.15);
/// // As sure as the prior: halfway between.
/// assert!((correction(Some((1.05, 0.10)))?.mean - 1.10).abs() < 1e-12);
/// # Ok::<(), faregate_plan::sizing::Invalid>(())
/// ```
///
/// # Errors
/// A factor or an error that is not above zero, or not a number.
pub fn correction(observed: Option<(f64, f64)>) -> Result<Factor, Invalid> {
    let (prior, deviation) = PRIOR;
    let Some((factor, error)) = observed else { return Ok(Factor { mean: prior, deviation }) };
    positive("the observed factor", factor)?;
    positive("its standard error", error)?;
    let (known, seen) = (deviation.powi(-2), error.powi(-2));
    let mean = (prior * known + factor * seen) / (known + seen);
    Ok(Factor { mean, deviation: (known + seen).sqrt().recip() })
}

/// Last year's factor of the people who were picked then, and its standard error: the ratio of the sums of
/// `(before, after)` tokens by person, with the linearised variance of a ratio (Cochran, Sampling Techniques,
/// 3rd ed., §2.11).
///
/// # Errors
/// Fewer than two people, tokens that are negative or not numbers, nothing used before or after.
pub fn observed(people: &[(f64, f64)]) -> Result<(f64, f64), Invalid> {
    for (before, after) in people {
        super::not_negative("tokens before", *before)?;
        super::not_negative("tokens after", *after)?;
    }
    if people.len() < 2 {
        return Err(Invalid::Empty("second person"));
    }
    let before = positive("use before", people.iter().map(|one| one.0).sum())?;
    let factor = positive("use after", people.iter().map(|one| one.1).sum())? / before;
    let n = super::count(people.len());
    let squares: f64 = people.iter().map(|(before, after)| (after - factor * before).powi(2)).sum();
    let error = (squares * n / (n - 1.0)).sqrt() / before;
    // People who all changed alike are no proof that the next ones will.
    Ok((factor, error.max(1e-3)))
}

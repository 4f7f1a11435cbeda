//! The few special functions that plans need, each with its source.

pub use faregate_core::shadow::normal_below;

/// ln Γ(x) for x > 0, by Lanczos' series with g = 7 and nine terms (Numerical Recipes, 3rd ed., §6.1).
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let reflected = core::f64::consts::PI / (core::f64::consts::PI * x).sin().abs();
        return reflected.ln() - ln_gamma(1.0 - x);
    }
    let base = x - 1.0;
    let (mut series, mut step) = (0.999_999_999_999_809_9, base);
    for term in TERMS {
        step += 1.0;
        series += term / step;
    }
    let shifted = base + 7.5;
    0.5 * (2.0 * core::f64::consts::PI).ln() + (base + 0.5) * shifted.ln() - shifted + series.ln()
}

/// The z with Φ(z) = `share`, by bisection; ±8 at the ends.
///
/// ```
/// use faregate_plan::numeric::normal_quantile;
///
/// assert!((normal_quantile(0.99) - 2.326_348).abs() < 1e-6);
/// ```
#[must_use]
pub fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-8.0_f64, 8.0_f64);
    for _ in 0..60 {
        let middle = low.midpoint(high);
        if normal_below(middle) < share { low = middle } else { high = middle }
    }
    low.midpoint(high)
}

/// φ(z), the density of the standard normal distribution.
#[must_use]
pub fn normal_density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * core::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_of_whole_numbers_is_their_factorial() {
        let mut factorial: f64 = 1.0;
        for n in 1..30_u32 {
            assert!((ln_gamma(f64::from(n)) - factorial.ln()).abs() < 1e-11, "Γ({n})");
            factorial *= f64::from(n);
        }
        assert!((ln_gamma(0.5) - core::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
        assert!((ln_gamma(0.25) - 3.625_609_908_221_908_f64.ln()).abs() < 1e-11);
    }

    #[test]
    fn quantiles_undo_the_distribution() {
        for share in [0.001, 0.025, 0.5, 0.9, 0.975, 0.999] {
            assert!((normal_below(normal_quantile(share)) - share).abs() < 1e-9, "{share}");
        }
    }
}

use super::*;

/// The known answers that come with Random123, by the authors of the generator.
#[test]
fn philox_gives_the_known_answers() {
    let check = |counter, key, answer| assert_eq!(philox(counter, key), answer);
    check([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    check([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    check(
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    );
}

#[test]
fn streams_are_their_own() {
    let bits = |seed, stream| Chance::new(seed, stream).bits();
    assert_eq!(bits(1, 2), bits(1, 2));
    assert_ne!(bits(1, 2), bits(2, 1));
    let mut chance = Chance::new(1, 2);
    let words: std::collections::BTreeSet<u64> = (0..1_000).map(|_| chance.bits()).collect();
    assert_eq!(words.len(), 1_000);
}

/// Draws against the masses of the binomial distribution, by χ² over classes expected ten times and more: its
/// 99.9 % point is below df + 3.1·√(2·df) + 8.
#[test]
fn binomial_draws_are_binomial() {
    const DRAWS: usize = 60_000;
    for (trials, probability) in [
        (1.0, 0.3),
        (12.0, 0.02),
        (30.0, 0.3),
        (40.0, 0.5),
        (400.0, 0.04),
        (90.0, 0.83),
        (5_000.0, 0.31),
    ] {
        let mut chance = Chance::new(11, trials as u64);
        let mut seen = vec![0_u32; trials as usize + 1];
        (0..DRAWS).for_each(|_| seen[chance.binomial(trials, probability) as usize] += 1);
        let ln_mass = |k: f64| {
            crate::numeric::ln_gamma(trials + 1.0)
                - crate::numeric::ln_gamma(k + 1.0)
                - crate::numeric::ln_gamma(trials - k + 1.0)
                + k * f64::ln(probability)
                + (trials - k) * f64::ln(1.0 - probability)
        };
        let (mut chi, mut classes, mut rest, mut rest_seen) = (0.0, 0.0, 0.0, 0.0);
        for (k, seen) in seen.iter().enumerate() {
            let expected = ln_mass(k as f64).exp() * DRAWS as f64;
            if expected >= 10.0 {
                chi += (f64::from(*seen) - expected).powi(2) / expected;
                classes += 1.0;
            } else {
                rest += expected;
                rest_seen += f64::from(*seen);
            }
        }
        if rest > 5.0 {
            chi += (f64::from(rest_seen as u32) - rest).powi(2) / rest;
        }
        let limit: f64 = classes + 3.1 * f64::sqrt(2.0 * classes) + 8.0;
        assert!(chi < limit, "B({trials}, {probability}): χ² {chi}, {classes} classes");
    }
}

#[test]
fn normal_and_exponential_draws_have_their_moments() {
    let mut chance = Chance::new(3, 0);
    let (mut sum, mut squares, mut waits) = (0.0, 0.0, 0.0);
    for _ in 0..200_000 {
        let z = chance.normal();
        sum += z;
        squares += z * z;
        waits += chance.exponential();
    }
    assert!((sum / 2e5_f64).abs() < 0.01 && (squares / 2e5_f64 - 1.0).abs() < 0.015);
    assert!((waits / 2e5_f64 - 1.0).abs() < 0.01);
}

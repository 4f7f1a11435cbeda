use super::bootstrap::{Bootstrap, History, Outlook};
use super::distribution::Distribution;
use super::usage::{Usage, User};
use super::*;
use crate::sizing::bias::Factor;
use proptest::prelude::*;

/// A few people with everything that a class can be: rare, frequent and certain use, idle days, weekends.
fn usage(sigma: f64) -> (Vec<User>, Vec<f64>, Usage) {
    let chances = [1e-5, 0.0004, 0.003, 0.02, 0.02, 0.11, 0.3, 0.52, 0.77, 0.95, 1.0, 1.4];
    let people = (0..120).map(|n: usize| User {
        chance: chances[n % chances.len()] * (1.0 + n as f64 / 1_000.0),
        tokens: [1.0, 7.0, 12.0][n % 3],
        group: n % 5,
    });
    let people: Vec<User> = people.collect();
    let day = |day: usize| {
        let season = 1.0 + 0.25 * (day as f64 / 25.0).sin();
        if day % 7 < 5 { season } else { 0.07 * season }
    };
    let days: Vec<f64> = (0..28).map(day).chain([0.0]).collect();
    let model = Usage::new(&people, &days, 5, sigma).unwrap();
    (people, days, model)
}

/// The definition, a draw for every person-day.
fn naive(people: &[User], days: &[f64], sigma: f64, chance: &mut Chance) -> f64 {
    let factors: Vec<f64> = (0..5).map(|_| (sigma * chance.normal()).exp()).collect();
    let mut tokens = 0.0;
    for day in days {
        for user in people {
            let is_used = chance.unit() < user.chance * factors[user.group] * day;
            tokens += if is_used { user.tokens } else { 0.0 };
        }
    }
    tokens
}

/// Without group factors the mean and the variance are known: Σ tokens·p and Σ tokens²·p(1−p).
#[test]
fn drawn_years_have_the_moments_of_the_model() {
    let (people, days, model) = usage(0.0);
    let (mut mean, mut variance) = (0.0, 0.0);
    for user in &people {
        for day in &days {
            let p = (user.chance * day).min(1.0);
            mean += user.tokens * p;
            variance += user.tokens * user.tokens * p * (1.0 - p);
        }
    }
    let years = 4_000;
    let found = simulate(&model, years, 5, 2).unwrap();
    let error = (variance / years as f64).sqrt();
    assert!((found.mean() - mean).abs() < 4.0 * error, "{} is not {mean} ± {error}", found.mean());
    let ratio = found.demand().deviation().powi(2) / variance;
    assert!((ratio - 1.0).abs() < 4.0 * (2.0 / years as f64).sqrt(), "variance {ratio}");
}

/// With group factors: the distribution of the definition, by the Kolmogorov–Smirnov distance of two samples,
/// whose 99.9 % point is 1.95·√(2/n).
#[test]
fn drawn_years_are_distributed_as_defined() {
    let (people, days, model) = usage(0.25);
    let years = 1_000;
    let found = simulate(&model, years, 9, 1).unwrap();
    let direct = (0..years).map(|n| naive(&people, &days, 0.25, &mut Chance::new(77, n as u64)));
    let direct = Distribution::new(direct.collect()).unwrap();
    let distance = |x: &f64| (found.exceeds(*x) - direct.exceeds(*x)).abs();
    let most = found.totals().iter().map(distance).fold(0.0, f64::max);
    assert!(most < 1.95 * (2.0 / years as f64).sqrt(), "{most}");
}

fn history(people: usize, days: usize) -> Vec<History> {
    let day = |person: usize, day: usize| {
        let is_on = (day / 60 + person).is_multiple_of(3) && day % 7 < 5;
        if is_on { 10.0 + (person * 31 + day * 17) as f64 % 7.0 } else { 0.0 }
    };
    let one = |person: usize| History {
        group: person % 4,
        daily: (0..days).map(|at| day(person, at)).collect(),
    };
    (0..people).map(one).collect()
}

const PLAIN: Outlook =
    Outlook { factor: Factor { mean: 1.0, deviation: 0.0 }, drift: 0.0, block: 13, spread: 1.0 };

#[test]
fn a_drawn_year_is_last_year_on_average() {
    let people = history(60, 364);
    let seen: f64 = people.iter().flat_map(|one| &one.daily).sum::<f64>() * 365.25 / 364.0;
    let found = simulate(&Bootstrap::new(&people, PLAIN).unwrap(), 4_000, 1, 2).unwrap();
    let error = found.demand().deviation() / 4_000_f64.sqrt();
    assert!((found.mean() - seen).abs() < 5.0 * error + 0.002 * seen, "{} {seen}", found.mean());
    let short = Outlook { block: 1, ..PLAIN };
    let short = simulate(&Bootstrap::new(&people, short).unwrap(), 4_000, 1, 2).unwrap();
    assert!(
        short.demand().deviation() < 0.6 * found.demand().deviation(),
        "blocks keep what lasts"
    );
    let wide = Outlook { spread: 2.0, ..PLAIN };
    let wide = simulate(&Bootstrap::new(&people, wide).unwrap(), 4_000, 1, 2).unwrap();
    assert!((wide.demand().deviation() / found.demand().deviation() - 2.0).abs() < 0.2);
    let factor = Factor { mean: 1.15, deviation: 0.10 };
    let bias = Outlook { factor, drift: 0.05, ..PLAIN };
    let bias = simulate(&Bootstrap::new(&people, bias).unwrap(), 4_000, 1, 2).unwrap();
    assert!((bias.mean() / seen - 1.15).abs() < 0.01);
    assert!(bias.demand().deviation() > 0.10 * seen);
}

/// When all people of a group stay away in the same weeks, their years vary together.
#[test]
fn what_a_group_has_in_common_is_kept() {
    let together = |is_common: bool| {
        let one = |person: usize| {
            let group = person % 2;
            let offset = if is_common { group * 26 } else { person * 5 };
            let busy = |week: usize| (week + offset) % 52 < 26;
            let daily = (0..364).map(|day| if busy(day / 7) { 14.0 } else { 6.0 });
            History { group, daily: daily.collect() }
        };
        let people: Vec<History> = (0..80).map(one).collect();
        simulate(&Bootstrap::new(&people, PLAIN).unwrap(), 2_000, 1, 1)
            .unwrap()
            .demand()
            .deviation()
    };
    assert!(together(true) > 3.0 * together(false), "{} {}", together(true), together(false));
}

#[test]
fn pictures_of_years() {
    let years = Distribution::new((0..1_000).map(f64::from).collect()).unwrap();
    let bars = years.histogram(200);
    assert_eq!(bars.len(), 60);
    assert_eq!(bars.iter().map(|bar| bar.years).sum::<usize>(), 1_000);
    assert!((bars[59].to - 999.0).abs() < 1e-9 && bars[0].from == 0.0);
    assert_eq!(years.quantile(0.5), 499.0);
    assert!((years.exceeds(899.0) - 0.1).abs() < 1e-12);
    assert!((years.quantile_error(0.5) - 16.0).abs() < 1.0);
    assert_eq!(Distribution::new(vec![5.0; 3]).unwrap().histogram(10).len(), 1);
}

#[test]
fn histories_that_say_too_little() {
    let refused = |people: &[History]| Bootstrap::new(people, PLAIN).unwrap_err().to_string();
    assert_eq!(refused(&history(3, 27)), "`27` days of history, at least 28 are needed");
    assert_eq!(refused(&[]), "there is no person");
    let mut people = history(3, 56);
    people[1].daily[5] = f64::NAN;
    assert_eq!(refused(&people), "a day's tokens is not a number");
    people[1].daily = vec![1.0; 28];
    assert_eq!(refused(&people), "`28` days of history, at least 56 are needed");
    let user = User { chance: f64::NAN, tokens: 1.0, group: 0 };
    assert!(Usage::new(&[user], &[1.0], 1, 0.1).is_err());
    assert!(Usage::new(&[User { chance: 0.1, ..user }], &[1.0], 0, 0.1).is_err());
    assert!(Usage::new(&[User { chance: 0.1, ..user }], &[], 1, 0.1).is_err());
    let nobody = Usage::new(&[User { chance: 0.0, ..user }], &[1.0], 1, 0.1).unwrap();
    assert_eq!(simulate(&nobody, 3, 1, 1).unwrap().mean(), 0.0);
    assert_eq!(simulate(&nobody, 0, 1, 1).unwrap_err().to_string(), "there is no total");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// INVARIANT: threads change nothing.
    #[test]
    fn threads_change_nothing(seed: u64, threads in 2_usize..9, years in 1_usize..20) {
        let (_, _, model) = usage(0.25);
        let alone = simulate(&model, years, seed, 1).unwrap();
        prop_assert_eq!(&alone, &simulate(&model, years, seed, threads).unwrap());
        let seen = Bootstrap::new(&history(20, 84), Outlook::USUAL).unwrap();
        let alone = simulate(&seen, years, seed, 1).unwrap();
        prop_assert_eq!(&alone, &simulate(&seen, years, seed, threads).unwrap());
    }
}

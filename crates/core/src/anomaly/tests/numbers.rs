//! The arithmetic, and series of days.

use super::*;
use crate::when::Date;

#[test]
fn the_worked_example_of_a_burst() {
    let p = tail(20, 2.5, 1.6);
    assert!((p - 1.813e-6).abs() < 1e-9, "{p:e}");
}

#[test]
fn tails_sum_to_one_and_end_in_poissons() {
    assert_eq!(tail(0, 2.5, 1.6), 1.0);
    assert_eq!(tail(1, 0.0, 1.6), 0.0);
    // 1 − e^−2 and 1 − 3e^−2 of Poisson's.
    assert!((tail(1, 2.0, 1.0) - 0.864_664_7).abs() < 1e-6);
    assert!((tail(2, 2.0, 1.0) - 0.593_994_2).abs() < 1e-6);
    assert!(tail(20, 2.5, 3.0) > tail(20, 2.5, 1.6));
}

#[test]
fn cities_are_as_far_apart_as_maps_say() {
    let city = |zone: &str| {
        let place =
            |trust, country| Place { country: Country::new(country), trust, ..Place::default() };
        let cities = cities::around(&crate::estate::Estate::default(), place(Trust::Geo, zone));
        cities.unwrap()
    };
    let (singapore, andorra) = (city("SG"), city("AD"));
    let way = kilometres(singapore[0], andorra[0]);
    assert!((10_700.0..11_100.0).contains(&way), "{way}");
    assert_eq!(cities::apart(&singapore, &singapore), 0.0);
}

/// A year of days: 400 tokens a working day and 20 on weekends, each up or down by a twentieth of the root in turn.
fn year() -> Vec<(Date, f64)> {
    let day = |n: i32| {
        let date = Date(20_605 + n);
        let level: f64 = if date.weekday() < 5 { 400.0 } else { 20.0 };
        let wobble = [0.0, 0.03, -0.05, 0.05, -0.02, 0.04, -0.04]
            [(n as usize * 5) % 7 + (n as usize % 3) / 3];
        let phase = if (n / 7) % 2 == 0 { 1.0 } else { -1.0 };
        (date, (level.sqrt() * (1.0 + wobble * phase)).powi(2))
    };
    (0..360).map(day).collect()
}

#[test]
fn spikes_stand_out_of_their_weekday() {
    let thresholds = Thresholds::default();
    assert_eq!(spikes(&year(), &thresholds), []);
    let check = |day: usize, factor: f64, expected: usize| {
        let mut days = year();
        days[day].1 *= factor;
        let found = spikes(&days, &thresholds);
        let dates: Vec<Date> = found.iter().map(|spike| spike.date).collect();
        let planted = vec![days[day].0; expected];
        assert_eq!(dates, planted, "day {day} times {factor}");
    };
    // A Wednesday.
    check(121, 2.0, 1);
    check(121, 1.2, 0);
    check(121, 0.2, 0);
    // A Saturday as busy as a working day.
    check(124, 20.0, 1);
    // Nothing is known yet.
    check(16, 3.0, 0);
}

#[test]
fn a_level_that_changes_and_stays() {
    let thresholds = Thresholds::default();
    assert_eq!(shifts(&year(), &thresholds), []);
    let check = |from: usize, until: usize, factor: f64, expected: bool| {
        let mut days = year();
        days[from..until].iter_mut().for_each(|day| day.1 *= factor);
        let found = shifts(&days, &thresholds);
        let near = found.first().is_some_and(|shift| (shift.date.0 - days[from].0.0).abs() <= 7);
        assert_eq!(near, expected, "{from}..{until} times {factor}: {found:?}");
    };
    check(200, 360, 1.6, true);
    check(200, 360, 0.6, true);
    check(200, 360, 1.2, false);
    check(200, 204, 2.0, false);
}

use super::*;
use proptest::prelude::*;

/// What the rule costs on these uses, and what the best decision in hindsight would have.
fn race(seat: f64, uses: &[f64]) -> (f64, f64) {
    let mut meter = Meter::new(seat);
    for tokens in uses {
        meter.spend(*tokens);
    }
    (meter.total(), uses.iter().sum::<f64>().min(seat))
}

proptest! {
    #[test]
    fn never_more_than_twice_the_best_in_hindsight(
        seat in 0.0..5_000.0_f64,
        uses in prop::collection::vec(0.0..700.0_f64, 0..400),
    ) {
        let (ours, best) = race(seat, &uses);
        prop_assert!(ours <= 2.0 * best + 1e-6, "{ours} beside {best}");
    }

    /// The adversary: the use stops just when the seat is bought, whatever the price and the steps.
    #[test]
    fn an_adversary_that_stops_at_the_purchase_gets_no_more_than_two(
        seat in 1.0..5_000.0_f64,
        steps in prop::collection::vec(0.001..400.0_f64, 1..40),
    ) {
        let (mut meter, mut uses) = (Meter::new(seat), Vec::new());
        for step in steps.iter().cycle().take(100_000) {
            uses.push(*step);
            if !meter.spend(*step) {
                break;
            }
        }
        let (ours, best) = race(seat, &uses);
        prop_assert!(ours <= 2.0 * best + 1e-6, "{ours} beside {best}");
        prop_assert!(ours >= best - 1e-6);
    }

    #[test]
    fn equal_uses_come_to_the_ratio_that_is_told(seat in 10.0..5_000.0_f64, day in 0.5..600.0_f64) {
        let (mut meter, mut spent) = (Meter::new(seat), 0.0);
        while meter.spend(day) {
            spent += day;
        }
        let best = seat.min(spent + day);
        prop_assert!((meter.total() / best - worst_ratio(seat, day)).abs() < 1e-6);
        prop_assert!(worst_ratio(seat, day) < 2.0);
    }
}

#[test]
fn a_seat_that_costs_nothing_is_bought_at_once() {
    let mut meter = Meter::new(0.0);
    assert!(!meter.spend(0.0));
    assert_eq!(meter.total(), 0.0);
}

use super::*;
use proptest::prelude::*;

fn near(got: f64, wanted: f64, apart: f64) {
    assert!((got - wanted).abs() <= apart, "{got}, not {wanted}");
}

#[test]
fn a_discount_on_tokens_raises_the_break_even() {
    near(break_even(2_910.0, 30.0), 97.0, 1e-9);
    assert!(break_even(2_910.0, 30.0 * 0.9) > 97.0);
    assert!(break_even(2_910.0, 0.0).is_infinite());
}

#[test]
fn a_product_without_a_rate_needs_an_offer_that_covers_it() {
    let must = Need { product: 7, on_tokens: 0.0, has_rate: false };
    let need = Need { product: 1, on_tokens: 300.0, has_rate: true };
    let docs = Offer { per_year: 500.0, covers: vec![7] };
    let both = Offer { per_year: 700.0, covers: vec![1, 7] };
    assert_eq!(cheapest(&[must, need], &[]), None);
    let found = cheapest(&[must, need], &[docs.clone(), both.clone()]).unwrap();
    assert_eq!((found.total(), found.offers), (700.0, vec![1]));
    let found = cheapest(&[must], &[docs, both]).unwrap();
    assert_eq!((found.offers, found.tokens), (vec![0], 0.0));
}

proptest! {
    /// As trying every set of offers.
    #[test]
    fn the_cheapest_set_is_found(
        costs in prop::collection::vec((0..40_u32, any::<bool>()), 0..6),
        offers in prop::collection::vec((1..60_u32, prop::collection::vec(0..6_usize, 1..4)), 0..6),
    ) {
        let needs: Vec<Need> = costs.iter().enumerate()
            .map(|(product, &(cost, has_rate))| Need { product, on_tokens: f64::from(cost), has_rate })
            .collect();
        let offers: Vec<Offer> = offers.into_iter()
            .map(|(price, covers)| Offer { per_year: f64::from(price), covers })
            .collect();
        let sets = (0..1_u32 << offers.len()).filter_map(|set| {
            let held: Vec<&Offer> = offers.iter().enumerate().filter(|(n, _)| set >> n & 1 == 1).map(|(_, o)| o).collect();
            let is_covered = |need: &&Need| held.iter().any(|offer| offer.covers.contains(&need.product));
            let left: Vec<&Need> = needs.iter().filter(|need| !is_covered(need)).collect();
            let seats: f64 = held.iter().map(|offer| offer.per_year).sum();
            left.iter().all(|need| need.has_rate).then(|| seats + left.iter().map(|need| need.on_tokens).sum::<f64>())
        });
        let brute = sets.fold(None, |best: Option<f64>, next| Some(best.map_or(next, |best| best.min(next))));
        prop_assert_eq!(cheapest(&needs, &offers).map(|choice| choice.total()), brute);
    }

    #[test]
    fn outlooks_are_distributions(
        active in prop::collection::vec(0.0..21.0_f64, 1..14), exposed in 20.0..260.0_f64, days in 0.0..270.0_f64,
    ) {
        let months: Vec<Counts> = active.into_iter().map(|active| Counts { active, exposed: 21.0 }).collect();
        let outlook = Outlook::new(&Population::default(), &months, exposed);
        prop_assert!(outlook.exceeds(-300.0) > 1.0 - 1e-6);
        prop_assert!(outlook.exceeds(exposed * 1.5 + 20.0) < 1e-3);
        prop_assert!(outlook.exceeds(days) >= outlook.exceeds(days + 1.0) - 1e-12);
        prop_assert!((outlook.beyond(-300.0) - outlook.days() - 300.0).abs() < 1e-4);
        prop_assert!((0.0..=exposed + 1e-9).contains(&outlook.days()));
    }
}

/// A year of somebody who uses their product on every working day, or on one in twenty.
fn year(active: f64) -> Vec<Counts> {
    vec![Counts { active, exposed: 21.0 }; 12]
}

/// People who go on as they were, but for every tenth, who stops.
fn people() -> Population {
    let person = |n: u32| {
        let mut months = year(f64::from(n % 21));
        if n % 10 == 7 {
            months.iter_mut().skip(6).for_each(|month| month.active = 0.0);
        }
        months
    };
    Population::fit(&(0..630).map(person).collect::<Vec<_>>())
}

#[track_caller]
fn verdict(active: f64, on_seat: bool, rule: &Rule) -> Verdict {
    let outlook = Outlook::new(&people(), &year(active), 252.0);
    recommend(&outlook, Situation { on_seat, seat: 2_910.0, day: 30.0, months: 12.0 }, rule).verdict
}

#[test]
fn people_move_outside_the_band_and_when_it_is_sure() {
    let rule = Rule { probability: 0.7, ..Rule::default() };
    assert_eq!(verdict(20.0, false, &rule), Verdict::ToSeat);
    assert_eq!(verdict(20.0, true, &rule), Verdict::WithinBand);
    assert_eq!(verdict(9.0, false, &rule), Verdict::WithinBand);
    assert_eq!(verdict(5.0, true, &rule), Verdict::WithinBand);
    assert_eq!(verdict(0.5, true, &rule), Verdict::ToTokens);
    assert_eq!(verdict(20.0, false, &Rule { probability: 0.99, ..rule }), Verdict::Unsure);
    assert_eq!(
        verdict(20.0, false, &Rule { switching_cost: 9_999.0, ..rule }),
        Verdict::NotWorthIt
    );
}

/// The days a month that the outlook of an unchanging user comes to, without doubt about the future.
#[test]
fn guide_000_moves_up_from_thirteen_days_a_month_and_down_below_four() {
    let sure = |days: f64, on_seat: bool| {
        let outlook = Outlook::of(days * 12.0, 0.1);
        let at = Situation { on_seat, seat: 12.0 * 12.0 * 30.0, day: 30.0, months: 12.0 };
        recommend(&outlook, at, &Rule::guide_000()).verdict
    };
    assert_eq!(sure(13.0, false), Verdict::ToSeat);
    assert_eq!(sure(11.9, false), Verdict::WithinBand);
    assert_eq!(sure(4.1, true), Verdict::WithinBand);
    assert_eq!(sure(3.9, true), Verdict::ToTokens);
}

#[test]
fn guide_004_has_a_margin_for_each_product() {
    let sure = |hours: f64, on_seat: bool| {
        let outlook = Outlook::of(hours, 0.1);
        // Revit at the guide's own $0.30 a token and 5 tokens an hour: 1,940 hours, tokens below 750.
        let at = Situation { on_seat, seat: 2_910.0, day: 1.5, months: 12.0 };
        recommend(&outlook, at, &Rule::guide_004(750.0 / 1_940.0)).verdict
    };
    assert_eq!(sure(1_950.0, false), Verdict::ToSeat);
    assert_eq!(sure(1_900.0, false), Verdict::WithinBand);
    assert_eq!(sure(760.0, true), Verdict::WithinBand);
    assert_eq!(sure(740.0, true), Verdict::ToTokens);
}

#[test]
fn a_saving_below_zero_is_no_move() {
    for active in [0.0, 3.0, 7.0, 9.0, 15.0, 21.0] {
        for on_seat in [false, true] {
            let outlook = Outlook::new(&people(), &year(active), 252.0);
            let at = Situation { on_seat, seat: 2_910.0, day: 30.0, months: 12.0 };
            let found = recommend(&outlook, at, &Rule { probability: 0.0, ..Rule::default() });
            let moves = matches!(found.verdict, Verdict::ToSeat | Verdict::ToTokens);
            assert!(!moves || found.saving > 0.0, "{found:?}");
            assert!(found.regret >= 0.0);
        }
    }
}

/// How likely more than 97 days are for somebody who was active on half their days.
fn sure(population: &Population) -> f64 {
    Outlook::new(population, &year(14.0), 252.0).exceeds(97.0)
}

#[test]
fn steady_people_teach_to_trust_the_past_and_fickle_ones_not_to() {
    let steady: Vec<Vec<Counts>> = (0..200_u32).map(|n| year(f64::from(n % 20))).collect();
    assert!(sure(&Population::fit(&steady)) > 0.97, "{}", sure(&Population::fit(&steady)));
    let turned = |n: u32| {
        let mut months = year(f64::from(n % 20));
        months.iter_mut().skip(6).for_each(|month| month.active = f64::from(n * 7 % 20));
        months
    };
    let fickle: Vec<Vec<Counts>> = (0..200).map(turned).collect();
    assert!(sure(&Population::fit(&fickle)) < 0.9, "{}", sure(&Population::fit(&fickle)));
}

#[test]
fn who_has_stopped_lately_is_not_taken_for_who_goes_on() {
    let mut stopped = year(15.0);
    stopped.iter_mut().skip(10).for_each(|month| month.active = 0.0);
    let history = |n: u32| {
        let mut months = year(f64::from(n % 20));
        if n.is_multiple_of(3) {
            months.iter_mut().skip(4).for_each(|month| month.active = 0.0);
        }
        months
    };
    let population = Population::fit(&(0..400).map(history).collect::<Vec<_>>());
    let (gone, there) =
        (Outlook::new(&population, &stopped, 252.0), Outlook::new(&population, &year(13.0), 252.0));
    assert!(gone.days() < there.days() / 2.0, "{} and {}", gone.days(), there.days());
}

#[test]
fn too_few_people_teach_nothing() {
    assert_eq!(Population::fit(&vec![year(5.0); 9]), Population::default());
    assert_eq!(Population::fit(&[]), Population::default());
}

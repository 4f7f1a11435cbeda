use super::*;
use proptest::prelude::*;

/// The best of all assignments.
fn brute(people: &[Worth], counts: &[usize]) -> f64 {
    let Some((first, rest)) = people.split_first() else { return 0.0 };
    let without = brute(rest, counts);
    let with = (0..counts.len()).filter(|&o| counts[o] > 0 && first[o] > 0.0).map(|offering| {
        let mut left = counts.to_vec();
        left[offering] -= 1;
        first[offering] + brute(rest, &left)
    });
    with.fold(without, f64::max)
}

#[track_caller]
fn is_allowed(people: &[Worth], counts: &[usize], found: &Assignment) {
    for (offering, count) in counts.iter().enumerate() {
        assert!(found.seats.iter().filter(|held| **held == Some(offering)).count() <= *count);
    }
    let worth: f64 = found.seats.iter().zip(people).filter_map(|(held, w)| Some(w[(*held)?])).sum();
    assert!((worth - found.worth).abs() < 1e-6);
    assert!(found.seats.iter().zip(people).all(|(held, w)| held.is_none_or(|o| w[o] > 0.0)));
}

proptest! {
    #[test]
    fn as_good_as_trying_everything(
        people in prop::collection::vec(prop::collection::vec((-2..12_i32).prop_map(f64::from), 3), 0..7),
        counts in prop::collection::vec(0..3_usize, 3),
    ) {
        let found = assign(&people, &counts);
        is_allowed(&people, &counts, &found);
        prop_assert_eq!(found.worth, brute(&people, &counts));
    }
}

#[test]
fn a_seat_is_handed_on_along_a_chain() {
    // The third can use only the first offering, whose holder moves to the second, whose holder to the third.
    let people = [vec![50.0, 40.0, 0.0], vec![0.0, 30.0, 29.0], vec![45.0, 0.0, 0.0]];
    let found = assign(&people, &[1, 1, 1]);
    assert_eq!(found.seats, [Some(1), Some(2), Some(0)]);
    assert_eq!(found.worth, 114.0);
}

#[test]
fn more_people_than_seats_leaves_the_light_users_on_tokens() {
    let people: Vec<Worth> = (0..1_000_i32).map(|n| vec![f64::from(n * 7_919 % 1_000)]).collect();
    let found = assign(&people, &[10]);
    assert_eq!(found.worth, (990..1_000).map(f64::from).sum::<f64>());
}

#[test]
fn nothing_to_give_or_nobody_to_give_it_to() {
    assert_eq!(assign(&[], &[3]).worth, 0.0);
    assert_eq!(assign(&[vec![]], &[]).seats, [None]);
    assert_eq!(assign(&[vec![5.0]], &[0]).seats, [None]);
}

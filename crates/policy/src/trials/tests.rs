use super::*;
use proptest::prelude::*;

const PEOPLE: u32 = 12;

fn check(seed: u64, questions: usize) {
    let (book, state) = (book(seed, 10), state(seed, PEOPLE));
    let mut chance = Chance::new(seed ^ 0x00ff_00ff);
    for number in 0..questions {
        let asked = Asked::random(&mut chance, PEOPLE);
        let question = asked.question();
        if let Err(difference) = compare(&book, &state, &question) {
            panic!("seed {seed}, question {number}: {difference}\n{asked:?}\n{book:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_cedars(seed: u64) {
        check(seed, 100);
    }
}

#[test]
fn questions_are_what_the_schema_says() {
    let (book, state) = (book(7, 5), state(7, PEOPLE));
    let mut chance = Chance::new(11);
    for _ in 0..300 {
        let asked = Asked::random(&mut chance, PEOPLE);
        let prepared = book.prepare(&state, &asked.question()).expect("the ids are in the estate");
        assert_eq!(prepared.conforms(), Ok(()), "{asked:?}");
    }
}

/// Trials that nothing follows from would prove nothing.
#[test]
fn trials_have_every_outcome() {
    let (mut permitted, mut forbidden, mut failing, mut silent) = (0, 0, 0, 0);
    let (mut policies, mut left) = (0, 0);
    for seed in 0..40 {
        let (book, state) = (book(seed, 10), state(seed, PEOPLE));
        policies += book.len();
        left += book.left_to_cedar().count();
        let mut chance = Chance::new(seed);
        for _ in 0..50 {
            let asked = Asked::random(&mut chance, PEOPLE);
            let answer = book.answer(&state, &asked.question());
            permitted += u32::from(answer.permits);
            forbidden += u32::from(!answer.permits && !answer.deciding.is_empty());
            silent += u32::from(!answer.permits && answer.deciding.is_empty());
            failing += u32::from(!answer.failing.is_empty());
        }
    }
    let figures =
        format!("{permitted} {forbidden} {silent} {failing} of 2,000; {left} of {policies}");
    assert!(permitted > 200 && forbidden > 400 && silent > 100 && failing > 60, "{figures}");
    assert!(policies > 300 && left > 20 && left * 3 < policies, "{figures}");
}

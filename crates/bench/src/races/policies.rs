//! A4: a verdict on one fare at 5, 50 and 500 policies and 100,000 people, against Cedar's authorizer handed
//! all of them; and whether both say the same, on 10⁶ made-up questions.

mod estate;

use super::Setting;
use crate::ambient::Tick;
use crate::chance::Chance;
use crate::outcome::{Outcome, median, short};
use anyhow::{Result, anyhow};
use estate::Asked;
use faregate_core::access::Policy;
use faregate_core::state::State;
use faregate_policy::{Prepared, RuleBook, trials};
use std::hint::black_box;

/// Different questions: as many as people, so that no cache holds them all.
const QUESTIONS: usize = 100_000;
/// Of those, the ones that Cedar is asked as well.
const PREPARED: usize = 1_024;
/// A verdict takes no longer, in microseconds.
const MICROSECONDS_MAX: f64 = 20.0;
const RATIO: f64 = 200.0;

/// Made-up questions about made-up policies: so many books, each with an estate of its own.
const BOOKS: f64 = 1_000.0;
const QUESTIONS_A_BOOK: usize = 1_000;
const POLICIES_A_BOOK: usize = 8;
const PEOPLE_A_BOOK: u32 = 40;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let state = estate::state()?;
    let mut outcomes = Vec::new();
    for policies in [5, 50, 500] {
        outcomes.push(race(setting, &state, policies)?);
    }
    let books = (BOOKS * setting.scale).ceil() as u64;
    let (asked, differences) = hold_against_cedar(books);
    if let Some(outcome) = outcomes.last_mut() {
        outcome.notes.push(format!(
            "{} random questions to {books} random books: {} answers differ from Cedar's",
            short(asked as f64),
            differences.len()
        ));
        outcome.wrong.extend(differences.into_iter().take(3));
    }
    Ok(outcomes)
}

fn race(setting: &Setting, state: &State, policies: u32) -> Result<Outcome> {
    let set = estate::policies(policies);
    let book = RuleBook::load([&set]).map_err(|faults| anyhow!("{}", faults[0]))?;
    let mut chance = Chance::new(u64::from(policies));
    let asked: Vec<Asked> = (0..QUESTIONS).map(|_| Asked::random(&mut chance)).collect();
    let prepared: Vec<Prepared> = asked
        .iter()
        .take(PREPARED)
        .filter_map(|asked| book.prepare(state, &asked.question()))
        .collect();
    let mut outcome = Outcome {
        race: format!("A4 verdict, {policies} policies"),
        unit: "µs",
        ours: Vec::new(),
        peer: Vec::new(),
        less_is_better: true,
        first: (policies == 500).then_some(RATIO),
        last: (policies == 500).then_some(RATIO),
        wrong: Vec::new(),
        notes: vec![format!(
            "Cedar's requests and entities were built beforehand, and hold only what the request reaches; \
             {} of {} policies compiled",
            book.len() - book.left_to_cedar().count(),
            book.len()
        )],
    };
    for round in 1..=setting.rounds {
        outcome.ours.push(ours(&book, state, &asked));
        outcome.peer.push(cedar(&book, &prepared));
        let (ours, peer) = (outcome.ours[round - 1], outcome.peer[round - 1]);
        eprintln!("{} round {round}: {} µs, Cedar {} µs", outcome.race, short(ours), short(peer));
    }
    let (through, differ) = compare(&book, state, &asked, &prepared);
    outcome.notes.push(format!("{through} of {} questions are permitted", prepared.len()));
    if differ > 0 || prepared.len() < PREPARED {
        outcome.wrong.push(format!("{differ} of {} answers differ from Cedar's", prepared.len()));
    }
    if policies == 500 && median(&outcome.ours).is_none_or(|ours| ours > MICROSECONDS_MAX) {
        outcome.wrong.push(format!("a verdict takes more than {MICROSECONDS_MAX} µs"));
    }
    Ok(outcome)
}

/// Microseconds a verdict, over all questions.
fn ours(book: &RuleBook, state: &State, asked: &[Asked]) -> f64 {
    let start = Tick::now();
    for asked in asked {
        black_box(book.judge(state, &asked.question()));
    }
    start.seconds() * 1e6 / asked.len() as f64
}

fn cedar(book: &RuleBook, prepared: &[Prepared]) -> f64 {
    let start = Tick::now();
    for prepared in prepared {
        black_box(prepared.permits(book));
    }
    start.seconds() * 1e6 / prepared.len() as f64
}

/// How many of Cedar's questions are permitted, and how many of our answers differ.
fn compare(
    book: &RuleBook,
    state: &State,
    asked: &[Asked],
    prepared: &[Prepared],
) -> (usize, usize) {
    let (mut through, mut differ) = (0, 0);
    for (asked, prepared) in asked.iter().zip(prepared) {
        let theirs = prepared.answer(book);
        through += usize::from(theirs.permits);
        differ += usize::from(theirs != book.answer(state, &asked.question()));
    }
    (through, differ)
}

/// Made-up policies of every construct, held against Cedar: how many questions, and how answers differ.
fn hold_against_cedar(books: u64) -> (usize, Vec<String>) {
    let (mut asked, mut differences) = (0, Vec::new());
    for seed in 0..books {
        let book = trials::book(seed, POLICIES_A_BOOK);
        let state = trials::state(seed, PEOPLE_A_BOOK);
        let mut chance = trials::Chance::new(seed);
        for _ in 0..QUESTIONS_A_BOOK {
            let question = trials::Asked::random(&mut chance, PEOPLE_A_BOOK);
            if let Err(difference) = trials::compare(&book, &state, &question.question()) {
                differences.push(format!("seed {seed}: {difference}"));
            }
            asked += 1;
        }
        if (seed + 1).is_multiple_of(100) {
            eprintln!("A4 equality: {asked} questions, {} differ", differences.len());
        }
    }
    (asked, differences)
}

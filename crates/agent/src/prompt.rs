//! Asks the person at the machine, in one of three ways.
//!
//! - [`web::Page`]: a page in the person's browser, served on this machine alone.
//! - [`rule::Rule`]: answers by rule, for servers and tests.
//! - [`terminal::Terminal`]: lines of text.
//!
//! What a question says may come from anywhere (names of projects, products, people): nothing of it is ever markup,
//! a command or a control character here.

use crate::ports::{Answer, Question};

mod http;
pub mod rule;
pub mod terminal;
pub mod web;

/// Whether an answer is one that its question allows.
fn allows(question: &Question, answer: &Answer) -> bool {
    let listed = |key: &String| question.buckets.iter().any(|bucket| bucket.key == *key);
    answer.id == question.id
        && question.choices.contains(&answer.choice)
        && answer
            .bucket
            .as_ref()
            .is_none_or(|key| question.bucket.as_ref() == Some(key) || listed(key))
}

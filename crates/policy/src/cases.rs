//! Cases beside policies: who asks for what, and what they must be answered.
//!
//! A file of cases is TOML: the names of sets that are loaded `with` the one under test, an `[estate]` in a few
//! lines, and `[[case]]`s. Whatever a case names and the estate does not is made up.

mod sketch;

use crate::book::RuleBook;
use crate::text::line_and_column;
use core::fmt;
use faregate_core::access::{Forbidden, Policy, Verdict};
use serde::Deserialize;
use sketch::{Asked, Case, EstateSketch};
use toml::Spanned;

/// A file of cases, read.
#[derive(Clone, Debug)]
pub struct Cases {
    /// The names of the sets that are loaded with the one under test.
    pub with: Vec<String>,
    estate: EstateSketch,
    cases: Vec<(usize, Case)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    estate: EstateSketch,
    #[serde(default, rename = "case")]
    cases: Vec<Spanned<Case>>,
}

/// A case that came out otherwise, or a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Line of the case, counted from 1.
    pub line: usize,
    /// What it says of itself; empty when the file cannot be read.
    pub case: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.case.as_str() {
            "" => write!(f, "{}: {}", self.line, self.message),
            case => write!(f, "{}: `{case}`: {}", self.line, self.message),
        }
    }
}

/// What came of all cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many came out as they should.
    pub passed: usize,
    /// Those that did not.
    pub failures: Vec<Failure>,
}

impl Report {
    /// Whether there were cases, and all came out as they should.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.passed > 0 && self.failures.is_empty()
    }
}

/// Reads cases and puts them to a book, which has to hold the sets that they are `with` as well.
#[must_use]
pub fn run(text: &str, book: &RuleBook) -> Report {
    match Cases::read(text) {
        Ok(cases) => cases.run(book),
        Err(failure) => Report { passed: 0, failures: vec![failure] },
    }
}

impl Cases {
    /// Reads a file of cases.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let line = |at: usize| line_and_column(text, at).0;
        let file: File = toml::from_str(text).map_err(|error| Failure {
            line: error.span().map_or(1, |span| line(span.start)),
            case: String::new(),
            message: error.message().to_owned(),
        })?;
        let File { with, estate, cases } = file;
        let cases = cases.into_iter().map(|case| (line(case.span().start), case.into_inner()));
        Ok(Self { with, estate, cases: cases.collect() })
    }

    /// Puts the cases to a book.
    #[must_use]
    pub fn run(&self, book: &RuleBook) -> Report {
        let mut report = Report::default();
        for (line, case) in &self.cases {
            match self.try_one(case, book) {
                Ok(()) => report.passed = report.passed.saturating_add(1),
                Err(message) => {
                    let case = case.it.clone();
                    report.failures.push(Failure { line: *line, case, message });
                }
            }
        }
        report
    }

    fn try_one(&self, case: &Case, book: &RuleBook) -> Result<(), String> {
        let asked = Asked::new(&self.estate, case)?;
        let question = asked.question();
        let name = |number: u32| book.rule_name(number).unwrap_or_default().to_owned();
        let (said, reason, policies, is_final) = match book.judge(&asked.state, &question) {
            Verdict::Permit => {
                let deciding = book.answer(&asked.state, &question).deciding;
                ("permit", None, deciding.into_iter().map(name).collect(), None)
            }
            Verdict::Forbid(Forbidden { reason, rule, is_final }) => {
                let policies: Vec<String> = rule.into_iter().map(name).collect();
                ("forbid", Some(reason.code()), policies, Some(is_final))
            }
        };
        if said != case.expect.word() {
            let by = if policies.is_empty() { "no policy".to_owned() } else { policies.join(", ") };
            return Err(format!("expected {}, got {said} by {by}", case.expect.word()));
        }
        if let Some(wanted) = case.reason.as_deref().filter(|wanted| Some(*wanted) != reason) {
            return Err(format!("expected the reason {wanted}, got {}", reason.unwrap_or("none")));
        }
        if let Some(wanted) = case.policy.as_ref().filter(|wanted| !policies.contains(wanted)) {
            return Err(format!("expected `{wanted}` to decide, got `{}`", policies.join(", ")));
        }
        match case.is_final.filter(|wanted| Some(*wanted) != is_final) {
            Some(true) => {
                Err("expected the refusal to be final, another fare may be tried".to_owned())
            }
            Some(false) => Err("expected that another fare may be tried, it may not".to_owned()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

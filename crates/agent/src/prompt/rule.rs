//! Answers without a person, for servers and tests.

use super::allows;
use crate::ports::{Answer, Choice, Prompter, Question};
use std::path::PathBuf;

/// How to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Every question with the safest that it allows.
    No,
    /// Every question so that work goes on: spends, goes on; what was turned away is closed.
    Yes,
    /// As a file says, which is read again while a question is open. Its lines are `KIND = CHOICE [BUCKET]`, as in
    /// `spend = spend bridge-west`; a question of a kind without a line, or with one that it does not allow, stays
    /// open, and so do all while there is no file.
    File(PathBuf),
}

/// Answers by rule.
#[derive(Debug)]
pub struct ByRule {
    rule: Rule,
    open: Vec<Question>,
}

impl ByRule {
    /// By this rule.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self { rule, open: Vec::new() }
    }

    fn answer(&self, question: &Question, text: &str) -> Option<Answer> {
        let (choice, bucket) = match &self.rule {
            Rule::No => (*question.choices.last()?, None),
            Rule::Yes => (boldest(question)?, None),
            Rule::File(_) => line(question, text)?,
        };
        Some(Answer { id: question.id, choice, bucket }).filter(|it| allows(question, it))
    }
}

impl Prompter for ByRule {
    fn show(&mut self, question: &Question) {
        self.withdraw(question.id);
        self.open.push(question.clone());
    }

    fn withdraw(&mut self, id: u64) {
        self.open.retain(|question| question.id != id);
    }

    fn answers(&mut self) -> Vec<Answer> {
        let text = match &self.rule {
            Rule::File(path) if !self.open.is_empty() => std::fs::read_to_string(path).ok(),
            _ => None,
        };
        let text = text.unwrap_or_default();
        let answer = |question| self.answer(question, &text);
        let answers: Vec<Answer> = self.open.iter().filter_map(answer).collect();
        self.open.retain(|question| answers.iter().all(|answer| answer.id != question.id));
        answers
    }
}

/// Asking again by rule would ask for ever.
fn boldest(question: &Question) -> Option<Choice> {
    let goes_on = [Choice::Spend, Choice::GoOn, Choice::Read];
    let first = goes_on.into_iter().find(|choice| question.choices.contains(choice));
    first.or(question.choices.last().copied())
}

fn line(question: &Question, text: &str) -> Option<(Choice, Option<String>)> {
    let kind = word(&question.kind)?;
    let said = text.lines().find_map(|line| {
        let (key, said) = line.split_once('=')?;
        (key.trim() == kind).then_some(said)
    })?;
    let mut words = said.split_whitespace();
    let choice = serde_json::from_value(words.next()?.into()).ok()?;
    Some((choice, words.next().map(str::to_owned)))
}

fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::QuestionKind;
    use faregate_protocol::wire::Bucket;

    fn question(id: u64, kind: QuestionKind, choices: &[Choice]) -> Question {
        let bucket = |key: &str| Bucket { key: key.to_owned(), ..Bucket::default() };
        Question {
            id,
            account: "jo".to_owned(),
            kind,
            title: String::new(),
            text: String::new(),
            remedies: Vec::new(),
            buckets: vec![bucket("west"), bucket("east")],
            bucket: Some("west".to_owned()),
            choices: choices.to_vec(),
            ends: None,
        }
    }

    fn ask(prompter: &mut ByRule) {
        prompter.show(&question(1, QuestionKind::Spend, &[Choice::Spend, Choice::Close]));
        prompter.show(&question(2, QuestionKind::Refused, &[Choice::Retry, Choice::Close]));
        prompter.show(&question(3, QuestionKind::Idle, &[Choice::GoOn, Choice::Close]));
        prompter.show(&question(4, QuestionKind::Notice, &[Choice::Read]));
    }

    fn said(prompter: &mut ByRule) -> Vec<(u64, Choice)> {
        prompter.answers().iter().map(|answer| (answer.id, answer.choice)).collect()
    }

    #[test]
    fn no_is_the_safest_and_yes_goes_on_without_asking_for_ever() {
        use Choice::{Close, GoOn, Read, Spend};
        let mut no = ByRule::new(Rule::No);
        ask(&mut no);
        assert_eq!(said(&mut no), [(1, Close), (2, Close), (3, Close), (4, Read)]);
        assert_eq!(said(&mut no), [], "each is answered once");
        let mut yes = ByRule::new(Rule::Yes);
        ask(&mut yes);
        yes.withdraw(3);
        assert_eq!(said(&mut yes), [(1, Spend), (2, Close), (4, Read)]);
        yes.show(&question(3, QuestionKind::NextUnit, &[GoOn, Close]));
        assert_eq!(said(&mut yes), [(3, GoOn)]);
    }

    #[test]
    fn a_file_answers_what_it_names_and_the_rest_stays_open() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("answers");
        let mut prompter = ByRule::new(Rule::File(path.clone()));
        ask(&mut prompter);
        assert_eq!(prompter.answers(), [], "no file yet");
        std::fs::write(&path, "spend = spend north\nrefused = spend\nidle = nonsense\n= x\n")
            .unwrap();
        assert_eq!(prompter.answers(), [], "none of it is allowed");
        std::fs::write(&path, "# by hand\nspend = spend east\nrefused=retry\n").unwrap();
        let answers = prompter.answers();
        let east = Some("east".to_owned());
        assert_eq!(answers[0], Answer { id: 1, choice: Choice::Spend, bucket: east });
        assert_eq!(answers[1], Answer { id: 2, choice: Choice::Retry, bucket: None });
        assert_eq!(answers.len(), 2);
        std::fs::write(&path, "idle = close\nnotice = read\n").unwrap();
        assert_eq!(said(&mut prompter), [(3, Choice::Close), (4, Choice::Read)]);
    }
}

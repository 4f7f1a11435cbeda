//! Asks in lines of text: the question and its numbered choices; an answer is a number, and a bucket's key where
//! another shall pay than the one that is named.

use super::allows;
use crate::ports::{Answer, Choice, Prompter, Question};
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, channel};

/// Longer lines are cut.
const CHARS_MAX: usize = 500;

/// Asks in lines of text, one question at a time.
pub struct Terminal<W> {
    out: W,
    lines: Receiver<String>,
    open: Vec<Question>,
    shown: Option<u64>,
}

impl<W: Write> Terminal<W> {
    /// Writes questions to `out` and reads answers from `input`, which a thread waits for until it ends.
    pub fn new(out: W, input: impl BufRead + Send + 'static) -> Self {
        let (send, lines) = channel();
        std::thread::spawn(move || {
            input.lines().map_while(Result::ok).try_for_each(|line| send.send(line))
        });
        Self { out, lines, open: Vec::new(), shown: None }
    }

    /// Writes the first question, unless it stands there already.
    fn write(&mut self) {
        let Some(question) = self.open.first().filter(|it| self.shown != Some(it.id)) else {
            return;
        };
        self.shown = Some(question.id);
        // Somebody without a terminal is somebody who does not answer.
        let _ = self.out.write_all(page(question).as_bytes()).and_then(|()| self.out.flush());
    }

    fn read(&mut self, line: &str) -> Option<Answer> {
        let question = self.open.first()?;
        let mut words = line.split_whitespace();
        let number = words.next()?.parse::<usize>().ok()?.checked_sub(1)?;
        let choice = *question.choices.get(number)?;
        let answer = Answer { id: question.id, choice, bucket: words.next().map(str::to_owned) };
        allows(question, &answer).then_some(answer)
    }
}

impl<W: Write> Prompter for Terminal<W> {
    fn show(&mut self, question: &Question) {
        self.withdraw(question.id);
        self.open.push(question.clone());
        self.write();
    }

    fn withdraw(&mut self, id: u64) {
        self.open.retain(|question| question.id != id);
        self.shown = self.shown.filter(|shown| *shown != id);
    }

    fn answers(&mut self) -> Vec<Answer> {
        let mut answers = Vec::new();
        while let Ok(line) = self.lines.try_recv() {
            if let Some(answer) = self.read(&line) {
                self.withdraw(answer.id);
                answers.push(answer);
            } else {
                // What was not understood is asked again.
                self.shown = None;
            }
        }
        self.write();
        answers
    }
}

fn page(question: &Question) -> String {
    let mut page = format!("\n{}\n{}\n", plain(&question.title), plain(&question.text));
    for remedy in &question.remedies {
        page += &format!("  - {}\n", plain(remedy));
    }
    for bucket in &question.buckets {
        page +=
            &format!("  [{}] {}, {} left\n", plain(&bucket.key), plain(&bucket.name), bucket.left);
    }
    for (number, choice) in (1..).zip(&question.choices) {
        page += &format!("{number}: {}\n", label(*choice));
    }
    page
}

fn label(choice: Choice) -> &'static str {
    match choice {
        Choice::Spend => "use the tokens",
        Choice::Retry => "ask again",
        Choice::Close => "close it",
        Choice::GoOn => "go on",
        Choice::Read => "understood",
    }
}

/// Text of others without what moves a cursor, starts a line, or turns the direction of writing round.
fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean = |c: char| if c.is_control() || turns(c) { ' ' } else { c };
    text.chars().take(CHARS_MAX).map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::QuestionKind;
    use faregate_protocol::wire::Bucket;
    use std::sync::mpsc::Sender;

    struct Desk {
        terminal: Terminal<Vec<u8>>,
        typed: Sender<String>,
    }

    fn desk() -> Desk {
        let (typed, lines) = channel();
        let terminal = Terminal { out: Vec::new(), lines, open: Vec::new(), shown: None };
        Desk { terminal, typed }
    }

    impl Desk {
        fn types(&mut self, line: &str) -> Vec<Answer> {
            self.typed.send(line.to_owned()).unwrap();
            self.terminal.answers()
        }

        fn written(&mut self) -> String {
            String::from_utf8(std::mem::take(&mut self.terminal.out)).unwrap()
        }
    }

    fn question(id: u64) -> Question {
        let east = Bucket { key: "east".into(), name: "Bridge\u{202e} East".into(), left: 412.0 };
        Question {
            id,
            account: "jo".to_owned(),
            kind: QuestionKind::Spend,
            title: "Revit\u{1b}[2J will use\n10 tokens".to_owned(),
            text: String::new(),
            remedies: vec!["open in the viewer".to_owned()],
            buckets: vec![east],
            bucket: None,
            choices: vec![Choice::Spend, Choice::Close],
            ends: None,
        }
    }

    #[test]
    fn a_question_is_asked_once_without_control_characters_and_answered_by_number() {
        let mut desk = desk();
        desk.terminal.show(&question(7));
        desk.terminal.show(&question(8));
        let said = desk.written();
        assert_eq!(
            said,
            "\nRevit [2J will use 10 tokens\n\n  - open in the viewer\n  [east] Bridge  East, 412 left\n\
             1: use the tokens\n2: close it\n"
        );
        for nonsense in ["", "0", "3", "yes", "1 west", "-1", "99999999999999999999999"] {
            assert_eq!(desk.types(nonsense), [], "{nonsense}");
            assert_eq!(desk.written(), said, "asked again");
        }
        let east = Some("east".to_owned());
        assert_eq!(desk.types("1 east"), [Answer { id: 7, choice: Choice::Spend, bucket: east }]);
        assert!(!desk.written().is_empty(), "the next");
        desk.terminal.withdraw(8);
        assert_eq!(desk.types("1"), []);
        assert_eq!(desk.written(), "");
    }

    #[test]
    fn lines_come_from_the_input() {
        let mut terminal = Terminal::new(Vec::new(), std::io::Cursor::new("2\n"));
        terminal.show(&question(1));
        let answer = loop {
            if let Some(answer) = terminal.answers().pop() {
                break answer;
            }
            std::thread::yield_now();
        };
        assert_eq!(answer.choice, Choice::Close);
    }
}

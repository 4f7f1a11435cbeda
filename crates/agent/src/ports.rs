//! What the agent needs of the machine that it runs on. Few and deep; each has one adapter for real and one for tests.

use std::time::Duration;

/// A process, told apart from a later one with the same number.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct ProcessId {
    /// The boot of the machine that it belongs to.
    pub boot: String,
    /// Its number.
    pub pid: u32,
    /// When it started, in the operating system's own count.
    pub start: u64,
}

/// A process that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Which.
    pub id: ProcessId,
    /// Its name, for example `Revit.exe`.
    pub name: String,
    /// Where its executable lies, when that is known.
    pub path: Option<String>,
    /// The account that it runs under, for example `ACME\jo`.
    pub account: String,
}

/// Looks at processes and acts on them.
pub trait Processes {
    /// Those that run now and whose name the filter wants: so that only few are looked at closely.
    fn running(&mut self, wanted: &dyn Fn(&str) -> bool) -> Vec<Process>;
    /// The version of an executable, where its path or the file says it.
    fn version(&mut self, process: &Process) -> Option<String>;
    /// Lets it stand still; whether that was done.
    fn suspend(&mut self, id: &ProcessId) -> bool;
    /// Lets it go on; whether that was done.
    fn resume(&mut self, id: &ProcessId) -> bool;
    /// Asks it to close, as a person would; whether that was done.
    fn ask_to_close(&mut self, id: &ProcessId) -> bool;
    /// Ends it; whether that was done.
    fn end(&mut self, id: &ProcessId) -> bool;
}

/// What the machine says of time.
pub trait Times {
    /// The wall clock, in seconds since 1970 UTC. It may jump.
    fn wall(&mut self) -> i64;
    /// Time since the machine was started, its sleep included. It never jumps.
    fn since_boot(&mut self) -> Duration;
    /// Which boot this is.
    fn boot(&mut self) -> String;
    /// For how long nobody touched keyboard or mouse; `None` where that cannot be known.
    fn idle(&mut self) -> Option<Duration>;
}

/// A question to the person at the machine.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Question {
    /// Names it.
    pub id: u64,
    /// Who is asked: the account.
    pub account: String,
    /// What it is about.
    pub kind: QuestionKind,
    /// First line.
    pub title: String,
    /// What happened, or what it would cost.
    pub text: String,
    /// What they could do instead, or about it.
    pub remedies: Vec<String>,
    /// Projects to choose from, where there are several.
    pub buckets: Vec<faregate_protocol::wire::Bucket>,
    /// The one that would pay if nothing is chosen.
    pub bucket: Option<String>,
    /// What they can answer, the safest last.
    pub choices: Vec<Choice>,
    /// When the time to answer, or to save, is over: by the wall clock, seconds since 1970 UTC. It is counted down.
    pub ends: Option<i64>,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// Tokens would be spent.
    Spend,
    /// They were turned away.
    Refused,
    /// The next unit begins soon.
    NextUnit,
    /// A product sits idle.
    Idle,
    /// Only to be read.
    Notice,
}

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Spend them.
    Spend,
    /// Ask again: something was done about it.
    Retry,
    /// Close the product.
    Close,
    /// Go on.
    GoOn,
    /// It was read.
    Read,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Answer {
    /// To which question.
    pub id: u64,
    /// What.
    pub choice: Choice,
    /// The bucket that was chosen.
    pub bucket: Option<String>,
}

/// Asks the person. Nothing here waits.
pub trait Prompter {
    /// Shows a question; the same id replaces what was shown.
    fn show(&mut self, question: &Question);
    /// Takes a question back: it is no longer of interest.
    fn withdraw(&mut self, id: u64);
    /// Answers given since the last time.
    fn answers(&mut self) -> Vec<Answer>;
}

impl<P: Prompter + ?Sized> Prompter for Box<P> {
    fn show(&mut self, question: &Question) {
        (**self).show(question);
    }

    fn withdraw(&mut self, id: u64) {
        (**self).withdraw(id);
    }

    fn answers(&mut self) -> Vec<Answer> {
        (**self).answers()
    }
}

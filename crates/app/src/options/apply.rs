//! A plan put in force: written, re-read, verified, and taken back where the daemon did not understand it.
//!
//! The file is either the old one or the new one at any moment, whatever fails when. Without an answer of the daemon
//! nothing is taken back: not knowing is no reason to change the rules of a working server once more.

use super::writing::Prepared;
use core::fmt;
use faregate_ingest::options::echo::{Difference, Echo, Kind, agrees};
use faregate_ingest::options::{Directive, Feature, OptionsFile, Who};

/// The options file and the licence server that reads it.
pub trait Server {
    /// The file's bytes.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&mut self) -> Result<Vec<u8>, String>;

    /// Keeps a copy beside the file, durably, and says where.
    ///
    /// # Errors
    /// Why there is none.
    fn keep(&mut self, bytes: &[u8]) -> Result<String, String>;

    /// Replaces the file, durably and as a whole: whoever reads it gets the old bytes or the new ones.
    ///
    /// # Errors
    /// Why the file is as it was.
    fn replace(&mut self, bytes: &[u8]) -> Result<(), String>;

    /// Has the daemon re-read it; `None` where nobody said how.
    fn reread(&mut self) -> Option<Result<(), String>>;

    /// What the daemon has said of its options since [`Server::reread`] was last asked for; `None` while it is
    /// silent.
    ///
    /// # Errors
    /// Why that cannot be known.
    fn heard(&mut self) -> Result<Option<Echo>, String>;

    /// Waits a moment for the daemon to say more; `false` when it had all the time it gets.
    fn wait(&mut self) -> bool;

    /// Records that an apply begins, or how it ended.
    ///
    /// # Errors
    /// Why it is not on record.
    fn note(&mut self, ended: Option<&Result<Applied, Refusal>>) -> Result<(), String>;
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Whether the file was written; it was not where it said the same already.
    pub written: bool,
    /// Where the copy of the old file is.
    pub copy: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What else was noticed.
    pub warnings: Vec<String>,
}

/// How an apply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The daemon repeats what the file says.
    Verified,
    /// Nobody knows whether the daemon took it, and why not. The new file is in place.
    Unverified(String),
    /// The daemon did not take it: the old file is in place again, and what came of re-reading that.
    RolledBack(Vec<Difference>, Option<Result<(), String>>),
    /// The daemon did not take it, and why it was not taken back. The file is as it was left.
    Disagrees(Vec<Difference>, String),
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The file is not the one that the plan was made for.
    Changed,
    /// The machine would not.
    Failed(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("the file was changed since the plan was made for it"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Puts a prepared plan in force. Where the file says the same already, it is only re-read and verified, so that an
/// apply which was cut short is finished by repeating it.
///
/// # Errors
/// [`Refusal`]; the file is as it was.
pub fn apply(server: &mut dyn Server, prepared: &Prepared) -> Result<Applied, Refusal> {
    refuse_changed(server, &prepared.before)?;
    server.note(None).map_err(Refusal::Failed)?;
    let mut done = carry_out(server, prepared);
    if let (Err(why), Ok(applied)) = (server.note(Some(&done)), &mut done) {
        applied.warnings.push(format!("how it ended is not on record: {why}"));
    }
    done
}

fn refuse_changed(server: &mut dyn Server, expected: &[u8]) -> Result<(), Refusal> {
    let now = server.read().map_err(Refusal::Failed)?;
    if now == expected { Ok(()) } else { Err(Refusal::Changed) }
}

fn carry_out(server: &mut dyn Server, prepared: &Prepared) -> Result<Applied, Refusal> {
    let written = prepared.before != prepared.after;
    let mut copy = None;
    if written {
        copy = Some(server.keep(&prepared.before).map_err(Refusal::Failed)?);
        refuse_changed(server, &prepared.before)?;
        server.replace(&prepared.after).map_err(Refusal::Failed)?;
    }
    let mut warnings = Vec::new();
    let told = server.reread();
    if let Some(Err(why)) = &told {
        warnings.push(format!("the command to re-read failed: {why}"));
    }
    let outcome = match listen(server, prepared) {
        Heard::Agrees(others) => {
            warnings.extend(others.iter().map(ToString::to_string));
            Outcome::Verified
        }
        Heard::Disagrees(differences) => take_back(server, prepared, differences),
        Heard::Nothing(_) if told.is_none() => {
            Outcome::Unverified("nobody told the daemon to re-read".to_owned())
        }
        Heard::Nothing(why) => Outcome::Unverified(why),
    };
    Ok(Applied { written, copy, outcome, warnings })
}

/// What the daemon's words come to.
enum Heard {
    /// It took all of Faregate's part; what else differs.
    Agrees(Vec<Difference>),
    /// It did not take something of Faregate's part.
    Disagrees(Vec<Difference>),
    /// It does not say.
    Nothing(String),
}

/// Listens until the daemon agrees, or its time is over: what it did not say yet, it may still say.
fn listen(server: &mut dyn Server, prepared: &Prepared) -> Heard {
    let file = prepared.file();
    loop {
        let heard = match server.heard() {
            Ok(Some(echo)) => judge(&file, prepared.part, &echo),
            Ok(None) => Heard::Nothing("the daemon said nothing of its options".to_owned()),
            Err(why) => return Heard::Nothing(why),
        };
        if matches!(heard, Heard::Agrees(_)) || !server.wait() {
            return heard;
        }
    }
}

fn judge(file: &OptionsFile, part: (usize, usize), echo: &Echo) -> Heard {
    let part = Part { file, part, echo };
    let (mut against, mut others, mut unsure) = (Vec::new(), Vec::new(), false);
    for difference in agrees(file, echo) {
        match part.weight(&difference) {
            Weight::Against => against.push(difference),
            Weight::Aside => others.push(difference),
            Weight::Unsure => {
                unsure = true;
                others.push(difference);
            }
        }
    }
    let silent = echo.said.is_empty() && echo.unread.is_empty();
    if !against.is_empty() && !silent {
        Heard::Disagrees(against)
    } else if !against.is_empty() || (unsure && !part.is_spoken_of()) {
        // Some daemons may re-read and not repeat; that is no word against the file.
        Heard::Nothing("the daemon repeats none of these options".to_owned())
    } else {
        Heard::Agrees(others)
    }
}

/// What a difference says of Faregate's part.
enum Weight {
    /// The daemon did not take a line of it.
    Against,
    /// Nothing.
    Aside,
    /// Perhaps that a line was not taken, perhaps only that the server has no such feature.
    Unsure,
}

/// Faregate's part of a file, and what the daemon says.
struct Part<'a> {
    file: &'a OptionsFile,
    part: (usize, usize),
    echo: &'a Echo,
}

impl Part<'_> {
    fn rules(&self) -> impl Iterator<Item = (usize, &Directive)> {
        let (begin, end) = self.part;
        self.file.directives().filter(move |(line, _)| begin < *line && *line < end)
    }

    fn weight(&self, difference: &Difference) -> Weight {
        match difference.kind {
            // It may come from another file.
            Kind::Surplus => Weight::Aside,
            Kind::Missing => {
                let mut ours = self.rules().filter(|(line, _)| difference.file_line == Some(*line));
                match ours.next() {
                    None => Weight::Aside,
                    Some((_, rule)) => self.missing(rule),
                }
            }
            // A feature is written in both of its forms, and a server may have but one of them.
            Kind::Refused => {
                let named = |rule: &Directive| {
                    let code = rule.feature().map(Feature::code);
                    let code = code.filter(|code| self.echo.served.contains(*code));
                    let group = rule.who().and_then(Who::group).map(|(_, name)| name.as_str());
                    code.into_iter().chain(group).any(|word| difference.text.contains(word))
                };
                if self.rules().any(|(_, rule)| named(rule)) {
                    Weight::Against
                } else {
                    Weight::Aside
                }
            }
        }
    }

    /// Where it is not known what the server serves, a feature that the daemon says nothing of may be none of it.
    fn missing(&self, rule: &Directive) -> Weight {
        let Some(code) = rule.feature().map(Feature::code) else { return Weight::Against };
        let known = !self.echo.served.is_empty();
        if known || self.says(code) { Weight::Against } else { Weight::Unsure }
    }

    fn says(&self, code: &str) -> bool {
        self.echo.said.iter().any(|said| said.what.code() == Some(code))
    }

    fn is_spoken_of(&self) -> bool {
        self.rules().filter_map(|(_, rule)| rule.feature()).any(|feature| self.says(feature.code()))
    }
}

fn take_back(server: &mut dyn Server, prepared: &Prepared, found: Vec<Difference>) -> Outcome {
    if prepared.before == prepared.after {
        let why = "nothing was written, so there is nothing to take back";
        return Outcome::Disagrees(found, why.to_owned());
    }
    if let Err(why) = refuse_changed(server, &prepared.after) {
        return Outcome::Disagrees(found, why.to_string());
    }
    match server.replace(&prepared.before) {
        Ok(()) => Outcome::RolledBack(found, server.reread()),
        Err(why) => Outcome::Disagrees(found, why),
    }
}

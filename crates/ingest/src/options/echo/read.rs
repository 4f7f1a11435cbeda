//! Lines of a debug log into echoes.

use super::{Echo, Said, Understood};
use crate::features::Code;
use crate::options::directive::{Verb, Who};
use crate::options::parse;

/// A longer line is no echo.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// Of a log with more echoes the last ones are kept.
const ECHOES_MAX: usize = 64;

/// Reads echoes out of a debug log, of one vendor daemon.
#[derive(Clone, Debug)]
pub struct Reader {
    daemon: String,
    partial: Vec<u8>,
    line: usize,
    echoes: Vec<Echo>,
    /// The package whose components go on in the next line.
    package: Option<String>,
    listing: bool,
}

impl Reader {
    /// A reader for the lines of this daemon: `adskflex`.
    #[must_use]
    pub fn new(daemon: &str) -> Self {
        Self {
            daemon: daemon.to_owned(),
            partial: Vec::new(),
            line: 0,
            echoes: Vec::new(),
            package: None,
            listing: false,
        }
    }

    /// Reads on.
    pub fn feed(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            // One byte over the limit says that the line is too long, and more need not be kept.
            let room = LINE_BYTES_MAX.saturating_add(1).saturating_sub(self.partial.len());
            self.partial.extend(part.iter().take(room));
            if part.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    /// How many lines have ended so far.
    #[must_use]
    pub const fn lines(&self) -> usize {
        self.line
    }

    /// The echoes, in order; the last one is what holds.
    #[must_use]
    pub fn finish(mut self) -> Vec<Echo> {
        if !self.partial.is_empty() {
            self.end_line();
        }
        self.echoes
    }

    fn end_line(&mut self) {
        self.line = self.line.saturating_add(1);
        let bytes = core::mem::take(&mut self.partial);
        if bytes.len() <= LINE_BYTES_MAX {
            let (text, _) = crate::options::encoding::decode(&bytes);
            if let Some(message) = message(&text, &self.daemon) {
                self.message(message);
            }
        }
    }

    fn message(&mut self, message: &str) {
        let begins = message.starts_with("FlexNet Licensing version")
            || message.starts_with("FLEXnet Licensing version")
            || message.starts_with("Rereading options file");
        let path =
            message.strip_prefix("Using options file:").map(|path| path.trim().trim_matches('"'));
        if begins || (path.is_some() && self.echoes.last().is_none_or(|echo| echo.path.is_some())) {
            self.begin();
        }
        if let Some(path) = path {
            self.echo().path = Some(path.to_owned());
            return;
        }
        if begins || self.served(message) {
            return;
        }
        match understood(message) {
            Some(Ok(what)) => {
                let line = self.line;
                self.echo().said.push(Said { line, what });
            }
            Some(Err(())) => {
                let entry = (self.line, message.to_owned());
                self.echo().unread.push(entry);
            }
            None => {}
        }
    }

    fn begin(&mut self) {
        // A re-read changes the options and, unless it lists them again, not the licences.
        let (packages, served) = self
            .echoes
            .last()
            .map(|echo| (echo.packages.clone(), echo.served.clone()))
            .unwrap_or_default();
        if self.echoes.len() >= ECHOES_MAX {
            self.echoes.remove(0);
        }
        self.echoes.push(Echo { line: self.line, packages, served, ..Echo::default() });
    }

    /// The echo at hand; a log that begins after the start has one as well.
    fn echo(&mut self) -> &mut Echo {
        if self.echoes.is_empty() {
            self.begin();
        }
        let last = self.echoes.len().saturating_sub(1);
        // `begin` has pushed one.
        #[expect(clippy::indexing_slicing, reason = "there is a last one")]
        &mut self.echoes[last]
    }

    /// Takes the list of what is served: whether the line is a part of it.
    fn served(&mut self, message: &str) -> bool {
        if message.starts_with("Server started on ") {
            self.listing = true;
            self.package = None;
            let echo = self.echo();
            (echo.packages, echo.served) = Default::default();
            return true;
        }
        if !self.listing && !message.contains("(consisting of:") {
            return false;
        }
        let spread = message.replace("(consisting of:", " ( ").replace(')', " ) ");
        let words: Vec<&str> = spread.split_whitespace().collect();
        let fits = |word: &&str| matches!(*word, "(" | ")") || Code::parse(word).is_some();
        if words.is_empty() || !words.iter().all(fits) {
            (self.listing, self.package) = (false, None);
            return false;
        }
        let mut before: Option<&str> = None;
        for word in words {
            match word {
                "(" => self.package = before.map(str::to_owned),
                ")" => self.package = None,
                code => self.serve(code),
            }
            before = Some(word);
        }
        true
    }

    fn serve(&mut self, code: &str) {
        let package = self.package.clone();
        let echo = self.echo();
        echo.served.insert(code.to_owned());
        if let Some(package) = package {
            echo.packages.entry(package).or_default().insert(code.to_owned());
        }
    }
}

/// What follows `H:MM:SS (daemon) `; a forked daemon is `daemon_N`.
fn message<'a>(line: &'a str, daemon: &str) -> Option<&'a str> {
    let (time, rest) = line.trim_start().split_once(" (")?;
    let is_time = time.len() <= 8 && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let (name, message) = rest.split_once(") ")?;
    let fork = name.strip_prefix(daemon)?;
    let ours = fork.is_empty()
        || fork.strip_prefix('_').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()));
    (is_time && ours).then(|| message.trim())
}

/// What an echo says; `None` for another line, an error for one about options that cannot be read.
fn understood(message: &str) -> Option<Result<Understood, ()>> {
    let (first, rest) = message.split_once(' ')?;
    let first = first.trim_end_matches(':');
    // `INCLUDE:` with a colon, or `OUT:`, is another kind of line; an echo has the bare word.
    let read = match first {
        "RESERVING" => reserving(rest),
        "RESERVATION" => ignored(rest),
        "MAX" => max(rest),
        "INCLUDEALL" => all(Verb::Include, rest),
        "EXCLUDEALL" => all(Verb::Exclude, rest),
        "Max" if rest.starts_with("borrow interval") => borrow(rest),
        _ if message.contains(": INACTIVITY TIMEOUT set to ") => timeout(message),
        _ => {
            let Some(verb) = Verb::ALL.into_iter().find(|verb| verb.keyword() == first) else {
                return complains(message).then_some(Err(()));
            };
            access(verb, rest)
        }
    };
    Some(read.ok_or(()))
}

/// Whether the daemon says that something is wrong with its options. No list of its sentences is published, so any
/// that speaks of options and of something wrong counts; it is shown, and never taken for an answer.
fn complains(message: &str) -> bool {
    let text = message.to_ascii_lowercase();
    let wrong = ["error", "invalid", "unknown", "unrecognized", "not found", "ignored", "syntax"];
    text.contains("option") && wrong.iter().any(|word| text.contains(word))
}

/// `10 85730ACD_2012_0F/145D 7797 905A 1252  licenses for USER_GROUP G`.
fn reserving(rest: &str) -> Option<Understood> {
    let (count, rest) = rest.split_once(' ')?;
    let (feature, whom) = rest.split_once(" for ")?;
    let feature = feature.split_once(" license").map_or(feature, |(feature, _)| feature);
    let code = feature.split_once('/').map_or(feature, |(code, _)| code).trim();
    Some(Understood::Reserve(count.parse().ok()?, code.to_owned(), who(whom)?))
}

/// `of F for USER_GROUP G exceeds license count - ignored.`
fn ignored(rest: &str) -> Option<Understood> {
    let (code, rest) = rest.strip_prefix("of ")?.split_once(" for ")?;
    let (whom, _) = rest.split_once(" exceeds ")?;
    Some(Understood::ReserveIgnored(code.trim().to_owned(), who(whom)?))
}

/// `1 USER jo for F`.
fn max(rest: &str) -> Option<Understood> {
    let (count, rest) = rest.split_once(' ')?;
    let (whom, code) = rest.rsplit_once(" for ")?;
    Some(Understood::Max(count.parse().ok()?, code.trim().to_owned(), who(whom)?))
}

/// `USER_GROUP G in F`.
fn access(verb: Verb, rest: &str) -> Option<Understood> {
    let (whom, code) = rest.rsplit_once(" in ")?;
    Some(Understood::Access(verb, Some(code.trim().to_owned()), who(whom)?))
}

fn all(verb: Verb, rest: &str) -> Option<Understood> {
    let whom = rest.rsplit_once(" in ").map_or(rest, |(whom, _)| whom);
    Some(Understood::Access(verb, None, who(whom)?))
}

/// `ALL FEATURES: INACTIVITY TIMEOUT set to 3600 seconds`.
fn timeout(message: &str) -> Option<Understood> {
    let (feature, rest) = message.split_once(": INACTIVITY TIMEOUT set to ")?;
    let seconds = rest.split(' ').next()?.parse().ok()?;
    let feature = (feature != "ALL FEATURES").then(|| feature.trim().to_owned());
    Some(Understood::Timeout(feature, seconds))
}

/// `borrow interval for feature, F, set to 2160 hours`.
fn borrow(rest: &str) -> Option<Understood> {
    let (_, rest) = rest.split_once("feature, ")?;
    let (code, rest) = rest.split_once(", set to ")?;
    Some(Understood::BorrowHours(code.trim().to_owned(), rest.split(' ').next()?.parse().ok()?))
}

/// `USER_GROUP G`, where the options file says GROUP.
fn who(text: &str) -> Option<Who> {
    let (kind, name) = text.trim().split_once(' ')?;
    let kind = if kind == "USER_GROUP" { "GROUP" } else { kind };
    parse::who(kind, name.trim().trim_matches('"')).ok()
}

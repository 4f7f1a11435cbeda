//! The options file of a FlexNet vendor daemon (`adskflex.opt`): read, made, explained, compared.
//!
//! [`OptionsFile::parse`] keeps every line as its writer spelt it and says of each bad one what to do about it;
//! [`plan::generate`] makes one from plain data; [`region::merge`] puts it between two markers and leaves the
//! operator's own lines alone, byte for byte. [`effective::effective`] answers who gets in, and why;
//! [`mod@explain`] and [`mod@conflicts`] speak to people; [`policies`] imports; [`echo`] reads back what the daemon
//! says that it understood.
//!
//! A name cannot inject a line: only [`Name::new`] makes a [`Name`], and it refuses what could end a line or a
//! word. Nothing is escaped. Nothing here writes a file or runs a command. [`settings`] are what its operator adds.
//!
//! To add a directive: a variant of [`Directive`], its arms in `parse` and `render`, a row in the tests' table, a
//! sentence in `explain`.

pub mod conflicts;
mod diff;
mod directive;
pub mod echo;
pub mod effective;
pub mod encoding;
pub mod explain;
mod fault;
mod groups;
mod name;
mod parse;
pub mod plan;
pub mod policies;
mod range;
pub mod region;
mod render;
pub mod settings;
mod token;

pub use diff::Diff;
pub use directive::{Directive, Feature, GroupKind, QUALIFIERS, Verb, Who};
pub use fault::{BadLine, Fault};
pub use groups::{Group, Groups};
pub use name::{BadName, LogPath, NAME_BYTES_MAX, Name};
pub use range::{BadRange, Range, Ranges};

/// A line has at most so many characters, continuation lines counted as one with theirs.
pub const LINE_CHARACTERS_MAX: usize = 4_000;

/// An options file: its lines, in order, nothing left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionsFile {
    lines: Vec<Line>,
}

/// One line, with the lines that continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    number: usize,
    source: String,
    content: Content,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Blanks only.
    Blank,
    /// `# …`
    Comment,
    /// Something the daemon acts on.
    Directive(Directive),
    /// Something it cannot read, or would read otherwise than it is meant.
    Bad(Fault),
}

impl OptionsFile {
    /// Reads a file, whatever is in it. A byte order mark, CRLF and a last line without an end are kept.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self { lines: parse::lines(text) }
    }

    /// A file of these directives; a GROUP too long for a line becomes several lines, one without members none.
    pub fn of(directives: impl IntoIterator<Item = Directive>) -> Self {
        let mut file = Self::default();
        directives.into_iter().for_each(|directive| file.push(directive));
        file
    }

    /// Adds a directive at the end.
    pub fn push(&mut self, directive: Directive) {
        for part in render::fitting(directive) {
            let source = render::line(&part);
            self.add(source, Content::Directive(part));
        }
    }

    /// Adds a comment at the end; it is a constant, so that no data can be in it.
    pub fn push_comment(&mut self, comment: &'static str) {
        for line in comment.lines() {
            self.add(format!("# {line}\n"), Content::Comment);
        }
    }

    fn add(&mut self, source: String, content: Content) {
        if let Some(last) = self.lines.last_mut()
            && !last.source.ends_with('\n')
        {
            last.source.push('\n');
        }
        let number = self.lines.last().map_or(1, |line| line.number.saturating_add(line.height()));
        self.lines.push(Line { number, source, content });
    }

    /// The text: of lines that were read, exactly what was read.
    #[must_use]
    pub fn render(&self) -> String {
        self.lines.iter().map(|line| line.source.as_str()).collect()
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Its directives, each with the number of its line.
    pub fn directives(&self) -> impl Iterator<Item = (usize, &Directive)> {
        self.lines.iter().filter_map(|line| match &line.content {
            Content::Directive(directive) => Some((line.number, directive)),
            _ => None,
        })
    }

    /// Every line that is wrong, with its number, the reason and what to do.
    #[must_use]
    pub fn bad_lines(&self) -> Vec<BadLine> {
        let bad = |line: &Line| match &line.content {
            Content::Bad(fault) => Some(BadLine { line: line.number, fault: fault.clone() }),
            _ => None,
        };
        self.lines.iter().filter_map(bad).collect()
    }

    /// Its groups, lines of one group together.
    #[must_use]
    pub fn groups(&self) -> Groups {
        Groups::of(self)
    }
}

impl Line {
    /// The number of its first line, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// As it is written, with its end and the lines that continue it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it is.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    fn height(&self) -> usize {
        self.source.matches('\n').count().max(1)
    }
}

#[cfg(test)]
mod tests;

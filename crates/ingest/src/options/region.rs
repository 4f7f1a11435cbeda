//! The part of an options file that Faregate writes, between two marks; the rest is its operator's.
//!
//! [`merge`] replaces what is between the marks, or adds them at the end, and changes no byte of the rest. It refuses
//! a file of which it cannot say where the part is. [`clashes`] names lines of the operator that change what the part
//! means: a group that both write to, an INCLUDE beside one of ours.

use super::conflicts::{Finding, Matter};
use super::diff::Diff;
use super::directive::{Directive, GroupKind, Verb};
use super::name::Name;
use super::{Content, OptionsFile};
use core::fmt;
use std::collections::BTreeSet;

/// How the first line of the part begins.
pub const BEGIN: &str = "# faregate begin";
/// How the last line of the part begins.
pub const END: &str = "# faregate end";

const BEGIN_REMARK: &str =
    ": what stands up to the end mark is replaced, write your own lines outside of it";

/// What to write, and what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The new text of the file.
    pub text: String,
    /// What it changes, for a dry run.
    pub diff: Diff,
}

/// Why a file is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRegion {
    /// A begin mark without an end mark after it.
    Unended(usize),
    /// An end mark without a begin mark before it.
    Unbegun(usize),
    /// A second part.
    Second(usize),
    /// The line before the part ends with `\`, so that the part would continue it.
    Continued(usize),
}

impl fmt::Display for BadRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unended(line) => write!(
                f,
                "line {line}: `{BEGIN}` without `{END}`; write the end mark where Faregate's part ends"
            ),
            Self::Unbegun(line) => {
                write!(f, "line {line}: `{END}` without `{BEGIN}`; take the line out")
            }
            Self::Second(line) => {
                write!(f, "line {line}: a second part of Faregate; keep one of the two")
            }
            Self::Continued(line) => write!(
                f,
                "line {line}: it ends with `\\` and would swallow the line after it; take the `\\` off"
            ),
        }
    }
}

/// The operator's text with the generated lines in their place.
///
/// # Errors
/// The marks are not one pair, or the line before would swallow the first one.
pub fn merge(existing: &str, generated: &OptionsFile) -> Result<Merged, BadRegion> {
    let (head, tail) = around(existing)?;
    let continued = head.trim_end_matches(['\r', '\n']).ends_with('\\');
    if continued {
        return Err(BadRegion::Continued(head.lines().count()));
    }
    let end = line_end(existing);
    let mut text = head.to_owned();
    if !text.is_empty() && text != "\u{feff}" && !text.ends_with('\n') {
        text.push_str(if text.ends_with('\r') { "\n" } else { end });
    }
    let body = generated.render();
    text.push_str(&format!("{BEGIN}{BEGIN_REMARK}{end}"));
    body.lines().for_each(|line| text.extend([line, end]));
    text.extend([END, end, tail]);
    let diff = Diff::between(existing, &text);
    Ok(Merged { text, diff })
}

/// The operator's own lines, the part taken out: what is left when Faregate goes.
///
/// # Errors
/// The marks are not one pair.
pub fn without(existing: &str) -> Result<String, BadRegion> {
    around(existing).map(|(head, tail)| format!("{head}{tail}"))
}

/// What stands before the part and after it; everything before, where there is none.
fn around(text: &str) -> Result<(&str, &str), BadRegion> {
    let (mut begin, mut end, mut at) = (None, None, 0_usize);
    for (number, line) in (1_usize..).zip(text.split_inclusive('\n')) {
        let after = at.saturating_add(line.len());
        let shown = line.trim_start_matches(['\u{feff}', ' ', '\t']);
        if shown.starts_with(BEGIN) {
            match (begin, end) {
                (None, _) => begin = Some((number, at)),
                (Some((line, _)), None) => return Err(BadRegion::Unended(line)),
                (Some(_), Some(_)) => return Err(BadRegion::Second(number)),
            }
        } else if shown.starts_with(END) {
            match (begin, end) {
                (Some(_), None) => end = Some(after),
                _ => return Err(BadRegion::Unbegun(number)),
            }
        }
        at = after;
    }
    match (begin, end) {
        (Some((_, from)), Some(until)) => {
            // A byte order mark before our first line belongs to the file, not to the part.
            let from = if text.starts_with('\u{feff}') { from.max(3) } else { from };
            Ok((text.get(..from).unwrap_or(""), text.get(until..).unwrap_or("")))
        }
        (Some((line, _)), None) => Err(BadRegion::Unended(line)),
        _ => Ok((text, "")),
    }
}

/// How the file ends its lines: as its first one does, be its `\n` still to be written.
fn line_end(text: &str) -> &'static str {
    let first = text.split('\n').next().unwrap_or("");
    if first.ends_with('\r') { "\r\n" } else { "\n" }
}

/// Lines outside of the part that change what the part means.
#[must_use]
pub fn clashes(file: &OptionsFile) -> Vec<Finding> {
    let inside = inside(file);
    let (ours, theirs): (Vec<_>, Vec<_>) =
        file.directives().partition(|(line, _)| inside.contains(line));
    let mut found = Vec::new();
    for (line, directive) in theirs {
        match directive {
            Directive::Group { kind, name, .. } => {
                let same = |rule: &Directive| is_group(rule, *kind, name);
                if let Some((our_line, _)) = ours.iter().find(|(_, rule)| same(rule)) {
                    found.push(shared_group(line, *our_line, *kind, name));
                }
            }
            Directive::Access { verb, feature, .. } if !verb.excludes() => {
                let same = |rule: &Directive| matches!(rule, Directive::Access { verb: v, feature: f, .. } if v == verb && f == feature);
                if let Some((our_line, _)) = ours.iter().find(|(_, rule)| same(rule)) {
                    found.push(widened(line, *our_line, *verb, feature.code()));
                }
            }
            Directive::GroupCaseInsensitive(on) => {
                let other = |rule: &Directive| matches!(rule, Directive::GroupCaseInsensitive(o) if o != on);
                if let Some((our_line, _)) = ours.iter().find(|(_, rule)| other(rule)) {
                    found.push(Finding::new(
                        Matter::Foreign,
                        [line, *our_line],
                        "GROUPCASEINSENSITIVE is switched both ways".to_owned(),
                        "take your own line out; the switch holds for the whole file",
                    ));
                }
            }
            _ => {}
        }
    }
    found
}

fn inside(file: &OptionsFile) -> BTreeSet<usize> {
    let mark = |start: &str| {
        let marked = |line: &&super::Line| {
            *line.content() == Content::Comment && line.source().trim_start().starts_with(start)
        };
        file.lines().iter().find(marked).map(super::Line::number)
    };
    let (Some(begin), Some(end)) = (mark(BEGIN), mark(END)) else { return BTreeSet::new() };
    (begin..=end).collect()
}

fn is_group(rule: &Directive, kind: GroupKind, name: &Name) -> bool {
    matches!(rule, Directive::Group { kind: k, name: n, .. } if *k == kind && n == name)
}

fn shared_group(line: usize, ours: usize, kind: GroupKind, name: &Name) -> Finding {
    Finding::new(
        Matter::Foreign,
        [line, ours],
        format!("{} `{name}` is yours and Faregate's, so its members add up", kind.keyword()),
        "give your group another name",
    )
}

fn widened(line: usize, ours: usize, verb: Verb, code: &str) -> Finding {
    Finding::new(
        Matter::Foreign,
        [line, ours],
        format!("your {} lets more people to `{code}` than the policies do", verb.keyword()),
        "take the line out, or put the people into a group that the policies let in",
    )
}

//! Rows of users: `user host display (v1.0) (srv/27000 501), start Fri 10/20 16:44, 5 licenses, PID: 7`.

use super::Reason;
use super::date::digits;
use std::collections::BTreeSet;

/// A row, taken apart as far as its form says how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// User, host and display, with blanks between them and perhaps in them.
    pub(super) who: &'a str,
    pub(super) version: &'a str,
    pub(super) handle: &'a str,
    pub(super) state: State<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State<'a> {
    /// Held since then.
    Held { start: &'a str, licences: u32, linger: Option<(u32, u32)>, pid: Option<u64> },
    /// Waiting for so many.
    Queued(u32),
}

/// Whether a line was meant to be a row.
pub(super) fn resembles(line: &str) -> bool {
    line.contains(", start ") || line.contains(" queued for ")
}

/// Takes a row apart.
pub(super) fn read(line: &str) -> Result<Row<'_>, Reason> {
    let (left, state) = match line.rsplit_once("), start ") {
        Some((left, right)) => (left, held(right)?),
        None => {
            let (left, right) = line.rsplit_once(") queued for ").ok_or(Reason::Form)?;
            let (count, _) = right.split_once(' ').ok_or(Reason::Form)?;
            (left, State::Queued(digits(count).ok_or(Reason::Number)?))
        }
    };
    // A display may have parentheses, so both are looked for from the end.
    let (left, handle) = left.rsplit_once(" (").ok_or(Reason::Form)?;
    let (who, version) = left.rsplit_once(" (v").ok_or(Reason::Form)?;
    let version = version.strip_suffix(')').ok_or(Reason::Form)?;
    // Of who waits, the version that they asked for follows the display as a word of its own.
    let asked =
        matches!(state, State::Queued(_)).then(|| who.trim_end().strip_suffix(version)).flatten();
    let who = asked.filter(|who| who.ends_with(' ')).unwrap_or(who);
    Ok(Row { who: who.trim(), version, handle, state })
}

fn held(text: &str) -> Result<State<'_>, Reason> {
    let (mut licences, mut linger, mut pid) = (1, None, None);
    let (text, lingering) = match text.split_once("(linger:") {
        Some((before, after)) => (before.trim_end(), Some(after)),
        None => (text, None),
    };
    let mut rest = "";
    if let Some(after) = lingering {
        let (numbers, tail) = after.split_once(')').ok_or(Reason::Form)?;
        let (left, of) = numbers.split_once('/').ok_or(Reason::Form)?;
        let number = |text: &str| digits(text.trim()).ok_or(Reason::Number);
        linger = Some((number(left)?, number(of)?));
        rest = tail;
    }
    let mut parts = text.split(", ").chain(rest.split(", ")).map(str::trim);
    let start = parts.next().ok_or(Reason::Form)?;
    for part in parts.filter(|part| !part.is_empty()) {
        match part.split_once(' ') {
            Some(("PID:", number)) => pid = Some(digits(number.trim()).ok_or(Reason::Number)?),
            Some((count, "license" | "licenses")) => {
                licences = digits(count).ok_or(Reason::Number)?;
            }
            _ => return Err(Reason::Form),
        }
    }
    Ok(State::Held { start: start.trim_end_matches(','), licences, linger, pid })
}

/// Names that are known to be what they are, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) hosts: BTreeSet<String>,
    pub(super) users: BTreeSet<String>,
}

/// User, host and display.
///
/// # Errors
/// There are several ways to part them, and no reason for one.
pub(super) fn part(who: &str, known: &Known) -> Result<[String; 3], Reason> {
    let words: Vec<&str> = who.split(' ').filter(|word| !word.is_empty()).collect();
    let join = |from: usize, to: usize| words.get(from..to).unwrap_or(&[]).join(" ");
    let at = |host: usize| {
        let after = host.saturating_add(1);
        [join(0, host), join(host, after), join(after, words.len())]
    };
    match words.len() {
        0 | 1 => return Err(Reason::Form),
        2 | 3 => return Ok(at(1)),
        _ => {}
    }
    if let Some(host) = one(hosts_like_displays(&words)) {
        return Ok(at(host));
    }
    let last = words.len().saturating_sub(1);
    if words.last().is_some_and(|word| is_terminal(word)) {
        return Ok(at(last.saturating_sub(1)));
    }
    let is_host = |host: &usize| {
        words.get(*host).is_some_and(|word| known.hosts.contains(&word.to_lowercase()))
    };
    let is_user = |host: &usize| known.users.contains(&join(0, *host).to_lowercase());
    let by_host = one((1..words.len()).filter(is_host));
    let host = by_host.or_else(|| one((1..words.len()).filter(is_user)));
    host.map(at).ok_or(Reason::Ambiguous)
}

/// Where a word is followed by itself and nothing else: on Windows, display and host are the same.
fn hosts_like_displays<'a>(words: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
    let host = words.len().saturating_sub(2);
    let same = match (words.get(host), words.last()) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => false,
    };
    same.then_some(host).into_iter()
}

/// `/dev/pts/0`, `:0.0`, `srv:10.0`.
fn is_terminal(word: &str) -> bool {
    let is_x = word.rsplit_once(':').is_some_and(|(_, number)| {
        number.starts_with(|first: char| first.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    word.starts_with("/dev/") || is_x
}

fn one(mut all: impl Iterator<Item = usize>) -> Option<usize> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

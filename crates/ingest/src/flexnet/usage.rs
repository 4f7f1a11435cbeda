//! The usage events, from the message of one line.
//!
//! `OUT|IN: "feature" user@host  [display] (N licenses) (INACTIVE|SHUTDOWN)` and its relatives.
//! User names hold spaces, dots, hyphens, accents and now and then an `@`; the display is free
//! text. Two blanks end the host, so the holder is what stands before the first two blanks, and
//! its last `@` divides user from host.

use super::line::without_blanks;
use super::report::{DenialKind, Ended, RejectReason};
use super::verbose;
use crate::names::head;
use memchr::{memchr, memchr_iter, memmem, memrchr};

/// A usage event as written, nothing interned yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage<'a> {
    pub(crate) kind: Kind,
    pub(crate) feature: &'a [u8],
    /// `user@host`; empty for EXPIRED.
    pub(crate) holder: &'a [u8],
    /// What follows the holder.
    pub(crate) tail: &'a [u8],
}

/// Which word the message began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Out,
    In,
    Upgrade,
    Denial(DenialKind),
}

const NAME_MAX: usize = 255;

impl<'a> Usage<'a> {
    /// `None` where the message is no usage event at all.
    pub(crate) fn read(message: &'a [u8]) -> Option<Result<Self, RejectReason>> {
        let (kind, rest) = kind(message)?;
        Some(match kind {
            Kind::Denial(DenialKind::Expired) => expired(kind, rest),
            _ => Self::read_rest(kind, without_blanks(rest)),
        })
    }

    fn read_rest(kind: Kind, rest: &'a [u8]) -> Result<Self, RejectReason> {
        let (feature, rest) = quoted(rest).ok_or(RejectReason::FeatureUnreadable)?;
        let rest = without_blanks(rest);
        let rest = match kind {
            Kind::Denial(_) => without_key(rest),
            _ => rest,
        };
        let holder = holder(verbose::divided(rest).0);
        let tail = rest.get(holder.len()..).unwrap_or_default();
        let (user, host) = divide(holder).ok_or(RejectReason::HolderUnreadable)?;
        if user.is_empty() || host.is_empty() {
            return Err(RejectReason::HolderUnreadable);
        }
        if feature.len().max(user.len()).max(host.len()) > NAME_MAX {
            return Err(RejectReason::NameTooLong);
        }
        Ok(Self { kind, feature, holder, tail })
    }
}

fn kind(message: &[u8]) -> Option<(Kind, &[u8])> {
    let (kind, word): (Kind, &[u8]) = match message.first()? {
        b'O' => (Kind::Out, b"OUT:"),
        b'I' => (Kind::In, b"IN:"),
        b'D' if message.starts_with(b"DENIED:") => (Kind::Denial(DenialKind::Denied), b"DENIED:"),
        b'D' => (Kind::Denial(DenialKind::Dequeued), b"DEQUEUED:"),
        b'U' if message.starts_with(b"UPGRADE:") => (Kind::Upgrade, b"UPGRADE:"),
        b'U' => (Kind::Denial(DenialKind::Unsupported), b"UNSUPPORTED:"),
        b'Q' => (Kind::Denial(DenialKind::Queued), b"QUEUED:"),
        b'E' => (Kind::Denial(DenialKind::Expired), b"EXPIRED:"),
        _ => return None,
    };
    Some((kind, message.strip_prefix(word)?))
}

/// EXPIRED names a feature, bare or in quotes, and nobody.
fn expired(kind: Kind, rest: &[u8]) -> Result<Usage<'_>, RejectReason> {
    let rest = rest.trim_ascii();
    let feature = match quoted(rest) {
        Some((feature, _)) => feature,
        None => rest.split(|byte| *byte == b' ').next().unwrap_or(&[]),
    };
    match feature.len() {
        0 => Err(RejectReason::FeatureUnreadable),
        1..=NAME_MAX => Ok(Usage { kind, feature, holder: &[], tail: &[] }),
        _ => Err(RejectReason::NameTooLong),
    }
}

fn quoted(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = rest.strip_prefix(b"\"")?;
    let (feature, rest) = rest.split_at_checked(memchr(b'"', rest)?)?;
    (!feature.is_empty()).then_some((feature, rest.get(1..).unwrap_or(&[])))
}

/// Without the `(00B0 EF6E AFC6 B280 )` or `(PORT_AT_HOST_PLUS   )` that UNSUPPORTED puts first.
fn without_key(rest: &[u8]) -> &[u8] {
    let key = rest.strip_prefix(b"(").and_then(|inner| {
        let (_, after) = inner.split_at_checked(memchr(b')', inner)?)?;
        after.get(1..)
    });
    without_blanks(key.unwrap_or(rest))
}

/// The holder. Where a version writes one blank only, a parenthesis ends the host.
fn holder(rest: &[u8]) -> &[u8] {
    let end = memchr_iter(b' ', rest)
        .find(|place| matches!(rest.get(place.saturating_add(1)), None | Some(b' ')));
    let holder = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    let host = memrchr(b'@', holder).unwrap_or(holder.len());
    let bracket = memmem::find(holder.get(host..).unwrap_or(&[]), b" (");
    let short = bracket.and_then(|place| holder.get(..host.saturating_add(place)));
    short.unwrap_or(holder)
}

/// User and host of a holder, at its last `@`.
pub(crate) fn divide(holder: &[u8]) -> Option<(&[u8], &[u8])> {
    let (user, host) = holder.split_at_checked(memrchr(b'@', holder)?)?;
    Some((user.trim_ascii(), host.get(1..).unwrap_or(&[]).trim_ascii()))
}

/// What a tail says besides the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) licences: u16,
    pub(crate) ended: Ended,
}

/// Reads `(N licenses)`, `(INACTIVE)`, `(SHUTDOWN)` off the end; the rest is display.
pub(crate) fn notes(tail: &[u8]) -> Notes {
    let mut notes = Notes { licences: 1, ended: Ended::In };
    let mut rest = tail.trim_ascii();
    while let Some((before, note)) = last_bracket(rest) {
        match note {
            b"INACTIVE" => notes.ended = Ended::Inactive,
            b"SHUTDOWN" => notes.ended = Ended::Shutdown,
            _ => match licences(note) {
                Some(count) => notes.licences = count,
                None => break,
            },
        }
        rest = before;
    }
    notes
}

fn last_bracket(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = rest.strip_suffix(b")")?;
    let (before, note) = inner.split_at_checked(memrchr(b'(', inner)?)?;
    Some((before.trim_ascii_end(), note.get(1..)?.trim_ascii()))
}

/// `3 licenses`, or the new number of an UPGRADE: `9->10 licenses`.
fn licences(note: &[u8]) -> Option<u16> {
    let number = note.strip_suffix(b" licenses").or_else(|| note.strip_suffix(b" license"))?;
    let number = number.rsplit(|byte| *byte == b'>').next()?;
    let count: u16 = core::str::from_utf8(number).ok()?.trim().parse().ok()?;
    Some(count.max(1))
}

/// The server's words and its error numbers: `(reason (-4,342:10054 "text"))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) major: i32,
    pub(crate) minor: i32,
}

const WORDS_MAX: usize = 200;

/// Reads the words of a denial; a tail without error numbers is all words.
pub(crate) fn words(tail: &[u8]) -> Words<'_> {
    let tail = tail.trim_ascii();
    let coded = memchr_iter(b'(', tail).find_map(|place| {
        let (before, code) = tail.split_at_checked(place)?;
        let (major, minor) = error_numbers(code.get(1..)?)?;
        Some((before, major, minor))
    });
    let (text, major, minor) = coded.unwrap_or((tail, 0, 0));
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"(").unwrap_or(text);
    let text = if coded.is_none() { text.strip_suffix(b")").unwrap_or(text) } else { text };
    Words { text: head(text, WORDS_MAX).trim_ascii(), major, minor }
}

fn error_numbers(code: &[u8]) -> Option<(i32, i32)> {
    let (major, rest) = number(code)?;
    let (minor, _) = number(rest.strip_prefix(b",")?)?;
    Some((major, minor))
}

fn number(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'-');
    let (digits, rest) = bytes.split_at_checked(end.unwrap_or(bytes.len()))?;
    Some((core::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

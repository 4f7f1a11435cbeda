//! What a verbose log (2024 R1) adds to an event, and alone says: the address of the workstation.
//!
//! `^^^ ver user ip pid handle in_use out_of project flexver rev date time is_dup_group ^^^` at the end of the line.
//! Users and projects may hold blanks; the user is the event's, so that the address is the word behind them.

use super::usage::divide;
use core::net::IpAddr;
use memchr::memmem;

const MARK: &[u8] = b"^^^";

/// The end of a line without what a verbose log adds, and that, from its first mark on. A line of another log is told
/// by its last letter.
#[inline]
pub(crate) fn divided(rest: &[u8]) -> (&[u8], &[u8]) {
    if rest.trim_ascii_end().last() != Some(&b'^') {
        return (rest, &[]);
    }
    let mark = memmem::find(rest, MARK);
    mark.and_then(|mark| rest.split_at_checked(mark)).unwrap_or((rest, &[]))
}

/// Whether a tail has both marks, so that nothing of it was cut off.
pub(crate) fn is_whole(tail: &[u8]) -> bool {
    divided(tail).1.trim_ascii_end().get(MARK.len()..).is_some_and(|rest| rest.ends_with(MARK))
}

/// The address of this holder's workstation.
pub(crate) fn address(verbose: &[u8], holder: &[u8]) -> Option<IpAddr> {
    let words = |text| <[u8]>::split(text, |byte| *byte == b' ').filter(|word| !word.is_empty());
    let (user, _) = divide(holder)?;
    let version = 1_usize;
    let word = words(verbose.strip_prefix(MARK)?).nth(version.saturating_add(words(user).count()));
    ip(word?).filter(|address| !address.is_unspecified())
}

/// An address, its zone aside; one of version 4 that is written as one of version 6 is what it is.
fn ip(word: &[u8]) -> Option<IpAddr> {
    let word = core::str::from_utf8(word).ok()?;
    let plain = word.split('%').next().unwrap_or(word);
    plain.parse().ok().map(|address: IpAddr| address.to_canonical())
}

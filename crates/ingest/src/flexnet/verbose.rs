//! What a verbose log (2024 R1) adds to an event, and alone says: the address of the workstation.
//!
//! `^^^ ver user ip pid handle in_use out_of project flexver rev date time is_dup_group ^^^` at the end of the line.
//! Users and projects may hold blanks; the user is the event's, so that the address is the word behind them.

use super::usage::divide;
use core::net::IpAddr;
use memchr::{memchr, memmem};

const MARK: &[u8] = b"^^^";

/// The line without what a verbose log adds, and that, from its first mark on.
#[inline]
pub(crate) fn divided(rest: &[u8]) -> (&[u8], &[u8]) {
    // Almost no line of any log has the sign at all.
    let mark = memchr(b'^', rest).and_then(|from| {
        let found = memmem::find(rest.get(from..)?, MARK)?;
        Some(from.saturating_add(found))
    });
    mark.and_then(|mark| rest.split_at_checked(mark)).unwrap_or((rest, &[]))
}

/// Whether it has both its marks, so that nothing of it was cut off.
pub(crate) fn is_whole(verbose: &[u8]) -> bool {
    verbose.len() >= MARK.len().saturating_mul(2) && verbose.trim_ascii_end().ends_with(MARK)
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

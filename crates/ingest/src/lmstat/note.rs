//! Lines of the output that are no rows: servers, daemons, features, reservations.

use super::date::digits;
use super::{Daemon, Licences, Reservation, Server};

/// `host: license server UP (MASTER) v11.7`, or what it says instead.
pub(super) fn server(line: &str) -> Option<Server> {
    let (host, rest) = line.split_once(": ")?;
    let up = rest.starts_with("license server UP");
    let known = up || rest.starts_with("license server") || is_error(rest);
    (known && !host.contains(' ')).then(|| Server {
        host: host.to_owned(),
        up,
        master: rest.contains("(MASTER)"),
        error: (!up).then(|| rest.to_owned()),
    })
}

/// `adskflex: UP v11.18`, or what is said instead.
pub(super) fn daemon(line: &str) -> Option<Daemon> {
    let (name, rest) = line.split_once(':')?;
    let rest = rest.trim();
    let up = rest == "UP" || rest.starts_with("UP ");
    (!name.contains(' ') && !name.is_empty()).then(|| Daemon {
        name: name.to_owned(),
        up,
        error: (!up).then(|| rest.to_owned()),
    })
}

/// Whether a text says that something went wrong.
pub(super) fn is_error(text: &str) -> bool {
    let has = |words: &str| text.contains(words);
    has("Cannot connect to license server")
        || has("Error getting status")
        || has("lmgrd is not running")
        || has("vendor daemon is down")
        || has("Cannot find license file")
        || has("License server machine is down")
        || has("No socket connection to license server")
}

/// `Users of F:  (Total of 2 licenses issued;  Total of 1 license in use)`.
pub(super) fn feature(line: &str) -> Option<(&str, Licences)> {
    let rest = line.strip_prefix("Users of ")?;
    // A feature's name may have a colon, and what follows it is in parentheses.
    let (code, rest) = rest.rsplit_once(":  (").or_else(|| rest.rsplit_once(": ("))?;
    let rest = rest.trim_end().strip_suffix(')').unwrap_or(rest);
    Some((code, licences(rest)))
}

fn licences(text: &str) -> Licences {
    if text.starts_with("Uncounted") {
        return Licences::Uncounted;
    }
    let count = |part: &str| {
        let (number, _) = part.trim().strip_prefix("Total of ")?.split_once(' ')?;
        digits(number)
    };
    let counted = text.split_once(';').and_then(|(issued, in_use)| {
        Some(Licences::Counted { issued: count(issued)?, in_use: count(in_use)? })
    });
    let error = text.strip_prefix("Error: ").unwrap_or(text);
    counted.unwrap_or_else(|| Licences::Error(error.to_owned()))
}

/// `48 RESERVATIONs for GROUP G (srv/27002)`; `None` for another line.
pub(super) fn reservation(line: &str) -> Option<Option<Reservation>> {
    let (count, rest) = line.split_once(' ')?;
    let rest = rest.strip_prefix("RESERVATION")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(" for ")?;
    let read = || {
        let (kind, rest) = rest.split_once(' ')?;
        let (name, _) = rest.rsplit_once(" (")?;
        let name = name.trim();
        let licences = digits(count)?;
        (!name.is_empty()).then(|| Reservation {
            licences,
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    };
    Some(read())
}

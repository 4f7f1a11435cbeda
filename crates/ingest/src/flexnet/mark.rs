//! The lines that say nothing about usage and yet matter: dates, starts, exits, package contents.

use super::line::Line;
use faregate_core::when::Date;
use memchr::memmem;

const SYSTEM_DATE: &[u8] = b"Server's System Date and Time: ";

/// What a line other than usage means for the reading of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark<'a> {
    /// The local date at the time of the line.
    Date(Date),
    /// lmgrd's own banner: every vendor daemon starts anew. With the banner's date.
    ServerStarted(Option<Date>),
    /// This daemon was started, for the first time or again.
    DaemonStarted(&'a [u8]),
    /// This daemon has ended.
    DaemonEnded(&'a [u8]),
    /// Nothing known; may belong to a list of package contents.
    Chatter,
}

impl<'a> Mark<'a> {
    /// Reads the message of a line that is no usage event.
    pub(crate) fn read(line: &Line<'a>) -> Self {
        let message = line.message;
        match message.first() {
            Some(b'(') => dated(statistic(message)),
            Some(b'T') => dated(message.strip_prefix(b"TIMESTAMP ").and_then(slashed)),
            Some(b'S') if message.starts_with(SYSTEM_DATE) => {
                dated(message.strip_prefix(SYSTEM_DATE).and_then(spelled))
            }
            Some(b'E') if message.starts_with(b"EXITING ") => Self::DaemonEnded(line.daemon),
            Some(_) if line.daemon == b"lmgrd" => server(message),
            Some(b'F') if is_version(message) => Self::DaemonStarted(line.daemon),
            _ => Self::Chatter,
        }
    }
}

/// Whether a line that is no usage event comes from a daemon at work, not from one that is
/// starting: a date or statistics.
pub(crate) fn shows_life(message: &[u8]) -> bool {
    message.starts_with(b"(@") || message.starts_with(b"TIMESTAMP ")
}

/// `FlexNet Licensing version v11.18.0.0 …`: a daemon says it once, when it starts. It is the only
/// sign of a start in a file that the daemon has for itself (`DEBUGLOG`).
fn is_version(message: &[u8]) -> bool {
    message.get(..26).is_some_and(|head| head.eq_ignore_ascii_case(b"FlexNet Licensing version "))
}

fn dated<'a>(date: Option<Date>) -> Mark<'a> {
    date.map_or(Mark::Chatter, Mark::Date)
}

/// `(@adskflex-SLOG@) Start-Date: Wed Mar 30 2016 …`, and `Time:` at the head of each report.
fn statistic(message: &[u8]) -> Option<Date> {
    let (_, text) = message.split_at_checked(memmem::find(message, b"-SLOG@) ")?)?;
    let text = text.get(8..)?;
    let text = text.strip_prefix(b"Start-Date: ").or_else(|| text.strip_prefix(b"Time: "))?;
    spelled(text)
}

fn server(message: &[u8]) -> Mark<'_> {
    let banner = memmem::find(message, b"icensing (").is_some();
    if banner && memmem::find(message, b") started on ").is_some() {
        let date = message
            .trim_ascii_end()
            .strip_suffix(b")")
            .and_then(|text| text.rsplit(|byte| *byte == b'(').next().and_then(slashed));
        return Mark::ServerStarted(date);
    }
    if let Some(rest) = started(message) {
        return Mark::DaemonStarted(first_word(rest));
    }
    match memmem::find(message, b" exited with ") {
        Some(end) => Mark::DaemonEnded(first_word(message.get(..end).unwrap_or(&[]))),
        None => Mark::Chatter,
    }
}

/// `Started adskflex (pid 1884)`, `REStarted adskflex (internet tcp_port 2080 pid 9)`.
fn started(message: &[u8]) -> Option<&[u8]> {
    let (word, rest) = message.split_at_checked(message.iter().position(|byte| *byte == b' ')?)?;
    let is_start = word.eq_ignore_ascii_case(b"started") || word.eq_ignore_ascii_case(b"restarted");
    (is_start && memmem::find(rest, b" (").is_some()).then(|| rest.trim_ascii())
}

fn first_word(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b' ').next().unwrap_or(&[])
}

/// `3/30/2016`, month first, whatever the server's locale.
fn slashed(text: &[u8]) -> Option<Date> {
    let mut parts = text.trim_ascii().splitn(3, |byte| *byte == b'/');
    let month = number(parts.next()?)?;
    let day = number(parts.next()?)?;
    let year = number(first_word(parts.next()?))?;
    date(year, month, day)
}

/// `Wed Mar 30 2016 01:56:05 Romance Daylight Time`.
fn spelled(text: &[u8]) -> Option<Date> {
    let mut words = text.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let _weekday = words.next()?;
    let month = month(words.next()?)?;
    let day = number(words.next()?)?;
    date(number(words.next()?)?, month, day)
}

fn month(word: &[u8]) -> Option<i32> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let place = MONTHS.iter().position(|name| *name == word)?;
    i32::try_from(place.saturating_add(1)).ok()
}

fn number(text: &[u8]) -> Option<i32> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// Dates before FlexNet or in the far future are damage, not dates.
fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    if !(1988..=2199).contains(&year) {
        return None;
    }
    Date::from_ymd(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

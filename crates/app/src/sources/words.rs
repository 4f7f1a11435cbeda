//! What is said of sources.

use super::{Assessed, DAY, Figure, HOUR, Kind, MINUTE, Standing};
use faregate_core::when::{Instant, Zone};

/// A stale source, told beside a figure that depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name.
    pub source: String,
    /// What it is.
    pub kind: Kind,
    /// The last instant that it knows of.
    pub last_data: Option<Instant>,
    /// What that means for the figure, in words.
    pub text: String,
}

/// Why a source stands as it does.
pub(super) fn why(one: &Assessed, zone: &Zone) -> String {
    match one.standing {
        Standing::Importing if one.waiting > 0 => waits(one.waiting),
        Standing::Importing => "something of it is being fetched or taken in".to_owned(),
        Standing::Ended => match one.lag_seconds {
            Some(lag) => {
                format!("imported by hand, ends {} ago; nobody waits for more", length(lag))
            }
            None => "imported by hand; nobody waits for more".to_owned(),
        },
        Standing::Stable => {
            let told = std::iter::once("up to date".to_owned()).chain(passed_over(one));
            told.collect::<Vec<_>>().join("; ")
        }
        Standing::Warning => warning(one, zone),
    }
}

fn warning(one: &Assessed, zone: &Zone) -> String {
    let failing = one.pulls.as_ref().filter(|pulls| pulls.failures > 0);
    let failing = failing.and_then(|pulls| {
        let (_, words) = pulls.last_error.as_ref()?;
        let failed = counted(u64::from(pulls.failures), "pull", "pulls");
        Some(format!("the last {failed} failed: {words}"))
    });
    let stale = one.is_stale.then(|| match one.last_data.zip(one.lag_seconds) {
        Some((last, lag)) => format!(
            "it ends {}, {} ago; more than {} is stale",
            on(one.kind, last, lag, zone),
            length(lag),
            length(one.stale_after)
        ),
        None => "nothing of it has come yet".to_owned(),
    });
    let bad = one.bad.first().map(|bad| {
        let more = and_more(one.bad.len());
        format!("`{}` could not be taken in{more}: {}", bad.file, bad.why)
    });
    let waiting = (one.waiting > 0).then(|| waits(one.waiting));
    let all: Vec<String> =
        [stale, failing, bad, waiting, passed_over(one)].into_iter().flatten().collect();
    all.join("; ")
}

/// What is recognised and not booked: whoever put it there should know.
fn passed_over(one: &Assessed) -> Option<String> {
    let first = one.passed_over.first()?;
    let more = and_more(one.passed_over.len());
    Some(format!("nothing in `{}` is booked{more}: {}", first.file, first.why))
}

/// What stands behind the first of so many.
fn and_more(count: usize) -> String {
    if count > 1 { format!(", and {} more", count - 1) } else { String::new() }
}

fn waits(files: u64) -> String {
    format!("{} to be taken in", counted(files, "file waits", "files wait"))
}

/// What the page says beside a figure. `all` tells what else the figure is from.
pub(super) fn notice(one: &Assessed, all: &[Assessed], figure: Figure, zone: &Zone) -> Notice {
    let named = all.iter().filter(|other| other.kind == one.kind).count() > 1;
    let subject = subject(one, named);
    let text = match one.last_data.zip(one.lag_seconds) {
        Some((last, lag)) => {
            let (on, ago) = (on(one.kind, last, lag, zone), length(lag));
            let meaning = meaning(one, all, figure);
            format!("What {subject} knows ends {on}, {ago} ago: {meaning}.")
        }
        None => format!("Nothing of {subject} has come yet: {}.", without(one.kind)),
    };
    Notice { source: one.name.clone(), kind: one.kind, last_data: one.last_data, text }
}

fn subject(one: &Assessed, named: bool) -> String {
    let subject = match one.kind {
        Kind::Log => "the licence server's log",
        Kind::Polls => "polling the licence server",
        Kind::Vendor => "the vendor's report",
        Kind::Table => return format!("the table `{}`", one.name),
        Kind::Staff => "the staff list",
    };
    if named { format!("{subject} `{}`", one.name) } else { subject.to_owned() }
}

/// What a figure lacks since then, or what alone it is from.
fn meaning(one: &Assessed, all: &[Assessed], figure: Figure) -> String {
    match (one.kind, figure) {
        (Kind::Vendor, _) => "what it charged since then is not in these figures".to_owned(),
        (Kind::Staff, _) => {
            "who joined, left or moved since then is not in these figures".to_owned()
        }
        (_, Figure::Burn) => format!("burn since then is from {} only", others(one, all)),
        _ => "what it would tell of the time since then is missing".to_owned(),
    }
}

const fn without(kind: Kind) -> &'static str {
    match kind {
        Kind::Vendor => "what it charged is not in these figures",
        Kind::Staff => "who is in which group is not from it",
        Kind::Log | Kind::Polls | Kind::Table => "what it would tell is not in these figures",
    }
}

/// The gate, and what else tells of use and is not stale.
fn others(one: &Assessed, all: &[Assessed]) -> String {
    let tells =
        |other: &&Assessed| other.kind != Kind::Staff && other.name != one.name && is_fresh(other);
    let fresh = all.iter().filter(tells).map(|other| format!("`{}`", other.name));
    let mut names: Vec<String> = std::iter::once("the gate".to_owned()).chain(fresh).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}

fn is_fresh(one: &Assessed) -> bool {
    !one.is_stale && one.standing != Standing::Ended && one.last_data.is_some()
}

/// `on 2026-11-19`, with the time of day while that is not long ago. The vendor's days are UTC days, and end with
/// the midnight that begins the next.
fn on(kind: Kind, last: Instant, lag: i64, zone: &Zone) -> String {
    if kind == Kind::Vendor {
        return format!("on {}", Zone::utc().date(last.plus(-1)));
    }
    let date = zone.date(last);
    if lag >= 2 * DAY {
        return format!("on {date}");
    }
    let minute = zone.minute_of_day(last);
    format!("on {date} at {:02}:{:02}", minute / 60, minute % 60)
}

/// A length of time in words, in its largest unit of which there are two: `47 hours`, `2 days`.
#[must_use]
pub fn length(seconds: i64) -> String {
    let units = [(DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")];
    let unit = units.into_iter().find(|(unit, _)| seconds >= 2 * unit);
    match unit {
        Some((unit, words)) => format!("{} {words}", seconds / unit),
        None => counted(u64::try_from(seconds / MINUTE).unwrap_or(0), "minute", "minutes"),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

//! A file against what the daemon understood of it.

use super::{Echo, Understood};
use crate::options::OptionsFile;
use crate::options::directive::Directive;
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

/// Something in which the file and the echo differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of which kind.
    pub kind: Kind,
    /// The line of the file; none for what is in the echo only.
    pub file_line: Option<usize>,
    /// The line of the log; none for what is in the file only.
    pub log_line: Option<usize>,
    /// What differs.
    pub text: String,
}

/// How a file and an echo can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The file says it, the daemon does not.
    Missing,
    /// The daemon says it, the file does not; it may come from another file.
    Surplus,
    /// The daemon says that it does not do it, or that something is wrong, or what cannot be read.
    Refused,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.file_line {
            write!(f, "line {line}: ")?;
        }
        if let Some(line) = self.log_line {
            write!(f, "log line {line}: ")?;
        }
        f.write_str(&self.text)
    }
}

/// In what the file and the echo differ; nothing where the daemon understood it as it is written.
///
/// A rule of a package counts as understood when it is echoed for the package or for all of its components. A rule of
/// a feature that the daemon does not serve has no echo and needs none. A borrow interval may come from the licence,
/// so one that the file does not name is no difference.
#[must_use]
pub fn agrees(file: &OptionsFile, echo: &Echo) -> Vec<Difference> {
    let mut said: BTreeMap<Understood, Vec<usize>> = BTreeMap::new();
    for entry in &echo.said {
        said.entry(entry.what.clone()).or_default().push(entry.line);
    }
    let mut used: BTreeSet<Understood> = BTreeSet::new();
    let mut found = Vec::new();
    for (line, directive) in file.directives() {
        let Some(expected) = expected(directive) else { continue };
        if expected.code().is_some_and(|code| !is_served(echo, code)) {
            continue;
        }
        let forms = forms(&expected, echo);
        match forms.iter().find(|form| form.iter().all(|one| said.contains_key(one))) {
            Some(form) => used.extend(form.iter().cloned()),
            None => found.push(missing(line, &expected, &forms, &said)),
        }
        used.extend(forms.into_iter().flatten());
    }
    for (what, lines) in &said {
        let known = used.contains(what) || matches!(what, Understood::BorrowHours(..));
        let ignored = matches!(what, Understood::ReserveIgnored(..));
        if ignored || !known {
            found.extend(lines.iter().map(|line| surplus(*line, what)));
        }
    }
    found.extend(echo.unread.iter().map(|(line, text)| Difference {
        kind: Kind::Refused,
        file_line: None,
        log_line: Some(*line),
        text: format!("the daemon says `{}`, which cannot be read", text.escape_debug()),
    }));
    found.sort_by_key(|difference| (difference.file_line, difference.log_line));
    found
}

/// What the daemon echoes of a directive; `None` for one that has no echo.
fn expected(directive: &Directive) -> Option<Understood> {
    use crate::options::directive::Verb;
    Some(match directive {
        Directive::Access { verb, feature, who } => {
            Understood::Access(*verb, Some(feature.code().to_owned()), who.clone())
        }
        Directive::AccessAll { include, who } => Understood::Access(
            if *include { Verb::Include } else { Verb::Exclude },
            None,
            who.clone(),
        ),
        Directive::Reserve { count, feature, who } => {
            Understood::Reserve(*count, feature.code().to_owned(), who.clone())
        }
        Directive::Max { count, feature, who } => {
            Understood::Max(*count, feature.code().to_owned(), who.clone())
        }
        Directive::Timeout { feature, seconds } => {
            Understood::Timeout(Some(feature.code().to_owned()), *seconds)
        }
        Directive::TimeoutAll { seconds } => Understood::Timeout(None, *seconds),
        Directive::MaxBorrowHours { feature, hours } => {
            Understood::BorrowHours(feature.code().to_owned(), *hours)
        }
        _ => return None,
    })
}

fn is_served(echo: &Echo, code: &str) -> bool {
    echo.served.is_empty() || echo.served.contains(code)
}

/// What may be echoed instead: the thing itself, or the same of every component of its package.
fn forms(expected: &Understood, echo: &Echo) -> Vec<Vec<Understood>> {
    let components = expected.code().and_then(|code| echo.packages.get(code));
    let of = |component: &String| renamed(expected, component);
    let whole = vec![expected.clone()];
    [Some(whole), components.map(|all| all.iter().map(of).collect())]
        .into_iter()
        .flatten()
        .collect()
}

fn renamed(what: &Understood, to: &str) -> Understood {
    let mut what = what.clone();
    match &mut what {
        Understood::Access(_, code, _) | Understood::Timeout(code, _) => {
            *code = Some(to.to_owned())
        }
        Understood::Reserve(_, code, _)
        | Understood::ReserveIgnored(code, _)
        | Understood::Max(_, code, _)
        | Understood::BorrowHours(code, _) => to.clone_into(code),
    }
    what
}

fn missing(
    line: usize,
    expected: &Understood,
    forms: &[Vec<Understood>],
    said: &BTreeMap<Understood, Vec<usize>>,
) -> Difference {
    let part = |form: &&Vec<Understood>| form.iter().any(|one| said.contains_key(one));
    let text = match forms.iter().skip(1).find(part) {
        Some(_) => format!("the daemon took {} for some components only", words(expected)),
        None => format!("the daemon does not say {}", words(expected)),
    };
    Difference { kind: Kind::Missing, file_line: Some(line), log_line: None, text }
}

fn surplus(line: usize, what: &Understood) -> Difference {
    let kind = match what {
        Understood::ReserveIgnored(..) => Kind::Refused,
        _ => Kind::Surplus,
    };
    let text = match what {
        Understood::ReserveIgnored(code, who) => {
            format!(
                "the daemon ignores a RESERVE of `{code}` for {who}: more than there are licences"
            )
        }
        other => format!("the daemon says {}, which the file does not", words(other)),
    };
    Difference { kind, file_line: None, log_line: Some(line), text }
}

fn words(what: &Understood) -> String {
    let of = |code: &Option<String>| code.as_deref().unwrap_or("ALL FEATURES").to_owned();
    match what {
        Understood::Access(verb, code, who) => format!("{} {} {who}", verb.keyword(), of(code)),
        Understood::Reserve(count, code, who) => format!("RESERVE {count} {code} {who}"),
        Understood::ReserveIgnored(code, who) => format!("RESERVE {code} {who}"),
        Understood::Max(count, code, who) => format!("MAX {count} {code} {who}"),
        Understood::Timeout(code, seconds) => format!("TIMEOUT {} {seconds}", of(code)),
        Understood::BorrowHours(code, hours) => format!("MAX_BORROW_HOURS {code} {hours}"),
    }
}

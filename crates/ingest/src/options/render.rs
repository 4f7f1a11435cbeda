//! Directives into text, always the same one.

use super::LINE_CHARACTERS_MAX;
use super::directive::{Directive, Feature, Who};
use super::name::Name;
use core::fmt::Write as _;

/// A directive as one or, for a group too long for a line, several that say the same.
pub(super) fn fitting(directive: Directive) -> Vec<Directive> {
    let Directive::Group { kind, name, members } = directive else { return vec![directive] };
    let room = LINE_CHARACTERS_MAX
        .saturating_sub(kind.keyword().len())
        .saturating_sub(name.as_str().len())
        .saturating_sub(4);
    let (mut parts, mut part, mut used) = (Vec::new(), Vec::new(), 0_usize);
    for member in members {
        // In bytes, which are never fewer than characters; three for a blank and quotes.
        let size = member.as_str().len().saturating_add(3);
        if used.saturating_add(size) > room {
            parts.push(core::mem::take(&mut part));
            used = 0;
        }
        used = used.saturating_add(size);
        part.push(member);
    }
    // Without members there is no line: the daemon takes none.
    parts.extend((!part.is_empty()).then_some(part));
    let group = |members| Directive::Group { kind, name: name.clone(), members };
    parts.into_iter().map(group).collect()
}

/// The line of a directive, with its end.
pub(super) fn line(directive: &Directive) -> String {
    let mut out = String::new();
    let done = match directive {
        Directive::Group { kind, name, members } => {
            let members: Vec<String> = members.iter().map(word).collect();
            write!(out, "{} {} {}", kind.keyword(), word(name), members.join(" "))
        }
        Directive::Access { verb, feature: of, who: whom } => {
            write!(out, "{} {} {}", verb.keyword(), feature(of), who(whom))
        }
        Directive::AccessAll { include, who: whom } => {
            write!(out, "{} {}", if *include { "INCLUDEALL" } else { "EXCLUDEALL" }, who(whom))
        }
        Directive::Reserve { count, feature: of, who: whom } => {
            write!(out, "RESERVE {count} {} {}", feature(of), who(whom))
        }
        Directive::Max { count, feature: of, who: whom } => {
            write!(out, "MAX {count} {} {}", feature(of), who(whom))
        }
        Directive::Timeout { feature: of, seconds } => {
            write!(out, "TIMEOUT {} {seconds}", feature(of))
        }
        Directive::TimeoutAll { seconds } => write!(out, "TIMEOUTALL {seconds}"),
        Directive::Linger { feature: of, seconds } => {
            write!(out, "LINGER {} {seconds}", feature(of))
        }
        Directive::BorrowLowWater { feature: of, count } => {
            write!(out, "BORROW_LOWWATER {} {count}", feature(of))
        }
        Directive::MaxBorrowHours { feature: of, hours } => {
            write!(out, "MAX_BORROW_HOURS {} {hours}", feature(of))
        }
        Directive::MaxOverdraft { feature: of, count } => {
            write!(out, "MAX_OVERDRAFT {} {count}", feature(of))
        }
        Directive::GroupCaseInsensitive(on) => {
            write!(out, "GROUPCASEINSENSITIVE {}", if *on { "ON" } else { "OFF" })
        }
        Directive::Log { report, append, path } => {
            let keyword = if *report { "REPORTLOG" } else { "DEBUGLOG" };
            write!(out, "{keyword} {}\"{}\"", if *append { "+" } else { "" }, path.as_str())
        }
        Directive::NoLog(event) => write!(out, "NOLOG {event}"),
        Directive::Other { keyword, words } => {
            let words: Vec<String> = words.iter().map(word).collect();
            write!(out, "{keyword} {}", words.join(" "))
        }
    };
    debug_assert!(done.is_ok(), "a string takes what is written to it");
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A name, in quotes where it has blanks; nothing else in a name needs them.
fn word(name: &Name) -> String {
    if name.as_str().contains(' ') { format!("\"{name}\"") } else { name.to_string() }
}

fn who(who: &Who) -> String {
    match who {
        Who::Internet(range) => format!("INTERNET {range}"),
        Who::User(name)
        | Who::Host(name)
        | Who::Display(name)
        | Who::Project(name)
        | Who::Group(name)
        | Who::HostGroup(name) => format!("{} {}", who.keyword(), word(name)),
    }
}

/// A code with a colon, or a value with a blank, needs the quoted form.
fn feature(feature: &Feature) -> String {
    match feature.qualifier() {
        None => feature.code().to_owned(),
        Some((qualifier, value)) if feature.code().contains(':') || value.contains(' ') => {
            format!("\"{} {qualifier}={value}\"", feature.code())
        }
        Some((qualifier, value)) => format!("{}:{qualifier}={value}", feature.code()),
    }
}

//! Text into lines: every line is one, whatever is in it.

use super::directive::{Directive, Feature, GroupKind, Verb, Who};
use super::fault::Fault;
use super::name::{LogPath, Name};
use super::range::Range;
use super::{Content, LINE_CHARACTERS_MAX, Line, token};

/// Directives that FlexNet knows and Faregate neither makes nor judges.
const OTHERS: [&str; 10] = [
    "ACTIVATION_EXPIRY_DAYS",
    "ACTIVATION_LOWWATER",
    "AUTOMATIC_REREAD",
    "DAEMON_SELECT_TIMEOUT",
    "EXCLUDEALL_ENTITLEMENT",
    "EXCLUDE_ENTITLEMENT",
    "FQDN_MATCHING",
    "INCLUDEALL_ENTITLEMENT",
    "INCLUDE_ENTITLEMENT",
    "MAX_CONNECTIONS",
];

const EVENTS: [&str; 5] = ["IN", "OUT", "DENIED", "QUEUED", "UNSUPPORTED"];

/// The lines of a file.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut open: Option<(Line, String)> = None;
    for (number, source) in (1_usize..).zip(text.split_inclusive('\n')) {
        let body = body(source, number == 1);
        let (mut line, mut joined) = open.take().unwrap_or_else(|| {
            (Line { number, source: String::new(), content: Content::Blank }, String::new())
        });
        line.source.push_str(source);
        // A comment ends with its line: what follows must never be taken for a part of it.
        let comment = joined.is_empty() && is_comment(body);
        match body.strip_suffix('\\') {
            Some(part) if !comment => {
                joined.push_str(part);
                joined.push(' ');
                open = Some((line, joined));
            }
            _ => {
                joined.push_str(body);
                line.content = content(&joined);
                lines.push(line);
            }
        }
    }
    lines.extend(open.map(|(line, _)| Line { content: Content::Bad(Fault::Dangling), ..line }));
    lines
}

/// Without its end and, in the first line, the byte order mark.
fn body(source: &str, first: bool) -> &str {
    let body = source.strip_suffix('\n').unwrap_or(source);
    let body = body.strip_suffix('\r').unwrap_or(body);
    if first { body.strip_prefix('\u{feff}').unwrap_or(body) } else { body }
}

fn is_comment(body: &str) -> bool {
    body.trim_start_matches([' ', '\t']).starts_with('#')
}

fn content(line: &str) -> Content {
    // In a comment too: a daemon for which a carriage return ends a line would act on what follows it.
    if let Some(letter) = line.chars().find(|letter| letter.is_control() && *letter != '\t') {
        return Content::Bad(Fault::Control(letter));
    }
    let count = line.chars().count();
    if is_comment(line) {
        return Content::Comment;
    }
    if count > LINE_CHARACTERS_MAX {
        return Content::Bad(Fault::Long(count));
    }
    match token::words(line) {
        Ok(words) if words.is_empty() => Content::Blank,
        Ok(words) => directive(&words).map_or_else(Content::Bad, Content::Directive),
        Err(fault) => Content::Bad(fault),
    }
}

/// The words of a line, taken one after the other.
struct Words<'a> {
    keyword: &'static str,
    rest: core::slice::Iter<'a, String>,
}

fn directive(words: &[String]) -> Result<Directive, Fault> {
    let Some((first, rest)) = words.split_first() else {
        return Err(Fault::Keyword(String::new()));
    };
    let upper = first.to_ascii_uppercase();
    let words = |keyword| Words { keyword, rest: rest.iter() };
    if let Some(verb) = Verb::ALL.into_iter().find(|verb| verb.keyword() == upper) {
        return words(verb.keyword()).access(verb);
    }
    if let Some(keyword) = OTHERS.into_iter().find(|keyword| *keyword == upper) {
        let words: Result<_, _> = rest.iter().map(|word| Name::new(word)).collect();
        return Ok(Directive::Other { keyword, words: words? });
    }
    match upper.as_str() {
        "GROUP" => words("GROUP").group(GroupKind::Users),
        "HOST_GROUP" => words("HOST_GROUP").group(GroupKind::Hosts),
        "INCLUDEALL" => words("INCLUDEALL").access_all(true),
        "EXCLUDEALL" => words("EXCLUDEALL").access_all(false),
        "RESERVE" => words("RESERVE").counted(|count, feature, who| Directive::Reserve {
            count,
            feature,
            who,
        }),
        "MAX" => words("MAX").counted(|count, feature, who| Directive::Max { count, feature, who }),
        "TIMEOUTALL" => words("TIMEOUTALL").timeout_all(),
        "TIMEOUT" => words("TIMEOUT")
            .measured("seconds", |feature, seconds| Directive::Timeout { feature, seconds }),
        "LINGER" => words("LINGER")
            .measured("seconds", |feature, seconds| Directive::Linger { feature, seconds }),
        "BORROW_LOWWATER" => words("BORROW_LOWWATER")
            .measured("licences", |feature, count| Directive::BorrowLowWater { feature, count }),
        "MAX_BORROW_HOURS" => words("MAX_BORROW_HOURS")
            .measured("hours", |feature, hours| Directive::MaxBorrowHours { feature, hours }),
        "MAX_OVERDRAFT" => words("MAX_OVERDRAFT")
            .measured("licences", |feature, count| Directive::MaxOverdraft { feature, count }),
        "GROUPCASEINSENSITIVE" => words("GROUPCASEINSENSITIVE").switch(),
        "REPORTLOG" => words("REPORTLOG").log(true),
        "DEBUGLOG" => words("DEBUGLOG").log(false),
        "NOLOG" => words("NOLOG").no_log(),
        _ => Err(Fault::Keyword(first.clone())),
    }
}

impl<'a> Words<'a> {
    fn next(&mut self, what: &'static str) -> Result<&'a str, Fault> {
        self.rest.next().map(String::as_str).ok_or(Fault::Missing(self.keyword, what))
    }

    fn end(mut self, directive: Directive) -> Result<Directive, Fault> {
        match self.rest.next() {
            Some(word) => Err(Fault::Surplus(self.keyword, word.clone())),
            None => Ok(directive),
        }
    }

    fn number(&mut self, what: &'static str) -> Result<u32, Fault> {
        let word = self.next(what)?;
        let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { word.parse().ok() } else { None };
        number.ok_or_else(|| Fault::Number(what, word.to_owned()))
    }

    fn who(&mut self) -> Result<Who, Fault> {
        let kind = self.next("a type such as GROUP")?;
        let name = self.next("a name")?;
        who(kind, name)
    }

    fn group(mut self, kind: GroupKind) -> Result<Directive, Fault> {
        let name = Name::new(self.next("a name")?)?;
        let members: Result<Vec<Name>, _> = self.rest.map(|word| Name::new(word)).collect();
        let members = members?;
        if members.is_empty() {
            return Err(Fault::Missing(self.keyword, "members"));
        }
        Ok(Directive::Group { kind, name, members })
    }

    fn access(mut self, verb: Verb) -> Result<Directive, Fault> {
        let feature = feature(self.next("a feature")?)?;
        let who = self.who()?;
        self.end(Directive::Access { verb, feature, who })
    }

    fn access_all(mut self, include: bool) -> Result<Directive, Fault> {
        let who = self.who()?;
        self.end(Directive::AccessAll { include, who })
    }

    fn counted(
        mut self,
        directive: impl Fn(u32, Feature, Who) -> Directive,
    ) -> Result<Directive, Fault> {
        let count = self.number("licences")?;
        let feature = feature(self.next("a feature")?)?;
        let who = self.who()?;
        self.end(directive(count, feature, who))
    }

    fn measured(
        mut self,
        what: &'static str,
        directive: impl Fn(Feature, u32) -> Directive,
    ) -> Result<Directive, Fault> {
        let feature = feature(self.next("a feature")?)?;
        let number = self.number(what)?;
        self.end(directive(feature, number))
    }

    fn timeout_all(mut self) -> Result<Directive, Fault> {
        let seconds = self.number("seconds")?;
        self.end(Directive::TimeoutAll { seconds })
    }

    fn switch(mut self) -> Result<Directive, Fault> {
        let word = self.next("ON or OFF")?;
        let on = match word.to_ascii_uppercase().as_str() {
            "ON" => true,
            "OFF" => false,
            _ => return Err(Fault::Choice(self.keyword, word.to_owned(), "ON or OFF")),
        };
        self.end(Directive::GroupCaseInsensitive(on))
    }

    fn log(mut self, report: bool) -> Result<Directive, Fault> {
        let word = self.next("a path")?;
        let (append, path) = word.strip_prefix('+').map_or((false, word), |path| (true, path));
        let path = LogPath::new(path)?;
        self.end(Directive::Log { report, append, path })
    }

    fn no_log(mut self) -> Result<Directive, Fault> {
        let known = "IN, OUT, DENIED, QUEUED or UNSUPPORTED";
        let word = self.next(known)?;
        let event = EVENTS.into_iter().find(|event| event.eq_ignore_ascii_case(word));
        match event {
            Some(event) => self.end(Directive::NoLog(event)),
            None => Err(Fault::Choice(self.keyword, word.to_owned(), known)),
        }
    }
}

/// Whom a TYPE and a name mean.
pub(super) fn who(kind: &str, name: &str) -> Result<Who, Fault> {
    let of: fn(Name) -> Who = match kind.to_ascii_uppercase().as_str() {
        "USER" => Who::User,
        "HOST" => Who::Host,
        "DISPLAY" => Who::Display,
        "PROJECT" => Who::Project,
        "GROUP" => Who::Group,
        "HOST_GROUP" => Who::HostGroup,
        "INTERNET" => {
            return Range::parse(name).map(Who::Internet).map_err(|bad| Fault::Range(bad.0));
        }
        _ => return Err(Fault::Kind(kind.to_owned())),
    };
    Ok(of(Name::new(name)?))
}

/// `code`, `code:WORD=value` or, quoted, `code WORD=value`, which a code with a colon needs.
pub(super) fn feature(word: &str) -> Result<Feature, Fault> {
    let bad = || Fault::Feature(word.to_owned());
    let (code, pool) = match word.split_once(' ') {
        Some((code, pool)) => (code, Some(pool.split_once('=').ok_or_else(bad)?)),
        None => match word.split_once('=') {
            Some((left, value)) => {
                let (code, qualifier) = left.rsplit_once(':').ok_or_else(bad)?;
                (code, Some((qualifier, value)))
            }
            None => (word, None),
        },
    };
    let feature = Feature::new(Name::new(code)?).ok_or_else(bad)?;
    match pool {
        Some((qualifier, value)) => {
            feature.pool(qualifier.trim(), Name::new(value)?).ok_or_else(bad)
        }
        None => Ok(feature),
    }
}

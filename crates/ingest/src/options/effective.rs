//! Who gets in, and which lines decide it: what FlexNet makes of an options file.
//!
//! 1. Whom an EXCLUDE or EXCLUDEALL is about, is turned away.
//! 2. Where there is an INCLUDE of the feature, or an INCLUDEALL, everybody else is turned away.
//! 3. Whom a MAX of 0 is about, is turned away.
//!
//! MAX of more than 0 and RESERVE decide when licences are short; they are named beside the answer.
//! Rules of one pool of a feature's licences turn people away from that pool only, so they are named and do not
//! decide. The vendor's guide does not say how INCLUDE and INCLUDEALL go together; here either lets in.

use super::OptionsFile;
use super::directive::{Directive, Verb, Who};
use super::groups::Groups;
use core::net::IpAddr;

/// Who asks for a licence, as the client introduces itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asker<'a> {
    /// The name they are signed in with on their machine.
    pub user: &'a str,
    /// The name of the machine.
    pub host: &'a str,
    /// The display or terminal client.
    pub display: Option<&'a str>,
    /// What `LM_PROJECT` says.
    pub project: Option<&'a str>,
    /// The address the request comes from.
    pub address: Option<IpAddr>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether they get a licence, if one is free.
    pub allowed: bool,
    /// Why.
    pub why: Why,
    /// The lines that decide.
    pub lines: Vec<usize>,
    /// What holds when licences are short: lines of MAX that count them, and the numbers.
    pub limits: Vec<(usize, u32)>,
    /// Lines of RESERVE for them, and the numbers.
    pub reserved: Vec<(usize, u32)>,
    /// Lines of RESERVE for others, and the numbers: so many fewer are left.
    pub held_back: Vec<(usize, u32)>,
    /// Lines about single pools of the feature's licences.
    pub pools: Vec<usize>,
}

/// Why somebody gets in, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No rule is about the feature.
    Unrestricted,
    /// A line includes them.
    Included,
    /// A line excludes them.
    Excluded,
    /// Others are included, they are not.
    NotIncluded,
    /// They may have 0 licences.
    MaxOfNone,
}

/// What the file says to somebody who wants to open a feature.
#[must_use]
pub fn effective(file: &OptionsFile, feature: &str, asker: &Asker<'_>) -> Verdict {
    let rules = Rules::of(file, feature, false);
    let mut verdict = rules.access(asker);
    verdict.limits = rules.counts(asker, |directive| match directive {
        Directive::Max { count, who, .. } => Some((*count, who, true)),
        _ => None,
    });
    verdict.reserved = rules.counts(asker, |directive| match directive {
        Directive::Reserve { count, who, .. } => Some((*count, who, true)),
        _ => None,
    });
    verdict.held_back = rules.counts(asker, |directive| match directive {
        Directive::Reserve { count, who, .. } => Some((*count, who, false)),
        _ => None,
    });
    let none: Vec<usize> =
        verdict.limits.iter().filter(|(_, count)| *count == 0).map(|(line, _)| *line).collect();
    if verdict.allowed && !none.is_empty() {
        (verdict.allowed, verdict.why, verdict.lines) = (false, Why::MaxOfNone, none);
    }
    verdict
}

/// What the file says to somebody who wants to borrow: who may not open may not borrow either.
#[must_use]
pub fn effective_borrow(file: &OptionsFile, feature: &str, asker: &Asker<'_>) -> Verdict {
    let verdict = effective(file, feature, asker);
    if !verdict.allowed {
        return verdict;
    }
    let borrow = Rules::of(file, feature, true).access(asker);
    Verdict { allowed: borrow.allowed, why: borrow.why, lines: borrow.lines, ..verdict }
}

/// The rules of one feature.
struct Rules<'a> {
    groups: Groups,
    lines: Vec<(usize, &'a Directive)>,
    pools: Vec<usize>,
    borrow: bool,
}

impl<'a> Rules<'a> {
    fn of(file: &'a OptionsFile, feature: &str, borrow: bool) -> Self {
        let (mut lines, mut pools) = (Vec::new(), Vec::new());
        for (line, directive) in file.directives() {
            match directive.feature() {
                Some(of) if of.code() != feature => {}
                Some(of) if of.qualifier().is_some() => pools.push(line),
                _ => lines.push((line, directive)),
            }
        }
        Self { groups: file.groups(), lines, pools, borrow }
    }

    /// The people whom a line lets in or shuts out.
    fn subject(&self, directive: &'a Directive, excludes: bool) -> Option<&'a Who> {
        match directive {
            Directive::Access { verb, who, .. } => {
                let borrows = matches!(verb, Verb::IncludeBorrow | Verb::ExcludeBorrow);
                (verb.excludes() == excludes && borrows == self.borrow).then_some(who)
            }
            Directive::AccessAll { include, who } => {
                (*include != excludes && !self.borrow).then_some(who)
            }
            _ => None,
        }
    }

    fn access(&self, asker: &Asker<'_>) -> Verdict {
        let subjects = |excludes| {
            let lines = self.lines.iter();
            lines.filter_map(move |(line, rule)| Some((*line, self.subject(rule, excludes)?)))
        };
        let about = |(line, who): (usize, &Who)| self.groups.matches(who, asker).then_some(line);
        let excluding: Vec<usize> = subjects(true).filter_map(about).collect();
        let including: Vec<usize> = subjects(false).filter_map(about).collect();
        let others: Vec<usize> = subjects(false).map(|(line, _)| line).collect();
        let (why, lines) = if !excluding.is_empty() {
            (Why::Excluded, excluding)
        } else if !including.is_empty() {
            (Why::Included, including)
        } else if !others.is_empty() {
            (Why::NotIncluded, others)
        } else {
            (Why::Unrestricted, Vec::new())
        };
        let allowed = matches!(why, Why::Included | Why::Unrestricted);
        let pools = self.pools.clone();
        Verdict {
            allowed,
            why,
            lines,
            limits: Vec::new(),
            reserved: Vec::new(),
            held_back: Vec::new(),
            pools,
        }
    }

    /// Lines and numbers of what `of` picks, where it is about the asker or, as it says, is not.
    fn counts(
        &self,
        asker: &Asker<'_>,
        of: impl Fn(&Directive) -> Option<(u32, &Who, bool)>,
    ) -> Vec<(usize, u32)> {
        let lines = self.lines.iter();
        let count = |(line, directive): &(usize, &Directive)| {
            let (count, who, about) = of(directive)?;
            (self.groups.matches(who, asker) == about).then_some((*line, count))
        };
        lines.filter_map(count).collect()
    }
}

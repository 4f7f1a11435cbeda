//! Which check-outs are one session written twice.
//!
//! `adskflex` licenses a *package* (`64300ACD_F`: every version of one product, or a whole
//! collection) and counts the *component* that was started (`87545ACD_2022_0F`). It writes an OUT
//! for both, the package first, in the same second; a standalone component has no package. The
//! component is the session, because it names the version. Since both are kept open until their
//! IN, nothing has to wait for the answer: the package's check-out is marked as covered when its
//! component arrives, and only a package that ends uncovered becomes a session of its own, so a
//! log of packages alone is counted as well.
//!
//! A component belongs to a package when the daemon's own list says so (`64300ACD_F (consisting
//! of: …)`, wrapped over lines). For a package without a list (the log began later) the product
//! part of the code must agree, or the two must be neighbours in the same second, as they are in
//! every real log: a collection's code does not resemble its components.

use crate::features::{Code, Form};
use crate::names::{NameId, Names};
use faregate_core::when::Instant;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Seconds within which package and component are logged. In the real logs always 0.
pub(crate) const TOGETHER_MAX: i64 = 5;
/// Check-outs remembered at most; a burst of more in five seconds is no human doing.
const RECENT_MAX: usize = 256;

/// Whether a feature code is a package's: `…_F`, `…_T_F`, not the `…_2022_0F` of a component, and
/// not another vendor's.
pub(crate) fn is_package(feature: &[u8]) -> bool {
    let code = core::str::from_utf8(feature).ok().and_then(Code::parse);
    code.is_some_and(|code| code.form != Form::Component)
}

/// A check-out whose counterpart may still come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recent {
    pub(crate) seat: u32,
    pub(crate) feature: NameId,
    pub(crate) at: Instant,
    pub(crate) line: u64,
    /// The position among the usage events, to tell neighbours.
    pub(crate) place: u64,
}

/// The check-outs of the last seconds and the known contents of packages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packages {
    contents: FxHashMap<NameId, Vec<NameId>>,
    packages: VecDeque<Recent>,
    components: VecDeque<Recent>,
}

impl Packages {
    /// A package went out. Returns whether a component already out covers it.
    pub(crate) fn package_out(&mut self, out: Recent, names: &Names) -> bool {
        forget(&mut self.components, out.at);
        let found = self.components.iter().position(|component| {
            component.seat == out.seat && belongs(&self.contents, &out, component, names)
        });
        if let Some(place) = found {
            self.components.remove(place);
            return true;
        }
        forget(&mut self.packages, out.at);
        self.packages.push_back(out);
        false
    }

    /// A component went out. Returns the package that it covers, to be marked.
    pub(crate) fn component_out(&mut self, out: Recent, names: &Names) -> Option<Recent> {
        forget(&mut self.packages, out.at);
        let found = self.packages.iter().position(|package| {
            package.seat == out.seat && belongs(&self.contents, package, &out, names)
        });
        if let Some(package) = found.and_then(|place| self.packages.remove(place)) {
            return Some(package);
        }
        forget(&mut self.components, out.at);
        self.components.push_back(out);
        None
    }

    /// Forgets what went out before a restart.
    pub(crate) fn clear(&mut self) {
        self.packages.clear();
        self.components.clear();
    }
}

fn forget(recent: &mut VecDeque<Recent>, now: Instant) {
    while let Some(oldest) = recent.front() {
        let fresh = now.since(oldest.at).abs() <= TOGETHER_MAX;
        if fresh && recent.len() < RECENT_MAX {
            return;
        }
        recent.pop_front();
    }
}

fn belongs(
    contents: &FxHashMap<NameId, Vec<NameId>>,
    package: &Recent,
    component: &Recent,
    names: &Names,
) -> bool {
    if let Some(listed) = contents.get(&package.feature) {
        return listed.contains(&component.feature);
    }
    let code = |id| Code::parse(names.text(id));
    let (Some(whole), Some(part)) = (code(package.feature), code(component.feature)) else {
        return false;
    };
    let neighbours = package.place.abs_diff(component.place) == 1 && package.at == component.at;
    neighbours || whole.product == part.product
}

/// Reads the lists of package contents, which one daemon writes over several lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    package: Option<NameId>,
    word_before: Option<NameId>,
    daemon: Option<u16>,
}

impl Contents {
    /// Whether a list is open, so that the daemon's next lines belong to it.
    #[inline]
    pub(crate) fn wants(&self, daemon: u16, message: &[u8]) -> bool {
        let continues = self.package.is_some() && self.daemon == Some(daemon);
        continues || memchr::memmem::find(message, b"(consisting of:").is_some()
    }

    /// Takes one line's share of the lists.
    pub(crate) fn read(
        &mut self,
        daemon: u16,
        message: &[u8],
        names: &mut Names,
        packages: &mut Packages,
    ) {
        if self.daemon != Some(daemon) {
            *self = Self { daemon: Some(daemon), ..Self::default() };
        }
        for word in message.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
            if !self.word(word, names, packages) {
                *self = Self::default();
                return;
            }
        }
    }

    /// Returns false where the word cannot be part of a list.
    fn word(&mut self, word: &[u8], names: &mut Names, packages: &mut Packages) -> bool {
        match word {
            b"(consisting" => {
                self.package = self.word_before;
                if let Some(package) = self.package {
                    packages.contents.insert(package, Vec::new());
                }
                return self.package.is_some();
            }
            b"of:" => return self.package.is_some(),
            _ => {}
        }
        let code = word.strip_suffix(b")");
        let feature = code.unwrap_or(word);
        if feature.len() > 64
            || !feature.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        {
            return false;
        }
        let feature = names.intern(feature);
        match self.package {
            Some(package) => packages.contents.entry(package).or_default().push(feature),
            None => self.word_before = Some(feature),
        }
        if code.is_some() {
            self.package = None;
        }
        true
    }
}

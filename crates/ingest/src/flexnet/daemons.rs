//! The processes that write into one log: lmgrd, vendor daemons and their forks.

use super::clock::Stamp;

/// More writers than this are no licence server; the rest share the last place.
const DAEMONS_MAX: usize = 64;

/// Every daemon seen, by a small number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Daemons {
    seen: Vec<Daemon>,
    recent: usize,
}

#[derive(Clone, Debug)]
struct Daemon {
    name: Box<[u8]>,
    /// The daemon of which this is a fork (`adskflex` of `adskflex_2`), else itself.
    family: u16,
    /// When it last wrote usage, a date or statistics: the last sign of life, should it die silently.
    alive: Option<Stamp>,
    /// When it said that it ends.
    ended: Option<Stamp>,
}

impl Daemons {
    /// The number of a daemon, new or known.
    #[inline]
    pub(crate) fn find(&mut self, name: &[u8]) -> u16 {
        let known = |daemon: &Daemon| *daemon.name == *name;
        if !self.seen.get(self.recent).is_some_and(known) {
            self.recent = self.seen.iter().position(known).unwrap_or_else(|| self.add(name));
        }
        u16::try_from(self.recent).unwrap_or(u16::MAX)
    }

    fn add(&mut self, name: &[u8]) -> usize {
        if self.seen.len() >= DAEMONS_MAX {
            return DAEMONS_MAX.saturating_sub(1);
        }
        let family =
            family(name).and_then(|base| self.seen.iter().position(|seen| *seen.name == *base));
        let place = self.seen.len();
        let family = u16::try_from(family.unwrap_or(place)).unwrap_or(u16::MAX);
        self.seen.push(Daemon { name: name.into(), family, alive: None, ended: None });
        place
    }

    pub(crate) fn saw(&mut self, daemon: u16, at: Stamp) {
        if let Some(daemon) = self.seen.get_mut(usize::from(daemon)) {
            daemon.alive = Some(at);
        }
    }

    /// The last sign of life of a daemon that is being started, which is forgotten by that.
    pub(crate) fn bury(&mut self, daemon: u16) -> Option<Stamp> {
        self.seen.get_mut(usize::from(daemon)).and_then(|daemon| daemon.alive.take())
    }

    /// The numbers of all vendor daemons.
    pub(crate) fn vendors(&self) -> impl Iterator<Item = u16> {
        let vendors = self.seen.iter().enumerate().filter(|(_, daemon)| *daemon.name != *b"lmgrd");
        vendors.filter_map(|(place, _)| u16::try_from(place).ok())
    }

    /// This daemon and its forks.
    pub(crate) fn forks(&self, daemon: u16) -> impl Iterator<Item = u16> {
        self.vendors().filter(move |fork| self.gone_with(*fork, daemon))
    }

    pub(crate) fn end(&mut self, daemon: u16, at: Stamp) {
        if let Some(daemon) = self.seen.get_mut(usize::from(daemon)) {
            daemon.ended = Some(at);
        }
    }

    /// When the daemon said that it ends, if it did; asked once.
    #[inline]
    pub(crate) fn take_end(&mut self, daemon: u16) -> Option<Stamp> {
        self.seen.get_mut(usize::from(daemon)).and_then(|daemon| daemon.ended.take())
    }

    /// Whether licences given by `giver` are gone when `daemon` is.
    pub(crate) fn gone_with(&self, giver: u16, daemon: u16) -> bool {
        let family = self.seen.get(usize::from(giver)).map(|giver| giver.family);
        giver == daemon || family == Some(daemon)
    }

    /// Counts every stamp from 1970, once the first date is known.
    pub(crate) fn shift(&mut self, days: i32) {
        for daemon in &mut self.seen {
            daemon.alive = daemon.alive.map(|stamp| stamp.shifted(days));
            daemon.ended = daemon.ended.map(|stamp| stamp.shifted(days));
        }
    }
}

/// `adskflex` of `adskflex_2`.
fn family(name: &[u8]) -> Option<&[u8]> {
    let place = memchr::memrchr(b'_', name)?;
    let (base, number) = name.split_at_checked(place)?;
    let digits = number.get(1..)?;
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(base)
}

//! The sources of use that the operator declares: their file, their inbox, and what is known of each.

pub(crate) mod intake;
pub(crate) mod keeping;
pub(crate) mod notes;

use crate::ambient::{self, Monotonic};
use crate::declared::{self, Help};
use crate::fault::{Code, Fault};
use faregate_app::sources::{Kind, Known, Pulls};
use faregate_connect::pace::{Chance, Pace};
use faregate_connect::pull::{self, Health, Inbox, PullError, Pulled, PulledFile, Sidecar, World};
use faregate_connect::sources::{self, Files, Source, Sources};
use faregate_core::when::{Instant, Zone};
use notes::Notes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The file of sources, in the data directory.
const NAME: &str = "sources.toml";
const HELP: Help = Help {
    unread: "write the file of sources as its reference shows, or name another",
    faulty: "correct the file and try again; nothing was fetched",
};
/// Where pulled files are, in the data directory.
const INBOX: &str = "inbox";
/// So many polls of a server that leave something open are read again at most: where part of a server never answers,
/// what it held when it was last heard stays open.
const BEFORE_MAX: usize = 200;

/// The sources that an operator declares.
pub(crate) struct Declared {
    pub(crate) sources: Sources,
    pub(crate) inbox: Inbox,
    /// Where the inbox is.
    pub(crate) place: PathBuf,
    /// The file that they stand in.
    pub(crate) file: PathBuf,
}

impl Declared {
    /// Reads the file of sources that was named, or the one of the data directory; without either there are none.
    pub(crate) fn read(data: &Path, named: Option<&Path>) -> Result<Self, Fault> {
        let file = named.map_or_else(|| data.join(NAME), Path::to_owned);
        let place = data.join(INBOX);
        let absent = named.is_none().then(|| Sources { sources: Vec::new() });
        let beside = file.parent().unwrap_or(Path::new(""));
        let parse = |text: &str| Sources::parse(text, beside);
        let sources = declared::read(&file, absent, &HELP, parse)?;
        Ok(Self { sources, inbox: Inbox::new(place.clone()), place, file })
    }

    /// The source of a name.
    pub(crate) fn find(&self, name: &str) -> Result<&Source, Fault> {
        self.sources.find(name).ok_or_else(|| {
            let names: Vec<&str> =
                self.sources.sources.iter().map(|one| one.name.as_str()).collect();
            let help = match names.as_slice() {
                [] => "it names no source at all".to_owned(),
                names => format!("it names {}", names.join(", ")),
            };
            let message = format!("{}: there is no source `{name}`", self.file.display());
            Fault::new(Code::Usage, message, help)
        })
    }

    /// What is known of all of them, from what lies on the disk.
    pub(crate) fn known(&self) -> Result<Vec<Known>, Fault> {
        self.sources.sources.iter().map(|source| self.known_of(source)).collect()
    }

    pub(crate) fn known_of(&self, source: &Source) -> Result<Known, Fault> {
        let health = pull::health(source, &self.inbox)?;
        let (kind, notes) = (kind(source), self.notes(source)?);
        // A list of people is what it was when it came.
        let came = match kind {
            Kind::Staff => self
                .inbox
                .files(&source.name)?
                .iter()
                .filter_map(|file| file.sidecar.fetched_at.parse::<Instant>().ok())
                .max(),
            _ => None,
        };
        Ok(Known {
            name: source.name.clone(),
            kind,
            followed: None,
            stale_after: source.stale_after.map(seconds),
            last_data: notes.last().max(came),
            reported: reported(&health),
            pulls: Some(pulls(&health)),
            is_at_work: false,
            waiting: self.waiting(source, &notes)?.len() as u64,
            bad: notes.bad(),
            passed_over: notes.passed_over(),
        })
    }

    /// Fetches what is new at a source, once files have gone that were kept for long enough: never one that waits to
    /// be taken in.
    pub(crate) fn pull(
        &self,
        source: &Source,
        world: &Arc<dyn World>,
        chance: &mut Chance,
    ) -> Result<Pulled, Fault> {
        let notes = self.notes(source)?;
        let may_go = |sidecar: &Sidecar| !tells_of_use(&sidecar.what) || !notes.lacks(sidecar);
        pull::sweep(source, world.instant(), &self.inbox, &may_go)?;
        Ok(pull::pull(source, world, chance, &self.inbox)?)
    }

    /// What was taken in of a source.
    pub(crate) fn notes(&self, source: &Source) -> Result<Notes, Fault> {
        Notes::read(&self.place.join(&source.name))
    }

    /// Files of the inbox that say what was used, and of which nothing is noted yet; the oldest first.
    pub(crate) fn waiting(&self, source: &Source, notes: &Notes) -> Result<Vec<PulledFile>, Fault> {
        let files = self.inbox.files(&source.name)?;
        let tells = |file: &PulledFile| tells_of_use(&file.sidecar.what);
        let new = |file: &PulledFile| notes.lacks(&file.sidecar);
        Ok(files.into_iter().filter(|file| tells(file) && new(file)).collect())
    }

    /// The polls in the books from which a poll is read on, the oldest first: of each server those from the last one
    /// that showed everything on, while the inbox still has them.
    ///
    /// Whose poll this one is, is not known before it is read. Those of other servers do no harm.
    fn before(
        &self,
        source: &Source,
        this: &PulledFile,
        notes: &Notes,
    ) -> Result<Vec<PulledFile>, Fault> {
        let files = self.inbox.files(&source.name)?.into_iter();
        let earlier: Vec<PulledFile> = files.take_while(|file| file.path != this.path).collect();
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        let mut is_needed = |file: &PulledFile| {
            notes.polled(&file.sidecar).iter().fold(false, |is_needed, one| {
                let left = left.entry(&one.server).or_insert(BEFORE_MAX);
                let is_wanted = *left > 0;
                *left = if one.shows_all { 0 } else { left.saturating_sub(1) };
                is_needed || is_wanted
            })
        };
        let mut needed: Vec<PulledFile> =
            earlier.into_iter().rev().filter(|file| is_needed(file)).collect();
        needed.reverse();
        Ok(needed)
    }
}

/// What a source is, for whoever judges it.
pub(crate) fn kind(source: &Source) -> Kind {
    match &source.kind {
        sources::Kind::TokenFlex(..) | sources::Kind::Insights(..) => Kind::Vendor,
        sources::Kind::Folder(folder) => match folder.files {
            Files::Logs => Kind::Log,
            Files::Polls => Kind::Polls,
            Files::TokenUsage => Kind::Vendor,
            Files::Staff => Kind::Staff,
            Files::Any | Files::Events | Files::Mapped(_) => Kind::Table,
        },
    }
}

/// Whether a pulled file says what was used; the others are kept for people to read.
fn tells_of_use(what: &str) -> bool {
    let known = ["contract", "usage-summary", "teams", "subscriptions", "users", "staff"];
    !known.contains(&what) && !what.starts_with("enrichment")
}

/// Up to when the vendor has use, as it says itself: the end of its last UTC day with any.
fn reported(health: &Health) -> Option<Instant> {
    health.freshness.newest().map(|day| Zone::utc().start_of(day.plus(1)))
}

fn pulls(health: &Health) -> Pulls {
    Pulls {
        last_success: health.last_success,
        last_error: health.last_error.clone(),
        failures: health.failures,
        next_due: (health.next_due > Instant::default()).then_some(health.next_due),
    }
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// The machine, as pulls see it.
pub(crate) struct Machine(Monotonic);

impl Machine {
    pub(crate) fn new() -> Self {
        Self(Monotonic::new())
    }
}

impl Pace for Machine {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wait(&self, time: Duration) {
        self.0.wait(time);
    }
}

impl World for Machine {
    fn instant(&self) -> Instant {
        ambient::now()
    }

    fn variable(&self, name: &str) -> Option<String> {
        ambient::variable(name)
    }
}

impl From<PullError> for Fault {
    fn from(error: PullError) -> Self {
        let code = match &error {
            PullError::AnotherPull => Code::InUse,
            PullError::NoSecret { .. } | PullError::OpenToOthers(_) | PullError::Disk { .. } => {
                Code::Input
            }
            _ => Code::Failed,
        };
        Self::new(code, error.to_string(), error.help())
    }
}

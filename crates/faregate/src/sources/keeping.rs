//! Sources in a server: pulled when they are due, and what came is taken in, one file at a time.
//!
//! Each source is pulled by a thread of its own, so that none waits for a slow vendor; one thread takes in for all
//! of them, through the gate. They die with the process, which they may at any time: what a pull has come to is on
//! the disk, and a file is noted once it is in the books.

use super::intake::{Incoming, Outcome};
use super::notes::{Became, Note};
use super::{Declared, Machine};
use crate::ambient;
use crate::aside;
use crate::commands::rejected;
use crate::fault::Fault;
use crate::output::shown;
use faregate_api::sources::KnownSources;
use faregate_app::gate::Gate;
use faregate_app::sources::{Kind, Known};
use faregate_connect::pace::Chance;
use faregate_connect::pull::{self, World};
use faregate_connect::sources::Source;
use faregate_core::when::Instant;
use faregate_ingest::features::FeatureTable;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest wait for a pull that is due later: the wall clock may be set meanwhile.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// The shortest: a source that cannot even say when it is due is not asked all the time.
const WAIT_MIN: Duration = Duration::from_secs(5);
/// Between two looks into the inbox: a command may have fetched something, or what stood in the way has passed.
const LOOK: Duration = Duration::from_secs(60);

/// What is known of the sources of a server; it is read by whoever asks how fresh figures are.
#[derive(Clone, Default)]
pub(crate) struct Board(Arc<Inner>);

#[derive(Default)]
struct Inner {
    known: Mutex<Vec<Known>>,
    stop: AtomicBool,
}

impl Board {
    /// Tells all of it, as of then.
    pub(crate) fn reader(&self) -> KnownSources {
        let board = self.clone();
        Arc::new(move || board.lock().clone())
    }

    /// Adds a log that is followed.
    pub(crate) fn follow(&self, log: &Path) {
        let name = log.file_name().unwrap_or(log.as_os_str()).to_string_lossy().into_owned();
        self.lock().push(Known {
            name,
            kind: Kind::Log,
            followed: Some(log.display().to_string()),
            stale_after: None,
            last_data: None,
            reported: None,
            pulls: None,
            is_at_work: false,
            waiting: 0,
            bad: Vec::new(),
            passed_over: Vec::new(),
        });
    }

    /// Notes up to when a followed log tells.
    pub(crate) fn heard(&self, log: &Path, last: Option<Instant>) {
        let log = log.display().to_string();
        let mut all = self.lock();
        if let Some(known) = all.iter_mut().find(|one| one.followed.as_ref() == Some(&log)) {
            known.last_data = known.last_data.max(last);
        }
    }

    /// Whatever is being taken in ends, and leaves the books as they were.
    pub(crate) fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    fn begin(&self, name: &str) {
        if let Some(known) = self.lock().iter_mut().find(|one| one.name == name) {
            known.is_at_work = true;
        }
    }

    /// Puts what is known of a source in the place of what was.
    fn renew(&self, fresh: Known) {
        let mut all = self.lock();
        match all.iter_mut().find(|one| one.name == fresh.name) {
            Some(known) => *known = fresh,
            None => all.push(fresh),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sources of a server, ready to be run.
pub(crate) struct Keeper {
    declared: Arc<Declared>,
    board: Board,
    features: Arc<FeatureTable>,
    /// Where rejected lines are listed.
    rejected: PathBuf,
}

impl Keeper {
    /// Puts the sources on the board; nothing is asked yet.
    pub(crate) fn new(
        declared: Declared,
        board: &Board,
        features: FeatureTable,
        data: &Path,
    ) -> Result<Self, Fault> {
        declared.known()?.into_iter().for_each(|known| board.renew(known));
        Ok(Self {
            declared: Arc::new(declared),
            board: board.clone(),
            features: Arc::new(features),
            rejected: data.join(rejected::NAME),
        })
    }

    /// Begins to pull, and to take in.
    pub(crate) fn start(self, gate: &Gate) -> Result<(), Fault> {
        let (came, news) = channel();
        let keeper = Arc::new(self);
        for place in 0..keeper.declared.sources.sources.len() {
            let (keeper, came) = (Arc::clone(&keeper), came.clone());
            spawn("source", move || {
                if let Some(source) = keeper.declared.sources.sources.get(place) {
                    keeper.keep_pulling(source, &came);
                }
            })?;
        }
        let gate = gate.clone();
        spawn("intake", move || keeper.keep_taking_in(&gate, &news))
    }

    fn keep_pulling(&self, source: &Source, came: &Sender<()>) {
        let world: Arc<dyn World> = Arc::new(Machine::new());
        let mut chance = Chance::new(ambient::fresh_seed());
        let mut told = String::new();
        loop {
            let due = pull::health(source, &self.declared.inbox).map(|health| health.next_due);
            let left = due.map_or(0, |due| due.since(ambient::now()));
            if let Ok(left @ 1..) = u64::try_from(left) {
                world.wait(Duration::from_secs(left).min(WAIT_MAX));
                continue;
            }
            self.board.begin(&source.name);
            let pulled = self.declared.pull(source, &world, &mut chance);
            let failed = match &pulled {
                Ok(pulled) => pulled.faults.first().map(|fault| (fault.words.clone(), "")),
                Err(why) => Some((why.message().to_owned(), why.help())),
            };
            tell_once(&source.name, failed, &mut told);
            self.renew(source, true);
            let has_come = pulled.is_ok_and(|pulled| !pulled.files.is_empty());
            // Nobody takes in any more: the server ends.
            if has_come && came.send(()).is_err() {
                return;
            }
            world.wait(WAIT_MIN);
        }
    }

    fn keep_taking_in(&self, gate: &Gate, news: &Receiver<()>) {
        let mut told: BTreeMap<&str, String> = BTreeMap::new();
        loop {
            for source in &self.declared.sources.sources {
                let Ok(failed) = self.take_in(gate, source) else { return };
                self.renew(source, false);
                let failed =
                    failed.as_ref().map(|fault| (fault.message().to_owned(), fault.help()));
                tell_once(&source.name, failed, told.entry(&source.name).or_default());
            }
            if news.recv_timeout(LOOK) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    /// Takes in what waits of a source; what went wrong with the first that could not even be tried, and is tried
    /// again.
    fn take_in(&self, gate: &Gate, source: &Source) -> Result<Option<Fault>, Stopping> {
        loop {
            let look = self.look(gate, source)?;
            if !look.again {
                return Ok(look.failed);
            }
        }
    }

    /// Takes in what waits now.
    fn look(&self, gate: &Gate, source: &Source) -> Result<Look, Stopping> {
        let waiting = self.declared.notes(source).and_then(|notes| {
            let files = self.declared.waiting(source, &notes)?;
            Ok((notes, files))
        });
        let (mut notes, files) = match waiting {
            Ok(waiting) => waiting,
            Err(fault) => return Ok(Look { failed: Some(fault), again: false }),
        };
        let mut look = Look::default();
        for file in files {
            self.board.begin(&source.name);
            let outcome = match self.declared.incoming(source, &file, &notes) {
                Ok(incoming) => self.through(gate, incoming)?,
                Err(fault) => Outcome::Later(fault),
            };
            let noted = match outcome {
                Outcome::Noted(note) => {
                    tell(&source.name, &note);
                    look.again |= !note.undone.is_empty();
                    notes.add(*note)
                }
                Outcome::Later(fault) => Err(fault),
                Outcome::Stopped => return Err(Stopping),
            };
            self.renew(source, true);
            look.failed = look.failed.or(noted.err());
        }
        Ok(look)
    }

    /// Takes a file in on the deciding thread, and waits for that.
    fn through(&self, gate: &Gate, incoming: Incoming) -> Result<Outcome, Stopping> {
        let (done, waiting) = channel();
        let (features, rejected) = (Arc::clone(&self.features), self.rejected.clone());
        let board = self.board.clone();
        gate.run(move |engine| {
            let outcome = incoming.take(engine, &features, &rejected, &board.0.stop);
            // Nobody waits when the server stops.
            let _ = done.send(outcome);
        });
        waiting.recv().map_err(|_| Stopping)
    }

    /// `goes_on` says that what waits is about to be taken in.
    fn renew(&self, source: &Source, goes_on: bool) {
        match self.declared.known_of(source) {
            Ok(known) => {
                let is_at_work = goes_on && known.waiting > 0;
                self.board.renew(Known { is_at_work, ..known });
            }
            Err(fault) => drop(fault.report(false)),
        }
    }
}

/// What came of taking in what waited.
#[derive(Default)]
struct Look {
    /// What went wrong with the first that is tried again.
    failed: Option<Fault>,
    /// Whether to look once more at once: what takes the place of several files may need some of them again.
    again: bool,
}

/// The server ends.
struct Stopping;

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Fault> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map(drop).map_err(|why| anyhow::Error::from(why).into())
}

/// Says what became of a file, where somebody should know.
fn tell(source: &str, note: &Note) {
    let Note { file, became, why, .. } = note;
    if *became == Became::Bad {
        let (file, why) = (shown(file), shown(why.as_deref().unwrap_or_default()));
        aside!("faregate: source {source}: `{file}` was not taken in: {why}");
        aside!(
            "  help: correct it and put it there again, or remove it from the inbox; the others go on"
        );
    }
}

/// Says why pulls fail: each reason when it begins, and when it is over.
fn tell_once(source: &str, failed: Option<(String, &str)>, told: &mut String) {
    match failed {
        Some((why, help)) if why != *told => {
            aside!("faregate: source {source}: {}", shown(&why));
            if !help.is_empty() {
                aside!("  help: {help}");
            }
            *told = why;
        }
        Some(_) => {}
        None if told.is_empty() => {}
        None => {
            aside!("source {source}: goes on");
            told.clear();
        }
    }
}

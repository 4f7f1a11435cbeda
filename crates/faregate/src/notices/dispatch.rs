//! The dispatcher beside the gate: one thread expands the journal into deliveries, and each channel has one that sends.
//!
//! It reads the journal through a store of its own and writes a file of its own, so that no decision waits for it; a
//! channel that hangs holds up its own thread. Its threads may die at any time: what was sent and not noted is sent once
//! more, under the same id.

use super::desk::Desk;
use super::{attempt, digests, schedules};
use crate::ambient;
use crate::aside;
use crate::fault::Fault;
use crate::output::shown;
use faregate_app::alerts::notices::notices;
use faregate_app::gate::Gate;
use faregate_app::notice::{Kind, Notice, Severity};
use faregate_app::outbox::{Delivery, Draft, Failure, Filter, Outbox, Outcome, Standing, next_try};
use faregate_app::ports::{Store, StoreError};
use faregate_connect::channels::{self, Channel, SendError, gathered};
use faregate_connect::pace::Chance;
use faregate_core::when::{DAY, HOUR, Instant};
use faregate_store::directory::DataDirectory;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks at the journal, and at what is due.
const LOOK: Duration = Duration::from_millis(250);
const DUE: Duration = Duration::from_secs(1);
/// So many entries are read on at once, and so many are passed over before the cursor is moved for them alone.
const ENTRIES_MAX: u64 = 1_000;
const IDLE_MAX: u64 = 10_000;
/// So many deliveries of a channel are looked at together.
const DUE_MAX: usize = 32;
/// What became of deliveries is remembered for so long, in seconds.
const KEEP: i64 = 90 * DAY;

/// Runs the channels of a server until it is stopped.
pub(crate) struct Dispatcher {
    shared: Arc<Shared>,
    expanding: Option<JoinHandle<()>>,
}

struct Shared {
    desk: Arc<Desk>,
    gate: Gate,
    data: PathBuf,
    stop: AtomicBool,
    /// Where people reach the pages.
    link: Option<String>,
}

impl Dispatcher {
    /// Begins where the journal was left, and at its end the first time.
    /// Notices lead to pages at `link`.
    pub(crate) fn start(
        data: &Path,
        desk: &Arc<Desk>,
        gate: &Gate,
        link: Option<String>,
    ) -> Result<Self, Fault> {
        let end = gate.state().read().seq();
        let cursor = desk.outbox().begin(end)?;
        let (desk, gate, stop) = (Arc::clone(desk), gate.clone(), AtomicBool::new(false));
        let shared = Arc::new(Shared { desk, gate, data: data.to_owned(), stop, link });
        let mut news = Vec::new();
        for place in 0..shared.desk.declared.channels.channels.len() {
            let (sender, waiting) = channel();
            news.push(sender);
            let shared = Arc::clone(&shared);
            spawn("channel", move || {
                if let Some(channel) = shared.desk.declared.channels.channels.get(place) {
                    shared.keep_sending(channel, &waiting);
                }
            })?;
        }
        let expanding = Arc::clone(&shared);
        let expanding = spawn("notices", move || expanding.keep_expanding(cursor, &news))?;
        Ok(Self { shared, expanding: Some(expanding) })
    }

    /// Ends: nothing is expanded any more, and nothing further is sent.
    pub(crate) fn stop(mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // It holds the store open, which the gate tidies up when it is the last. Those that send may be waiting for
        // somebody far away, and are left alone: that is what noting after sending is for.
        if let Some(thread) = self.expanding.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|why| anyhow::Error::from(why).into())
}

/// Up to where the journal was read, and up to where that is kept.
struct Reading {
    store: Option<Box<dyn Store>>,
    seen: u64,
    kept: u64,
    /// When what is old was last forgotten.
    swept: Instant,
}

impl Shared {
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn keep_expanding(&self, cursor: u64, news: &[Sender<()>]) {
        let swept = Instant(i64::MIN);
        let mut reading = Reading { store: None, seen: cursor, kept: cursor, swept };
        let mut told = String::new();
        while !self.is_over() {
            let looked = self.look(&mut reading);
            tell_once("notices", looked.as_ref().err().map(ToString::to_string), "", &mut told);
            match looked {
                Ok(Looked { is_behind: true, .. }) => {}
                Ok(Looked { has_news: true, .. }) => {
                    // A thread that sends no more needs no news.
                    for sender in news {
                        let _ = sender.send(());
                    }
                }
                Ok(_) => std::thread::park_timeout(LOOK),
                Err(_) => std::thread::park_timeout(DUE),
            }
        }
    }

    /// Expands what was committed since, and the digests that are due.
    fn look(&self, reading: &mut Reading) -> Result<Looked, StoreError> {
        let now = ambient::now();
        let end = self.gate.state().read().seq();
        let mut drafts = Vec::new();
        if reading.seen < end {
            self.read_on(reading, now, &mut drafts)?;
        }
        let mut digests = self.digests(now)?;
        digests.extend(self.reports(now)?);
        let has_news = !drafts.is_empty() || !digests.is_empty();
        drafts.extend(digests);
        if has_news || reading.seen - reading.kept >= IDLE_MAX {
            self.desk.outbox().expand(reading.kept, reading.seen, &drafts)?;
            reading.kept = reading.seen;
        }
        if now.since(reading.swept) >= HOUR {
            self.desk.outbox().forget(now.plus(-KEEP))?;
            self.give_up_strays(now)?;
            reading.swept = now;
        } else if has_news {
            self.give_up_strays(now)?;
        }
        Ok(Looked { has_news, is_behind: reading.seen < end })
    }

    fn read_on(
        &self,
        reading: &mut Reading,
        now: Instant,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), StoreError> {
        let store = match &mut reading.store {
            Some(store) => store,
            empty => {
                let opened = DataDirectory::read(&self.data)
                    .map_err(|why| StoreError::Other(format!("{why:?}")))?;
                empty.insert(Box::new(opened))
            }
        };
        let (after, mut seen) = (reading.seen, reading.seen);
        store.replay(after, &mut |entry| {
            let told = notices(&entry, &self.gate.state().read(), self.link.as_deref());
            for (channel, notice) in told {
                drafts.push(Draft::new(entry.seq, &channel, notice, now));
            }
            seen = entry.seq;
            seen - after < ENTRIES_MAX
        })?;
        reading.seen = seen;
        Ok(())
    }

    /// The digests that are due and were not made yet.
    fn digests(&self, now: Instant) -> Result<Vec<Draft>, StoreError> {
        let zone = self.desk.zone();
        let mut drafts = Vec::new();
        for digest in &self.desk.declared.channels.digests {
            let Some(date) = digests::due(digest, now, &zone) else { continue };
            let id = format!("{}-{}", digests::id(digest, date), digest.channel);
            if self.desk.outbox().knows(&id)? {
                continue;
            }
            let state = self.gate.state().read();
            let open = digests::open_alerts(&state);
            let made = digests::notice(digest, date, &state, now, &open);
            drafts.extend(made.map(|notice| Draft::new(0, &digest.channel, notice, now)));
        }
        Ok(drafts)
    }

    /// The reports that are due by their clocks and were not sent yet.
    fn reports(&self, now: Instant) -> Result<Vec<Draft>, StoreError> {
        let schedules = self.desk.book().all()?;
        schedules::due(&mut *self.desk.outbox(), &schedules, now)
    }

    /// Gives up what waits for a channel that the file does not name: somebody should see it.
    fn give_up_strays(&self, now: Instant) -> Result<(), StoreError> {
        let waiting = Filter { standing: Some(Standing::Waiting), limit: 10_000, channel: None };
        let mut outbox = self.desk.outbox();
        for one in outbox.list(&waiting)? {
            let name = &one.draft.channel;
            if self.desk.declared.channels.find(name).is_none() {
                let words = format!("there is no channel `{name}`");
                outbox.settle(&one.draft.id, &Outcome::GivenUp { words }, now)?;
            }
        }
        Ok(())
    }

    fn keep_sending(&self, channel: &Channel, news: &Receiver<()>) {
        let mut chance = Chance::new(ambient::fresh_seed());
        let mut told = String::new();
        while !self.is_over() {
            let due = self.desk.outbox().due(&channel.name, ambient::now(), DUE_MAX);
            let is_full = due.as_ref().is_ok_and(|due| due.len() == DUE_MAX);
            let sent = due.and_then(|due| self.round(channel, &due, &mut chance, &mut told));
            let name = format!("channel {}", channel.name);
            if let Err(why) = sent {
                tell_once(&name, Some(why.to_string()), "", &mut told);
            } else if is_full {
                continue;
            }
            // News that came meanwhile are looked at together.
            if news.recv_timeout(DUE) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            while news.try_recv().is_ok() {}
        }
    }

    /// Sends what is due on a channel, one after the other.
    fn round(
        &self,
        channel: &Channel,
        due: &[Delivery],
        chance: &mut Chance,
        told: &mut String,
    ) -> Result<(), StoreError> {
        let (held, others): (Vec<_>, Vec<_>) = due.iter().partition(|one| one.is_held);
        let is_mail = matches!(channel.kind, channels::Kind::Mail(_));
        // What waited through quiet hours is one mail; elsewhere each is for a program or a thread of its own.
        let groups: Vec<Vec<&Delivery>> = match (is_mail, held.is_empty()) {
            (true, false) => {
                std::iter::once(held).chain(others.into_iter().map(|one| vec![one])).collect()
            }
            _ => due.iter().map(|one| vec![one]).collect(),
        };
        for group in groups {
            if self.is_over() {
                return Ok(());
            }
            self.send(channel, &group, chance, told)?;
        }
        Ok(())
    }

    /// Sends deliveries as one notice, but for what may not go now, and notes what became of them.
    fn send(
        &self,
        channel: &Channel,
        group: &[&Delivery],
        chance: &mut Chance,
        told: &mut String,
    ) -> Result<(), StoreError> {
        let now = ambient::now();
        let off = self.desk.outbox().tally(&channel.name)?.off.map(|(_, words)| words);
        let quiet_until = channel.quiet.over_at(now, &self.desk.zone());
        let mut going = Vec::new();
        for one in group {
            match withheld(&one.draft.notice, off.as_deref(), quiet_until, now) {
                Some(outcome) => self.settle(&[one], |_| outcome.clone(), now)?,
                None => going.push(*one),
            }
        }
        let notices: Vec<Notice> = going.iter().map(|one| one.draft.notice.clone()).collect();
        let Some(notice) = gathered(&notices) else { return Ok(()) };
        let id = match going.as_slice() {
            [one] => one.draft.id.clone(),
            _ => format!("{}-{}", notice.id, channel.name),
        };
        let letter = schedules::letter(&self.data, &notice);
        let letter = match letter.transpose() {
            Ok(letter) => letter,
            Err(words) => {
                return self.settle(&going, |_| Outcome::GivenUp { words: words.clone() }, now);
            }
        };
        let sent = attempt(channel, &id, &notice, letter.as_ref());
        let (failed, help) = sent.as_ref().err().map(|why| (why.to_string(), why.help)).unzip();
        tell_once(&format!("channel {}", channel.name), failed, help.unwrap_or_default(), told);
        self.note(channel, &going, sent, chance.up_to(u64::MAX))
    }

    /// Notes what became of deliveries that went as one.
    fn note(
        &self,
        channel: &Channel,
        going: &[&Delivery],
        sent: Result<(), SendError>,
        chance: u64,
    ) -> Result<(), StoreError> {
        let now = ambient::now();
        let Err(SendError { failure, words, .. }) = sent else {
            return self.settle(going, |_| Outcome::Sent, now);
        };
        if failure == Failure::Gone {
            self.desk.outbox().switch(&channel.name, Some(&words), now)?;
        }
        let outcome = |one: &Delivery| match next_try(one.tries + 1, failure, chance) {
            Some(wait) => Outcome::Again { due: now.plus(wait), words: words.clone() },
            None => Outcome::GivenUp { words: words.clone() },
        };
        self.settle(going, outcome, now)
    }

    fn settle(
        &self,
        group: &[&Delivery],
        outcome: impl Fn(&Delivery) -> Outcome,
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut outbox = self.desk.outbox();
        group.iter().try_for_each(|one| outbox.settle(&one.draft.id, &outcome(one), now))
    }
}

/// What a look brought.
struct Looked {
    has_news: bool,
    is_behind: bool,
}

/// Why a notice does not go now: the channel is off, or it is quiet. What is critical is told at any time, and so is
/// what somebody asked for by the clock.
fn withheld(
    notice: &Notice,
    off: Option<&str>,
    quiet_until: Instant,
    now: Instant,
) -> Option<Outcome> {
    if let Some(words) = off {
        return Some(Outcome::GivenUp { words: format!("the channel is switched off: {words}") });
    }
    let goes =
        notice.severity == Severity::Critical || matches!(notice.kind, Kind::Digest | Kind::Test);
    (quiet_until > now && !goes).then_some(Outcome::Held { until: quiet_until })
}

/// Says why something fails: each reason when it begins, and when it is over.
fn tell_once(what: &str, failed: Option<String>, help: &str, told: &mut String) {
    match failed {
        Some(why) if why != *told => {
            aside!("faregate: {what}: {}", shown(&why));
            if !help.is_empty() {
                aside!("  help: {help}");
            }
            *told = why;
        }
        Some(_) => {}
        None if told.is_empty() => {}
        None => {
            aside!("{what}: goes on");
            told.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faregate_connect::channels::trial;

    #[test]
    fn quiet_hours_hold_what_can_wait_and_a_channel_that_is_off_takes_nothing() {
        let (now, later) = (Instant(100), Instant(500));
        let held = Some(Outcome::Held { until: later });
        for kind in Kind::ALL {
            for severity in Severity::ALL {
                let notice = Notice { kind, severity, ..trial("x", now) };
                let goes =
                    severity == Severity::Critical || matches!(kind, Kind::Digest | Kind::Test);
                let expected = if goes { None } else { held.clone() };
                assert_eq!(withheld(&notice, None, later, now), expected, "{kind:?} {severity:?}");
                assert_eq!(withheld(&notice, None, now, now), None);
                let off = withheld(&notice, Some("gone"), now, now);
                assert!(matches!(off, Some(Outcome::GivenUp { .. })), "{kind:?}");
            }
        }
    }
}

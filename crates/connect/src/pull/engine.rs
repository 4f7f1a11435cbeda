//! One pull from one of the vendor's APIs: plan, ask, look, fetch, each step written down before the next.
//!
//! INVARIANT: the progress on the disk is never behind what the vendor was asked, except by the one
//! order that stands there as `Asking`; and never ahead of what lies in the inbox.

mod fetching;

use super::desk::{Desk, Look, Phase};
use super::errands::{Errand, FAILURES_MAX, Progress, Stage, Taken};
use super::inbox::{Label, Place};
use super::insights::InsightsDesk;
use super::token_flex::TokenFlexDesk;
use super::wire::Wire;
use super::{PullError, Pulled, PulledFile, World};
use crate::pace::Chance;
use crate::secret::Secret;
use crate::sources::{Access, Kind, Source};
use faregate_core::when::{Instant, Zone};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What the vendor has not made in so many seconds, it will not make.
const ASKED_MAX: i64 = 2 * 86_400;

/// Pulls from an API.
pub(super) fn run(
    source: &Source,
    access: &Access,
    world: &Arc<dyn World>,
    chance: &mut Chance,
    place: &Place,
) -> Result<Pulled, PullError> {
    let (desk, scope): (Box<dyn Desk>, _) = match &source.kind {
        Kind::Insights(what, _) => (Box::new(InsightsDesk::new(what)), InsightsDesk::SCOPE),
        Kind::TokenFlex(what, _) => {
            let desk = TokenFlexDesk::new(what, access.delete_exports);
            (Box::new(desk), TokenFlexDesk::scope(what))
        }
        Kind::Folder(_) => return Err(PullError::not_understood("a folder that is an API")),
    };
    let chance = Chance::new(chance.up_to(u64::MAX));
    let wire = Wire::new(access, scope, world, chance, &place.budgets, source.patience)?;
    let mut engine = Engine {
        source,
        access,
        place,
        wire,
        progress: Progress::default(),
        is_planned: false,
        taken: place.taken()?.of(&desk.identity()),
        files: Vec::new(),
        links: BTreeMap::new(),
        window: access.outstanding_max,
        looks: 0,
        desk,
    };
    let mut next_due = Instant::default();
    match engine.work() {
        // The vendor's limits lie beyond our patience: the next pull goes on, not before it may.
        Err(error @ PullError::Throttled { .. }) if engine.wire.is_over() => {
            next_due = world.instant().plus(error.asked_to_wait().unwrap_or(0));
        }
        result => result?,
    }
    let is_whole = engine.end()?;
    Ok(Pulled {
        faults: engine.progress.errands.iter().filter_map(Errand::fault).collect(),
        freshness: engine.progress.freshness,
        files: engine.files,
        next_due,
        is_whole,
    })
}

struct Engine<'a> {
    source: &'a Source,
    access: &'a Access,
    place: &'a Place,
    wire: Wire,
    desk: Box<dyn Desk>,
    progress: Progress,
    /// Whether the progress is of this pull; a plan may have to wait for the vendor's limits.
    is_planned: bool,
    taken: Taken,
    files: Vec<PulledFile>,
    /// Addresses of what is ready, by errand. They are never written down.
    links: BTreeMap<usize, Vec<Secret>>,
    /// How many exports to have outstanding.
    window: usize,
    /// How often we looked and nothing had changed.
    looks: u32,
}

impl Engine<'_> {
    fn work(&mut self) -> Result<(), PullError> {
        match self.place.progress()? {
            Some(progress) if progress.of == self.desk.identity() => self.progress = progress,
            // Nothing was begun, or the source was of something else then.
            _ => {
                let today = Zone::utc().date(self.wire.world.instant());
                self.progress = self.desk.plan(&mut self.wire, &self.taken, today)?;
                self.keep()?;
            }
        }
        self.is_planned = true;
        while !self.wire.is_over() && self.step()? {}
        Ok(())
    }

    /// Whether everything there was to pull is here; then there is no progress left to remember.
    fn end(&mut self) -> Result<bool, PullError> {
        let is_whole = self.is_planned && self.progress.errands.iter().all(Errand::is_over);
        if is_whole {
            self.place.end_progress()?;
        }
        Ok(is_whole)
    }

    fn keep(&self) -> Result<(), PullError> {
        self.place.keep_progress(&self.progress)
    }

    /// Does what is next; whether something was.
    fn step(&mut self) -> Result<bool, PullError> {
        let errands = &self.progress.errands;
        let find = |is: &dyn Fn(&Errand) -> bool| errands.iter().position(is);
        let outstanding = errands.iter().filter(|one| one.is_outstanding()).count();
        let is_at_hand =
            |one: &Errand| matches!(one.stage, Stage::Fetching { .. } | Stage::Dismissing { .. });
        if let Some(at) = find(&is_at_hand) {
            self.carry_on(at)?;
        } else if let Some(at) = find(&|one| matches!(one.stage, Stage::Asking { .. })) {
            self.seek(at)?;
        } else if let Some(at) = find(&|one| one.path.is_some() && one.stage == Stage::Wanted) {
            self.read(at)?;
        } else if outstanding < self.window
            && let Some(at) = find(&|one| one.stage == Stage::Wanted)
        {
            self.ask(at)?;
        } else if outstanding > 0 {
            self.look()?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn errand(&mut self, at: usize) -> Result<&mut Errand, PullError> {
        let errand = self.progress.errands.get_mut(at);
        errand.ok_or_else(|| PullError::not_understood("an errand that is not there"))
    }

    /// Sets where an errand is, and writes it down.
    fn set(&mut self, at: usize, stage: Stage) -> Result<(), PullError> {
        self.errand(at)?.stage = stage;
        self.keep()
    }

    fn ask(&mut self, at: usize) -> Result<(), PullError> {
        let now = self.wire.world.instant();
        let source = &self.source.name;
        let name = self.progress.errands.get(at).map(|one| one.name(source, now));
        let name = name.unwrap_or_default();
        self.set(at, Stage::Asking { name: name.clone(), since: now.0 })?;
        self.order(at, name, now.0)
    }

    /// Whether the vendor heard us before we were killed is for it to say.
    fn seek(&mut self, at: usize) -> Result<(), PullError> {
        let errand = self.errand(at)?.clone();
        let Stage::Asking { name, since } = errand.stage.clone() else { return Ok(()) };
        match self.desk.seek(&mut self.wire, &errand, &name, Instant(since))? {
            Some(ticket) => self.set(at, Stage::Asked { name, ticket, since }),
            None => self.order(at, name, since),
        }
    }

    fn order(&mut self, at: usize, name: String, since: i64) -> Result<(), PullError> {
        let errand = self.errand(at)?.clone();
        let outstanding = self.progress.errands.iter().filter(|one| one.is_outstanding()).count();
        match self.desk.ask(&mut self.wire, &errand, &name) {
            Ok(ticket) => {
                self.looks = 0;
                self.set(at, Stage::Asked { name, ticket, since })
            }
            // The order itself is refused, whoever gives it: the others may still be taken.
            Err(PullError::Refused { status: 400 | 404 | 409 | 422, words }) => {
                self.set(at, Stage::GivenUp { words })
            }
            // The user has as many exports outstanding as the vendor allows, ours and others'.
            Err(PullError::Throttled { seconds, .. })
                if outstanding > 0 && !self.wire.is_over() && self.is_short(seconds) =>
            {
                self.window = outstanding;
                self.set(at, Stage::Wanted)?;
                self.wire.world.wait(Duration::from_secs(seconds.unwrap_or(0)));
                Ok(())
            }
            Err(error @ PullError::Throttled { .. }) => {
                self.set(at, Stage::Wanted)?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a pull itself waits for as long as the vendor asks, if it does.
    fn is_short(&self, seconds: Option<u64>) -> bool {
        let longest = self.wire.world.timing().retry.longest;
        seconds.is_none_or(|asked| Duration::from_secs(asked) <= longest)
    }

    /// Looks at all orders at once, after a while.
    fn look(&mut self) -> Result<(), PullError> {
        let asked: Vec<(usize, String)> = (0..)
            .zip(&self.progress.errands)
            .filter_map(|(at, errand)| match &errand.stage {
                Stage::Asked { ticket, .. } => Some((at, ticket.clone())),
                _ => None,
            })
            .collect();
        self.looks += 1;
        let poll = self.wire.world.timing().poll;
        let wait = poll.delay(self.looks, &mut self.wire.chance);
        self.wire.world.wait(wait);
        let tickets: Vec<&str> = asked.iter().map(|(_, ticket)| ticket.as_str()).collect();
        let looks = self.desk.look(&mut self.wire, &tickets)?;
        for ((at, ticket), look) in asked.into_iter().zip(looks) {
            self.take_note(at, ticket, look)?;
        }
        self.keep()
    }

    /// What the vendor says of an order.
    fn take_note(&mut self, at: usize, ticket: String, look: Look) -> Result<(), PullError> {
        let now = self.wire.world.instant();
        let Stage::Asked { name, since, .. } = self.errand(at)?.stage.clone() else {
            return Ok(());
        };
        if look.phase != Phase::Waiting {
            self.looks = 0;
            self.window = self.access.outstanding_max;
        }
        match look.phase {
            Phase::Waiting if now.0 - since > ASKED_MAX => {
                self.errand(at)?.fail("it was not made in two days");
            }
            Phase::Waiting => {}
            Phase::Ready => {
                self.links.insert(at, look.links);
                self.errand(at)?.fetch(name, ticket, since);
            }
            Phase::Gone => self.errand(at)?.fail(GONE),
            Phase::Failed(words) => {
                let is_last = self.errand(at)?.failures + 1 >= FAILURES_MAX;
                if !is_last && self.desk.retry(&mut self.wire, &ticket)? {
                    self.errand(at)?.failures += 1;
                } else {
                    self.errand(at)?.fail(&words);
                }
            }
        }
        Ok(())
    }

    fn label(&self, errand: &Errand) -> Label {
        let export = match &errand.stage {
            Stage::Fetching { name, .. } => Some(name.clone()),
            _ => None,
        };
        Label {
            what: errand.what.clone(),
            period: errand.period.clone(),
            export,
            zone: Some(self.source.zone.clone().unwrap_or_else(Zone::utc).name().to_owned()),
            fetched_at: self.wire.world.instant(),
            written: None,
            freshness: self.progress.freshness.clone(),
        }
    }
}

/// What an expired result is called.
const GONE: &str = "it threw the result away before it was fetched";

//! Measures all rules on what is committed, beside the deciding thread, and books what changed on it.

use super::outlook::{self, Material};
use super::runbook::{self, Facts};
use super::written::Written;
use crate::engine::{Engine, Failure};
use faregate_core::alert::{
    AlertId, Crossing, Edge, Escalation, Findings, Handling, Pending, Raised, Reading, Rule, Scene,
    Scope, SourceSeen, Subject, Usual, Views, edges, measure, usual,
};
use faregate_core::event::Event;
use faregate_core::state::{KeptForecast, Monitor, State};
use faregate_core::when::{Date, HOUR, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// Rules that look at people or groups read all recent charges: so many seconds lie between two looks.
const WIDE_SECONDS: i64 = 60;
/// What is expected is reckoned anew after so many seconds.
const OUTLOOK_SECONDS: i64 = 600;
/// Where nothing was committed, a rule is looked at again after so many seconds: time alone may cross it.
const QUIET_SECONDS: i64 = 15;
/// A notice names at most so many subjects; an alert has at most so many.
const CROSSINGS_MAX: usize = 1_000;
/// Values in the journal are whole thousandths.
const THOUSANDTHS: f64 = 1_000.0;

/// What is known beside the state.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// What is unusual.
    pub findings: Findings,
    /// Who tells of use.
    pub sources: Vec<SourceSeen>,
    /// How many enrolled workstations were heard of, of how many.
    pub agents: Option<(u64, u64)>,
}

/// Something that changed for a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Its limit is crossed.
    Raise(Raised),
    /// An alert is over.
    End(AlertId, String),
    /// Nobody has taken an alert on.
    Escalate(AlertId, u16, Vec<String>),
    /// Forecasts were made that will be scored.
    Keep(Vec<KeptForecast>),
}

/// Looks at all rules, again and again. What it remembers is a cache: a new one says the same, later by as long
/// as a rule asks a limit to be crossed for.
#[derive(Default)]
pub struct Watch {
    rules: Vec<Rule>,
    /// As of which change of the rules they were read.
    changes: Option<u32>,
    pending: BTreeMap<String, Pending>,
    usual: Usual,
    /// The hour of which is usual what is in `usual`.
    hour: i64,
    views: Views,
    viewed: Option<Instant>,
    /// The day whose forecasts were kept.
    kept: Option<Date>,
    looked: BTreeMap<String, (u64, Instant)>,
}

impl Watch {
    /// What changed since the last look.
    #[must_use]
    pub fn look(&mut self, state: &State, around: &Around, now: Instant) -> Vec<Change> {
        self.compile(state.monitor());
        self.refresh(state, now);
        let mut changes = self.orphans(state);
        let due: Vec<Rule> =
            self.rules.iter().filter(|rule| self.is_due(rule, state, now)).cloned().collect();
        for rule in due {
            self.looked.insert(rule.key.clone(), (state.seq(), now));
            changes.extend(self.crossed(&rule, state, around, now));
        }
        let late = |rule| escalations(rule, state.monitor(), now);
        changes.extend(self.rules.iter().flat_map(late));
        changes
    }

    /// Whether what is expected has to be reckoned anew before the next look: gather it, and hand it to
    /// [`Watch::see`], which takes a while, once the state is no longer held.
    #[must_use]
    pub fn is_blind(&self, now: Instant) -> bool {
        let is_old = |at: Instant| !(0..OUTLOOK_SECONDS).contains(&now.since(at));
        self.viewed.is_none_or(is_old)
    }

    /// Reckons what is expected of those who were gathered at an instant of a day, and which forecasts to keep.
    #[must_use]
    pub fn see(&mut self, gathered: &[Material], (now, today): (Instant, Date)) -> Option<Change> {
        self.views = outlook::views(gathered);
        self.viewed = Some(now);
        if self.kept.replace(today) == Some(today) {
            return None;
        }
        let due = gathered.iter().filter(|one| one.is_kept());
        let kept: Vec<KeptForecast> = due.flat_map(Material::to_keep).collect();
        (!kept.is_empty()).then_some(Change::Keep(kept))
    }

    /// What is expected of whom, as of the last look.
    #[must_use]
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Reads the rules anew when they changed. One that this release cannot read is left out; `alert rules` says so.
    fn compile(&mut self, monitor: &Monitor) {
        if self.changes == Some(monitor.changes()) {
            return;
        }
        let read = |text: &String| Written::one(text).and_then(|written| written.rule()).ok();
        self.rules = monitor.rules().values().filter_map(|known| read(&known.text)).collect();
        self.changes = Some(monitor.changes());
        self.usual.clear();
        self.looked.clear();
        let keys: BTreeSet<&String> = self.rules.iter().map(|rule| &rule.key).collect();
        self.pending.retain(|key, _| keys.contains(key));
    }

    fn refresh(&mut self, state: &State, now: Instant) {
        let hour = now.0.div_euclid(HOUR);
        if self.hour != hour {
            self.usual.clear();
            self.hour = hour;
        }
        for rule in &self.rules {
            if !self.usual.contains_key(&rule.key) {
                self.usual.insert(rule.key.clone(), usual(rule, state, now));
            }
        }
    }

    fn is_due(&self, rule: &Rule, state: &State, now: Instant) -> bool {
        let Some((seq, at)) = self.looked.get(&rule.key) else { return true };
        let passed = now.since(*at);
        let is_wide = matches!(rule.scope, Scope::Person(_) | Scope::Group(_) | Scope::Groups(_));
        match is_wide {
            true => !(0..WIDE_SECONDS).contains(&passed),
            false => *seq != state.seq() || !(0..QUIET_SECONDS).contains(&passed),
        }
    }

    /// Alerts whose rule is gone end.
    fn orphans(&self, state: &State) -> Vec<Change> {
        let rules = state.monitor().rules();
        let orphans = state.monitor().open().filter(|(_, alert)| !rules.contains_key(&alert.rule));
        orphans.map(|(id, _)| Change::End(id, "the rule was removed".to_owned())).collect()
    }

    fn crossed(
        &mut self,
        rule: &Rule,
        state: &State,
        around: &Around,
        now: Instant,
    ) -> Vec<Change> {
        if !rule.is_on(state.estate(), now) {
            return Vec::new();
        }
        let scene = self.scene(state, around, now);
        let readings = measure(rule, &scene);
        let open = state.monitor().open_of(&rule.key);
        let subjects: BTreeSet<String> = open.keys().cloned().collect();
        let facts = |subject: &Subject| runbook::facts(&scene, subject);
        let mut pending = self.pending.get(&rule.key).cloned().unwrap_or_default();
        let edges = edges(rule, readings, &subjects, &mut pending, now);
        let (mut raised, mut changes) = (Vec::new(), Vec::new());
        for edge in edges {
            match edge {
                Edge::Raised(reading) => raised.push((facts(&reading.subject), reading)),
                Edge::Ended(subject, reading) => {
                    let said = reading
                        .map_or("there is nothing left to measure".to_owned(), |one| one.said);
                    changes.extend(open.get(&subject).map(|id| Change::End(*id, said)));
                }
            }
        }
        changes.extend(told(rule, state, raised, now).into_iter().map(Change::Raise));
        self.pending.insert(rule.key.clone(), pending);
        changes
    }

    fn scene<'a>(&'a self, state: &'a State, around: &'a Around, now: Instant) -> Scene<'a> {
        let (views, usual) = (&self.views, &self.usual);
        let (findings, sources, agents) = (&around.findings, &around.sources[..], around.agents);
        Scene { state, now, views, usual, findings, sources, agents }
    }
}

/// What is raised together: all in one where the rule groups, each by itself where it does not.
fn told(rule: &Rule, state: &State, crossed: Vec<(Facts, Reading)>, now: Instant) -> Vec<Raised> {
    let known = state.monitor().rules().get(&rule.key);
    let is_muted = known.is_some_and(|known| known.muted_until.is_some_and(|until| now < until));
    let channels = if is_muted { Vec::new() } else { rule.channels.clone() };
    let of = |some: &[(Facts, Reading)]| Raised {
        rule: rule.key.clone(),
        name: rule.name.clone(),
        severity: rule.severity,
        channels: channels.clone(),
        steps: steps(rule, some),
        crossings: some.iter().map(|(facts, reading)| crossing(facts, reading)).collect(),
    };
    let each = if rule.grouped { CROSSINGS_MAX } else { 1 };
    crossed.chunks(each).map(of).collect()
}

/// The steps with the facts of whoever crossed first.
fn steps(rule: &Rule, crossed: &[(Facts, Reading)]) -> Vec<String> {
    let none = Facts::default();
    let facts = crossed.first().map_or(&none, |(facts, _)| facts);
    rule.steps.iter().map(|step| runbook::filled(&step.text, facts)).collect()
}

fn crossing(facts: &Facts, reading: &Reading) -> Crossing {
    let mut told = reading.facts.clone();
    // What is true of the contract tells nothing of a source or a finding.
    let has_own =
        matches!(reading.subject.kind, "contract" | "bucket" | "product" | "group" | "person");
    told.extend(has_own.then(|| facts.told()).into_iter().flatten());
    Crossing {
        subject: reading.subject.key(),
        name: reading.subject.name.clone(),
        value: (reading.value * THOUSANDTHS).round() as i64,
        limit: (reading.limit * THOUSANDTHS).round() as i64,
        said: reading.said.clone(),
        facts: told,
    }
}

/// Alerts of a rule that nobody has taken on for as long as its next escalation waits.
fn escalations(rule: &Rule, monitor: &Monitor, now: Instant) -> Vec<Change> {
    let late = |(_, id): (String, AlertId)| {
        let alert = monitor.alerts().get(&id)?;
        let level = alert.escalations();
        let Escalation { after_seconds, channels } = rule.escalations.get(level)?;
        let is_late = !alert.is_acknowledged()
            && !alert.channels.is_empty()
            && now.since(alert.at) >= *after_seconds;
        let level = u16::try_from(level).ok()?.saturating_add(1);
        is_late.then(|| Change::Escalate(id, level, channels.clone()))
    };
    if rule.escalations.is_empty() {
        return Vec::new();
    }
    monitor.open_of(&rule.key).into_iter().filter_map(late).collect()
}

/// Books changes on the deciding thread: those that still are, in one commit. Returns how many that were.
///
/// # Errors
/// [`Failure`]; nothing was booked.
pub fn note(engine: &mut Engine, changes: Vec<Change>) -> Result<usize, Failure> {
    let now = engine.ready()?;
    let shared = engine.state();
    let mut changes = changes;
    // Alerts that were raised together are told of as one when the last of them ends: see `notices`.
    changes.sort_by_key(|change| match change {
        Change::End(id, _) => Some(*id),
        Change::Raise(_) | Change::Escalate(..) | Change::Keep(_) => None,
    });
    let events: Vec<Event> = {
        let state = shared.read();
        changes.into_iter().filter_map(|change| still(state.monitor(), change)).collect()
    };
    let count = events.len();
    if count > 0 {
        engine.append_at(now, events, None)?;
    }
    Ok(count)
}

/// The event of a change, unless somebody was faster.
fn still(monitor: &Monitor, change: Change) -> Option<Event> {
    match change {
        Change::Raise(mut raised) => {
            let open = monitor.open_of(&raised.rule);
            raised.crossings.retain(|one| !open.contains_key(&one.subject));
            let is_new = monitor.rules().contains_key(&raised.rule) && !raised.crossings.is_empty();
            is_new.then_some(Event::AlertRaised(raised))
        }
        Change::End(alert, said) => {
            let is_open = monitor.alerts().get(&alert)?.ended().is_none();
            is_open.then_some(Event::AlertHandled { alert, what: Handling::Ended { said } })
        }
        Change::Keep(kept) => {
            // Once a day, also where the server was started again.
            let made = kept.first()?.made;
            let is_new = monitor.kept().last().is_none_or(|last| last.made < made);
            is_new.then_some(Event::ForecastsKept(kept))
        }
        Change::Escalate(alert, level, channels) => {
            let known = monitor.alerts().get(&alert)?;
            let is_next = known.ended().is_none()
                && !known.is_acknowledged()
                && known.escalations() + 1 == usize::from(level);
            let what = Handling::Escalated { level, channels };
            is_next.then_some(Event::AlertHandled { alert, what })
        }
    }
}

//! Booking what is watched: alert rules, alerts and what is done about them, forecasts that are kept.

use super::{Broken, State};
use crate::alert::{Alert, AlertId, Handling, Raised};
use crate::amount::Ticks;
use crate::event::Event;
use crate::when::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// So many alerts that have ended are remembered; older ones are in the journal.
const ENDED_MAX: usize = 10_000;
/// So many forecasts are remembered.
const KEPT_MAX: usize = 100_000;

/// An alert rule as somebody wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenRule {
    /// Its text.
    pub text: String,
    /// Until when nobody is told.
    pub muted_until: Option<Instant>,
}

/// A forecast that is kept, to be scored once it is known what came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptForecast {
    /// Of whom: `contract`, `bucket:structures`.
    pub subject: String,
    /// The day on which it was made; what came before was known.
    pub made: Date,
    /// The last day of the span that it is about.
    pub until: Date,
    /// Tokens expected from the day after it was made to the last day.
    pub expected: Ticks,
    /// Half of all spans end between these.
    pub half: (Ticks, Ticks),
    /// Four in five.
    pub four_in_five: (Ticks, Ticks),
    /// Nineteen in twenty.
    pub nineteen_in_twenty: (Ticks, Ticks),
}

/// What an occasion does to the burn of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OccasionEffect {
    /// Nobody works.
    Holiday,
    /// So many thousandths of what would have been burned.
    Share(i64),
    /// So many tokens more a day, or fewer when negative.
    TokensADay(Ticks),
}

/// Something that people know of days to come, or of days past: a holiday, a training week, the end of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Whose burn it changes: `contract`, `bucket:structures`, `product:revit`.
    pub subject: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What becomes of them.
    pub effect: OccasionEffect,
}

/// What is watched, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    /// Rules by key.
    pub(crate) rules: BTreeMap<String, WrittenRule>,
    /// How many times rules changed.
    pub(crate) changes: u32,
    pub(crate) alerts: BTreeMap<AlertId, Alert>,
    /// Of those, the ones that have not ended: by rule and subject.
    pub(crate) open: BTreeMap<(String, String), AlertId>,
    pub(crate) kept: Vec<KeptForecast>,
    pub(crate) occasions: BTreeMap<String, Occasion>,
}

/// A [`Monitor`] as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitorData {
    /// Rules by key.
    pub rules: Vec<(String, WrittenRule)>,
    /// How many times rules changed.
    pub changes: u32,
    /// Alerts by id.
    pub alerts: Vec<(AlertId, Alert)>,
    /// Forecasts, the oldest first.
    pub kept: Vec<KeptForecast>,
    /// What is known of days to come, by key.
    pub occasions: Vec<Occasion>,
}

impl Monitor {
    /// Rules by key.
    #[must_use]
    pub fn rules(&self) -> &BTreeMap<String, WrittenRule> {
        &self.rules
    }

    /// How many times rules changed.
    #[must_use]
    pub fn changes(&self) -> u32 {
        self.changes
    }

    /// Alerts by id: all that are open, and the newest of those that have ended.
    #[must_use]
    pub fn alerts(&self) -> &BTreeMap<AlertId, Alert> {
        &self.alerts
    }

    /// The alerts that have not ended.
    pub fn open(&self) -> impl Iterator<Item = (AlertId, &Alert)> {
        self.open.values().filter_map(|id| Some((*id, self.alerts.get(id)?)))
    }

    /// Who and what is told of by a rule already, and by which alert.
    #[must_use]
    pub fn open_of(&self, rule: &str) -> BTreeMap<String, AlertId> {
        let first = (rule.to_owned(), String::new());
        let of_rule = self.open.range(first..).take_while(|((of, _), _)| of == rule);
        of_rule.map(|((_, subject), id)| (subject.clone(), *id)).collect()
    }

    /// Forecasts that are kept, the oldest first.
    #[must_use]
    pub fn kept(&self) -> &[KeptForecast] {
        &self.kept
    }

    /// What is known of days to come, by key.
    #[must_use]
    pub fn occasions(&self) -> &BTreeMap<String, Occasion> {
        &self.occasions
    }

    pub(crate) fn data(&self) -> MonitorData {
        MonitorData {
            rules: self.rules.iter().map(|(key, rule)| (key.clone(), rule.clone())).collect(),
            changes: self.changes,
            alerts: self.alerts.iter().map(|(id, alert)| (*id, alert.clone())).collect(),
            kept: self.kept.clone(),
            occasions: self.occasions.values().cloned().collect(),
        }
    }

    pub(crate) fn restored(data: MonitorData) -> Self {
        let MonitorData { rules, changes, alerts, kept, occasions } = data;
        let occasions = occasions.into_iter().map(|one| (one.key.clone(), one)).collect();
        let alerts: BTreeMap<AlertId, Alert> = alerts.into_iter().collect();
        let open = alerts.iter().filter(|(_, alert)| alert.ended().is_none());
        let open = open.map(|(id, alert)| (of(alert), *id)).collect();
        Self { rules: rules.into_iter().collect(), changes, alerts, open, kept, occasions }
    }

    fn raise(&mut self, seq: u64, at: Instant, raised: &Raised) -> Result<(), Broken> {
        let subjects: BTreeSet<&String> = raised.crossings.iter().map(|one| &one.subject).collect();
        let open = self.open_of(&raised.rule);
        let is_new = |subject: &&String| !open.contains_key(*subject);
        if subjects.len() != raised.crossings.len() || !subjects.iter().all(is_new) {
            return Err(Broken::Alert(raised.rule.clone()));
        }
        for (place, crossing) in (0u16..).zip(&raised.crossings) {
            let id = AlertId { seq, place };
            let Raised { rule, name, severity, channels, steps, .. } = raised.clone();
            let (crossing, handled) = (crossing.clone(), Vec::new());
            let alert = Alert { rule, name, severity, channels, crossing, steps, at, handled };
            self.open.insert(of(&alert), id);
            self.alerts.insert(id, alert);
        }
        Ok(())
    }

    fn handle(&mut self, id: AlertId, at: Instant, what: &Handling) -> Result<(), Broken> {
        let alert = self.alerts.get_mut(&id).filter(|alert| alert.ended().is_none());
        let alert = alert.ok_or_else(|| Broken::Alert(id.to_string()))?;
        alert.handled.push((at, what.clone()));
        if matches!(what, Handling::Ended { .. }) {
            self.open.remove(&of(alert));
            self.forget_oldest();
        }
        Ok(())
    }

    fn forget_oldest(&mut self) {
        if self.alerts.len().saturating_sub(self.open.len()) > ENDED_MAX {
            let ended = self.alerts.iter().find(|(_, alert)| alert.ended().is_some());
            if let Some(oldest) = ended.map(|(id, _)| *id) {
                self.alerts.remove(&oldest);
            }
        }
    }

    fn keep(&mut self, forecasts: &[KeptForecast]) {
        self.kept.extend_from_slice(forecasts);
        let beyond = self.kept.len().saturating_sub(KEPT_MAX);
        self.kept.drain(..beyond);
    }
}

fn of(alert: &Alert) -> (String, String) {
    (alert.rule.clone(), alert.crossing.subject.clone())
}

impl State {
    /// What is watched, and what came of it.
    #[must_use]
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    /// Applies an event of this kind; `None` when it is of another.
    pub(super) fn apply_monitor(
        &mut self,
        seq: u64,
        at: Instant,
        event: &Event,
    ) -> Option<Result<(), Broken>> {
        let monitor = &mut self.monitor;
        Some(match event {
            Event::AlertRuleSet { key, text } => {
                monitor.changes = monitor.changes.wrapping_add(1);
                monitor.rules.entry(key.clone()).or_default().text.clone_from(text);
                Ok(())
            }
            Event::AlertRuleRemoved(key) => {
                if monitor.rules.remove(key).is_none() {
                    return Some(Err(Broken::Alert(key.clone())));
                }
                monitor.changes = monitor.changes.wrapping_add(1);
                Ok(())
            }
            Event::AlertRuleMuted { key, until } => match monitor.rules.get_mut(key) {
                Some(rule) => {
                    rule.muted_until = *until;
                    Ok(())
                }
                None => Err(Broken::Alert(key.clone())),
            },
            Event::AlertRaised(raised) => monitor.raise(seq, at, raised),
            Event::AlertHandled { alert, what } => monitor.handle(*alert, at, what),
            Event::ForecastsKept(forecasts) => {
                monitor.keep(forecasts);
                Ok(())
            }
            Event::OccasionSet(occasion) => {
                monitor.occasions.insert(occasion.key.clone(), occasion.clone());
                Ok(())
            }
            Event::OccasionRemoved(key) => match monitor.occasions.remove(key) {
                Some(_) => Ok(()),
                None => Err(Broken::Alert(key.clone())),
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;

//! One account that is more than one human.

use super::hours::Clock;
use super::measure::{count, float};
use super::{About, Class, Draft, Search, Stretch};
use crate::estate::PersonId;
use crate::when::Date;
use std::collections::BTreeSet;

impl<'a> Search<'a> {
    /// Accounts at work on two workstations at once, on many of their days.
    pub(super) fn shared_credentials(&mut self, services: &BTreeSet<PersonId>) {
        let found: Vec<Draft<'a>> = self
            .people()
            .filter(|some| some.first().is_some_and(|one| !services.contains(&one.person)))
            .filter_map(|stretches| self.shared(stretches))
            .collect();
        self.drafts.extend(found);
    }

    fn shared(&self, stretches: &[Stretch]) -> Option<Draft<'a>> {
        let (scene, thresholds) = (&self.scene, self.thresholds);
        let person = stretches.first()?.person;
        let used: BTreeSet<Date> = stretches.iter().map(|one| scene.date(one.opened)).collect();
        let both = self.at_once(stretches);
        let days: BTreeSet<Date> = both.iter().map(|one| scene.date(one.1.opened)).collect();
        let share = count(days.len()) / count(used.len().max(1));
        let by_days = count(days.len()) / count(thresholds.shared_days.max(1));
        let strength = by_days.min(share / thresholds.shared_share);
        let (first, last) = both.first().zip(both.last()).filter(|_| strength >= 1.0)?;
        let span = (first.1.opened, last.0.closed.min(last.1.closed));
        let about = About::Person(person);
        let mut draft = Draft::new(Class::SharedCredentials, about, scene.term, span);
        draft.strength = strength;
        // What the second one used is charged only where the first has not paid for it already.
        let costs = both.iter().map(|(_, second)| self.cost_of(second));
        draft.cost = costs.fold(draft.cost, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        draft.words = format!(
            "{} was at work on two workstations at once on {} of {} days: two people may use the account.",
            scene.name(person),
            days.len(),
            used.len(),
        );
        draft.fact("days with both", days.len());
        draft.fact("days of use", used.len());
        let longest = both.iter().map(|(a, b)| overlap(a, b)).max().unwrap_or(0);
        draft.fact("longest time on both, minutes", (float(longest) / 60.0).round());
        draft.rows = both.iter().flat_map(|(a, b)| [a, b]).map(|one| scene.row(one)).collect();
        Some(draft)
    }

    /// Stretches that were open on two workstations at once, the earlier one first. What was left open over night
    /// is nobody at work.
    fn at_once<'b>(&self, stretches: &'b [Stretch]) -> Vec<(&'b Stretch, &'b Stretch)> {
        let clock = Clock::of(&self.scene, stretches);
        let awake: Vec<&Stretch> =
            stretches.iter().filter(|one| one.host.is_some() && !clock.is_idle(one)).collect();
        let mut both = Vec::new();
        for (place, second) in awake.iter().enumerate() {
            let before = awake.iter().take(place).rev();
            // Nothing is open for longer than two days and awake.
            let near =
                before.take_while(|one| second.opened.since(one.opened) < 2 * crate::when::DAY);
            let mut others = near.filter(|one| one.host != second.host);
            let found = others.find(|first| {
                first.product == second.product
                    && overlap(first, second) > self.thresholds.overlap_seconds
            });
            both.extend(found.map(|first| (*first, *second)));
        }
        both
    }
}

fn overlap(a: &Stretch, b: &Stretch) -> i64 {
    a.closed.min(b.closed).since(a.opened.max(b.opened))
}

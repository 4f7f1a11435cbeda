//! One account at places too far apart, and use from outside of all sites.

use super::cities::{City, apart, around};
use super::measure::{count, float};
use super::{About, Class, Draft, Search, Stretch};
use crate::amount::Ticks;
use crate::estate::Trust;
use crate::when::{Date, HOUR};
use std::collections::BTreeSet;

/// Whoever was at a site on so many days works at sites.
const SITE_DAYS: usize = 10;

/// Two openings that one human cannot have made.
struct Leap<'a> {
    from: &'a Stretch,
    to: &'a Stretch,
    kilometres: f64,
}

impl<'a> Search<'a> {
    /// Accounts that opened something at two places, faster than one travels, on several days.
    pub(super) fn travel(&mut self) {
        let found: Vec<Draft<'a>> =
            self.people().filter_map(|stretches| self.travelled(stretches)).collect();
        self.drafts.extend(found);
    }

    fn travelled(&self, stretches: &[Stretch]) -> Option<Draft<'a>> {
        let (scene, thresholds) = (&self.scene, self.thresholds);
        let leaps = self.leaps(stretches);
        let days: BTreeSet<Date> = leaps.iter().map(|leap| scene.date(leap.to.opened)).collect();
        let strength = count(days.len()) / count(thresholds.travel_days.max(1));
        let (first, last) = leaps.first().zip(leaps.last()).filter(|_| strength >= 1.0)?;
        let about = About::Person(first.to.person);
        let span = (first.from.opened, last.to.closed);
        let mut draft = Draft::new(Class::ImpossibleTravel, about, scene.term, span);
        draft.strength = strength;
        let costs = leaps.iter().map(|leap| self.cost_of(leap.to));
        draft.cost = costs.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        let furthest = leaps.iter().map(|leap| leap.kilometres).fold(0.0, f64::max).round();
        draft.words = format!(
            "{} opened products at places up to {furthest} km apart, faster than one flies, on {} days.",
            scene.name(first.to.person),
            days.len(),
        );
        draft.fact("days", days.len());
        draft.fact("kilometres apart, at most", furthest);
        draft.rows =
            leaps.iter().flat_map(|leap| [leap.from, leap.to]).map(|one| scene.row(one)).collect();
        Some(draft)
    }

    /// From one opening to the next at a place that is known: closing proves nothing, since what was left open
    /// somewhere closes by itself.
    fn leaps<'b>(&self, stretches: &'b [Stretch]) -> Vec<Leap<'b>> {
        let estate = self.scene.state.estate();
        let mut leaps = Vec::new();
        let mut last: Option<(&Stretch, Vec<&City>)> = None;
        for to in stretches {
            let Some(cities) = around(estate, to.place) else { continue };
            if let Some((from, before)) = &last
                && from.place != to.place
            {
                let kilometres = apart(before, &cities);
                let hours = float(to.opened.since(from.opened)) / float(HOUR);
                let too_fast = kilometres > self.thresholds.travel_speed * hours;
                if too_fast && kilometres > self.thresholds.travel_kilometres {
                    leaps.push(Leap { from, to, kilometres });
                }
            }
            last = Some((to, cities));
        }
        leaps
    }

    /// Whoever works at a site, and on some days from an address that is no site's and no VPN's.
    pub(super) fn off_site(&mut self) {
        let found: Vec<Draft<'a>> =
            self.people().filter_map(|stretches| self.away(stretches)).collect();
        self.drafts.extend(found);
    }

    fn away(&self, stretches: &[Stretch]) -> Option<Draft<'a>> {
        let scene = &self.scene;
        let days = |trust: Trust| {
            let there = stretches.iter().filter(move |one| one.place.trust == trust);
            there.map(|one| scene.date(one.opened)).collect::<BTreeSet<Date>>().len()
        };
        let strength = count(days(Trust::Geo)) / count(self.thresholds.odd_days.max(1));
        if days(Trust::Network) < SITE_DAYS || strength < 1.0 {
            return None;
        }
        let away: Vec<&Stretch> =
            stretches.iter().filter(|one| one.place.trust == Trust::Geo).collect();
        let (first, last) = away.first().zip(away.last())?;
        let about = About::Person(first.person);
        let span = (first.opened, last.closed);
        let mut draft = Draft::new(Class::OffSite, about, scene.term, span);
        draft.strength = strength;
        let costs = away.iter().map(|one| self.cost_of(one));
        draft.cost = costs.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        draft.words = format!(
            "{}, who works at a site, was at work from outside of all sites on {} days.",
            scene.name(first.person),
            days(Trust::Geo),
        );
        draft.fact("days outside", days(Trust::Geo));
        draft.fact("days at a site", days(Trust::Network));
        draft.rows = away.into_iter().map(|one| scene.row(one)).collect();
        Some(draft)
    }
}

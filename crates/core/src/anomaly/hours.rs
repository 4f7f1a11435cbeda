//! What the clock says: long sessions, products left open over night, hours off, accounts that never sleep.
//!
//! A person's own night is opposite of the middle of their own day, as their use shows it; so it is right for whoever
//! sits in another zone or works in shifts. Whoever was seen too rarely has the night of their site, else that of the
//! contract.

use super::measure::{count, float};
use super::{About, Class, Draft, Scene, Search, Stretch, Thresholds};
use crate::amount::Ticks;
use crate::estate::PersonId;
use crate::usage::Interval;
use crate::when::{DAY, Date, HOUR, Instant};
use std::collections::{BTreeMap, BTreeSet};

/// A stretch longer than this says nothing of when somebody works.
const USUAL_MAX: i64 = 12 * HOUR;
/// So many stretches at least say when somebody works.
const USUAL_MIN: usize = 5;
/// And so much they have to agree: the length of their mean direction on the clock.
const USUAL_AGREE: f64 = 0.4;
/// The night begins so long after the middle of the day, in seconds …
const NIGHT_AFTER: i64 = 11 * HOUR + HOUR / 2;
/// … and lasts four hours.
const NIGHT: i64 = 4 * HOUR;
/// Half past one, local: the middle of the day of those whose own is not known.
const MIDDAY: i64 = 13 * HOUR + HOUR / 2;
/// What was left open over night was open for so long at least.
const IDLE_MIN: i64 = 8 * HOUR;
/// Hours off begin and end so far from the middle of the day.
const OFF_AFTER: i64 = 8 * HOUR;
/// The schedule that says when the office works, where there is one.
const OFFICE_HOURS: &str = "office-hours";
/// A month, as spans of findings are.
const MONTH: f64 = 35.0;
/// No share is so near to all that it counts more.
const STRENGTH_MAX: f64 = 10.0;

/// When somebody's day is, as seconds of the UTC day.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    midday: i64,
    /// Whether their own use says so.
    own: bool,
}

impl Clock {
    /// As the stretches of one person say, else as their place does.
    pub(super) fn of(scene: &Scene<'_>, stretches: &[Stretch]) -> Self {
        if let Some(midday) = usual(stretches) {
            return Self { midday, own: true };
        }
        let estate = scene.state.estate();
        let site = stretches.iter().find_map(|one| one.place.site);
        let zone = site.and_then(|site| estate.site(site)).map(|site| &site.zone);
        let offset = zone.unwrap_or(scene.state.zone()).offset_at(scene.from);
        Self { midday: MIDDAY.saturating_sub(offset).rem_euclid(DAY), own: false }
    }

    /// The first whole night within a stretch.
    fn night(self, stretch: &Stretch) -> Option<Instant> {
        let start = self.midday.saturating_add(NIGHT_AFTER);
        let wait = start.saturating_sub(stretch.opened.0).rem_euclid(DAY);
        let night = stretch.opened.plus(wait);
        (night.plus(NIGHT) <= stretch.closed).then_some(night)
    }

    /// Whether it was left open over night.
    pub(super) fn is_idle(self, stretch: &Stretch) -> bool {
        stretch.seconds() >= IDLE_MIN && self.night(stretch).is_some()
    }

    fn is_off(self, at: Instant) -> bool {
        let after = at.0.saturating_sub(self.midday).rem_euclid(DAY);
        self.own && OFF_AFTER < after && after < DAY.saturating_sub(OFF_AFTER)
    }
}

/// The mean of the middles of stretches on the clock, when they agree.
fn usual(stretches: &[Stretch]) -> Option<i64> {
    let usual = stretches.iter().filter(|one| one.seconds() <= USUAL_MAX);
    let middles = usual.map(|one| one.opened.plus(one.seconds() / 2).0.rem_euclid(DAY));
    let turn = core::f64::consts::TAU / float(DAY);
    let mut sum = (0.0, 0.0, 0_usize);
    for middle in middles {
        let (sine, cosine) = (float(middle) * turn).sin_cos();
        sum = (sum.0 + sine, sum.1 + cosine, sum.2.saturating_add(1));
    }
    let (sine, cosine, known) = sum;
    let agree = sine.hypot(cosine) / count(known.max(1));
    let angle = sine.atan2(cosine) / turn;
    (known >= USUAL_MIN && agree >= USUAL_AGREE).then_some((angle as i64).rem_euclid(DAY))
}

impl<'a> Search<'a> {
    /// Accounts whose use covers nearly all hours of some seven days.
    pub(super) fn service_accounts(&mut self) -> BTreeSet<PersonId> {
        let found: Vec<Draft<'a>> =
            self.people().filter_map(|stretches| self.service_account(stretches)).collect();
        let people = found.iter().flat_map(|draft| draft.people.iter().copied()).collect();
        self.drafts.extend(found);
        people
    }

    fn service_account(&self, stretches: &[Stretch]) -> Option<Draft<'a>> {
        let person = stretches.first()?.person;
        let (share, from) = busiest_week(&merged(stretches, 0))?;
        let open = (1.0 - self.thresholds.service_share) / (1.0 - share).max(1e-9);
        if share < self.thresholds.service_share {
            return None;
        }
        let until = from.plus(Thresholds::WEEK);
        let scene = &self.scene;
        let class = Class::ServiceAccount;
        let mut draft = Draft::new(class, About::Person(person), scene.term, (from, until));
        draft.strength = open.min(STRENGTH_MAX);
        draft.cost = self.costs.person(person, scene.from, scene.until);
        let per_cent = (share * 100.0).floor();
        draft.words = format!(
            "{} was at work for {per_cent} % of the hours of the seven days from {}: no human is.",
            scene.name(person),
            scene.date(from),
        );
        draft.fact("hours of seven days in use, per cent", per_cent);
        let week = stretches.iter().filter(|one| one.opened < until && one.closed > from);
        draft.rows = week.map(|one| scene.row(one)).collect();
        Some(draft)
    }

    /// Use without a break for most of a day, and products left open over night.
    pub(super) fn long_and_idle(&mut self, services: &BTreeSet<PersonId>) {
        let mut found = Vec::new();
        for stretches in self.people() {
            if stretches.first().is_some_and(|one| services.contains(&one.person)) {
                continue;
            }
            let clock = Clock::of(&self.scene, stretches);
            found.extend(stretches.iter().filter_map(|one| self.left_open(clock, one)));
            found.extend(self.long_runs(clock, stretches));
        }
        self.drafts.extend(found);
    }

    fn left_open(&self, clock: Clock, one: &Stretch) -> Option<Draft<'a>> {
        let night = clock.night(one).filter(|_| clock.is_idle(one))?;
        let (scene, pair) = (&self.scene, (one.person, one.product));
        let day = scene.date(one.opened);
        let about = About::Pair(one.person, one.product);
        let mut draft = Draft::new(Class::OvernightIdle, about, day, (one.opened, one.closed));
        draft.strength = float(one.seconds()) / float(IDLE_MIN);
        draft.cost = self.costs.pair(pair, night, one.closed);
        draft.words = format!(
            "{} left {} open over night, for {}.",
            scene.name(one.person),
            scene.product(one.product),
            hours(one.seconds()),
        );
        draft.fact("open for", hours(one.seconds()));
        draft.rows = vec![scene.row(one)];
        Some(draft)
    }

    fn long_runs(&self, clock: Clock, stretches: &[Stretch]) -> Vec<Draft<'a>> {
        let mut at: BTreeMap<_, Vec<Stretch>> = BTreeMap::new();
        for one in stretches.iter().filter(|one| !clock.is_idle(one)) {
            at.entry((one.product, one.host)).or_default().push(*one);
        }
        let runs = at.values().flat_map(|some| {
            let runs = merged(some, self.thresholds.break_seconds);
            runs.into_iter().filter_map(move |run| self.long_run(some, run))
        });
        runs.collect()
    }

    fn long_run(&self, stretches: &[Stretch], run: Interval) -> Option<Draft<'a>> {
        let first = stretches.first().filter(|_| run.seconds() >= self.thresholds.long_seconds)?;
        let (scene, pair) = (&self.scene, (first.person, first.product));
        let day = scene.date(run.start);
        let about = About::Pair(first.person, first.product);
        let mut draft = Draft::new(Class::LongSession, about, day, (run.start, run.end));
        draft.strength = float(run.seconds()) / float(self.thresholds.long_seconds);
        draft.cost = self.costs.pair(pair, run.start, run.end);
        draft.words = format!(
            "{} worked with {} for {} without a break of {} minutes.",
            scene.name(first.person),
            scene.product(first.product),
            hours(run.seconds()),
            self.thresholds.break_seconds / 60,
        );
        draft.fact("without a break for", hours(run.seconds()));
        let within =
            stretches.iter().filter(|one| run.start <= one.opened && one.closed <= run.end);
        draft.rows = within.map(|one| scene.row(one)).collect();
        Some(draft)
    }

    /// Use at hours at which the office, or the person, does not work.
    pub(super) fn off_hours(&mut self, services: &BTreeSet<PersonId>) {
        let found: Vec<Draft<'a>> = self
            .people()
            .filter(|some| some.first().is_some_and(|one| !services.contains(&one.person)))
            .filter_map(|stretches| self.off_hours_of(stretches))
            .collect();
        self.drafts.extend(found);
    }

    fn off_hours_of(&self, stretches: &[Stretch]) -> Option<Draft<'a>> {
        let scene = &self.scene;
        let estate = scene.state.estate();
        let office = estate.schedule_called(OFFICE_HOURS);
        let office = office.and_then(|id| estate.schedules().get(id.index()));
        let clock = Clock::of(scene, stretches);
        let is_off = |one: &&Stretch| match office {
            Some(office) => !office.includes(one.opened),
            None => clock.is_off(one.opened),
        };
        let off: Vec<&Stretch> = stretches.iter().filter(is_off).collect();
        let days: BTreeSet<Date> = off.iter().map(|one| scene.date(one.opened)).collect();
        let limit = count(self.thresholds.odd_days) * (scene.days() / MONTH).max(1.0);
        let strength = count(days.len()) / limit;
        let (first, last) = off.first().zip(off.last()).filter(|_| strength >= 1.0)?;
        let about = About::Person(first.person);
        let (from, until) = (first.opened, last.closed);
        let mut draft = Draft::new(Class::OffHours, about, scene.term, (from, until));
        draft.strength = strength;
        let costs = off.iter().map(|one| self.cost_of(one));
        draft.cost = costs.fold(Ticks::ZERO, |sum, ticks| sum.plus(ticks).unwrap_or(sum));
        let hours = if office.is_some() { "outside of office hours" } else { "at odd hours" };
        draft.words =
            format!("{} was at work {hours} on {} days.", scene.name(first.person), days.len());
        draft.fact("days", days.len());
        draft.rows = off.into_iter().map(|one| scene.row(one)).collect();
        Some(draft)
    }

    /// What was charged while it was open.
    pub(super) fn cost_of(&self, one: &Stretch) -> Ticks {
        self.costs.pair((one.person, one.product), one.opened, one.closed)
    }
}

/// Stretches that follow one another with less than a break between them, as one.
fn merged(stretches: &[Stretch], break_seconds: i64) -> Vec<Interval> {
    let mut runs: Vec<Interval> = Vec::new();
    for one in stretches {
        match runs.last_mut() {
            Some(run) if one.opened.since(run.end) < break_seconds.max(1) => {
                run.end = run.end.max(one.closed);
            }
            _ => runs.push(Interval { start: one.opened, end: one.closed }),
        }
    }
    runs
}

/// The seven days in which most was covered: their share, and when they begin.
fn busiest_week(runs: &[Interval]) -> Option<(f64, Instant)> {
    let week = Thresholds::WEEK;
    let starts = runs.iter().flat_map(|run| [run.start, run.end.plus(week.saturating_neg())]);
    let covered = |from: Instant| {
        let until = from.plus(week);
        let first = runs.partition_point(|run| run.end <= from);
        let near = runs.iter().skip(first).take_while(|run| run.start < until);
        near.map(|run| run.end.min(until).since(run.start.max(from))).sum::<i64>()
    };
    let best = starts.map(|from| (covered(from), from)).max_by_key(|(seconds, _)| *seconds);
    best.map(|(seconds, from)| (float(seconds) / float(week), from))
}

/// `13.5 hours`.
fn hours(seconds: i64) -> String {
    format!("{:.1} hours", float(seconds) / float(HOUR))
}

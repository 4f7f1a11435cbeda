//! From levels to sessions: what a person opens and closes on each day of the history.

use crate::calendar::{Calendar, SiteDay};
use crate::catalogue::Catalogue;
use crate::chance::{Chance, Stream};
use crate::demo::UseRecord;
use crate::habits::Persona;
use crate::people::Player;
use crate::seats::Held;
use faregate_core::estate::ProductId;
use faregate_core::when::{HOUR, Instant};
use std::sync::Arc;

/// How many people open their primary product once, twice, three times on a day of use.
const OPENS: [f64; 3] = [0.45, 0.38, 0.17];
/// A look at a drawing or a crash: closed within the grace.
const GLANCE: f64 = 0.05;
const LEFT_OPEN: f64 = 0.02;
const ON_NOTEBOOK: f64 = 0.25;
/// Service accounts run for so many days of every …
const SERVICE_RUN: usize = 9;
/// … so many.
const SERVICE_CYCLE: usize = 31;
/// The share of a shared account's days on which both its users are at work.
const SHARED_DAYS: f64 = 0.5;

/// One person's history.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) sessions: Vec<UseRecord>,
    pub(crate) left_open: Vec<Instant>,
    pub(crate) shared_days: u32,
}

/// What decides a day.
pub(crate) struct Desk<'a> {
    pub(crate) player: &'a Player,
    pub(crate) held: &'a [Held],
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) is_shared: bool,
}

/// Everything a person does in the history, before what is planted; by opening only within a day.
pub(crate) fn history(seed: u64, desk: &Desk<'_>, calendar: &Calendar) -> History {
    let number = u64::from(desk.player.id.0);
    let mut levels = Chance::new(seed, Stream::Levels, number);
    let levels = desk.player.persona.levels(&calendar.months, &mut levels);
    let mut chance = Chance::new(seed, Stream::Days, number);
    let mut history = History::default();
    let Some(primary) = desk.player.primary else { return history };
    for (day, level) in levels.into_iter().enumerate() {
        let Some(at) = calendar.day(desk.player.site, day) else { continue };
        if desk.player.persona == Persona::ServiceAccount {
            service_day(desk.player, primary, day, at, &mut history);
        } else if chance.is(level * at.factor) {
            let start = history.sessions.len();
            working_day(desk, primary, at, &mut chance, &mut history);
            share(desk, primary, start, &mut chance, &mut history);
        }
    }
    history
}

/// Cuts what the history cannot have seen: use begun before it or not ended by its end.
pub(crate) fn clip(sessions: &mut Vec<UseRecord>, calendar: &Calendar, mut chance: Chance) {
    let begun = calendar.now.plus(-600);
    sessions.retain(|session| session.opened >= calendar.from && session.opened < begun);
    for session in sessions.iter_mut().filter(|session| session.closed >= calendar.now) {
        session.closed = calendar.now.plus(-(1 + chance.below(300) as i64));
    }
}

fn working_day(
    desk: &Desk<'_>,
    primary: ProductId,
    at: SiteDay,
    chance: &mut Chance,
    history: &mut History,
) {
    let first = chance.normal(8.75, 0.7).clamp(5.5, 12.0);
    let mut start = first;
    for _ in 0..=chance.weighted(OPENS.into_iter()) {
        let hours = duration(2.6, chance);
        push(desk, primary, (at.at(start), at.at(start + hours)), chance, history);
        start += hours + 0.1 - 0.6 * (1.0 - chance.unit()).ln();
        if start > 19.5 {
            break;
        }
    }
    if chance.is(LEFT_OPEN)
        && let Some(last) = history.sessions.last_mut()
    {
        last.closed = at.at(24.0 + chance.normal(8.75, 0.5));
        history.left_open.push(last.opened);
    }
    let extra = (desk.catalogue.seats_only(), 0.5);
    for &(product, share) in desk.player.secondary.iter().chain([&extra]) {
        let opened = at.at(first + chance.between(0.2, 5.0));
        let may = product != extra.0 || desk.held.iter().any(|seat| seat.covers(product, opened));
        if chance.is(share) && may {
            let seconds = (duration(1.4, chance) * HOUR as f64) as i64;
            push(desk, product, (opened, opened.plus(seconds)), chance, history);
        }
    }
}

/// Hours at work, or half a minute to under five minutes for a glance.
fn duration(mean: f64, chance: &mut Chance) -> f64 {
    if chance.is(GLANCE) {
        return chance.between(0.008, 0.08);
    }
    chance.lognormal(mean, 0.6).clamp(0.1, 9.5)
}

fn push(
    desk: &Desk<'_>,
    product: ProductId,
    (opened, closed): (Instant, Instant),
    chance: &mut Chance,
    history: &mut History,
) {
    // On the notebook of a shared account sits the other one.
    let notebook = chance.is(ON_NOTEBOOK) && !desk.is_shared;
    let host = host(desk.player, notebook);
    history.sessions.push(UseRecord { person: desk.player.id, product, host, opened, closed });
}

fn host(player: &Player, notebook: bool) -> Arc<str> {
    let found = player.hosts.get(usize::from(notebook)).or(player.hosts.first());
    found.map_or_else(|| Arc::from("unknown"), Arc::clone)
}

/// The second user of a shared account works beside the first, on another host.
fn share(
    desk: &Desk<'_>,
    primary: ProductId,
    day_start: usize,
    chance: &mut Chance,
    history: &mut History,
) {
    let Some(first) = history.sessions.get(day_start).filter(|_| desk.is_shared) else { return };
    if !chance.is(SHARED_DAYS) || first.closed.since(first.opened) < HOUR {
        return;
    }
    let opened = first.opened.plus((chance.between(0.05, 0.4) * HOUR as f64) as i64);
    let closed = first.closed.plus((chance.between(0.5, 3.0) * HOUR as f64) as i64);
    let host = host(desk.player, true);
    let person = desk.player.id;
    history.sessions.push(UseRecord { person, product: primary, host, opened, closed });
    history.shared_days += 1;
}

/// From ten past midnight to ten to midnight: 98 % of the hours.
fn service_day(
    player: &Player,
    product: ProductId,
    day: usize,
    at: SiteDay,
    history: &mut History,
) {
    let offset = day + player.id.index() * 11;
    if offset % SERVICE_CYCLE < SERVICE_RUN {
        let (opened, closed) = (at.at(0.17), at.at(23.83));
        let host = host(player, false);
        history.sessions.push(UseRecord { person: player.id, product, host, opened, closed });
    }
}

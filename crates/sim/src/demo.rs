//! The generated estate: what its journal starts with, its history, and the truth behind both.

use crate::accounts::{Accounts, accounts};
use crate::audit::Auditor;
use crate::calendar::Calendar;
use crate::catalogue::{Catalogue, buckets};
use crate::chance::{Chance, Stream};
use crate::days::{Desk, clip, history};
use crate::governance::governance;
use crate::people::Player;
use crate::planting::{Plan, plan};
use crate::seats::{Held, free, held_by};
use crate::sizing::{Year, funding, years};
use crate::truth::{Anomaly, Truth};
use faregate_core::amount::Ticks;
use faregate_core::estate::{Person, PersonId, ProductId, Seat};
use faregate_core::event::Event;
use faregate_core::tariff::TariffParts;
use faregate_core::when::{Date, Instant, Zone};
use std::sync::Arc;

const ZONE: &str = "Europe/Madrid";
const PEOPLE_MAX: u32 = 100_000;
const MONTHS_MAX: u32 = 120;
/// People and seats in one event, so that no event grows with the estate.
const BATCH: usize = 5_000;
/// 1980 to 2200: outside, calendars are of little use.
const YEARS: (Instant, Instant) = (Instant(315_532_800), Instant(7_258_118_400));

/// How large an estate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many people, 1 to 100,000.
    pub people: u32,
    /// How many months of history, 1 to 120.
    pub months: u32,
}

impl Size {
    /// A company to show: 400 people and a year.
    #[must_use]
    pub const fn demo() -> Self {
        Self { people: 400, months: 12 }
    }

    /// Enough for a test: 60 people and three months.
    #[must_use]
    pub const fn small() -> Self {
        Self { people: 60, months: 3 }
    }
}

/// One use of one product, from open to close.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UseRecord {
    /// When it was opened.
    pub opened: Instant,
    /// By whom.
    pub person: PersonId,
    /// What was opened.
    pub product: ProductId,
    /// When it was closed, after it was opened.
    pub closed: Instant,
    /// On which workstation. Shared, as there are many uses of few workstations.
    pub host: Arc<str>,
}

/// A generated estate.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoEstate {
    /// What the contract's journal starts with, in this order.
    pub setup: Vec<Event>,
    /// The use of the history, by opening, all ended before now.
    pub sessions: Vec<UseRecord>,
    /// What is true of it.
    pub truth: Truth,
}

/// Generates an estate with its history up to `now`. The same arguments give the same estate.
///
/// Sizes beyond their range, and moments before 1980 or after 2200, are taken as the nearest within. The
/// packs and allocations are sized so that rating all sessions after the setup leaves no use uncovered,
/// provided that no pack is let expire in between: the history draws on those that have ended since.
#[must_use]
pub fn generate(seed: u64, size: &Size, now: Instant, tariff: TariffParts) -> DemoEstate {
    let now = now.clamp(YEARS.0, YEARS.1);
    let months = size.months.clamp(1, MONTHS_MAX);
    let count = usize::try_from(size.people.clamp(1, PEOPLE_MAX)).unwrap_or(1);
    let zone = Zone::named(ZONE).unwrap_or_else(|_| Zone::utc());
    let calendar = Calendar::new(&zone, now, months);
    let catalogue = Catalogue::new(&tariff);
    let mut accounts = accounts(seed, count, &catalogue);
    let plan = plan(seed, &mut accounts, &catalogue, &calendar);
    let held = all_held(seed, &accounts, &catalogue, &calendar);
    let world = World { seed, zone, calendar, catalogue, accounts, held, months };
    let (sessions, truth, years) = world.live(plan, tariff.clone());
    DemoEstate { setup: world.setup(&years, tariff), sessions, truth }
}

/// All that is decided before anybody's first day.
struct World {
    seed: u64,
    zone: Zone,
    calendar: Calendar,
    catalogue: Catalogue,
    accounts: Accounts,
    held: Vec<Vec<Held>>,
    months: u32,
}

impl World {
    /// Everybody's history, what it costs, and when.
    fn live(&self, mut plan: Plan, tariff: TariffParts) -> (Vec<UseRecord>, Truth, Vec<Year>) {
        let keys = self.catalogue.products.iter().map(|product| product.key.clone()).collect();
        let auditor = Auditor::new(tariff, &self.zone, keys);
        let mut years = years(&self.zone, &self.calendar, self.months, buckets().len());
        let mut truth =
            Truth { tokens_by_bucket: vec![Ticks::ZERO; buckets().len()], ..Truth::default() };
        let mut all = Vec::new();
        for (player, held) in self.accounts.players.iter().zip(&self.held) {
            let sessions = self.person(player, held, &mut plan, &mut truth);
            truth.tokens_by_person.push(Vec::new());
            for (at, ticks) in auditor.units(held, &sessions) {
                self.book(player, at, ticks, &mut truth, &mut years);
            }
            truth.tokens_by_person.last_mut().into_iter().for_each(by_date);
            all.extend(sessions);
        }
        all.sort_unstable();
        truth.anomalies.extend(plan.anomalies);
        truth.anomalies.extend(self.double_dips());
        (all, truth, years)
    }

    /// One person's sessions by opening, with what was planted.
    fn person(
        &self,
        player: &Player,
        held: &[Held],
        plan: &mut Plan,
        truth: &mut Truth,
    ) -> Vec<UseRecord> {
        let (person, catalogue) = (player.id, &self.catalogue);
        let is_shared = plan.shared.contains(&person);
        let desk = Desk { player, held, catalogue, is_shared };
        let mut history = history(self.seed, &desk, &self.calendar);
        truth.personas.push(player.persona);
        let seen = history.left_open.iter().filter(|opened| **opened >= self.calendar.from);
        truth.left_open.extend(seen.map(|opened| (person, *opened)));
        if is_shared && history.shared_days > 0 {
            let days = history.shared_days;
            truth.anomalies.push(Anomaly::SharedCredentials { person, days });
        }
        history.sessions.extend(plan.sessions.remove(&person).unwrap_or_default());
        let end = Chance::new(self.seed, Stream::End, u64::from(person.0));
        clip(&mut history.sessions, &self.calendar, end);
        history.sessions.sort_unstable();
        history.sessions
    }

    fn book(
        &self,
        player: &Player,
        at: Instant,
        ticks: Ticks,
        truth: &mut Truth,
        years: &mut [Year],
    ) {
        let add = |sum: &mut Ticks| *sum = Ticks(sum.0.saturating_add(ticks.0));
        let date = self.zone.date(at);
        add(truth.tokens_by_day.entry(date).or_default());
        truth.tokens_by_person.last_mut().into_iter().for_each(|days| days.push((date, ticks)));
        truth.tokens_by_bucket.get_mut(player.bucket().index()).into_iter().for_each(add);
        truth.charges += 1;
        let index = years.partition_point(|year| year.until <= at);
        years.get_mut(index).into_iter().for_each(|year| year.spend(player.bucket(), ticks));
    }

    fn double_dips(&self) -> impl Iterator<Item = Anomaly> + '_ {
        self.accounts.seconds.iter().filter_map(|&(account, holder)| {
            let product = self.accounts.players.get(account.index())?.primary?;
            Some(Anomaly::DoubleDip { account, holder, product })
        })
    }

    fn setup(&self, years: &[Year], tariff: TariffParts) -> Vec<Event> {
        let year = self.zone.date(self.calendar.now).ymd().0;
        let people: Vec<Person> = self.accounts.players.iter().map(Player::person).collect();
        let mut events = vec![
            Event::ContractAgreed { name: format!("Flex {year}"), zone: ZONE.to_owned() },
            Event::TariffAdopted(tariff),
            Event::ProductsDefined(self.catalogue.products.clone()),
            Event::BucketsOpened(buckets()),
            Event::OfferingsDefined(self.catalogue.offerings.clone()),
        ];
        events.extend(people.chunks(BATCH).map(|batch| Event::PeopleAdded(batch.to_vec())));
        events.extend(self.seats().chunks(BATCH).map(|batch| Event::SeatsAdded(batch.to_vec())));
        events.extend(funding(years, &self.zone, self.calendar.now));
        events.extend(governance(&self.accounts.players, &self.held, self.calendar.now));
        events
    }

    /// The held seats, then the free ones.
    fn seats(&self) -> Vec<Seat> {
        let players = self.accounts.players.iter().zip(&self.held);
        let assigned = players.flat_map(|(player, held)| held.iter().map(|h| h.seat(Some(player))));
        let held: Vec<Held> = self.held.iter().flatten().cloned().collect();
        let mut chance = Chance::new(self.seed, Stream::Order, 1);
        let free = free(&held, &self.catalogue, &self.calendar, &mut chance);
        assigned.chain(free.iter().map(|held| held.seat(None))).collect()
    }
}

/// Charges by date, one entry a date.
fn by_date(days: &mut Vec<(Date, Ticks)>) {
    days.sort_unstable();
    days.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 = Ticks(kept.1.0.saturating_add(next.1.0));
        }
        is_same
    });
    days.shrink_to_fit();
}

/// Everybody's seats, by person id. Whoever has a second account holds one: else it would be no double-dip.
fn all_held(
    seed: u64,
    accounts: &Accounts,
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Vec<Vec<Held>> {
    let held = |player: &Player| {
        let mut chance = Chance::new(seed, Stream::Order, 2 + u64::from(player.id.0));
        let certain = accounts.seconds.iter().any(|(_, holder)| *holder == player.id);
        held_by(player, certain, catalogue, calendar, &mut chance)
    };
    accounts.players.iter().map(held).collect()
}

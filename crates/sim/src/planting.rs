//! What is planted for detectors to find: decided before anybody's days are, so that it is known.

use crate::accounts::{Accounts, spread};
use crate::calendar::{Calendar, SiteDay};
use crate::catalogue::Catalogue;
use crate::chance::{Chance, Stream};
use crate::demo::UseRecord;
use crate::habits::Persona;
use crate::people::Player;
use crate::sites::{SITES, host_of};
use crate::truth::Anomaly;
use faregate_core::estate::{PersonId, ProductId};
use faregate_core::when::HOUR;
use rustc_hash::{FxHashMap, FxHashSet};

/// Estates with fewer people have no anomalies: each would be a large part of all there is.
const PEOPLE_MIN: usize = 40;

/// The sessions to add to people's own, and who shares their account.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) sessions: FxHashMap<PersonId, Vec<UseRecord>>,
    pub(crate) shared: FxHashSet<PersonId>,
    pub(crate) anomalies: Vec<Anomaly>,
}

/// Plans the anomalies, and gives second hosts to those who need one for it.
pub(crate) fn plan(
    seed: u64,
    accounts: &mut Accounts,
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Plan {
    let mut plan = Plan::default();
    let count = accounts.players.len();
    if count < PEOPLE_MIN || catalogue.rated().next().is_none() {
        return plan;
    }
    let mut chance = Chance::new(seed, Stream::Planting, 0);
    let years = calendar.days as f64 / 365.0;
    let a_year = |people: usize| ((count as f64 * years / people as f64).round() as usize).max(1);
    for class in 1..=a_year(200) {
        plan.burst(class, &accounts.players, catalogue, calendar, &mut chance);
    }
    for _ in 0..a_year(70) {
        plan.long_session(&accounts.players, calendar, &mut chance);
    }
    plan.share((count / 160).max(1), &mut accounts.players);
    for player in accounts.players.iter().filter(|p| p.persona == Persona::ServiceAccount) {
        plan.anomalies.push(Anomaly::ServiceAccount { person: player.id });
    }
    plan
}

impl Plan {
    /// 14 to 25 people open one product within nine minutes, and stay for a course of two or three hours.
    fn burst(
        &mut self,
        class: usize,
        players: &[Player],
        catalogue: &Catalogue,
        calendar: &Calendar,
        chance: &mut Chance,
    ) {
        let products: Vec<ProductId> = catalogue.rated().collect();
        let weights = products.iter().map(|&product| catalogue.weight(product, 0));
        let product = products.get(chance.weighted(weights)).copied();
        let Some((product, day)) = product.zip(working_day(0, calendar, chance)) else { return };
        let mut class_list: Vec<&Player> = players.iter().filter(|p| may_attend(p)).collect();
        chance.shuffle(&mut class_list);
        class_list.truncate(14 + chance.below(12));
        let at = day.at(10.0 + chance.below(5) as f64);
        let mut people = Vec::new();
        for (seat, player) in (1..).zip(class_list) {
            let opened = at.plus(if seat == 1 { 0 } else { chance.below(540) as i64 });
            let closed = opened.plus((chance.between(2.0, 3.2) * HOUR as f64) as i64);
            let room = SITES.first().map_or("", |site| site.code);
            let host = format!("{room}-TR{}-{seat:02}", class % 4 + 1).into();
            let session = UseRecord { person: player.id, product, host, opened, closed };
            self.sessions.entry(player.id).or_default().push(session);
            people.push(player.id);
        }
        self.anomalies.push(Anomaly::TrainingBurst { at, product, people });
    }

    fn long_session(&mut self, players: &[Player], calendar: &Calendar, chance: &mut Chance) {
        let may: Vec<&Player> = players.iter().filter(|player| may_attend(player)).collect();
        let Some(player) = chance.pick(&may) else { return };
        let day = working_day(player.site, calendar, chance);
        let Some((day, product)) = day.zip(player.primary) else { return };
        let start = chance.between(6.5, 8.0);
        let opened = day.at(start);
        let closed = day.at(start + chance.between(13.2, 16.5));
        let person = player.id;
        let host = host_of(person, false).into();
        let session = UseRecord { person, product, host, opened, closed };
        self.sessions.entry(person).or_default().push(session);
        self.anomalies.push(Anomaly::LongSession { person, product, opened, closed });
    }

    fn share(&mut self, count: usize, players: &mut [Player]) {
        for person in spread(players, Persona::Regular, count) {
            self.shared.insert(person.id);
            if let Some(player) = players.get_mut(person.id.index()) {
                player.hosts.truncate(1);
                player.hosts.push(host_of(person.id, true).into());
            }
        }
    }
}

fn may_attend(player: &Player) -> bool {
    use Persona::{Contractor, SecondAccount, ServiceAccount};
    !matches!(player.persona, Contractor | SecondAccount | ServiceAccount)
}

/// A working day away from both ends of the history, when there is one.
fn working_day(site: usize, calendar: &Calendar, chance: &mut Chance) -> Option<SiteDay> {
    let days = calendar.days as f64;
    let from = chance.between(days * 0.1, days * 0.85) as usize;
    let mut week = (from..calendar.days.saturating_sub(1)).take(21);
    week.find_map(|day| calendar.day(site, day).filter(|day| day.factor > 0.8))
}

//! Everybody with an account: the humans, and the few accounts that are no human's only one.

use crate::catalogue::Catalogue;
use crate::habits::Persona;
use crate::names::{second_account, service_account};
use crate::people::{Player, humans};
use faregate_core::estate::PersonId;

/// One service account for so many people.
const PEOPLE_PER_SERVICE: usize = 200;
/// One second account for so many people.
const PEOPLE_PER_SECOND: usize = 130;

/// All accounts, and who holds the seat beside each second one.
pub(crate) struct Accounts {
    pub(crate) players: Vec<Player>,
    /// The second account, then its human's first one.
    pub(crate) seconds: Vec<(PersonId, PersonId)>,
}

/// `count` accounts: humans, then second accounts, then services.
pub(crate) fn accounts(seed: u64, count: usize, catalogue: &Catalogue) -> Accounts {
    let services = count / PEOPLE_PER_SERVICE + usize::from(count >= 40);
    let seconds = count / PEOPLE_PER_SECOND + usize::from(count >= 40);
    let mut players = humans(seed, count - services - seconds, catalogue);
    let holders: Vec<Player> = spread(&players, Persona::Power, seconds);
    let mut pairs = Vec::new();
    for holder in &holders {
        let twin =
            holder.twin(players.len(), Persona::SecondAccount, second_account(&holder.names));
        pairs.push((twin.id, holder.id));
        players.push(twin);
    }
    let models: Vec<Player> = spread(&players, Persona::Regular, services);
    for (number, model) in (1..).zip(&models) {
        let twin = model.twin(players.len(), Persona::ServiceAccount, service_account(number));
        players.push(twin);
    }
    Accounts { players, seconds: pairs }
}

/// So many people of a persona, from all over the list.
pub(crate) fn spread(players: &[Player], persona: Persona, count: usize) -> Vec<Player> {
    let of_kind: Vec<&Player> = players.iter().filter(|p| p.persona == persona).collect();
    let step = (of_kind.len() / count.max(1)).max(1);
    of_kind.into_iter().skip(step / 2).step_by(step).take(count).cloned().collect()
}

//! What must always be true, named once: used by the property tests, the simulator and `doctor`.

use crate::amount::Ticks;
use crate::budget::Progress;
use crate::charges::Pair;
use crate::estate::{BucketId, PersonId, SeatId};
use crate::event::Charge;
use crate::ledger::Account;
use crate::state::State;
use crate::when::{DAY, Instant};
use std::collections::BTreeMap;

/// A rule that every state keeps.
pub struct Invariant {
    /// Stable kebab-case name.
    pub name: &'static str,
    /// Returns what is wrong, in words, or nothing.
    pub check: fn(&State) -> Option<String>,
}

/// All invariants of a single state. (`replay-equals-snapshot` needs the journal and lives in `app`.)
pub const REGISTRY: [Invariant; 17] = [
    Invariant { name: "conservation", check: conservation },
    Invariant { name: "no-account-below-its-floor", check: floors },
    Invariant { name: "packs-equal-balances", check: packs },
    Invariant { name: "one-charge-per-person-product-unit", check: one_charge },
    Invariant { name: "each-hold-resolved-once", check: holds },
    Invariant { name: "held-is-the-sum-of-all-buckets", check: held },
    Invariant { name: "running-sessions-are-counted", check: running },
    Invariant { name: "consumed-equals-charges", check: consumed },
    Invariant { name: "days-equal-charges", check: days },
    Invariant { name: "a-seat-has-one-holder", check: seats },
    Invariant { name: "no-person-in-two-groups-of-a-dimension", check: groups },
    Invariant { name: "bucket-tree-has-no-cycle", check: bucket_tree },
    Invariant { name: "requests-are-answered-by-others", check: answers },
    Invariant { name: "large-moves-have-two-approvers", check: large_moves },
    Invariant { name: "loans-owe-what-was-lent", check: loans },
    Invariant { name: "a-lease-holds-what-it-may-use", check: leases },
    Invariant { name: "who-is-somebody-else-has-no-use", check: merges },
];

/// Every invariant that does not hold, with what is wrong.
#[must_use]
pub fn violations(state: &State) -> Vec<(&'static str, String)> {
    REGISTRY.iter().filter_map(|rule| Some((rule.name, (rule.check)(state)?))).collect()
}

fn conservation(state: &State) -> Option<String> {
    let ledger = state.ledger();
    let sum: i128 = ledger.accounts().map(|account| i128::from(ledger.balance(account).0)).sum();
    (sum != 0).then(|| format!("all accounts sum to {sum} ticks, not 0"))
}

fn floors(state: &State) -> Option<String> {
    let ledger = state.ledger();
    let mut floored = ledger
        .accounts()
        .filter(|a| !matches!(a, Account::Purchased | Account::Uncovered | Account::Corrected));
    let below = floored.find(|account| ledger.balance(*account).0 < 0)?;
    Some(format!("{below:?} is at {} tokens", ledger.balance(below)))
}

fn packs(state: &State) -> Option<String> {
    let ledger = state.ledger();
    let in_packs: Ticks = ledger.packs().iter().map(|pack| pack.remaining).sum();
    let in_accounts: Ticks = ledger
        .accounts()
        .filter(|a| matches!(a, Account::Unallocated | Account::Available(_) | Account::Held(_)))
        .map(|account| ledger.balance(account))
        .sum();
    let out_of_range = ledger.packs().iter().find(|p| p.remaining.0 < 0 || p.remaining > p.bought);
    if let Some(pack) = out_of_range {
        return Some(format!(
            "pack `{}` holds {} of {} tokens",
            pack.name, pack.remaining, pack.bought
        ));
    }
    (in_packs != in_accounts)
        .then(|| format!("packs hold {in_packs} tokens, accounts {in_accounts}"))
}

fn one_charge(state: &State) -> Option<String> {
    // Each pair's charges come together, by start: two that clash are neighbours.
    let mut before: Option<Charge> = None;
    for charge in state.charges().iter() {
        let first = before
            .replace(charge)
            .filter(|b| (b.person, b.product) == (charge.person, charge.product));
        let end = first.map(|first| match first.meter.ends_with_use() {
            true => first.at.plus(1),
            false => first.meter.unit_end(first.at, state.zone()),
        });
        if end.is_some_and(|end| charge.at < end) {
            let (person, product) = (charge.person.0, charge.product.0);
            return Some(format!(
                "person {person} paid twice for product {product} at {}",
                charge.at
            ));
        }
    }
    None
}

fn holds(state: &State) -> Option<String> {
    let open: Vec<_> = state.charges().pairs().flat_map(|(_, known)| known.holds()).collect();
    let tally = state.tally();
    let resolved = tally.posted.saturating_add(tally.voided).saturating_add(tally.expired);
    let open_count = u64::try_from(open.len()).unwrap_or(u64::MAX);
    if tally.held != resolved.saturating_add(open_count) {
        return Some(format!(
            "{} holds placed, {resolved} resolved, {open_count} open",
            tally.held
        ));
    }
    let held: Ticks = open.iter().map(|hold| hold.ticks).sum();
    (held != state.ledger().held())
        .then(|| format!("holds sum to {held} tokens, accounts to {}", state.ledger().held()))
}

fn held(state: &State) -> Option<String> {
    let (ledger, total) = (state.ledger(), state.ledger().held());
    let sum: Ticks = ledger.buckets().iter().map(|bucket| bucket.held).sum();
    (sum != total).then(|| format!("buckets hold {sum} tokens, all together {total}"))
}

/// A hold is resolved through its sessions: were there none, nothing would ever resolve it.
fn running(state: &State) -> Option<String> {
    let mut sessions: BTreeMap<Pair, (u32, u32)> = BTreeMap::new();
    for session in state.sessions().values() {
        let Some(pair) = session.metered_pair() else { continue };
        let (all, leases) = sessions.entry(pair).or_default();
        *all = all.saturating_add(1);
        *leases = leases.saturating_add(u32::from(session.lease.is_some()));
    }
    if let Some((pair, _)) =
        sessions.iter().find(|(pair, _)| state.charges().pair(**pair).is_none())
    {
        let (person, product) = (pair.0.0, pair.1.0);
        return Some(format!("person {person} runs product {product}, which is not counted"));
    }
    for (pair, known) in state.charges().pairs() {
        let (person, product) = (pair.0.0, pair.1.0);
        let (running, leases) = sessions.get(pair).copied().unwrap_or_default();
        if (known.live, known.leases) != (running, leases) {
            let (live, leased) = (known.live, known.leases);
            return Some(format!(
                "person {person} runs product {product} {running} times, {live} counted, \
                 and has {leases} leases, {leased} counted"
            ));
        }
        let orphaned = (known.hold.is_some() && known.running() == 0)
            || (known.leased.is_some() && known.leases == 0);
        if orphaned {
            return Some(format!(
                "a hold of person {person} for product {product} outlived its last session"
            ));
        }
    }
    None
}

fn consumed(state: &State) -> Option<String> {
    let charged: Ticks = state.charges().iter().map(|charge| charge.ticks).sum();
    let uncovered: Ticks =
        state.charges().iter().filter(|c| !c.paid).map(|charge| charge.ticks).sum();
    let ledger = state.ledger();
    if ledger.balance(Account::Consumed) != charged {
        return Some(format!(
            "consumed {} tokens, charged {charged}",
            ledger.balance(Account::Consumed)
        ));
    }
    let booked = ledger.balance(Account::Uncovered).negated();
    (booked != uncovered).then(|| format!("uncovered {booked} tokens, charges say {uncovered}"))
}

fn days(state: &State) -> Option<String> {
    let charged: Ticks = state.charges().iter().map(|charge| charge.ticks).sum();
    let (first, last) = state.charges().span()?;
    let by_day: Ticks = state
        .charges()
        .days(first, last)
        .flat_map(|(_, cells)| cells.values())
        .map(|c| c.ticks)
        .sum();
    (charged != by_day).then(|| format!("days sum to {by_day} tokens, charges to {charged}"))
}

/// A seat passes from hand to hand: whoever gets it finds it free. Who uses it is on record.
fn seats(state: &State) -> Option<String> {
    let estate = state.estate();
    let mut holders: BTreeMap<SeatId, (Instant, Option<PersonId>)> = BTreeMap::new();
    for (id, at, person) in estate.seat_moves() {
        let seat = estate.seat(id)?;
        let known = holders.entry(id).or_insert((seat.from, seat.person));
        let (since, before) = core::mem::replace(known, (at, person));
        if at < since || at >= seat.until {
            return Some(format!("seat {} was moved out of turn at {at}", id.0));
        }
        if before.is_some() && person.is_some() {
            return Some(format!("seat {} was given away at {at} while somebody held it", id.0));
        }
    }
    state.sessions().iter().find_map(|(id, session)| {
        let seat = session.seat()?;
        (!state.sessions_on(seat).contains(id)).then(|| format!("{id} is not counted on its seat"))
    })
}

fn groups(state: &State) -> Option<String> {
    let estate = state.estate();
    let mut people = (0u32..).map(PersonId).zip(estate.people());
    people.find_map(|(id, person)| {
        let second = estate.excluded(&estate.standing(id)?.groups)?;
        Some(format!("`{}` is in group {} and in another of its dimension", person.key, second.0))
    })
}

fn bucket_tree(state: &State) -> Option<String> {
    let estate = state.estate();
    let mut buckets = (0u16..).map(BucketId).zip(estate.buckets());
    let (_, lost) = buckets.find(|(id, _)| !estate.may_lie_below(*id, estate.parent(*id)))?;
    Some(format!("bucket `{}` lies above itself, or below none", lost.key))
}

/// Nobody decides on their own request, nor twice on another's.
fn answers(state: &State) -> Option<String> {
    state.requests().iter().find_map(|(id, requested)| {
        let mut people: Vec<PersonId> = requested.approvals.iter().map(|(by, _)| *by).collect();
        people.push(requested.request.by);
        people.sort_unstable();
        let repeated = people.windows(2).any(|two| two.first() == two.last());
        repeated.then(|| format!("request {id} was answered by its asker, or twice by somebody"))
    })
}

/// As many said yes as had to by the terms of that time.
fn large_moves(state: &State) -> Option<String> {
    state.requests().iter().find_map(|(id, requested)| {
        let moved = matches!(requested.progress, Progress::Approved(_) | Progress::Returned);
        let mut people: Vec<PersonId> = requested.approvals.iter().map(|(by, _)| *by).collect();
        people.sort_unstable();
        people.dedup();
        let (said, needed) = (people.len(), usize::try_from(requested.needed).ok()?);
        (moved && said < needed)
            .then(|| format!("request {id} was approved by {said}, where {needed} had to"))
    })
}

/// What is owed of a loan is part of what was lent; a loan that was returned owes nothing.
fn loans(state: &State) -> Option<String> {
    state.requests().iter().find_map(|(id, requested)| {
        let lent = match (requested.progress, requested.request.loan) {
            (Progress::Approved(ticks), Some(_)) => ticks,
            _ => Ticks::ZERO,
        };
        let is_part = Ticks::ZERO <= requested.owing && requested.owing <= lent;
        let owed_in_vain = lent.is_positive() && !requested.owing.is_positive();
        let owing = requested.owing;
        (!is_part || owed_in_vain)
            .then(|| format!("of {lent} tokens lent by {id}, {owing} are owed"))
    })
}

/// For every lease that is out on tokens there is a hold, or a unit was paid that its use lies in. What comes
/// in late moves such a unit by less than its length.
fn leases(state: &State) -> Option<String> {
    state.sessions().iter().find_map(|(id, session)| {
        let (until, pair) = (session.lease?, session.metered_pair()?);
        let charges = state.charges();
        let held = charges.pair(pair).is_some_and(|known| known.first_to_end().is_some());
        let earliest = session.opened.plus(DAY.saturating_mul(-2));
        let last = charges.of_pair(pair).rev().find(|charge| charge.at < until);
        let paid = last.is_some_and(|charge| earliest < charge.at);
        (!held && !paid).then(|| format!("nothing is held or paid for the lease {id}"))
    })
}

/// What was used under an identity that turned out to be another person's is that person's.
fn merges(state: &State) -> Option<String> {
    let mut merged = state.estate().merges().into_iter();
    let (id, into) = merged.find(|(id, _)| state.is_busy(*id) || state.was_charged(*id))?;
    Some(format!("person {} is {}, and has use of their own", id.0, into.0))
}

#[cfg(test)]
mod tests;

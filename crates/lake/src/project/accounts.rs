//! What an event moved: the ledger after it, less the ledger before, whatever kind of event it was.

use faregate_core::amount::Ticks;
use faregate_core::ledger::{Account, Ledger};

/// The balances that were last seen.
#[derive(Default)]
pub(crate) struct Accounts {
    accounts: Vec<Ticks>,
    packs: Vec<Ticks>,
}

/// An account or a pack that has more now, or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) account: &'static str,
    pub(crate) bucket: Option<u16>,
    pub(crate) pack: Option<u32>,
    pub(crate) ticks: i64,
}

impl Accounts {
    pub(crate) fn of(ledger: &Ledger) -> Self {
        let mut accounts = Self::default();
        accounts.changed(ledger);
        accounts
    }

    /// What changed since the last look.
    pub(crate) fn changed(&mut self, ledger: &Ledger) -> Vec<Change> {
        let mut changes = Vec::new();
        for (place, account) in ledger.accounts().enumerate() {
            if let Some(ticks) = change(&mut self.accounts, place, ledger.balance(account)) {
                let (name, bucket) = named(account);
                changes.push(Change { account: name, bucket, pack: None, ticks });
            }
        }
        for (place, pack) in ledger.packs().iter().enumerate() {
            if let Some(ticks) = change(&mut self.packs, place, pack.remaining) {
                let pack = u32::try_from(place).ok();
                changes.push(Change { account: "pack", bucket: None, pack, ticks });
            }
        }
        changes
    }
}

/// What was added at a place; nothing was there before the first time.
fn change(known: &mut Vec<Ticks>, place: usize, now: Ticks) -> Option<i64> {
    if known.len() <= place {
        known.resize(place + 1, Ticks::ZERO);
    }
    let before = std::mem::replace(known.get_mut(place)?, now);
    let ticks = now.0.saturating_sub(before.0);
    (ticks != 0).then_some(ticks)
}

fn named(account: Account) -> (&'static str, Option<u16>) {
    match account {
        Account::Purchased => ("purchased", None),
        Account::Unallocated => ("unallocated", None),
        Account::Available(bucket) => ("available", Some(bucket.0)),
        Account::Held(bucket) => ("held", Some(bucket.0)),
        Account::Consumed => ("consumed", None),
        Account::Expired => ("expired", None),
        Account::Uncovered => ("uncovered", None),
        Account::Corrected => ("corrected", None),
    }
}

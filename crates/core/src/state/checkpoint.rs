//! A state as plain data, to be written down and read back: what a snapshot holds.
//!
//! Projections are left out where they can be rebuilt, so two equal checkpoints mean two equal states.

use super::{Session, State, Tally};
use crate::amount::Ticks;
use crate::charges::{Hold, Pair, PairUse};
use crate::estate::{Bucket, Offering, Person, Product, ProductId, Seat};
use crate::event::{Charge, OpenUse, Reason, SessionId};
use crate::ledger::{Account, BucketBalance, Ledger, Pack};
use crate::state::Broken;
use crate::tariff::{Tariff, TariffParts};
use crate::when::{Instant, Zone};

/// All of a state, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Sequence number of the last event applied.
    pub seq: u64,
    /// When it was appended.
    pub at: Instant,
    /// Name of the contract.
    pub name: String,
    /// IANA zone of the contract.
    pub zone: String,
    /// All tariffs, in the order adopted.
    pub tariffs: Vec<TariffParts>,
    /// All products, by id.
    pub products: Vec<Product>,
    /// All buckets, by id.
    pub buckets: Vec<Bucket>,
    /// All people, by id.
    pub people: Vec<Person>,
    /// All offerings, by id.
    pub offerings: Vec<Offering>,
    /// All seats, by id.
    pub seats: Vec<Seat>,
    /// Purchased, unallocated, consumed, expired, uncovered.
    pub balances: [Ticks; 5],
    /// Balances of the buckets, by id.
    pub bucket_balances: Vec<BucketBalance>,
    /// All packs, in the order bought.
    pub packs: Vec<Pack>,
    /// All charges that stand, by person, product and start.
    pub charges: Vec<Charge>,
    /// Pairs that hold tokens or run sessions.
    pub pairs: Vec<(Pair, Option<Hold>, u32)>,
    /// Running sessions, by id.
    pub sessions: Vec<(SessionId, Session)>,
    /// Uses that logs show as going on, by identity.
    pub elsewhere: Vec<OpenUse>,
    /// What feature codes stand for, by code.
    pub features: Vec<(String, ProductId)>,
    /// How often each reason was given.
    pub refusals: Vec<(Reason, u64)>,
    /// How many of what ever happened.
    pub tally: Tally,
}

impl State {
    /// The state as plain data.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let mut charges: Vec<Charge> = self.charges.iter().collect();
        charges.sort_unstable_by_key(Charge::unit);
        let fixed = [
            Account::Purchased,
            Account::Unallocated,
            Account::Consumed,
            Account::Expired,
            Account::Uncovered,
        ];
        let busy = self.charges.pairs();
        let mut pairs: Vec<_> = busy.map(|(pair, known)| (*pair, known.hold, known.live)).collect();
        pairs.sort_unstable_by_key(|(pair, ..)| *pair);
        let mut elsewhere: Vec<OpenUse> = self.elsewhere.values().cloned().collect();
        elsewhere.sort_unstable_by_key(|open| open.identity);
        Checkpoint {
            seq: self.seq,
            at: self.at,
            name: self.name.clone(),
            zone: self.zone.name().to_owned(),
            tariffs: self.tariffs.iter().map(|tariff| tariff.parts().clone()).collect(),
            products: self.estate.products().to_vec(),
            buckets: self.estate.buckets().to_vec(),
            people: self.estate.people().to_vec(),
            offerings: self.estate.offerings().to_vec(),
            seats: self.estate.seats().to_vec(),
            balances: fixed.map(|account| self.ledger.balance(account)),
            bucket_balances: self.ledger.buckets().to_vec(),
            packs: self.ledger.packs().to_vec(),
            charges,
            pairs,
            sessions: self.sessions.iter().map(|(id, session)| (*id, session.clone())).collect(),
            elsewhere,
            features: self.features.iter().map(|(code, id)| (code.clone(), *id)).collect(),
            refusals: self.refusals.iter().map(|(reason, count)| (*reason, *count)).collect(),
            tally: self.tally,
        }
    }

    /// Rebuilds the state that a checkpoint was taken of.
    ///
    /// # Errors
    /// [`Broken`] when the checkpoint contradicts itself.
    pub fn restore(checkpoint: Checkpoint) -> Result<Self, Broken> {
        let mut state = Self {
            name: checkpoint.name,
            zone: Zone::named(&checkpoint.zone).map_err(Broken::Zone)?,
            seq: checkpoint.seq,
            at: checkpoint.at,
            ledger: Ledger::restored(
                checkpoint.balances,
                checkpoint.bucket_balances,
                checkpoint.packs,
            ),
            sessions: checkpoint.sessions.into_iter().collect(),
            elsewhere: checkpoint.elsewhere.into_iter().map(|open| (open.identity, open)).collect(),
            features: checkpoint.features.into_iter().collect(),
            refusals: checkpoint.refusals.into_iter().collect(),
            tally: checkpoint.tally,
            ..Self::default()
        };
        for parts in checkpoint.tariffs {
            state.tariffs.push(Tariff::new(parts).map_err(Broken::Tariff)?);
        }
        for product in checkpoint.products {
            state.estate.define_product(product);
        }
        for bucket in checkpoint.buckets {
            state.estate.open_bucket(bucket);
        }
        for person in checkpoint.people {
            state.estate.add_person(person);
        }
        for offering in checkpoint.offerings {
            state.estate.define_offering(offering);
        }
        for seat in checkpoint.seats {
            state.estate.add_seat(seat);
        }
        for charge in checkpoint.charges {
            state.charges.record(charge, &state.zone).map_err(Broken::ChargedTwice)?;
        }
        for (pair, hold, live) in checkpoint.pairs {
            state.charges.change_pair(pair, |known| *known = PairUse { hold, live });
        }
        Ok(state)
    }
}

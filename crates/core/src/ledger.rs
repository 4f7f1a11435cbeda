//! The double-entry ledger: every posting sums to zero, no account falls below its floor.
//!
//! Tokens move only between [`Account`]s. Packs (lots) record *which* tokens are left; accounts record
//! *whose* they are: `Σ packs = unallocated + Σ (available + held)`, always.
//! All checks come first, then one mutation; a refused posting leaves the ledger as it was.

use crate::amount::{Money, Ticks};
use crate::estate::BucketId;
use crate::when::Instant;
use core::fmt;

/// Where tokens can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Source of all tokens bought; its balance is the negative of what was ever bought.
    Purchased,
    /// Bought, given to no bucket yet.
    Unallocated,
    /// Free to be spent by the bucket.
    Available(BucketId),
    /// Reserved by the bucket's holds.
    Held(BucketId),
    /// Spent.
    Consumed,
    /// Lost at the end of a pack's term (breakage).
    Expired,
    /// Source of use that no bucket could cover but the vendor bills all the same; only ever negative.
    Uncovered,
    /// The other side of corrections: what the vendor counted otherwise.
    Corrected,
}

/// One leg of an entry: what an account gains (or gives, when negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Which account.
    pub account: Account,
    /// How much it gains.
    pub ticks: Ticks,
}

/// What kind of pool a pack belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PackKind {
    /// A Flex pack: one year from its purchase.
    #[default]
    Flex,
    /// The annual pool of an EBA (`CY`).
    ContractYear,
    /// The multi-year pool of an EBA (`MY`).
    MultiYear,
}

/// A lot of tokens with a term, as bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack {
    /// Name to show.
    pub name: String,
    /// How many tokens were bought.
    pub bought: Ticks,
    /// How many are left.
    pub remaining: Ticks,
    /// First instant of validity.
    pub from: Instant,
    /// First instant after.
    pub until: Instant,
    /// What kind of pool it belongs to.
    pub kind: PackKind,
    /// What a token of it cost, when that was said.
    pub price: Option<Money>,
    /// Whether part of it has gone into a new pack already, or it is such a pack: a part lives on once.
    pub carried: bool,
}

impl Pack {
    fn is_valid(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }
}

/// What one bucket has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BucketBalance {
    /// Free to spend.
    pub available: Ticks,
    /// Reserved by holds.
    pub held: Ticks,
    /// Ever allocated to it, less what expired.
    pub allocated: Ticks,
    /// Ever spent by it, less what was reversed.
    pub spent: Ticks,
}

/// All balances and lots of one contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    purchased: Ticks,
    unallocated: Ticks,
    consumed: Ticks,
    expired: Ticks,
    uncovered: Ticks,
    corrected: Ticks,
    buckets: Vec<BucketBalance>,
    packs: Vec<Pack>,
    /// Reserved by all buckets together: every decision asks for it.
    held: Ticks,
}

/// Why an entry is refused. The ledger is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account would fall below its floor.
    BelowFloor(Account),
    /// The postings do not sum to zero.
    Unbalanced(Ticks),
    /// An amount left the range of 2.56·10⁹ tokens.
    OutOfRange,
    /// The bucket was never opened.
    NoBucket(BucketId),
    /// The packs valid at that instant do not hold that much.
    NoPack,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowFloor(account) => write!(f, "{account:?} would fall below its floor"),
            Self::Unbalanced(by) => write!(f, "the entry is out of balance by {by} tokens"),
            Self::OutOfRange => write!(f, "the amount is out of range"),
            Self::NoBucket(bucket) => write!(f, "there is no bucket {}", bucket.0),
            Self::NoPack => write!(f, "no valid pack holds that many tokens"),
        }
    }
}

impl Ledger {
    /// Opens the next bucket, empty. Ids are dense, as in the estate.
    pub fn open_bucket(&mut self) {
        self.buckets.push(BucketBalance::default());
    }

    /// Books a pack as bought and unallocated.
    ///
    /// # Errors
    /// [`Refusal::OutOfRange`] when the total would leave the range, or the pack is below zero.
    pub fn buy(&mut self, pack: Pack) -> Result<(), Refusal> {
        if pack.bought.0 < 0 {
            return Err(Refusal::OutOfRange);
        }
        self.post(&transfer(Account::Purchased, Account::Unallocated, pack.bought))?;
        self.packs.push(pack);
        Ok(())
    }

    /// Gives unallocated tokens to a bucket.
    ///
    /// # Errors
    /// [`Refusal::BelowFloor`] when less than that is unallocated.
    pub fn allocate(&mut self, bucket: BucketId, ticks: Ticks) -> Result<(), Refusal> {
        let allocated = self.more_allocated(bucket, ticks)?;
        self.post(&transfer(Account::Unallocated, Account::Available(bucket), ticks))?;
        self.note(bucket, |balance| balance.allocated = allocated);
        Ok(())
    }

    /// Moves free tokens between two buckets, or between one and the unallocated part of the pool (`None`).
    ///
    /// # Errors
    /// [`Refusal::BelowFloor`] when fewer than that are free there.
    pub fn transfer(
        &mut self,
        from: Option<BucketId>,
        to: Option<BucketId>,
        ticks: Ticks,
    ) -> Result<(), Refusal> {
        let account =
            |bucket: Option<BucketId>| bucket.map_or(Account::Unallocated, Account::Available);
        if !ticks.is_positive() {
            return Err(Refusal::OutOfRange);
        }
        let gains = [(from, ticks.negated()), (to, ticks)];
        let mut allocated = [Ticks::ZERO; 2];
        // Whoever gives to themselves is left as they are.
        for ((bucket, gain), after) in gains.iter().zip(&mut allocated).filter(|_| from != to) {
            *after = bucket.map_or(Ok(Ticks::ZERO), |id| self.more_allocated(id, *gain))?;
        }
        self.post(&transfer(account(from), account(to), ticks))?;
        for ((bucket, _), after) in gains.into_iter().zip(allocated).filter(|_| from != to) {
            if let Some(bucket) = bucket {
                self.note(bucket, |balance| balance.allocated = after);
            }
        }
        Ok(())
    }

    /// Whether the bucket and the packs valid at `at` can cover `ticks` beyond what is held already.
    ///
    /// # Errors
    /// [`Refusal`] naming what is missing.
    pub fn can_cover(&self, bucket: BucketId, ticks: Ticks, at: Instant) -> Result<(), Refusal> {
        let balance = self.bucket(bucket).ok_or(Refusal::NoBucket(bucket))?;
        if balance.available < ticks {
            return Err(Refusal::BelowFloor(Account::Available(bucket)));
        }
        let needed = ticks.plus(self.held()).ok_or(Refusal::OutOfRange)?;
        if self.valid_remaining(at) < needed { Err(Refusal::NoPack) } else { Ok(()) }
    }

    /// Reserves tokens for a unit of use that has begun.
    ///
    /// # Errors
    /// As [`Ledger::can_cover`].
    pub fn hold(&mut self, bucket: BucketId, ticks: Ticks, at: Instant) -> Result<(), Refusal> {
        self.can_cover(bucket, ticks, at)?;
        self.post(&transfer(Account::Available(bucket), Account::Held(bucket), ticks))
    }

    /// Spends a hold. `at` is when the unit began, which decides the packs.
    ///
    /// # Errors
    /// [`Refusal`] when the hold is not there or the packs do not hold it.
    pub fn post_hold(
        &mut self,
        bucket: BucketId,
        ticks: Ticks,
        at: Instant,
    ) -> Result<(), Refusal> {
        let draws = self.draws(ticks, at).ok_or(Refusal::NoPack)?;
        let spent = self.more_spent(bucket, ticks)?;
        self.post(&transfer(Account::Held(bucket), Account::Consumed, ticks))?;
        self.draw(&draws);
        self.note(bucket, |balance| balance.spent = spent);
        Ok(())
    }

    /// Gives a hold back to its bucket, voided or expired.
    ///
    /// # Errors
    /// [`Refusal::BelowFloor`] when no such hold is there.
    pub fn release_hold(&mut self, bucket: BucketId, ticks: Ticks) -> Result<(), Refusal> {
        self.post(&transfer(Account::Held(bucket), Account::Available(bucket), ticks))
    }

    /// Spends without a hold: use reported after the fact.
    ///
    /// # Errors
    /// As [`Ledger::can_cover`]; the caller books it with [`Ledger::charge_uncovered`] then.
    pub fn charge(&mut self, bucket: BucketId, ticks: Ticks, at: Instant) -> Result<(), Refusal> {
        self.can_cover(bucket, ticks, at)?;
        let draws = self.draws(ticks, at).ok_or(Refusal::NoPack)?;
        let spent = self.more_spent(bucket, ticks)?;
        self.post(&transfer(Account::Available(bucket), Account::Consumed, ticks))?;
        self.draw(&draws);
        self.note(bucket, |balance| balance.spent = spent);
        Ok(())
    }

    /// Books use that nothing covers: the vendor bills it, no bucket pays for it.
    ///
    /// # Errors
    /// [`Refusal::OutOfRange`].
    pub fn charge_uncovered(&mut self, ticks: Ticks) -> Result<(), Refusal> {
        self.post(&transfer(Account::Uncovered, Account::Consumed, ticks))
    }

    /// Takes a charge back: a correction, after better data came in.
    ///
    /// Tokens return to the packs valid when the unit began, in the reverse order of burning; where such a
    /// pack has ended since, its next expiry takes them.
    ///
    /// # Errors
    /// [`Refusal`] when the charge was never made.
    pub fn reverse(
        &mut self,
        bucket: Option<BucketId>,
        ticks: Ticks,
        at: Instant,
    ) -> Result<(), Refusal> {
        let Some(bucket) = bucket else {
            return self.post(&transfer(Account::Consumed, Account::Uncovered, ticks));
        };
        let refunds = self.refunds(ticks, at).ok_or(Refusal::NoPack)?;
        let spent = self.more_spent(bucket, ticks.negated())?;
        self.post(&transfer(Account::Consumed, Account::Available(bucket), ticks))?;
        for (index, amount) in refunds {
            if let Some(pack) = self.packs.get_mut(index) {
                // INVARIANT: a pack gets back no more than was burned of it, which it has room for.
                pack.remaining = pack.remaining.plus(amount).unwrap_or(pack.remaining);
            }
        }
        self.note(bucket, |balance| balance.spent = spent);
        Ok(())
    }

    /// Books an entry: all checks, then one mutation.
    ///
    /// # Errors
    /// [`Refusal`] when the postings do not sum to zero, or an account would fall below its floor.
    pub fn post(&mut self, postings: &[Posting]) -> Result<(), Refusal> {
        let sum: i128 = postings.iter().map(|posting| i128::from(posting.ticks.0)).sum();
        if sum != 0 {
            return Err(Refusal::Unbalanced(Ticks(i64::try_from(sum).unwrap_or(i64::MAX))));
        }
        for posting in postings {
            self.check(posting.account, postings)?;
        }
        let is_hold = |posting: &&Posting| matches!(posting.account, Account::Held(_));
        let mut holds = postings.iter().filter(is_hold).map(|posting| posting.ticks);
        let held = holds.try_fold(self.held, Ticks::plus).ok_or(Refusal::OutOfRange)?;
        for posting in postings {
            if let Some(balance) = self.slot(posting.account) {
                // INVARIANT: it was checked above that the balance stays in range, whatever the order.
                *balance = Ticks(balance.0.wrapping_add(posting.ticks.0));
            }
        }
        self.held = held;
        Ok(())
    }

    /// The balance of an account; zero for a bucket that was never opened.
    #[must_use]
    pub fn balance(&self, account: Account) -> Ticks {
        let bucket = |id: BucketId| self.bucket(id).copied().unwrap_or_default();
        match account {
            Account::Purchased => self.purchased,
            Account::Unallocated => self.unallocated,
            Account::Available(id) => bucket(id).available,
            Account::Held(id) => bucket(id).held,
            Account::Consumed => self.consumed,
            Account::Expired => self.expired,
            Account::Uncovered => self.uncovered,
            Account::Corrected => self.corrected,
        }
    }

    /// What a bucket has.
    #[must_use]
    pub fn bucket(&self, id: BucketId) -> Option<&BucketBalance> {
        self.buckets.get(id.index())
    }

    /// All buckets, in id order.
    #[must_use]
    pub fn buckets(&self) -> &[BucketBalance] {
        &self.buckets
    }

    /// All packs, in the order in which they were bought.
    #[must_use]
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// Reserved by all holds of all buckets.
    #[must_use]
    pub fn held(&self) -> Ticks {
        self.held
    }

    /// Every account there is.
    pub fn accounts(&self) -> impl Iterator<Item = Account> + '_ {
        let fixed = [
            Account::Purchased,
            Account::Unallocated,
            Account::Consumed,
            Account::Expired,
            Account::Uncovered,
            Account::Corrected,
        ];
        let ids =
            (0..self.buckets.len()).map(|index| BucketId(u16::try_from(index).unwrap_or(u16::MAX)));
        fixed.into_iter().chain(ids.flat_map(|id| [Account::Available(id), Account::Held(id)]))
    }

    /// Rebuilds a ledger from balances and packs that were read back from a snapshot.
    #[must_use]
    pub fn restored(balances: [Ticks; 6], buckets: Vec<BucketBalance>, packs: Vec<Pack>) -> Self {
        let [purchased, unallocated, consumed, expired, uncovered, corrected] = balances;
        let held = buckets.iter().map(|bucket| bucket.held).sum();
        Self {
            purchased,
            unallocated,
            consumed,
            expired,
            uncovered,
            corrected,
            buckets,
            packs,
            held,
        }
    }

    /// Writes past all checks, as a careless edit would.
    #[cfg(test)]
    pub(crate) fn spoil_held(&mut self, held: Ticks) {
        self.held = held;
    }

    fn check(&self, account: Account, postings: &[Posting]) -> Result<(), Refusal> {
        if let Account::Available(id) | Account::Held(id) = account {
            self.bucket(id).ok_or(Refusal::NoBucket(id))?;
        }
        let mut gains = postings
            .iter()
            .filter(|posting| posting.account == account)
            .map(|posting| posting.ticks);
        let after =
            gains.try_fold(self.balance(account), Ticks::plus).ok_or(Refusal::OutOfRange)?;
        let has_floor =
            !matches!(account, Account::Purchased | Account::Uncovered | Account::Corrected);
        if has_floor && after.0 < 0 { Err(Refusal::BelowFloor(account)) } else { Ok(()) }
    }

    fn slot(&mut self, account: Account) -> Option<&mut Ticks> {
        match account {
            Account::Purchased => Some(&mut self.purchased),
            Account::Unallocated => Some(&mut self.unallocated),
            Account::Available(id) => {
                self.buckets.get_mut(id.index()).map(|bucket| &mut bucket.available)
            }
            Account::Held(id) => self.buckets.get_mut(id.index()).map(|bucket| &mut bucket.held),
            Account::Consumed => Some(&mut self.consumed),
            Account::Expired => Some(&mut self.expired),
            Account::Uncovered => Some(&mut self.uncovered),
            Account::Corrected => Some(&mut self.corrected),
        }
    }

    /// What was ever allocated to a bucket, with so much more.
    fn more_allocated(&self, bucket: BucketId, ticks: Ticks) -> Result<Ticks, Refusal> {
        let balance = self.bucket(bucket).ok_or(Refusal::NoBucket(bucket))?;
        balance.allocated.plus(ticks).ok_or(Refusal::OutOfRange)
    }

    /// What was ever spent by a bucket, with so much more.
    fn more_spent(&self, bucket: BucketId, ticks: Ticks) -> Result<Ticks, Refusal> {
        let balance = self.bucket(bucket).ok_or(Refusal::NoBucket(bucket))?;
        balance.spent.plus(ticks).ok_or(Refusal::OutOfRange)
    }

    fn note(&mut self, bucket: BucketId, change: impl FnOnce(&mut BucketBalance)) {
        if let Some(balance) = self.buckets.get_mut(bucket.index()) {
            change(balance);
        }
    }
}

fn transfer(from: Account, to: Account, ticks: Ticks) -> [Posting; 2] {
    [Posting { account: from, ticks: ticks.negated() }, Posting { account: to, ticks }]
}

mod packs;
pub use packs::Breakage;
#[cfg(test)]
mod tests;

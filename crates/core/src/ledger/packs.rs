//! Which packs the tokens come from and go back to: burning, ending, living on, corrections.

use super::{Account, Ledger, Pack, Refusal, transfer};
use crate::amount::{Ticks, split};
use crate::estate::BucketId;
use crate::when::Instant;

/// What the end of a pack takes from whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakage {
    /// From the unallocated part of the pool.
    pub unallocated: Ticks,
    /// From each bucket, in id order.
    pub buckets: Vec<Ticks>,
}

impl Breakage {
    /// All that is lost.
    #[must_use]
    pub fn total(&self) -> Ticks {
        self.buckets.iter().copied().chain([self.unallocated]).sum()
    }
}

/// What follows a pack's name in that of the part of it that lives on.
const LIVES_ON: &str = ", carried forward";

impl Ledger {
    /// Tokens that were bought as this pack: with the part of it that lives on in another, and none where it is
    /// itself such a part. What was bought does not change when some of it lives on.
    #[must_use]
    pub fn purchased(&self, pack: usize) -> Ticks {
        let Some(lot) = self.packs.get(pack) else { return Ticks::ZERO };
        if self.packs.iter().any(|whole| is_part(lot, whole)) {
            return Ticks::ZERO;
        }
        let part = self.packs.iter().find(|part| is_part(part, lot));
        lot.bought.plus(part.map_or(Ticks::ZERO, |part| part.bought)).unwrap_or(lot.bought)
    }

    /// Lets part of a pack live on in a new one that begins where the old one ends.
    ///
    /// # Errors
    /// [`Refusal::NoPack`] when the pack holds less than that, or part of it was carried already;
    /// [`Refusal::OutOfRange`] when nothing would live on, or no longer than the pack.
    pub fn carry(&mut self, pack: usize, ticks: Ticks, until: Instant) -> Result<(), Refusal> {
        let lot = self.packs.get_mut(pack).ok_or(Refusal::NoPack)?;
        if !ticks.is_positive() || until <= lot.until {
            return Err(Refusal::OutOfRange);
        }
        let left = lot.remaining.minus(ticks).filter(|left| left.0 >= 0 && !lot.carried);
        let bought = lot.bought.minus(ticks).ok_or(Refusal::OutOfRange)?;
        lot.remaining = left.ok_or(Refusal::NoPack)?;
        (lot.bought, lot.carried) = (bought, true);
        let new = Pack {
            name: format!("{}{LIVES_ON}", lot.name),
            bought: ticks,
            remaining: ticks,
            from: lot.until,
            until,
            kind: lot.kind,
            price: lot.price,
            carried: true,
        };
        self.packs.push(new);
        Ok(())
    }

    /// Books that a pack holds more tokens than we thought, or fewer when `ticks` is negative.
    ///
    /// # Errors
    /// [`Refusal`] when the pack, or whoever loses them, has fewer than that.
    pub fn correct(
        &mut self,
        pack: usize,
        bucket: Option<BucketId>,
        ticks: Ticks,
    ) -> Result<(), Refusal> {
        let lot = self.packs.get(pack).ok_or(Refusal::NoPack)?;
        let left = lot.remaining.plus(ticks).filter(|left| left.0 >= 0).ok_or(Refusal::NoPack)?;
        let bought = lot.bought.plus(ticks).filter(|all| all.0 >= 0).ok_or(Refusal::OutOfRange)?;
        let account = bucket.map_or(Account::Unallocated, Account::Available);
        let allocated = match bucket {
            Some(bucket) => self.more_allocated(bucket, ticks)?,
            None => Ticks::ZERO,
        };
        self.post(&transfer(Account::Corrected, account, ticks))?;
        if let Some(lot) = self.packs.get_mut(pack) {
            (lot.remaining, lot.bought) = (left, bought);
        }
        if let Some(bucket) = bucket {
            self.note(bucket, |balance| balance.allocated = allocated);
        }
        Ok(())
    }

    /// What is lost when a pack's term ends, without booking it: unallocated first, then buckets pro rata.
    ///
    /// `holds` are those not resolved yet: when each began, and how much it is for. What they need of this pack
    /// beyond what other packs, valid when they began, hold for them stays in it until they are resolved. A hold
    /// that began before the pack's term or after it needs nothing of it.
    #[must_use]
    pub fn breakage(&self, pack: usize, holds: &[(Instant, Ticks)]) -> Breakage {
        let in_pack = self.packs.get(pack).map_or(Ticks::ZERO, |pack| pack.remaining);
        let backed = |without| self.backed(holds, without);
        let needed = backed(None).minus(backed(Some(pack))).unwrap_or_default();
        let remaining = Ticks(in_pack.minus(needed).unwrap_or_default().0.max(0));
        let unallocated = remaining.at_most(self.unallocated);
        let available: Vec<Ticks> = self.buckets.iter().map(|bucket| bucket.available).collect();
        let rest = remaining.minus(unallocated).unwrap_or_default();
        let shared = rest.at_most(available.iter().copied().sum());
        Breakage { unallocated, buckets: split(shared, &available) }
    }

    /// How much of these holds the packs can pay that were valid when each began, one pack left out.
    ///
    /// Going by the holds' beginnings, and for each by the packs that end first, is as much as any other way of
    /// sharing them out gives.
    fn backed(&self, holds: &[(Instant, Ticks)], without: Option<usize>) -> Ticks {
        let mut holds = holds.to_vec();
        holds.sort_unstable();
        let mut packs: Vec<(&Pack, Ticks)> = (0..)
            .zip(&self.packs)
            .filter(|(index, _)| Some(*index) != without)
            .map(|(_, pack)| (pack, pack.remaining))
            .collect();
        packs.sort_by_key(|(pack, _)| pack.until);
        let mut backed = Ticks::ZERO;
        for (at, ticks) in holds {
            let mut left = ticks;
            for (_, has) in packs.iter_mut().filter(|(pack, _)| pack.is_valid(at)) {
                let part = left.at_most(*has);
                (left, *has) =
                    (left.minus(part).unwrap_or_default(), has.minus(part).unwrap_or_default());
            }
            let paid = ticks.minus(left).unwrap_or_default();
            backed = backed.plus(paid).unwrap_or(backed);
        }
        backed
    }

    /// Books a pack's breakage.
    ///
    /// # Errors
    /// [`Refusal`] when the balances have changed since the breakage was computed.
    pub fn expire(&mut self, pack: usize, breakage: &Breakage) -> Result<(), Refusal> {
        let mut postings =
            transfer(Account::Unallocated, Account::Expired, breakage.unallocated).to_vec();
        for (index, &ticks) in breakage.buckets.iter().enumerate() {
            let bucket = BucketId(u16::try_from(index).unwrap_or(u16::MAX));
            postings.extend(transfer(Account::Available(bucket), Account::Expired, ticks));
        }
        let total = breakage.total();
        let lot = self.packs.get(pack).ok_or(Refusal::NoPack)?;
        let left = lot.remaining.minus(total).filter(|left| left.0 >= 0).ok_or(Refusal::NoPack)?;
        let lost = self.buckets.iter().zip(&breakage.buckets);
        let allocated = lost.map(|(balance, ticks)| balance.allocated.minus(*ticks));
        let allocated: Option<Vec<Ticks>> = allocated.collect();
        let allocated = allocated.ok_or(Refusal::OutOfRange)?;
        self.post(&postings)?;
        if let Some(lot) = self.packs.get_mut(pack) {
            lot.remaining = left;
        }
        for (balance, after) in self.buckets.iter_mut().zip(allocated) {
            balance.allocated = after;
        }
        Ok(())
    }

    pub(super) fn valid_remaining(&self, at: Instant) -> Ticks {
        self.packs.iter().filter(|pack| pack.is_valid(at)).map(|pack| pack.remaining).sum()
    }

    /// Which packs give how much: earliest end first, then the smallest, as the vendor burns them.
    ///
    /// Packs valid at `at` come first. Only a hold can need the others: when late reports drained its packs.
    pub(super) fn draws(&self, ticks: Ticks, at: Instant) -> Option<Vec<(usize, Ticks)>> {
        self.spread(ticks, self.burning_order(at), |pack| pack.remaining)
    }

    /// Which packs get how much back: the reverse of burning, and never above what was bought.
    pub(super) fn refunds(&self, ticks: Ticks, at: Instant) -> Option<Vec<(usize, Ticks)>> {
        let mut order = self.burning_order(at);
        let valid = order
            .partition_point(|&index| self.packs.get(index).is_some_and(|pack| pack.is_valid(at)));
        if let Some(valid) = order.get_mut(..valid) {
            valid.reverse();
        }
        self.spread(ticks, order, |pack| pack.bought.minus(pack.remaining).unwrap_or_default())
    }

    fn burning_order(&self, at: Instant) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.packs.len()).collect();
        order.sort_by_key(|&index| {
            self.packs.get(index).map(|pack| (!pack.is_valid(at), pack.until, pack.bought))
        });
        order
    }

    fn spread(
        &self,
        ticks: Ticks,
        order: Vec<usize>,
        room: impl Fn(&Pack) -> Ticks,
    ) -> Option<Vec<(usize, Ticks)>> {
        let mut left = ticks;
        let mut parts = Vec::with_capacity(1);
        for index in order {
            if !left.is_positive() {
                break;
            }
            let part = left.at_most(self.packs.get(index).map(&room)?);
            if part.is_positive() {
                parts.push((index, part));
                left = left.minus(part)?;
            }
        }
        (!left.is_positive()).then_some(parts)
    }

    pub(super) fn draw(&mut self, draws: &[(usize, Ticks)]) {
        for &(index, amount) in draws {
            if let Some(pack) = self.packs.get_mut(index) {
                // INVARIANT: `draws` takes no more of a pack than it holds.
                pack.remaining = pack.remaining.minus(amount).unwrap_or(pack.remaining);
            }
        }
    }
}

/// Whether one pack is the part of another that lives on, as [`Ledger::carry`] makes it.
fn is_part(part: &Pack, whole: &Pack) -> bool {
    let both =
        part.carried && whole.carried && part.kind == whole.kind && part.price == whole.price;
    both && part.from == whole.until
        && part.name.strip_suffix(LIVES_ON) == Some(whole.name.as_str())
}

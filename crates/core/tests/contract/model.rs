//! The reference: what Faregate promises, written down from the domain's words with plain maps and wide
//! integers, as slowly and simply as possible. It shares no code with the crate.

mod budget;
mod leases;
mod seats;
use crate::commands::Said;
pub(crate) use budget::LARGE;
use budget::{Project, Request};
use seats::Seats;
use std::collections::BTreeMap;

/// Ticks in a token (F1).
pub(crate) const TOKEN: i128 = 3_600_000_000;
pub(crate) const DAY: i64 = 86_400;
/// How long the part of a pack that lives on does so.
pub(crate) const CARRIED: i64 = 3 * DAY;
/// How many sessions a person may run at once.
pub(crate) const SESSIONS_MAX: usize = 3;
/// This bucket lies neither above nor below any other, holds nothing, and is this person's.
pub(crate) const APART: u16 = 2;
pub(crate) const OWNER_APART: u32 = 2;
const GRACE: i64 = 300;
const IDLE: i64 = 900;
/// How far two clocks may differ about the start of the same unit.
const TOLERANCE: i64 = 300;

pub(crate) type Pair = (u32, u16);

const CAPPED: &str = "concurrent-cap-reached";
const NOT_ON_TARIFF: &str = "not-on-tariff";
/// The nearest obstacle is the one given: the last of these.
const RANKS: [&str; 9] = [
    NOT_ON_TARIFF,
    leases::NO_LEASE,
    "no-free-seat",
    "bucket-not-in-force",
    CAPPED,
    "bucket-exhausted",
    "pool-exhausted",
    "clock-wrong",
    "tokens-not-agreed",
];

/// Price of a unit of each product in ticks, and whether the unit is a date rather than 24 hours.
pub(crate) fn rate(product: u16) -> Option<(i128, bool)> {
    [Some((10, false)), Some((4, true)), Some((9, false)), None]
        .get(usize::from(product))
        .copied()
        .flatten()
        .map(|(tokens, dated)| (tokens * TOKEN, dated))
}

pub(crate) fn unit_end(product: u16, start: i64) -> i64 {
    match rate(product) {
        Some((_, true)) => (start.div_euclid(DAY) + 1) * DAY,
        _ => start + DAY,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Seat,
    FreeSeat,
    Tokens { bucket: u16, ticks: i128 },
    Refused(&'static str),
}

#[derive(Clone, Debug)]
struct Pack {
    bought: i128,
    left: i128,
    from: i64,
    until: i64,
    carried: bool,
}

#[derive(Clone, Debug)]
struct Session {
    pair: Pair,
    bucket: u16,
    opened: i64,
    /// `None`: on tokens.
    seat: Option<usize>,
    /// Until when without the server.
    lease: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Hold {
    bucket: u16,
    start: i64,
    grace_end: i64,
    /// Until when leases share it.
    lease: Option<i64>,
}

/// Whose budget a unit belongs to, and whether it could pay.
pub(crate) type Payer = (u16, bool);

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) unallocated: i128,
    pub(crate) available: [i128; 3],
    pub(crate) held: [i128; 3],
    pub(crate) consumed: i128,
    pub(crate) expired: i128,
    pub(crate) uncovered: i128,
    packs: Vec<Pack>,
    sessions: BTreeMap<u64, Session>,
    holds: BTreeMap<Pair, Hold>,
    /// Holds that only leases have.
    leased: BTreeMap<Pair, Hold>,
    pub(crate) charges: BTreeMap<Pair, BTreeMap<i64, Payer>>,
    pub(crate) holds_ended: u64,
    seats: Seats,
    names: Vec<(u32, i64, i64)>,
    pub(crate) requests: BTreeMap<u64, Request>,
    project: Option<Project>,
}

impl Model {
    pub(crate) fn buy(&mut self, tokens: i128, from: i64, until: i64) {
        let bought = tokens * TOKEN;
        self.packs.push(Pack { bought, left: bought, from, until, carried: false });
        self.unallocated += bought;
    }

    /// Whether there was enough.
    pub(crate) fn allocate(&mut self, bucket: u16, tokens: i128) -> bool {
        let enough = self.unallocated >= tokens * TOKEN;
        if enough {
            self.unallocated -= tokens * TOKEN;
            self.available[usize::from(bucket)] += tokens * TOKEN;
        }
        enough
    }

    /// On which fare somebody gets through: a seat of theirs, else what is paid, a free seat, tokens.
    pub(crate) fn open(
        &mut self,
        id: u64,
        pair: Pair,
        bucket: u16,
        now: i64,
        said: Option<Said>,
    ) -> Answer {
        if bucket == APART && pair.0 != OWNER_APART {
            return Answer::Refused("bucket-not-yours");
        }
        if let Some(seat) = self.seats.covering(pair, now) {
            return match self.is_capped(pair.0) {
                true => Answer::Refused(CAPPED),
                false => self.sit(id, pair, seat, now, Answer::Seat),
            };
        }
        let tokens_first = self.payer(pair, now).is_some();
        let mut nearest = NOT_ON_TARIFF;
        for on_tokens in [tokens_first, !tokens_first] {
            let answer = match on_tokens {
                true => self.open_on_tokens(id, pair, bucket, (now, said)),
                false => self.open_on_free_seat(id, pair, now),
            };
            let Answer::Refused(reason) = answer else { return answer };
            let rank = |reason: &str| RANKS.iter().position(|known| *known == reason);
            nearest = if rank(reason) > rank(nearest) { reason } else { nearest };
        }
        Answer::Refused(nearest)
    }

    /// Until when a pair's use is paid for or reserved, and by whom; a hold lasts until it is resolved.
    fn paid_until(&self, pair: Pair) -> Option<(i64, u16)> {
        let hold = self.holds.get(&pair).map(|hold| (i64::MAX, hold.bucket));
        let last = self.charges.get(&pair).and_then(|units| units.last_key_value());
        hold.or_else(|| last.map(|(start, (payer, _))| (unit_end(pair.1, *start), *payer)))
    }

    /// Who paid, or reserved, what covers this instant.
    fn payer(&self, pair: Pair, now: i64) -> Option<u16> {
        let paid = self.paid_until(pair).filter(|(until, _)| now < *until);
        let leased = self.leased.get(&pair).filter(|hold| Some(now) < hold.lease);
        paid.map(|(_, payer)| payer).or(leased.map(|hold| hold.bucket))
    }

    fn open_on_tokens(
        &mut self,
        id: u64,
        pair: Pair,
        bucket: u16,
        (now, said): (i64, Option<Said>),
    ) -> Answer {
        let Some((ticks, _)) = rate(pair.1) else { return Answer::Refused(NOT_ON_TARIFF) };
        let Ok(lease) = self.lease_until(pair, now, said) else {
            return Answer::Refused(leases::NO_LEASE);
        };
        let paid = self.payer(pair, now);
        if paid.is_none() && !self.in_force(bucket, now) {
            return Answer::Refused("bucket-not-in-force");
        }
        if self.is_capped(pair.0) {
            return Answer::Refused(CAPPED);
        }
        let bucket = match paid {
            Some(payer) => payer,
            None if self.available[usize::from(bucket)] < ticks => {
                return Answer::Refused("bucket-exhausted");
            }
            None if !self.covers(bucket, ticks, now) => return Answer::Refused("pool-exhausted"),
            None if said.is_some_and(|said| said.clock_wrong) => {
                return Answer::Refused("clock-wrong");
            }
            None if said.is_some_and(|said| i128::from(said.agreed) * TOKEN < ticks) => {
                return Answer::Refused("tokens-not-agreed");
            }
            None => bucket,
        };
        if paid.is_some() {
            self.share(pair, now, lease);
        } else {
            self.available[usize::from(bucket)] -= ticks;
            self.held[usize::from(bucket)] += ticks;
            let holds = if lease.is_some() { &mut self.leased } else { &mut self.holds };
            holds.insert(pair, Hold { bucket, start: now, grace_end: now + GRACE, lease });
        }
        self.sessions.insert(id, Session { pair, bucket, opened: now, seat: None, lease });
        Answer::Tokens { bucket, ticks: if paid.is_some() { 0 } else { ticks } }
    }

    fn open_on_free_seat(&mut self, id: u64, pair: Pair, now: i64) -> Answer {
        let used: Vec<usize> = self.sessions.values().filter_map(|session| session.seat).collect();
        let Some(seat) = self.seats.free(pair.1, now, |seat| !used.contains(&seat)) else {
            return Answer::Refused("no-free-seat");
        };
        if self.is_capped(pair.0) {
            return Answer::Refused(CAPPED);
        }
        self.seats.give(seat, Some(pair.0), now);
        self.sit(id, pair, seat, now, Answer::FreeSeat)
    }

    fn sit(&mut self, id: u64, pair: Pair, seat: usize, now: i64, answer: Answer) -> Answer {
        let (bucket, opened, seat) = (home(pair.0), now, Some(seat));
        // A seat needs no lease.
        let session = Session { pair, bucket, opened, seat, lease: None };
        self.sessions.insert(id, session);
        answer
    }

    /// Nobody runs more than so many sessions at once.
    fn is_capped(&self, person: u32) -> bool {
        self.sessions.values().filter(|session| session.pair.0 == person).count() >= SESSIONS_MAX
    }

    /// A session was seen alive, and before that at `previous`: its hold is spent, its units are charged.
    pub(crate) fn seen(&mut self, id: u64, previous: i64, at: i64) {
        let Some(session) = self.sessions.get(&id).cloned().filter(|s| s.seat.is_none()) else {
            return;
        };
        let pair = session.pair;
        if let Some(hold) = self.holds.get(&pair).copied() {
            if at < hold.grace_end {
                return;
            }
            self.resolve(pair, !self.is_charged(pair, hold.start));
        }
        loop {
            let end = self.charges.get(&pair).and_then(|units| units.last_key_value());
            let due =
                end.map_or(i64::MIN, |(start, _)| unit_end(pair.1, *start)).max(session.opened);
            let mut due = self.seats.uncovered_from(pair, due);
            if self.is_covered(pair, previous) {
                due = due.max(self.seats.uncovered_from(pair, previous));
            }
            let start = if previous + IDLE > due { due } else { at };
            if at <= due || self.is_covered(pair, start) {
                return;
            }
            self.charge(pair, session.bucket, start);
        }
    }

    pub(crate) fn is_covered(&self, pair: Pair, at: i64) -> bool {
        self.seats.covering(pair, at).is_some()
    }

    /// Whether a seat covered this instant and was not given at just this instant.
    pub(crate) fn was_covered(&self, pair: Pair, at: i64) -> bool {
        self.seats.was_covering(pair, at)
    }

    /// A session ended; the last of its pair takes an unspent hold with it.
    pub(crate) fn ended(&mut self, id: u64) {
        let Some(session) = self.sessions.remove(&id).filter(|session| session.seat.is_none())
        else {
            return;
        };
        self.leave(session.pair);
    }

    /// Books a unit: the bucket pays when it can.
    pub(crate) fn charge(&mut self, pair: Pair, bucket: u16, start: i64) {
        let (ticks, _) = rate(pair.1).expect("only rated products are charged");
        let paid = self.covers(bucket, ticks, start);
        if paid {
            self.available[usize::from(bucket)] -= ticks;
            self.draw(ticks, start);
        } else {
            self.uncovered -= ticks;
        }
        self.consumed += ticks;
        let twice = self.charges.entry(pair).or_default().insert(start, (bucket, paid));
        assert_eq!(twice, None, "the reference charged twice");
    }

    /// Takes a unit back.
    pub(crate) fn reverse(&mut self, pair: Pair, start: i64) -> bool {
        let Some(payer) = self.charges.get_mut(&pair).and_then(|units| units.remove(&start)) else {
            return false;
        };
        let (ticks, _) = rate(pair.1).expect("only rated products are charged");
        self.consumed -= ticks;
        match payer {
            (_, false) => self.uncovered += ticks,
            (bucket, true) => {
                self.available[usize::from(bucket)] += ticks;
                self.refund(ticks, start);
            }
        }
        true
    }

    /// The units to take back and to book after new use from `from` on, given all use of the pair.
    pub(crate) fn rerate(
        &self,
        pair: Pair,
        from: i64,
        uses: &[(i64, i64)],
    ) -> (Vec<i64>, Vec<i64>) {
        let units = self.charges.get(&pair).cloned().unwrap_or_default();
        let hold = self.holds.get(&pair).map(|hold| hold.start);
        let starts = units.into_keys().chain(hold);
        let (before, mut record): (Vec<i64>, Vec<i64>) = starts.partition(|start| *start < from);
        record.sort_unstable();
        let mut covered =
            before.into_iter().max().map_or(i64::MIN, |start| unit_end(pair.1, start));
        let mut missing = Vec::new();
        let rated =
            |(open, close): &&(i64, i64)| close - open >= GRACE && !self.is_covered(pair, *open);
        let parts = |(open, close): &(i64, i64)| {
            self.seats.uncovered_parts(pair, (*open).max(from), *close)
        };
        for (open, close) in uses.iter().filter(rated).flat_map(parts) {
            while open.max(covered) < close {
                let start = open.max(covered);
                let near = start - TOLERANCE..=start + TOLERANCE;
                let overlap = |at| at < unit_end(pair.1, start) && start < unit_end(pair.1, at);
                let same = |at: &i64| near.contains(at) && *at >= covered && overlap(*at);
                let known = record.iter().position(same).map(|index| record.remove(index));
                covered = unit_end(pair.1, known.unwrap_or(start));
                if known.is_none() {
                    missing.push(start);
                }
            }
        }
        record.retain(|start| Some(*start) != hold);
        (record, missing)
    }

    /// How much of the holds packs can pay that were valid when they began. No way of sharing them out pays more
    /// than some of the holds, plus what the packs of all the others have; and one pays the least of these.
    fn backed(&self, without: Option<usize>) -> i128 {
        let holds: Vec<(i64, i128)> = self
            .holds
            .iter()
            .chain(&self.leased)
            .map(|(pair, hold)| (hold.start, rate(pair.1).expect("held").0))
            .collect();
        let least = |chosen: u32| {
            let (mut sum, mut starts) = (0, Vec::new());
            for (place, (start, ticks)) in holds.iter().enumerate() {
                match chosen >> place & 1 {
                    1 => sum += ticks,
                    _ => starts.push(*start),
                }
            }
            let pays = |pack: &Pack| starts.iter().any(|at| pack.from <= *at && *at < pack.until);
            let packs = (0..).zip(&self.packs).filter(|(index, _)| Some(*index) != without);
            sum + packs.filter(|(_, pack)| pays(pack)).map(|(_, pack)| pack.left).sum::<i128>()
        };
        (0..1 << holds.len()).map(least).min().expect("at least one")
    }

    /// Packs whose term is over lose what no hold needs: unallocated first, then buckets pro rata.
    pub(crate) fn expire(&mut self, now: i64) {
        let mut index = 0;
        while index < self.packs.len() {
            self.carry(index, now);
            if self.packs[index].until > now {
                index += 1;
                continue;
            }
            let needed = self.backed(None) - self.backed(Some(index));
            let pack = &mut self.packs[index];
            index += 1;
            let lost = pack.left - needed;
            pack.left -= lost;
            self.expired += lost;
            let unallocated = lost.min(self.unallocated);
            self.unallocated -= unallocated;
            let (rest, all) = (lost - unallocated, self.available.iter().sum::<i128>());
            if rest > 0 {
                let shares = self.available.map(|has| (rest * has / all, rest * has % all));
                let odd = rest - shares[0].0 - shares[1].0;
                let first = usize::from(shares[1].1 > shares[0].1);
                self.available[0] -= shares[0].0 + if first == 0 { odd } else { 0 };
                self.available[1] -= shares[1].0 + if first == 1 { odd } else { 0 };
            }
        }
    }

    /// A tenth of what is left at the end of a pack lives on for three days, once.
    fn carry(&mut self, index: usize, now: i64) {
        let pack = &mut self.packs[index];
        let part = pack.left / 10;
        if pack.until <= now && !pack.carried && part > 0 {
            (pack.left, pack.bought, pack.carried) = (pack.left - part, pack.bought - part, true);
            let (from, until) = (pack.until, pack.until + CARRIED);
            self.packs.push(Pack { bought: part, left: part, from, until, carried: true });
        }
    }

    pub(crate) fn packs_left(&self) -> Vec<i128> {
        self.packs.iter().map(|pack| pack.left).collect()
    }

    pub(crate) fn holds(&self) -> Vec<(Pair, i64)> {
        let all = self.holds.iter().chain(&self.leased);
        let mut all: Vec<(Pair, i64)> = all.map(|(pair, hold)| (*pair, hold.start)).collect();
        all.sort_unstable();
        all
    }

    fn resolve(&mut self, pair: Pair, spent: bool) {
        let hold = self.holds.remove(&pair).expect("a hold to resolve");
        self.settle(pair, hold, spent);
    }

    fn settle(&mut self, pair: Pair, Hold { bucket, start, .. }: Hold, spent: bool) {
        let (ticks, _) = rate(pair.1).expect("only rated products are held");
        self.held[usize::from(bucket)] -= ticks;
        self.holds_ended += 1;
        if spent {
            self.consumed += ticks;
            self.draw(ticks, start);
            self.charges.entry(pair).or_default().insert(start, (bucket, true));
        } else {
            self.available[usize::from(bucket)] += ticks;
        }
    }

    fn is_charged(&self, pair: Pair, start: i64) -> bool {
        let end = unit_end(pair.1, start);
        let overlaps = |at: &i64| *at < end && start < unit_end(pair.1, *at);
        self.charges.get(&pair).is_some_and(|units| units.keys().any(overlaps))
    }

    fn covers(&self, bucket: u16, ticks: i128, at: i64) -> bool {
        let valid = self.packs.iter().filter(|pack| pack.from <= at && at < pack.until);
        let needed = ticks + self.held.iter().sum::<i128>();
        self.available[usize::from(bucket)] >= ticks
            && valid.map(|p| p.left).sum::<i128>() >= needed
    }

    /// Earliest end first, then the smallest; those valid at `at` before all others.
    fn burning(&mut self, at: i64) -> Vec<&mut Pack> {
        let mut packs: Vec<&mut Pack> = self.packs.iter_mut().collect();
        packs.sort_by_key(|pack| (at < pack.from || pack.until <= at, pack.until, pack.bought));
        packs
    }

    fn draw(&mut self, mut ticks: i128, at: i64) {
        for pack in self.burning(at) {
            let part = pack.left.min(ticks);
            pack.left -= part;
            ticks -= part;
        }
        assert_eq!(ticks, 0, "the reference drew from nowhere");
    }

    fn refund(&mut self, mut ticks: i128, at: i64) {
        let mut packs = self.burning(at);
        let valid = packs.iter().filter(|pack| pack.from <= at && at < pack.until).count();
        packs[..valid].reverse();
        for pack in packs {
            let part = (pack.bought - pack.left).min(ticks);
            pack.left += part;
            ticks -= part;
        }
        assert_eq!(ticks, 0, "the reference returned to nowhere");
    }
}

/// Person 1 belongs to bucket 1, everybody else to bucket 0.
pub(crate) fn home(person: u32) -> u16 {
    u16::from(person == 1)
}

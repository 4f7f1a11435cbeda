//! The reference: what Faregate promises, written down from the domain's words with plain maps and wide
//! integers, as slowly and simply as possible. It shares no code with the crate.

use std::collections::BTreeMap;

/// Ticks in a token (F1).
pub(crate) const TOKEN: i128 = 3_600_000_000;
pub(crate) const DAY: i64 = 86_400;
const GRACE: i64 = 300;
const IDLE: i64 = 900;
/// How far two clocks may differ about the start of the same unit.
const TOLERANCE: i64 = 300;

pub(crate) type Pair = (u32, u16);

/// Price of a unit of each product in ticks, and whether the unit is a date rather than 24 hours.
pub(crate) fn rate(product: u16) -> Option<(i128, bool)> {
    [Some((10, false)), Some((4, true)), Some((9, false)), None]
        .get(usize::from(product))
        .copied()
        .flatten()
        .map(|(tokens, dated)| (tokens * TOKEN, dated))
}

/// Person 0 holds a seat for product 2 until the end of all tests.
pub(crate) fn on_seat(pair: Pair) -> bool {
    pair == (0, 2)
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
    Tokens { bucket: u16, ticks: i128 },
    Refused(&'static str),
}

#[derive(Clone, Debug)]
struct Pack {
    bought: i128,
    left: i128,
    from: i64,
    until: i64,
}

#[derive(Clone, Debug)]
struct Session {
    pair: Pair,
    bucket: u16,
    opened: i64,
    on_tokens: bool,
}

#[derive(Clone, Copy, Debug)]
struct Hold {
    bucket: u16,
    start: i64,
    grace_end: i64,
}

/// Whose budget a unit belongs to, and whether it could pay.
pub(crate) type Payer = (u16, bool);

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) unallocated: i128,
    pub(crate) available: [i128; 2],
    pub(crate) held: [i128; 2],
    pub(crate) consumed: i128,
    pub(crate) expired: i128,
    pub(crate) uncovered: i128,
    packs: Vec<Pack>,
    sessions: BTreeMap<u64, Session>,
    holds: BTreeMap<Pair, Hold>,
    pub(crate) charges: BTreeMap<Pair, BTreeMap<i64, Payer>>,
    pub(crate) holds_ended: u64,
}

impl Model {
    pub(crate) fn buy(&mut self, tokens: i128, from: i64, until: i64) {
        let bought = tokens * TOKEN;
        self.packs.push(Pack { bought, left: bought, from, until });
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

    pub(crate) fn open(&mut self, id: u64, pair: Pair, bucket: u16, now: i64) -> Answer {
        let session = |bucket, on_tokens| Session { pair, bucket, opened: now, on_tokens };
        if on_seat(pair) {
            self.sessions.insert(id, session(bucket, false));
            return Answer::Seat;
        }
        let Some((ticks, _)) = rate(pair.1) else { return Answer::Refused("not-on-tariff") };
        let last = self.charges.get(&pair).and_then(|units| units.last_key_value());
        let hold = self.holds.get(&pair).copied();
        let covered = last.filter(|(start, _)| now < unit_end(pair.1, **start));
        if hold.is_some() || covered.is_some() {
            let charged = covered.map_or(bucket, |(_, (payer, _))| *payer);
            let paid_by = hold.map_or(charged, |hold| hold.bucket);
            self.sessions.insert(id, session(paid_by, true));
            return Answer::Tokens { bucket: paid_by, ticks: 0 };
        }
        if self.available[usize::from(bucket)] < ticks {
            return Answer::Refused("bucket-exhausted");
        }
        if !self.covers(bucket, ticks, now) {
            return Answer::Refused("pool-exhausted");
        }
        self.available[usize::from(bucket)] -= ticks;
        self.held[usize::from(bucket)] += ticks;
        self.holds.insert(pair, Hold { bucket, start: now, grace_end: now + GRACE });
        self.sessions.insert(id, session(bucket, true));
        Answer::Tokens { bucket, ticks }
    }

    /// A session was seen alive, and before that at `previous`: its hold is spent, its units are charged.
    pub(crate) fn seen(&mut self, id: u64, previous: i64, at: i64) {
        let Some(session) = self.sessions.get(&id).cloned().filter(|s| s.on_tokens) else { return };
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
            if at <= due {
                return;
            }
            let start = if previous + IDLE > due { due } else { at };
            self.charge(pair, session.bucket, start);
        }
    }

    /// A session ended; the last of its pair takes an unspent hold with it.
    pub(crate) fn ended(&mut self, id: u64) {
        let Some(session) = self.sessions.remove(&id).filter(|session| session.on_tokens) else {
            return;
        };
        let runs_on = self.sessions.values().any(|s| s.on_tokens && s.pair == session.pair);
        if !runs_on && self.holds.contains_key(&session.pair) {
            self.resolve(session.pair, false);
        }
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
        let long_enough = |(open, close): &&(i64, i64)| close - open >= GRACE && !on_seat(pair);
        for (open, close) in uses.iter().filter(long_enough) {
            while (*open).max(from).max(covered) < *close {
                let start = (*open).max(from).max(covered);
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

    /// Packs whose term is over lose what no hold needs: unallocated first, then buckets pro rata.
    pub(crate) fn expire(&mut self, now: i64) {
        for index in 0..self.packs.len() {
            let held: i128 = self.held.iter().sum();
            let pack = &mut self.packs[index];
            let lost = if pack.until <= now { (pack.left - held).max(0) } else { 0 };
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

    pub(crate) fn packs_left(&self) -> Vec<i128> {
        self.packs.iter().map(|pack| pack.left).collect()
    }

    pub(crate) fn holds(&self) -> Vec<(Pair, i64)> {
        self.holds.iter().map(|(pair, hold)| (*pair, hold.start)).collect()
    }

    fn resolve(&mut self, pair: Pair, spent: bool) {
        let Hold { bucket, start, .. } = self.holds.remove(&pair).expect("a hold to resolve");
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

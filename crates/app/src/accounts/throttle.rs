//! How long whoever guesses has to wait: for each account, and for each address that guesses come from.
//!
//! A try counts as failed from when it is let through until it turns out well, so that many at once are no way
//! around. A try that is turned away counts for nothing: waiting out the time is always enough. Failures are
//! forgotten one by one as time goes by, whoever tries meanwhile: an office of many behind one address mistypes every
//! day.

use faregate_core::when::Instant;
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};

/// So many fail without any waiting.
const FREE_OF_ACCOUNT: u32 = 3;
const FREE_OF_ADDRESS: u32 = 20;
/// The longest wait, in seconds: who knows their password is never kept out for long by those who do not.
const WAIT_MAX_OF_ACCOUNT: i64 = 60;
const WAIT_MAX_OF_ADDRESS: i64 = 900;
/// After so many seconds a failure is forgotten. Slower than anybody guesses who waits for the longest time.
const FORGET_SECONDS_OF_ACCOUNT: i64 = 900;
const FORGET_SECONDS_OF_ADDRESS: i64 = 120;
/// So many accounts, and so many addresses, are remembered at once.
const REMEMBERED_MAX: usize = 10_000;

/// How one kind of guesser is treated.
struct Patience {
    free: u32,
    wait_max: i64,
    forget: i64,
}

const OF_ACCOUNT: Patience = Patience {
    free: FREE_OF_ACCOUNT,
    wait_max: WAIT_MAX_OF_ACCOUNT,
    forget: FORGET_SECONDS_OF_ACCOUNT,
};
const OF_ADDRESS: Patience = Patience {
    free: FREE_OF_ADDRESS,
    wait_max: WAIT_MAX_OF_ADDRESS,
    forget: FORGET_SECONDS_OF_ADDRESS,
};

/// Tries that failed, or whose outcome is not known yet.
#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    /// When the last one was let through.
    last: Instant,
    /// When the one before it was, which is the last again should that one turn out well.
    before: Instant,
    /// From when on the next failure is being forgotten.
    fading: Instant,
}

impl Tries {
    const fn none(now: Instant) -> Self {
        Self { count: 0, last: now, before: now, fading: now }
    }

    /// What is left of them by now.
    fn faded(self, now: Instant, patience: &Patience) -> Self {
        let forgotten = (now.since(self.fading) / patience.forget).max(0);
        let count = i64::from(self.count).saturating_sub(forgotten).max(0);
        let fading = self.fading.plus(forgotten.saturating_mul(patience.forget));
        Self { count: u32::try_from(count).unwrap_or(u32::MAX), fading, ..self }
    }

    /// When the next one is let through: twice as long after each beyond the free ones.
    fn next(self, patience: &Patience) -> Instant {
        let beyond = self.count.saturating_sub(patience.free);
        let wait = if beyond == 0 { 0 } else { 1_i64 << (beyond - 1).min(30) };
        self.last.plus(wait.min(patience.wait_max))
    }

    fn and_one(self, now: Instant) -> Self {
        let fading = if self.count == 0 { now } else { self.fading };
        Self { count: self.count.saturating_add(1), last: now, before: self.last, fading }
    }

    fn but_one(self) -> Self {
        Self { count: self.count.saturating_sub(1), last: self.before, ..self }
    }
}

/// Tries by account and by address.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    accounts: FxHashMap<String, Tries>,
    addresses: FxHashMap<IpAddr, Tries>,
}

impl Throttle {
    /// Lets a try through and counts it.
    ///
    /// # Errors
    /// How many seconds to wait, at least one.
    pub(super) fn admit(
        &mut self,
        account: &str,
        address: Option<IpAddr>,
        now: Instant,
    ) -> Result<(), i64> {
        let address = address.map(network);
        let of_account =
            self.accounts.get(account).map(|tries| tries.faded(now, &OF_ACCOUNT).next(&OF_ACCOUNT));
        let of_address = address
            .and_then(|address| self.addresses.get(&address))
            .map(|tries| tries.faded(now, &OF_ADDRESS).next(&OF_ADDRESS));
        let next = of_account.into_iter().chain(of_address).max();
        if let Some(next) = next.filter(|next| now < *next) {
            return Err(next.since(now).max(1));
        }
        count(&mut self.accounts, account.to_owned(), now, &OF_ACCOUNT);
        if let Some(address) = address {
            count(&mut self.addresses, address, now, &OF_ADDRESS);
        }
        Ok(())
    }

    /// The try turned out well: the account's are forgotten, the address has one less.
    pub(super) fn forgive(&mut self, account: &str, address: Option<IpAddr>) {
        self.accounts.remove(account);
        self.take_back_of(address);
    }

    /// The try was not made: it is as if nobody had asked for it.
    pub(super) fn take_back(&mut self, account: &str, address: Option<IpAddr>) {
        if let Some(tries) = self.accounts.get_mut(account) {
            *tries = tries.but_one();
        }
        self.take_back_of(address);
    }

    fn take_back_of(&mut self, address: Option<IpAddr>) {
        let tries = address.and_then(|address| self.addresses.get_mut(&network(address)));
        if let Some(tries) = tries {
            *tries = tries.but_one();
        }
    }
}

fn count<K: Eq + Hash + Clone>(
    all: &mut FxHashMap<K, Tries>,
    key: K,
    now: Instant,
    patience: &Patience,
) {
    if all.len() >= REMEMBERED_MAX && !all.contains_key(&key) {
        all.retain(|_, tries| tries.faded(now, patience).count > 0);
        // Whoever has the fewest tries is forgotten first: a flood of new names does not wash away the others.
        let least = all.iter().min_by_key(|(_, tries)| (tries.count, tries.last));
        let least = least.map(|(key, _)| key.clone()).filter(|_| all.len() >= REMEMBERED_MAX);
        least.map(|key| all.remove(&key));
    }
    let tries = all.entry(key).or_insert(Tries::none(now));
    *tries = tries.faded(now, patience).and_one(now);
}

/// Of a long address, the network of one household or office.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => IpAddr::V6(Ipv6Addr::from(u128::from(long) & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Instant = Instant(1_000_000);

    /// Tries at a time; what each was told: 0 for let through.
    fn tried(throttle: &mut Throttle, account: &str, address: &str, times: &[i64]) -> Vec<i64> {
        let address = address.parse().ok();
        let admit =
            |after: &i64| throttle.admit(account, address, T0.plus(*after)).err().unwrap_or(0);
        times.iter().map(admit).collect()
    }

    #[test]
    fn each_failure_doubles_the_wait_of_the_account() {
        let mut throttle = Throttle::default();
        let told = tried(&mut throttle, "ana", "", &[0, 0, 0, 0, 0, 1, 2, 3, 4, 7, 8, 10, 11]);
        assert_eq!(told, [0, 0, 0, 0, 1, 0, 1, 0, 3, 0, 7, 5, 4]);
        assert_eq!(tried(&mut throttle, "ben", "", &[11]), [0], "others do not wait");
        // Never more than a minute, and nothing that is turned away makes it longer.
        let waits: Vec<i64> = (15..2_000).collect();
        let told = tried(&mut throttle, "ana", "", &waits);
        assert_eq!(told.iter().max(), Some(&59));
        assert!(told.iter().filter(|wait| **wait == 0).count() >= 30);
        let later = 2_000 + 100 * FORGET_SECONDS_OF_ACCOUNT;
        assert_eq!(tried(&mut throttle, "ana", "", &[later; 5]), [0, 0, 0, 0, 1]);
    }

    #[test]
    fn whoever_knows_the_password_starts_anew() {
        let mut throttle = Throttle::default();
        tried(&mut throttle, "ana", "192.0.2.1", &[0; 4]);
        throttle.forgive("ana", "192.0.2.1".parse().ok());
        assert_eq!(tried(&mut throttle, "ana", "192.0.2.1", &[0, 0, 0, 0]), [0; 4]);
    }

    #[test]
    fn an_address_waits_whatever_names_it_tries() {
        let mut throttle = Throttle::default();
        for number in 0..21 {
            assert_eq!(tried(&mut throttle, &format!("a{number}"), "2001:db8::1", &[0]), [0]);
        }
        assert_eq!(tried(&mut throttle, "z", "2001:db8::2", &[0]), [1], "the same network");
        assert_eq!(tried(&mut throttle, "z", "2001:db8:1::2", &[0]), [0]);
    }

    #[test]
    fn failures_fade_whoever_tries_meanwhile() {
        // One mistypes every half an hour, and everybody else comes in ten seconds later.
        let mut throttle = Throttle::default();
        for number in 0..100 {
            let at = number * 1_800;
            assert_eq!(tried(&mut throttle, &format!("typo{number}"), "192.0.2.1", &[at]), [0]);
            for other in ["ben", "cat"] {
                assert_eq!(tried(&mut throttle, other, "192.0.2.1", &[at + 10]), [0], "{number}");
                throttle.forgive(other, "192.0.2.1".parse().ok());
            }
        }
    }

    #[test]
    fn who_gets_in_leaves_the_others_wait_as_it_was() {
        let mut throttle = Throttle::default();
        for _ in 0..23 {
            count(&mut throttle.addresses, "192.0.2.1".parse().unwrap(), T0, &OF_ADDRESS);
        }
        // 23 have failed: four seconds to wait.
        assert_eq!(tried(&mut throttle, "ana", "192.0.2.1", &[1, 4]), [3, 0]);
        throttle.forgive("ana", "192.0.2.1".parse().ok());
        assert_eq!(tried(&mut throttle, "ben", "192.0.2.1", &[4]), [0], "not from Ana's time on");
    }

    #[test]
    fn a_try_that_was_never_made_counts_for_nothing() {
        let mut throttle = Throttle::default();
        for _ in 0..50 {
            assert_eq!(tried(&mut throttle, "ana", "192.0.2.1", &[0]), [0]);
            throttle.take_back("ana", "192.0.2.1".parse().ok());
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::default();
        tried(&mut throttle, "ana", "", &[0; 4]);
        for number in 0..REMEMBERED_MAX + 50 {
            tried(&mut throttle, &number.to_string(), "", &[0]);
        }
        assert_eq!(throttle.accounts.len(), REMEMBERED_MAX);
        assert_eq!(
            tried(&mut throttle, "ana", "", &[0]),
            [1],
            "the one that guessed is remembered"
        );
    }
}

//! How long whoever guesses has to wait: for each account, and for each address that guesses come from.
//!
//! A try counts as failed from when it is let through until it turns out well, so that many at once are no way
//! around. A try that is turned away counts for nothing: waiting out the time is always enough.

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
/// After so many seconds without a try everything is forgotten.
const FORGET_SECONDS: i64 = 3_600;
/// So many accounts, and so many addresses, are remembered at once.
const REMEMBERED_MAX: usize = 10_000;

/// Tries that failed, or whose outcome is not known yet.
#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last: Instant,
}

impl Tries {
    /// When the next one is let through: twice as long after each beyond the free ones.
    fn next(self, free: u32, wait_max: i64) -> Instant {
        let beyond = self.count.saturating_sub(free);
        let wait = if beyond == 0 { 0 } else { 1_i64 << (beyond - 1).min(30) };
        self.last.plus(wait.min(wait_max))
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
        let of_account = self
            .accounts
            .get(account)
            .map(|tries| tries.next(FREE_OF_ACCOUNT, WAIT_MAX_OF_ACCOUNT));
        let of_address = address
            .and_then(|address| self.addresses.get(&address))
            .map(|tries| tries.next(FREE_OF_ADDRESS, WAIT_MAX_OF_ADDRESS));
        let next = of_account.into_iter().chain(of_address).max();
        if let Some(next) = next.filter(|next| now < *next) {
            return Err(next.since(now).max(1));
        }
        count(&mut self.accounts, account.to_owned(), now);
        if let Some(address) = address {
            count(&mut self.addresses, address, now);
        }
        Ok(())
    }

    /// The try turned out well: the account's are forgotten, the address has one less.
    pub(super) fn forgive(&mut self, account: &str, address: Option<IpAddr>) {
        self.accounts.remove(account);
        let tries = address.and_then(|address| self.addresses.get_mut(&network(address)));
        if let Some(tries) = tries {
            tries.count = tries.count.saturating_sub(1);
        }
    }
}

fn count<K: Eq + Hash + Clone>(all: &mut FxHashMap<K, Tries>, key: K, now: Instant) {
    if all.len() >= REMEMBERED_MAX && !all.contains_key(&key) {
        all.retain(|_, tries| now.since(tries.last) < FORGET_SECONDS);
        // Whoever has the fewest tries is forgotten first: a flood of new names does not wash away the others.
        let least = all.iter().min_by_key(|(_, tries)| (tries.count, tries.last));
        let least = least.map(|(key, _)| key.clone()).filter(|_| all.len() >= REMEMBERED_MAX);
        least.map(|key| all.remove(&key));
    }
    let tries = all.entry(key).or_insert(Tries { count: 0, last: now });
    if now.since(tries.last) >= FORGET_SECONDS {
        tries.count = 0;
    }
    *tries = Tries { count: tries.count.saturating_add(1), last: now };
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
        assert_eq!(
            tried(&mut throttle, "ana", "", &[9_000, 9_000, 9_000, 9_000, 9_000]),
            [0, 0, 0, 0, 1]
        );
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

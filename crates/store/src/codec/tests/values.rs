//! Any value of each kind that is written down, made from a seed: `values/kinds.rs` lists the kinds.

use super::*;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use faregate_core::estate::{Cidr, Country};
use faregate_core::when::Zone;

mod kinds;

/// Random numbers from a seed.
pub(super) struct Chance(u64);

impl Chance {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// A kind of value that can be made.
pub(super) trait Made: Sized {
    fn made(chance: &mut Chance) -> Self;
}

/// Any value of a kind. It does not shrink; the seed tells it.
pub(super) fn made<T: Made + core::fmt::Debug>() -> impl Strategy<Value = T> {
    any::<u64>().prop_map(from_seed)
}

pub(super) fn from_seed<T: Made>(seed: u64) -> T {
    T::made(&mut Chance(seed))
}

/// Small ones, the ends of the range, and anything between.
macro_rules! integers {
    ($($name:ty),+) => {$(
        impl Made for $name {
            fn made(chance: &mut Chance) -> Self {
                let anything = chance.bits() as $name;
                match chance.below(4) {
                    0 => anything % 100,
                    1 => chance.of(&[<$name>::MIN, <$name>::MAX, 0, 127]),
                    _ => anything,
                }
            }
        }
    )+};
}
integers!(u64, i64, u32, i32, u16, u8);

impl Made for bool {
    fn made(chance: &mut Chance) -> Self {
        chance.below(2) == 1
    }
}

impl Made for String {
    fn made(chance: &mut Chance) -> Self {
        let letters = ['a', 'Z', '\u{0}', ' ', '"', 'ñ', '\u{fffd}', '東', '🦀'];
        (0..chance.below(8)).map(|_| chance.of(&letters)).collect()
    }
}

impl<T: Made> Made for Option<T> {
    fn made(chance: &mut Chance) -> Self {
        bool::made(chance).then(|| T::made(chance))
    }
}

impl<T: Made> Made for Vec<T> {
    fn made(chance: &mut Chance) -> Self {
        (0..chance.below(3)).map(|_| T::made(chance)).collect()
    }
}

impl<A: Made, B: Made> Made for (A, B) {
    fn made(chance: &mut Chance) -> Self {
        (A::made(chance), B::made(chance))
    }
}

impl<A: Made, B: Made, C: Made> Made for (A, B, C) {
    fn made(chance: &mut Chance) -> Self {
        (A::made(chance), B::made(chance), C::made(chance))
    }
}

impl<const N: usize> Made for [Ticks; N] {
    fn made(chance: &mut Chance) -> Self {
        [(); N].map(|()| Ticks::made(chance))
    }
}

impl Made for [u8; 32] {
    fn made(chance: &mut Chance) -> Self {
        [(); 32].map(|()| u8::made(chance))
    }
}

impl Made for Currency {
    fn made(chance: &mut Chance) -> Self {
        Self::new(chance.of(&["USD", "EUR", "ZZZ"])).unwrap()
    }
}

impl Made for Country {
    fn made(chance: &mut Chance) -> Self {
        Self::new(chance.of(&["ES", "AA", "ZZ"])).unwrap()
    }
}

impl Made for Zone {
    fn made(chance: &mut Chance) -> Self {
        let some = ["UTC", "Europe/Madrid", "America/Argentina/Buenos_Aires", "US/Eastern"];
        if chance.below(5) == 0 { Self::utc() } else { Self::named(chance.of(&some)).unwrap() }
    }
}

impl Made for IpAddr {
    fn made(chance: &mut Chance) -> Self {
        let low = u128::from(chance.bits());
        match chance.below(4) {
            0 => Self::V4(Ipv4Addr::from(low as u32)),
            1 => Self::V6(Ipv4Addr::from(low as u32).to_ipv6_mapped()),
            2 => Self::V6(Ipv6Addr::from(low)),
            _ => Self::V6(Ipv6Addr::from(u128::from(chance.bits()) << 64 | low)),
        }
    }
}

impl Made for Cidr {
    fn made(chance: &mut Chance) -> Self {
        let length = chance.below(129) as u8;
        let bits = |widest: u32, all: u128| {
            let drop = widest - u32::from(length).min(widest);
            all.checked_shr(drop).and_then(|kept| kept.checked_shl(drop)).unwrap_or(0)
        };
        let block = match IpAddr::made(chance).to_canonical() {
            IpAddr::V4(v4) => {
                let masked = bits(32, u128::from(u32::from(v4))) as u32;
                Self::new(Ipv4Addr::from(masked).into(), length.min(32))
            }
            IpAddr::V6(v6) => Self::new(Ipv6Addr::from(bits(128, v6.into())).into(), length),
        };
        // Cut to its first bits, an address can become one of IPv4 in IPv6's clothes.
        block.unwrap_or_else(|| "::/0".parse().unwrap())
    }
}

//! Which policies can match a question, found without looking at the others.
//!
//! For every name that a policy's scope speaks of there is a set of bits, one for each policy. A question takes
//! the sets of the names that its person and product go by, and what is in all of them is looked at.

use crate::compile::{Named, Scope};
use crate::facts::Facts;
use faregate_core::event::Fare;

type Bits = Box<[u64]>;

/// The scopes of all policies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slices {
    words: usize,
    anybody: Bits,
    anything: Bits,
    fares: [Bits; 3],
    by_name: Vec<Bits>,
}

impl Slices {
    /// Takes the scopes in the order in which the policies are looked at.
    pub(crate) fn new(scopes: &[Scope], names: usize) -> Self {
        let words = scopes.len().div_ceil(64);
        let none = || vec![0; words].into_boxed_slice();
        let mut slices = Self {
            words,
            anybody: none(),
            anything: none(),
            fares: [none(), none(), none()],
            by_name: (0..names).map(|_| none()).collect(),
        };
        for (index, scope) in scopes.iter().enumerate() {
            for (fare, bits) in slices.fares.iter_mut().enumerate() {
                if scope.fares & 1_u8.checked_shl(number(fare)).unwrap_or(0) != 0 {
                    set(bits, index);
                }
            }
            place(&mut slices.anybody, &mut slices.by_name, &scope.who, index);
            place(&mut slices.anything, &mut slices.by_name, &scope.what, index);
        }
        slices
    }

    /// The policies to look at, in order.
    pub(crate) fn candidates<'s>(
        &'s self,
        facts: &'s Facts<'_>,
    ) -> impl Iterator<Item = usize> + 's {
        let fare = match facts.question.fare {
            Fare::Seat => 0,
            Fare::FreeSeat => 1,
            Fare::Tokens => 2,
        };
        let words = (0..self.words).filter_map(move |word| {
            let mut bits = *self.fares.get(fare)?.get(word)?;
            if bits != 0 {
                let named = facts.who.iter().map(|name| self.word(name, word));
                bits &= named.fold(*self.anybody.get(word)?, |all, some| all | some);
            }
            if bits != 0 {
                bits &= self.about(facts, word, bits)?;
            }
            Some((word, bits))
        });
        words.flat_map(|(word, bits)| {
            let rest = |bits: &u64| Some(bits & bits.wrapping_sub(1)).filter(|rest| *rest != 0);
            let each = core::iter::successors(Some(bits).filter(|bits| *bits != 0), rest);
            let place = |bits: u64| usize::try_from(bits.trailing_zeros()).unwrap_or(0);
            each.map(move |bits| word.saturating_mul(64).saturating_add(place(bits)))
        })
    }

    /// The policies of a word that can be about the product. Offerings are looked up only when one of the
    /// policies that are still in question names them.
    fn about(&self, facts: &Facts<'_>, word: usize, wanted: u64) -> Option<u64> {
        let own = facts.what.map_or(0, |name| self.word(name, word));
        let mut about = *self.anything.get(word)? | own;
        if wanted & !about != 0 {
            for (slot, name) in facts.offerings() {
                let bits = self.word(name, word);
                if bits & wanted & !about != 0 && facts.covers(slot) {
                    about |= bits;
                }
            }
        }
        Some(about)
    }

    fn word(&self, name: u32, word: usize) -> u64 {
        let bits = usize::try_from(name).ok().and_then(|name| self.by_name.get(name));
        bits.and_then(|bits| bits.get(word)).copied().unwrap_or(0)
    }
}

fn place(all: &mut Bits, by_name: &mut [Bits], named: &Named, index: usize) {
    let Some(names) = named else { return set(all, index) };
    for name in names.iter().filter_map(|name| usize::try_from(*name).ok()) {
        if let Some(bits) = by_name.get_mut(name) {
            set(bits, index);
        }
    }
}

fn set(bits: &mut Bits, index: usize) {
    if let Some(word) = bits.get_mut(index.div_euclid(64)) {
        *word |= 1_u64.checked_shl(number(index.rem_euclid(64))).unwrap_or(0);
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

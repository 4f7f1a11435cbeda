//! The loops that plain SQL is slow at, as pure functions over slices.
//!
//! Each takes the sessions of one month at a time, in any order, and is fast where they lie sorted by
//! product, person and time, as the lake keeps them: rows that agree in what they are counted by follow
//! each other, and a [`run`](runs::Runs) of them costs one look into a table.
//! What reaches over the end of a month (a window, a session past midnight) is carried by the kernel.
//!
//! Nothing here knows a file, a clock or a query engine. Instants are whole seconds since 1970 in UTC,
//! days are counted since 1970 in the contract's zone.
//!
//! To add a kernel: a file with its naive model in `tests.rs`, and a table function in `queries` that
//! feeds it.

pub mod daily;
pub mod days;
pub mod peaks;
pub mod runs;
pub mod totals;
pub mod windows;

#[cfg(test)]
mod tests;

/// An id that is not known: a session of nobody we know, or of a code that no product has.
pub const UNKNOWN: i32 = -1;

/// How many dimensions rows are counted by at most.
pub const DIMENSIONS_MAX: usize = 4;

/// The ids that rows are counted by, in the order of the question; unused places are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

impl Key {
    /// Packs at most [`DIMENSIONS_MAX`] ids; any further ones are not looked at.
    #[must_use]
    pub fn of(ids: impl IntoIterator<Item = i32>) -> Self {
        let mut packed = 0;
        for (place, id) in ids.into_iter().take(DIMENSIONS_MAX).enumerate() {
            packed |= u128::from(id.cast_unsigned()) << (32 * place);
        }
        Self(packed)
    }

    /// The id at a place, 0 when nothing was packed there.
    #[must_use]
    pub const fn id(self, place: usize) -> i32 {
        if place >= DIMENSIONS_MAX {
            return 0;
        }
        ((self.0 >> (32 * place)) as u32).cast_signed()
    }

    /// The first `count` ids alone.
    #[must_use]
    pub const fn first(self, count: usize) -> Self {
        if count >= DIMENSIONS_MAX {
            return self;
        }
        Self(self.0 & ((1 << (32 * count)) - 1))
    }
}

//! What each lever of a renewal is worth (F18, F19).
//!
//! A lever's value is what the best order costs without it, less what the best order costs with it: quantities are
//! chosen again each time, under one and the same uncertain demand. So values of levers do not add up.
//! Everything is an *estimate* in units of the contract's currency, a year.
//!
//! | module | answers | formula |
//! |---|---|---|
//! | [`commitment`] | what a commitment risks, and the vendor's proposal stress-tested | F18 |
//! | [`levers`] | what each lever is worth, alone and together | F19 |
//! | [`tornado`] | what the answer hangs on | F19 |

pub mod commitment;
pub mod levers;
pub mod tornado;

#[cfg(test)]
mod tests;

//! The mathematics of planning: who is better off with a seat, which mix costs least, how many tokens to buy.
//!
//! Everything here is an *estimate* in plain numbers: it knows days of use, prices and rates, and nothing of
//! the journal, of names or of files; `faregate-app` makes these numbers of a contract and gives the answers
//! back their names.
//! Like the core it is total, and time and chance are arguments.
//!
//! | module | answers | formulas |
//! |---|---|---|
//! | [`crossover`] | seat or tokens, for one person | F4 to F7 |
//! | [`online`] | has this person now spent what a seat costs? | F9 |
//! | [`reassign`] | who should hold the seats that are paid for? | F8 |
//! | [`portfolio`] | which mix of seats and tokens costs least, and the proof | F11 |
//! | [`sizing`] | how many tokens to buy | F12 to F17 |
//! | [`renewal`] | what each lever of a renewal is worth | F18, F19 |
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

pub mod crossover;
pub mod numeric;
pub mod online;
pub mod portfolio;
pub mod reassign;
pub mod renewal;
pub mod sizing;

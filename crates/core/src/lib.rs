//! The pure domain of Faregate.
//!
//! Every function here is total: it returns a value or a typed refusal, never panics, never waits,
//! and never asks for the time, a random number or the environment. Those are arguments.
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

pub mod access;
pub mod alert;
pub mod amount;
pub mod anomaly;
pub mod break_even;
pub mod budget;
pub mod burn;
pub mod caps;
pub mod chargeback;
pub mod charges;
pub mod compliance;
pub mod csv;
pub mod double_dip;
pub mod estate;
pub mod event;
pub mod forecast;
pub mod gate;
pub mod invariants;
pub mod leakage;
pub mod ledger;
pub mod moves;
pub mod rating;
pub mod shadow;
pub mod state;
pub mod statement;
pub mod tariff;
pub mod usage;
pub mod when;

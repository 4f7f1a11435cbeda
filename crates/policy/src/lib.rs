//! Policies: who may open what, on which fare, where and when, as text in Cedar.
//!
//! A [`RuleBook`] is loaded from sets of policies and asked through `core::access::Policy`. Its policies are
//! compiled, sliced by scope, and give the same answers as Cedar itself, which `trials` and the race A4 check.
//! Nothing here reads a file, a clock or chance.
//!
//! To add a fact that policies can ask for: its line in `policies/schema.cedarschema`, its arm in `facts`, its
//! pair in `oracle`, a production in `trials`.
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

mod annotations;
mod book;
pub mod cases;
mod compile;
mod explain;
mod expr;
mod facts;
mod fault;
mod literal;
mod load;
mod mention;
mod names;
mod oracle;
mod reach;
mod ready;
mod rights;
mod schema;
mod slice;
mod text;
#[cfg(any(test, feature = "trials"))]
pub mod trials;
mod value;

pub use book::{Answer, RuleBook};
pub use explain::{Effect, Finding, Ruling};
pub use fault::{Doubt, Fault, Warning};
pub use mention::Mention;
pub use oracle::Prepared;
pub use reach::Reach;
pub use ready::{READY, Ready};
pub use rights::{RIGHTS_SCHEMA, RightsBook, SHIPPED_RIGHTS};
pub use schema::SCHEMA;

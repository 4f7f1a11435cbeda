//! `faregate lake …`, `faregate sql` and `faregate serve --sql`: the use history as Delta tables of Parquet, and
//! questions to it.

#[cfg(not(feature = "lake"))]
mod absent;
#[cfg(feature = "lake")]
mod asking;
#[cfg(feature = "lake")]
mod keeping;
#[cfg(feature = "lake")]
mod wire;

#[cfg(not(feature = "lake"))]
pub(crate) use absent::{Listening, ask, examine, keep, run};
#[cfg(feature = "lake")]
pub(crate) use {
    asking::ask,
    keeping::{examine, keep, run},
    wire::Listening,
};

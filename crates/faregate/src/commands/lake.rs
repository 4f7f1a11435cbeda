//! `faregate lake …`: the use history as Delta tables of Parquet.

use crate::cli::lake::Lake;
use crate::fault::Fault;
use std::path::Path;

#[cfg(feature = "lake")]
mod keeping;
#[cfg(feature = "lake")]
pub(crate) use keeping::{keep, run};

/// Without the lake there is nothing to do, but to say how to get it.
#[cfg(not(feature = "lake"))]
pub(crate) fn run(_: &Path, _: &Lake, _: bool) -> Result<(), Fault> {
    use crate::fault::Code;
    let help = "take a release, or build with `make build`, or `cargo build --features lake`";
    Err(Fault::new(Code::Failed, "this build of Faregate has no lake", help))
}

/// Without the lake there is none to keep true.
#[cfg(not(feature = "lake"))]
pub(crate) fn keep(_: &Path) {}

//! A build without the lake: there is nothing to do, but to say how to get it.

use crate::cli::lake::{Endpoint, Lake, Sql};
use crate::fault::{Code, Fault};
use faregate_app::access::Access;
use faregate_app::doctor::Check;
use faregate_app::gate::Gate;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

pub(crate) fn run(_: &Path, _: &Lake, _: bool) -> Result<(), Fault> {
    Err(none())
}

pub(crate) fn ask(_: &Path, _: &Sql, _: bool) -> Result<(), Fault> {
    Err(none())
}

/// There is none to keep true.
pub(crate) fn keep(_: &Path) -> Keeping {
    Keeping
}

/// Nothing that is kept.
pub(crate) struct Keeping;

impl Keeping {
    pub(crate) fn end(self) {}
}

/// There is none to compare.
pub(crate) fn examine(_: &Path) -> Result<Option<Check>, Fault> {
    Ok(None)
}

/// An endpoint that nobody has.
pub(crate) struct Listening(Infallible);

impl Listening {
    pub(crate) fn begin(args: &Endpoint) -> Result<Option<Self>, Fault> {
        if args.sql.is_some() { Err(none()) } else { Ok(None) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match self.0 {}
    }

    pub(crate) fn serve(self, _: &Path, _: Arc<Access>, _: Gate) -> Answering {
        match self.0 {}
    }
}

/// An endpoint that nobody asks.
pub(crate) struct Answering(Infallible);

impl Answering {
    pub(crate) fn end(self) {
        match self.0 {}
    }
}

fn none() -> Fault {
    let help = "take a release, or build with `make build`, or `cargo build --features lake`";
    Fault::new(Code::Failed, "this build of Faregate has no lake", help)
}

//! The licence server's options file, made from what the rule book answers.
//!
//! Who may open what is asked of the policies in force, person by product, as the gate asks them, so that the file
//! holds the same decision; people with equal answers become one group. [`plan()`] writes what an options file can
//! say and lists what it cannot. Where it cannot, it lets in rather than shuts out: whoever the gate would let
//! through somewhere, at some time, gets past the licence server, and the gate and the leakage report see to the
//! rest. [`apply()`] puts a plan in force and takes it back where the daemon says that it did not understand.
//!
//! Nothing here opens a file, starts a program or reads a clock: see [`Server`].

mod apply;
mod asking;
mod groups;
mod plan;
mod writing;

pub use apply::{Applied, Outcome, Refusal, Server, apply};
pub use plan::{Plan, Unsaid, plan};
pub use writing::{Prepared, Unwritable, digest, prepare};

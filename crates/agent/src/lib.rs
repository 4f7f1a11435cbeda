//! The workstation agent: asks before a product spends tokens, and keeps to the answer.
#![warn(missing_docs)]

pub mod ports;
pub mod watch;

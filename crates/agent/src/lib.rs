//! The workstation agent: asks before a product spends tokens, and keeps to the answer.
#![warn(missing_docs)]

pub mod ambient;
pub mod book;
pub mod clock;
pub mod machine;
pub mod memory;
pub mod platform;
pub mod ports;
pub mod watch;

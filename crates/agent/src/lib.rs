//! The workstation agent: asks before a product spends tokens, and keeps to the answer.
//!
//! - [`machine`] decides; pure. [`clock`] tells the server's time, [`memory`] is what must not be forgotten.
//! - [`run`] carries it out, with [`book`] (the disk), [`client`] (the server), [`platform`] (processes and clocks)
//!   and [`prompt`] (the person), which stand behind [`ports`].
//! - [`cli`], [`enrol`], [`lease`], [`report`] are the commands beside `run`.
//!
//! What it prevents is advisory: whoever administers the machine can go past it. What it tells is signed, so that
//! nobody else can be blamed for it.
#![warn(missing_docs)]

pub mod ambient;
pub mod book;
pub mod cli;
pub mod client;
pub mod clock;
pub mod enrol;
pub mod home;
pub mod lease;
pub mod log;
pub mod machine;
pub mod memory;
pub mod platform;
pub mod ports;
pub mod prompt;
pub mod report;
pub mod run;
pub mod watch;

//! What the vendor and its licence servers write, read into events and rejected lines.
//!
//! Bytes in, `(events, rejected)` out: nothing here opens a file, asks for the time or the
//! environment, or panics, whatever the bytes. A line that looks like usage and cannot be read is
//! handed back with its number, the reason and what to do about it; it is never dropped silently.
//!
//! To add a format: one module with a streaming reader that feeds a sink, a `sniff` that
//! recognises foreign files before anything is read, and one fixture for every trap it knows.
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

pub mod cloudevents;
pub mod container;
pub mod estate;
pub mod features;
pub mod flexnet;
pub mod lmstat;
pub mod mapping;
pub mod names;
pub mod options;
pub mod sheet;
pub mod staff;
pub mod tariff;
pub mod usage;
pub mod vendor;

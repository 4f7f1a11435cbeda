//! The use cases of Faregate.
//!
//! `core` decides, `ingest` reads, the adapters store and serve; this crate is the only place that puts
//! those in order. It owns the ports ([`ports`]) and their in-memory versions ([`memory`]), and never names
//! a database, a web framework or a clock.
//!
//! To add a use case: a module named `<verb>_<noun>` or after the noun it keeps true, a method on
//! [`engine::Engine`] or a job of [`gate`], a test over [`memory::MemoryStore`].
#![warn(missing_docs)]

pub mod access;
pub mod accounts;
pub mod alerts;
pub mod anomalies;
pub mod bulk;
pub mod decisions;
pub mod directory;
pub mod doctor;
pub mod engine;
pub mod explain;
pub mod first_run;
pub mod forecasts;
pub mod gate;
pub mod holders;
pub mod import;
pub mod liveness;
pub mod looking;
pub mod memory;
pub mod merge;
pub mod notice;
pub mod oidc;
pub mod options;
pub mod orders;
pub mod outbox;
pub mod planning;
pub mod ports;
pub mod replay;
pub mod reports;
pub mod rights;
pub mod rules;
pub mod setup;
pub mod sight;
pub mod simulate;
pub mod sources;
pub mod views;

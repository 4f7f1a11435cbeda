//! The journal and the use history of a contract on SQLite, behind the ports of `faregate-app`.
//!
//! The only crate that names a database. WAL, `synchronous=FULL`: what is acknowledged has been synced.
//! To change the format: add a migration to [`sqlite`]'s list, a golden store under `tests/golden/`, and
//! never change what an older tag of [`codec`] means.
#![warn(missing_docs)]

pub mod codec;
pub mod credentials;
pub mod directory;
pub mod outbox;
pub mod sqlite;

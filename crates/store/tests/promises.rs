//! The promises of `docs/reference/promises.md` that want threads and a real store: through the real gate, on
//! the store in memory and on SQLite.
//!
//! Each check returns what it found wrong. It is run on what we ship, where it must find nothing, and with a
//! fault planted, where it must find something: a promise whose test cannot fail is no promise.

#[path = "promises/bank.rs"]
mod bank;
#[path = "promises/crashes.rs"]
mod crashes;
#[path = "promises/desk.rs"]
mod desk;
#[path = "promises/holds.rs"]
mod holds;
#[path = "promises/leases.rs"]
mod leases;
#[path = "promises/planted.rs"]
mod planted;
#[path = "promises/races.rs"]
mod races;
#[path = "promises/retries.rs"]
mod retries;
#[path = "promises/windows.rs"]
mod windows;

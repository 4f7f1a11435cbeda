//! The lake against its store: the same rows whatever fails, whenever; and faults that are planted are found.

mod asking;
mod checks;
mod faults;
mod kept;
mod killed;
mod others;
mod privacy;
mod rights;
mod schema;
mod sharing;
mod store;
mod syncing;
mod wire;
mod world;

//! The use history as Delta tables of Parquet, and the questions asked of it.
//!
//! The lake is a projection of the store: whatever is in it can be made anew, so nothing in it is the truth.
//! It never writes to the store, and nothing waits for it.

mod check;
mod compact;
mod delta;
mod fault;
mod files;
mod forget;
pub mod kernels;
mod lake;
mod place;
mod privacy;
mod project;
pub mod queries;
mod rewrite;
pub mod rights;
mod rows;
mod session;
pub mod settings;
pub mod sql;
mod sync;
pub mod tables;
pub mod wire;

pub use compact::{Compacted, VACUUM_DAYS};
pub use fault::LakeError;
pub use files::{FILE_BYTES, properties};
pub use lake::{Lake, Status};
pub use place::Place;
pub use privacy::Privacy;
pub use rows::{Cell, Rows};
pub use session::Means;
pub use sync::{LakeSync, Synced};

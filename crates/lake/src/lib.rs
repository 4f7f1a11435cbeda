//! The use history as Delta tables of Parquet, and the questions asked of it.
//!
//! The lake is a projection of the store: whatever is in it can be made anew, so nothing in it is the truth.
//! It never writes to the store, and nothing waits for it.

pub mod kernels;
pub mod tables;

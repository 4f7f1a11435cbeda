//! The repository's own tools, run as `cargo xtask <command>`.
//!
//! They read the tree and start programs; no other crate may depend on them.

pub mod ci;
pub mod docs;
pub mod host;
pub mod markdown;
pub mod tidy;

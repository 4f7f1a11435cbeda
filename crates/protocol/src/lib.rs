//! What a workstation agent and a server say to each other.
//!
//! - [`signature`]: every request of an agent is signed with the key of its device (HTTP Message Signatures,
//!   RFC 9421, one fixed profile), so that nobody speaks for another device, replays or backdates.
//! - [`jws`]: what a server hands out to be believed while it is away is signed with the server's key (compact
//!   JWS, `EdDSA`): the [`rules`] of products and levels, and the [`grant`]s to open without asking.
//! - [`wire`]: the bodies of requests and answers.
//!
//! Pure: keys, time and nonces are arguments. Instants are seconds since 1970 UTC. An agent that is newer or older
//! than its server must be understood: readers ignore fields they do not know, and new fields are optional.
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

pub mod grant;
pub mod jws;
pub mod rules;
pub mod signature;
pub mod wire;

pub use ed25519_dalek::{SigningKey, VerifyingKey};

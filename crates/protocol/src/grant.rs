//! What a device may do while the server is away: documents that it was given before.
//!
//! A grant counts only for its device, person and product, and only until it ends; an agent counts that time in
//! elapsed boot time since it received the grant, so that no change of the wall clock makes it longer.

use crate::jws::Document;
use serde::{Deserialize, Serialize};

/// A right to open a product without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The device that it was given to, as in `keyid`.
    pub device: String,
    /// The account of the operating system that it was given for.
    pub account: String,
    /// Key of the product.
    pub product: String,
    /// On what.
    pub fare: GrantedFare,
    /// When it was given.
    pub given: i64,
    /// First instant at which it is worth nothing.
    pub until: i64,
}

/// On what a grant lets somebody through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum GrantedFare {
    /// A seat of theirs.
    Seat,
    /// Tokens that are held for them already.
    Lease {
        /// The session that holds them, to be named when the use is told.
        session: String,
        /// The decision's place in the journal: a later lease has a later one.
        epoch: u64,
    },
}

impl Document for Grant {
    const KIND: &'static str = "faregate-grant";
}

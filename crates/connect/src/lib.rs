//! Outbound: whom the vendor's products are assigned to, as memberships of groups in a directory.
//!
//! The vendor assigns products by the groups of an identity provider, so Faregate changes who is
//! in those groups: by SCIM 2.0 ([`scim`]), by Microsoft Graph ([`graph`]), or through an
//! administrator's hands with the vendor's own CSV form ([`bulk`]).
//!
//! Always in three steps: [`reading::read_directory`] reads, [`plan::plan_membership`] computes a
//! [`plan::Plan`] that people read, and [`execute::execute_plan`] carries out what was approved.
//!
//! What this crate must never do: touch a group that is not on the list and marked, take away more
//! than the limits allow without a [`limits::Confirmed`] made for that very plan, follow a redirect,
//! talk to an address that [`endpoint`] refuses, print a [`secret::Secret`], or ask the machine for
//! the time or for chance: [`pace::Pace`] and a seed are arguments.
//!
//! To add a kind of directory, implement [`directory::Directory`] over a [`courier::Courier`] in a
//! file of its own, and run the table of `tests/adapters/contract.rs` against it.
#![deny(missing_docs)]

pub mod bulk;
pub mod courier;
pub mod digest;
pub mod directory;
pub mod endpoint;
pub mod execute;
pub mod graph;
pub mod limits;
pub mod managed;
pub mod memory;
pub mod pace;
pub mod plan;
pub mod reading;
pub mod scim;
pub mod secret;

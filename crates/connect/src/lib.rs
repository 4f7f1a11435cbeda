//! Outbound: whom the vendor's products are assigned to, as memberships of groups in a directory;
//! pulls of what the vendor reports of their use; notices to people, on [`channels`]; and signing in, by [`oidc`].
//!
//! Use is pulled by [`pull::pull`] from the [`sources`] that the operator names, into a
//! [`pull::Inbox`] that an importer takes it from. The rest of this page is about the directory.
//!
//! The vendor assigns products by the groups of an identity provider, so Faregate changes who is
//! in those groups: by SCIM 2.0 ([`scim`]), by Microsoft Graph ([`graph`]), or through an
//! administrator's hands with the vendor's own CSV form ([`bulk`]).
//!
//! Always in three steps: [`reading::read_directory`] reads, [`plan::plan_membership`] computes a
//! [`plan::Plan`] that people read, and [`execute::execute_plan`] carries out what was approved.
//! [`settings`] say which groups those are, and a [`cabinet::Cabinet`] keeps plans and how far they
//! have come.
//!
//! ```
//! use faregate_connect::directory::{Account, Group, GroupKey, Person};
//! use faregate_connect::execute::{Progress, RunOptions, execute_plan};
//! use faregate_connect::limits::Limits;
//! use faregate_connect::managed::{MARKER, Managed};
//! use faregate_connect::memory::MemoryDirectory;
//! use faregate_connect::plan::plan_membership;
//! use faregate_connect::reading::{Desired, read_directory};
//!
//! let ana = Person { email: "ana@acme.example".into(), ..Person::default() };
//! let revit = GroupKey::from("Revit");
//! let mut directory = MemoryDirectory {
//!     groups: vec![Group {
//!         id: "g1".into(),
//!         name: "Revit".into(),
//!         description: "[faregate] who has Revit".into(),
//!         fixed: None,
//!     }],
//!     accounts: vec![Account { id: "a1".into(), person: ana.clone() }],
//!     ..MemoryDirectory::default()
//! };
//! let desired = Desired { groups: [(revit.clone(), [ana].into())].into(), ..Desired::default() };
//! let managed = Managed::new(MARKER, [revit])?;
//!
//! let reading = read_directory(&mut directory, &desired, &managed)?;
//! let plan = plan_membership(&desired, &managed, &reading, Limits::default());
//! assert!(plan.table().starts_with("change  group  person\nadd     Revit  ana@acme.example\n"));
//!
//! let mut progress = Progress::new(&plan);
//! let record = &mut |_: usize, _: &_| Ok(());
//! let options = RunOptions::default();
//! let approved = plan.approve(None)?;
//! let summary =
//!     execute_plan(approved, &managed, &mut directory, &mut progress, record, options)?;
//! assert_eq!(summary.done, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What this crate must never do: touch a group that is not on the list and marked, take away more
//! than the limits allow without a [`limits::Confirmed`] made for that very plan, follow a redirect,
//! talk to an address that [`endpoint`] refuses, print a [`secret::Secret`], exceed what the vendor
//! allows, or ask the machine for the time or for chance: [`pace::Pace`] and a seed are arguments.
//!
//! To add a kind of directory, implement [`directory::Directory`] over a [`courier::Courier`] in a
//! file of its own, and run the table of `tests/adapters/contract.rs` against it.
#![deny(missing_docs)]

pub mod bulk;
pub mod cabinet;
pub mod channels;
pub mod courier;
pub mod digest;
pub mod directory;
mod disk;
pub mod endpoint;
pub mod execute;
pub mod graph;
pub mod limits;
pub mod managed;
pub mod memory;
pub mod oidc;
pub mod pace;
pub mod plan;
pub mod pull;
pub mod reading;
pub mod scim;
pub mod secret;
pub mod settings;
pub mod sources;

//! A demo estate with known truth, and the simulated workstations that keep it alive.
//!
//! Everything is a function of a seed, a size and a moment: nothing here reads a clock, draws ambient
//! chance or does I/O. [`generate`] returns what a contract's journal starts with, the use of its history,
//! and the [`Truth`] behind both, so that a forecast, a recommendation or a detector can be scored.
//! [`Workstations`] says what people do from now on; somebody else has to ask the gate for them.
//!
//! To add a persona: a variant of [`Persona`] with its share, its levels in `habits`.
//! To add an anomaly: a variant of [`Anomaly`], its plan in `planting`; one that the estate to show is not to have
//! is planted on top of it, in `oddities`.
#![warn(missing_docs)]

mod accounts;
mod audit;
mod calendar;
mod catalogue;
mod chance;
mod days;
mod demo;
mod governance;
mod habits;
mod names;
mod oddities;
mod people;
mod planting;
mod seats;
mod sites;
mod sizing;
mod truth;
mod workstations;

pub use demo::{DemoEstate, Size, UseRecord, generate};
pub use habits::Persona;
pub use oddities::{some_day, with_shift, with_spikes, with_travellers};
pub use truth::{Anomaly, Truth};
pub use workstations::{Action, Workstations};

//! Alert rules at work: read from what people wrote, measured beside the gate, raised through it, told of.
//!
//! A rule is text in the journal. [`written::Written`] reads it, [`watch::Watch`] measures all rules on what is
//! committed and says what changed, and [`watch::note`] books that on the deciding thread, where it is checked
//! once more: so a crossing is raised once, whoever looked. [`runbook`] fills steps in and does them,
//! [`notices`] makes of an entry of the journal what people are told, and [`trial`] sends history through a
//! rule before it is saved.

pub mod notices;
pub mod outlook;
pub mod runbook;
pub mod trial;
pub mod unusual;
pub mod watch;
pub mod words;
pub mod written;

/// The rules that come with Faregate, each with its runbook.
pub const STANDARD: &str = include_str!("alerts/standard.toml");

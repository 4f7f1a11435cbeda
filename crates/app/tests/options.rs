//! The options file: what is planned, how it is put in force, what is imported from one, who holds what.

#[path = "options/applying.rs"]
mod applying;
#[path = "options/estate.rs"]
mod estate;
#[path = "options/holding.rs"]
mod holding;
#[path = "options/importing.rs"]
mod importing;
#[path = "options/planning.rs"]
mod planning;

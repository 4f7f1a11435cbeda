//! The API as its callers meet it: the whole router over an estate small enough to reckon by hand.
//!
//! To add an endpoint's tests: its rows in `table.rs` and `foreign.rs`, its answers in the module of its subject.

mod access;
mod accounts;
mod agents;
mod authority;
mod burn;
mod channels;
mod decisions;
mod description;
mod estate;
mod findings;
mod first_run;
mod foreign;
mod gate;
mod imports;
mod keys;
mod lists;
mod live;
mod metrics;
mod office;
mod orders;
mod places;
mod plans;
mod problems;
mod products;
mod quotes;
mod reading;
mod reads;
mod reports;
mod retries;
mod rules;
mod schedules;
mod sources;
mod table;
mod trying;

//! The API as its callers meet it: the whole router over an estate small enough to reckon by hand.
//!
//! To add an endpoint's tests: its row in `authority.rs`, its answers in the module of its subject.

mod access;
mod authority;
mod description;
mod estate;
mod gate;
mod live;
mod problems;
mod reads;

//! `/v1/imports`: reported use.

pub mod log;
pub mod token_usage;

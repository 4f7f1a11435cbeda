//! `/v1/imports`: reported use.

pub mod token_usage;

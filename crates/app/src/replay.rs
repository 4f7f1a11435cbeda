//! A past period once more, under another tariff, plan, set of rules, layout of buckets or price.
//!
//! [`uses`] reads all that is known to have been used, as the imports read it, and charges it in other books by the
//! same rating. Nothing here changes the store that it reads.

pub mod uses;

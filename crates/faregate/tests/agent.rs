//! The workstation agent against the real server: processes that bear products' names, a proxy that loses and repeats
//! what they say to each other, programs killed and stopped at random, clocks that are set.
//!
//! The chaos is short here; `FAREGATE_CHAOS_ROUNDS=60 cargo test -p faregate --test agent chaos -- --nocapture` is long,
//! and prints the figures of `docs/reference/promises.md`. The agent must have been built: `cargo build -p faregate-agent`.
#![cfg(target_os = "linux")]

// The one that takes a minute comes first.
#[path = "agent/day.rs"]
mod a_day;
#[path = "agent/away.rs"]
mod away;
#[path = "agent/chance.rs"]
mod chance;
#[path = "agent/chaos.rs"]
mod chaos;
#[path = "agent/clocks.rs"]
mod clocks;
#[path = "agent/desk.rs"]
mod desk;
#[path = "agent/footprint.rs"]
mod footprint;
#[path = "agent/office.rs"]
mod office;
#[path = "agent/page.rs"]
mod page;
#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;
#[path = "agent/proxy.rs"]
mod proxy;

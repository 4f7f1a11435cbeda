//! The options file and `lmstat` end to end, with a fake daemon and a fake `lmutil`: small scripts that repeat the
//! options file in the debug log, or do not, or say something else, or hang, or end the program that called them.

#[path = "licence_server/applies.rs"]
mod applies;
#[path = "licence_server/fake.rs"]
mod fake;
#[path = "licence_server/polls.rs"]
mod polls;
#[path = "server/process.rs"]
#[expect(dead_code, reason = "shared with the tests of the server, which do more with it")]
mod process;

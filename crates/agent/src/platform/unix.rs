//! What Linux and macOS have in common: signals and the names of accounts.

use crate::ports::ProcessId;
use rustix::process::{Pid, Signal};
use std::collections::BTreeMap;

/// Names of accounts, by their number; asked for once, because a directory service may be slow.
#[derive(Default)]
pub(super) struct Accounts(BTreeMap<u32, String>);

impl Accounts {
    /// The name of an account; its number where it has none.
    pub(super) fn name(&mut self, uid: u32) -> String {
        let look = || {
            let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid)).ok().flatten();
            user.map_or_else(|| uid.to_string(), |user| user.name)
        };
        self.0.entry(uid).or_insert_with(look).clone()
    }
}

/// The process to signal, unless it is the first of all, or this one.
pub(super) fn target(id: &ProcessId) -> Option<Pid> {
    let pid = Pid::from_raw(i32::try_from(id.pid).ok()?)?;
    (pid != Pid::INIT && pid != rustix::process::getpid()).then_some(pid)
}

/// Sends a signal to the group that a process leads, unless this process is one of it.
pub(super) fn signal_group(leader: Pid, signal: Signal) -> bool {
    leader != rustix::process::getpgrp()
        && rustix::process::kill_process_group(leader, signal).is_ok()
}

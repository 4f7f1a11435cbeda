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

/// Whether processes of an account are this agent's business: root looks after all, a person after their own.
pub(super) fn is_ours(own: u32, whose: u32) -> bool {
    own == 0 || own == whose
}

/// The account that this agent runs as.
pub(super) fn own_uid() -> u32 {
    rustix::process::getuid().as_raw()
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

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_person_looks_after_their_own_processes_and_root_after_all() {
        for (own, whose, ours) in [
            (0, 0, true),
            (0, 1_000, true),
            (1_000, 1_000, true),
            (1_000, 1_001, false),
            (1_000, 0, false),
        ] {
            assert_eq!(is_ours(own, whose), ours, "{own} {whose}");
        }
    }
}

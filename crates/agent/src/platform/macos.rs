//! macOS: the list by `sysinfo`, signals by `rustix`. Checked by the compiler; run it before relying on it.

use super::probe::Probe;
use super::unix::{self, Accounts};
use super::version;
use crate::ports::{Process, ProcessId, Processes, Times};
use crate::watch::base;
use rustix::process::Signal;
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// The processes of this machine.
pub struct SystemProcesses {
    system: System,
    boot: String,
    /// The account that the agent runs as.
    own: u32,
    accounts: Accounts,
    versions: BTreeMap<ProcessId, Option<String>>,
}

impl SystemProcesses {
    /// Opens the list.
    ///
    /// # Errors
    /// Where the system does not let itself be asked.
    pub fn new() -> std::io::Result<Self> {
        let (accounts, versions) = (Accounts::default(), BTreeMap::new());
        let system = System::new().map_err(std::io::Error::other)?;
        Ok(Self { system, boot: boot(), own: unix::own_uid(), accounts, versions })
    }

    /// Sends a signal to the process, or the group that it leads; whether somebody got it.
    fn signal(&mut self, id: &ProcessId, signal: Signal) -> bool {
        let Some(target) = unix::target(id).filter(|_| id.boot == self.boot) else {
            return false;
        };
        let pid = Pid::from_u32(id.pid);
        let only = ProcessesToUpdate::Some(&[pid]);
        self.system.refresh_processes_specifics(only, true, ProcessRefreshKind::nothing());
        if self.system.process(pid).is_none_or(|process| process.start_time() != id.start) {
            return false;
        }
        match rustix::process::getpgid(Some(target)) {
            Ok(group) if group == target => unix::signal_group(target, signal),
            Ok(_) => rustix::process::kill_process(target, signal).is_ok(),
            Err(_) => false,
        }
    }

    /// Lets the group go on whose leader is gone: as long as it lives, nobody gets its number.
    fn resume_orphans(&self, id: &ProcessId) -> bool {
        let gone = id.boot == self.boot && self.system.process(Pid::from_u32(id.pid)).is_none();
        unix::target(id).filter(|_| gone).is_some_and(|pid| unix::signal_group(pid, Signal::CONT))
    }
}

impl Processes for SystemProcesses {
    fn running(&mut self, wanted: &dyn Fn(&str) -> bool) -> Vec<Process> {
        let closely = ProcessRefreshKind::nothing()
            .with_exe(UpdateKind::OnlyIfNotSet)
            .with_user(UpdateKind::OnlyIfNotSet);
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, closely);
        let mut found = Vec::new();
        for (pid, process) in self.system.processes() {
            let name = process.name().to_string_lossy().into_owned();
            let path = process.exe().map(|path| path.to_string_lossy().into_owned());
            let zombie = process.status() == sysinfo::ProcessStatus::Zombie;
            let file = path.as_deref().map(base);
            let whose = process.user_id().map(|uid| **uid);
            // Root sees all, also what hides whose it is.
            let is_ours = whose.map_or(self.own == 0, |whose| unix::is_ours(self.own, whose));
            if zombie || !is_ours || !(wanted(&name) || file.is_some_and(wanted)) {
                continue;
            }
            let (boot, start) = (self.boot.clone(), process.start_time());
            let id = ProcessId { boot, pid: pid.as_u32(), start };
            let account = whose.map(|uid| self.accounts.name(uid));
            found.push(Process { id, name, path, account: account.unwrap_or_default() });
        }
        self.versions.retain(|id, _| found.iter().any(|process| process.id == *id));
        found
    }

    fn version(&mut self, process: &Process) -> Option<String> {
        let look = || process.path.as_deref().and_then(version::of);
        self.versions.entry(process.id.clone()).or_insert_with(look).clone()
    }

    fn suspend(&mut self, id: &ProcessId) -> bool {
        self.signal(id, Signal::STOP)
    }

    fn resume(&mut self, id: &ProcessId) -> bool {
        self.signal(id, Signal::CONT) || self.resume_orphans(id)
    }

    /// A process that stands still gets to hear of it as well: it goes on, to save what it has.
    fn ask_to_close(&mut self, id: &ProcessId) -> bool {
        self.signal(id, Signal::TERM) && {
            self.resume(id);
            true
        }
    }

    fn end(&mut self, id: &ProcessId) -> bool {
        self.signal(id, Signal::KILL)
    }
}

/// The clocks of this machine.
pub struct SystemTimes {
    boot: String,
    wall: fn() -> i64,
    idle: Probe,
}

impl SystemTimes {
    /// `wall` reads the wall clock, in seconds since 1970 UTC.
    #[must_use]
    pub fn new(wall: fn() -> i64) -> Self {
        Self { boot: boot(), wall, idle: Probe::default() }
    }
}

impl Times for SystemTimes {
    fn wall(&mut self) -> i64 {
        (self.wall)()
    }

    /// This system's monotonic clock goes on while the machine sleeps.
    fn since_boot(&mut self) -> Duration {
        Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default()
    }

    fn boot(&mut self) -> String {
        self.boot.clone()
    }

    /// What the driver of keyboards and mice says, by `ioreg`: asking it directly would take unsafe code.
    fn idle(&mut self) -> Option<Duration> {
        let now = self.since_boot();
        let said = self.idle.ask(now, || {
            let mut command = Command::new("ioreg");
            command.args(["-c", "IOHIDSystem", "-d", "4", "-r", "-w", "0"]);
            Some(command)
        });
        let (_, after) = said?.split_once("\"HIDIdleTime\" = ")?;
        let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok().map(Duration::from_nanos)
    }
}

/// Names the boot; asked once.
fn boot() -> String {
    let said = Command::new("sysctl").args(["-n", "kern.bootsessionuuid"]).output();
    said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
}

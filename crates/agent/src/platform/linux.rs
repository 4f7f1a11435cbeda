//! Linux: `/proc`, read as little as can be.
//!
//! A look at all processes reads one short file, `comm`, of each that is new, and now and then of the others. Only a
//! name that is new to a number is looked at further, and only what is wanted is looked at closely, once.
//! `examples/listing.rs` measures it.

use super::idle;
use super::probe::Probe;
use super::unix::{self, Accounts};
use super::version;
use crate::ports::{Process, ProcessId, Processes, Times};
use crate::watch::base;
use rustix::fs::{Mode, OFlags, openat};
use rustix::process::{PidfdFlags, Signal};
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

/// The kernel cuts the name of a process to so many bytes.
const NAME_BYTES_MAX: usize = 15;
/// So often is a number looked at whose name was cut: a program that is being started bears its name a little before
/// its arguments can be read.
const LOOKS_MAX: u8 = 3;

/// After so many looks a number that is of no interest is looked at less often.
const LOOKS_AT_FIRST: u64 = 3;
/// So often, then: every so many looks. What takes over an old number (`exec`) is found that much later.
const LOOKS_APART: u64 = 8;

/// The processes of this machine.
pub struct SystemProcesses {
    proc: OwnedFd,
    boot: String,
    /// The account that the agent runs as.
    own: u32,
    round: u64,
    seen: BTreeMap<u32, Seen>,
    accounts: Accounts,
    versions: BTreeMap<ProcessId, Option<String>>,
}

/// What is known of a process's number.
struct Seen {
    round: u64,
    /// The round in which it was seen first.
    since: u64,
    /// As the kernel says it.
    comm: Vec<u8>,
    /// The same, whole, once that is known.
    name: Option<String>,
    looks: u8,
    path: Option<String>,
    /// What a close look found.
    process: Option<Process>,
}

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    state: u8,
    group: u32,
    start: u64,
}

impl SystemProcesses {
    /// Opens the list.
    ///
    /// # Errors
    /// Where `/proc` is not mounted.
    pub fn new() -> std::io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self {
            proc: openat(rustix::fs::CWD, "/proc", flags, Mode::empty())?,
            boot: boot(),
            own: unix::own_uid(),
            round: 0,
            seen: BTreeMap::new(),
            accounts: Accounts::default(),
            versions: BTreeMap::new(),
        })
    }

    fn look(&mut self, pid: u32, wanted: &dyn Fn(&str) -> bool) -> Option<Process> {
        let round = self.round;
        if let Some(seen) = self.seen.get_mut(&pid).filter(|seen| seen.rests(pid, round)) {
            seen.round = round;
            return None;
        }
        let mut buffer = [0; 64];
        let comm = self.read(pid, "comm", &mut buffer)?;
        let comm = comm.strip_suffix(b"\n").unwrap_or(comm);
        let seen = self.seen.entry(pid).or_insert_with(|| Seen::new(pid, comm, round));
        if seen.comm != comm {
            *seen = Seen::new(pid, comm, round);
        }
        seen.round = round;
        seen.complete(pid);
        if !seen.is(wanted) {
            return None;
        }
        let stat = stat(pid).filter(Stat::lives)?;
        if seen.process.as_ref().is_none_or(|process| process.id.start != stat.start) {
            // The number may have come again under the same name.
            *seen = Seen::new(pid, comm, round);
            seen.complete(pid);
            let id = ProcessId { boot: self.boot.clone(), pid, start: stat.start };
            let whose = uid(pid).filter(|whose| unix::is_ours(self.own, *whose))?;
            let account = self.accounts.name(whose);
            seen.process =
                Some(Process { id, name: seen.name(), path: seen.path.clone(), account });
        }
        seen.process.clone()
    }

    fn read<'a>(&self, pid: u32, file: &str, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
        let path = format!("{pid}/{file}");
        let file =
            openat(&self.proc, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let length = rustix::io::read(file, &mut *buffer).ok()?;
        buffer.get(..length)
    }

    /// Sends a signal to the process, or the group that it leads; whether somebody got it.
    fn signal(&self, id: &ProcessId, signal: Signal) -> bool {
        let Some(pid) = unix::target(id).filter(|_| id.boot == self.boot) else {
            return false;
        };
        // While the handle is held, what is compared is what gets the signal.
        let Ok(handle) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else {
            return false;
        };
        match stat(id.pid).filter(|stat| stat.start == id.start) {
            Some(stat) if stat.group == id.pid => unix::signal_group(pid, signal),
            Some(stat) => {
                stat.lives() && rustix::process::pidfd_send_signal(handle, signal).is_ok()
            }
            None => false,
        }
    }

    /// Lets the group go on whose leader is gone: as long as it lives, nobody gets its number.
    fn resume_orphans(&self, id: &ProcessId) -> bool {
        let gone = id.boot == self.boot && stat(id.pid).is_none();
        unix::target(id).filter(|_| gone).is_some_and(|pid| unix::signal_group(pid, Signal::CONT))
    }
}

impl Processes for SystemProcesses {
    fn running(&mut self, wanted: &dyn Fn(&str) -> bool) -> Vec<Process> {
        self.round += 1;
        let Ok(entries) = rustix::fs::Dir::read_from(&self.proc) else {
            return Vec::new();
        };
        let pids =
            entries.flatten().filter_map(|entry| entry.file_name().to_str().ok()?.parse().ok());
        let pids: Vec<u32> = pids.collect();
        let found = pids.into_iter().filter_map(|pid| self.look(pid, wanted)).collect();
        let round = self.round;
        self.seen.retain(|_, seen| seen.round == round);
        let seen = &self.seen;
        self.versions.retain(|id, _| seen.contains_key(&id.pid));
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

impl Seen {
    fn new(pid: u32, comm: &[u8], round: u64) -> Self {
        let path = fs::read_link(format!("/proc/{pid}/exe")).ok();
        let path = path.map(|path| path.to_string_lossy().into_owned());
        // An update replaced the file while it runs.
        let path = path.map(|path| path.trim_end_matches(" (deleted)").to_owned());
        let name = (comm.len() < NAME_BYTES_MAX).then(|| String::from_utf8_lossy(comm).into());
        Self { round, since: round, comm: comm.to_vec(), name, looks: 0, path, process: None }
    }

    /// Whether it need not be looked at in this round: nine tenths of an idle agent's time went into that.
    fn rests(&self, pid: u32, round: u64) -> bool {
        let is_new = round.saturating_sub(self.since) < LOOKS_AT_FIRST;
        let is_due = round.wrapping_add(u64::from(pid)) % LOOKS_APART == 0;
        self.process.is_none() && !is_new && !is_due
    }

    /// Finds the whole of a name that the kernel cut: the file or the argument that begins like it.
    fn complete(&mut self, pid: u32) {
        if self.name.is_some() || self.looks >= LOOKS_MAX {
            return;
        }
        self.looks += 1;
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        let candidates = self.path.as_deref().into_iter().chain(line.split('\0').take(2)).map(base);
        let mut fitting = candidates.filter(|name| name.as_bytes().starts_with(&self.comm));
        self.name = fitting.next().map(str::to_owned);
    }

    fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| String::from_utf8_lossy(&self.comm).into_owned())
    }

    fn is(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        let named = match &self.name {
            Some(name) => wanted(name),
            None => wanted(&String::from_utf8_lossy(&self.comm)),
        };
        named || self.path.as_deref().map(base).is_some_and(wanted)
    }
}

impl Stat {
    /// Whether it is more than an entry that nobody asked about yet.
    fn lives(&self) -> bool {
        !matches!(self.state, b'Z' | b'X')
    }

    fn parse(text: &[u8]) -> Option<Self> {
        // The name may hold anything, brackets and blanks too; nothing behind it does.
        let end = text.iter().rposition(|byte| *byte == b')')?;
        let rest = std::str::from_utf8(text.get(end + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let group = fields.nth(1)?.parse().ok()?;
        let start = fields.nth(16)?.parse().ok()?;
        Some(Self { state, group, start })
    }
}

fn stat(pid: u32) -> Option<Stat> {
    Stat::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// Whose process it is: the real user, also of a process that runs with another's rights.
fn uid(pid: u32) -> Option<u32> {
    let text = fs::read(format!("/proc/{pid}/status")).ok()?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

fn boot() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
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

    fn since_boot(&mut self) -> Duration {
        clock(ClockId::Boottime)
    }

    fn boot(&mut self) -> String {
        self.boot.clone()
    }

    /// What the desktop tells the login manager: `loginctl`, because it needs no library of a display server when it
    /// is built, and works under X11 and Wayland alike. Where a desktop never tells, nobody is ever idle.
    fn idle(&mut self) -> Option<Duration> {
        let now = clock(ClockId::Boottime);
        let said =
            self.idle.ask(now, || idle::sessions_command(Path::new("/run/systemd/sessions")));
        idle::of_sessions(said?, clock(ClockId::Monotonic))
    }
}

fn clock(id: ClockId) -> Duration {
    Duration::try_from(clock_gettime(id)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_what_follows_it() {
        let tail = "S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1";
        let text = format!("12 (a) R 1 5 (x)\n) {tail}");
        let expected = Stat { state: b'S', group: 77, start: 4711 };
        assert_eq!(Stat::parse(text.as_bytes()), Some(expected));
        assert_eq!(Stat::parse(b"12 (a"), None);
        assert_eq!(Stat::parse(b"12 (a) S 1 2"), None);
        assert_eq!(Stat::parse(b""), None);
    }

    #[test]
    fn processes_of_other_accounts_are_not_listed_for_a_person() {
        let mut processes = SystemProcesses::new().unwrap();
        let own = unix::own_uid();
        let me = std::process::id();
        let listed = |processes: &mut SystemProcesses| {
            processes.running(&|_| true).iter().any(|process| process.id.pid == me)
        };
        assert!(listed(&mut processes));
        let mut processes = SystemProcesses { own: own + 1, ..SystemProcesses::new().unwrap() };
        assert!(!listed(&mut processes) && !listed(&mut processes));
    }

    #[test]
    fn this_process_and_the_first_one_are_never_signalled() {
        let processes = SystemProcesses::new().unwrap();
        for pid in [0, 1, std::process::id()] {
            let start = stat(pid).map_or(0, |stat| stat.start);
            let id = ProcessId { boot: processes.boot.clone(), pid, start };
            assert!(!processes.signal(&id, Signal::CONT), "{pid}");
            assert!(!processes.resume_orphans(&id), "{pid}");
        }
    }
}

//! Windows: safe words for the system's own functions. Checked by the compiler; run it before relying on it.
//!
//! No documented function lets a whole process stand still, and the undocumented one has no safe wrapper: `suspend`
//! says no, and the level *suspend* is then the level *ask*. Windows can only be closed by, and the last touch only
//! be asked for by, somebody in the same session: the agent runs in the session of the person.

use super::version;
use crate::ports::{Process, ProcessId, Processes, Times};
use std::collections::BTreeMap;
use std::os::windows::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;
use winsafe::guard::CloseHandleGuard;
use winsafe::{self as w, co};

/// Where the system counts its boots.
const BOOTS: &str =
    r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters";
/// No black window flashes up.
const NO_WINDOW: u32 = 0x0800_0000;

/// The processes of this machine.
pub struct SystemProcesses {
    boot: String,
    known: BTreeMap<ProcessId, Process>,
    versions: BTreeMap<ProcessId, Option<String>>,
}

impl SystemProcesses {
    /// Opens the list.
    ///
    /// # Errors
    /// None on this system.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { boot: boot(), known: BTreeMap::new(), versions: BTreeMap::new() })
    }

    fn look(&mut self, pid: u32, name: String) -> Option<Process> {
        let handle = open(pid, co::PROCESS::QUERY_LIMITED_INFORMATION)?;
        let id = ProcessId { boot: self.boot.clone(), pid, start: start(&handle)? };
        let look = || Process {
            id: id.clone(),
            name,
            path: handle.QueryFullProcessImageName(co::PROCESS_NAME::WIN32).ok(),
            account: account(&handle).unwrap_or_default(),
        };
        Some(self.known.entry(id.clone()).or_insert_with(look).clone())
    }

    /// The very process, not a later one with its number: as long as the handle is held, it keeps it.
    fn the(&self, id: &ProcessId, access: co::PROCESS) -> Option<CloseHandleGuard<w::HPROCESS>> {
        let handle = open(id.pid, access | co::PROCESS::QUERY_LIMITED_INFORMATION)?;
        let same = id.boot == self.boot && start(&handle) == Some(id.start);
        (same && id.pid != std::process::id()).then_some(handle)
    }
}

impl Processes for SystemProcesses {
    fn running(&mut self, wanted: &dyn Fn(&str) -> bool) -> Vec<Process> {
        let names = names(wanted).unwrap_or_default();
        let found: Vec<_> =
            names.into_iter().filter_map(|(pid, name)| self.look(pid, name)).collect();
        let runs = |id: &ProcessId| found.iter().any(|process| process.id == *id);
        self.known.retain(|id, _| runs(id));
        self.versions.retain(|id, _| runs(id));
        found
    }

    fn version(&mut self, process: &Process) -> Option<String> {
        let look = || process.path.as_deref().and_then(version::of);
        self.versions.entry(process.id.clone()).or_insert_with(look).clone()
    }

    fn suspend(&mut self, _: &ProcessId) -> bool {
        false
    }

    fn resume(&mut self, _: &ProcessId) -> bool {
        false
    }

    fn ask_to_close(&mut self, id: &ProcessId) -> bool {
        let Some(_held) = self.the(id, co::PROCESS::QUERY_LIMITED_INFORMATION) else {
            return false;
        };
        let mut command = Command::new("taskkill");
        command.args(["/PID", &id.pid.to_string()]).creation_flags(NO_WINDOW);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn end(&mut self, id: &ProcessId) -> bool {
        let handle = self.the(id, co::PROCESS::TERMINATE);
        handle.is_some_and(|handle| handle.TerminateProcess(1).is_ok())
    }
}

/// Numbers and names of the wanted processes.
fn names(wanted: &dyn Fn(&str) -> bool) -> w::SysResult<Vec<(u32, String)>> {
    let mut list = w::HPROCESSLIST::CreateToolhelp32Snapshot(co::TH32CS::SNAPPROCESS, None)?;
    let all = list.iter_processes().flatten();
    let named = all.map(|entry| (entry.th32ProcessID, entry.szExeFile()));
    Ok(named.filter(|(_, name)| wanted(name)).collect())
}

fn open(pid: u32, access: co::PROCESS) -> Option<CloseHandleGuard<w::HPROCESS>> {
    w::HPROCESS::OpenProcess(access, false, pid).ok()
}

/// When a process started, in steps of 100 nanoseconds.
fn start(handle: &w::HPROCESS) -> Option<u64> {
    let (start, ..) = handle.GetProcessTimes().ok()?;
    Some(u64::from(start.dwHighDateTime) << 32 | u64::from(start.dwLowDateTime))
}

/// `DOMAIN\user` of whoever runs a process.
fn account(handle: &w::HPROCESS) -> Option<String> {
    let token = handle.OpenProcessToken(co::TOKEN::QUERY).ok()?;
    let said = token.GetTokenInformation(co::TOKEN_INFORMATION_CLASS::User).ok()?;
    let w::TokenInfo::User(user) = said else {
        return None;
    };
    let (name, domain, _) = w::LookupAccountSid(None, user.User.Sid()?).ok()?;
    Some(format!("{domain}\\{name}"))
}

/// The clocks of this machine.
pub struct SystemTimes {
    boot: String,
    wall: fn() -> i64,
}

impl SystemTimes {
    /// `wall` reads the wall clock, in seconds since 1970 UTC.
    #[must_use]
    pub fn new(wall: fn() -> i64) -> Self {
        Self { boot: boot(), wall }
    }
}

impl Times for SystemTimes {
    fn wall(&mut self) -> i64 {
        (self.wall)()
    }

    fn since_boot(&mut self) -> Duration {
        Duration::from_millis(w::GetTickCount64())
    }

    fn boot(&mut self) -> String {
        self.boot.clone()
    }

    fn idle(&mut self) -> Option<Duration> {
        let touched = w::GetLastInputInfo().ok()?.dwTime;
        // Both are the low half of the same count, which comes round every 49 days.
        let now = u32::try_from(w::GetTickCount64() & u64::from(u32::MAX)).ok()?;
        Some(Duration::from_millis(u64::from(now.wrapping_sub(touched))))
    }
}

/// Names the boot. Where the system does not count, the start of a process, which is an absolute time here, still
/// tells it from any other.
fn boot() -> String {
    let said =
        w::HKEY::LOCAL_MACHINE.RegGetValue(Some(BOOTS), Some("BootId"), co::RRF::RT_REG_DWORD);
    match said {
        Ok(w::RegistryValue::Dword(count)) => format!("boot-{count}"),
        _ => "boot".to_owned(),
    }
}

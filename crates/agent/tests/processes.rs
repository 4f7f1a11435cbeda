//! Real processes as stand-ins for products: found, told apart, stopped, resumed, closed, ended.
#![cfg(target_os = "linux")]

use faregate_agent::platform::{SystemProcesses, SystemTimes};
use faregate_agent::ports::{Process, ProcessId, Processes, Times};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A product that runs, and everything that it started; both are gone with this.
struct Stand {
    place: tempfile::TempDir,
    child: Child,
    /// Whether it leads a group.
    leads: bool,
}

impl Stand {
    /// `/bin/sleep` under another name.
    fn named(name: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let child = Command::new(program(&place, "/bin/sleep", name)).arg("1000").spawn().unwrap();
        Self { place, child, leads: false }
    }

    /// A product with a helper, in a group of its own; `session`: in a session of its own as well.
    fn with_helper(session: bool) -> Self {
        let place = tempfile::tempdir().unwrap();
        let product = program(&place, "/bin/sh", "revit");
        program(&place, "/bin/sleep", "helper");
        let mut command = if session { Command::new("setsid") } else { Command::new(&product) };
        if session {
            command.arg(&product);
        } else {
            command.process_group(0);
        }
        // The helper tells its number before the product waits for it.
        let script = "./helper 1000 & echo $! >number; mv number helper.pid; wait";
        let child = command.args(["-c", script]).current_dir(place.path()).spawn().unwrap();
        Self { place, child, leads: true }
    }

    /// What is found of it, once its program has been started: for a moment it still bears its parent's name.
    fn found(&self, processes: &mut SystemProcesses, name: &str) -> Process {
        let pid = self.child.id();
        until(|| found(processes, name).into_iter().find(|it| it.id.pid == pid && it.name == name))
    }

    fn id(&self, processes: &mut SystemProcesses) -> ProcessId {
        self.found(processes, "revit").id
    }

    fn helper(&self) -> u32 {
        let said = || fs::read_to_string(self.place.path().join("helper.pid")).ok();
        until(said).trim().parse().unwrap()
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        if self.leads {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(place: &tempfile::TempDir, original: &str, name: &str) -> PathBuf {
    let path = place.path().join(name);
    fs::copy(original, &path).unwrap();
    path
}

fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        match look() {
            Some(found) => return found,
            None => std::thread::yield_now(),
        }
    }
}

fn found(processes: &mut SystemProcesses, name: &str) -> Vec<Process> {
    processes.running(&|one| one == name)
}

fn state(pid: u32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(") ").next()?.chars().next()
}

fn until_state(pid: u32, stopped: bool) {
    until(|| (state(pid).expect("it runs") == 'T').then_some(()).xor((!stopped).then_some(())));
}

fn account() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_product_is_found_with_its_account_path_boot_and_start() {
    let stand = Stand::named("revit");
    let mut processes = SystemProcesses::new().unwrap();
    let one = stand.found(&mut processes, "revit");
    assert_eq!(one.name, "revit");
    assert_eq!(one.path.as_deref(), stand.place.path().join("revit").to_str());
    assert_eq!(one.account, account());
    let mut times = SystemTimes::new(|| 7);
    assert_eq!(one.id.boot, times.boot());
    assert!(!one.id.boot.is_empty());
    // Starts are counted in hundredths of a second since boot.
    let now = times.since_boot();
    let start = Duration::from_millis(one.id.start * 10);
    assert!(start <= now && now - start < Duration::from_secs(600), "{start:?} {now:?}");
    assert_eq!(times.wall(), 7);
    assert_eq!(stand.found(&mut processes, "revit"), one);
}

#[test]
fn a_long_name_is_whole_and_a_script_bears_its_own() {
    let long = Stand::named("AcRevitHelperProcess");
    let mut processes = SystemProcesses::new().unwrap();
    assert_eq!(long.found(&mut processes, "AcRevitHelperProcess").name, "AcRevitHelperProcess");

    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("autocad-launcher-2025");
    fs::write(&path, "#!/bin/sh\nread line\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let child = Command::new(&path).stdin(Stdio::piped()).spawn().unwrap();
    let script = Stand { place, child, leads: false };
    let one = script.found(&mut processes, "autocad-launcher-2025");
    assert_ne!(one.path.as_deref(), path.to_str(), "its interpreter's");
}

#[test]
fn a_launcher_that_becomes_the_product_is_found() {
    let place = tempfile::tempdir().unwrap();
    program(&place, "/bin/sleep", "revit");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "read line; exec ./revit 1000"]).current_dir(place.path());
    let child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stand = Stand { place, child, leads: false };
    let mut processes = SystemProcesses::new().unwrap();
    let pid = stand.child.id();
    assert!(found(&mut processes, "revit").iter().all(|it| it.id.pid != pid));
    stand.child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let id = stand.id(&mut processes);
    assert_eq!(id.pid, pid);
}

#[test]
fn the_group_of_a_leader_stands_still_and_all_of_it_goes_on() {
    let stand = Stand::with_helper(false);
    let mut processes = SystemProcesses::new().unwrap();
    let (id, helper) = (stand.id(&mut processes), stand.helper());
    for _ in 0..3 {
        assert!(processes.suspend(&id) && processes.suspend(&id));
        until_state(id.pid, true);
        until_state(helper, true);
        // Another agent, started after the first was killed, knows the id alone.
        assert!(SystemProcesses::new().unwrap().resume(&id));
        until_state(id.pid, false);
        until_state(helper, false);
    }
}

#[test]
fn helpers_of_a_leader_that_died_while_it_stood_still_go_on() {
    let mut stand = Stand::with_helper(true);
    let mut processes = SystemProcesses::new().unwrap();
    let (id, helper) = (stand.id(&mut processes), stand.helper());
    assert!(processes.suspend(&id));
    until_state(helper, true);
    stand.child.kill().unwrap();
    stand.child.wait().unwrap();
    assert_eq!(state(helper), Some('T'));
    assert!(!processes.suspend(&id) && !processes.end(&id), "it is gone");
    assert!(processes.resume(&id));
    until_state(helper, false);
}

#[test]
fn who_leads_no_group_stands_still_alone() {
    let stand = Stand::named("revit");
    let other = Stand::named("other");
    let mut processes = SystemProcesses::new().unwrap();
    let id = stand.id(&mut processes);
    assert!(processes.suspend(&id));
    until_state(id.pid, true);
    assert_ne!(state(other.child.id()), Some('T'));
    assert!(processes.resume(&id));
    until_state(id.pid, false);
}

#[test]
fn asked_to_close_it_closes_even_when_it_stood_still_and_ended_it_ends() {
    let mut processes = SystemProcesses::new().unwrap();
    for (end, signal) in [(false, 15), (true, 9)] {
        let mut stand = Stand::named("revit");
        let id = stand.id(&mut processes);
        assert!(processes.suspend(&id));
        until_state(id.pid, true);
        assert!(if end { processes.end(&id) } else { processes.ask_to_close(&id) });
        assert_eq!(stand.child.wait().unwrap().signal(), Some(signal));
        assert!(!processes.resume(&id) && !processes.end(&id), "it is gone");
    }
}

#[test]
fn a_number_that_came_again_is_another_process() {
    let stand = Stand::named("revit");
    let mut processes = SystemProcesses::new().unwrap();
    let id = stand.id(&mut processes);
    let earlier = ProcessId { start: id.start - 1, ..id.clone() };
    let of_another_boot = ProcessId { boot: "another".to_owned(), ..id.clone() };
    for other in [earlier, of_another_boot] {
        assert!(!processes.suspend(&other) && !processes.resume(&other));
        assert!(!processes.ask_to_close(&other) && !processes.end(&other));
    }
    assert_ne!(state(id.pid), Some('T'));
}

#[test]
fn one_that_ended_and_was_not_yet_asked_about_does_not_run() {
    let mut stand = Stand::named("revit");
    let mut processes = SystemProcesses::new().unwrap();
    let id = stand.id(&mut processes);
    stand.child.kill().unwrap();
    until(|| (state(id.pid) == Some('Z')).then_some(()));
    assert!(found(&mut processes, "revit").iter().all(|it| it.id != id));
    assert!(!processes.end(&id));
}

#[test]
fn time_since_boot_never_goes_back() {
    let mut times = SystemTimes::new(|| 0);
    let first = times.since_boot();
    assert!(first > Duration::ZERO && times.since_boot() >= first);
    assert!(Path::new("/proc/sys/kernel/random/boot_id").exists() && times.boot().len() == 36);
}

//! What the machine says of itself and of a process, by `/proc`.

use anyhow::{Context, Result};
use std::fs::read_to_string;

/// Clock ticks of `/proc/PID/stat` a second, on every Linux of today.
const TICKS_PER_SECOND: f64 = 100.0;

/// The load averages over 1, 5 and 15 minutes.
pub(crate) fn load_average() -> String {
    let text = read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// Cores and their model, in one line.
pub(crate) fn class() -> String {
    let text = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = text.lines().filter(|line| line.starts_with("processor")).count();
    format!("{cores} shared cores, {}", model.map_or("unknown", |(_, name)| name.trim()))
}

/// CPU seconds in user and in kernel mode.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cpu {
    pub(crate) user: f64,
    pub(crate) system: f64,
}

impl Cpu {
    pub(crate) fn total(self) -> f64 {
        self.user + self.system
    }

    pub(crate) fn minus(self, before: Self) -> Self {
        Self { user: self.user - before.user, system: self.system - before.system }
    }
}

/// The CPU seconds of this process so far.
pub(crate) fn own_cpu() -> Result<Cpu> {
    Ok(stat("/proc/self/stat")?.1)
}

/// The CPU seconds of a process so far.
pub(crate) fn cpu_of(process: u32) -> Result<Cpu> {
    Ok(stat(&format!("/proc/{process}/stat"))?.1)
}

/// The CPU seconds that anybody used on this machine so far.
pub(crate) fn all_cpu() -> Result<f64> {
    let text = read_to_string("/proc/stat")?;
    let fields = text.lines().next().context("no times in /proc/stat")?.split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|field| field.parse().ok()).collect();
    // User, nice, system, idle, waiting for disks, interrupts, stolen by the host; guests are within user.
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((ticks.iter().take(8).sum::<f64>() - idle) / TICKS_PER_SECOND)
}

/// Each thread of a process by name, those of one name together.
pub(crate) fn threads_of(process: u32) -> Result<Vec<(String, Cpu)>> {
    let mut threads: Vec<(String, Cpu)> = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let path = entry?.path().join("stat");
        let (name, cpu) = stat(&path.display().to_string())?;
        match threads.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => {
                sum.user += cpu.user;
                sum.system += cpu.system;
            }
            None => threads.push((name, cpu)),
        }
    }
    Ok(threads)
}

/// Resident memory of a process in MiB: now, and at its highest.
pub(crate) fn memory_of(process: u32) -> Result<(f64, f64)> {
    let text = read_to_string(format!("/proc/{process}/status"))?;
    let kib = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let both = kib("VmRSS:").zip(kib("VmHWM:")).context("no VmRSS in /proc")?;
    Ok((both.0 / 1024.0, both.1 / 1024.0))
}

fn stat(path: &str) -> Result<(String, Cpu)> {
    let text = read_to_string(path)?;
    let (head, rest) = text.rsplit_once(')').context("no name in stat")?;
    let name = head.split_once('(').map_or("", |(_, name)| name).to_owned();
    let seconds = |place: usize| {
        let ticks = rest.split_whitespace().nth(place).and_then(|text| text.parse::<f64>().ok());
        ticks.map(|ticks| ticks / TICKS_PER_SECOND).context("no times in stat")
    };
    Ok((name, Cpu { user: seconds(11)?, system: seconds(12)? }))
}

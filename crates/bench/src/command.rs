//! Running other programs, and what they cost.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wait4::Wait4;

/// What a program printed and used.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    /// User and system time, in seconds.
    pub(crate) cpu: f64,
    /// The most resident memory, in MiB.
    pub(crate) peak: f64,
}

/// Runs a program to its end and measures it.
///
/// A child starts out with its parent's peak, so the bench itself must stay small.
pub(crate) fn measured(command: &mut Command) -> Result<Ran> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("cannot run `{name}`"))?;
    let mut stdout = String::new();
    if let Some(mut pipe) = child.stdout.take() {
        std::io::Read::read_to_string(&mut pipe, &mut stdout)?;
    }
    let used = child.wait4()?;
    if !used.status.success() {
        bail!("`{name}` failed: {}\n{stdout}", used.status);
    }
    let cpu = (used.rusage.utime + used.rusage.stime).as_secs_f64();
    Ok(Ran { stdout, cpu, peak: used.rusage.maxrss as f64 / (1 << 20) as f64 })
}

/// Runs a program to its end; what it prints is an error's text or its result.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output();
    let done = done.with_context(|| format!("cannot run `{name}`"))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    if !done.status.success() {
        bail!("`{name}` failed: {}\n{text}{}", done.status, String::from_utf8_lossy(&done.stderr));
    }
    Ok(text)
}

/// Where a program is, in the usual places.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let places = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
    places.iter().map(|place| Path::new(place).join(program)).find(|path| path.exists())
}

/// Installs a Debian package; whether that worked is seen by looking for what it brings.
pub(crate) fn install(package: &str) {
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-y", "-qq", "--no-install-recommends", package]);
    // Without the rights, or on another system, the peer stays absent, and its races say so.
    let _ = output(&mut apt);
}

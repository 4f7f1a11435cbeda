//! The real server: the release binary, on a data directory, in a process of its own.

use crate::command::output;
use crate::machine::{self, Cpu};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The server's binary: the one beside this program, built when it is not up to date.
pub(crate) fn binary() -> Result<PathBuf> {
    let directory = crate::ambient::own_directory()?;
    let release = directory.file_name().is_some_and(|name| name == "release");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "-p", "faregate"]);
    if release {
        cargo.arg("--release");
    } else {
        eprintln!("this is no release build: its figures mean nothing");
    }
    output(&mut cargo)?;
    Ok(directory.join("faregate"))
}

/// A server that runs; dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// An API key that may do everything.
    pub(crate) key: String,
}

impl Server {
    /// Starts serving a data directory on a free port and waits until it listens.
    pub(crate) fn start(binary: &Path, data: &Path) -> Result<Self> {
        let mut child = Command::new(binary)
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run `{}`", binary.display()))?;
        let mut line = String::new();
        let pipe = child.stdout.take().context("the server has no stdout")?;
        BufReader::new(pipe).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the server did not start")?;
        let text = |name: &str| said[name].as_str().context("the server said too little");
        let address = text("url")?.trim_start_matches("http://").parse()?;
        let key = text("api_key")?.to_owned();
        Ok(Self { child, address, key })
    }

    /// CPU seconds by the names of its threads.
    pub(crate) fn threads(&self) -> Result<Vec<(String, Cpu)>> {
        machine::threads_of(self.child.id())
    }

    /// CPU seconds of all its threads, those that ended included.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        machine::cpu_of(self.child.id())
    }

    /// Resident memory in MiB: now, and at its highest.
    pub(crate) fn memory(&self) -> Result<(f64, f64)> {
        machine::memory_of(self.child.id())
    }

    /// Kills it as `kill -9` does, in the middle of whatever it was doing.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Tells it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        output(Command::new("kill").arg("-TERM").arg(self.child.id().to_string()))?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

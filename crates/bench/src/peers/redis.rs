//! Redis: a Lua script that reserves, every write synced before its answer.

use super::{port_free, program, remove, scratch};
use crate::ambient::Tick;
use crate::command::output;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const RESERVE: &str = include_str!("../../peers/reserve.lua");
/// Longest wait for the server to answer, in seconds.
const START_SECONDS: f64 = 10.0;

/// A server that runs; dropped, it is killed and its files removed.
pub(crate) struct Redis {
    child: Child,
    client: PathBuf,
    load: PathBuf,
    home: PathBuf,
    port: u16,
    script: String,
}

impl Redis {
    pub(crate) fn start() -> Result<Self> {
        let server = program("redis-server", "redis-server")?;
        let client = program("redis-cli", "redis-tools")?;
        let load = program("redis-benchmark", "redis-tools")?;
        let (home, port) = (scratch()?, port_free()?);
        let child = Command::new(server)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(["--auto-aof-rewrite-percentage", "0", "--dir"])
            .arg(&home)
            .stdout(Stdio::null())
            .spawn()?;
        let mut peer = Self { child, client, load, home, port, script: String::new() };
        peer.await_answer()?;
        output(peer.cli().args(["set", "bucket:0", "1000000000000000"]))?;
        peer.script = output(peer.cli().args(["script", "load", RESERVE]))?.trim().to_owned();
        Ok(peer)
    }

    /// Reservations a second by so many clients.
    pub(crate) fn race(&self, clients: usize, count: u64) -> Result<f64> {
        let mut load = Command::new(&self.load);
        load.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "--csv"]);
        load.args(["-c", &clients.to_string(), "-n", &count.to_string(), "-r", "1000000000"]);
        load.args(["evalsha", &self.script, "2", "window:__rand_int__", "bucket:0", "10", "86400"]);
        let said = output(&mut load)?;
        let cells = said.lines().last().map(|line| line.rsplit("\",\"").collect::<Vec<_>>());
        // The name of the test holds commas; its rate is the first of the seven last cells.
        let rate = cells.and_then(|cells| cells.get(6)?.parse().ok());
        rate.with_context(|| format!("redis-benchmark did not say its rate:\n{said}"))
    }

    fn cli(&self) -> Command {
        let mut cli = Command::new(&self.client);
        cli.args(["-p", &self.port.to_string()]);
        cli
    }

    fn await_answer(&self) -> Result<()> {
        let start = Tick::now();
        while output(self.cli().arg("ping")).is_err() {
            if start.seconds() > START_SECONDS {
                bail!("redis-server does not answer");
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        remove(&self.home);
    }
}

//! PostgreSQL: a cluster of its own, the ledger as a stored procedure, pgbench as the load.

use super::{port_free, remove, scratch};
use crate::command::{install, output};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const SCHEMA: &str = include_str!("../../peers/ledger.sql");
const MANY: &str = include_str!("../../peers/reserve_many.sql");
const HOT: &str = include_str!("../../peers/reserve_hot.sql");

/// What it is allowed to use; durability is as it comes: an answer follows the sync.
const SETTINGS: &str = "listen_addresses = ''\nmax_connections = 200\nshared_buffers = 512MB\n\
    max_wal_size = 8GB\ncheckpoint_timeout = 1h\n";

/// A cluster that runs; dropped, it is stopped and removed.
pub(crate) struct Postgres {
    programs: PathBuf,
    home: PathBuf,
    port: u16,
    /// A superuser may not run it: then its own user does.
    as_user: bool,
}

impl Postgres {
    pub(crate) fn start() -> Result<Self> {
        let programs = programs().or_else(|| {
            install("postgresql");
            programs()
        });
        let programs = programs.context("no PostgreSQL in /usr/lib/postgresql")?;
        let as_user = output(Command::new("id").arg("-u"))?.trim() == "0";
        let peer = Self { programs, home: scratch()?, port: port_free()?, as_user };
        if as_user {
            output(Command::new("chown").arg("postgres").arg(&peer.home))?;
        }
        let data = peer.home.join("data");
        output(peer.run("initdb").args(["-A", "trust", "-U", "postgres", "-D"]).arg(&data))?;
        peer.configure(&data)?;
        let log = peer.home.join("log");
        output(peer.run("pg_ctl").args(["-w", "start", "-D"]).arg(&data).arg("-l").arg(log))?;
        Ok(peer)
    }

    /// A fresh ledger, and then reservations a second by so many clients.
    pub(crate) fn race(&self, clients: usize, hot: bool, seconds: f64) -> Result<f64> {
        let drop = "drop table if exists bucket, paid, entry; drop function if exists reserve;";
        output(self.psql().args(["-c", drop, "-c", "checkpoint"]))?;
        let (schema, script) = (self.home.join("ledger.sql"), self.home.join("reserve.sql"));
        std::fs::write(&schema, SCHEMA)?;
        std::fs::write(&script, if hot { HOT } else { MANY })?;
        output(self.psql().arg("-f").arg(&schema))?;
        let mut load = self.client("pgbench");
        load.args(["-n", "-M", "prepared", "-j", "2", "-c"]).arg(clients.to_string());
        load.arg("-T").arg(format!("{}", seconds.ceil())).arg("-f").arg(&script).arg("postgres");
        let said = output(&mut load)?;
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
        let rate = rate.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        rate.with_context(|| format!("pgbench did not say its rate:\n{said}"))
    }

    fn psql(&self) -> Command {
        let mut psql = self.client("psql");
        psql.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]);
        psql
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(&self.home).args(["-U", "postgres", "-p"]);
        command.arg(self.port.to_string());
        command
    }

    fn run(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        if !self.as_user {
            return Command::new(program);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir(&self.home);
        command
    }

    fn configure(&self, data: &Path) -> Result<()> {
        let file = data.join("postgresql.conf");
        let own = format!(
            "{SETTINGS}port = {}\nunix_socket_directories = '{}'\n",
            self.port,
            self.home.display()
        );
        let all = std::fs::read_to_string(&file)? + &own;
        Ok(std::fs::write(&file, all)?)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.home.join("data");
        // It may not run at all; then there is nothing to stop.
        let _ = output(self.run("pg_ctl").args(["-m", "immediate", "-w", "stop", "-D"]).arg(data));
        remove(&self.home);
    }
}

/// The programs of the newest release that is installed.
fn programs() -> Option<PathBuf> {
    let releases = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let programs = releases.filter_map(|release| Some(release.ok()?.path().join("bin")));
    programs.filter(|path| path.join("initdb").exists()).max()
}

//! DuckDB, in a Python environment that the bench makes for itself.

use crate::command::{Ran, measured, output};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const RELEASE: &str = "duckdb==2.0.0";
const FLEXNET: &str = include_str!("../../peers/flexnet.py");

/// An environment with DuckDB in it.
pub(crate) struct DuckDb {
    python: PathBuf,
    home: PathBuf,
}

impl DuckDb {
    /// Makes the environment, or finds the one made before.
    pub(crate) fn find(home: &Path) -> Result<Self> {
        let environment = home.join("venv");
        let python = environment.join("bin/python");
        let wanted = || {
            let mut check = Command::new(&python);
            check.args(["-c", "import duckdb; print('duckdb==' + duckdb.__version__)"]);
            output(&mut check).is_ok_and(|found| found.trim() == RELEASE)
        };
        if !wanted() {
            output(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
            output(Command::new(&python).args(["-m", "pip", "install", "-q", RELEASE]))
                .with_context(|| format!("{RELEASE} cannot be installed"))?;
        }
        Ok(Self { python, home: home.to_owned() })
    }

    /// Makes sessions of a FlexNet log; returns what it cost, how many, and their seconds.
    pub(crate) fn sessions(&self, log: &Path) -> Result<(Ran, u64, i64)> {
        let (script, scratch) = (self.home.join("flexnet.py"), self.home.join("scratch"));
        std::fs::write(&script, FLEXNET)?;
        std::fs::create_dir_all(&scratch)?;
        let ran = measured(Command::new(&self.python).arg(script).arg(log).arg(scratch))?;
        let said: Value = serde_json::from_str(ran.stdout.trim())?;
        let both = said["sessions"].as_u64().zip(said["session_seconds"].as_i64());
        let (count, seconds) = both.context("the script printed something else")?;
        Ok((ran, count, seconds))
    }
}

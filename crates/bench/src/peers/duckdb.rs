//! DuckDB, in a Python environment that the bench makes for itself.

use crate::command::{Ran, measured, output};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const RELEASE: &str = "duckdb==2.0.0";

/// What DuckDB can be asked to read.
#[derive(Clone, Copy)]
pub(crate) enum Script {
    FlexNet,
    Table,
    Events,
}

impl Script {
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::FlexNet => ("flexnet.py", include_str!("../../peers/flexnet.py")),
            Self::Table => ("table.py", include_str!("../../peers/table.py")),
            Self::Events => ("events.py", include_str!("../../peers/events.py")),
        }
    }
}

/// Sessions, and their seconds together.
pub(crate) struct Found {
    pub(crate) sessions: i64,
    pub(crate) seconds: i64,
}

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

    /// Reads a file as its script does; what it cost, and what it found.
    pub(crate) fn read(&self, script: Script, file: &Path) -> Result<(Ran, Found)> {
        let (name, text) = script.text();
        let (path, scratch) = (self.home.join(name), self.home.join("scratch"));
        std::fs::write(&path, text)?;
        std::fs::create_dir_all(&scratch)?;
        let ran = measured(Command::new(&self.python).arg(path).arg(file).arg(scratch))?;
        let said: Value = serde_json::from_str(ran.stdout.trim())?;
        let both = said["sessions"].as_i64().zip(said["session_seconds"].as_i64());
        let (sessions, seconds) = both.context("the script printed something else")?;
        Ok((ran, Found { sessions, seconds }))
    }
}

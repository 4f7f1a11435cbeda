//! DuckDB, Polars and chDB, and the generator of their sessions, in a Python environment that the bench makes.

use crate::command::{Ran, measured, output};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const RELEASES: [&str; 5] =
    ["chdb==4.4.0", "duckdb==2.0.0", "numpy==2.4.6", "polars==2.1.0", "pyarrow==26.0.1"];
const QUESTIONS: &str = include_str!("../../peers/analytics.py");
const SESSIONS: &str = include_str!("../../peers/sessions.py");

/// Who is raced.
pub(crate) const ENGINES: [&str; 3] = ["duckdb", "polars", "chdb"];

/// An environment with all of them in it.
pub(crate) struct Analytics {
    python: PathBuf,
    home: PathBuf,
}

impl Analytics {
    /// Makes the environment, or finds the one made before.
    pub(crate) fn find(home: &Path) -> Result<Self> {
        let home = home.join("analytics");
        let python = home.join("venv/bin/python");
        std::fs::create_dir_all(home.join("scratch"))?;
        // Written last, so that an environment which was not finished is made again.
        let label = home.join("releases");
        if std::fs::read_to_string(&label).is_ok_and(|found| found == RELEASES.join(" ")) {
            return Ok(Self { python, home });
        }
        output(Command::new("python3").args(["-m", "venv"]).arg(home.join("venv")))?;
        output(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(RELEASES))
            .context("the peers cannot be installed")?;
        std::fs::write(&label, RELEASES.join(" "))?;
        Ok(Self { python, home })
    }

    /// About so many sessions, as Parquet, made now or before.
    pub(crate) fn sessions(&self, count: u64) -> Result<PathBuf> {
        let path = self.home.join(format!("sessions-{count}.parquet"));
        if !path.exists() {
            eprintln!("making {count} sessions …");
            let (script, part) = (self.home.join("sessions.py"), path.with_extension("part"));
            std::fs::write(&script, SESSIONS)?;
            let mut make = Command::new(&self.python);
            output(make.arg(script).arg(&part).arg(count.to_string()))?;
            std::fs::rename(part, &path)?;
        }
        Ok(path)
    }

    /// Asks one engine one question; `None` when it cannot be said to it.
    pub(crate) fn ask(&self, engine: &str, question: &str, sessions: &Path) -> Result<Option<Ran>> {
        // A fold over the rows of a group takes a function of one's own in Polars.
        if (engine, question) == ("polars", "q6") {
            return Ok(None);
        }
        let script = self.home.join("analytics.py");
        std::fs::write(&script, QUESTIONS)?;
        let mut ask = Command::new(&self.python);
        ask.arg(script).args([engine, question]).arg(sessions).arg(self.home.join("scratch"));
        measured(&mut ask).map(Some)
    }
}

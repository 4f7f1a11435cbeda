//! HiGHS, and the separate check of our certificates, in a Python environment that the bench makes for itself.

use crate::command::{measured, output};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const RELEASES: [&str; 3] = ["numpy==2.4.6", "scipy==1.17.1", "highspy==1.15.1"];
const SCRIPT: &str = include_str!("../../peers/portfolio.py");

/// An environment with HiGHS in it.
pub(crate) struct Optimiser {
    python: PathBuf,
    home: PathBuf,
}

/// What HiGHS found; costs in whole units of money.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Solved {
    pub(crate) status: String,
    pub(crate) objective: Option<f64>,
    pub(crate) bound: Option<f64>,
    pub(crate) cpu: f64,
}

/// What the check found.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Checked {
    pub(crate) wrong: Vec<String>,
    /// Between the cost and what the multipliers alone show, as a share.
    pub(crate) gap: f64,
}

impl Optimiser {
    /// Makes the environment, or finds the one made before.
    pub(crate) fn find(home: &Path) -> Result<Self> {
        let home = home.join("optimiser");
        let python = home.join("venv/bin/python");
        std::fs::create_dir_all(&home)?;
        std::fs::write(home.join("portfolio.py"), SCRIPT)?;
        // Written last, so that an environment which was not finished is made again.
        let label = home.join("releases");
        if std::fs::read_to_string(&label).is_ok_and(|found| found == RELEASES.join(" ")) {
            return Ok(Self { python, home });
        }
        output(Command::new("python3").args(["-m", "venv"]).arg(home.join("venv")))?;
        output(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(RELEASES))
            .context("the peer cannot be installed")?;
        std::fs::write(&label, RELEASES.join(" "))?;
        Ok(Self { python, home })
    }

    /// An instance of so many people, with discounts and minima when `is_coupled`.
    pub(crate) fn make(&self, people: usize, is_coupled: bool) -> Result<PathBuf> {
        let kind = if is_coupled { "coupled" } else { "plain" };
        let file = self.home.join(format!("{kind}-{people}.txt"));
        self.ask(["make", &people.to_string(), &file.to_string_lossy(), kind])?;
        Ok(file)
    }

    pub(crate) fn solve(&self, file: &Path, seconds: f64) -> Result<Solved> {
        let said = self.ask(["solve", &file.to_string_lossy(), &seconds.to_string(), ""])?;
        Ok(serde_json::from_str(said.trim())?)
    }

    pub(crate) fn check(&self, file: &Path, answer: &Value) -> Result<Checked> {
        let told = self.home.join(format!("answer-{}.json", std::process::id()));
        std::fs::write(&told, serde_json::to_vec(answer)?)?;
        let said = self.ask(["check", &file.to_string_lossy(), &told.to_string_lossy(), ""])?;
        std::fs::remove_file(told)?;
        Ok(serde_json::from_str(said.trim())?)
    }

    fn ask(&self, args: [&str; 4]) -> Result<String> {
        Ok(measured(Command::new(&self.python).arg(self.home.join("portfolio.py")).args(args))?
            .stdout)
    }
}

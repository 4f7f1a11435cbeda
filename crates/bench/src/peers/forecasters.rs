//! statsforecast's models, in a Python environment that the bench makes for itself.

use crate::command::{measured, output};
use crate::forecasts::{Answer, Task};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

const RELEASES: [&str; 3] = ["numpy==2.4.6", "pandas==2.3.3", "statsforecast==2.1.1"];
const SCRIPT: &str = include_str!("../../peers/forecasters.py");

/// Who is raced.
pub(crate) const MODELS: [&str; 4] = ["AutoETS", "AutoTheta", "MSTL", "SeasonalNaive"];

/// An environment with statsforecast in it.
pub(crate) struct Forecasters {
    python: PathBuf,
    home: PathBuf,
}

/// What the script prints.
#[derive(Deserialize)]
struct Printed {
    cpu: f64,
    mean: Vec<Vec<f64>>,
    low80: Vec<Vec<f64>>,
    high80: Vec<Vec<f64>>,
    low95: Vec<Vec<f64>>,
    high95: Vec<Vec<f64>>,
}

impl Forecasters {
    /// Makes the environment, or finds the one made before.
    pub(crate) fn find(home: &Path) -> Result<Self> {
        let home = home.join("forecasters");
        let python = home.join("venv/bin/python");
        std::fs::create_dir_all(&home)?;
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

    /// The interpreter, which has numpy too.
    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// A model's forecasts, and the CPU seconds they took without starting up.
    pub(crate) fn forecast(
        &self,
        model: &str,
        tasks: &[Task],
        days: usize,
    ) -> Result<(Vec<Answer>, f64)> {
        // Two runs at once must not read each other's tasks.
        let file = self.home.join(format!("tasks-{}.json", std::process::id()));
        let script = self.home.join("forecasters.py");
        std::fs::write(&script, SCRIPT)?;
        let known: Vec<&[f64]> = tasks.iter().map(|task| task.known.as_slice()).collect();
        std::fs::write(&file, serde_json::to_vec(&known)?)?;
        let mut ask = Command::new(&self.python);
        let ran = measured(ask.arg(script).arg(model).arg(&file).arg(days.to_string()))?;
        std::fs::remove_file(file)?;
        let said: Printed = serde_json::from_str(ran.stdout.trim())?;
        let pairs = |low: Vec<Vec<f64>>, high: Vec<Vec<f64>>| {
            let both = low.into_iter().zip(high);
            both.map(|(low, high)| low.into_iter().zip(high).collect()).collect::<Vec<Vec<_>>>()
        };
        let bands = pairs(said.low80, said.high80).into_iter().zip(pairs(said.low95, said.high95));
        let answers = said.mean.into_iter().zip(bands);
        let answers =
            answers.map(|(mean, (likely, nearly))| Answer { mean, bands: [likely, nearly] });
        let answers: Vec<Answer> = answers.collect();
        let (asked, answered) = (tasks.len(), answers.len());
        ensure!(answered == asked, "{model} answered {answered} of {asked} tasks");
        Ok((answers, said.cpu))
    }
}

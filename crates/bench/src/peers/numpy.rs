//! Years of a pool by numpy: a draw for every person-day, as one writes it first.

use super::forecasters::Forecasters;
use crate::command::{measured, output};
use anyhow::Result;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

const SCRIPT: &str = include_str!("../../peers/sizing.py");

/// What both sides draw from.
#[derive(Deserialize)]
pub(crate) struct Model {
    pub(crate) chance: Vec<f64>,
    pub(crate) tokens: Vec<f64>,
    pub(crate) group: Vec<usize>,
    pub(crate) days: Vec<f64>,
    pub(crate) groups: usize,
    pub(crate) sigma: f64,
}

/// Drawn years.
#[derive(Deserialize)]
pub(crate) struct Drawn {
    /// CPU seconds, without start and imports.
    pub(crate) cpu: f64,
    pub(crate) totals: Vec<f64>,
}

/// An environment with numpy in it, and the model's file.
pub(crate) struct Numpy {
    python: PathBuf,
    script: PathBuf,
    file: PathBuf,
}

impl Numpy {
    /// Makes the model with numpy's own generators.
    pub(crate) fn find(home: &Path) -> Result<Self> {
        let python = Forecasters::find(home)?.python().to_owned();
        let (script, file) = (home.join("sizing.py"), home.join("sizing-model.json"));
        std::fs::write(&script, SCRIPT)?;
        output(Command::new(&python).arg(&script).arg("model").arg(&file))?;
        Ok(Self { python, script, file })
    }

    pub(crate) fn model(&self) -> Result<Model> {
        Ok(serde_json::from_slice(&std::fs::read(&self.file)?)?)
    }

    pub(crate) fn years(&self, count: usize, seed: usize) -> Result<Drawn> {
        let mut ask = Command::new(&self.python);
        ask.arg(&self.script).arg("years").arg(&self.file);
        let ran = measured(ask.arg(count.to_string()).arg(seed.to_string()))?;
        Ok(serde_json::from_str(ran.stdout.trim())?)
    }
}

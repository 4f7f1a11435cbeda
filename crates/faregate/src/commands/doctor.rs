//! `faregate doctor`: everything that must be true.

use crate::commands::lake;
use crate::fault::{Code, Fault};
use crate::say;
use crate::{estate, output};
use faregate_app::doctor::{Check, examine};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(path: &Path, as_json: bool) -> Result<ExitCode, Fault> {
    let mut engine = estate::read(path)?;
    let mut checks = examine(&mut engine)?;
    checks.extend(lake::examine(path)?);
    let wrong = checks.iter().filter(|check| !check.findings.is_empty()).count();
    if as_json {
        let checks: Vec<Value> = checks
            .iter()
            .map(|check| json!({ "name": check.name, "findings": check.findings }))
            .collect();
        let events = engine.state().read().seq();
        output::json(&json!({ "healthy": wrong == 0, "events": events, "checks": checks }))?;
    } else {
        checks.iter().for_each(print);
    }
    if wrong == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let message = format!("{wrong} of {} checks found something wrong", checks.len());
    Err(Fault::new(
        Code::Findings,
        message,
        "keep the files as they are, and restore a backup elsewhere",
    ))
}

fn print(check: &Check) {
    if check.findings.is_empty() {
        say!("ok     {}", check.name);
    }
    for finding in &check.findings {
        say!("WRONG  {}: {finding}", check.name);
    }
}

//! The Faregate binary: server and command line.
//!
//! Wiring only: commands parse, call a use case of `faregate-app` and print. Data goes to stdout, all else to
//! stderr. To add a command: a variant in [`cli`], a module in [`commands`], a
//! scenario under `tests/scenarios/`.

mod ambient;
mod cli;
mod commands;
mod estate;
mod fault;
mod giving;
mod output;
mod serving;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let json = cli.json;
    match commands::run(cli) {
        Ok(code) => code,
        Err(fault) => fault.report(json),
    }
}

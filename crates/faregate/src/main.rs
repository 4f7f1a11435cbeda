//! The Faregate binary: server and command line.
//!
//! Wiring only: commands parse, call a use case of `faregate-app` and print. Data goes to stdout, all else to
//! stderr. To add a command: a variant in [`cli`], a module in [`commands`], a
//! scenario under `tests/scenarios/`.

mod alerting;
mod ambient;
mod atlas;
mod cli;
mod commands;
mod declared;
mod estate;
mod fault;
mod giving;
mod notices;
mod output;
mod panics;
mod provider;
mod reporting;
mod serving;
mod sources;

use clap::Parser;
use clap::error::ErrorKind;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    panics::end_the_process();
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error),
    };
    let json = cli.json;
    match commands::run(cli) {
        Ok(code) => code,
        Err(fault) => fault.report(json),
    }
}

/// What cannot be understood is told in the form that was asked for, as every other error is.
fn not_understood(error: &clap::Error) -> ExitCode {
    let is_error = error.exit_code() != 0;
    if is_error
        && ambient::asks_for_json()
        && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        return fault::Fault::not_understood(&error.to_string()).report(true);
    }
    // A reader that has seen enough of the help has seen enough.
    let _ = error.print();
    ExitCode::from(if is_error { fault::Code::Usage as u8 } else { 0 })
}

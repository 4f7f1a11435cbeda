//! One module a command.

mod break_even;
mod burn;
mod demo;
mod doctor;
mod explain;
mod import;
mod init;
mod key;
mod rejected;
mod serve;
mod tail;

use crate::cli::{Cli, Command, ImportSource, TailSource};
use crate::fault::Fault;
use clap::CommandFactory;
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Fault> {
    let Cli { data, json, command } = cli;
    let path = crate::estate::data_path(data.as_ref());
    let done = match command {
        Command::Init(args) => init::run(&path, &args, json),
        Command::Import { source: ImportSource::Flexnet(args) } => import::run(&path, &args, json),
        Command::Tail { source: TailSource::Flexnet(args) } => tail::run(&path, &args, json),
        Command::Serve(args) => serve::run(&path, &args, json),
        Command::Demo(args) => demo::run(data.as_deref(), &args, json),
        Command::Burn(args) => burn::run(&path, &args, json),
        Command::BreakEven(args) => break_even::run(&args, json),
        Command::Explain(args) => return explain::run(&path, &args, json),
        Command::Doctor => return doctor::run(&path, json),
        Command::Key(args) => key::make_key(&path, &args, json),
        Command::SignIn(args) => key::make_link(&path, &args, json),
        Command::Openapi => {
            crate::output::text_as_is(&faregate_api::openapi());
            Ok(())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "faregate", &mut script);
            crate::output::text_as_is(&String::from_utf8_lossy(&script));
            Ok(())
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

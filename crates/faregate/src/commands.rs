//! One module a command.

mod account;
mod agents;
mod alerts;
mod break_even;
mod buckets;
mod bulk;
mod burn;
mod buying;
pub(crate) mod demo;
mod directory;
mod doctor;
mod explain;
mod findings;
mod forecast;
mod import;
mod imports;
mod init;
pub(crate) mod intake;
mod key;
mod lake;
mod leakage;
mod library;
mod lmstat;
mod merge;
mod notices;
mod options;
mod orders;
mod people;
mod places;
mod plans;
mod policy;
mod progress;
mod quote;
mod receipt;
pub(crate) mod rejected;
mod reports;
mod requests;
pub(crate) mod rights;
mod running;
mod serve;
mod source;
mod tail;
mod what_if;

use crate::cli::{Cli, Command, TailSource};
use crate::fault::Fault;
use clap::CommandFactory;
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Fault> {
    let Cli { data, json, no_input, command } = cli;
    let path = crate::estate::data_path(data.as_ref());
    let done = match command {
        Command::Init(args) => init::run(&path, &args, json),
        Command::Import(args) => intake::run(&path, &args, json),
        Command::Tail { source: TailSource::Flexnet(args) } => tail::run(&path, &args, json),
        Command::Source { action } => source::run(&path, &action, json),
        Command::Channel { action } => notices::run(&path, &action, json),
        Command::Deliveries(args) => notices::deliveries(&path, &args, json),
        Command::Serve(args) => serve::run(&path, &args, json),
        Command::Demo(args) => demo::run(data.as_deref(), &args, json),
        Command::Burn(args) => burn::run(&path, &args, json),
        Command::BreakEven(args) => break_even::run(&args, json),
        Command::Bucket { action } => buckets::run_bucket(&path, &action, json),
        Command::Pack { action } => buckets::run_pack(&path, &action, json),
        Command::Request { action } => requests::run(&path, &action, json),
        Command::Chargeback(args) => reports::chargeback(&path, &args, json),
        Command::DoubleDips(span) => reports::double_dips(&path, &span, json),
        Command::Leakage(args) => leakage::run(&path, &args, json),
        Command::Findings(args) => findings::run(&path, &args, json),
        Command::Person { action } => people::run_person(&path, &action, json),
        Command::Group { action } => people::run_group(&path, &action, json),
        Command::Seat { action } => people::run_seat(&path, &action, json),
        Command::Site { action } => people::run_site(&path, &action, json),
        Command::Place { action } => places::run(&path, &action, json),
        Command::Estate { action } => bulk::run(&path, &action, json),
        Command::Directory { action } => directory::run(&path, &action, json),
        Command::Agent { action } => agents::run(&path, &action, json),
        Command::Policy { action } => return policy::run(&path, action, json),
        Command::Lake { action } => lake::run(&path, &action, json),
        Command::Sql(args) => lake::ask(&path, &args, json),
        Command::Options { action } => return options::run(&path, &action, json),
        Command::Lmstat(args) => lmstat::run(&path, &args, json),
        Command::Alert { action } => alerts::run(&path, &action, json),
        Command::Forecast(args) => forecast::run(&path, &args, json),
        Command::WhatIf(args) => what_if::run(&path, &args, json),
        Command::Occasion { action } => forecast::run_occasion(&path, &action, json),
        Command::Plan { action } => plans::run(&path, &action, json),
        Command::Size(args) => buying::run_size(&path, &args, json),
        Command::Renew(args) => buying::run_renew(&path, &args, json),
        Command::Report { action } => library::run(&path, &action, json),
        Command::Caps => quote::caps(&path, json),
        Command::Refusals => quote::refusals(json),
        Command::Quote(args) => quote::run(&path, &args, json),
        Command::Explain(args) => return explain::run(&path, &args, json),
        Command::Doctor => return doctor::run(&path, json),
        Command::Key(args) => key::run(&path, &args, json),
        Command::Account { action } => account::run(&path, action, no_input, json),
        Command::Rights => rights::run(&path, json),
        Command::SignIn(args) => key::make_link(&path, &args, json),
        Command::Openapi => openapi(json),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "faregate", &mut script);
            crate::output::text_as_is(&String::from_utf8_lossy(&script));
            Ok(())
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn openapi(as_json: bool) -> Result<(), Fault> {
    let text = faregate_api::openapi();
    if as_json {
        let value: serde_json::Value = serde_json::from_str(&text).map_err(anyhow::Error::from)?;
        return crate::output::json(&value);
    }
    crate::output::text_as_is(&text);
    Ok(())
}

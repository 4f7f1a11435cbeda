//! `faregate-agent`: see `faregate-agent --help`.

use faregate_agent::cli::{self, Command};
use faregate_agent::enrol::enrol;
use faregate_agent::home::{Fault, Home};
use faregate_agent::platform::{SystemProcesses, SystemTimes};
use faregate_agent::ports::Prompter;
use faregate_agent::prompt::rule::{ByRule, Rule};
use faregate_agent::prompt::web::{Opener, Page};
use faregate_agent::run::{Agent, Ports};
use faregate_agent::{ambient, lease, log, report};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn main() -> ExitCode {
    let tell = std::panic::take_hook();
    // Half an agent would guard nothing: the service manager starts a whole one.
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        std::process::abort();
    }));
    match said().and_then(|said| obey(&said)) {
        Ok(text) => {
            // A reader that went away has seen enough.
            drop(std::io::stdout().write_all(text.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::from(fault.code)
        }
    }
}

fn said() -> Result<cli::Said, Fault> {
    let words = ambient::arguments().map_err(|word| {
        let what = format!("`{}` is no text", word.to_string_lossy());
        Fault::new(what, "see `faregate-agent --help`").with_code(2)
    })?;
    cli::read(&words)
}

fn obey(said: &cli::Said) -> Result<String, Fault> {
    let home = Home::new(said.state.clone().unwrap_or_else(ambient::state_directory));
    let mut times = SystemTimes::new(ambient::wall);
    let account = |given: &Option<String>| given.clone().unwrap_or_else(ambient::account);
    match &said.command {
        Command::Help => Ok(cli::HELP.to_owned()),
        Command::Version => {
            Ok(concat!("faregate-agent ", env!("CARGO_PKG_VERSION"), "\n").to_owned())
        }
        Command::Enrol { server, code_file, ca } => {
            let certificates = ca.as_deref().map(read).transpose()?;
            let code = code(code_file.as_deref())?;
            let device = enrol(&home, server, &code, certificates.as_deref())?;
            Ok(format!("this device is {device}: start `faregate-agent run`\n"))
        }
        Command::Run { ui, once } => run(home, times, *ui, *once).map(|()| String::new()),
        Command::Status { json } => {
            let status = report::status(&home, &mut times)?;
            Ok(if *json { json_line(&status) } else { report::status_words(&status) })
        }
        Command::Why { what, json } => {
            let decided = report::why(&home, what)?;
            Ok(if *json { json_line(&decided) } else { report::why_words(&decided) })
        }
        Command::Logs { lines } => {
            let lines = log::last(home.path(), *lines).map_err(|error| {
                let what = format!("{}: {error}", home.path().join("agent.log").display());
                Fault::new(what, "has the agent run here? give its directory with `--state`")
            })?;
            Ok(lines.into_iter().map(|line| line + "\n").collect())
        }
        Command::Lease { product, hours, account: given } => {
            Ok(lease::take(&home, &mut times, (&account(given), product), *hours)?.words())
        }
        Command::Return { product, account: given } => {
            let account = account(given);
            let sessions = lease::give_back(&home, (&account, product.as_deref()))?;
            let when = if home.is_run() { "now" } else { "when the agent runs again" };
            Ok(format!("given back {when}: {}\n", sessions.join(", ")))
        }
    }
}

fn run(home: Home, times: SystemTimes, ui: bool, once: bool) -> Result<(), Fault> {
    let processes = SystemProcesses::new().map_err(|error| {
        Fault::new(format!("the processes cannot be listed: {error}"), "is /proc mounted?")
    })?;
    let prompter = if ui { person(&home)? } else { Box::new(ByRule::new(rule(&home)?)) };
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        let hooked = signal_hook::flag::register(signal, Arc::clone(&stop));
        hooked.map_err(|error| Fault::new(error.to_string(), "this is a bug: please report it"))?;
    }
    Agent::new(home, Ports { processes, times, prompter })?.run(&stop, once);
    Ok(())
}

fn rule(home: &Home) -> Result<Rule, Fault> {
    Ok(home.settings()?.test.answers.map_or(Rule::No, Rule::File))
}

fn person(home: &Home) -> Result<Box<dyn Prompter>, Fault> {
    let opener = home.settings()?.opener.map_or_else(Opener::of_system, Opener::new);
    let page = Page::serve(ambient::chance(), opener).map_err(|error| {
        let help = "free a port of this machine, or run it with `--no-ui`";
        Fault::new(format!("questions cannot be shown: {error}"), help)
    })?;
    Ok(Box::new(page))
}

/// One line, with or without the file.
fn code(file: Option<&Path>) -> Result<String, Fault> {
    let mut text = String::new();
    match file {
        Some(path) => text = String::from_utf8_lossy(&read(path)?).into_owned(),
        None => {
            let said = std::io::stdin().take(4_096).read_to_string(&mut text);
            said.map_err(|error| {
                Fault::new(error.to_string(), "give the code in a file with `--code-file`")
            })?;
        }
    }
    let code = text.trim().to_owned();
    let missing =
        || Fault::new("there is no code", "ask whoever runs the licences for one").with_code(2);
    if code.is_empty() { Err(missing()) } else { Ok(code) }
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|error| {
        Fault::new(format!("{}: {error}", path.display()), "name a file that can be read")
            .with_code(2)
    })
}

fn json_line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}

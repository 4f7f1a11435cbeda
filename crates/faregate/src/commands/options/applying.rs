//! `faregate options apply`: the file written, re-read, verified, and taken back where the daemon did not take it.
//!
//! An apply is no order: it changes nothing that the journal's state is made of, and how it ends is known only when
//! another program has answered. It has a record of its own, a line before anything is written and one after.

use super::server::{LicenceServer, Limits, RECORD, in_json};
use super::{planned, print_beside, unsaid, warnings};
use crate::cli::options::Apply;
use crate::fault::{Code, Fault};
use crate::output;
use crate::{aside, say};
use faregate_app::options::{Applied, Outcome, Plan, Prepared, Refusal, apply, digest};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

pub(super) fn run(path: &Path, args: &Apply, as_json: bool) -> Result<ExitCode, Fault> {
    let (plan, prepared) = planned(path, &args.planned)?;
    refuse_another(args, &prepared)?;
    let file = &args.planned.file.file;
    let head = json!({
        "by": crate::ambient::account(), "file": file.display().to_string(), "plan": prepared.id(),
        "before": digest(&prepared.before), "after": digest(&prepared.after),
    });
    let limits =
        Limits { command: Duration::from_secs(args.limit), wait: Duration::from_secs(args.wait) };
    let log = args.planned.log.as_deref().map(|log| (log, args.planned.daemon.as_str()));
    let record = (path.join(RECORD), head);
    let mut server = LicenceServer::new(file, log, (&args.reread, limits), record)
        .map_err(|why| Fault::new(Code::Options, why, "nothing was written"))?;
    let applied = apply(&mut server, &prepared).map_err(|why| refused(file, &why))?;
    if as_json {
        let mut value = in_json(&applied);
        value["plan"] = json!(prepared.id());
        value["unsaid"] = json!(unsaid(&plan));
        value["file_warnings"] = json!(warnings(&prepared));
        output::json(&value)?;
    } else {
        tell(&plan, &prepared, &applied);
    }
    end(&applied)
}

/// Whoever read a plan gets that one or none.
fn refuse_another(args: &Apply, prepared: &Prepared) -> Result<(), Fault> {
    match &args.plan {
        Some(plan) if *plan != prepared.id() => {
            let message = format!(
                "plan `{plan}` is of another file, or of other policies: it would be {} now",
                prepared.id()
            );
            let help = "look at `faregate options plan` once more; nothing was written";
            Err(Fault::new(Code::Options, message, help))
        }
        _ => Ok(()),
    }
}

fn refused(file: &Path, why: &Refusal) -> Fault {
    let message = match why {
        Refusal::Changed => format!("{}: {why}", file.display()),
        Refusal::Failed(why) => why.clone(),
    };
    Fault::new(Code::Options, message, "nothing was written; look at the file, and plan once more")
}

fn tell(plan: &Plan, prepared: &Prepared, applied: &Applied) {
    let count = |lines: usize| output::number(lines as f64);
    if applied.written {
        let (added, removed) = (prepared.diff.added().count(), prepared.diff.removed().count());
        say!("written: {} lines added, {} removed", count(added), count(removed));
    } else {
        say!("the file says it already; nothing was written");
    }
    if let Some(copy) = &applied.copy {
        say!("the file as it was is in {copy}");
    }
    print_beside(plan, prepared);
    applied.warnings.iter().for_each(|warning| aside!("warning: {warning}"));
    if applied.outcome == Outcome::Verified {
        say!("verified: the daemon repeats what the file says");
    }
}

/// The exit code, and what is to be done where it is not 0.
fn end(applied: &Applied) -> Result<ExitCode, Fault> {
    let lines = |found: &[_], first: &str| {
        let found =
            found.iter().map(|one: &faregate_ingest::options::echo::Difference| one.to_string());
        std::iter::once(first.to_owned()).chain(found).collect::<Vec<_>>().join("\n")
    };
    match &applied.outcome {
        Outcome::Verified => Ok(ExitCode::SUCCESS),
        Outcome::Unverified(why) => Err(Fault::new(
            Code::Unverified,
            format!("not verified: {why}"),
            "the new file is in place; look into the debug log, or apply again with --log and --reread",
        )),
        Outcome::RolledBack(found, reread) => {
            let again = match reread {
                Some(Ok(())) => "and re-read".to_owned(),
                Some(Err(why)) => format!("but not re-read: {why}"),
                None => "but nobody told the daemon to re-read it".to_owned(),
            };
            let first = format!(
                "the daemon did not take the new file; the old one is in place again {again}"
            );
            Err(Fault::new(
                Code::NotTaken,
                lines(found, &first),
                "look into the debug log; `faregate options check` names what is wrong with a file",
            ))
        }
        Outcome::Disagrees(found, why) => {
            let first =
                format!("the daemon did not take the file, and it was not taken back: {why}");
            Err(Fault::new(
                Code::NotTaken,
                lines(found, &first),
                "look at the file and into the debug log",
            ))
        }
    }
}

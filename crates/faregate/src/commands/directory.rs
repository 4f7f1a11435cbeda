//! `faregate directory …`: the membership of groups in the company's directory, as plans.
//!
//! Plans and their progress are kept in `directory` below the data directory, so that they are the store's
//! owner's, and so that a plan is carried out once however its file travels.

mod connection;
mod csv;
mod desired;
mod executing;

use crate::ambient;
use crate::cli::directory::{Directory, Settings};
use crate::fault::{Code, Fault};
use crate::output;
use crate::{aside, estate, say};
use connection::Chosen;
use faregate_connect::cabinet::{Cabinet, CabinetError};
use faregate_connect::directory::DirectoryError;
use faregate_connect::execute::{Outcome, Progress};
use faregate_connect::plan::{Origin, Plan, plan_membership, plan_undo};
use faregate_connect::reading::{read_directory, read_groups};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, action: &Directory, as_json: bool) -> Result<(), Fault> {
    match action {
        Directory::Plan(settings) => plan(path, settings, as_json),
        Directory::Show { plan } => show(path, plan, as_json),
        Directory::Execute(args) => executing::execute(path, args, as_json),
        Directory::Undo { plan, settings } => undo(path, plan, settings, as_json),
        Directory::Csv(args) => csv::write(path, args, as_json),
    }
}

fn plan(path: &Path, settings: &Settings, as_json: bool) -> Result<(), Fault> {
    let chosen = Chosen::read(path, settings)?;
    let (desired, seq) = desired::read(path, &chosen)?;
    let Chosen { settings, .. } = &chosen;
    let mut directory = chosen.connect()?;
    let reading =
        read_directory(&mut *directory, &desired, &settings.managed).map_err(unreadable)?;
    let plan = plan_membership(&desired, &settings.managed, &reading, settings.limits);
    keep(path, &plan.made(origin(&chosen, seq, None)), as_json)
}

fn undo(path: &Path, name: &str, settings: &Settings, as_json: bool) -> Result<(), Fault> {
    let (cabinet, chosen) = (cabinet(path), Chosen::read(path, settings)?);
    let plan = cabinet.find(name).map_err(unkept)?;
    chosen.is_of(&plan)?;
    let progress = cabinet.progress(&plan).map_err(unkept)?;
    let Some(progress) = progress.filter(|known| *known != Progress::new(&plan)) else {
        let message = format!("plan {} was never carried out", plan.id().short());
        return Err(Fault::new(Code::Refused, message, "there is nothing to take back"));
    };
    let seq = estate::read(path)?.state().read().seq();
    let managed = &chosen.settings.managed;
    let keys: Vec<_> = plan.groups().iter().map(|group| group.key.clone()).collect();
    let reading = read_groups(&mut *chosen.connect()?, &keys, managed).map_err(unreadable)?;
    let back = plan_undo(&plan, &progress, managed, &reading, chosen.settings.limits);
    keep(path, &back.made(origin(&chosen, seq, Some(&plan))), as_json)
}

fn origin(chosen: &Chosen, journal_seq: u64, undoes: Option<&Plan>) -> Origin {
    Origin {
        by: ambient::account(),
        at: ambient::now().to_string(),
        journal_seq,
        directory: chosen.settings.url.clone(),
        undoes: undoes.map(|plan| plan.id().clone()),
    }
}

/// Keeps a plan, and shows it.
fn keep(path: &Path, plan: &Plan, as_json: bool) -> Result<(), Fault> {
    let file = cabinet(path).keep(plan).map_err(unkept)?;
    tell(plan, None, as_json)?;
    if !as_json {
        aside!("kept in {}; nothing was changed", file.display());
    }
    Ok(())
}

fn show(path: &Path, name: &str, as_json: bool) -> Result<(), Fault> {
    let cabinet = cabinet(path);
    let plan = cabinet.find(name).map_err(unkept)?;
    let progress = cabinet.progress(&plan).map_err(unkept)?;
    tell(&plan, progress.as_ref(), as_json)
}

fn tell(plan: &Plan, progress: Option<&Progress>, as_json: bool) -> Result<(), Fault> {
    if as_json {
        let excesses: Vec<String> = plan.excesses().iter().map(ToString::to_string).collect();
        return output::json(&json!({
            "plan": value(plan)?,
            "needs_confirmation": excesses,
            "progress": progress.map(|progress| Counts::of(progress).json()),
        }));
    }
    plan.table().lines().for_each(|line| say!("{line}"));
    if let Some(Origin { by, at, journal_seq, directory, undoes }) = plan.origin() {
        say!("made by {by} at {at} from entry {journal_seq} of the journal, for {directory}");
        if let Some(other) = undoes {
            say!("takes back plan {}", other.short());
        }
    }
    if let Some(progress) = progress {
        say!("carried out: {}", Counts::of(progress));
        failures(plan, progress).for_each(|line| say!("failed: {line}"));
    }
    Ok(())
}

fn value(plan: &Plan) -> Result<Value, Fault> {
    Ok(serde_json::from_str(&plan.to_json()).map_err(anyhow::Error::from)?)
}

/// The steps that failed, and the server's words.
fn failures<'a>(plan: &'a Plan, progress: &'a Progress) -> impl Iterator<Item = String> + 'a {
    let steps = plan.steps().zip(progress.outcomes());
    steps.filter_map(|(step, outcome)| match outcome {
        Outcome::Failed(words) => Some(format!("{}: {words}", step.words())),
        _ => None,
    })
}

/// How many steps came out how.
#[derive(Default)]
struct Counts {
    done: usize,
    already_so: usize,
    failed: usize,
    left: usize,
}

impl Counts {
    fn of(progress: &Progress) -> Self {
        let mut counts = Self::default();
        for outcome in progress.outcomes() {
            let count = match outcome {
                Outcome::Done => &mut counts.done,
                Outcome::AlreadySo => &mut counts.already_so,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::NotTried | Outcome::Sent => &mut counts.left,
            };
            *count += 1;
        }
        counts
    }

    fn json(&self) -> Value {
        let Self { done, already_so, failed, left } = self;
        json!({ "done": done, "already_so": already_so, "failed": failed, "left": left })
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { done, already_so, failed, left } = self;
        write!(f, "{done} done, {already_so} already so, {failed} failed, {left} left")
    }
}

fn cabinet(path: &Path) -> Cabinet {
    Cabinet::new(path.join("directory"))
}

fn unkept(why: CabinetError) -> Fault {
    let code = match why {
        CabinetError::NotFound(_) | CabinetError::Ambiguous { .. } => Code::Usage,
        CabinetError::Plan { .. } | CabinetError::Damaged { .. } => Code::Input,
        CabinetError::Busy => Code::InUse,
        CabinetError::Io { .. } => Code::Failed,
    };
    Fault::new(code, why.to_string(), why.help())
}

fn unreadable(why: DirectoryError) -> Fault {
    Fault::new(Code::Failed, why.to_string(), why.help())
}

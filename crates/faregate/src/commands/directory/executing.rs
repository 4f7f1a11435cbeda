//! `faregate directory execute`: carries out a plan, noted in the journal before its first change.

use super::connection::Chosen;
use super::{Counts, cabinet, desired, failures, unkept};
use crate::cli::directory::Execute;
use crate::fault::{Code, Fault};
use crate::giving::Giving;
use crate::{aside, output, say};
use faregate_connect::cabinet::Diary;
use faregate_connect::execute::{
    ExecuteError, Outcome, Progress, RunOptions, Stopped, Summary, execute_plan,
};
use faregate_connect::limits::{ApprovalError, Approved, Confirmed};
use faregate_connect::plan::Plan;
use serde_json::json;
use std::io;
use std::path::Path;

/// So many groups are named in the journal.
const GROUPS_NAMED: usize = 10;
/// The journal takes notes of this length whatever they are written in.
const NOTE_CHARS: usize = 450;

pub(super) fn execute(path: &Path, args: &Execute, as_json: bool) -> Result<(), Fault> {
    let cabinet = cabinet(path);
    let plan = cabinet.find(&args.plan).map_err(unkept)?;
    let chosen = Chosen::read(path, &args.settings)?;
    chosen.is_of(&plan)?;
    let confirmed = args.confirm.as_deref().map(|typed| Confirmed::new(&plan, typed)).transpose();
    let confirmed = confirmed.map_err(|why| unapproved(&plan, &why))?;
    let approved = plan.approve(confirmed.as_ref()).map_err(|why| unapproved(&plan, &why))?;
    let (mut progress, diary) = cabinet.carry_on(&plan).map_err(unkept)?;
    if progress.is_complete() {
        return tell(&plan, &progress, None, as_json);
    }
    desired::still_wants(&desired::read(path, &chosen)?.0, &plan)?;
    let giving =
        Giving { path, on_behalf_of: args.on_behalf_of.as_deref(), dry_run: false, as_json };
    let mut run = Run { plan: &plan, giving, diary, is_noted: false, fault: None };
    let summary = run.carry_out(approved, &chosen, &mut progress)?;
    tell(&plan, &progress, summary.stopped.as_ref(), as_json)
}

/// A run, and where it is written down.
struct Run<'a> {
    plan: &'a Plan,
    giving: Giving<'a>,
    diary: Diary,
    /// Whether the journal knows that it began.
    is_noted: bool,
    /// Why the journal does not.
    fault: Option<Fault>,
}

impl Run<'_> {
    fn carry_out(
        &mut self,
        approved: Approved<'_>,
        chosen: &Chosen,
        progress: &mut Progress,
    ) -> Result<Summary, Fault> {
        let mut directory = chosen.connect()?;
        let begins = self.begins(progress);
        let result = execute_plan(
            approved,
            &chosen.settings.managed,
            &mut *directory,
            progress,
            &mut |step, outcome| self.record(&begins, step, outcome),
            RunOptions::default(),
        );
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let ended = match &result {
            Ok(_) => format!("ended: {}", Counts::of(progress)),
            Err(why) => format!("ended: {}, since {why}", Counts::of(progress)),
        };
        if self.is_noted {
            // The directory has changed, whatever becomes of this: who asks what was done needs to hear it.
            let noted = self.note(&ended);
            noted.inspect_err(|_| aside!("not noted in the journal: {ended}"))?;
        }
        result.map_err(|why| unexecuted(&why))
    }

    /// Nothing is changed in the directory of which the journal does not know who did it.
    fn record(&mut self, begins: &str, step: usize, outcome: &Outcome) -> io::Result<()> {
        if !self.is_noted {
            if let Err(fault) = self.note(begins) {
                self.fault = Some(fault);
                return Err(io::Error::other("the journal"));
            }
            self.is_noted = true;
        }
        self.diary.record(step, outcome)
    }

    fn note(&self, said: &str) -> Result<(), Fault> {
        let plan = self.plan.id().as_str();
        let said: String = said.chars().take(NOTE_CHARS).collect();
        self.giving.note(json!({ "order": "note-directory-run", "plan": plan, "said": said }))
    }

    fn begins(&self, progress: &Progress) -> String {
        let plan = self.plan;
        let names: Vec<String> = plan
            .groups()
            .iter()
            .map(|group| format!("`{}`", group.key))
            .take(GROUPS_NAMED)
            .collect();
        let more = plan.groups().len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (adds, removes, names) = (plan.adds().len(), plan.removes().len(), names.join(", "));
        let undoes = plan.origin().and_then(|origin| origin.undoes.as_ref());
        let back = undoes.map_or(String::new(), |other| format!(", taking back {other}"));
        let verb = if *progress == Progress::new(plan) { "begins" } else { "goes on" };
        format!("{verb}{back}: {adds} to add, {removes} to remove in {names}{more}")
    }
}

fn tell(
    plan: &Plan,
    progress: &Progress,
    stopped: Option<&Stopped>,
    as_json: bool,
) -> Result<(), Fault> {
    let (counts, id) = (Counts::of(progress), plan.id());
    let failed: Vec<String> = failures(plan, progress).collect();
    if as_json {
        let mut told = counts.json();
        told["plan"] = json!(id.as_str());
        told["failures"] = json!(failed);
        output::json(&told)?;
    } else {
        failed.iter().for_each(|line| say!("failed: {line}"));
        say!("plan {}: {counts}", id.short());
    }
    if progress.is_complete() {
        return Ok(());
    }
    let (why, help) = match stopped {
        Some(Stopped::Final(why)) => (format!(": {why}"), why.help()),
        Some(Stopped::Failures(count)) => {
            let help = "look at what failed, then execute the same plan again";
            (format!(": {count} changes in a row failed"), help)
        }
        None => (String::new(), "execute the same plan again, or plan again"),
    };
    let message = format!("plan {} is not carried out as a whole{why}", id.short());
    Err(Fault::new(Code::Failed, message, help))
}

fn unapproved(plan: &Plan, why: &ApprovalError) -> Fault {
    let id = plan.id().short();
    let help = match why {
        ApprovalError::Exceeds(_) => {
            format!("read it: `faregate directory show {id}`; if it is right, add `--confirm {id}`")
        }
        ApprovalError::OtherPlan { .. } => why.help().to_owned(),
    };
    Fault::new(Code::Refused, why.to_string(), help)
}

fn unexecuted(why: &ExecuteError) -> Fault {
    let code = match why {
        ExecuteError::Changed { .. } | ExecuteError::NotManaged { .. } => Code::Refused,
        _ => Code::Failed,
    };
    Fault::new(code, why.to_string(), why.help())
}

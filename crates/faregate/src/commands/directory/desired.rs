//! Who is to be in which group: the estate, as the settings read it.

use super::connection::Chosen;
use crate::fault::{Code, Fault};
use crate::{ambient, estate};
use faregate_app::directory::{Member, MembersOf, Membership, membership};
use faregate_connect::directory::Person;
use faregate_connect::plan::{Direction, Plan};
use faregate_connect::reading::{Desired, Unsaid};
use faregate_connect::settings::Source;
use std::path::Path;

/// What is desired now, and the number of the journal's entry that it was taken from.
pub(super) fn read(path: &Path, chosen: &Chosen) -> Result<(Desired, u64), Fault> {
    let engine = estate::read(path)?;
    let shared = engine.state();
    let (state, now) = (shared.read(), ambient::now());
    let (mut desired, mut faults) = (Desired::default(), Vec::new());
    for group in &chosen.settings.groups {
        let of = match &group.members {
            Source::Offering(key) => MembersOf::Offering(key),
            Source::Product(key) => MembersOf::Product(key),
            Source::MembersOf(key) => MembersOf::Group(key),
        };
        match membership(state.estate(), of, now) {
            Err(why) => faults.push((group.line, format!("{why}; look for a slip of the pen"))),
            Ok(Membership { members, unsaid }) => {
                desired.groups.insert(group.key.clone(), members.into_iter().map(person).collect());
                desired.unsaid.extend(unsaid.into_iter().map(|(name, why)| Unsaid {
                    group: group.key.clone(),
                    name,
                    why: why.words().to_owned(),
                }));
            }
        }
    }
    faults.sort();
    if faults.is_empty() { Ok((desired, state.seq())) } else { Err(chosen.faulty(faults)) }
}

fn person(Member { email, name }: Member) -> Person {
    let (first_name, last_name) = name.split_once(' ').unwrap_or((&name, ""));
    Person {
        email,
        // What the personnel system calls them is one of their names, and which one nobody says.
        external_id: None,
        first_name: first_name.to_owned(),
        last_name: last_name.trim().to_owned(),
    }
}

/// Whether a plan still leads to what is desired. A plan that takes another one back leads elsewhere.
pub(super) fn still_wants(desired: &Desired, plan: &Plan) -> Result<(), Fault> {
    if plan.origin().is_some_and(|origin| origin.undoes.is_some()) {
        return Ok(());
    }
    let contradicts = plan.steps().find(|step| {
        let people = desired.groups.get(&step.group).into_iter().flatten();
        let is_wanted = people.map(Person::key).any(|key| key == step.person.key());
        is_wanted != (step.direction == Direction::Add)
    });
    match contradicts {
        None => Ok(()),
        Some(step) => {
            let message = format!(
                "the estate has changed since plan {} was made: {} is no longer wanted",
                plan.id().short(),
                step.words()
            );
            Err(Fault::new(Code::Refused, message, "plan again"))
        }
    }
}

//! `faregate person merge` and `unmerge`: what would change first, then the order that does it.

use crate::cli::estate::{MergePeople, UnmergePerson};
use crate::estate;
use crate::fault::Fault;
use crate::giving;
use crate::serving::Serving;
use crate::{aside, say};
use faregate_api::wire::merge::{MergeBody, MergeDone};
use faregate_app::engine::Engine;
use faregate_app::orders::{Orderer, carry_out};
use std::path::Path;

pub(crate) fn merge(path: &Path, args: &MergePeople, as_json: bool) -> Result<(), Fault> {
    let MergePeople { person, other, apply, on_behalf_of } = args;
    let body = MergeBody { person: other.clone(), into: Some(person.clone()) };
    tell(&given(path, &body, !apply, on_behalf_of.as_deref())?, as_json)
}

pub(crate) fn unmerge(path: &Path, args: &UnmergePerson, as_json: bool) -> Result<(), Fault> {
    let UnmergePerson { person, apply, on_behalf_of } = args;
    let body = MergeBody { person: person.clone(), into: None };
    tell(&given(path, &body, !apply, on_behalf_of.as_deref())?, as_json)
}

fn given(
    path: &Path,
    body: &MergeBody,
    dry_run: bool,
    on_behalf_of: Option<&str>,
) -> Result<MergeDone, Fault> {
    match estate::open(path) {
        Ok((_directory, mut engine)) => here(&mut engine, body, dry_run, on_behalf_of),
        Err(fault) => match Serving::find(path) {
            Some(serving) if fault.is_in_use() => there(&serving, body, dry_run, on_behalf_of),
            _ => Err(fault.helped_if_in_use(giving::WAIT)),
        },
    }
}

fn here(
    engine: &mut Engine,
    body: &MergeBody,
    dry_run: bool,
    on_behalf_of: Option<&str>,
) -> Result<MergeDone, Fault> {
    let order = body.clone().into_order().map_err(giving::refused)?;
    let orderer = Orderer::new(crate::ambient::account(), true).on_behalf_of(on_behalf_of);
    let done = carry_out(engine, &orderer, &order, dry_run).map_err(giving::fault)?;
    Ok(MergeDone::new(done, dry_run))
}

fn there(
    serving: &Serving,
    body: &MergeBody,
    dry_run: bool,
    on_behalf_of: Option<&str>,
) -> Result<MergeDone, Fault> {
    let question = if dry_run { "?dry_run=true" } else { "" };
    let name = on_behalf_of.map_or_else(crate::ambient::account, str::to_owned);
    let body = serde_json::to_value(body).map_err(anyhow::Error::from)?;
    let answer = serving.post(&format!("/v1/people/merge{question}"), Some(&name), &body)?;
    serde_json::from_value(answer).map_err(|why| anyhow::Error::from(why).into())
}

fn tell(done: &MergeDone, as_json: bool) -> Result<(), Fault> {
    if as_json {
        return crate::output::json(done);
    }
    let order = &done.order;
    let prefix = if order.dry_run { "would: " } else { "" };
    order.said.iter().for_each(|sentence| say!("{prefix}{sentence}"));
    order.warnings.iter().for_each(|warning| aside!("warning: {warning}"));
    if order.dry_run {
        aside!("nothing was changed: --apply does it");
    }
    Ok(())
}
